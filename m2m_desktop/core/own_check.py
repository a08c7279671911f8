"""How well the model does on one's own reviewed phrases, and whether its probabilities hold.

What a person decided is taken for right. People see the proposal before they decide, so the figures
flatter it somewhat; they compare thresholds fairly all the same. Only phrases that the model decided
count: an exact name or a remembered phrase is answered the same at every threshold.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from m2m_desktop.core.bootstrap import bootstrap_ratio
from m2m_desktop.core.evaluation.mentions import set_tally
from m2m_desktop.core.intervals import Share, wilson

THRESHOLDS = (0.1, 0.2, 0.3, 0.4, 0.5)
FEW_PHRASES = 50
BIN_COUNT = 10


@dataclass(frozen=True, slots=True)
class ReviewedPhrase:
    """The probabilities that the model gave (PT code, probability), and the PTs a person chose.

    ``named`` are PTs that a part of the phrase names exactly: they are selected at any threshold.
    """

    scores: tuple[tuple[str, float], ...]
    gold: frozenset[str]
    named: frozenset[str] = frozenset()

    def selected(self, threshold: float) -> frozenset[str]:
        """Give what would be selected at a threshold, as `decoding.decode_probabilities` does."""
        likely = {code for code, probability in self.scores if probability >= threshold}
        return frozenset(likely) | self.named


@dataclass(frozen=True, slots=True)
class ThresholdFigures:
    """The figures at one threshold. Precision and recall count single PTs over all phrases."""

    threshold: float
    precision: Share
    recall: Share
    exact_set_match: Share
    f1: float


@dataclass(frozen=True, slots=True)
class ReliabilityBin:
    """Candidates whose probability lies in ``low``..``high``: what was said, and what was right.

    ``observed`` is the share of candidates that a person chose. Empty bins have a count of 0.
    """

    low: float
    high: float
    count: int
    mean_probability: float
    observed: Share


@dataclass(frozen=True, slots=True)
class OwnCheck:
    """The check of one's own reviewed phrases; ``skipped`` ones were not the model's to decide."""

    phrase_count: int
    skipped: int
    figures: tuple[ThresholdFigures, ...]
    bins: tuple[ReliabilityBin, ...]

    @property
    def is_too_few(self) -> bool:
        """Whether there are so few phrases that the figures say little."""
        return self.phrase_count < FEW_PHRASES

    @property
    def calibration_error(self) -> float:
        """Mean distance between what was said and what was right, weighted by candidates."""
        total = sum(one.count for one in self.bins)
        if not total:
            return 0.0
        gaps = (one.count * abs(one.mean_probability - one.observed.value) for one in self.bins)
        return sum(gaps) / total

    def best_threshold(self, present: float) -> float:
        """Give the threshold with the most answers that are right as a whole.

        The present one stays where another would be no better, or where there are too few phrases.
        """
        if self.is_too_few:
            return present
        best = max(self.figures, key=lambda one: one.exact_set_match.value)
        now = [one for one in self.figures if abs(one.threshold - present) < 1e-9]
        if now and now[0].exact_set_match.value >= best.exact_set_match.value:
            return present
        return best.threshold


def check_own(
    phrases: Sequence[ReviewedPhrase],
    *,
    skipped: int = 0,
    thresholds: Iterable[float] = THRESHOLDS,
) -> OwnCheck:
    """Compute all figures; the same phrases always give the same figures and intervals."""
    figures = tuple(_figures_at(threshold, phrases) for threshold in thresholds)
    return OwnCheck(len(phrases), skipped, figures, reliability(phrases))


def _figures_at(threshold: float, phrases: Sequence[ReviewedPhrase]) -> ThresholdFigures:
    selected = [phrase.selected(threshold) for phrase in phrases]
    gold = [phrase.gold for phrase in phrases]
    right = np.array([len(one & other) for one, other in zip(selected, gold, strict=True)], int)
    chosen = np.array([len(one) for one in selected], int)
    wanted = np.array([len(one) for one in gold], int)
    values = set_tally(selected, gold).values()
    matched = round(values["exact_set_match"] * len(phrases))
    return ThresholdFigures(
        threshold,
        precision=bootstrap_ratio(right, chosen),
        recall=bootstrap_ratio(right, wanted),
        exact_set_match=wilson(matched, len(phrases)),
        f1=values["micro_f1"],
    )


def reliability(phrases: Iterable[ReviewedPhrase]) -> tuple[ReliabilityBin, ...]:
    """Sort all scored candidates into ten equally wide bins of probability."""
    said: list[list[float]] = [[] for _ in range(BIN_COUNT)]
    right = [0] * BIN_COUNT
    for phrase in phrases:
        for code, probability in phrase.scores:
            place = min(int(probability * BIN_COUNT), BIN_COUNT - 1)
            said[place].append(probability)
            right[place] += code in phrase.gold
    return tuple(
        ReliabilityBin(
            place / BIN_COUNT,
            (place + 1) / BIN_COUNT,
            len(said[place]),
            sum(said[place]) / len(said[place]) if said[place] else 0.0,
            wilson(right[place], len(said[place])),
        )
        for place in range(BIN_COUNT)
    )
