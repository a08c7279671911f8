"""A copy of the open project for the engine to read: the project itself is locked by the window."""

import contextlib
import os
from itertools import count
from pathlib import Path

from m2m_desktop.core.errors import OutputUnwritable
from m2m_desktop.services.locations import Locations
from m2m_desktop.services.phrases import os_reason
from m2m_desktop.services.project.project import Project
from m2m_desktop.ui.dropped import PROJECT_SUFFIX

_numbers = count()


class Snapshot:
    """One copy at a time; whoever took it forgets it when the engine has answered."""

    def __init__(self, locations: Locations) -> None:
        name = f"{os.getpid()}-{next(_numbers)}{PROJECT_SUFFIX}"
        self.path = locations.snapshots / name

    def take(self, project: Project) -> None:
        """Copy the project as it is now. Raises: OutputUnwritable and what the project raises."""
        self.forget()
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise OutputUnwritable(path=self.path, detail=os_reason(error)) from error
        project.snapshot(self.path)

    def forget(self) -> None:
        """Delete the copy; what cannot be deleted now is at the next start (`sweep_snapshots`)."""
        with contextlib.suppress(OSError):
            self.path.unlink(missing_ok=True)


def sweep_snapshots(folder: Path) -> None:
    """Delete copies that a crash left behind; those of a running program are not touched.

    They hold phrases: nothing of them may stay.
    """
    for path in folder.glob(f"*{PROJECT_SUFFIX}*") if folder.is_dir() else ():
        process = path.name.partition("-")[0]
        if process.isdigit() and not _is_running(int(process)):
            with contextlib.suppress(OSError):
                path.unlink()


def _is_running(process: int) -> bool:
    if os.name == "nt":  # signal 0 would end the process; a file that is open cannot be deleted
        return False
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except OSError:
        return True
    return True
