"""The text of the narrative, with its mentions marked in it."""

from collections.abc import Sequence

from PySide6.QtCore import QMimeData, QRectF, Qt, QTimer, Signal
from PySide6.QtGui import (
    QAction,
    QColor,
    QContextMenuEvent,
    QInputMethodEvent,
    QKeyEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QTextBlock,
    QTextCursor,
)
from PySide6.QtWidgets import QPlainTextEdit, QTextEdit

from m2m_desktop.services.language import _
from m2m_desktop.ui import style
from m2m_desktop.ui.narrative.records import Change, Offsets, ShownMention, Status
from m2m_desktop.ui.narrative.status_look import look_of, text_format

PAUSE_MS = 700
"""After so long without a key the text is read."""
_ENTER = {Qt.Key.Key_Return, Qt.Key.Key_Enter}


class NarrativeBox(QPlainTextEdit):
    """Enter marks the selected words; without a selection it breaks the line. Places: characters."""

    edited = Signal(object)
    """The `Change` of the text, at once."""
    reading_wanted = Signal()
    """After a pause in typing, at once after a paste."""
    mark_wanted = Signal()
    caret_moved = Signal(int)

    def __init__(self) -> None:
        super().__init__()
        self._text, self._offsets = "", Offsets("")
        self._revision = self.document().revision()
        self._current: ShownMention | None = None
        self._touching: list[ShownMention] = []
        self._is_composing = self._is_placing = self._is_unread = self._has_marked = False
        self._pause = QTimer(self, singleShot=True, interval=PAUSE_MS)
        self._pause.timeout.connect(self.read_now)
        self.setTabChangesFocus(True)
        self.setFont(style.sized(style.LEAD))
        self.textChanged.connect(self._look)
        self.cursorPositionChanged.connect(self._say_caret)

    # -- text ------------------------------------------------------------------------------------

    @property
    def text(self) -> str:
        """The narrative; lines end with a line feed."""
        return self._text

    def replace(self, text: str) -> None:
        """Put another text in and have it read; undo brings the old one back."""
        cursor = self.textCursor()
        cursor.select(QTextCursor.SelectionType.Document)
        cursor.insertText(text)
        self.moveCursor(QTextCursor.MoveOperation.Start)
        self.read_now()

    def read_now(self) -> None:
        """Have the text read without a pause."""
        self._pause.stop()
        self._is_unread = False
        self.reading_wanted.emit()

    def selection(self) -> tuple[int, int] | None:
        """The selected characters without the blank ones around them; None where there are none."""
        cursor = self.textCursor()
        start = self._offsets.place(cursor.selectionStart())
        end = self._offsets.place(cursor.selectionEnd())
        chosen = self._text[start:end]
        start += len(chosen) - len(chosen.lstrip())
        end -= len(chosen) - len(chosen.rstrip())
        return (start, end) if start < end else None

    def _look(self) -> None:
        """See what is different: Qt also says so where only the composed letters are."""
        self._revision = self.document().revision()
        text = self.toPlainText()
        if text == self._text:
            return
        change = Change.between(self._text, text)
        self._text, self._offsets = text, Offsets(text)
        self._is_unread = True
        self.edited.emit(change)
        if not self._is_composing:
            self._pause.start()

    def _say_caret(self) -> None:
        is_known = self.document().revision() == self._revision  # Qt moves the caret first
        if is_known and not self._is_placing and not self.textCursor().hasSelection():
            self.caret_moved.emit(self._offsets.place(self.textCursor().position()))

    # -- marks -----------------------------------------------------------------------------------

    def show_marks(self, mentions: Sequence[ShownMention], current: ShownMention | None) -> None:
        """Mark the mentions, and frame the one in hand."""
        colours = style.colours()
        formats = {status: text_format(status, colours) for status in Status}
        marks = []
        for one in mentions:
            mark = QTextEdit.ExtraSelection()
            mark.cursor = self._over(one)
            mark.format = formats[one.status]
            marks.append(mark)
        self._current = current
        ends = {one.end for one in mentions}
        self._touching = [one for one in mentions if one.start in ends]
        self.setExtraSelections(marks)
        self.viewport().update()

    def go_to(self, mention: ShownMention) -> None:
        """Bring a mention into view, with the caret at its beginning."""
        at = self._offsets.place(self.textCursor().position())
        self._is_placing = True
        if not mention.start <= at <= mention.end or self.textCursor().hasSelection():
            cursor = self.textCursor()
            cursor.setPosition(self._offsets.units(mention.start))
            self.setTextCursor(cursor)
        self.ensureCursorVisible()
        self._is_placing = False

    def _over(self, mention: ShownMention) -> QTextCursor:
        cursor = QTextCursor(self.document())
        cursor.setPosition(self._offsets.units(mention.start))
        cursor.setPosition(self._offsets.units(mention.end), QTextCursor.MoveMode.KeepAnchor)
        return cursor

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the text, a gap between marks that touch, and the frame."""
        super().paintEvent(event)
        painter = QPainter(self.viewport())
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        for one in self._touching:
            for room in self.rooms(one)[:1]:
                gap = QRectF(room.left(), room.top(), 2.0, room.height())
                painter.fillRect(gap, self.palette().base())
        if self._current is None:
            return
        line = look_of(self._current.status, style.colours()).line
        painter.setPen(QPen(QColor(line), 1.6))
        for room in self.rooms(self._current):
            painter.drawRoundedRect(room, 3, 3)

    def rooms(self, mention: ShownMention) -> list[QRectF]:
        """Where a mention stands in the viewport: one rectangle a line it takes up."""
        start, end = self._offsets.units(mention.start), self._offsets.units(mention.end)
        found, block = [], self.document().findBlock(start)
        while block.isValid() and block.position() < end:
            found += self._rooms_in(block, start - block.position(), end - block.position())
            block = block.next()
        return found

    def _rooms_in(self, block: QTextBlock, start: int, end: int) -> list[QRectF]:
        top = self.blockBoundingGeometry(block).translated(self.contentOffset()).topLeft()
        layout, rooms = block.layout(), []
        for number in range(layout.lineCount()):
            line = layout.lineAt(number)
            first = max(start, line.textStart())
            last = min(end, line.textStart() + line.textLength())
            if first < last:
                left, right = (_x(line.cursorToX(place)) for place in (first, last))
                rooms.append(
                    QRectF(top.x() + left - 1, top.y() + line.y(), right - left + 2, line.height())
                )
        return rooms

    # -- Qt --------------------------------------------------------------------------------------

    def inputMethodEvent(self, event: QInputMethodEvent) -> None:
        """Remember whether an input method is composing: Enter and the pause belong to it then."""
        self._is_composing = bool(event.preeditString())
        super().inputMethodEvent(event)
        if self._is_composing:
            self._pause.stop()
        elif self._is_unread:
            self._pause.start()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter never overwrites what is selected, nor breaks the line while it is held after that."""
        if event.key() not in _ENTER:
            super().keyPressEvent(event)
        elif self._is_composing:
            event.accept()
        elif event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            self.read_now()
        elif event.isAutoRepeat() and self._has_marked:
            event.accept()
        elif self.textCursor().hasSelection():
            self._has_marked = True
            self.mark_wanted.emit()
        else:
            self._has_marked = False
            super().keyPressEvent(event)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """What text can always be done with, and marking."""
        menu = self.createStandardContextMenu()
        mark = QAction(_("Add as mention"), menu)
        mark.setEnabled(self.selection() is not None)
        mark.triggered.connect(lambda _on=False: self.mark_wanted.emit())
        menu.insertAction(menu.actions()[0], mark)
        menu.insertSeparator(menu.actions()[1])
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.popup(event.globalPos())

    def canInsertFromMimeData(self, source: QMimeData) -> bool:
        """Text only: files that are dropped here are for the page."""
        return source.hasText() and not source.hasUrls()

    def insertFromMimeData(self, source: QMimeData) -> None:
        """Paste plain text, and have it read at once."""
        if self.canInsertFromMimeData(source):
            self.insertPlainText(source.text())
            self.read_now()


def _x(found: object) -> float:
    """The place that `QTextLine.cursorToX` gives, alone or beside the cursor's."""
    return float(found[0] if isinstance(found, tuple) else found)  # type: ignore[arg-type]
