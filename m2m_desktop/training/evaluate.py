"""Score a model on development mentions over a release, with the app's first stage."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from m2m_desktop.core.candidate_texts import CandidateTexts
from m2m_desktop.core.metrics import hit_rate
from m2m_desktop.core.records import TermLevel
from m2m_desktop.core.retrieval import LexicalRetriever, build_name_index
from m2m_desktop.core.templates import Template
from m2m_desktop.core.terminology import Terminology
from m2m_desktop.core.thesaurus import Thesaurus
from m2m_desktop.services.index_cache import open_tokenisers

HITS = (1, 5, 10, 100)

Score = Callable[[str, Sequence[str]], NDArray[np.float64]]
"""Gives the logits (candidates, 2) of one mention's candidate texts."""


@dataclass(frozen=True)
class DevelopmentSet:
    """Mentions with their candidates from the first stage and their gold PT rows."""

    mentions: tuple[str, ...]
    gold: tuple[frozenset[int], ...]
    candidates: tuple[tuple[int, ...], ...]
    texts: tuple[tuple[str, ...], ...]

    def hits(self, orders: Sequence[Sequence[int]]) -> dict[str, float]:
        """Give the share of mentions with a gold PT among the first k, for k in `HITS`."""
        return {f"hit@{k}": round(hit_rate(orders, self.gold, k), 4) for k in HITS}

    def first_stage(self) -> dict[str, float]:
        """Score the first stage itself."""
        return self.hits(self.candidates)

    def reranked(self, score: Score) -> dict[str, float]:
        """Score the order a model gives."""
        orders = []
        for mention, rows, texts in zip(self.mentions, self.candidates, self.texts, strict=True):
            logits = score(mention, texts)
            margins = logits[:, 1] - logits[:, 0]
            orders.append([rows[place] for place in np.argsort(-margins, kind="stable")])
        return self.hits(orders)


def read_gold(mentions: Path, codes: Path, terminology: Terminology) -> dict[str, frozenset[int]]:
    """Read a mention file (mention, OAE ids) and the map of OAE ids to PT codes."""
    lines = codes.read_text(encoding="utf-8").splitlines()[1:]
    code_of: Mapping[str, str] = dict(line.split("\t")[:2] for line in lines)
    gold: dict[str, frozenset[int]] = {}
    for line in mentions.read_text(encoding="utf-8").splitlines()[1:]:
        mention, ids = line.split("\t")[:2]
        rows = {terminology.index(TermLevel.PT, code_of[one]) for one in ids.split("|")}
        gold[mention] = frozenset(rows - {-1})
    return gold


def prepare(
    gold: Mapping[str, frozenset[int]],
    terminology: Terminology,
    thesaurus: Thesaurus,
    template: Template,
    *,
    k: int = 100,
) -> DevelopmentSet:
    """Run the first stage once for all mentions."""
    tokenisers = open_tokenisers(terminology, thesaurus)
    index = build_name_index(terminology, tokenisers)
    retriever = LexicalRetriever(terminology, index, tokenisers)
    rendered = CandidateTexts(terminology, template)
    candidates, texts = [], []
    for mention in gold:
        proposals = retriever.retrieve(mention, k=k).proposals
        candidates.append(tuple(proposal.pt_row for proposal in proposals))
        texts.append(tuple(rendered.text(p.pt_row, p.llt_row) for p in proposals))
    return DevelopmentSet(tuple(gold), tuple(gold.values()), tuple(candidates), tuple(texts))
