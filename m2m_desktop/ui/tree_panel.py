"""The right side: the card of the chosen term, and the SOC tree opened at it."""

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRect, QSize, Qt, Signal
from PySide6.QtGui import QAction, QColor, QPainter, QResizeEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QBoxLayout,
    QCheckBox,
    QHBoxLayout,
    QStyle,
    QStyleOptionViewItem,
    QTreeView,
    QVBoxLayout,
    QWidget,
)

from m2m_desktop.core.records import Term, TermLevel
from m2m_desktop.services.language import _
from m2m_desktop.ui import clipboard, style
from m2m_desktop.ui.score_delegate import RowDelegate
from m2m_desktop.ui.soc_tree_model import LEVEL_ROLE, SocTreeModel
from m2m_desktop.ui.widgets import card, label

Index = QModelIndex | QPersistentModelIndex

LEAST_HEIGHT = 54
"""Of the tree itself, in a low window: two rows."""


class LevelDelegate(RowDelegate):
    """Paints the level in small letters before the name."""

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """Draw the row with room at its left, then the level there."""
        width = self._level_width()
        shifted = QStyleOptionViewItem(option)
        self.initStyleOption(shifted, index)
        text, shifted.text = shifted.text, ""
        widget = option.widget
        widget.style().drawControl(QStyle.ControlElement.CE_ItemViewItem, shifted, painter, widget)
        rect = QRect(option.rect)
        middle = int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        painter.save()
        painter.setFont(style.sized(0.78))
        painter.setPen(QColor(style.colours().muted))
        painter.drawText(rect.adjusted(style.XS, 0, 0, 0), middle, str(index.data(LEVEL_ROLE)))
        painter.setFont(shifted.font)
        brush = index.data(Qt.ItemDataRole.ForegroundRole)
        painter.setPen(brush.color() if brush is not None else QColor(style.colours().text))
        room = rect.adjusted(width, 0, -style.XS, 0)
        metrics = shifted.fontMetrics
        elided = metrics.elidedText(text, Qt.TextElideMode.ElideRight, room.width())
        painter.drawText(room, middle, elided)
        painter.restore()

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        """Room for the level, too."""
        hint = super().sizeHint(option, index)
        return QSize(hint.width() + self._level_width(), hint.height() - style.XS)

    def _level_width(self) -> int:
        return 36


class TreePanel(QWidget):
    """Shows one PT in its tree."""

    children_wanted = Signal(int, str)
    roots_wanted = Signal()
    term_chosen = Signal(object)
    """The `Term` the user went to in the tree."""
    copied = Signal(str)
    term_wanted = Signal(object, str)
    """Level and code of a term to be shown in the dictionary."""

    def __init__(self) -> None:
        super().__init__()
        self.model = SocTreeModel()
        self.model.children_wanted.connect(self.children_wanted)
        self.tree = QTreeView()
        self.tree.setModel(self.model)
        self.tree.setItemDelegate(LevelDelegate(self.tree))
        self.tree.setHeaderHidden(True)
        self.tree.setMinimumHeight(LEAST_HEIGHT)
        self.tree.setUniformRowHeights(True)
        self.tree.setIndentation(style.L)
        self.tree.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.tree.setContextMenuPolicy(Qt.ContextMenuPolicy.ActionsContextMenu)
        self._term: Term | None = None
        self._name = label(factor=style.LEAD, bold=True)
        self._name.setWordWrap(True)
        self._second = label("muted")
        self._second.setWordWrap(True)
        for line in (self._name, self._second):
            line.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.whole_box, self.old_box = QCheckBox(), QCheckBox()
        self._legend = label("muted", style.CAPTION)
        self._legend.setWordWrap(True)
        self._lay_out()
        self.tree.selectionModel().currentChanged.connect(self._moved)
        self.whole_box.toggled.connect(self._whole_toggled)
        self.old_box.toggled.connect(self._old_toggled)
        self.copy_term, self.copy_code = QAction(self), QAction(self)
        for action, keys, field in (
            (self.copy_term, "Ctrl+C", "name"),
            (self.copy_code, "Ctrl+Shift+C", "code"),
        ):
            action.setShortcut(keys)
            action.setShortcutContext(Qt.ShortcutContext.WidgetShortcut)
            action.triggered.connect(lambda _on=False, field=field: self._copy(field))
            self.tree.addAction(action)
        self.show_in_dictionary = QAction(self)
        self.show_in_dictionary.setShortcut("Ctrl+D")
        self.show_in_dictionary.setShortcutContext(Qt.ShortcutContext.WidgetShortcut)
        self.show_in_dictionary.triggered.connect(self._show_in_dictionary)
        self.tree.addAction(self.show_in_dictionary)
        self.retranslate()

    def _lay_out(self) -> None:
        surface = card()
        inside = QVBoxLayout(surface)
        inside.setContentsMargins(style.L, style.M, style.L, style.S)
        inside.setSpacing(style.XS)
        inside.addWidget(self._name)
        inside.addWidget(self._second)
        inside.addSpacing(style.S)
        inside.addWidget(self.tree, 1)
        inside.addWidget(self._legend)
        self._boxes = QHBoxLayout()
        self._boxes.addWidget(self.whole_box)
        self._boxes.addWidget(self.old_box)
        self._boxes.addStretch(1)
        inside.addLayout(self._boxes)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(surface)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Put the boxes below one another where there is no room for them side by side."""
        super().resizeEvent(event)
        self._place_boxes()

    def _place_boxes(self) -> None:
        widths = [box.sizeHint().width() for box in (self.whole_box, self.old_box)]
        fits = sum(widths) + 3 * style.L <= self.width()
        way = QBoxLayout.Direction
        self._boxes.setDirection(way.LeftToRight if fits else way.TopToBottom)
        self._boxes.setSpacing(style.L if fits else 0)

    def open_at_pt(self) -> None:
        """Open all routes of the chosen PT, and stand on its primary one."""
        at = self.model.pt_index()
        for index in self.model.route():
            # the LLTs are the same on every route: they are opened on the primary one only
            if index.data(LEVEL_ROLE) != TermLevel.PT.name or index == at:
                self.tree.expand(index)
        if at.isValid():
            self.tree.setCurrentIndex(at)
            self.tree.scrollTo(at, QAbstractItemView.ScrollHint.EnsureVisible)
            if not self.whole_box.isChecked():
                self.tree.scrollToTop()

    def show_term(self, term: Term | None) -> None:
        """Fill the card."""
        self._term = term
        self._name.setText(term.name if term else "")
        second = [term.level.name, term.code, term.name2] if term else []
        self._second.setText(" · ".join(filter(None, second)))

    def retranslate(self) -> None:
        """Take over language and colours."""
        self.tree.setAccessibleName(_("SOC tree of the chosen PT"))
        self.whole_box.setText(_("Whole tree"))
        self.whole_box.setToolTip(_("Show all SOCs and the neighbouring terms"))
        self.old_box.setText(_("LLTs that are not current"))
        self._place_boxes()
        self._legend.setText(_("Grey: secondary path.  * not current"))
        self.copy_term.setText(_("Copy term"))
        self.copy_code.setText(_("Copy code"))
        self.show_in_dictionary.setText(_("Show in the dictionary"))
        self.model.retranslate()

    def _moved(self, current: QModelIndex) -> None:
        row = self.model.tree_term(current)
        if row is not None:
            self.show_term(row.term)
            self.term_chosen.emit(row.term)

    def _whole_toggled(self, on: bool) -> None:
        if on:
            self.roots_wanted.emit()
        else:
            self.model.set_roots(())
            self.open_at_pt()

    def _old_toggled(self, on: bool) -> None:
        self.model.set_shows_old(on)
        self.open_at_pt()

    def _show_in_dictionary(self) -> None:
        if self._term is not None:
            self.term_wanted.emit(self._term.level, self._term.code)

    def _copy(self, field: str) -> None:
        if self._term is not None:
            text = str(getattr(self._term, field))
            clipboard.copy_text(text)
            self.copied.emit(_("Copied: {text}").format(text=text))
