"""A layout by the names that a person gives of sheets and columns, where a table needs any."""

from collections.abc import Collection
from dataclasses import replace

from m2m_desktop.core.errors import BadRequest
from m2m_desktop.core.messages import N_, message
from m2m_desktop.services.tables.columns import header_key, known_columns
from m2m_desktop.services.tables.grid import column_letters
from m2m_desktop.services.tables.records import (
    ColumnRole,
    SheetLayout,
    SheetPreview,
    SniffedTable,
    TableLayout,
)

HEADER_ROWS = 20
_SHOWN = 30


def chosen_layout(
    table: SniffedTable, *, sheets: Collection[str] = (), columns: Collection[str] = ()
) -> TableLayout:
    """Give how a table is to be read. Raises: BadRequest, naming what there is to choose from.

    Without ``columns`` (headings, or letters as spreadsheets have them) the table's own layout
    must be certain or remembered.
    """
    wanted = [preview for preview in table.sheets if not sheets or preview.name in sheets]
    missing = [name for name in sheets if name not in {preview.name for preview in table.sheets}]
    if missing or not wanted:
        names = ", ".join(preview.name for preview in table.sheets)
        template = N_("there is no sheet {name}. There are: {names}.")
        raise BadRequest(detail=message(template, name=", ".join(missing), names=names))
    if not columns:
        return _own_layout(table, sheets)
    layouts = [found for preview in wanted if (found := _by_columns(preview, columns)) is not None]
    if not layouts:
        template = N_("no sheet has the column {name}. There are: {names}.")
        names = ", ".join(_headings(wanted))
        raise BadRequest(detail=message(template, name=", ".join(columns), names=names))
    return replace(table.layout, sheets=tuple(layouts))


def _own_layout(table: SniffedTable, sheets: Collection[str]) -> TableLayout:
    layouts = [layout for layout in table.layout.sheets if not sheets or layout.sheet in sheets]
    if not layouts or not (table.is_certain or table.is_remembered):
        template = N_("it is not clear which column holds the reactions. There are: {names}.")
        raise BadRequest(detail=message(template, names=", ".join(_headings(table.sheets))))
    return replace(table.layout, sheets=tuple(layouts))


def _by_columns(preview: SheetPreview, columns: Collection[str]) -> SheetLayout | None:
    """Find the first row that has all the headings; letters need no heading."""
    keys = [header_key(name) for name in columns]
    for number, row in enumerate(preview.rows[:HEADER_ROWS], 1):
        places = {header_key(text): place for place, text in reversed(list(enumerate(row, 1)))}
        if all(key in places for key in keys):
            named = known_columns({place: text for place, text in enumerate(row, 1) if text})
            return _layout(preview.name, number, tuple(places[key] for key in keys), named)
    width = max(map(len, preview.rows), default=0)
    letters = {column_letters(place).casefold(): place for place in range(1, width + 1)}
    if all(name.casefold() in letters for name in columns):
        chosen = tuple(letters[name.casefold()] for name in columns)
        return _layout(preview.name, _header_row(preview), chosen, {})
    return None


def _layout(
    sheet: str,
    header_row: int,
    columns: tuple[int, ...],
    named: dict[ColumnRole, tuple[int, ...]],
) -> SheetLayout:
    roles = {**named, ColumnRole.REACTION: columns}
    return SheetLayout(sheet, header_row, roles, one_per_report=ColumnRole.REPORT_ID in roles)


def _header_row(preview: SheetPreview) -> int:
    """The first row that is about as wide as the widest: title rows have one cell or two."""
    filled = [sum(map(bool, row)) for row in preview.rows[:HEADER_ROWS]]
    widest = max(filled, default=0)
    return next((n for n, count in enumerate(filled, 1) if 2 * count > widest), 0)


def _headings(previews: Collection[SheetPreview]) -> list[str]:
    found: dict[str, None] = {}
    for preview in previews:
        row = _header_row(preview)
        found.update(dict.fromkeys(text for text in preview.rows[row - 1] if text) if row else {})
    return list(found)[:_SHOWN]
