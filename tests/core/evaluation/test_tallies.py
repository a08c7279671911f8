"""Figures as sums over cases, and their intervals."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from m2m_desktop.core.evaluation.tallies import case_weights, intervals, precision_recall_f1, tally

COUNTS = st.lists(st.tuples(st.integers(0, 4), st.integers(0, 4)), max_size=12)


def test_a_figure_is_all_hits_over_all_counts():
    found = tally({"share": ([1, 0, 2], [1, 1, 4]), "nothing": ([0, 0, 0], [0, 0, 0])})

    assert found.values() == {"share": 0.5, "nothing": 0.0}
    assert found.case_count == 3


@given(COUNTS)
def test_f1_is_the_harmonic_mean_of_precision_and_recall(cases):
    right = np.array([min(pair) for pair in cases], float)
    chosen, wanted = (np.array([pair[side] for pair in cases], float) for side in (0, 1))
    values = tally(precision_recall_f1(right, chosen, wanted)).values()
    precision, recall = values["precision"], values["recall"]

    harmonic = 2 * precision * recall / (precision + recall) if precision + recall else 0
    assert values["f1"] == pytest.approx(harmonic, abs=1e-12)


def test_an_interval_is_that_of_cases_drawn_again():
    hits = np.array([1.0, 0.0] * 50)
    low, high = intervals(tally({"share": (hits, np.ones(100))}))["share"]

    # the binomial spread of 100 cases is 0.05
    assert low == pytest.approx(0.4, abs=0.02)
    assert high == pytest.approx(0.6, abs=0.02)


def test_what_belongs_to_one_case_is_drawn_together():
    """Ten terms in each of ten mentions say no more than ten mentions do."""
    whole = np.array([10.0, 0.0] * 5)
    few = intervals(tally({"share": (whole, np.full(10, 10.0))}))["share"]
    many = intervals(tally({"share": (np.array([1.0, 0.0] * 50), np.ones(100))}))["share"]

    assert few[1] - few[0] > 2 * (many[1] - many[0])


def test_the_same_seed_gives_the_same_bounds_and_another_one_others():
    figures = tally({"share": (np.arange(20) ** 0.5, np.full(20, 5.0))})

    assert intervals(figures, seed=7) == intervals(figures, seed=7)
    assert intervals(figures, seed=7) != intervals(figures, seed=8)


@given(COUNTS, st.integers(1, 30))
def test_an_interval_holds_its_figure_and_stays_within_0_and_1(cases, resamples):
    hits = [min(pair) for pair in cases]
    figures = tally({"share": (hits, [pair[1] for pair in cases])})
    low, high = intervals(figures, resamples=resamples)["share"]

    assert 0 <= low <= figures.values()["share"] <= high <= 1


def test_where_all_are_right_the_interval_still_tells_how_few_they_were():
    low, high = intervals(tally({"share": ([1, 1, 1], [1, 1, 1])}))["share"]

    assert high == 1
    assert low < 0.5


def test_nothing_to_draw_from_says_nothing():
    assert intervals(tally({"share": ([], [])}))["share"] == (0, 1)


def test_weights_come_in_blocks_that_add_up():
    blocks = list(case_weights(1_000_000, 9, seed=1))

    assert [len(block) for block in blocks] == [4, 4, 1]
    assert all((block.sum(axis=1) == 1_000_000).all() for block in blocks)
