"""Opens a workbook, a text file or pasted cells, and makes a project of it.

Columns and cuts may be looked at and changed; a table whose columns are known by their names needs
no choice at all.
"""

from dataclasses import replace
from datetime import datetime
from pathlib import Path

from PySide6.QtCore import Signal
from PySide6.QtWidgets import (
    QDialog,
    QHBoxLayout,
    QProgressBar,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from m2m_desktop.core.errors import Cancelled, CodingToolError
from m2m_desktop.services.export.draft_files import free_name
from m2m_desktop.services.language import _
from m2m_desktop.services.tables.records import SniffedTable, TableLayout
from m2m_desktop.services.tables.wire import layout_to_json, sniffed_from_json
from m2m_desktop.ui import style
from m2m_desktop.ui.dropped import PROJECT_SUFFIX
from m2m_desktop.ui.engine_client import EngineClient
from m2m_desktop.ui.engine_protocol import Json
from m2m_desktop.ui.messages import sentence
from m2m_desktop.ui.model.requests import Requests
from m2m_desktop.ui.model.widgets import focus_sheet
from m2m_desktop.ui.notices import NoticeArea
from m2m_desktop.ui.table.columns_page import ColumnsPage
from m2m_desktop.ui.table.overview_page import OverviewPage
from m2m_desktop.ui.table.protocol import (
    CreatedProject,
    TablePreview,
    TableSource,
    created_from_json,
    preview_from_json,
)
from m2m_desktop.ui.table.split_page import SplitPage
from m2m_desktop.ui.widgets import button, label


class TableDialog(QDialog):
    """See the module. `created` carries the `CreatedProject`."""

    created = Signal(object)

    def __init__(
        self,
        client: EngineClient,
        source: TableSource,
        projects: Path,
        terminology: str,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._requests = Requests(client)
        self._source, self._projects, self._terminology = source, projects, terminology
        self._table: SniffedTable | None = None
        self._layout: TableLayout = TableLayout(())
        self._preview: TablePreview | None = None
        self._is_creating = False
        self.setWindowTitle(_("Open a table"))
        self.setMinimumSize(760, 540)
        self.resize(900, 620)
        self.setStyleSheet(focus_sheet())
        self.title = label(factor=style.TITLE, bold=True)
        self.notices = NoticeArea()
        self.overview, self.columns, self.cuts = OverviewPage(), ColumnsPage(), SplitPage()
        self.pages = QStackedWidget()
        self.waiting = self._waiting_page()
        for page in (self.waiting, self.overview, self.columns, self.cuts):
            self.pages.addWidget(page)
        self.back_button, self.cancel_button = button(), button()
        self.start_button = button("primary")
        self._lay_out()
        self.overview.columns_wanted.connect(lambda: self._go(self.columns))
        self.overview.cuts_wanted.connect(lambda: self._go(self.cuts))
        self.overview.encoding_chosen.connect(self.sniff)
        self.columns.changed.connect(self._refresh)
        self.back_button.clicked.connect(self._back)
        self.cancel_button.clicked.connect(self.reject)
        self.start_button.clicked.connect(self.create_project)
        self.sniff()

    def _lay_out(self) -> None:
        self.back_button.setText(_("Back"))
        self.cancel_button.setText(_("Cancel"))
        self.start_button.setText(_("Start coding"))
        self.start_button.setDefault(True)
        feet = QHBoxLayout()
        feet.setSpacing(style.S)
        feet.addWidget(self.back_button)
        feet.addStretch(1)
        feet.addWidget(self.cancel_button)
        feet.addWidget(self.start_button)
        column = QVBoxLayout(self)
        column.setContentsMargins(style.XL, style.L, style.XL, style.L)
        column.setSpacing(style.M)
        column.addWidget(self.title)
        column.addWidget(self.notices)
        column.addWidget(self.pages, 1)
        column.addLayout(feet)

    def _waiting_page(self) -> QWidget:
        page = QWidget()
        column = QVBoxLayout(page)
        column.setContentsMargins(0, 0, 0, 0)
        self.step, self.bar = label("muted"), QProgressBar(textVisible=False)
        self.bar.setAccessibleName(_("Progress of reading"))
        column.addStretch(1)
        column.addWidget(self.step)
        column.addWidget(self.bar)
        column.addStretch(2)
        return page

    # -- looking ---------------------------------------------------------------------------------

    def sniff(self, encoding: str = "") -> None:
        """Look at the table; ``encoding`` is what a person chose for a text file."""
        self._wait(_("Looking at the table"))
        params = {**self._source.params(), "encoding": encoding}
        self._requests.ask(
            "sniff_table", params, self._take_table, self._fail, on_progress=self._show_progress
        )

    def _take_table(self, told: Json) -> None:
        self._table = sniffed_from_json(told["table"])
        self._layout, self._preview = self._table.layout, None
        self.columns.show_table(self._table)
        if self._layout.sheets:
            self._go(self.overview)
            self._ask_preview()
        else:
            self._go(self.columns)
            self.columns.first_field().setFocus()
            text = _("No column of reactions was recognised. Choose it here.")
            self.notices.say("choose", "info", text)

    def _ask_preview(self) -> None:
        params = {
            **self._source.params(),
            "layout": layout_to_json(self._layout),
            "terminology": self._terminology,
        }
        self._requests.ask("preview_split", params, self._take_preview, self._fail)

    def _take_preview(self, told: Json) -> None:
        self._preview = preview_from_json(told)
        self.cuts.show_cells(self._preview.cells)
        self._refresh()
        self.start_button.setFocus()

    # -- making ----------------------------------------------------------------------------------

    def create_project(self) -> None:
        """Make the project and close."""
        if not self.start_button.isEnabled() or self._table is None:
            return
        self._take_columns()
        self._is_creating = True
        self._wait(_("Making the project"))
        params = {
            **self._source.params(),
            "target": str(free_project_path(self._projects, self._table.name, datetime.now())),
            "layout": layout_to_json(self._layout),
            "edits": self.cuts.params(),
            "remembers_texts": self.overview.texts_box.isChecked(),
            "terminology": self._terminology,
        }
        self._requests.ask(
            "create_project", params, self._finish, self._fail, on_progress=self._show_progress
        )

    def _finish(self, told: Json) -> None:
        made: CreatedProject = created_from_json(told)
        self.accept()
        self.created.emit(made)

    # -- pages -----------------------------------------------------------------------------------

    def _wait(self, words: str) -> None:
        for key in ("error", "choose"):
            self.notices.clear(key)
        self.cancel_button.setText(_("Cancel"))
        self.step.setText(words)
        self.bar.setRange(0, 0)
        self.bar.show()
        self._go(self.waiting)

    def _show_progress(self, done: int, total: int, note: str) -> None:
        self.bar.setRange(0, total)
        self.bar.setValue(min(done, total))
        if note:
            self.step.setText(_(note))

    def _fail(self, error: CodingToolError) -> None:
        self._is_creating = False
        kind = "info" if isinstance(error, Cancelled) else "error"
        self.notices.say("error", kind, sentence(error))
        self.bar.hide()
        self.step.setText("")
        if self._table is None:
            self.cancel_button.setText(_("Close"))
            self._go(self.waiting)
        else:
            self._go(self.overview)

    def _take_columns(self) -> None:
        if self._table is not None:
            self._layout = self.columns.layout_wanted()

    def _go(self, page: QWidget) -> None:
        self.pages.setCurrentWidget(page)
        self._refresh()

    def _back(self) -> None:
        before = self._layout
        self._take_columns()
        self.notices.clear("choose")
        self._go(self.overview)
        if self._layout != before:
            self._preview = None
            self._refresh()
            if self._layout.sheets:
                self._ask_preview()

    def _refresh(self) -> None:
        page = self.pages.currentWidget()
        titles = {
            self.waiting: _("Open a table"),
            self.overview: _("Open a table"),
            self.columns: _("Which columns are read"),
            self.cuts: _("How the cells are cut"),
        }
        self.title.setText(titles[page] if page else "")
        is_detail = page in (self.columns, self.cuts)
        self.back_button.setVisible(is_detail)
        self.start_button.setVisible(page is not self.waiting)
        has_columns = bool(self.columns.layout_wanted().sheets) if self._table else False
        is_read = is_detail or (page is self.overview and self._preview is not None)
        self.start_button.setEnabled(has_columns and is_read)
        if page is self.overview and self._table is not None:
            self.overview.show_table(self._table, self._layout, self._preview_now())

    def _preview_now(self) -> TablePreview | None:
        """What was found, cut as it is now."""
        if self._preview is None:
            return None
        return replace(self._preview, cells=tuple(self.cuts.model.cells))

    def reject(self) -> None:
        """Escape: back from a detail; else stop what runs, and close. Nothing was made then."""
        if self.pages.currentWidget() in (self.columns, self.cuts):
            self._back()
        elif self._is_creating:
            self._requests.cancel()
        else:
            self._requests.close()
            super().reject()


def free_project_path(folder: Path, name: str, now: datetime) -> Path:
    """A file that does not exist yet, named after the table and the day."""
    stem = f"{Path(name).stem or _('Pasted')} {now:%Y-%m-%d}"
    wanted = folder / f"{stem}{PROJECT_SUFFIX}"
    return free_name(wanted) if wanted.exists() else wanted
