"""The window over the real engine process and the demo dictionary."""

import os
import signal

import pytest

from m2m_desktop.services.locations import default_locations, resources
from m2m_desktop.ui.engine_client import EngineClient, EngineState, engine_command
from m2m_desktop.ui.release_dialog import ReleaseDialog
from tests.ui.helpers import commit, is_coded, shown_names

pytestmark = pytest.mark.slow
LONG = 120_000


@pytest.fixture(scope="module")
def warm_home(tmp_path_factory):
    """A folder of the user in which the demo dictionary is compiled once for all tests here."""
    return tmp_path_factory.mktemp("home")


@pytest.fixture
def real(warm_home, make_program, monkeypatch, qtbot):
    monkeypatch.setenv("M2M_HOME", str(warm_home))
    program = make_program(engine_command())
    qtbot.waitUntil(program.window.bar.terminology.isEnabled, timeout=LONG)
    return program


def idle(program) -> bool:
    return program.client.state is EngineState.READY


def test_phrases_in_ranked_terms_with_their_tree_out(real, qtbot):
    page = real.window.page
    commit(page.mentions.box, "拉肚子")
    qtbot.waitUntil(lambda: is_coded(real), timeout=LONG)
    assert shown_names(real)[0] == "腹泻"
    qtbot.waitUntil(lambda: page.tree.model.rowCount(page.tree.model.pt_index()) > 3, timeout=LONG)
    assert page.tree._name.text() == "腹泻"
    assert "Diarrhoea" in page.tree._second.text()
    page.tree.whole_box.setChecked(True)
    qtbot.waitUntil(lambda: page.tree.model.rowCount() >= 25, timeout=LONG)


def test_the_real_engine_killed_is_said_and_repaired(real, qtbot):
    qtbot.waitUntil(lambda: idle(real), timeout=LONG)
    os.kill(real.client.process_id, signal.SIGKILL)
    qtbot.waitUntil(lambda: "engine" in real.window.notices.texts(), timeout=1000)
    real.window.page.mentions.box.set_text("恶心")
    qtbot.waitUntil(lambda: is_coded(real), timeout=LONG)
    assert shown_names(real)[0] == "恶心"


def test_a_real_import_ends_in_a_report_and_a_wrong_folder_in_an_error(real, qtbot, tmp_path):
    dialog = ReleaseDialog(real.client, real.window)
    dialog.show()
    dialog.licence_box.setChecked(True)
    dialog.set_path(str(tmp_path))
    dialog.import_button.click()
    qtbot.waitUntil(lambda: "M2M-201" in dialog.notices.texts().get("error", ""), timeout=LONG)
    dialog.set_path(str(resources() / "demo"))
    dialog.import_button.click()
    qtbot.waitUntil(lambda: dialog.pages.currentIndex() == 2, timeout=LONG)
    assert "LLT" in dialog.report.toPlainText()
    dialog.done(0)


def test_the_real_engine_ends_with_the_window(warm_home, monkeypatch, qtbot):
    monkeypatch.setenv("M2M_HOME", str(warm_home))
    client = EngineClient()
    client.start()
    qtbot.waitUntil(lambda: client.state is EngineState.READY, timeout=LONG)
    number = client.process_id
    client.close()
    with pytest.raises(ProcessLookupError):
        os.kill(number, 0)
    assert default_locations().data.is_relative_to(warm_home)
