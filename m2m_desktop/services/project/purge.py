"""Take the texts of phrases out of a project, so that nobody finds them in its files any more.

Decisions, places and the user's own comments stay. What the drive itself keeps (old sectors of an
SSD, shadow copies of the system) is out of reach.
"""

import sqlite3
from datetime import datetime
from pathlib import Path

from m2m_desktop.core.messages import N_, message
from m2m_desktop.core.review import Action
from m2m_desktop.services.project.backups import delete_backups, list_backups
from m2m_desktop.services.project.drafts import delete_drafts
from m2m_desktop.services.project.errors import NotSaved
from m2m_desktop.services.project.project_file import reason, transaction
from m2m_desktop.services.project.records import Actor
from m2m_desktop.services.project.recovery import damaged_copies
from m2m_desktop.services.project.states import add_project_event

LEFT_OVER = N_("the texts are gone from the project, but {name} beside it could not be deleted.")


def drop_texts(connection: sqlite3.Connection, path: Path, *, actor: Actor, now: datetime) -> None:
    """Take all texts out of the tables and note it. Raises NotSaved, DiskFull.

    There is no backup first: it would hold what is to go.
    """
    with transaction(connection, path):
        connection.execute("UPDATE phrase SET text = NULL WHERE text IS NOT NULL")
        add_project_event(connection, Action.PURGE, actor=actor, now=now, reason="")


def erase_traces(connection: sqlite3.Connection, path: Path, folder: Path) -> None:
    """Empty the log, write the file anew, delete older copies of it.

    Raises NotSaved; it may be called again then.
    """
    try:
        # the log goes first: also where there is no space to write the file anew
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        connection.execute("VACUUM")
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    except sqlite3.Error as error:
        raise NotSaved(path=path, detail=reason(error)) from error
    try:
        delete_backups(list_backups(folder))
        delete_drafts(folder)
        delete_drafts(path.parent, path.name)
        for copy in damaged_copies(path):
            copy.unlink(missing_ok=True)
    except OSError as error:
        name = Path(str(error.filename)).name
        raise NotSaved(path=path, detail=message(LEFT_OVER, name=name)) from error


def was_purged(connection: sqlite3.Connection) -> bool:
    """Whether texts were ever taken out."""
    return _last_purge(connection) is not None


def delete_backups_with_texts(connection: sqlite3.Connection, folder: Path) -> None:
    """Delete backups that are older than the last purge, which another PC may have done.

    Raises OSError.
    """
    last = _last_purge(connection)
    if last is None:
        return
    events_before = {
        digest.hex()[:12]
        for (digest,) in connection.execute("SELECT hash FROM event WHERE seq >= ?", (last,))
    }
    delete_backups([backup for backup in list_backups(folder) if backup.head not in events_before])


def _last_purge(connection: sqlite3.Connection) -> int | None:
    """The number of the last event that took texts out."""
    (seq,) = connection.execute(
        "SELECT MAX(seq) FROM event WHERE target = 'project' "
        "AND json_extract(body, '$.action') = ?",
        (Action.PURGE.value,),
    ).fetchone()
    return None if seq is None else int(seq)
