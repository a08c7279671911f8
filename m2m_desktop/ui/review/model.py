"""The table of phrases: rows over plain records, with its own order and filter.

Ten thousand rows are filtered and sorted as plain lists (`QSortFilterProxyModel` takes seconds for
that). New answers and decisions change rows **in place**: no row moves or goes until somebody asks
(`arrange`), and until then `is_stale` says that order or filter would give something else.
"""

from collections.abc import Callable, Iterable, Sequence
from typing import Any

from PySide6.QtCore import (
    Qt,
    QTimer,
    Signal,
)

from m2m_desktop.core.records import DEFAULT_THRESHOLD
from m2m_desktop.core.review import PhraseRow
from m2m_desktop.services.language import _
from m2m_desktop.ui.candidate_model import PROBABILITY_ROLE, SELECTED_ROLE, THRESHOLD_ROLE
from m2m_desktop.ui.review.columns import (
    HEADERS,
    RIGHT_ALIGNED,
    ReviewColumn,
    cell_text,
    shown_probability,
    sort_key,
)
from m2m_desktop.ui.review.filter import Queue, RowFilter
from m2m_desktop.ui.review.look import LOOKS, look, spoken, tip
from m2m_desktop.ui.review.rows import Order, PhraseShelf
from m2m_desktop.ui.row_model import Index, RowModel

Role = Qt.ItemDataRole
COLUMNS = tuple(ReviewColumn)
NUMBER_SIDE = int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)

WARMED_AT_ONCE = 250
"""Rows made ready for free text between two events, a millisecond or two."""


class ReviewModel(RowModel):
    """See the module; ``row`` is a row that is shown, ``phrase_id`` stays the same for ever."""

    arranged = Signal()
    """Rows stand elsewhere, or others are shown."""
    stale_changed = Signal()
    counts_changed = Signal()

    def __init__(self) -> None:
        super().__init__(HEADERS.values())
        self._shelf = PhraseShelf()
        self._shown: list[int] = []
        self._at: dict[int, int] | None = None
        self._filter = RowFilter()
        self._order: Order | None = None
        self.unsaved: set[int] = set()
        self.threshold = DEFAULT_THRESHOLD
        self.is_stale = False
        self._warmed = 0
        self._warmer = QTimer(self, interval=0)
        self._warmer.timeout.connect(self._warm)

    # -- filling ---------------------------------------------------------------------------------

    def warn_by(self, warns: Callable[[PhraseRow], bool]) -> None:
        """Tell rows with a hint by this; it holds for the rows that are set afterwards."""
        self._shelf.warns = warns

    def set_rows(self, rows: Iterable[PhraseRow]) -> None:
        """Show these phrases, in their order unless sorted otherwise."""
        self.beginResetModel()
        self._shelf.set_rows(rows)
        self._arrange()
        self.endResetModel()
        self.arranged.emit()
        self.counts_changed.emit()
        self._warmed = 0
        self._warmer.start()

    def _warm(self) -> None:
        self._warmed = self._shelf.warm(self._warmed, WARMED_AT_ONCE)
        if self._warmed >= len(self._shelf.rows):
            self._warmer.stop()

    def renew(self, rows: Iterable[PhraseRow]) -> None:
        """Take over newer states of rows without moving any."""
        touched = []
        for row in rows:
            place = self._shelf.place_of(row.phrase_id)
            if place < 0 or self._shelf.rows[place] == row:
                continue
            before = self._shelf.rows[place]
            self._shelf.replace(place, row)
            self._note_move(place, before)
            touched.append(self.row_of(row.phrase_id))
        self._tell_changed([row for row in touched if row >= 0])
        if touched:
            self.counts_changed.emit()

    def mark_unsaved(self, phrase_ids: Iterable[int]) -> None:
        """Mark these rows, and no others, as not saved."""
        before, self.unsaved = self.unsaved, set(phrase_ids)
        changed = [row for n in before ^ self.unsaved if (row := self.row_of(n)) >= 0]
        self._tell_changed(changed)

    def _note_move(self, place: int, before: PhraseRow) -> None:
        if self.is_stale:
            return
        after = self._shelf.rows[place]
        column = self._order[0] if self._order else None
        moves = column is not None and sort_key(before, column) != sort_key(after, column)
        is_shown = self.row_of(after.phrase_id) >= 0
        if self._shelf.matches(place, self._filter) != is_shown or (moves and is_shown):
            self.is_stale = True
            self.stale_changed.emit()

    def _tell_changed(self, rows: Sequence[int]) -> None:
        if rows:
            last = len(ReviewColumn) - 1
            self.dataChanged.emit(self.index(min(rows), 0), self.index(max(rows), last))

    # -- order and filter ------------------------------------------------------------------------

    def set_filter(self, wanted: RowFilter) -> None:
        """Show the rows that match, in the order of now."""
        self._filter = wanted
        self.arrange()

    @property
    def filter(self) -> RowFilter:
        """What is asked for now."""
        return self._filter

    def sort(self, column: int, order: Qt.SortOrder = Qt.SortOrder.AscendingOrder) -> None:
        """Sort by a column; -1: as the phrases stand in the file."""
        descending = order == Qt.SortOrder.DescendingOrder
        self._order = None if column < 0 else (ReviewColumn(column), descending)
        self.arrange()

    def arrange(self) -> None:
        """Apply order and filter anew."""
        self.beginResetModel()
        self._arrange()
        self.endResetModel()
        self.arranged.emit()
        self.stale_changed.emit()

    def _arrange(self) -> None:
        self._shown = self._shelf.arranged(self._filter, self._order)
        self._at = None
        self.is_stale = False

    # -- reading ---------------------------------------------------------------------------------

    def phrase(self, row: int) -> PhraseRow | None:
        """The phrase of a row that is shown."""
        return self._shelf.rows[self._shown[row]] if 0 <= row < len(self._shown) else None

    def by_id(self, phrase_id: int) -> PhraseRow | None:
        """A phrase by its number, shown or not."""
        place = self._shelf.place_of(phrase_id)
        return None if place < 0 else self._shelf.rows[place]

    def row_of(self, phrase_id: int) -> int:
        """The row a phrase is shown in, or -1."""
        if self._at is None:
            self._at = {self._shelf.rows[place].phrase_id: n for n, place in enumerate(self._shown)}
        return self._at.get(phrase_id, -1)

    def find_row(
        self, start: int, step: int, test: Callable[[PhraseRow], bool], *, wraps: bool
    ) -> int:
        """The first row after ``start``, or before it where ``step`` is -1, that passes; or -1."""
        count = len(self._shown)
        for distance in range(1, count + 1):
            row = start + step * distance
            if not (wraps or 0 <= row < count):
                return -1
            if test(self._shelf.rows[self._shown[row % count]]):
                return row % count
        return -1

    def shown(self) -> list[PhraseRow]:
        """The phrases that are shown, in their order."""
        return [self._shelf.rows[place] for place in self._shown]

    def everything(self) -> Sequence[PhraseRow]:
        """All phrases, in the order of the file."""
        return self._shelf.rows

    def queue_counts(self) -> dict[Queue, int]:
        """How many phrases each queue has."""
        return {queue: self._shelf.counts[queue] for queue in Queue}

    def retranslate(self) -> None:
        """Show the words again, in another language or other colours."""
        self.headerDataChanged.emit(Qt.Orientation.Horizontal, 0, len(ReviewColumn) - 1)
        self._tell_changed(range(len(self._shown)))

    # -- Qt --------------------------------------------------------------------------------------

    def row_count(self) -> int:
        """One row a phrase that is shown."""
        return len(self._shown)

    def data(self, index: Index, role: int = Role.DisplayRole) -> Any:
        """Words, numbers and looks of one cell."""
        if not index.isValid():
            return None
        column, row = COLUMNS[index.column()], self._shelf.rows[self._shown[index.row()]]
        if role == Role.DisplayRole:
            return self._text(row, column)
        if role == Role.TextAlignmentRole:
            return NUMBER_SIDE if column in RIGHT_ALIGNED else None
        if role in LOOKS:
            return look(row, column, role, is_unsaved=row.phrase_id in self.unsaved)
        if role == PROBABILITY_ROLE:
            return shown_probability(row)
        if role == SELECTED_ROLE:
            return (shown_probability(row) or 0.0) >= self.threshold
        if role == THRESHOLD_ROLE:
            return self.threshold
        if role == Role.ToolTipRole:
            return tip(row, column, is_unsaved=row.phrase_id in self.unsaved)
        if role == Role.AccessibleTextRole:
            return spoken(row, column, is_unsaved=row.phrase_id in self.unsaved)
        return None

    def _text(self, row: PhraseRow, column: ReviewColumn) -> str:
        if column is ReviewColumn.FLAG:
            return ""  # the flag itself; its word is in the tip and for screen readers
        return cell_text(row, column) or self._stand_in(row, column)

    def _stand_in(self, row: PhraseRow, column: ReviewColumn) -> str:
        if column is ReviewColumn.PHRASE:
            return _("Phrase {number} (text not stored)").format(number=row.phrase_id)
        return ""
