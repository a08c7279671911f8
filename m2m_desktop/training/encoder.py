"""A network that gives one vector of unit length for a text, and how it learns to.

Wordings of one concept are pulled together and all others of the batch pushed apart (the way
SapBERT learns synonyms), by InfoNCE or by the multi-similarity loss.
"""

import random
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional

from m2m_desktop.training.checkpoints import Reader
from m2m_desktop.training.masking import hide_tokens
from m2m_desktop.training.synonyms import Draw, Synonyms

LOSSES = ("infonce", "multi-similarity")
POOLINGS = ("mean", "cls")
PART = 128
"""Texts that go through the network together: batches of similar length, little padding."""

MINED = 16
"""Nearest other concepts that are remembered of each."""


class SentenceEncoder(nn.Module):
    """A network with its pooling: "cls" is the first token, "mean" all tokens."""

    def __init__(self, network: nn.Module, pooling: str) -> None:
        super().__init__()
        self.network, self.pooling = network, pooling

    def forward(self, inputs: Mapping[str, Tensor]) -> Tensor:
        """Give vectors (batch, hidden) of length 1."""
        hidden = self.network(**inputs).last_hidden_state
        if self.pooling == "cls":
            return functional.normalize(hidden[:, 0].float(), dim=-1)
        seen = inputs["attention_mask"][..., None].to(hidden.dtype)
        return functional.normalize(((hidden * seen).sum(1) / seen.sum(1)).float(), dim=-1)


def embed(model: nn.Module, reader: Reader, texts: Sequence[str], *, part: int = PART) -> Tensor:
    """Give the vectors (texts, hidden) in the order of ``texts``; gradients flow if they are on."""
    encodings = reader.encode(texts)
    order = sorted(range(len(texts)), key=lambda row: len(encodings[row].ids))
    vectors = [
        model(reader.inputs([encodings[row] for row in order[start : start + part]]))
        for start in range(0, len(order), part)
    ]
    back = torch.empty(len(order), dtype=torch.long)
    back[torch.tensor(order)] = torch.arange(len(order))
    return torch.cat(vectors)[back.to(reader.device)]


def info_nce(anchors: Tensor, others: Tensor, same: Tensor, *, temperature: float = 0.05) -> Tensor:
    """Cross-entropy of each row's own partner among all, both ways.

    ``anchors`` and ``others`` (batch, hidden) are partners row by row; ``same`` (batch, batch) is
    True where two rows mean the same: off the diagonal these are left out.
    """
    scores = anchors @ others.T / temperature
    own = torch.eye(len(scores), dtype=torch.bool, device=scores.device)
    scores = scores.masked_fill(same & ~own, -1e4)
    labels = torch.arange(len(scores), device=scores.device)
    both: Tensor = functional.cross_entropy(scores, labels) + functional.cross_entropy(
        scores.T, labels
    )
    return both / 2


def multi_similarity(
    anchors: Tensor,
    others: Tensor,
    same: Tensor,
    *,
    alpha: float = 2.0,
    beta: float = 50.0,
    base: float = 0.5,
    margin: float = 0.1,
) -> Tensor:
    """The multi-similarity loss (Wang et al. 2019) with its mining of informative pairs.

    A negative counts where it is nearer than the farthest positive less ``margin``, a positive
    where it is farther than the nearest negative plus ``margin``.
    """
    scores = anchors @ others.T
    same = same | torch.eye(len(scores), dtype=torch.bool, device=scores.device)
    farthest = scores.masked_fill(~same, 9.0).amin(1, keepdim=True)
    nearest = scores.masked_fill(same, -9.0).amax(1, keepdim=True)
    pulls = torch.where(same & (scores - margin < nearest), (-alpha * (scores - base)).exp(), 0.0)
    pushes = torch.where(~same & (scores + margin > farthest), (beta * (scores - base)).exp(), 0.0)
    loss: Tensor = (pulls.sum(1).log1p() / alpha + pushes.sum(1).log1p() / beta).mean()
    return loss


@dataclass(frozen=True)
class Warmup:
    """Masked-language steps before the contrastive ones, for a network made from scratch."""

    steps: int
    texts: Sequence[str]
    batch: int = 128


class ContrastiveTask:
    """Learns from pairs of synonyms; see `loop.Task`.

    ``hard_share`` of each batch are concepts that the model itself takes for others of the batch,
    found anew every ``mine_every`` steps.
    """

    def __init__(
        self,
        model: SentenceEncoder,
        reader: Reader,
        synonyms: Synonyms,
        *,
        batch: int = 256,
        loss: str = "infonce",
        hard_share: float = 0.0,
        mine_every: int = 500,
        warmup: Warmup | None = None,
    ) -> None:
        self._model, self._reader, self._synonyms = model, reader, synonyms
        self._batch, self._loss = batch, info_nce if loss == "infonce" else multi_similarity
        self._hard_share, self._mine_every = hard_share, mine_every
        self._warmup = warmup or Warmup(0, ())
        self._neighbours: Tensor | None = None

    def loss(self, step: int, rng: random.Random) -> Tensor:
        """Give the loss of one step."""
        if step < self._warmup.steps:
            return self._masked_loss(rng)
        since = step - self._warmup.steps
        if self._hard_share and since and since % self._mine_every == 0:
            self._neighbours = self._mine()
        rows = self._rows(rng)
        drawn = self._synonyms.draw(rows, rng)
        vectors = embed(self._model, self._reader, [*drawn.anchors, *drawn.positives])
        half = len(drawn.anchors)
        same = same_meaning(drawn, vectors.device)
        with torch.autocast(vectors.device.type, enabled=False):
            return self._loss(vectors[:half].float(), vectors[half:].float(), same)

    def state(self) -> dict[str, Any]:
        """Give what was mined."""
        return {"neighbours": self._neighbours}

    def restore(self, state: Mapping[str, Any]) -> None:
        """Take it back."""
        found = state["neighbours"]
        self._neighbours = None if found is None else found.cpu()

    def _rows(self, rng: random.Random) -> list[int]:
        hard = self._hard_share if self._neighbours is not None else 0.0
        chosen = self._synonyms.sample(round(self._batch * (1 - hard)), rng)
        if self._neighbours is None:
            return chosen
        seen = dict.fromkeys(chosen)
        for row in rng.sample(chosen, k=min(len(chosen), self._batch - len(chosen))):
            near = [int(one) for one in self._neighbours[row] if int(one) not in seen]
            if near:
                seen[rng.choice(near[: MINED // 2])] = None
        return list(seen)

    def _mine(self) -> Tensor:
        """Find the nearest concepts of each concept, by its first name."""
        was_training = self._model.training
        self._model.eval()
        with torch.inference_mode():
            vectors = embed(self._model, self._reader, self._synonyms.first_names()).float().cpu()
            found = [
                (block @ vectors.T).topk(min(MINED + 1, len(vectors))).indices
                for block in vectors.split(1024)
            ]
        self._model.train(was_training)
        return torch.cat(found).clone()

    def _masked_loss(self, rng: random.Random) -> Tensor:
        texts, reader = self._warmup.texts, self._reader
        chosen = [one for one in rng.sample(texts, k=min(self._warmup.batch, len(texts))) if one]
        inputs = reader.inputs(reader.encode(chosen))
        table = self._model.network.get_input_embeddings().weight
        hidden, where, ids = masked_hidden(self._model.network, reader, inputs)
        return functional.cross_entropy((hidden @ table.T).float(), ids[where])


def masked_hidden(
    network: nn.Module, reader: Reader, inputs: dict[str, Tensor], *, share: float = 0.2
) -> tuple[Tensor, Tensor, Tensor]:
    """Hide tokens as BERT does; gives hidden states at the hidden places, the places, the ids."""
    ids = inputs["input_ids"]
    changed, where = hide_tokens(ids, inputs["attention_mask"], reader.tokenizer, share=share)
    hidden = network(**{**inputs, "input_ids": changed}).last_hidden_state
    return hidden[where], where, ids


def same_meaning(drawn: Draw, device: torch.device) -> Tensor:
    """Tell which rows share a name, (batch, batch)."""
    owners: dict[str, list[int]] = {}
    for row, keys in enumerate(drawn.keys):
        for key in keys:
            owners.setdefault(key, []).append(row)
    same = torch.zeros(len(drawn.keys), len(drawn.keys), dtype=torch.bool)
    for rows in owners.values():
        for first, second in _ordered_pairs(rows):
            same[first, second] = True
    return same.to(device)


def _ordered_pairs(rows: Sequence[int]) -> Iterable[tuple[int, int]]:
    return ((one, other) for one in rows for other in rows if one != other)
