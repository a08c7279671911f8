"""The one training loop: whatever is learnt, it can be stopped, goes on, and ends the same.

Each step draws from generators of its own, made from the seed and the number of the step. So the
state of a run is its weights, its optimiser and its step; a run that was killed and goes on is
equal, bit for bit on a CPU, to one that was not.
"""

import hashlib
import json
import math
import random
from collections.abc import Callable, Mapping
from contextlib import nullcontext
from dataclasses import asdict
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn

from m2m_desktop.training.plan import Plan, Task
from m2m_desktop.training.problems import TrainingProblem, memory_explained
from m2m_desktop.training.runlog import RunLog

STATE, BEST = "state.pt", "best.pt"
LESS_MEMORY = "Use a smaller --batch, a smaller --max-length or a smaller --shape."

Evaluate = Callable[[nn.Module], Mapping[str, float]]


def run(
    model: nn.Module,
    task: Task,
    plan: Plan,
    folder: Path,
    *,
    title: str,
    evaluate: Evaluate | None = None,
    data_mark: str = "",
    memory_hint: str = LESS_MEMORY,
) -> dict[str, float]:
    """Train ``model`` in place, or go on where ``folder`` was left; gives the last figures.

    ``model`` ends with the weights to keep: the average, the best, or the last. ``data_mark`` stands
    for what is learnt from: a run does not go on with something else. Raises
    TrainingProblem where the memory is not enough, the loss is no number, or the folder belongs
    to another run.
    """
    folder.mkdir(parents=True, exist_ok=True)
    return _Run(model, task, plan, folder, title, evaluate, data_mark, memory_hint).go()


class _Run:
    """The state of one run."""

    def __init__(
        self,
        model: nn.Module,
        task: Task,
        plan: Plan,
        folder: Path,
        title: str,
        evaluate: Evaluate | None,
        data_mark: str,
        memory_hint: str,
    ) -> None:
        self._model, self._task, self._plan, self._folder = model, task, plan, folder
        self._evaluate, self._memory_hint = evaluate, memory_hint
        self._optimiser = _optimiser(model, plan)
        self._device = next(model.parameters()).device
        self._average = _copied(model) if plan.average else None
        self._step, self._best, self._misses, self._running = 0, -math.inf, 0, math.nan
        self._figures: dict[str, float] = {}
        self._is_over = False
        self._mark = _mark(plan, model, data_mark)
        self._restore()
        self._log = RunLog(folder, title, figure=plan.figure, step=self._step)

    def go(self) -> dict[str, float]:
        plan = self._plan
        self._model.train()
        while not self._is_done():
            with memory_explained(self._memory_hint):
                self._advance()
            due = plan.evaluate_every and self._step % plan.evaluate_every == 0
            if due or self._step == plan.steps:
                self._judge()
            if self._step % plan.save_every == 0 or self._is_done():
                self._save()
        self._keep()
        self._log.write({"event": "end", "step": self._step, "figures": self._figures})
        self._log.draw()
        return self._figures

    def _is_done(self) -> bool:
        return self._is_over or self._step >= self._plan.steps

    def _advance(self) -> None:
        plan, step = self._plan, self._step
        rate = plan.learning_rate * plan.rate(step)
        for group in self._optimiser.param_groups:
            group["lr"] = rate
        torch.manual_seed(_step_seed(plan.seed, step))
        with _precision(plan.precision, self._device.type):
            loss = self._task.loss(step, random.Random(_step_seed(plan.seed, step)))
        value = float(loss.detach())
        if not math.isfinite(value):
            raise TrainingProblem(
                f"At step {step + 1} the loss is no number any more.",
                "Use a smaller --learning-rate, or --precision float32, and a new --out folder.",
            )
        loss.backward()
        nn.utils.clip_grad_norm_(self._model.parameters(), plan.clip)
        self._optimiser.step()
        self._optimiser.zero_grad(set_to_none=True)
        self._step += 1
        self._follow()
        first = math.isnan(self._running)
        self._running = value if first else 0.98 * self._running + 0.02 * value
        if self._step % plan.report_every == 0 or self._step in (1, plan.steps):
            self._log.step(self._step, plan.steps, self._running, rate)

    def _follow(self) -> None:
        """Move the average; its decay grows, so that it forgets the random start."""
        if self._average is None:
            return
        decay = min(self._plan.average, (1 + self._step) / (10 + self._step))
        with torch.no_grad():
            for mean, value in zip(self._average.values(), self._values(), strict=True):
                if mean.is_floating_point():
                    mean.lerp_(value, 1 - decay)

    def _values(self) -> list[Tensor]:
        return [value.detach() for value in self._model.state_dict().values()]

    def _judge(self) -> None:
        if self._evaluate is None:
            return
        own = _copied(self._model) if self._average is not None else None
        if self._average is not None:
            self._model.load_state_dict(self._average)
        self._model.eval()
        with torch.inference_mode():
            self._figures = {name: float(one) for name, one in self._evaluate(self._model).items()}
        self._log.evaluation(self._step, self._figures)
        if self._plan.patience:
            self._compare()
        if own is not None:
            self._model.load_state_dict(own)
        self._model.train()

    def _compare(self) -> None:
        value = self._figures[self._plan.figure]
        if value > self._best:
            self._best, self._misses = value, 0
            kept = {"weights": self._model.state_dict(), "figures": self._figures}
            _write(kept, self._folder / BEST)
        else:
            self._misses += 1
            self._is_over = self._misses >= self._plan.patience

    def _keep(self) -> None:
        if self._plan.patience and (self._folder / BEST).exists():
            best = torch.load(self._folder / BEST, weights_only=True, map_location=self._device)
            self._model.load_state_dict(best["weights"])
            self._figures = dict(best["figures"])
        elif self._average is not None:
            self._model.load_state_dict(self._average)
        self._model.eval()

    def _save(self) -> None:
        content = {
            "mark": self._mark,
            "step": self._step,
            "model": self._model.state_dict(),
            "optimiser": self._optimiser.state_dict(),
            "average": self._average,
            "best": self._best,
            "misses": self._misses,
            "running": self._running,
            "figures": self._figures,
            "is_over": self._is_over,
            "task": self._task.state(),
        }
        _write(content, self._folder / STATE)

    def _restore(self) -> None:
        path = self._folder / STATE
        if not path.exists():
            return
        state = torch.load(path, weights_only=True, map_location=self._device)
        if state["mark"] != self._mark:
            raise TrainingProblem(
                f"{self._folder} holds a run with other options or other data.",
                "Repeat the command with the same options to go on, or name a new --out folder.",
            )
        self._model.load_state_dict(state["model"])
        self._optimiser.load_state_dict(state["optimiser"])
        self._average = state["average"]
        self._step, self._best, self._misses = state["step"], state["best"], state["misses"]
        self._running, self._figures = state["running"], state["figures"]
        self._is_over = state["is_over"]
        self._task.restore(state["task"])
        print(f"going on after step {self._step}", flush=True)


def _optimiser(model: nn.Module, plan: Plan) -> torch.optim.AdamW:
    """AdamW; norms and biases, which have one dimension, do not decay."""
    learnt = [one for one in model.parameters() if one.requires_grad]
    groups = [
        {"params": [one for one in learnt if one.ndim > 1], "weight_decay": plan.weight_decay},
        {"params": [one for one in learnt if one.ndim < 2], "weight_decay": 0.0},
    ]
    return torch.optim.AdamW(groups, lr=plan.learning_rate, betas=(0.9, plan.second_moment))


def _copied(model: nn.Module) -> dict[str, Tensor]:
    return {name: value.detach().clone() for name, value in model.state_dict().items()}


def _precision(name: str, device: str) -> Any:
    return torch.autocast(device, torch.bfloat16) if name == "bfloat16" else nullcontext()


def _step_seed(seed: int, step: int) -> int:
    return int.from_bytes(hashlib.sha256(f"{seed}:{step}".encode()).digest()[:7], "big")


def _mark(plan: Plan, model: nn.Module, data_mark: str) -> str:
    """Tell runs apart: the plan and the shapes of what is learnt, but not how often it is saved."""
    told = {
        name: value
        for name, value in asdict(plan).items()
        if name not in ("report_every", "save_every")
    }
    shapes = [[name, list(value.shape)] for name, value in model.state_dict().items()]
    return hashlib.sha256(
        json.dumps([told, shapes, data_mark], sort_keys=True).encode()
    ).hexdigest()


def _write(content: Mapping[str, Any], path: Path) -> None:
    """Write whole or not at all: a run may be killed at any moment."""
    partial = path.with_suffix(".part")
    torch.save(dict(content), partial)
    partial.replace(path)
