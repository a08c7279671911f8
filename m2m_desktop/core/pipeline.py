"""Retrieve, rerank, decode: the whole way from a phrase to its answer."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from m2m_desktop.core.candidate_texts import CandidateTexts
from m2m_desktop.core.decoding import (
    Decision,
    decode_exact,
    decode_lexical,
    decode_probabilities,
)
from m2m_desktop.core.records import Candidate, CodingResult, Evidence, Mention, Run, Source, TermLevel
from m2m_desktop.core.reranking import Reranker
from m2m_desktop.core.retrieval import FirstStage, Proposal, Retriever
from m2m_desktop.core.templates import Template
from m2m_desktop.core.terminology import Terminology


@dataclass(frozen=True)
class Pipeline:
    """One way of coding: a terminology, a first stage, and perhaps a model.

    ``asks_model_always`` is the reference behaviour; otherwise a phrase whose every reaction is
    an exact name is answered without the model.
    """

    terminology: Terminology
    retriever: Retriever
    run: Run
    reranker: Reranker | None = None
    template: Template = Template()
    asks_model_always: bool = False
    warnings: tuple[str, ...] = ()

    def retrieve(self, mention: Mention) -> CodingResult:
        """Give the first stage's candidates only; nothing is selected."""
        first = self._first_stage(mention)
        candidates = self._candidates(first, None)
        decision = replace(decode_lexical(candidates), selected=())
        return self._result(mention, first, candidates, decision)

    def code(self, mention: Mention) -> CodingResult:
        """Give the ranked candidates and the selected set for one phrase."""
        first = self._first_stage(mention)
        if first.is_whole_exact and not self.asks_model_always:
            candidates = self._candidates(first, None)
            decision = decode_exact(candidates, part_count=first.part_count)
        elif self.reranker is None:
            candidates = self._candidates(first, None)
            decision = decode_lexical(candidates)
        else:
            candidates = self._candidates(first, self._probabilities(mention, first, self.reranker))
            decision = decode_probabilities(candidates, self.run.threshold)
        return self._result(mention, first, candidates, decision)

    def _first_stage(self, mention: Mention) -> FirstStage:
        if not mention.text.strip():
            return FirstStage("", ())
        return self.retriever.retrieve(mention.text, k=self.run.top_k)

    def _probabilities(
        self, mention: Mention, first: FirstStage, reranker: Reranker
    ) -> Sequence[float]:
        texts = CandidateTexts(self.terminology, self.template)
        rendered = [texts.text(p.pt_row, p.llt_row) for p in first.proposals]
        return [float(value) for value in reranker.score(mention.text, rendered)]

    def _candidates(
        self, first: FirstStage, probabilities: Sequence[float] | None
    ) -> tuple[Candidate, ...]:
        """Rank by probability where there is one, then by the first stage."""
        places = range(len(first.proposals))
        order = list(places)
        if probabilities is not None:
            order.sort(key=lambda place: (-probabilities[place], place))
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
        source = decision.source
        if source is Source.LEXICAL and not candidates:
            source = Source.NONE
        return CodingResult(
            mention=mention,
            normalised=first.normalised,
            candidates=candidates,
            selected=decision.selected,
            band=decision.band,
            source=source,
            run=self.run,
            warnings=self.warnings,
        )
