"""Small parts that several pages are put together from."""

from collections.abc import Iterable, Mapping

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QKeyEvent, QKeySequence, QShortcut
from PySide6.QtWidgets import (
    QAbstractItemView,
    QFrame,
    QHeaderView,
    QLabel,
    QPushButton,
    QTableView,
    QVBoxLayout,
    QWidget,
)

from m2m_desktop.ui import style

ICON_ROOM = "字字"
"""As wide as an icon and the gap after it."""


def label(tone: str = "", factor: float = style.BODY, *, bold: bool = False) -> QLabel:
    """A line of text in one of the sizes of type; ``tone`` is "", "muted", "warning" or "error"."""
    made = QLabel()
    made.setTextFormat(Qt.TextFormat.PlainText)
    made.setFont(style.sized(factor, bold=bold))
    if tone:
        made.setProperty("tone", tone)
    return made


class Button(QPushButton):
    """A button that Enter presses, too, while it has the focus, in dialogs and on pages alike."""

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter is for the button in hand, not for the default one of the dialog."""
        is_enter = event.key() in {Qt.Key.Key_Return, Qt.Key.Key_Enter}
        if is_enter and not event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier:
            if not event.isAutoRepeat():
                self.click()
            return
        super().keyPressEvent(event)


def button(role: str = "") -> QPushButton:
    """A button; ``role`` is "", "primary", "quiet" or "chip"."""
    made = Button()
    if role:
        made.setProperty("role", role)
    made.setAutoDefault(False)
    return made


def card() -> QFrame:
    """A surface that holds things which belong together."""
    made = QFrame()
    made.setObjectName("card")
    return made


def titled_page(title: str) -> tuple[QWidget, QVBoxLayout]:
    """A page of a dialog under its title, and the column to put its content into."""
    page = QWidget()
    column = QVBoxLayout(page)
    column.setContentsMargins(0, 0, 0, 0)
    column.setSpacing(style.S)
    heading = label(factor=style.TITLE, bold=True)
    heading.setText(title)
    column.addWidget(heading)
    return page, column


class Table(QTableView):
    """A table of rows: whole rows are chosen, Tab leaves it, text is cut with dots."""

    def __init__(self) -> None:
        super().__init__()
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setTabKeyNavigation(False)
        self.setShowGrid(False)
        self.setWordWrap(False)
        self.setIconSize(QSize(16, 16))
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.verticalHeader().hide()
        header = self.horizontalHeader()
        header.setHighlightSections(False)
        header.setTextElideMode(Qt.TextElideMode.ElideRight)
        header.setMinimumSectionSize(36)
        header.setFont(style.sized(style.CAPTION))

    def lay_out(self, widest: Mapping[int, Iterable[str]]) -> None:
        """Make columns as wide as the widest of these texts; the others share what is left over.

        Called again when the language changes: the same words are longer in English.
        """
        header, metrics = self.horizontalHeader(), self.fontMetrics()
        for column in range(self.model().columnCount()):
            texts = widest.get(column)
            if texts is None:
                header.setSectionResizeMode(column, QHeaderView.ResizeMode.Stretch)
                continue
            title = str(self.model().headerData(column, Qt.Orientation.Horizontal))
            width = max(metrics.horizontalAdvance(text) for text in (*texts, title))
            header.setSectionResizeMode(column, QHeaderView.ResizeMode.Interactive)
            header.resizeSection(column, width + style.L)
        self.verticalHeader().setDefaultSectionSize(
            self.fontMetrics().height() + 2 * style.ROW_PADDING
        )

    def current_row(self) -> int:
        """The row the user is on, or -1."""
        return self.currentIndex().row()


def shortcut(owner: QWidget, keys: str | QKeySequence.StandardKey) -> QShortcut:
    """A key that works while ``owner`` or something in it has the focus."""
    return QShortcut(
        QKeySequence(keys), owner, context=Qt.ShortcutContext.WidgetWithChildrenShortcut
    )
