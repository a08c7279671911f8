"""The cascade: where it stops, what its table says, and what the audits find."""

from itertools import pairwise
from math import comb

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from m2m_desktop.core.cascade import (
    CELLS,
    DEPTHS,
    FIRST_PAIRS,
    LEVELS,
    NO_COUNTS,
    PRIOR_PHRASES,
    PROSPECTS,
    STEP,
    Cascade,
    Descent,
    StopCounts,
    count_phrase,
    error_bound,
    order_by_estimate,
    prospect,
    stop_table,
)
from m2m_desktop.core.ranking_model import Scored

THRESHOLD = 0.3


def phrases(count, *, seed=1, noise=2.0):
    """Invented phrases: estimates in cascade order, and what a big model says of the same."""
    rng = np.random.default_rng(seed)
    for _ in range(count):
        odds = np.sort(rng.normal(-6, 2.5, 100))[::-1]
        big = odds + rng.normal(0, noise, 100)
        yield 1 / (1 + np.exp(-odds)), 1 / (1 + np.exp(-big))


def learnt(count=600, **options):
    total = NO_COUNTS
    for estimates, probabilities in phrases(count, **options):
        total = total + count_phrase(estimates, probabilities)
    return total


COUNTS = learnt()


def descend(estimates, probabilities, counts=COUNTS, *, shipped=NO_COUNTS, **options):
    """Let a cascade go down a phrase; give the descent and the spans that were scored."""
    spans = []

    def score(start, stop):
        spans.append((start, stop))
        return Scored(probabilities[start:stop], probabilities[start:stop], stop - start)

    table = stop_table(THRESHOLD, counts, shipped)
    descent = Descent(estimates, score)
    Cascade(None, table, THRESHOLD, **options).descend(descent)
    return descent, spans


def agreement(counts=COUNTS, *, count=250, **options):
    """The share of other phrases whose answer is that of scoring everything; pairs a phrase."""
    same, pairs = [], []
    for estimates, probabilities in phrases(count, seed=2):
        descent, _ = descend(estimates, probabilities, counts, **options)
        pairs.append(descent.depth)
        same.append(not (probabilities[descent.depth :] >= THRESHOLD).any())
    return np.mean(same), np.mean(pairs)


# -- going down ------------------------------------------------------------------------------------


def test_on_phrases_like_those_counted_the_answers_are_nearly_always_those_of_scoring_everything():
    agreed, pairs = agreement(tolerance=0.01)
    assert agreed >= 0.99
    assert pairs < 75


def test_raising_the_tolerance_never_scores_more_pairs():
    for estimates, probabilities in phrases(30, seed=3):
        depths = [
            descend(estimates, probabilities, tolerance=tolerance)[0].depth
            for tolerance in (0.0, 0.002, 0.005, 0.01, 0.05, 0.3, 1.0)
        ]
        assert depths[0] == 100
        assert depths[-1] == FIRST_PAIRS
        assert all(later <= earlier for earlier, later in pairwise(depths))


def test_it_goes_down_step_by_step_and_scores_nothing_twice():
    estimates, probabilities = next(iter(phrases(1)))
    descent, spans = descend(estimates, probabilities, tolerance=0.0)
    assert spans == [(0, 10), *((start, start + STEP) for start in range(10, 100, STEP))]
    assert np.array_equal(descent.found, probabilities)
    assert (descent.computed, descent.kept) == (100, 0)


def test_a_candidate_that_belongs_to_the_answer_is_found_where_estimates_are_not_to_be_trusted():
    estimates = np.linspace(0.02, 0.001, 100)
    probabilities = np.full(100, 0.01)
    probabilities[40] = 0.9
    wary = sum((count_phrase(estimates, probabilities) for _ in range(5)), learnt(300))
    assert descend(estimates, probabilities, wary)[0].depth > 40
    trusting = StopCounts(wary.cells.copy(), wary.phrases)
    trusting.cells[:, :, 0] += 10_000  # as if nothing was ever found further down
    assert descend(estimates, probabilities, trusting)[0].depth == FIRST_PAIRS


def test_without_records_everything_is_scored():
    estimates, probabilities = next(iter(phrases(1)))
    assert descend(estimates, probabilities, NO_COUNTS)[0].depth == 100


@pytest.mark.parametrize("count", [0, 1, 9, 10, 11, 14])
def test_short_lists_are_scored_to_their_end(count):
    estimates = np.full(count, 0.5)
    descent, _ = descend(estimates, np.full(count, 0.2), NO_COUNTS)
    assert descent.is_at_end


def test_a_list_longer_than_the_table_counts_as_its_greatest_depth():
    table = stop_table(THRESHOLD, COUNTS)
    assert table.risk(700, -9.0) == table.risk(DEPTHS[-1], -9.0)
    assert table.risk(FIRST_PAIRS - 1, -9.0) == 1.0


def test_names_come_first_and_equal_estimates_stay_as_proposed():
    estimates = np.array([0.1, 0.5, 0.5, 0.01, 0.7])
    named = np.array([False, False, False, True, False])
    assert order_by_estimate(estimates, named).tolist() == [3, 4, 1, 2, 0]


def test_the_prospect_rests_on_what_is_known_before_anything_further_is_scored():
    estimates, probabilities = next(iter(phrases(1)))
    other = probabilities.copy()
    other[20:] = 0.99
    assert prospect(estimates, probabilities, 20) == prospect(estimates, other, 20)
    other[5:20:2] = 0.99  # more surprises
    assert prospect(estimates, probabilities, 20) < prospect(estimates, other, 20)


# -- the table -------------------------------------------------------------------------------------


@given(
    st.lists(
        st.tuples(
            st.integers(0, CELLS[0] - 1), st.integers(0, CELLS[1] - 1), st.integers(0, CELLS[2] - 1)
        ),
        max_size=60,
    ),
    st.floats(0, 1),
)
def test_a_bound_grows_with_the_prospect_and_never_with_depth_and_is_never_nothing(
    cells, threshold
):
    counts = np.zeros(CELLS, np.int64)
    for cell in cells:
        counts[cell] += 7
    bounds = stop_table(threshold, StopCounts(counts, 99)).bounds
    assert (np.diff(bounds, axis=1) >= 0).all()
    assert (np.diff(bounds, axis=0) <= 0).all()
    assert bounds.min() > 0
    assert bounds.max() <= 1


def test_the_fewer_records_the_deeper_it_goes():
    depths = [agreement(learnt(count), count=30)[1] for count in (0, 100, 200, 600)]
    assert depths[:2] == [100, 100]
    assert depths[1] > depths[2] > depths[3]


def test_a_higher_threshold_lowers_the_bound():
    assert (stop_table(0.9, COUNTS).bounds <= stop_table(0.3, COUNTS).bounds).all()
    assert stop_table(0.9, COUNTS).bounds.sum() < stop_table(0.3, COUNTS).bounds.sum()
    assert stop_table(0.0, COUNTS).bounds.min() == 1.0  # whatever is left would be selected


def test_a_threshold_between_two_levels_counts_as_the_one_below():
    assert np.array_equal(stop_table(0.33, COUNTS).bounds, stop_table(0.3, COUNTS).bounds)
    assert np.array_equal(stop_table(1.0, COUNTS).bounds, stop_table(LEVELS[-1], COUNTS).bounds)


def test_a_bound_is_what_its_counts_say():
    cells = np.zeros(CELLS, np.int64)
    cells[0, 5] = np.eye(1, len(LEVELS), 0) * 90  # nothing beyond
    cells[0, 5, -1] = 9  # a sure one beyond
    risk = stop_table(THRESHOLD, StopCounts(cells, 99)).risk
    inside = (PROSPECTS[4] + PROSPECTS[5]) / 2
    assert risk(FIRST_PAIRS, inside) == pytest.approx(10 / 100)
    assert risk(FIRST_PAIRS, inside - 1) == pytest.approx(10 / 100)  # no worse than a better one
    assert risk(FIRST_PAIRS, inside + 1) == 1.0  # nothing is known


def test_every_phrase_counts_once_at_each_depth_it_has():
    assert COUNTS.phrases == 600
    assert (COUNTS.cells.sum(axis=(1, 2)) == 600).all()
    estimates, probabilities = np.full(23, 0.1), np.full(23, 0.2)
    counted = count_phrase(estimates, probabilities).cells.sum(axis=(1, 2))
    assert counted.tolist() == [1, 1, 1, *[0] * (len(DEPTHS) - 3)]


def test_what_ships_stands_in_alone_and_fades_as_ones_own_phrases_come_in():
    alone = stop_table(THRESHOLD, NO_COUNTS, COUNTS).bounds
    assert np.array_equal(alone, stop_table(THRESHOLD, COUNTS).bounds)
    own = StopCounts(learnt(20, seed=9).cells * PRIOR_PHRASES // 20, PRIOR_PHRASES)
    half = StopCounts(COUNTS.cells / 2, COUNTS.phrases)
    beside = stop_table(THRESHOLD, own, COUNTS).bounds
    assert np.allclose(beside, stop_table(THRESHOLD, own + half).bounds)


def test_misses_of_ones_own_make_it_look_deeper_at_once():
    own = NO_COUNTS
    for estimates, probabilities in phrases(20, seed=9):
        probabilities[-1] = 0.9  # where nobody would look for it
        own = own + count_phrase(estimates, probabilities)
    _, before = agreement(NO_COUNTS, shipped=COUNTS, count=30)
    _, after = agreement(own, shipped=COUNTS, count=30)
    assert after > before + 10


# -- audits ----------------------------------------------------------------------------------------


class Notes:
    """Wants every phrase, and remembers."""

    def __init__(self):
        self.noted = []

    def wants(self, _phrase):
        return True

    def note(self, counts, *, is_changed):
        self.noted.append((counts, is_changed))


@pytest.mark.parametrize("place", [5, 60])
def test_an_audit_tells_whether_the_answer_would_have_been_another(place):
    estimates, probabilities = np.linspace(0.02, 0.0001, 100), np.full(100, 0.001)
    probabilities[place] = 0.9
    notes = Notes()
    cascade = Cascade(None, stop_table(THRESHOLD, COUNTS), THRESHOLD, tolerance=1.0, auditor=notes)
    descent = Descent(estimates, lambda a, b: Scored(probabilities[a:b], probabilities[a:b], b - a))
    cascade.descend(descent)
    cascade.audit("头痛", descent)
    ((counts, is_changed),) = notes.noted
    assert is_changed is (place >= FIRST_PAIRS)
    assert descent.is_at_end
    assert np.array_equal(counts.cells, count_phrase(estimates, probabilities).cells)


def test_a_phrase_whose_scores_were_all_kept_is_not_counted_again():
    estimates, probabilities = next(iter(phrases(1)))
    notes = Notes()
    cascade = Cascade(None, stop_table(THRESHOLD, COUNTS), THRESHOLD, auditor=notes)
    descent = Descent(
        estimates, lambda a, b: Scored(probabilities[a:b], probabilities[a:b], 0, b - a)
    )
    cascade.descend(descent)
    cascade.audit("头痛", descent)
    assert (notes.noted, descent.is_at_end) == ([], True)


@pytest.mark.parametrize(("changed", "audited"), [(0, 1), (0, 300), (1, 20), (3, 1000), (40, 50)])
def test_the_error_bound_is_the_exact_one(changed, audited):
    bound = error_bound(changed, audited)
    below = sum(
        comb(audited, k) * bound**k * (1 - bound) ** (audited - k) for k in range(changed + 1)
    )
    assert below == pytest.approx(0.05, abs=1e-6)
    assert bound > changed / audited
    assert error_bound(audited, audited) == 1.0
