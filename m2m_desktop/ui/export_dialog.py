"""Writes the results of a project: in which form, where to; then says what was written."""

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
from m2m_desktop.services.export.records import COPIED_SUFFIXES, COPY, CSV, JSONL, WORKBOOK
from m2m_desktop.services.language import _
from m2m_desktop.services.locations import Locations
from m2m_desktop.services.project.project import Project
from m2m_desktop.ui import style
from m2m_desktop.ui.engine_client import EngineClient
from m2m_desktop.ui.engine_protocol import Json
from m2m_desktop.ui.messages import sentence
from m2m_desktop.ui.model.requests import Requests
from m2m_desktop.ui.model.widgets import RadioQuestion, focus_sheet, foot
from m2m_desktop.ui.notices import NoticeArea
from m2m_desktop.ui.snapshot import Snapshot
from m2m_desktop.ui.widgets import button, label, titled_page

SUFFIXES = {COPY: ".xlsx", WORKBOOK: ".xlsx", CSV: ".csv", JSONL: ".jsonl"}


class ExportDialog(QDialog):
    """See the module."""

    def __init__(
        self,
        client: EngineClient,
        project: Project,
        locations: Locations,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._requests = Requests(client)
        self._project = project
        self._info = project.info
        self._snapshot = Snapshot(locations)
        self._written = ""
        self._replaced = ""
        self._is_path_own = False
        self.setWindowTitle(_("Export"))
        self.setMinimumSize(640, 500)
        self.setStyleSheet(focus_sheet())
        self.notices = NoticeArea()
        self.form = RadioQuestion()
        self.form.changed.connect(self._form_changed)
        self.path = QLineEdit()
        self.path.setAccessibleName(_("File to write"))
        self.path.textEdited.connect(lambda _text: self._own_path())
        self.browse_button = button()
        self.browse_button.setText(_("Choose…"))
        self.browse_button.clicked.connect(self._browse)
        self.browse_button.setAccessibleName(_("Choose the file to write"))
        self.decided_box = QCheckBox(_("Only what was decided; leave the rest empty"))
        self.pages = QStackedWidget()
        for page in (self._asking_page(), self._working_page(), self._report_page()):
            self.pages.addWidget(page)
        column = QVBoxLayout(self)
        column.setContentsMargins(style.XL, style.L, style.XL, style.L)
        column.addWidget(self.pages)
        self._ask_form()

    # -- pages -----------------------------------------------------------------------------------

    def _asking_page(self) -> QWidget:
        page, column = titled_page(_("Export"))
        column.addWidget(self.notices)
        column.addWidget(self.form)
        column.addSpacing(style.M)
        row = QHBoxLayout()
        row.addWidget(self.path, 1)
        row.addWidget(self.browse_button)
        column.addLayout(row)
        column.addSpacing(style.S)
        column.addWidget(self.decided_box)
        column.addWidget(self._open_words())
        column.addStretch(1)
        self.go_button, cancel = button("primary"), button()
        self.go_button.setText(_("Write"))
        self.go_button.setDefault(True)
        self.go_button.clicked.connect(self.write)
        cancel.setText(_("Cancel"))
        cancel.clicked.connect(self.reject)
        column.addLayout(foot(cancel, self.go_button))
        return page

    def _open_words(self) -> QWidget:
        words = label("muted", style.CAPTION)
        words.setWordWrap(True)
        left = self._info.reaction_phrase_count - self._info.decided_count
        if left > 0:
            words.setText(
                _(
                    "Phrases not reviewed yet: {count} of {total}. They are marked so, and never "
                    "count as accepted."
                ).format(count=f"{left:,}", total=f"{self._info.reaction_phrase_count:,}")
            )
        return words

    def _working_page(self) -> QWidget:
        page, column = titled_page(_("Writing"))
        self.step, self.bar = label("muted"), QProgressBar(textVisible=False)
        self.bar.setAccessibleName(_("Progress of writing"))
        column.addStretch(1)
        column.addWidget(self.step)
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

    def _ask_form(self) -> None:
        options = [
            (WORKBOOK, _("A new workbook"), _("One row for each mention and term, with a summary")),
            (CSV, _("A table as text (CSV)"), _("Opens in Excel and WPS with Chinese text intact")),
            (
                JSONL,
                _("For other programs (JSON lines)"),
                _("One line for each mention, with all that is known of it"),
            ),
        ]
        is_copied = Path(self._info.source_name).suffix.lower() in COPIED_SUFFIXES
        if is_copied:
            copy = _("A copy of the same workbook")
            hint = _("The codes stand in columns at the right; everything else stays as it is")
            options.insert(0, (COPY, copy, hint))
        self.form.ask(_("What is to be written?"), options, default=options[0][0])
        self._form_changed()

    def _form_changed(self) -> None:
        if not self._is_path_own:
            self.path.setText(str(self._proposed()))
        self._clear_notices()

    def _own_path(self) -> None:
        self._is_path_own = True
        self._clear_notices()

    def _clear_notices(self) -> None:
        for key in ("error", "exists"):
            self.notices.clear(key)

    def _proposed(self) -> Path:
        source = Path(self._info.source_path or self._info.path)
        folder = source.parent if source.parent.is_dir() else Path(self._info.path).parent
        chosen = self.form.value() or WORKBOOK
        suffix = source.suffix if chosen == COPY else SUFFIXES[chosen]
        stem = Path(self._info.source_name or self._info.path).stem + _("_coded")
        wanted = folder / f"{stem}{suffix}"
        return free_name(wanted) if wanted.exists() else wanted

    def _browse(self) -> None:
        chosen, _kind = QFileDialog.getSaveFileName(
            self, _("File to write"), self.path.text(), f"*{Path(self.path.text()).suffix}"
        )
        if chosen:
            self.path.setText(chosen)
            self._replaced = chosen  # the dialog of the system has asked
            self._own_path()

    # -- writing ---------------------------------------------------------------------------------

    def write(self) -> None:
        """Write, after asking once more where a file would be replaced."""
        target = self.path.text().strip()
        if not target:
            self.path.setFocus()
        elif Path(target).exists() and target != self._replaced:
            text = _("“{name}” is there already.").format(name=Path(target).name)
            self.notices.clear("error")
            self.notices.say(
                "exists",
                "warning",
                text,
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
        params = {
            "snapshot": str(self._snapshot.path),
            "source": self._info.source_path,
            "target": target,
            "form": self.form.value(),
            "options": {"only_decided": self.decided_box.isChecked()},
        }
        self._requests.ask(
            "export_project", params, self._finish, self._fail, on_progress=self._show_progress
        )

    def _show_progress(self, done: int, total: int, note: str) -> None:
        self.bar.setRange(0, total)
        self.bar.setValue(min(done, total))
        self.step.setText(_(note) if note else _("Writing"))

    def _fail(self, error: CodingToolError) -> None:
        self._snapshot.forget()
        self.pages.setCurrentIndex(0)
        kind = "info" if isinstance(error, Cancelled) else "error"
        self.notices.say("error", kind, sentence(error))

    def _finish(self, told: Json) -> None:
        self._snapshot.forget()
        self._written = str(told["written"])
        lines = [str(line) for line in told["report"].get("lines", ())]
        self.report.setHtml(
            f"<p style='font-size: large'><b>{escape(Path(self._written).name)}</b></p>"
            f"<p>{escape(str(Path(self._written).parent))}</p>"
            + "".join(f"<p>{escape(line)}</p>" for line in lines)
        )
        self.pages.setCurrentIndex(2)
        self.close_button.setFocus()

    def reject(self) -> None:
        """Escape: while it writes, it stops the writing; the old file stays as it was."""
        if self._requests.is_busy:
            self._requests.cancel()
        else:
            self._snapshot.forget()
            super().reject()
