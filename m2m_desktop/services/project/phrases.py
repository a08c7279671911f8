"""The distinct phrases of a project.

Mentions are one phrase where `core.text.tidy` makes them equal (that is what coding calls one
question) and where they are of one kind: a text that is a reaction here and denied there has two
rows. A project knows its phrases by a digest with a secret of its own, so it can do without texts.
"""

import hashlib
import json
import sqlite3
from collections.abc import Iterable, Iterator, Mapping

from m2m_desktop.core.pieces import PieceKind
from m2m_desktop.core.records import Band, Source
from m2m_desktop.core.review import PhraseRow, ReviewState, Target
from m2m_desktop.core.text import encodable, tidy
from m2m_desktop.services.project.states import read_states
from m2m_desktop.services.project.wire import terms_from_json


def phrase_digest(salt: bytes, text: str) -> bytes:
    """Give by what a project knows a phrase."""
    return hashlib.sha256(salt + encodable(tidy(text)).encode()).digest()


def read_phrases(connection: sqlite3.Connection, texts: Mapping[int, str]) -> list[PhraseRow]:
    """Give all phrases in the order in which they first appear in the file."""
    states = read_states(connection, Target.PHRASE)
    exceptions = dict(
        connection.execute(
            "SELECT phrase_id, COUNT(*) FROM state JOIN item ON item.id = target_id "
            "WHERE target = 'item' GROUP BY phrase_id"
        )
    )
    rows = connection.execute(
        "SELECT phrase.id, kind, items, reports, band, source, probability, proposed FROM phrase "
        "JOIN tally ON tally.phrase_id = phrase.id "
        "LEFT JOIN answer ON answer.phrase_id = phrase.id ORDER BY phrase.id"
    )
    nothing = ReviewState()
    return [
        PhraseRow(
            phrase_id=phrase_id,
            text=texts.get(phrase_id, ""),
            kind=PieceKind(kind),
            item_count=items,
            report_count=reports,
            band=None if band is None else Band(band),
            source=Source.NONE if source is None else Source(source),
            proposed=() if proposed is None else terms_from_json(json.loads(proposed)),
            probability=probability,
            state=states.get(phrase_id, nothing),
            exception_count=exceptions.get(phrase_id, 0),
        )
        for phrase_id, kind, items, reports, band, source, probability, proposed in rows
    ]


def read_texts(connection: sqlite3.Connection) -> Iterator[tuple[int, str]]:
    """Give the texts that the file holds."""
    return connection.execute("SELECT id, text FROM phrase WHERE text IS NOT NULL ORDER BY id")


def match_texts(
    connection: sqlite3.Connection, salt: bytes, texts: Iterable[str]
) -> dict[int, str]:
    """Find the phrases that these texts are; the first of equal ones counts."""
    by_digest: dict[bytes, list[int]] = {}
    for phrase_id, digest in connection.execute("SELECT id, digest FROM phrase ORDER BY id"):
        by_digest.setdefault(digest, []).append(phrase_id)
    found: dict[int, str] = {}
    for text in dict.fromkeys(texts):
        for phrase_id in by_digest.get(phrase_digest(salt, text), ()):
            found.setdefault(phrase_id, encodable(text))
    return found


def read_unanswered(
    connection: sqlite3.Connection, texts: Mapping[int, str]
) -> list[tuple[int, str]]:
    """Give the reactions without an answer whose text is known, the most frequent first."""
    rows = connection.execute(
        "SELECT phrase.id FROM phrase JOIN tally ON tally.phrase_id = phrase.id "
        "WHERE kind = ? AND phrase.id NOT IN (SELECT phrase_id FROM answer) "
        "ORDER BY items DESC, phrase.id",
        (PieceKind.REACTION.value,),
    )
    return [(phrase_id, texts[phrase_id]) for (phrase_id,) in rows if phrase_id in texts]
