"""Undo and redo of a session: whatever was done, taking all back gives what was there."""

import tempfile
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from m2m_desktop.core.pieces import PieceKind
from m2m_desktop.core.records import Source
from m2m_desktop.core.review import (
    Action,
    ReviewState,
    ReviewStatus,
    accepted,
    excepted,
    no_term,
    unexcepted,
)
from m2m_desktop.services.project.project import Project
from m2m_desktop.services.project.records import Addition, NewItem
from m2m_desktop.services.project.wire import term_of_candidate
from tests.services.project.toy_project import (
    QUICK_FOLDER,
    START,
    WANG,
    candidate,
    change,
    code_all,
    create,
    decide,
    items,
    later,
    phrase,
    step,
)


@pytest.fixture
def project(tmp_path):
    with Project.open(create(tmp_path / "p.m2mp")) as project:
        code_all(project)
        yield project


def states(project):
    return project.phrases(), list(project.all_items())


def undo_all(project):
    count = 0
    while project.undo(actor=WANG, now=START):
        count += 1
    return count


def redo_all(project):
    count = 0
    while project.redo(actor=WANG, now=START):
        count += 1
    return count


def exception_step(project, choice):
    """Give an item a decision of its own, or take it away."""
    found = list(project.all_items())
    item = found[choice % len(found)]
    if item.state is not None:
        return unexcepted(item.item_id)
    row = next(row for row in project.phrases() if row.phrase_id == item.phrase_id)
    own = row.state if row.state.is_locked else no_term(row, "李", START)
    return excepted(item.item_id, own)


def add_or_withdraw(project, choice, number):
    """Add a mention, of a phrase that is new or known, or take the last added one out."""
    added = [item.item_id for item in project.all_items() if item.is_added]
    if choice % 4 == 3 and added:
        project.withdraw(added[-1:], actor=WANG, now=START)
        return
    text = phrase(choice % 4) if choice % 2 else f"虚构补充{choice % 5}"
    place = NewItem("Sheet1", 100 + number, 9, 0, len(text), text, PieceKind.REACTION, "", "R1")
    term = term_of_candidate(candidate(choice % 7, 1))
    state = ReviewState(ReviewStatus.ACCEPTED, (term,), Source.MODEL, reviewer="李")
    project.add([Addition(place, state)], actor=WANG, now=START)


# one step of the user: on which rows (one or several), and which of the possible moves
ROWS = st.lists(st.integers(0, 3), min_size=1, max_size=4, unique=True)
STEPS = st.one_of(
    st.tuples(st.just("rows"), ROWS, st.integers(0, 30)),
    st.tuples(st.just("item"), st.just([0]), st.integers(0, 30)),
    st.tuples(st.just("add"), st.just([0]), st.integers(0, 30)),
    st.tuples(st.sampled_from(["undo", "redo"]), st.just([0]), st.just(0)),
)


@pytest.mark.requirement("R-011")
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(STEPS, max_size=12))
def test_undoing_everything_gives_the_beginning_and_redoing_the_end(steps) -> None:
    with tempfile.TemporaryDirectory(dir=QUICK_FOLDER) as folder:
        path = create(Path(folder) / "p.m2mp", items(4, 2))
        with Project.open(path) as project:
            code_all(project)
            beginning = states(project)
            seen = [beginning]  # what held after each step that can be undone
            at = 0
            for made, (kind, numbers, choice) in enumerate(steps):
                if kind == "undo":
                    assert (project.undo(actor=WANG, now=START) is not None) is (at > 0)
                    at = max(0, at - 1)
                elif kind == "redo":
                    moved = project.redo(actor=WANG, now=START) is not None
                    assert moved is (at + 1 < len(seen))
                    at += moved
                else:
                    rows = project.phrases()
                    if kind == "add":
                        add_or_withdraw(project, choice, made)
                    elif kind == "item":
                        project.apply([exception_step(project, choice)], actor=WANG, now=START)
                    else:
                        changes = [step(rows[number], choice) for number in numbers]
                        project.apply(changes, actor=WANG, now=START)
                    del seen[at + 1 :]
                    seen.append(states(project))
                    at += 1
                assert states(project) == seen[at]
            assert undo_all(project) == at
            assert states(project) == beginning
            assert redo_all(project) == len(seen) - 1
            assert states(project) == seen[-1]
            assert project.verify().problems == ()


def test_undo_and_redo_tell_what_they_did(project) -> None:
    assert project.undo(actor=WANG, now=START) is None
    decide(project, 1)
    decided = project.phrases()[0].state
    undone = project.undo(actor=WANG, now=later(2))
    assert undone.action is Action.ACCEPT
    assert [made.after.is_locked for made in undone.changes] == [False]
    assert (project.can_undo, project.can_redo) == (False, True)
    redone = project.redo(actor=WANG, now=later(3))
    assert (redone.action, redone.changes[0].after) == (Action.ACCEPT, decided)
    history = project.history(1)
    assert [event.change.action for event in history] == [Action.ACCEPT, Action.UNDO, Action.REDO]
    assert [event.undoes for event in history] == [None, 1, 2]


def test_a_new_step_ends_redo(project) -> None:
    decide(project, 1)
    project.undo(actor=WANG, now=START)
    decide(project, 2)
    assert project.redo(actor=WANG, now=START) is None
    assert undo_all(project) == 1


def test_a_bulk_action_is_one_step_and_gets_a_backup_first(tmp_path) -> None:
    with Project.open(create(tmp_path / "p.m2mp", items(150, 1))) as project:
        code_all(project)
        before = len(project.backups())
        changes = [
            change(row, Action.ACCEPT, accepted(row, "王", START)) for row in project.phrases()
        ]
        assert project.apply(changes, actor=WANG, now=START) == 150
        assert len(project.backups()) == before + 1
        assert project.info.decided_count == 150
        assert len(project.undo(actor=WANG, now=START).changes) == 150
        assert project.info.decided_count == 0
        assert project.undo(actor=WANG, now=START) is None


def test_a_step_of_nothing_is_no_step(project) -> None:
    assert project.apply([], actor=WANG, now=START) == 0
    assert not project.can_undo


def test_a_session_ends_with_the_file(project) -> None:
    decide(project, 1)
    project.close()
    with Project.open(project.path) as again:
        assert again.undo(actor=WANG, now=START) is None
        assert again.info.decided_count == 1
