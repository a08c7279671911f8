"""From seconds and probabilities to what a table shows."""

import statistics
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from m2m_desktop.core.calibration import Calibration
from tests.bench._rerank_setup import THRESHOLD


@dataclass(frozen=True)
class Spread:
    """Several timings of one thing, in milliseconds; noise shows between least and most."""

    count: int
    median: float
    least: float
    most: float

    @staticmethod
    def of(seconds: Sequence[float]) -> "Spread":
        ms = [value * 1000 for value in seconds]
        return Spread(len(ms), statistics.median(ms), min(ms), max(ms))

    def __str__(self) -> str:
        return f"{self.median:>9.1f}{self.least:>9.1f}{self.most:>9.1f}"


@dataclass(frozen=True)
class Opinion:
    """One answer in the form in which engines are compared."""

    probability: Mapping[str, float]
    first: str
    selected: frozenset[str]

    @staticmethod
    def of_answer(answer: Mapping[str, object]) -> "Opinion":
        """Read an answer of the product."""
        codes, values = answer.get("codes", ()), answer.get("probabilities", ())
        selected = answer["selected"]
        assert isinstance(codes, Sequence)
        assert isinstance(values, Sequence)
        assert isinstance(selected, Sequence)
        return Opinion(
            dict(zip(codes, values, strict=True)), str(answer["first"]), frozenset(selected)
        )

    @staticmethod
    def of_scores(
        codes: Sequence[str],
        values: Sequence[float],
        shares: Sequence[float],
        calibration: Mapping[str, float] | None,
    ) -> "Opinion":
        """Decide as the product would from a peer's probabilities: calibrated, at the threshold."""
        given = np.asarray(values, dtype=np.float64)
        if calibration is not None:
            given = Calibration(**calibration).apply(given, np.asarray(shares))
        probability = {code: float(value) for code, value in zip(codes, given, strict=True)}
        chosen = frozenset(code for code, value in probability.items() if value >= THRESHOLD)
        return Opinion(probability, codes[int(np.argmax(given))], chosen)


@dataclass(frozen=True)
class Agreement:
    """How two engines' answers to the same phrases agree.

    ``max_change`` and ``mean_change`` are of the probabilities that both gave; the rest counts
    phrases.
    """

    phrases: int
    max_change: float
    mean_change: float
    same_first: int
    same_selected: int
    equal_to_the_bit: int

    @staticmethod
    def between(base: Sequence[Opinion], other: Sequence[Opinion]) -> "Agreement":
        pairs = list(zip(base, other, strict=True))
        changes = [
            abs(one.probability[code] - value)
            for one, two in pairs
            for code, value in two.probability.items()
            if code in one.probability
        ]
        return Agreement(
            phrases=len(pairs),
            max_change=max(changes, default=0.0),
            mean_change=statistics.fmean(changes) if changes else 0.0,
            same_first=sum(one.first == two.first for one, two in pairs),
            same_selected=sum(one.selected == two.selected for one, two in pairs),
            equal_to_the_bit=sum(one == two for one, two in pairs),
        )

    def __str__(self) -> str:
        return (
            f"{self.max_change:>9.2g}{self.mean_change:>9.2g}"
            f"{self.same_first:>6}/{self.phrases}{self.same_selected:>6}/{self.phrases}"
        )


def progress(done: int, total: int) -> None:
    """Say how far a measurement is, on a terminal."""
    if sys.stdout.isatty():
        print(f"\r{done} of {total} phrases", end="\n" if done == total else "", flush=True)


def share(part: int, whole: int) -> str:
    """Write a share in percent."""
    return f"{100 * part / whole:.1f} %" if whole else "-"
