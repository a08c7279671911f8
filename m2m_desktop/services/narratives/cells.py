"""The cells of narratives of a table, read beside its names."""

from dataclasses import replace
from pathlib import Path

from m2m_desktop.core.progress import Progress, silent
from m2m_desktop.services.table_import import TableInput
from m2m_desktop.services.tables.records import ColumnRole, SheetLayout, TableLayout, TableRow
from m2m_desktop.services.tables.table_reader import TableReader

Place = tuple[str, int, int]
"""Sheet, row and column."""


def narrative_columns(layout: TableLayout) -> dict[str, int]:
    """Give the column of narratives of each sheet that has one."""
    return {
        sheet.sheet: sheet.columns[ColumnRole.NARRATIVE][0]
        for sheet in layout.sheets
        if sheet.columns.get(ColumnRole.NARRATIVE)
    }


def read_with_narratives(
    table: TableInput, layout: TableLayout, reader: TableReader, progress: Progress = silent
) -> tuple[TableRow, ...]:
    """Read every row with a name or a narrative; the narrative is among its ``reactions``, too.

    Rows of one report are not made one: each has its narrative. Raises: InputUnreadable, Cancelled.
    """
    wanted = replace(layout, sheets=tuple(map(_with_narratives, layout.sheets)))
    return table.read(reader, wanted, progress).rows


def narrative_cells(
    path: Path, layout: TableLayout, reader: TableReader, progress: Progress = silent
) -> dict[Place, str]:
    """Give the narratives by their cells. Raises: InputUnreadable, Cancelled."""
    columns = narrative_columns(layout)
    return {
        (row.sheet, row.row, columns[row.sheet]): row.narrative
        for row in read_with_narratives(TableInput(path), layout, reader, progress)
        if row.sheet in columns
    }


def _with_narratives(sheet: SheetLayout) -> SheetLayout:
    names = sheet.columns.get(ColumnRole.REACTION, ())
    narratives = sheet.columns.get(ColumnRole.NARRATIVE, ())
    read = tuple(dict.fromkeys((*names, *narratives)))
    return replace(
        sheet, columns={**sheet.columns, ColumnRole.REACTION: read}, one_per_report=False
    )
