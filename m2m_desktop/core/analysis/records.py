"""The nouns of an analysis: what was given, what was counted, and what was not."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum

from m2m_desktop.core.messages import Message
from m2m_desktop.core.records import Term, TermLevel

COUNTED_LEVELS = (TermLevel.SOC, TermLevel.HLGT, TermLevel.HLT, TermLevel.PT)


class Unit(Enum):
    """What counts as one.

    ``TERMS``: each PT once. ``ROWS``: each mention. ``REPORTS``: each PT once a report.
    """

    TERMS = "terms"
    ROWS = "rows"
    REPORTS = "reports"


class Reason(Enum):
    """Why something given was not counted, or (`is_used`) not as it stands."""

    EMPTY = "empty"
    UNKNOWN_CODE = "unknown_code"
    UNKNOWN_NAME = "unknown_name"
    HIGHER_LEVEL = "higher_level"
    SMQ = "smq"
    AMBIGUOUS = "ambiguous"
    MISMATCH = "mismatch"
    BAD_COUNT = "bad_count"
    NOT_CURRENT = "not_current"
    DEMOTED = "demoted"
    NO_TERM = "no_term"
    NOT_CODED = "not_coded"
    NOT_DECIDED = "not_decided"


USED = frozenset({Reason.NOT_CURRENT, Reason.DEMOTED})
"""These were counted all the same."""


@dataclass(frozen=True, slots=True)
class GivenTerm:
    """One term as it was given: ``text`` is what stood there, ``row`` where (from 1).

    ``code`` and ``name`` are the cells that were recognised as such; one of them may be empty.
    ``count`` None: there was one that is no whole number from 1 up.
    """

    row: int
    text: str
    code: str = ""
    name: str = ""
    severity: str = ""
    count: int | None = 1


@dataclass(frozen=True, slots=True)
class Remark:
    """Something given that was not counted, or was counted otherwise than it stands there.

    ``suggestion`` is the name of a term that may have been meant, or empty. ``count`` is how much
    of what was given it stands for. A `Reason` in `USED` was counted.
    """

    row: int
    text: str
    reason: Reason
    sentence: Message
    suggestion: str = ""
    count: int = 1

    @property
    def is_used(self) -> bool:
        """Whether it was counted."""
        return self.reason in USED


@dataclass(frozen=True, slots=True)
class CodedEvent:
    """A PT that was reported ``count`` times; ``llt_rows`` are the LLTs that stood for it.

    ``case`` tells reports apart; it is empty where all that was given is one list.
    """

    pt_row: int
    llt_rows: tuple[int, ...] = ()
    severity: str = ""
    count: int = 1
    case: str = ""


@dataclass(frozen=True, slots=True)
class CountRow:
    """A term of a level and what falls under it.

    ``place`` is that of the term in the release, of a SOC in the international order. ``terms``
    counts distinct PTs, ``cases`` distinct reports. ``code`` is empty for PTs without a path.
    """

    term: Term
    soc_name: str
    counts: Mapping[str, int]
    total: int
    terms: int
    cases: int
    place: int


@dataclass(frozen=True, slots=True)
class SmqTerm:
    """A reported term of an SMQ; ``categories`` are the letters that the algorithm speaks of."""

    term: Term
    is_narrow: bool
    categories: str
    count: int


@dataclass(frozen=True, slots=True)
class SmqCount:
    """What of the given falls under an SMQ; the broad figures hold the narrow ones.

    ``cases_met`` counts the cases that satisfy the algorithm: None where the SMQ has none, or one
    that is not understood.
    """

    code: str
    name: str
    name2: str
    level: int
    algorithm: str
    narrow_terms: int
    broad_terms: int
    narrow_count: int
    broad_count: int
    narrow_cases: int
    broad_cases: int
    cases_met: int | None
    terms: tuple[SmqTerm, ...]

    @property
    def algorithm_met(self) -> bool | None:
        """Whether any case satisfies the algorithm; None where that cannot be said."""
        return None if self.cases_met is None else self.cases_met > 0


@dataclass(frozen=True, slots=True)
class Coded:
    """What was given, made ready to be counted.

    ``events`` are counted; ``occurrences`` are all there were, by which cases are judged. The sum
    of the events and of what was refused is ``given``. ``has_cases`` False: all is one list.
    ``notes`` tell what a person must know of the figures.
    """

    events: tuple[CodedEvent, ...]
    remarks: tuple[Remark, ...]
    given: int
    unit: Unit
    occurrences: tuple[CodedEvent, ...] = ()
    has_cases: bool = False
    notes: tuple[Message, ...] = ()


@dataclass(frozen=True, slots=True)
class Analysis:
    """The figures. ``used`` and ``refused`` add up to ``given``.

    By primary path the totals of the SOCs add up to ``used``; by ``all_paths`` a PT counts once
    under each of its SOCs, and they add up to more.
    """

    given: int
    used: int
    refused: int
    terms: int
    cases: int
    has_cases: bool
    unit: Unit
    all_paths: bool
    severities: tuple[str, ...]
    levels: Mapping[TermLevel, tuple[CountRow, ...]]
    smqs: tuple[SmqCount, ...]
    remarks: tuple[Remark, ...]
    notes: tuple[Message, ...] = field(default=())
