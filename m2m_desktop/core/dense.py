"""Candidates by meaning beside those by wording: how the two become one list.

A dense retriever compares vectors of texts, so it finds 嗜睡 for 老是犯困, which share no character.
Wording finds what is spelled alike, and what no encoder has learned. Of both lists the best always
survive, and names that were said exactly stand first, as the lexical stage has them.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import chain, zip_longest
from typing import Protocol

from m2m_desktop.core.records import Source
from m2m_desktop.core.retrieval import FirstStage, LexicalRetriever, Proposal

METHODS = ("sum", "rrf")


class DenseRetriever(Protocol):
    """Proposes PTs by the meaning of their names."""

    def search(self, text: str, k: int) -> list[Proposal]:
        """Give the ``k`` PTs whose names are nearest to a text, nearest first.

        Their source is `Source.DENSE`, their score the cosine, and their LLT the nearest name.
        """

    def search_all(self, texts: Sequence[str], k: int) -> list[list[Proposal]]:
        """Search for several texts at once, in their order."""


@dataclass(frozen=True, slots=True)
class FusionSettings:
    """How two lists become one.

    ``method`` "sum": a PT's place follows from its share (of the best lexical score) plus
    ``weight`` times its cosine; what the dense list does not hold counts as its last one. "rrf":
    from 1 / (``constant`` + rank) in the lexical list plus ``weight`` times the same in the dense
    one (reciprocal rank fusion: Cormack, Clarke and Büttcher, 2009).

    The first ``own_share`` of the places are sure to each of the lists for its best, 0 to 0.5.
    ``depth`` is how many PTs are asked of the dense retriever for each text.
    """

    # Settled on open development data with tests/bench/fusion.py; the manual has the table.
    method: str = "sum"
    weight: float = 4.0
    constant: float = 60.0
    own_share: float = 0.5
    depth: int = 200

    def __post_init__(self) -> None:
        if self.method not in METHODS:
            raise ValueError(f"method {self.method}")
        if not (0 <= self.own_share <= 0.5 and self.weight >= 0 and self.constant >= 0):
            raise ValueError("settings out of bounds")

    @property
    def stamp(self) -> str:
        """All that matters of it, for the stamp of a run."""
        constant = f" constant={self.constant:g}" if self.method == "rrf" else ""
        return (
            f"{self.method} weight={self.weight:g}{constant} own={self.own_share:g} "
            f"depth={self.depth}"
        )


DEFAULT_FUSION = FusionSettings()


def fuse(
    first: FirstStage,
    dense: Sequence[Proposal],
    k: int,
    settings: FusionSettings = DEFAULT_FUSION,
) -> FirstStage:
    """Join what a dense retriever proposes to a first stage; at most ``k`` proposals remain.

    ``dense`` is best first and each PT once, with cosines; the ``share`` of its proposals is the
    share that their PTs have in the lexical search, 0 where nothing is spelled alike. What both
    lists hold stays as the lexical stage proposed it, with its cosine; what only that one holds
    counts as near as the last of ``dense``. Exact names stay in front and are never lost, not even
    where there are more than ``k`` of them.
    """
    if not dense:
        return first
    near = {one.pt_row: one for one in dense}
    last = min(dense, key=_cosine)
    lexical = {one.pt_row: _as_near(one, near.get(one.pt_row, last)) for one in first.proposals}
    named = [row for row, one in lexical.items() if one.source is Source.EXACT]
    points = _points(lexical, near, settings)
    place = {row: rank for rank, row in enumerate(lexical)}
    order = sorted(points, key=lambda row: (-points[row], place.get(row, len(place)), row))
    room = max(0, k - len(named))
    own = min(int(settings.own_share * k), room // 2)
    chosen: set[int] = set()
    for best in ([row for row in rows if row not in named] for rows in (lexical, near)):
        chosen.update(best[:own])
    for row in order:
        if len(chosen) >= room:
            break
        if row not in named:
            chosen.add(row)
    rows = [*named, *(row for row in order if row in chosen)]
    return replace(first, proposals=tuple(lexical.get(row) or near[row] for row in rows))


def _cosine(proposal: Proposal) -> float:
    return proposal.similarity or 0.0


def _as_near(proposal: Proposal, other: Proposal) -> Proposal:
    return replace(proposal, similarity=other.similarity, behind=other.behind)


def _points(
    lexical: Mapping[int, Proposal], near: Mapping[int, Proposal], settings: FusionSettings
) -> dict[int, float]:
    """Give what each PT's place follows from."""
    both = {**near, **lexical}
    if settings.method == "sum":
        return {row: one.share + settings.weight * _cosine(one) for row, one in both.items()}
    points = dict.fromkeys(both, 0.0)
    for rows, weight in ((lexical, 1.0), (near, settings.weight)):
        for rank, row in enumerate(rows, 1):
            points[row] += weight / (settings.constant + rank)
    return points


class FusedRetriever:
    """The lexical first stage and a dense retriever, as one retriever.

    The dense one is asked about the same texts as the lexical one: the phrase without context, and
    its parts; but not where every part is a name, for then the names decide. A PT that only it
    proposes carries the share that its wording has after all, however small.
    """

    def __init__(
        self,
        lexical: LexicalRetriever,
        dense: DenseRetriever,
        settings: FusionSettings = DEFAULT_FUSION,
    ) -> None:
        self.lexical = lexical
        self._dense = dense
        self._settings = settings

    def retrieve(self, text: str, *, k: int) -> FirstStage:
        """Propose PTs by wording and by meaning."""
        first = self.lexical.retrieve(text, k=k)
        if first.is_whole_exact:
            return first
        return fuse(first, self._near(first, k), k, self._settings)

    def ask(self, text: str, *, k: int) -> tuple[FirstStage, list[Proposal]]:
        """Give what either retriever proposes, before it is joined: what `fuse` takes."""
        first = self.lexical.retrieve(text, k=k)
        return first, self._near(first, k)

    def _near(self, first: FirstStage, k: int) -> list[Proposal]:
        if not first.texts:
            return []
        found = self._dense.search_all(first.texts, max(k, self._settings.depth))
        return _in_turn([self._with_figures(one) for one in found if one])

    def _with_figures(self, found: Sequence[Proposal]) -> list[Proposal]:
        """Say of what is near one text, nearest first, what a calibration weighs."""
        shares = self.lexical.shares(found[0].text, [one.pt_row for one in found])
        nearest = found[0].score
        return [
            replace(one, share=shares[one.pt_row], similarity=one.score, behind=nearest - one.score)
            for one in found
        ]


def _in_turn(lists: Sequence[Sequence[Proposal]]) -> list[Proposal]:
    """Take the nearest of each text in turn, each PT once, with the text that it is nearest to."""
    nearest: dict[int, Proposal] = {}
    for one in chain.from_iterable(lists):
        held = nearest.get(one.pt_row)
        if held is None or one.score > held.score:
            nearest[one.pt_row] = one
    turns = chain.from_iterable(zip_longest(*lists))
    return [nearest[row] for row in dict.fromkeys(one.pt_row for one in turns if one is not None)]
