"""How wide a text of a chart will be, and where it is wrapped: estimates, as no font is at hand."""

import unicodedata
from functools import lru_cache

LINES_OF_LABEL = 2
_NARROW = frozenset("iIl.,:;|!'()[]fjrt ")
_WIDE = frozenset("MWmw@%")
_NEVER_FIRST = frozenset("）」』】》〉、，。；：！？)]}·…")
_NEVER_LAST = frozenset("（「『【《〈([{")


def text_width(text: str, font_px: float) -> float:
    """Estimate the width of a text in pixels: the fonts of the reader are not known."""
    return sum(map(_em, text)) * font_px


def wrapped(text: str, width: float, font_px: float, lines: int = LINES_OF_LABEL) -> list[str]:
    """Cut a text into lines that fit, at spaces and between Chinese characters; the rest is ``…``."""
    found: list[str] = []
    rest = " ".join(text.split())
    while rest and len(found) < lines:
        fits = _fitting(rest, width, font_px)
        if fits < len(rest) and len(found) == lines - 1:
            found.append(rest[: max(1, _fitting(rest, width - font_px, font_px))].rstrip() + "…")
            return found
        cut = fits if fits == len(rest) else _break_before(rest, max(1, fits))
        found.append(rest[:cut].rstrip())
        rest = rest[cut:].lstrip()
    return found or [""]


def _fitting(text: str, width: float, font_px: float) -> int:
    """How many characters of a text fit."""
    used = 0.0
    for count, character in enumerate(text):
        used += _em(character) * font_px
        if used > width + 0.01:
            return count
    return len(text)


def _break_before(text: str, most: int) -> int:
    """Where to cut, at most so far: after a space or beside a Chinese character, else anywhere."""
    for at in range(most, max(0, most - 24), -1):
        if at < len(text) and _may_break(text, at):
            return at
    return most


def _may_break(text: str, at: int) -> bool:
    """Whether a line may begin here: no line begins with a closing mark or ends with an opening one."""
    before, after = text[at - 1], text[at:].lstrip()[:1]
    if after in _NEVER_FIRST or before in _NEVER_LAST:
        return False
    return text[at] == " " or _em(text[at]) == 1 or _em(before) == 1


@lru_cache(maxsize=4096)
def _em(character: str) -> float:
    """The width of a character in ems, as common fonts have it."""
    if unicodedata.combining(character):
        return 0.0
    if unicodedata.east_asian_width(character) in "WF":
        return 1.0
    if character in _NARROW:
        return 0.32
    if character in _WIDE:
        return 0.88
    return 0.68 if character.isupper() else 0.56
