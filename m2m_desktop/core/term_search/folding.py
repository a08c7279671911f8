"""Many names in the form of `text.match_key` at once, with the place every unit came from.

`text.match_key` looks at a whole text; most characters come out the same wherever they stand, so
nearly all names are folded character by character, in one go. The few in which neighbours matter
(accents that join a letter, grades such as Ⅱ度) go through `text.match_key` one by one.
"""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from m2m_desktop.core.columns import IntArray
from m2m_desktop.core.text import match_key

UnitArray = NDArray[np.uint16]

LF = 10
_GRADE = re.compile("[iv一二三四五六七][型期度级]")
_LATEST_ORIGIN = 0xFFFF


@dataclass(frozen=True, slots=True)
class FoldedTexts:
    """Text ``i`` is ``units[starts[i]:stops[i]]`` in UTF-16 units.

    ``origins`` has, for each unit, the index of the character of the original it came from.
    """

    units: UnitArray
    origins: UnitArray
    starts: IntArray
    stops: IntArray


def units_of(text: str) -> UnitArray:
    """Give the UTF-16 units of a text."""
    return np.frombuffer(text.encode("utf-16-le", "surrogatepass"), dtype=np.uint16)


@lru_cache(maxsize=1 << 16)
def fold_character(character: str) -> str:
    """Give what one character becomes in a key, nothing for punctuation and spaces.

    The letter before it keeps punctuation from standing for a whole text.
    """
    return match_key(f"a{character}")[1:]


@lru_cache(maxsize=1 << 16)
def is_delicate(character: str) -> bool:
    """Tell whether the neighbours of a character decide what it becomes: it may join them."""
    return any(
        unicodedata.category(one)[0] == "M" or "\u1100" <= one <= "\u11ff" or one in _LATER_JAMO
        for one in unicodedata.normalize("NFKC", character).casefold() + character
    )


_LATER_JAMO = frozenset(map(chr, (*range(0xA960, 0xA980), *range(0xD7B0, 0xD800))))


def fold_texts(texts: Sequence[str]) -> FoldedTexts:
    """Fold texts, none of which may hold a line feed."""
    joined = "\n".join(texts) + "\n" if texts else ""
    points = np.frombuffer(joined.encode("utf-32-le", "surrogatepass"), dtype=np.uint32)
    distinct = np.flatnonzero(np.bincount(points, minlength=1)).tolist()
    table = {point: fold_character(chr(point)) for point in distinct if point != LF}
    folded = joined.translate(table)
    units = units_of(folded)

    sizes = np.ones(max(distinct, default=0) + 1, dtype=np.int32)
    delicate = np.zeros(len(sizes), dtype=np.bool_)
    for point, text in table.items():
        sizes[point] = len(text) + sum(one > "\uffff" for one in text)
        delicate[point] = is_delicate(chr(point))
    ends = np.flatnonzero(points == LF)
    begins = np.append(0, ends[:-1] + 1)[: len(ends)]
    inside = np.arange(len(points)) - np.repeat(begins, ends - begins + 1)
    origins = np.repeat(np.minimum(inside, _LATEST_ORIGIN).astype(np.uint16), sizes[points])

    stops = np.flatnonzero(units == LF).astype(np.int32)
    starts = np.append(0, stops[:-1] + 1)[: len(stops)].astype(np.int32)
    slow = starts == stops
    slow[np.searchsorted(ends, np.flatnonzero(delicate[points]))] = True
    lines = np.flatnonzero(np.frombuffer(folded.encode("utf-32-le", "surrogatepass"), "<u4") == LF)
    grades = [found.start() for found in _GRADE.finditer(folded)]
    slow[np.searchsorted(lines, grades)] = True
    rows = np.flatnonzero(slow).tolist()
    if not rows:
        return FoldedTexts(units, origins, starts, stops)
    parts, at = [(units, origins)], len(units)
    for row in rows:
        one = _fold_whole(texts[row])
        starts[row], stops[row] = at, at + len(one[0])
        at += len(one[0]) + 1
        parts.append(one)
        parts.append((np.array([LF], np.uint16), np.zeros(1, np.uint16)))
    return FoldedTexts(
        np.concatenate([one for one, _ in parts]),
        np.concatenate([one for _, one in parts]),
        starts,
        stops,
    )


def _fold_whole(text: str) -> tuple[UnitArray, UnitArray]:
    """Fold one text as a whole; what differs from character by character keeps its first place."""
    key = match_key(text)
    pieces = [(fold_character(one), place) for place, one in enumerate(text)]
    naive = "".join(piece for piece, _ in pieces)
    places = [place for piece, place in pieces for _ in piece]
    shorter = min(len(key), len(naive))
    ahead = next((i for i in range(shorter) if key[i] != naive[i]), shorter)
    behind = next(
        (i for i in range(shorter - ahead) if key[-1 - i] != naive[-1 - i]), shorter - ahead
    )
    middle = len(key) - ahead - behind
    changed = places[ahead : len(places) - behind] or [places[ahead - 1] if ahead and places else 0]
    between = [changed[min(i, len(changed) - 1)] for i in range(middle)]
    found = places[:ahead] + between + places[len(places) - behind :]
    origins = [
        min(place, _LATEST_ORIGIN)
        for one, place in zip(key, found, strict=True)
        for _ in range(1 + (one > "\uffff"))
    ]
    return units_of(key), np.array(origins, dtype=np.uint16)
