"""The line to search in: says what is typed, a moment later, and never while composing."""

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QAction, QFocusEvent, QInputMethodEvent, QKeyEvent
from PySide6.QtWidgets import QLineEdit

from m2m_desktop.services.language import _
from m2m_desktop.ui import icons, style

PAUSE_MS = 40
"""At most one question in this time: it feels at once, and fast typing asks for several letters."""

MOVING_KEYS = frozenset({Qt.Key.Key_Up, Qt.Key.Key_Down, Qt.Key.Key_PageUp, Qt.Key.Key_PageDown})


class SearchLine(QLineEdit):
    """The line. Arrows up and down are for the hits below it."""

    asked = Signal()
    """The text has changed."""
    moved = Signal(object)
    """The `QKeyEvent` of a key that moves in the hits."""

    def __init__(self) -> None:
        super().__init__()
        self.setClearButtonEnabled(True)
        self._glass = QAction(self)
        self.addAction(self._glass, QLineEdit.ActionPosition.LeadingPosition)
        self._is_composing = False
        self._is_due = False
        self._pause = QTimer(self, singleShot=True, interval=PAUSE_MS)
        self._pause.timeout.connect(self._ask)
        self.textChanged.connect(self._edited)

    def set_quietly(self, text: str) -> None:
        """Show a text that somebody else asks for."""
        self.blockSignals(True)
        self.setText(text)
        self.blockSignals(False)
        self._pause.stop()
        self._is_due = False

    def flush(self) -> None:
        """Ask at once for what was typed last, if that was not asked yet."""
        if self._is_due and not self._is_composing:
            self._ask()

    def _edited(self) -> None:
        self._is_due = True
        # not started again by each letter: hits come while one goes on typing
        if not self._is_composing and not self._pause.isActive():
            self._pause.start()

    def _ask(self) -> None:
        self._pause.stop()
        self._is_due = False
        self.asked.emit()

    def inputMethodEvent(self, event: QInputMethodEvent) -> None:
        """Wait while somebody is composing: half a syllable is nothing to search for."""
        self._is_composing = bool(event.preeditString())
        super().inputMethodEvent(event)
        self._composed()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """An input method that loses the focus has nothing left to compose."""
        super().focusOutEvent(event)
        self._is_composing = False
        self._composed()

    def _composed(self) -> None:
        if self._is_composing:
            self._pause.stop()
        elif self._is_due:
            self._pause.start()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Give the arrows away."""
        if event.key() in MOVING_KEYS and not event.modifiers() & Qt.KeyboardModifier.AltModifier:
            self.moved.emit(event)
        else:
            super().keyPressEvent(event)

    def retranslate(self) -> None:
        """Take over language and colours."""
        self.setPlaceholderText(_("Name, pinyin or code"))
        self.setAccessibleName(_("Search the dictionary"))
        self._glass.setIcon(icons.icon("search", style.colours().muted))
