"""Entities that a model found in documents, against those that people marked.

Strict: the same place and the same type. Relaxed: the same type, and places that overlap, each entity
used once. Place: the same place, whatever the type. An entity counts once, however often it was
marked.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from m2m_desktop.core.evaluation.tallies import Numbers, Tally, precision_recall_f1, tally

Spans = tuple[tuple[int, int], ...]
STRICT, RELAXED, PLACE = "strict", "relaxed", "place"


@dataclass(frozen=True, slots=True)
class Entity:
    """A place with a type. ``spans`` are [start, end) in characters or tokens, in order.

    Only a discontinuous entity has several. ``confidence`` is None where the model did not say.
    """

    spans: Spans
    kind: str
    confidence: float | None = None

    @property
    def key(self) -> tuple[Spans, str]:
        """What makes two entities the same."""
        return self.spans, self.kind

    def overlap(self, other: "Entity") -> int:
        """Give how many characters or tokens both have."""
        if len(self.spans) == len(other.spans) == 1:
            (start, end), (start2, end2) = self.spans[0], other.spans[0]
            return max(0, min(end, end2) - max(start, start2))
        ours = {place for start, end in self.spans for place in range(start, end)}
        return sum(place in ours for start, end in other.spans for place in range(start, end))


@dataclass(frozen=True, slots=True)
class TaggedDocument:
    """A document or sentence with what people marked and what was found, each without doubles."""

    name: str
    gold: tuple[Entity, ...]
    found: tuple[Entity, ...]


@dataclass(frozen=True, slots=True)
class CollapseMap:
    """Which types count as which. "" means that entities of the type are left out.

    ``rest`` is for types that are not named; None keeps them as they are.
    """

    names: Mapping[str, str]
    rest: str | None = None

    def of(self, kind: str) -> str:
        """Give what a type counts as."""
        return self.names.get(kind, kind if self.rest is None else self.rest)

    def apply(self, documents: Iterable[TaggedDocument]) -> list[TaggedDocument]:
        """Collapse the types of both sides."""
        return [
            TaggedDocument(one.name, self._collapsed(one.gold), self._collapsed(one.found))
            for one in documents
        ]

    def _collapsed(self, entities: Iterable[Entity]) -> tuple[Entity, ...]:
        named = (replace(one, kind=self.of(one.kind)) for one in entities)
        return without_doubles(one for one in named if one.kind)


def without_doubles(entities: Iterable[Entity]) -> tuple[Entity, ...]:
    """Give each entity once, in the order of the places; the most confident of equal ones."""
    best: dict[tuple[Spans, str], Entity] = {}
    for one in entities:
        held = best.get(one.key)
        if held is None or (one.confidence or 0.0) > (held.confidence or 0.0):
            best[one.key] = one
    return tuple(sorted(best.values(), key=lambda one: one.key))


def kinds_of(documents: Iterable[TaggedDocument]) -> tuple[str, ...]:
    """All types that either side has, sorted."""
    return tuple(sorted({one.kind for doc in documents for one in (*doc.gold, *doc.found)}))


def matched(
    gold: Sequence[Entity], found: Sequence[Entity], likeness: Callable[[Entity, Entity], int]
) -> list[tuple[int, int]]:
    """Pair gold entities with entities found, one to one, the most alike first; 0 never pairs.

    Gives places in the two sequences. Only entities that share a place are compared.
    """
    pairs = sorted(
        (-alike, place, other_place)
        for place, one in enumerate(gold)
        for other_place, other in _near(one, found)
        if (alike := likeness(one, other)) > 0
    )
    used, other_used, chosen = set[int](), set[int](), list[tuple[int, int]]()
    for _, place, other_place in pairs:
        if place not in used and other_place not in other_used:
            used.add(place)
            other_used.add(other_place)
            chosen.append((place, other_place))
    return chosen


def entity_tally(documents: Sequence[TaggedDocument]) -> Tally:
    """Micro precision, recall and F1: strict, relaxed, of the place, and of each type.

    The cases are documents; columns are called ``strict_f1`` or ``strict/Disease/f1``.
    """
    columns: dict[str, tuple[Numbers, Numbers]] = {}
    for how, count in _WAYS.items():
        columns.update(_columns([count(doc) for doc in documents], f"{how}_"))
    for kind in kinds_of(documents):
        own = [_only(doc, kind) for doc in documents]
        for how in (STRICT, RELAXED):
            columns.update(_columns([_WAYS[how](doc) for doc in own], f"{how}/{kind}/"))
    return tally(columns)


def macro_f1(values: Mapping[str, float], kinds: Iterable[str], how: str = STRICT) -> float:
    """Give the mean of the F1 of each type; 0 where there is none."""
    scores = [values[f"{how}/{kind}/f1"] for kind in kinds]
    return sum(scores) / len(scores) if scores else 0.0


# -- one document -------------------------------------------------------------------------------

_Counts = tuple[int, int, int]
"""Right ones, all found, all gold."""


def _strict(document: TaggedDocument) -> _Counts:
    right = len({one.key for one in document.gold} & {one.key for one in document.found})
    return right, len(document.found), len(document.gold)


def _relaxed(document: TaggedDocument) -> _Counts:
    right = len(matched(document.gold, document.found, _alike))
    return right, len(document.found), len(document.gold)


def _place(document: TaggedDocument) -> _Counts:
    gold, found = ({one.spans for one in side} for side in (document.gold, document.found))
    return len(gold & found), len(found), len(gold)


_WAYS: Mapping[str, Callable[[TaggedDocument], _Counts]] = {
    STRICT: _strict,
    RELAXED: _relaxed,
    PLACE: _place,
}


def _alike(gold: Entity, found: Entity) -> int:
    """What is the same comes first, then what overlaps most."""
    if gold.kind != found.kind:
        return 0
    return 2 * gold.overlap(found) + (gold.spans == found.spans)


def _near(one: Entity, others: Sequence[Entity]) -> Iterator[tuple[int, Entity]]:
    """Those that may share a place with it; most of a long document cannot."""
    start, end = one.spans[0][0], one.spans[-1][1]
    for place, other in enumerate(others):
        if other.spans[0][0] < end and other.spans[-1][1] > start:
            yield place, other


def _only(document: TaggedDocument, kind: str) -> TaggedDocument:
    gold, found = (
        tuple(one for one in side if one.kind == kind) for side in (document.gold, document.found)
    )
    return TaggedDocument(document.name, gold, found)


def _columns(counts: Sequence[_Counts], prefix: str) -> dict[str, tuple[Numbers, Numbers]]:
    right, chosen, wanted = np.array(counts, np.float64).reshape(-1, 3).T
    return precision_recall_f1(right, chosen, wanted, prefix=prefix)
