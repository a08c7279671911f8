"""After a purge no text of a phrase is in any file of the project."""

import os
import zlib
from pathlib import Path

import pytest

from m2m_desktop.core.pieces import PieceKind
from m2m_desktop.core.review import Action, commented
from m2m_desktop.services.project.errors import NotSaved
from m2m_desktop.services.project.project import Project
from m2m_desktop.services.project.records import NewItem
from m2m_desktop.services.project.recovery import restore_project
from tests.services.project.toy_project import (
    START,
    WANG,
    change,
    code_all,
    create,
    decide,
    later,
)

CANARIES = [f"患者某{chr(0x4E00 + 7 * number)}甲乙丙{number:02}" for number in range(50)]


def canary_items():
    for number, text in enumerate(CANARIES * 3):
        yield NewItem("Sheet1", number + 3, 3, 0, len(text), text, PieceKind.REACTION)


def canaries_in(folder):
    """How often a planted text stands in any file of a folder, in UTF-8 or UTF-16."""
    whole = b"".join(file.read_bytes() for file in folder.rglob("*") if file.is_file())
    forms = [text.encode(form) for text in CANARIES for form in ("utf-8", "utf-16-le")]
    return sum(whole.count(form) for form in forms)


@pytest.fixture
def path(tmp_path):
    """A project with a log, several backups, and the copy of a damaged file."""
    path = create(tmp_path / "here" / "p.m2mp", canary_items())
    for number in range(1, 4):
        with Project.open(path) as project:
            code_all(project)
            decide(project, number)
    with Project.open(path) as project:
        backup = project.backups()[0].path
    restore_project(path, backup, now=START)
    return path


@pytest.mark.requirement("R-015")
def test_texts_are_in_the_project_and_its_backups_until_a_purge_and_nowhere_after(path) -> None:
    assert canaries_in(path.parent) > 3 * 50
    with Project.open(path) as project:
        decide(project, 9)
        states = [row.state for row in project.phrases()]
        project.purge_texts(actor=WANG, now=later(9))
        # while it is still open: the log beside it holds none either
        assert canaries_in(path.parent) == 0
        assert [row.state for row in project.phrases()] == states
        assert project.texts() == {}
        assert (project.info.texts_missing, project.info.remembers_texts) == (True, False)
        assert len(project.backups()) == 1
        assert project.verify().problems == ()
        decide(project, 10)
    assert canaries_in(path.parent) == 0
    with Project.open(path) as project:
        assert project.restore_texts(CANARIES) == 0
        assert project.answer(1)["mention"] == CANARIES[0]
        assert project.verify().problems == ()
    assert canaries_in(path.parent) == 0


def test_stored_answers_hold_no_phrase_at_all(path) -> None:
    with Project.open(path) as project:
        rows = project._connection.execute("SELECT body FROM answer").fetchall()
    assert len(rows) == 50
    whole = b"".join(zlib.decompress(body) for (body,) in rows).decode()
    assert "candidate_pt_code" in whole
    assert not any(text in whole for text in CANARIES)


def test_a_purge_is_an_event_without_text(path) -> None:
    with Project.open(path) as project:
        before = project.info.event_count
        project.purge_texts(actor=WANG, now=START)
        assert project.info.event_count == before + 1
        (body,) = project._connection.execute(
            "SELECT body FROM event WHERE target = 'project'"
        ).fetchone()
    assert '"action":"purge"' in body
    assert Action.PURGE.value == "purge"


def test_comments_stay(path) -> None:
    with Project.open(path) as project:
        row = project.phrases()[20]
        note = change(row, Action.COMMENT, commented(row.state, "我的备注"))
        project.apply([note], actor=WANG, now=START)
        project.purge_texts(actor=WANG, now=START)
        assert project.phrases()[20].state.comment == "我的备注"


def test_the_backups_on_another_pc_go_when_the_purged_project_comes_there(path, tmp_path) -> None:
    home = tmp_path / "home"
    with Project.open(path, backup_dir=home) as project:
        assert canaries_in(home) >= 50
    with Project.open(path) as project:  # elsewhere
        project.purge_texts(actor=WANG, now=START)
    with Project.open(path, backup_dir=home) as project:
        assert canaries_in(home) == 0
        assert len(project.backups()) == 1


def test_unfinished_copies_of_a_killed_program_go_at_the_next_opening(path) -> None:
    drafts = [
        path.with_name(f".{path.name}.0123abcd.draft"),
        path.with_name(f".{path.name}.0123abcd.draft-journal"),
        Path(f"{path}.backups") / ".x.m2mbackup.0123abcd.draft",
    ]
    for draft in drafts:
        draft.write_text(CANARIES[0])
    others = path.with_name(".other.m2mp.0123abcd.draft")
    others.write_text("of another project")
    with Project.open(path):
        assert [draft.exists() for draft in drafts] == [False] * 3
        assert others.exists()


@pytest.mark.skipif(os.name == "nt", reason="a folder cannot stand in for a locked file there")
def test_a_copy_that_cannot_be_deleted_is_named_and_a_second_purge_finishes(path) -> None:
    stuck = path.with_name(path.name + ".damaged-20200101T000000Z")
    stuck.mkdir()
    with Project.open(path) as project:
        with pytest.raises(NotSaved) as caught:
            project.purge_texts(actor=WANG, now=START)
        assert stuck.name in str(caught.value)
        assert project.texts() == {}
        stuck.rmdir()
        project.purge_texts(actor=WANG, now=START)
    assert canaries_in(path.parent) == 0
