"""The figures at the head of an analysis: large numbers with their words below."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QWidget

from m2m_desktop.services.language import _
from m2m_desktop.ui import style
from m2m_desktop.ui.analysis.records import ToldAnalysis
from m2m_desktop.ui.widgets import button, label


class Figure(QWidget):
    """A number and what it counts."""

    def __init__(self) -> None:
        super().__init__()
        self._number, self._words = label(factor=style.TITLE, bold=True), label("muted")
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(style.XS + 2)
        bottom = Qt.AlignmentFlag.AlignBaseline
        row.addWidget(self._number, alignment=bottom)
        row.addWidget(self._words, alignment=bottom)

    def show_figure(self, number: int, words: str) -> None:
        """Show this."""
        self._number.setText(f"{number:,}")
        self._words.setText(words)
        self.setAccessibleName(f"{number:,} {words}")

    def text(self) -> str:
        """What it says."""
        return self.accessibleName()


class FigureRow(QWidget):
    """Given, counted, different PTs, and what needs a look."""

    remarks_wanted = Signal()

    def __init__(self) -> None:
        super().__init__()
        self._analysis: ToldAnalysis | None = None
        self.given, self.used, self.terms = Figure(), Figure(), Figure()
        self.remarks_button = button("quiet")
        self.remarks_button.clicked.connect(self.remarks_wanted)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(style.XL)
        for one in (self.given, self.used, self.terms):
            row.addWidget(one)
        row.addWidget(self.remarks_button)
        row.addStretch(1)

    def show_figures(self, analysis: ToldAnalysis) -> None:
        """Show the figures of an analysis."""
        self._analysis = analysis
        self.retranslate()

    def retranslate(self) -> None:
        """Take over the language."""
        told = self._analysis
        if told is None:
            return
        self.given.show_figure(told.given, _("given"))
        self.used.show_figure(told.used, _("counted"))
        self.terms.show_figure(told.terms, _("different PTs"))
        looked = sum(1 for remark in told.remarks if remark.is_used)
        words = []
        if told.refused:
            words.append(_("{count} not counted").format(count=f"{told.refused:,}"))
        if looked:
            words.append(_("{count} to be looked at").format(count=f"{looked:,}"))
        self.remarks_button.setText(" · ".join(words) + " →")
        self.remarks_button.setToolTip(_("Show each of them with the reason"))
        self.remarks_button.setVisible(bool(words))
