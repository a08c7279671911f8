"""The models of this computer: what is installed, and the installation of another one."""

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QSize, Qt, Signal
from PySide6.QtGui import QCloseEvent, QDragEnterEvent, QDropEvent, QKeyEvent
from PySide6.QtWidgets import QDialog, QStackedWidget, QVBoxLayout, QWidget

from m2m_desktop.services.language import _
from m2m_desktop.ui import style
from m2m_desktop.ui.engine_client import EngineClient
from m2m_desktop.ui.model.choose import dropped_model
from m2m_desktop.ui.model.install import InstallPanel
from m2m_desktop.ui.model.page import ModelPage
from m2m_desktop.ui.model.protocol import InstalledModel, ModelCard
from m2m_desktop.ui.model.uses import InUse, is_optional
from m2m_desktop.ui.model.widgets import focus_sheet

SIZE, MINIMUM = QSize(920, 640), QSize(720, 480)
MARGIN = 40
"""Left of the window around the dialog, so that both can be told apart."""


class ModelDialog(QDialog):
    """See the module. ``in_use`` are the models in use, and with which terminology.

    ``cards`` are the models the window knows of; the engine, which may be busy, is asked again.
    """

    use_wanted = Signal(str)
    """The id of the model to code with from now on."""
    chosen = Signal(str, str)
    """The kind and the id of another model to use from now on; "none": do without one."""
    vectors_made = Signal()
    """An encoder can take part now that could not before."""
    installed, removed = Signal(str), Signal(str)
    """The id of a model that was installed (perhaps in place of an older one) or deleted."""

    def __init__(
        self,
        client: EngineClient,
        in_use: InUse | None = None,
        cards: Sequence[ModelCard] = (),
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setWindowTitle(_("Models"))
        self.setAcceptDrops(True)
        self.setMinimumSize(MINIMUM)
        self.resize(SIZE if parent is None else SIZE.boundedTo(_room(parent)))
        self.models = ModelPage(client, in_use or InUse(), cards)
        self.install = InstallPanel(client)
        self.pages = QStackedWidget()
        self.pages.addWidget(self.models)
        self.pages.addWidget(self.install)
        column = QVBoxLayout(self)
        column.setContentsMargins(style.XL, style.L, style.XL, style.L)
        column.addWidget(self.pages)
        self._connect()
        self._take_colours()
        self.models.load()
        self.models.list.setFocus()

    def _connect(self) -> None:
        self.models.use_wanted.connect(self._say_use)
        self.models.vectors_made.connect(self.vectors_made)
        self.models.removed.connect(self.removed)
        self.models.install_wanted.connect(self.show_install)
        self.models.close_wanted.connect(self.close)
        self.install.back_wanted.connect(self._show_models)
        self.install.installed.connect(self._installed)
        self.install.use_wanted.connect(self._use_installed)

    def show_install(self, path: str = "") -> None:
        """Go to the installation, with ``path`` if a folder or zip was chosen already."""
        self.pages.setCurrentWidget(self.install)
        if self.install.is_installing:
            return
        self.install.set_cards(self.models.cards())
        if path:
            self.install.look_at(path)
        else:
            self.install.start()

    def _show_models(self) -> None:
        self.pages.setCurrentWidget(self.models)
        self.models.list.setFocus()

    def _installed(self, done: InstalledModel) -> None:
        self.installed.emit(done.card.model_id)
        self.models.take_installed(done.card.model_id)

    def _use_installed(self, kind: str, model_id: str) -> None:
        self.models.set_used(kind, model_id)
        self._say_use(kind, model_id)

    def _say_use(self, kind: str, model_id: str) -> None:
        if is_optional(kind):
            self.chosen.emit(kind, model_id)
        else:
            self.use_wanted.emit(model_id)

    def _take_colours(self) -> None:
        sheet = focus_sheet()
        if sheet != self.styleSheet():
            self.setStyleSheet(sheet)
            self.models.refresh()
            self.install.refresh()

    # -- Qt --------------------------------------------------------------------------------------

    def changeEvent(self, event: QEvent) -> None:
        """Take over the colours when the system changes them."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange and self.pages.count() == 2:
            self._take_colours()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Escape goes back by one step, and closes the dialog from its first page."""
        if event.key() != Qt.Key.Key_Escape:
            super().keyPressEvent(event)
        elif self.pages.currentWidget() is self.install:
            self.install.step_back()
        elif not self.models.step_back():
            self.close()

    def closeEvent(self, event: QCloseEvent) -> None:
        """The cross: while a model is being installed, cancel that and keep the dialog."""
        if self.install.is_installing:
            self.install.step_back()
            event.ignore()
        else:
            super().closeEvent(event)

    def done(self, result: int) -> None:
        """Close; answers that are still to come find nobody."""
        self.models.close_requests()
        self.install.close_requests()
        super().done(result)

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """Take a folder or a zip that may be a model, on every page."""
        urls = event.mimeData().urls()
        is_model = len(urls) == 1 and dropped_model(urls[0].toLocalFile())
        if is_model and not self.install.is_installing:
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        """Go to the installation with what was dropped."""
        event.acceptProposedAction()
        self.show_install(event.mimeData().urls()[0].toLocalFile())


def _room(parent: QWidget) -> QSize:
    return parent.window().size() - QSize(MARGIN, MARGIN)
