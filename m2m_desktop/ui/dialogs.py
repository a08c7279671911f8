"""The dialogs and windows that the main window opens; each is imported when it is first wanted."""

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtWidgets import QInputDialog, QWidget

from m2m_desktop.services.language import _
from m2m_desktop.services.locations import default_locations
from m2m_desktop.ui.choice_bar import ChoiceBar, terminology_title
from m2m_desktop.ui.engine_client import EngineClient

if TYPE_CHECKING:
    from m2m_desktop.ui.manual.window import ManualWindow
    from m2m_desktop.ui.model.dialog import ModelDialog
    from m2m_desktop.ui.model.protocol import ModelCard


class Dialogs(QObject):
    """Opens them over their window, and says what came of it."""

    imported = Signal()
    terminology_wanted = Signal(str)
    model_wanted = Signal(str)
    model_chosen = Signal(str, str)
    """The kind of a model and its id: to be used for what the kind is for; "none": no such model."""
    vectors_made = Signal()
    model_installed = Signal(str)
    model_removed = Signal(str)

    def __init__(self, window: QWidget, client: EngineClient, bar: ChoiceBar) -> None:
        super().__init__(window)
        self._window, self._client, self._bar = window, client, bar
        self.manual: ManualWindow | None = None

    def import_release(self, path: str = "") -> None:
        """Import a release; ``path`` is what was dropped."""
        from m2m_desktop.ui.release_dialog import ReleaseDialog

        dialog = ReleaseDialog(self._client, self._window)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        if path:
            dialog.set_path(path)
        dialog.imported.connect(lambda _releases: self.imported.emit())
        dialog.use_wanted.connect(self.terminology_wanted)
        dialog.open()

    def manage_models(self, cards: "tuple[ModelCard, ...]") -> "ModelDialog":
        """Look at models, install and remove them."""
        from m2m_desktop.ui.model.dialog import ModelDialog
        from m2m_desktop.ui.model.uses import InUse

        choices, meaning = self._bar.choices(), self._bar.meaning
        terminology = self._bar.current_terminology()
        title = terminology_title(terminology) if terminology else ""
        in_use = InUse(choices.model, meaning.encoder, choices.tagger, choices.terminology, title)
        dialog = ModelDialog(self._client, in_use, cards, self._window)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.use_wanted.connect(self.model_wanted)
        dialog.chosen.connect(self.model_chosen)
        dialog.vectors_made.connect(self.vectors_made)
        dialog.installed.connect(self.model_installed)
        dialog.removed.connect(self.model_removed)
        dialog.open()
        return dialog

    def ask_reviewer(self, name: str) -> str | None:
        """Ask for the name that stands beside decisions; None where nothing was given."""
        given, is_given = QInputDialog.getText(
            self._window,
            _("Name of the reviewer"),
            _("This name stands beside every decision from now on:"),
            text=name,
        )
        return given.strip() if is_given else None

    def show_keys(self) -> None:
        """All keys on one sheet."""
        from m2m_desktop.ui.keys_dialog import KeysDialog

        KeysDialog(self._window).open()

    def run_selftest(self) -> None:
        """Check this installation."""
        from m2m_desktop.ui.selftest.dialog import SelfTestDialog

        dialog = SelfTestDialog(default_locations(), self._window)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.open()

    def about(self) -> None:
        """What this is, with versions and hashes."""
        from m2m_desktop.ui.about_dialog import AboutDialog

        chosen, model = self._bar.current_terminology(), self._bar.model.currentText()
        lines = []
        if chosen is not None:
            title = f"{terminology_title(chosen)} {chosen.version}".strip()
            lines.append((_("Terminology"), title))
        if model:
            lines.append((_("Model"), model))
        AboutDialog(self._client, lines, self._window).open()

    def show_manual(self, topic: str) -> None:
        """Open the manual at a page, beside the window."""
        from m2m_desktop.ui.manual.window import ManualWindow

        if self.manual is None:
            self.manual = ManualWindow(self._window)
        self.manual.show_topic(topic)
        if self.manual.isVisible():
            self.manual.raise_()
        self.manual.show()
        self.manual.activateWindow()

    def retranslate(self) -> None:
        """Take over language and colours where something may be open."""
        if self.manual is not None:
            self.manual.retranslate()
