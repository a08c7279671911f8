"""A calibrated probability moves with every opinion and stays a probability."""

from dataclasses import replace

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from m2m_desktop.core.calibration import Calibration, Nearness, WithEncoder

SHARES = st.floats(0, 1)
ENCODER = "e" * 64
PLAIN = Calibration(bias=-8.0, margin=0.4, share=9.0)
NEAR = WithEncoder(ENCODER, bias=-4.0, margin=0.1, share=2.0, near=3.0, behind=-12.0, first=2.0)
BOTH = replace(PLAIN, with_encoder=NEAR)


def apply(probability, share, calibration=PLAIN, *, cosine=None, behind=0.0):
    nearness = None if cosine is None else Nearness(np.array([cosine]), np.array([behind]))
    return float(calibration.apply(np.array([probability]), np.array([share]), nearness)[0])


def test_without_a_share_and_with_margin_one_nothing_changes():
    plain = Calibration(bias=0.0, margin=1.0, share=0.0)

    assert abs(apply(0.3, 0.7, plain) - 0.3) < 1e-12


@given(SHARES, SHARES, SHARES)
def test_more_of_either_never_lowers_the_probability(low, high, other):
    low, high = sorted((low, high))

    for cosine in (None, 0.5):
        given = [apply(*pair, BOTH, cosine=cosine) for pair in ((low, other), (high, other))]
        assert 0 <= given[0] <= given[1] <= 1
        given = [apply(*pair, BOTH, cosine=cosine) for pair in ((other, low), (other, high))]
        assert 0 <= given[0] <= given[1] <= 1


@given(SHARES, SHARES, SHARES)
def test_the_nearer_the_likelier_and_the_nearest_is_ahead_of_all_others(low, high, other):
    low, high = sorted((low, high))

    assert apply(0.3, other, BOTH, cosine=low) <= apply(0.3, other, BOTH, cosine=high)
    behind = [apply(0.3, other, BOTH, cosine=0.8, behind=gap) for gap in (1e-6 + high, low + 1e-6)]
    assert behind == sorted(behind)
    assert behind[-1] < apply(0.3, other, BOTH, cosine=0.8, behind=0.0)


def test_the_figures_beside_an_encoder_are_those_of_a_logistic_regression():
    odds = -4.0 + 0.1 * np.log(0.3 / 0.7) + 2.0 * 0.6 + 3.0 * 0.8 - 12.0 * 0.05
    assert abs(apply(0.3, 0.6, BOTH, cosine=0.8, behind=0.05) - 1 / (1 + np.exp(-odds))) < 1e-12
    first = odds + 12.0 * 0.05 + 2.0
    assert abs(apply(0.3, 0.6, BOTH, cosine=0.8) - 1 / (1 + np.exp(-first))) < 1e-12


def test_a_candidate_without_a_cosine_is_judged_as_if_there_were_no_encoder():
    assert apply(0.3, 0.6, BOTH) == apply(0.3, 0.6, BOTH, cosine=np.nan) == apply(0.3, 0.6, PLAIN)
    assert apply(0.3, 0.6, PLAIN, cosine=0.9) == apply(0.3, 0.6, PLAIN)


def test_the_cosines_of_another_encoder_do_not_count():
    assert BOTH.for_encoder(ENCODER) == BOTH
    assert BOTH.for_encoder("f" * 64) == BOTH.for_encoder("") == PLAIN
    assert PLAIN.for_encoder(ENCODER) == PLAIN
