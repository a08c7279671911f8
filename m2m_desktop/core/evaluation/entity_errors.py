"""What is wrong with entities that were found: the place, the type, both, or everything.

Each entity found is set against at most one gold entity and the other way round: first the same place
and type, then the same place, then the same type with the longest overlap, then any overlap.
"""

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from enum import Enum

from m2m_desktop.core.evaluation.entities import Entity, TaggedDocument, matched
from m2m_desktop.core.evaluation.reliability import Reliability, reliability


class Finding(Enum):
    """How an entity found and a gold entity stand to each other."""

    RIGHT = "right"
    TYPE = "type"
    BOUNDARY = "boundary"
    BOTH = "boundary_and_type"
    SPURIOUS = "spurious"
    MISSING = "missing"


@dataclass(frozen=True, slots=True)
class Aligned:
    """A pair; ``gold`` is None for what is spurious, ``found`` for what is missing."""

    finding: Finding
    gold: Entity | None
    found: Entity | None

    @property
    def kind(self) -> str:
        """The gold type, or that of what is spurious."""
        one = self.gold or self.found
        return one.kind if one else ""


_STEPS: tuple[tuple[Finding, Callable[[Entity, Entity], int]], ...] = (
    (Finding.RIGHT, lambda gold, found: int(gold.key == found.key)),
    (Finding.TYPE, lambda gold, found: int(gold.spans == found.spans)),
    (Finding.BOUNDARY, lambda gold, found: gold.overlap(found) * (gold.kind == found.kind)),
    (Finding.BOTH, lambda gold, found: gold.overlap(found)),
)


def align(document: TaggedDocument) -> list[Aligned]:
    """Set the entities of a document against each other, one to one; all of both are in it once."""
    gold, found = list(document.gold), list(document.found)
    aligned: list[Aligned] = []
    for finding, likeness in _STEPS:
        pairs = matched(gold, found, likeness)
        aligned.extend(Aligned(finding, gold[place], found[other]) for place, other in pairs)
        used, other_used = {place for place, _ in pairs}, {other for _, other in pairs}
        gold = [one for place, one in enumerate(gold) if place not in used]
        found = [one for place, one in enumerate(found) if place not in other_used]
    aligned.extend(Aligned(Finding.SPURIOUS, None, one) for one in found)
    aligned.extend(Aligned(Finding.MISSING, one, None) for one in gold)
    return aligned


def count_findings(aligned: Iterable[Aligned]) -> dict[Finding, int]:
    """Count each kind of finding, also those that do not occur."""
    counts = Counter(one.finding for one in aligned)
    return {finding: counts[finding] for finding in Finding}


def type_confusion(aligned: Iterable[Aligned]) -> dict[tuple[str, str], int]:
    """Count (gold type, type found), "" being nothing; sorted by types."""
    counts = Counter(
        (one.gold.kind if one.gold else "", one.found.kind if one.found else "") for one in aligned
    )
    return dict(sorted(counts.items()))


def confidence_reliability(aligned: Iterable[Aligned]) -> Reliability | None:
    """Compare confidence with how often place and type are right; None where nobody said any."""
    cases = [
        (one.found.confidence, one.finding is Finding.RIGHT)
        for one in aligned
        if one.found is not None and one.found.confidence is not None
    ]
    return reliability(cases) if cases else None
