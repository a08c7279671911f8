"""What one run of the benchmark works with: folders, cores, interpreters, and the pretended CPU."""

import os
import platform
import shutil
import sys
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

from m2m_desktop.services.locations import HOME_VARIABLE
from m2m_desktop.services.quiet import QUIET_ENVIRONMENT
from tests.bench.cpu_mask import masked_environment

ROOT = Path(__file__).resolve().parents[2]
THRESHOLD = 0.3
MAX_LENGTH = 64
_LINKED_FROM_BYTES = 2_000_000

Pair = tuple[str, str]
Operations = Mapping[str, Callable[..., Any]]
"""What a worker can be asked to do."""


class Skipped(Exception):
    """An engine cannot run here; the text says why."""


@dataclass(frozen=True)
class Setup:
    """What every child process of a run is told.

    ``work`` holds what is built once (exports, installed models) and the children's logs; ``cores``
    are the numbers of the cores that every child is pinned to, one thread each. ``home`` is the
    product's folder of this child, begun as a copy of ``model_home``, into which the bundle ``model``
    (its id) was installed. ``checkpoint`` is empty where there is none, only a bundle. ``level`` is
    one of `cpu_mask.LEVELS`.
    """

    checkpoint: str
    work: str
    cores: tuple[int, ...]
    python: str = sys.executable
    peers_python: str = sys.executable
    level: str = "full"
    home: str = ""
    model: str = ""
    model_home: str = ""

    @property
    def threads(self) -> int:
        return len(self.cores)

    @property
    def folder(self) -> Path:
        return Path(self.work)

    def at_home(self, name: str) -> "Setup":
        """Give this child a data folder of its own, so that no kept score reaches another."""
        return replace(self, home=str(self.folder / "homes" / name))

    def to_json(self) -> dict[str, object]:
        return asdict(self)

    @staticmethod
    def from_json(fields: dict[str, object]) -> "Setup":
        cores = fields["cores"]
        assert isinstance(cores, list)
        texts = {name: str(value) for name, value in fields.items() if name != "cores"}
        return Setup(**texts, cores=tuple(cores))


def child_environment(setup: Setup) -> dict[str, str]:
    """Give the whole environment of a child: silent libraries, the CPU's mask, thread counts."""
    setup.folder.mkdir(parents=True, exist_ok=True)
    return {
        **os.environ,
        **QUIET_ENVIRONMENT,
        **masked_environment(setup.level, setup.folder),
        "PYTHONPATH": str(ROOT),
        "TRANSFORMERS_OFFLINE": "1",
        "OMP_NUM_THREADS": str(setup.threads),
        "MKL_NUM_THREADS": str(setup.threads),
        HOME_VARIABLE: setup.home or str(setup.folder / "homes" / "unused"),
    }


def make_home(setup: Setup) -> None:
    """Begin the child's folder anew: what was installed, and nothing that coding left."""
    shutil.rmtree(setup.home, ignore_errors=True)
    if setup.model_home:
        shutil.copytree(
            Path(setup.model_home) / "data", Path(setup.home) / "data", copy_function=_link_or_copy
        )


def _link_or_copy(source: str, target: str) -> None:
    """Link what is large, which is never written again; a small file may be a database."""
    if Path(source).stat().st_size > _LINKED_FROM_BYTES:
        os.link(source, target)
    else:
        shutil.copy2(source, target)


def pin(cores: tuple[int, ...]) -> None:
    """Keep this process, and every thread it starts later, on ``cores``."""
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, cores)


def physical_cores() -> tuple[int, ...]:
    """Give the number of one logical core per physical one, of those this process may use."""
    allowed = (
        os.sched_getaffinity(0) if hasattr(os, "sched_getaffinity") else range(os.cpu_count() or 1)
    )
    chosen: dict[str, int] = {}
    for core in sorted(allowed):
        siblings = Path(f"/sys/devices/system/cpu/cpu{core}/topology/thread_siblings_list")
        name = siblings.read_text().strip() if siblings.is_file() else str(core)
        chosen.setdefault(name, core)
    return tuple(chosen.values())


def cpu_name() -> str:
    """The CPU's own name, where the system tells it."""
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
    except OSError:
        return platform.processor()
    names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.processor()
