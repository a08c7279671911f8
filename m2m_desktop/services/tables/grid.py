"""What every kind of file is turned into: sheets that give their rows as texts."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import Enum
from pathlib import Path
from typing import NamedTuple, Protocol

from m2m_desktop.core.messages import Message
from m2m_desktop.core.progress import Progress

MAX_FILE_BYTES = 100 * 1024 * 1024
MAX_ROWS = 1_048_576
"""The last row of a workbook; text files may be longer, but never so long in earnest."""
MAX_COLUMNS = 16_384
SHOWN_COLUMNS = 512
"""So many columns are looked at for headers and shown; a cell beyond is still read."""
MAX_CELL_CHARACTERS = 1_000_000
"""Excel allows 32,767; what exceeds this is no cell of any table."""


class Fault(Enum):
    """Why a cell that is not empty has no text."""

    ERROR_VALUE = "error_value"
    NO_STORED_VALUE = "no_stored_value"
    BAD_VALUE = "bad_value"


class GridRow(NamedTuple):
    """One row with content: the texts of its cells by column, counted from 1.

    ``faults`` names the columns whose cell cannot be read; they stand in ``cells`` with what was
    found there (``#N/A``) or as empty text. Rows without content are left out.
    """

    number: int
    cells: Mapping[int, str]
    faults: Mapping[int, Fault]


@dataclass(frozen=True, slots=True)
class MergedRange:
    """A rectangle of merged cells; all four borders belong to it."""

    top: int
    left: int
    bottom: int
    right: int

    def __str__(self) -> str:
        return f"{column_letters(self.left)}{self.top}:{column_letters(self.right)}{self.bottom}"


@dataclass(frozen=True, slots=True)
class SheetFacts:
    """What a light pass over a sheet tells; ``row_count`` None: it was not counted."""

    merged: tuple[MergedRange, ...] = ()
    formulas_without_value: int = 0
    row_count: int | None = None


@dataclass(frozen=True, slots=True)
class SheetInfo:
    """A sheet that has cells."""

    name: str
    is_hidden: bool = False


class Grid(Protocol):
    """An opened table.

    ``rows`` streams a sheet and reports its progress in the units of ``size``; ``facts`` is the
    light pass, which may be asked before.
    """

    path: Path
    kind: str
    encoding: str
    delimiter: str
    sheets: tuple[SheetInfo, ...]
    notes: tuple[Message, ...]

    def size(self, sheet: str, /) -> int:
        """The work of reading a sheet."""

    def rows(self, sheet: str, progress: Progress, /) -> Iterator[GridRow]:
        """The rows with content, in the order of the file."""

    def facts(self, sheet: str, /) -> SheetFacts:
        """Merged cells, formulas without values, and the number of rows."""

    def close(self) -> None:
        """Let go of the file."""


def column_letters(column: int) -> str:
    """Name a column as Excel does: 1 is A, 27 is AA."""
    letters = ""
    while column > 0:
        column, digit = divmod(column - 1, 26)
        letters = chr(ord("A") + digit) + letters
    return letters


def column_number(letters: str) -> int:
    """Count a column named as Excel does; 0 where that is no name of a column."""
    number = 0
    for letter in letters:
        if not "A" <= letter <= "Z":
            return 0
        number = number * 26 + ord(letter) - ord("A") + 1
        if number > MAX_COLUMNS:
            return 0
    return number


def parse_range(text: str) -> MergedRange | None:
    """Read ``A1:B2`` (or one cell); None where it makes no sense."""
    first, _, last = text.replace("$", "").partition(":")
    corners = [_parse_cell(first), _parse_cell(last or first)]
    (top, left), (bottom, right) = corners
    if not (0 < top <= bottom <= MAX_ROWS and 0 < left <= right):
        return None
    return MergedRange(top, left, bottom, right)


def _parse_cell(text: str) -> tuple[int, int]:
    letters = text.rstrip("0123456789")
    digits = text[len(letters) :]
    return (int(digits) if 0 < len(digits) <= 7 else 0), column_number(letters)
