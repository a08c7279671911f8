"""From rows of cells to rows with something to code: rows of one report become one report."""

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace

from m2m_desktop.core.messages import N_, Message, message
from m2m_desktop.services.tables.grid import Fault, GridRow, column_letters
from m2m_desktop.services.tables.records import (
    ColumnRole,
    ReadCounts,
    ReadTable,
    SheetLayout,
    TableRow,
)

_ROUNDED_IDS = N_(
    "In the sheet {sheet}, codes of reports were turned into rounded numbers (such as 3.2E+20) when "
    "the file was saved, so that different reports have the same code. Their rows are not joined. "
    "Export the file again and keep the column as text."
)
MAX_PROBLEMS = 50
"""So many rows are named one by one; the others are counted."""
_FAULTS = {
    Fault.ERROR_VALUE: N_("sheet {sheet}, row {row}, column {column}: the cell holds an error."),
    Fault.NO_STORED_VALUE: N_(
        "sheet {sheet}, row {row}, column {column}: the formula has no stored value. Open the file "
        "in Excel, save it, and read it again."
    ),
    Fault.BAD_VALUE: N_("sheet {sheet}, row {row}, column {column}: the cell is damaged."),
}
_NO_IDS = frozenset({"-", "--", "/", "\\", "—", "无", "n/a", "na", "null", "none", "0"})
"""Written where a report has no code: such rows have nothing in common."""
_ROUNDED = re.compile(r"[0-9](?:\.[0-9]+)?[Ee]\+?[0-9]{2,3}")
_PARTS = re.compile(r"[；;、,，\r\n①-⑳]+")
_NUMBERING = re.compile(r"^\s*[0-9]{1,2}\s*[.．、)）](?![0-9])")
_SEVERITY = re.compile(r"\s*[(（]\s*(?:一般|严重)\s*[)）]\s*$")


@dataclass
class _Report:
    """What is known of one report: where its rows went, and its reactions so far."""

    place: int
    cells: set[tuple[str, int, str]] = field(default_factory=set)
    names: dict[str, set[str]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class ReadEnd:
    """What there is to say of a table after its last row.

    ``repeated``: how many further rows of the file stand behind a row, by its place (from 0).
    """

    counts: ReadCounts
    last_rows: Mapping[str, int]
    repeated: Mapping[int, int]

    def table(self, rows: Iterable[TableRow]) -> ReadTable:
        """The table of the rows that were given out."""
        counted = [
            replace(row, row_count=1 + more) if (more := self.repeated.get(place)) else row
            for place, row in enumerate(rows)
        ]
        return ReadTable(tuple(counted), self.counts, self.last_rows)


class Reduction:
    """Takes the rows of all sheets in their order and gives out those with something to code.

    A reaction cell that repeats within its report counts once. Over several sheets (the feedback
    workbook has the same reactions in two of them) a cell repeats where all its names are known.
    """

    def __init__(self, give: Callable[[TableRow], None]) -> None:
        self._give = give
        self._reports: dict[str, _Report] = {}
        self._read = self._kept = self._merged = self._empty = self._unreadable = 0
        self._repeated: Counter[int] = Counter()
        self._problems: list[Message] = []
        self._rounded: dict[str, None] = {}

    def sheet(self, layout: SheetLayout, rows: Iterator[GridRow]) -> int:
        """Take a sheet in and give its last row with content (0: none)."""
        columns = _Columns.of(layout)
        last = layout.header_row
        last_found = 0
        for row in rows:
            last_found = row.number
            if row.number <= layout.header_row:
                continue
            between = row.number - last - 1
            self._read += between + 1
            self._empty += between
            last = row.number
            self._add(layout, columns, row)
        return last_found

    def counts(self) -> ReadCounts:
        """What became of the rows so far."""
        problems = [message(_ROUNDED_IDS, sheet=sheet) for sheet in self._rounded]
        problems += self._problems[:MAX_PROBLEMS]
        if len(self._problems) > MAX_PROBLEMS:
            more = len(self._problems) - MAX_PROBLEMS
            problems.append(message(N_("Further cells that cannot be read: {count}."), count=more))
        return ReadCounts(
            self._read,
            self._kept,
            self._merged,
            self._empty,
            self._unreadable,
            tuple(problems),
        )

    def repeated(self) -> Mapping[int, int]:
        """How many further rows stand behind a row that was given out, by its place (from 0)."""
        return self._repeated

    def _add(self, layout: SheetLayout, columns: "_Columns", row: GridRow) -> None:
        faults = [column for column in columns.reactions if column in row.faults]
        for column in faults:
            self._problems.append(
                message(
                    _FAULTS[row.faults[column]],
                    sheet=layout.sheet,
                    row=row.number,
                    column=column_letters(column),
                )
            )
        reactions = tuple(
            (column, text)
            for column in columns.reactions
            if column not in faults and (text := row.cells.get(column, "")).strip()
        )
        report_id = columns.text(row, ColumnRole.REPORT_ID).strip()
        if report_id.casefold() in _NO_IDS:
            report_id = ""
        elif _ROUNDED.fullmatch(report_id):
            self._rounded.setdefault(layout.sheet)
            report_id = ""
        if not reactions:
            if faults:
                self._unreadable += 1
            else:
                self._empty += 1
            return
        report = self._reports.get(report_id) if layout.one_per_report and report_id else None
        if report is not None:
            reactions = tuple(
                cell for cell in reactions if not _repeats(cell, report, layout.sheet)
            )
            if not reactions:
                self._merged += 1
                self._repeated[report.place] += 1
                return
        elif layout.one_per_report and report_id:
            report = self._reports[report_id] = _Report(self._kept)
        if report is not None:
            _remember(reactions, report, layout.sheet)
        self._kept += 1
        self._give(
            TableRow(
                layout.sheet,
                row.number,
                reactions,
                report_id,
                columns.text(row, ColumnRole.SEVERITY).strip(),
                columns.text(row, ColumnRole.DRUG).strip(),
                columns.text(row, ColumnRole.NARRATIVE),
            )
        )


@dataclass(frozen=True, slots=True)
class _Columns:
    """The columns of a layout."""

    reactions: tuple[int, ...]
    others: dict[ColumnRole, int]

    @classmethod
    def of(cls, layout: SheetLayout) -> "_Columns":
        others = {role: columns[0] for role, columns in layout.columns.items() if columns}
        return cls(tuple(layout.columns.get(ColumnRole.REACTION, ())), others)

    def text(self, row: GridRow, role: ColumnRole) -> str:
        column = self.others.get(role)
        return "" if column is None or column in row.faults else row.cells.get(column, "")


def names_in(cell: str) -> set[str]:
    """The names in a cell, cut at every separator: only for telling whether they are known."""
    parts = (_SEVERITY.sub("", _NUMBERING.sub("", part)).strip() for part in _PARTS.split(cell))
    return {part for part in parts if part}


def _repeats(cell: tuple[int, str], report: _Report, sheet: str) -> bool:
    column, text = cell
    if (sheet, column, text.strip()) in report.cells:
        return True
    elsewhere = [names for name, names in report.names.items() if name != sheet]
    return bool(elsewhere) and names_in(text) <= set().union(*elsewhere)


def _remember(reactions: tuple[tuple[int, str], ...], report: _Report, sheet: str) -> None:
    for column, text in reactions:
        report.cells.add((sheet, column, text.strip()))
        report.names.setdefault(sheet, set()).update(names_in(text))
