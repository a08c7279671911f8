"""How fast long work goes, and how long it will still take. The clock is the caller's."""

from collections import deque

WINDOW_S = 30.0
"""The rate is that of the last half minute: the first phrases of a list are slower or quicker."""


class Pace:
    """Takes marks of how much was done when; times are seconds on any clock that only goes on."""

    def __init__(self) -> None:
        self._marks: deque[tuple[float, int]] = deque()

    def mark(self, at: float, done: int) -> None:
        """Note that ``done`` things were done at a time; calls come in order."""
        self._marks.append((at, done))
        while len(self._marks) > 2 and at - self._marks[1][0] > WINDOW_S:
            self._marks.popleft()

    @property
    def per_second(self) -> float:
        """Things a second lately; 0 where that cannot be told yet."""
        if len(self._marks) < 2:
            return 0.0
        (first_at, first_done), (last_at, last_done) = self._marks[0], self._marks[-1]
        return (last_done - first_done) / (last_at - first_at) if last_at > first_at else 0.0

    def seconds_left(self, total: int) -> float | None:
        """Seconds until all of ``total`` are done at this rate; None where that cannot be told."""
        if not self._marks or self.per_second <= 0:
            return None
        return max(total - self._marks[-1][1], 0) / self.per_second
