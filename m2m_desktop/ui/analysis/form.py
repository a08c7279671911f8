"""Asks what is to be counted: the open project, or a list that is pasted or read from a file."""

from pathlib import Path

from PySide6.QtCore import QSettings, Qt, Signal
from PySide6.QtGui import QDragEnterEvent, QDropEvent, QKeySequence
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QFileDialog,
    QFrame,
    QHBoxLayout,
    QProgressBar,
    QRadioButton,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from m2m_desktop.core.messages import N_
from m2m_desktop.services.language import _
from m2m_desktop.ui import style
from m2m_desktop.ui.analysis.list_box import EXAMPLE, LIST_SUFFIXES, ListBox, dropped_list
from m2m_desktop.ui.analysis.question import UNIT_WORDS, Question, Source
from m2m_desktop.ui.model.widgets import ElidedLabel, focus_sheet
from m2m_desktop.ui.widgets import button, card, label, shortcut

LAST_FOLDER = "last_folder"
PATTERNS = " ".join(f"*{suffix}" for suffix in LIST_SUFFIXES)
UNIT_TEXTS = {
    "rows": N_("Every mention"),
    "reports": N_("Each PT once a report"),
    "terms": N_("Each PT once"),
}


class AnalysisForm(QWidget):
    """Says when the user wants the figures, and when no longer."""

    asked = Signal()
    cancelled = Signal()
    file_chosen = Signal(str)

    def __init__(self, stored: QSettings) -> None:
        super().__init__()
        self._stored, self._project_name, self._file = stored, "", ""
        self.setAcceptDrops(True)
        self.title, self.hint = label(factor=style.TITLE, bold=True), label("muted")
        self.project_radio, self.list_radio = QRadioButton(), QRadioButton()
        self.project_hint = label("muted", style.CAPTION)
        self.unit_label, self.unit = label("muted"), QComboBox()
        self.decided_box, self.paths_box = QCheckBox(), QCheckBox()
        self.box, self.file_name, self.no_file_button = ListBox(), ElidedLabel(), button("quiet")
        self.file_button, self.example_button, self.clear_button = button(), button(), button()
        self.go_button, self.cancel_button = button("primary"), button()
        self.bar, self.step = QProgressBar(), label("muted", style.CAPTION)
        for radio in (self.project_radio, self.list_radio):
            radio.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Fixed)
        self.list_radio.setChecked(True)
        self.decided_box.setChecked(True)
        for unit in UNIT_WORDS:
            self.unit.addItem("", unit)
        self._lay_out()
        self._connect()
        self.set_busy(on=False)
        self.retranslate()

    def _lay_out(self) -> None:
        self.hint.setWordWrap(True)
        self.bar.setTextVisible(False)
        self.bar.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        unit = QHBoxLayout()
        unit.setSpacing(style.S)
        unit.setContentsMargins(style.XL, 0, 0, 0)
        unit.addWidget(self.unit_label)
        unit.addWidget(self.unit)
        unit.addSpacing(style.M)
        unit.addWidget(self.decided_box)
        unit.addStretch(1)
        self.file_row = QFrame()
        self.file_row.setObjectName("drop")
        chosen = QHBoxLayout(self.file_row)
        chosen.setContentsMargins(style.M, style.S, style.S, style.S)
        chosen.addWidget(self.file_name, 1)
        chosen.addWidget(self.no_file_button)
        self.project_hint.setContentsMargins(style.XL, 0, 0, 0)
        buttons = QHBoxLayout()
        buttons.setSpacing(style.S)
        for one in (self.file_button, self.example_button, self.clear_button):
            buttons.addWidget(one)
        buttons.addStretch(1)
        feet = QHBoxLayout()
        feet.setSpacing(style.M)
        feet.addWidget(self.paths_box)
        feet.addWidget(self.bar, 1)
        feet.addWidget(self.step)
        feet.addStretch(1)
        feet.addWidget(self.cancel_button)
        feet.addWidget(self.go_button)
        surface = card()
        inside = QVBoxLayout(surface)
        inside.setContentsMargins(style.XL, style.L, style.XL, style.L)
        inside.setSpacing(style.S)
        inside.addWidget(self.title)
        inside.addWidget(self.hint)
        inside.addSpacing(style.XS)
        inside.addWidget(self.project_radio)
        inside.addWidget(self.project_hint)
        inside.addLayout(unit)
        inside.addSpacing(style.XS)
        inside.addWidget(self.list_radio)
        inside.addWidget(self.box, 1)
        inside.addWidget(self.file_row)
        inside.addLayout(buttons)
        self._rest = QWidget()  # takes the room of the box
        inside.addWidget(self._rest, 1)
        inside.addSpacing(style.XS)
        inside.addLayout(feet)
        around = QVBoxLayout(self)
        around.setContentsMargins(0, 0, 0, 0)
        around.addWidget(surface)

    def _connect(self) -> None:
        self.project_radio.toggled.connect(lambda _on: self._refresh())
        self.box.textChanged.connect(self._typed)
        self.go_button.clicked.connect(self.ask)
        self.cancel_button.clicked.connect(self.cancelled)
        self.file_button.clicked.connect(self.choose_file)
        self.example_button.clicked.connect(self.show_example)
        self.clear_button.clicked.connect(lambda: self.box.replace(""))
        self.no_file_button.clicked.connect(lambda: self.set_file(""))
        for keys in ("Ctrl+Return", "Ctrl+Enter"):
            shortcut(self, keys).activated.connect(self.ask)
        shortcut(self, QKeySequence.StandardKey.Cancel).activated.connect(self._escape)

    # -- what is asked ---------------------------------------------------------------------------

    def question(self) -> Question:
        """What the user wants counted."""
        all_paths = self.paths_box.isChecked()
        if self.project_radio.isChecked():
            return Question(
                Source.PROJECT,
                name=self._project_name,
                unit=str(self.unit.currentData()),
                decided_only=self.decided_box.isChecked(),
                all_paths=all_paths,
            )
        if self._file:
            return Question(Source.FILE, path=self._file, all_paths=all_paths)
        return Question(Source.LIST, text=self.box.toPlainText(), all_paths=all_paths)

    def set_list(self, text: str) -> None:
        """Count this list."""
        self._file = ""
        self.box.replace(text)
        self.list_radio.setChecked(True)
        self._refresh()

    def set_file(self, path: str) -> None:
        """Count the list in this workbook; an empty path: the list in the box again."""
        self._file = path
        if path:
            self.list_radio.setChecked(True)
            self.file_name.set_full_text(Path(path).name)
        self._refresh()
        (self.go_button if path else self.box).setFocus()

    def set_project(self, name: str) -> None:
        """Offer the project of this name; an empty one: there is none."""
        was_open, self._project_name = bool(self._project_name), name
        if not name:
            self.list_radio.setChecked(True)
        elif not was_open and not self.box.toPlainText().strip():
            self.project_radio.setChecked(True)
        self._refresh()

    def show_example(self) -> None:
        """Put a list into the box that shows what may stand in one."""
        self.set_list(EXAMPLE)
        self.box.setFocus()

    def set_busy(self, *, on: bool) -> None:
        """Show that the figures are being made, and the way to stop that."""
        self._is_busy = on
        self.bar.setRange(0, 0)
        for one in (self.bar, self.step, self.cancel_button):
            one.setVisible(on)
        self.step.clear()
        self.paths_box.setVisible(not on)
        self._refresh()

    def show_progress(self, done: int, total: int, note: str) -> None:
        """Show how far it is; ``total`` 0 means unknown."""
        self.bar.setRange(0, total)
        self.bar.setValue(done)
        self.step.setText(note)

    def ask(self) -> None:
        """Ask for the figures, if there is something to count."""
        if self.go_button.isEnabled():
            self.asked.emit()

    def choose_file(self) -> None:
        """Ask for a file with a list in it."""
        path, _kind = QFileDialog.getOpenFileName(
            self,
            _("Open a list of terms"),
            str(self._stored.value(LAST_FOLDER, "") or ""),
            _("Lists and tables ({patterns})").format(patterns=PATTERNS),
        )
        if path:
            self._stored.setValue(LAST_FOLDER, str(Path(path).parent))
            self.file_chosen.emit(path)

    def panes(self) -> list[QWidget]:
        """The parts F6 goes round."""
        first = self.project_radio if self.project_radio.isChecked() else self.list_radio
        return [first, self.box, self.go_button]

    # -- files dropped here -----------------------------------------------------------------------

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """One file with a list is welcome; anything else is for the window."""
        if dropped_list(event.mimeData()):
            event.acceptProposedAction()
        else:
            event.ignore()

    def dropEvent(self, event: QDropEvent) -> None:
        """Take the list in a file."""
        path = dropped_list(event.mimeData())
        if path:
            event.acceptProposedAction()
            self.file_chosen.emit(path)

    # -- the look --------------------------------------------------------------------------------

    def retranslate(self) -> None:
        """Take over language and colours."""
        self.setStyleSheet(focus_sheet())
        self.title.setText(_("Count terms by hierarchy and SMQ"))
        self.hint.setText(
            _(
                "How often was each SOC, HLGT, HLT and PT reported, how severe, and which SMQs are "
                "touched? With charts for a report."
            )
        )
        self.list_radio.setText(_("A list of terms or codes"))
        self.unit_label.setText(_("What counts"))
        for row, words in enumerate(UNIT_TEXTS.values()):
            self.unit.setItemText(row, _(words))
        self.unit.setAccessibleName(_("What counts as one"))
        self.decided_box.setText(_("Only what is decided"))
        self.decided_box.setToolTip(_("Otherwise proposals count too that nobody has looked at"))
        self.paths_box.setText(_("Count under every SOC of a term"))
        self.paths_box.setToolTip(
            _("Otherwise each term counts once, under its primary SOC, and the sums are right")
        )
        self.box.setPlaceholderText(
            _(
                "One term a line: name or code of a PT or LLT, in either language.\n"
                "Cells from Excel or WPS may have more columns: code, name, severity, count.\n"
                "Paste here (Ctrl+V), open a file, or look at the example."
            )
        )
        self.box.setAccessibleName(_("The list of terms or codes"))
        self.file_button.setText(_("Open a file…"))
        self.example_button.setText(_("Example"))
        self.clear_button.setText(_("Clear"))
        self.no_file_button.setText(_("Not this file"))
        self.go_button.setText(_("Analyse"))
        keys = QKeySequence("Ctrl+Return").toString(QKeySequence.SequenceFormat.NativeText)
        self.go_button.setToolTip(_("Count now ({keys})").format(keys=keys))
        self.cancel_button.setText(_("Stop"))
        self.bar.setAccessibleName(_("Progress of the analysis"))
        self._refresh()

    def _refresh(self) -> None:
        has_project = bool(self._project_name)
        is_project = self.project_radio.isChecked()
        shown = _("The open project: {name}").format(name=self._project_name)
        words = shown if has_project else _("The open project")
        metrics = self.fontMetrics()
        cut = metrics.elidedText(words, Qt.TextElideMode.ElideMiddle, 520)
        self.project_radio.setText(cut.replace("&", "&&"))
        self.project_radio.setToolTip(words)
        self.project_radio.setAccessibleName(words)
        self.project_radio.setEnabled(has_project)
        self.project_hint.setText(
            _("No project is open. Open a workbook on the page of workbooks.")
        )
        self.project_hint.setVisible(not has_project)
        for one in (self.unit_label, self.unit, self.decided_box):
            one.setVisible(has_project)
            one.setEnabled(is_project)
        has_text = bool(self.box.toPlainText().strip())
        self.box.setVisible(not self._file)
        self.file_row.setVisible(bool(self._file))
        self._rest.setVisible(bool(self._file))
        self.clear_button.setEnabled(has_text and not self._file)
        is_ready = is_project or has_text or bool(self._file)
        self.go_button.setEnabled(is_ready and not self._is_busy)

    def _typed(self) -> None:
        if self.box.toPlainText().strip():
            self.list_radio.setChecked(True)
        self._refresh()

    def _escape(self) -> None:
        if self._is_busy:
            self.cancelled.emit()
