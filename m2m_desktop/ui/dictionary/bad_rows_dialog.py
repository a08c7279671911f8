"""The rows of a file that did not come into the bin, each with its reason."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QAbstractItemView, QDialog, QHBoxLayout, QVBoxLayout, QWidget

from m2m_desktop.core.messages import N_
from m2m_desktop.services.language import _
from m2m_desktop.ui import clipboard, style
from m2m_desktop.ui.engine_protocol import Json
from m2m_desktop.ui.row_model import Index, RowModel
from m2m_desktop.ui.score_delegate import RowDelegate
from m2m_desktop.ui.widgets import Table, button, titled_page

HEADERS = (N_("Row"), N_("Text"), N_("Reason"))
Role = Qt.ItemDataRole


@dataclass(frozen=True, slots=True)
class BadRow:
    """One row of the file: its number, what stands there, and why it was not taken."""

    row: int
    text: str
    reason: str


def bad_rows_from_json(told: Sequence[Json]) -> tuple[BadRow, ...]:
    """Read the rows that were not taken."""
    return tuple(
        BadRow(int(bad["row"]), str(bad.get("text") or ""), str(bad["reason"])) for bad in told
    )


class BadRowModel(RowModel):
    """The rows as a table."""

    def __init__(self, rows: Sequence[BadRow]) -> None:
        super().__init__(HEADERS)
        self._rows = tuple(rows)

    def row_count(self) -> int:
        """One row each."""
        return len(self._rows)

    def data(self, index: Index, role: int = Role.DisplayRole) -> Any:
        """The words of one cell; what is cut can be read in the tool tip."""
        if not index.isValid() or role not in {Role.DisplayRole, Role.ToolTipRole}:
            return None
        bad = self._rows[index.row()]
        return (str(bad.row), bad.text, bad.reason)[index.column()]

    def table(self) -> list[list[str]]:
        """Everything with titles, for the clipboard."""
        rows = [[str(bad.row), bad.text, bad.reason] for bad in self._rows]
        return [[_(title) for title in HEADERS], *rows]


class BadRowsDialog(QDialog):
    """Shows the rows; they can be copied to be mended."""

    def __init__(self, rows: Sequence[BadRow], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle(_("Rows that were not taken"))
        self.setMinimumSize(620, 360)
        self.model, self.table = BadRowModel(rows), Table()
        self.table.setModel(self.model)
        self.table.setItemDelegate(RowDelegate(self.table))
        self.table.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.table.setAccessibleName(_("Rows that were not taken"))
        self.table.lay_out({0: ("88888",)})
        self.copy_button, close = button(), button("primary")
        self.copy_button.setText(_("Copy all"))
        self.copy_button.clicked.connect(lambda: clipboard.copy_table(self.model.table()))
        close.setText(_("Close"))
        close.clicked.connect(self.accept)
        page, column = titled_page(_("Rows that were not taken"))
        column.addWidget(self.table, 1)
        below = QHBoxLayout()
        below.setSpacing(style.S)
        below.addStretch(1)
        below.addWidget(self.copy_button)
        below.addWidget(close)
        column.addLayout(below)
        around = QVBoxLayout(self)
        around.setContentsMargins(style.XL, style.L, style.XL, style.L)
        around.addWidget(page)
