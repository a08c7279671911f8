"""What dialogs share that write something of a project: where to, the writing, what was written."""

from abc import abstractmethod
from pathlib import Path

from PySide6.QtCore import QUrl
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import (
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
from m2m_desktop.ui.widgets import button, titled_page


class WriteDialog(QDialog):
    """Asks where to, lets the engine write from a snapshot of the project, tells the outcome.

    A file that is there is replaced only after a question. A class of it makes its own widgets,
    then calls `_show_pages`; Escape while the engine writes stops the writing.
    """

    def __init__(
        self, client: EngineClient, project: Project, locations: Locations, parent: QWidget | None
    ) -> None:
        super().__init__(parent)
        self._requests, self._snapshot = Requests(client), Snapshot(locations)
        self._project, self._info = project, project.info
        self._written = self._replaced = ""
        self.setStyleSheet(focus_sheet())
        self.notices, self.path = NoticeArea(), QLineEdit()
        self.path.setAccessibleName(_("File to write"))
        self.path.textEdited.connect(lambda _text: self._path_given())
        self.browse_button = button()
        self.browse_button.setText(_("Choose…"))
        self.browse_button.setAccessibleName(_("Choose the file to write"))
        self.browse_button.clicked.connect(self._browse)
        self.pages = QStackedWidget()

    # -- what is written -------------------------------------------------------------------------

    @abstractmethod
    def _asking_page(self) -> QWidget:
        """The page of the questions; it has `_path_row` and `_asking_foot`."""

    @abstractmethod
    def _request(self) -> tuple[str, Json]:
        """The engine's method that writes, and its parameters besides snapshot and target."""

    @abstractmethod
    def _told(self, answer: Json) -> tuple[str, str]:
        """The file that was written, and the report on it as HTML."""

    # -- pages -----------------------------------------------------------------------------------

    def _show_pages(self) -> None:
        for page in (self._asking_page(), self._working_page(), self._report_page()):
            self.pages.addWidget(page)
        column = QVBoxLayout(self)
        column.setContentsMargins(style.XL, style.L, style.XL, style.L)
        column.addWidget(self.pages)

    def _path_row(self) -> QHBoxLayout:
        row = QHBoxLayout()
        row.addWidget(self.path, 1)
        row.addWidget(self.browse_button)
        return row

    def _asking_foot(self) -> QHBoxLayout:
        self.go_button, cancel = button("primary"), button()
        self.go_button.setText(_("Write"))
        self.go_button.setDefault(True)
        self.go_button.clicked.connect(self.write)
        cancel.setText(_("Cancel"))
        cancel.clicked.connect(self.reject)
        return foot(cancel, self.go_button)

    def _working_page(self, *above: QWidget) -> QWidget:
        """The page of the progress, with widgets above the bar."""
        page, column = titled_page(_("Writing"))
        self.bar = QProgressBar(textVisible=False)
        self.bar.setAccessibleName(_("Progress of writing"))
        column.addStretch(1)
        for widget in (*above, self.bar):
            column.addWidget(widget)
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

    def _path_given(self) -> None:
        """The person named a file."""
        self._clear_notices()

    def _suffix(self) -> str:
        """The kind of file that the system's dialog offers."""
        return Path(self.path.text()).suffix

    def _clear_notices(self) -> None:
        for key in ("error", "exists"):
            self.notices.clear(key)

    def _browse(self) -> None:
        chosen, _kind = QFileDialog.getSaveFileName(
            self, _("File to write"), self.path.text(), f"*{self._suffix()}"
        )
        if chosen:
            self.path.setText(chosen)
            self._replaced = chosen  # the dialog of the system has asked
            self._path_given()

    # -- writing ---------------------------------------------------------------------------------

    def write(self) -> None:
        """Write, after asking once more where a file would be replaced."""
        target = self.path.text().strip()
        if not target:
            self.path.setFocus()
        elif Path(target).exists() and target != self._replaced:
            self._clear_notices()
            self.notices.say(
                "exists",
                "warning",
                _("“{name}” is there already.").format(name=Path(target).name),
                action=_("Replace it"),
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
        method, params = self._request()
        params = {"snapshot": str(self._snapshot.path), "target": target, **params}
        self._requests.ask(
            method, params, self._finish, self._fail, on_progress=self._show_progress
        )

    def _show_progress(self, done: int, total: int, _note: str) -> None:
        self.bar.setRange(0, total)
        self.bar.setValue(min(done, total))

    def _fail(self, error: CodingToolError) -> None:
        self._snapshot.forget()
        self.pages.setCurrentIndex(0)
        kind = "info" if isinstance(error, Cancelled) else "error"
        self.notices.say("error", kind, sentence(error))

    def _finish(self, answer: Json) -> None:
        self._snapshot.forget()
        self._written, report = self._told(answer)
        self.report.setHtml(report)
        self.pages.setCurrentIndex(2)
        self.close_button.setFocus()

    def reject(self) -> None:
        """Escape: while it writes, it stops the writing; older files stay as they were."""
        if self._requests.is_busy:
            self._requests.cancel()
        else:
            self._snapshot.forget()
            super().reject()
