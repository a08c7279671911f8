"""The options that all training commands share, and what is made of them."""

import argparse
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import torch

from m2m_desktop.core.templates import TEMPLATE_NAMES, Template
from m2m_desktop.core.text import normalise
from m2m_desktop.training.checkpoints import SHAPES, Checkpoint, find_device, make_start, open_start
from m2m_desktop.training.plan import SCHEDULES, Plan
from m2m_desktop.training.problems import TrainingProblem
from m2m_desktop.training.vocabulary import build_vocabulary, tokenizer_json, wordpiece_json


@dataclass(frozen=True)
class Defaults:
    """What a task does where nothing else is said."""

    learning_rate: float
    batch: int
    max_length: int
    epochs: int = 0
    steps: int = 0
    patience: int = 0


def add_run_options(parser: argparse.ArgumentParser, defaults: Defaults) -> None:
    """Add where to start, where to write, how long and how fast."""
    start = parser.add_mutually_exclusive_group(required=True)
    start.add_argument("--start", type=Path, help="checkpoint folder to go on from")
    start.add_argument("--from-scratch", choices=sorted(SHAPES), help="size of a new network")
    parser.add_argument("--out", type=Path, required=True, help="folder for the checkpoint")
    parser.add_argument(
        "--vocabulary",
        choices=("characters", "wordpiece"),
        default="characters",
        help="tokens of a new network: Chinese characters, or pieces of words",
    )
    if defaults.epochs:
        parser.add_argument("--epochs", type=int, default=defaults.epochs)
    parser.add_argument("--steps", type=int, default=defaults.steps, help="instead of epochs")
    parser.add_argument("--batch", type=int, default=defaults.batch)
    parser.add_argument("--max-length", type=int, default=defaults.max_length, help="tokens")
    parser.add_argument("--learning-rate", type=float, default=defaults.learning_rate)
    parser.add_argument("--weight-decay", type=float, default=0.01)
    parser.add_argument("--warm-up", type=float, default=0.06, help="share of the steps")
    parser.add_argument("--schedule", choices=SCHEDULES, default="linear")
    parser.add_argument("--patience", type=int, default=defaults.patience)
    parser.add_argument("--seed", type=int, default=42)
    parser.add_argument("--precision", choices=("float32", "bfloat16"), default="float32")
    parser.add_argument("--device", default="", help="cpu, cuda; a GPU where there is one")
    parser.add_argument("--threads", type=int, default=0, help="0: as many as there are cores")
    parser.add_argument("--save-every", type=int, default=200, help="steps")


def add_template(parser: argparse.ArgumentParser) -> None:
    """Add the candidate text."""
    parser.add_argument("--template", choices=TEMPLATE_NAMES, default="full", help="candidate text")


def template_of(options: argparse.Namespace) -> Template:
    """Give the candidate text that was chosen."""
    return Template(options.template)


def open_network(
    options: argparse.Namespace,
    task: str,
    *,
    texts: Sequence[str],
    labels: Sequence[str] = (),
) -> Checkpoint:
    """Open the start, or make a network whose tokens are taken from ``texts``."""
    if options.threads:
        torch.set_num_threads(options.threads)
    if options.batch < 1 or options.max_length < 8:
        raise TrainingProblem(
            "--batch and --max-length are too small.", "At least 1 and 8 are needed."
        )
    device = find_device(options.device)
    if options.start is not None:
        return open_start(
            options.start,
            task,
            max_length=options.max_length,
            device=device,
            labels=labels,
            seed=options.seed,
        )
    if options.vocabulary == "wordpiece":
        tokens = wordpiece_json(texts, options.max_length)
    else:
        tokens = tokenizer_json(
            build_vocabulary((normalise(text) for text in texts), min_count=1), options.max_length
        )
    return make_start(
        options.from_scratch,
        tokens,
        task,
        max_length=options.max_length,
        device=device,
        labels=labels,
        seed=options.seed,
    )


def plan_of(
    options: argparse.Namespace, *, steps_per_epoch: int, figure: str, evaluate_every: int = 0
) -> Plan:
    """Give the plan; evaluations are made after each epoch where nothing else is said."""
    steps = options.steps or steps_per_epoch * getattr(options, "epochs", 0)
    if steps < 1:
        raise TrainingProblem("There is no step to make.", "Give --steps or --epochs.")
    return Plan(
        steps=steps,
        learning_rate=options.learning_rate,
        weight_decay=options.weight_decay,
        warmup_share=options.warm_up,
        schedule=options.schedule,
        seed=options.seed,
        figure=figure,
        evaluate_every=evaluate_every or steps_per_epoch,
        patience=options.patience if figure else 0,
        precision=options.precision,
        report_every=max(1, min(50, steps // 10)),
        save_every=options.save_every,
    )
