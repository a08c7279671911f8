"""The table of phrases as it is used: several rows may be chosen, one of them is in hand."""

from collections.abc import Callable, Iterable

from PySide6.QtCore import QByteArray, QItemSelectionModel, QModelIndex, Signal
from PySide6.QtGui import QPainter, QResizeEvent
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QStyleOptionViewItem

from m2m_desktop.core.records import Band
from m2m_desktop.core.review import PhraseRow, ReviewStatus
from m2m_desktop.services.language import _
from m2m_desktop.ui import style, words
from m2m_desktop.ui.candidate_model import PROBABILITY_ROLE
from m2m_desktop.ui.review.columns import HIDDEN_AT_FIRST, RIGHT_ALIGNED, ReviewColumn
from m2m_desktop.ui.review.header import FilterHeader
from m2m_desktop.ui.review.model import ReviewModel
from m2m_desktop.ui.row_model import Index
from m2m_desktop.ui.score_delegate import RowDelegate, ScoreDelegate
from m2m_desktop.ui.widgets import ICON_ROOM, Table

WIDTHS = {
    ReviewColumn.FLAG: 44,
    ReviewColumn.PHRASE: 120,
    ReviewColumn.COUNT: 52,
    ReviewColumn.TERM: 120,
    ReviewColumn.PROBABILITY: 108,
    ReviewColumn.REPORTS: 64,
    ReviewColumn.SOC: 150,
    ReviewColumn.COMMENT: 150,
    ReviewColumn.REVIEWER: 90,
}

NUMBER_GAP = "\N{EN SPACE}"

SHARING = (ReviewColumn.PHRASE, ReviewColumn.TERM)
"""These share the room that is left over."""


class PhraseDelegate(ScoreDelegate):
    """Paints the probability of the best term as a bar, and keeps numbers off the next column."""

    def initStyleOption(self, option: QStyleOptionViewItem, index: Index) -> None:
        """Leave room at the right of numbers."""
        super().initStyleOption(option, index)
        if index.column() in RIGHT_ALIGNED:
            option.text += NUMBER_GAP

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """Draw the cell; the bar in its own column."""
        probability = index.data(PROBABILITY_ROLE)
        if index.column() == ReviewColumn.PROBABILITY and isinstance(probability, float):
            self._ground(painter, option, index)
            self._bar(painter, option, index, probability)
        elif index.column() == ReviewColumn.PROBABILITY:
            self._ground(painter, option, index)
        else:
            RowDelegate.paint(self, painter, option, index)  # its parent looks for other columns


class ReviewTable(Table):
    """Says which phrase is in hand; a double click accepts."""

    row_changed = Signal(object)
    """The `PhraseRow` in hand, or None."""
    accept_wanted = Signal()
    selection_changed = Signal()

    def __init__(self, model: ReviewModel) -> None:
        super().__init__()
        self.phrases = model
        self.header = FilterHeader(self)
        self.setHorizontalHeader(self.header)
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.setModel(model)
        # headers ask of every row whether it is chosen, 0.1 s after Ctrl+A over ten thousand: this
        # one marks nothing and is given a selection in which nothing ever is
        self.header.setSelectionModel(QItemSelectionModel(model, self.header))
        self.setItemDelegate(PhraseDelegate(self))
        self.setSortingEnabled(False)
        self._in_hand = 0
        self._fits = True  # until somebody makes a column wider or narrower
        self._is_arranging = False
        model.modelAboutToBeReset.connect(self._remember)
        model.arranged.connect(self._restore)
        chooser = self.selectionModel()
        chooser.currentRowChanged.connect(self._moved)
        chooser.selectionChanged.connect(lambda _new, _old: self.selection_changed.emit())
        self.doubleClicked.connect(lambda _index: self.accept_wanted.emit())
        self.header.sort_wanted.connect(lambda column, order: model.sort(column, order))
        for column in HIDDEN_AT_FIRST:
            self.header.setSectionHidden(column, True)
        self._set_widths()
        self.header.sectionResized.connect(self._resized)
        self.header.column_shown.connect(self._fit)

    def _set_widths(self) -> None:
        """As wide as their words, which differ in length from language to language."""
        metrics = self.fontMetrics()
        statuses = [*map(words.status_word, ReviewStatus), words.draft_word()]
        widths = {
            **WIDTHS,
            ReviewColumn.STATUS: _widest(metrics.horizontalAdvance, statuses),
            ReviewColumn.BAND: _widest(metrics.horizontalAdvance, map(words.band_word, Band)),
            ReviewColumn.SOURCE: _widest(
                metrics.horizontalAdvance, map(words.source_word, words.ANSWER_SOURCES), icon=False
            ),
        }
        for column, width in widths.items():
            self.header.setSectionResizeMode(column, QHeaderView.ResizeMode.Interactive)
            self.header.resizeSection(column, width)
        self.verticalHeader().setDefaultSectionSize(metrics.height() + 2 * style.ROW_PADDING)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Give the room that is left to phrases and terms."""
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        if not self._fits:
            return
        shared = [c for c in SHARING if not self.header.isSectionHidden(c)]
        taken = sum(self.header.sectionSize(c) for c in ReviewColumn if c not in shared)
        left = self.viewport().width() - taken
        before = self.header.blockSignals(True)
        for column in shared:
            self.header.resizeSection(column, max(WIDTHS[column], left // len(shared)))
        self.header.blockSignals(before)
        self.updateGeometries()
        self.header.place_fields()

    def _resized(self, _column: int, _before: int, _after: int) -> None:
        if self.header.is_pressed:
            self._fits = False

    # -- the row in hand -------------------------------------------------------------------------

    def in_hand(self) -> PhraseRow | None:
        """The phrase of the current row."""
        return self.phrases.phrase(self.current_row())

    def go_to(self, row: int) -> None:
        """Take another row in hand, and only it."""
        if 0 <= row < self.phrases.rowCount():
            self.setCurrentIndex(self.phrases.index(row, ReviewColumn.PHRASE))
            self.scrollTo(self.currentIndex())

    def go_to_phrase(self, phrase_id: int) -> bool:
        """Take a phrase in hand; False where it is not shown."""
        row = self.phrases.row_of(phrase_id)
        self.go_to(row)
        return row >= 0

    def selected_rows(self) -> list[PhraseRow]:
        """The chosen phrases from top to bottom."""
        found = (self.phrases.phrase(row) for row in chosen_rows(self))
        return [row for row in found if row is not None]

    def chosen_count(self) -> int:
        """How many phrases are chosen; quick also after Ctrl+A."""
        chosen = self.selectionModel().selection()
        return sum(chosen.at(number).height() for number in range(chosen.count()))

    def _moved(self, current: QModelIndex) -> None:
        row = self.phrases.phrase(current.row())
        if row is not None and not self._is_arranging:
            self._in_hand = row.phrase_id
            self.row_changed.emit(row)

    def _remember(self) -> None:
        self._is_arranging = True

    def _restore(self) -> None:
        """After another order or filter: stay on the phrase in hand, at least near the top."""
        row = self.phrases.row_of(self._in_hand)
        if row < 0 and self.phrases.rowCount():
            row = 0
        if row >= 0:
            self.selectionModel().setCurrentIndex(
                self.phrases.index(row, ReviewColumn.PHRASE),
                QItemSelectionModel.SelectionFlag.ClearAndSelect
                | QItemSelectionModel.SelectionFlag.Rows,
            )
            self.scrollTo(self.currentIndex(), QAbstractItemView.ScrollHint.EnsureVisible)
        self._is_arranging = False
        now = self.phrases.phrase(row)
        self._in_hand = now.phrase_id if now else 0
        self.row_changed.emit(now)

    # -- Qt --------------------------------------------------------------------------------------

    def keyboardSearch(self, search: str) -> None:
        """Letters are keys of review: they never jump to a row."""

    def retranslate(self) -> None:
        """Take over language and colours."""
        self.setAccessibleName(_("Phrases to review"))
        self.phrases.retranslate()
        self.header.retranslate()
        if self._fits:
            self._set_widths()
            self._fit()

    def save_layout(self) -> QByteArray:
        """Widths, order and visibility of the columns."""
        return self.header.saveState()

    def restore_layout(self, state: QByteArray) -> None:
        """Take them over again; the order of the rows is not part of it."""
        self.header.restoreState(state)
        self._fits = False
        self.header.show_sorted(None)


def chosen_rows(view: QAbstractItemView) -> list[int]:
    """The chosen rows from top to bottom; by ranges, for after Ctrl+A every cell is chosen."""
    rows: set[int] = set()
    chosen = view.selectionModel().selection()
    for number in range(chosen.count()):
        block = chosen.at(number)
        rows.update(range(block.top(), block.bottom() + 1))
    return sorted(rows)


def _widest(advance: Callable[[str], int], texts: Iterable[str], *, icon: bool = True) -> int:
    room = ICON_ROOM if icon else ""
    return max(advance(f"{room}{text}") for text in texts) + style.L
