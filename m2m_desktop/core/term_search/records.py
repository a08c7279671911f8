"""What is asked of a search, and what it answers."""

from dataclasses import dataclass
from enum import Enum

from m2m_desktop.core.messages import Message
from m2m_desktop.core.records import Term, TermLevel

MAX_TEXT_LENGTH = 300
"""Characters of a search that are read: no name is nearly as long."""


class Match(Enum):
    """How the text must relate to a term; ANY is every way there is, the closest first."""

    ANY = "any"
    EXACT = "exact"
    WORDS = "words"
    BEGINS = "begins"
    CONTAINS = "contains"
    ENDS = "ends"
    CODE = "code"
    PINYIN = "pinyin"
    FUZZY = "fuzzy"


class Reason(Enum):
    """Why a term was found, the closest reason first."""

    CODE = "code"
    EXACT = "exact"
    WORDS = "words"
    BEGINS = "begins"
    CONTAINS = "contains"
    ENDS = "ends"
    PINYIN = "pinyin"
    MEMORY = "memory"
    SYNONYM = "synonym"
    FUZZY = "fuzzy"


class MatchedIn(Enum):
    """What of a term, or what beside it, the text was found in."""

    NAME = "name"
    NAME2 = "name2"
    PINYIN = "pinyin"
    INITIALS = "initials"
    CODE = "code"
    MEMORY = "memory"
    SYNONYM = "synonym"


@dataclass(frozen=True, slots=True)
class SearchWish:
    """A search. Empty ``levels`` and ``socs`` (codes) mean all.

    A term counts for a SOC if one of its paths lies there, with ``primary_only`` if a primary one
    does. ``shows_old``: also LLTs that are not current. ``limit`` is of each group.
    ``lists_twins``: also the LLT that bears its PT's name, beside that PT.
    """

    text: str
    match: Match = Match.ANY
    levels: frozenset[TermLevel] = frozenset()
    socs: frozenset[str] = frozenset()
    primary_only: bool = False
    shows_old: bool = False
    limit: int = 100
    lists_twins: bool = False


@dataclass(frozen=True, slots=True)
class FoundTerm:
    """A term by level and row. ``spans`` are character ranges of the name ``matched_in`` says.

    ``via`` is the remembered phrase or the other wording that led to the term.
    """

    level: TermLevel
    row: int
    matched_in: MatchedIn
    spans: tuple[tuple[int, int], ...] = ()
    via: str = ""


@dataclass(frozen=True, slots=True)
class HitGroup:
    """The terms found for one reason; ``total`` counts those beyond the limit too."""

    reason: Reason
    total: int
    hits: tuple[FoundTerm, ...]


@dataclass(frozen=True, slots=True)
class SearchAnswer:
    """Groups, the closest first; each term is in one of them only.

    ``query`` is how the text was understood; ``problem`` tells why it was taken as plain text.
    """

    groups: tuple[HitGroup, ...] = ()
    query: str = ""
    problem: Message | None = None

    @property
    def total(self) -> int:
        """How many terms were found."""
        return sum(group.total for group in self.groups)


@dataclass(frozen=True, slots=True)
class SearchHit:
    """A found term in full, the reason, and for an LLT its PT and currency."""

    term: Term
    reason: Reason
    is_current: bool = True
    pt_code: str = ""
