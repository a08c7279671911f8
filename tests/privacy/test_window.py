"""The window itself: a workbook in, reviewed, handed on, with the real engine; then what it left."""

import tempfile
from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication

from m2m_desktop.services.language import current_language, use_language
from m2m_desktop.services.locations import default_locations
from m2m_desktop.services.logs import start_logging
from m2m_desktop.services.project.project import Project
from m2m_desktop.services.settings import Settings, save_settings
from m2m_desktop.ui.app import Program
from m2m_desktop.ui.engine_client import engine_command
from m2m_desktop.ui.review import steps as review_steps
from m2m_desktop.ui.review.bar import FilterBar
from m2m_desktop.ui.table.protocol import TableSource
from tests.privacy.canaries import Place, planted, write_export, write_open_quote
from tests.privacy.desk import AGREED
from tests.toy.bundle import TOY_ID

pytestmark = pytest.mark.ui
LONG = 60_000


@pytest.fixture(scope="session")
def qapp_args():
    return ["m2m_desktop"]


@pytest.fixture
def window(desk, qapp: QApplication, monkeypatch):
    monkeypatch.setenv("M2M_HOME", str(desk.folder / "home"))
    monkeypatch.setenv("TMPDIR", str(desk.folder / "tmp"))
    monkeypatch.setattr(tempfile, "tempdir", None)
    monkeypatch.chdir(desk.folder / "work")
    locations, before = default_locations(), current_language()
    save_settings(Settings(language="en", model=TOY_ID), locations)
    start_logging(locations, "window")
    program = Program(qapp, locations, engine_command())
    program.window.show()
    yield program.window
    program.close()
    program.client.close()
    program.window.deleteLater()
    program.deleteLater()
    use_language(before)


def read_in(page, source, qtbot, *, remembers_texts=True):
    dialog = page.open_table(TableSource(path=str(source)))
    qtbot.waitUntil(dialog.start_button.isEnabled, timeout=LONG)
    dialog.overview.texts_box.setChecked(remembers_texts)
    dialog.start_button.click()
    qtbot.waitUntil(lambda: page.project is not None, timeout=LONG)
    return Path(page.project.path)


def review(page, qtbot):
    """Look for a phrase, decide everything, and say something about it."""
    qtbot.waitUntil(lambda: not page.runner.is_running, timeout=LONG)
    qtbot.waitUntil(
        lambda: page.project.info.coded_count > len(planted(Place.PHRASE)), timeout=LONG
    )
    desk, model = page.review.desk, page.review.model
    for text, row in zip(planted(Place.COMMENT), model.everything(), strict=False):
        desk.take([row], review_steps.comment(text))
    wanted = page.review.findChild(FilterBar).text
    wanted.setText(planted(Place.PHRASE)[0])
    qtbot.waitUntil(lambda: len(model.everything()) > model.rowCount(), timeout=LONG)
    wanted.clear()
    desk.take(model.everything(), review_steps.no_term(desk.who, desk.now()))


def hand_on(page, target, qtbot):
    dialog = page.tools.export()
    dialog.path.setText(str(target))
    dialog.path.textEdited.emit(str(target))
    dialog.write()
    qtbot.waitUntil(lambda: target.exists() and not dialog._requests.is_busy, timeout=LONG)
    dialog.done(0)


@pytest.mark.requirement("R-015")
def test_a_session_leaves_a_project_a_memory_and_what_was_asked_for(desk, window, qtbot):
    page = window.workbook
    qtbot.waitUntil(window.bar.terminology.isEnabled, timeout=LONG)
    source = write_export(desk.folder / "in" / "export.xlsx")
    project = read_in(page, source, qtbot)
    review(page, qtbot)
    hand_on(page, desk.folder / "out" / "copy.xlsx", qtbot)
    agreed = {
        **AGREED,
        "home/data/projects/": {Place.PHRASE, Place.REPORT, Place.COMMENT},
    }

    assert desk.leaks(agreed) == []
    assert page.close_project()
    bad = page.open_table(TableSource(path=str(write_open_quote(desk.folder / "in" / "q.csv"))))
    qtbot.waitUntil(lambda: "error" in bad.notices.texts(), timeout=LONG)
    bad.reject()
    window.close()

    assert desk.leaks(agreed) == []
    assert desk.temporary() == []
    assert desk.in_file(project, Place.PHRASE) == set(planted(Place.PHRASE))
    assert desk.in_file(project, Place.COMMENT) == set(planted(Place.COMMENT))
    assert desk.in_file(desk.folder / "out" / "copy.xlsx", Place.PHRASE)
    assert desk.found("home/data/memory", Place.PHRASE)
    with Project.open(project, read_only=True) as opened:
        assert opened.info.decided_count > len(planted(Place.PHRASE))


def test_a_window_on_a_project_without_texts_writes_no_phrase_down(desk, window, qtbot):
    page = window.workbook
    qtbot.waitUntil(window.bar.terminology.isEnabled, timeout=LONG)
    source = write_export(desk.folder / "in" / "export.xlsx")
    read_in(page, source, qtbot, remembers_texts=False)
    page.read_texts(str(source))
    review(page, qtbot)
    hand_on(page, desk.folder / "out" / "copy.xlsx", qtbot)
    page.close_project()
    window.close()

    without = {Place.REPORT, Place.COMMENT}
    places = ("home/data/projects/", "home/data/backups/")
    assert desk.leaks({**AGREED, **dict.fromkeys(places, without)}) == []
    assert desk.temporary() == []
    assert desk.found("home/data/projects/", Place.REPORT)
    assert desk.in_file(desk.folder / "out" / "copy.xlsx", Place.PHRASE)
