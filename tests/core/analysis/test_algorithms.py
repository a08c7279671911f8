"""The algorithms of SMQs, read as releases write them, against a slow honest reading."""

from itertools import chain, combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from m2m_desktop.core.analysis.algorithms import parse_algorithm

LETTERS = "ABCDE"
CASES = [set(some) for some in chain.from_iterable(combinations(LETTERS, n) for n in range(6))]

trees = st.recursive(
    st.sampled_from(LETTERS),
    lambda inner: st.tuples(
        st.sampled_from(("and", "or")), st.lists(inner, min_size=2, max_size=3)
    ),
    max_leaves=8,
)


def written(tree):
    if isinstance(tree, str):
        return tree
    word, parts = tree
    return "(" + f" {word} ".join(map(written, parts)) + ")"


def holds(tree, case):
    if isinstance(tree, str):
        return tree in case
    word, parts = tree
    return (all if word == "and" else any)(holds(part, case) for part in parts)


@given(trees)
def test_an_algorithm_says_what_its_tree_says_in_every_case(tree):
    algorithm = parse_algorithm(written(tree))

    assert algorithm is not None
    for case in CASES:
        assert algorithm.is_met(dict.fromkeys(case, 0)) == holds(tree, case)


@pytest.mark.parametrize(
    ("text", "met", "unmet"),
    [
        ("A or (B and C)", ["A", "BC", "ABC"], ["", "B", "C"]),
        ("A OR B AND C", ["A", "BC"], ["B", "C"]),  # "and" binds more closely
        ("a or [b and (c or d)]", ["A", "BD"], ["B", "CD"]),
        ("Ａ or （B and C）", ["BC"], ["C"]),  # full width
        ("A", ["A"], ["B"]),
    ],
)
def test_algorithms_are_read_as_people_read_them(text, met, unmet):
    algorithm = parse_algorithm(text)

    assert algorithm is not None
    for case in met:
        assert algorithm.is_met(dict.fromkeys(case, 0)), case
    for case in unmet:
        assert not algorithm.is_met(dict.fromkeys(case, 0)), case


@pytest.mark.parametrize(
    "text",
    [
        "A or sum of weights > 6", "A or (the sum of the weights is greater than 6)",
        "A or sum of category weights >= 7", "A or the sum of weights of broad terms ≥ 7",
    ],
)  # fmt: skip
def test_a_sum_adds_the_weight_of_each_category_once(text):
    algorithm = parse_algorithm(text)

    assert algorithm is not None
    assert algorithm.is_met({"A": 0})
    assert algorithm.is_met({"B": 3, "C": 4})
    assert not algorithm.is_met({"B": 3, "C": 3})
    assert not algorithm.is_met({})


@pytest.mark.parametrize(
    "text",
    [
        "", "N ot", "A or", "or A", "(A", "A)", "A B", "two of A, B, C", "A or not B", "A and (B or",
        "sum of weights", "sum of weights of B and C > 6", "A xor B", "AorB", "()", "A or (B and C",
        "(" * 5000 + "A" + ")" * 5000,
    ],
)  # fmt: skip
def test_what_is_not_understood_gives_no_answer(text):
    assert parse_algorithm(text) is None
