"""Cell values as the texts a person sees: numbers without ``.0``, dates readable, escapes decoded."""

import datetime
import math
import re

_ESCAPE = re.compile(r"_x([0-9A-Fa-f]{4})_")
_NOT_DATE = re.compile(r'"[^"]*"?|\\.|_.|\*.|\[(?!(?:h+|m+|s+)\])[^\]]*\]', re.IGNORECASE)
_DATE_CODE = re.compile(r"[ymdhs年月日时分秒]", re.IGNORECASE)
_ZEROS = re.compile(r"0{2,30}")
_DAYS_1904 = 1462
_LAST_DAY = 2_958_466  # 10000-01-01
_EXACT_DIGITS = 15

BUILT_IN_DATE_FORMATS = frozenset(
    [*range(14, 23), *range(27, 37), *range(45, 48), *range(50, 59), *range(71, 82)]
)
"""Numbers of formats that are dates without saying so in the file, those of China among them."""


def is_date_format(code: str) -> bool:
    """Whether a number format shows a date or a time (``yyyy"年"m"月"``, ``[h]:mm``)."""
    section = _NOT_DATE.sub("", code).partition(";")[0]
    return "general" not in section.casefold() and _DATE_CODE.search(section) is not None


def zero_width(code: str) -> int:
    """To how many digits a number format fills with zeros (``000000``: 6); 0: it does not."""
    return len(code) if _ZEROS.fullmatch(code) else 0


def number_text(value: float) -> str | None:
    """A number as Excel shows it: at most 15 digits, no ``.0``; None: no number.

    Larger ones have an exponent (``3.2E+20``): they are rounded, and should look it.
    """
    if not math.isfinite(value):
        return None
    if value == int(value) and abs(value) < 10**_EXACT_DIGITS:
        return str(int(value))
    text = f"{value:.15g}".upper()
    return f"{value:.20f}".rstrip("0") if "E-" in text and abs(value) > 1e-9 else text


def parsed_number(text: str, zeros: int = 0) -> str | None:
    """Turn the number that stands in a file into text; None where it is none.

    ``zeros``: the digits its format fills up to.
    """
    if text.isascii() and text.isdigit() and len(text) <= _EXACT_DIGITS:
        plain: str | None = text if text[0] != "0" else str(int(text))
    else:
        try:
            plain = number_text(float(text))
        except (ValueError, OverflowError):
            return None
    if zeros and plain is not None and plain.isdigit():
        return plain.zfill(zeros)
    return plain


def date_text(serial: float, *, is_1904: bool = False) -> str | None:
    """A day number as ``2024-05-01``, with the time where it has one; None: not a date."""
    if not math.isfinite(serial) or not 0 <= serial < _LAST_DAY:
        return None
    if is_1904:
        serial += _DAYS_1904
    day, seconds = divmod(round(serial * 86_400), 86_400)
    time = str(datetime.timedelta(seconds=seconds)).zfill(8)
    if day == 0:
        return time
    # day 60 is 29 February 1900, which never was: before it, days count from one day later
    start = datetime.date(1899, 12, 30 if day >= 60 else 31)
    try:
        date = (start + datetime.timedelta(days=day)).isoformat()
    except OverflowError:
        return None
    return f"{date} {time}" if seconds else date


def iso_text(text: str) -> str:
    """A date that stands in ISO form: the same form as `date_text` gives."""
    date, _, time = text.rstrip("Z").partition("T")
    time = time.partition(".")[0]
    return date if time in {"", "00:00:00", "00:00"} else f"{date} {time}"


def truth_text(value: bool) -> str:
    """A truth value as Excel shows it."""
    return "TRUE" if value else "FALSE"


def decode_escapes(text: str) -> str:
    """Decode ``_xHHHH_``, the way workbooks write characters that XML has not."""
    if "_x" not in text:
        return text
    decoded = _ESCAPE.sub(lambda found: chr(int(found[1], 16)), text)
    if any("\ud800" <= character <= "\udfff" for character in decoded):
        pairs = decoded.encode("utf-16-le", "surrogatepass")
        return pairs.decode("utf-16-le", "replace")
    return decoded
