"""How good answers are, in the field's own measures."""

from collections.abc import Collection, Hashable, Sequence
from typing import TypeVar

Code = TypeVar("Code", bound=Hashable)


def hit_rate(
    orders: Sequence[Sequence[Code]], gold: Sequence[Collection[Code]], k: int
) -> float:
    """Share of mentions with at least one gold term among the first ``k`` (hit@k, recall any)."""
    hits = [
        any(code in wanted for code in order[:k])
        for order, wanted in zip(orders, gold, strict=True)
    ]
    return sum(hits) / len(hits) if hits else 0.0
