"""The self-test while it runs, what it found, and its report.

It has an engine process of its own: it never waits for coding, and whatever it meets, coding goes on.
"""

from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import (
    QDialog,
    QFileDialog,
    QHBoxLayout,
    QProgressBar,
    QSplitter,
    QTextBrowser,
    QVBoxLayout,
    QWidget,
)

from m2m_desktop.core.errors import Cancelled, CodingToolError
from m2m_desktop.services.language import _
from m2m_desktop.services.locations import Locations
from m2m_desktop.services.selftest.records import (
    OUTCOME_WORDS,
    Json,
    Outcome,
    Places,
    result_to_json,
)
from m2m_desktop.services.selftest.report import VERDICTS, report_of
from m2m_desktop.ui import style
from m2m_desktop.ui.engine_client import EngineClient
from m2m_desktop.ui.messages import sentence
from m2m_desktop.ui.notices import NoticeArea
from m2m_desktop.ui.selftest.display import display_result
from m2m_desktop.ui.selftest.results import OUTCOME, PART, ResultModel, in_full
from m2m_desktop.ui.selftest.saving import PDF, save_report
from m2m_desktop.ui.widgets import ICON_ROOM, Table, button, label

SIZE, MINIMUM = QSize(900, 600), QSize(640, 420)
DETAIL_HEIGHT = 140
NOTICES = {Outcome.OK: "info", Outcome.WARNING: "warning", Outcome.FAILED: "error"}


class SelfTestDialog(QDialog):
    """See the module. It begins by itself; ``command`` is that of the engine, given in tests."""

    def __init__(
        self,
        locations: Locations,
        parent: QWidget | None = None,
        command: Sequence[str] | None = None,
    ) -> None:
        super().__init__(parent)
        self._client, self._locations = EngineClient(command, self), locations
        self._facts: Json = {}
        self._request_id = 0
        self.setWindowTitle(_("Self-test"))
        self.setMinimumSize(MINIMUM)
        self.resize(SIZE)
        self.notices, self.model = NoticeArea(), ResultModel()
        self.step, self.bar = label("muted"), QProgressBar(textVisible=False)
        self.table, self.detail = Table(), QTextBrowser()
        self.save_button, self.again_button, self.close_button = (
            button(),
            button(),
            button("primary"),
        )
        self._lay_out()
        self._connect()
        self._client.start()
        self.start()

    # -- putting together ------------------------------------------------------------------------

    def _lay_out(self) -> None:
        title = label(factor=style.TITLE, bold=True)
        title.setText(_("Self-test"))
        about = label("muted")
        about.setWordWrap(True)
        about.setText(
            _(
                "Checks this installation part by part and makes a report to print and file. "
                "Projects, memory and settings are not changed."
            )
        )
        self.table.setModel(self.model)
        self.table.setObjectName("framed")
        self.table.setAccessibleName(_("Results of the self-test"))
        self.table.lay_out(self._widest())
        self.detail.setAccessibleName(_("The chosen result in full"))
        self.bar.setAccessibleName(_("Progress of the self-test"))
        parts = QSplitter(Qt.Orientation.Vertical)
        parts.setChildrenCollapsible(False)
        parts.addWidget(self.table)
        parts.addWidget(self.detail)
        parts.setSizes([DETAIL_HEIGHT * 2, DETAIL_HEIGHT])
        parts.setStretchFactor(0, 1)
        foot = QHBoxLayout()
        foot.setSpacing(style.S)
        foot.addWidget(self.save_button)
        foot.addStretch(1)
        foot.addWidget(self.again_button)
        foot.addWidget(self.close_button)
        column = QVBoxLayout(self)
        column.setContentsMargins(style.XL, style.L, style.XL, style.L)
        column.setSpacing(style.S)
        for part in (title, about, self.notices, self.step, self.bar):
            column.addWidget(part)
        column.addWidget(parts, 1)
        column.addLayout(foot)
        self.save_button.setText(_("Save report…"))
        self.close_button.setText(_("Close"))

    def _widest(self) -> dict[int, Sequence[str]]:
        outcomes = [_(word) for word in OUTCOME_WORDS.values()]
        parts = (_("Memory of the computer"), _("Files of the program"))
        return {PART: [ICON_ROOM + part for part in parts], OUTCOME: outcomes}

    def _connect(self) -> None:
        self.save_button.clicked.connect(self.choose_file)
        self.again_button.clicked.connect(self._again)
        self.close_button.clicked.connect(self.accept)
        self.table.selectionModel().currentRowChanged.connect(self._show_row)

    # -- running ---------------------------------------------------------------------------------

    @property
    def is_running(self) -> bool:
        """Whether results are still to come."""
        return self._request_id != 0

    def start(self) -> None:
        """Begin anew."""
        self.model.clear()
        self.detail.clear()
        self.notices.clear("verdict")
        self._facts = {}
        self._take(result_to_json(display_result(), Places(self._locations)))
        self._request_id = self._client.request(
            "selftest",
            {},
            on_partial=self._heard,
            on_answer=lambda _told: self._finish(),
            on_error=self._fail,
            on_progress=self._show_progress,
        )
        self._show_progress(0, 0, "")
        self._show_state()
        self.close_button.setFocus()

    def _again(self) -> None:
        if self.is_running:
            self.again_button.setEnabled(False)
            self._client.cancel(self._request_id)
        else:
            self._client.retry()
            self.start()

    def _heard(self, told: object) -> None:
        assert isinstance(told, dict)
        if "facts" in told:
            self._facts = dict(told["facts"])
        else:
            self._take(dict(told["check"]))

    def _take(self, told: Json) -> None:
        self.model.add(told)
        row = self.model.row_count() - 1
        self.table.scrollToBottom()
        if row == 0:
            self.table.selectRow(row)

    def _show_progress(self, done: int, total: int, note: str) -> None:
        self.bar.setRange(0, total)
        self.bar.setValue(min(done, total))
        self.step.setText(_("Checking: {part}").format(part=_(note)) if note else _("Starting…"))

    def _finish(self) -> None:
        self._request_id = 0
        self._show_state()
        outcome = Outcome(self.report()["outcome"])
        self._lead_to(outcome)
        self.notices.say("verdict", NOTICES[outcome], _(VERDICTS[outcome]), closable=False)

    def _lead_to(self, outcome: Outcome) -> None:
        """Show the first of the worst results in full."""
        outcomes = [one["outcome"] for one in self.model.rows]
        row = outcomes.index(outcome.value)
        self.table.selectRow(row)
        self.table.scrollTo(self.model.index(row, PART))

    def _fail(self, error: CodingToolError) -> None:
        self._request_id, self._facts = 0, {}
        self._show_state()
        if isinstance(error, Cancelled):
            text = _("The self-test was stopped; there is no report of it.")
            self.notices.say("verdict", "warning", text, closable=False)
        else:
            self.notices.say("verdict", "error", sentence(error), closable=False)

    def _show_state(self) -> None:
        running = self.is_running
        self.step.setVisible(running)
        self.bar.setVisible(running)
        self.again_button.setEnabled(True)
        self.again_button.setText(_("Stop") if running else _("Run again"))
        self.save_button.setEnabled(not running and bool(self._facts))

    def _show_row(self) -> None:
        row = self.table.current_row()
        self.detail.setHtml(in_full(self.model.rows[row]) if row >= 0 else "")

    # -- the report ------------------------------------------------------------------------------

    def report(self) -> Json:
        """What was found, as the command line reports it."""
        return report_of(self._facts, self.model.rows)

    def choose_file(self) -> None:
        """Ask where the report is to go."""
        today = datetime.now(UTC).astimezone().strftime("%Y%m%d")
        suggested = str(Path.home() / f"{_('Self-test')} {today}.html")
        kinds = f"HTML (*.html);;PDF (*{PDF})"
        name, kind = QFileDialog.getSaveFileName(self, _("Save report"), suggested, kinds)
        if name:
            path = Path(name)
            wanted = PDF if PDF in kind else ".html"
            is_named = path.suffix.lower() in {PDF, ".html", ".htm"}
            self.save(path if is_named else path.with_name(path.name + wanted))

    def save(self, target: Path) -> None:
        """Write the report; says where it stands, or why it does not."""
        try:
            written = save_report(target, self.report())
        except CodingToolError as error:
            self.notices.say("saved", "error", sentence(error))
        else:
            self.notices.say("saved", "info", _("Written: {path}").format(path=written))

    # -- Qt --------------------------------------------------------------------------------------

    def done(self, result: int) -> None:
        """Close, whatever is still running."""
        self._request_id = 0
        self._client.close()
        super().done(result)
