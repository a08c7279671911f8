"""Mentions that a person adds to a report out of its narrative, and takes out again.

An added mention is an item like the imported ones. Adding and taking out are steps: events of the
chain, written with what they change in one transaction, undone and redone as any other. An item
that was taken out stays in the file, for its history, and is nowhere to be seen.
"""

import sqlite3
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime
from typing import NamedTuple

from m2m_desktop.core.errors import BadRequest
from m2m_desktop.core.messages import N_, message
from m2m_desktop.core.review import (
    Action,
    Change,
    ReviewState,
    ReviewStatus,
    Target,
    excepted,
    same_terms,
    unexcepted,
)
from m2m_desktop.core.text import encodable
from m2m_desktop.services.project import schema
from m2m_desktop.services.project.events import Head, occasion, read_head
from m2m_desktop.services.project.items import insert_item
from m2m_desktop.services.project.phrases import phrase_digest
from m2m_desktop.services.project.records import Actor, Addition, NewItem
from m2m_desktop.services.project.states import (
    ADDED,
    WITHDRAWN,
    noted,
    presence_step,
    read_state,
    run_of,
    steps,
)
from m2m_desktop.services.project.wire import Json

THERE_ALREADY = N_("this mention is in the project already.")
NOT_DECIDED = N_("only what is decided can be added.")
NOT_ADDED = N_("only what was added can be taken out.")


class Added(NamedTuple):
    """An added mention: its item and its phrase."""

    item_id: int
    phrase_id: int


def add_all(
    connection: sqlite3.Connection,
    additions: Sequence[Addition],
    *,
    salt: bytes,
    keeps_texts: bool,
    actor: Actor,
    now: datetime,
) -> tuple[Head, list[Added]]:
    """Add mentions as one step, within the caller's transaction.

    A phrase that the project did not have takes the decision for its own. Where it has the phrase,
    its other places stay as they are: the new one follows the phrase's decision if that is equal,
    and has its own otherwise. Raises BadRequest for what is there already or is not decided.
    """
    head = read_head(connection)
    what = occasion(head, actor, now, "", run_of(connection))
    seq, digest, made = head.seq, head.hash, []
    for one in additions:
        if not one.decided.is_locked:
            raise BadRequest(detail=message(NOT_DECIDED))
        _refuse_twice(connection, one.item)
        added = _insert(connection, one.item, salt, keeps_texts=keeps_texts)
        is_first = not _is_known(connection, added.phrase_id)
        change = Change(Target.ITEM, added.item_id, Action.ADD, ReviewState(), clears=True)
        place = place_of(connection, added.item_id)
        seq, digest = presence_step(connection, seq, digest, change, what, ADDED, place=place)
        decision = _decision(connection, added, one.decided, is_first=is_first)
        seq, digest = steps(connection, seq, digest, decision, what)
        made.append(added)
    return noted(connection, Head(seq, what.group_id, what.utc, digest)), made


def withdraw_all(
    connection: sqlite3.Connection, item_ids: Iterable[int], *, actor: Actor, now: datetime
) -> Head:
    """Take added mentions out as one step, within the caller's transaction.

    Raises BadRequest for an item that was not added, or is out already.
    """
    head = read_head(connection)
    what = occasion(head, actor, now, "", run_of(connection))
    seq, digest = head.seq, head.hash
    for item_id in item_ids:
        query = "SELECT 1 FROM addition WHERE item_id = ? AND holds"
        if connection.execute(query, (item_id,)).fetchone() is None:
            raise BadRequest(detail=message(NOT_ADDED))
        if read_state(connection, Target.ITEM, item_id) is not None:
            seq, digest = steps(connection, seq, digest, [unexcepted(item_id)], what)
        change = Change(Target.ITEM, item_id, Action.WITHDRAW, ReviewState(), clears=True)
        seq, digest = presence_step(connection, seq, digest, change, what, WITHDRAWN)
    return noted(connection, Head(seq, what.group_id, what.utc, digest))


def unseen_phrases(connection: sqlite3.Connection) -> set[int]:
    """Give the phrases all of whose places were taken out."""
    rows = connection.execute(
        "SELECT phrase_id FROM addition JOIN item ON item.id = item_id "
        "WHERE NOT holds AND phrase_id NOT IN (SELECT phrase_id FROM tally)"
    )
    return {phrase_id for (phrase_id,) in rows}


def place_of(connection: sqlite3.Connection, item_id: int) -> Json:
    """Give an item as the event that adds it tells it: everything but the text."""
    digest, *rest = connection.execute(
        "SELECT digest, kind, sheet, line, col, start, stop, severity, report_id "
        "FROM item JOIN phrase ON phrase.id = phrase_id WHERE item.id = ?",
        (item_id,),
    ).fetchone()
    names = ("kind", "sheet", "row", "column", "start", "end", "severity", "report_id")
    return {"phrase": digest.hex(), **dict(zip(names, rest, strict=True))}


def _refuse_twice(connection: sqlite3.Connection, item: NewItem) -> None:
    """Raise BadRequest where an item has some of these characters already."""
    there = connection.execute(
        "SELECT 1 FROM item WHERE sheet = ? AND line = ? AND col = ? AND start < ? AND stop > ? "
        f"AND id NOT IN {schema.WITHDRAWN}",
        (encodable(item.sheet), item.row, item.column, item.end, item.start),
    ).fetchone()
    if there is not None:
        raise BadRequest(detail=message(THERE_ALREADY))


def _insert(
    connection: sqlite3.Connection, item: NewItem, salt: bytes, *, keeps_texts: bool
) -> Added:
    digest, kind = phrase_digest(salt, item.text), item.kind.value
    text = encodable(item.text) if keeps_texts else None
    connection.execute(
        "INSERT INTO phrase (digest, kind, text) VALUES (?, ?, ?) ON CONFLICT DO NOTHING",
        (digest, kind, text),
    )
    (phrase_id,) = connection.execute(
        "SELECT id FROM phrase WHERE digest = ? AND kind = ?", (digest, kind)
    ).fetchone()
    return Added(insert_item(connection, phrase_id, item), int(phrase_id))


def _is_known(connection: sqlite3.Connection, phrase_id: int) -> bool:
    """Whether other places have the phrase."""
    query = "SELECT 1 FROM tally WHERE phrase_id = ?"
    return connection.execute(query, (phrase_id,)).fetchone() is not None


def _decision(
    connection: sqlite3.Connection, added: Added, decided: ReviewState, *, is_first: bool
) -> list[Change]:
    """The step that makes a decision hold for the new place, if one is needed."""
    before = read_state(connection, Target.PHRASE, added.phrase_id) or ReviewState()
    if before.is_locked:
        is_equal = (before.status is ReviewStatus.NO_TERM) == (
            decided.status is ReviewStatus.NO_TERM
        ) and same_terms(before.terms, decided.terms)
        return [] if is_equal else [excepted(added.item_id, decided)]
    if not is_first:
        return [excepted(added.item_id, decided)]
    action = Action.NO_TERM if decided.status is ReviewStatus.NO_TERM else Action.CHOOSE
    after = replace(decided, is_flagged=before.is_flagged, comment=before.comment)
    return [Change(Target.PHRASE, added.phrase_id, action, after)]
