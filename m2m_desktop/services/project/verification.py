"""Whether the parts of a project agree with one another.

SQLite finds a broken structure, not a changed letter: that is found by the digests of what was
imported, by the chain of events, and by what the events and the answers amount to.
"""

import hashlib
import json
import sqlite3
import zlib
from collections.abc import Iterator
from pathlib import Path

from m2m_desktop.core.messages import N_, Message, message
from m2m_desktop.core.review import ReviewState, Target
from m2m_desktop.services.project import schema
from m2m_desktop.services.project.additions import place_of
from m2m_desktop.services.project.answers import pairs_of, seal
from m2m_desktop.services.project.creation import content_digest, read_genesis
from m2m_desktop.services.project.errors import (
    NotAProject,
    ProjectDamaged,
    ProjectTooNew,
)
from m2m_desktop.services.project.events import broken_link, canonical, event_of, read_head
from m2m_desktop.services.project.phrases import phrase_digest
from m2m_desktop.services.project.project_file import translated
from m2m_desktop.services.project.records import Verification
from m2m_desktop.services.project.states import ADDED
from m2m_desktop.services.project.wire import Json, proposed_terms, state_from_json, term_to_json

STRUCTURE = N_("the structure of the file is broken ({name}).")
TABLES = N_("the tables are not those of a project ({name}).")
CHAIN = N_("the history of decisions is broken from step {seq} on.")
CHAIN_END = N_("the last steps of the history are missing.")
CONTENT = N_("the phrases and places are not those that were imported.")
TEXT = N_("the text of phrase {number} was changed.")
TALLY = N_("the numbers of places and reports are wrong.")
EVENT = N_("step {seq} of the history cannot be read.")
STATE = N_("what holds for phrase or place {number} is not what its history says.")
PAIRS = N_("the counts of what the model scored are wrong.")
ADDITIONS = N_("the added mentions are not what the history says.")
ANSWER = N_("the answer for phrase {number} was changed.")
RUN = N_("the note on how was coded was changed.")


def check_at_open(connection: sqlite3.Connection, path: Path) -> None:
    """Check what must be right before a project is used; quick, also for large ones.

    Raises NotAProject, ProjectTooNew, ProjectDamaged.
    """
    with translated(path):
        (application_id,) = connection.execute("PRAGMA application_id").fetchone()
        (version,) = connection.execute("PRAGMA user_version").fetchone()
        if application_id != schema.APPLICATION_ID:
            raise NotAProject(path=path)
        if version > schema.VERSION:
            raise ProjectTooNew(path=path, version=version)
        for problem in _structure(connection, version, "quick_check"):
            raise ProjectDamaged(path=path, detail=problem)
        for problem in _chain(connection):
            raise ProjectDamaged(path=path, detail=problem)


def verify(connection: sqlite3.Connection) -> Verification:
    """Check everything and give all that is wrong; never raises for what is in the file."""
    problems: list[Message] = []
    try:
        (version,) = connection.execute("PRAGMA user_version").fetchone()
        problems += _structure(connection, version, "integrity_check")
        if not problems:
            problems += _chain(connection)
            problems += _content(connection)
            problems += _states(connection)
            problems += _answers(connection)
            return Verification(
                problems=tuple(problems),
                event_count=_count(connection, "event"),
                phrase_count=_count(connection, "phrase"),
                item_count=_count(connection, "item"),
                answer_count=_count(connection, "answer"),
                chain_head=read_head(connection).hash.hex(),
            )
    except (sqlite3.Error, zlib.error, ValueError, LookupError, TypeError, AttributeError) as error:
        problems.append(message(STRUCTURE, name=type(error).__name__))
    return Verification(tuple(problems), 0, 0, 0, 0, "")


def _structure(connection: sqlite3.Connection, version: int, check: str) -> Iterator[Message]:
    if version < schema.OLDEST_VERSION:
        yield message(TABLES, name=str(version))
        return
    expected = schema.names_and_sql(version)
    found = dict(connection.execute("SELECT name, sql FROM sqlite_schema WHERE sql IS NOT NULL"))
    for name in sorted(expected.keys() | found.keys()):
        if expected.get(name) != found.get(name):
            yield message(TABLES, name=name if name in expected else "?")
            return
    (told,) = connection.execute(f"PRAGMA {check}(1)").fetchone()
    if told != "ok":
        yield message(STRUCTURE, name=check)
    elif connection.execute("PRAGMA foreign_key_check").fetchone() is not None:
        yield message(STRUCTURE, name="foreign_key_check")


def _chain(connection: sqlite3.Connection) -> Iterator[Message]:
    try:
        broken = broken_link(connection)
    except (TypeError, ValueError, AttributeError):  # a column of another kind: damage as well
        broken = 1
    if broken is not None:
        yield message(CHAIN, seq=broken) if broken else message(CHAIN_END)


def _content(connection: sqlite3.Connection) -> Iterator[Message]:
    genesis = read_genesis(connection)
    if content_digest(connection) != genesis["content_sha256"]:
        yield message(CONTENT)
    salt = bytes.fromhex(str(genesis["salt"]))
    rows = connection.execute("SELECT id, digest, text FROM phrase WHERE text IS NOT NULL")
    for phrase_id, digest, text in rows:
        if phrase_digest(salt, text) != digest:
            yield message(TEXT, number=phrase_id)
            break
    if connection.execute("PRAGMA user_version").fetchone()[0] >= 2:
        differing = connection.execute(
            f"SELECT 1 FROM (SELECT * FROM ({schema.COUNTED}) EXCEPT SELECT * FROM tally) "
            f"UNION ALL SELECT 1 FROM (SELECT * FROM tally EXCEPT {schema.COUNTED}) LIMIT 1"
        ).fetchone()
        if differing is not None:
            yield message(TALLY)


def _states(connection: sqlite3.Connection) -> Iterator[Message]:
    """Replay the events and compare with what is kept."""
    now: dict[tuple[str, int], Json | None] = {}
    for seq, group, target, target_id, body in connection.execute(
        "SELECT seq, group_id, target, target_id, body FROM event ORDER BY seq"
    ):
        told = json.loads(body)
        event_of(body)
        place = (told["target"], told["target_id"])
        if (told["seq"], told["group"], *place) != (seq, group, target, target_id):
            yield message(EVENT, seq=seq)
            return
        nothing: Json | None = {} if target == Target.PHRASE.value else None
        if target != Target.PROJECT.value:
            if now.get(place, nothing) != told["before"]:
                yield message(EVENT, seq=seq)
                return
            now[place] = told["after"]
    if not _is_as_told(connection):
        yield message(ADDITIONS)
    expected = {
        place: canonical(after)
        for place, after in now.items()
        if after or (after is not None and place[0] == Target.ITEM.value)
    }
    for target, target_id, status, body in connection.execute("SELECT * FROM state"):
        state: ReviewState = state_from_json(json.loads(body))
        if expected.pop((target, target_id), "") != body or state.status.value != status:
            yield message(STATE, number=target_id)
            return
    for _target, target_id in expected:
        yield message(STATE, number=target_id)
        return


def _is_as_told(connection: sqlite3.Connection) -> bool:
    """Whether the items that were added, and which of them hold, are what the events tell."""
    places: dict[int, Json] = {}
    holds: dict[int, bool] = {}
    for (body,) in connection.execute(
        "SELECT body FROM event WHERE target = 'item' "
        "AND json_extract(body, '$.presence') IS NOT NULL ORDER BY seq"
    ):
        told = json.loads(body)
        if "place" in told:
            places[told["target_id"]] = told["place"]
        holds[told["target_id"]] = told["presence"] == ADDED
    found = {one: bool(held) for one, held in connection.execute("SELECT * FROM addition")}
    return found == holds and places == {one: place_of(connection, one) for one in found}


def _answers(connection: sqlite3.Connection) -> Iterator[Message]:
    digests = {}
    for run_id, digest, body in connection.execute("SELECT id, digest, body FROM run"):
        digests[run_id] = digest
        if hashlib.sha256(body.encode()).digest() != digest:
            yield message(RUN)
            return
    current = connection.execute("SELECT value FROM meta WHERE key = 'run'").fetchone()
    if current is not None and current[0] not in digests:
        yield message(RUN)
    counted = _counted_pairs(connection)
    for phrase_id, run_id, *parts, stored in connection.execute("SELECT * FROM answer"):
        band, source, probability, proposed, body = parts
        if seal(phrase_id, digests[run_id], (band, source, probability, proposed, body)) != stored:
            yield message(ANSWER, number=phrase_id)
            return
        answer = json.loads(zlib.decompress(body))
        if canonical([term_to_json(term) for term in proposed_terms(answer)]) != proposed:
            yield message(ANSWER, number=phrase_id)
            return
        if counted is not None and counted.get(phrase_id) != pairs_of(answer):
            yield message(PAIRS)
            return


def _counted_pairs(connection: sqlite3.Connection) -> dict[int, tuple[int, int, int]] | None:
    """What stands beside the answers; None in a file of a version that did not count."""
    if connection.execute("PRAGMA user_version").fetchone()[0] < 3:
        return None
    rows = connection.execute("SELECT phrase_id, candidates, scored, kept FROM pairs")
    return {phrase_id: (candidates, scored, kept) for phrase_id, candidates, scored, kept in rows}


def _count(connection: sqlite3.Connection, table: str) -> int:
    (count,) = connection.execute(f"SELECT COUNT(*) FROM {table}").fetchone()
    return int(count)
