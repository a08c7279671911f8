"""Look at a file: its sheets, and how it would be read without any choice."""

import hashlib
import itertools
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from m2m_desktop.core.messages import N_, Message, message
from m2m_desktop.core.progress import silent
from m2m_desktop.services.tables.grid import (
    SHOWN_COLUMNS,
    Grid,
    GridRow,
    SheetFacts,
    SheetInfo,
    column_letters,
)
from m2m_desktop.services.tables.layout import SheetGuess, fitted, guess_sheet, signature_of
from m2m_desktop.services.tables.merging import merged_below
from m2m_desktop.services.tables.opening import open_table, reading_errors
from m2m_desktop.services.tables.pasted import PastedGrid
from m2m_desktop.services.tables.records import (
    SheetLayout,
    SheetPreview,
    SniffedTable,
    TableLayout,
)

PREVIEW_ROWS = 50
"""So many rows of a sheet are looked at and shown."""
SHOWN_CHARACTERS = 200
LINES = "\n"
"""Given as the delimiter: each line is one cell."""
_SHOWN_MERGED = 20
_NO_LAYOUTS: Mapping[str, TableLayout] = {}


def sniff(
    path: Path,
    *,
    encoding: str = "",
    delimiter: str = "",
    known: Mapping[str, TableLayout] = _NO_LAYOUTS,
) -> SniffedTable:
    """Look at a file.

    ``encoding`` and ``delimiter`` are a person's choice for a text file (``delimiter`` ``LINES``:
    each line is one cell); ``known`` the layouts remembered by signature, see `LayoutMemory`.
    Raises: TableUnreadable, BadRequest for an unknown encoding.
    """
    wanted = None if not delimiter else "" if delimiter == LINES else delimiter
    with reading_errors(path):
        grid = open_table(path, encoding=encoding, delimiter=wanted)
        try:
            return _looked_at(grid, path.name, _sha256(path), known)
        finally:
            grid.close()


def sniff_text(
    text: str, *, name: str = "", known: Mapping[str, TableLayout] = _NO_LAYOUTS
) -> SniffedTable:
    """Look at pasted cells: tab-separated, or lines. Raises: TableRefused for far too much."""
    grid = PastedGrid(text, name)
    digest = hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
    with reading_errors(grid.path):
        return _looked_at(grid, name, digest, known)


def _sha256(path: Path) -> str:
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def _looked_at(
    grid: Grid, name: str, sha256: str, known: Mapping[str, TableLayout]
) -> SniffedTable:
    previews, guesses = [], {}
    facts: dict[str, SheetFacts] = {}
    for info in grid.sheets:
        rows = list(itertools.islice(grid.rows(info.name, silent), PREVIEW_ROWS))
        guesses[info.name] = guess_sheet(
            info.name, rows, is_workbook=grid.kind not in {"text", "pasted"}
        )
        facts[info.name] = _facts(grid, info.name, rows)
        previews.append(_preview(info, rows, facts[info.name]))
    chosen, notes = _chosen(grid.sheets, guesses)
    layouts, merge_notes, needs_choice = _with_merged_cells(chosen, facts)
    notes = [*grid.notes, *notes, *merge_notes, *_formula_notes(chosen, facts)]
    signature = signature_of(guesses)
    layout = TableLayout(layouts, grid.encoding, grid.delimiter)
    remembered = known.get(signature) if signature else None
    own = fitted(remembered, guesses) if remembered else None
    if own is not None:
        layout = replace(own, encoding=grid.encoding, delimiter=grid.delimiter)
    is_certain = bool(chosen) and all(guesses[sheet.sheet].is_known for sheet in chosen)
    return SniffedTable(
        kind=grid.kind,
        name=name,
        sha256=sha256,
        sheets=tuple(previews),
        layout=layout,
        is_certain=is_certain and not needs_choice,
        is_national_export=any(guesses[sheet.sheet].is_national for sheet in chosen),
        is_remembered=own is not None,
        signature=signature,
        notes=tuple(notes),
    )


def _facts(grid: Grid, sheet: str, rows: list[GridRow]) -> SheetFacts:
    facts = grid.facts(sheet)
    if len(rows) < PREVIEW_ROWS:
        return replace(facts, row_count=len(rows))
    return facts


def _preview(info: SheetInfo, rows: list[GridRow], facts: SheetFacts) -> SheetPreview:
    """Rows in their places: the first of ``rows`` is row 1, with or without content."""
    shown: list[tuple[str, ...]] = []
    for row in rows:
        if row.number > PREVIEW_ROWS:
            break
        shown.extend(() for _ in range(row.number - len(shown) - 1))
        width = min(max(row.cells, default=0), SHOWN_COLUMNS)
        cells = (row.cells.get(column, "") for column in range(1, width + 1))
        shown.append(tuple(cell[:SHOWN_CHARACTERS] for cell in cells))
    return SheetPreview(
        info.name,
        tuple(shown),
        facts.row_count,
        info.is_hidden,
        tuple(str(area) for area in facts.merged[:_SHOWN_MERGED]),
        facts.formulas_without_value,
    )


def _chosen(
    sheets: tuple[SheetInfo, ...], guesses: Mapping[str, SheetGuess]
) -> tuple[list[SheetLayout], list[Message]]:
    """The sheets to read: all with known columns that are not hidden, else the likeliest one."""
    found = [(info, guesses[info.name]) for info in sheets]
    known = [(info, guess) for info, guess in found if guess.is_known]
    visible = [(info, guess) for info, guess in known if not info.is_hidden]
    notes = []
    for info, _guess in known:
        if info.is_hidden:
            template = (
                N_("The hidden sheet {sheet} has a column of reactions too; it is left out.")
                if visible
                else N_("The sheet {sheet} is hidden.")
            )
            notes.append(message(template, sheet=info.name))
    likely = [(info, guess) for info, guess in found if guess.layout and not info.is_hidden][:1]
    layouts = [guess.layout for _info, guess in visible or known or likely]
    return [layout for layout in layouts if layout is not None], notes


def _with_merged_cells(
    chosen: list[SheetLayout], facts: Mapping[str, SheetFacts]
) -> tuple[tuple[SheetLayout, ...], list[Message], bool]:
    """Fill merged cells down where rows are joined by their report anyway; else a person decides."""
    layouts, notes, needs_choice = [], list[Message](), False
    for layout in chosen:
        columns = {column for found in layout.columns.values() for column in found}
        areas = merged_below(facts[layout.sheet].merged, columns, layout.header_row)
        if areas and not layout.one_per_report:
            needs_choice = True
            template = N_(
                "In the sheet {sheet}, cells are merged over several rows ({cells}). Choose whether "
                "their text holds for each of these rows."
            )
            notes.append(message(template, sheet=layout.sheet, cells=str(areas[0])))
        layouts.append(replace(layout, fills_merged=bool(areas) and layout.one_per_report))
    return tuple(layouts), notes, needs_choice


def _formula_notes(chosen: list[SheetLayout], facts: Mapping[str, SheetFacts]) -> list[Message]:
    template = N_(
        "Formulas without a stored value in the sheet {sheet}: {count}. Open the file in Excel, save "
        "it, and open it here again."
    )
    return [
        message(template, sheet=layout.sheet, count=facts[layout.sheet].formulas_without_value)
        for layout in chosen
        if facts[layout.sheet].formulas_without_value
    ]


def column_title(sheet: SheetPreview, header_row: int, column: int) -> str:
    """How a column is called: its header, or its letters where it has none."""
    row = sheet.rows[header_row - 1] if 0 < header_row <= len(sheet.rows) else ()
    title = row[column - 1].strip() if 0 < column <= len(row) else ""
    return title or column_letters(column)
