"""What the tables of the window share: rows of records, columns with a title each."""

from abc import abstractmethod
from collections.abc import Iterable
from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, Qt

from m2m_desktop.services.language import _

Index = QModelIndex | QPersistentModelIndex
NOWHERE = QModelIndex()
TITLE_SIDE = int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)


class RowModel(QAbstractTableModel):
    """A table of titled columns; a subclass knows its rows and what stands in a cell."""

    def __init__(self, titles: Iterable[str]) -> None:
        """Take the titles of the columns, messages, in their order."""
        super().__init__()
        self._titles = tuple(titles)

    @abstractmethod
    def row_count(self) -> int:
        """How many rows there are."""

    def rowCount(self, parent: Index = NOWHERE) -> int:
        """The rows; no row has rows below it."""
        return 0 if parent.isValid() else self.row_count()

    def columnCount(self, parent: Index = NOWHERE) -> int:
        """One column for each title."""
        return 0 if parent.isValid() else len(self._titles)

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> Any:
        """The titles, in the language of now; what is cut can be read in the tool tip."""
        if orientation != Qt.Orientation.Horizontal:
            return None
        if role in {Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.ToolTipRole}:
            return _(self._titles[section])
        return TITLE_SIDE if role == Qt.ItemDataRole.TextAlignmentRole else None
