"""What a run is asked for: how long and how fast to learn, and what."""

import math
import random
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from torch import Tensor

SCHEDULES = ("linear", "cosine", "constant")


class Task(Protocol):
    """What a run learns. ``state`` is what it must know again when it goes on."""

    def loss(self, step: int, rng: random.Random) -> Tensor:
        """Give the loss of a step (0 is the first), drawn with ``rng`` alone."""

    def state(self) -> dict[str, Any]:
        """Give plain values and tensors."""

    def restore(self, state: Mapping[str, Any]) -> None:
        """Take back what `state` gave."""


@dataclass(frozen=True)
class Plan:
    """How long and how fast to learn.

    ``average`` above 0 evaluates and returns a moving average of the weights with that decay.
    ``patience`` above 0 stops after so many evaluations without a better ``figure`` and returns the
    best weights; else the last ones count. ``evaluate_every`` 0 means at the end alone.
    """

    steps: int
    learning_rate: float
    weight_decay: float = 0.01
    warmup_share: float = 0.06
    schedule: str = "linear"
    second_moment: float = 0.999
    clip: float = 1.0
    seed: int = 42
    average: float = 0.0
    figure: str = ""
    evaluate_every: int = 0
    patience: int = 0
    precision: str = "float32"
    report_every: int = 50
    save_every: int = 200

    def rate(self, step: int) -> float:
        """Give the share of the learning rate at a step."""
        warmup = max(1, math.ceil(self.steps * self.warmup_share))
        if step < warmup:
            return (step + 1) / warmup
        done = (step - warmup) / max(1, self.steps - warmup)
        if self.schedule == "cosine":
            return 0.5 * (1 + math.cos(math.pi * done))
        return 1.0 if self.schedule == "constant" else 1 - done
