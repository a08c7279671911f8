"""The upgrades a project has been through: when, who, from which release to which, how many."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFileDialog, QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from m2m_desktop.core.errors import CodingToolError
from m2m_desktop.core.messages import N_
from m2m_desktop.services.language import _
from m2m_desktop.services.locations import Locations
from m2m_desktop.services.project.project import Project
from m2m_desktop.ui import style
from m2m_desktop.ui.engine_client import EngineClient
from m2m_desktop.ui.engine_protocol import Json, TerminologyChoice
from m2m_desktop.ui.messages import sentence
from m2m_desktop.ui.model.requests import Requests
from m2m_desktop.ui.notices import NoticeArea
from m2m_desktop.ui.row_model import Index, RowModel
from m2m_desktop.ui.snapshot import Snapshot
from m2m_desktop.ui.versions import applying
from m2m_desktop.ui.versions.parts import EmptyState
from m2m_desktop.ui.versions.records import LogRow
from m2m_desktop.ui.widgets import Table, button, label

Role = Qt.ItemDataRole

WHEN, WHO, FROM, TO, CHANGED, KEPT, STATE = range(7)
TITLES = (
    N_("When"),
    N_("Who"),
    N_("From"),
    N_("To"),
    N_("Changed"),
    N_("Kept as it was"),
    N_("State"),
)
EXPORT_LOG = "versions_log_export"


class LogModel(RowModel):
    """One row an upgrade, the newest first."""

    def __init__(self) -> None:
        super().__init__(TITLES)
        self.rows: tuple[LogRow, ...] = ()

    def set_rows(self, rows: Sequence[LogRow]) -> None:
        """Show these."""
        self.beginResetModel()
        self.rows = tuple(rows)
        self.endResetModel()

    def row_count(self) -> int:
        """One row an upgrade."""
        return len(self.rows)

    def data(self, index: Index, role: int = Role.DisplayRole) -> object:
        """What stands in a cell."""
        row = self.rows[index.row()]
        if role in (Role.DisplayRole, Role.ToolTipRole):
            return cells(row)[index.column()]
        if role == Role.ForegroundRole and row.is_undone:
            return style.brush(style.colours().muted)
        return None


def cells(row: LogRow) -> tuple[str, ...]:
    """An upgrade as a row of text."""
    return (
        local_time(row.when),
        row.who,
        row.from_release,
        row.to_release,
        f"{row.changed:,}",
        f"{row.kept:,}",
        _("taken back") if row.is_undone else _("in force"),
    )


def local_time(when: str) -> str:
    """An ISO time as the clock of this PC shows it; anything else as it is."""
    try:
        moment = datetime.fromisoformat(when).astimezone()
    except ValueError:
        return when
    return moment.strftime("%Y-%m-%d %H:%M")


class LogTab(QWidget):
    """See the module."""

    def __init__(self, client: EngineClient, notices: NoticeArea, locations: Locations) -> None:
        super().__init__()
        self._notices, self._requests = notices, Requests(client)
        self._snapshot = Snapshot(locations)
        self._project: Project | None = None
        self._names: Mapping[str, str] = {}
        self.model, self.table = LogModel(), Table()
        self.table.setModel(self.model)
        self.table.setObjectName("framed")
        self.text, self.export_button = label("muted"), button()
        self.text.setWordWrap(True)
        self.export_button.clicked.connect(self.choose_export)
        self.blank, self.stack = EmptyState("hourglass"), QStackedWidget()
        full = QWidget()
        head = QHBoxLayout()
        head.setSpacing(style.S)
        head.addWidget(self.text, 1)
        head.addWidget(self.export_button)
        column = QVBoxLayout(full)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(style.S)
        column.addLayout(head)
        column.addWidget(self.table, 1)
        self.stack.addWidget(self.blank)
        self.stack.addWidget(full)
        around = QVBoxLayout(self)
        around.setContentsMargins(0, style.S, 0, 0)
        around.addWidget(self.stack)
        self.retranslate()

    def set_known(self, known: Sequence[TerminologyChoice]) -> None:
        """What the releases are called that are loaded."""
        self._names = {one.terminology_id: one.name for one in known}
        self.reload()

    def set_project(self, project: Project | None) -> None:
        """Show the upgrades of this project."""
        self._project = project
        self.reload()

    def start(self) -> None:
        """The tab is looked at."""
        self.reload()

    def reload(self) -> None:
        """Read the upgrades anew."""
        if self._project is None:
            self._say_blank(
                _("No project is open"),
                _("The upgrades of a project stand in its file. Open it on the workbook page."),
            )
            return
        try:
            rows = applying.upgrades_of(self._project, self._names)
        except CodingToolError as error:
            self._say_blank(_("The upgrades cannot be read"), sentence(error))
            return
        if not rows:
            self._say_blank(
                _("This project was never upgraded"),
                _("What you apply on the tab of the project is written down here, for good."),
            )
            return
        self.model.set_rows(rows)
        self.stack.setCurrentIndex(1)

    def _say_blank(self, title: str, text: str) -> None:
        self.blank.say(title, text)
        self.stack.setCurrentWidget(self.blank)

    def choose_export(self) -> None:
        """Ask for a file and write the upgrades to it."""
        chosen, _kind = QFileDialog.getSaveFileName(
            self, _("Export the upgrade log"), f"{_('upgrade log')}.xlsx", "*.xlsx"
        )
        if chosen:
            self.export_to(chosen)

    def export_to(self, path: str) -> None:
        """Write the upgrades with every change they made to a workbook."""
        if self._project is None:
            return
        self._notices.clear("log")
        try:
            self._snapshot.take(self._project)
        except CodingToolError as error:
            self._fail(error)
            return
        params = {"project": str(self._snapshot.path), "path": path}
        self._requests.ask(EXPORT_LOG, params, self._take, self._fail)

    def _take(self, told: Json) -> None:
        self._snapshot.forget()
        text = _("The upgrade log was written to {name}.")
        self._notices.say("log", "info", text.format(name=Path(str(told["path"])).name))

    def _fail(self, error: CodingToolError) -> None:
        self._snapshot.forget()
        self._notices.say("log", "error", sentence(error))

    def panes(self) -> list[QWidget]:
        """The parts F6 goes round."""
        return [] if self.stack.currentWidget() is self.blank else [self.table, self.export_button]

    def retranslate(self) -> None:
        """Take over language and colours."""
        self.table.setAccessibleName(_("Upgrades of this project"))
        self.text.setText(
            _("Each upgrade is one step in the history of the project, with a person and a time.")
        )
        self.export_button.setText(_("Export…"))
        self.export_button.setToolTip(_("Write the upgrades with every change to a workbook"))
        self.table.lay_out(
            {
                WHEN: ("2026-12-31 23:59",),
                CHANGED: ("88,888",),
                KEPT: ("88,888",),
                STATE: (_("taken back"), _("in force")),
            }
        )
        self.reload()
