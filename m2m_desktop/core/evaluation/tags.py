"""Entities out of tags of tokens: BIO, IOB, BIOES and BILOU, read as leniently as is usual.

An entity begins at B or S, and at an inside or end tag that continues nothing of its type. It ends
after E or S, and before anything that does not continue it. This is the reading of the CoNLL-2000
evaluation, by which published figures are counted.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from m2m_desktop.core.evaluation.entities import Entity

OUTSIDE = "O"
_TAG = re.compile(r"^([BIESLUM])(?:[-_](.*))?$", re.DOTALL)
_SAME_AS = {"L": "E", "U": "S", "M": "I"}


@dataclass(frozen=True, slots=True)
class Tag:
    """Where a token stands in an entity (B, I, E, S, or O for outside) and the entity's type."""

    place: str
    kind: str = ""


def parse_tag(text: str) -> Tag | None:
    """Read a tag such as ``B-Disease`` or ``I_symptom``; None where it is none."""
    if text == OUTSIDE:
        return Tag(OUTSIDE)
    found = _TAG.match(text)
    if found is None:
        return None
    return Tag(_SAME_AS.get(found[1], found[1]), found[2] or "")


def entities_of(tags: Sequence[Tag], confidences: Sequence[float] = ()) -> list[Entity]:
    """Give the entities of one sentence; places are numbers of tokens.

    The confidence of an entity is the mean of its tokens', where there are any.
    """
    found: list[Entity] = []
    start, previous = -1, Tag(OUTSIDE)
    for place, tag in enumerate((*tags, Tag(OUTSIDE))):
        goes_on = (
            start >= 0
            and tag.place in "IE"
            and previous.place in "BI"
            and tag.kind == previous.kind
        )
        if start >= 0 and not goes_on:
            found.append(_entity(start, place, previous.kind, confidences))
            start = -1
        if tag.place != OUTSIDE and not goes_on:
            start = place
        previous = tag
    return found


def moved(entities: Iterable[Entity], offset: int) -> list[Entity]:
    """Give entities whose places begin so much further on."""
    return [
        Entity(tuple((a + offset, b + offset) for a, b in one.spans), one.kind, one.confidence)
        for one in entities
    ]


def _entity(start: int, end: int, kind: str, confidences: Sequence[float]) -> Entity:
    own = confidences[start:end]
    return Entity(((start, end),), kind, sum(own) / len(own) if own else None)
