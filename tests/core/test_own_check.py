"""The check of one's own reviewed phrases: figures, intervals, reliability."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from m2m_desktop.core.bootstrap import bootstrap_ratio
from m2m_desktop.core.intervals import wilson
from m2m_desktop.core.own_check import FEW_PHRASES, THRESHOLDS, ReviewedPhrase, check_own


def phrase(gold, *, named="", **scores):
    return ReviewedPhrase(tuple(scores.items()), frozenset(gold), frozenset(named))


def at(check, threshold):
    (found,) = [one for one in check.figures if one.threshold == threshold]
    return found


def test_the_figures_are_those_of_a_hand_count():
    check = check_own(
        [
            phrase("a", a=0.9, b=0.45),
            phrase("ab", a=0.6, b=0.2),
            phrase("", c=0.15),
            phrase("d", a=0.35),
        ]
    )

    strict = at(check, 0.5)  # a | a | - | -
    assert strict.precision.value == 1.0
    assert strict.recall.value == pytest.approx(2 / 4)
    assert strict.exact_set_match.value == pytest.approx(2 / 4)
    loose = at(check, 0.1)  # ab | ab | c | a
    assert loose.precision.value == pytest.approx(3 / 6)
    assert loose.recall.value == pytest.approx(3 / 4)
    assert loose.exact_set_match.value == pytest.approx(1 / 4)
    assert loose.f1 == pytest.approx(2 * 3 / (6 + 4))
    assert [one.threshold for one in check.figures] == list(THRESHOLDS)


def test_a_named_pt_is_selected_at_any_threshold():
    check = check_own([phrase("a", named="a", b=0.01)])

    assert at(check, 0.5).recall.value == 1.0


def test_few_phrases_are_said_to_be_few_and_change_no_threshold():
    good = [phrase("a", a=0.45)] * (FEW_PHRASES - 1)
    few, enough = check_own(good), check_own([*good, phrase("a", a=0.45)])

    assert (few.is_too_few, enough.is_too_few) == (True, False)
    assert few.best_threshold(0.5) == 0.5
    assert enough.best_threshold(0.5) in (0.1, 0.2, 0.3, 0.4)
    assert enough.best_threshold(0.3) == 0.3  # others are as good: no reason to change


def test_the_bins_tell_what_was_said_and_what_was_right():
    phrases = [phrase("a" if n < 7 else "", a=0.75) for n in range(10)]
    phrases += [phrase("", b=1.0), phrase("", b=0.0)]

    bins = check_own(phrases).bins

    assert [one.count for one in bins] == [1, 0, 0, 0, 0, 0, 0, 10, 0, 1]
    assert bins[7].mean_probability == pytest.approx(0.75)
    assert bins[7].observed.value == pytest.approx(0.7)
    assert bins[7].observed.low < 0.7 < bins[7].observed.high
    expected = (10 * 0.05 + 1 * 1.0 + 0) / 12
    assert check_own(phrases).calibration_error == pytest.approx(expected)


def test_nothing_reviewed_is_no_error():
    check = check_own([])

    assert check.phrase_count == 0
    assert check.is_too_few
    assert (at(check, 0.3).precision.low, at(check, 0.3).precision.high) == (0.0, 1.0)
    assert check.calibration_error == 0.0


def test_wilson_gives_the_published_interval():
    # Newcombe 1998: 81 of 263 gives 0.2553 to 0.3662.
    found = wilson(81, 263)

    assert (found.low, found.high) == (
        pytest.approx(0.2553, abs=1e-4),
        pytest.approx(0.3662, abs=1e-4),
    )
    assert (wilson(0, 10).low, wilson(10, 10).high) == (0.0, 1.0)
    assert wilson(0, 10).high == pytest.approx(0.2775, abs=1e-3)


def test_the_bootstrap_holds_the_true_share_about_as_often_as_it_says():
    random, held = np.random.default_rng(1), 0
    for _ in range(60):
        counts = random.integers(1, 4, size=80)
        hits = random.binomial(counts, 0.7)
        found = bootstrap_ratio(hits, counts)
        held += found.low <= 0.7 <= found.high

    assert held >= 51


def test_the_same_phrases_always_give_the_same_intervals():
    phrases = [phrase("a" if n % 3 else "b", a=n / 60, b=0.4) for n in range(60)]

    assert check_own(phrases) == check_own(list(phrases))


SCORES = st.dictionaries(st.sampled_from("abcd"), st.floats(0, 1), max_size=4)


@given(st.lists(st.tuples(SCORES, st.sets(st.sampled_from("abcd"))), max_size=12))
def test_raising_the_threshold_never_raises_recall_and_bounds_hold(rows):
    phrases = [ReviewedPhrase(tuple(s.items()), frozenset(g)) for s, g in rows]
    check = check_own(phrases, thresholds=(0.1, 0.5))

    assert check.figures[0].recall.value >= check.figures[1].recall.value
    for figures in check.figures:
        for share in (figures.precision, figures.recall, figures.exact_set_match):
            assert 0 <= share.low <= share.value <= share.high <= 1
    assert sum(one.count for one in check.bins) == sum(len(s) for s, _ in rows)
