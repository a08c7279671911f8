"""One system from a random checkpoint to its row of the table."""

import shutil
import tempfile
import time
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from tests.systems.checkpoints import make_checkpoint
from tests.systems.commands import Commands
from tests.systems.jobs import JOBS, install
from tests.systems.kinds import System
from tests.systems.parity import Comparison, compare

KIND_OF = {"code": "reranker", "retrieve": "encoder", "link": "encoder"}
HEAD = (
    "system", "architecture, size", "parameters", "largest difference", "spread of answers", "commands", "all of it",
    "memory at its peak", "the same job, of ours",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Row:
    """What is known of a system after its turn."""

    system: System
    parameters: int
    compared: Comparison
    done: dict[str, float]
    commands: tuple[str, ...]
    seconds: float
    peak_mb: float

    @property
    def cells(self) -> tuple[str, ...]:
        """The row of the table."""
        return (
            self.system.name,
            f"{self.system.architecture}, {self.system.size}",
            f"{self.parameters / 1e6:.0f} million",
            f"{self.compared.difference:.1e}",
            f"{self.compared.spread:.2g}",
            f"{len(self.commands)}",
            f"{self.seconds:.0f} s",
            f"{self.peak_mb / 1000:.1f} GB",
            self.system.ours,
        )


def row_of(system: System, parent: Path | None, *, inputs: int, threads: int = 1) -> Row:
    """Take one system through everything; nothing of it stays on the disk.

    Raises CommandFailed and AssertionError.
    """
    folder = Path(tempfile.mkdtemp(prefix=f"m2m-{system.key}-", dir=parent))
    try:
        parameters = make_checkpoint(system, folder / "checkpoint")
        commands = Commands(folder, threads)
        began = time.monotonic()
        done = JOBS[system.job](commands, folder)
        kind = KIND_OF.get(system.job, "ner")
        more = ("--template", "full") if kind == "reranker" else ()
        precise = install(
            commands, done.checkpoint, kind, "--precision", "fp32", "--name", "precise", *more
        )
        bundle = folder / "home" / "data" / "models" / precise["model_id"]
        compared = compare(system, done.checkpoint, bundle, inputs)
        return Row(
            system, parameters, compared, dict(done.figures), tuple(commands.notes),
            time.monotonic() - began, commands.peak_mb,
        )  # fmt: skip
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def markdown(rows: Iterable[Row]) -> str:
    """Give the rows as a table."""
    lines = [HEAD, tuple("---" for _ in HEAD), *(row.cells for row in rows)]
    return "\n".join("| " + " | ".join(cells) + " |" for cells in lines)
