"""The SQLite file of the memory: opened for a moment, each time something is asked or changed.

The window and the engine process use it at the same time, so no connection stays open, and there
is no write-ahead log: two connections can lose pages with one before SQLite 3.51.3. With a
truncated rollback journal and ``synchronous=EXTRA`` what was committed survives a power cut.
"""

import logging
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import datetime
from pathlib import Path

from m2m_desktop.core.errors import CodingToolError
from m2m_desktop.core.messages import N_, message
from m2m_desktop.services.memory.errors import (
    MemoryDamaged,
    MemoryTooNew,
    MemoryUnreadable,
    MemoryUnwritable,
)
from m2m_desktop.services.score_rows import Trouble, trouble_of

APPLICATION_ID = 0x6D326D6D
SCHEMA_VERSION = 1
BUSY_TIMEOUT_S = 3.0
DAMAGED = ".damaged-"
"""Follows the name of the file in the name of one that was set aside; see `memory.damaged`."""

_SETTINGS = (
    "PRAGMA trusted_schema = OFF",
    "PRAGMA cell_size_check = ON",
    "PRAGMA secure_delete = ON",
    "PRAGMA journal_mode = TRUNCATE",
    "PRAGMA synchronous = EXTRA",
    "PRAGMA temp_store = MEMORY",
)
_SCHEMA = (
    "CREATE TABLE entry ("
    "key TEXT PRIMARY KEY, text TEXT NOT NULL, terms TEXT NOT NULL, is_stopped INTEGER NOT NULL, "
    "reviewer TEXT NOT NULL, decided_at TEXT NOT NULL, terminology_id TEXT NOT NULL, "
    "terminology_version TEXT NOT NULL, terminology_language TEXT NOT NULL, "
    "needs_check TEXT NOT NULL, uses INTEGER NOT NULL) WITHOUT ROWID",
    f"PRAGMA application_id = {APPLICATION_ID}",
    f"PRAGMA user_version = {SCHEMA_VERSION}",
)
_HEADER_BYTES = 20
_ROLLBACK_VERSIONS = b"\x01\x01"

_log = logging.getLogger(__name__)


class _NotOurs(sqlite3.DatabaseError):
    """A file that SQLite reads, but that this program did not write."""


class MemoryFile:
    """Where the file is, and how it is opened. ``now`` names a file that is set aside."""

    def __init__(self, path: Path, now: Callable[[], datetime]) -> None:
        self.path = path
        self._now = now

    @contextmanager
    def reading(self) -> Iterator[sqlite3.Connection | None]:
        """Give a connection for one question, None where nothing was ever remembered.

        Raises: MemoryDamaged (the file is set aside then), MemoryTooNew, MemoryUnreadable.
        """
        if not self.path.exists():
            yield None
            return
        with self._troubles(MemoryUnreadable), self._connected() as connection:
            yield connection

    @contextmanager
    def writing(self) -> Iterator[sqlite3.Connection]:
        """Give a connection for one change, all of it or nothing.

        Raises: MemoryDamaged (the file is set aside then), MemoryTooNew, MemoryUnwritable.
        """
        with self._troubles(MemoryUnwritable):
            self.path.parent.mkdir(parents=True, exist_ok=True)
            with self._connected() as connection:
                connection.execute("BEGIN IMMEDIATE")
                try:
                    yield connection
                    connection.execute("COMMIT")
                except BaseException:
                    if connection.in_transaction:
                        connection.execute("ROLLBACK")
                    raise

    @contextmanager
    def _connected(self) -> Iterator[sqlite3.Connection]:
        _require_ordinary(self.path)
        connection = sqlite3.connect(self.path, timeout=BUSY_TIMEOUT_S, isolation_level=None)
        connection.text_factory = _decoded
        try:
            for setting in _SETTINGS:
                connection.execute(setting)
            self._require_schema(connection)
            yield connection
        finally:
            connection.close()

    def _require_schema(self, connection: sqlite3.Connection) -> None:
        if _number(connection, "PRAGMA user_version") == SCHEMA_VERSION:
            if _number(connection, "PRAGMA application_id") != APPLICATION_ID:
                raise _NotOurs
            return
        connection.execute("BEGIN IMMEDIATE")  # two programs may make it at the same time
        try:
            version = _number(connection, "PRAGMA user_version")
            if _number(connection, "PRAGMA application_id") == APPLICATION_ID:
                if version > SCHEMA_VERSION:
                    raise MemoryTooNew(path=self.path)
            elif _number(connection, "SELECT count(*) FROM sqlite_master"):
                raise _NotOurs
            else:
                for statement in _SCHEMA:
                    connection.execute(statement)
            connection.execute("COMMIT")
        except BaseException:
            if connection.in_transaction:
                connection.execute("ROLLBACK")
            raise

    @contextmanager
    def _troubles(self, kind: type[CodingToolError]) -> Iterator[None]:
        """Turn what SQLite and the system say into an error for the user."""
        try:
            yield
        except sqlite3.Error as error:
            trouble = trouble_of(error)
            aside = self._set_aside() if trouble is Trouble.DAMAGED else ""
            if aside:
                raise MemoryDamaged(path=self.path, aside=aside) from error
            if trouble in (Trouble.BUSY, Trouble.DAMAGED):  # or a new one is there already
                detail: object = message(N_("another program is using it."))
            else:
                detail = message(N_("the disk is full, or the folder is read-only."))
            raise kind(path=self.path, detail=detail) from error
        except OSError as error:
            detail = error.strerror or type(error).__name__
            raise kind(path=self.path, detail=detail) from error

    def _set_aside(self) -> str:
        """Rename a damaged file and give its new name.

        Empty where the file is whole: another program has found the damage first and put a new one
        there.
        """
        if self._is_whole():
            return ""
        stamp = self._now().strftime("%Y%m%d-%H%M%S")
        aside = self.path.with_name(f"{self.path.name}{DAMAGED}{stamp}")
        number = 1
        while aside.exists():
            number += 1
            aside = self.path.with_name(f"{self.path.name}{DAMAGED}{stamp}-{number}")
        with suppress(OSError):
            self.path.replace(aside)
            # a journal of the damaged file must never be played back into a new one
            journal = self.path.with_name(f"{self.path.name}-journal")
            if journal.exists():
                journal.replace(aside.with_name(f"{aside.name}-journal"))
        _log.warning("the memory is damaged and was set aside")
        return aside.name

    def _is_whole(self) -> bool:
        try:
            with self._connected() as connection:
                row = connection.execute("PRAGMA integrity_check(1)").fetchone()
                return bool(row) and row[0] == "ok"
        except (sqlite3.Error, OSError, CodingToolError):
            return False


def _decoded(data: bytes) -> str:
    """Read a text whatever damage has made of it: it then holds half characters."""
    return data.decode("utf-8", "surrogateescape")


def _number(connection: sqlite3.Connection, query: str) -> int:
    return int(connection.execute(query).fetchone()[0])


def _require_ordinary(path: Path) -> None:
    """Make the file where there is none, for this user only; refuse a header SQLite cannot write.

    The two bytes for the formats of writing and reading can differ from 1 only by damage.
    """
    if not path.exists():
        path.touch(mode=0o600)
    with path.open("rb") as file:
        header = file.read(_HEADER_BYTES)
    if header and header[18:20] != _ROLLBACK_VERSIONS:
        raise _NotOurs
