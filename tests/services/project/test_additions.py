"""Mentions added to a report out of its narrative: steps like any other, apart from what was read."""

import shutil
import sqlite3
from contextlib import closing
from dataclasses import replace

import pytest

from m2m_desktop.core.errors import BadRequest
from m2m_desktop.core.pieces import PieceKind
from m2m_desktop.core.records import Source
from m2m_desktop.core.review import Action, ReviewState, ReviewStatus
from m2m_desktop.services.project.project import Project
from m2m_desktop.services.project.records import Addition, NewItem
from m2m_desktop.services.project.wire import term_of_candidate
from tests.services.project.toy_project import (
    START,
    WANG,
    candidate,
    code_all,
    content,
    create,
    decide,
    later,
    phrase,
)

NARRATIVE_COLUMN = 9


def told(text="虚构新反应", row=5, start=4, **more):
    """A mention in the narrative of a row."""
    end = start + len(text)
    item = NewItem(
        "Sheet1", row, NARRATIVE_COLUMN, start, end, text, PieceKind.REACTION, "严重", "R1"
    )
    return replace(item, **more)


def decided(number=90, rank=1):
    terms = (term_of_candidate(candidate(number, rank)),)
    return ReviewState(
        ReviewStatus.ACCEPTED, terms, Source.MODEL, reviewer="王药师", decided_at=str(START)
    )


def add(project, *items, state=None):
    wanted = [Addition(item, state or decided()) for item in items]
    return project.add(wanted, actor=WANG, now=later(5))


@pytest.fixture
def project(tmp_path):
    with Project.open(create(tmp_path / "p.m2mp")) as project:
        code_all(project)
        yield project


def row_of(project, text):
    return next((row for row in project.phrases() if row.text == text), None)


def seen(project):
    return content(project), project.info.item_count, project.info.phrase_count


def test_a_new_phrase_comes_decided_with_its_report(project) -> None:
    before = project.info
    (added,) = add(project, told())

    row = row_of(project, "虚构新反应")
    assert (row.phrase_id, row.item_count, row.report_count) == (added.phrase_id, 1, 1)
    assert row.state == decided()
    (item,) = project.items(row.phrase_id)
    assert (item.row, item.column, item.report_id, item.is_added) == (5, 9, "R1", True)
    assert item.state is None
    info = project.info
    assert (info.item_count, info.phrase_count) == (before.item_count + 1, before.phrase_count + 1)
    assert info.decided_count == before.decided_count + 1
    assert project.unanswered() == [(row.phrase_id, "虚构新反应")]
    assert project.verify().problems == ()


def test_other_places_of_a_known_phrase_stay_as_they_are(project) -> None:
    add(project, told(phrase(3)))

    row = row_of(project, phrase(3))
    assert row.item_count == 4
    assert not row.state.is_locked
    assert row.exception_count == 1
    assert [item.state is not None for item in project.items(row.phrase_id)] == [False] * 3 + [True]


def test_an_equal_decision_of_the_phrase_holds_for_the_new_place(project) -> None:
    decide(project, 4)
    row = project.phrases()[3]
    add(project, told(row.text), state=row.state)
    add(project, told(row.text, start=40))

    follows, own = project.items(4)[-2:]
    assert follows.state is None
    assert own.state == decided()


def test_undo_takes_it_out_with_its_decision_and_redo_brings_both_back(project) -> None:
    before = seen(project)
    add(project, told(), told(phrase(3), start=30))
    after = seen(project)

    step = project.undo(actor=WANG, now=later(6))
    assert step.action is Action.ADD
    assert seen(project)[0][:2] == before[0][:2]
    assert seen(project)[1:] == before[1:]
    assert project.verify().problems == ()
    project.redo(actor=WANG, now=later(7))
    assert seen(project)[0][:2] == after[0][:2]
    assert project.verify().problems == ()
    assert project.undo(actor=WANG, now=later(8)).action is Action.ADD
    assert project.undo(actor=WANG, now=later(9)) is None


def test_it_is_taken_out_in_another_session_and_that_is_undone(tmp_path) -> None:
    path = create(tmp_path / "p.m2mp")
    with Project.open(path) as project:
        code_all(project)
        (new, known) = add(project, told(), told(phrase(3), start=30))
    with Project.open(path) as project:
        full = seen(project)
        project.withdraw([new.item_id, known.item_id], actor=WANG, now=later(6))
        assert row_of(project, "虚构新反应") is None
        assert len(project.items(known.phrase_id)) == 3
        assert not any(one.is_from_narrative for one in project.coded_items())
        assert project.info.decided_count == 0
        assert not project.info.texts_missing
        assert project.verify().problems == ()
        assert project.undo(actor=WANG, now=later(7)).action is Action.WITHDRAW
        assert seen(project)[0][:2] == full[0][:2]
        assert project.verify().problems == ()


def test_what_is_out_can_neither_be_decided_nor_taken_out(project) -> None:
    (added,) = add(project, told())
    project.withdraw([added.item_id], actor=WANG, now=later(6))
    with pytest.raises(BadRequest):
        project.withdraw([added.item_id], actor=WANG, now=later(7))
    with pytest.raises(BadRequest):
        project.withdraw([1], actor=WANG, now=later(7))  # it was imported


def test_nothing_is_added_twice_or_undecided(project) -> None:
    add(project, told())
    with pytest.raises(BadRequest):
        add(project, told(start=5))
    with pytest.raises(BadRequest):
        add(project, told(start=50), state=ReviewState())
    assert project.info.item_count == 25
    assert project.verify().problems == ()


def test_a_refused_addition_leaves_nothing_of_the_others(project) -> None:
    before = seen(project)
    with pytest.raises(BadRequest):
        add(project, told(), told("虚构另一反应", start=6))
    assert seen(project) == before
    assert project.verify().problems == ()


def test_it_follows_the_other_mentions_of_its_row(project) -> None:
    add(project, told(row=5), told("虚构另一反应", row=4, start=2))
    shown = [(one.place.row, one.place.column) for one in project.coded_items()]
    assert shown[:5] == [(3, 3), (4, 3), (4, 9), (5, 3), (5, 9)]
    assert [one.is_from_narrative for one in project.coded_items()][:5] == [
        False, False, True, False, True
    ]  # fmt: skip


def test_a_project_without_texts_keeps_none_of_an_added_phrase(tmp_path) -> None:
    path = create(tmp_path / "p.m2mp", remembers_texts=False)
    with Project.open(path) as project:
        (added,) = add(project, told())
        assert project.texts() == {added.phrase_id: "虚构新反应"}
    assert "虚构新反应".encode() not in b"".join(
        one.read_bytes() for one in path.parent.rglob("*") if one.is_file()
    )
    with Project.open(path) as project:
        assert project.restore_texts([*map(phrase, range(8)), "虚构新反应"]) == 0
        assert not project.info.texts_missing


def test_a_purge_takes_the_text_of_what_was_taken_out_too(project) -> None:
    (added,) = add(project, told())
    project.withdraw([added.item_id], actor=WANG, now=later(6))
    project.purge_texts(actor=WANG, now=later(7))
    assert "虚构新反应".encode() not in b"".join(
        one.read_bytes() for one in project.path.parent.rglob("*") if one.is_file()
    )


@pytest.mark.requirement("R-009")
def test_the_history_tells_who_added_it(project) -> None:
    (added,) = add(project, told())
    events = project.history(added.phrase_id)
    assert [event.change.action for event in events] == [Action.ADD, Action.CHOOSE]
    assert events[0].actor == WANG


@pytest.mark.requirement("R-010")
@pytest.mark.parametrize(
    "harm",
    [
        "UPDATE addition SET holds = 0",
        "DELETE FROM addition",
        "DROP TRIGGER item_no_update; UPDATE item SET line = 6 WHERE col = 9",
        "DROP TRIGGER phrase_no_update; UPDATE phrase SET kind = 'drug' WHERE id = 9",
    ],
)
def test_a_changed_addition_is_found(tmp_path, harm) -> None:
    path, copy = create(tmp_path / "p.m2mp"), tmp_path / "copy.m2mp"
    with Project.open(path) as project:
        add(project, told())
        project.snapshot(copy)
    with closing(sqlite3.connect(copy)) as connection:
        triggers = connection.execute(
            "SELECT name, sql FROM sqlite_schema WHERE type = 'trigger'"
        ).fetchall()
        connection.executescript(harm)
        there = {
            name
            for (name,) in connection.execute(
                "SELECT name FROM sqlite_schema WHERE type = 'trigger'"
            )
        }
        for name, sql in triggers:
            if name not in there:
                connection.execute(sql)
        connection.commit()
    shutil.rmtree(f"{copy}.backups", ignore_errors=True)
    with Project.open(copy, read_only=True) as project:
        assert not project.verify().is_sound
