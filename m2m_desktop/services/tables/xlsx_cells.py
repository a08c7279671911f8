"""The text of one cell of a workbook, from what its XML says."""

from collections.abc import Mapping

from m2m_desktop.services.tables.grid import Fault
from m2m_desktop.services.tables.values import (
    date_text,
    decode_escapes,
    iso_text,
    parsed_number,
    truth_text,
)
from m2m_desktop.services.tables.xlsx_strings import SharedStrings
from m2m_desktop.services.tables.xlsx_styles import Styles

_TRUTHS: Mapping[str, bool] = {"1": True, "true": True, "0": False, "false": False}
Found = tuple[str, Fault | None]


class CellReader:
    """Turns cells of one workbook into texts."""

    def __init__(self, strings: SharedStrings, styles: Styles, *, is_1904: bool) -> None:
        self._strings = strings
        self._dates = styles.dates
        self._zeros = dict(styles.zeros)
        self._is_1904 = is_1904

    def read(self, kind: str, style: str, value: str) -> Found:
        """Give text and fault of a cell with a value; ``kind`` and ``style`` are its attributes."""
        if kind == "s":
            text = self._strings.get(int(value)) if _is_index(value) else None
            return ("", Fault.BAD_VALUE) if text is None else (text, None)
        if kind == "n":
            return self._number(value, style)
        if kind == "b":
            truth = _TRUTHS.get(value.strip().casefold())
            return (value, Fault.BAD_VALUE) if truth is None else (truth_text(truth), None)
        if kind == "e":
            return value, Fault.ERROR_VALUE
        if kind == "d":
            return iso_text(value), None
        return decode_escapes(value), None

    def _number(self, value: str, style: str) -> Found:
        text = parsed_number(value, self._zeros.get(style, 0))
        if text is None:
            return value, Fault.BAD_VALUE
        if style in self._dates:
            return date_text(float(value), is_1904=self._is_1904) or text, None
        return text, None


def _is_index(value: str) -> bool:
    return value.isascii() and value.strip().isdigit() and len(value) <= 12
