"""The whole program on a stage: every page and dialog, for pictures, fit and accessible names.

Runs with the real engine and the demo dictionary, in a process of its own or inside a test. `STATES`
is all there is to see; a page that is new gets a line there, and every test of the whole window takes
it in.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

from PySide6.QtCore import QEvent, QEventLoop, Qt, QTimer
from PySide6.QtWidgets import QApplication, QDialog, QWidget

from m2m_desktop.core.records import TermLevel
from m2m_desktop.services.locations import default_locations
from m2m_desktop.services.settings import load_settings, save_settings
from m2m_desktop.ui.app import Program
from m2m_desktop.ui.dictionary.records import TermRow
from m2m_desktop.ui.dictionary.warming import Warming
from m2m_desktop.ui.engine_client import EngineState
from m2m_desktop.ui.keys_dialog import KeysDialog
from m2m_desktop.ui.lookup_pages import LookupPages
from m2m_desktop.ui.narrative.page import NarrativePage
from m2m_desktop.ui.places import DICTIONARY, NARRATIVES, PHRASES, PLACES, START, WORKBOOK
from m2m_desktop.ui.release_dialog import ReleaseDialog
from m2m_desktop.ui.table.protocol import TableSource
from tests.ui.workbench import project_of

PATIENCE_S = 120
WIDE, MIDDLE, NARROW = (1400, 860), (1100, 720), (960, 600)
PHRASES_TEXT = "\n".join(
    ("全身发痒起疹", "服药后反胃并吐了", "拉肚子", "ALT升高", "过敏性休克", "说不清的感觉")
)
REPORTED = ("皮疹", "恶心呕吐", "拉肚子", "头晕、心慌", "过敏性休克", "说不清的感觉")
PASTED = "编号\t不良反应\n1\t皮疹；恶心\n2\t头晕\n3\t胸闷气短\n"


class Stage:
    """The program, and the ways to put it into a state and to wait until it is in it."""

    def __init__(self, app: QApplication, folder: Path, language: str) -> None:
        self.app, self.folder = app, folder
        app.setCursorFlashTime(0)
        locations = default_locations()
        (locations.config / "window.ini").unlink(missing_ok=True)
        spoken = "" if language == "pseudo" else language  # "": what M2M_LANG says
        settings = replace(load_settings(locations), language=spoken, theme="light")
        save_settings(settings, locations)
        self.program = Program(app, locations)
        self.window = self.program.window
        self.window.show()
        self.window.activateWindow()
        self.wait("the engine", self.window.bar.terminology.isEnabled)

    def wait(self, what: str, is_so: Callable[[], bool]) -> None:
        """Let the program run until something is so."""
        end = time.monotonic() + PATIENCE_S
        while not is_so():
            if time.monotonic() > end:
                raise TimeoutError(f"waited {PATIENCE_S} s in vain for {what}")
            self.breathe(10)

    def breathe(self, milliseconds: int = 30) -> None:
        """Let the program run for a moment."""
        loop = QEventLoop()
        QTimer.singleShot(milliseconds, loop.quit)
        loop.exec()

    def settle(self) -> None:
        """Wait until no engine has anything left to do, also not a moment later."""
        clients = [self.program.client]
        if self.window.lookup._is_started:
            clients.append(self.program.lookup_client)
        for _time in range(2):
            self.breathe(80)  # what follows an answer is asked for a moment later
            for client in clients:
                self.wait("the engine", lambda c=client: c.state is EngineState.READY)

    def speak(self, language: str) -> None:
        """Change the language, if it is another one; "" is what the environment says."""
        if self.window.settings.language != language:
            self.program.set_language(language)
            self.settle()

    def forget_notices(self) -> None:
        """Take away what other states have said."""
        for key in list(self.window.notices.texts()):
            if key != "demo":
                self.window.notices.clear(key)

    def leave(self, widget: QWidget) -> None:
        """Close a dialog."""
        if isinstance(widget, QDialog):
            widget.done(0)
        elif widget is not self.window:
            widget.close()
        self.breathe(20)
        self.app.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)

    def close(self) -> None:
        """Close everything."""
        self.window.workbook.close_project()
        self.program.close()
        self.program.lookup_client.close()
        self.window.deleteLater()
        self.program.deleteLater()
        self.app.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)


# -- what there is to see ------------------------------------------------------------------------


def start(stage: Stage) -> QWidget:
    stage.window.show_place(START)
    return stage.window


def phrases_empty(stage: Stage) -> QWidget:
    stage.window.show_place(PHRASES)
    stage.window.page.mentions.box.set_text("")
    return stage.window


def phrases(stage: Stage) -> QWidget:
    window = stage.window
    window.show_place(PHRASES)
    mentions = window.page.mentions
    mentions.box.set_text(PHRASES_TEXT)
    count = len(PHRASES_TEXT.splitlines())
    stage.wait("answers", lambda: sum(mentions.model.band_counts().values()) == count)
    stage.settle()
    mentions.table.setCurrentIndex(mentions.model.index(4, 0))
    return window


def workbook_empty(stage: Stage) -> QWidget:
    stage.window.workbook.close_project()
    stage.window.show_place(WORKBOOK)
    return stage.window


def workbook(stage: Stage) -> QWidget:
    window, page = stage.window, stage.window.workbook
    window.show_place(WORKBOOK)
    if page.project is None:
        path = stage.folder / "导出.m2mproject"
        if not path.exists():
            project_of(path, *REPORTED)
        page.open_project(str(path))
        stage.wait("coding", lambda: page.runner.remaining == 0 and not page.runner.is_running)
        stage.settle()
    page.review.phrases.table.go_to(0)
    page.review.phrases.table.setFocus()
    return window


def narratives_empty(stage: Stage) -> QWidget:
    page = _narratives(stage)
    page.text.box.replace("")
    stage.settle()
    return stage.window


def narratives_read(stage: Stage) -> QWidget:
    page = _narratives(stage)
    page.show_sample()
    stage.wait("mentions", lambda: bool(page.mentions.shown))
    stage.wait("codes", lambda: not page.asking.waiting)
    _rest(stage)
    return stage.window


def _narratives(stage: Stage) -> NarrativePage:
    stage.window.show_place(NARRATIVES)
    return stage.window.coding.narratives


def models(stage: Stage) -> QWidget:
    dialog = stage.window.manage_models()
    stage.wait("the models", lambda: dialog.models.current() is not None)
    return dialog


def import_release(stage: Stage) -> QWidget:
    stage.window.import_release()
    return stage.window.findChildren(ReleaseDialog)[-1]


def table(stage: Stage) -> QWidget:
    dialog = stage.window.workbook.open_table(TableSource(pasted=PASTED))
    stage.wait("the table", dialog.start_button.isEnabled)
    return dialog


def keys(stage: Stage) -> QWidget:
    dialog = KeysDialog(stage.window)
    dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    dialog.open()
    return dialog


def about(stage: Stage) -> QWidget:
    stage.window.dialogs.about()
    return next(d for d in reversed(stage.window.findChildren(QDialog)) if d.isVisible())


def manual(stage: Stage) -> QWidget:
    stage.window.show_manual()
    shown = stage.window.dialogs.manual
    assert shown is not None
    return shown


def memory(stage: Stage) -> QWidget:
    return stage.window.workbook.tools.show_memory()


def export(stage: Stage) -> QWidget:
    workbook(stage)
    dialog = stage.window.workbook.tools.export()
    assert dialog is not None
    dialog.path.setText("D:/报告/导出_已编码.xlsx")
    return dialog


def own_check(stage: Stage) -> QWidget:
    workbook(stage)
    dialog = stage.window.workbook.tools.check_own()
    assert dialog is not None
    return dialog


def compare(stage: Stage) -> QWidget:
    workbook(stage)
    other = stage.folder / "另一份.m2mproject"
    if not other.exists():
        project_of(other, *REPORTED)
    dialog = stage.window.workbook.tools.compare_with(str(other))
    assert dialog is not None
    return dialog


def lookup(number: int) -> Callable[[Stage], QWidget]:
    """A page that looks things up, as it is when it is opened first."""

    def show(stage: Stage) -> QWidget:
        stage.window.show_place(number)
        return stage.window

    return show


def dictionary_term(stage: Stage) -> QWidget:
    stage.window.show_place(DICTIONARY)
    page = stage.window.lookup._dictionary
    assert page is not None
    warming = page.findChild(Warming)
    assert warming is not None
    stage.wait("sounds and likeness", lambda: warming.is_done)
    page.search("头疼")
    _rest(stage)
    return stage.window


def smq_card(stage: Stage) -> QWidget:
    stage.window.lookup.show_smq("29990002")
    _rest(stage)
    return stage.window


def analysis_counts(stage: Stage) -> QWidget:
    coded = ("头痛", "90100198"), ("皮疹", "90100001"), ("腹泻", "90100096"), ("头痛", "90100198")
    rows = tuple(TermRow(TermLevel.PT, code, name) for name, code in coded)
    stage.window.lookup.analyse(rows)
    _rest(stage)
    return stage.window


def _rest(stage: Stage) -> None:
    """Until what is asked a moment after the last answer was answered, too."""
    for _time in range(3):
        stage.settle()
        stage.breathe(200)


@dataclass(frozen=True)
class State:
    """Something to see, and how it is reached; ``is_dialog``: closed again afterwards."""

    name: str
    reach: Callable[[Stage], QWidget]
    is_dialog: bool = False


STATES = (
    State("start", start),
    State("phrases_empty", phrases_empty),
    State("phrases", phrases),
    State("workbook_empty", workbook_empty),
    State("workbook", workbook),
    *(State(PLACES[n].icon, lookup(n)) for n in LookupPages.places),
    State("narratives_empty", narratives_empty),
    State("narratives_read", narratives_read),
    State("dictionary_term", dictionary_term),
    State("smq_card", smq_card),
    State("analysis_counts", analysis_counts),
    State("models", models, is_dialog=True),
    State("import", import_release, is_dialog=True),
    State("table", table, is_dialog=True),
    State("keys", keys, is_dialog=True),
    State("about", about, is_dialog=True),
    State("manual", manual, is_dialog=True),
    State("memory", memory, is_dialog=True),
    State("export", export, is_dialog=True),
    State("own_check", own_check, is_dialog=True),
    State("compare", compare, is_dialog=True),
)
BY_NAME = {state.name: state for state in STATES}
