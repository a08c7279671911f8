"""Figures that are sums over cases, and how sure they are when the cases are drawn again.

Nearly every measure of the field is a sum over cases (mentions, documents) divided by another: a
mean is one over the number of cases, micro precision is right terms over chosen terms, and F1 is
twice the right ones over chosen and wanted ones together. Kept in this form, every figure can be
computed for any resample of the cases by two multiplications of matrices.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from m2m_desktop.core.intervals import wilson

RESAMPLES = 1000
SEED = 20261121
_CHUNK_NUMBERS = 4_000_000
"""Weights drawn together, at most: 32 MB."""

Interval = tuple[float, float]
Numbers = NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class Tally:
    """What each case adds: the figure of a column is sum(hits) / sum(counts), 0 where none count.

    ``hits`` and ``counts`` are (cases, figures).
    """

    names: tuple[str, ...]
    hits: Numbers
    counts: Numbers

    @property
    def case_count(self) -> int:
        """The number of cases."""
        return len(self.hits)

    def values(self) -> dict[str, float]:
        """Give the figures over all cases, in the order of the names."""
        hits, counts = self.hits.sum(axis=0), self.counts.sum(axis=0)
        shares = np.divide(hits, counts, out=np.zeros_like(hits), where=counts > 0)
        return dict(zip(self.names, shares.tolist(), strict=True))


def tally(
    columns: Mapping[str, tuple[Sequence[float] | Numbers, Sequence[float] | Numbers]],
) -> Tally:
    """Make a tally of columns of hits and counts, one number for each case in both."""
    hits = [np.asarray(one, np.float64) for one, _ in columns.values()]
    counts = [np.asarray(other, np.float64) for _, other in columns.values()]
    empty = np.zeros((0, 0))
    return Tally(
        tuple(columns),
        np.stack(hits, axis=1) if hits else empty,
        np.stack(counts, axis=1) if counts else empty,
    )


def precision_recall_f1(
    right: Numbers, chosen: Numbers, wanted: Numbers, *, prefix: str = ""
) -> dict[str, tuple[Numbers, Numbers]]:
    """Give the columns of micro precision, recall and F1 from the counts of each case."""
    return {
        f"{prefix}precision": (right, chosen),
        f"{prefix}recall": (right, wanted),
        f"{prefix}f1": (2 * right, chosen + wanted),
    }


def intervals(cases: Tally, *, resamples: int = RESAMPLES, seed: int = SEED) -> dict[str, Interval]:
    """Give the bounds between which each figure lies with 95 % confidence (percentile bootstrap).

    Cases are drawn whole, with replacement; the same seed gives the same bounds. Where drawing again
    changes nothing (all right, or all wrong), Wilson's interval over the cases says more.
    """
    names, size = cases.names, cases.case_count
    if not size:
        return dict.fromkeys(names, (0.0, 1.0))
    drawn = np.concatenate(
        [_resampled(cases, weights) for weights in case_weights(size, resamples, seed)]
    )
    low, high = np.percentile(drawn, (2.5, 97.5), axis=0)
    values = cases.values()
    counted = (cases.counts > 0).sum(axis=0)
    return {
        name: _bounds(values[name], float(low[place]), float(high[place]), int(counted[place]))
        for place, name in enumerate(names)
    }


def case_weights(size: int, resamples: int, seed: int) -> Iterator[Numbers]:
    """Draw how often each case comes into each resample, in blocks of (resamples, cases)."""
    random = np.random.default_rng(seed)
    block = max(1, _CHUNK_NUMBERS // max(size, 1))
    even = np.full(size, 1 / size)
    for begin in range(0, resamples, block):
        yield random.multinomial(size, even, size=min(block, resamples - begin)).astype(np.float64)


def _resampled(cases: Tally, weights: Numbers) -> Numbers:
    hits, counts = weights @ cases.hits, weights @ cases.counts
    shares: Numbers = np.divide(hits, counts, out=np.zeros_like(hits), where=counts > 0)
    return shares


def _bounds(value: float, low: float, high: float, cases: int) -> Interval:
    if low == high:
        share = wilson(round(value * cases), cases)
        return min(share.low, value), max(share.high, value)
    return min(low, value), max(high, value)
