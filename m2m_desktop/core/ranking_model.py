"""A reranker as the pipeline asks it: its texts, its calibration, and what it said before."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np

from m2m_desktop.core.batches import Check, never_cancelled
from m2m_desktop.core.calibration import Calibration, Nearness
from m2m_desktop.core.candidate_texts import CandidateTexts
from m2m_desktop.core.reranking import Probabilities, Reranker
from m2m_desktop.core.retrieval import Proposal


class KeptScores(Protocol):
    """Probabilities that the model has given before, by phrase and candidate text."""

    def get(self, phrase: str, candidates: Sequence[str]) -> Probabilities:
        """Give the probability of each candidate text, NaN where it is not known."""

    def put(self, phrase: str, candidates: Sequence[str], probabilities: Probabilities) -> None:
        """Keep the probabilities of candidates, beside those that are known."""


@dataclass(frozen=True, slots=True)
class Scored:
    """One probability per candidate asked for; how many were computed, and how many kept.

    ``opinions`` are the probabilities before calibration; without one they are the same.
    """

    probabilities: Probabilities
    opinions: Probabilities
    computed: int = 0
    kept: int = 0


def nearness_of(proposals: Sequence[Proposal]) -> Nearness:
    """Give what an encoder says of each proposal."""
    return Nearness(
        np.array([np.nan if p.similarity is None else p.similarity for p in proposals]),
        np.array([p.behind for p in proposals]),
    )


@dataclass(frozen=True)
class RankingModel:
    """A cross-encoder with the candidate texts it was trained on.

    A model with a ``calibration`` is asked about the text that proposed each candidate (the phrase
    without context, or one of its parts); one without is asked about the phrase itself. What is
    ``kept`` are the probabilities before calibration.
    """

    reranker: Reranker
    texts: CandidateTexts
    calibration: Calibration | None = None
    kept: KeptScores | None = None

    def score(
        self, phrase: str, proposals: Sequence[Proposal], check: Check = never_cancelled
    ) -> Scored:
        """Give the probability of each proposal, in their order; ``check`` as for the reranker."""
        rendered = [self.texts.text(p.pt_row, p.llt_row) for p in proposals]
        if self.calibration is None:
            return self._answers(phrase, rendered, check)
        opinions, computed, kept = np.empty(len(rendered)), 0, 0
        for text in dict.fromkeys(proposal.text for proposal in proposals):
            places = [n for n, proposal in enumerate(proposals) if proposal.text == text]
            some = self._answers(text, [rendered[place] for place in places], check)
            opinions[places] = some.opinions
            computed, kept = computed + some.computed, kept + some.kept
        shares = np.array([proposal.share for proposal in proposals])
        probabilities = self.calibration.apply(opinions, shares, nearness_of(proposals))
        return Scored(probabilities, opinions, computed, kept)

    def _answers(self, phrase: str, candidates: Sequence[str], check: Check) -> Scored:
        if self.kept is None:
            found = np.asarray(self.reranker.score(phrase, candidates, check), dtype=np.float64)
            return Scored(found, found, len(candidates))
        answers = self.kept.get(phrase, candidates)
        missing = np.flatnonzero(np.isnan(answers))
        if len(missing):
            asked = [candidates[int(place)] for place in missing]
            answers[missing] = self.reranker.score(phrase, asked, check)
            self.kept.put(phrase, asked, answers[missing])
        return Scored(answers, answers, len(missing), len(candidates) - len(missing))
