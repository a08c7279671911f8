"""The box phrases are typed or pasted into, one a line."""

import csv

from PySide6.QtCore import QMimeData, Qt, QTimer, Signal
from PySide6.QtGui import QInputMethodEvent, QKeyEvent, QTextCursor
from PySide6.QtWidgets import QPlainTextEdit

from m2m_desktop.ui import style

DEBOUNCE_MS = 300
SHOWN_LINES = 5


def phrases_in(text: str) -> list[str]:
    """One phrase a line or spreadsheet cell; a quoted cell may hold line breaks. No blank ones.

    Lines of the text that are not from a spreadsheet are taken as they stand.
    """
    if "\t" not in text:
        return [line.strip() for line in text.splitlines() if line.strip()]
    rows = csv.reader(text.splitlines(keepends=True), delimiter="\t")
    return [" ".join(cell.split()) for row in rows for cell in row if cell.strip()]


class PhraseBox(QPlainTextEdit):
    """Enter codes and opens the next line; typing codes after a pause; pasting codes at once."""

    coding_wanted = Signal()

    def __init__(self) -> None:
        super().__init__()
        self._is_composing = False
        self._debounce = QTimer(self, singleShot=True, interval=DEBOUNCE_MS)
        self._debounce.timeout.connect(self.coding_wanted)
        self.textChanged.connect(self._edited)
        self.setTabChangesFocus(True)
        self.setLineWrapMode(QPlainTextEdit.LineWrapMode.WidgetWidth)
        self.setFont(style.sized(style.LEAD))
        self.fit_lines()

    def fit_lines(self) -> None:
        """Be as high as a few lines of text."""
        margins = round(2 * self.document().documentMargin()) + 14
        self.setFixedHeight(SHOWN_LINES * self.fontMetrics().lineSpacing() + margins)

    def phrases(self) -> list[str]:
        """The phrases, in order."""
        return phrases_in(self.toPlainText())

    def phrase_at_cursor(self) -> str:
        """The phrase the cursor stands in or just after; empty where there is none."""
        block = self.textCursor().block()
        while block.isValid() and not block.text().strip():
            block = block.previous()
        return block.text().strip() if block.isValid() else ""

    def set_text(self, text: str) -> None:
        """Take this text instead, and have it coded at once."""
        self.setPlainText(text)
        self.moveCursor(QTextCursor.MoveOperation.End)
        self._code_now()

    def _edited(self) -> None:
        if not self._is_composing:
            self._debounce.start()

    def _code_now(self) -> None:
        self._debounce.stop()
        self.coding_wanted.emit()

    # -- Qt --------------------------------------------------------------------------------------

    def inputMethodEvent(self, event: QInputMethodEvent) -> None:
        """Remember whether an input method is composing: Enter and the pause belong to it then."""
        self._is_composing = bool(event.preeditString())
        super().inputMethodEvent(event)
        if self._is_composing:
            self._debounce.stop()
        elif event.commitString():
            self._debounce.start()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter codes; Shift+Enter only breaks the line."""
        if event.key() not in {Qt.Key.Key_Return, Qt.Key.Key_Enter}:
            super().keyPressEvent(event)
            return
        if self._is_composing:
            event.accept()
            return
        if event.modifiers() & Qt.KeyboardModifier.ShiftModifier:
            self.textCursor().insertBlock()
            return
        cursor = self.textCursor()
        if cursor.block().text().strip() and not event.modifiers():
            cursor.movePosition(QTextCursor.MoveOperation.EndOfBlock)
            if cursor.atEnd():
                cursor.insertBlock()
            else:
                cursor.movePosition(QTextCursor.MoveOperation.NextBlock)
            self.setTextCursor(cursor)
        self._code_now()

    def canInsertFromMimeData(self, source: QMimeData) -> bool:
        """Text only: files that are dropped here are for the window."""
        return source.hasText() and not source.hasUrls()

    def insertFromMimeData(self, source: QMimeData) -> None:
        """Paste plain text, one phrase a line, and code it at once."""
        if source.hasUrls():
            return
        text = source.text()
        self.insertPlainText("\n".join(phrases_in(text)) if "\t" in text else text)
        self._code_now()
