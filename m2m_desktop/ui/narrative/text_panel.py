"""The left side: the narrative, the legend of its marks, and what can be done with it."""

from pathlib import Path

from PySide6.QtCore import QSettings, Signal
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import QFileDialog, QHBoxLayout, QVBoxLayout, QWidget

from m2m_desktop.services.language import _
from m2m_desktop.ui import style
from m2m_desktop.ui.narrative.legend import Legend
from m2m_desktop.ui.narrative.text_box import NarrativeBox
from m2m_desktop.ui.widgets import button, card, label

LAST_FOLDER = "last_folder"
SUFFIX = ".txt"


class TextPanel(QWidget):
    """Says what is wanted; the page does it."""

    file_chosen = Signal(str)
    sample_wanted = Signal()
    stop_wanted = Signal()

    def __init__(self, stored: QSettings) -> None:
        super().__init__()
        self._stored = stored
        self.setAcceptDrops(True)
        self.box, self.legend = NarrativeBox(), Legend()
        self._heading = label(factor=style.LEAD, bold=True)
        self.open_button, self.clear_button = button("quiet"), button("quiet")
        self.mark_button, self.read_button, self.stop_button = button("primary"), button(), button()
        self.state = label("muted", style.CAPTION)
        self.state.setWordWrap(True)
        self._lay_out()
        self.open_button.clicked.connect(self.choose_file)
        self.clear_button.clicked.connect(lambda: self.box.replace(""))
        self.read_button.clicked.connect(self.box.read_now)
        self.mark_button.clicked.connect(self.box.mark_wanted)
        self.stop_button.clicked.connect(self.stop_wanted)
        self.box.selectionChanged.connect(self.refresh)
        self.box.textChanged.connect(self.refresh)
        self.set_busy(on=False)
        self.retranslate()

    def _lay_out(self) -> None:
        surface = card()
        inside = QVBoxLayout(surface)
        inside.setContentsMargins(style.L, style.S, style.L, style.S)
        inside.setSpacing(style.S)
        head, foot = QHBoxLayout(), QHBoxLayout()
        head.addWidget(self._heading)
        head.addStretch(1)
        head.addWidget(self.open_button)
        head.addWidget(self.clear_button)
        foot.setSpacing(style.S)
        foot.addWidget(self.mark_button)
        foot.addWidget(self.read_button)
        foot.addStretch(1)
        foot.addWidget(self.stop_button)
        inside.addLayout(head)
        inside.addWidget(self.box, 1)
        inside.addWidget(self.legend)
        inside.addLayout(foot)
        inside.addWidget(self.state)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(surface)

    def set_busy(self, *, on: bool) -> None:
        """Whether there is something to stop."""
        self.stop_button.setVisible(on)

    def refresh(self) -> None:
        """Offer what can be done now."""
        self.mark_button.setEnabled(self.box.selection() is not None)
        for part in (self.read_button, self.clear_button):
            part.setEnabled(bool(self.box.text.strip()))

    # -- files -----------------------------------------------------------------------------------

    def choose_file(self) -> None:
        """Ask which text file."""
        folder = str(self._stored.value(LAST_FOLDER, "") or "")
        kinds = _("Text files ({patterns})").format(patterns=f"*{SUFFIX}")
        path, _kind = QFileDialog.getOpenFileName(self, _("Open a narrative"), folder, kinds)
        if path:
            self._stored.setValue(LAST_FOLDER, str(Path(path).parent))
            self.file_chosen.emit(path)

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """Take one text file."""
        if self._dropped(event):
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        """Open what was dropped."""
        event.acceptProposedAction()
        self.file_chosen.emit(self._dropped(event))

    def _dropped(self, event: QDropEvent) -> str:
        urls = event.mimeData().urls()
        path = urls[0].toLocalFile() if len(urls) == 1 else ""
        return path if Path(path).suffix.lower() == SUFFIX else ""

    def retranslate(self) -> None:
        """Take over language and colours."""
        self._heading.setText(_("Narrative"))
        self.box.setPlaceholderText(
            _("Paste or type what happened, for example: 用药后全身发痒起疹，无发热")
        )
        self.box.setAccessibleName(_("The narrative; its mentions are marked"))
        self.open_button.setText(_("Open text…"))
        self.clear_button.setText(_("Clear"))
        self.mark_button.setText(_("Add as mention"))
        self.mark_button.setToolTip(
            _("Code the selected words as a reaction that occurred (Enter)")
        )
        self.read_button.setText(_("Read"))
        self.read_button.setToolTip(_("Look for mentions again (Ctrl+Enter)"))
        self.stop_button.setText(_("Stop"))
        self.legend.retranslate()
        self.refresh()
