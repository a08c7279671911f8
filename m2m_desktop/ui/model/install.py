"""Installation of a model: choose it, see what it is, answer what is open, watch, read the report."""

from collections.abc import Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import (
    QHBoxLayout,
    QStackedWidget,
    QTextBrowser,
    QVBoxLayout,
    QWidget,
)

from m2m_desktop.core.errors import Cancelled, CodingToolError
from m2m_desktop.services.language import _
from m2m_desktop.ui import style
from m2m_desktop.ui.engine_client import EngineClient
from m2m_desktop.ui.messages import sentence
from m2m_desktop.ui.model.card import installed_html
from m2m_desktop.ui.model.choose import ChoosePanel
from m2m_desktop.ui.model.protocol import (
    FoundModel,
    InstalledModel,
    ModelCard,
    found_from_json,
    install_params,
    installed_from_json,
)
from m2m_desktop.ui.model.questions import ModelQuestions
from m2m_desktop.ui.model.requests import Requests
from m2m_desktop.ui.model.widgets import foot
from m2m_desktop.ui.model.words import use_text
from m2m_desktop.ui.model.working import WorkPanel
from m2m_desktop.ui.notices import NoticeArea
from m2m_desktop.ui.widgets import button, label

CHOOSING, ASKING, WORKING, REPORTING = range(4)


class InstallPanel(QWidget):
    """See the module. `installed` carries an `InstalledModel`, `use_wanted` its kind and id."""

    installed = Signal(object)
    use_wanted = Signal(str, str)
    back_wanted = Signal()

    def __init__(self, client: EngineClient) -> None:
        super().__init__()
        self._requests = Requests(client)
        self._found: FoundModel | None = None
        self._done: InstalledModel | None = None
        self._cards: Sequence[ModelCard] = ()
        self.notices, self.pages = NoticeArea(), QStackedWidget()
        self.choose, self.questions, self.work = ChoosePanel(), ModelQuestions(), WorkPanel()
        for page in (self.choose, self._asking_page(), self.work, self._report_page()):
            self.pages.addWidget(page)
        self._title = label(factor=style.TITLE, bold=True)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(style.S)
        column.addWidget(self._title)
        column.addWidget(self.notices)
        column.addWidget(self.pages, 1)
        self.choose.chosen.connect(self._look)
        self.choose.back_wanted.connect(self.step_back)
        self.questions.changed.connect(self._say_missing)
        self.work.cancel_wanted.connect(self._cancel)
        self.start()

    def _asking_page(self) -> QWidget:
        self.missing = label("muted", style.CAPTION)
        self.missing.setWordWrap(True)
        self.other_button, self.install_button = button(), button("primary")
        self.other_button.setText(_("Choose another"))
        self.install_button.setText(_("Install"))
        self.other_button.clicked.connect(self.start)
        self.install_button.clicked.connect(self._install)
        row = QHBoxLayout()
        row.setSpacing(style.S)
        row.addWidget(self.missing, 1)
        row.addWidget(self.other_button)
        row.addWidget(self.install_button)
        return _page(self.questions, row)

    def _report_page(self) -> QWidget:
        self.report = QTextBrowser()
        self.report.setObjectName("report")
        self.report.setAccessibleName(_("Report of the installation"))
        self.done_button, self.use_button = button(), button("primary")
        self.done_button.setText(_("Back to the models"))
        self.done_button.clicked.connect(self.step_back)
        self.use_button.clicked.connect(self._use)
        return _page(self.report, foot(self.done_button, self.use_button))

    # -- going through the pages -----------------------------------------------------------------

    @property
    def is_installing(self) -> bool:
        """Whether a model is being written."""
        return self.pages.currentIndex() == WORKING and self._requests.is_busy

    def start(self) -> None:
        """Go to the first page."""
        self._requests.close()
        self._show(CHOOSING)
        self.choose.set_looking(False)
        self.choose.path.setFocus()

    def step_back(self) -> None:
        """Go one page back, out of the panel from the first and the last; stop what runs."""
        if self.is_installing:
            self._cancel()
        elif self.pages.currentIndex() == ASKING:
            self.start()
        elif self._requests.is_busy:
            self._requests.cancel()
        else:
            self.back_wanted.emit()

    def close_requests(self) -> None:
        """Wait for nothing any more."""
        self._requests.close()

    def refresh(self) -> None:
        """Take over the colours."""
        for part in (self.notices, self.questions, self.work):
            part.refresh()
        if self._done is not None:
            self.report.setHtml(installed_html(self._done.card, self._done.report))

    def _show(self, page: int) -> None:
        titles = {
            CHOOSING: _("Install a model: choose it"),
            ASKING: _("Install a model: what was found"),
            WORKING: _("Installing"),
            REPORTING: _("Installed"),
        }
        self._title.setText(titles[page])
        self.notices.clear("error")
        self.pages.setCurrentIndex(page)

    def _say(self, error: CodingToolError) -> None:
        kind = "info" if isinstance(error, Cancelled) else "error"
        self.notices.say("error", kind, sentence(error))

    # -- what it is ------------------------------------------------------------------------------

    def set_cards(self, cards: Sequence[ModelCard]) -> None:
        """Take the models there are: a new one may take the place of one of them."""
        self._cards = cards

    def look_at(self, path: str) -> None:
        """Choose a folder or a zip and see what it is; not while a model is being installed."""
        if not self.is_installing:
            self.start()
            self.choose.choose(path)

    def _look(self, path: str) -> None:
        self.notices.clear("error")
        self._requests.ask(
            "inspect_model",
            {"path": path},
            lambda told: self.show_found(found_from_json(path, told)),
            self._not_found,
            self.choose.show_progress,
        )
        self.choose.set_looking(True)

    def _not_found(self, error: CodingToolError) -> None:
        self.choose.set_looking(False)
        self._say(error)
        self.choose.path.setFocus()
        self.choose.path.selectAll()

    def show_found(self, found: FoundModel) -> None:
        """Show what was found and ask what its files leave open."""
        self._found = found
        self.questions.set_found(found, self._cards)
        self._show(ASKING)
        if self.install_button.isEnabled():
            self.install_button.setFocus()
        else:
            self.questions.first_field().setFocus()

    def _say_missing(self) -> None:
        missing = self.questions.missing()
        self.missing.setText(
            _("Still open: {question}").format(question=missing) if missing else ""
        )
        self.install_button.setEnabled(not missing)

    # -- the installation ------------------------------------------------------------------------

    def _install(self) -> None:
        found, answers = self._found, self.questions.answers()
        if found is None or answers is None:
            return
        self.show_working(found, answers.precision)
        self._requests.ask(
            "install_model",
            install_params(found, answers),
            lambda told: self.show_installed(installed_from_json(told)),
            self._not_installed,
            self.work.show_progress,
        )

    def show_working(self, found: FoundModel, precision: str) -> None:
        """Go to the page of the work, before its first step."""
        self.work.start(found, precision)
        self._show(WORKING)
        self.work.cancel_button.setFocus()

    def _cancel(self) -> None:
        self.work.show_cancelling()
        self._requests.cancel()

    def _not_installed(self, error: CodingToolError) -> None:
        self._show(ASKING)
        self._say(error)
        self.install_button.setFocus()

    def show_installed(self, done: InstalledModel) -> None:
        """Show the report."""
        self._done = done
        self.report.setHtml(installed_html(done.card, done.report))
        self.use_button.setText(use_text(done.card.kind, is_used=False))
        self.use_button.setVisible(done.card.is_usable)
        self._show(REPORTING)
        (self.use_button if done.card.is_usable else self.done_button).setFocus()
        self.installed.emit(done)

    def _use(self) -> None:
        if self._done is not None:
            self.use_wanted.emit(self._done.card.kind, self._done.card.model_id)
        self.back_wanted.emit()


def _page(content: QWidget, buttons: QHBoxLayout) -> QWidget:
    page = QWidget()
    column = QVBoxLayout(page)
    column.setContentsMargins(0, 0, 0, 0)
    column.setSpacing(style.S)
    column.addWidget(content, 1)
    column.addSpacing(style.XS)
    column.addLayout(buttons)
    return page
