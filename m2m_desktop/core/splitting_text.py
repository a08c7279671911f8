"""A cell as the splitter sees it: every character one to one, so that places lead back to the cell."""

from collections.abc import Sequence
from dataclasses import dataclass

from m2m_desktop.core.text import INVISIBLE

CJK = r"\u2e80-\u2fdf\u3005-\u3007\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
"""Chinese characters, for a character class; without Chinese punctuation."""
NUMERALS = "一二三四五六七八九十"

_SPACES = (*range(0x20), 0x7F, 0xA0, *range(0x2000, 0x200B), 0x202F, 0x205F, 0x3000)
_BREAKS = (*range(0x09, 0x0E), 0x1C, 0x1D, 0x1E, 0x85, 0x2028, 0x2029)
_FULL_WIDTH, _WIDTH_OFFSET = range(0xFF01, 0xFF5F), 0xFEE0
_OTHERS = zip("【】〔〕〖〗﹙﹚｡､﹐﹑﹒﹔﹕", "[][][]()。、,、.;:", strict=True)
_ONE_TO_ONE: dict[int, str] = {
    **dict.fromkeys(_SPACES, " "),
    **dict.fromkeys(_BREAKS, "\n"),
    **{code: chr(code - _WIDTH_OFFSET) for code in _FULL_WIDTH},
    **{ord(variant): plain for variant, plain in _OTHERS},
}


@dataclass(frozen=True, slots=True)
class PlainCell:
    """A cell with one width of letters and punctuation, one kind of space and of line break.

    ``at[i]`` is the place in the cell of character i of ``plain``: invisible characters are left
    out of it, all others stand for themselves.
    """

    cell: str
    plain: str
    at: Sequence[int]

    def span(self, start: int, end: int) -> tuple[int, int]:
        """Give the place in the cell of ``plain[start:end]``, which must not be empty."""
        return self.at[start], self.at[end - 1] + 1

    def raw(self, start: int, end: int) -> str:
        """Give the cell's own text of ``plain[start:end]``."""
        first, last = self.span(start, end)
        return self.cell[first:last]


def plain_cell(cell: str) -> PlainCell:
    """Bring a cell to the form in which separators, brackets and numbering are looked for."""
    if INVISIBLE.search(cell) is None:
        return PlainCell(cell, cell.translate(_ONE_TO_ONE), range(len(cell)))
    at = [place for place, character in enumerate(cell) if not INVISIBLE.match(character)]
    seen = "".join([cell[place] for place in at])
    return PlainCell(cell, seen.translate(_ONE_TO_ONE), at)


def has_content(text: str) -> bool:
    """Tell whether a text says anything: a letter, a digit, or a sign such as an arrow."""
    return any(character.isalnum() or _is_sign(character) for character in text)


def _is_sign(character: str) -> bool:
    # Damaged and private characters may have been words: they are kept for a person to look at.
    return character in "↑↓\ufffd" or "\ud800" <= character <= "\uf8ff" or character >= "\U00010000"
