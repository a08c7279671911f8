"""How good the answers to mentions are: as sets of terms, and as ranked lists.

The set measures are those of the published reference: a mention counts as right only where its whole
set is, example figures are means over mentions, micro figures count single terms, and a mention
without a gold term can be matched exactly but adds nothing to example precision, recall and F1.
"""

import math
from collections.abc import Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass

import numpy as np

from m2m_desktop.core.evaluation.tallies import Tally, precision_recall_f1, tally

THRESHOLDS = (0.1, 0.2, 0.3, 0.4, 0.5)
THRESHOLD = 0.3
SET_DEPTHS = (1, 3, 5)
EXACT_FIRST = "exact_set_match"
EXAMPLE_FIRST = "example_f1"
SELECTION_RULES: Mapping[str, str] = {
    EXACT_FIRST: "exact_set_match_then_example_f1_then_lower_threshold",
    EXAMPLE_FIRST: "example_f1_then_exact_set_match_then_lower_threshold",
}


@dataclass(frozen=True, slots=True)
class AnsweredMention:
    """A mention with what is right and what was answered.

    ``codes`` are distinct, best first; ``scores`` belong to them, NaN where a candidate has none.
    ``chosen`` is the answered set where the file says it, else None.
    """

    mention_id: str
    text: str
    gold: frozenset[str]
    codes: tuple[str, ...]
    scores: tuple[float, ...]
    chosen: frozenset[str] | None = None

    def selected(self, threshold: float | None) -> frozenset[str]:
        """Give all candidates that reach a threshold; None asks for what the file says."""
        if threshold is None:
            return self.chosen or frozenset()
        pairs = zip(self.codes, self.scores, strict=True)
        return frozenset(code for code, score in pairs if score >= threshold)


def in_order(scored: Iterable[tuple[str, float]]) -> tuple[tuple[str, ...], tuple[float, ...]]:
    """Sort codes by score, best first; equal ones and those without a score keep their order.

    A code that comes twice is kept where it stands first.
    """
    pairs = sorted(scored, key=lambda pair: math.inf if math.isnan(pair[1]) else -pair[1])
    first: dict[str, float] = {}
    for code, score in pairs:
        first.setdefault(code, score)
    return tuple(first), tuple(first.values())


def set_tally(selected: Sequence[AbstractSet[str]], gold: Sequence[AbstractSet[str]]) -> Tally:
    """Exact set match, example and micro precision, recall and F1, and cardinality accuracy."""
    right = np.array([len(s & g) for s, g in zip(selected, gold, strict=True)], np.float64)
    chosen = np.array([len(one) for one in selected], np.float64)
    wanted = np.array([len(one) for one in gold], np.float64)
    cases = np.ones(len(right))
    # of sizes that do not matter there: a mention without one or the other scores 0
    precision, recall = right / np.maximum(chosen, 1), right / np.maximum(wanted, 1)
    return tally(
        {
            "exact_set_match": (
                np.array([s == g for s, g in zip(selected, gold, strict=True)], np.float64),
                cases,
            ),
            "example_precision": (precision, cases),
            "example_recall": (recall, cases),
            "example_f1": (2 * right / np.maximum(chosen + wanted, 1), cases),
            **precision_recall_f1(right, chosen, wanted, prefix="micro_"),
            "cardinality_accuracy": ((chosen == wanted).astype(np.float64), cases),
        }
    )


def depth_tally(mentions: Sequence[AnsweredMention], depths: Iterable[int] = SET_DEPTHS) -> Tally:
    """Top-1 accuracy, and the recall of the first k: all gold terms among them, or any."""
    cases = np.ones(len(mentions))
    top = np.array([bool(one.codes) and one.codes[0] in one.gold for one in mentions], np.float64)
    columns = {"top1_accuracy": (top, cases)}
    for k in depths:
        first = [frozenset(one.codes[:k]) for one in mentions]
        found = list(zip(mentions, first, strict=True))
        columns[f"recall_at_{k}_all_gold"] = (
            np.array([one.gold <= codes for one, codes in found], np.float64),
            cases,
        )
        columns[f"recall_at_{k}_any_hit"] = (
            np.array([bool(one.gold & codes) for one, codes in found], np.float64),
            cases,
        )
    return tally(columns)


def best_threshold(figures: Mapping[float, Mapping[str, float]], first: str) -> float:
    """Choose by the rule whose first measure is ``first``; of equal ones the lower threshold."""
    second = EXAMPLE_FIRST if first == EXACT_FIRST else EXACT_FIRST
    return max(figures, key=lambda one: (figures[one][first], figures[one][second], -one))
