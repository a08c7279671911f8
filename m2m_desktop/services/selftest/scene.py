"""Where checks are made: the installation, and a folder that is gone afterwards."""

import shutil
import time
import uuid
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from m2m_desktop.services.locations import Locations
from m2m_desktop.services.selftest.records import Finding

if TYPE_CHECKING:
    from m2m_desktop.services.engine import Engine

STALE_AFTER_S = 3600


@dataclass(frozen=True, slots=True)
class Scene:
    """What the checks look at.

    ``program`` is the folder of the stand-alone program, None in a checkout of the source.
    ``cancel`` is to be called now and then; it raises Cancelled. ``scratch`` may not exist yet, or
    may not be possible: see `folder`.
    """

    engine: "Engine"
    locations: Locations
    program: Path | None
    now: Callable[[], datetime]
    cancel: Callable[[], None]
    scratch: Path

    def folder(self, name: str) -> Path:
        """Make a new folder for a check, on the drive the user's data are on; raises OSError."""
        path = self.scratch / name
        path.mkdir(parents=True)
        return path


@dataclass(frozen=True, slots=True)
class Check:
    """One part of an installation. ``title`` and ``looked_at`` are messages.

    ``examine`` gives at least one finding and may raise whatever its part raises.
    """

    check_id: str
    title: str
    looked_at: str
    examine: Callable[[Scene], Iterable[Finding]]


@contextmanager
def scratch_folder(locations: Locations) -> Iterator[Path]:
    """Name a folder that is deleted in the end; what a crash left is deleted an hour later.

    It lies with the user's data: projects must work on that drive, not on that of temporary files.
    """
    root = locations.data / "selftest"
    _sweep(root)
    path = root / uuid.uuid4().hex
    try:
        yield path
    finally:
        shutil.rmtree(path, ignore_errors=True)
        with suppress(OSError):  # another self-test may be running
            root.rmdir()


def _sweep(root: Path) -> None:
    for path in root.glob("*"):
        with suppress(OSError):
            if time.time() - path.stat().st_mtime > STALE_AFTER_S:
                shutil.rmtree(path, ignore_errors=True)
