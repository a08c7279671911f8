"""The memory: that of the user is looked at, one of its own is written and asked."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

from m2m_desktop.core.memory import MemoryEntry
from m2m_desktop.core.messages import N_, message
from m2m_desktop.core.review import CodedTerm
from m2m_desktop.core.text import match_key
from m2m_desktop.services.memory.file import APPLICATION_ID
from m2m_desktop.services.memory.store import MemoryStore, memory_path
from m2m_desktop.services.selftest.records import Finding, bad, doubtful, good
from m2m_desktop.services.selftest.scene import Scene

PHRASE = "自检：记忆库短语"
PATIENCE_S = 3.0
"""How long another program may have the user's memory in hand."""

_EMPTY = N_("Nothing is remembered yet.")
_WHOLE = N_("The memory is whole; entries: {count}")
_DAMAGED = N_("The memory is damaged.")
_IMPORT = N_("Coding sets it aside and begins a new one; import your last export of the memory.")
_BUSY = N_("The memory could not be looked at: {kind}")
_LATER = N_("Close other windows of the program and run the self-test again.")
_WORKS = N_("An entry was remembered, recalled, stopped and deleted for good.")
_FAILS = N_("A memory of its own did not do what it was told: {step}")
_DRIVE = N_("Run the self-test again; if it happens again, have the drive examined.")


def check_memory(scene: Scene) -> Iterator[Finding]:
    """Look at the user's memory without changing it; use another one."""
    yield users_memory(memory_path(scene.locations))
    yield own_memory(scene)


def users_memory(path: Path, *, patience_s: float = PATIENCE_S) -> Finding:
    """Look at the file as a reader that can change nothing."""
    if not path.exists():
        return good(message(_EMPTY))
    try:
        uri = f"{path.absolute().as_uri()}?mode=ro"
        with closing(sqlite3.connect(uri, uri=True, timeout=patience_s)) as reader:
            (told,) = reader.execute("PRAGMA integrity_check(1)").fetchone()
            (application_id,) = reader.execute("PRAGMA application_id").fetchone()
            (count,) = reader.execute("SELECT count(*) FROM entry").fetchone()
    except sqlite3.OperationalError as error:
        name = str(getattr(error, "sqlite_errorname", type(error).__name__))
        if name != "SQLITE_ERROR":  # busy, or not to be opened; an error is a table that is gone
            return doubtful(message(_BUSY, kind=name), message(_LATER))
        return bad(message(_DAMAGED), message(_IMPORT))
    except sqlite3.DatabaseError:
        return bad(message(_DAMAGED), message(_IMPORT))
    if told != "ok" or application_id != APPLICATION_ID:
        return bad(message(_DAMAGED), message(_IMPORT))
    return good(message(_WHOLE, count=count))


def own_memory(scene: Scene) -> Finding:
    """Go through the life of an entry."""
    path = scene.folder("memory") / "memory.sqlite"
    store, key = MemoryStore(path, scene.now), match_key(PHRASE)
    when = scene.now().isoformat(timespec="seconds")
    entry = MemoryEntry(key, PHRASE, (CodedTerm("90100096", "腹泻"),), decided_at=when)
    store.remember([entry])
    if store.recall(key) != entry:
        return _failed("recall")
    store.stop(PHRASE, reviewer="", decided_at=when)
    stopped = store.recall(key)
    if stopped is None or not stopped.is_stopped:
        return _failed("stop")
    if store.revoke([key]) != 1 or store.count():
        return _failed("revoke")
    if PHRASE.encode() in path.read_bytes():
        return _failed("erase")
    return good(message(_WORKS))


def _failed(step: str) -> Finding:
    return bad(message(_FAILS, step=step), message(_DRIVE))
