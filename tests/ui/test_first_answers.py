"""A provisional answer is shown at once; the final one takes its place, and nothing jumps."""

from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import QEvent, QPointF, Qt
from PySide6.QtGui import QEnterEvent
from PySide6.QtWidgets import QApplication, QTableView, QWidget

from m2m_desktop.ui.candidate_model import CHANGED_ROLE, CandidateColumn
from m2m_desktop.ui.candidate_panel import CandidatePanel
from m2m_desktop.ui.engine_client import EngineState
from m2m_desktop.ui.fade import Fade
from m2m_desktop.ui.mention_model import MentionColumn
from tests.ui.helpers import is_coded, shown_names
from tests.ui.toy_records import make_result, pt

EARLY, LATE = ["皮疹", "荨麻疹", "瘙痒", "恶心"], ["瘙痒", "皮疹", "恶心", "荨麻疹"]


@pytest.fixture
def go(home: Path):
    """Let the engine give the final answers."""
    return (home / "crashed.go").touch


@pytest.fixture
def opened(program, qtbot):
    """The window with the provisional answer for one phrase."""
    program.window.page.mentions.box.set_text("late 起疹")
    program.window.activateWindow()
    program.window.page.mentions.box.setFocus()
    qtbot.waitUntil(lambda: shown_names(program) == EARLY, timeout=5000)
    return program


def enter(widget: QWidget) -> None:
    at = QPointF(5, 5)
    QApplication.sendEvent(widget, QEnterEvent(at, at, at))


def leave(widget: QWidget) -> None:
    QApplication.sendEvent(widget, QEvent(QEvent.Type.Leave))


def texts(program, column: CandidateColumn) -> list[str]:
    model = program.window.page.candidates.model
    return [model.index(row, column).data() for row in range(model.rowCount())]


def place(table: QTableView) -> tuple[str, int]:
    """The PT of the current row and its height on the screen."""
    at = table.currentIndex().siblingAtColumn(CandidateColumn.PT)
    top = table.viewport().mapTo(table.window(), table.visualRect(at).topLeft()).y()
    return at.data(), top


def test_the_first_answer_stands_at_once_and_says_that_it_is_provisional(opened):
    page = opened.window.page
    assert texts(opened, CandidateColumn.PROBABILITY) == ["≈0.90", "≈0.40", "≈0.25", "≈0.10"]
    assert "Preliminary" in page.candidates.head.note.text()
    assert "computing" in page.candidates.head.note.text()
    assert page.candidates.head.note.isVisible()
    assert page.candidates.head.selected.text().startswith("Selected so far: 皮疹")
    band = page.mentions.model.index(0, MentionColumn.BAND)
    assert band.data() == "≈ certain"
    assert "Preliminary" in band.data(Qt.ItemDataRole.AccessibleTextRole)
    assert "preliminary 1" in page.mentions._summary.text()
    assert not is_coded(opened), "only final answers are counted"


def test_the_final_answer_takes_its_place_where_no_hand_is(opened, go, qtbot):
    go()
    qtbot.waitUntil(lambda: is_coded(opened), timeout=5000)
    page = opened.window.page
    assert shown_names(opened) == LATE
    assert texts(opened, CandidateColumn.PROBABILITY) == ["0.95", "0.60", "≈0.20", "≈0.05"]
    assert place(page.candidates.table)[0] == "瘙痒"
    assert page.tree._name.text() == "瘙痒"
    assert page.candidates.head.note.text() == "Selection changed: +瘙痒; −荨麻疹"
    assert not page.candidates.head.note.button.isVisible()
    assert page.mentions.model.index(0, MentionColumn.BAND).data() == "certain"
    assert "preliminary" not in page.mentions._summary.text()


def test_rows_stay_under_the_pointer_until_it_leaves(opened, go, qtbot):
    table = opened.window.page.candidates.table
    enter(table.viewport())
    enter(table)
    before = place(table)
    go()
    qtbot.waitUntil(lambda: is_coded(opened), timeout=5000)
    assert shown_names(opened) == EARLY
    assert texts(opened, CandidateColumn.PROBABILITY) == ["0.60", "≈0.05", "0.95", "≈0.20"]
    assert texts(opened, CandidateColumn.RANK) == ["2", "4", "1", "3"]
    assert texts(opened, CandidateColumn.SELECTED) == ["selected", "", "selected", ""]
    assert place(table) == before
    assert "order has changed" in opened.window.page.candidates.head.note.text()
    leave(table.viewport())
    leave(table)
    qtbot.waitUntil(lambda: shown_names(opened) == LATE, timeout=2000)
    assert place(table)[0] == "瘙痒"
    assert "order" not in opened.window.page.candidates.head.note.text()


@pytest.mark.parametrize("way", ["row", "key", "click", "focus"])
def test_a_chosen_row_stays_chosen_at_its_height_until_the_order_is_asked_for(
    opened, go, qtbot, way
):
    page = opened.window.page
    table = page.candidates.table
    if way == "row":
        table.selectRow(1)
    elif way == "key":
        qtbot.keyClick(table, Qt.Key.Key_Down)
    elif way == "click":
        at = table.visualRect(page.candidates.model.index(0, 2)).center()
        qtbot.mouseClick(table.viewport(), Qt.MouseButton.LeftButton, pos=at)
        page.mentions.box.setFocus()
    else:
        table.setFocus()
    before = place(table)
    go()
    qtbot.waitUntil(lambda: is_coded(opened), timeout=5000)
    assert shown_names(opened) == EARLY
    assert place(table) == before
    leave(table.viewport())
    qtbot.wait(250)
    assert shown_names(opened) == EARLY, "only a pointer that did nothing may leave"
    if way == "click":
        page.candidates.head.note.button.click()
    else:
        table.setFocus()
        qtbot.keyClick(table, Qt.Key.Key_Return)
    assert shown_names(opened) == LATE
    assert place(table)[0] == before[0]
    assert not page.candidates.head.note.button.isVisible()


def test_a_phrase_opened_again_has_the_new_order(opened, go, qtbot):
    page = opened.window.page
    page.candidates.table.selectRow(2)
    go()
    page.mentions.box.set_text("late 起疹\n恶心")
    qtbot.waitUntil(lambda: is_coded(opened, 2), timeout=5000)
    page.mentions.table.selectRow(1)
    page.mentions.table.selectRow(0)
    assert shown_names(opened) == LATE
    assert page.candidates.table.current_row() == 0
    assert page.candidates.head.note.text() == ""
    changed = [page.candidates.model.index(row, 0).data(CHANGED_ROLE) for row in range(4)]
    assert not any(changed)


def test_a_scrolled_table_stays_where_it_is(opened, go, qtbot):
    page = opened.window.page
    table = page.candidates.table
    table.setFixedHeight(90)
    qtbot.waitUntil(lambda: table.verticalScrollBar().maximum() > 20, timeout=2000)
    table.verticalScrollBar().setValue(20)
    go()
    qtbot.waitUntil(lambda: is_coded(opened), timeout=5000)
    assert table.verticalScrollBar().value() == 20
    assert shown_names(opened) == EARLY


def test_the_new_order_keeps_the_chosen_row_at_its_height_by_scrolling(qtbot):
    made = make_result("头痛", probabilities=(0.5,))
    many = [
        replace(made.candidates[0], pt=pt(f"词{n}", str(94000000 + n)), rank=n) for n in range(60)
    ]
    panel = CandidatePanel()
    qtbot.addWidget(panel)
    panel.resize(600, 500)
    with qtbot.waitExposed(panel):
        panel.show()
    panel.show_result(made.mention, replace(made, candidates=many, is_final=False))
    panel.table.selectRow(20)
    panel.table.verticalScrollBar().setValue(panel.table.rowHeight(0) * 17)
    before = place(panel.table)
    panel.show_result(made.mention, replace(made, candidates=many[::-1]))
    assert place(panel.table) == before
    panel.apply_order()
    assert panel.table.current_row() == 39
    assert place(panel.table) == before
    panel.close()  # nothing may be drawn any more once nobody holds the panel


def test_nothing_above_the_rows_changes_its_height(opened, go, qtbot):
    opened.window.resize(960, 600)
    page = opened.window.page
    enter(page.candidates.table)
    qtbot.wait(50)
    before = place(page.candidates.table)
    go()
    qtbot.waitUntil(lambda: is_coded(opened), timeout=5000)
    result = page.candidates._result
    long = replace(result.candidates[0], pt=replace(result.candidates[0].pt, name="很长" * 200))
    longer = replace(result, candidates=(long, *result.candidates[1:]))
    page.candidates.head.show_result(result.mention, longer)
    qtbot.wait(50)
    assert place(page.candidates.table) == before
    label = page.candidates.head.selected
    assert label.text().endswith("…")
    assert len(label.toolTip()) > 400
    assert label.heightForWidth(label.width()) <= label.height()


def test_the_open_tree_stays_as_it_is_while_the_chosen_pt_does(opened, go, qtbot):
    page = opened.window.page
    enter(page.tree.tree)
    qtbot.waitUntil(lambda: page.tree.model.rowCount(page.tree.model.pt_index()) == 2, timeout=5000)
    page.tree.tree.collapse(page.tree.model.index(1, 0))
    with qtbot.assertNotEmitted(page.tree.model.modelReset):
        go()
        qtbot.waitUntil(lambda: is_coded(opened), timeout=5000)
        page.candidates.apply_order()
    assert shown_names(opened) == LATE
    assert page.tree._name.text() == "皮疹"
    assert not page.tree.tree.isExpanded(page.tree.model.index(1, 0))


def test_the_tree_is_filled_in_while_the_large_model_computes(opened, qtbot):
    page = opened.window.page
    qtbot.waitUntil(lambda: page.tree.model.rowCount(page.tree.model.pt_index()) == 2, timeout=5000)
    assert not is_coded(opened)
    assert opened.client.state is EngineState.WORKING, "the phrase is asked for again"


def test_a_provisional_answer_that_was_interrupted_is_asked_for_again(opened, go, qtbot):
    page = opened.window.page
    page.mentions.box.set_text("late 另一个")
    qtbot.waitUntil(lambda: "late 另一个" in page._results, timeout=5000)
    page.mentions.box.set_text("late 起疹\nlate 另一个")
    assert page.mentions.model.index(0, MentionColumn.BAND).data() == "≈ certain", "it is not lost"
    assert "computing" in page.candidates.head.note.text()
    go()
    qtbot.waitUntil(lambda: is_coded(opened, 2), timeout=5000)
    page.code()
    assert not page._waiting, "final answers are not asked for again"


def test_an_error_after_the_first_answer_is_said_and_can_be_tried_again(program, go, qtbot):
    page = program.window.page
    page.mentions.box.set_text("late broken")
    qtbot.waitUntil(lambda: shown_names(program) == EARLY, timeout=5000)
    go()
    qtbot.waitUntil(lambda: "code" in program.window.notices.texts(), timeout=5000)
    assert "did not get to it" in page.candidates.head.note.text()
    assert shown_names(program) == EARLY
    page.code()
    assert "computing" in page.candidates.head.note.text()
    qtbot.waitUntil(lambda: "code" in program.window.notices.texts(), timeout=5000)


def test_an_estimate_is_marked_for_eyes_ears_and_the_clipboard(opened, qapp):
    page = opened.window.page
    cell = page.candidates.model.index(0, CandidateColumn.PROBABILITY)
    spoken, tip = (cell.data(r) for r in (Qt.AccessibleTextRole, Qt.ToolTipRole))
    assert spoken.startswith("≈0.90; Estimated by the small model")
    assert "Estimated by the small model" in tip
    page.mentions.copy_all()
    assert "≈ certain\t皮疹\t90000001\t≈0.90" in qapp.clipboard().text()


def test_what_changed_is_marked_in_words_too(opened, go, qtbot):
    table = opened.window.page.candidates.table
    table.setFocus()
    go()
    qtbot.waitUntil(lambda: is_coded(opened), timeout=5000)
    model = opened.window.page.candidates.model
    cells = [model.index(row, CandidateColumn.SELECTED) for row in range(4)]
    spoken = [cell.data(Qt.ItemDataRole.AccessibleTextRole) for cell in cells]
    assert spoken == [
        "selected",
        "Changed: no longer selected",
        "selected; Changed: now selected",
        "",
    ]
    assert "Changed: now selected" in cells[2].data(Qt.ItemDataRole.ToolTipRole)


def test_changed_rows_are_tinted_and_the_tint_goes(opened, go, qtbot):
    page = opened.window.page
    page.candidates.table.setFocus()

    def ground(row: int) -> str:
        # the middle of the upper padding: no letter is there
        rect = page.candidates.table.visualRect(page.candidates.model.index(row, 2))
        drawn = page.candidates.table.viewport().grab().toImage()
        return drawn.pixelColor(rect.center().x(), rect.top() + 3).name()

    plain = ground(2)
    go()
    qtbot.waitUntil(lambda: page.candidates._delegate.fade > 0, timeout=5000)
    assert ground(2) != plain
    assert ground(3) == plain
    qtbot.waitUntil(lambda: page.candidates._delegate.fade == 0, timeout=5000)
    assert ground(2) == plain


@pytest.mark.parametrize("is_reduced", [False, True])
def test_where_motion_is_not_wanted_the_tint_stands_still(qtbot, is_reduced):
    widget, seen = QWidget(), set()
    qtbot.addWidget(widget)
    widget.setStyleSheet(f"QWidget {{ widget-animation-duration: {0 if is_reduced else 200} }}")
    made = Fade(widget, seen.add)
    made.setDuration(200)
    made.run()
    qtbot.waitUntil(lambda: made.state() == Fade.State.Stopped, timeout=3000)
    assert {0.0, 1.0} <= seen
    assert (seen == {0.0, 1.0}) is is_reduced
