"""What a cell of reported reactions is cut into."""

from dataclasses import dataclass
from enum import Enum


class PieceKind(Enum):
    """What a piece of a cell is. Only reactions are coded; all others are kept and shown."""

    REACTION = "reaction"
    NEGATED = "negated"
    DRUG = "drug"
    DOSE = "dose"
    DATE = "date"
    OUTCOME = "outcome"


@dataclass(frozen=True, slots=True)
class Piece:
    """One phrase of a cell: ``text`` is ``cell[start:end]``, without numbering and severity.

    ``severity`` is what hung on the name in brackets (一般, 严重), or empty.
    """

    start: int
    end: int
    text: str
    kind: PieceKind = PieceKind.REACTION
    severity: str = ""


@dataclass(frozen=True, slots=True)
class SuggestedCut:
    """A place where a piece may hold two reactions: ``word`` (伴, 及 …) stands at ``start:end``."""

    start: int
    end: int
    word: str


@dataclass(frozen=True, slots=True)
class CellSplit:
    """A cell cut into pieces, in the order of the text, and the cuts that were not made."""

    pieces: tuple[Piece, ...]
    suggestions: tuple[SuggestedCut, ...] = ()
