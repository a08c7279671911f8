"""How often an encoder finds the right term first: its own nearest names, nothing else."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from torch import nn

from m2m_desktop.core.evaluation.ranking import hit_rates
from m2m_desktop.core.records import TermLevel
from m2m_desktop.core.terminology import Terminology
from m2m_desktop.core.text import normalise
from m2m_desktop.training.checkpoints import Reader
from m2m_desktop.training.encoder import embed

HITS = (1, 10, 100)


@dataclass(frozen=True)
class NamesToFind:
    """Names with the concept each belongs to, and mentions with the concepts they mean."""

    names: tuple[str, ...]
    owners: tuple[int, ...]
    mentions: tuple[str, ...]
    gold: tuple[frozenset[int], ...]

    @classmethod
    def of(cls, terminology: Terminology, gold: Mapping[str, frozenset[int]]) -> "NamesToFind":
        """Take all PT names and current LLT names of a terminology; concepts are its PT rows."""
        found = dict(enumerate(terminology.names(TermLevel.PT).to_list()))
        pairs = [(name, row) for row, name in found.items()]
        for row, name in enumerate(terminology.names(TermLevel.LLT).to_list()):
            owner = int(terminology.llt_pt[row])
            if terminology.llt_current[row] and name != found[owner]:
                pairs.append((name, owner))
        names, owners = zip(*pairs, strict=True)
        return cls(names, owners, tuple(gold), tuple(gold.values()))


def nearest_concepts(
    model: nn.Module, reader: Reader, wanted: NamesToFind, k: int
) -> list[list[int]]:
    """Give the ``k`` nearest concepts of each mention, best first; a concept by its best name."""
    with torch.inference_mode():
        names = embed(model, reader, [normalise(name) for name in wanted.names]).float().cpu()
        mentions = embed(model, reader, [normalise(one) for one in wanted.mentions]).float().cpu()
        scores = (mentions @ names.T).numpy()
    owners = np.asarray(wanted.owners)
    orders: list[list[int]] = []
    for row in scores:
        best = dict.fromkeys(owners[np.argsort(-row, kind="stable")].tolist())
        orders.append(list(best)[:k])
    return orders


def first_ranks(model: nn.Module, reader: Reader, wanted: NamesToFind) -> dict[str, float]:
    """Give hit@1, @10 and @100."""
    orders: Sequence[Sequence[int]] = nearest_concepts(model, reader, wanted, max(HITS))
    return {f"hit@{k}": round(rate, 4) for k, rate in hit_rates(orders, wanted.gold, HITS).items()}
