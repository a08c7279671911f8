"""How early the right terms come in ranked lists: the measures of information retrieval.

The definitions are those that sentence encoders are reported with; every gold term is equally
relevant. Mentions without a gold term say nothing about an order and must be left out before.
"""

from collections.abc import Hashable, Iterable, Sequence
from collections.abc import Set as AbstractSet
from typing import TypeVar

import numpy as np

from m2m_desktop.core.evaluation.tallies import Numbers, Tally, tally

DEPTHS = (1, 3, 5, 10, 25, 50, 100)

Code = TypeVar("Code", bound=Hashable)


def hit_rates(
    orders: Sequence[Sequence[Code]], gold: Sequence[AbstractSet[Code]], depths: Iterable[int]
) -> dict[int, float]:
    """Give hit@k by k: the share of lists with a gold term among the first k, Accuracy@k."""
    depths = tuple(depths)
    values = ranking_tally(orders, gold, depths).values()
    return {k: values[f"accuracy_at_{k}"] for k in depths}


def ranking_tally(
    orders: Sequence[Sequence[Code]],
    gold: Sequence[AbstractSet[Code]],
    depths: Iterable[int] = DEPTHS,
) -> Tally:
    """Accuracy, recall, precision, NDCG, MRR and MAP at each depth, and MRR without a cut.

    ``orders`` are distinct codes, best first. Precision at k divides by k even where a list is
    shorter. The ideal of NDCG (Järvelin and Kekäläinen 2002, gain 1, discount log2(rank + 1)) has
    all gold terms first, as many as k has room for, and so has the divisor of MAP.
    """
    depths = tuple(depths)
    longest = max((len(one) for one in orders), default=0)
    width = max(longest, *depths, 1)
    hits = np.zeros((len(orders), width), bool)
    for row, (codes, wanted) in enumerate(zip(orders, gold, strict=True)):
        hits[row, : len(codes)] = [code in wanted for code in codes]
    sizes = np.array([len(one) for one in gold], np.float64)
    return tally(_columns(hits, sizes, depths))


def _columns(
    hits: np.ndarray[tuple[int, int], np.dtype[np.bool_]], sizes: Numbers, depths: tuple[int, ...]
) -> dict[str, tuple[Numbers, Numbers]]:
    cases = np.ones(len(hits))
    ranks = np.arange(1, hits.shape[1] + 1)
    discounts = 1 / np.log2(ranks + 1)
    ideal = np.concatenate(([0.0], np.cumsum(discounts)))
    found = np.cumsum(hits, axis=1)
    first = np.where(hits.any(axis=1), 1 / (hits.argmax(axis=1) + 1), 0.0)
    columns = {"mrr": (first, cases)}
    for k in depths:
        most = np.minimum(sizes, k)
        safe = np.maximum(most, 1)  # no gold: nothing is found either
        gain = (hits[:, :k] * discounts[:k]).sum(axis=1)
        precise = (hits[:, :k] * (found[:, :k] / ranks[:k])).sum(axis=1)
        here = found[:, k - 1].astype(np.float64)
        columns[f"accuracy_at_{k}"] = ((here > 0).astype(np.float64), cases)
        columns[f"recall_at_{k}"] = (here / np.maximum(sizes, 1), cases)
        columns[f"precision_at_{k}"] = (here / k, cases)
        columns[f"ndcg_at_{k}"] = (gain / ideal[safe.astype(int)], cases)
        columns[f"mrr_at_{k}"] = (np.where(first >= 1 / k, first, 0.0), cases)
        columns[f"map_at_{k}"] = (precise / safe, cases)
    return columns
