"""What is known of a table before it is read, how it is to be read, and its rows."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum

from m2m_desktop.core.messages import Message


class ColumnRole(Enum):
    """What a column is used for; no other column is ever kept."""

    REACTION = "reaction"
    REPORT_ID = "report_id"
    SEVERITY = "severity"
    DRUG = "drug"
    NARRATIVE = "narrative"


@dataclass(frozen=True, slots=True)
class SheetLayout:
    """How one sheet is read. Rows and columns count from 1; ``header_row`` 0: there is none.

    ``columns`` may name several columns of reactions. ``fills_merged``: a merged cell's value
    holds for all its rows. ``one_per_report``: rows of one report (one row per drug) are one.
    """

    sheet: str
    header_row: int
    columns: Mapping[ColumnRole, tuple[int, ...]]
    fills_merged: bool = False
    one_per_report: bool = False


@dataclass(frozen=True, slots=True)
class TableLayout:
    """How a file is read: which sheets, and for text files by which encoding and delimiter."""

    sheets: tuple[SheetLayout, ...]
    encoding: str = ""
    delimiter: str = ""


@dataclass(frozen=True, slots=True)
class SheetPreview:
    """The first rows of a sheet as text, for a person to look at.

    ``row_count`` is the number of rows with content as far as it is known (None: not counted).
    """

    name: str
    rows: tuple[tuple[str, ...], ...]
    row_count: int | None = None
    is_hidden: bool = False
    merged_ranges: tuple[str, ...] = ()
    formulas_without_value: int = 0


@dataclass(frozen=True, slots=True)
class SniffedTable:
    """A file looked at: its sheets, and the layout it would be read by without any choice.

    ``kind`` is "xlsx", "xls", "text" or "pasted". ``is_certain``: names of columns were known, so
    nothing need be asked; otherwise ``layout`` is a guess (perhaps remembered, see
    ``is_remembered``) or has no sheets. ``signature`` identifies tables with the same headers.
    ``notes`` are for the user (hidden sheets, formulas without values, ...).
    """

    kind: str
    name: str
    sha256: str
    sheets: tuple[SheetPreview, ...]
    layout: TableLayout
    is_certain: bool
    is_national_export: bool = False
    is_remembered: bool = False
    signature: str = ""
    notes: tuple[Message, ...] = ()


@dataclass(frozen=True, slots=True)
class TableRow:
    """One row that has something to code.

    ``reactions`` are the cells of reactions with their columns, exactly as they stand.
    ``row_count`` rows of the file stand behind it (rows of one report).
    """

    sheet: str
    row: int
    reactions: tuple[tuple[int, str], ...]
    report_id: str = ""
    severity: str = ""
    drug: str = ""
    narrative: str = ""
    row_count: int = 1


@dataclass(frozen=True, slots=True)
class ReadCounts:
    """What became of the rows below the headers.

    ``rows`` = ``kept`` + ``merged`` + ``empty`` + ``unreadable``: rows read, rows given out, rows
    that only repeat their report, rows without a reaction, rows with an unreadable cell.
    """

    rows: int = 0
    kept: int = 0
    merged: int = 0
    empty: int = 0
    unreadable: int = 0
    problems: tuple[Message, ...] = field(default=())


@dataclass(frozen=True, slots=True)
class ReadTable:
    """All rows of a table in the order of the file."""

    rows: tuple[TableRow, ...]
    counts: ReadCounts
    last_rows: Mapping[str, int]
