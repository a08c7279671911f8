"""What holds now, and steps of review: each is an event and the state after it, written together.

``status`` beside each state is there to be counted. A phrase nobody touched has no row, an item
has one where it has a decision of its own.
"""

import json
import sqlite3
from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime

from m2m_desktop.core.errors import BadRequest
from m2m_desktop.core.messages import N_, message
from m2m_desktop.core.review import (
    Action,
    Change,
    ReviewState,
    ReviewStatus,
    Target,
    check_change,
)
from m2m_desktop.services.project import schema
from m2m_desktop.services.project.events import (
    Head,
    Occasion,
    add_event,
    canonical,
    event_body,
    events_of_group,
    link,
    occasion,
    read_head,
)
from m2m_desktop.services.project.records import Actor
from m2m_desktop.services.project.wire import Json, state_from_json, state_to_json

ADDED, WITHDRAWN = "added", "withdrawn"
"""What the presence of an item is after an event."""
UNKNOWN_TARGET = N_("the project has no such phrase or place.")

StatesOf = dict[int, ReviewState]


def read_states(connection: sqlite3.Connection, target: Target) -> StatesOf:
    """Give all states that are not the empty one, by phrase or item."""
    rows = connection.execute("SELECT target_id, body FROM state WHERE target = ?", (target.value,))
    return {target_id: state_from_json(json.loads(body)) for target_id, body in rows}


def read_state(
    connection: sqlite3.Connection, target: Target, target_id: int
) -> ReviewState | None:
    """Give the state of a phrase, or the own one of an item (None: it has none).

    Raises BadRequest where there is no such phrase or item.
    """
    row = connection.execute(
        "SELECT body FROM state WHERE target = ? AND target_id = ?", (target.value, target_id)
    ).fetchone()
    if row is not None:
        return state_from_json(json.loads(row[0]))
    if target is Target.PHRASE:
        require_phrase(connection, target_id)
        return ReviewState()
    query = f"SELECT 1 FROM item WHERE id = ? AND id NOT IN {schema.WITHDRAWN}"
    if target is Target.PROJECT or connection.execute(query, (target_id,)).fetchone() is None:
        raise BadRequest(detail=message(UNKNOWN_TARGET))
    return None


def require_phrase(connection: sqlite3.Connection, phrase_id: int) -> None:
    """Raise BadRequest where there is no such phrase."""
    query = "SELECT 1 FROM phrase WHERE id = ?"
    if connection.execute(query, (phrase_id,)).fetchone() is None:
        raise BadRequest(detail=message(UNKNOWN_TARGET))


def put_state(
    connection: sqlite3.Connection, target: str, target_id: int, after: Json | None
) -> None:
    """Write what holds now; ``after`` None: an item has no decision of its own any more."""
    if after is None or (not after and target == Target.PHRASE.value):
        connection.execute(
            "DELETE FROM state WHERE target = ? AND target_id = ?", (target, target_id)
        )
        return
    status = after.get("status", ReviewStatus.UNREVIEWED.value)
    connection.execute(
        "INSERT INTO state (target, target_id, status, body) VALUES (?, ?, ?, ?) "
        "ON CONFLICT (target, target_id) DO UPDATE SET status = excluded.status, "
        "body = excluded.body",
        (target, target_id, status, canonical(after)),
    )


def apply_changes(
    connection: sqlite3.Connection,
    changes: Iterable[Change],
    *,
    actor: Actor,
    now: datetime,
    reason: str,
) -> Head:
    """Write one group of steps within a transaction that the caller has begun.

    Gives the new end of the chain. Raises `IllegalMove` where a step does not fit what holds now,
    BadRequest for a target that is not there.
    """
    head = read_head(connection)
    what = occasion(head, actor, now, reason, run_of(connection))
    seq, digest = steps(connection, head.seq, head.hash, changes, what)
    return noted(connection, Head(seq, what.group_id, what.utc, digest))


def apply_upgrade(
    connection: sqlite3.Connection,
    changes: Iterable[Change],
    told: str,
    *,
    actor: Actor,
    now: datetime,
) -> Head:
    """Write one group: a note about the whole project (``told``), then steps as `apply_changes`."""
    head = read_head(connection)
    what = occasion(head, actor, now, told, run_of(connection))
    note = Change(Target.PROJECT, 0, Action.UPGRADE, ReviewState())
    seq, digest = _project_step(connection, head.seq, head.hash, note, what)
    seq, digest = steps(connection, seq, digest, changes, replace(what, reason=""))
    return noted(connection, Head(seq, what.group_id, what.utc, digest))


def revert_group(
    connection: sqlite3.Connection,
    group_id: int,
    action: Action,
    *,
    actor: Actor,
    now: datetime,
) -> tuple[Head, tuple[Change, ...]]:
    """Bring back what held before a group, by new events; ``action`` is UNDO or REDO.

    To be called for the last group that changed these targets. Within the caller's transaction.
    The changes are those of phrases and items.
    """
    head = read_head(connection)
    what = occasion(head, actor, now, "", run_of(connection))
    seq, digest, made = head.seq, head.hash, []
    for event in reversed(events_of_group(connection, group_id)):
        old = event.change
        change = Change(
            old.target, old.target_id, action, event.before, clears=not event.had_own_state
        )
        if old.target is Target.PROJECT:
            seq, digest = _project_step(connection, seq, digest, change, what, undoes=event.seq)
            continue
        if event.presence:
            opposite = WITHDRAWN if event.presence == ADDED else ADDED
            seq, digest = presence_step(
                connection, seq, digest, change, what, opposite, undoes=event.seq
            )
            made.append(change)
            continue
        before = read_state(connection, change.target, change.target_id)
        seq, digest = _step(connection, seq, digest, change, before, what, undoes=event.seq)
        made.append(change)
    return noted(connection, Head(seq, what.group_id, what.utc, digest)), tuple(made)


def add_project_event(
    connection: sqlite3.Connection, action: Action, *, actor: Actor, now: datetime, reason: str
) -> Head:
    """Note something that concerns the whole project, within the caller's transaction."""
    head = read_head(connection)
    what = occasion(head, actor, now, reason, run_of(connection))
    change = Change(Target.PROJECT, 0, action, ReviewState())
    seq, digest = _project_step(connection, head.seq, head.hash, change, what)
    return noted(connection, Head(seq, what.group_id, what.utc, digest))


def presence_step(
    connection: sqlite3.Connection,
    seq: int,
    digest: bytes,
    change: Change,
    what: Occasion,
    presence: str,
    *,
    undoes: int | None = None,
    place: Json | None = None,
) -> tuple[int, bytes]:
    """Bring an item that was added in (`ADDED`) or take it out, and note it; it has no own state.

    ``place`` is told once, when it is added first. Within the caller's transaction.
    """
    more = {"presence": presence, **({"place": place} if place else {})}
    body = event_body(seq + 1, change, None, None, what, undoes, more)
    linked = link(digest, body)
    add_event(connection, seq + 1, what.group_id, change, body, linked)
    item_id = change.target_id
    connection.execute(
        "INSERT INTO addition (item_id, holds) VALUES (?, ?) "
        "ON CONFLICT (item_id) DO UPDATE SET holds = excluded.holds",
        (item_id, int(presence == ADDED)),
    )
    query = "SELECT phrase_id FROM item WHERE id = ?"
    (phrase_id,) = connection.execute(query, (item_id,)).fetchone()
    connection.execute("DELETE FROM tally WHERE phrase_id = ?", (phrase_id,))
    connection.execute(schema.COUNT_ONE, (phrase_id,))
    return seq + 1, linked


def steps(
    connection: sqlite3.Connection,
    seq: int,
    digest: bytes,
    changes: Iterable[Change],
    what: Occasion,
) -> tuple[int, bytes]:
    """Write steps that fit what holds now, after the event ``seq`` with this hash."""
    for change in changes:
        before = read_state(connection, change.target, change.target_id)
        check_change(before, change)
        seq, digest = _step(connection, seq, digest, change, before, what)
    return seq, digest


def _project_step(
    connection: sqlite3.Connection,
    seq: int,
    digest: bytes,
    change: Change,
    what: Occasion,
    undoes: int | None = None,
) -> tuple[int, bytes]:
    body = event_body(seq + 1, change, {}, {}, what, undoes)
    linked = link(digest, body)
    add_event(connection, seq + 1, what.group_id, change, body, linked)
    return seq + 1, linked


def _step(
    connection: sqlite3.Connection,
    seq: int,
    digest: bytes,
    change: Change,
    before: ReviewState | None,
    what: Occasion,
    undoes: int | None = None,
) -> tuple[int, bytes]:
    old = None if before is None else state_to_json(before)
    new = None if change.clears else state_to_json(change.after)
    body = event_body(seq + 1, change, old, new, what, undoes)
    linked = link(digest, body)
    add_event(connection, seq + 1, what.group_id, change, body, linked)
    put_state(connection, change.target.value, change.target_id, new)
    return seq + 1, linked


def noted(connection: sqlite3.Connection, head: Head) -> Head:
    """Write down the new end of the chain."""
    connection.execute("UPDATE meta SET value = ? WHERE key = 'head'", (head.hash,))
    touch(connection)
    return head


def touch(connection: sqlite3.Connection) -> None:
    """Count a change of the file; what has the same count is the same."""
    connection.execute("UPDATE meta SET value = value + 1 WHERE key = 'revision'")


def run_of(connection: sqlite3.Connection) -> str:
    """Which run the answers on the screen come from, as the start of its digest."""
    row = connection.execute(
        "SELECT hex(substr(digest, 1, 8)) FROM run "
        "WHERE id = (SELECT value FROM meta WHERE key = 'run')"
    ).fetchone()
    return str(row[0]).lower() if row else ""
