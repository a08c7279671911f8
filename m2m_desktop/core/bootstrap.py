"""How sure a share is whose cases belong together: the terms of one phrase stand or fall together."""

import numpy as np
from numpy.typing import NDArray

from m2m_desktop.core.intervals import Share, wilson

RESAMPLES = 2000
SEED = 20261121
_CHUNK = 100
"""Resamples drawn together: 100 times 20,000 phrases are 16 MB."""


def bootstrap_ratio(
    hits: NDArray[np.int64], counts: NDArray[np.int64], *, seed: int = SEED
) -> Share:
    """Give sum(hits) / sum(counts) over phrases, with the percentile interval of resampled phrases.

    Phrases are drawn, not terms: the terms of one phrase stand and fall together. Where resampling
    changes nothing (all right, or all wrong), Wilson's interval of the terms says more. The same
    figures always give the same interval.
    """
    total = int(counts.sum())
    if total == 0:
        return wilson(0, 0)
    value = float(hits.sum() / total)
    random = np.random.default_rng(seed)
    size, ratios = len(counts), list[float]()
    for _ in range(0, RESAMPLES, _CHUNK):
        drawn = random.multinomial(size, np.full(size, 1 / size), size=_CHUNK)
        right, asked = drawn @ hits, drawn @ counts
        ratios.extend((right[asked > 0] / asked[asked > 0]).tolist())
    low, high = (float(bound) for bound in np.percentile(ratios, [2.5, 97.5]))
    if low == high:
        return wilson(int(hits.sum()), total)
    return Share(value, min(low, value), max(high, value))
