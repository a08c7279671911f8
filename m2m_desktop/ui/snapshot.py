"""A copy of the open project for the engine to read: the project itself is locked by the window."""

import contextlib

from m2m_desktop.core.errors import OutputUnwritable
from m2m_desktop.services.locations import Locations
from m2m_desktop.services.phrases import os_reason
from m2m_desktop.services.project.project import Project
from m2m_desktop.services.snapshots import snapshot_name
from m2m_desktop.ui.dropped import PROJECT_SUFFIX


class Snapshot:
    """One copy at a time; whoever took it forgets it when the engine has answered."""

    def __init__(self, locations: Locations) -> None:
        self.path = locations.snapshots / f"{snapshot_name()}{PROJECT_SUFFIX}"

    def take(self, project: Project) -> None:
        """Copy the project as it is now. Raises: OutputUnwritable and what the project raises."""
        self.forget()
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise OutputUnwritable(path=self.path, detail=os_reason(error)) from error
        project.snapshot(self.path)

    def forget(self) -> None:
        """Delete the copy; what cannot be deleted now is at the next start (`services.snapshots`)."""
        with contextlib.suppress(OSError):
            self.path.unlink(missing_ok=True)
