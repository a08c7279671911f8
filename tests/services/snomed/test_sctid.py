"""Identifiers: read from bytes without loss, checked by their last digit, put in order as text."""

import random

import numpy as np
import pytest

from m2m_desktop.core.columns import CodeColumn
from m2m_desktop.services.snomed import sctid

# Verhoeff's tables as they are printed everywhere, for comparison with what is computed
_D = (
    "0123456789", "1234067895", "2340178956", "3401289567", "4012395678",
    "5987604321", "6598710432", "7659821043", "8765932104", "9876543210",
)  # fmt: skip
_P = (
    "0123456789", "1576283094", "5803796142", "8916043527",
    "9453126870", "4286573901", "2793806415", "7046913258",
)  # fmt: skip


def is_right(number: int) -> bool:
    state = 0
    for place, digit in enumerate(reversed(str(number))):
        state = int(_D[state][int(_P[place % 8][int(digit)])])
    return state == 0


def test_check_digits_are_those_of_the_printed_tables() -> None:
    chance = random.Random(1)
    numbers = [chance.randrange(10**5, 10 ** chance.randrange(6, 19)) for _ in range(5000)]
    found = sctid.has_check_digit(np.array(numbers, dtype=np.int64))
    assert found.tolist() == [is_right(number) for number in numbers]
    assert 300 < found.sum() < 700
    assert all(is_right(number * 10 + sctid.check_digit(number)) for number in numbers[:200])


@pytest.mark.parametrize("known", [138875005, 116680003, 900000000000003001, 450828004])
def test_every_wrong_digit_and_every_swap_is_seen(known: int) -> None:
    text = str(known)
    changed = {
        text[:at] + digit + text[at + 1 :] for at in range(len(text)) for digit in "123456789"
    }
    changed |= {text[:at] + text[at + 1] + text[at] + text[at + 2 :] for at in range(len(text) - 1)}
    changed.discard(text)
    wrong = np.array([int(one) for one in changed if one[0] != "0"])
    assert sctid.has_check_digit(np.array([known])).all()
    assert not sctid.has_check_digit(wrong).any()


def test_a_short_number_is_no_identifier() -> None:
    short = [number for number in range(99_999) if is_right(number)]
    assert len(short) > 1000
    assert not sctid.has_check_digit(np.array(short)).any()


def test_numbers_are_read_to_the_last_digit_and_anything_else_is_seen() -> None:
    fields = ["900000000000003001", "7", "", "12a", "1.2E+17", "-5", "1234567890123456789", "0012"]
    buffer = np.frombuffer("\t".join([*fields, ""]).encode(), dtype=np.uint8)
    ends = np.flatnonzero(buffer == 9)
    starts = np.append(0, ends[:-1] + 1)
    values, is_number = sctid.read_numbers(buffer, starts, ends)
    assert is_number.tolist() == [True, True, False, False, False, False, False, True]
    assert values.tolist() == [900000000000003001, 7, 0, 0, 0, 0, 0, 12]


def test_the_order_of_codes_is_that_of_their_texts() -> None:
    chance = random.Random(2)
    ids = np.array(
        sorted({chance.randrange(10**5, 10 ** chance.randrange(6, 19)) for _ in range(3000)}
               | {123456, 1234560, 12345600, 10**17, 10**5}),
        dtype=np.int64,
    )  # fmt: skip
    column = sctid.code_column(ids)
    slow = CodeColumn.of(ids.astype("S18"))
    assert column.order.tolist() == slow.order.tolist()
    assert all(column.index(str(number)) == row for row, number in enumerate(ids.tolist()))
    assert column.index("999") == -1
