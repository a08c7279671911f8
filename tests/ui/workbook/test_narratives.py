"""The way from an open workbook to its narratives, and what was added there in the review."""

from dataclasses import replace

import pytest

from m2m_desktop.core.action_words import ACTION_WORDS
from m2m_desktop.core.pieces import PieceKind
from m2m_desktop.core.records import Source
from m2m_desktop.core.review import Action, CodedTerm
from m2m_desktop.services.locations import default_locations
from m2m_desktop.services.memory.store import MemoryStore, memory_path
from m2m_desktop.services.project.project import Project
from m2m_desktop.services.project.records import Actor, NewItem
from m2m_desktop.ui.narrative.records import Status
from m2m_desktop.ui.narrative.unmentioned_records import Finding, Proposal
from m2m_desktop.ui.places import WORKBOOK
from m2m_desktop.ui.review.places import PlaceColumn
from tests.ui.review_project import SOURCE, START, USUAL, make_project, store
from tests.ui.workbench import workbook

ITCH = CodedTerm("90000002", "瘙痒", probability=0.9)
FOUND = Finding(
    sheet="Sheet1",
    row=4,
    column=9,
    report_id="R4",
    severity="",
    text="浑身发痒",
    status=Status.PRESENT,
    reason="",
    sentence="服药后浑身发痒。",
    start=3,
    end=7,
    offset=10,
    proposal=Proposal(((ITCH,),), is_selected=True, source=Source.MODEL),
)


def source_of(path, columns):
    layout = {"sheets": [{"sheet": "Sheet1", "header_row": 1, "columns": columns}]}
    return replace(SOURCE, path=str(path), layout=layout)


@pytest.fixture
def project_path(home):
    """A project of a file with narratives."""
    source = workbook(home / "导出.xlsx", ("名称", "过程"), ("皮疹", "服药后浑身发痒。"))
    told = source_of(source, {"reaction": [1], "narrative": [9]})
    path = home / "a.m2m"
    items = [NewItem("Sheet1", 2, 1, 0, 3, "起皮疹", PieceKind.REACTION, "", "R2")]
    Project.create(path, told, items, terminology_id="demo", now=START)
    with Project.open(path) as project:
        store(project, USUAL)
    return path


@pytest.fixture
def page(make_program, qtbot):
    program = make_program()
    program.window.show_place(WORKBOOK)
    return program.window.workbook


def opened(page, path, qtbot):
    page.open_project(str(path))
    qtbot.waitUntil(lambda: not page.runner.is_running, timeout=20_000)
    return page


def row_of(page, text):
    return next((row for row in page.review.model.everything() if row.text == text), None)


def test_only_a_file_with_narratives_offers_them(page, project_path, home, qtbot):
    opened(page, make_project(home / "b.m2m", USUAL), qtbot)
    assert page.work.narratives_button.isHidden()
    assert page.check_narratives() is None
    opened(page, project_path, qtbot)
    assert not page.work.narratives_button.isHidden()


def test_what_is_added_stands_in_the_review_when_the_list_is_closed(page, project_path, qtbot):
    opened(page, project_path, qtbot)
    page.review.set_reviewer("王药师")
    dialog = page.check_narratives()
    assert dialog._source.name == "导出.xlsx"
    dialog._add(FOUND, (ITCH,))
    assert row_of(page, "浑身发痒") is None
    dialog.reject()
    row = row_of(page, "浑身发痒")
    assert (row.state.reviewer, row.state.terms) == ("王药师", (ITCH,))
    (item,) = page.review.desk.items(row.phrase_id)
    assert (item.report_id, item.column, item.is_added) == ("R4", 9, True)
    page.review.phrases.table.go_to_phrase(row.phrase_id)
    places = page.review.answer.places.model
    assert places.index(0, PlaceColumn.OWN).data() == "from the narrative · as the phrase"


def test_it_is_remembered_like_any_decision(page, project_path, qtbot):
    opened(page, project_path, qtbot)
    dialog = page.check_narratives()
    dialog._add(FOUND, (ITCH,))
    dialog.reject()
    memory = MemoryStore(memory_path(default_locations()))
    assert [entry.text for entry in memory.entries()] == ["浑身发痒"]


def test_undoing_it_takes_it_out_of_the_review(page, project_path, qtbot):
    opened(page, project_path, qtbot)
    dialog = page.check_narratives()
    dialog._add(FOUND, (ITCH,))
    dialog.reject()
    desk = page.review.desk
    page.project.undo(actor=Actor("wang"), now=START)
    desk.stepped_back.emit([])
    assert row_of(page, "浑身发痒") is None


def test_a_list_that_is_only_looked_at_changes_nothing(page, project_path, qtbot):
    opened(page, project_path, qtbot)
    before = page.review.model.everything()
    page.check_narratives().reject()
    assert page.review.model.everything() is before


def test_it_is_undone_by_the_key_that_undoes_everything(page, project_path, qtbot):
    opened(page, project_path, qtbot)
    dialog = page.check_narratives()
    dialog._add(FOUND, (ITCH,))
    dialog.reject()
    said = []
    page.review.desk.said.connect(said.append)
    page.review.desk.undo()
    assert row_of(page, "浑身发痒") is None
    assert "added from the narrative" in said[0]
    page.review.desk.redo()
    assert row_of(page, "浑身发痒").state.terms == (ITCH,)


def test_every_step_of_a_project_has_a_word():
    assert set(ACTION_WORDS) == set(Action)


def test_the_menu_offers_the_narratives_of_a_file_that_has_some(
    make_program, project_path, home, qtbot
):
    window = make_program().window
    window.show_place(WORKBOOK)
    entry = window.menus.narratives
    assert not entry.isEnabled()
    opened(window.workbook, make_project(home / "b.m2m", USUAL), qtbot)
    assert not entry.isEnabled()
    opened(window.workbook, project_path, qtbot)
    assert entry.isEnabled()
