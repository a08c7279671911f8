"""Text in the form in which names are looked up, each character with its place in the original."""

import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from m2m_desktop.core.traditional import TO_SIMPLIFIED

SEPARATORS = frozenset(
    '，,、。；;：:！!？?\n\r\v\f\x85\u2028\u2029|｜“”"（）()【】[]《》〈〉{}/／+＋*•●①②③④⑤⑥⑦⑧⑨'
)
"""No name goes on over one of these."""
_SIGNS = "↑↓%"


@dataclass(frozen=True, slots=True)
class Stretch:
    """What stands between two separators.

    ``key`` is its folded form; character i of it comes from place ``at[i]`` of the text.
    """

    key: str
    at: tuple[int, ...]


@lru_cache(maxsize=16_384)
def _folded(character: str) -> str:
    """Fold one character: width, case, accents and traditional forms; nothing for what is no letter.

    Character by character, so that names and narratives, however cut, are folded alike.
    """
    plain = unicodedata.normalize("NFKD", character).casefold().translate(TO_SIMPLIFIED)
    return "".join(one for one in plain if unicodedata.category(one)[0] in "LN" or one in _SIGNS)


def fold(text: str) -> str:
    """Give the folded form of a name."""
    return "".join(map(_folded, text))


def is_chinese(character: str) -> bool:
    """Tell whether a character is written without spaces between words."""
    return "\u2e80" <= character <= "\u9fff" or character >= "\uf900"


def is_word_character(character: str) -> bool:
    """Tell whether a character is part of a word that has spaces around it."""
    return character.isalnum() and not is_chinese(character)


def stretches(text: str) -> Iterator[Stretch]:
    """Cut a text at its separators, and at spaces between Chinese characters."""
    key: list[str] = []
    at: list[int] = []
    has_space = False
    for place, character in enumerate(text):
        if character in SEPARATORS:
            if key:
                yield Stretch("".join(key), tuple(at))
                key, at = [], []
            continue
        if character.isspace():
            has_space = True
            continue
        folded = _folded(character)
        if not folded:
            continue
        if has_space and key and is_chinese(character) and is_chinese(text[at[-1]]):
            yield Stretch("".join(key), tuple(at))
            key, at = [], []
        has_space = False
        key += folded
        at += [place] * len(folded)
    if key:
        yield Stretch("".join(key), tuple(at))


def whole_end(text: str, end: int) -> int:
    """Move an end behind the marks that belong to the character before it."""
    while end < len(text) and _is_mark(text[end]):
        end += 1
    return end


def cuts_word(text: str, place: int) -> bool:
    """Tell whether a word with spaces around it would be cut at ``place``."""
    if not 0 < place < len(text):
        return False
    before = place - 1
    while before > 0 and _is_mark(text[before]):
        before -= 1
    return is_word_character(text[before]) and is_word_character(text[place])


def _is_mark(character: str) -> bool:
    return unicodedata.category(character) in ("Mn", "Me") or character == "\u200d"
