"""How the inputs of a dense layer become 8 bits: by one range known beforehand, or row by row.

A fixed range costs one pass at run time, a range for every row eight, a third of the whole run on
a fast processor. Neither lets a text's answer depend on the texts beside it. What a fixed range
loses can be estimated from what the layer was fed with; where that is too much, because single
columns or rows shoot far out, rows get their own.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from m2m_desktop.services.conversion import int8_weights
from m2m_desktop.services.conversion.statistics import InputStatistics

LEVELS = 255

TINY = 1e-6
"""The smallest range there is, of a row or of all; also where there are but zeros."""

ACCEPTED_NOISE = 4e-4
"""Share of noise in a layer's output that is never worth more work: as much as its weights make."""

TIMES_ROWS = 1.5
"""A fixed range may make so many times the noise that a range for each row makes."""

STEADY = 20.0
"""Largest square of a column against its mean square, mean of the columns. It is 9 to 13 behind a
norm, 22 to 60 behind a GELU, where a few texts do not show how far a column can go."""

NARROWEST = 1e-3  # the smallest range of a column, as a share of the widest

Array = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class FixedRange:
    """Whole numbers 0 to 255 for a layer's inputs: x · factors ≈ step · (number - zero).

    ``factors`` (in) bring columns of different width to a common one; the weights are divided by
    them. None where that is not needed.
    """

    step: float
    zero: int
    factors: Array | None = None


@np.errstate(over="ignore", invalid="ignore")  # it shows in the answers, which are looked at
def choose_range(weights: Sequence[Array], statistics: InputStatistics) -> FixedRange | None:
    """Choose for weights (out, in) that share an input; None: each row by its own range."""
    sampled = np.concatenate(
        [weight[:: int8_weights.EVERY] for weight in weights], dtype=np.float32
    )
    signal = np.maximum(np.square(sampled) @ statistics.square, np.finfo(np.float32).tiny)
    by_weights, unit = _weight_noise(sampled, statistics), _step_noise(sampled, signal)
    by_rows = unit * statistics.row_square / LEVELS**2 + by_weights
    limit = max(ACCEPTED_NOISE, TIMES_ROWS * by_rows)
    plain = _covering(statistics)
    if unit * plain.step**2 + by_weights <= limit:
        return plain
    if not _is_steady(statistics):
        return None
    factors = _balancing(sampled, statistics)
    balanced = _covering(statistics.times(factors), factors)
    noise = _step_noise(sampled / factors, signal) * balanced.step**2
    noise += _weight_noise(sampled, statistics, factors)
    return balanced if noise <= limit else None


def _covering(statistics: InputStatistics, factors: Array | None = None) -> FixedRange:
    """Give the range that holds all that was seen, and zero, which has a number of its own."""
    low = min(float(statistics.low.min()), 0.0)
    high = max(float(statistics.high.max()), 0.0)
    step = max(high - low, TINY) / LEVELS
    return FixedRange(step, min(LEVELS, round(-low / step)), factors)


def _is_steady(statistics: InputStatistics) -> bool:
    """Whether the largest values seen tell how far columns go."""
    largest = np.maximum(np.abs(statistics.low), np.abs(statistics.high))
    return bool((np.square(largest) / statistics.square).mean() <= STEADY)


def _balancing(weight: Array, statistics: InputStatistics) -> Array:
    """Give factors, 1 at most, that share the width of columns between inputs and weights.

    The square root of the largest weight over the range of the input: Xiao et al., "SmoothQuant",
    2023, with its strength of one half.
    """
    ranges = np.maximum(statistics.high, 0) - np.minimum(statistics.low, 0)
    largest = np.abs(weight).max(axis=0)
    wide, high = (_not_too_small(one) for one in (ranges, largest))
    factors = np.sqrt(high / wide)
    balanced: Array = (factors / factors.max()).astype(np.float32)
    return balanced


def _not_too_small(values: Array) -> Array:
    tiny = np.finfo(np.float32).tiny
    bounded: Array = np.maximum(values, max(NARROWEST * float(values.max()), float(tiny)))
    return bounded


def _step_noise(weight: Array, signal: Array) -> float:
    """Give the share of noise in the output of inputs in steps of 1.

    A number is off by a twelfth on average, squared; with the step it grows by its square.
    """
    return float((np.square(weight).sum(axis=1) / signal).mean()) / 12


def _weight_noise(
    weight: Array, statistics: InputStatistics, factors: Array | None = None
) -> float:
    """Give the share of noise that the rounding of the weights makes."""
    noise = int8_weights.noise_share(weight, statistics, factors)
    # a second term takes away what one alone would lose
    return noise if noise <= int8_weights.NOISE_LIMIT else 0.0
