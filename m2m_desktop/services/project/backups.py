"""Backups: whole projects as they stood, each checked after it was written.

They lie in ``<project>.backups`` beside the project, or, where the caller gives a folder of the
user, below that in one named by the project's id, so that they are found wherever the project is
carried. A purge of texts reaches them, and a backup from before a purge that was done elsewhere is
deleted at the next opening.
"""

import re
import sqlite3
from collections.abc import Sequence
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

from m2m_desktop.services.project.creation import read_genesis
from m2m_desktop.services.project.drafts import draft_beside
from m2m_desktop.services.project.errors import BackupUnusable, ProjectError
from m2m_desktop.services.project.events import read_head
from m2m_desktop.services.project.project_file import close, open_for_reading, translated
from m2m_desktop.services.project.records import Backup
from m2m_desktop.services.project.verification import check_at_open

DAILY, WEEKLY, MONTHLY = 12, 10, 9
NEWEST = 6
"""So many of the newest stay, however many a day had."""

_NAME = re.compile(r"(\d{8}T\d{6})Z-r(\d+)-([0-9a-f]{12})\.m2mbackup")
_PATH_FILE = "path.txt"


def backup_folder(path: Path, project_id: str, backup_dir: Path | None) -> Path:
    """Give where the backups of a project lie."""
    if backup_dir is None:
        return path.with_name(path.name + ".backups")
    return backup_dir / project_id


def folder_of_path(path: Path, backup_dir: Path | None) -> Path | None:
    """Find the backups of a file that can no longer say which project it is."""
    if backup_dir is None:
        return backup_folder(path, "", None)
    wanted = str(path.absolute())
    for note in sorted(backup_dir.glob(f"*/{_PATH_FILE}")):
        with suppress(OSError, UnicodeDecodeError):
            if note.read_text("utf-8") == wanted:
                return note.parent
    return None


def list_backups(folder: Path | None) -> list[Backup]:
    """Give the backups in a folder, the newest first."""
    found = []
    for path in folder.iterdir() if folder is not None and folder.is_dir() else ():
        if match := _NAME.fullmatch(path.name):
            made_at = datetime.strptime(match[1], "%Y%m%dT%H%M%S").replace(tzinfo=UTC)
            found.append(Backup(path, made_at, int(match[2]), match[3]))
    return sorted(found, key=lambda backup: (backup.revision, backup.made_at), reverse=True)


def make_backup(
    connection: sqlite3.Connection, path: Path, folder: Path, now: datetime
) -> Backup | None:
    """Write a backup unless the newest one is of the same state (None); then thin out old ones.

    Raises OutputUnwritable, BackupUnusable; the project is untouched and goes on.
    """
    head = read_head(connection).hash.hex()[:12]
    (revision,) = connection.execute("SELECT value FROM meta WHERE key = 'revision'").fetchone()
    existing = list_backups(folder)
    if any((backup.revision, backup.head) == (revision, head) for backup in existing):
        return None
    stamp = now.astimezone(UTC)
    target = folder / f"{stamp:%Y%m%dT%H%M%S}Z-r{revision}-{head}.m2mbackup"
    with draft_beside(target) as draft:
        connection.execute("VACUUM INTO ?", (str(draft),))
        check_backup(draft)
    with suppress(OSError):  # only helps to find it again
        (folder / _PATH_FILE).write_text(str(path.absolute()), "utf-8")
    made = Backup(target, stamp.replace(microsecond=0), revision, head)
    for old in superseded([made, *existing]):
        with suppress(OSError):  # the next thinning meets it again
            old.path.unlink(missing_ok=True)
    return made


def check_backup(path: Path) -> str:
    """Check that a backup is a whole project; gives the project's id. Raises BackupUnusable."""
    try:
        opened = open_for_reading(path, check_at_open)
        try:
            with translated(path):
                return str(read_genesis(opened.connection)["project_id"])
        finally:
            close(opened)
    except ProjectError as error:
        detail = error.fields.get("detail") or type(error).__name__
        raise BackupUnusable(path=path, detail=detail) from error


def superseded(backups: Sequence[Backup]) -> list[Backup]:
    """Give those that are not kept: all but the newest few and one a day, a week, a month.

    ``backups`` come with the newest first.
    """
    kept = list(backups[:NEWEST])
    for limit, period in ((DAILY, "%Y%m%d"), (WEEKLY, "%G%V"), (MONTHLY, "%Y%m")):
        newest: dict[str, Backup] = {}
        for backup in backups:
            newest.setdefault(backup.made_at.strftime(period), backup)
        kept += list(newest.values())[:limit]
    return [backup for backup in backups if backup not in kept]


def newest_good(folder: Path | None) -> Backup | None:
    """Give the newest backup that passes its checks."""
    for backup in list_backups(folder):
        with suppress(BackupUnusable):
            check_backup(backup.path)
            return backup
    return None


def delete_backups(backups: Sequence[Backup]) -> None:
    """Delete backups; raises OSError after the last one where some could not be deleted."""
    failures = []
    for backup in backups:
        try:
            backup.path.unlink(missing_ok=True)
        except OSError as error:
            failures.append(error)
    if failures:
        raise failures[0]
