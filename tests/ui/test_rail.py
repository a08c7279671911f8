import pytest
from PySide6.QtCore import Qt

from m2m_desktop.services import language
from m2m_desktop.ui.places import PHRASES, PLACES, WORKBOOK
from m2m_desktop.ui.rail import Rail


@pytest.fixture
def rail(qtbot):
    made = Rail(PLACES)
    qtbot.addWidget(made)
    return made


def test_a_click_says_which_page_is_wanted(rail, qtbot):
    with qtbot.waitSignal(rail.wanted) as wanted:
        qtbot.mouseClick(rail.button(WORKBOOK), Qt.MouseButton.LeftButton)
    assert wanted.args == [WORKBOOK]


def test_exactly_the_shown_page_is_marked(rail):
    rail.show_place(WORKBOOK)
    assert [rail.button(n).isChecked() for n in (PHRASES, WORKBOOK)] == [False, True]


def test_each_button_has_a_name_and_says_its_key(rail):
    assert rail.button(WORKBOOK).accessibleName() == "Workbook"
    assert rail.button(WORKBOOK).toolTip() == "Workbook (Ctrl+2)"


def test_the_names_follow_the_language(rail):
    before = language.current_language()
    language.use_language("zh_CN")
    try:
        rail.retranslate()
        assert rail.button(PHRASES).text() == language._("Phrases")
    finally:
        language.use_language(before)


def test_the_keys_and_the_rail_lead_to_the_same_pages(program, qtbot):
    window = program.window
    window.menus.places[WORKBOOK].trigger()
    assert window.pages.currentIndex() == WORKBOOK
    assert window.rail.button(WORKBOOK).isChecked()
    assert window.focusWidget() is window.workbook.welcome.open_button
    qtbot.mouseClick(window.rail.button(PHRASES), Qt.MouseButton.LeftButton)
    assert window.pages.currentIndex() == PHRASES
    assert window.focusWidget() is window.page.mentions.box
