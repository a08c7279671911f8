"""The window: its parts, and what it does itself.

Where to look: `places` names the pages, `coding_pages` and `lookup_pages` make them,
`window_engine` keeps what is coded with, `window_frame` says where everything stands and
`window_wiring` who hears whom.
"""

from typing import TYPE_CHECKING

from PySide6.QtCore import QByteArray, QSettings, QSize, Qt, QTimer
from PySide6.QtGui import QCloseEvent, QDragEnterEvent, QDropEvent, QPaintEvent
from PySide6.QtWidgets import QLabel, QMainWindow, QStackedWidget, QWidget

from m2m_desktop.services.locations import Locations
from m2m_desktop.services.settings import Settings
from m2m_desktop.services.snapshots import sweep_snapshots
from m2m_desktop.ui import style, window_wiring
from m2m_desktop.ui.choice_bar import ChoiceBar
from m2m_desktop.ui.coding_pages import CodingPages
from m2m_desktop.ui.dialogs import Dialogs
from m2m_desktop.ui.dropped import Dropped, kind_of
from m2m_desktop.ui.engine_client import EngineClient
from m2m_desktop.ui.lookup_pages import LookupPages
from m2m_desktop.ui.menus import Menus
from m2m_desktop.ui.notices import NoticeArea
from m2m_desktop.ui.places import PHRASES, PLACES, START, TOPICS, VERSIONS, WORKBOOK
from m2m_desktop.ui.rail import Rail
from m2m_desktop.ui.recent_menu import RecentMenu
from m2m_desktop.ui.recent_projects import RecentProjects
from m2m_desktop.ui.state_line import StateLine
from m2m_desktop.ui.term_names import NamesShown, use_names
from m2m_desktop.ui.window_engine import WindowEngine
from m2m_desktop.ui.window_frame import lay_out
from m2m_desktop.ui.window_settings import WindowSettings

if TYPE_CHECKING:
    from m2m_desktop.ui.code_page import CodePage
    from m2m_desktop.ui.model.dialog import ModelDialog
    from m2m_desktop.ui.welcome.page import WelcomePage
    from m2m_desktop.ui.workbook.page import WorkbookPage

SIZE, MINIMUM = (1400, 860), (960, 600)
SAID_MS = 4000


class MainWindow(QMainWindow):
    """The window of the program; `app.Program` gives it language and theme."""

    def __init__(
        self,
        client: EngineClient,
        lookup_client: EngineClient,
        locations: Locations,
        settings: Settings,
    ) -> None:
        super().__init__()
        self.setAcceptDrops(True)
        self.setMinimumSize(*MINIMUM)
        self.client, self._locations = client, locations
        self.bar, self.notices = ChoiceBar(), NoticeArea()
        self._settings = WindowSettings(settings, locations, self.notices)
        self._stored = QSettings(str(locations.config / "window.ini"), QSettings.Format.IniFormat)
        self.rail, self.pages = Rail(PLACES), QStackedWidget()
        self.menus = Menus(self)
        self.recent = RecentMenu(self.menus.recent_menu, RecentProjects(self._stored))
        self.state_line, self.review_label = StateLine(), QLabel()
        self.dialogs = Dialogs(self, client, self.bar)
        self.engine = WindowEngine(client, self.bar, self.state_line, self.notices, self._settings)
        lay_out(self)
        parts = (self.notices, locations, self._stored)
        self.coding = CodingPages(self.pages, client, *parts)
        self.lookup = LookupPages(self.pages, lookup_client, *parts)
        window_wiring.connect_frame(self)
        window_wiring.connect_pages(self)
        window_wiring.connect_dialogs(self)
        window_wiring.connect_menus(self)
        self._use_names()
        self._use_reviewer()
        self._retranslate_frame()
        self._restore()
        self._is_begun = False
        first = PHRASES if settings.is_welcomed else START
        self.pages.setCurrentIndex(first)
        self.rail.show_place(first)

    # -- parts that others ask for ---------------------------------------------------------------

    @property
    def settings(self) -> Settings:
        """The settings of now; see `change_settings`."""
        return self._settings.now

    @property
    def welcome(self) -> "WelcomePage":
        """First steps."""
        return self.coding.welcome

    @property
    def page(self) -> "CodePage":
        """Single phrases."""
        return self.coding.phrases

    @property
    def workbook(self) -> "WorkbookPage":
        """Whole workbooks."""
        return self.coding.workbook

    # -- what the user does ----------------------------------------------------------------------

    def import_release(self, path: str | bool = "") -> None:
        """Open the import dialog, with ``path`` if something was dropped."""
        self.dialogs.import_release(path if isinstance(path, str) else "")

    def manage_models(self) -> "ModelDialog":
        """Open the dialog of models."""
        return self.dialogs.manage_models(self.engine.cards)

    def install_model(self, path: str = "") -> None:
        """Open the dialog of models where one is installed, with ``path`` if one was dropped."""
        self.manage_models().show_install(path)

    def show_manual(self) -> None:
        """Open the manual at the page that is shown."""
        self.dialogs.show_manual(TOPICS[self.pages.currentIndex()])

    def show_names(self, value: str) -> None:
        """Show the names of terms in these languages; see `NamesShown`."""
        self.change_settings(names_shown=value)
        self._use_names()
        self.coding.retranslate()

    def ask_reviewer(self) -> None:
        """Ask whose name stands beside decisions."""
        name = self.dialogs.ask_reviewer(self.settings.reviewer)
        if name is not None:
            self.change_settings(reviewer=name)
            self._use_reviewer()

    def change_settings(self, **changed: object) -> None:
        """Keep a setting for the next start."""
        self._settings.change(**changed)

    def _use_names(self) -> None:
        shown = NamesShown(self.settings.names_shown)
        use_names(shown)
        self.lookup.set_names_shown(shown)

    def _use_reviewer(self) -> None:
        for pages in (self.coding, self.lookup):
            pages.set_reviewer(self.settings.reviewer)

    # -- pages -----------------------------------------------------------------------------------

    def show_place(self, number: int) -> None:
        """Show a page of the rail."""
        self.pages.setCurrentIndex(number)
        self.rail.show_place(number)
        if number != START:
            self.change_settings(is_welcomed=True)
        if number == VERSIONS:
            self.coding.write_unsaved()  # an upgrade begins from what is in the file
        self._pages_of(number).show(number)
        self.statusBar().clearMessage()  # it hides the label; both at once would overlap
        self.review_label.setVisible(number == WORKBOOK)
        window_wiring.offer(self)
        first = self._panes()
        if first:
            first[0].setFocus(Qt.FocusReason.OtherFocusReason)

    def lead_to_workbook(self) -> "WorkbookPage":
        """Show the page of workbooks, and give it."""
        self.show_place(WORKBOOK)
        return self.workbook

    def show_phrase(self, phrase_id: int) -> None:
        """Show a phrase of the open project in its review."""
        self.lead_to_workbook().review.phrases.table.go_to_phrase(phrase_id)

    def go_to_pane(self, step: int) -> None:
        """Give the keyboard to the next part of the window (1), or the one before (-1)."""
        panes: list[QWidget] = [*self._panes(), self.bar.terminology]
        panes = [pane for pane in panes if pane.isVisible() and pane.isEnabled()]
        at = next(
            (n for n, pane in enumerate(panes) if pane is self.focusWidget()), -1 if step > 0 else 0
        )
        panes[(at + step) % len(panes)].setFocus(Qt.FocusReason.ShortcutFocusReason)

    def _panes(self) -> list[QWidget]:
        place = self.pages.currentIndex()
        return self._pages_of(place).panes(place)

    def _pages_of(self, place: int) -> CodingPages | LookupPages:
        return self.coding if place in self.coding.places else self.lookup

    # -- what is said and shown ------------------------------------------------------------------

    def ask_status(self, use: str = "") -> None:
        """Ask the engine what there is to choose from; see `WindowEngine.ask_status`."""
        self.engine.ask_status(use)

    def say(self, text: str) -> None:
        """Say something in passing."""
        self.statusBar().showMessage(text, SAID_MS)

    def show_choices(self) -> None:
        """Say in the first steps what is coded with."""
        self.coding.show_choices(
            self.bar.current_terminology(),
            self.bar.model.currentText(),
            is_own_model=self.engine.is_own_model,
        )

    def take_project(self) -> None:
        """Another project is open, or none."""
        window_wiring.offer(self)
        self.coding.look_at_memory()
        self.statusBar().clearMessage()
        self.lookup.set_project(self.coding.project)

    def retranslate(self) -> None:
        """Take over language and colours."""
        for part in (self.bar, self.rail, self.recent, self.lookup, self.dialogs, self.coding):
            part.retranslate()
        self._retranslate_frame()

    def _retranslate_frame(self) -> None:
        """What speaks no language of its own when it is made."""
        self.setWindowTitle("mention2meddra Desktop")
        self.menus.retranslate()
        self.menus.show_choice(
            self.settings.language, self.settings.theme, self.settings.names_shown
        )
        self.engine.say_terminology()
        self.coding.say_mode()
        self.notices.refresh()
        self.engine.show_state()

    # -- Qt --------------------------------------------------------------------------------------

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """Take a table, a project, a release or a model."""
        urls = event.mimeData().urls()
        if len(urls) == 1 and kind_of(urls[0].toLocalFile()):
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        """Open what was dropped."""
        event.acceptProposedAction()
        path = event.mimeData().urls()[0].toLocalFile()
        kind = kind_of(path)
        if kind in (Dropped.TABLE, Dropped.PROJECT):
            self.lead_to_workbook().open_path(path)
        elif kind is Dropped.MODEL:
            self.install_model(path)
        else:
            self.import_release(path)

    def _restore(self) -> None:
        room = self.screen().availableSize() - QSize(style.XL, 2 * style.XL)  # frame and title
        self.resize(QSize(*SIZE).boundedTo(room))
        geometry = self._stored.value("geometry")
        if isinstance(geometry, QByteArray) and not geometry.isEmpty():
            self.restoreGeometry(geometry)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the frame; the first page is made as soon as it stands."""
        super().paintEvent(event)
        if not self._is_begun:
            QTimer.singleShot(0, self, self._begin)

    def _begin(self) -> None:
        """The frame of the window stands: now the page in it."""
        if not self._is_begun:
            self._is_begun = True
            sweep_snapshots(self._locations.snapshots)
            self.show_place(self.pages.currentIndex())

    def closeEvent(self, event: QCloseEvent) -> None:
        """Remember the layout; end the engine."""
        if not self.coding.close():
            event.ignore()
            return
        self._stored.setValue("geometry", self.saveGeometry())
        self._stored.sync()
        self.lookup.close()
        self.client.close()
        super().closeEvent(event)
