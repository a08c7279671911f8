"""The window: rail, header, notices, pages, menus and status bar. Wiring only."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import cached_property
from typing import TYPE_CHECKING

from PySide6.QtCore import QByteArray, QSettings, QSize, Qt, QTimer
from PySide6.QtGui import QCloseEvent, QDragEnterEvent, QDropEvent, QPaintEvent
from PySide6.QtWidgets import (
    QHBoxLayout,
    QLabel,
    QMainWindow,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from m2m_desktop.core.errors import CodingToolError
from m2m_desktop.services.language import _
from m2m_desktop.services.locations import Locations
from m2m_desktop.services.settings import Settings, save_settings
from m2m_desktop.services.snapshots import sweep_snapshots
from m2m_desktop.ui import style
from m2m_desktop.ui.choice_bar import LEXICAL, ChoiceBar, Choices
from m2m_desktop.ui.dialogs import Dialogs
from m2m_desktop.ui.dropped import Dropped, kind_of
from m2m_desktop.ui.engine_client import EngineClient, EngineState
from m2m_desktop.ui.engine_notices import EngineNotices
from m2m_desktop.ui.engine_protocol import EngineStatus, Json, status_from_json
from m2m_desktop.ui.lookup_pages import LookupPages
from m2m_desktop.ui.menus import Menus
from m2m_desktop.ui.messages import sentence
from m2m_desktop.ui.notices import NoticeArea
from m2m_desktop.ui.page_holder import PageHolder
from m2m_desktop.ui.places import PHRASES, PLACES, START, TOPICS, VERSIONS, WORKBOOK
from m2m_desktop.ui.rail import Rail
from m2m_desktop.ui.recent_menu import RecentMenu
from m2m_desktop.ui.recent_projects import RecentProjects
from m2m_desktop.ui.state_line import StateLine
from m2m_desktop.ui.term_names import NamesShown, use_names

if TYPE_CHECKING:
    from m2m_desktop.ui.code_page import CodePage
    from m2m_desktop.ui.model.dialog import ModelDialog
    from m2m_desktop.ui.model.protocol import ModelCard
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
        self.client, self._locations, self.settings = client, locations, settings
        self.bar, self.notices = ChoiceBar(), NoticeArea()
        self._stored = QSettings(str(locations.config / "window.ini"), QSettings.Format.IniFormat)
        self.rail, self.pages = Rail(PLACES), QStackedWidget()
        self.menus = Menus(self)
        self.recent = RecentMenu(self.menus.recent_menu, RecentProjects(self._stored))
        self.state_line, self.review_label = StateLine(), QLabel()
        self.dialogs = Dialogs(self, client, self.bar)
        self.engine_notices = EngineNotices(
            self.notices, restart=self.restart_engine, import_release=self.import_release
        )
        self._cards: tuple[ModelCard, ...] = ()
        self._lay_out()
        self.lookup = LookupPages(self.pages, lookup_client, self.notices, locations, self._stored)
        self._connect()
        self._use_names()
        self.bar.set_threshold(settings.threshold)
        self.lookup.set_reviewer(settings.reviewer)
        self._retranslate_frame()
        self._restore()
        self._is_begun = False
        first = PHRASES if settings.is_welcomed else START
        self.pages.setCurrentIndex(first)
        self.rail.show_place(first)

    # -- pages, each made when it is first wanted ------------------------------------------------

    @cached_property
    def welcome(self) -> "WelcomePage":
        """First steps."""
        from m2m_desktop.ui.welcome.page import WelcomePage

        made = WelcomePage()
        made.phrase_wanted.connect(self._code_example)
        made.sample_wanted.connect(lambda: self._on_workbook(self.workbook.open_sample))
        made.open_wanted.connect(lambda: self._on_workbook(self.workbook.choose_file))
        made.import_wanted.connect(self.import_release)
        made.install_wanted.connect(lambda: self.manage_models().show_install())
        made.manual_wanted.connect(self.show_manual)
        made.language_wanted.connect(self.menus.language_chosen)
        self._hold(START, made)
        self._show_state_on(made)
        return made

    @cached_property
    def page(self) -> "CodePage":
        """Single phrases."""
        from m2m_desktop.ui.code_page import CodePage

        made = CodePage(self.client, self.notices)
        made.copied.connect(self._say)
        made.term_wanted.connect(self.lookup.show_term)
        self._restore_state("page", made.splitter.restoreState)
        self._restore_state("answer", made.answer.restoreState)
        if self.bar.terminology.isEnabled():
            made.set_choices(self.bar.choices())
        self._hold(PHRASES, made)
        return made

    @cached_property
    def workbook(self) -> "WorkbookPage":
        """Whole workbooks."""
        from m2m_desktop.ui.workbook.page import WorkbookPage

        made = WorkbookPage(self.client, self.notices, self._locations, self._stored)
        made.project_changed.connect(self._show_menus)
        made.project_changed.connect(self._look_at_memory)
        made.project_changed.connect(self.statusBar().clearMessage)
        made.project_changed.connect(lambda: self.lookup.set_project(made.project))
        made.tools.threshold_wanted.connect(self._take_threshold)
        made.tools.set_reviewer(self.settings.reviewer)
        made.status_changed.connect(self.review_label.setText)
        made.said.connect(self._say)
        made.term_wanted.connect(self.lookup.show_term)
        if self.bar.terminology.isEnabled():
            made.set_choices(self.bar.choices())
        self._hold(WORKBOOK, made)
        return made

    def _hold(self, place: int, page: QWidget) -> None:
        holder = self.pages.widget(place)
        assert isinstance(holder, PageHolder)
        holder.hold(page)

    def _made(self) -> "list[WelcomePage | CodePage | WorkbookPage]":
        """Of these three pages those that are there."""
        return [self.__dict__[name] for name in ("welcome", "page", "workbook") if self._has(name)]

    def _has(self, name: str) -> bool:
        return name in self.__dict__

    def _begin(self) -> None:
        """The frame of the window stands: now the page in it."""
        if not self._is_begun:
            self._is_begun = True
            sweep_snapshots(self._locations.snapshots)
            self.show_place(self.pages.currentIndex())

    def _say(self, text: str) -> None:
        self.statusBar().showMessage(text, SAID_MS)

    # -- putting together ------------------------------------------------------------------------

    def _lay_out(self) -> None:
        middle = QWidget()
        inside = QVBoxLayout(middle)
        inside.setContentsMargins(style.M, style.M, style.M, style.M)
        inside.setSpacing(style.M)
        inside.addWidget(self.notices)
        for _place in (START, PHRASES, WORKBOOK):
            self.pages.addWidget(PageHolder())
        inside.addWidget(self.pages, 1)
        right = QWidget()
        column = QVBoxLayout(right)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.bar)
        column.addWidget(middle, 1)
        whole = QWidget()
        row = QHBoxLayout(whole)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(0)
        row.addWidget(self.rail)
        row.addWidget(right, 1)
        self.setCentralWidget(whole)
        status = self.statusBar()
        status.setSizeGripEnabled(False)
        status.setContentsMargins(style.M, 0, style.M, 0)
        status.addWidget(self.review_label)
        status.addPermanentWidget(self.state_line)

    def _connect(self) -> None:
        self.bar.chosen.connect(self._choose)
        self._connect_dialogs()
        self.bar.import_wanted.connect(self.import_release)
        self.bar.models_wanted.connect(self.manage_models)
        self.client.state_changed.connect(self._show_state)
        self.client.renewed.connect(self._code_again)
        self.client.restarted.connect(self.engine_notices.say_restarted)
        self.client.given_up.connect(self.engine_notices.say_given_up)
        self.rail.wanted.connect(self.show_place)
        self._connect_lookup()
        menus = self.menus
        menus.place_chosen.connect(self.show_place)
        menus.names_chosen.connect(self._show_names)
        menus.open_table.triggered.connect(lambda: self._on_workbook(self.workbook.choose_file))
        menus.paste_table.triggered.connect(lambda: self._on_workbook(self.workbook.paste))
        self.recent.wanted.connect(self._open_recent)
        self.recent.cleared.connect(self._forget_recent)
        menus.export.triggered.connect(lambda: self.workbook.tools.export())
        menus.save.triggered.connect(self._say_saved)
        menus.memory.triggered.connect(lambda: self._on_workbook(self.workbook.tools.show_memory))
        menus.reviewer.triggered.connect(self._ask_reviewer)
        menus.compare.triggered.connect(lambda: self.workbook.tools.choose_other())
        menus.own_check.triggered.connect(lambda: self.workbook.tools.check_own())
        menus.purge.triggered.connect(lambda: self.workbook.tools.purge())
        menus.close_project.triggered.connect(lambda: self.workbook.close_project())
        menus.import_release.triggered.connect(self.import_release)
        menus.quit.triggered.connect(self.close)
        menus.manage_models.triggered.connect(self.manage_models)
        menus.install_model.triggered.connect(lambda: self.manage_models().show_install())
        menus.copy_table.triggered.connect(lambda: self.page.mentions.copy_all())
        menus.next_pane.triggered.connect(lambda: self._go(1))
        menus.previous_pane.triggered.connect(lambda: self._go(-1))
        menus.back.triggered.connect(lambda: self.page.mentions.box.setFocus())
        menus.manual.triggered.connect(self.show_manual)
        menus.keys.triggered.connect(self.dialogs.show_keys)
        menus.about.triggered.connect(self.dialogs.about)

    def _connect_dialogs(self) -> None:
        dialogs = self.dialogs
        dialogs.imported.connect(self.ask_status)
        dialogs.terminology_wanted.connect(self.ask_status)
        dialogs.model_wanted.connect(self.use_model)
        dialogs.model_installed.connect(self._take_model)
        dialogs.model_removed.connect(self._forget_model)

    def _connect_lookup(self) -> None:
        lookup = self.lookup
        lookup.said.connect(self._say)
        lookup.place_wanted.connect(self.show_place)
        lookup.import_wanted.connect(self.import_release)
        lookup.project_changed.connect(lambda: self.workbook.review.reload())
        lookup.memory_changed.connect(lambda: self.workbook.tools.refresh_memory())
        lookup.phrase_wanted.connect(self._show_phrase)

    # -- the engine ------------------------------------------------------------------------------

    def ask_status(self, use: str = "") -> None:
        """Ask what there is to choose from; ``use`` is a terminology to change to."""
        choices = self._saved_choices()
        if use:
            choices = replace(choices, terminology=use)

        def take(told: Json) -> None:
            from m2m_desktop.ui.model.protocol import cards_from_json

            self._cards = cards_from_json(told)
            status = status_from_json(told)
            self.bar.set_status(_for_coding(status, self._cards), choices)
            self.lookup.set_terminologies(status.terminologies)
            self._look_at_memory()
            if use:
                self._choose()
            else:
                self._apply()

        self.client.request("status", {}, on_answer=take, on_error=self._say_no_status)

    def _look_at_memory(self) -> None:
        """Say once that a damaged memory was set aside."""
        from m2m_desktop.services.memory.store import memory_path
        from m2m_desktop.ui.memory.damaged import DamagedMemory

        DamagedMemory(self.notices, memory_path(self._locations), self._stored, self).look()

    def _take_threshold(self, threshold: float) -> None:
        self.bar.set_threshold(threshold)
        self._choose()

    def _saved_choices(self) -> Choices:
        is_lexical = self.settings.model == LEXICAL
        return Choices(
            terminology=self.settings.terminology,
            model="" if is_lexical else self.settings.model,
            mode=LEXICAL if is_lexical else "default",
            threshold=self.settings.threshold,
        )

    def _choose(self) -> None:
        if not self.bar.terminology.isEnabled():
            return
        choices = self.bar.choices()
        self.change_settings(
            terminology=choices.terminology,
            model=LEXICAL if choices.mode == LEXICAL else choices.model,
            threshold=choices.threshold,
        )
        self._apply()

    def _apply(self) -> None:
        choices = self.bar.choices()
        self.engine_notices.say_terminology(self.bar.current_terminology())
        self._show_state()
        self.client.request(
            "warm",
            {
                "terminology": choices.terminology,
                "model": choices.model,
                "mode": choices.mode,
            },
            on_answer=lambda _told: None,
            on_error=lambda _error: None,  # said when phrases are coded
            on_progress=lambda *told: self.page.show_progress(*told) if self._has("page") else None,
        )
        if self._has("page"):
            self.page.set_choices(choices)
        if self._has("workbook"):
            self.workbook.set_choices(choices)
        self.lookup.set_terminology(self.bar.current_terminology())

    def _say_no_status(self, error: CodingToolError) -> None:
        if self.client.state is not EngineState.STOPPED:
            self.engine_notices.say_no_status(error)

    def restart_engine(self) -> None:
        """Try the engine once more."""
        self.engine_notices.clear()
        self.client.retry()
        self.ask_status()

    def _code_again(self) -> None:
        """After the engine was renewed: its sentences are in another language now."""
        self.ask_status()
        self._recode()

    def _recode(self) -> None:
        if self._has("page"):
            self.page.recode()

    def _show_state(self) -> None:
        self.state_line.show_engine(self.client)
        self.state_line.show_choice(self.bar.current_terminology(), self.bar.model.currentText())
        if self._has("welcome"):
            self._show_state_on(self.welcome)

    def _show_state_on(self, page: "WelcomePage") -> None:
        page.show_terminology(self.bar.current_terminology())
        is_own = any(
            card.model_id == self.bar.choices().model and not card.is_shipped
            for card in self._cards
        )
        page.show_model(self.bar.model.currentText(), is_own=is_own)

    # -- what the user does ----------------------------------------------------------------------

    def import_release(self, path: str | bool = "") -> None:
        """Open the import dialog, with ``path`` if something was dropped."""
        self.dialogs.import_release(path if isinstance(path, str) else "")

    def manage_models(self) -> "ModelDialog":
        """Open the dialog of models."""
        return self.dialogs.manage_models(self._cards)

    def show_manual(self) -> None:
        """Open the manual at the page that is shown."""
        self.dialogs.show_manual(TOPICS[self.pages.currentIndex()])

    def use_model(self, model_id: str) -> None:
        """Code with a model from now on."""
        self.change_settings(model=model_id)
        self.ask_status()

    def _take_model(self, model_id: str) -> None:
        """A model was installed; where it took the place of the one in use, code again."""
        self.ask_status()
        if model_id == self.bar.choices().model:
            self._recode()

    def _forget_model(self, model_id: str) -> None:
        """A model was deleted; whatever is coded next is coded with the default one."""
        if model_id == self.settings.model:
            self.change_settings(model="")
        self.ask_status()

    def _show_phrase(self, phrase_id: int) -> None:
        self.show_place(WORKBOOK)
        self.workbook.review.phrases.table.go_to_phrase(phrase_id)

    def _code_example(self, phrase: str) -> None:
        self.show_place(PHRASES)
        self.page.mentions.box.set_text(phrase)

    def _show_names(self, value: str) -> None:
        self.change_settings(names_shown=value)
        self._use_names()
        for page in self._made():
            page.retranslate()

    def _use_names(self) -> None:
        shown = NamesShown(self.settings.names_shown)
        use_names(shown)
        self.lookup.set_names_shown(shown)

    def change_settings(self, **changed: object) -> None:
        """Keep a setting for the next start."""
        settings = replace(self.settings, **changed)  # type: ignore[arg-type]
        if settings == self.settings:
            return
        self.settings = settings
        try:
            save_settings(settings, self._locations)
        except CodingToolError as error:
            self.notices.say("settings", "error", sentence(error))

    # -- pages -----------------------------------------------------------------------------------

    def show_place(self, number: int) -> None:
        """Show a page of the rail."""
        self.pages.setCurrentIndex(number)
        self.rail.show_place(number)
        if number != START:
            self.change_settings(is_welcomed=True)
        if number == VERSIONS and self._has("workbook"):
            self.workbook.write_unsaved()  # an upgrade begins from what is in the file
        if number > WORKBOOK:
            self.lookup.show(number)
        self.statusBar().clearMessage()  # it hides the label; both at once would overlap
        self.review_label.setVisible(number == WORKBOOK)
        self._show_menus()
        first = self._panes()
        if first:
            first[0].setFocus(Qt.FocusReason.OtherFocusReason)

    def _on_workbook(self, action: Callable[[], object]) -> None:
        self.show_place(WORKBOOK)
        action()

    def _open_recent(self, path: str) -> None:
        self._on_workbook(lambda: self.workbook.open_project(path))

    def _forget_recent(self) -> None:
        if self._has("workbook"):
            self.workbook.show_recent()

    def _show_menus(self) -> None:
        """Offer what can be done on this page."""
        is_project = self._has("workbook") and self.workbook.project is not None
        is_phrases = self.pages.currentIndex() == PHRASES
        for action in (
            self.menus.export,
            self.menus.save,
            self.menus.close_project,
            self.menus.compare,
            self.menus.own_check,
            self.menus.purge,
        ):
            action.setEnabled(is_project)
        self.menus.copy_table.setEnabled(is_phrases)
        self.menus.back.setEnabled(is_phrases)

    def _ask_reviewer(self) -> None:
        name = self.dialogs.ask_reviewer(self.settings.reviewer)
        if name is not None:
            self.change_settings(reviewer=name)
            self._use_reviewer(name)

    def _use_reviewer(self, name: str) -> None:
        if self._has("workbook"):
            self.workbook.tools.set_reviewer(name)
        self.lookup.set_reviewer(name)

    def _say_saved(self) -> None:
        self.statusBar().showMessage(_("Everything is saved already"), 4000)

    def _panes(self) -> list[QWidget]:
        place = self.pages.currentIndex()
        if place == START:
            return self.welcome.panes()
        if place == WORKBOOK:
            return self.workbook.panes()
        if place != PHRASES:
            return self.lookup.panes(place)
        return [
            self.page.mentions.box,
            self.page.mentions.table,
            self.page.candidates.table,
            self.page.tree.tree,
        ]

    def _go(self, step: int) -> None:
        panes: list[QWidget] = [*self._panes(), self.bar.terminology]
        panes = [pane for pane in panes if pane.isVisible() and pane.isEnabled()]
        at = next(
            (n for n, pane in enumerate(panes) if pane is self.focusWidget()), -1 if step > 0 else 0
        )
        panes[(at + step) % len(panes)].setFocus(Qt.FocusReason.ShortcutFocusReason)

    def retranslate(self) -> None:
        """Take over language and colours."""
        for part in (self.bar, self.rail, self.recent, self.lookup, self.dialogs, *self._made()):
            part.retranslate()
        self._retranslate_frame()

    def _retranslate_frame(self) -> None:
        """What speaks no language of its own when it is made."""
        self.setWindowTitle("mention2meddra Desktop")
        self.menus.retranslate()
        self.menus.show_choice(
            self.settings.language, self.settings.theme, self.settings.names_shown
        )
        if self.bar.terminology.isEnabled():
            self.engine_notices.say_terminology(self.bar.current_terminology())
        if self._has("page"):
            self.page.say_mode()
        self.notices.refresh()
        self._show_state()

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
            self._on_workbook(lambda: self.workbook.open_path(path))
        elif kind is Dropped.MODEL:
            self.manage_models().show_install(path)
        else:
            self.import_release(path)

    def _restore(self) -> None:
        room = self.screen().availableSize() - QSize(style.XL, 2 * style.XL)  # frame and title
        self.resize(QSize(*SIZE).boundedTo(room))
        self._restore_state("geometry", self.restoreGeometry)

    def _restore_state(self, name: str, restore: Callable[[QByteArray], object]) -> None:
        state = self._stored.value(name)
        if isinstance(state, QByteArray) and not state.isEmpty():
            restore(state)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the frame; the first page is made as soon as it stands."""
        super().paintEvent(event)
        if not self._is_begun:
            QTimer.singleShot(0, self, self._begin)

    def closeEvent(self, event: QCloseEvent) -> None:
        """Remember the layout; end the engine."""
        stored = self._stored
        if self._has("workbook"):
            self.workbook.save_layout(stored)
            if not self.workbook.close_project():
                event.ignore()
                return
        stored.setValue("geometry", self.saveGeometry())
        if self._has("page"):
            stored.setValue("page", self.page.splitter.saveState())
            stored.setValue("answer", self.page.answer.saveState())
        stored.sync()
        self.lookup.close()
        self.client.close()
        super().closeEvent(event)


def _for_coding(status: EngineStatus, cards: "Sequence[ModelCard]") -> EngineStatus:
    """What can be chosen in the header: of the models those that score candidates, by their names."""
    names = {card.model_id: card.name for card in reversed(cards) if card.is_reranker}
    models = [
        replace(model, name=names[model.model_id])
        for model in status.models
        if model.model_id in names
    ]
    return replace(status, models=tuple(models))
