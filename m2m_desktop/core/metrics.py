"""How good answers are, in the field's own measures."""

from collections.abc import Collection, Hashable, Sequence
from typing import TypeVar

Code = TypeVar("Code", bound=Hashable)


def hit_rate(orders: Sequence[Sequence[Code]], gold: Sequence[Collection[Code]], k: int) -> float:
    """Share of mentions with at least one gold term among the first ``k`` (hit@k, recall any)."""
    hits = [
        any(code in wanted for code in order[:k])
        for order, wanted in zip(orders, gold, strict=True)
    ]
    return sum(hits) / len(hits) if hits else 0.0


def exact_set_match(
    selected: Sequence[Collection[Code]], gold: Sequence[Collection[Code]]
) -> float:
    """Share of mentions whose selected set is the gold set, the empty set included."""
    pairs = list(zip(selected, gold, strict=True))
    return sum(set(ours) == set(theirs) for ours, theirs in pairs) / len(pairs) if pairs else 0.0


def micro_scores(
    selected: Sequence[Collection[Code]], gold: Sequence[Collection[Code]]
) -> tuple[float, float, float]:
    """Precision, recall and F1 over all (mention, term) decisions together."""
    right = sum(len(set(ours) & set(theirs)) for ours, theirs in zip(selected, gold, strict=True))
    chosen = sum(len(set(ours)) for ours in selected)
    wanted = sum(len(set(theirs)) for theirs in gold)
    precision = right / chosen if chosen else 0.0
    recall = right / wanted if wanted else 0.0
    return precision, recall, 2 * right / (chosen + wanted) if chosen + wanted else 0.0
