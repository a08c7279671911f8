"""A new project: written whole beside its place, then moved there."""

import hashlib
import json
import secrets
import sqlite3
from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path

from m2m_desktop.core.progress import Progress
from m2m_desktop.core.text import encodable
from m2m_desktop.services.project import schema
from m2m_desktop.services.project.drafts import SIDE_FILES, draft_beside
from m2m_desktop.services.project.errors import ProjectExists
from m2m_desktop.services.project.events import canonical, genesis_hash
from m2m_desktop.services.project.items import insert_item
from m2m_desktop.services.project.phrases import phrase_digest
from m2m_desktop.services.project.records import NewItem, NewSource

_REPORT_EVERY = 1000


def create_project(
    path: Path,
    source: NewSource,
    items: Iterable[NewItem],
    *,
    terminology_id: str,
    remembers_texts: bool,
    now: datetime,
    progress: Progress,
) -> None:
    """Write a new project file. Raises ProjectExists, OutputUnwritable, and what ``items`` raises.

    Nothing is left behind where it fails.
    """
    if path.exists():
        raise ProjectExists(path=path)
    with draft_beside(path) as draft:
        connection = sqlite3.connect(draft, isolation_level=None)
        try:
            # nothing of value is in a draft: it is made safe as a whole before it gets its name
            connection.execute("PRAGMA journal_mode = OFF")
            connection.execute("PRAGMA synchronous = OFF")
            connection.execute("BEGIN")
            for statement in schema.statements(schema.VERSION):
                connection.execute(statement)
            salt = secrets.token_bytes(32)
            _add_items(connection, salt, items, remembers_texts, progress)
            connection.execute(schema.FILL_TALLY)
            _add_meta(connection, source, salt, terminology_id, remembers_texts, now)
            connection.execute(f"PRAGMA application_id = {schema.APPLICATION_ID}")
            connection.execute(f"PRAGMA user_version = {schema.VERSION}")
            connection.execute("COMMIT")
        finally:
            connection.close()
        if path.exists():
            raise ProjectExists(path=path)
        # the log of a project that once lay here would be read as this one's
        for ending in SIDE_FILES:
            path.with_name(path.name + ending).unlink(missing_ok=True)


def content_digest(connection: sqlite3.Connection) -> str:
    """Give the SHA-256 of the imported phrases (by their digests) and items of a project."""
    digest = hashlib.sha256()
    for phrase_id, phrase, kind in connection.execute(
        "SELECT id, digest, kind FROM phrase WHERE id IN (SELECT phrase_id FROM item "
        "WHERE id NOT IN (SELECT item_id FROM addition)) ORDER BY id"
    ):
        digest.update(canonical([phrase_id, phrase.hex(), kind]).encode())
    for row in connection.execute(
        "SELECT id, phrase_id, sheet, line, col, start, stop, severity, report_id "
        "FROM item WHERE id NOT IN (SELECT item_id FROM addition) ORDER BY id"
    ):
        digest.update(canonical(row).encode())
    return digest.hexdigest()


def read_genesis(connection: sqlite3.Connection) -> dict[str, object]:
    """Give what a project was made from."""
    (text,) = connection.execute("SELECT value FROM meta WHERE key = 'genesis'").fetchone()
    told: dict[str, object] = json.loads(text)
    return told


def _add_items(
    connection: sqlite3.Connection,
    salt: bytes,
    items: Iterable[NewItem],
    remembers_texts: bool,
    progress: Progress,
) -> None:
    digests: dict[str, bytes] = {}
    phrase_ids: dict[tuple[bytes, str], int] = {}
    for done, item in enumerate(items):
        if done % _REPORT_EVERY == 0:
            progress(done, 0)
        digest = digests.get(item.text)
        if digest is None:
            digest = digests[item.text] = phrase_digest(salt, item.text)
        key = (digest, item.kind.value)
        phrase_id = phrase_ids.setdefault(key, len(phrase_ids) + 1)
        if phrase_id == len(phrase_ids):
            connection.execute(
                "INSERT INTO phrase (id, digest, kind, text) VALUES (?, ?, ?, ?) "
                "ON CONFLICT DO NOTHING",
                (phrase_id, *key, encodable(item.text) if remembers_texts else None),
            )
        insert_item(connection, phrase_id, item)


def _add_meta(
    connection: sqlite3.Connection,
    source: NewSource,
    salt: bytes,
    terminology_id: str,
    remembers_texts: bool,
    now: datetime,
) -> None:
    genesis = canonical(
        {
            "project_id": secrets.token_hex(16),
            "salt": salt.hex(),
            "created_at": now.astimezone(UTC).isoformat(timespec="seconds"),
            "terminology_id": terminology_id,
            "remembers_texts": remembers_texts,
            "source": {
                "name": source.name,
                "sha256": source.sha256,
                "path": source.path,
                "layout": source.layout,
                "counts": source.counts,
            },
            "content_sha256": content_digest(connection),
        }
    )
    connection.executemany(
        "INSERT INTO meta (key, value) VALUES (?, ?)",
        [("genesis", genesis), ("head", genesis_hash(genesis)), ("revision", 0)],
    )
