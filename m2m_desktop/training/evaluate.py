"""Score a model on development mentions over a release, with the app's first stage."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from m2m_desktop.core.calibration import Calibration, figures
from m2m_desktop.core.candidate_texts import CandidateTexts
from m2m_desktop.core.evaluation.ranking import hit_rates
from m2m_desktop.core.records import TermLevel
from m2m_desktop.core.reranking import softmax_probability
from m2m_desktop.core.retrieval import LexicalRetriever, build_name_index
from m2m_desktop.core.templates import Template
from m2m_desktop.core.terminology import Terminology
from m2m_desktop.core.thesaurus import Thesaurus
from m2m_desktop.services.index_cache import open_tokenisers
from m2m_desktop.training.fitting import fit_logistic

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
    queries: tuple[tuple[str, ...], ...]
    shares: tuple[tuple[float, ...], ...]

    def hits(self, orders: Sequence[Sequence[int]]) -> dict[str, float]:
        """Give the share of mentions with a gold PT among the first k, for k in `HITS`."""
        rates = hit_rates(orders, self.gold, HITS)
        return {f"hit@{k}": round(rate, 4) for k, rate in rates.items()}

    def first_stage(self) -> dict[str, float]:
        """Score the first stage itself."""
        return self.hits(self.candidates)

    def reranked(self, score: Score, calibration: Calibration | None = None) -> dict[str, float]:
        """Score the order a model gives, as the app would use it with this calibration."""
        orders = []
        for rows, opinions, shares in zip(
            self.candidates, self.opinions(score), self.shares, strict=True
        ):
            values = calibration.apply(opinions, np.array(shares)) if calibration else opinions
            orders.append([rows[place] for place in np.argsort(-values, kind="stable")])
        return self.hits(orders)

    def opinions(self, score: Score) -> list[NDArray[np.float64]]:
        """Give the model's probability of every candidate, asked with the text that proposed it."""
        found = []
        for queries, texts in zip(self.queries, self.texts, strict=True):
            values = np.empty(len(texts))
            for query in dict.fromkeys(queries):
                places = [place for place, own in enumerate(queries) if own == query]
                logits = score(query, [texts[place] for place in places])
                values[places] = softmax_probability(np.asarray(logits), 1)
            found.append(values)
        return found

    def calibrate(self, score: Score) -> Calibration:
        """Fit the calibration of a model on these mentions."""
        opinions = np.concatenate(self.opinions(score))
        shares = np.concatenate([np.array(values) for values in self.shares])
        labels = [
            row in gold
            for rows, gold in zip(self.candidates, self.gold, strict=True)
            for row in rows
        ]
        bias, margin, share = fit_logistic(
            figures(opinions, shares), np.array(labels, dtype=np.float64)
        )
        return Calibration(bias, margin, share)


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
    columns: list[tuple[tuple[int, ...], tuple[str, ...], tuple[str, ...], tuple[float, ...]]] = []
    for mention in gold:
        proposals = retriever.retrieve(mention, k=k).proposals
        columns.append(
            (
                tuple(p.pt_row for p in proposals),
                tuple(rendered.text(p.pt_row, p.llt_row) for p in proposals),
                tuple(p.text for p in proposals),
                tuple(p.share for p in proposals),
            )
        )
    candidates, texts, queries, shares = (tuple(column) for column in zip(*columns, strict=True))
    return DevelopmentSet(tuple(gold), tuple(gold.values()), candidates, texts, queries, shares)
