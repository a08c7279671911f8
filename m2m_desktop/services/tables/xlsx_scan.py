"""A light pass over the XML of a sheet, without parsing it: rows, merged cells, formulas.

It is for what is shown before reading: a comment in the XML may mislead it, as no program writes
any. `xlsx_sheet` counts by the parsed cells.
"""

import re
from collections.abc import Iterable

from m2m_desktop.services.tables.grid import MergedRange, SheetFacts, parse_range

MAX_MERGED = 100_000
MAX_ROW_BYTES = 4 * 1024 * 1024
"""A longer row is looked at in parts, so that it does not pile up."""
_ROW = re.compile(rb"<(?:\w+:)?row[\s>/]")
_VALUE = re.compile(rb"<(?:\w+:)?(?:v(?:\s[^>]*)?>[^<]|is>)")
_FORMULA = b"f>"
_BARE_FORMULA = re.compile(
    rb"<(?:\w+:)?c(?P<kind>\s[^>]*)?>\s*<(?:\w+:)?f(?:\s[^>]*)?(?:/>|>[^<]*</(?:\w+:)?f>)\s*"
    rb"(?:<(?:\w+:)?v\s*/>|<(?:\w+:)?v></(?:\w+:)?v>)?\s*</(?:\w+:)?c>"
)
_STRING_RESULT = re.compile(rb"""\st=["']str["']""")
_MERGED = re.compile(rb"""<(?:\w+:)?mergeCell\s[^>]*?ref=["']([A-Za-z0-9:$]+)["']""")


def scan_sheet(pieces: Iterable[bytes]) -> SheetFacts:
    """Look through the XML of a sheet, given in pieces of any size."""
    rows = formulas = 0
    merged: list[MergedRange] = []
    rest = b""
    for piece in pieces:
        if not rest and not rows and piece.startswith((b"\xff\xfe", b"\xfe\xff")):
            return SheetFacts()  # UTF-16: it can be parsed, but not looked through
        text = rest + piece
        # whatever begins before the last row that begins is complete
        cut = _last_start(text)
        whole, rest = text[:cut], text[cut:]
        rows += _rows_with_values(whole)
        formulas += _bare_formulas(whole)
        _add_merged(whole, merged)
    rows += _rows_with_values(rest)
    formulas += _bare_formulas(rest)
    _add_merged(rest, merged)
    return SheetFacts(tuple(merged), formulas, rows)


def _last_start(text: bytes) -> int:
    at = max(text.rfind(b"<row"), text.rfind(b"<mergeCell "))
    if at < 0 and (at := max(text.rfind(b":row"), text.rfind(b":mergeCell "))) > 0:
        at = text.rfind(b"<", 0, at)
    if at <= 0 and len(text) > MAX_ROW_BYTES:
        return len(text)
    return max(at, 0)


def _rows_with_values(text: bytes) -> int:
    return sum(1 for row in _ROW.split(text)[1:] if _VALUE.search(row))


def _bare_formulas(text: bytes) -> int:
    if _FORMULA not in text and b"<f" not in text:
        return 0
    return sum(
        1
        for found in _BARE_FORMULA.finditer(text)
        if not _STRING_RESULT.search(found["kind"] or b"")
    )


def _add_merged(text: bytes, merged: list[MergedRange]) -> None:
    if b"mergeCell" not in text:
        return
    for found in _MERGED.finditer(text):
        if len(merged) < MAX_MERGED and (area := parse_range(found[1].decode("ascii").upper())):
            merged.append(area)
