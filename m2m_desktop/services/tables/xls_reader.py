"""Old workbooks (.xls) as grids, read by xlrd."""

import contextlib
import io
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from m2m_desktop.core.messages import N_, Message, message
from m2m_desktop.core.progress import Progress, silent
from m2m_desktop.services.tables.errors import (
    NotATable,
    TableDamaged,
    TableProtected,
    TableUnreadable,
)
from m2m_desktop.services.tables.grid import Fault, GridRow, MergedRange, SheetFacts, SheetInfo
from m2m_desktop.services.tables.values import date_text, number_text, truth_text, zero_width

_ENCRYPTED_PACKAGE = "EncryptedPackage".encode("utf-16-le")
_BOOK_STREAMS = tuple(name.encode("utf-16-le") for name in ("Workbook", "Book", "WORKBOOK", "BOOK"))
_UNICODE_FROM = 80
_WESTERN = frozenset({None, 0, 1200, 1252, 28591, 32769})
_EMPTY = frozenset({0, 6})
_TEXT, _NUMBER, _DATE, _BOOLEAN, _ERROR = 1, 2, 3, 4, 5
_ROWS_BETWEEN_REPORTS = 2000
_NO_FAULTS: dict[int, Fault] = {}


class XlsGrid:
    """An opened old workbook. Raises: TableUnreadable."""

    kind = "xls"
    encoding = delimiter = ""

    def __init__(self, path: Path) -> None:
        self.path = path
        content = path.read_bytes()
        _check_content(content, path)
        self._book = _opened(content, path)
        self.sheets = tuple(
            SheetInfo(sheet.name, bool(sheet.visibility)) for sheet in self._book.sheets()
        )
        self.notes: tuple[Message, ...] = ()
        self._error_texts = _error_texts()
        self._zeros: dict[int, int] = {}

    def size(self, sheet: str) -> int:
        """Rows."""
        return int(self._book.sheet_by_name(sheet).nrows)

    def rows(self, sheet: str, progress: Progress = silent) -> Iterator[GridRow]:
        """The rows with content."""
        table = self._book.sheet_by_name(sheet)
        for place in range(table.nrows):
            if place % _ROWS_BETWEEN_REPORTS == 0:
                progress(place, table.nrows)
            row = self._row(table.row(place), place + 1)
            if row.cells:
                yield row

    def facts(self, sheet: str) -> SheetFacts:
        """Merged cells, and the number of rows with content. Formulas always have a value here."""
        table = self._book.sheet_by_name(sheet)
        merged = tuple(
            MergedRange(top + 1, left + 1, bottom, right)
            for top, bottom, left, right in table.merged_cells
            if 0 <= top < bottom and 0 <= left < right
        )
        return SheetFacts(merged, 0, sum(1 for _ in self.rows(sheet)))

    def close(self) -> None:
        """Let go of the file."""
        self._book.release_resources()

    def _row(self, row: list[Any], number: int) -> GridRow:
        cells: dict[int, str] = {}
        faults = _NO_FAULTS
        for column, cell in enumerate(row, 1):
            if cell.ctype in _EMPTY or (cell.ctype == _TEXT and not cell.value):
                continue
            text, fault = self._text(cell)
            cells[column] = text
            if fault is not None:
                faults = {**faults, column: fault}
        return GridRow(number, cells, faults)

    def _text(self, cell: Any) -> tuple[str, Fault | None]:
        if cell.ctype == _TEXT:
            return str(cell.value), None
        if cell.ctype == _BOOLEAN:
            return truth_text(bool(cell.value)), None
        if cell.ctype == _ERROR:
            return self._error_texts.get(cell.value, "#N/A"), Fault.ERROR_VALUE
        value = float(cell.value)
        text = number_text(value)
        if text is None:
            return "", Fault.BAD_VALUE
        if cell.ctype == _DATE:
            return date_text(value, is_1904=self._book.datemode == 1) or text, None
        width = self._zero_width(cell.xf_index)
        return (text.zfill(width) if width and text.isdigit() else text), None

    def _zero_width(self, style: int | None) -> int:
        """To how many digits the format of a cell fills up."""
        if style is None or not 0 <= style < len(self._book.xf_list):
            return 0
        if style not in self._zeros:
            found = self._book.format_map.get(self._book.xf_list[style].format_key)
            self._zeros[style] = zero_width(found.format_str) if found else 0
        return self._zeros[style]


def _check_content(content: bytes, path: Path) -> None:
    if _ENCRYPTED_PACKAGE in content:
        raise TableProtected(path=path, detail=message(N_("it is protected by a password.")))
    if not any(name in content for name in _BOOK_STREAMS):
        detail = message(N_("it is an old Office document or a file of WPS (.et), not a workbook."))
        raise NotATable(path=path, detail=detail)


def _opened(content: bytes, path: Path) -> Any:
    """Open with formats (they tell of merged cells); where those are damaged, without.

    Before 1997, texts were bytes. Programs in China wrote Chinese ones often without saying so, or
    as Western text, which no text of a table here is.
    """
    error: Exception | None = None
    for with_formats in (True, False):
        try:
            book = _book(content, with_formats=with_formats)
            if book.biff_version < _UNICODE_FROM and book.codepage in _WESTERN:
                with contextlib.suppress(UnicodeError):
                    return _book(content, with_formats=with_formats, encoding_override="gb18030")
        except MemoryError:
            raise
        except Exception as failed:  # dozens of classes leak from damaged files
            if "encrypted" in str(failed).casefold():
                detail = message(N_("it is protected by a password."))
                raise TableProtected(path=path, detail=detail) from failed
            error = failed
        else:
            return book
    raise _damaged(path) from error


def _book(content: bytes, *, with_formats: bool, encoding_override: str | None = None) -> Any:
    import xlrd

    return xlrd.open_workbook(
        file_contents=content,
        formatting_info=with_formats,
        encoding_override=encoding_override,
        logfile=io.StringIO(),
    )


def _damaged(path: Path) -> TableUnreadable:
    detail = message(N_("the old workbook (.xls) is damaged or cut short."))
    return TableDamaged(path=path, detail=detail)


def _error_texts() -> dict[int, str]:
    from xlrd.biffh import error_text_from_code

    return dict(error_text_from_code)
