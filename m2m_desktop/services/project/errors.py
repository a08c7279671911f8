"""What can go wrong with a project file.

CodingToolError
├── ProjectError
│   ├── ProjectLocked         M2M-401   another window or program has it open
│   ├── ProjectDamaged        M2M-402   its content contradicts itself
│   ├── ProjectTooNew         M2M-403   made by a newer version of the program
│   ├── ProjectNotFound       M2M-404   nothing at that place
│   ├── NotAProject           M2M-406   another kind of file
│   ├── ProjectUnreadable     M2M-409   the disk or the rights do not allow reading it
│   ├── ProjectReadOnly       M2M-420   opened for reading only
│   └── BackupUnusable        M2M-421   a backup that does not pass its own checks
├── IllegalMove               M2M-405   a step of review that may not follow (core/review.py)
└── OutputUnwritable
    ├── NotSaved              M2M-407   a step was not written and did not happen
    │   └── DiskFull          M2M-422   ... because there is no space
    └── ProjectExists         M2M-408   a new project never takes the place of another
"""

from m2m_desktop.core.errors import CodingToolError, OutputUnwritable
from m2m_desktop.core.messages import N_
from m2m_desktop.core.review import IllegalMove

__all__ = [
    "BackupUnusable",
    "DiskFull",
    "IllegalMove",
    "NotAProject",
    "NotSaved",
    "ProjectDamaged",
    "ProjectError",
    "ProjectExists",
    "ProjectLocked",
    "ProjectNotFound",
    "ProjectReadOnly",
    "ProjectTooNew",
    "ProjectUnreadable",
]


class ProjectError(CodingToolError):
    """The root of everything about project files."""


class ProjectLocked(ProjectError):
    """Another window or program has the project open. Fields: path."""

    code = "M2M-401"
    what = N_("{path} is open in another window or program.")
    hint = N_("Go on there, or close it there first.")


class ProjectDamaged(ProjectError):
    """The content of a project contradicts itself.

    Fields: path, detail, backup (the newest good backup, or empty).
    """

    code = "M2M-402"
    what = N_("The project {path} is damaged: {detail}")
    hint = N_("Restore the newest good backup; the damaged file is kept beside it.")

    def __init__(self, *, backup: str = "", **fields: object) -> None:
        self.backup = backup
        super().__init__(backup=backup, **fields)


class ProjectTooNew(ProjectError):
    """A project of a newer version of the program. Fields: path, version."""

    code = "M2M-403"
    what = N_("The project {path} was made by a newer version of this program.")
    hint = N_("Install the newer version; nothing in the file was changed.")


class ProjectNotFound(ProjectError):
    """There is no file. Fields: path."""

    code = "M2M-404"
    what = N_("There is no project at {path}.")
    hint = N_("It may have been moved or renamed, or the drive is not connected.")


class NotAProject(ProjectError):
    """The file is something else. Fields: path."""

    code = "M2M-406"
    what = N_("{path} is not a project of this program.")
    hint = N_("To code a workbook or a text file, import it.")


class ProjectUnreadable(ProjectError):
    """The disk or the rights do not allow reading. Fields: path, detail."""

    code = "M2M-409"
    what = N_("The project {path} cannot be opened: {detail}")
    hint = N_("Check the drive and the rights to the file, or copy it to another folder.")


class ProjectReadOnly(ProjectError):
    """A change was asked for, and the project is opened for reading only. Fields: path."""

    code = "M2M-420"
    what = N_("The project {path} is open for reading only. Nothing was changed.")
    hint = N_("Copy it to a folder where you may write and open the copy.")


class BackupUnusable(ProjectError):
    """A backup that does not pass its own checks. Fields: path, detail."""

    code = "M2M-421"
    what = N_("The backup {path} cannot be used: {detail}")
    hint = N_("Choose another backup. The project itself was not touched.")


class NotSaved(OutputUnwritable):
    """A step was not written, and so it did not happen. Fields: path, detail."""

    code = "M2M-407"
    what = N_("This step could not be saved in {path}: {detail}")
    hint = N_("It stays on the screen: free some space or connect the drive, then repeat it.")


class DiskFull(NotSaved):
    """There is no space for a step. Fields: path, detail."""

    code = "M2M-422"
    what = N_("This step could not be saved in {path}: the disk is full.")


class ProjectExists(OutputUnwritable):
    """A new project never takes the place of another file. Fields: path."""

    code = "M2M-408"
    what = N_("There is a file at {path} already.")
    hint = N_("Choose another name for the new project.")
