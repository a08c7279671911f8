"""The page where something is missing or goes wrong."""

import sys

import pytest
from PySide6.QtCore import QEvent, Qt

from m2m_desktop.services import language
from m2m_desktop.services.project.project import Project
from m2m_desktop.ui import style
from m2m_desktop.ui.choice_bar import Choices
from m2m_desktop.ui.review.blank import Blank
from m2m_desktop.ui.review.columns import ReviewColumn
from m2m_desktop.ui.review.filter import Queue
from m2m_desktop.ui.review.keys import Command
from tests.ui.review_bench import KEY, MODIFIER, Bench, bench_of, copy_of
from tests.ui.review_project import USUAL, Toy, many

ENTER, CTRL = KEY.Key_Return, MODIFIER.ControlModifier


@pytest.fixture
def bench(tmp_path, qtbot):
    with bench_of(tmp_path, qtbot) as made:
        yield made


def test_without_a_project_it_says_what_to_do(bench, qtbot):
    page = bench.page
    page.close_project()
    assert page.stack.currentWidget() is page.blank
    assert page.blank.shown is Blank.NO_PROJECT
    with qtbot.waitSignal(page.file_wanted):
        page.blank.file_button.click()
    with qtbot.waitSignal(page.project_wanted):
        page.blank.project_button.click()
    page.run(Command.ACCEPT)
    page.run(Command.UNDO)
    assert bench.status[-1] == ""


def test_another_project_takes_its_place(bench, tmp_path):
    bench.page.phrases.bar.text.setText("皮疹")
    bench.page.phrases.bar.flush()
    folder = tmp_path / "other"
    folder.mkdir()
    with Project.open(copy_of(folder, (Toy("别的反应"),))) as other:
        bench.page.open_project(other, Choices("demo"))
        assert bench.shown() == ["别的反应"]
        assert bench.in_hand == "别的反应"
        bench.page.close_project()


def test_a_project_without_phrases_says_so(tmp_path, qtbot):
    with bench_of(tmp_path, qtbot, ()) as bench:
        assert bench.page.blank.shown is Blank.NO_PHRASES
        assert bench.page.stack.currentWidget() is bench.page.blank


def test_a_large_project_is_said_to_be_opened_before_it_is_read(bench, tmp_path, qtbot):
    folder = tmp_path / "large"
    folder.mkdir()
    with Project.open(copy_of(folder, many(2_100))) as large:
        bench.page.open_project(large, Choices("demo"))
        assert bench.page.blank.shown is Blank.LOADING
        assert bench.page.stack.currentWidget() is bench.page.blank
        qtbot.waitUntil(lambda: bench.model.rowCount() == 2_100, timeout=10_000)
        assert bench.page.stack.currentWidget() is bench.page.splitter
        bench.page.phrases.bar.text.setText("7号")
        bench.page.phrases.bar.flush()
        assert bench.model.rowCount() == 210
        bench.page.phrases.bulk_button.click()
        assert bench.dialog().yes.text() == "Accept 140"
        bench.dialog().yes.click()
        assert sum(row.state.is_locked for row in large.phrases()) == 140
        bench.press(KEY.Key_Z, CTRL)
        assert not any(row.state.is_locked for row in large.phrases())
        bench.page.close_project()


def test_a_project_open_for_reading_shows_everything_and_changes_nothing(tmp_path, qtbot):
    with bench_of(tmp_path, qtbot, read_only=True) as bench:
        assert "reading only" in bench.notices.texts()["review-read_only"]
        assert bench.in_hand == "起皮疹"
        before = bench.project.phrases()
        keys = (ENTER, KEY.Key_N, KEY.Key_F, KEY.Key_1, KEY.Key_Space, KEY.Key_Delete)
        for key in keys:
            bench.press(key)
            assert "reading only" in bench.head.refusal()
        bench.press(KEY.Key_Z, CTRL)
        assert bench.project.phrases() == before
        assert not any(one.isEnabled() for one in bench.head.buttons.values())
        assert not bench.page.phrases.bulk_button.isEnabled()
        assert bench.head.comment.isReadOnly()
        bench.choose("起皮疹", "想吐")
        bench.press(ENTER)
        assert bench.dialog() is None


def test_texts_that_are_missing_are_said_and_come_back(tmp_path, qtbot):
    with bench_of(tmp_path, qtbot, remembers_texts=False) as bench:
        assert "keeps no texts" in bench.notices.texts()["review-texts"]
        assert "Phrase 1 " in bench.model.index(0, ReviewColumn.PHRASE).data()
        assert "not stored" in bench.head.phrase.text()
        first = bench.model.phrase(0).phrase_id
        bench.press(ENTER)
        assert bench.model.by_id(first).state.is_locked, "codes can be decided without texts"
        assert bench.project.restore_texts([toy.text for toy in USUAL]) == 0
        bench.page.reload()
        assert "起皮疹" in bench.shown()
        assert "review-texts" not in bench.notices.texts()


def test_when_everything_is_decided_it_says_so_and_offers_to_export(bench, qtbot):
    for _phrase in range(5):
        bench.press(KEY.Key_N)
    qtbot.waitUntil(lambda: "review-done" in bench.notices.texts(), timeout=2000)
    assert "All phrases are decided: 5" in bench.notices.texts()["review-done"]
    assert "100 %" in bench.status[-1]
    bench.page.phrases.bar.show_queue(Queue.OPEN)
    assert bench.shown() == []
    assert "Everything is decided" in bench.page.phrases._nothing.text()
    bench.activate()
    bench.press(KEY.Key_Z, CTRL)
    qtbot.waitUntil(lambda: "review-done" not in bench.notices.texts(), timeout=2000)


def test_filters_that_match_nothing_say_so(bench):
    bench.page.phrases.bar.text.setText("没有这样的")
    bench.page.phrases.bar.flush()
    assert bench.in_hand == ""
    assert "No phrase matches" in bench.page.phrases._nothing.text()
    bench.press(ENTER)
    bench.page.phrases.clear_filters()
    assert bench.in_hand == "起皮疹"
    assert bench.state("起皮疹")[0] == "unreviewed"


@pytest.fixture
def full_disk(bench):
    """Take away all space for the project file, and give it back."""
    resource = pytest.importorskip("resource", reason="limits of file sizes")
    before = resource.getrlimit(resource.RLIMIT_FSIZE)

    class Disk:
        def fill(self) -> None:
            resource.setrlimit(resource.RLIMIT_FSIZE, (1024, before[1]))

        def free(self) -> None:
            resource.setrlimit(resource.RLIMIT_FSIZE, before)

    yield Disk()
    resource.setrlimit(resource.RLIMIT_FSIZE, before)


@pytest.mark.skipif(sys.platform == "win32", reason="limits of file sizes")
def test_a_decision_that_cannot_be_saved_stays_on_the_screen_and_is_saved_later(bench, full_disk):
    before = bench.project.phrases()
    full_disk.fill()
    bench.press(ENTER)
    bench.press(KEY.Key_N)
    full_disk.free()
    assert "could not be saved" in bench.notices.texts()["review-unsaved"]
    assert "M2M-407" in bench.notices.texts()["review-unsaved"]
    assert bench.page.has_unsaved
    assert bench.project.phrases() == before
    assert bench.row("起皮疹").state.is_locked, "on the screen it is decided"
    status = bench.model.index(0, ReviewColumn.STATUS)
    assert "Not saved yet" in status.data(Qt.ItemDataRole.ToolTipRole)
    assert bench.model.unsaved == {1, 2}
    bench.page.desk.try_again()
    assert not bench.page.has_unsaved
    assert "review-unsaved" not in bench.notices.texts()
    assert bench.state("起皮疹") == ("accepted", "皮疹")
    assert bench.state("皮疹伴瘙痒") == ("no_suitable_term", "")


@pytest.mark.skipif(sys.platform == "win32", reason="limits of file sizes")
def test_the_next_decision_saves_what_could_not_be_saved(bench, full_disk):
    full_disk.fill()
    bench.press(ENTER)
    full_disk.free()
    bench.press(ENTER)
    assert bench.state("起皮疹") == ("accepted", "皮疹")
    assert bench.state("皮疹伴瘙痒") == ("accepted", "皮疹 瘙痒")
    assert "review-unsaved" not in bench.notices.texts()


@pytest.mark.skipif(sys.platform == "win32", reason="limits of file sizes")
def test_undo_takes_back_what_was_not_saved(bench, full_disk):
    bench.press(ENTER)
    full_disk.fill()
    bench.press(KEY.Key_N)
    bench.press(KEY.Key_Z, CTRL)
    full_disk.free()
    assert "had not been saved" in bench.said[-1]
    assert bench.state("皮疹伴瘙痒")[0] == "unreviewed"
    assert bench.state("起皮疹")[0] == "accepted"
    assert not bench.page.has_unsaved
    bench.press(KEY.Key_Z, CTRL)
    assert bench.state("起皮疹")[0] == "unreviewed"


def test_a_project_that_cannot_be_read_says_so_and_can_be_tried_again(bench):
    bench.project.close()
    bench.page.reload()
    assert bench.page.blank.shown is Blank.ERROR
    assert "M2M-4" in bench.page.blank.text.text()
    bench.project = Project.open(bench.path)
    bench.page.open_project(bench.project, Choices("demo"))
    assert bench.in_hand == "起皮疹"


def test_a_terminology_that_is_not_there_is_said_once(bench, qtbot, monkeypatch, tmp_path):
    monkeypatch.setenv("M2M_TOY_FLAG", str(tmp_path / "flag"))
    bench.start_engine()
    bench.page._terms.find("99999999", lambda _known: None)
    qtbot.waitUntil(lambda: "review-terms" in bench.notices.texts(), timeout=5000)
    assert "M2M-207" in bench.notices.texts()["review-terms"]


def test_language_and_theme_change_while_a_phrase_is_in_hand(bench, qapp):
    bench.press(KEY.Key_2)
    language.use_language("zh_CN")
    for theme in ("dark", "light"):
        style.apply_theme(qapp, theme)
        bench.page.retranslate()
        assert bench.in_hand == "起皮疹"
        assert bench.head.chips.chips()[0].text().startswith("瘙痒")
    language.use_language("en")
    bench.page.retranslate()
    assert bench.cell("起皮疹", ReviewColumn.STATUS) == "draft"
    qapp.setStyleSheet("")


@pytest.mark.parametrize("width", [960, 1300, 1900])
def test_everything_has_room(bench, width, qtbot):
    bench.window.resize(width, 700)
    bench.qtbot.waitUntil(lambda: bench.window.width() == width)
    page = bench.page
    assert page.minimumSizeHint().width() <= 940
    for made in bench.head.buttons.values():
        assert made.geometry().right() <= bench.head.width()
    assert page.answer.splitter.width() >= 380


def test_on_a_low_screen_the_candidates_become_a_tab_and_come_back(bench):
    answer = bench.page.answer
    assert answer.tab_titles()[0] == "Tree"
    bench.window.resize(1280, 540)
    bench.qtbot.waitUntil(lambda: len(answer.tab_titles()) == 4)
    assert answer.tab_titles()[0] == "Candidates"
    assert answer.candidates.table.viewport().height() >= 100
    answer.show_places()
    answer.search.field.setText("皮疹")
    assert answer.search.table.isVisible(), "hits come to the front"
    assert len(set(bench.page.panes())) == len(bench.page.panes())
    bench.page.run(Command.BACK)
    bench.press(ENTER)
    assert bench.state("起皮疹") == ("accepted", "皮疹")
    bench.window.resize(1280, 800)
    bench.qtbot.waitUntil(lambda: len(answer.tab_titles()) == 3)
    assert answer.candidates.isVisible()
    assert answer.tree.isVisible()


def test_chips_break_into_lines(bench, qapp):
    before: Bench = bench
    before.go("皮疹伴瘙痒")
    for number in (2, 3):
        before.page.answer.candidates.table.selectRow(number)
        before.press(KEY.Key_Space)
    chips = before.head.chips
    assert len(chips.chips()) == 4
    wide = chips.layout().heightForWidth(2000)
    assert chips.layout().heightForWidth(150) > wide
    qapp.sendPostedEvents(None, QEvent.Type.LayoutRequest.value)
