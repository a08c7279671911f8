"""Import of a release: choose it, confirm the licence, watch, read the report; errors in place."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QCheckBox,
    QDialog,
    QHBoxLayout,
    QLineEdit,
    QProgressBar,
    QStackedWidget,
    QTextBrowser,
    QVBoxLayout,
    QWidget,
)

from m2m_desktop.core.errors import Cancelled, CodingToolError, PasswordNeeded
from m2m_desktop.services.language import _
from m2m_desktop.ui import style
from m2m_desktop.ui.engine_client import EngineClient
from m2m_desktop.ui.engine_protocol import ImportedRelease, Json, imported_from_json
from m2m_desktop.ui.messages import sentence
from m2m_desktop.ui.notices import NoticeArea
from m2m_desktop.ui.release_report import report_html
from m2m_desktop.ui.source_frame import SourceFrame, SourceWords
from m2m_desktop.ui.texts import meddra_notice
from m2m_desktop.ui.widgets import button, label, titled_page

RELEASE_SUFFIXES = frozenset({".zip", ".csv"})


class ReleaseDialog(QDialog):
    """See the module. `imported` carries what was imported; `use_wanted` the id to use now."""

    imported = Signal(object)
    use_wanted = Signal(str)

    def __init__(self, client: EngineClient, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._client = client
        self._request_id = 0
        self._releases: tuple[ImportedRelease, ...] = ()
        self.setWindowTitle(_("Import a MedDRA release"))
        self.setMinimumSize(640, 480)
        self.pages = QStackedWidget()
        self.pages.addWidget(self._choosing_page())
        self.pages.addWidget(self._working_page())
        self.pages.addWidget(self._report_page())
        column = QVBoxLayout(self)
        column.setContentsMargins(style.XL, style.L, style.XL, style.L)
        column.addWidget(self.pages)
        self.setMinimumWidth(max(self.minimumWidth(), self.minimumSizeHint().width()))
        self._refresh()

    # -- the three pages -------------------------------------------------------------------------

    def _choosing_page(self) -> QWidget:
        page, column = titled_page(_("Choose the release of your hospital"))
        column.addSpacing(style.XS)
        self.notices = NoticeArea()
        column.addWidget(self.notices)
        source = SourceFrame(
            SourceWords(
                name=_("Folder or zip of the release"),
                placeholder=_("Folder with llt.asc, pt.asc … or the zip as delivered"),
                folder_title=_("Folder of the release"),
                file_title=_("Zip of the release"),
                file_kinds=_("Zip or CSV (*.zip *.csv)"),
                hint=_("Or drop a folder or zip here. It is read where it is, nothing is changed."),
            ),
            RELEASE_SUFFIXES,
        )
        source.chosen.connect(self.set_path)
        self.path = source.path
        self.path.textChanged.connect(self._refresh)
        column.addWidget(source)
        self.password_label, self.password = label("muted"), QLineEdit()
        self.password_label.setText(_("Unzip password (if there is one)"))
        self.password_label.setBuddy(self.password)
        self.password.setAccessibleName(self.password_label.text())
        self.password.setEchoMode(QLineEdit.EchoMode.Password)
        self.password.setMaximumWidth(280)
        self.password.returnPressed.connect(self._start)
        column.addWidget(self.password_label)
        column.addWidget(self.password)
        column.addStretch(1)
        licence = label("muted", style.CAPTION)
        licence.setWordWrap(True)
        licence.setText(meddra_notice())
        column.addWidget(licence)
        column.addSpacing(style.S)
        self.licence_box = QCheckBox(
            _("My organisation holds a current MedDRA subscription for this release")
        )
        self.licence_box.toggled.connect(self._refresh)
        column.addWidget(self.licence_box)
        self.import_button, cancel = button("primary"), button()
        self.import_button.setText(_("Import"))
        self.import_button.setDefault(True)
        self.import_button.clicked.connect(self._start)
        cancel.setText(_("Cancel"))
        cancel.clicked.connect(self.reject)
        column.addSpacing(style.S)
        column.addLayout(_buttons(cancel, self.import_button))
        return page

    def _working_page(self) -> QWidget:
        page, column = titled_page(_("Importing"))
        column.addSpacing(style.XS)
        self.where = label("muted")
        self.where.setWordWrap(True)
        self.step = label()
        self.bar = QProgressBar(textVisible=False)
        self.bar.setAccessibleName(_("Progress of the import"))
        column.addWidget(self.where)
        column.addStretch(1)
        line = QHBoxLayout()
        self.percent = label("muted")
        line.addWidget(self.step, 1)
        line.addWidget(self.percent)
        column.addLayout(line)
        column.addWidget(self.bar)
        column.addStretch(2)
        self.cancel_button = button()
        self.cancel_button.setText(_("Cancel import"))
        self.cancel_button.clicked.connect(self._cancel)
        column.addLayout(_buttons(self.cancel_button))
        return page

    def _report_page(self) -> QWidget:
        page, column = titled_page(_("Imported"))
        column.addSpacing(style.XS)
        self.report = QTextBrowser()
        self.report.setAccessibleName(_("Report of the import"))
        column.addWidget(self.report, 1)
        self.done_button, self.use_button = button(), button("primary")
        self.done_button.setText(_("Close"))
        self.done_button.clicked.connect(self.accept)
        self.use_button.setText(_("Use this terminology now"))
        self.use_button.clicked.connect(self._use)
        column.addSpacing(style.S)
        column.addLayout(_buttons(self.done_button, self.use_button))
        return page

    # -- choosing --------------------------------------------------------------------------------

    def set_path(self, path: str) -> None:
        """Choose a folder or a zip."""
        self.path.setText(path)
        self.notices.clear("error")
        self._refresh()

    def _refresh(self) -> None:
        path = self.path.text().strip()
        is_zip = path.lower().endswith(".zip")
        self.password.setVisible(is_zip)
        self.password_label.setVisible(is_zip)
        self.import_button.setEnabled(bool(path) and self.licence_box.isChecked())

    # -- working ---------------------------------------------------------------------------------

    def _start(self) -> None:
        if not self.import_button.isEnabled():
            return
        path = self.path.text().strip()
        params = {"path": path}
        if self.password.isVisibleTo(self) and self.password.text():
            params["password"] = self.password.text()
        self.notices.clear("error")
        self.cancel_button.setEnabled(True)
        self.show_progress(0, 0, _("Waiting for the engine"))
        self._request_id = self._client.request(
            "import_terminology",
            params,
            on_answer=self._finished,
            on_error=self._failed,
            on_progress=self.show_progress,
        )

    def show_progress(self, done: int, total: int, note: str) -> None:
        """Show how far the import is; ``total`` 0: nobody knows."""
        self.pages.setCurrentIndex(1)
        self.where.setText(self.path.text().strip())
        self.bar.setRange(0, total)
        self.bar.setValue(min(done, total))
        self.percent.setText(f"{100 * min(done, total) // total} %" if total else "")
        self.step.setText(_(note) or self.step.text() or _("Working"))

    def _cancel(self) -> None:
        self.cancel_button.setEnabled(False)
        self.step.setText(_("Cancelling"))
        self._client.cancel(self._request_id)

    def _failed(self, error: CodingToolError) -> None:
        self._request_id = 0
        self.pages.setCurrentIndex(0)
        kind = "info" if isinstance(error, Cancelled) else "error"
        self.notices.say("error", kind, sentence(error))
        if error.code == PasswordNeeded.code:
            self.password.setFocus()
            self.password.selectAll()

    def _finished(self, told: Json) -> None:
        self._request_id = 0
        self.password.clear()
        self._releases = imported_from_json(told)
        self.report.setHtml(report_html(self._releases))
        self.pages.setCurrentIndex(2)
        self.use_button.setFocus()
        self.imported.emit(self._releases)

    def _use(self) -> None:
        if self._releases:
            self.use_wanted.emit(self._releases[0].terminology_id)
        self.accept()

    def reject(self) -> None:
        """Escape and the cross: while it works, they cancel the import and keep the dialog."""
        if self._request_id:
            self._cancel()
        else:
            super().reject()


def _buttons(*buttons: QWidget) -> QHBoxLayout:
    row = QHBoxLayout()
    row.setSpacing(style.S)
    row.addStretch(1)
    for one in buttons:
        row.addWidget(one, 0, Qt.AlignmentFlag.AlignRight)
    return row
