"""Bring phrases and names to one form for matching; the original is always kept beside it."""

import re
import unicodedata
from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import Protocol

from m2m_desktop.core.traditional import TO_SIMPLIFIED

_PUNCTUATION = str.maketrans(
    {
        "，": ",",
        "、": ",",
        "；": ";",
        "：": ":",
        "。": ".",
        "（": "(",
        "）": ")",
        "【": "[",
        "】": "]",
        "“": '"',
        "”": '"',
        "„": '"',
        "‘": "'",
        "’": "'",
        "—": "-",
        "–": "-",
        "―": "-",
        "−": "-",
        "～": "~",
        "〜": "~",
        "・": "·",
        "•": "·",
    }
)
_GREEK = str.maketrans(
    {
        "α": "alpha",
        "β": "beta",
        "γ": "gamma",
        "δ": "delta",
        "ε": "epsilon",
        "ζ": "zeta",
        "η": "eta",
        "θ": "theta",
        "ι": "iota",
        "κ": "kappa",
        "λ": "lambda",
        "μ": "mu",
        "ν": "nu",
        "ξ": "xi",
        "ο": "omicron",
        "π": "pi",
        "ρ": "rho",
        "ς": "sigma",
        "σ": "sigma",
        "τ": "tau",
        "υ": "upsilon",
        "φ": "phi",
        "χ": "chi",
        "ψ": "psi",
        "ω": "omega",
    }
)
_ROMAN = {"i": "1", "ii": "2", "iii": "3", "iv": "4", "v": "5", "vi": "6", "vii": "7"}
_ROMAN_BEFORE_GRADE = re.compile(r"(?<![a-z])(i{1,3}|iv|vi{0,2})(?=[型期度级])")
_CHINESE_DIGIT_BEFORE_GRADE = re.compile(
    r"(?<![一二三四五六七八九十第])([一二三四五六七])(?=[型期度级])"
)
_CHINESE_DIGIT = dict(zip("一二三四五六七", "1234567", strict=True))
_SPACE = re.compile(r"\s+")
_CJK = r"\u2e80-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
_SPACE_BESIDE_CJK = re.compile(rf"(?<=[{_CJK}]) (?=\S)|(?<=\S) (?=[{_CJK}])")
INVISIBLE = re.compile(
    "[\u00ad\u061c\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufe00-\ufe0f\ufeff"
    "\U000e0000-\U000e0fff]"
)


_LONE_SURROGATE = re.compile("[\ud800-\udfff]")


def encodable(text: str) -> str:
    """Replace half characters, which damaged files hold, by U+FFFD: no encoder takes them."""
    return _LONE_SURROGATE.sub("\ufffd", text)


class Segmenter(Protocol):
    """Cuts a normalised text into words."""

    def __call__(self, text: str) -> list[str]:
        """Give the words in order; joined they are the text."""


def tidy(text: str) -> str:
    """Bring a phrase to the form a model reads: what was reported, without what nobody sees.

    Width and compatibility forms are unified (NFKC), invisible characters go, white space becomes
    single spaces. Letters, punctuation and wording stay. Idempotent, as `normalise` is.
    """
    previous, current = None, text
    while current != previous:
        previous = current
        plain = unicodedata.normalize("NFKC", INVISIBLE.sub("", current))
        current = _SPACE.sub(" ", plain).strip()
    return current


def _normalise_once(text: str) -> str:
    text = unicodedata.normalize("NFKC", INVISIBLE.sub("", text))
    text = text.casefold().translate(_PUNCTUATION).translate(TO_SIMPLIFIED).translate(_GREEK)
    text = _ROMAN_BEFORE_GRADE.sub(lambda match: _ROMAN[match[1]], text)
    text = _CHINESE_DIGIT_BEFORE_GRADE.sub(lambda match: _CHINESE_DIGIT[match[1]], text)
    text = _SPACE.sub(" ", text).strip()
    return _SPACE_BESIDE_CJK.sub("", text)


def normalise(text: str) -> str:
    """Bring a phrase or a name to the form used for matching.

    Width, case, spacing, punctuation, traditional characters, Greek letters and the numerals of
    grades (Ⅱ度, 二度 -> 2度) are unified. Idempotent: each step may enable an earlier one (a
    removed invisible character joins two others), so it runs until nothing changes.
    """
    if text.isascii():  # nothing else there is to unify
        return _SPACE.sub(" ", text.casefold()).strip()
    previous, current = text, _normalise_once(text)
    while current != previous:
        previous, current = current, _normalise_once(current)
    return current


@lru_cache(maxsize=8192)
def _is_kept(character: str) -> bool:
    return unicodedata.category(character)[0] in "LNM" or character in "↑↓+%"


def match_key(text: str) -> str:
    """Give what two wordings must share to count as the same name: no spaces, no punctuation.

    A text of punctuation only keeps it, so that it never equals an empty phrase.
    """
    normal = normalise(text)
    return "".join(filter(_is_kept, normal)) or normal.replace(" ", "")


_LATIN = r"a-z\u00df-\u00f6\u00f8-\u024f\u1e00-\u1eff"
_TOKEN = re.compile(rf"[{_LATIN}]+|\d+|\S")
_ACCENTED = re.compile(r"[\u00df-\u024f\u1e00-\u1eff]")
_MARK_ON_LATIN = re.compile(r"(?<=[a-z])[\u0300-\u036f]+")


def without_accents(text: str) -> str:
    """Take the accents off Latin letters of a normalised text; other scripts keep their marks.

    Whoever types in a hurry leaves them out, so a search must not tell erupción from erupcion.
    """
    if not _ACCENTED.search(text):
        return text
    plain = _MARK_ON_LATIN.sub("", unicodedata.normalize("NFD", text))
    return unicodedata.normalize("NFC", plain)


def characters(text: str) -> list[str]:
    """Cut a normalised text into retrieval tokens: one per Chinese character, Latin word, number.

    Punctuation and accents are dropped; repeated tokens are repeated.
    """
    tokens = _TOKEN.findall(without_accents(normalise(text)))
    return [token for token in tokens if _is_kept(token[0])]


def words(text: str, segment: Callable[[str], Sequence[str]]) -> list[str]:
    """Cut a text into words with ``segment``, dropping punctuation and spaces."""
    plain = without_accents(normalise(text))
    return [word for word in segment(plain) if any(map(_is_kept, word))]
