"""The header of the table of phrases: names to sort by, and below each a field to filter by."""

from collections.abc import Collection, Mapping, Sequence

from PySide6.QtCore import QPoint, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QContextMenuEvent, QMouseEvent
from PySide6.QtWidgets import QHeaderView, QLineEdit, QMenu, QTableView, QToolButton, QWidget

from m2m_desktop.core.records import Band, Source
from m2m_desktop.core.review import ReviewStatus
from m2m_desktop.services.language import _
from m2m_desktop.ui import style, words
from m2m_desktop.ui.review.columns import HEADERS, NUMBERS, ReviewColumn

DEBOUNCE_MS = 180


def choices_of(column: ReviewColumn) -> Sequence[str]:
    """The words a column can have, where there are only a few; in the language of now."""
    match column:
        case ReviewColumn.STATUS:
            statuses = [words.status_word(status) for status in ReviewStatus]
            return [statuses[0], words.draft_word(), *statuses[1:]]
        case ReviewColumn.BAND:
            return [words.band_word(band) for band in Band]
        case ReviewColumn.SOURCE:
            answered = (*words.ANSWER_SOURCES, Source.MANUAL)
            return [words.source_word(source) for source in answered]
        case ReviewColumn.FLAG:
            return [_(words.FLAGGED)]
        case _:
            return ()


CHOICE_COLUMNS = (
    ReviewColumn.STATUS,
    ReviewColumn.FLAG,
    ReviewColumn.BAND,
    ReviewColumn.SOURCE,
)


class ChoiceField(QToolButton):
    """A field that offers the words of a column; several may be ticked."""

    changed = Signal()

    def __init__(self, parent: QWidget, column: ReviewColumn) -> None:
        super().__init__(parent)
        self._column = column
        self.setObjectName("filter")
        self.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextOnly)
        self._menu = QMenu(self)
        self.setMenu(self._menu)
        self.retranslate()

    def chosen(self) -> list[str]:
        """The words that are ticked."""
        return [action.text() for action in self._menu.actions() if action.isChecked()]

    def choose(self, chosen: Collection[str]) -> None:
        """Tick these words without saying so."""
        for action in self._menu.actions():
            action.setChecked(action.text() in chosen)
        self._show()

    def retranslate(self) -> None:
        """Take over the language; what is ticked stays ticked."""
        ticked = [action.isChecked() for action in self._menu.actions()]
        self._menu.clear()
        for number, word in enumerate(choices_of(self._column)):
            action = self._menu.addAction(word)
            action.setCheckable(True)
            action.setChecked(bool(ticked) and ticked[number])
            action.triggered.connect(self._ticked)
        self._show()

    def _ticked(self) -> None:
        self._show()
        self.changed.emit()

    def _show(self) -> None:
        chosen = self.chosen()
        text = chosen[0] if len(chosen) == 1 else str(len(chosen) or "")
        self.setText(text)
        title = _("Filter: {column}").format(column=_(HEADERS[self._column]))
        self.setAccessibleName(title)
        self.setToolTip("\n".join([title, *chosen]))
        self.setProperty("on", "true" if chosen else "false")
        self.style().polish(self)


class FilterHeader(QHeaderView):
    """Click sorts, a third click goes back to the order of the file; right-click hides columns."""

    filter_changed = Signal()
    column_shown = Signal()
    """A column was shown or hidden."""
    sort_wanted = Signal(int, object)
    """Column and `Qt.SortOrder`; column -1: the order of the file."""

    def __init__(self, parent: QTableView) -> None:
        super().__init__(Qt.Orientation.Horizontal, parent)
        self.setSectionsClickable(True)
        self.setSectionsMovable(True)
        self.setHighlightSections(False)
        self.setStretchLastSection(False)
        self.setMinimumSectionSize(34)
        self.setTextElideMode(Qt.TextElideMode.ElideRight)
        self.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop)
        self.setFont(style.sized(style.CAPTION))
        self._fields: dict[ReviewColumn, QLineEdit | ChoiceField] = {}
        self._sorted: tuple[int, Qt.SortOrder] | None = None
        self.is_pressed = False
        """Whether a hand is on it: only then is a width somebody's choice."""
        self._pause = QTimer(self, singleShot=True, interval=DEBOUNCE_MS)
        self._pause.timeout.connect(self.filter_changed)
        for column in ReviewColumn:
            self._fields[column] = self._make(column)
        self.sectionResized.connect(self.place_fields)
        self.sectionMoved.connect(self.place_fields)
        self.sectionClicked.connect(self._clicked)
        parent.horizontalScrollBar().valueChanged.connect(self.place_fields)

    def _make(self, column: ReviewColumn) -> QLineEdit | ChoiceField:
        if column in CHOICE_COLUMNS:
            choice = ChoiceField(self, column)
            choice.changed.connect(self.filter_changed)
            return choice
        line = QLineEdit(self)
        line.setObjectName("filter")
        line.textChanged.connect(lambda _text: self._pause.start())
        line.returnPressed.connect(self.flush)
        return line

    def field(self, column: ReviewColumn) -> QLineEdit | ChoiceField:
        """The field below a column."""
        return self._fields[column]

    def fields(self) -> Mapping[ReviewColumn, QLineEdit | ChoiceField]:
        """All fields."""
        return self._fields

    def flush(self) -> None:
        """Do not wait for the pause after typing."""
        self._pause.stop()
        self.filter_changed.emit()

    def contains(self) -> dict[ReviewColumn, str]:
        """What was typed below the columns."""
        return {
            column: field.text()
            for column, field in self._fields.items()
            if isinstance(field, QLineEdit) and field.text().strip()
        }

    def choices(self) -> dict[ReviewColumn, list[str]]:
        """What was ticked below the columns."""
        return {
            column: field.chosen()
            for column, field in self._fields.items()
            if isinstance(field, ChoiceField) and field.chosen()
        }

    def clear(self) -> None:
        """Empty all fields without saying so."""
        for field in self._fields.values():
            if isinstance(field, ChoiceField):
                field.choose(())
            else:
                field.clear()
        self._pause.stop()

    def retranslate(self) -> None:
        """Take over the language."""
        for column, field in self._fields.items():
            if isinstance(field, ChoiceField):
                field.retranslate()
                continue
            title = _("Filter: {column}").format(column=_(HEADERS[column]))
            field.setAccessibleName(title)
            example = _("For example: 12, >3, 2-5")
            field.setToolTip(f"{title}\n{example}" if column in NUMBERS else title)
            field.setPlaceholderText(_("contains…") if column is ReviewColumn.PHRASE else "")
        self.place_fields()

    # -- sorting and hiding ----------------------------------------------------------------------

    def _clicked(self, column: int) -> None:
        up, down = Qt.SortOrder.AscendingOrder, Qt.SortOrder.DescendingOrder
        # what one looks for in numbers are the large ones
        first = down if column in NUMBERS else up
        if self._sorted is None or self._sorted[0] != column:
            self._sorted = (column, first)
        elif self._sorted[1] == first:
            self._sorted = (column, up if first == down else down)
        else:
            self._sorted = None
        self.show_sorted(self._sorted)
        self.sort_wanted.emit(*(self._sorted or (-1, up)))

    def show_sorted(self, by: tuple[int, Qt.SortOrder] | None) -> None:
        """Show what the rows are sorted by; None: they stand as in the file."""
        self._sorted = by
        self.setSortIndicatorShown(by is not None)
        if by is not None:
            self.setSortIndicator(*by)

    @property
    def sorted_by(self) -> tuple[int, Qt.SortOrder] | None:
        """What the rows are sorted by."""
        return self._sorted

    def menu(self) -> QMenu:
        """The menu of columns: ticked ones are shown."""
        menu = QMenu(self)
        for column in ReviewColumn:
            action = menu.addAction(_(HEADERS[column]))
            action.setCheckable(True)
            action.setChecked(not self.isSectionHidden(column))
            action.setEnabled(column is not ReviewColumn.PHRASE)
            action.toggled.connect(lambda on, column=column: self.show_column(column, on=on))
        return menu

    def show_column(self, column: ReviewColumn, *, on: bool) -> None:
        """Show or hide a column."""
        self.setSectionHidden(column, not on)
        self.place_fields()
        self.column_shown.emit()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Note that a hand is on it."""
        self.is_pressed = True
        super().mousePressEvent(event)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Note that no hand is on it any more."""
        super().mouseReleaseEvent(event)
        self.is_pressed = False

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """Offer the columns."""
        menu = self.menu()
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.popup(event.globalPos())

    # -- geometry --------------------------------------------------------------------------------

    def sizeHint(self) -> QSize:
        """Room for the fields below the names."""
        hint = super().sizeHint()
        return QSize(hint.width(), hint.height() + self._field_height() + style.XS)

    def updateGeometries(self) -> None:
        """Keep the names in the upper part."""
        self.setViewportMargins(0, 0, 0, self._field_height() + style.XS)
        super().updateGeometries()
        self.place_fields()

    def _field_height(self) -> int:
        return self.fontMetrics().height() + 2 * style.XS + 4

    def place_fields(self) -> None:
        """Put each field below its column."""
        height = self._field_height()
        top = self.height() - height - 2
        for column, field in self._fields.items():
            is_shown = not self.isSectionHidden(column) and self.count() > column
            field.setVisible(is_shown)
            if is_shown:
                field.move(QPoint(self.sectionViewportPosition(column) + 1, top))
                field.resize(max(0, self.sectionSize(column) - 3), height)
