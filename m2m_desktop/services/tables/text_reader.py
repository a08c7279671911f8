"""Text files (.csv, .tsv, .txt) as grids of one sheet without a name."""

import csv
import io
from collections.abc import Iterable, Iterator
from pathlib import Path

from m2m_desktop.core.messages import N_, Message, message
from m2m_desktop.core.progress import Progress, silent
from m2m_desktop.services.tables.delimiters import NO_DELIMITER, find_delimiter
from m2m_desktop.services.tables.errors import TextUnreadable
from m2m_desktop.services.tables.grid import (
    MAX_CELL_CHARACTERS,
    Fault,
    GridRow,
    SheetFacts,
    SheetInfo,
)
from m2m_desktop.services.tables.text_encoding import (
    check_encoding,
    checked_encoding,
    find_encoding,
)

TEXT_SHEET = ""
_SAMPLE_CHARACTERS = 1 << 17
_ROWS_BETWEEN_REPORTS = 2000
_NO_FAULTS: dict[int, Fault] = {}


class TextGrid:
    """An opened text file; without ``encoding`` or ``delimiter`` (None) they are found out.

    Rows are counted as Excel counts them: a quoted cell with line breaks is in one row.
    Raises: TextUnreadable, BadRequest for an unknown encoding.
    """

    kind = "text"
    sheets: tuple[SheetInfo, ...] = (SheetInfo(TEXT_SHEET),)
    notes: tuple[Message, ...] = ()

    def __init__(self, path: Path, *, encoding: str = "", delimiter: str | None = None) -> None:
        self.path = path
        if encoding:
            self.encoding = checked_encoding(encoding)
            check_encoding(path, self.encoding)
        else:
            self.encoding = find_encoding(path)
        self.delimiter = self._found_delimiter() if delimiter is None else delimiter

    def size(self, _sheet: str = TEXT_SHEET) -> int:
        """Bytes."""
        return self.path.stat().st_size

    def rows(self, _sheet: str, progress: Progress = silent) -> Iterator[GridRow]:
        """The rows with content."""
        size = self.size()
        with self.path.open("rb") as raw:
            lines = io.TextIOWrapper(raw, self.encoding, newline="")
            for number, cells in enumerate(self._records(lines), 1):
                if number % _ROWS_BETWEEN_REPORTS == 0:
                    progress(raw.tell(), size)
                row = grid_row(number, cells)
                if row.cells:
                    yield row

    def facts(self, _sheet: str) -> SheetFacts:
        """Text has no merged cells and no formulas; its rows are counted when they are read."""
        return SheetFacts()

    def close(self) -> None:
        """Nothing is held open."""

    def _found_delimiter(self) -> str:
        with self.path.open(encoding=self.encoding, newline="") as stream:
            sample = stream.read(_SAMPLE_CHARACTERS)
        if len(sample) == _SAMPLE_CHARACTERS:
            sample = sample[: max(sample.rfind("\n"), sample.rfind("\r")) + 1] or sample
        return find_delimiter(sample, self.path.suffix)

    def _records(self, lines: Iterable[str]) -> Iterator[list[str]]:
        if self.delimiter == NO_DELIMITER:
            yield from ([line.rstrip("\r\n")] for line in lines)
            return
        csv.field_size_limit(MAX_CELL_CHARACTERS)
        reader = csv.reader(lines, delimiter=self.delimiter, strict=True)
        line = 1
        try:
            for record in reader:
                yield record
                line = reader.line_num + 1
        except csv.Error as error:
            raise TextUnreadable(path=self.path, detail=_csv_reason(str(error), line)) from error


def grid_row(number: int, cells: Iterable[str]) -> GridRow:
    """A row of texts, without its empty cells."""
    return GridRow(number, {at: cell for at, cell in enumerate(cells, 1) if cell}, _NO_FAULTS)


def _csv_reason(reason: str, line: int) -> Message:
    if "field limit" in reason:
        return message(N_("the cell that begins in line {line} is far too long."), line=line)
    return message(
        N_("a quotation mark in the row that begins in line {line} is not closed properly."),
        line=line,
    )
