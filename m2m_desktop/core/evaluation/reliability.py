"""Whether what a model says with 80 % confidence is right in 80 of 100 cases."""

from collections.abc import Iterable
from dataclasses import dataclass

from m2m_desktop.core.intervals import Share, wilson

BIN_COUNT = 10


@dataclass(frozen=True, slots=True)
class ConfidenceBin:
    """Cases with a confidence from ``low`` up to ``high``: what was said, and what was right."""

    low: float
    high: float
    count: int
    mean_confidence: float
    observed: Share


@dataclass(frozen=True, slots=True)
class Reliability:
    """Equally wide bins of confidence, empty ones included."""

    bins: tuple[ConfidenceBin, ...]

    @property
    def count(self) -> int:
        """The number of cases in all bins."""
        return sum(one.count for one in self.bins)

    @property
    def expected_error(self) -> float:
        """Mean distance between what was said and what was right (ECE), weighted by cases."""
        gaps = (one.count * abs(one.mean_confidence - one.observed.value) for one in self.bins)
        return sum(gaps) / self.count if self.count else 0.0

    @property
    def largest_error(self) -> float:
        """The largest of these distances (MCE)."""
        filled = [one for one in self.bins if one.count]
        return max((abs(one.mean_confidence - one.observed.value) for one in filled), default=0.0)


def reliability(cases: Iterable[tuple[float, bool]], bin_count: int = BIN_COUNT) -> Reliability:
    """Sort cases (confidence of 0..1, whether it was right) into bins; 1 is in the last one."""
    said: list[list[float]] = [[] for _ in range(bin_count)]
    right = [0] * bin_count
    for confidence, is_right in cases:
        place = min(int(confidence * bin_count), bin_count - 1)
        said[place].append(confidence)
        right[place] += is_right
    return Reliability(
        tuple(
            ConfidenceBin(
                place / bin_count,
                (place + 1) / bin_count,
                len(one),
                sum(one) / len(one) if one else 0.0,
                wilson(right[place], len(one)),
            )
            for place, one in enumerate(said)
        )
    )
