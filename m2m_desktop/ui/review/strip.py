"""Lines in a card: a tinted strip to know before deciding, and the line of hints and refusals."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QAccessible, QAccessibleEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QWidget

from m2m_desktop.ui import icons, style
from m2m_desktop.ui.model.widgets import ElidedLabel
from m2m_desktop.ui.widgets import button, label

_SHAPES = {"info": "info", "warning": "warning", "error": "error"}


class Strip(QFrame):
    """``kind`` is "info", "warning" or "error"; hidden while there is nothing to say."""

    action_wanted = Signal()

    def __init__(self, kind: str) -> None:
        super().__init__()
        self.setObjectName("notice")
        self.setProperty("kind", kind)
        self._kind = kind
        self._icon, self._label = QLabel(), label()
        self._label.setWordWrap(True)
        self.button = button("quiet")
        self.button.clicked.connect(self.action_wanted)
        row = QHBoxLayout(self)
        row.setContentsMargins(style.S, style.XS, style.S, style.XS)
        row.setSpacing(style.S)
        row.addWidget(self._icon, 0, Qt.AlignmentFlag.AlignTop)
        row.addWidget(self._label, 1)
        row.addWidget(self.button)
        self.hide()

    def say(self, text: str, action: str = "") -> None:
        """Say this, with a button; nothing: go away."""
        self._label.setText(text)
        self.setAccessibleName(text)
        self.button.setText(action)
        self.button.setVisible(bool(action))
        self.setVisible(bool(text))
        self.refresh()

    def text(self) -> str:
        """What it says."""
        return self._label.text()

    def refresh(self) -> None:
        """Take over the colours."""
        colours = style.colours()
        colour = {"info": colours.accent, "warning": colours.doubtful, "error": colours.error}
        self._icon.setPixmap(icons.icon(_SHAPES[self._kind], colour[self._kind]).pixmap(16, 16))


class HintLine(QWidget):
    """One line, equally high whatever it says: which keys help, or why nothing was done."""

    def __init__(self) -> None:
        super().__init__()
        self._icon, self._label = QLabel(), ElidedLabel(style.CAPTION)
        self._is_refusal = False
        row = QHBoxLayout(self)
        row.setContentsMargins(0, style.XS, 0, style.XS)
        row.setSpacing(style.S)
        row.addWidget(self._icon)
        row.addWidget(self._label, 1)

    def hint(self, text: str) -> None:
        """Say something helpful, quietly."""
        self._say(text, is_refusal=False)

    def refuse(self, text: str) -> None:
        """Say why nothing was done, so that it is seen and heard."""
        self._say(text, is_refusal=True)
        QAccessible.updateAccessibility(QAccessibleEvent(self._label, QAccessible.Event.Alert))

    def refusal(self) -> str:
        """Why nothing was done last; empty where something was."""
        return self._label.full_text() if self._is_refusal else ""

    def _say(self, text: str, *, is_refusal: bool) -> None:
        self._is_refusal = is_refusal
        self._label.set_full_text(text)
        self.refresh()

    def refresh(self) -> None:
        """Take over the colours."""
        colours = style.colours()
        colour = colours.doubtful if self._is_refusal else colours.muted
        shape = "warning" if self._is_refusal else "info"
        self._icon.setPixmap(icons.icon(shape, colour).pixmap(14, 14))
        self._label.setStyleSheet(f"color: {colour}")
