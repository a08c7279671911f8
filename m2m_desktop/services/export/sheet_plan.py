"""What each row of the user's sheets gets: the answers of its own cells, and where they stand."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from m2m_desktop.core.coded_items import CodedItem, CodedSource
from m2m_desktop.core.messages import N_, message
from m2m_desktop.services.export.answers import Values, answer_values, by_cell, needs_a_person
from m2m_desktop.services.export.cell_text import clean_text
from m2m_desktop.services.export.cell_xml import CellStyles
from m2m_desktop.services.export.errors import Unpatchable
from m2m_desktop.services.export.free_columns import last_taken_column
from m2m_desktop.services.export.package import MAX_SHEET_BYTES, WorkbookPackage
from m2m_desktop.services.export.records import ExportOptions, ResultColumn
from m2m_desktop.services.export.result_rows import result_headers, result_widths
from m2m_desktop.services.export.sheet_patch import NewCells
from m2m_desktop.services.export.sheet_scan import (
    MAX_COLUMNS,
    CellKey,
    ScannedRow,
    ScannedSheet,
    SharedStrings,
    scan_sheet,
)
from m2m_desktop.services.export.style_patch import StyleSheet

_Mentions = Mapping[int, Mapping[int, Sequence[CodedItem]]]
"""Mentions by column, then by row."""


@dataclass(frozen=True, slots=True)
class SheetPlan:
    """A sheet's new cells, by row; ``part`` is its XML, ``first_column`` the first new column."""

    name: str
    part: str
    sheet: ScannedSheet
    first_column: int
    widths: tuple[float, ...]
    rows: Mapping[int, NewCells]


@dataclass(frozen=True, slots=True)
class _Answer:
    """The values of one cell, and whether a person has still to look at it."""

    values: Values
    waits: bool


def plan_sheets(
    package: WorkbookPackage, coded: CodedSource, options: ExportOptions, look: StyleSheet
) -> tuple[SheetPlan, ...]:
    """Plan every sheet that has mentions. Raises `Unpatchable` where one cannot be added to."""
    by_sheet: dict[str, dict[int, dict[int, Sequence[CodedItem]]]] = {}
    for place, mentions in by_cell(coded.items).items():
        by_sheet.setdefault(place.sheet, {}).setdefault(place.column, {})[place.row] = mentions
    if not by_sheet:
        raise Unpatchable(message(N_("nothing in it was coded.")))
    shared = SharedStrings(package.shared_strings())
    return tuple(
        _plan_sheet(name, mentions, package, coded, options, look, shared)
        for name, mentions in by_sheet.items()
    )


def _plan_sheet(
    name: str,
    mentions: _Mentions,
    package: WorkbookPackage,
    coded: CodedSource,
    options: ExportOptions,
    look: StyleSheet,
    shared: SharedStrings,
) -> SheetPlan:
    part = package.sheets.get(name)
    if part is None:
        raise Unpatchable(message(N_("it has no sheet {sheet}."), sheet=name))
    data = package.part(part, MAX_SHEET_BYTES)
    if package.is_sheet_locked(data):
        raise Unpatchable(message(N_("the sheet {sheet} is protected."), sheet=name))
    columns = sorted(mentions)
    header_row = coded.header_rows.get(name, 0)
    sheet = scan_sheet(data, columns, header_row, shared)
    taken = last_taken_column(package, part, data, header_row)
    first = max(sheet.used_columns, taken) + 1
    widths = result_widths(options) * len(columns)
    if first + len(widths) - 1 > MAX_COLUMNS:
        raise Unpatchable(
            message(N_("the sheet {sheet} has no room for more columns."), sheet=name)
        )
    rows = _new_rows(sheet, mentions, columns, header_row, first, options, look)
    if header_row:
        rows[header_row] = _headings(sheet, columns, header_row, coded, options, look)
    return SheetPlan(name, part, sheet, first, widths, rows)


def _new_rows(
    sheet: ScannedSheet,
    mentions: _Mentions,
    columns: Sequence[int],
    header_row: int,
    first: int,
    options: ExportOptions,
    look: StyleSheet,
) -> dict[int, NewCells]:
    """The answers of each row.

    Of the rows of one report only the first was coded: another row whose cell says the same as a
    coded one above it gets the answer of the nearest of these.
    """
    seen: dict[int, dict[CellKey, _Answer]] = {column: {} for column in columns}
    nothing = _Answer((None,) * len(options.columns), waits=False)
    rows: dict[int, NewCells] = {}
    sources: Mapping[int, ScannedRow] = {row.number: row for row in sheet.rows}
    coded_rows = {row for cells in mentions.values() for row in cells}
    for number in sorted(coded_rows | {number for number in sources if number > header_row}):
        source = sources.get(number)
        found = []
        for column in columns:
            cell = source.sources.get(column) if source else None
            coded = mentions[column].get(number)
            answer = None
            if coded is not None:
                answer = _Answer(answer_values(coded, options), needs_a_person(coded))
                if cell is not None:
                    seen[column][cell.key] = answer
            elif cell is not None and cell.key[1]:
                answer = seen[column].get(cell.key)
            found.append(answer)
        if any(found):
            rows[number] = NewCells(
                tuple(value for answer in found for value in (answer or nothing).values),
                look.like(_style_of(source, columns)),
                _marked(found, first, options),
            )
    return rows


def _headings(
    sheet: ScannedSheet,
    columns: Sequence[int],
    header_row: int,
    coded: CodedSource,
    options: ExportOptions,
    look: StyleSheet,
) -> NewCells:
    """The headings; where several columns were coded, each begins with its column's own."""
    source = next((row for row in sheet.rows if row.number == header_row), None)
    headers = result_headers(coded, options)
    values: list[str] = []
    for column in columns:
        cell = source.sources.get(column) if source else None
        own = cell.key[1] if cell and len(columns) > 1 else ""
        values += [clean_text(f"{own} · {header}" if own else header) for header in headers]
    bold = look.bold(_style_of(source, columns))
    return NewCells(tuple(values), CellStyles(bold, bold, bold, bold))


def _style_of(row: ScannedRow | None, columns: Sequence[int]) -> int:
    """How the cell looks that the answers belong to."""
    cells = (row.sources.get(column) for column in columns) if row else ()
    return next((cell.style for cell in cells if cell is not None), 0)


def _marked(
    answers: Sequence[_Answer | None], first: int, options: ExportOptions
) -> frozenset[int]:
    """The columns of those status cells that wait for a person."""
    if ResultColumn.STATUS not in options.columns:
        return frozenset()
    at, width = options.columns.index(ResultColumn.STATUS), len(options.columns)
    return frozenset(
        first + group * width + at
        for group, answer in enumerate(answers)
        if answer is not None and answer.waits
    )
