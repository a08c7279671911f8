"""A sheet's rows found in its XML: where each stands, how far it reaches, what its sources hold."""

import html
import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass

from m2m_desktop.core.messages import N_, message
from m2m_desktop.services.export.errors import Unpatchable
from m2m_desktop.services.export.xml_bytes import Element, element, root_of

MAX_COLUMNS = 16_384

_ROW_NUMBER = re.compile(rb"""\sr\s*=\s*["'](\d+)["']""")
_CELL_PLACE = re.compile(rb"""\sr\s*=\s*["']\$?([A-Za-z]{1,3})\$?\d+["']""")
_CELL_TYPE = re.compile(rb"""\st\s*=\s*["'](\w+)["']""")
_CELL_STYLE = re.compile(rb"""\ss\s*=\s*["'](\d+)["']""")

CellKey = tuple[bytes, str]
"""What a cell shows, to compare cells by: its kind (text or the type of value) and its text."""


@dataclass(frozen=True, slots=True)
class SourceCell:
    """A cell of a source column: what it shows and the number of its style."""

    key: CellKey
    style: int


@dataclass(frozen=True, slots=True)
class ScannedRow:
    """A row: bytes ``start`` to ``end``, its start tag up to ``tag_end``.

    ``cells_end`` is where its last cell ends (or its tag), ``last_column`` the column of that cell.
    """

    number: int
    start: int
    tag_end: int
    cells_end: int
    end: int
    last_column: int
    sources: Mapping[int, SourceCell]


@dataclass(frozen=True, slots=True)
class ScannedSheet:
    """A sheet's XML, where its ``<sheetData>`` stands, and the rows in it.

    ``used_columns`` is the last column with any content.
    """

    data: bytes
    prefix: bytes
    table: Element
    rows: tuple[ScannedRow, ...]
    used_columns: int


class SharedStrings:
    """The texts that cells of a workbook share, unpacked only when they are asked for."""

    def __init__(self, data: bytes | None) -> None:
        self._data = data or b""
        prefix = root_of(data)[0] if data else b""
        self._spans = [found.span(1) for found in _items(prefix).finditer(self._data)]
        self._phonetic, self._text = _text_patterns(prefix)

    def text(self, number: int) -> str:
        """The text of a number, without formatting and phonetic hints; empty if there is none."""
        if number >= len(self._spans) or self._spans[number][0] < 0:
            return ""
        start, end = self._spans[number]
        return _plain_text(self._data[start:end], self._phonetic, self._text)


def scan_sheet(
    data: bytes, sources: Collection[int], first_row: int, shared: SharedStrings
) -> ScannedSheet:
    """Find the rows of a sheet, and from ``first_row`` on what its source columns show.

    Raises `Unpatchable` where rows are not in order.
    """
    prefix = root_of(data)[0]
    table = element(data, prefix + b"sheetData")
    if table is None:
        raise Unpatchable(message(N_("a sheet has no rows.")))
    reader = _RowReader(data, prefix, frozenset(sources), shared)
    rows, used, previous = [], 0, 0
    for row, row_used in reader.rows(table.tag_end, table.content_end, first_row):
        if row.number <= previous:
            raise Unpatchable(message(N_("the rows of a sheet are not in order.")))
        previous = row.number
        used = max(used, row_used)
        rows.append(row)
    return ScannedSheet(data, prefix, table, tuple(rows), used)


def cells_before(data: bytes, row: ScannedRow, prefix: bytes, column: int) -> bytes:
    """The cells of a row that stand before a column, as they are."""
    kept, previous = b"", 0
    for found in _cells(prefix).finditer(data, row.tag_end, row.cells_end):
        previous = column_of(found[1] or b"", previous)
        if previous < column:
            kept += found[0]
    return kept


def column_of(cell_attributes: bytes, previous: int) -> int:
    """The column of a cell; one that does not say where it stands follows the one before."""
    found = _CELL_PLACE.search(cell_attributes)
    if found is None:
        return previous + 1
    number = 0
    for letter in found[1].upper():
        number = number * 26 + letter - 64
    return number


class _RowReader:
    def __init__(
        self, data: bytes, prefix: bytes, sources: frozenset[int], shared: SharedStrings
    ) -> None:
        self._data, self._prefix, self._sources, self._shared = data, prefix, sources, shared
        self._row = re.compile(rb"<%srow(\s[^<>]*?)?(/?)>" % re.escape(prefix))
        self._row_end = b"</" + prefix + b"row"
        self._cells = _cells(prefix)
        self._content = re.compile(rb"<%s(?:v|is|f)[\s/>]" % re.escape(prefix))
        self._value = re.compile(rb"<%sv(?:\s[^<>]*)?>([^<]*)<" % re.escape(prefix))
        self._phonetic, self._text = _text_patterns(prefix)

    def rows(self, start: int, end: int, first_row: int) -> Iterator[tuple[ScannedRow, int]]:
        number = 0
        while found := self._row.search(self._data, start, end):
            place = _ROW_NUMBER.search(found[1] or b"")
            number = int(place[1]) if place else number + 1
            if found[2]:
                close = start = found.end()
            else:
                close = self._data.find(self._row_end, found.end(), end)
                start = self._data.find(b">", close) + 1
                if close < 0 or not start:
                    raise Unpatchable(message(N_("a row of a sheet has no end.")))
            yield self._read(number, found, close, start, wanted=number >= first_row)

    def _read(
        self, number: int, tag: re.Match[bytes], close: int, end: int, *, wanted: bool
    ) -> tuple[ScannedRow, int]:
        column = used = 0
        cells_end, sources = tag.end(), {}
        for cell in self._cells.finditer(self._data, tag.end(), close):
            cell_attributes, content = cell[1] or b"", cell[2]
            column = column_of(cell_attributes, column)
            cells_end = cell.end()
            if content and self._content.search(content):
                used = column
            if wanted and column in self._sources:
                style = _CELL_STYLE.search(cell_attributes)
                key = self._key(cell_attributes, content or b"")
                sources[column] = SourceCell(key, int(style[1]) if style else 0)
        row = ScannedRow(number, tag.start(), tag.end(), cells_end, end, column, sources)
        return row, used

    def _key(self, cell_attributes: bytes, content: bytes) -> CellKey:
        found = _CELL_TYPE.search(cell_attributes)
        kind = found[1] if found else b"n"
        if kind == b"inlineStr":
            return b"text", _plain_text(content, self._phonetic, self._text)
        value = self._value.search(content)
        text = html.unescape(value[1].decode()) if value else ""
        if kind == b"s":
            return b"text", self._shared.text(int(text)) if text.strip().isdecimal() else ""
        return b"text" if kind == b"str" else kind, text


def _cells(prefix: bytes) -> re.Pattern[bytes]:
    name = re.escape(prefix) + b"c"
    return re.compile(rb"<%s(\s[^<>]*?)?(?:/>|>(.*?)</%s\s*>)" % (name, name), re.DOTALL)


def _items(prefix: bytes) -> re.Pattern[bytes]:
    name = re.escape(prefix) + b"si"
    return re.compile(rb"<%s(?:\s[^<>]*?)?(?:/>|>(.*?)</%s\s*>)" % (name, name), re.DOTALL)


def _text_patterns(prefix: bytes) -> tuple[re.Pattern[bytes], re.Pattern[bytes]]:
    phonetic, text = re.escape(prefix) + b"rPh", re.escape(prefix) + b"t"
    return (
        re.compile(rb"<%s[\s>].*?</%s\s*>" % (phonetic, phonetic), re.DOTALL),
        re.compile(rb"<%s(?:\s[^<>]*)?>([^<]*)</%s" % (text, text)),
    )


def _plain_text(content: bytes, phonetic: re.Pattern[bytes], text: re.Pattern[bytes]) -> str:
    runs = text.findall(phonetic.sub(b"", content))
    return html.unescape(b"".join(runs).decode())
