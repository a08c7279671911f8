"""What every training command ends with: the run itself, the checkpoint, its record."""

import argparse
from collections.abc import Mapping, Sequence
from pathlib import Path

from torch import nn

from m2m_desktop.training.card import write_record
from m2m_desktop.training.checkpoint_writing import save_checkpoint
from m2m_desktop.training.checkpoints import Checkpoint
from m2m_desktop.training.loop import Evaluate, run
from m2m_desktop.training.plan import Plan, Task


def train_network(
    model: nn.Module,
    task: Task,
    plan: Plan,
    options: argparse.Namespace,
    evaluate: Evaluate | None,
    mark: str,
) -> dict[str, float]:
    """Run the plan in the folder ``run`` of the output."""
    return run(
        model,
        task,
        plan,
        options.out / "run",
        title=options.out.resolve().name,
        evaluate=evaluate,
        data_mark=mark,
    )


def finish(
    checkpoint: Checkpoint,
    options: argparse.Namespace,
    task: str,
    data: Sequence[Path],
    figures: Mapping[str, float],
    *,
    pooling: str = "",
) -> int:
    """Write the checkpoint folder and its record; gives the exit status."""
    save_checkpoint(options.out, checkpoint, pooling=pooling)
    write_record(
        options.out,
        task=task,
        start=options.start.name if options.start else f"from scratch ({options.from_scratch})",
        data=data,
        options=vars(options),
        figures=figures,
    )
    print(f"written: {options.out}")
    return 0
