import json
import sys
import time
from pathlib import Path

import pytest
from PySide6.QtCore import QEventLoop, QSettings
from PySide6.QtWidgets import QApplication

from m2m_desktop.ui.engine_client import EngineClient, EngineState
from m2m_desktop.ui.engine_protocol import TerminologyChoice
from m2m_desktop.ui.notices import NoticeArea
from m2m_desktop.ui.versions.page import VersionsPage
from tests.ui.review_project import Clock
from tests.ui.workbench import places

ENGINE = [sys.executable, str(Path(__file__).with_name("versions_engine.py"))]


def release(terminology_id, version, language="zh", *, is_demo=False):
    return TerminologyChoice(terminology_id, "MedDRA", version, language, is_demo)


DEMO = release("demo", "0.1", is_demo=True)
OLD, NEW = release("28.0", "28.0"), release("28.1", "28.1")
SLOW, BROKEN = release("slow", "27.0"), release("broken", "26.0")
SAME, ENGLISH = release("same", "25.0"), release("english", "28.1", "en")
KNOWN = (DEMO, OLD, NEW, SLOW, BROKEN, SAME, ENGLISH)


class Asked:
    """What the engine was asked, from the file it writes."""

    def __init__(self, path):
        self.path = path

    def all(self, method):
        lines = self.path.read_text("utf-8").splitlines() if self.path.exists() else []
        return [told for line in lines if (told := json.loads(line))["method"] == method]


@pytest.fixture(scope="module")
def requests_file(tmp_path_factory):
    return tmp_path_factory.mktemp("requests") / "requests.jsonl"


@pytest.fixture(scope="module")
def client(qapp, requests_file):
    """One engine process for the tests of a module."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("M2M_TOY_REQUESTS", str(requests_file))
        made = EngineClient(ENGINE)
        made.start()
    yield made
    made.close()


@pytest.fixture
def asked(requests_file):
    requests_file.unlink(missing_ok=True)
    return Asked(requests_file)


def settle(page, client):
    """Let the engine, which the next test uses, too, come to an end with what was asked."""
    page._requests.close()
    end = time.monotonic() + 10
    while client.state is not EngineState.READY and time.monotonic() < end:
        QApplication.processEvents(QEventLoop.ProcessEventsFlag.WaitForMoreEvents, 50)


@pytest.fixture
def clipboard(qapp):
    """The clipboard, left empty: Qt may crash at its end where it holds a table of ours."""
    yield QApplication.clipboard()
    QApplication.clipboard().clear()


@pytest.fixture
def shared():
    """The notices of the window, seen on every page."""
    return NoticeArea()


@pytest.fixture
def page(client, shared, asked, tmp_path, qtbot):
    """A page that knows some releases and has asked for nothing."""
    settings = QSettings(str(tmp_path / "window.ini"), QSettings.Format.IniFormat)
    made = VersionsPage(client, shared, places(tmp_path / "user"), settings, clock=Clock())
    qtbot.addWidget(shared)
    qtbot.addWidget(made, before_close_func=lambda one: settle(one, client))
    made.resize(1200, 700)
    made.set_terminologies(KNOWN)
    made.set_terminology(NEW)
    return made


@pytest.fixture
def compared(page, qtbot):
    """The page, shown, with the changes of two releases."""
    page.show()
    page.start()
    qtbot.waitUntil(lambda: page.changes.model.total > 0, timeout=10_000)
    return page
