"""When a project is damaged: which backup to take, and taking it without losing what is there."""

import shutil
import sqlite3
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

from m2m_desktop.core.errors import OutputUnwritable
from m2m_desktop.services.project.backups import (
    check_backup,
    folder_of_path,
    list_backups,
    newest_good,
)
from m2m_desktop.services.project.drafts import SIDE_FILES, draft_beside, sync_file
from m2m_desktop.services.project.errors import (
    BackupUnusable,
    ProjectDamaged,
    ProjectError,
    ProjectLocked,
)
from m2m_desktop.services.project.project_file import close, open_for_reading, unchecked
from m2m_desktop.services.project.records import Backup


def backups_of(path: Path, backup_dir: Path | None = None) -> list[Backup]:
    """Give the backups of the project that lies, or lay, at ``path``; the newest first."""
    return list_backups(folder_of_path(path, backup_dir))


def with_backup(error: ProjectError, path: Path, backup_dir: Path | None) -> ProjectDamaged | None:
    """Give the error of an opening that failed with the newest good backup; None: there is none.

    A file that is no project at all, but has backups, is a damaged one.
    """
    backup = newest_good(folder_of_path(path, backup_dir))
    if backup is None:
        return None
    detail = error.fields.get("detail") or type(error).__name__
    return ProjectDamaged(path=path, detail=detail, backup=str(backup.path))


def restore_project(path: Path, backup: Path, *, now: datetime) -> Path | None:
    """Put a backup in the place of a project.

    What lay there is kept beside it, as ``<name>.damaged-<time>``, and given back (None: nothing
    lay there). Raises BackupUnusable, ProjectLocked, OutputUnwritable.
    """
    check_backup(backup)
    _refuse_if_open(path)
    stamp = now.astimezone(UTC)
    kept = path.with_name(f"{path.name}.damaged-{stamp:%Y%m%dT%H%M%SZ}")
    number = 1
    while kept.exists():
        number += 1
        kept = kept.with_name(f"{path.name}.damaged-{stamp:%Y%m%dT%H%M%SZ}-{number}")
    was_there = path.exists()
    with draft_beside(path) as draft:
        shutil.copyfile(backup, draft)
        _make_newest(draft, backup.parent)
        try:
            check_backup(draft)
        except BackupUnusable as error:
            raise OutputUnwritable(path=path, detail=error.fields["detail"]) from error
        for ending in ("", *SIDE_FILES):
            part = path.with_name(path.name + ending)
            if part.exists():
                copy = kept.with_name(kept.name + ending)
                shutil.copyfile(part, copy)
                sync_file(copy)
        # a log of the former file must not be read as the new one's
        for ending in SIDE_FILES:
            path.with_name(path.name + ending).unlink(missing_ok=True)
    return kept if was_there else None


def _make_newest(draft: Path, folder: Path) -> None:
    """Let the changes to come count from the newest backup on: those of before stay older."""
    newest = max((backup.revision for backup in list_backups(folder)), default=0)
    with closing(sqlite3.connect(draft, isolation_level=None)) as connection:
        connection.execute(
            "UPDATE meta SET value = MAX(value, ?) + 1 WHERE key = 'revision'", (newest,)
        )


def damaged_copies(path: Path) -> list[Path]:
    """Give what earlier restorations kept."""
    return sorted(path.parent.glob(f"{_literal(path.name)}.damaged-*"))


def _refuse_if_open(path: Path) -> None:
    """Raise ProjectLocked where a program has the project open; any other trouble is no matter."""
    if not path.exists():
        return
    try:
        close(open_for_reading(path, unchecked))
    except ProjectLocked:
        raise
    except ProjectError:
        pass  # that is why it is restored


def _literal(name: str) -> str:
    """Quote a name for glob."""
    return "".join(f"[{letter}]" if letter in "*?[" else letter for letter in name)
