"""Cells that were copied from Excel or WPS, or lines of text, as a grid of one sheet.

What lies on the clipboard is separated by tabs. Excel puts a cell into quotation marks only where
it holds a line break; marks that merely begin a text stay as they are.
"""

import re
from collections.abc import Iterator
from pathlib import Path

from m2m_desktop.core.messages import N_, Message, message
from m2m_desktop.core.progress import Progress, silent
from m2m_desktop.services.tables.errors import TableRefused
from m2m_desktop.services.tables.grid import (
    MAX_CELL_CHARACTERS,
    GridRow,
    SheetFacts,
    SheetInfo,
)
from m2m_desktop.services.tables.text_reader import TEXT_SHEET, grid_row

PASTED_NAME = "clipboard"
MAX_PASTED_CHARACTERS = 50_000_000
_CELL = re.compile(r'"(?P<quoted>(?:[^"]++|"")*+)"(?=[\t\r\n]|\Z)')
_PLAIN = re.compile(r"[^\t\r\n]*")
_LINE_END = re.compile(r"\r\n|\r|\n")


class PastedGrid:
    """Pasted cells. Raises: TableRefused for far too much text."""

    kind = "pasted"
    encoding = ""
    delimiter = "\t"
    sheets: tuple[SheetInfo, ...] = (SheetInfo(TEXT_SHEET),)
    notes: tuple[Message, ...] = ()

    def __init__(self, text: str, name: str = "") -> None:
        self.path = Path(name or PASTED_NAME)
        if len(text) > MAX_PASTED_CHARACTERS:
            detail = message(N_("the pasted text is too long; save it as a file and open that."))
            raise TableRefused(path=self.path, detail=detail)
        self._text = text.removeprefix("\ufeff").replace("\0", "")

    def size(self, _sheet: str) -> int:
        """Characters."""
        return len(self._text)

    def rows(self, _sheet: str, _progress: Progress = silent) -> Iterator[GridRow]:
        """The rows with content."""
        for number, cells in enumerate(_records(self._text), 1):
            row = grid_row(number, cells)
            if row.cells:
                yield row

    def facts(self, _sheet: str) -> SheetFacts:
        """Pasted cells have no merged cells and no formulas."""
        return SheetFacts()

    def close(self) -> None:
        """Nothing is held open."""


def _records(text: str) -> Iterator[list[str]]:
    if '"' not in text:
        yield from (line.split("\t") for line in _LINE_END.split(text))
        return
    at, cells = 0, list[str]()
    while True:
        found = _CELL.match(text, at)
        if found is None or not _LINE_END.search(found["quoted"]):
            found = _PLAIN.match(text, at)
            assert found is not None  # it matches anything, even nothing
            cell = found[0]
        else:
            cell = found["quoted"].replace('""', '"')
        cells.append(cell[:MAX_CELL_CHARACTERS])
        at = found.end()
        if at < len(text) and text[at] == "\t":
            at += 1
            continue
        yield cells
        if at >= len(text):
            return
        cells = []
        at += 2 if text.startswith("\r\n", at) else 1
