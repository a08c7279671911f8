"""Paints a row of the tree: its level in small letters, its name, the mark of a secondary path.

Where there is little room the name is cut, to half of it at least, and only then the mark. The codes
stand at the right edge where the tree is wide.
"""

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRect, QSize, Qt
from PySide6.QtGui import QColor, QFontMetrics, QPainter
from PySide6.QtWidgets import QStyle, QStyleOptionViewItem, QWidget

from m2m_desktop.ui import style
from m2m_desktop.ui.dictionary.hit_delegate import LEFT, LEVEL_FACTOR, WIDEST_LEVEL
from m2m_desktop.ui.dictionary.tree_model import CODE_ROLE, MARK_ROLE, NAME_ROLE
from m2m_desktop.ui.score_delegate import RowDelegate
from m2m_desktop.ui.soc_tree_model import LEVEL_ROLE

Index = QModelIndex | QPersistentModelIndex
RIGHT = int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)

WIDE = 340
"""From this width on there is room for codes."""


class TreeDelegate(RowDelegate):
    """For a view over a `TreeModel`."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._indent = self._code_width = 0
        self.measure()

    def measure(self) -> None:
        """Take over the font of the program."""
        level = QFontMetrics(style.sized(LEVEL_FACTOR)).horizontalAdvance(WIDEST_LEVEL)
        self._indent = level + style.S
        caption = QFontMetrics(style.sized(style.CAPTION))
        self._code_width = caption.horizontalAdvance("90000000") + style.L

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        """One line; the name may be cut, so no row asks for more width than there is."""
        hint = super().sizeHint(option, index)
        return QSize(self._indent, hint.height() - style.XS)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """Draw the ground, then level, name, mark and code."""
        ground = QStyleOptionViewItem(option)
        self.initStyleOption(ground, index)
        ground.text = ""
        widget = option.widget
        widget.style().drawControl(QStyle.ControlElement.CE_ItemViewItem, ground, painter, widget)
        colours = style.colours()
        muted = QColor(colours.muted)
        brush = index.data(Qt.ItemDataRole.ForegroundRole)
        name, mark = str(index.data(NAME_ROLE)), str(index.data(MARK_ROLE))
        room = QRect(option.rect).adjusted(style.XS, 0, -style.S, 0)
        painter.save()
        painter.setPen(muted)
        painter.setFont(style.sized(LEVEL_FACTOR))
        painter.drawText(room, LEFT, str(index.data(LEVEL_ROLE)))
        room.setLeft(room.left() + self._indent)
        if option.rect.right() > WIDE:  # the same for all rows: codes stand below one another
            painter.setFont(style.sized(style.CAPTION))
            painter.drawText(room, RIGHT, str(index.data(CODE_ROLE)))
            room.setRight(room.right() - self._code_width)
        painter.setFont(ground.font)
        painter.setPen(brush.color() if brush is not None else QColor(colours.text))
        metrics = QFontMetrics(ground.font)
        width = max(room.width() - metrics.horizontalAdvance(mark), room.width() // 2)
        shown = metrics.elidedText(name, Qt.TextElideMode.ElideRight, width)
        left = room.width() - metrics.horizontalAdvance(shown)
        cut = metrics.elidedText(mark, Qt.TextElideMode.ElideRight, left)
        painter.drawText(room, LEFT, f"{shown}{cut}")
        painter.restore()
