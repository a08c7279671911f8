"""Read the rows of a table by its layout."""

from collections.abc import Callable, Iterator
from pathlib import Path

from m2m_desktop.core.messages import N_, message
from m2m_desktop.core.progress import Progress, silent
from m2m_desktop.services.tables.errors import LayoutMismatch
from m2m_desktop.services.tables.grid import Grid, GridRow
from m2m_desktop.services.tables.merging import filled, merged_below
from m2m_desktop.services.tables.opening import open_table, reading_errors
from m2m_desktop.services.tables.pasted import PastedGrid
from m2m_desktop.services.tables.records import (
    ColumnRole,
    ReadTable,
    SheetLayout,
    TableLayout,
    TableRow,
)
from m2m_desktop.services.tables.reports import ReadEnd, Reduction

PROGRESS_TOTAL = 1000


def read_table(path: Path, layout: TableLayout, progress: Progress = silent) -> ReadTable:
    """Read a file. Progress is in parts of a thousand.

    Raises: TableUnreadable (LayoutMismatch for a sheet that is not there), Cancelled by progress.
    """
    rows: list[TableRow] = []
    return stream_table(path, layout, rows.append, progress).table(rows)


def stream_table(
    path: Path, layout: TableLayout, give: Callable[[TableRow], None], progress: Progress = silent
) -> ReadEnd:
    """Read a file like `read_table`, but give each row out as soon as it is known."""
    with reading_errors(path):
        grid = open_table(path, encoding=layout.encoding, delimiter=layout.delimiter)
        try:
            return _read(grid, layout, give, progress)
        finally:
            grid.close()


def read_pasted(text: str, layout: TableLayout, progress: Progress = silent) -> ReadTable:
    """Read pasted cells, as they were sniffed. Raises: TableUnreadable, Cancelled by progress."""
    grid = PastedGrid(text)
    rows: list[TableRow] = []
    with reading_errors(grid.path):
        return _read(grid, layout, rows.append, progress).table(rows)


def all_cells(path: Path, layout: TableLayout) -> dict[str, dict[tuple[int, int], str]]:
    """Every cell with content of the sheets of a layout, by row and column: nothing left out.

    Raises: TableUnreadable.
    """
    with reading_errors(path):
        grid = open_table(path, encoding=layout.encoding, delimiter=layout.delimiter)
        try:
            _check(grid, layout)
            return {
                sheet.sheet: {
                    (row.number, column): text
                    for row in grid.rows(sheet.sheet, silent)
                    for column, text in row.cells.items()
                }
                for sheet in layout.sheets
            }
        finally:
            grid.close()


def _check(grid: Grid, layout: TableLayout) -> None:
    names = {info.name for info in grid.sheets}
    for sheet in layout.sheets:
        if sheet.sheet not in names:
            detail = message(N_("it has no sheet called {sheet}."), sheet=sheet.sheet)
            raise LayoutMismatch(path=grid.path, detail=detail)
        if not sheet.columns.get(ColumnRole.REACTION):
            detail = message(N_("no column of reactions was chosen."))
            raise LayoutMismatch(path=grid.path, detail=detail)
    if not layout.sheets:
        detail = message(N_("no column of reactions was chosen."))
        raise LayoutMismatch(path=grid.path, detail=detail)


def _read(
    grid: Grid, layout: TableLayout, give: Callable[[TableRow], None], progress: Progress
) -> ReadEnd:
    _check(grid, layout)
    sizes = [grid.size(sheet.sheet) for sheet in layout.sheets]
    reduction = Reduction(give)
    last_rows = {}
    for place, sheet in enumerate(layout.sheets):
        report = _part_of(progress, sum(sizes[:place]), sum(sizes))
        last_rows[sheet.sheet] = reduction.sheet(sheet, _rows(grid, sheet, report))
    progress(PROGRESS_TOTAL, PROGRESS_TOTAL)
    return ReadEnd(reduction.counts(), last_rows, reduction.repeated())


def _part_of(progress: Progress, before: int, whole: int) -> Progress:
    """Report a part of the work, begun after ``before`` of ``whole`` were done."""

    def report(done: int, total: int, note: str = "") -> None:
        share = (before + min(done, total)) / max(whole, 1)
        progress(int(share * PROGRESS_TOTAL), PROGRESS_TOTAL, note)

    return report


def _rows(grid: Grid, sheet: SheetLayout, progress: Progress) -> Iterator[GridRow]:
    rows = grid.rows(sheet.sheet, progress)
    if not sheet.fills_merged:
        return rows
    columns = {column for found in sheet.columns.values() for column in found}
    areas = merged_below(grid.facts(sheet.sheet).merged, columns, sheet.header_row)
    return filled(rows, areas, columns)
