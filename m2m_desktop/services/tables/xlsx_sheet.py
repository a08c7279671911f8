"""Stream the rows of one sheet of a workbook out of its XML.

openpyxl reads the same, but there a row whose number does not rise is lost without a word, one cell
that cannot be read takes its sheet with it, and a damaged style or property the whole workbook. What
the sheet says about its own size is never looked at: some programs write it wrong.
"""

import zipfile
from collections.abc import Iterator
from pathlib import Path

from m2m_desktop.core.messages import N_, Message, message
from m2m_desktop.core.progress import Progress, silent
from m2m_desktop.services.tables.errors import TableDamaged, TableRefused
from m2m_desktop.services.tables.grid import (
    MAX_CELL_CHARACTERS,
    MAX_ROWS,
    Fault,
    GridRow,
    column_number,
)
from m2m_desktop.services.tables.xlsx_cells import CellReader
from m2m_desktop.services.tables.xlsx_package import SheetPart
from m2m_desktop.services.tables.xml_stream import feed, names_of, new_parser, open_part, pieces_of

_NAMES = names_of("row", "c", "v", "f", "is", "t", "rPh")
_ROOTS = names_of("worksheet")
_NO_FAULTS: dict[int, Fault] = {}
_ROWS_AT_ONCE = 64
"""So many pieces of XML between two reports of progress."""


def sheet_rows(
    archive: zipfile.ZipFile,
    sheet: SheetPart,
    path: Path,
    cells: CellReader,
    progress: Progress = silent,
) -> Iterator[GridRow]:
    """Give the rows of a sheet that have a cell with content, in their order.

    Raises: TableDamaged naming sheet and row, TableRefused.
    """
    assembler = _Rows(sheet.name, path, cells)
    parser = new_parser()
    parser.StartElementHandler = assembler.start
    parser.EndElementHandler = assembler.end
    parser.CharacterDataHandler = assembler.characters
    fed, size = 0, archive.getinfo(sheet.part).file_size
    with open_part(archive, sheet.part, path) as stream:
        for count, piece in enumerate(pieces_of(stream, path, assembler.where)):
            feed(parser, piece, fed, path, assembler.where)
            fed += len(piece)
            yield from assembler.take()
            if count % _ROWS_AT_ONCE == 0:
                progress(fed, size)
        feed(parser, b"", fed, path, assembler.where)
    yield from assembler.take()


class _Rows:
    """Puts rows together from the events of the parser."""

    def __init__(self, sheet: str, path: Path, cells: CellReader) -> None:
        self._sheet, self._path, self._read = sheet, path, cells.read
        self._columns: dict[str, int] = {}
        self._done: list[GridRow] = []
        self._has_root = False
        self._row = 0
        self._row_digits = ""
        self._column = 0
        self._cells: dict[int, str] = {}
        self._faults: dict[int, Fault] = _NO_FAULTS
        self._in_cell = self._in_text = self._is_aloud = False
        self._kind = self._style = ""
        self._has_formula = self._has_value = self._has_inline = False
        self._texts: list[str] = []
        self._length = 0

    def take(self) -> list[GridRow]:
        """Hand over the rows that are complete."""
        done, self._done = self._done, []
        return done

    def where(self) -> Message:
        """Say where the parser stands."""
        return message(
            N_("the sheet {sheet} is damaged or cut short after row {row}."),
            sheet=self._sheet,
            row=self._row,
        )

    # -- events ----------------------------------------------------------------------------------

    def start(self, name: str, attributes: dict[str, str]) -> None:
        """An element begins."""
        short = _NAMES.get(name)
        if short == "c":
            self._start_cell(attributes)
        elif short == "v":
            self._in_text = self._has_value = self._in_cell
        elif short == "row":
            self._start_row(attributes.get("r", ""))
        elif short == "f":
            self._has_formula = True
        elif short == "t":
            self._in_text = self._has_inline and not self._is_aloud
        elif short == "is":
            self._has_inline = self._in_cell
        elif short == "rPh":
            self._is_aloud = True
        elif not self._has_root:
            self._check_root(name)

    def end(self, name: str) -> None:
        """An element ends."""
        short = _NAMES.get(name)
        if short in {"v", "t"}:
            self._in_text = False
        elif short == "c":
            self._end_cell()
        elif short == "row":
            if self._cells:
                self._done.append(GridRow(self._row, self._cells, self._faults))
                self._cells, self._faults = {}, _NO_FAULTS
        elif short == "rPh":
            self._is_aloud = False

    def characters(self, text: str) -> None:
        """Text stands in an element."""
        if self._in_text:
            self._length += len(text)
            if self._length > MAX_CELL_CHARACTERS:
                detail = message(N_("a cell of it is far longer than any real one."))
                raise TableRefused(path=self._path, detail=detail)
            self._texts.append(text)

    # -- rows and cells --------------------------------------------------------------------------

    def _check_root(self, name: str) -> None:
        if name not in _ROOTS:
            detail = message(N_("the sheet {sheet} is not a sheet of cells."), sheet=self._sheet)
            raise TableDamaged(path=self._path, detail=detail)
        self._has_root = True

    def _start_row(self, digits: str) -> None:
        row = self._row + 1
        if digits:
            row = int(digits) if digits.isascii() and digits.isdigit() else 0
        if not self._row < row <= MAX_ROWS:
            detail = message(
                N_(
                    "in the sheet {sheet}, row {found} stands after row {row}: its rows are out of "
                    "order or repeated."
                ),
                sheet=self._sheet,
                found=digits[:12],
                row=self._row,
            )
            raise TableDamaged(path=self._path, detail=detail)
        self._row, self._row_digits, self._column = row, str(row), 0

    def _start_cell(self, attributes: dict[str, str]) -> None:
        place = attributes.get("r")
        if place is None:
            column = self._column + 1
        else:
            letters = place.rstrip("0123456789")
            column = self._columns.get(letters) or self._columns.setdefault(
                letters, column_number(letters)
            )
            if place[len(letters) :] != self._row_digits:
                column = 0
        if not column or column in self._cells:
            raise TableDamaged(path=self._path, detail=self._misplaced(place or ""))
        self._column = column
        self._in_cell = True
        self._kind = attributes.get("t", "n")
        self._style = attributes.get("s", "0")
        self._has_formula = self._has_value = self._has_inline = False
        self._texts = []
        self._length = 0

    def _misplaced(self, place: str) -> Message:
        return message(
            N_("in the sheet {sheet}, the cell {cell} stands twice or in the wrong row {row}."),
            sheet=self._sheet,
            cell=place[:12],
            row=self._row,
        )

    def _end_cell(self) -> None:
        self._in_cell = False
        value = self._texts[0] if len(self._texts) == 1 else "".join(self._texts)
        if self._has_inline:
            self._cells[self._column], fault = self._read("str", self._style, value)
        elif value:
            self._cells[self._column], fault = self._read(self._kind, self._style, value)
        elif self._has_formula and not (self._has_value and self._kind == "str"):
            self._cells[self._column], fault = "", Fault.NO_STORED_VALUE
        else:
            return
        if fault is not None:
            if self._faults is _NO_FAULTS:
                self._faults = {}
            self._faults[self._column] = fault
