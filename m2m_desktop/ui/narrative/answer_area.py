"""Candidates and tree side by side; where there is no room for both, the one that is chosen."""

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import (
    QButtonGroup,
    QHBoxLayout,
    QPushButton,
    QSplitter,
    QVBoxLayout,
    QWidget,
)

from m2m_desktop.services.language import _
from m2m_desktop.ui import style
from m2m_desktop.ui.candidate_model import CandidateColumn
from m2m_desktop.ui.candidate_panel import CandidatePanel
from m2m_desktop.ui.tree_panel import TreePanel
from m2m_desktop.ui.widgets import button

BOTH = 640
"""So wide at least where both are shown."""
LEAST_WIDTHS = {
    CandidateColumn.CODE: 430,
    CandidateColumn.SOURCE: 510,
    CandidateColumn.SELECTED: 560,
    CandidateColumn.LLT: 680,
}
"""So wide are the candidates at least where these columns are shown."""


class AnswerArea(QWidget):
    """What is known of the mention in hand."""

    copied = Signal(str)
    term_wanted = Signal(object, str)
    """Level and code of a term to be shown in the dictionary."""

    def __init__(self) -> None:
        super().__init__()
        self.candidates, self.tree = CandidatePanel(), TreePanel()
        self.splitter = QSplitter(Qt.Orientation.Horizontal)
        self.candidates_button, self.tree_button = button("segment"), button("segment")
        self._buttons = QWidget()
        self._group = QButtonGroup(self)
        self._lay_out()
        self._group.buttonClicked.connect(self._show)
        self.candidates.installEventFilter(self)
        self.candidates.hand.watch(self.tree.tree)
        for panel in (self.candidates, self.tree):
            panel.copied.connect(self.copied)
            panel.term_wanted.connect(self.term_wanted)
        self.retranslate()

    def _lay_out(self) -> None:
        row = QHBoxLayout(self._buttons)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(0)
        both: tuple[tuple[QPushButton, str], ...] = (
            (self.candidates_button, "first"),
            (self.tree_button, "last"),
        )
        for one, place in both:
            one.setCheckable(True)
            one.setProperty("place", place)
            self._group.addButton(one)
            row.addWidget(one)
        row.addStretch(1)
        self.candidates_button.setChecked(True)
        for panel, least in ((self.candidates, 280), (self.tree, 220)):
            panel.setMinimumWidth(least)
            self.splitter.addWidget(panel)
        self.splitter.setChildrenCollapsible(False)
        self.splitter.setHandleWidth(style.M)
        self.splitter.setStretchFactor(0, 2)
        self.splitter.setStretchFactor(1, 1)
        self.splitter.setSizes([560, 320])
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(style.S)
        column.addWidget(self._buttons)
        column.addWidget(self.splitter, 1)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Show both, or the one that is chosen."""
        super().resizeEvent(event)
        self._show()

    def _show(self) -> None:
        is_wide = self.width() >= BOTH
        self._buttons.setVisible(not is_wide)
        self.candidates.setVisible(is_wide or self.candidates_button.isChecked())
        self.tree.setVisible(is_wide or self.tree_button.isChecked())

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Leave columns of the candidates out where there is no room for all."""
        if watched is self.candidates and event.type() == QEvent.Type.Resize:
            for column, least in LEAST_WIDTHS.items():
                is_hidden = self.candidates.width() < least
                self.candidates.table.setColumnHidden(column, is_hidden)
        return super().eventFilter(watched, event)

    def panes(self) -> list[QWidget]:
        """The parts F6 goes round: where one is hidden, the button that shows it."""
        if self.width() >= BOTH:
            return [self.candidates.table, self.tree.tree]
        if self.tree_button.isChecked():
            return [self.candidates_button, self.tree.tree]
        return [self.candidates.table, self.tree_button]

    def retranslate(self) -> None:
        """Take over language and colours."""
        self.candidates_button.setText(_("Candidates"))
        self.tree_button.setText(_("Tree"))
        self.candidates.retranslate()
        self.tree.retranslate()
