"""Pairs of mention and candidate: by hand, and against the definition."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from m2m_desktop.core.evaluation.pairs import (
    ScoredPairs,
    confusion,
    pair_tally,
    roc_auc,
    roc_auc_interval,
)

PAIRS = ScoredPairs(
    mentions=np.array([0, 0, 0, 1, 1, 2]),
    labels=np.array([True, False, False, True, True, False]),
    probabilities=np.array([0.9, 0.6, 0.1, 0.4, 0.5, 0.2]),
)
SCORED = st.lists(st.tuples(st.booleans(), st.sampled_from([0.0, 0.25, 0.5, 0.75, 1.0])))


def test_a_pair_at_the_threshold_is_a_match():
    decided = PAIRS.decided(0.5)

    assert confusion(PAIRS.labels, decided) == {"pairs": 6, "tp": 2, "tn": 2, "fp": 1, "fn": 1}
    assert pair_tally(PAIRS, decided).values() == pytest.approx(
        {"accuracy": 4 / 6, "precision": 2 / 3, "recall": 2 / 3, "f1": 2 / 3}
    )


def test_the_cases_are_mentions():
    tally = pair_tally(PAIRS, PAIRS.decided(0.5))

    assert tally.case_count == 3
    assert tally.counts[:, tally.names.index("accuracy")].tolist() == [3, 2, 1]


def test_roc_auc_counts_a_tie_as_one_half():
    labels = np.array([True, True, False, False])

    assert roc_auc(labels, np.array([0.5, 0.9, 0.5, 0.1])) == pytest.approx(3.5 / 4)
    assert roc_auc(labels, np.full(4, 0.3)) == 0.5
    assert roc_auc(~labels, np.array([0.5, 0.9, 0.5, 0.1])) == pytest.approx(0.5 / 4)


@given(SCORED)
def test_roc_auc_is_how_often_a_match_wins(scored):
    labels = np.array([label for label, _ in scored], bool)
    scores = np.array([score for _, score in scored], float)
    wins = [
        (one > other) + (one == other) / 2 for one in scores[labels] for other in scores[~labels]
    ]
    found = roc_auc(labels, scores)

    assert found == (pytest.approx(sum(wins) / len(wins), abs=1e-12) if wins else None)


@given(SCORED, st.data())
def test_a_weight_counts_a_pair_so_often(scored, data):
    labels = np.array([label for label, _ in scored], bool)
    scores = np.array([score for _, score in scored], float)
    size = len(scored)
    times = data.draw(st.lists(st.integers(0, 3), min_size=size, max_size=size))
    repeated = np.repeat(np.arange(size), times)

    weighted = roc_auc(labels, scores, np.array(times, float))
    plain = roc_auc(labels[repeated], scores[repeated])
    assert weighted == (None if plain is None else pytest.approx(plain, abs=1e-12))


def test_the_interval_of_roc_auc_holds_it_and_is_reproducible():
    random = np.random.default_rng(3)
    labels = random.random(300) < 0.3
    pairs = ScoredPairs(np.arange(300) // 5, labels, random.random(300) + 0.3 * labels)
    value = roc_auc(pairs.labels, pairs.probabilities)
    low, high = roc_auc_interval(pairs, resamples=200, seed=1)

    assert low < value < high
    assert high - low < 0.25
    assert (low, high) == roc_auc_interval(pairs, resamples=200, seed=1)


def test_pairs_of_one_kind_have_no_roc_auc():
    pairs = ScoredPairs(np.array([0, 0]), np.array([True, True]), np.array([0.1, 0.9]))

    assert roc_auc(pairs.labels, pairs.probabilities) is None
    assert roc_auc_interval(pairs) is None


def test_no_pairs_give_nothing():
    none = ScoredPairs(np.array([], int), np.array([], bool), np.array([], float))

    assert set(pair_tally(none, none.decided(0.5)).values().values()) == {0.0}
