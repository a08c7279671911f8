import os
import signal
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication, QMessageBox

from m2m_desktop.core.review import CodedTerm, ReviewStatus
from m2m_desktop.services import language
from m2m_desktop.services.locations import default_locations
from m2m_desktop.services.memory.store import MemoryStore, memory_path
from m2m_desktop.services.project.project import Project
from m2m_desktop.services.project.records import Actor
from m2m_desktop.services.settings import Settings, save_settings
from m2m_desktop.ui.app import Program
from m2m_desktop.ui.model.dialog import ModelDialog
from m2m_desktop.ui.places import PHRASES, WORKBOOK
from m2m_desktop.ui.release_dialog import ReleaseDialog
from m2m_desktop.ui.table.dialog import TableDialog
from tests.ui.helpers import TOY_ENGINE, drop
from tests.ui.review_project import START, USUAL, make_project
from tests.ui.workbench import answers, decide, project_of

KEY = Qt.Key


class Work:
    """The window on its workbook page, over the toy engine."""

    def __init__(self, program, home, qtbot):
        self.program, self.window, self.qtbot, self.home = program, program.window, qtbot, home
        self.page = program.window.workbook
        self.asked = []
        client, request = program.client, program.client.request

        def recorded(method, params, **more):
            self.asked.append((method, dict(params)))
            return request(method, params, **more)

        client.request = recorded
        self.window.show_place(WORKBOOK)

    def project_of(self, *texts, name="a", **more):
        return str(project_of(self.home / "projects" / f"{name}.m2m", *texts, **more))

    def open(self, path, *, waits=True):
        self.page.open_project(str(path))
        if waits:
            self.coded()

    def coded(self):
        self.qtbot.waitUntil(
            lambda: self.page.runner.remaining == 0 and not self.page.runner.is_running,
            timeout=20_000,
        )

    def texts_asked(self):
        return [
            mention["text"]
            for method, params in self.asked
            if method == "code" and not params.get("first_answers")
            for mention in params["mentions"]
        ]

    def said(self):
        return self.window.notices.texts()

    def act(self, key):
        self.window.notices._notices[key]._action.click()

    def dialogs(self, kind):
        return [one for one in self.window.findChildren(kind) if one.isVisible()]

    def press(self, key):
        self.window.activateWindow()
        self.qtbot.waitUntil(self.window.isActiveWindow)
        table = self.page.review.phrases.table
        table.setFocus()
        self.qtbot.keyClick(table, key)

    def state(self, text):
        row = next(row for row in self.page.project.phrases() if row.text == text)
        return row.state.status

    def choose_threshold(self, threshold):
        self.window.bar.set_threshold(threshold)
        self.window.engine.choose()

    def memory(self):
        found = MemoryStore(memory_path(self.window._locations)).entries()
        return {entry.text: [term.pt_name for term in entry.terms] for entry in found}


@pytest.fixture(scope="module")
def shared(qapp, tmp_path_factory):
    """One window for all tests here: each begins and ends on the empty page."""
    home = tmp_path_factory.mktemp("home")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("M2M_HOME", str(home))
        patch.setenv("M2M_TOY_FLAG", str(home / "crashed"))
        before = language.current_language()
        save_settings(replace(Settings(), language="en"), default_locations())
        program = Program(qapp, default_locations(), TOY_ENGINE)
        program.window.show()
        yield program
        program.close()
        program.window.deleteLater()
        program.deleteLater()
        language.use_language(before)


@pytest.fixture
def work(shared, tmp_path, qtbot):
    window = shared.window
    qtbot.waitUntil(window.bar.terminology.isEnabled, timeout=10_000)
    made = Work(shared, tmp_path, qtbot)
    yield made
    window.workbook.close_project()
    del shared.client.request
    made.choose_threshold(0.3)
    for path in window.workbook.recent.paths():
        window.workbook.recent.forget(path)
    window.workbook.review.answer.head.remember_box.setChecked(True)
    for key in window.notices.texts():
        window.notices.clear(key)
    MemoryStore(memory_path(window._locations)).clear()


def answer_box(is_yes):
    """Answer the question that will be asked."""

    def answer():
        box = QApplication.activeModalWidget()
        assert isinstance(box, QMessageBox)
        buttons = box.buttons()
        role = QMessageBox.ButtonRole.DestructiveRole
        wanted = [one for one in buttons if (box.buttonRole(one) == role) is is_yes]
        wanted[0].click()

    QTimer.singleShot(0, answer)


# -- opening and closing ----------------------------------------------------------------------------


def test_a_project_is_coded_as_soon_as_it_is_open(work):
    work.open(work.project_of("皮疹", "恶心"))
    assert answers(work.page.project) == {"皮疹": "certain", "恶心": "certain"}
    assert work.page.stack.currentWidget() is work.page.work
    assert work.page.work.name.full_text() == "导出.xlsx"
    assert work.window.menus.export.isEnabled()


def test_a_closed_project_is_offered_again_and_goes_on_where_it_was(work):
    path = work.project_of(*(f"快{n}" for n in range(16)), "slow 一")
    work.open(path, waits=False)
    work.qtbot.waitUntil(lambda: work.page.runner.remaining == 1)
    work.page.close_project()
    assert work.page.stack.currentWidget() is work.page.welcome
    assert not work.window.menus.export.isEnabled()
    work.asked.clear()
    (offered,) = work.page.welcome.recent
    offered.click()
    work.coded()
    assert work.texts_asked() == ["slow 一"]


def test_the_next_project_gets_no_answer_of_the_one_before(work):
    first = work.project_of("slow unsure", "unsure")
    second = work.project_of("头痛", "slow 发热", name="b")
    work.open(first, waits=False)
    work.qtbot.wait(50)
    work.open(second)
    assert answers(work.page.project) == {"头痛": "certain", "slow 发热": "certain"}
    work.page.close_project()
    with Project.open(Path(first)) as project:
        assert answers(project) == {}


def test_a_project_that_is_in_use_is_said_and_no_other_is_left_half_open(work):
    path = Path(work.project_of("皮疹"))
    with Project.open(path):
        work.open(path, waits=False)
        assert "[M2M-40" in work.said()["workbook"]
        assert work.page.project is None
    work.open(path)
    assert "workbook" not in work.said()


def test_a_damaged_project_is_restored_from_its_backup_by_one_click(work):
    path = Path(work.project_of("皮疹", "恶心"))
    work.open(path)
    decide(work.page.project, {"皮疹": "accept"})
    work.page.close_project()
    work.open(path)  # makes a backup
    work.page.close_project()
    path.write_bytes(path.read_bytes()[:3000])
    work.open(path, waits=False)
    assert "[M2M-402]" in work.said()["workbook"]
    work.act("workbook")
    work.coded()
    assert work.state("皮疹") is ReviewStatus.ACCEPTED
    assert list(path.parent.glob("*.damaged-*"))


def test_a_project_that_is_gone_is_said(work):
    work.open(work.home / "none.m2m", waits=False)
    assert "[M2M-40" in work.said()["workbook"]


def test_closing_the_window_closes_the_project(program, home, qtbot):
    work = Work(program, home, qtbot)
    path = Path(work.project_of("皮疹"))
    work.open(path)
    work.window.close()
    assert [p.name for p in path.parent.iterdir() if p.is_file()] == ["a.m2m"]
    with Project.open(path, read_only=True) as project:
        assert project.info.coded_count == 1


# -- what is dropped --------------------------------------------------------------------------------


def test_a_dropped_project_is_opened_and_its_page_shown(work):
    work.window.show_place(PHRASES)
    assert drop(work.window, work.project_of("皮疹"))
    work.coded()
    assert work.window.pages.currentIndex() == WORKBOOK
    assert work.page.project is not None


def test_a_dropped_table_is_looked_at(work, tmp_path):
    table = tmp_path / "导出.xlsx"
    table.touch()
    assert drop(work.window, str(table))
    (dialog,) = work.dialogs(TableDialog)
    assert ("sniff_table", {"path": str(table), "encoding": ""}) in work.asked
    dialog.reject()


def test_a_dropped_checkpoint_goes_to_the_models_and_a_release_to_the_import(work, tmp_path):
    checkpoint, release = tmp_path / "model", tmp_path / "MedAscii"
    checkpoint.mkdir()
    release.mkdir()
    (checkpoint / "config.json").write_text("{}")
    assert drop(work.window, str(checkpoint))
    (models,) = work.dialogs(ModelDialog)
    assert ("inspect_model", str(checkpoint)) in [
        (method, params.get("path")) for method, params in work.asked
    ]
    models.close()
    assert drop(work.window, str(release))
    (releases,) = work.dialogs(ReleaseDialog)
    releases.close()


def test_nothing_else_can_be_dropped(work, tmp_path):
    assert not drop(work.window, str(tmp_path / "picture.png"))


def test_text_from_the_clipboard_is_a_table_and_an_empty_one_is_said(work):
    QGuiApplication.clipboard().setText("  ")
    work.page.paste()
    assert "no text to paste" in work.said()["workbook"]
    QGuiApplication.clipboard().setText("不良反应名称\n皮疹")
    work.page.paste()
    (dialog,) = work.dialogs(TableDialog)
    assert work.asked[-1][1]["pasted"] == "不良反应名称\n皮疹"
    assert "workbook" not in work.said()
    dialog.reject()


# -- coding -----------------------------------------------------------------------------------------


def test_another_threshold_asks_before_coding_again_and_no_decision_is_touched(work):
    work.open(work.project_of("皮疹", "恶心"))
    decide(work.page.project, {"皮疹": "accept"})
    work.page.review.reload()
    work.asked.clear()
    work.choose_threshold(0.8)
    assert "keeps all decisions" in work.said()["again"]
    assert work.texts_asked() == []
    work.act("again")
    work.coded()
    assert sorted(work.texts_asked()) == ["恶心", "皮疹"]
    assert work.page.project.info.run.threshold == 0.8
    assert work.state("皮疹") is ReviewStatus.ACCEPTED
    assert "again" not in work.said()


def test_going_back_to_what_the_project_was_coded_with_asks_nothing(work):
    work.open(work.project_of("皮疹"))
    work.choose_threshold(0.8)
    work.choose_threshold(0.3)
    assert "again" not in work.said()


def test_a_project_half_coded_goes_on_as_it_began_so_that_its_answers_are_of_one_kind(work):
    path = work.project_of(*(f"快{n}" for n in range(16)), "slow 一")
    work.open(path, waits=False)
    work.qtbot.waitUntil(lambda: work.page.runner.remaining == 1)
    work.page.close_project()
    work.choose_threshold(0.8)
    work.asked.clear()
    work.open(path)
    assert [params["threshold"] for method, params in work.asked if method == "code"] == [0.3]
    assert "again" in work.said()


def test_the_engine_killed_in_the_middle_loses_nothing(program, home, qtbot):
    work = Work(program, home, qtbot)
    texts = [f"slow {n}" for n in range(3)]
    work.open(work.project_of("皮疹", *texts), waits=False)
    work.qtbot.wait(100)
    os.kill(work.program.client.process_id, signal.SIGKILL)
    work.coded()
    assert set(answers(work.page.project)) == {"皮疹", *texts}
    assert "Nothing was lost" in work.said()["engine"]


def test_an_error_is_said_with_a_way_to_go_on(work):
    work.open(work.project_of("皮疹", "broken"), waits=False)
    work.qtbot.waitUntil(lambda: "workbook" in work.said(), timeout=10_000)
    assert "[M2M-204]" in work.said()["workbook"]
    work.asked.clear()
    work.act("workbook")
    assert work.texts_asked() == ["broken"]


def test_a_phrase_nobody_can_code_is_said_and_can_be_decided_by_hand(work):
    work.open(work.project_of("皮疹", "crash"))
    assert "1 phrase could not be coded" in work.said()["skipped"]
    work.page.close_project()
    assert "skipped" not in work.said()


# -- reviewing --------------------------------------------------------------------------------------


def test_the_memory_follows_decisions_and_undo(work):
    work.open(work.project_of("起疹子", "想吐"))
    work.press(KEY.Key_Return)
    assert work.state("起疹子") is ReviewStatus.ACCEPTED
    assert list(work.memory()) == ["起疹子"]
    work.page.review.desk.undo()
    assert work.state("起疹子") is ReviewStatus.UNREVIEWED
    assert work.memory() == {}


def test_with_the_remember_box_off_the_memory_stays_as_it_is(work):
    work.open(work.project_of("起疹子"))
    work.page.review.answer.head.remember_box.setChecked(False)
    work.press(KEY.Key_Return)
    assert work.state("起疹子") is ReviewStatus.ACCEPTED
    assert work.memory() == {}


def test_terms_of_another_person_are_taken_over_and_can_be_undone(work):
    work.open(make_project(work.home / "b.m2m", USUAL))
    decide(work.page.project, {"想吐": "accept"})
    work.page.review.reload()
    rash = CodedTerm("90000001", "皮疹")
    assert work.page.tools.take_terms("想吐", (rash,))
    assert work.state("想吐") is ReviewStatus.CHANGED
    assert work.page.tools.take_terms("起皮疹", ())
    assert work.state("起皮疹") is ReviewStatus.NO_TERM
    for _step in range(3):
        work.page.review.desk.undo()
    assert work.state("想吐") is ReviewStatus.ACCEPTED
    assert work.state("起皮疹") is ReviewStatus.UNREVIEWED
    assert not work.page.tools.take_terms("没有", (rash,))
    assert not work.page.tools.take_terms("", (rash,))


# -- texts ------------------------------------------------------------------------------------------


def test_phrases_are_only_deleted_after_asking(work):
    work.open(work.project_of("皮疹"))
    answer_box(is_yes=False)
    work.page.tools.purge()
    assert list(work.page.project.texts().values()) == ["皮疹"]
    answer_box(is_yes=True)
    work.page.tools.purge()
    assert work.page.project.texts() == {}
    assert work.page.runner.remaining == 0


def test_a_project_without_texts_is_not_asked_to_be_coded_again(work):
    path = Path(work.project_of("皮疹"))
    work.open(path)
    work.page.close_project()
    with Project.open(path) as project:
        project.purge_texts(actor=Actor("wang"), now=START)
    work.choose_threshold(0.8)
    work.open(path)
    assert "again" not in work.said()


def test_texts_that_were_found_are_coded_and_what_is_missing_is_said(work):
    path = Path(work.project_of("皮疹", "恶心", remembers_texts=False))
    work.open(path)
    assert answers(work.page.project) == {}
    work.page.project.restore_texts(["皮疹"])
    work.page._take_texts()
    work.page._say_missing(1)
    work.coded()
    assert answers(work.page.project)["皮疹"] == "certain"
    assert "1 phrase does not stand in this file" in work.said()["texts"]
