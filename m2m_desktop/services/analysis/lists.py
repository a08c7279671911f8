"""Lists of terms as they come in: pasted, from a file, or item by item."""

import sys
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from m2m_desktop.core.analysis.columns import whole_number
from m2m_desktop.core.analysis.finding import TermFinder
from m2m_desktop.core.analysis.given import Row, given_list
from m2m_desktop.core.analysis.records import GivenTerm
from m2m_desktop.core.analysis.severities import cut_severity, severity_key
from m2m_desktop.core.messages import N_, Message, message
from m2m_desktop.core.progress import Progress, silent
from m2m_desktop.services.engine_requests import Params
from m2m_desktop.services.phrases import STDIN, decode_text, read_bytes
from m2m_desktop.services.tables.pasted import PastedGrid
from m2m_desktop.services.tables.reader_protocol import Reader
from m2m_desktop.services.tables.records import (
    ColumnRole,
    SheetLayout,
    TableLayout,
)
from m2m_desktop.services.tables.text_reader import TEXT_SHEET

UNREAD_COLUMNS = N_("These columns hold neither terms nor severities nor counts: {columns}.")
OTHER_SHEETS = N_("Only the first sheet, {sheet}, was read.")

_LEAST_COLUMNS = 64
"""Read even where the rows that were looked at first have fewer."""


def pasted_rows(text: str) -> list[Row]:
    """The cells of a pasted text; a text without tabs has one in each line.

    Raises: TableRefused for far too much text.
    """
    return [
        (row.number, [row.cells.get(place, "") for place in range(1, max(row.cells) + 1)])
        for row in PastedGrid(text).rows(TEXT_SHEET)
    ]


def file_text(name: str) -> str:
    """The text of a file, or of stdin where ``name`` is ``-``. Raises: InputUnreadable."""
    if name == STDIN:
        return decode_text(sys.stdin.buffer.read(), name)
    return decode_text(read_bytes(Path(name)), name)


def workbook_rows(
    path: Path, reader: Reader, progress: Progress = silent
) -> tuple[list[Row], list[Message]]:
    """The cells of a workbook's first sheet, and what a person should know of it.

    Raises: InputUnreadable and its kinds, Cancelled.
    """
    sniffed = reader.sniff(path, progress=progress)
    sheets = [sheet for sheet in sniffed.sheets if not sheet.is_hidden] or list(sniffed.sheets)
    if not sheets or not sheets[0].rows:
        return [], []
    width = max(_LEAST_COLUMNS, *map(len, sheets[0].rows))
    columns = {ColumnRole.REACTION: tuple(range(1, width + 1))}
    layout = TableLayout((SheetLayout(sheets[0].name, 0, columns),))
    table = reader.read(path, layout, progress)
    notes = [message(OTHER_SHEETS, sheet=sheets[0].name)] if len(sheets) > 1 else []
    rows: list[Row] = []
    for row in table.rows:
        cells = dict(row.reactions)
        rows.append((row.row, [cells.get(place, "") for place in range(1, width + 1)]))
    return rows, [*notes, *table.counts.problems]


def listed_terms(
    rows: Sequence[Row], finder: TermFinder
) -> tuple[tuple[GivenTerm, ...], list[Message]]:
    """The terms of a list, and which of its columns were not read."""
    given = given_list(rows, finder)
    if not given.unread:
        return given.terms, []
    return given.terms, [message(UNREAD_COLUMNS, columns=", ".join(map(str, given.unread)))]


def item_terms(items: Iterable[Mapping[str, Any]]) -> tuple[GivenTerm, ...]:
    """The terms of a request that names them one by one. Raises: BadRequest."""
    return tuple(_item(number, Params(item)) for number, item in enumerate(items, 1))


def _item(number: int, item: Params) -> GivenTerm:
    text, severity = item.text("text").strip(), severity_key(item.text("severity", ""))
    count = item.values.get("count", 1)
    name = text
    if not severity:
        name, severity = cut_severity(text)
    return GivenTerm(number, text, "", name, severity, whole_number(str(count)))
