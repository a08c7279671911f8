"""Retrieve, remember, rerank, decode: the whole way from a phrase to its answer.

With a `Cascade` the answer comes in two steps: `Pipeline.look` asks the first stage and the small
model, `Pipeline.first_answer` makes a provisional answer of that, `Pipeline.decide` lets the chosen
model score as far down as it must. `Pipeline.code` does it all.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from m2m_desktop.core.batches import Check, never_cancelled
from m2m_desktop.core.calibration import Calibration
from m2m_desktop.core.candidate_texts import CandidateTexts
from m2m_desktop.core.cascade import FIRST_PAIRS, Cascade, Descent, order_by_estimate
from m2m_desktop.core.decoding import (
    Decision,
    decode_exact,
    decode_lexical,
    decode_probabilities,
    decode_remembered,
)
from m2m_desktop.core.memory import Memory, MemoryEntry
from m2m_desktop.core.messages import N_, message, untranslated
from m2m_desktop.core.ranking_model import KeptScores, RankingModel, Scored
from m2m_desktop.core.recall import recall, remembered_first
from m2m_desktop.core.records import (
    DEFAULT_TOP_K,
    Band,
    Candidate,
    CodingResult,
    Evidence,
    Mention,
    Run,
    Source,
    TermLevel,
)
from m2m_desktop.core.reranking import Probabilities, Reranker
from m2m_desktop.core.retrieval import FirstStage, Proposal, Retriever
from m2m_desktop.core.templates import REFERENCE_TEMPLATE, Template
from m2m_desktop.core.terminology import Terminology
from m2m_desktop.core.text import tidy

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
_AHEAD = frozenset({Source.MEMORY, Source.EXACT})
"""Candidates of these stand before all others, whatever a model says of them."""


@dataclass(frozen=True, slots=True)
class Question:
    """What is read of a phrase; phrases with equal questions get equal answers."""

    text: str
    is_cut: bool = False


@dataclass(frozen=True, slots=True)
class Look:
    """What is known of a question before the chosen model is asked.

    ``estimates`` are what the small model says of the proposals, in their order, where it is to
    choose what the chosen model scores. ``remembered`` is what a person decided before.
    """

    question: Question
    first: FirstStage
    estimates: Scored | None = None
    remembered: MemoryEntry | None = None

    @property
    def is_open(self) -> bool:
        """Whether the answer depends on probabilities, not on names or the memory alone."""
        return not (self.is_decided or self.first.states_nothing)

    @property
    def is_decided(self) -> bool:
        """Whether names or the memory decide, and a model could only add probabilities."""
        return self.first.is_whole_exact or self.remembered is not None


@dataclass(frozen=True, slots=True)
class _Opinions:
    """The probability of each proposal, and which of them are estimates only."""

    probabilities: Probabilities
    is_estimated: NDArray[np.bool_]
    computed: int = 0
    kept: int = 0


@dataclass(frozen=True)
class Pipeline:
    """One way of coding: a terminology, a first stage, and perhaps a model.

    ``is_reference`` lets the model decide always, as published; otherwise a phrase whose every
    reaction is an exact name is decided by the names, one that the ``memory`` holds by the memory,
    and the model is asked only for the probabilities to show, or not at all without
    ``scores_exact``. The reference asks no memory. ``calibration`` belongs to the
    model and asks for the default first stage. ``kept`` are scores that the model gave before.
    With a ``cascade`` the model scores only what may matter; without, every candidate.
    ``translate`` puts this pipeline's own warnings into the user's language; ``warnings`` hold for
    every phrase and are in it already.
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
    kept: KeptScores | None = None
    cascade: Cascade | None = None
    memory: Memory | None = None

    def retrieve(self, mention: Mention) -> CodingResult:
        """Give the first stage's candidates only; nothing is selected."""
        question = self.question(mention)
        look = Look(question, self._first_stage(question))
        candidates = self._candidates(look.first, None)
        decision = replace(decode_lexical(candidates), selected=())
        return self._result(mention, look, candidates, decision)

    def code(self, mention: Mention, check: Check = never_cancelled) -> CodingResult:
        """Give the ranked candidates and the selected set for one phrase.

        ``check`` is called between batches of the models; it may raise `errors.Cancelled`.
        """
        return self.decide(mention, self.look(self.question(mention), check), check)

    def question(self, mention: Mention) -> Question:
        """Give what is read of a phrase: without what nobody sees, as reported for the reference."""
        text = mention.text[:MAX_PHRASE_LENGTH]
        if not self.is_reference:
            text = tidy(text)[:MAX_PHRASE_LENGTH]  # one character may have become eighteen
        return Question(text, len(mention.text) > MAX_PHRASE_LENGTH)

    def look(self, question: Question, check: Check = never_cancelled) -> Look:
        """Ask the first stage and the memory, and the small model where there is a cascade."""
        look = self._remembering(Look(question, self._first_stage(question)))
        if self.cascade is None or not self._asks_model(look):
            return look
        small = self.cascade.small.score(question.text, look.first.proposals, check)
        return replace(look, estimates=small)

    def first_answer(self, mention: Mention, look: Look) -> CodingResult | None:
        """Give the small model's answer, to be replaced; None where it was not asked."""
        if look.estimates is None:
            return None
        estimates = look.estimates.probabilities
        opinions = _Opinions(estimates, np.ones(len(estimates), np.bool_))
        candidates = self._candidates(look.first, opinions)
        decision = self._decision(look, candidates, opinions)
        return replace(self._result(mention, look, candidates, decision), is_final=False)

    def decide(self, mention: Mention, look: Look, check: Check = never_cancelled) -> CodingResult:
        """Give the final answer: let the model score what it must, and select."""
        opinions = self._opinions(look, check)
        candidates = self._candidates(look.first, opinions)
        decision = self._decision(look, candidates, opinions)
        result = self._result(mention, look, candidates, decision)
        if opinions is None:
            return result
        return replace(result, pairs_scored=opinions.computed, pairs_kept=opinions.kept)

    # -- asking ----------------------------------------------------------------------------------

    def _first_stage(self, question: Question) -> FirstStage:
        if not question.text.strip():
            return FirstStage("", ())
        return self.retriever.retrieve(question.text, k=self.run.top_k)

    def _remembering(self, look: Look) -> Look:
        if self.memory is None or self.is_reference:
            return look
        entry = recall(self.memory, look.question.text, look.first, self.terminology)
        if entry is None:
            return look
        first = remembered_first(look.first, entry, self.terminology, k=self.run.top_k)
        return replace(look, first=first, remembered=entry)

    def _asks_model(self, look: Look) -> bool:
        is_spared = look.is_decided and not self.is_reference and not self.scores_exact
        return self.reranker is not None and not is_spared

    @cached_property
    def _model(self) -> RankingModel:
        assert self.reranker is not None
        texts = CandidateTexts(self.terminology, self.template)
        return RankingModel(self.reranker, texts, self.calibration, self.kept)

    def _opinions(self, look: Look, check: Check) -> _Opinions | None:
        if not self._asks_model(look):
            return None
        if self.cascade is None or look.estimates is None:
            found = self._model.score(look.question.text, look.first.proposals, check)
            return _Opinions(
                found.probabilities,
                np.zeros(len(found.probabilities), np.bool_),
                found.computed,
                found.kept,
            )
        return self._cascaded(self.cascade, look, look.estimates, check)

    def _cascaded(self, cascade: Cascade, look: Look, estimates: Scored, check: Check) -> _Opinions:
        """Score in the order of the estimates, as far down as the cascade asks for.

        Where names or the memory decide, no probability changes the answer: the first few are
        scored to be shown.
        """
        proposals = look.first.proposals
        named = np.array([proposal.source in _AHEAD for proposal in proposals], np.bool_)
        # of the kind that the chosen model's own probabilities are
        likely = estimates.probabilities if self.calibration else estimates.opinions
        order = order_by_estimate(likely, named)

        def score(start: int, stop: int) -> Scored:
            asked = [proposals[int(place)] for place in order[start:stop]]
            return self._model.score(look.question.text, asked, check)

        descent = Descent(likely[order], score)
        descent.go(max(FIRST_PAIRS, int(named.sum())))
        if look.is_open:
            cascade.descend(descent)
            if self.run.top_k == DEFAULT_TOP_K:
                cascade.audit(look.question.text, descent)
        scored = order[: descent.depth]
        probabilities = estimates.probabilities.copy()
        is_estimated = np.ones(len(order), np.bool_)
        probabilities[scored], is_estimated[scored] = descent.found, False
        return _Opinions(probabilities, is_estimated, descent.computed, descent.kept)

    # -- answering -------------------------------------------------------------------------------

    def _decision(
        self, look: Look, candidates: Sequence[Candidate], opinions: _Opinions | None
    ) -> Decision:
        first = look.first
        if look.remembered is not None:
            return decode_remembered(candidates)
        if first.is_whole_exact and not self.is_reference:
            decision = decode_exact(candidates, part_count=first.part_count)
        elif first.states_nothing and not self.is_reference:
            decision = Decision((), Band.NOT_FOUND, Source.NONE)
        elif opinions is None:
            decision = decode_lexical(candidates)
        else:
            is_provisional = bool(opinions.is_estimated.all())
            judged = [c for c in candidates if is_provisional or not c.is_estimated]
            decision = decode_probabilities(judged, self.run.threshold)
        if first.is_ambiguous and decision.band is Band.CERTAIN:
            decision = replace(decision, band=Band.DOUBTFUL)
        return decision

    def _candidates(self, first: FirstStage, opinions: _Opinions | None) -> tuple[Candidate, ...]:
        """Rank what is remembered or named, as it stands, then what the model scored, then estimates.

        Both by probability; what is equal stays as proposed.
        """
        order = list(range(len(first.proposals)))
        if opinions is not None:
            keys = [
                (0, 0.0)
                if proposal.source in _AHEAD
                else (1 + int(opinions.is_estimated[n]), -float(opinions.probabilities[n]))
                for n, proposal in enumerate(first.proposals)
            ]
            order.sort(key=keys.__getitem__)
        return tuple(
            Candidate(
                pt=self.terminology.preferred_term_at(first.proposals[place].pt_row),
                evidence=self._evidence(first.proposals[place]),
                retrieval_rank=place + 1,
                retrieval_score=first.proposals[place].score,
                probability=None if opinions is None else float(opinions.probabilities[place]),
                rank=rank,
                is_estimated=opinions is not None and bool(opinions.is_estimated[place]),
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
        look: Look,
        candidates: tuple[Candidate, ...],
        decision: Decision,
    ) -> CodingResult:
        warnings = self.warnings
        if look.question.is_cut:
            cut = message(PHRASE_CUT, limit=MAX_PHRASE_LENGTH)
            warnings = (*warnings, cut.text(self.translate))
        if look.first.states_nothing and look.remembered is None:
            warnings = (*warnings, self.translate(NOTHING_STATED))
        return CodingResult(
            mention=mention,
            normalised=look.first.normalised,
            candidates=candidates,
            selected=decision.selected,
            band=decision.band,
            source=decision.source,
            run=self.run,
            warnings=warnings,
        )
