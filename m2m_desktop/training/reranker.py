"""What a reranker learns from pairs: from labels, or from what a bigger model says of them."""

import math
import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional

from m2m_desktop.training.checkpoints import Reader
from m2m_desktop.training.pairs import Pair, by_mention
from m2m_desktop.training.train import group_loss

LABELS = ("not_match", "match")
LOSSES = ("pairwise", "listwise")


@dataclass(frozen=True)
class RerankerOptions:
    """How pairs are learnt; ``loss`` "listwise" keeps a mention's candidates together."""

    batch: int = 32
    loss: str = "pairwise"
    temperature: float = 2.0
    seed: int = 42


def pair_logits(
    model: nn.Module, reader: Reader, pairs: Sequence[tuple[str, str]], *, part: int = 64
) -> Tensor:
    """Give the logits (pairs, 2), in parts of similar length."""
    encodings = reader.encode(list(pairs))
    order = sorted(range(len(pairs)), key=lambda row: len(encodings[row].ids))
    found = [
        model(**reader.inputs([encodings[row] for row in order[start : start + part]])).logits
        for start in range(0, len(order), part)
    ]
    back = torch.empty(len(order), dtype=torch.long)
    back[torch.tensor(order)] = torch.arange(len(order))
    return torch.cat(found)[back.to(reader.device)].float()


class PairTask:
    """Goes through all pairs, shuffled anew in every epoch; see `loop.Task`.

    ``taught`` are a bigger model's logits (pairs, 2): with them its answers are learnt, not labels.
    """

    def __init__(
        self,
        model: nn.Module,
        reader: Reader,
        pairs: Sequence[Pair],
        options: RerankerOptions,
        *,
        taught: Tensor | None = None,
    ) -> None:
        self._model, self._reader, self._options = model, reader, options
        self._pairs, self._taught = pairs, taught
        rows = iter(range(len(pairs)))
        groups = [[next(rows) for _ in group] for group in by_mention(pairs)]
        listwise = options.loss == "listwise"
        self._units = groups if listwise else [[row] for group in groups for row in group]
        self._at_once = options.batch
        if listwise:
            self._at_once = max(1, round(options.batch * len(groups) / len(pairs)))
        self._order: tuple[int, list[int]] = (-1, [])

    @property
    def steps_per_epoch(self) -> int:
        """How many steps go once through all pairs."""
        return math.ceil(len(self._units) / self._at_once)

    def loss(self, step: int, rng: random.Random) -> Tensor:  # noqa: ARG002
        """Give the loss of one batch; the order of an epoch depends on the seed and on it alone."""
        epoch, place = divmod(step, self.steps_per_epoch)
        if self._order[0] != epoch:
            order = list(range(len(self._units)))
            random.Random(f"{self._options.seed}:{epoch}").shuffle(order)
            self._order = (epoch, order)
        start = place * self._at_once
        chosen = [self._units[one] for one in self._order[1][start : start + self._at_once]]
        rows = [row for unit in chosen for row in unit]
        pairs = [self._pairs[row] for row in rows]
        logits = pair_logits(self._model, self._reader, [(one.mention, one.text) for one in pairs])
        if self._taught is not None:
            taught = self._taught[torch.tensor(rows)].to(logits.device)
            return taught_loss(logits, taught, self._options.temperature)
        labels = torch.tensor([pair.label for pair in pairs], device=logits.device)
        if self._options.loss == "pairwise":
            return functional.cross_entropy(logits, labels)
        owners = torch.tensor([place for place, unit in enumerate(chosen) for _ in unit])
        return group_loss(logits.cpu(), labels.cpu(), owners)

    def state(self) -> dict[str, Any]:
        """Nothing: the step says it all."""
        return {}

    def restore(self, state: Mapping[str, Any]) -> None:
        """Nothing to take back."""


def taught_loss(logits: Tensor, taught: Tensor, temperature: float) -> Tensor:
    """The divergence of softened answers, and half the squared difference of the margins.

    The first makes the probabilities alike, the second the order of candidates that both models
    find hopeless or certain.
    """
    soft = functional.kl_div(
        functional.log_softmax(logits / temperature, -1),
        functional.softmax(taught / temperature, -1),
        reduction="batchmean",
    )
    margins, wanted = (one[:, 1] - one[:, 0] for one in (logits, taught))
    loss: Tensor = soft * temperature**2 + 0.5 * functional.mse_loss(
        margins.clamp(-12, 12), wanted.clamp(-12, 12)
    )
    return loss


def judge(model: nn.Module, reader: Reader, pairs: Sequence[Pair]) -> dict[str, float]:
    """Give pair F1 (at 0.5), accuracy, and how often the first candidate of a mention is right.

    ``top1`` counts mentions with a right candidate alone.
    """
    with torch.inference_mode():
        logits = pair_logits(model, reader, [(one.mention, one.text) for one in pairs]).cpu()
    margins = (logits[:, 1] - logits[:, 0]).tolist()
    hits = sum(margin > 0 and pair.label == 1 for margin, pair in zip(margins, pairs, strict=True))
    said, right = sum(margin > 0 for margin in margins), sum(pair.label for pair in pairs)
    same = sum((margin > 0) == (one.label == 1) for margin, one in zip(margins, pairs, strict=True))
    rest = iter(margins)
    firsts = []
    for group in by_mention(pairs):
        scored = [(next(rest), pair.label) for pair in group]
        if any(label for _, label in scored):
            firsts.append(max(scored, key=lambda one: one[0])[1])
    return {
        "f1": 2 * hits / (said + right) if said + right else 0.0,
        "accuracy": same / len(pairs),
        "top1": sum(firsts) / len(firsts) if firsts else 0.0,
    }
