"""Read one `$`-separated file into columns without making an object for each row.

The bytes (already UTF-8) stay as they are; a `Table` knows where each field begins and ends. Lines
end at LF only, one CR before it is dropped; fields are split at every `$`: no quotes, no escapes,
no trimming.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from m2m_desktop.core.columns import ByteArray, CodeArray, TextColumn
from m2m_desktop.services.import_report import Findings

Offsets = NDArray[np.int64]
Numbers = NDArray[np.int32]

CODE_DIGITS = 8
_DOLLAR, _LF, _CR, _SPACE, _ZERO, _DOS_END = 36, 10, 13, 32, 48, b"\x1a"
_MAX_ROWS = 2_000_000
_MAX_FIELDS = 12_000_000
_HARMLESS_CONTROLS = (9, 11, 12)  # tab, vertical tab, form feed
_POWERS = np.array([10**power for power in range(CODE_DIGITS - 1, -1, -1)], dtype=np.int32)


@dataclass(frozen=True, slots=True)
class Layout:
    """The columns of a file.

    ``required`` is how many pieces a row must have at least to be used; a text that starts in one
    of the ``unused`` columns (always empty since version 15) shows that a row is out of step.
    """

    columns: int
    required: int
    unused: tuple[int, ...] = ()


LAYOUTS: Mapping[str, Layout] = {
    "soc.asc": Layout(10, 3, (3, 4, 5)),
    "hlgt.asc": Layout(9, 3, (2, 3, 4)),
    "hlt.asc": Layout(9, 3, (2, 3, 4)),
    "pt.asc": Layout(11, 4),
    "llt.asc": Layout(11, 10),
    "mdhier.asc": Layout(12, 12),
    "soc_hlgt.asc": Layout(2, 2),
    "hlgt_hlt.asc": Layout(2, 2),
    "hlt_pt.asc": Layout(2, 2),
    "intl_ord.asc": Layout(2, 2),
    "smq_list.asc": Layout(9, 9),
    "smq_content.asc": Layout(9, 7),
    "soc_j.asc": Layout(6, 3),
    "hlgt_j.asc": Layout(5, 3),
    "hlt_j.asc": Layout(5, 3),
    "pt_j.asc": Layout(5, 3),
    "llt_j.asc": Layout(6, 3),
    "smq_list_j.asc": Layout(3, 2),
    "history": Layout(6, 6),
}


@dataclass(frozen=True, slots=True)
class Table:
    """The rows of one file. ``lines`` holds each row's line number, from 1."""

    name: str
    buffer: ByteArray
    dollars: Offsets
    starts: Offsets
    ends: Offsets
    first: Offsets
    counts: Offsets
    lines: Numbers

    def __len__(self) -> int:
        return len(self.starts)

    def place(self, row: int) -> str:
        """Give ``file:line`` of a row."""
        return f"{self.name}:{int(self.lines[row])}"

    def keep(self, rows: NDArray[np.bool_] | NDArray[np.integer]) -> "Table":
        """Give only the chosen rows."""
        return replace(
            self,
            starts=self.starts[rows],
            ends=self.ends[rows],
            first=self.first[rows],
            counts=self.counts[rows],
            lines=self.lines[rows],
        )

    def field(self, column: int) -> tuple[Offsets, Offsets]:
        """Where a field begins and ends in each row; empty where a row is too short."""
        starts = self.starts
        if column > 0:
            starts = self._dollar(column - 1, self.counts >= column, after=1)
        return starts, self._dollar(column, self.counts > column)

    def _dollar(self, number: int, has: NDArray[np.bool_], *, after: int = 0) -> Offsets:
        if not len(self.dollars):
            return self.ends
        at = np.minimum(self.first + number, len(self.dollars) - 1)
        return np.where(has, self.dollars[at] + after, self.ends)

    def texts(self, column: int) -> TextColumn:
        """Give a field of every row as it stands."""
        return TextColumn.of_slices(self.buffer, *self.field(column))

    def rest(self, column: int) -> TextColumn:
        """Give each row from a field on to its end."""
        return TextColumn.of_slices(self.buffer, self.field(column)[0], self.ends)

    def codes(self, column: int) -> tuple[CodeArray, Numbers, NDArray[np.bool_]]:
        """Give a column of codes as bytes, as numbers, and whether each has 8 ASCII digits."""
        starts, ends = self.field(column)
        at = np.minimum(starts[:, None] + np.arange(CODE_DIGITS), len(self.buffer) - 1)
        letters = self.buffer[at] if len(self.buffer) else np.zeros(at.shape, dtype=np.uint8)
        digits = letters - np.uint8(_ZERO)
        is_code = (ends - starts == CODE_DIGITS) & (digits <= 9).all(axis=1)
        digits[~is_code] = 0
        numbers = digits.astype(np.int32) @ _POWERS
        texts = (digits + np.uint8(_ZERO)).reshape(-1).view(f"S{CODE_DIGITS}")
        return texts, numbers, is_code

    def letters(self, column: int) -> ByteArray:
        """Give a field of one byte; 0 where it is empty or longer."""
        starts, ends = self.field(column)
        if not len(self.buffer):
            return np.zeros(0, dtype=np.uint8)
        byte = self.buffer[np.minimum(starts, len(self.buffer) - 1)]
        return np.where(ends - starts == 1, byte, np.uint8(0))

    def numbers(self, column: int) -> Numbers:
        """Give a field of up to six ASCII digits as a number; -1 where it is anything else."""
        letters = self.letters(column)
        values = np.where(
            (letters >= _ZERO) & (letters <= _ZERO + 9), letters - np.int32(_ZERO), -1
        )
        values = values.astype(np.int32)
        for row in np.flatnonzero(letters == 0):
            text = self.raw(int(row), column)
            if text.isdigit() and len(text) <= 6:
                values[row] = int(text)
        return values

    def raw(self, row: int, column: int) -> bytes:
        """Give one field of one row."""
        starts, ends = self.keep(np.array([row])).field(column)
        return self.buffer[int(starts[0]) : int(ends[0])].tobytes()

    def is_empty(self, column: int) -> NDArray[np.bool_]:
        """Tell in which rows a field is empty."""
        starts, ends = self.field(column)
        is_empty: NDArray[np.bool_] = starts == ends
        return is_empty


def read_table(name: str, data: bytes, findings: Findings, *, layout: str = "") -> Table:
    """Split a file into rows and fields and note every row that has too few or too many.

    Only rows with enough fields are in the result. ``layout`` names the layout where it is not
    the file's own name.
    """
    form = LAYOUTS[layout or name]
    data = data.removesuffix(_DOS_END)
    if data and not data.endswith(b"\n"):
        data += b"\n"
    if data.count(b"\n") > _MAX_ROWS or data.count(b"$") > _MAX_FIELDS:
        findings.refuse("too_large", place=f"{name}:1")
        data = b""
    buffer = np.frombuffer(data, dtype=np.uint8)
    feeds = np.flatnonzero(buffer == _LF)
    _check_characters(name, data, buffer, feeds, findings)
    starts = np.concatenate([np.zeros(min(1, len(feeds)), dtype=np.int64), feeds[:-1] + 1])
    ends = feeds - ((feeds > starts) & (buffer[feeds - 1] == _CR))
    dollars = np.flatnonzero(buffer == _DOLLAR)
    first = np.searchsorted(dollars, starts)
    counts = np.searchsorted(dollars, ends) - first
    lines = np.arange(1, len(starts) + 1, dtype=np.int32)
    table = Table(name, buffer, dollars, starts, ends, first, counts, lines)
    return _checked_rows(table, form, findings)


def _checked_rows(table: Table, form: Layout, findings: Findings) -> Table:
    is_blank = table.starts == table.ends
    if is_blank.any():
        blank = np.flatnonzero(is_blank)
        last_row = np.flatnonzero(~is_blank)[-1:]
        inside = blank[blank < last_row[0]] if len(last_row) else blank[:0]
        findings.warn_rows("blank_lines", table, inside)
        table = table.keep(~is_blank)
    pieces = table.counts + 1
    too_few = pieces < form.required
    findings.refuse_rows("too_few_fields", table, np.flatnonzero(too_few))
    findings.warn_rows("short_rows", table, np.flatnonzero(~too_few & (pieces < form.columns)))
    too_many = pieces > form.columns
    if too_many.any():
        _check_extra_fields(table, form, np.flatnonzero(too_many), findings)
    return table.keep(~too_few) if too_few.any() else table


def _check_extra_fields(
    table: Table, form: Layout, rows: NDArray[np.integer], findings: Findings
) -> None:
    """One empty piece after the last column is how rows end; anything more is looked at."""
    wide = table.keep(rows)
    tail_start = wide.field(form.columns)[0]
    odd = (wide.counts > form.columns) | (tail_start != wide.ends)
    rows, wide = rows[odd], wide.keep(odd)
    is_shifted = np.zeros(len(rows), dtype=np.bool_)
    for column in form.unused:
        is_shifted |= ~wide.is_empty(column)
    findings.refuse_rows("dollar_in_field", table, rows[is_shifted])
    findings.warn_rows("extra_fields", table, rows[~is_shifted])


class _At:
    """Byte offsets of a file as rows with a place."""

    def __init__(self, name: str, feeds: Offsets) -> None:
        self._name, self._feeds = name, feeds

    def place(self, row: int) -> str:
        return f"{self._name}:{int(np.searchsorted(self._feeds, row)) + 1}"


def _check_characters(
    name: str, data: bytes, buffer: ByteArray, feeds: Offsets, findings: Findings
) -> None:
    """Look for characters that no release has, and for some that are only odd."""
    at = _At(name, feeds)
    low = np.flatnonzero(buffer < _SPACE)
    low = low[buffer[low] != _LF]
    is_line_end = (buffer[low] == _CR) & (buffer[np.minimum(low + 1, len(buffer) - 1)] == _LF)
    low = low[~is_line_end]
    is_harmless = np.isin(buffer[low], _HARMLESS_CONTROLS)
    findings.refuse_rows("control_character", at, low[~is_harmless])
    findings.warn_rows("unusual_character", at, low[is_harmless])
    findings.warn_rows("unusual_character", at, np.flatnonzero(buffer == 127))
    if data.isascii():
        return
    lead = np.flatnonzero(buffer[:-1] == 0xC2)
    findings.refuse_rows("control_character", at, lead[buffer[lead + 1] < 0xA0])
    for pattern in (b"\xef\xbf\xbd",):
        findings.refuse_rows("replacement_character", at, _positions(data, pattern))
    for pattern in ("\u2028".encode(), "\u2029".encode()):
        findings.warn_rows("unusual_character", at, _positions(data, pattern))
    findings.warn_rows("decoded_twice", at, _positions(data, "Ã".encode() + b"\xc2"))


def _positions(data: bytes, pattern: bytes, limit: int = 1000) -> Offsets:
    found: list[int] = []
    at = data.find(pattern)
    while at >= 0 and len(found) < limit:
        found.append(at)
        at = data.find(pattern, at + len(pattern))
    return np.array(found, dtype=np.int64)
