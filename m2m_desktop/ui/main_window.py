"""The window: rail, header, notices, pages, menus and status bar. Wiring only."""

from collections.abc import Callable, Sequence
from dataclasses import replace

from PySide6.QtCore import QByteArray, QSettings, QSize, Qt
from PySide6.QtGui import QCloseEvent, QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import (
    QHBoxLayout,
    QInputDialog,
    QLabel,
    QMainWindow,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from m2m_desktop.core.errors import CodingToolError
from m2m_desktop.core.messages import N_
from m2m_desktop.services.language import _
from m2m_desktop.services.locations import Locations
from m2m_desktop.services.settings import Settings, save_settings
from m2m_desktop.ui import icons, style
from m2m_desktop.ui.choice_bar import LEXICAL, ChoiceBar, Choices, terminology_title
from m2m_desktop.ui.code_page import CodePage
from m2m_desktop.ui.dropped import Dropped, kind_of
from m2m_desktop.ui.engine_client import EngineClient, EngineState
from m2m_desktop.ui.engine_protocol import EngineStatus, Json, status_from_json
from m2m_desktop.ui.help_dialogs import AboutDialog, KeysDialog
from m2m_desktop.ui.menus import Menus
from m2m_desktop.ui.messages import sentence
from m2m_desktop.ui.model.dialog import ModelDialog
from m2m_desktop.ui.model.protocol import ModelCard, cards_from_json
from m2m_desktop.ui.notices import NoticeArea
from m2m_desktop.ui.rail import Place, Rail
from m2m_desktop.ui.release_dialog import ReleaseDialog
from m2m_desktop.ui.workbook.page import WorkbookPage

SIZE, MINIMUM = (1400, 860), (960, 600)
PHRASES, WORKBOOK = range(2)
PLACES = (Place("phrases", N_("Phrases"), "Ctrl+1"), Place("workbook", N_("Workbook"), "Ctrl+2"))


class MainWindow(QMainWindow):
    """The window of the program; `app.Program` gives it language and theme."""

    def __init__(self, client: EngineClient, locations: Locations, settings: Settings) -> None:
        super().__init__()
        self.setAcceptDrops(True)
        self.setMinimumSize(*MINIMUM)
        self.client, self._locations, self.settings = client, locations, settings
        self.bar, self.notices = ChoiceBar(), NoticeArea()
        self._stored = QSettings(str(locations.config / "window.ini"), QSettings.Format.IniFormat)
        self.page = CodePage(client, self.notices)
        self.workbook = WorkbookPage(client, self.notices, locations, self._stored)
        self.rail, self.pages = Rail(PLACES), QStackedWidget()
        self.menus = Menus(self)
        self.state_icon, self.state_label, self.what_label = QLabel(), QLabel(), QLabel()
        self.review_label = QLabel()
        self._is_demo_said = False
        self._cards: tuple[ModelCard, ...] = ()
        self._lay_out()
        self._connect()
        self.bar.set_threshold(settings.threshold)
        self.workbook.tools.set_reviewer(settings.reviewer)
        self.retranslate()
        self._restore()
        self.page.mentions.box.setFocus()

    def _lay_out(self) -> None:
        middle = QWidget()
        inside = QVBoxLayout(middle)
        inside.setContentsMargins(style.M, style.M, style.M, style.M)
        inside.setSpacing(style.M)
        inside.addWidget(self.notices)
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
        status.addPermanentWidget(self.what_label)
        status.addPermanentWidget(self.state_icon)
        status.addPermanentWidget(self.state_label)
        self.what_label.setContentsMargins(0, style.XS, style.XL, style.XS)

    def _connect(self) -> None:
        self.bar.chosen.connect(self._choose)
        self.bar.import_wanted.connect(self.import_release)
        self.bar.models_wanted.connect(self.manage_models)
        self.page.copied.connect(lambda text: self.statusBar().showMessage(text, 4000))
        self.client.state_changed.connect(self._show_state)
        self.client.renewed.connect(self._code_again)
        self.client.restarted.connect(self._say_restarted)
        self.client.given_up.connect(self._say_given_up)
        self.rail.wanted.connect(self.show_place)
        self.workbook.project_changed.connect(self._show_menus)
        self.workbook.project_changed.connect(self.statusBar().clearMessage)
        self.workbook.tools.threshold_wanted.connect(self._take_threshold)
        self.workbook.status_changed.connect(self.review_label.setText)
        self.workbook.said.connect(lambda text: self.statusBar().showMessage(text, 4000))
        menus = self.menus
        menus.phrases.triggered.connect(lambda: self.show_place(PHRASES))
        menus.workbook.triggered.connect(lambda: self.show_place(WORKBOOK))
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
        menus.keys.triggered.connect(lambda: KeysDialog(self).open())
        menus.about.triggered.connect(self.about)

    # -- the engine ------------------------------------------------------------------------------

    def ask_status(self, use: str = "") -> None:
        """Ask what there is to choose from; ``use`` is a terminology to change to."""
        choices = self._saved_choices()
        if use:
            choices = replace(choices, terminology=use)

        def take(told: Json) -> None:
            self._cards = cards_from_json(told)
            self.bar.set_status(_for_coding(status_from_json(told), self._cards), choices)
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
        self._say_demo()
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

    def _say_demo(self) -> None:
        chosen = self.bar.current_terminology()
        if chosen is None or not chosen.is_demo:
            self.notices.clear("demo")
            return
        self.notices.say(
            "demo",
            "warning",
            _("Demo dictionary, not MedDRA: for trying the program out, never for reports."),
            action=_("Import release…"),
            on_action=self.import_release,
            closable=False,
        )

    def _say_restarted(self) -> None:
        self.notices.say(
            "engine",
            "warning",
            _("The coding engine stopped unexpectedly and was started again. Nothing was lost."),
        )

    def _say_given_up(self, error: CodingToolError) -> None:
        self.notices.say(
            "engine",
            "error",
            _("The coding engine cannot be started. Your phrases are kept.") + f" [{error.code}]",
            action=_("Start again"),
            on_action=self.restart_engine,
        )

    def _say_no_status(self, error: CodingToolError) -> None:
        if self.client.state is not EngineState.STOPPED:
            self.notices.say(
                "engine",
                "error",
                sentence(error),
                action=_("Try again"),
                on_action=self.restart_engine,
            )

    def restart_engine(self) -> None:
        """Try the engine once more."""
        self.notices.clear("engine")
        self.client.retry()
        self.ask_status()

    def _code_again(self) -> None:
        """After the engine was renewed: its sentences are in another language now."""
        self.ask_status()
        self.page.recode()

    def _show_state(self) -> None:
        words = {
            EngineState.STARTING: _("Engine: starting"),
            EngineState.READY: _("Engine: ready"),
            EngineState.WORKING: _("Engine: working"),
            EngineState.STOPPED: _("Engine: stopped"),
        }[self.client.state]
        if self.client.restart_count and self.client.state is not EngineState.STOPPED:
            words += " · " + _("restarted {count}×").format(count=self.client.restart_count)
        self.state_label.setText(words)
        self._show_state_icon()
        chosen = self.bar.current_terminology()
        if chosen is None:
            self.what_label.setText("")
            return
        title = terminology_title(chosen)
        if chosen.version not in title:
            title = _("{terminology}, version {version}").format(
                terminology=title, version=chosen.version
            )
        self.what_label.setText(f"{title}   ·   {self.bar.model.currentText()}")

    def _show_state_icon(self) -> None:
        colours = style.colours()
        name, colour = {
            EngineState.READY: ("certain", colours.certain),
            EngineState.STOPPED: ("error", colours.error),
        }.get(self.client.state, ("pending", colours.doubtful))
        scale = self.devicePixelRatioF()
        self.state_icon.setPixmap(icons.pixmap(name, colour, colours.surface, 14, scale))

    # -- what the user does ----------------------------------------------------------------------

    def import_release(self, path: str | bool = "") -> None:
        """Open the import dialog, with ``path`` if something was dropped."""
        dialog = ReleaseDialog(self.client, self)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        if isinstance(path, str) and path:
            dialog.set_path(path)
        dialog.imported.connect(lambda _releases: self.ask_status())
        dialog.use_wanted.connect(self.ask_status)
        dialog.open()

    def manage_models(self) -> ModelDialog:
        """Open the dialog of models."""
        dialog = ModelDialog(self.client, self.bar.choices().model, self._cards, self)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.use_wanted.connect(self.use_model)
        dialog.installed.connect(self._take_model)
        dialog.removed.connect(self._forget_model)
        dialog.open()
        return dialog

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

    def about(self) -> None:
        """Open the about box."""
        lines = []
        chosen = self.bar.current_terminology()
        if chosen is not None:
            lines.append(
                (_("Terminology"), f"{terminology_title(chosen)} {chosen.version}".strip())
            )
        if self.bar.model.currentText():
            lines.append((_("Model"), self.bar.model.currentText()))
        AboutDialog(lines, self).open()

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
        is_workbook = self.pages.currentIndex() == WORKBOOK
        for action in (
            self.menus.export,
            self.menus.save,
            self.menus.close_project,
            self.menus.compare,
            self.menus.own_check,
            self.menus.purge,
        ):
            action.setEnabled(is_project)
        self.menus.copy_table.setEnabled(not is_workbook)
        self.menus.back.setEnabled(not is_workbook)

    def _ask_reviewer(self) -> None:
        name, is_given = QInputDialog.getText(
            self,
            _("Name of the reviewer"),
            _("This name stands beside every decision from now on:"),
            text=self.settings.reviewer,
        )
        if is_given:
            self.change_settings(reviewer=name.strip())
            self.workbook.tools.set_reviewer(name.strip())

    def _say_saved(self) -> None:
        self.statusBar().showMessage(_("Everything is saved already"), 4000)

    def _panes(self) -> list[QWidget]:
        if self.pages.currentIndex() == WORKBOOK:
            return self.workbook.panes()
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
        self.page.retranslate()
        self.workbook.retranslate()
        self.rail.retranslate()
        self.menus.retranslate()
        self.menus.show_choice(self.settings.language, self.settings.theme)
        if self.bar.terminology.isEnabled():
            self._say_demo()
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
        self.client.close()
        super().closeEvent(event)


def _for_coding(status: EngineStatus, cards: Sequence[ModelCard]) -> EngineStatus:
    """What can be chosen in the header: of the models those that score candidates, by their names."""
    names = {card.model_id: card.name for card in reversed(cards) if card.is_reranker}
    models = [
        replace(model, name=names[model.model_id])
        for model in status.models
        if model.model_id in names
    ]
    return replace(status, models=tuple(models))
