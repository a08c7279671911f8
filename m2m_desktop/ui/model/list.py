"""The list of installed models: one row a model, with its kind and whether it can be used."""

from collections.abc import Sequence
from typing import Any, cast

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, QRect, QSize, Qt
from PySide6.QtGui import QColor, QIcon, QPainter
from PySide6.QtWidgets import QHeaderView, QStyle, QStyledItemDelegate, QStyleOptionViewItem

from m2m_desktop.services.language import _
from m2m_desktop.ui import icons, style
from m2m_desktop.ui.model.protocol import ModelCard
from m2m_desktop.ui.model.uses import InUse
from m2m_desktop.ui.model.words import kind_word, status_text
from m2m_desktop.ui.widgets import Table

Index = QModelIndex | QPersistentModelIndex
Role = Qt.ItemDataRole
NOWHERE = QModelIndex()
SECOND_LINE_ROLE = Role.UserRole + 1
ICON_PX = 16


class ModelListModel(QAbstractTableModel):
    """Rows over `ModelCard` records, in the order they are given."""

    def __init__(self) -> None:
        super().__init__()
        self._cards: tuple[ModelCard, ...] = ()
        self._in_use = InUse()

    def set_cards(self, cards: Sequence[ModelCard], in_use: InUse) -> None:
        """Show these, and which of them are in use."""
        self.beginResetModel()
        self._cards, self._in_use = tuple(cards), in_use
        self.endResetModel()

    def refresh(self) -> None:
        """Show words and colours again."""
        if self._cards:
            self.dataChanged.emit(self.index(0, 0), self.index(len(self._cards) - 1, 0))

    def card(self, row: int) -> ModelCard | None:
        """The model of a row."""
        return self._cards[row] if 0 <= row < len(self._cards) else None

    def is_default(self, card: ModelCard) -> bool:
        """Whether it is the one in use for what its kind is for."""
        used = self._in_use.of(card.kind)
        first = next((c for c in self._cards if c.model_id == used), None)
        return card is first

    def is_shadowed(self, card: ModelCard) -> bool:
        """Whether a model above has the same id: the engine means that one by the id."""
        return card is not next((c for c in self._cards if c.model_id == card.model_id), card)

    def row_of(self, model_id: str) -> int:
        """The row of a model, or -1."""
        ids = [card.model_id for card in self._cards]
        return ids.index(model_id) if model_id in ids else -1

    def rowCount(self, parent: Index = NOWHERE) -> int:
        """One row a model."""
        return 0 if parent.isValid() else len(self._cards)

    def columnCount(self, parent: Index = NOWHERE) -> int:
        """One column: the delegate writes two lines."""
        return 0 if parent.isValid() else 1

    def data(self, index: Index, role: int = Role.DisplayRole) -> Any:
        """Words, icon and colour of a row."""
        card = self.card(index.row())
        if card is None:
            return None
        if role == Role.DisplayRole:
            return card.name
        if role == SECOND_LINE_ROLE:
            return self._second_line(card)
        if role == Role.AccessibleTextRole:
            return f"{card.name}, {self._second_line(card)}"
        if role == Role.ToolTipRole:
            return "\n".join(filter(None, (card.name, card.problem)))
        if role == Role.DecorationRole:
            return state_icon(card)
        if role == Role.ForegroundRole and card.problem:
            return style.brush(style.colours().error)
        return None

    def _second_line(self, card: ModelCard) -> str:
        status = status_text(card, is_default=self.is_default(card))
        if card.problem:
            status = _("{state}: {reason}").format(state=status, reason=card.problem)
        return " · ".join(filter(None, (kind_word(card.kind), status)))


def state_icon(card: ModelCard) -> QIcon:
    """The icon that goes with the word for the state of a model."""
    colours = style.colours()
    if card.problem:
        return icons.icon("error", colours.error, colours.surface)
    return icons.icon("certain", colours.certain, colours.surface)


class ModelRowDelegate(QStyledItemDelegate):
    """Paints a row: icon, the name, and below it kind and state; both are cut with dots."""

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        """Two lines and the room around them."""
        return QSize(0, row_height(option.fontMetrics.height()))

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """Draw the ground as Qt does, the rest here."""
        plain = QStyleOptionViewItem(option)
        self.initStyleOption(plain, index)
        plain.state &= ~QStyle.StateFlag.State_HasFocus
        plain.text, plain.icon = "", QIcon()
        option.widget.style().drawControl(
            QStyle.ControlElement.CE_ItemViewItem, plain, painter, option.widget
        )
        inside = QRect(option.rect).adjusted(style.S, style.ROW_PADDING, -style.S, 0)
        line = option.fontMetrics.height()
        icon = cast("QIcon", index.data(Role.DecorationRole))
        icon.paint(
            painter, QRect(inside.left(), inside.top() + (line - ICON_PX) // 2, ICON_PX, ICON_PX)
        )
        room = inside.adjusted(ICON_PX + style.S, 0, 0, 0)
        colours, problem = style.colours(), index.data(Role.ForegroundRole)
        painter.save()
        name = QRect(room.left(), room.top(), room.width(), line)
        _write(painter, name, str(index.data()), colours.text, bold=True)
        second = QRect(room.left(), name.bottom() + 2, room.width(), line)
        colour = colours.error if problem is not None else colours.muted
        _write(painter, second, str(index.data(SECOND_LINE_ROLE)), colour, bold=False)
        painter.restore()


class ModelList(Table):
    """The list itself: one column without a header, as tall as two lines need."""

    def __init__(self, model: ModelListModel) -> None:
        super().__init__()
        self.setModel(model)
        self.setItemDelegate(ModelRowDelegate(self))
        header = self.horizontalHeader()
        header.hide()
        header.setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
        self.verticalHeader().setDefaultSectionSize(row_height(self.fontMetrics().height()))
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)


def row_height(line_px: int) -> int:
    """How tall a row of two lines is."""
    return 2 * line_px + 2 + 2 * style.ROW_PADDING


def empty_text() -> str:
    """What stands in place of a card where there is no model at all."""
    return _("There is no model on this computer. Until one is installed, lexical search works.")


def _write(painter: QPainter, room: QRect, text: str, colour: str, *, bold: bool) -> None:
    painter.setFont(style.sized(style.BODY if bold else style.CAPTION, bold=bold))
    painter.setPen(QColor(colour))
    elided = painter.fontMetrics().elidedText(text, Qt.TextElideMode.ElideRight, room.width())
    painter.drawText(room, int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter), elided)
