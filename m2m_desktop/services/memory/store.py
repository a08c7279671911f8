"""The hospital's memory on disk: asked while coding, grown by decisions, seen and changed by people.

The window and the engine process use one file; each call opens it for a moment, and what a call
changes is on the disk when it returns. Patient text: an entry holds the wording of a phrase, so the
file is kept for this user only, and what is deleted is overwritten.
"""

import json
import logging
import sqlite3
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from m2m_desktop.core.memory import CheckReason, MemoryEntry
from m2m_desktop.core.text import encodable, match_key
from m2m_desktop.services.locations import Locations
from m2m_desktop.services.memory.file import MemoryFile
from m2m_desktop.services.project.wire import term_to_json, terms_from_json

if TYPE_CHECKING:
    from m2m_desktop.core.memory_check import Recheck
    from m2m_desktop.core.terminology import Terminology

MEMORY_FILE = "memory.sqlite"
AT_ONCE = 500
"""Keys of one question to SQLite, which takes a limited number of values."""

_COLUMNS = (
    "key, text, terms, is_stopped, reviewer, decided_at, terminology_id, terminology_version, "
    "terminology_language, needs_check, uses"
)
_PUT = f"INSERT OR REPLACE INTO entry ({_COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"

_log = logging.getLogger(__name__)


def memory_path(locations: Locations) -> Path:
    """Where the memory of a user is."""
    return locations.data / MEMORY_FILE


@dataclass(frozen=True, slots=True)
class Remembered:
    """What became of entries that were to be remembered: keys, in the order given.

    ``kept`` were left as they are: stopped by a person, or decided later than what was given.
    """

    added: tuple[str, ...] = ()
    replaced: tuple[str, ...] = ()
    kept: tuple[str, ...] = ()


class MemoryStore:
    """The entries, by `text.match_key`. A missing file is an empty memory.

    Every method may raise `memory_errors.MemoryDamaged` (the file was set aside and the next call
    finds an empty memory), MemoryTooNew and MemoryUnreadable; those that change anything,
    MemoryUnwritable.
    """

    def __init__(self, path: Path, now: Callable[[], datetime] = lambda: datetime.now(UTC)) -> None:
        self._file = MemoryFile(path, now)

    @property
    def path(self) -> Path:
        """Where the file is, or would be."""
        return self._file.path

    # -- asking ----------------------------------------------------------------------------------

    def recall(self, key: str) -> MemoryEntry | None:
        """Give the entry of a key, stopped or not; None where there is none."""
        return self.recall_many([key]).get(key)

    def recall_many(self, keys: Collection[str]) -> dict[str, MemoryEntry]:
        """Give the entries of those keys that have one."""
        asked = {encodable(key): key for key in keys}
        wanted, found = list(asked), dict[str, MemoryEntry]()
        with self._file.reading() as connection:
            if connection is None:
                return found
            for start in range(0, len(wanted), AT_ONCE):
                some = wanted[start : start + AT_ONCE]
                marks = ",".join("?" * len(some))
                query = f"SELECT {_COLUMNS} FROM entry WHERE key IN ({marks})"
                rows = connection.execute(query, some)
                found.update((asked[one.key], one) for one in _entries(rows))
        return found

    def entries(
        self, text: str = "", *, only_to_check: bool = False, only_stopped: bool = False
    ) -> list[MemoryEntry]:
        """List entries, the latest decision first.

        ``text`` filters by a part of the wording, of a term's name or of a code.
        """
        with self._file.reading() as connection:
            if connection is None:
                return []
            query = f"SELECT {_COLUMNS} FROM entry ORDER BY decided_at DESC, key"
            found = _entries(connection.execute(query))
        part = match_key(text)
        return [
            entry
            for entry in found
            if (not only_to_check or entry.needs_check is not None)
            and (not only_stopped or entry.is_stopped)
            and (not part or _holds(entry, part))
        ]

    def keys(self) -> frozenset[str]:
        """Give the keys of all entries, stopped ones too: wordings that are never cut in two."""
        with self._file.reading() as connection:
            if connection is None:
                return frozenset()
            return frozenset(str(row[0]) for row in connection.execute("SELECT key FROM entry"))

    def count(self) -> int:
        """Count the entries."""
        with self._file.reading() as connection:
            if connection is None:
                return 0
            return int(connection.execute("SELECT count(*) FROM entry").fetchone()[0])

    # -- changing --------------------------------------------------------------------------------

    def remember(self, entries: Iterable[MemoryEntry]) -> Remembered:
        """Keep what was decided; a later decision takes the place of an earlier one.

        An entry that a person has stopped stays as it is. How often it was used is kept.
        """
        added, replaced, kept = list[str](), list[str](), list[str]()
        with self._file.writing() as connection:
            for entry in entries:
                known = _entry_of(connection, entry.key)
                if known is None:
                    added.append(entry.key)
                elif known.is_stopped or known.decided_at > entry.decided_at:
                    kept.append(entry.key)
                    continue
                else:
                    replaced.append(entry.key)
                uses = entry.uses if known is None else known.uses
                connection.execute(_PUT, _values(replace(entry, uses=uses)))
        return Remembered(tuple(added), tuple(replaced), tuple(kept))

    def edit(self, entry: MemoryEntry) -> None:
        """Put an entry as a person wants it, whatever is there; this also ends a stop."""
        self.put([entry])

    def put(self, entries: Iterable[MemoryEntry]) -> None:
        """Put entries in the place of whatever is there."""
        with self._file.writing() as connection:
            connection.executemany(_PUT, map(_values, entries))

    def revoke(self, keys: Collection[str]) -> int:
        """Delete entries for good, and give how many there were."""
        with self._file.writing() as connection:
            return sum(
                connection.execute("DELETE FROM entry WHERE key = ?", (encodable(key),)).rowcount
                for key in keys
            )

    def stop(self, text: str, *, reviewer: str, decided_at: str) -> MemoryEntry:
        """Put a wording on the stop list: it is neither answered from memory nor remembered."""
        key = match_key(text)
        with self._file.writing() as connection:
            known = _entry_of(connection, key) or MemoryEntry(key, text)
            stopped = replace(known, is_stopped=True, reviewer=reviewer, decided_at=decided_at)
            connection.execute(_PUT, _values(stopped))
        return stopped

    def clear(self) -> int:
        """Delete all entries for good, and give how many there were."""
        with self._file.writing() as connection:
            return connection.execute("DELETE FROM entry").rowcount

    def count_uses(self, uses: Mapping[str, int]) -> None:
        """Add to how often entries have answered a phrase."""
        if not uses:
            return
        with self._file.writing() as connection:
            connection.executemany(
                "UPDATE entry SET uses = uses + ? WHERE key = ?",
                [(count, encodable(key)) for key, count in uses.items()],
            )

    # -- another release -------------------------------------------------------------------------

    def recheck(self, terminology: "Terminology") -> "Recheck":
        """Examine all entries by a release and mark those a person must confirm.

        What was marked before and holds again loses its mark.
        """
        # only here: the window, which has neither terminology nor numpy, uses all the rest
        from m2m_desktop.core.memory_check import Recheck, recheck

        with self._file.reading() as connection:
            if connection is None:
                return Recheck(0, (), ())
        with self._file.writing() as connection:
            found = recheck(_all(connection), terminology)
            for entry in (*found.changed, *found.cleared):
                reason = entry.needs_check.value if entry.needs_check else ""
                connection.execute(
                    "UPDATE entry SET needs_check = ? WHERE key = ?", (reason, entry.key)
                )
        return found

    def confirm(
        self, keys: Collection[str], terminology: "Terminology", *, reviewer: str, decided_at: str
    ) -> list[MemoryEntry]:
        """Let entries hold for a release as it describes their PTs; gives them as they are now."""
        from m2m_desktop.core.memory_check import confirmed

        fresh = []
        with self._file.writing() as connection:
            for key in keys:
                entry = _entry_of(connection, key)
                if entry is not None:
                    fresh.append(confirmed(entry, terminology, reviewer, decided_at))
                    connection.execute(_PUT, _values(fresh[-1]))
        return fresh


def _all(connection: sqlite3.Connection) -> list[MemoryEntry]:
    return _entries(connection.execute(f"SELECT {_COLUMNS} FROM entry ORDER BY key"))


def _entry_of(connection: sqlite3.Connection, key: str) -> MemoryEntry | None:
    query = f"SELECT {_COLUMNS} FROM entry WHERE key = ?"
    return next(iter(_entries(connection.execute(query, (encodable(key),)))), None)


def _entries(rows: Iterable[tuple[object, ...]]) -> list[MemoryEntry]:
    """Read rows; one that is no entry (a damaged disk) is left out, with a line in the log."""
    found, unreadable = [], 0
    for row in rows:
        try:
            found.append(_entry(row))
        except (ValueError, TypeError, KeyError):
            unreadable += 1
    if unreadable:
        _log.warning("%d entries of the memory cannot be read", unreadable)
    return found


def _entry(row: tuple[object, ...]) -> MemoryEntry:
    key, text, terms, is_stopped, reviewer, decided_at, *of_release, reason, uses = row
    terminology_id, version, language = map(str, of_release)
    if any(isinstance(value, str) and encodable(value) != value for value in row):
        raise ValueError("half characters")
    return MemoryEntry(
        key=str(key),
        text=str(text),
        terms=terms_from_json(json.loads(str(terms))),
        is_stopped=bool(is_stopped),
        reviewer=str(reviewer),
        decided_at=str(decided_at),
        terminology_id=terminology_id,
        terminology_version=version,
        terminology_language=language,
        needs_check=CheckReason(str(reason)) if reason else None,
        uses=int(str(uses)),
    )


def _values(entry: MemoryEntry) -> tuple[object, ...]:
    return (
        encodable(entry.key),
        encodable(entry.text),
        json.dumps([term_to_json(term) for term in entry.terms]),
        int(entry.is_stopped),
        encodable(entry.reviewer),
        entry.decided_at,
        entry.terminology_id,
        entry.terminology_version,
        entry.terminology_language,
        entry.needs_check.value if entry.needs_check else "",
        entry.uses,
    )


def _holds(entry: MemoryEntry, part: str) -> bool:
    """Whether an entry shows ``part`` (a match key) anywhere a person would look for it."""
    if part in entry.key:
        return True
    shown = (
        text
        for term in entry.terms
        for text in (term.pt_name, term.pt_code, term.llt_name, term.llt_code, term.soc_name)
    )
    return any(part in match_key(text) for text in shown)
