"""A mention as the page shows it, how it follows the text while that is edited, and its places.

Places are characters of the narrative, as the engine counts them. Qt counts UTF-16 units: `Offsets`
turns the one into the other.
"""

import re
from bisect import bisect_left, bisect_right
from dataclasses import dataclass
from enum import Enum

from m2m_desktop.ui.engine_protocol import Json

_WIDE = re.compile(r"[\U00010000-\U0010ffff]")


class Status(Enum):
    """What the narrative says of a mention, in the words of the engine; only PRESENT is coded."""

    PRESENT = "present"
    NEGATED = "negated"
    HISTORICAL = "historical"
    UNCERTAIN = "uncertain"


@dataclass(frozen=True, slots=True)
class ShownMention:
    """A stretch of the narrative. ``reason`` are the words that gave it its status, ``rule`` why.

    ``is_own``: a person marked it or said its status. One that ``is_removed`` hides what would be
    found there again.
    """

    start: int
    end: int
    text: str
    status: Status = Status.PRESENT
    kind: str = ""
    reason: str = ""
    rule: str = ""
    is_own: bool = False
    is_removed: bool = False

    def overlaps(self, other: "ShownMention") -> bool:
        """Whether the two share a character."""
        return self.start < other.end and other.start < self.end


@dataclass(frozen=True, slots=True)
class Change:
    """An edit: ``removed`` characters at ``position`` gave way to ``added`` others."""

    position: int
    removed: int
    added: int

    @classmethod
    def between(cls, before: str, after: str) -> "Change":
        """Find the one stretch in which two texts differ."""
        first = _common(before, after)
        room = min(len(before), len(after)) - first
        last = _common(before[::-1][:room], after[::-1][:room])
        return cls(first, len(before) - first - last, len(after) - first - last)


def _common(one: str, other: str) -> int:
    """Give the length of the common beginning, by halving: texts are compared in long pieces."""
    known, bound = 0, min(len(one), len(other))
    while known < bound:
        middle = (known + bound + 1) // 2
        if one[known:middle] == other[known:middle]:
            known = middle
        else:
            bound = middle - 1
    return known


class Offsets:
    """Characters of a text and the UTF-16 units of the window."""

    def __init__(self, text: str) -> None:
        self._wide = [found.start() for found in _WIDE.finditer(text)]
        self._wide_units = [place + number for number, place in enumerate(self._wide)]

    def units(self, place: int) -> int:
        """Where a character stands in the window."""
        return place + bisect_left(self._wide, place)

    def place(self, units: int) -> int:
        """The character at a place of the window; the middle of a character is its end."""
        before = bisect_right(self._wide_units, units - 1)
        inside = before > 0 and self._wide_units[before - 1] == units - 1
        return units - before + (1 if inside else 0)


def mentions_from_json(told: Json) -> tuple[ShownMention, ...]:
    """Read what the engine found, in its order; a status this window does not know is uncertain."""
    known = {status.value: status for status in Status}
    return tuple(
        ShownMention(
            start=int(one["start"]),
            end=int(one["end"]),
            text=str(one["text"]),
            status=known.get(str(one.get("status", "present")), Status.UNCERTAIN),
            kind=str(one.get("kind") or ""),
            reason=str(one.get("reason") or ""),
            rule=str(one.get("rule") or ""),
        )
        for one in told["mentions"]
    )
