"""The audit trail of a project as it leaves the program: every link of the chain, and its JSON lines.

An outsider recomputes the chain from what a line holds, byte for byte: the text of an event is a
string in it, so that nobody has to write JSON the way this program does.
"""

import json
import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from m2m_desktop.services.project.errors import ProjectNotFound
from m2m_desktop.services.project.events import genesis_hash, link
from m2m_desktop.services.project.migrations import read_as_newest
from m2m_desktop.services.project.phrases import read_texts
from m2m_desktop.services.project.project_file import open_for_reading, translated
from m2m_desktop.services.project.verification import check_at_open

KIND, VERSION = "m2m-audit", 1
"""What the first line says of itself."""


@dataclass(frozen=True, slots=True)
class Link:
    """One event: its canonical text, the hash before it and its own."""

    seq: int
    body: str
    before: bytes
    hash: bytes


@dataclass(frozen=True, slots=True)
class Place:
    """Where an item stands; rows and columns count from 1."""

    phrase_id: int
    sheet: str
    row: int
    column: int


@dataclass(frozen=True, slots=True)
class Trail:
    """The whole chain of a project. ``texts`` are those that it keeps; ``places`` are by item."""

    genesis: str
    links: tuple[Link, ...]
    places: Mapping[int, Place]
    texts: Mapping[int, str]

    @property
    def origin(self) -> dict[str, Any]:
        """What the project was made from."""
        told: dict[str, Any] = json.loads(self.genesis)
        return told

    @property
    def first(self) -> bytes:
        """The hash that the first event hangs on."""
        return genesis_hash(self.genesis)

    @property
    def head(self) -> bytes:
        """The hash of the last event, or of the origin where there is none."""
        return self.links[-1].hash if self.links else self.first

    @property
    def made_at(self) -> str:
        """The time of the last event, UTC: two exports of one state are equal."""
        if not self.links:
            return str(self.origin["created_at"])
        return str(json.loads(self.links[-1].body)["utc"])


def read_trail(path: Path) -> Trail:
    """Read the chain of a project that nobody has open, whole and sound.

    Raises what `Project.open` raises for a project opened for reading.
    """
    if not path.is_file():
        raise ProjectNotFound(path=path)
    opened = open_for_reading(path, check_at_open)
    with closing(opened.connection) as connection, translated(path):
        read_as_newest(connection)
        (genesis,) = connection.execute("SELECT value FROM meta WHERE key = 'genesis'").fetchone()
        return Trail(
            genesis, tuple(_links(connection, genesis)), _places(connection),
            dict(read_texts(connection)),
        )  # fmt: skip


def chain_lines(trail: Trail, *, tells_origin: bool) -> Iterator[str]:
    """Give the lines of the JSON file: what the chain is of, then one line an event.

    ``tells_origin`` adds the text of the origin. It holds the path of the source and the salt by
    which phrases could be guessed from their digests, so it goes only where the phrases go.
    """
    origin = trail.origin
    source = origin["source"]
    yield _line(
        {
            "audit": KIND,
            "version": VERSION,
            "project_id": origin["project_id"],
            "created_at": origin["created_at"],
            "source_name": source["name"],
            "source_sha256": source["sha256"],
            "content_sha256": origin["content_sha256"],
            "events": len(trail.links),
            "genesis": trail.genesis if tells_origin else None,
            "genesis_hash": trail.first.hex(),
            "head": trail.head.hex(),
        }
    )
    for one in trail.links:
        yield _line(
            {
                "seq": one.seq,
                "previous": one.before.hex(),
                "record": one.body,
                "hash": one.hash.hex(),
            }
        )


def _line(told: dict[str, object]) -> str:
    return json.dumps(told, ensure_ascii=False) + "\n"


def _links(connection: sqlite3.Connection, genesis: str) -> Iterator[Link]:
    before = genesis_hash(genesis)
    for seq, body in connection.execute("SELECT seq, body FROM event ORDER BY seq"):
        digest = link(before, body)
        yield Link(seq, body, before, digest)
        before = digest


def _places(connection: sqlite3.Connection) -> dict[int, Place]:
    rows = connection.execute("SELECT id, phrase_id, sheet, line, col FROM item ORDER BY id")
    return {item_id: Place(*place) for item_id, *place in rows}
