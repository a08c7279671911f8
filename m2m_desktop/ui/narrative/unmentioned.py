"""Holds the narratives of a project's reports against its name column, and adds what is missing.

Only what happened is proposed; what is denied, earlier or uncertain is shown apart. Nothing is
added but by a person, and nothing is kept but what was added, which is in the project at once.
"""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from PySide6.QtWidgets import (
    QDialog,
    QHBoxLayout,
    QProgressBar,
    QTabBar,
    QVBoxLayout,
    QWidget,
)

from m2m_desktop.core.errors import Cancelled, CodingToolError
from m2m_desktop.core.messages import N_
from m2m_desktop.services.language import _, ngettext
from m2m_desktop.services.locations import Locations
from m2m_desktop.services.project.project import Project
from m2m_desktop.ui import style
from m2m_desktop.ui.engine_client import EngineClient
from m2m_desktop.ui.messages import sentence
from m2m_desktop.ui.model.widgets import focus_sheet
from m2m_desktop.ui.narrative.records import Status
from m2m_desktop.ui.narrative.unmentioned_asking import UnmentionedAsking
from m2m_desktop.ui.narrative.unmentioned_detail import FindingDetail
from m2m_desktop.ui.narrative.unmentioned_list import FindingList
from m2m_desktop.ui.narrative.unmentioned_model import BY_NAME, FindingColumn, FindingModel
from m2m_desktop.ui.narrative.unmentioned_records import Done, Finding, Terms
from m2m_desktop.ui.notices import NoticeArea
from m2m_desktop.ui.snapshot import Snapshot
from m2m_desktop.ui.widgets import Table, button, label, shortcut
from m2m_desktop.ui.words import source_word

TABS = (
    (Status.PRESENT, N_("Not in the name column ({count})")),
    (Status.NEGATED, N_("Denied ({count})")),
    (Status.HISTORICAL, N_("Earlier ({count})")),
    (Status.UNCERTAIN, N_("Uncertain ({count})")),
)
Add = Callable[[Finding, Terms], int]
"""Adds a finding with these PTs and gives its item. Raises what the project raises."""
TakeOut = Callable[[int], None]


class UnmentionedDialog(QDialog):
    """See the module. ``coding`` are parameters of ``narrative_check``: how phrases are coded."""

    def __init__(
        self,
        client: EngineClient,
        project: Project,
        source: Path,
        coding: Mapping[str, Any],
        locations: Locations,
        add: Add,
        take_out: TakeOut,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.asking, self._snapshot = UnmentionedAsking(client, self), Snapshot(locations)
        self._coding, self._source = coding, source
        self._add, self._take_out, self._is_read_only = add, take_out, project.read_only
        self.setMinimumSize(900, 540)
        self.resize(1000, 640)
        self.setStyleSheet(focus_sheet())
        self.notices, self.title = NoticeArea(), label(factor=style.TITLE, bold=True)
        self.summary, self.bar = label("muted"), QProgressBar(textVisible=False)
        self.stop_button, self.tabs = button(), QTabBar(drawBase=False, expanding=False)
        self.model, self.table, self.detail = FindingModel(), Table(), FindingDetail()
        self.table.setModel(self.model)
        self.copy_button, self.save_button = button(), button()
        self.close_button = button()
        terminology = str(coding.get("terminology", ""))
        self.list = FindingList(client, self.model, source, terminology, self.notices, self)
        self._lay_out()
        self._connect()
        self.retranslate()
        if self._is_read_only:
            text = _("This project is open for reading only: nothing can be added here.")
            self.notices.say("read only", "info", text)
        self._ask(project)

    def _lay_out(self) -> None:
        for _status, _name in TABS:
            self.tabs.addTab("")
        step = QHBoxLayout()
        step.setSpacing(style.S)
        step.addWidget(self.summary, 1)
        step.addWidget(self.bar)
        step.addWidget(self.stop_button)
        self.bar.setFixedWidth(220)
        feet = QHBoxLayout()
        feet.setSpacing(style.S)
        feet.addWidget(self.copy_button)
        feet.addWidget(self.save_button)
        feet.addStretch(1)
        feet.addWidget(self.close_button)
        column = QVBoxLayout(self)
        column.setContentsMargins(style.XL, style.L, style.XL, style.L)
        column.setSpacing(style.S)
        for part in (self.title, self.notices):
            column.addWidget(part)
        column.addLayout(step)
        column.addWidget(self.tabs)
        column.addWidget(self.table, 1)
        column.addWidget(self.detail)
        column.addSpacing(style.S)
        column.addLayout(feet)

    def _connect(self) -> None:
        self.stop_button.clicked.connect(self.asking.cancel)
        self.asking.opened.connect(self._say_opened)
        self.asking.arrived.connect(self._take)
        self.asking.progressed.connect(self._show_progress)
        self.asking.ended.connect(self._end)
        self.tabs.currentChanged.connect(lambda at: self.show_status(TABS[at][0]))
        self.table.selectionModel().currentRowChanged.connect(lambda _now, _old: self._refresh())
        self.model.counts_changed.connect(self._show_counts)
        self.detail.add_wanted.connect(self.add)
        self.detail.left_out.connect(self.leave_out)
        self.detail.taken_out.connect(self.leave_out)
        self.copy_button.clicked.connect(self.list.copy)
        self.save_button.clicked.connect(self.list.choose_target)
        self.close_button.clicked.connect(self.accept)
        shortcut(self.table, "1").activated.connect(self.add)
        shortcut(self.table, "Return").activated.connect(self.add)
        shortcut(self.table, "2").activated.connect(self.leave_out)

    # -- asking ----------------------------------------------------------------------------------

    def _ask(self, project: Project) -> None:
        self.summary.setText(_("Reading the narratives…"))
        self.bar.setRange(0, 0)
        self._show_counts()
        self._refresh()
        try:
            self._snapshot.take(project)
        except CodingToolError as error:
            self._end(error)
            return
        snapshot = str(self._snapshot.path)
        self.asking.ask({**self._coding, "path": str(self._source), "snapshot": snapshot})

    def _say_opened(self, warnings: list[str]) -> None:
        self._snapshot.forget()  # the project was read; the rest takes long
        if warnings:
            self.notices.say("finder", "info", " ".join(warnings))

    def _take(self, found: list[Finding]) -> None:
        is_first = not self.model.row_count()
        self.model.add(found)
        if is_first and self.model.row_count():
            self.table.selectRow(0)
            self.table.setFocus()

    def _show_progress(self, done: int, total: int) -> None:
        self.bar.setRange(0, total)
        self.bar.setValue(done)
        text = _("Reading the narratives of the reports: {done} of {total}")
        self.summary.setText(text.format(done=f"{done:,}", total=f"{total:,}"))

    def _end(self, error: CodingToolError | None) -> None:
        self._snapshot.forget()
        self.bar.hide()
        self.stop_button.hide()
        if error is not None and error.code != Cancelled.code:
            self.notices.say("error", "error", sentence(error))
        self._say_end(is_whole=error is None)
        self._refresh()

    def _say_end(self, *, is_whole: bool) -> None:
        count = self.model.count(Status.PRESENT)
        text = ngettext(
            "{count} reaction of the narratives is not in the name column.",
            "{count} reactions of the narratives are not in the name column.",
            count,
        ).format(count=f"{count:,}")
        if not is_whole:
            text = _("Stopped: the rest of the file was not read.") + " " + text
        self.summary.setText(text)

    # -- what is shown ---------------------------------------------------------------------------

    def show_status(self, status: Status) -> None:
        """Show the findings of a status."""
        self.model.show_status(status)
        if self.model.row_count():
            self.table.selectRow(0)
        self._refresh()

    def _show_counts(self) -> None:
        for at, (status, name) in enumerate(TABS):
            self.tabs.setTabText(at, _(name).format(count=f"{self.model.count(status):,}"))
        has_any = any(self.model.count(status) for status, _name in TABS)
        self.copy_button.setEnabled(has_any)
        self.save_button.setEnabled(has_any)

    def _refresh(self) -> None:
        found = self.model.finding(self.table.current_row())
        done = self.model.done(found) if found else Done.NOTHING
        self.detail.show_finding(found, done, is_read_only=self._is_read_only)

    # -- what is done ----------------------------------------------------------------------------

    def add(self) -> None:
        """Add the finding in hand to its report with the PTs that are chosen, and go on."""
        row = self.table.current_row()
        found, terms = self.model.finding(row), self.detail.terms()
        if found is None or not terms or not self.detail.add_button.isEnabled():
            return
        try:
            item_id = self._add(found, terms)
        except CodingToolError as error:
            self.notices.say("add", "error", sentence(error))
            return
        self.notices.clear("add")
        self.model.mark(row, Done.ADDED, terms, item_id)
        self._go_on(row)

    def leave_out(self) -> None:
        """Pass by the finding in hand; one that was added is taken out of its report again."""
        row = self.table.current_row()
        found = self.model.finding(row)
        if found is None or found.status is not Status.PRESENT:
            return
        done = self.model.done(found)
        if done is Done.ADDED:
            try:
                self._take_out(self.model.item_id(found))
            except CodingToolError as error:
                self.notices.say("add", "error", sentence(error))
                return
            self.model.mark(row, Done.NOTHING)
            self._refresh()
        elif done is Done.NOTHING:
            self.model.mark(row, Done.LEFT_OUT)
            self._go_on(row)

    def _go_on(self, row: int) -> None:
        following = self.model.next_open(row)
        if following != row:
            self.table.selectRow(following)
        self._refresh()

    def done(self, result: int) -> None:
        """Close, whatever is still asked."""
        self.asking.close()
        self.list.close()
        self._snapshot.forget()
        super().done(result)

    def retranslate(self) -> None:
        """Take over the language."""
        title = _("Compare with narratives")
        self.setWindowTitle(title)
        self.title.setText(title)
        self.stop_button.setText(_("Stop"))
        self.tabs.setAccessibleName(_("Which findings are shown"))
        self.table.setAccessibleName(_("What the name column leaves out"))
        self.bar.setAccessibleName(_("Reports read"))
        self.copy_button.setText(_("Copy the list"))
        self.save_button.setText(_("Save the list…"))
        self.close_button.setText(_("Close"))
        self.table.lay_out(
            {
                FindingColumn.REPORT: ("R2026-000000",),
                FindingColumn.ROW: ("88888",),
                FindingColumn.PROBABILITY: ("0.88", *map(source_word, BY_NAME)),
                FindingColumn.DONE: (_("added"), _("passed over")),
            }
        )
