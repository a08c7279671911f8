"""The versions page: two loaded releases compared, and what that means for what was decided.

It wires its parts: the head says which releases, four tabs show what has changed, what it means for
the open project and for the memory, and which upgrades the project has been through.
"""

import getpass
from collections.abc import Callable, Sequence
from datetime import datetime

from PySide6.QtCore import QSettings, QTimer, Signal
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QStackedWidget, QTabWidget, QVBoxLayout, QWidget

from m2m_desktop.core.errors import Cancelled, CodingToolError
from m2m_desktop.services.language import _
from m2m_desktop.services.locations import Locations
from m2m_desktop.services.project.project import Project
from m2m_desktop.services.project.records import Actor
from m2m_desktop.ui import style
from m2m_desktop.ui.engine_client import EngineClient
from m2m_desktop.ui.engine_protocol import Json, TerminologyChoice
from m2m_desktop.ui.messages import joined, sentence
from m2m_desktop.ui.model.requests import Requests
from m2m_desktop.ui.notices import NoticeArea
from m2m_desktop.ui.review.desk import local_now
from m2m_desktop.ui.term_names import NamesShown
from m2m_desktop.ui.versions.changes_tab import SMQ, ChangesTab, term_level
from m2m_desktop.ui.versions.head import ReleaseHead
from m2m_desktop.ui.versions.log_tab import LogTab
from m2m_desktop.ui.versions.memory_tab import MemoryTab
from m2m_desktop.ui.versions.pairing import can_compare, default_pair
from m2m_desktop.ui.versions.parts import EmptyState, WorkStrip
from m2m_desktop.ui.versions.project_tab import ProjectTab
from m2m_desktop.ui.versions.records import ChangeRow, compared_from_json

CHANGES, PROJECT, MEMORY, LOG = range(4)
CHOOSING_PAUSE_MS = 250
"""The boxes are left alone for so long before two releases are compared: arrow keys go through."""
OWN_NOTICES = ("compare", "problem", "changes", "effects", "log")


class VersionsPage(QWidget):
    """See the module. Nothing is asked before `start`; ``clock`` gives the time of decisions."""

    said = Signal(str)
    term_wanted = Signal(object, str)
    smq_wanted = Signal(str)
    import_wanted = Signal()
    project_changed = Signal()
    """Decisions of the open project were changed: what shows them must read them anew."""
    memory_changed = Signal()
    phrase_wanted = Signal(int)
    """The id of a phrase of the open project, to be decided anew on the workbook page."""

    def __init__(
        self,
        client: EngineClient,
        notices: NoticeArea,
        locations: Locations,
        stored: QSettings,
        *,
        clock: Callable[[], datetime] = local_now,
    ) -> None:
        super().__init__()
        self._client, self._requests = client, Requests(client)
        self._known: tuple[TerminologyChoice, ...] = ()
        self._in_use = self._of_project = ""
        self._is_started = self._was_chosen = False
        self._compared = ("", "")
        self.head, self.work, self.notices = ReleaseHead(), WorkStrip(), NoticeArea()
        self.changes = ChangesTab(client, self.notices, stored)
        self.project = ProjectTab(client, self.notices, notices, locations, clock)
        self.memory = MemoryTab(client, self.notices, notices, locations)
        self.log = LogTab(client, self.notices, locations)
        self.tabs, self.empty, self.stack = QTabWidget(), EmptyState("import"), QStackedWidget()
        self._counts = {PROJECT: -1, MEMORY: -1}
        self._change_count = -1
        self._choosing = QTimer(self, singleShot=True, interval=CHOOSING_PAUSE_MS)
        self._lay_out()
        self._connect()
        self.set_reviewer("")
        self.retranslate()

    def _lay_out(self) -> None:
        for tab in (self.changes, self.project, self.memory, self.log):
            self.tabs.addTab(tab, "")
        self.tabs.setDocumentMode(True)
        full = QWidget()
        column = QVBoxLayout(full)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(style.S)
        for part in (self.head, self.work, self.notices):
            column.addWidget(part)
        column.addWidget(self.tabs, 1)
        self.stack.addWidget(self.empty)
        self.stack.addWidget(full)
        around = QVBoxLayout(self)
        around.setContentsMargins(0, 0, 0, 0)
        around.addWidget(self.stack)

    def _connect(self) -> None:
        self.head.pair_changed.connect(self._pair_chosen)
        self.head.import_wanted.connect(self.import_wanted)
        self.empty.wanted.connect(self.import_wanted)
        self.work.cancel_wanted.connect(self._requests.cancel)
        self._choosing.timeout.connect(self.compare)
        self._client.renewed.connect(self._ask_again)
        self.tabs.currentChanged.connect(lambda _index: self._start_tab())
        self.changes.row_opened.connect(self._open_row)
        self.project.applied.connect(self._take_applied)
        self.memory.applied.connect(self.memory_changed)
        self.project.phrase_wanted.connect(self.phrase_wanted)
        for tab in (self.project, self.memory):
            tab.said.connect(self.said)
        self.changes.said.connect(self.said)
        self.project.counted.connect(lambda count: self._count(PROJECT, count))
        self.memory.counted.connect(lambda count: self._count(MEMORY, count))

    # -- what the window says --------------------------------------------------------------------

    def set_terminology(self, chosen: TerminologyChoice | None) -> None:
        """The release in use; compared at first, until a person chooses others."""
        self._in_use = chosen.terminology_id if chosen is not None else ""
        self._choose_default()

    def set_terminologies(self, known: Sequence[TerminologyChoice]) -> None:
        """The releases that are loaded."""
        self._known = tuple(known)
        self.head.set_known(known)
        self.log.set_known(known)
        ids = {one.terminology_id for one in known}
        if not set(self.head.pair()) <= ids or not all(self.head.pair()):
            self._was_chosen = False
        self._choose_default()
        self.stack.setCurrentIndex(1 if can_compare(known) else 0)

    def set_names_shown(self, shown: NamesShown) -> None:
        """Names stay those of each release: a change of one language has none in the other."""

    def set_project(self, project: Project | None) -> None:
        """Look at the decisions of this project."""
        try:
            info = project.info if project is not None else None
        except CodingToolError as error:
            self.notices.say("effects", "error", sentence(error))
            info = None
        release = info.release if info is not None else None
        self._of_project = release.terminology_id if release is not None else ""
        self.project.set_project(project)
        self.log.set_project(project)
        self._choose_default()
        if self._is_started and self.isVisible():
            self._start_tab()

    def set_reviewer(self, name: str) -> None:
        """Write this name beside what is applied."""
        self.project.actor = Actor(_account(), name.strip())
        self.memory.reviewer = name.strip()

    def start(self) -> None:
        """The page is shown: compare, unless these two are compared already."""
        self._is_started = True
        if self.head.pair() != self._compared and not self._requests.is_busy:
            self.compare()
        else:
            self._start_tab()

    def showEvent(self, event: QShowEvent) -> None:
        """Something may have been decided while another page was shown."""
        super().showEvent(event)
        self._start_tab()

    # -- comparing -------------------------------------------------------------------------------

    def _choose_default(self) -> None:
        if self._was_chosen:
            return
        pair = default_pair(self._known, self._in_use, self._of_project)
        if pair != self.head.pair():
            self.head.choose(*pair)
            if self._is_started and self.isVisible():
                self._choosing.start()

    def _pair_chosen(self) -> None:
        self._was_chosen = True
        self._choosing.start()

    def _forget(self) -> None:
        self._compared = ("", "")
        self._change_count = -1
        for key in OWN_NOTICES:
            self.notices.clear(key)
        self.changes.forget()
        for tab in (self.project, self.memory):
            tab.set_pair("", "", ("", ""))
        self._say_tabs()

    def compare(self) -> None:
        """Compare the two releases that are chosen."""
        self._choosing.stop()
        self._forget()
        old, new = self.head.pair()
        if not (old and new):
            return
        self.changes.forget(_("Comparing…"))
        self.work.begin(_("Comparing…"))
        self._requests.ask(
            "versions_compare",
            {"old": old, "new": new},
            lambda told: self._take(old, new, told),
            self._fail,
            self.work.show_progress,
        )

    def _take(self, old: str, new: str, told: Json) -> None:
        self.work.hide()
        self._compared = old, new
        compared = compared_from_json(told)
        if compared.problems:
            self.notices.say("problem", "warning", joined(*compared.problems))
        self._change_count = compared.total
        self.changes.show_compared(old, new, compared)
        titles = self.head.titles()
        self.project.set_releases(told["new"])
        for tab in (self.project, self.memory):
            tab.set_pair(old, new, titles)
        self._say_tabs()
        self._start_tab()

    def _fail(self, error: CodingToolError) -> None:
        self.work.hide()
        self.changes.forget()
        if isinstance(error, Cancelled):
            kind, text, action = "info", _("Comparing was stopped."), _("Compare")
        else:
            kind, text, action = "error", sentence(error), _("Try again")
        self.notices.say("compare", kind, text, action=action, on_action=self.compare)

    def _ask_again(self) -> None:
        """The engine was started afresh: its sentences are in another language now."""
        self._compared = ("", "")
        if self._is_started and self.isVisible():
            self.compare()

    # -- tabs ------------------------------------------------------------------------------------

    def _start_tab(self) -> None:
        """Ask for what the tab that is looked at shows."""
        if not self._is_started:
            return
        tab = self.tabs.currentWidget()
        if tab is self.log:
            self.log.start()
        elif isinstance(tab, ProjectTab | MemoryTab):
            tab.start()

    def _take_applied(self) -> None:
        self.log.reload()
        self.project_changed.emit()

    def _count(self, tab: int, count: int) -> None:
        self._counts[tab] = count
        self._say_tabs()

    def _say_tabs(self) -> None:
        titles = (
            (CHANGES, _("Changes"), self._change_count),
            (PROJECT, _("Effect on the project"), self._counts[PROJECT]),
            (MEMORY, _("Effect on the memory"), self._counts[MEMORY]),
            (LOG, _("Upgrade log"), -1),
        )
        for tab, title, count in titles:
            self.tabs.setTabText(tab, title if count < 0 else f"{title} ({count:,})")

    def _open_row(self, change: ChangeRow) -> None:
        """Show a term in the dictionary; one that the release there does not have is only named."""
        level = term_level(change)
        missing_in = {"removed": self._compared[1], "added": self._compared[0]}.get(
            change.kind.removeprefix("smq_"), ""
        )
        if missing_in and missing_in == self._in_use:
            text = _("“{name}” is not in the release in use.")
            self.said.emit(text.format(name=change.name))
        elif level is not None:
            self.term_wanted.emit(level, change.code)
        elif change.level == SMQ:
            self.smq_wanted.emit(change.code)

    # -- the window ------------------------------------------------------------------------------

    def panes(self) -> list[QWidget]:
        """The parts F6 goes round."""
        if self.stack.currentIndex() == 0:
            return [self.empty.action_button]
        tab = self.tabs.currentWidget()
        assert isinstance(tab, ChangesTab | ProjectTab | MemoryTab | LogTab)
        return [self.head.old, self.tabs.tabBar(), *tab.panes()]

    def save_layout(self, stored: QSettings) -> None:
        """Remember the splitter."""
        self.changes.save_layout(stored)

    def retranslate(self) -> None:
        """Take over language and colours."""
        self.empty.say(
            _("Two releases are needed"),
            _(
                "Import a second release of MedDRA beside the one you have. You then see here what "
                "has changed, and what it means for your projects and your memory. Importing it "
                "changes no decision."
            ),
            _("Import a release…"),
        )
        self.tabs.tabBar().setAccessibleName(_("Parts of the versions page"))
        self.head.retranslate()
        self.work.retranslate()
        self.notices.refresh()
        for tab in (self.changes, self.project, self.memory, self.log):
            tab.retranslate()
        self._say_tabs()


def _account() -> str:
    try:
        return getpass.getuser()
    except (OSError, KeyError, ImportError):  # no account name: some services and containers
        return ""
