"""Fine-tune the cross-encoder on groups of pairs."""

import math
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import islice

import torch
from tokenizers import Tokenizer
from torch import Tensor
from torch.nn import functional

from m2m_desktop.training.batches import score_pairs
from m2m_desktop.training.dataset import Group
from m2m_desktop.training.network import CrossEncoder


@dataclass(frozen=True)
class TrainingPlan:
    """How long and how fast to learn."""

    steps: int
    groups_per_step: int = 24
    learning_rate: float = 6e-4
    weight_decay: float = 0.01
    warmup_share: float = 0.06
    average_decay: float = 0.998


def group_loss(logits: Tensor, labels: Tensor, owners: Tensor) -> Tensor:
    """Pairwise cross-entropy plus, per group with a gold PT, the listwise loss of the margins.

    ``logits`` (pairs, 2), ``labels`` (pairs), ``owners`` (pairs) = group of each pair, ascending.
    The pairwise part keeps the probabilities honest, the listwise part orders the group.
    """
    pairwise = functional.cross_entropy(logits, labels)
    margins = logits[:, 1] - logits[:, 0]
    count = int(owners.max()) + 1
    everything = _log_sum_by(margins, owners, count)
    gold = _log_sum_by(margins.masked_fill(labels == 0, -1e4), owners, count)
    has_gold = torch.zeros(count).index_add_(0, owners, labels.float()) > 0
    listwise = (everything - gold)[has_gold].mean() if has_gold.any() else margins.sum() * 0
    return pairwise + 0.5 * listwise


def _log_sum_by(values: Tensor, owners: Tensor, count: int) -> Tensor:
    top = torch.full((count,), -1e9).scatter_reduce(0, owners, values.detach(), "amax")
    sums = torch.zeros(count).index_add_(0, owners, (values - top[owners]).exp())
    return sums.log() + top


def train(
    model: CrossEncoder,
    tokenizer: Tokenizer,
    groups: Iterator[Group],
    plan: TrainingPlan,
    *,
    evaluate: Callable[[CrossEncoder, int], None] | None = None,
    evaluate_every: int = 1000,
) -> CrossEncoder:
    """Train ``model`` in place and return the moving average of its weights.

    ``evaluate`` is called with the averaged model now and then and at the end.
    """
    decay = [p for p in model.parameters() if p.ndim > 1]
    plain = [p for p in model.parameters() if p.ndim == 1]
    optimiser = torch.optim.AdamW(
        [
            {"params": decay, "weight_decay": plan.weight_decay},
            {"params": plain, "weight_decay": 0.0},
        ],
        lr=plan.learning_rate,
        betas=(0.9, 0.98),
    )
    warmup = max(1, int(plan.steps * plan.warmup_share))

    def rate(step: int) -> float:
        if step < warmup:
            return (step + 1) / warmup
        return 0.5 * (1 + math.cos(math.pi * (step - warmup) / max(1, plan.steps - warmup)))

    schedule = torch.optim.lr_scheduler.LambdaLR(optimiser, rate)
    averaged = torch.optim.swa_utils.AveragedModel(model, avg_fn=_warm_average(plan.average_decay))
    model.train()
    started, running = time.monotonic(), 0.0
    for step in range(1, plan.steps + 1):
        batch = list(islice(groups, plan.groups_per_step))
        pairs = [(group.mention, text) for group in batch for text in group.candidates]
        labels = torch.tensor([label for group in batch for label in group.labels])
        owners = torch.tensor([row for row, group in enumerate(batch) for _ in group.labels])
        with torch.autocast("cpu", torch.bfloat16):
            logits = score_pairs(model, tokenizer, pairs)
        loss = group_loss(logits.float(), labels, owners)
        loss.backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimiser.step()
        schedule.step()
        optimiser.zero_grad()
        averaged.update_parameters(model)
        value = float(loss.detach())
        running = 0.98 * running + 0.02 * value if step > 1 else value
        if step % 100 == 0:
            pace = step / (time.monotonic() - started)
            print(f"step {step}/{plan.steps}: loss {running:.3f}, {pace:.2f} steps/s", flush=True)
        if step % evaluate_every == 0 or step == plan.steps:
            if evaluate is not None:
                _evaluate_averaged(averaged, evaluate, step)
            model.train()
    result: CrossEncoder = averaged.module.eval()
    return result


def _warm_average(decay: float) -> Callable[[Tensor, Tensor, int | Tensor], Tensor]:
    """An exponential average that forgets the random start: the decay grows to ``decay``."""

    def average(mean: Tensor, value: Tensor, count: int | Tensor) -> Tensor:
        now = min(decay, (1 + int(count)) / (10 + int(count)))
        return mean * now + value * (1 - now)

    return average


def _evaluate_averaged(
    averaged: torch.optim.swa_utils.AveragedModel,
    evaluate: Callable[[CrossEncoder, int], None],
    step: int,
) -> None:
    averaged.module.eval()
    with torch.inference_mode():
        evaluate(averaged.module, step)
