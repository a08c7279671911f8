"""Words that are nearly a given one."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from m2m_desktop.core.term_search.spelling import (
    MAX_WORDS,
    Vocabulary,
    slips_allowed,
    slips_between,
)

WORDS = st.text("abcd", min_size=1, max_size=8)


def slow_slips(one: str, other: str) -> int:
    """Optimal string alignment by its definition."""
    if not one or not other:
        return len(one) + len(other)
    ways = [
        slow_slips(one[:-1], other) + 1,
        slow_slips(one, other[:-1]) + 1,
        slow_slips(one[:-1], other[:-1]) + (one[-1] != other[-1]),
    ]
    if len(one) > 1 and len(other) > 1 and one[-1] == other[-2] and one[-2] == other[-1]:
        ways.append(slow_slips(one[:-2], other[:-2]) + 1)
    return min(ways)


@given(st.text("abc", min_size=1, max_size=5), st.text("abc", min_size=1, max_size=5))
def test_slips_are_counted_as_defined(one, other):
    letters = np.zeros((1, 8), dtype=np.uint8)
    letters[0, : len(other)] = list(other.encode())
    word = np.frombuffer(one.encode(), dtype=np.uint8)

    assert slips_between(word, letters, np.array([len(other)])).tolist() == [slow_slips(one, other)]


@given(st.lists(WORDS, max_size=30), WORDS)
def test_the_near_words_are_those_with_few_slips_the_nearest_first(words, word):
    vocabulary = Vocabulary.of(words)
    known = sorted({one for one in words if len(one) >= 4})
    slips = {one: slow_slips_within(word, one) for one in known}
    expected = sorted(
        (one for one in known if slips[one] <= slips_allowed(word)), key=lambda one: slips[one]
    )
    assert vocabulary.near(word) == (expected[:MAX_WORDS] if slips_allowed(word) else [])


def slow_slips_within(one: str, other: str) -> int:
    """`slow_slips` with a table, for longer words."""
    table = {(0, 0): 0}
    for i in range(len(one) + 1):
        for j in range(len(other) + 1):
            ways = [table[i - 1, j] + 1] if i else []
            ways += [table[i, j - 1] + 1] if j else []
            if i and j:
                ways.append(table[i - 1, j - 1] + (one[i - 1] != other[j - 1]))
            if i > 1 and j > 1 and one[i - 1] == other[j - 2] and one[i - 2] == other[j - 1]:
                ways.append(table[i - 2, j - 2] + 1)
            table[i, j] = min(ways) if ways else 0
    return table[len(one), len(other)]


@pytest.mark.parametrize("word", ["abc", "疹疹疹疹", "a1bcd", ""])
def test_short_words_and_other_scripts_have_no_near_words(word):
    assert Vocabulary.of(["abcd", "abce"]).near(word) == []
    assert Vocabulary.of([]).near("abcd") == []
