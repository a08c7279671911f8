"""Old workbooks (.xls) by hand: BIFF8 records in one stream of an OLE compound file.

No library that is installed writes them. Only what a reader needs is there: texts in the shared
table, numbers, dates, truth values, errors, merged cells and hidden sheets.
"""

import datetime
import struct
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

SECTOR = 512
_END, _FREE, _FAT = 0xFFFFFFFE, 0xFFFFFFFF, 0xFFFFFFFD
_PLAIN, _DATE, _ZEROS = 0, 1, 2
_ERROR_CODES = {"#NULL!": 0x00, "#DIV/0!": 0x07, "#VALUE!": 0x0F, "#REF!": 0x17, "#N/A": 0x2A}


@dataclass(frozen=True)
class Zeros:
    """A number that its format shows with six digits."""

    value: int


@dataclass(frozen=True)
class Error:
    """An error that stands in a cell."""

    text: str


@dataclass(frozen=True)
class OldSheet:
    """A sheet: its rows, the merged ranges as (top, bottom, left, right) from 0, and its state."""

    rows: Sequence[Sequence[object]]
    merged: Sequence[tuple[int, int, int, int]] = ()
    is_hidden: bool = False


def xls_bytes(sheets: Mapping[str, OldSheet], *, stream_name: str = "Workbook") -> bytes:
    """A whole .xls file."""
    return compound_file(workbook_stream(sheets), stream_name)


def workbook_stream(sheets: Mapping[str, OldSheet]) -> bytes:
    """The records of a workbook."""
    texts: dict[str, int] = {}
    bodies = [_sheet(sheet, texts) for sheet in sheets.values()]
    head = _record(0x0809, struct.pack("<HHHHII", 0x0600, 0x0005, 0, 0, 0, 0))
    head += _record(0x0042, struct.pack("<H", 1200)) + _record(0x0022, struct.pack("<H", 0))
    head += _record(
        0x0031, struct.pack("<HHHHHBBBB", 200, 0, 0x7FFF, 400, 0, 0, 0, 0, 0) + b"\1\1A\0"
    )
    head += _record(0x041E, struct.pack("<H", 164) + _text16("000000"))
    for number_format in (0, 14, 164):
        head += _record(
            0x00E0, struct.pack("<HHHBBBBIiH", 0, number_format, 1, 32, 0, 0, 0, 0, 0, 0)
        )
    table = _shared_texts(list(texts))
    names = [_text8(name) for name in sheets]
    at = len(head) + sum(4 + 6 + len(name) for name in names) + len(table) + 4
    bounds = b""
    for name, sheet, body in zip(names, sheets.values(), bodies, strict=True):
        bounds += _record(0x0085, struct.pack("<IBB", at, int(sheet.is_hidden), 0) + name)
        at += len(body)
    return head + bounds + table + _record(0x000A, b"") + b"".join(bodies)


def bytes_stream(name: str, rows: Sequence[Sequence[str]], encoding: str, codepage: int) -> bytes:
    """The records of a workbook from before 1997 (BIFF5), in which texts are bytes."""
    title = name.encode(encoding)
    head = _record(0x0809, struct.pack("<HHHH", 0x0500, 0x0005, 0, 0))
    head += _record(0x0042, struct.pack("<H", codepage)) if codepage else b""
    at = len(head) + 4 + 7 + len(title) + 4
    head += _record(0x0085, struct.pack("<IBBB", at, 0, 0, len(title)) + title) + _record(0x0A, b"")
    body = _record(0x0809, struct.pack("<HHHH", 0x0500, 0x0010, 0, 0))
    for row, cells in enumerate(rows):
        for column, text in enumerate(cells):
            data = text.encode(encoding)
            body += _record(0x0204, struct.pack("<HHHH", row, column, 0, len(data)) + data)
    return head + body + _record(0x000A, b"")


def _sheet(sheet: OldSheet, texts: dict[str, int]) -> bytes:
    body = _record(0x0809, struct.pack("<HHHHII", 0x0600, 0x0010, 0, 0, 0, 0))
    for row, cells in enumerate(sheet.rows):
        for column, value in enumerate(cells):
            body += _cell(row, column, value, texts)
    if sheet.merged:
        areas = b"".join(struct.pack("<HHHH", *area) for area in sheet.merged)
        body += _record(0x00E5, struct.pack("<H", len(sheet.merged)) + areas)
    return body + _record(0x000A, b"")


def _cell(row: int, column: int, value: object, texts: dict[str, int]) -> bytes:
    if value is None:
        return b""
    if isinstance(value, str):
        number = texts.setdefault(value, len(texts))
        return _record(0x00FD, struct.pack("<HHHI", row, column, _PLAIN, number))
    if isinstance(value, bool):
        return _record(0x0205, struct.pack("<HHHBB", row, column, _PLAIN, int(value), 0))
    if isinstance(value, Error):
        code = _ERROR_CODES[value.text]
        return _record(0x0205, struct.pack("<HHHBB", row, column, _PLAIN, code, 1))
    if isinstance(value, Zeros):
        return _record(0x0203, struct.pack("<HHHd", row, column, _ZEROS, value.value))
    if isinstance(value, datetime.date):
        days = (value - datetime.date(1899, 12, 30)).days
        return _record(0x0203, struct.pack("<HHHd", row, column, _DATE, days))
    assert isinstance(value, int | float)
    return _record(0x0203, struct.pack("<HHHd", row, column, _PLAIN, value))


def _shared_texts(texts: list[str]) -> bytes:
    """The table of texts, continued in further records between texts where it is long."""
    out, kind = b"", 0x00FC
    data = struct.pack("<II", len(texts), len(texts))
    for text in texts:
        entry = _text16(text)
        if len(data) + len(entry) > 8000:
            out, data, kind = out + _record(kind, data), b"", 0x003C
        data += entry
    return out + _record(kind, data)


def _record(kind: int, data: bytes) -> bytes:
    return struct.pack("<HH", kind, len(data)) + data


def _text16(text: str) -> bytes:
    data = text.encode("utf-16-le")
    return struct.pack("<HB", len(data) // 2, 1) + data


def _text8(text: str) -> bytes:
    data = text.encode("utf-16-le")
    return struct.pack("<BB", len(data) // 2, 1) + data


def compound_file(stream: bytes, name: str = "Workbook") -> bytes:
    """An OLE compound file with one stream, of a size that stands in sectors of its own."""
    stream = stream.ljust(max(4096, -len(stream) % SECTOR + len(stream)), b"\0")
    count = len(stream) // SECTOR
    fats = 1
    while fats * (SECTOR // 4) < fats + 1 + count:
        fats += 1
    chain = [_FAT] * fats + [_END] + [fats + 2 + place for place in range(count - 1)] + [_END]
    chain += [_FREE] * (fats * (SECTOR // 4) - len(chain))
    header = bytes.fromhex("d0cf11e0a1b11ae1") + bytes(16)
    header += struct.pack("<HHHHH", 0x3E, 3, 0xFFFE, 9, 6) + bytes(6)
    header += struct.pack("<IIIIIIIII", 0, fats, fats, 0, 4096, _END, 0, _END, 0)
    header += struct.pack("<109I", *range(fats), *[_FREE] * (109 - fats))
    folder = _entry("Root Entry", 5, _END, 0, child=1) + _entry(name, 2, fats + 1, len(stream))
    fat = struct.pack(f"<{len(chain)}I", *chain)
    return header + fat + folder.ljust(SECTOR, b"\0") + stream


def _entry(name: str, kind: int, start: int, size: int, *, child: int = _FREE) -> bytes:
    text = name.encode("utf-16-le") + b"\0\0"
    data = text.ljust(64, b"\0") + struct.pack("<HBBIII", len(text), kind, 1, _FREE, _FREE, child)
    return data + bytes(16 + 4 + 8 + 8) + struct.pack("<III", start, size, 0)
