"""A project file as SQLite sees it: opened so that what is committed stays, for one program alone.

Write-ahead log with full syncs and an exclusive lock: a step is on the disk when its transaction
returns, a second program is told at once, and with one connection only, the races that old SQLite
versions have between connections cannot occur. Where the log is refused or does not suit the
drive, a rollback journal with extra syncs does the same more slowly. When a project is closed it
is one file without company.
"""

import logging
import sqlite3
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from m2m_desktop.core.messages import N_, Message, message
from m2m_desktop.services.project.errors import (
    DiskFull,
    NotAProject,
    NotSaved,
    ProjectDamaged,
    ProjectError,
    ProjectLocked,
    ProjectUnreadable,
)

SYNCHRONOUS = {"wal": "FULL", "truncate": "EXTRA"}
"""A rollback journal needs one sync more: of the folder, after the journal is gone."""
_READ_BACK = {"OFF": 0, "NORMAL": 1, "FULL": 2, "EXTRA": 3}

_BUSY = {"SQLITE_BUSY", "SQLITE_LOCKED"}
_NO_ACCESS = {
    "SQLITE_CANTOPEN",
    "SQLITE_PERM",
    "SQLITE_IOERR",
    "SQLITE_READONLY",
    "SQLITE_AUTH",
    "SQLITE_FULL",
}

SLOWER = N_(
    "This drive does not suit the usual way of saving. A safe, slower way is used; "
    "each step may take a moment."
)
READ_ONLY = N_("This project lies where nothing can be written. It is open for reading only.")
WITHOUT_LOG = N_(
    "The last steps before the program ended are not shown: they can be read only where the "
    "project can be written. Copy the project with all its files to another folder."
)

_REASONS = {
    "SQLITE_FULL": N_("the disk is full ({name})."),
    "SQLITE_IOERR": N_("the drive reports an error ({name})."),
    "SQLITE_CANTOPEN": N_("the file or its folder cannot be opened ({name})."),
    "SQLITE_READONLY": N_("nothing can be written there ({name})."),
    "SQLITE_PERM": N_("the rights do not allow it ({name})."),
    "SQLITE_CORRUPT": N_("its content is broken ({name})."),
    "SQLITE_NOTADB": N_("its content is broken ({name})."),
}
_OTHER_REASON = N_("the file does not work as expected ({name}).")

_log = logging.getLogger(__name__)


Check = Callable[[sqlite3.Connection, Path], None]
"""Looks at a file before it is used; raises a ProjectError."""


def unchecked(connection: sqlite3.Connection, path: Path) -> None:
    """Take a file as it is."""


@dataclass(frozen=True, slots=True)
class OpenFile:
    """An open project file; ``notes`` are for the user."""

    connection: sqlite3.Connection
    is_read_only: bool
    notes: tuple[Message, ...] = ()


def open_for_review(path: Path, check: Check) -> OpenFile:
    """Open a file to be written, or for reading where it cannot be written.

    Nothing is written into a file that does not pass ``check``: it may be another program's, or
    damaged. Raises ProjectLocked, ProjectDamaged, ProjectUnreadable, NotAProject, and what
    ``check`` raises.
    """
    journal = "truncate" if is_remote(path) else "wal"
    connection = _connect(path, str(path))
    try:
        with translated(path):
            connection.execute("PRAGMA locking_mode = EXCLUSIVE")
            check(connection, path)
            used = _set_journal(connection, journal)
            _set_and_read_back(connection, used)
            connection.execute("BEGIN IMMEDIATE")
            connection.execute("COMMIT")
    except ProjectUnreadable:
        connection.close()
        return open_for_reading(path, check, notes=(message(READ_ONLY),))
    except BaseException:
        connection.close()
        raise
    return OpenFile(connection, is_read_only=False, notes=(message(SLOWER),) * (used != "wal"))


def open_for_reading(path: Path, check: Check, *, notes: tuple[Message, ...] = ()) -> OpenFile:
    """Open a file and leave everything as it is, also on a drive that cannot be written.

    Raises ProjectLocked, ProjectDamaged, ProjectUnreadable, NotAProject, and what ``check`` raises.
    """
    try:
        connection = _opened_for_reading(path, "mode=ro", check)
    except ProjectUnreadable:
        if _size(path, "-journal"):
            raise  # half a transaction stands in the file, and it cannot be taken back here
        if _size(path, "-wal"):
            notes = (*notes, message(WITHOUT_LOG))
        connection = _opened_for_reading(path, "immutable=1", check)
    return OpenFile(connection, is_read_only=True, notes=notes)


def _opened_for_reading(path: Path, how: str, check: Check) -> sqlite3.Connection:
    connection = _connect(path, f"{_uri(path)}?{how}")
    try:
        with translated(path):
            connection.execute("PRAGMA trusted_schema = OFF")
            connection.execute("PRAGMA temp_store = MEMORY")
            connection.execute("SELECT COUNT(*) FROM sqlite_schema").fetchone()
            check(connection, path)
    except BaseException:
        connection.close()
        raise
    return connection


def close(opened: OpenFile) -> None:
    """Close a file and leave it without a log or a journal beside it.

    Everything is on the disk before; where tidying up fails, the next opening does it.
    """
    try:
        if not opened.is_read_only:
            opened.connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            opened.connection.execute("PRAGMA journal_mode = DELETE")
    except sqlite3.Error as error:
        _log.info("a project was closed with its log: %s", error_name(error))
    finally:
        opened.connection.close()


@contextmanager
def transaction(connection: sqlite3.Connection, path: Path) -> Iterator[None]:
    """All or nothing, and on the disk when it ends without an exception.

    Raises DiskFull or NotSaved where it could not be written: nothing has changed then.
    """
    try:
        connection.execute("BEGIN IMMEDIATE")
        try:
            yield
            connection.execute("COMMIT")
        except BaseException:
            if connection.in_transaction:
                with suppress(sqlite3.Error):  # rolled back at the next opening at the latest
                    connection.execute("ROLLBACK")
            raise
    except sqlite3.DatabaseError as error:
        family, detail = base_name(error), reason(error)
        if family == "SQLITE_FULL":
            raise DiskFull(path=path, detail=detail) from error
        if family in ("SQLITE_CORRUPT", "SQLITE_NOTADB"):
            raise ProjectDamaged(path=path, detail=detail) from error
        if isinstance(error, sqlite3.OperationalError):
            raise NotSaved(path=path, detail=detail) from error
        raise


@contextmanager
def translated(path: Path) -> Iterator[None]:
    """Turn what SQLite says while a file is opened or read into errors for the user."""
    try:
        yield
    except sqlite3.Error as error:
        raise _as_project_error(path, error) from error
    except UnicodeDecodeError:
        # SQLite's own words about a broken name; they may quote anything, so nothing is chained
        detail = message(_REASONS["SQLITE_CORRUPT"], name="UnicodeDecodeError")
        raise ProjectDamaged(path=path, detail=detail) from None


def error_name(error: sqlite3.Error) -> str:
    """Give the name of an error, which quotes nothing: ``SQLITE_IOERR_WRITE``."""
    return str(getattr(error, "sqlite_errorname", "") or type(error).__name__)


def base_name(error: sqlite3.Error) -> str:
    """Give the name of the family of an error: ``SQLITE_IOERR``."""
    return "_".join(error_name(error).split("_")[:2])


def reason(error: sqlite3.Error) -> Message:
    """Give what SQLite says as half a sentence for the user."""
    return message(_REASONS.get(base_name(error), _OTHER_REASON), name=error_name(error))


def is_remote(path: Path) -> bool:
    """Whether a file lies on a network share or a removable drive, as far as Windows tells."""
    if str(path).startswith("\\\\") and not str(path).startswith("\\\\?\\"):
        return True
    if sys.platform == "win32":
        import ctypes

        removable, remote = 2, 4
        kind = ctypes.windll.kernel32.GetDriveTypeW(path.absolute().anchor)
        return kind in (removable, remote)
    return False


def _connect(path: Path, name: str) -> sqlite3.Connection:
    """Connect without waiting for anybody; nothing is read yet."""
    try:
        return sqlite3.connect(name, timeout=0, isolation_level=None, uri=name.startswith("file:"))
    except sqlite3.Error as error:
        raise _as_project_error(path, error) from error


def _uri(path: Path) -> str:
    uri = path.absolute().as_uri()
    # SQLite takes no host: a share is a path of two more slashes
    return uri if uri.startswith("file:///") else uri.replace("file://", "file:////", 1)


def _set_journal(connection: sqlite3.Connection, wanted: str) -> str:
    """Set how transactions are kept; gives "wal" or "truncate"."""
    (used,) = connection.execute(f"PRAGMA journal_mode = {wanted}").fetchone()
    if used != wanted:
        (used,) = connection.execute("PRAGMA journal_mode = TRUNCATE").fetchone()
    if used not in SYNCHRONOUS:
        raise sqlite3.OperationalError("no journal")
    return str(used)


def _set_and_read_back(connection: sqlite3.Connection, journal: str) -> None:
    level = SYNCHRONOUS[journal]
    for name, value, told in (
        ("synchronous", level, _READ_BACK[level]),
        ("foreign_keys", "ON", 1),
        ("trusted_schema", "OFF", 0),
        ("cell_size_check", "ON", 1),
        ("secure_delete", "ON", 1),
        ("temp_store", "MEMORY", 2),
        ("fullfsync", "ON", 1),  # macOS: to the disk, not only to its cache
        ("checkpoint_fullfsync", "ON", 1),
    ):
        connection.execute(f"PRAGMA {name} = {value}")
        (found,) = connection.execute(f"PRAGMA {name}").fetchone()
        if found != told:
            raise sqlite3.OperationalError(name)


def _size(path: Path, ending: str) -> int:
    try:
        return path.with_name(path.name + ending).stat().st_size
    except OSError:
        return 0


def _as_project_error(path: Path, error: sqlite3.Error) -> ProjectError:
    name, family = error_name(error), base_name(error)
    if family in _BUSY:
        return ProjectLocked(path=path)
    if family == "SQLITE_NOTADB":
        return NotAProject(path=path)
    if family in _NO_ACCESS or name == "OperationalError":
        return ProjectUnreadable(path=path, detail=reason(error))
    return ProjectDamaged(path=path, detail=reason(error))
