"""Where words begin and end in folded names, one bit a unit."""

import numpy as np
from numpy.typing import NDArray

from m2m_desktop.core.term_search.folding import LF, UnitArray
from m2m_desktop.core.term_search.numbering import BoolArray

BitArray = NDArray[np.uint8]

_WIDE = 0x2E80  # from here on a character is a word of its own
_AT_ONCE = 1 << 16  # whole bytes of bits


def is_bound(units: UnitArray, origins: UnitArray) -> BoolArray:
    """Tell before which units a word may begin or end: the units and origins of a `NameText`.

    There something of the name is left out, Chinese is beside, or the name begins or ends.
    """
    found = np.ones(len(units), dtype=np.bool_)
    apart = (units >= _WIDE) | (units == LF)
    found[1:] = (origins[1:] > origins[:-1] + np.uint16(1)) | apart[1:] | apart[:-1]
    return found


def bound_bits(units: UnitArray, origins: UnitArray) -> BitArray:
    """Give the same for very many units in bits, as `numpy.packbits` gives them."""
    bits = np.empty((len(units) + 7) // 8, dtype=np.uint8)
    for start in range(0, len(units), _AT_ONCE):
        stop = min(start + _AT_ONCE, len(units))
        before = max(0, start - 1)  # the first of a slice has nothing before it
        found = is_bound(units[before:stop], origins[before:stop])[start - before :]
        bits[start // 8 : (stop + 7) // 8] = np.packbits(found)
    return bits


def bound_at(bits: BitArray, at: NDArray[np.intp]) -> BoolArray:
    """Tell before which of some units a word may begin or end."""
    found: BoolArray = (bits[at >> 3] << (at & 7).astype(np.uint8)) >= np.uint8(128)
    return found
