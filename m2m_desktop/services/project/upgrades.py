"""Which release the decisions of a project are made in, and how it came there.

An upgrade is one group of events: a note about the whole project, which says from which release to
which and what became of each decision, and a step for each decision that was changed. The note
holds codes and counts, no texts. Undoing the group makes the note void, redoing it valid again.
"""

import json
import sqlite3
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from m2m_desktop.core.records import Run
from m2m_desktop.core.review import Action
from m2m_desktop.services.project.creation import read_genesis
from m2m_desktop.services.project.events import canonical, events_of_project
from m2m_desktop.services.project.records import Event, ReleaseStamp, Upgrade

Json = dict[str, Any]


def upgrade_note(
    before: ReleaseStamp,
    after: ReleaseStamp,
    changed: Iterable[tuple[str, str]],
    kept: Iterable[tuple[str, str]],
) -> str:
    """Give the text of the note in the history."""
    return canonical(
        {
            "from": stamp_to_json(before),
            "to": stamp_to_json(after),
            "changed": [list(one) for one in changed],
            "kept": [list(one) for one in kept],
        }
    )


def stamp_to_json(stamp: ReleaseStamp) -> Json:
    """A release, all fields."""
    return {
        "terminology_id": stamp.terminology_id,
        "name": stamp.name,
        "version": stamp.version,
        "language": stamp.language,
        "hashes": [list(pair) for pair in stamp.hashes],
        "is_demo": stamp.is_demo,
    }


def stamp_from_json(told: Mapping[str, Any]) -> ReleaseStamp:
    """Inverse of `stamp_to_json`; also reads `services.wire.info_to_json`. Raises ValueError."""
    try:
        return ReleaseStamp(
            terminology_id=str(told["terminology_id"]),
            name=str(told.get("name", "")),
            version=str(told.get("version", "")),
            language=str(told.get("language", "")),
            hashes=tuple((str(name), str(digest)) for name, digest in told.get("hashes", ())),
            is_demo=bool(told.get("is_demo", False)),
        )
    except (KeyError, TypeError) as error:
        raise ValueError("release") from error


def stamp_of_run(run: Run) -> ReleaseStamp:
    """The release that a run of coding used."""
    return ReleaseStamp(
        run.terminology_id,
        run.terminology_name,
        run.terminology_version,
        run.terminology_language,
        run.terminology_hashes,
        run.is_demo_terminology,
    )


def read_upgrades(connection: sqlite3.Connection) -> list[Upgrade]:
    """Give all upgrades, oldest first, the undone ones too."""
    found: dict[int, Upgrade] = {}
    origin: dict[int, int] = {}
    for event in events_of_project(connection):
        action = event.change.action
        if action is Action.UPGRADE:
            found[event.seq] = _upgrade(event)
            origin[event.seq] = event.seq
        elif event.undoes in origin:
            first = origin[event.seq] = origin[event.undoes]
            found[first] = replace(found[first], is_undone=action is Action.UNDO)
    return list(found.values())


def release_of(
    connection: sqlite3.Connection, run: Run | None, upgrades: Sequence[Upgrade]
) -> ReleaseStamp:
    """Give the release in which decisions are made now: that of the run, brought forward.

    What was coded anew with yet another release is of that one.
    """
    release = (
        stamp_of_run(run) if run else ReleaseStamp(str(read_genesis(connection)["terminology_id"]))
    )
    for one in upgrades:
        if not one.is_undone and one.before.terminology_id == release.terminology_id:
            release = one.after
    return release


def _upgrade(event: Event) -> Upgrade:
    told = json.loads(event.reason)
    return Upgrade(
        seq=event.seq,
        group_id=event.group_id,
        utc=event.utc,
        actor=event.actor,
        before=stamp_from_json(told["from"]),
        after=stamp_from_json(told["to"]),
        changed=_pairs(told["changed"]),
        kept=_pairs(told["kept"]),
    )


def _pairs(told: Iterable[Sequence[str]]) -> tuple[tuple[str, str], ...]:
    return tuple((str(key), str(kind)) for key, kind in told)
