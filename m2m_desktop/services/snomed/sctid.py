"""SNOMED CT identifiers as whole numbers: read from bytes, checked, written and put in order.

An identifier has 6 to 18 digits, so it fits 64 bits; a float would lose the last ones. Its last
digit is a check digit by Verhoeff's scheme: the dihedral group of the pentagon, and a permutation
for each place.
"""

import numpy as np
from numpy.typing import NDArray

from m2m_desktop.core.columns import ByteArray, CodeColumn, IntArray

Ids = NDArray[np.int64]
Flags = NDArray[np.bool_]

ROOT = 138875005
IS_A = 116680003
STATED = 900000000000010007
FSN = 900000000000003001
SYNONYM = 900000000000013009
PREFERRED = 900000000000548007
REPLACED_BY = 900000000000526001
SAME_AS = 900000000000527005

MAX_DIGITS = 18
_MIN_DIGITS = 6
_ZERO = 48


def _products() -> IntArray:
    """The multiplication table: turns are 0..4, turns with a flip 5..9."""
    table = np.empty((10, 10), dtype=np.int32)
    for one in range(10):
        for other in range(10):
            turn = one + other if one < 5 else one - other  # a flip undoes the turns after it
            table[one, other] = turn % 5 + 5 * ((one >= 5) != (other >= 5))
    return table


def _places() -> IntArray:
    """The permutation of each place, which repeats after eight."""
    step = (1, 5, 7, 6, 2, 8, 3, 0, 9, 4)
    rows = [list(range(10))]
    for _ in range(7):
        rows.append([step[digit] for digit in rows[-1]])
    return np.array(rows, dtype=np.int32)


_PRODUCTS, _PLACES = _products(), _places()


def read_numbers(buffer: ByteArray, starts: Ids, ends: Ids) -> tuple[Ids, Flags]:
    """Give the fields ``buffer[start:end]`` as numbers, and which of them are 1 to 18 digits."""
    sizes = ends - starts
    is_number = (sizes >= 1) & (sizes <= MAX_DIGITS)
    values = np.zeros(len(starts), dtype=np.int64)
    last = len(buffer) - 1
    for place in range(min(MAX_DIGITS, int(sizes.max(initial=0)))):
        digits = buffer[np.minimum(starts + place, last)] - np.uint8(_ZERO)
        has = sizes > place
        is_number &= ~has | (digits <= 9)
        np.copyto(values, values * 10 + digits, where=has)
    values[~is_number] = 0
    return values, is_number


def has_check_digit(ids: Ids) -> Flags:
    """Tell which numbers are identifiers: long enough, with the right check digit."""
    state = np.zeros(len(ids), dtype=np.int32)
    rest = ids.copy()
    for place in range(MAX_DIGITS):
        rest, digits = np.divmod(rest, 10)
        # what lies before the first digit does not count, and a 0 is not the identity everywhere
        is_digit = (ids >= 10**place) if place else np.ones(len(ids), dtype=np.bool_)
        turned = _PRODUCTS[state, _PLACES[place % 8, digits]]
        np.copyto(state, turned, where=is_digit)
    result: Flags = (state == 0) & (ids >= 10 ** (_MIN_DIGITS - 1))
    return result


def check_digit(number: int) -> int:
    """Give the digit that makes an identifier of a number when it is put at its end."""
    state = 0
    for place, digit in enumerate(reversed(str(number)), start=1):
        state = int(_PRODUCTS[state, _PLACES[place % 8, int(digit)]])
    return int(np.flatnonzero(_PRODUCTS[state] == 0)[0])


def code_column(ids: Ids) -> CodeColumn:
    """Give identifiers as text with the order to look one up; much faster than sorting texts."""
    codes = ids.astype(f"S{MAX_DIGITS}")
    sizes = np.searchsorted(10 ** np.arange(1, MAX_DIGITS, dtype=np.int64), ids, side="right") + 1
    filled = ids * 10 ** (MAX_DIGITS - sizes).astype(np.int64)  # texts compare from the left
    return CodeColumn(codes, np.lexsort((sizes, filled)).astype(np.int32))
