"""The figures that compare a quantised model with its checkpoint, on answers made up for it."""

import numpy as np
import pytest

from m2m_desktop.services.conversion.parity import (
    compare_encoders,
    compare_rerankers,
    compare_taggers,
    spearman,
)


def logits(*probabilities, match=1):
    """Give logits (pairs, 2) of these probabilities of a match."""
    values = np.array(probabilities, dtype=np.float64)
    margins = np.log(values / (1 - values))
    columns = [np.zeros_like(margins), margins]
    return np.stack(columns if match else columns[::-1], axis=1)


def test_equal_rerankers_agree_in_everything():
    same = logits(0.9, 0.2, 0.5, 0.1)
    assert compare_rerankers(same, same, match=1, group_sizes=[2, 2]) == {
        "pairs": 4,
        "mentions": 2,
        "max_logit_change": 0,
        "max_change": 0,
        "mean_change": 0,
        "rank_agreement": 1,
        "top1_changes": 0,
        "selected_changes": 0,
    }


@pytest.mark.parametrize("match", [0, 1])
def test_the_figures_of_rerankers_are_what_they_say(match):
    """Three mentions: one changes its first, one its set at 0.3, one nothing but a little."""
    before = logits(0.9, 0.8, 0.1, 0.6, 0.31, 0.7, 0.2, match=match)
    after = logits(0.7, 0.8, 0.1, 0.6, 0.29, 0.71, 0.21, match=match)
    found = compare_rerankers(before, after, match=match, group_sizes=[3, 2, 2])
    assert found["pairs"], found["mentions"] == (7, 3)
    assert found["max_change"] == pytest.approx(0.2)
    assert found["mean_change"] == pytest.approx((0.2 + 0.02 + 0.01 + 0.01) / 7, abs=1e-6)
    assert found["max_logit_change"] == pytest.approx(np.log(9) - np.log(7 / 3), abs=1e-6)
    assert found["top1_changes"] == pytest.approx(1 / 3, abs=1e-6)
    assert found["selected_changes"] == pytest.approx(1 / 3, abs=1e-6)
    assert found["rank_agreement"] == pytest.approx((0.5 + 1 + 1) / 3, abs=1e-6)


def test_a_mention_counts_once_however_many_of_its_candidates_cross_the_threshold():
    before = logits(0.9, 0.31, 0.32, 0.33, 0.5, 0.6)
    after = logits(0.9, 0.29, 0.28, 0.27, 0.5, 0.6)
    assert compare_rerankers(before, after, match=1, group_sizes=[4, 2])["selected_changes"] == 0.5


def test_encoders_are_compared_by_direction():
    before = np.array([[1.0, 0, 0], [0.9, 0.1, 0], [0, 1, 0], [0, 0.9, 0.3]])
    assert compare_encoders(before, before * 7) == {
        "texts": 4,
        "min_cosine": 1,
        "mean_cosine": 1,
        "top1_changes": 0,
    }
    after = before.copy()
    after[0] = [0, 0, 5]  # at right angles to what it was, and nearer to the last than to its own
    found = compare_encoders(before, after)
    assert found["min_cosine"] == pytest.approx(0)
    assert found["mean_cosine"] == pytest.approx(0.75)
    assert found["top1_changes"] == 0.5  # its own, and that of the second, whose nearest it was


def test_a_vector_of_zeros_is_no_division_by_zero():
    found = compare_encoders(np.zeros((3, 2)), np.ones((3, 2)))
    assert found["min_cosine"] == 0


def test_taggers_are_compared_token_by_token():
    before = [np.array([[0.7, 0.3], [0.4, 0.6]]), np.array([[0.9, 0.1]]), np.empty((0, 2))]
    after = [np.array([[0.6, 0.4], [0.55, 0.45]]), np.array([[0.9, 0.1]]), np.empty((0, 2))]
    found = compare_taggers(before, after)
    assert found == {
        "tokens": 3,
        "max_change": pytest.approx(0.15),
        "mean_change": pytest.approx((0.1 * 2 + 0.15 * 2) / 6, abs=1e-6),
        "label_changes": pytest.approx(1 / 3, abs=1e-6),
    }


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        ([1, 2, 3], [10, 20, 30], 1),
        ([1, 2, 3], [3, 2, 1], -1),
        ([1, 2, 3, 4], [1, 2, 4, 3], 0.8),
        ([1, 1, 2], [1, 2, 3], 0.866025),
        ([5, 5, 5], [1, 2, 3], 1),
        ([1], [2], 1),
    ],
)
def test_spearman_of_known_orders(one, other, expected):
    given = spearman(np.array(one, dtype=float), np.array(other, dtype=float))
    assert given == pytest.approx(expected, abs=1e-6)
