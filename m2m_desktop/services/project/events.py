"""The audit trail: every step of review is an event that is never changed.

Each event carries the SHA-256 of its text and of the event before, the first one that of what the
project was made from. So an altered, missing or inserted event is found. It guards against errors
and careless hands: who has the program could build a whole new chain.
"""

import hashlib
import json
import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from m2m_desktop.core.review import Action, Change, Target
from m2m_desktop.core.text import encodable
from m2m_desktop.services.project.records import Actor, Event
from m2m_desktop.services.project.wire import Json, state_from_json

_CANONICAL = json.JSONEncoder(
    ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False
)


@dataclass(frozen=True, slots=True)
class Head:
    """The end of the chain: its last event (0: none yet), its group, time and hash."""

    seq: int
    group_id: int
    utc: str
    hash: bytes


@dataclass(frozen=True, slots=True)
class Occasion:
    """What all events of one action share."""

    group_id: int
    actor: Actor
    utc: str
    utc_offset_minutes: int
    reason: str
    clock_back_s: int
    run: str


def canonical(value: object) -> str:
    """Give the one text of a JSON value: sorted keys, no spaces, half characters replaced."""
    return encodable(_CANONICAL.encode(value))


def link(before: bytes, body: str) -> bytes:
    """Give the hash of an event from that of the event before and its own text."""
    return hashlib.sha256(before + body.encode()).digest()


def genesis_hash(genesis: str) -> bytes:
    """Give the hash that the first event hangs on."""
    return hashlib.sha256(genesis.encode()).digest()


def read_head(connection: sqlite3.Connection) -> Head:
    """Give the end of the chain."""
    row = connection.execute(
        "SELECT seq, group_id, body, hash FROM event ORDER BY seq DESC LIMIT 1"
    ).fetchone()
    if row is None:
        (genesis,) = connection.execute("SELECT value FROM meta WHERE key = 'genesis'").fetchone()
        return Head(0, 0, "", genesis_hash(genesis))
    seq, group_id, body, digest = row
    return Head(seq, group_id, str(json.loads(body).get("utc", "")), digest)


def occasion(head: Head, actor: Actor, now: datetime, reason: str, run: str) -> Occasion:
    """Prepare what the events of an action share. A clock that went back is noted, no error."""
    local = now.astimezone() if now.tzinfo is None else now
    utc = local.astimezone(UTC)
    offset = local.utcoffset()
    back = (datetime.fromisoformat(head.utc) - utc).total_seconds() if head.utc else 0.0
    return Occasion(
        group_id=head.group_id + 1,
        actor=actor,
        utc=utc.isoformat(timespec="milliseconds"),
        utc_offset_minutes=0 if offset is None else int(offset.total_seconds()) // 60,
        reason=reason,
        clock_back_s=max(0, round(back)),
        run=run,
    )


def event_body(
    seq: int,
    change: Change,
    before: Json | None,
    after: Json | None,
    what: Occasion,
    undoes: int | None = None,
    more: Json | None = None,
) -> str:
    """Give the text of an event; ``before`` and ``after`` are None where an item has no own state.

    ``more`` are fields of this kind of event only.
    """
    body: Json = {
        "seq": seq,
        "group": what.group_id,
        "target": change.target.value,
        "target_id": change.target_id,
        "action": change.action.value,
        "before": before,
        "after": after,
        "os_user": what.actor.os_user,
        "reviewer": what.actor.reviewer,
        "utc": what.utc,
        "utc_offset_minutes": what.utc_offset_minutes,
    }
    extras: Json = {
        "reason": what.reason,
        "undoes": undoes,
        "clock_back_s": what.clock_back_s,
        "run": what.run,
        **(more or {}),
    }
    return canonical({**body, **{name: value for name, value in extras.items() if value}})


def add_event(
    connection: sqlite3.Connection,
    seq: int,
    group_id: int,
    change: Change,
    body: str,
    digest: bytes,
) -> None:
    """Write one event."""
    connection.execute(
        "INSERT INTO event (seq, group_id, target, target_id, body, hash) VALUES (?, ?, ?, ?, ?, ?)",
        (seq, group_id, change.target.value, change.target_id, body, digest),
    )


def broken_link(connection: sqlite3.Connection) -> int | None:
    """Give the first event that does not hang together with those before it; None: all do.

    0: the end of the chain is not the one that was noted, so events are missing at the end.
    """
    meta = dict(connection.execute("SELECT key, value FROM meta WHERE key IN ('genesis', 'head')"))
    if not isinstance(meta.get("genesis"), str):
        return 0
    digest, expected = genesis_hash(meta["genesis"]), 1
    for seq, body, stored in connection.execute("SELECT seq, body, hash FROM event ORDER BY seq"):
        digest = link(digest, body)
        if seq != expected or stored != digest:
            return expected
        expected += 1
    return None if meta.get("head") == digest else 0


def event_of(body: str) -> Event:
    """Read an event; raises ValueError where it is none."""
    told: dict[str, Any] = json.loads(body)
    try:
        before, after = told["before"], told["after"]
        change = Change(
            target=Target(told["target"]),
            target_id=told["target_id"],
            action=Action(told["action"]),
            after=state_from_json(after or {}),
            clears=after is None,
        )
        return Event(
            seq=told["seq"],
            group_id=told["group"],
            change=change,
            before=state_from_json(before or {}),
            actor=Actor(told["os_user"], told["reviewer"]),
            utc=told["utc"],
            utc_offset_minutes=told["utc_offset_minutes"],
            reason=told.get("reason", ""),
            undoes=told.get("undoes"),
            had_own_state=before is not None,
            clock_back_s=told.get("clock_back_s", 0),
            presence=told.get("presence", ""),
        )
    except (KeyError, TypeError) as error:
        raise ValueError("event") from error


def events_of_group(connection: sqlite3.Connection, group_id: int) -> list[Event]:
    """Give what one action changed, in order."""
    rows = connection.execute("SELECT body FROM event WHERE group_id = ? ORDER BY seq", (group_id,))
    return [event_of(body) for (body,) in rows]


def events_of_phrase(connection: sqlite3.Connection, phrase_id: int) -> Iterator[Event]:
    """Give the history of a phrase and of its items, oldest first."""
    rows = connection.execute(
        "SELECT body FROM event WHERE (target = 'phrase' AND target_id = :id) OR "
        "(target = 'item' AND target_id IN (SELECT id FROM item WHERE phrase_id = :id)) "
        "ORDER BY seq",
        {"id": phrase_id},
    )
    return (event_of(body) for (body,) in rows)


def events_of_project(connection: sqlite3.Connection) -> list[Event]:
    """Give what concerned the whole project, oldest first."""
    rows = connection.execute("SELECT body FROM event WHERE target = 'project' ORDER BY seq")
    return [event_of(body) for (body,) in rows]
