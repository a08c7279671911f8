"""The cascade: a small model's estimates decide how far down a big model must look.

The candidates are ordered by estimate. The big model scores the first `FIRST_PAIRS` and goes on,
`STEP` at a time, until it is unlikely that a candidate further down still belongs to the answer.

What "unlikely" means is counted, not modelled. Before anything beyond a depth is scored, two
things are known: the log-odds of the best estimate left, and by how much the big model's log-odds
exceeded the estimates so far, of which the mean and twice the spread are added. That sum is the
*prospect*: what the big model may give to the best that is left, if it is as surprised by it as by
few before. `StopCounts` holds, of every phrase that was scored to the end, the prospect at each
depth and the greatest probability that the big model then gave beyond. Stopping there would have
been a miss where that reaches the threshold. Whole distributions are counted, in classes, so that
one table serves every threshold.

From the shares of misses `StopTable` makes bounds:

- The better the prospect, and the more candidates are left, the greater the risk. So the risk in
  one class is at most that over any stretch of classes that begins there or higher, at this depth
  or one less deep, and the least bound over all such stretches holds: an isotonic estimate, in
  which sparse classes borrow from their neighbours. (That greater depth adds no risk of its own
  was looked at: beside the prospect, its weight in a logistic regression was next to nothing.)
- The phrase at hand counts as a miss: (misses + 1) / (phrases + 1). For exchangeable phrases the
  expected risk is at most that, however few they are (conformal risk control: Angelopoulos and
  others, 2022). With few records the bound is high and the big model looks deeper; it is never 0,
  so that a tolerance of 0 scores everything.

What this leaves out (that the least of several bounds is taken, that phrases stop at the first of
several depths, that phrases may be unlike those counted) is measured and not argued away: one
phrase in some dozens is scored to the end after all (`Auditor`), is added to the counts, and tells
how often the answer would have been another.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from m2m_desktop.core.ranking_model import RankingModel, Scored
from m2m_desktop.core.reranking import Probabilities

FIRST_PAIRS = 10
STEP = 5
TOLERANCE = 0.005
"""The greatest risk of a miss at which the big model stops: one answer in two hundred."""
PRIOR_PHRASES = 1000
"""With so many phrases of one's own the table that ships has half its weight."""
MIN_COST_RATIO = 8.0
"""Where the big model costs less than that, estimates save nothing worth a risk."""

SPREADS = 2.0
"""How many standard deviations beyond the mean surprise a prospect looks."""
DEPTHS = tuple(range(FIRST_PAIRS, 100, STEP))
PROSPECTS = tuple(edge / 2 for edge in range(-16, 13))
"""Where classes of prospect begin; one more class lies below the first."""
LEVELS = (
    0.0, 0.02, 0.05, 0.1, 0.15, 0.2, 0.25, 0.3, 0.35, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95,
)  # fmt: skip
"""Where classes of probability begin. A threshold in between counts as the one below it."""
CELLS = (len(DEPTHS), len(PROSPECTS) + 1, len(LEVELS))

_FLOOR = 1e-6
_CERTAINTY = 0.95

Bounds = NDArray[np.float64]


def log_odds(probabilities: Probabilities) -> NDArray[np.float64]:
    """Give ln(p / (1 - p)), finite also for 0 and 1."""
    safe = np.clip(probabilities, _FLOOR, 1 - _FLOOR)
    odds: NDArray[np.float64] = np.log(safe / (1 - safe))
    return odds


def order_by_estimate(estimates: Probabilities, is_named: NDArray[np.bool_]) -> NDArray[np.intp]:
    """Give the places of the candidates: those named exactly, then by estimate, then as proposed."""
    return np.lexsort((-estimates, ~is_named))


@dataclass(frozen=True)
class StopCounts:
    """How phrases that were scored to the end fall into the classes; of shape `CELLS`.

    ``cells[d, p, l]`` counts those whose prospect at depth ``DEPTHS[d]`` was of class ``p`` and
    whose greatest probability beyond was of level ``l``.
    """

    cells: NDArray[np.int64]
    phrases: int

    def __add__(self, other: "StopCounts") -> "StopCounts":
        return StopCounts(self.cells + other.cells, self.phrases + other.phrases)


NO_COUNTS = StopCounts(np.zeros(CELLS, np.int64), 0)


def count_phrase(estimates: Probabilities, probabilities: Probabilities) -> StopCounts:
    """Count one phrase: estimate and probability of every candidate, both in cascade order."""
    cells = np.zeros(CELLS, np.int64)
    greatest = np.maximum.accumulate(probabilities[::-1])[::-1]
    for row, depth in enumerate(DEPTHS):
        if depth < len(estimates):
            level = int(np.searchsorted(LEVELS, greatest[depth], side="right")) - 1
            cells[row, _class(prospect(estimates, probabilities, depth)), level] += 1
    return StopCounts(cells, 1)


def prospect(estimates: Probabilities, probabilities: Probabilities, depth: int) -> float:
    """Say how good the candidates beyond ``depth`` look; only what is known by then is used."""
    left = log_odds(estimates[depth:]).max()
    surprises = log_odds(probabilities[:depth]) - log_odds(estimates[:depth])
    return float(left + surprises.mean() + SPREADS * surprises.std())


def _class(value: float) -> int:
    return int(np.searchsorted(PROSPECTS, value, side="right"))


@dataclass(frozen=True)
class StopTable:
    """The risk of stopping, for one threshold: ``bounds[d, p]`` at depth d and prospect class p.

    Never less for a better prospect, never more at a greater depth, never 0.
    """

    bounds: Bounds

    def risk(self, depth: int, prospect: float) -> float:
        """Bound the chance of a miss; ``depth`` beyond the table counts as its greatest."""
        row = int(np.searchsorted(DEPTHS, depth, side="right")) - 1
        return float(self.bounds[row, _class(prospect)]) if row >= 0 else 1.0


def stop_table(threshold: float, own: StopCounts, shipped: StopCounts = NO_COUNTS) -> StopTable:
    """Make the table of a threshold from one's own counts and those that ship.

    What ships stands in at first and fades as one's own phrases come in; own misses weigh fully
    from the first on.
    """
    weight = PRIOR_PHRASES / (PRIOR_PHRASES + own.phrases)
    cells = own.cells + weight * shipped.cells
    level = int(np.searchsorted(LEVELS, threshold, side="right")) - 1
    misses, phrases = cells[:, :, level:].sum(axis=2), cells.sum(axis=2)
    bounds = np.stack([_isotonic(*row) for row in zip(misses, phrases, strict=True)])
    return StopTable(np.minimum.accumulate(bounds, axis=0))


def _isotonic(misses: Bounds, phrases: Bounds) -> Bounds:
    """Give for each class the least bound over all stretches of classes that begin there or higher."""
    ends = [np.concatenate([[0.0], np.cumsum(figures)]) for figures in (misses, phrases)]
    first, last = np.triu_indices(len(ends[0]), k=1)
    missed, seen = (end[last] - end[first] for end in ends)
    bounds = np.ones(len(misses))
    np.minimum.at(bounds, first, (missed + 1) / (seen + 1))
    least: Bounds = np.minimum.accumulate(bounds[::-1])[::-1]
    return least


def error_bound(changed: int, audited: int) -> float:
    """Bound a share from above, with 95 % certainty, of which ``changed`` of ``audited`` were seen.

    The exact bound (Clopper and Pearson, 1934), found by halving.
    """
    if changed >= audited:
        return 1.0
    low, high = changed / audited, 1.0
    for _ in range(40):
        middle = (low + high) / 2
        if _at_most(changed, audited, middle) > 1 - _CERTAINTY:
            low = middle
        else:
            high = middle
    return high


def _at_most(count: int, total: int, share: float) -> float:
    """The chance of at most ``count`` in ``total`` draws that each succeed with ``share``."""
    if share <= 0 or share >= 1:
        return float(share <= 0)
    terms = (
        math.lgamma(total + 1) - math.lgamma(k + 1) - math.lgamma(total - k + 1)
        + k * math.log(share) + (total - k) * math.log1p(-share)
        for k in range(count + 1)
    )  # fmt: skip
    return math.fsum(map(math.exp, terms))


# -- going down ------------------------------------------------------------------------------------


class Descent:
    """The way down through the candidates of one phrase: what the big model has scored so far.

    ``estimates`` are in cascade order, ``score(start, stop)`` scores those places. ``found`` are
    the probabilities of the first ``depth`` candidates; ``computed`` and ``kept`` count pairs.
    """

    def __init__(self, estimates: Probabilities, score: Callable[[int, int], Scored]) -> None:
        self.estimates = estimates
        self.found: Probabilities = np.empty(0)
        self.computed = 0
        self.kept = 0
        self._score = score

    @property
    def depth(self) -> int:
        """How many candidates are scored."""
        return len(self.found)

    @property
    def is_at_end(self) -> bool:
        """Whether all are."""
        return self.depth == len(self.estimates)

    def go(self, depth: int) -> None:
        """Score down to ``depth``, or to the end."""
        stop = min(depth, len(self.estimates))
        if stop > self.depth:
            scored = self._score(self.depth, stop)
            self.found = np.concatenate([self.found, scored.probabilities])
            self.computed += scored.computed
            self.kept += scored.kept


class Auditor(Protocol):
    """Chooses phrases to be scored to the end, and takes in what they show."""

    def wants(self, phrase: str) -> bool:
        """Whether this phrase is to be scored to the end."""

    def note(self, counts: StopCounts, *, is_changed: bool) -> None:
        """Take in one phrase; ``is_changed``: the cascade would have given another answer."""


@dataclass(frozen=True)
class Cascade:
    """What the big model needs to know where it may stop.

    The estimates that order the candidates are of the same kind as the big model's probabilities:
    calibrated where that is, else the small model's own (`RankingModel.score` gives both).
    """

    small: RankingModel
    table: StopTable
    threshold: float
    tolerance: float = TOLERANCE
    step: int = STEP
    auditor: Auditor | None = None

    def descend(self, descent: Descent) -> None:
        """Score until a miss is unlikely enough."""
        descent.go(FIRST_PAIRS)
        while not descent.is_at_end and self._risk(descent) > self.tolerance:
            descent.go(descent.depth + self.step)

    def audit(self, phrase: str, descent: Descent) -> None:
        """Score a chosen phrase to the end after all.

        It is counted unless all its scores were kept ones: then it was counted before.
        """
        if self.auditor is None or not self.auditor.wants(phrase):
            return
        depth = descent.depth
        descent.go(len(descent.estimates))
        if descent.computed:
            is_changed = bool((descent.found[depth:] >= self.threshold).any())
            counts = count_phrase(descent.estimates, descent.found)
            self.auditor.note(counts, is_changed=is_changed)

    def _risk(self, descent: Descent) -> float:
        ahead = prospect(descent.estimates, descent.found, descent.depth)
        return self.table.risk(descent.depth, ahead)
