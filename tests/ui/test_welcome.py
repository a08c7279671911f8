"""The page of first steps, and the manual."""

from dataclasses import replace

import pytest
from PySide6.QtCore import Qt

from m2m_desktop.services.locations import default_locations, resources
from m2m_desktop.services.manual_pages import find_in_pages, manual_pages
from m2m_desktop.services.settings import load_settings, save_settings
from m2m_desktop.ui.app import Program
from m2m_desktop.ui.empty_panel import EXAMPLES
from m2m_desktop.ui.engine_protocol import TerminologyChoice
from m2m_desktop.ui.manual.browser import ManualBrowser
from m2m_desktop.ui.places import DICTIONARY, PHRASES, PLACES, START, TOPICS, WORKBOOK
from m2m_desktop.ui.welcome.page import WelcomePage
from tests.ui.helpers import TOY_ENGINE, is_coded, shown_names


@pytest.fixture
def first_start(qapp, home, qtbot):
    settings = load_settings(default_locations())
    save_settings(replace(settings, language="en"), default_locations())
    program = Program(qapp, default_locations(), TOY_ENGINE)
    program.window.show()
    qtbot.waitUntil(program.window.bar.terminology.isEnabled, timeout=10_000)
    yield program
    program.close()
    program.window.deleteLater()
    program.deleteLater()


def test_the_first_start_opens_at_the_first_steps_and_enter_gives_a_coded_phrase(
    first_start, qtbot
):
    window = first_start.window
    assert window.pages.currentIndex() == START
    assert window.focusWidget() is window.welcome.phrase_button
    qtbot.keyClick(window.welcome.phrase_button, Qt.Key.Key_Space)
    qtbot.waitUntil(lambda: is_coded(first_start), timeout=5000)
    assert window.pages.currentIndex() == PHRASES
    assert window.page.mentions.box.phrases() == [EXAMPLES[0]]
    assert shown_names(first_start)


def test_who_has_left_the_first_steps_starts_at_the_phrases(first_start):
    assert not load_settings(default_locations()).is_welcomed
    first_start.window.show_place(PHRASES)
    assert load_settings(default_locations()).is_welcomed


def test_the_sample_opens_the_workbook_page(first_start, qtbot):
    window = first_start.window
    opened = []
    window.workbook.open_sample = lambda: opened.append(True)
    qtbot.mouseClick(window.welcome.sample_button, Qt.MouseButton.LeftButton)
    assert window.pages.currentIndex() == WORKBOOK


def test_a_step_is_done_when_the_users_own_release_and_model_are_in_use(qtbot):
    page = WelcomePage()
    qtbot.addWidget(page)
    demo = TerminologyChoice("demo", "demo", "1", "zh", is_demo=True)
    page.show_terminology(demo)
    page.show_model("small", is_own=False)
    assert "demo dictionary" in page.release.state()
    page.show_terminology(TerminologyChoice("x", "MedDRA 99.1", "99.1", "zh", is_demo=False))
    page.show_model("Large", is_own=True)
    assert "MedDRA 99.1" in page.release.state()
    assert page.model.state().endswith("Large")


def test_the_language_can_be_changed_on_the_first_page(first_start, qtbot):
    window = first_start.window
    chinese, english = window.welcome.languages
    qtbot.mouseClick(chinese, Qt.MouseButton.LeftButton)
    assert window.settings.language == "zh_CN"
    assert window.welcome.import_button.text() != "Import release…"
    qtbot.mouseClick(english, Qt.MouseButton.LeftButton)
    assert window.welcome.import_button.text() == "Import release…"


def test_every_place_has_a_page_in_the_manual_in_both_languages():
    for language in ("zh_CN", "en"):
        topics = {page.topic for page in manual_pages(resources(), language)}
        assert set(TOPICS) <= topics
    assert len(TOPICS) == len(PLACES)


def test_both_manuals_have_the_same_pages_and_all_their_pictures_exist():
    import re

    pages = {language: manual_pages(resources(), language) for language in ("zh_CN", "en")}
    assert [p.topic for p in pages["zh_CN"]] == [p.topic for p in pages["en"]]
    for language, several in pages.items():
        for page in several:
            assert page.path.parent.name == language, "no page is shown in another language"
            for picture in re.findall(r"!\[[^\]]*\]\(([^)]+)\)", page.text()):
                assert (page.path.parent / picture).is_file(), (page.path.name, picture)
            for link in re.findall(r"(?<!!)\[[^\]]*\]\(([^)]+)\)", page.text()):
                assert (page.path.parent / link).is_file(), (page.path.name, link)


def test_the_manual_opens_at_the_page_of_the_place_and_is_searched(program, qtbot):
    window = program.window
    window.show_place(WORKBOOK)
    window.menus.manual.trigger()
    manual = window.dialogs.manual
    assert manual.isVisible()
    assert manual.topic() == TOPICS[WORKBOOK]
    pages = manual_pages(resources(), "en")
    assert find_in_pages(pages, "no such words at all") == ()
    manual.search.setText("SMQ")
    qtbot.waitUntil(lambda: manual.contents.count() < len(pages), timeout=2000)
    assert TOPICS[DICTIONARY + 1] == manual.topic()
    manual.search.setText("zzqx")
    qtbot.waitUntil(lambda: manual.contents.count() == 0, timeout=2000)
    assert manual.browser.toPlainText() == "Nothing was found for “zzqx”"
    manual.close()


def test_a_picture_is_never_wider_than_the_page_and_nothing_comes_from_elsewhere(qtbot, tmp_path):
    from PySide6.QtGui import QImage

    picture = QImage(1600, 400, QImage.Format.Format_RGB32)
    picture.fill(0)
    assert picture.save(str(tmp_path / "wide.png"))
    browser = ManualBrowser()
    qtbot.addWidget(browser)
    browser.resize(600, 400)
    browser.show()
    text = "# Title\n\n![wide](wide.png)\n\n![far](http://example.invalid/x.png)\n"
    browser.show_markdown(text, tmp_path)
    (at, _name), *_others = browser._pictures()
    cursor = browser.textCursor()
    cursor.setPosition(at + 1)
    assert 0 < cursor.charFormat().toImageFormat().width() <= 600
    assert browser.horizontalScrollBar().maximum() == 0
