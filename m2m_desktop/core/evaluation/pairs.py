"""How well a cross-encoder tells right pairs of phrase and term from wrong ones.

A published system in this field reports accuracy, precision, recall, F1 and ROC-AUC of pairs.
Pairs of one mention stand and fall together, so it is mentions that are drawn for intervals.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from m2m_desktop.core.evaluation.tallies import (
    RESAMPLES,
    SEED,
    Interval,
    Numbers,
    Tally,
    case_weights,
    precision_recall_f1,
    tally,
)

PAIR_THRESHOLD = 0.5
"""A pair is a match where this is the more probable of the two."""
ROC_AUC = "roc_auc"


@dataclass(frozen=True, slots=True, eq=False)
class ScoredPairs:
    """Pairs in the order of their file; all arrays have one value for each.

    ``mentions`` are numbers 0, 1, … of the mention that a pair belongs to.
    """

    mentions: NDArray[np.int64]
    labels: NDArray[np.bool_]
    probabilities: Numbers

    def decided(self, threshold: float) -> NDArray[np.bool_]:
        """Which pairs are called a match at a threshold."""
        return self.probabilities >= threshold


def confusion(labels: NDArray[np.bool_], decided: NDArray[np.bool_]) -> dict[str, int]:
    """Count the four outcomes, ``tp`` being matches that were called so."""
    return {
        "pairs": len(labels),
        "tp": int((decided & labels).sum()),
        "tn": int((~decided & ~labels).sum()),
        "fp": int((decided & ~labels).sum()),
        "fn": int((~decided & labels).sum()),
    }


def pair_tally(pairs: ScoredPairs, decided: NDArray[np.bool_]) -> Tally:
    """Accuracy, precision, recall and F1 of pairs; the cases are mentions."""
    size = int(pairs.mentions.max()) + 1 if len(pairs.mentions) else 0

    def per_mention(which: NDArray[np.bool_]) -> Numbers:
        return np.bincount(pairs.mentions[which], minlength=size).astype(np.float64)

    right = per_mention(decided & pairs.labels)
    same = per_mention(decided == pairs.labels)
    everything = per_mention(np.ones(len(decided), bool))
    wanted, chosen = per_mention(pairs.labels), per_mention(decided)
    return tally({"accuracy": (same, everything), **precision_recall_f1(right, chosen, wanted)})


def roc_auc(
    labels: NDArray[np.bool_], probabilities: Numbers, weights: Numbers | None = None
) -> float | None:
    """Give how often a match is more probable than another pair; a tie counts one half.

    That is the area under the ROC curve (Hanley and McNeil 1982). None where all pairs are of one
    kind. ``weights`` say how often each pair counts.
    """
    _, places = np.unique(probabilities, return_inverse=True)
    return _area(places, labels, np.ones(len(labels)) if weights is None else weights)


def roc_auc_interval(
    pairs: ScoredPairs, *, resamples: int = RESAMPLES, seed: int = SEED
) -> Interval | None:
    """Give the 95 % percentile bounds of ROC-AUC over resampled mentions; None as `roc_auc`."""
    value = roc_auc(pairs.labels, pairs.probabilities)
    if value is None:
        return None
    _, places = np.unique(pairs.probabilities, return_inverse=True)
    size = int(pairs.mentions.max()) + 1
    found = list[float]()
    for block in case_weights(size, resamples, seed):
        for drawn in block:
            area = _area(places, pairs.labels, drawn[pairs.mentions])
            if area is not None:
                found.append(area)
    if not found:
        return 0.0, 1.0
    low, high = (float(bound) for bound in np.percentile(found, (2.5, 97.5)))
    return min(low, value), max(high, value)


def _area(places: NDArray[np.int64], labels: NDArray[np.bool_], weights: Numbers) -> float | None:
    """The area; ``places`` say how many distinct probabilities are lower than that of each pair."""
    matches: Numbers = np.bincount(places, weights * labels).astype(np.float64)
    others: Numbers = np.bincount(places, weights * ~labels).astype(np.float64)
    total = float(matches.sum() * others.sum())
    if total == 0:
        return None
    below = np.cumsum(others) - others
    return float((matches * (below + others / 2)).sum()) / total
