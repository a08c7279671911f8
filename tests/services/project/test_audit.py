"""The audit trail cannot be changed unnoticed, nor can anything else that a project says."""

import argparse
import json
import random
import sqlite3
import sys
from collections import Counter
from contextlib import closing
from pathlib import Path

import pytest

from m2m_desktop.core.errors import CodingToolError
from m2m_desktop.services.project.errors import ProjectDamaged
from m2m_desktop.services.project.events import link
from m2m_desktop.services.project.project import Project
from tests.services.project.toy_project import WANG, code_all, content, create, later, step

FLIPS = 120
"""In the main suite; ``python -m tests.services.project.test_audit --n 500`` for more."""


@pytest.fixture(scope="module")
def whole(tmp_path_factory):
    return make(tmp_path_factory.mktemp("audit") / "p.m2mp").read_bytes()


@pytest.fixture
def path(tmp_path, whole):
    path = tmp_path / "p.m2mp"
    path.write_bytes(whole)
    return path


def make(path):
    with Project.open(create(path)) as project:
        code_all(project)
        for number in range(40):
            row = project.phrases()[number % 8]
            project.apply([step(row, number * 5)], actor=WANG, now=later(number))
    return path


def changed_by_hand(path, *statements):
    with closing(sqlite3.connect(path)) as connection:
        for statement in statements:
            connection.execute(statement)
        connection.commit()


@pytest.mark.requirement("R-011")
@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE event SET body = body",
        "UPDATE event SET hash = zeroblob(32) WHERE seq = 1",
        "DELETE FROM event WHERE seq = 40",
        "DELETE FROM event",
        "UPDATE item SET line = 1",
        "DELETE FROM item",
        "UPDATE phrase SET kind = 'negated'",
        "DELETE FROM phrase",
    ],
)
def test_what_never_changes_cannot_be_changed(path, statement) -> None:
    with pytest.raises(sqlite3.IntegrityError):
        changed_by_hand(path, "PRAGMA foreign_keys = OFF", statement)
    with Project.open(path) as project:
        assert project.verify().problems == ()


def without_guards(path, *statements):
    """Drop the triggers, change something, and put them back as they were."""
    with closing(sqlite3.connect(path)) as connection:
        sql = dict(connection.execute("SELECT name, sql FROM sqlite_schema WHERE type = 'trigger'"))
    drop = [f"DROP TRIGGER {name}" for name in sql]
    changed_by_hand(path, "PRAGMA foreign_keys = OFF", *drop, *statements, *sql.values())


DAMAGE = {
    "an event altered": ["UPDATE event SET body = replace(body, '王药师', '李药师') WHERE seq = 7"],
    "an event missing": ["DELETE FROM event WHERE seq = 7"],
    "the last event missing": ["DELETE FROM event WHERE seq = 40"],
    "the last events missing": ["DELETE FROM event WHERE seq > 30"],
    "all events missing": ["DELETE FROM event"],
    "two events exchanged": [
        "UPDATE event SET seq = -1 WHERE seq = 5",
        "UPDATE event SET seq = 5 WHERE seq = 6",
        "UPDATE event SET seq = 6 WHERE seq = -1",
    ],
    "an event of another phrase": ["UPDATE event SET target_id = 2 WHERE seq = 1"],
    "a state altered": ["UPDATE state SET body = replace(body, 'manual', 'model')"],
    "a status altered": ["UPDATE state SET status = 'no_suitable_term' WHERE target_id = 1"],
    "a state missing": ["DELETE FROM state WHERE target_id = (SELECT MIN(target_id) FROM state)"],
    "a state too many": ["INSERT INTO state VALUES ('item', 3, 'unreviewed', '{}')"],
    "an item missing": ["DELETE FROM item WHERE id = 4"],
    "an item altered": ["UPDATE item SET report_id = 'X' WHERE id = 4"],
    "a phrase altered": ["UPDATE phrase SET text = text || '!' WHERE id = 2"],
    "a phrase of another kind": ["UPDATE phrase SET kind = 'drug' WHERE id = 2"],
    "a count altered": ["UPDATE tally SET reports = 9 WHERE phrase_id = 3"],
    "an answer altered": ["UPDATE answer SET probability = 0.5 WHERE phrase_id = 3"],
    "an answer of another run": [
        "INSERT INTO run (digest, body) SELECT zeroblob(32), body || ' ' FROM run",
        "UPDATE answer SET run_id = 2 WHERE phrase_id = 3",
    ],
    "counted pairs altered": ["UPDATE pairs SET scored = scored + 1 WHERE phrase_id = 3"],
    "counted pairs missing": ["DELETE FROM pairs WHERE phrase_id = 3"],
    "a run altered": ["UPDATE run SET body = replace(body, '0.3', '0.4')"],
    "an origin altered": ["UPDATE meta SET value = replace(value, 'toy', 'toz')"],
    "a trigger missing": [],
}


@pytest.mark.requirement("R-010")
@pytest.mark.parametrize("name", DAMAGE)
def test_what_was_changed_by_hand_is_found(path, name) -> None:
    without_guards(path, *DAMAGE[name])
    if name == "a trigger missing":
        changed_by_hand(path, "DROP TRIGGER event_no_delete")
    assert is_detected(path)


def test_a_history_with_a_gap_is_refused_at_opening(path) -> None:
    without_guards(path, "UPDATE event SET seq = 41 WHERE seq = 40")
    with pytest.raises(ProjectDamaged):
        Project.open(path)


def test_a_history_that_contradicts_itself_is_found_though_its_chain_is_whole(path) -> None:
    with closing(sqlite3.connect(path)) as connection:
        *event, body, digest = connection.execute("SELECT * FROM event WHERE seq = 40").fetchone()
        forged = body.replace('"seq":40', '"seq":41')
        assert json.loads(forged)["before"] != json.loads(forged)["after"]
        linked = link(digest, forged)
        connection.execute(
            "INSERT INTO event VALUES (?, ?, ?, ?, ?, ?)", (41, *event[1:], forged, linked)
        )
        connection.execute("UPDATE meta SET value = ? WHERE key = 'head'", (linked,))
        connection.commit()
    with Project.open(path) as project:  # the chain alone does not tell
        (problem,) = project.verify().problems
    assert "41" in problem.text()


def is_detected(path):
    try:
        with Project.open(path, read_only=True) as project:
            return bool(project.verify().problems)
    except CodingToolError:
        return True


@pytest.mark.requirement("R-018")
def test_a_file_cut_at_its_end_is_found_at_opening(path, whole) -> None:
    for left in (len(whole) - 4096, len(whole) // 2, len(whole) - 1):
        path.write_bytes(whole[:left])
        with pytest.raises(ProjectDamaged):
            Project.open(path)


def flip_bytes(folder: Path, count: int, seed: int) -> Counter[str]:
    """Flip one byte at a time; "missed" is a change of what the project says that nobody noticed."""
    path = make(folder / "p.m2mp")
    whole = path.read_bytes()
    with Project.open(path, read_only=True) as project:
        expected = content(project), project.info
    chance = random.Random(seed)
    found: Counter[str] = Counter()
    for _ in range(count):
        flipped = bytearray(whole)
        flipped[chance.randrange(len(whole))] ^= chance.randrange(1, 256)
        path.write_bytes(flipped)
        if is_detected(path):
            found["detected"] += 1
            continue
        with Project.open(path, read_only=True) as project:
            is_same = (content(project), project.info) == expected
        found["harmless" if is_same else "missed"] += 1
    return found


@pytest.mark.requirement("R-010")
def test_every_flipped_byte_that_matters_is_found(tmp_path) -> None:
    found = flip_bytes(tmp_path, FLIPS, seed=11)
    assert found["missed"] == 0
    assert found["detected"] > FLIPS // 3


if __name__ == "__main__":
    import tempfile

    parser = argparse.ArgumentParser()
    parser.add_argument("--n", type=int, default=500)
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        result = flip_bytes(Path(folder), given.n, given.seed)
    print(dict(result))
    sys.exit(bool(result["missed"]))
