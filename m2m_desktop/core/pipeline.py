"""Retrieve, rerank, decode: the whole way from a phrase to its answer."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from m2m_desktop.core.calibration import Calibration
from m2m_desktop.core.candidate_texts import CandidateTexts
from m2m_desktop.core.decoding import (
    Decision,
    decode_exact,
    decode_lexical,
    decode_probabilities,
)
from m2m_desktop.core.messages import N_, message, untranslated
from m2m_desktop.core.records import (
    Band,
    Candidate,
    CodingResult,
    Evidence,
    Mention,
    Run,
    Source,
    TermLevel,
)
from m2m_desktop.core.reranking import Reranker
from m2m_desktop.core.retrieval import FirstStage, Proposal, Retriever
from m2m_desktop.core.templates import REFERENCE_TEMPLATE, Template
from m2m_desktop.core.terminology import Terminology

MAX_PHRASE_LENGTH = 1000
"""Characters of a phrase that are read. A term has a tenth of it; a whole narrative is no phrase."""

PHRASE_CUT = N_(
    "Only the first {limit} characters of this phrase were read. "
    "Code one reaction at a time, not a whole report."
)
NOTHING_STATED = N_(
    "This phrase reports no reaction (it denies one, or speaks of treatment or outcome only), "
    "so nothing was selected."
)


@dataclass(frozen=True)
class Pipeline:
    """One way of coding: a terminology, a first stage, and perhaps a model.

    ``is_reference`` lets the model decide always, as published; otherwise a phrase whose every
    reaction is an exact name is decided by the names, and the model is asked only for the
    probabilities to show, or not at all without ``scores_exact``. ``calibration`` belongs to the model and asks for
    the default first stage. ``translate`` puts this pipeline's own warnings
    into the user's language; ``warnings`` hold for every phrase and are in it already.
    """

    terminology: Terminology
    retriever: Retriever
    run: Run
    reranker: Reranker | None = None
    template: Template = REFERENCE_TEMPLATE
    calibration: Calibration | None = None
    is_reference: bool = False
    scores_exact: bool = True
    warnings: tuple[str, ...] = ()
    translate: Callable[[str], str] = untranslated

    def retrieve(self, mention: Mention) -> CodingResult:
        """Give the first stage's candidates only; nothing is selected."""
        first = self._first_stage(mention)
        candidates = self._candidates(first, None)
        decision = replace(decode_lexical(candidates), selected=())
        return self._result(mention, first, candidates, decision)

    def code(self, mention: Mention) -> CodingResult:
        """Give the ranked candidates and the selected set for one phrase."""
        first = self._first_stage(mention)
        is_exact = first.is_whole_exact and not self.is_reference
        asked = self.reranker if self.scores_exact or not is_exact else None
        opinions = self._probabilities(mention, first, asked) if asked else None
        candidates = self._candidates(first, opinions)
        if is_exact:
            decision = decode_exact(candidates, part_count=first.part_count)
        elif first.states_nothing and not self.is_reference:
            decision = Decision((), Band.NOT_FOUND, Source.NONE)
        elif opinions is None:
            decision = decode_lexical(candidates)
        else:
            decision = decode_probabilities(candidates, self.run.threshold)
        if first.is_ambiguous and decision.band is Band.CERTAIN:
            decision = replace(decision, band=Band.DOUBTFUL)
        return self._result(mention, first, candidates, decision)

    def _first_stage(self, mention: Mention) -> FirstStage:
        if not mention.text.strip():
            return FirstStage("", ())
        return self.retriever.retrieve(mention.text[:MAX_PHRASE_LENGTH], k=self.run.top_k)

    def _probabilities(
        self, mention: Mention, first: FirstStage, reranker: Reranker
    ) -> Sequence[float]:
        """Ask the model: about the phrase as reported, or if it is calibrated about its parts."""
        texts = CandidateTexts(self.terminology, self.template)
        rendered = [texts.text(p.pt_row, p.llt_row) for p in first.proposals]
        if self.calibration is None:
            scores = reranker.score(mention.text[:MAX_PHRASE_LENGTH], rendered)
            return [float(value) for value in scores]
        opinions = np.empty(len(rendered))
        for text in dict.fromkeys(proposal.text for proposal in first.proposals):
            places = [n for n, proposal in enumerate(first.proposals) if proposal.text == text]
            opinions[places] = reranker.score(text, [rendered[place] for place in places])
        shares = np.array([proposal.share for proposal in first.proposals])
        return [float(value) for value in self.calibration.apply(opinions, shares)]

    def _candidates(
        self, first: FirstStage, probabilities: Sequence[float] | None
    ) -> tuple[Candidate, ...]:
        """Rank exact names first as the phrase states them, then by probability, then as proposed."""
        order = list(range(len(first.proposals)))
        if probabilities is not None:
            named = [proposal.source is Source.EXACT for proposal in first.proposals]
            order.sort(key=lambda n: (0.0, 0.0) if named[n] else (1.0, -probabilities[n]))
        return tuple(
            Candidate(
                pt=self.terminology.preferred_term_at(first.proposals[place].pt_row),
                evidence=self._evidence(first.proposals[place]),
                retrieval_rank=place + 1,
                retrieval_score=first.proposals[place].score,
                probability=None if probabilities is None else probabilities[place],
                rank=rank,
            )
            for rank, place in enumerate(order, 1)
        )

    def _evidence(self, proposal: Proposal) -> Evidence:
        if proposal.llt_row < 0:
            return Evidence("", "", proposal.source)
        llt = self.terminology.term_at(TermLevel.LLT, proposal.llt_row)
        return Evidence(llt.code, llt.name, proposal.source)

    def _result(
        self,
        mention: Mention,
        first: FirstStage,
        candidates: tuple[Candidate, ...],
        decision: Decision,
    ) -> CodingResult:
        warnings = self.warnings
        if len(mention.text) > MAX_PHRASE_LENGTH:
            cut = message(PHRASE_CUT, limit=MAX_PHRASE_LENGTH)
            warnings = (*warnings, cut.text(self.translate))
        if first.states_nothing:
            warnings = (*warnings, self.translate(NOTHING_STATED))
        return CodingResult(
            mention=mention,
            normalised=first.normalised,
            candidates=candidates,
            selected=decision.selected,
            band=decision.band,
            source=decision.source,
            run=self.run,
            warnings=warnings,
        )
