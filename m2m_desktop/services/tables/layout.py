"""Find out how a table is to be read: where its headers are, and what its columns are used for."""

import hashlib
import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from m2m_desktop.services.tables.columns import (
    header_key,
    is_known_column,
    is_national_id,
    known_columns,
    likely_reaction,
)
from m2m_desktop.services.tables.delimiters import HEADER_ROWS
from m2m_desktop.services.tables.grid import GridRow
from m2m_desktop.services.tables.records import ColumnRole, SheetLayout, TableLayout

_CHINESE = re.compile(r"[㐀-鿿]")
_CHINESE_SHARE = 0.5
_PHRASE_LENGTHS = range(2, 41)


@dataclass(frozen=True, slots=True)
class SheetGuess:
    """What the first rows of a sheet tell; ``layout`` None: nothing to code in it, it seems.

    ``is_known``: by the names of its columns. ``header`` are the texts that identify it.
    """

    layout: SheetLayout | None
    is_known: bool
    is_national: bool
    header_row: int
    header: tuple[str, ...]


def guess_sheet(sheet: str, rows: Sequence[GridRow], *, is_workbook: bool) -> SheetGuess:
    """Look at the first rows with content of a sheet.

    A single column without a known name is a list of phrases in a text file (``is_workbook`` False:
    certain), and a guess in a workbook.
    """
    top = [row for row in rows if row.number <= HEADER_ROWS]
    header = _header(top)
    if header is not None:
        columns = known_columns(header.cells)
        if ColumnRole.REACTION in columns:
            is_national = any(map(is_national_id, header.cells.values()))
            layout = _layout(sheet, header.number, columns)
            return SheetGuess(layout, True, is_national, header.number, _texts(header))
    if not is_workbook and rows and all(set(row.cells) == {1} for row in rows):
        layout = SheetLayout(sheet, 0, {ColumnRole.REACTION: (1,)})
        return SheetGuess(layout, True, False, 0, ())
    return _likely(sheet, top, rows)


def _header(top: Sequence[GridRow]) -> GridRow | None:
    """The row with most known names among those that name a column of reactions."""
    named = [
        (sum(map(is_known_column, row.cells.values())), -row.number, row)
        for row in top
        if ColumnRole.REACTION in known_columns(row.cells)
    ]
    return max(named)[2] if named else None


def _likely(sheet: str, top: Sequence[GridRow], rows: Sequence[GridRow]) -> SheetGuess:
    for row in top:
        column = likely_reaction(row.cells)
        if column is not None and len(row.cells) > 1:
            columns = {**known_columns(row.cells), ColumnRole.REACTION: (column,)}
            likely = _layout(sheet, row.number, columns)
            return SheetGuess(likely, False, False, row.number, _texts(row))
    header = _first_wide_row(top)
    if header is None:
        return SheetGuess(None, False, False, 0, ())
    column = _most_like_phrases([row for row in rows if row.number > header.number])
    layout: SheetLayout | None = None
    if column is not None:
        columns = {**known_columns(header.cells), ColumnRole.REACTION: (column,)}
        layout = _layout(sheet, header.number, columns)
    return SheetGuess(layout, False, False, header.number, _texts(header))


def _first_wide_row(top: Sequence[GridRow]) -> GridRow | None:
    """The first row that is about as wide as the widest: title rows have one cell or two."""
    width = max((len(row.cells) for row in top), default=0)
    return next((row for row in top if 2 * len(row.cells) > width), None)


def _most_like_phrases(rows: Sequence[GridRow]) -> int | None:
    """The column that holds most different short Chinese texts, or None."""
    texts: dict[int, list[str]] = {}
    for row in rows:
        for column, cell in row.cells.items():
            texts.setdefault(column, []).append(cell.strip())
    best: tuple[int, int] = (0, 0)
    for column, cells in texts.items():
        phrases = [text for text in cells if len(text) in _PHRASE_LENGTHS and _is_chinese(text)]
        if len(phrases) >= _CHINESE_SHARE * len(cells):
            best = max(best, (len(set(phrases)), -column))
    return -best[1] or None


def _is_chinese(text: str) -> bool:
    return 2 * len(_CHINESE.findall(text)) >= len(text)


def _layout(
    sheet: str, header_row: int, columns: Mapping[ColumnRole, tuple[int, ...]]
) -> SheetLayout:
    return SheetLayout(sheet, header_row, columns, one_per_report=ColumnRole.REPORT_ID in columns)


def _texts(row: GridRow) -> tuple[str, ...]:
    return tuple(f"{column} {header_key(text)}" for column, text in sorted(row.cells.items()))


def signature_of(guesses: Mapping[str, SheetGuess]) -> str:
    """Identify tables with the same headers in the same places, or empty where there are none.

    The name of a sheet counts only where there are several: exports put dates into it.
    """
    with_headers = {name: guess for name, guess in guesses.items() if guess.header}
    if not with_headers:
        return ""
    facts = [
        [name if len(with_headers) > 1 else "", guess.header_row, guess.header]
        for name, guess in with_headers.items()
    ]
    return hashlib.sha256(json.dumps(facts).encode()).hexdigest()


def fitted(remembered: TableLayout, sheets: Iterable[str]) -> TableLayout | None:
    """A remembered layout for these sheets; a single sheet may have another name. None: no fit."""
    names = list(sheets)
    if all(sheet.sheet in names for sheet in remembered.sheets):
        return remembered
    if len(names) == 1 and len(remembered.sheets) == 1:
        return replace(remembered, sheets=(replace(remembered.sheets[0], sheet=names[0]),))
    return None
