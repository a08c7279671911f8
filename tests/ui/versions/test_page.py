import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAccessible
from PySide6.QtWidgets import QWidget

from m2m_desktop.services import language
from tests.ui.versions.conftest import DEMO, ENGLISH, KNOWN, NEW, OLD, SLOW

LONG = 10_000
NAME = QAccessible.Text.Name


def test_with_one_release_the_page_says_what_to_do(page, qtbot, asked):
    page.set_terminologies([DEMO, NEW])
    page.show()
    page.start()
    assert page.empty.isVisible()
    assert "Two releases are needed" in page.empty.text()
    assert "Importing it changes no decision" in page.empty.text()
    with qtbot.waitSignal(page.import_wanted):
        page.empty.action_button.click()
    assert asked.all("versions_compare") == []


def test_nothing_is_asked_before_the_page_is_looked_at(page, asked, qtbot):
    qtbot.wait(350)
    assert asked.all("versions_compare") == []
    assert page.head.pair() == ("28.0", "28.1")


def test_a_second_release_takes_the_empty_page_away(page, qtbot):
    page.set_terminologies([DEMO, OLD])
    page.show()
    page.start()
    page.set_terminologies([DEMO, OLD, NEW])
    qtbot.waitUntil(lambda: page.changes.model.total > 0, timeout=LONG)
    assert page.head.pair() == ("28.0", "28.1")


def test_another_pair_is_compared_once_the_boxes_are_left_alone(compared, asked, qtbot):
    compared.head.old.setCurrentIndex(compared.head.old.findData("slow"))
    compared.head.old.setCurrentIndex(compared.head.old.findData("same"))
    qtbot.waitUntil(lambda: len(asked.all("versions_compare")) == 2, timeout=LONG)
    assert [told["old"] for told in asked.all("versions_compare")] == ["28.0", "same"]


def test_swapping_compares_the_other_way_round(compared, asked, qtbot):
    compared.head.swap_button.click()
    qtbot.waitUntil(lambda: len(asked.all("versions_compare")) == 2, timeout=LONG)
    assert compared.head.pair() == ("28.1", "28.0")


def test_what_a_person_chose_is_not_chosen_otherwise_by_the_header(compared, qtbot):
    compared.head.swap_button.click()
    compared.set_terminology(OLD)
    assert compared.head.pair() == ("28.1", "28.0")
    compared.set_terminologies([OLD, ENGLISH])  # one of the pair is gone
    assert compared.head.pair() == ("28.0", "english")


def test_comparing_shows_how_far_it_is_and_can_be_stopped(compared, qtbot):
    compared.head.choose("28.1", "slow")
    compared.compare()
    qtbot.waitUntil(lambda: compared.work.bar.maximum() == 60, timeout=LONG)
    assert compared.work.isVisible()
    assert compared.changes.model.total == 0  # nothing of the former pair is left to read
    compared.work.cancel_button.click()
    qtbot.waitUntil(lambda: "compare" in compared.notices.texts(), timeout=LONG)
    assert compared.notices.texts()["compare"] == "Comparing was stopped."
    assert not compared.work.isVisible()
    compared.notices._notices["compare"]._action.click()
    assert compared.work.isVisible()


def test_an_error_stands_in_place_and_another_pair_takes_it_away(compared, qtbot):
    compared.head.choose("28.1", "broken")
    compared.compare()
    qtbot.waitUntil(lambda: "compare" in compared.notices.texts(), timeout=LONG)
    assert compared.notices.texts()["compare"] == "llt.asc:3 is damaged. [M2M-204]"
    compared.head.choose("28.0", "28.1")
    compared.compare()
    qtbot.waitUntil(lambda: compared.changes.model.total > 0, timeout=LONG)
    assert compared.notices.texts() == {}


def test_what_cannot_be_compared_is_said_beside_what_can(compared, qtbot):
    compared.head.choose("28.1", "english")
    compared.compare()
    qtbot.waitUntil(lambda: "problem" in compared.notices.texts(), timeout=LONG)
    assert "names are not compared" in compared.notices.texts()["problem"]
    assert compared.changes.matrix.counts.rowCount() > 1


def test_equal_releases_are_said_to_be_equal(compared, qtbot):
    compared.head.choose("28.1", "same")
    compared.compare()
    qtbot.waitUntil(compared.changes.nothing.isVisible, timeout=LONG)
    assert "say the same" in compared.changes.nothing.text()
    assert compared.tabs.tabText(0) == "Changes (0)"


def test_without_a_project_its_tabs_say_where_to_open_one(compared, asked):
    compared.tabs.setCurrentIndex(1)
    assert "Open a project on the workbook page" in compared.project.blank.text()
    compared.tabs.setCurrentIndex(3)
    assert "No project is open" in compared.log.blank.text()
    assert asked.all("versions_effects") == []


def test_the_page_says_that_looking_changes_nothing(compared):
    assert "changes nothing" in compared.head.promise.text()
    assert compared.head.promise.isVisible()


def test_the_splitter_is_remembered_where_a_person_moved_it(compared, tmp_path):
    from PySide6.QtCore import QSettings

    stored = QSettings(str(tmp_path / "other.ini"), QSettings.Format.IniFormat)
    compared.save_layout(stored)
    assert stored.allKeys() == []
    compared.changes.splitter.setSizes([300, 800])
    compared.changes._take_splitter()
    sizes = compared.changes.splitter.sizes()
    compared.save_layout(stored)
    compared.changes.splitter.setSizes([500, 600])
    compared.changes.restore_layout(stored)
    assert compared.changes.splitter.sizes() == sizes


@pytest.mark.parametrize("index", range(4))
def test_f6_goes_round_what_can_be_used(compared, index, qtbot):
    compared.tabs.setCurrentIndex(index)
    qtbot.wait(200)
    panes = compared.panes()
    assert all(map(QWidget.isVisible, panes))
    assert all(QAccessible.queryAccessibleInterface(pane).text(NAME) for pane in panes)
    assert compared.head.old in panes


def test_another_language_reaches_titles_and_tabs(compared, qtbot):
    seen = compared.tabs.tabText(0), compared.changes.model.headerData(3, _HORIZONTAL)
    language.use_language("zh_CN")
    compared.retranslate()
    compared.set_terminologies(KNOWN)
    assert seen == ("Changes (3,387)", "Term")
    assert compared.head.pair() == ("28.0", "28.1")
    assert compared.changes.model.total > 0


def test_a_release_that_is_removed_is_no_longer_compared(compared, qtbot):
    compared.set_terminologies([DEMO, NEW, SLOW])
    assert compared.head.pair() == ("slow", "28.1")


_HORIZONTAL = Qt.Orientation.Horizontal
