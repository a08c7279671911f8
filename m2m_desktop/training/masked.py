"""Masked-language modelling: going on with the pre-training of a network on plain text."""

import hashlib
import math
import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional

from m2m_desktop.training.checkpoints import Reader
from m2m_desktop.training.masking import hide_tokens
from m2m_desktop.training.problems import TrainingProblem

IGNORED = -100


@dataclass(frozen=True)
class MaskingOptions:
    """How texts are masked: the ``share`` of tokens, at ``most`` so many a text.

    Each text has ``copies`` masks of its own, which take turns from epoch to epoch.
    """

    share: float = 0.15
    most: int = 22
    copies: int = 5
    batch: int = 32
    seed: int = 42


def read_texts(path: Path) -> list[str]:
    """Read the lines of a text file, or of all ``.txt`` files of a folder, empty ones left out."""
    files = sorted(path.rglob("*.txt")) if path.is_dir() else [path]
    try:
        lines = [line.strip() for one in files for line in one.read_text("utf-8-sig").splitlines()]
    except (OSError, UnicodeDecodeError) as error:
        raise TrainingProblem(f"{path} cannot be read.", "Texts must be UTF-8.") from error
    found = [line for line in lines if line]
    if not found:
        raise TrainingProblem(f"{path} holds no text.", "Name a .txt file or a folder of them.")
    return found


class MaskedTask:
    """Goes through all texts, shuffled anew in every epoch; see `loop.Task`."""

    def __init__(
        self, model: nn.Module, reader: Reader, texts: Sequence[str], options: MaskingOptions
    ) -> None:
        self._model, self._reader, self._texts, self._options = model, reader, texts, options
        self._order: tuple[int, list[int]] = (-1, [])

    @property
    def steps_per_epoch(self) -> int:
        """How many steps go once through all texts."""
        return math.ceil(len(self._texts) / self._options.batch)

    def loss(self, step: int, rng: random.Random) -> Tensor:  # noqa: ARG002
        """Give the mean loss of the hidden tokens of one batch."""
        options = self._options
        epoch, place = divmod(step, self.steps_per_epoch)
        if self._order[0] != epoch:
            order = list(range(len(self._texts)))
            random.Random(f"{options.seed}:{epoch}").shuffle(order)
            self._order = (epoch, order)
        rows = self._order[1][place * options.batch : (place + 1) * options.batch]
        loss, _ = self._masked(rows, epoch % options.copies)
        return loss

    def _masked(self, rows: Sequence[int], copy: int) -> tuple[Tensor, int]:
        return masked_loss(
            self._model,
            self._reader,
            [self._texts[row] for row in rows],
            [f"{self._options.seed}:{row}:{copy}" for row in rows],
            self._options,
        )

    def state(self) -> dict[str, Any]:
        """Nothing: the step says it all."""
        return {}

    def restore(self, state: Mapping[str, Any]) -> None:
        """Nothing to take back."""


def masked_loss(
    model: nn.Module,
    reader: Reader,
    texts: Sequence[str],
    seeds: Sequence[str],
    options: MaskingOptions,
) -> tuple[Tensor, int]:
    """Give the mean loss of what is hidden and how many tokens that are; a seed for each text."""
    inputs = reader.inputs(reader.encode(texts))
    ids, mask = inputs["input_ids"], inputs["attention_mask"]
    changed, labels = ids.clone(), torch.full_like(ids, IGNORED)
    with torch.random.fork_rng(devices=[]):  # dropout goes on with the generator of the step
        for row, seed in enumerate(seeds):
            digest = hashlib.sha256(seed.encode()).digest()
            torch.manual_seed(int.from_bytes(digest[:7], "big"))
            one, where = hide_tokens(
                ids[row : row + 1].cpu(),
                mask[row : row + 1].cpu(),
                reader.tokenizer,
                share=options.share,
                most=options.most,
            )
            changed[row] = one[0].to(ids.device)
            labels[row][where[0].to(ids.device)] = ids[row][where[0].to(ids.device)]
    logits = model(**{**inputs, "input_ids": changed}).logits.float()
    loss = functional.cross_entropy(logits.flatten(0, 1), labels.flatten(), ignore_index=IGNORED)
    return loss, int((labels != IGNORED).sum())


def perplexity(
    model: nn.Module, reader: Reader, texts: Sequence[str], options: MaskingOptions
) -> float:
    """Give e to the mean loss of the hidden tokens of held-out texts, always the same ones."""
    was_training = model.training
    model.eval()
    total, count = 0.0, 0
    with torch.inference_mode():
        for start in range(0, len(texts), options.batch):
            part = texts[start : start + options.batch]
            seeds = [f"held out:{options.seed}:{start + row}" for row in range(len(part))]
            loss, hidden = masked_loss(model, reader, part, seeds, options)
            if hidden:
                total, count = total + float(loss) * hidden, count + hidden
    model.train(was_training)
    return math.exp(min(50.0, total / max(1, count)))
