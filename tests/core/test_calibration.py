"""A calibrated probability moves with both opinions and stays a probability."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from m2m_desktop.core.calibration import Calibration

SHARES = st.floats(0, 1)
CALIBRATION = Calibration(bias=-8.0, margin=0.4, share=9.0)


def apply(probability: float, share: float, calibration: Calibration = CALIBRATION) -> float:
    return float(calibration.apply(np.array([probability]), np.array([share]))[0])


def test_without_a_share_and_with_margin_one_nothing_changes() -> None:
    plain = Calibration(bias=0.0, margin=1.0, share=0.0)

    assert abs(apply(0.3, 0.7, plain) - 0.3) < 1e-12


@given(SHARES, SHARES, SHARES)
def test_more_of_either_never_lowers_the_probability(low: float, high: float, other: float) -> None:
    low, high = sorted((low, high))

    assert 0 <= apply(low, other) <= apply(high, other) <= 1
    assert 0 <= apply(other, low) <= apply(other, high) <= 1
