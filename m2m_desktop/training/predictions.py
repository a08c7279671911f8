"""What a reranker bundle says of pairs, and how right it is; needs no torch."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path

from m2m_desktop.core.reranking import CrossEncoder
from m2m_desktop.training.pairs import Pair, by_mention


@dataclass(frozen=True, slots=True)
class Scored:
    """A pair and the probability that it matches."""

    pair: Pair
    probability: float


def predict(model: CrossEncoder, pairs: Sequence[Pair]) -> list[Scored]:
    """Ask about the pairs of each mention together, as coding does."""
    found: list[Scored] = []
    for group in by_mention(pairs):
        values = model.score(group[0].mention, [pair.text for pair in group])
        found += [Scored(pair, float(one)) for pair, one in zip(group, values, strict=True)]
    return found


def figures(scored: Sequence[Scored], *, threshold: float = 0.5) -> dict[str, float]:
    """Give pair F1 and accuracy, and the shares of mentions with the right first PT, right set."""
    said = [one.probability >= threshold for one in scored]
    right = [one.pair.label == 1 for one in scored]
    hits = sum(a and b for a, b in zip(said, right, strict=True))
    same = sum(a == b for a, b in zip(said, right, strict=True))
    groups = [list(one) for _, one in groupby(scored, key=lambda one: one.pair.mention_id)]
    codable = [group for group in groups if any(one.pair.label for one in group)]
    firsts = [max(group, key=lambda one: one.probability).pair.label for group in codable]
    sets = [
        all((one.probability >= threshold) == (one.pair.label == 1) for one in group)
        for group in groups
    ]
    total = sum(said) + sum(right)
    return {
        "f1": 2 * hits / total if total else 0.0,
        "accuracy": same / len(scored),
        "top1": sum(firsts) / len(firsts) if firsts else 0.0,
        "exact_set": sum(sets) / len(sets),
    }


def write_predictions(path: Path, scored: Sequence[Scored], *, threshold: float = 0.5) -> None:
    """Write predictions in the reference's form."""
    with path.open("w", encoding="utf-8") as file:
        for one in scored:
            record = {
                "mention_id": one.pair.mention_id,
                "raw_term": one.pair.mention,
                "candidate_pt_code": one.pair.pt_code,
                "candidate_pt_name": one.pair.pt_name,
                "gold_pt_codes": list(one.pair.gold),
                "label": one.pair.label,
                "prob_0": 1 - one.probability,
                "prob_1": one.probability,
                "pred_label": int(one.probability >= threshold),
            }
            file.write(json.dumps(record, ensure_ascii=False) + "\n")
