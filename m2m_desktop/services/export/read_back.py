"""What was written, read again by another reader than wrote it, and compared cell by cell.

openpyxl opens the whole workbook and reads the first rows of each sheet, as any program would. To
read every row with it would take longer than all of the writing: the rows are read with expat.
"""

import warnings
import zipfile
import zlib
from collections.abc import Collection, Iterator, Mapping, Sequence
from pathlib import Path
from typing import IO, Any
from xml.parsers import expat

from m2m_desktop.core.messages import N_, Message, message
from m2m_desktop.services.export.answers import Values
from m2m_desktop.services.export.cell_text import read_escapes
from m2m_desktop.services.export.cell_xml import column_letters
from m2m_desktop.services.export.sheets import NewSheet

OPENED_ROWS = 50
"""So many rows of each sheet are read with openpyxl too."""

_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main "
_ROW, _CELL, _TEXT, _VALUE, _FORMULA = (_MAIN + name for name in ("row", "c", "t", "v", "f"))
_INLINE = "inlineStr"
_DIGITS = "0123456789"
_PIECE_BYTES = 1 << 18


class Differs(Exception):
    """A cell is not what it was meant to be; the reason names its place, never its text."""

    def __init__(self, reason: Message) -> None:
        self.reason = reason
        super().__init__(reason.text())


def check_opens(path: Path, sheets: Sequence[str]) -> None:
    """Unpack every part, and open the workbook and these sheets with openpyxl. Raises: Differs."""
    import openpyxl

    with path.open("rb") as stream, warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of what openpyxl does not know in the user's workbook
        try:
            with zipfile.ZipFile(stream) as archive:
                if damaged := archive.testzip():
                    raise Differs(_damaged(damaged))
            # a stream of our own: openpyxl does not close a file that it fails to read
            book: Any = openpyxl.load_workbook(stream, read_only=True, keep_links=False)
            for name in sheets:
                book[name].reset_dimensions()
                for _row in book[name].iter_rows(max_row=OPENED_ROWS):
                    pass
            book.close()
        except Differs:
            raise
        except Exception as error:  # many classes leak from damaged files
            if isinstance(error, OSError) and error.errno is not None:
                raise  # of the system; openpyxl's own have no number
            raise Differs(_damaged(type(error).__name__)) from error


def compare_columns(
    path: Path, part: str, sheet: str, first_column: int, expected: Mapping[int, Values]
) -> None:
    """Compare columns of a sheet with what its rows should hold; other rows should hold nothing.

    Raises: Differs.
    """
    width = max(map(len, expected.values()), default=0)
    columns = [column_letters(first_column + place) for place in range(width)]
    missing = set(expected)
    for number, cells in _rows(path, part, frozenset(columns)):
        _compare_row(sheet, number, cells, columns, expected.get(number, ()))
        missing.discard(number)
    if any(any(value is not None for value in expected[number]) for number in missing):
        raise Differs(message(N_("Sheet {sheet} lacks a row."), sheet=sheet))


def compare_sheet(path: Path, part: str, sheet: NewSheet) -> None:
    """Compare a sheet of our own with its rows. Raises: Differs."""
    found = _rows(path, part, None)
    columns = [column_letters(column) for column in range(1, 257)]
    for number, wanted in enumerate(sheet.rows(), 1):
        row, cells = next(found, (0, {}))
        if row != number:
            raise Differs(message(N_("Sheet {sheet} lacks a row."), sheet=sheet.title))
        _compare_row(sheet.title, number, cells, columns, wanted.values)
    if next(found, None) is not None:
        raise Differs(message(N_("Sheet {sheet} has too many rows."), sheet=sheet.title))


_Cells = dict[str, str | float]
"""The cells of a row that hold a text or a number, by the name of their column."""


def _compare_row(
    sheet: str, row: int, cells: _Cells, columns: Sequence[str], wanted: Values
) -> None:
    filled = {
        column: value
        for column, value in zip(columns, wanted, strict=False)
        if value is not None and value != ""
    }
    if filled != cells:
        raise Differs(message(N_("Row {row} of sheet {sheet} differs."), row=row, sheet=sheet))


def _rows(path: Path, part: str, columns: Collection[str] | None) -> Iterator[tuple[int, _Cells]]:
    """Every row of a part with its cells, of these columns only or of all (None)."""
    reader = _RowReader(columns)
    try:
        with zipfile.ZipFile(path) as archive, archive.open(part) as stream:
            yield from reader.read(stream)
    except (expat.ExpatError, ValueError, KeyError, zipfile.BadZipFile, zlib.error) as error:
        raise Differs(_damaged(type(error).__name__)) from error


class _RowReader:
    """Collects cells while expat goes through a sheet."""

    def __init__(self, columns: Collection[str] | None) -> None:
        self._columns = columns
        self._done: list[tuple[int, _Cells]] = []
        self._cells: _Cells = {}
        self._row = 0
        self._column = self._kind = ""
        self._texts: list[str] = []
        self._parser = expat.ParserCreate(namespace_separator=" ")
        self._parser.buffer_text = True
        self._parser.StartElementHandler = self._start
        self._parser.EndElementHandler = self._end

    def read(self, stream: IO[bytes]) -> Iterator[tuple[int, _Cells]]:
        while piece := stream.read(_PIECE_BYTES):
            self._parser.Parse(piece)
            yield from self._done
            self._done.clear()
        self._parser.Parse(b"", True)
        yield from self._done

    def _start(self, name: str, values: dict[str, str]) -> None:
        if name == _CELL:
            column = values.get("r", "").rstrip(_DIGITS)
            if self._columns is None or column in self._columns:
                self._column, self._kind = column, values.get("t", "n")
                self._texts.clear()
        elif name == _ROW:
            self._row = int(values.get("r") or self._row + 1)
            self._cells = {}
        elif self._column:
            if name == _FORMULA:
                raise ValueError(name)
            if name in {_TEXT, _VALUE}:
                self._parser.CharacterDataHandler = self._texts.append

    def _end(self, name: str) -> None:
        if name == _CELL:
            if self._column and self._texts:
                self._cells[self._column] = self._value("".join(self._texts))
            self._column = ""
        elif name == _ROW:
            self._done.append((self._row, self._cells))
        elif self._column:
            self._parser.CharacterDataHandler = None

    def _value(self, text: str) -> str | float:
        if self._kind == "n":
            return float(text)
        if self._kind != _INLINE:
            raise ValueError(self._kind)
        return read_escapes(text)


def _damaged(kind: str) -> Message:
    return message(N_("It is damaged ({kind})."), kind=kind)
