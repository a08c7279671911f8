"""A project in figures."""

import sqlite3
from collections.abc import Collection
from pathlib import Path
from typing import Any

from m2m_desktop.core.messages import Message
from m2m_desktop.core.pieces import PieceKind
from m2m_desktop.core.review import ReviewStatus
from m2m_desktop.services.project.additions import unseen_phrases
from m2m_desktop.services.project.answers import read_pairs, read_run
from m2m_desktop.services.project.creation import read_genesis
from m2m_desktop.services.project.events import read_head
from m2m_desktop.services.project.purge import was_purged
from m2m_desktop.services.project.records import ProjectInfo
from m2m_desktop.services.project.upgrades import read_upgrades, release_of
from m2m_desktop.services.project.wire import run_from_json


def read_info(
    connection: sqlite3.Connection,
    path: Path,
    *,
    texts: Collection[int],
    is_read_only: bool,
    notes: tuple[Message, ...],
) -> ProjectInfo:
    """Give the figures as of now; ``texts`` are the phrases whose text is known.

    Phrases and places that were added and taken out again do not count.
    """
    genesis: dict[str, Any] = read_genesis(connection)
    source = genesis["source"]
    head, told = read_head(connection), read_run(connection)
    run = None if told is None else run_from_json(told)
    phrase_count = _number(connection, "SELECT COUNT(*) FROM tally")
    unseen = unseen_phrases(connection)
    known_texts = len(texts) - sum(one in texts for one in unseen)
    reaction = PieceKind.REACTION.value
    coded_count = _number(
        connection,
        "SELECT COUNT(*) FROM answer JOIN phrase ON phrase.id = answer.phrase_id "
        "JOIN tally ON tally.phrase_id = phrase.id WHERE kind = ?",
        reaction,
    )
    return ProjectInfo(
        path=str(path),
        source_name=source["name"],
        source_path=source["path"],
        source_sha256=source["sha256"],
        layout=source["layout"],
        created_at=genesis["created_at"],
        remembers_texts=genesis["remembers_texts"] and not was_purged(connection),
        texts_missing=known_texts < phrase_count,
        is_read_only=is_read_only,
        item_count=_number(connection, "SELECT TOTAL(items) FROM tally"),
        phrase_count=phrase_count,
        reaction_phrase_count=_number(
            connection,
            "SELECT COUNT(*) FROM phrase JOIN tally ON tally.phrase_id = phrase.id WHERE kind = ?",
            reaction,
        ),
        coded_count=coded_count,
        decided_count=_number(
            connection,
            "SELECT COUNT(*) FROM state JOIN phrase ON phrase.id = target_id "
            "JOIN tally ON tally.phrase_id = phrase.id "
            "WHERE target = 'phrase' AND kind = ? AND status <> ?",
            reaction,
            ReviewStatus.UNREVIEWED.value,
        ),
        event_count=head.seq,
        chain_head=head.hash.hex(),
        run=run,
        project_id=genesis["project_id"],
        terminology_id=genesis["terminology_id"],
        counts=tuple((str(name), int(count)) for name, count in source["counts"].items()),
        notes=notes,
        release=release_of(connection, run, read_upgrades(connection)),
        pairs=read_pairs(connection, coded_count + _answered(connection, unseen)),
    )


def _answered(connection: sqlite3.Connection, phrases: Collection[int]) -> int:
    """How many of these phrases have an answer."""
    query = "SELECT 1 FROM answer WHERE phrase_id = ?"
    return sum(connection.execute(query, (one,)).fetchone() is not None for one in phrases)


def _number(connection: sqlite3.Connection, query: str, *values: str) -> int:
    (number,) = connection.execute(query, values).fetchone()
    return int(number)
