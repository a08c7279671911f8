"""Weights in 7 bits per output, tables of embeddings in 8 bits per row.

Weights stay within ±64. Processors without VNNI add products of two neighbours in 16 bits, and
255 · 64 · 2 just fits: so every processor gives the same sums (`test_int8.py`), and with them the
same answers.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from m2m_desktop.services.conversion.statistics import InputStatistics

WEIGHT_LIMIT = 64
"""Largest weight: 7 bits and the sign."""

TABLE_LIMIT = 127

NOISE_LIMIT = 1e-3
"""Share of noise in a layer's output from which on its weights are written in two terms.

Weights without outliers stay at 2e-4 to 4e-4. Where single weights stand far above the rest, the
common step is too coarse for the rest: in attention layers that compare tokens, above all.
"""

EVERY = 4  # so many outputs stand for all where noise is estimated
ROWS_AT_ONCE = 64  # keeps the work within a processor's cache

Array = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Term:
    """``values`` (in, out) times ``scales`` (out): weights, or a part of them."""

    values: NDArray[np.int8]
    scales: Array


@dataclass(frozen=True, slots=True)
class QuantisedDense:
    """A dense layer in integers: the sum of its terms.

    ``sums`` (out) are the sums of the weights over the inputs; ``shift`` (out) is what the mean
    input loses by the rounding, to be added to the bias.
    """

    terms: tuple[Term, ...]
    sums: Array
    shift: Array


@np.errstate(over="ignore", invalid="ignore")  # it shows in the answers, which are looked at
def noise_share(weight: Array, statistics: InputStatistics, factors: Array | None = None) -> float:
    """Tell how much of the output of a weight (out, in) is noise if it is one term.

    Per output the mean square of what the rounding loses against that of the output, inputs taken
    as independent; the mean over the outputs. ``factors`` as in `quantise_dense`.
    """
    statistics = statistics if factors is None else statistics.times(factors)
    shares = []
    for start in range(0, len(weight), ROWS_AT_ONCE):
        part = _rows(weight, slice(start, start + ROWS_AT_ONCE), factors)
        signal = np.square(part) @ statistics.square
        step = _first_step(part)[:, None]
        part -= np.rint(part / step) * step
        noise = np.square(part, out=part) @ statistics.square
        shares.append(noise / np.maximum(signal, np.finfo(np.float32).tiny))
    return float(np.concatenate(shares).mean())


def terms_needed(weight: Array, statistics: InputStatistics, factors: Array | None = None) -> int:
    """Tell in how many terms a weight (out, in) is to be written."""
    return 2 if noise_share(weight[::EVERY], statistics, factors) > NOISE_LIMIT else 1


@np.errstate(over="ignore", invalid="ignore")
def quantise_dense(
    weight: Array,
    statistics: InputStatistics,
    terms: int = 1,
    factors: Array | None = None,
) -> QuantisedDense:
    """Quantise a weight (out, in), each output by its own largest weight.

    A further term takes up what the one before has lost, in steps 128 times as fine. What the
    rounding does to the mean input is known and so given back (bias correction: Nagel et al.,
    "Data-Free Quantization Through Weight Equalization and Bias Correction", 2019).

    Inputs that come multiplied by ``factors`` (in) have their weights divided by them; the
    statistics are those of the inputs as they were.
    """
    statistics = statistics if factors is None else statistics.times(factors)
    outputs, inputs = weight.shape
    tiny = np.finfo(np.float32).tiny
    values = np.empty((terms, inputs, outputs), dtype=np.int8)
    scales = np.empty((terms, outputs), dtype=np.float32)
    sums, shift = np.zeros(outputs, np.float32), np.empty(outputs, np.float32)
    for start in range(0, outputs, ROWS_AT_ONCE):
        rows = slice(start, start + ROWS_AT_ONCE)
        left = _rows(weight, rows, factors)
        step = _first_step(left)
        for term in range(terms):
            rounded = np.clip(np.rint(left / step[:, None]), -WEIGHT_LIMIT, WEIGHT_LIMIT)
            left -= rounded * step[:, None]
            values[term, :, rows], scales[term, rows] = rounded.T, step
            sums[rows] += rounded.sum(axis=1) * step
            step = np.maximum(step / np.float32(2 * WEIGHT_LIMIT), tiny)
        shift[rows] = left @ statistics.mean
    pairs = zip(values, scales, strict=True)
    return QuantisedDense(tuple(Term(*pair) for pair in pairs), sums, shift)


def _rows(weight: Array, rows: slice, factors: Array | None) -> Array:
    """Copy some rows, divided by the factors of the inputs."""
    part = np.array(weight[rows], dtype=np.float32)
    return part if factors is None else np.divide(part, factors, out=part)


def _first_step(weight: Array) -> Array:
    """Give the step of each row by its largest weight."""
    largest = np.maximum(np.abs(weight).max(axis=1), np.finfo(np.float32).tiny)
    step: Array = (largest / WEIGHT_LIMIT).astype(np.float32)
    return step


def quantise_table(table: Array) -> tuple[NDArray[np.int8], Array]:
    """Quantise a table of embeddings, each row by its own range: values, scales (rows, 1)."""
    largest = np.maximum(np.abs(table).max(axis=1, keepdims=True), np.finfo(np.float32).tiny)
    scales = (largest / TABLE_LIMIT).astype(np.float32)
    values = np.empty(table.shape, dtype=np.int8)
    for start in range(0, len(table), ROWS_AT_ONCE):
        rows = slice(start, start + ROWS_AT_ONCE)
        np.rint(table[rows] / scales[rows], out=values[rows], casting="unsafe")
    return values, scales
