"""The page of narratives in the window, over a stand-in engine."""

import pytest
from PySide6.QtGui import QGuiApplication

from m2m_desktop.ui.places import NARRATIVES
from tests.ui.narrative.test_page import ENGINE, WAIT

TEXT = "用药后出现皮疹，无发热。"


@pytest.fixture
def window(make_program, home, monkeypatch, qtbot):
    monkeypatch.setenv("M2M_TOY_LOG", str(home / "asked.txt"))
    made = make_program(ENGINE).window
    qtbot.waitUntil(made.bar.terminology.isEnabled, timeout=WAIT)
    return made


@pytest.fixture
def page(window, qtbot):
    window.menus.places[NARRATIVES].trigger()
    made = window.coding.narratives
    made.text.box.replace(TEXT)
    qtbot.waitUntil(lambda: "皮疹" in made.asking.results, timeout=WAIT)
    return made


def test_the_text_has_the_keyboard_and_f6_goes_round_its_parts(window, page):
    assert window.pages.currentIndex() == NARRATIVES
    assert window.focusWidget() is page.text.box
    window.resize(1400, 860)
    seen = []
    for _part in range(4):
        window.menus.next_pane.trigger()
        seen.append(window.focusWidget())
    assert seen == [page.list.table, *page.answer.panes(), window.bar.terminology]


def test_the_table_is_copied_by_the_menu(window, page):
    assert window.menus.copy_table.isEnabled()
    window.menus.copy_table.trigger()
    assert "发热\tnegated" in QGuiApplication.clipboard().text()


def test_another_threshold_reaches_the_page(window, page, qtbot):
    window.bar.threshold.setValue(0.95)
    qtbot.waitUntil(
        lambda: "皮疹" in page.asking.results and not page.asking.results["皮疹"].selected,
        timeout=WAIT,
    )
