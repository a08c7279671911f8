"""The figures: their head, a tab for each table, and a chart of the rows that are shown."""

from PySide6.QtCore import QSettings, Qt, QTimer, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import (
    QHBoxLayout,
    QLineEdit,
    QSplitter,
    QStackedWidget,
    QTabBar,
    QVBoxLayout,
    QWidget,
)

from m2m_desktop.core.analysis.records import COUNTED_LEVELS
from m2m_desktop.core.records import TermLevel
from m2m_desktop.services.language import _
from m2m_desktop.ui import style
from m2m_desktop.ui.analysis.chart_bars import count_bars, smq_bars
from m2m_desktop.ui.analysis.chart_panel import ChartPanel
from m2m_desktop.ui.analysis.records import NOTHING, ToldAnalysis
from m2m_desktop.ui.analysis.result_head import ResultHead
from m2m_desktop.ui.analysis.result_tables import REMARKS_TAB, SMQ_TAB, ResultTables
from m2m_desktop.ui.analysis.term_table import TermTable
from m2m_desktop.ui.notices import NoticeArea
from m2m_desktop.ui.term_names import NamesShown
from m2m_desktop.ui.widgets import button, card, label, shortcut

PAUSE_MS = 120
LINE_WIDTHS = 150, 260


class ResultsPanel(QWidget):
    """Shows one analysis; see the module."""

    term_wanted = Signal(object, str)
    smq_wanted = Signal(str)
    said = Signal(str)

    def __init__(self, notices: NoticeArea, stored: QSettings) -> None:
        super().__init__()
        self._analysis: ToldAnalysis | None = None
        self._caption, self._release = "", ""
        self.head, self.sheets = ResultHead(), ResultTables()
        self.tabs, self.line, self.copy_button = QTabBar(), QLineEdit(), button()
        self.stack, self.chart = QStackedWidget(), ChartPanel(notices, stored)
        self.side = QSplitter(Qt.Orientation.Vertical)
        self.splitter = QSplitter(Qt.Orientation.Horizontal)
        self.judged = label("muted", style.CAPTION)
        self.provenance = label("muted", style.CAPTION)
        self._pause = QTimer(self, singleShot=True, interval=PAUSE_MS)
        self._pause.timeout.connect(self.flush)
        self._lay_out()
        self._connect()
        self.retranslate()

    def _lay_out(self) -> None:
        for caption in (self.judged, self.provenance):
            caption.setWordWrap(True)
            caption.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.judged.setAlignment(Qt.AlignmentFlag.AlignRight)
        self.line.setClearButtonEnabled(True)
        self.line.setMinimumWidth(LINE_WIDTHS[0])
        self.line.setMaximumWidth(LINE_WIDTHS[1])
        self.tabs.setExpanding(False)
        self.tabs.setDrawBase(False)
        for table in self.sheets.all:
            self.tabs.addTab("")
            self.stack.addWidget(table)
        self.smq_terms = _framed(self.sheets.of_terms)
        self.side.addWidget(_framed(self.stack))
        self.side.addWidget(self.smq_terms)
        self.side.setSizes([300, 200])
        self.splitter.addWidget(self.side)
        self.splitter.addWidget(self.chart)
        self.splitter.setSizes([560, 440])
        for one in (self.side, self.splitter):
            one.setChildrenCollapsible(False)
            one.setHandleWidth(style.S)
            one.setStretchFactor(0, 1)
            one.setStretchFactor(1, 1)
        choosing = QHBoxLayout()
        choosing.setSpacing(style.S)
        choosing.addWidget(self.tabs)
        choosing.addStretch(1)
        choosing.addWidget(self.line, 1)
        choosing.addWidget(self.copy_button)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(style.S)
        column.addWidget(self.head)
        column.addLayout(choosing)
        column.addWidget(self.splitter, 1)
        captions = QHBoxLayout()
        captions.setSpacing(style.L)
        captions.addWidget(self.provenance, 1)
        captions.addWidget(self.judged, 1)
        column.addLayout(captions)

    def _connect(self) -> None:
        self.head.figures.remarks_wanted.connect(lambda: self.go_to_tab(REMARKS_TAB))
        self.copy_button.clicked.connect(lambda: self.table().copy_table())
        self.tabs.currentChanged.connect(self._tab_changed)
        self.line.textChanged.connect(lambda _text: self._pause.start())
        shortcut(self.line, "Esc").activated.connect(self.line.clear)
        shortcut(self.line, "Down").activated.connect(self._into_table)
        self.chart.changed.connect(self._draw)
        self.chart.said.connect(self.said)
        for table in (*self.sheets.all, self.sheets.of_terms):
            table.copied.connect(self.said)
            table.caption = self._caption_of_now
            table.rows.layoutChanged.connect(self._draw)
        for level, table in zip(COUNTED_LEVELS, self.sheets.all, strict=False):
            table.opened.connect(lambda row, level=level: self._open_term(level, row))
        self.splitter.splitterMoved.connect(lambda _at, _index: self._fit())
        smqs = self.sheets.all[SMQ_TAB]
        smqs.opened.connect(self._open_smq)
        smqs.selectionModel().currentRowChanged.connect(lambda _n, _o: self.sheets.show_terms())
        self.sheets.of_terms.opened.connect(self._open_reported)

    # -- showing ---------------------------------------------------------------------------------

    def show_analysis(self, analysis: ToldAnalysis) -> None:
        """Show these figures; where nothing was counted, the reasons."""
        self._analysis = analysis
        self.head.show_analysis(analysis)
        self.sheets.show_analysis(analysis)
        self.judged.setText(analysis.judged)
        self._title_tabs()
        at = self.tabs.currentIndex()
        if analysis.remarks and not analysis.used:
            at = REMARKS_TAB
        elif not self.tabs.isTabVisible(at):
            at = 0
        self.tabs.setCurrentIndex(at)
        self._tab_changed(at)

    def set_captions(self, title: str, caption: str, release: str) -> None:
        """Head the figures, and say by which release, unit and paths they were made.

        The caption also stands under what is copied, the release above charts for a report.
        """
        self.head.title.set_full_text(title)
        self._caption, self._release = caption, release
        self.provenance.setText(caption)
        self._draw()

    def clear(self) -> None:
        """Forget the figures and what they were made of."""
        self.line.clear()
        self.show_analysis(NOTHING)
        self.set_captions("", "", "")
        self._analysis = None

    def table(self) -> TermTable:
        """The table that is shown."""
        return self.sheets.all[self.tabs.currentIndex()]

    def go_to_tab(self, tab: int) -> None:
        """Show a table and go into it."""
        self.tabs.setCurrentIndex(tab)
        self.table().setFocus()

    def set_names_shown(self, shown: NamesShown) -> None:
        """Show names in these languages."""
        self.sheets.set_names_shown(shown)
        self._draw()

    def panes(self) -> list[QWidget]:
        """The parts F6 goes round."""
        tab = self.tabs.currentIndex()
        shown: list[QWidget] = [self.tabs, self.line, self.table()]
        if tab == SMQ_TAB:
            shown.append(self.sheets.of_terms)
        return shown if tab == REMARKS_TAB else [*shown, self.chart.top]

    def retranslate(self) -> None:
        """Take over language and colours."""
        self.head.retranslate()
        self.sheets.retranslate()
        self.chart.retranslate()
        self.copy_button.setText(_("Copy table"))
        self.copy_button.setToolTip(_("Copy the table that is shown, for Excel or WPS"))
        self.line.setPlaceholderText(_("Search the table"))
        self.line.setAccessibleName(_("Search the table"))
        self.tabs.setAccessibleName(_("Levels of the hierarchy"))
        self._title_tabs()
        self._draw()

    def _title_tabs(self) -> None:
        for tab, title in enumerate(self.sheets.titles()):
            self.tabs.setTabText(tab, title)
        self.tabs.setTabVisible(REMARKS_TAB, bool(self.sheets.remarks.records))

    def _tab_changed(self, tab: int) -> None:
        self.stack.setCurrentIndex(tab)
        self.chart.setVisible(tab != REMARKS_TAB)
        self.smq_terms.setVisible(tab == SMQ_TAB)
        self.judged.setVisible(tab == SMQ_TAB and bool(self.judged.text()))
        self.flush()

    def flush(self) -> None:
        """Search for what is typed now."""
        self._pause.stop()
        self.table().rows.set_filter(self.line.text())
        self.table().keep_row()
        self._draw()

    def _into_table(self) -> None:
        self.flush()
        self.table().setFocus()

    def _caption_of_now(self) -> str:
        return self._caption

    def resizeEvent(self, event: QResizeEvent) -> None:
        """A narrow page leaves columns out."""
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        self.sheets.fit(self.splitter.sizes()[0])

    # -- the chart -------------------------------------------------------------------------------

    def _draw(self) -> None:
        tab, most = self.tabs.currentIndex(), self.chart.most()
        if self._analysis is None or tab == REMARKS_TAB:
            return
        if tab == SMQ_TAB:
            title, has_severities = _("Reactions by SMQ"), False
            bars = smq_bars(self.sheets.smqs, most)
        else:
            level = COUNTED_LEVELS[tab]
            model = self.sheets.counts[level]
            title = _("Reactions by {level}").format(level=level.name)
            has_severities = bool(model.severities)
            bars = count_bars(model, most, by_severity=self.chart.by_severity())
        printed = f"{title} (n = {self._analysis.used:,} · {self._release})"
        self.chart.show_bars(title, printed, bars, has_severities=has_severities)

    # -- going elsewhere -------------------------------------------------------------------------

    def _open_term(self, level: TermLevel, row: int) -> None:
        record = self.sheets.counts[level].record(row)
        if record is not None and record.term.code:
            self.term_wanted.emit(level, record.term.code)

    def _open_smq(self, row: int) -> None:
        record = self.sheets.smqs.record(row)
        if record is not None:
            self.smq_wanted.emit(record.code)

    def _open_reported(self, row: int) -> None:
        record = self.sheets.terms.record(row)
        if record is not None:
            self.term_wanted.emit(record.term.level, record.term.code)


def _framed(widget: QWidget) -> QWidget:
    surface = card()
    inside = QVBoxLayout(surface)
    inside.setContentsMargins(style.S, style.S, style.S, style.S)
    inside.addWidget(widget)
    return surface
