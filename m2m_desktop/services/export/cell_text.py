"""Texts made fit for a cell: never a formula, never a file that a spreadsheet refuses to open."""

import re

from m2m_desktop.core.messages import N_
from m2m_desktop.services.language import _

MAX_CELL_UNITS = 32_000
"""Excel cuts a cell at 32,767 UTF-16 units; programs count differently, so we stay below."""
CUT_MARK = N_("… [cut]")

_UNWRITABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_FORMULA_STARTS = frozenset("=+-@\t\r\n＝＋－＠")
_LOOKS_ESCAPED = re.compile("_(?=x[0-9A-Fa-f]{4}_)")
_ESCAPED = re.compile("_x([0-9A-Fa-f]{4})_")


def clean_text(text: str) -> str:
    """Make a text fit for a cell: U+FFFD for what XML has not, LF line ends, not too long.

    A text that had to be cut ends with `CUT_MARK`.
    """
    if text.isprintable() and len(text) <= MAX_CELL_UNITS // 2:
        return text  # nearly all are, and this is the quickest way to know
    text = replace_unwritable(text)
    if not is_too_long(text):
        return text
    mark = _(CUT_MARK)
    data = text.encode("utf-16-le")[: (MAX_CELL_UNITS - len(mark)) * 2]
    return data.decode("utf-16-le", "ignore") + mark


def replace_unwritable(text: str) -> str:
    """U+FFFD for every character that XML has not, and LF line ends."""
    return _UNWRITABLE.sub("\ufffd", text.replace("\r\n", "\n").replace("\r", "\n"))


def count_unwritable(text: str) -> int:
    """How many characters `replace_unwritable` replaces."""
    return len(_UNWRITABLE.findall(text))


def is_too_long(text: str) -> bool:
    """Whether `clean_text` cuts it."""
    if len(text) <= MAX_CELL_UNITS // 2:
        return False
    return len(text) + sum(char > "\uffff" for char in text) > MAX_CELL_UNITS


def starts_like_formula(text: str) -> bool:
    """Whether a careless program might take the text for a formula; full-width signs as well."""
    return text[:1] in _FORMULA_STARTS and bool(text)


def shield(text: str) -> str:
    """The text for a csv field: with an apostrophe in front where it could become a formula.

    A text that begins with an apostrophe gets one too, so that `unshield` gives back every text.
    """
    return f"'{text}" if starts_like_formula(text) or text.startswith("'") else text


def unshield(text: str) -> str:
    """The inverse of `shield`."""
    return text.removeprefix("'")


def xml_text(text: str) -> str:
    """A cleaned text as the content of an element of a sheet.

    Spreadsheets read ``_x000D_`` as an escaped character: a text that looks like one is escaped.
    """
    if "_x" in text:
        text = _LOOKS_ESCAPED.sub("_x005F_", text)
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def read_escapes(text: str) -> str:
    """Read the escapes of a sheet's text (``_x005F_`` …) as spreadsheets do."""
    if "_x" not in text:
        return text
    return _ESCAPED.sub(lambda found: chr(int(found[1], 16)), text)
