"""The window: rail, header, notices, pages, menus and status bar. Wiring only."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from PySide6.QtCore import QByteArray, QSettings, QSize, Qt
from PySide6.QtGui import QCloseEvent, QDragEnterEvent, QDropEvent
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
from m2m_desktop.ui import style
from m2m_desktop.ui.choice_bar import LEXICAL, ChoiceBar, Choices
from m2m_desktop.ui.code_page import CodePage
from m2m_desktop.ui.dialogs import Dialogs
from m2m_desktop.ui.dropped import Dropped, kind_of
from m2m_desktop.ui.engine_client import EngineClient, EngineState
from m2m_desktop.ui.engine_notices import EngineNotices
from m2m_desktop.ui.engine_protocol import EngineStatus, Json, status_from_json
from m2m_desktop.ui.lookup_pages import LookupPages
from m2m_desktop.ui.menus import Menus
from m2m_desktop.ui.messages import sentence
from m2m_desktop.ui.notices import NoticeArea
from m2m_desktop.ui.places import PHRASES, PLACES, START, TOPICS, VERSIONS, WORKBOOK
from m2m_desktop.ui.rail import Rail
from m2m_desktop.ui.state_line import StateLine
from m2m_desktop.ui.term_names import NamesShown, use_names
from m2m_desktop.ui.welcome.page import WelcomePage
from m2m_desktop.ui.workbook.page import WorkbookPage

if TYPE_CHECKING:
    from m2m_desktop.ui.model.dialog import ModelDialog
    from m2m_desktop.ui.model.protocol import ModelCard

SIZE, MINIMUM = (1400, 860), (960, 600)


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
        self.welcome = WelcomePage()
        self.page = CodePage(client, self.notices)
        self.workbook = WorkbookPage(client, self.notices, locations, self._stored)
        self.rail, self.pages = Rail(PLACES), QStackedWidget()
        self.menus = Menus(self)
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
        self._use_reviewer(settings.reviewer)
        self.retranslate()
        self._restore()
        self.show_place(PHRASES if settings.is_welcomed else START)

    def _lay_out(self) -> None:
        middle = QWidget()
        inside = QVBoxLayout(middle)
        inside.setContentsMargins(style.M, style.M, style.M, style.M)
        inside.setSpacing(style.M)
        inside.addWidget(self.notices)
        self.pages.addWidget(self.welcome)
        self.pages.addWidget(self.page)
        self.pages.addWidget(self.workbook)
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
        self.page.copied.connect(lambda text: self.statusBar().showMessage(text, 4000))
        self.client.state_changed.connect(self._show_state)
        self.client.renewed.connect(self._code_again)
        self.client.restarted.connect(self.engine_notices.say_restarted)
        self.client.given_up.connect(self.engine_notices.say_given_up)
        self.rail.wanted.connect(self.show_place)
        self._connect_welcome()
        self._connect_lookup()
        self.workbook.project_changed.connect(self._show_menus)
        self.workbook.project_changed.connect(self.statusBar().clearMessage)
        self.workbook.tools.threshold_wanted.connect(self._take_threshold)
        self.workbook.status_changed.connect(self.review_label.setText)
        self.workbook.said.connect(lambda text: self.statusBar().showMessage(text, 4000))
        menus = self.menus
        menus.place_chosen.connect(self.show_place)
        menus.names_chosen.connect(self._show_names)
        menus.open_table.triggered.connect(lambda: self._on_workbook(self.workbook.choose_file))
        menus.paste_table.triggered.connect(lambda: self._on_workbook(self.workbook.paste))
        menus.export.triggered.connect(self.workbook.tools.export)
        menus.save.triggered.connect(self._say_saved)
        menus.memory.triggered.connect(lambda: self._on_workbook(self.workbook.tools.show_memory))
        menus.reviewer.triggered.connect(self._ask_reviewer)
        menus.compare.triggered.connect(self.workbook.tools.choose_other)
        menus.own_check.triggered.connect(self.workbook.tools.check_own)
        menus.purge.triggered.connect(self.workbook.tools.purge)
        menus.close_project.triggered.connect(self.workbook.close_project)
        menus.import_release.triggered.connect(self.import_release)
        menus.quit.triggered.connect(self.close)
        menus.manage_models.triggered.connect(self.manage_models)
        menus.install_model.triggered.connect(lambda: self.manage_models().show_install())
        menus.copy_table.triggered.connect(self.page.mentions.copy_all)
        menus.next_pane.triggered.connect(lambda: self._go(1))
        menus.previous_pane.triggered.connect(lambda: self._go(-1))
        menus.back.triggered.connect(self.page.mentions.box.setFocus)
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

    def _connect_welcome(self) -> None:
        welcome = self.welcome
        welcome.phrase_wanted.connect(self._code_example)
        welcome.sample_wanted.connect(lambda: self._on_workbook(self.workbook.open_sample))
        welcome.open_wanted.connect(lambda: self._on_workbook(self.workbook.choose_file))
        welcome.import_wanted.connect(self.import_release)
        welcome.install_wanted.connect(lambda: self.manage_models().show_install())
        welcome.manual_wanted.connect(self.show_manual)
        welcome.language_wanted.connect(self.menus.language_chosen)

    def _connect_lookup(self) -> None:
        lookup = self.lookup
        lookup.said.connect(lambda text: self.statusBar().showMessage(text, 4000))
        lookup.place_wanted.connect(self.show_place)
        lookup.import_wanted.connect(self.import_release)
        lookup.project_changed.connect(lambda: self.workbook.review.reload())
        lookup.memory_changed.connect(self.workbook.tools.refresh_memory)
        lookup.phrase_wanted.connect(self._show_phrase)
        self.page.term_wanted.connect(lookup.show_term)
        self.workbook.term_wanted.connect(lookup.show_term)
        self.workbook.project_changed.connect(lambda: lookup.set_project(self.workbook.project))

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
            if use:
                self._choose()
            else:
                self._apply()

        self.client.request("status", {}, on_answer=take, on_error=self._say_no_status)

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
            on_progress=self.page.show_progress,
        )
        self.page.set_choices(choices)
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
        self.page.recode()

    def _show_state(self) -> None:
        self.state_line.show_engine(self.client)
        chosen, model = self.bar.current_terminology(), self.bar.model.currentText()
        self.state_line.show_choice(chosen, model)
        self.welcome.show_terminology(chosen)
        is_own = any(
            card.model_id == self.bar.choices().model and not card.is_shipped
            for card in self._cards
        )
        self.welcome.show_model(model, is_own=is_own)

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
            self.page.recode()

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
        self.page.retranslate()
        self.workbook.retranslate()

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
        if number == VERSIONS:
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

    def _show_menus(self) -> None:
        """Offer what can be done on this page."""
        is_project = self.workbook.project is not None
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
        self.setWindowTitle("mention2meddra Desktop")
        self.bar.retranslate()
        self.welcome.retranslate()
        self.page.retranslate()
        self.workbook.retranslate()
        self.lookup.retranslate()
        self.dialogs.retranslate()
        self.rail.retranslate()
        self.menus.retranslate()
        self.menus.show_choice(
            self.settings.language, self.settings.theme, self.settings.names_shown
        )
        if self.bar.terminology.isEnabled():
            self.engine_notices.say_terminology(self.bar.current_terminology())
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
        stored = self._stored
        for name, restore in (
            ("geometry", self.restoreGeometry),
            ("page", self.page.splitter.restoreState),
            ("answer", self.page.answer.restoreState),
        ):
            state = stored.value(name)
            if isinstance(state, QByteArray) and not state.isEmpty():
                restore(state)

    def closeEvent(self, event: QCloseEvent) -> None:
        """Remember the layout; end the engine."""
        stored = self._stored
        self.workbook.save_layout(stored)
        if not self.workbook.close_project():
            event.ignore()
            return
        stored.setValue("geometry", self.saveGeometry())
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
