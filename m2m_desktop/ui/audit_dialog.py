"""Writes the audit trail of a project for others: where to; then says what to note down."""

from html import escape
from pathlib import Path

from PySide6.QtWidgets import QCheckBox, QWidget

from m2m_desktop.services.export.draft_files import free_name
from m2m_desktop.services.language import _
from m2m_desktop.services.locations import Locations
from m2m_desktop.services.project.project import Project
from m2m_desktop.ui import style
from m2m_desktop.ui.engine_client import EngineClient
from m2m_desktop.ui.engine_protocol import Json
from m2m_desktop.ui.widgets import label, titled_page
from m2m_desktop.ui.write_dialog import WriteDialog

SUFFIX = ".xlsx"


class AuditDialog(WriteDialog):
    """See the module."""

    def __init__(
        self,
        client: EngineClient,
        project: Project,
        locations: Locations,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(client, project, locations, parent)
        self.setWindowTitle(_("Audit trail"))
        self.setMinimumSize(640, 420)
        self.path.setText(str(self._proposed()))
        self.texts_box = QCheckBox(_("Show the phrases as well: they may tell of patients"))
        self.texts_box.setEnabled(self._info.remembers_texts)
        self._show_pages()

    def _asking_page(self) -> QWidget:
        page, column = titled_page(_("Audit trail"))
        words = label("muted")
        words.setWordWrap(True)
        words.setText(
            _(
                "Writes every step of review with who, when and what: a workbook to read, and beside "
                "it the chain of records, which anybody can verify without this program. Comments "
                "are in it as they were typed."
            )
        )
        column.addWidget(self.notices)
        column.addWidget(words)
        column.addSpacing(style.M)
        column.addLayout(self._path_row())
        column.addSpacing(style.S)
        column.addWidget(self.texts_box)
        column.addStretch(1)
        column.addLayout(self._asking_foot())
        return page

    def _proposed(self) -> Path:
        project = Path(self._info.path)
        wanted = project.with_name(f"{project.stem}{_('_audit')}{SUFFIX}")
        return free_name(wanted) if wanted.exists() else wanted

    def _suffix(self) -> str:
        return SUFFIX

    def _request(self) -> tuple[str, Json]:
        params = {"project": self._info.path, "shows_texts": self.texts_box.isChecked()}
        return "audit_project", params

    def _told(self, answer: Json) -> tuple[str, str]:
        written = str(answer["workbook"])
        steps = _("Steps in the history") + f": {answer['event_count']}"
        head = _("Last step: {head}").format(head=answer["chain_head"])
        note = _("Note this last hash elsewhere: by it a history that was cut short is found.")
        names = [Path(str(answer[name])).name for name in ("workbook", "chain")]
        lines = [*names, str(Path(written).parent), steps, head, note]
        return written, "".join(f"<p>{escape(line)}</p>" for line in lines)
