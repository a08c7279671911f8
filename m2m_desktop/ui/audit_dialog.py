"""Writes the audit trail of a project for others: where to; then says what to note down."""

from html import escape
from pathlib import Path

from PySide6.QtCore import QUrl
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import (
    QCheckBox,
    QDialog,
    QFileDialog,
    QHBoxLayout,
    QLineEdit,
    QProgressBar,
    QStackedWidget,
    QTextBrowser,
    QVBoxLayout,
    QWidget,
)

from m2m_desktop.core.errors import Cancelled, CodingToolError
from m2m_desktop.services.export.draft_files import free_name
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
from m2m_desktop.ui.snapshot import Snapshot
from m2m_desktop.ui.widgets import button, label, titled_page

SUFFIX = ".xlsx"


class AuditDialog(QDialog):
    """See the module."""

    def __init__(
        self,
        client: EngineClient,
        project: Project,
        locations: Locations,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._requests, self._snapshot = Requests(client), Snapshot(locations)
        self._project, self._info = project, project.info
        self._written = self._replaced = ""
        self.setWindowTitle(_("Audit trail"))
        self.setMinimumSize(640, 420)
        self.setStyleSheet(focus_sheet())
        self.notices, self.path = NoticeArea(), QLineEdit(str(self._proposed()))
        self.path.setAccessibleName(_("File to write"))
        self.path.textEdited.connect(lambda _text: self._clear_notices())
        self.browse_button = button()
        self.browse_button.setText(_("Choose…"))
        self.browse_button.setAccessibleName(_("Choose the file to write"))
        self.browse_button.clicked.connect(self._browse)
        self.texts_box = QCheckBox(_("Show the phrases as well: they may tell of patients"))
        self.texts_box.setEnabled(self._info.remembers_texts)
        self.pages = QStackedWidget()
        for page in (self._asking_page(), self._working_page(), self._report_page()):
            self.pages.addWidget(page)
        column = QVBoxLayout(self)
        column.setContentsMargins(style.XL, style.L, style.XL, style.L)
        column.addWidget(self.pages)

    # -- pages -----------------------------------------------------------------------------------

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
        row = QHBoxLayout()
        row.addWidget(self.path, 1)
        row.addWidget(self.browse_button)
        column.addWidget(self.notices)
        column.addWidget(words)
        column.addSpacing(style.M)
        column.addLayout(row)
        column.addSpacing(style.S)
        column.addWidget(self.texts_box)
        column.addStretch(1)
        self.go_button, cancel = button("primary"), button()
        self.go_button.setText(_("Write"))
        self.go_button.setDefault(True)
        self.go_button.clicked.connect(self.write)
        cancel.setText(_("Cancel"))
        cancel.clicked.connect(self.reject)
        column.addLayout(foot(cancel, self.go_button))
        return page

    def _working_page(self) -> QWidget:
        page, column = titled_page(_("Writing"))
        self.bar = QProgressBar(textVisible=False)
        self.bar.setAccessibleName(_("Progress of writing"))
        column.addStretch(1)
        column.addWidget(self.bar)
        column.addStretch(2)
        cancel = button()
        cancel.setText(_("Cancel"))
        cancel.clicked.connect(self._requests.cancel)
        column.addLayout(foot(cancel))
        return page

    def _report_page(self) -> QWidget:
        page, column = titled_page(_("Written"))
        self.report = QTextBrowser()
        self.report.setAccessibleName(_("What was written"))
        column.addWidget(self.report, 1)
        self.open_button, self.close_button = button(), button("primary")
        self.open_button.setText(_("Open the file"))
        self.open_button.clicked.connect(self._open_written)
        self.close_button.setText(_("Close"))
        self.close_button.clicked.connect(self.accept)
        column.addLayout(foot(self.open_button, self.close_button))
        return page

    def _open_written(self) -> None:
        QDesktopServices.openUrl(QUrl.fromLocalFile(self._written))

    # -- asking ----------------------------------------------------------------------------------

    def _proposed(self) -> Path:
        project = Path(self._info.path)
        wanted = project.with_name(f"{project.stem}{_('_audit')}{SUFFIX}")
        return free_name(wanted) if wanted.exists() else wanted

    def _clear_notices(self) -> None:
        for key in ("error", "exists"):
            self.notices.clear(key)

    def _browse(self) -> None:
        chosen, _kind = QFileDialog.getSaveFileName(
            self, _("File to write"), self.path.text(), f"*{SUFFIX}"
        )
        if chosen:
            self.path.setText(chosen)
            self._replaced = chosen  # the dialog of the system has asked
            self._clear_notices()

    # -- writing ---------------------------------------------------------------------------------

    def write(self) -> None:
        """Write, after asking once more where a file would be replaced."""
        target = self.path.text().strip()
        if not target:
            self.path.setFocus()
        elif Path(target).exists() and target != self._replaced:
            self._clear_notices()
            text = _("“{name}” is there already.").format(name=Path(target).name)
            action = _("Replace it")
            self.notices.say(
                "exists",
                "warning",
                text,
                action=action,
                on_action=lambda: self._replace(target),
            )
        else:
            self._write(target)

    def _replace(self, target: str) -> None:
        self._replaced = target
        self.write()

    def _write(self, target: str) -> None:
        """Take a snapshot of the project and let the engine write from it."""
        self._clear_notices()
        try:
            self._snapshot.take(self._project)
        except CodingToolError as error:
            self._fail(error)
            return
        self.pages.setCurrentIndex(1)
        self._show_progress(0, 0, "")
        params = {
            "snapshot": str(self._snapshot.path),
            "project": self._info.path,
            "target": target,
            "shows_texts": self.texts_box.isChecked(),
        }
        self._requests.ask(
            "audit_project", params, self._finish, self._fail, on_progress=self._show_progress
        )

    def _show_progress(self, done: int, total: int, _note: str) -> None:
        self.bar.setRange(0, total)
        self.bar.setValue(min(done, total))

    def _fail(self, error: CodingToolError) -> None:
        self._snapshot.forget()
        self.pages.setCurrentIndex(0)
        kind = "info" if isinstance(error, Cancelled) else "error"
        self.notices.say("error", kind, sentence(error))

    def _finish(self, told: Json) -> None:
        self._snapshot.forget()
        self._written = str(told["workbook"])
        steps = _("Steps in the history") + f": {told['event_count']}"
        head = _("Last step: {head}").format(head=told["chain_head"])
        note = _("Note this last hash elsewhere: by it a history that was cut short is found.")
        names = [Path(str(told[name])).name for name in ("workbook", "chain")]
        lines = [*names, str(Path(self._written).parent), steps, head, note]
        self.report.setHtml("".join(f"<p>{escape(line)}</p>" for line in lines))
        self.pages.setCurrentIndex(2)
        self.close_button.setFocus()

    def reject(self) -> None:
        """Escape: while it writes, it stops the writing; older files stay as they were."""
        if self._requests.is_busy:
            self._requests.cancel()
        else:
            self._snapshot.forget()
            super().reject()
