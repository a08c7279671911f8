"""Which names hold a single letter, and how: one bit a name, letter and way, found beforehand.

A letter stands in most names, every search of Latin names begins with one, and so does every
further word of it: looking at all the places of a letter each time would take longer than
everything else.
"""

from string import ascii_lowercase, digits

import numpy as np

from m2m_desktop.core.columns import IntArray
from m2m_desktop.core.term_search.folding import LF, UnitArray
from m2m_desktop.core.term_search.word_bounds import BitArray, is_bound

LETTERS = frozenset(ascii_lowercase + digits)
BEGINS, INSIDE, ENDS, WHOLE = range(4)
"""The name begins with the letter, has it further inside, ends with it, has it as a word."""

_ORDER = ascii_lowercase + digits
_NAMES_AT_ONCE = 1 << 11  # whole bytes of bits


def letter_row(letter: str) -> int:
    """Give the first index into what `letter_bits` gives, for one of `LETTERS`."""
    return _ORDER.index(letter)


def letter_bits(units: UnitArray, origins: UnitArray, starts: IntArray) -> BitArray:
    """Find how the documents of a `NameText` hold each letter.

    The shape is (letters, ways, bytes): bits as `numpy.packbits` gives them, one a document.
    """
    count = len(starts) - 1
    rows = np.full(1 << 16, -1, dtype=np.int16)
    rows[[ord(letter) for letter in _ORDER]] = range(len(_ORDER))
    bits = np.empty((len(_ORDER), 4, (count + 7) // 8), dtype=np.uint8)
    for first in range(0, count, _NAMES_AT_ONCE):
        last = min(first + _NAMES_AT_ONCE, count)
        # from the separator before the first name to the one behind the last
        begin, end = int(starts[first]) - 1, int(starts[last])
        own, bounds = units[begin:end], is_bound(units[begin:end], origins[begin:end])
        row = rows[own]
        at = np.flatnonzero(row >= 0)
        sizes = np.diff(starts[first : last + 1])
        document = np.repeat(np.arange(last - first), sizes)[at - 1]
        before = (own == LF)[at - 1]
        behind = (own == LF)[at + 1]
        is_word = bounds[at] & bounds[at + 1]
        ways = ((BEGINS, before), (INSIDE, ~(before | behind)), (ENDS, behind), (WHOLE, is_word))
        for way, holds in ways:
            held = np.zeros((len(_ORDER), last - first), dtype=np.bool_)
            held[row[at[holds]], document[holds]] = True
            bits[:, way, first // 8 : (last + 7) // 8] = np.packbits(held, axis=1)
    return bits
