"""Where a phrase stands in the file, and which of these places are decided on their own."""

from collections.abc import Sequence
from enum import IntEnum
from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QAbstractItemView, QHBoxLayout, QVBoxLayout, QWidget

from m2m_desktop.core.messages import N_
from m2m_desktop.services.language import _
from m2m_desktop.services.project.records import Item
from m2m_desktop.ui import icons, style, words
from m2m_desktop.ui.review.columns import term_names
from m2m_desktop.ui.review.table import chosen_rows
from m2m_desktop.ui.row_model import Index, RowModel
from m2m_desktop.ui.score_delegate import RowDelegate
from m2m_desktop.ui.widgets import Table, button, label

Role = Qt.ItemDataRole


class PlaceColumn(IntEnum):
    """The columns from left to right."""

    ROW = 0
    REPORT = 1
    SEVERITY = 2
    OWN = 3


HEADERS = {
    PlaceColumn.ROW: N_("Row"),
    PlaceColumn.REPORT: N_("Report"),
    PlaceColumn.SEVERITY: N_("Severity"),
    PlaceColumn.OWN: N_("Decision"),
}


class PlaceModel(RowModel):
    """Rows over the items of one phrase."""

    def __init__(self) -> None:
        super().__init__(HEADERS.values())
        self._items: list[Item] = []
        self._has_sheets = False

    def set_items(self, items: Sequence[Item]) -> None:
        """Show these; where only their states differ from what is shown, the rows stay chosen."""
        if [one.item_id for one in items] == [one.item_id for one in self._items]:
            self._items = list(items)
            if items:
                last = self.index(len(items) - 1, len(PlaceColumn) - 1)
                self.dataChanged.emit(self.index(0, 0), last)
            return
        self.beginResetModel()
        self._items = list(items)
        self._has_sheets = len({item.sheet for item in items}) > 1
        self.endResetModel()

    def item(self, row: int) -> Item | None:
        """The item of a row."""
        return self._items[row] if 0 <= row < len(self._items) else None

    def row_count(self) -> int:
        """One row an item."""
        return len(self._items)

    def data(self, index: Index, role: int = Role.DisplayRole) -> Any:
        """Words and looks of one cell."""
        if not index.isValid():
            return None
        column, item = PlaceColumn(index.column()), self._items[index.row()]
        if role in {Role.DisplayRole, Role.ToolTipRole, Role.AccessibleTextRole}:
            return self._text(column, item)
        if column is not PlaceColumn.OWN:
            return None
        colours = style.colours()
        if role == Role.ForegroundRole:
            is_own = item.state is not None
            return style.brush(colours.text if is_own else colours.muted)
        if role == Role.DecorationRole and item.state is not None:
            state = item.state
            shape = words.DRAFT_SHAPE if state.is_draft else words.STATUS_SHAPES[state.status]
            return icons.icon(shape, words.status_colour(state.status, colours), colours.surface)
        return None

    def _text(self, column: PlaceColumn, item: Item) -> str:
        match column:
            case PlaceColumn.ROW:
                return f"{item.sheet} · {item.row}" if self._has_sheets else str(item.row)
            case PlaceColumn.REPORT:
                return item.report_id
            case PlaceColumn.SEVERITY:
                return item.severity
            case PlaceColumn.OWN:
                origin = _("from the narrative") if item.is_added else ""
                return " · ".join(filter(None, (origin, *_decision(item))))


def _decision(item: Item) -> tuple[str, ...]:
    """What holds for a place, in words."""
    if item.state is None:
        return (_("as the phrase"),)
    state = item.state
    word = words.draft_word() if state.is_draft else words.status_word(state.status)
    return word, term_names(state.terms)


class PlacesPanel(QWidget):
    """The places of the phrase in hand.

    While "only these rows" is on, whatever is decided holds for the chosen rows alone.
    """

    only_changed = Signal()
    """Which rows a decision holds for has changed."""
    same_wanted = Signal(list)
    """The `Item` records that are to follow the phrase again."""

    def __init__(self) -> None:
        super().__init__()
        self.model, self.table = PlaceModel(), Table()
        self.table.setModel(self.model)
        self.table.setItemDelegate(RowDelegate(self.table))
        self.table.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.only_button, self.same_button = button(), button("quiet")
        self.only_button.setCheckable(True)
        self._hint = label("muted", style.CAPTION)
        self._hint.setWordWrap(True)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, style.S, 0, 0)
        column.setSpacing(style.XS)
        column.addWidget(self.table, 1)
        row = QHBoxLayout()
        row.setSpacing(style.S)
        row.addWidget(self.only_button)
        row.addWidget(self.same_button)
        row.addWidget(self._hint, 1)
        column.addLayout(row)
        self.table.selectionModel().selectionChanged.connect(lambda _new, _old: self._refresh())
        self.only_button.toggled.connect(lambda _on: self._refresh())
        self.same_button.clicked.connect(lambda: self.same_wanted.emit(self.own_chosen()))
        self._is_read_only = False
        self.retranslate()

    def show_items(self, items: Sequence[Item], *, is_read_only: bool) -> None:
        """Show the places of a phrase; for another phrase decisions hold for all of it again."""
        self._is_read_only = is_read_only
        self.model.set_items(items)
        self._refresh()

    def chosen(self) -> list[Item]:
        """The rows that are chosen in the table."""
        found = (self.model.item(row) for row in chosen_rows(self.table))
        return [item for item in found if item is not None]

    def only(self) -> list[Item]:
        """The rows a decision holds for; nothing: for the whole phrase."""
        return self.chosen() if self.only_button.isChecked() else []

    def own_chosen(self) -> list[Item]:
        """The chosen rows that are decided on their own."""
        return [item for item in self.chosen() if item.state is not None]

    def stop(self) -> None:
        """Decide for the whole phrase again."""
        self.only_button.setChecked(False)

    def _refresh(self) -> None:
        chosen = self.chosen()
        may = not self._is_read_only
        self.only_button.setEnabled(may and (bool(chosen) or self.only_button.isChecked()))
        if not chosen and self.only_button.isChecked():
            self.only_button.setChecked(False)
            return
        self.same_button.setEnabled(may and bool(self.own_chosen()))
        self.only_changed.emit()

    def retranslate(self) -> None:
        """Take over language and colours."""
        self.table.setAccessibleName(_("Where the phrase stands"))
        self.only_button.setText(_("Decide only the chosen rows"))
        self.same_button.setText(_("As the phrase again"))
        self._hint.setText(_("Choose rows to decide them otherwise than the phrase."))
        self.table.lay_out({PlaceColumn.ROW: ("100000",), PlaceColumn.SEVERITY: ("字字字字",)})
