"""Read an RF2 file in blocks of whole rows, so that a file of any size needs little memory.

Lines end with LF, a CR before it is dropped; fields are split at every tab: no quotes, no escapes.
Columns are known by the header, not by their place.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from m2m_desktop.core.columns import ByteArray, IntArray, TextColumn
from m2m_desktop.core.progress import Progress
from m2m_desktop.services.import_report import Findings
from m2m_desktop.services.snomed.files import Rf2File
from m2m_desktop.services.snomed.sctid import Flags, Ids, read_numbers

_TAB, _LF, _CR, _SPACE = 9, 10, 13, 32
_MAX_LINE = 1 << 20
_BOM = b"\xef\xbb\xbf"


@dataclass(frozen=True, slots=True)
class Block:
    """Some rows of a file: where each of their fields begins and ends, and their line numbers."""

    name: str
    buffer: ByteArray
    starts: NDArray[np.int64]
    ends: NDArray[np.int64]
    lines: IntArray
    columns: Mapping[str, int]

    def __len__(self) -> int:
        return len(self.lines)

    def place(self, row: int) -> str:
        """Give ``file:line`` of a row."""
        return f"{self.name}:{int(self.lines[row])}"

    def keep(self, rows: Flags) -> "Block":
        """Give only the chosen rows."""
        if rows.all():
            return self
        return Block(
            self.name, self.buffer, self.starts[rows], self.ends[rows], self.lines[rows],
            self.columns,
        )  # fmt: skip

    def numbers(self, column: str, findings: Findings) -> Ids:
        """Give a column as whole numbers; a field that is none is a defect and becomes 0."""
        at = self.columns[column]
        values, is_number = read_numbers(self.buffer, self.starts[:, at], self.ends[:, at])
        findings.refuse_rows("rf2_bad_number", self, np.flatnonzero(~is_number), column=column)
        return values

    def equals(self, column: str, value: int) -> Flags:
        """Tell in which rows a column holds this number: much cheaper than reading all of them."""
        at, wanted = self.columns[column], str(value).encode("ascii")
        starts = self.starts[:, at]
        fits: Flags = self.ends[:, at] - starts == len(wanted)
        for place, letter in enumerate(wanted):
            fits[fits] = self.buffer[starts[fits] + place] == letter
        return fits

    def is_active(self, findings: Findings) -> Flags:
        """Tell which rows are active; anything but 1 and 0 is a defect."""
        at = self.columns["active"]
        letters = self.buffer[self.starts[:, at]]
        is_one = letters == ord("1")
        is_odd = (self.ends[:, at] - self.starts[:, at] != 1) | ~(is_one | (letters == ord("0")))
        findings.refuse_rows("rf2_bad_active", self, np.flatnonzero(is_odd))
        result: Flags = is_one & ~is_odd
        return result

    def texts(self, column: str) -> TextColumn:
        """Give a column as it stands."""
        at = self.columns[column]
        return TextColumn.of_slices(self.buffer, self.starts[:, at], self.ends[:, at])

    def two_letters(self, column: str) -> NDArray[np.int32]:
        """Give the first two letters of a column, in lower case, as one number each (``en``)."""
        starts = self.starts[:, self.columns[column]]
        first, second = (self.buffer[starts + at].astype(np.int32) | 32 for at in (0, 1))
        return first << 8 | second

    def check_letters(self, findings: Findings) -> None:
        """Look for bytes that are no UTF-8, and for characters that no name has."""
        data = self.buffer.tobytes()
        try:
            data.decode("utf-8")
        except UnicodeDecodeError as error:
            row = int(np.searchsorted(self.starts[:, 0], error.start, side="right")) - 1
            findings.refuse_rows("rf2_not_utf8", self, np.array([max(0, row)]))
            return
        low = np.flatnonzero(self.buffer < _SPACE)
        letters = self.buffer[low]
        is_end = (letters == _CR) & (self.buffer[np.minimum(low + 1, len(data) - 1)] == _LF)
        bad = low[(letters != _TAB) & (letters != _LF) & ~is_end]
        findings.refuse_rows("control_character", self, self._rows_at(bad))
        lost = data.find("\ufffd".encode())
        if lost >= 0:
            findings.refuse_rows("replacement_character", self, self._rows_at(np.array([lost])))

    def _rows_at(self, offsets: NDArray[np.int64]) -> NDArray[np.int64]:
        if not len(self):
            return offsets[:0]
        rows = np.searchsorted(self.starts[:, 0], offsets, side="right") - 1
        return np.unique(np.maximum(rows, 0))


def read_blocks(
    file: Rf2File, needed: Sequence[str], findings: Findings, progress: Progress
) -> Iterator[Block]:
    """Give the rows of a file; a header without the ``needed`` columns is a defect.

    Rows with too few or too many fields are defects and left out. Raises what reading the file
    raises, see `files`.
    """
    columns: dict[str, int] = {}
    line, rest = 1, b""
    for chunk in file.chunks(progress):
        data = rest + chunk
        cut = data.rfind(b"\n") + 1
        data, rest = data[:cut], data[cut:]
        if not data:
            if len(rest) > _MAX_LINE:
                findings.refuse("too_large", place=f"{file.name}:{line}")
                return
            continue
        if not columns:
            header, _, data = data.partition(b"\n")
            columns = _columns(header)
            missing = [name for name in needed if name not in columns]
            if missing:
                place = f"{file.name}:1"
                findings.refuse("rf2_missing_columns", place=place, columns=", ".join(missing))
                return
            line = 2
        if data:
            yield _split(file.name, data, line, columns, findings)
            line += data.count(b"\n")
    if columns and rest:
        yield _split(file.name, rest + b"\n", line, columns, findings)
    elif not columns:
        findings.refuse("empty_file", place=f"{file.name}:1")


def _columns(header: bytes) -> dict[str, int]:
    names = header.removeprefix(_BOM).rstrip(b"\r").decode("utf-8", "replace").split("\t")
    return {name.strip(): at for at, name in enumerate(names)}


def _split(
    name: str, data: bytes, first_line: int, columns: Mapping[str, int], findings: Findings
) -> Block:
    buffer = np.frombuffer(data, dtype=np.uint8)
    marks = np.flatnonzero((buffer == _TAB) | (buffer == _LF))
    feeds = np.flatnonzero(buffer[marks] == _LF)
    counts = np.diff(feeds, prepend=-1)
    lines = np.arange(first_line, first_line + len(feeds), dtype=np.int32)
    begins = np.concatenate([np.zeros(1, np.int64), marks[feeds[:-1]] + 1])
    width = len(columns)
    if (counts != width).any():
        is_whole = counts == width
        size = marks[feeds] - begins
        is_blank = (size == 0) | ((size == 1) & (buffer[begins] == _CR))
        rows = _Lines(name, lines)
        findings.refuse_rows(
            "rf2_field_count", rows, np.flatnonzero(~is_whole & ~is_blank), expected=width
        )
        findings.warn_rows("blank_lines", rows, np.flatnonzero(is_blank & ~is_whole))
        marks = marks[np.repeat(is_whole, counts)]
        lines, begins = lines[is_whole], begins[is_whole]
    ends = marks.reshape(-1, width)
    starts = np.empty_like(ends)
    starts[:, 0], starts[:, 1:] = begins, ends[:, :-1] + 1
    ends[:, -1] -= (ends[:, -1] > starts[:, -1]) & (buffer[ends[:, -1] - 1] == _CR)
    return Block(name, buffer, starts, ends, lines, columns)


@dataclass(frozen=True, slots=True)
class _Lines:
    """Lines that are not yet a block."""

    name: str
    lines: IntArray

    def place(self, row: int) -> str:
        return f"{self.name}:{int(self.lines[row])}"
