"""Tables of records that are sorted by a click on a title and searched by a line of text.

Sorting and searching are done over whole lists at once: a proxy model would ask Python for each
pair of cells, which a table of some thousand rows makes felt.
"""

from abc import abstractmethod
from collections.abc import Callable, Iterable, Sequence
from typing import Any, Generic, TypeVar

from PySide6.QtCore import QModelIndex, Qt

from m2m_desktop.ui.row_model import NOWHERE, Index, RowModel
from m2m_desktop.ui.term_names import NamesShown, shown_name

Record = TypeVar("Record")
UNSORTED = -1
NUMBER_SIDE = int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)


class SortedRows(RowModel, Generic[Record]):
    """Shows records; a subclass knows what stands in a cell and what it is sorted by."""

    def __init__(self, titles: Iterable[str]) -> None:
        """Take the titles of the columns, messages, in their order."""
        super().__init__(titles)
        self.records: tuple[Record, ...] = ()
        """All of them, in the order they came in."""
        self.shown: list[Record] = []
        """Those that pass the filter, as they are sorted."""
        self.names_shown = NamesShown.BOTH
        self._needle = ""
        self._accepts: Callable[[Record], bool] = lambda _record: True
        self._column, self._is_descending = UNSORTED, False

    # -- what a subclass knows -------------------------------------------------------------------

    @abstractmethod
    def words(self, record: Record, column: int) -> str:
        """What stands in a cell."""

    @abstractmethod
    def key(self, record: Record, column: int) -> Any:
        """What a column is sorted by."""

    @abstractmethod
    def name_and_code(self, record: Record) -> tuple[str, str]:
        """What is copied of a row: one name, never two beside each other."""

    def single_name(self, name: str, name2: str) -> str:
        """The name in the language shown; of both, that of the release."""
        is_both = self.names_shown is NamesShown.BOTH
        return name if is_both else shown_name(name, name2, self.names_shown)

    def is_number(self, column: int) -> bool:
        """Whether the cells of a column stand at its right."""
        return False

    def widest(self, column: int) -> str:
        """The longest text of a column that is as wide as its texts."""
        return max((self.words(one, column) for one in self.records), key=len, default="")

    def search_text(self, record: Record) -> str:
        """What the filter line looks through."""
        return " ".join(self.words(record, column) for column in range(self.columnCount()))

    # -- filling ---------------------------------------------------------------------------------

    def set_records(self, records: Sequence[Record]) -> None:
        """Show these."""
        self.beginResetModel()
        self.records = tuple(records)
        self._arrange()
        self.endResetModel()

    def set_filter(self, text: str) -> None:
        """Show only the records in which every word of the text occurs."""
        self.beginResetModel()
        self._needle = text.casefold()
        self._arrange()
        self.endResetModel()

    def set_accepted(self, accepts: Callable[[Record], bool]) -> None:
        """Show only what this accepts, besides the text of the filter."""
        self.beginResetModel()
        self._accepts = accepts
        self._arrange()
        self.endResetModel()

    def set_names_shown(self, shown: NamesShown) -> None:
        """Show names in these languages."""
        self.beginResetModel()
        self.names_shown = shown
        self._arrange()
        self.endResetModel()

    def retranslate(self) -> None:
        """Show the words again, in another language or other colours."""
        self.beginResetModel()
        self._arrange()
        self.endResetModel()

    def sort(self, column: int, order: Qt.SortOrder = Qt.SortOrder.AscendingOrder) -> None:
        """Sort by a column; a column that is none gives the order they came in."""
        self.layoutAboutToBeChanged.emit()
        before, held = self.shown, self.persistentIndexList()
        self._column, self._is_descending = column, order == Qt.SortOrder.DescendingOrder
        self._arrange()
        places = {id(record): row for row, record in enumerate(self.shown)}
        moved = [self.index(places[id(before[one.row()])], one.column()) for one in held]
        self.changePersistentIndexList(held, moved)
        self.layoutChanged.emit()

    def _arrange(self) -> None:
        needles = self._needle.split()
        shown = [record for record in self.records if self._accepts(record)]
        if needles:
            texts = {id(record): self.search_text(record).casefold() for record in shown}
            shown = [r for r in shown if all(needle in texts[id(r)] for needle in needles)]
        column = self._column
        if 0 <= column < len(self._titles):
            shown.sort(key=lambda record: self.key(record, column), reverse=self._is_descending)
        self.shown = shown

    # -- Qt --------------------------------------------------------------------------------------

    def row_count(self) -> int:
        """One row a record."""
        return len(self.shown)

    def title(self, column: int) -> str:
        """The title of a column, in the language of now."""
        return str(self.headerData(column, Qt.Orientation.Horizontal))

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> Any:
        """The titles; those of numbers stand above their numbers."""
        is_side = role == Qt.ItemDataRole.TextAlignmentRole
        if is_side and orientation == Qt.Orientation.Horizontal and self.is_number(section):
            return NUMBER_SIDE
        return super().headerData(section, orientation, role)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """What stands in a cell; all of it in the tool tip."""
        if role in {Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.ToolTipRole}:
            return self.words(self.shown[index.row()], index.column())
        if role == Qt.ItemDataRole.TextAlignmentRole and self.is_number(index.column()):
            return NUMBER_SIDE
        return None

    def record(self, row: int) -> Record | None:
        """The record of a row; None where there is no such row."""
        return self.shown[row] if 0 <= row < len(self.shown) else None

    def row_of(self, code: str) -> QModelIndex:
        """Where a code stands; nowhere if it does not."""
        for row, record in enumerate(self.shown):
            if self.name_and_code(record)[1] == code:
                return self.index(row, 0)
        return NOWHERE
