"""The head of the figures: of what, how many, what a person must know of them, and what to do."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QProgressBar, QVBoxLayout, QWidget

from m2m_desktop.services.language import _
from m2m_desktop.ui import style
from m2m_desktop.ui.analysis.figures import FigureRow
from m2m_desktop.ui.analysis.records import ToldAnalysis
from m2m_desktop.ui.model.widgets import ElidedLabel
from m2m_desktop.ui.widgets import button, label

BAR_WIDTH = 120


class ResultHead(QWidget):
    """Says what is wanted of the figures."""

    change_wanted = Signal()
    export_wanted = Signal()
    stop_wanted = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.title, self.figures = ElidedLabel(style.LEAD, bold=True), FigureRow()
        self.notes = label("warning")
        self.bar, self.stop_button = QProgressBar(), button("quiet")
        self.change_button, self.export_button = button(), button()
        self.notes.setWordWrap(True)
        self.notes.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.notes.hide()
        self.bar.setTextVisible(False)
        self.bar.setFixedWidth(BAR_WIDTH)
        row = QHBoxLayout()
        row.setSpacing(style.S)
        row.addWidget(self.title, 1)
        for part in (self.bar, self.stop_button, self.change_button, self.export_button):
            row.addWidget(part)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(style.S)
        column.addLayout(row)
        column.addWidget(self.figures)
        column.addWidget(self.notes)
        self.change_button.clicked.connect(self.change_wanted)
        self.export_button.clicked.connect(self.export_wanted)
        self.stop_button.clicked.connect(self.stop_wanted)
        self.set_busy(on=False)
        self.retranslate()

    def show_analysis(self, analysis: ToldAnalysis) -> None:
        """Show how many, and the notes."""
        self.figures.show_figures(analysis)
        self.notes.setText("\n".join(analysis.notes))
        self.notes.setVisible(bool(analysis.notes))

    def set_busy(self, *, on: bool) -> None:
        """Show that something is being counted or written, and the way to stop that."""
        self.bar.setRange(0, 0)
        self.bar.setVisible(on)
        self.stop_button.setVisible(on)
        self.export_button.setEnabled(not on)

    def show_progress(self, done: int, total: int) -> None:
        """Show how far it is; ``total`` 0 means unknown."""
        self.bar.setRange(0, total)
        self.bar.setValue(done)

    def retranslate(self) -> None:
        """Take over language and colours."""
        self.change_button.setText(_("Change…"))
        self.change_button.setToolTip(_("Count something else, or in another way"))
        self.export_button.setText(_("Export…"))
        self.export_button.setToolTip(_("Write all tables and charts into a workbook"))
        self.stop_button.setText(_("Stop"))
        self.bar.setAccessibleName(_("Progress of the analysis"))
        self.figures.retranslate()
