"""The page over the real engine and two generated releases with everything planted."""

from dataclasses import replace
from datetime import UTC, datetime

import openpyxl
import pytest
from PySide6.QtCore import QEventLoop, QSettings, Qt
from PySide6.QtTest import QTest

from m2m_desktop.core.memory import MemoryEntry
from m2m_desktop.core.pieces import PieceKind
from m2m_desktop.core.records import Source
from m2m_desktop.core.review import (
    Action,
    Change,
    CodedTerm,
    ReviewState,
    ReviewStatus,
    Target,
    no_term,
    reopened,
)
from m2m_desktop.core.text import match_key
from m2m_desktop.services.memory.store import MemoryStore, memory_path
from m2m_desktop.services.project.project import Project
from m2m_desktop.services.project.records import Actor, NewItem
from m2m_desktop.ui.engine_protocol import status_from_json
from m2m_desktop.ui.notices import NoticeArea
from m2m_desktop.ui.versions.effects_model import KIND, PHRASE, PROPOSAL
from m2m_desktop.ui.versions.page import LOG, MEMORY, PROJECT, VersionsPage
from m2m_desktop.ui.versions.records import Group
from tests.toy.versions import planted, write_pair
from tests.ui.review_project import SOURCE, START
from tests.ui.versions.conftest import settle
from tests.ui.workbench import LONG, places, real_engine, snapshots, warm_home

KINDS = ("renamed", "primary_soc", "removed", "demoted")


@pytest.fixture(scope="module")
def made():
    return planted(seed=7)


@pytest.fixture(scope="module")
def client(qapp):
    with real_engine() as started:
        yield started


@pytest.fixture(scope="module")
def known(client, made, tmp_path_factory):
    """The releases the engine knows, the generated ones among them."""
    told = []
    for path in write_pair(made, tmp_path_factory.mktemp("releases")):
        answer(client, "import_terminology", {"path": str(path)}, told)
    answer(client, "status", {}, told)
    return status_from_json(told[-1]).terminologies


def answer(client, method, params, told):
    loop = QEventLoop()

    def fail(error):
        told.append(error)
        loop.quit()

    def take(value):
        told.append(value)
        loop.quit()

    client.request(method, params, on_answer=take, on_error=fail)
    loop.exec()
    assert isinstance(told[-1], dict), told[-1]


@pytest.fixture
def page(client, known, tmp_path, qtbot):
    settings = QSettings(str(tmp_path / "window.ini"), QSettings.Format.IniFormat)
    shared = NoticeArea()
    shown = VersionsPage(client, shared, places(warm_home()), settings)
    qtbot.addWidget(shared)
    qtbot.addWidget(shown, before_close_func=lambda one: settle(one, client))
    shown.results = shared
    shown.resize(1200, 700)
    shown.set_terminologies(known)
    shown.set_terminology(next(one for one in known if one.version == "99.1"))
    shown.show()
    shown.start()
    qtbot.waitUntil(lambda: shown.changes.model.total > 0, timeout=LONG)
    return shown


def first_of_each(made):
    """A PT of the old release for each of the kinds, each a kind of its own, and one unchanged."""
    found = {}
    touched = {fact.code for fact in made.forward}
    for kind in KINDS:
        codes = sorted(
            f.code for f in made.forward if f.kind == kind and f.code in made.old.names["pt"]
        )
        alone = [c for c in codes if sum(f.code == c for f in made.forward) == 1]
        found[kind] = (alone or codes)[0]
    found["none"] = next(
        code
        for code, name in made.old.names["pt"].items()
        if code not in touched and name == made.new.names["pt"].get(code)
        and made.old.parents("pt", code) == made.new.parents("pt", code)
        and not {made.old.llt_pt[code]} & touched
    )  # fmt: skip
    return found


@pytest.fixture
def project(made, known, tmp_path):
    """Every kind decided once, and a phrase that is not decided."""
    codes = first_of_each(made)
    path = tmp_path / "a.m2mproject"
    items = [
        NewItem("Sheet1", n + 2, 3, 0, len(kind), f"短语 {kind}", PieceKind.REACTION, "", f"R{n}")
        for n, kind in enumerate([*codes, "open"])
    ]
    old = next(one for one in known if one.version == "99.0")
    Project.create(path, SOURCE, items, terminology_id=old.terminology_id, now=START)
    with Project.open(path) as opened:
        rows = {row.text: row for row in opened.phrases()}
        changes = [
            Change(Target.PHRASE, rows[f"短语 {kind}"].phrase_id, Action.CHOOSE, chosen(made, code))
            for kind, code in codes.items()
        ]
        opened.apply(changes, actor=Actor("wang", "王药师"), now=START)
        yield opened


def chosen(made, code):
    name = made.old.names["pt"][code]
    return ReviewState(
        ReviewStatus.CHANGED,
        (CodedTerm(code, name, code, name),),
        Source.MANUAL,
        reviewer="王药师",
        decided_at=START.isoformat(),
    )


def kinds(tab):
    model = tab.model
    return {
        model.index(row, PHRASE).data().removeprefix("短语 "): model.effect(row).kind
        for row in range(model.rowCount())
    }


def states(project):
    return {row.text: row.state for row in project.phrases()}


def test_the_counts_and_the_list_are_what_was_planted(page, made, qtbot):
    changes = page.changes
    assert changes.model.total == len(made.forward)
    changes.matrix.choose("demoted", "pt")
    codes = {fact.code for fact in made.forward if fact.kind == "demoted"}
    qtbot.waitUntil(lambda: changes.model.total == len(codes), timeout=LONG)
    assert {changes.model.change(row).code for row in range(len(codes))} == codes
    assert "was a PT under" in changes.detail.text()


def test_looking_changes_nothing_and_applying_is_one_step_that_can_be_undone(
    page, project, made, qtbot
):
    before, head = states(project), project.info.chain_head
    page.set_project(project)
    page.set_reviewer("李药师")
    page.tabs.setCurrentIndex(PROJECT)
    tab = page.project
    qtbot.waitUntil(lambda: tab.model.rowCount() > 0, timeout=LONG)
    found = kinds(tab)
    assert found["renamed"] == "renamed"
    assert found["primary_soc"] in ("primary_soc", "moved")
    assert found["removed"] in ("removed", "llt_moved")
    assert found["demoted"] == "demoted"
    assert found["none"] == "none"
    assert project.info.chain_head == head
    assert snapshots(places(warm_home())) == []
    model = tab.model
    removed = next(n for n in range(model.rowCount()) if model.effect(n).phrase.endswith("removed"))
    tab.table.selectRow(removed)
    tab.table.setFocus()
    with qtbot.waitSignal(page.phrase_wanted) as opened:
        QTest.keyClick(tab.table, Qt.Key.Key_Return)
    wanted_row = next(row for row in project.phrases() if row.phrase_id == opened.args[0])
    assert wanted_row.text == "短语 removed"
    certain = [n for n in range(tab.model.rowCount()) if tab.model.is_ticked(n)]
    assert {tab.model.effect(n).group for n in certain} == {Group.CERTAIN}
    wanted = {tab.model.effect(n).phrase for n in certain}

    tab.apply_button.click()
    with qtbot.waitSignal(page.project_changed):
        tab.confirm.do_button.click()
    after = states(project)
    assert {text for text in after if after[text] != before[text]} == wanted
    now = after["短语 renamed"].terms[0]
    assert (
        now.pt_name == made.new.names["pt"][now.pt_code] != before["短语 renamed"].terms[0].pt_name
    )
    assert project.verify().is_sound
    assert project.info.release.version == "99.1"
    assert "Ctrl+Z on the workbook page" in page.results.texts()["upgrade"]
    qtbot.waitUntil(lambda: kinds(tab).get("renamed") == "none", timeout=LONG)

    page.tabs.setCurrentIndex(LOG)
    (row,) = page.log.model.rows
    assert (row.who, row.changed, row.is_undone) == ("李药师", len(wanted), False)
    assert row.from_release == "MedDRA 99.0, Chinese"
    assert row.to_release == "MedDRA 99.1, Chinese"
    project.undo(actor=Actor("wang"), now=datetime.now(UTC))
    assert states(project) == before
    page.log.reload()
    assert page.log.model.rows[0].is_undone


def test_a_decision_that_has_changed_since_is_not_written_over(page, project, qtbot):
    page.set_project(project)
    page.tabs.setCurrentIndex(PROJECT)
    tab = page.project
    qtbot.waitUntil(lambda: tab.model.rowCount() > 0, timeout=LONG)
    row = next(one for one in project.phrases() if one.text == "短语 renamed")
    open_again = reopened(row.state)
    nothing = no_term(replace(row, state=open_again), "王药师", START)
    for action, state in ((Action.REOPEN, open_again), (Action.NO_TERM, nothing)):
        change = Change(Target.PHRASE, row.phrase_id, action, state)
        project.apply([change], actor=Actor("wang"), now=START)
    head = project.info.chain_head
    tab.ask_to_apply()
    tab.confirm.do_button.click()
    assert "changed since" in page.notices.texts()["effects"]
    assert project.info.chain_head == head


def test_the_log_is_written_to_a_workbook(page, project, tmp_path, qtbot):
    page.set_project(project)
    page.tabs.setCurrentIndex(PROJECT)
    qtbot.waitUntil(lambda: page.project.model.rowCount() > 0, timeout=LONG)
    page.project._apply_ticked()
    page.tabs.setCurrentIndex(LOG)
    target = tmp_path / "升级记录.xlsx"
    page.log.export_to(str(target))
    qtbot.waitUntil(lambda: "log" in page.notices.texts(), timeout=LONG)
    assert page.notices.texts()["log"] == "The upgrade log was written to 升级记录.xlsx."
    book = openpyxl.load_workbook(target)
    assert "短语 renamed" in {cell for row in book.worksheets[1].values for cell in row}


def test_the_memory_is_brought_along_and_back(page, made, known, qtbot):
    codes = first_of_each(made)
    name = made.old.names["pt"][codes["renamed"]]
    old = next(one for one in known if one.version == "99.0")
    store = MemoryStore(memory_path(places(warm_home())))
    store.clear()
    entry = MemoryEntry(
        match_key("旧叫法"), "旧叫法", (CodedTerm(codes["renamed"], name, codes["renamed"], name),),
        reviewer="王药师", decided_at="2026-03-04T08:00:00+00:00",
        terminology_id=old.terminology_id, terminology_version="99.0", terminology_language=old.language,
    )  # fmt: skip
    store.put([entry])
    page.tabs.setCurrentIndex(MEMORY)
    tab = page.memory
    qtbot.waitUntil(lambda: tab.model.rowCount() == 1, timeout=LONG)
    assert tab.model.index(0, KIND).data() == "renamed"
    assert tab.model.index(0, PROPOSAL).data() == made.new.names["pt"][codes["renamed"]]
    tab.ask_to_apply()
    with qtbot.waitSignal(page.memory_changed, timeout=LONG):
        tab.confirm.do_button.click()
    (now,) = store.entries()
    assert now.terms[0].pt_name == made.new.names["pt"][codes["renamed"]]
    assert now.terminology_version == "99.1"
    page.results._notices["upgrade"]._action.click()
    assert store.entries() == [entry]
    store.clear()
