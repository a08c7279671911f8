"""How much a quantised model differs from the checkpoint it was made from."""

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from m2m_desktop.core.records import DEFAULT_THRESHOLD
from m2m_desktop.core.reranking import softmax_probability
from m2m_desktop.services.model_kinds import ENCODER, NER

Array = NDArray[np.float64]

DIGITS = 6
FOR_MANY = frozenset({"mentions", "rank_agreement", "top1_changes", "selected_changes"})
"""Figures that half a dozen rows say nothing about."""

MOST_CHANGE = 0.2
LEAST_COSINE = 0.8
"""Where a conversion has failed: see `is_another_model`."""


def compare_rerankers(
    before: Array, after: Array, *, match: int, group_sizes: Sequence[int]
) -> dict[str, float]:
    """Compare logits (pairs, labels) of the same pairs, so many of each mention in a row.

    ``max_change`` and ``mean_change`` are of the probability of ``match``; ``rank_agreement`` is
    the mean of Spearman's coefficient over the mentions, ``top1_changes`` the share of mentions
    with another first candidate, ``selected_changes`` with another set at the threshold of 0.3.
    ``max_logit_change`` is over all logits.
    """
    old, new = (softmax_probability(logits, match) for logits in (before, after))
    change = np.abs(old - new)
    ends = np.cumsum(group_sizes)
    old_groups, new_groups = (np.split(values, ends[:-1]) for values in (old, new))
    pairs = list(zip(old_groups, new_groups, strict=True))
    selected = [(a >= DEFAULT_THRESHOLD, b >= DEFAULT_THRESHOLD) for a, b in pairs]
    return _rounded(
        {
            "pairs": len(old),
            "mentions": len(pairs),
            "max_logit_change": np.abs(before - after).max(),
            "max_change": change.max(),
            "mean_change": change.mean(),
            "rank_agreement": np.mean([spearman(a, b) for a, b in pairs]),
            "top1_changes": np.mean([a.argmax() != b.argmax() for a, b in pairs]),
            "selected_changes": np.mean([bool((a != b).any()) for a, b in selected]),
        }
    )


def compare_encoders(before: Array, after: Array) -> dict[str, float]:
    """Compare vectors (texts, columns) of the same texts by their direction.

    ``min_cosine`` and ``mean_cosine`` between old and new; ``top1_changes`` is the share of
    texts whose nearest other text is another one.
    """
    old, new = (_unit(vectors) for vectors in (before, after))
    cosines = (old * new).sum(axis=1)
    nearest = [_nearest_other(vectors) for vectors in (old, new)]
    return _rounded(
        {
            "texts": len(old),
            "min_cosine": cosines.min(),
            "mean_cosine": cosines.mean(),
            "top1_changes": np.mean(nearest[0] != nearest[1]),
        }
    )


def compare_taggers(before: Sequence[Array], after: Sequence[Array]) -> dict[str, float]:
    """Compare label probabilities (tokens, labels) of the same texts.

    ``label_changes`` is the share of tokens with another likeliest label.
    """
    old, new = (np.concatenate(list(texts)) for texts in (before, after))
    change = np.abs(old - new)
    return _rounded(
        {
            "tokens": len(old),
            "max_change": change.max(),
            "mean_change": change.mean(),
            "label_changes": np.mean(old.argmax(axis=1) != new.argmax(axis=1)),
        }
    )


def compare_quickly(
    kind: str, before: Sequence[Array], after: Sequence[Array], *, match: int = 0
) -> dict[str, float]:
    """Compare what two sessions gave for a few rows: the figures that so few can tell.

    An answer is a reranker's logits, an encoder's vector, or a recogniser's logits (tokens,
    labels). ``match`` is for rerankers.
    """
    if kind == ENCODER:
        figures = compare_encoders(np.stack(before), np.stack(after))
    elif kind == NER:
        old, new = ([_probabilities(one) for one in answers] for answers in (before, after))
        figures = compare_taggers(old, new)
    else:
        sizes = [len(before)]
        figures = compare_rerankers(
            np.stack(before), np.stack(after), match=match, group_sizes=sizes
        )
    return {name: value for name, value in figures.items() if name not in FOR_MANY}


def is_another_model(kind: str, figures: Mapping[str, float]) -> bool:
    """Whether a quick comparison says that the two have next to nothing to do with each other.

    Rounding to 8 bits costs a published model hundredths at most; answers by chance are off by
    many times as much as is allowed here.
    """
    if kind == ENCODER:
        return not figures["mean_cosine"] >= LEAST_COSINE
    return not figures["mean_change"] <= MOST_CHANGE


def spearman(one: Array, other: Array) -> float:
    """Give Spearman's rank correlation; 1 where one of them has no order."""
    ranks = [_ranks(values) - (len(one) - 1) / 2 for values in (one, other)]
    lengths = [float(np.linalg.norm(values)) for values in ranks]
    if min(lengths) == 0:
        return 1.0
    return float(ranks[0] @ ranks[1]) / (lengths[0] * lengths[1])


def _ranks(values: Array) -> Array:
    """Rank values from 0; equal ones share the mean of their ranks."""
    below = (values[None, :] < values[:, None]).sum(axis=1)
    equal = (values[None, :] == values[:, None]).sum(axis=1)
    ranks: Array = below + (equal - 1) / 2
    return ranks


def _probabilities(logits: Array) -> Array:
    columns = [softmax_probability(logits, label) for label in range(logits.shape[1])]
    return np.stack(columns, axis=1)


def _unit(vectors: Array) -> Array:
    lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
    unit: Array = vectors / np.maximum(lengths, 1e-12)
    return unit


def _nearest_other(vectors: Array) -> NDArray[np.int64]:
    similarity = vectors @ vectors.T
    np.fill_diagonal(similarity, -np.inf)
    nearest: NDArray[np.int64] = similarity.argmax(axis=1)
    return nearest


def _rounded(figures: dict[str, float | np.floating]) -> dict[str, float]:
    return {name: round(float(value), DIGITS) for name, value in figures.items()}
