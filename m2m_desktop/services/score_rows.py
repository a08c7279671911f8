"""The SQLite file of the score cache: sealed rows by number. It knows nothing of what they mean.

A rollback journal, not a write-ahead log: the log needs shared memory that a network drive does not
give, and SQLite before 3.51.3 can lose pages where two programs write with one (window and command
line do). ``synchronous=NORMAL`` is enough for a cache: a program that is killed harms nothing, and
after a power cut every row is still checked.
"""

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from enum import Enum, auto
from pathlib import Path
from typing import Literal

PAGE_BYTES = 16_384
"""A row of 100 candidates takes 1.6 kB: nine to a page leave little of it empty."""
BUSY_TIMEOUT_S = 0.2

APPLICATION_ID = 0x6D326D73
SCHEMA_VERSION = 1

_SETTINGS = f"""
    PRAGMA page_size = {PAGE_BYTES};
    PRAGMA trusted_schema = OFF;
    PRAGMA cell_size_check = ON;
    PRAGMA secure_delete = ON;
    PRAGMA journal_mode = TRUNCATE;
    PRAGMA synchronous = NORMAL;
    PRAGMA temp_store = MEMORY;
"""
_SCHEMA = (
    "CREATE TABLE IF NOT EXISTS scopes ("
    "id INTEGER PRIMARY KEY, model TEXT NOT NULL, terminology TEXT NOT NULL)",
    "CREATE TABLE IF NOT EXISTS scores ("
    "key INTEGER PRIMARY KEY, scope INTEGER NOT NULL, day INTEGER NOT NULL, sealed BLOB NOT NULL)",
    # both for the oldest rows and for those of a scope, without reading the rows themselves
    "CREATE INDEX IF NOT EXISTS scores_by_day ON scores (day, scope)",
    f"PRAGMA application_id = {APPLICATION_ID}",
    f"PRAGMA user_version = {SCHEMA_VERSION}",
)


class Trouble(Enum):
    """What an error of SQLite means for a cache."""

    BUSY = auto()
    """Another program is writing: not now."""
    UNUSABLE = auto()
    """The place can not be read or written: a full disk, a folder that is read-only."""
    DAMAGED = auto()
    """Anything else: the file is not what was written, and is better begun anew."""


_TROUBLE = {
    sqlite3.SQLITE_BUSY: Trouble.BUSY,
    sqlite3.SQLITE_LOCKED: Trouble.BUSY,
    sqlite3.SQLITE_FULL: Trouble.UNUSABLE,
    sqlite3.SQLITE_IOERR: Trouble.UNUSABLE,
    sqlite3.SQLITE_READONLY: Trouble.UNUSABLE,
    sqlite3.SQLITE_CANTOPEN: Trouble.UNUSABLE,
    sqlite3.SQLITE_PERM: Trouble.UNUSABLE,
    sqlite3.SQLITE_AUTH: Trouble.UNUSABLE,
    sqlite3.SQLITE_NOLFS: Trouble.UNUSABLE,
    sqlite3.SQLITE_NOMEM: Trouble.UNUSABLE,
}
_PRIMARY_CODE = 0xFF

_HEADER_VERSIONS = slice(18, 20)
_ROLLBACK_VERSIONS = b"\x01\x01"


class ForeignDatabase(sqlite3.DatabaseError):
    """A whole database, but of another program or another version of this one."""


def trouble_of(error: sqlite3.Error) -> Trouble:
    """Tell what an error means; errors without a code of SQLite count as damage."""
    code = getattr(error, "sqlite_errorcode", sqlite3.SQLITE_ERROR) & _PRIMARY_CODE
    return _TROUBLE.get(code, Trouble.DAMAGED)


def _require_ordinary(path: Path) -> None:
    """Make the file where there is none; refuse one that SQLite would take for read-only.

    Its header has two bytes for the formats of writing and reading. A greater number there means a
    future SQLite and forbids to write; here it can be nothing but damage.
    """
    if not path.exists():
        path.touch(mode=0o600)  # its journal gets the same mode from SQLite
    with path.open("rb") as file:
        versions = file.read(_HEADER_VERSIONS.stop)[_HEADER_VERSIONS]
    if versions not in (b"", _ROLLBACK_VERSIONS):
        raise ForeignDatabase


class ScoreRows:
    """An open database, to be used by the thread that opened it.

    Every method may raise sqlite3.Error, the constructor OSError too.
    """

    def __init__(self, path: Path) -> None:
        _require_ordinary(path)
        self._connection = sqlite3.connect(path, timeout=BUSY_TIMEOUT_S, isolation_level=None)
        try:
            self._prepare()
        except BaseException:
            self._connection.close()
            raise

    def close(self) -> None:
        """Close the file."""
        self._connection.close()

    def read(self, keys: Sequence[int]) -> list[tuple[object, object]]:
        """Give day and sealed content of each row as they stand; (None, None) for no row."""
        with self._transaction("DEFERRED"):
            return [self._row(key) for key in keys]

    @contextmanager
    def change(self) -> Iterator[None]:
        """Keep or undo everything within, as one."""
        with self._transaction("IMMEDIATE"):
            yield

    def sealed(self, key: int) -> object:
        """Give the sealed content of a row as it stands, None for no row."""
        return self._row(key)[1]

    def put(self, key: int, scope: int, day: int, sealed: bytes) -> None:
        """Write a row in the place of any that is there."""
        values = (key, scope, day, sealed)
        self._connection.execute("INSERT OR REPLACE INTO scores VALUES (?, ?, ?, ?)", values)

    def put_scope(self, scope: int, model: str, terminology: str) -> None:
        """Note what the number of a scope stands for."""
        values = (scope, model, terminology)
        self._connection.execute("INSERT OR IGNORE INTO scopes VALUES (?, ?, ?)", values)

    def touch(self, key: int, day: int) -> None:
        """Note that a row was of use on ``day``."""
        self._connection.execute("UPDATE scores SET day = ? WHERE key = ?", (day, key))

    def used_bytes(self) -> int:
        """Give the size of the pages in use; the file may be larger by pages kept for later."""
        return (self._number("PRAGMA page_count") - self._number("PRAGMA freelist_count")) * (
            self._number("PRAGMA page_size")
        )

    def drop_oldest(self, count: int) -> None:
        """Delete the ``count`` rows that were of no use for longest."""
        self._connection.execute(
            "DELETE FROM scores WHERE key IN (SELECT key FROM scores ORDER BY day LIMIT ?)",
            (count,),
        )

    def forget(self, column: Literal["model", "terminology"], value: str) -> None:
        """Delete the scopes with that model or terminology and all their rows."""
        scopes = f"SELECT id FROM scopes WHERE {column} = ?"
        self._connection.execute(f"DELETE FROM scores WHERE scope IN ({scopes})", (value,))
        self._connection.execute(f"DELETE FROM scopes WHERE {column} = ?", (value,))

    def count(self) -> int:
        """Count the rows."""
        return self._number("SELECT count(*) FROM scores")

    def _prepare(self) -> None:
        # of a damaged text column nothing is ever decoded
        self._connection.text_factory = bytes
        for setting in filter(None, map(str.strip, _SETTINGS.split(";"))):
            self._connection.execute(setting)
        if self._number("SELECT count(*) FROM sqlite_master") == 0:
            with self.change():
                for statement in _SCHEMA:
                    self._connection.execute(statement)
        found = (self._number("PRAGMA application_id"), self._number("PRAGMA user_version"))
        if found != (APPLICATION_ID, SCHEMA_VERSION):
            raise ForeignDatabase

    @contextmanager
    def _transaction(self, kind: str) -> Iterator[None]:
        self._connection.execute(f"BEGIN {kind}")
        try:
            yield
            self._connection.execute("COMMIT")
        except BaseException:
            # SQLite itself has undone it after some errors
            if self._connection.in_transaction:
                self._connection.execute("ROLLBACK")
            raise

    def _row(self, key: int) -> tuple[object, object]:
        cursor = self._connection.execute("SELECT day, sealed FROM scores WHERE key = ?", (key,))
        row: tuple[object, object] | None = cursor.fetchone()
        return row or (None, None)

    def _number(self, query: str) -> int:
        return int(self._connection.execute(query).fetchone()[0])
