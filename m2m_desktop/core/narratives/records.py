"""What is found in a narrative, and what finds it."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Protocol

from m2m_desktop.core.batches import Check, never_cancelled

Span = tuple[int, int]


class Status(Enum):
    """What a narrative says of a mention. Only what is present is coded; the others are shown."""

    PRESENT = "present"
    NEGATED = "negated"
    HISTORICAL = "historical"
    UNCERTAIN = "uncertain"


class Rule(Enum):
    """Why a mention is not present: finer than the status."""

    NONE = ""
    NEGATION = "negation"
    HISTORY = "history"
    FAMILY = "family"
    INDICATION = "indication"
    """The disease that was treated: it was there before the drug."""
    DOUBT = "doubt"
    CONDITION = "condition"
    """Only spoken of: to be prevented, or what to do should it occur."""


@dataclass(frozen=True, slots=True)
class Standing:
    """The status of a mention, the rule that gave it, and the words of the text that say so."""

    status: Status = Status.PRESENT
    rule: Rule = Rule.NONE
    cue: str = ""


@dataclass(frozen=True, slots=True)
class FoundSpan:
    """A stretch of a narrative that names something.

    ``kind`` is the entity type. ``confidence`` is from 0 to 1; a probability only where a model
    found it.
    """

    start: int
    end: int
    kind: str
    confidence: float


@dataclass(frozen=True, slots=True)
class FoundMention:
    """A mention: ``text`` is ``narrative[start:end]``, characters of the narrative as it was given.

    ``reason`` are the words of the narrative by which the status was decided, empty where it is
    present. ``kind`` and ``confidence`` as in `FoundSpan`.
    """

    start: int
    end: int
    text: str
    kind: str
    confidence: float
    status: Status = Status.PRESENT
    reason: str = ""
    rule: Rule = Rule.NONE


class MentionFinder(Protocol):
    """Finds what names a reaction; it does not judge whether that reaction occurred."""

    @property
    def kinds(self) -> tuple[str, ...]:
        """The entity types it may give."""

    def find_all(
        self, texts: Sequence[str], check: Check = never_cancelled
    ) -> list[list[FoundSpan]]:
        """Find the spans of each text, in order and without overlaps.

        ``check`` is called every now and then; it may raise Cancelled.
        """
