"""How well the model does on this hospital's own reviewed phrases, and which threshold suits them."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QDialog,
    QHBoxLayout,
    QTableWidget,
    QTableWidgetItem,
    QVBoxLayout,
    QWidget,
)

from m2m_desktop.core.errors import CodingToolError
from m2m_desktop.services.language import _
from m2m_desktop.services.locations import Locations
from m2m_desktop.services.project.project import Project
from m2m_desktop.ui import style
from m2m_desktop.ui.engine_client import EngineClient
from m2m_desktop.ui.engine_protocol import Json
from m2m_desktop.ui.messages import sentence
from m2m_desktop.ui.model.requests import Requests
from m2m_desktop.ui.model.widgets import focus_sheet, foot
from m2m_desktop.ui.notices import NoticeArea
from m2m_desktop.ui.reliability_plot import PlotBin, ReliabilityPlot
from m2m_desktop.ui.snapshot import Snapshot
from m2m_desktop.ui.widgets import button, label


class OwnCheckDialog(QDialog):
    """Shows precision, recall and whole answers at several thresholds, and the reliability."""

    threshold_wanted = Signal(float)

    def __init__(
        self,
        client: EngineClient,
        project: Project,
        locations: Locations,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._requests, self._snapshot = Requests(client), Snapshot(locations)
        self._best = 0.0
        self.setWindowTitle(_("Check on own phrases"))
        self.setMinimumSize(860, 520)
        self.notices, self.summary = NoticeArea(), label("muted")
        self.summary.setWordWrap(True)
        self.table, self.plot = QTableWidget(0, 4), ReliabilityPlot()
        self.table.setAccessibleName(_("Figures at several thresholds"))
        self.table.setEditTriggers(QTableWidget.EditTrigger.NoEditTriggers)
        self.table.setSelectionMode(QTableWidget.SelectionMode.NoSelection)
        self.table.setShowGrid(False)
        self.table.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.table.horizontalHeader().setHighlightSections(False)
        self.setStyleSheet(focus_sheet())
        self.table.verticalHeader().hide()
        self.table.horizontalHeader().setDefaultAlignment(Qt.AlignmentFlag.AlignLeft)
        self.use_button, self.close_button = button(), button("primary")
        self.use_button.setVisible(False)
        self.use_button.clicked.connect(self._use)
        self.close_button.setText(_("Close"))
        self.close_button.clicked.connect(self.accept)
        self._lay_out()
        self._ask(project)

    def _lay_out(self) -> None:
        title = label(factor=style.TITLE, bold=True)
        title.setText(_("Check on own phrases"))
        row = QHBoxLayout()
        row.setSpacing(style.L)
        row.addWidget(self.table, 3)
        row.addWidget(self.plot, 2)
        self.figures = QWidget()
        self.figures.setLayout(row)
        row.setContentsMargins(0, 0, 0, 0)
        column = QVBoxLayout(self)
        column.setContentsMargins(style.XL, style.L, style.XL, style.L)
        column.setSpacing(style.M)
        for part in (title, self.notices, self.summary):
            column.addWidget(part)
        column.addWidget(self.figures, 1)
        self._rest = QWidget()  # takes the room where there are no figures
        self._rest.hide()
        column.addWidget(self._rest, 1)
        column.addLayout(foot(self.use_button, self.close_button))

    def _ask(self, project: Project) -> None:
        self.summary.setText(_("Computing…"))
        try:
            self._snapshot.take(project)
        except CodingToolError as error:
            self._fail(error)
            return
        params = {"snapshot": str(self._snapshot.path)}
        self._requests.ask("own_check", params, self._show, self._fail)

    def _fail(self, error: CodingToolError) -> None:
        self._snapshot.forget()
        self._show_nothing("")
        self.notices.say("error", "error", sentence(error))

    def _show_nothing(self, words: str) -> None:
        self.summary.setText(words)
        self.figures.hide()
        self._rest.show()
        self.close_button.setFocus()

    def _show(self, told: Json) -> None:
        self._snapshot.forget()
        self.close_button.setFocus()
        count = int(told["phrase_count"])
        if not count:
            self._show_nothing(
                _(
                    "Nothing to compare with yet: no phrase that the model answered has been "
                    "reviewed in this project."
                )
            )
            return
        self.summary.setText(
            _(
                "Reviewed phrases: {count}; decided by name or from memory: {skipped}. "
                "In brackets: 95 % intervals."
            ).format(count=f"{count:,}", skipped=f"{int(told['skipped']):,}")
        )
        if told["is_too_few"]:
            self.notices.say(
                "few",
                "warning",
                _("So few phrases say little: the threshold is better left as it is."),
            )
        self._fill(told)
        self.plot.set_bins(
            [
                PlotBin(
                    float(one["mean_probability"]),
                    float(one["observed"]["value"]),
                    float(one["observed"]["low"]),
                    float(one["observed"]["high"]),
                    int(one["count"]),
                )
                for one in told["bins"]
            ]
        )
        self._best = float(told["best_threshold"])
        self.use_button.setVisible(abs(self._best - float(told["threshold"])) > 1e-9)
        words = _("Use the threshold {threshold}").format(threshold=f"{self._best:.2f}")
        self.use_button.setText(words)

    def _fill(self, told: Json) -> None:
        titles = (
            _("Threshold"),
            _("Selected PTs right"),
            _("Right PTs selected"),
            _("Whole answer right"),
        )
        self.table.setHorizontalHeaderLabels(titles)
        self.table.setRowCount(len(told["figures"]))
        for row, one in enumerate(told["figures"]):
            is_now = abs(float(one["threshold"]) - float(told["threshold"])) < 1e-9
            first = f"{float(one['threshold']):.2f}" + (f"  ({_('now')})" if is_now else "")
            shares = (one["precision"], one["recall"], one["exact_set_match"])
            for column, text in enumerate((first, *map(share_words, shares))):
                item = QTableWidgetItem(text)
                if is_now:
                    item.setFont(style.sized(style.BODY, bold=True))
                self.table.setItem(row, column, item)
        self.table.resizeColumnsToContents()
        for column in range(3):
            self.table.setColumnWidth(column, self.table.columnWidth(column) + style.L)
        self.table.horizontalHeader().setStretchLastSection(True)

    def _use(self) -> None:
        self.threshold_wanted.emit(self._best)
        self.accept()

    def done(self, result: int) -> None:
        """Close, whatever is still asked."""
        self._requests.close()
        self._snapshot.forget()
        super().done(result)


def share_words(share: Json) -> str:
    """A share in per cent with its interval."""
    value, low, high = (100 * float(share[name]) for name in ("value", "low", "high"))
    return f"{value:.1f} %  ({low:.0f}–{high:.0f})"
