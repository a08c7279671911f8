"""The answers of coding, as they were given: what was proposed is never touched by review.

A stored answer is the JSON of `services.wire.result_to_json`, compressed, with at most twenty
candidates and those that are selected; the run stands apart, once. It holds no phrase: that is put
back in when the answer is read, where the project knows it. How many pairs of phrase and candidate
it took stands in a table beside it too, to be summed without unpacking.
"""

import hashlib
import json
import sqlite3
import zlib
from collections.abc import Sequence
from typing import Any

from m2m_desktop.core.coded_items import PairCounts
from m2m_desktop.core.records import Band, Source
from m2m_desktop.core.text import normalise
from m2m_desktop.services.project.events import canonical
from m2m_desktop.services.project.states import require_phrase, touch
from m2m_desktop.services.project.wire import Json, proposed_terms, term_to_json

KEPT_CANDIDATES = 20
_PHRASE_FIELDS = ("mention", "mention_id", "normalised")


def put_answers(
    connection: sqlite3.Connection, run: Json, answers: Sequence[tuple[int, Json]]
) -> None:
    """Write answers of one run within the caller's transaction; an older answer is replaced.

    Raises BadRequest for an unknown phrase.
    """
    run_id, run_digest = _put_run(connection, run)
    for phrase_id, answer in answers:
        row = _row(answer)
        require_phrase(connection, phrase_id)
        connection.execute(
            "INSERT INTO answer (phrase_id, run_id, band, source, probability, proposed, body, "
            "seal) VALUES (?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (phrase_id) DO UPDATE SET "
            "run_id = excluded.run_id, band = excluded.band, source = excluded.source, "
            "probability = excluded.probability, proposed = excluded.proposed, "
            "body = excluded.body, seal = excluded.seal",
            (phrase_id, run_id, *row, seal(phrase_id, run_digest, row)),
        )
        _put_pairs(connection, phrase_id, answer)
    touch(connection)


def read_answer(connection: sqlite3.Connection, phrase_id: int, text: str | None) -> Json | None:
    """Give the answer for a phrase; a text that is not known is empty in it."""
    row = connection.execute(
        "SELECT answer.body, run.body FROM answer JOIN run ON run.id = run_id WHERE phrase_id = ?",
        (phrase_id,),
    ).fetchone()
    if row is None:
        return None
    body: Json = json.loads(zlib.decompress(row[0]))
    phrase = {
        "mention_id": str(phrase_id),
        "mention": text or "",
        "normalised": normalise(text or ""),
    }
    return {**phrase, **body, "run": json.loads(row[1])}


def read_pairs(connection: sqlite3.Connection, answers: int) -> PairCounts:
    """Sum the pairs of all answers; ``answers`` is how many there are (counting them is slow)."""
    counted, candidates, scored, kept = connection.execute(
        "SELECT COUNT(*), TOTAL(candidates), TOTAL(scored), TOTAL(kept) FROM pairs"
    ).fetchone()
    return PairCounts(counted, answers - counted, int(candidates), int(scored), int(kept))


def pairs_of(answer: Json) -> tuple[int, int, int] | None:
    """Give candidates, scored and kept pairs of one answer; None where it does not count them."""
    if "candidate_count" not in answer:
        return None
    return int(answer["candidate_count"]), int(answer["pairs_scored"]), int(answer["pairs_kept"])


def read_run(connection: sqlite3.Connection) -> Json | None:
    """Give the run of the newest answers; None before anything was coded."""
    row = connection.execute(
        "SELECT body FROM run WHERE id = (SELECT value FROM meta WHERE key = 'run')"
    ).fetchone()
    return None if row is None else json.loads(row[0])


def drop_answers(connection: sqlite3.Connection) -> None:
    """Forget all answers within the caller's transaction; their runs stay, events name them."""
    connection.execute("DELETE FROM pairs")
    connection.execute("DELETE FROM answer")
    connection.execute("DELETE FROM meta WHERE key = 'run'")
    touch(connection)


Row = tuple[str, str, float | None, str, bytes]
"""Band, source, probability, proposed terms, compressed answer."""


def seal(phrase_id: int, run_digest: bytes, row: Row) -> bytes:
    """Give what ties the parts of a stored answer together, to notice a change in one of them."""
    band, source, probability, proposed, body = row
    head = canonical([phrase_id, band, source, probability, proposed]).encode()
    return hashlib.sha256(run_digest + hashlib.sha256(head).digest() + body).digest()


def _row(answer: Json) -> Row:
    candidates: Sequence[Json] = answer["candidates"]
    selected = set(answer["selected"])
    kept = [
        candidate
        for place, candidate in enumerate(candidates)
        if place < KEPT_CANDIDATES or candidate["candidate_pt_code"] in selected
    ]
    left_out = {*_PHRASE_FIELDS, "run"}
    body: dict[str, Any] = {name: answer[name] for name in answer if name not in left_out}
    body["candidates"] = kept
    best = candidates[0].get("prob_1") if candidates else None
    return (
        Band(answer["band"]).value,
        Source(answer["source"]).value,
        None if best is None else float(best),
        canonical([term_to_json(term) for term in proposed_terms(answer)]),
        zlib.compress(canonical(body).encode(), 6),
    )


def _put_pairs(connection: sqlite3.Connection, phrase_id: int, answer: Json) -> None:
    counts = pairs_of(answer)
    connection.execute("DELETE FROM pairs WHERE phrase_id = ?", (phrase_id,))
    if counts is not None:
        connection.execute(
            "INSERT INTO pairs (phrase_id, candidates, scored, kept) VALUES (?, ?, ?, ?)",
            (phrase_id, *counts),
        )


def _put_run(connection: sqlite3.Connection, run: Json) -> tuple[int, bytes]:
    body = canonical(run)
    digest = hashlib.sha256(body.encode()).digest()
    connection.execute(
        "INSERT INTO run (digest, body) VALUES (?, ?) ON CONFLICT (digest) DO NOTHING",
        (digest, body),
    )
    (run_id,) = connection.execute("SELECT id FROM run WHERE digest = ?", (digest,)).fetchone()
    connection.execute(
        "INSERT INTO meta (key, value) VALUES ('run', ?) "
        "ON CONFLICT (key) DO UPDATE SET value = excluded.value",
        (run_id,),
    )
    return int(run_id), digest
