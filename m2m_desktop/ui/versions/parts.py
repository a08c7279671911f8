"""Small parts of the versions page: work that can be stopped, a row in full, an empty state."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLabel,
    QProgressBar,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from m2m_desktop.services.language import _
from m2m_desktop.ui import icons, style
from m2m_desktop.ui.widgets import button, card, label

ICON_PX = 40
LOW = 400
"""A tab lower than so many pixels has only one line for the row in hand."""


class WorkStrip(QFrame):
    """One line: what is being done, how far it is, and the way to stop it."""

    cancel_wanted = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("card")
        self._words = ""
        self.step, self.bar, self.cancel_button = label(), QProgressBar(textVisible=False), button()
        self.cancel_button.clicked.connect(self._cancel)
        row = QHBoxLayout(self)
        row.setContentsMargins(style.M, style.XS, style.S, style.XS)
        row.setSpacing(style.M)
        row.addWidget(self.step)
        row.addWidget(self.bar, 1)
        row.addWidget(self.cancel_button)
        self.hide()
        self.retranslate()

    def begin(self, words: str) -> None:
        """Say what is being done; nobody knows how far it is."""
        self._words = words
        self.bar.setAccessibleName(words)
        self.cancel_button.setEnabled(True)
        self.show_progress(0, 0, "")
        self.show()

    def show_progress(self, done: int, total: int, note: str) -> None:
        """Say how far it is; ``total`` 0: unknown."""
        self.bar.setRange(0, total)
        self.bar.setValue(min(done, total))
        if self.cancel_button.isEnabled():
            self.step.setText(_(note) if note else self._words)

    def _cancel(self) -> None:
        self.cancel_button.setEnabled(False)
        self.step.setText(_("Cancelling"))
        self.cancel_wanted.emit()

    def retranslate(self) -> None:
        """Take over the language."""
        self.cancel_button.setText(_("Cancel"))
        self.bar.setAccessibleName(self._words or _("Comparing…"))


class DetailStrip(QFrame):
    """The row in hand in full: what the columns had to cut."""

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("card")
        self._title, self._text = label(bold=True), label("muted")
        self._full = ("", "")
        self._lines = 2
        self._text.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        column = QVBoxLayout(self)
        column.setContentsMargins(style.M, style.XS, style.M, style.XS)
        column.setSpacing(style.XS)
        for part in (self._title, self._text):
            part.setAlignment(Qt.AlignmentFlag.AlignTop | Qt.AlignmentFlag.AlignLeft)
            column.addWidget(part)
        column.addStretch(1)
        for part in (self._title, self._text):
            part.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self.set_low(False)

    def set_low(self, is_low: bool) -> None:
        """Take less room. The height never depends on the row: the table above must not jump."""
        self._lines = 1 if is_low else 2
        self._text.setWordWrap(not is_low)
        lines = [part.fontMetrics().lineSpacing() for part in (self._title, self._text)]
        self.setFixedHeight(lines[0] + lines[1] * self._lines + 3 * style.XS + style.S)
        self._cut()

    def show_row(self, title: str, text: str) -> None:
        """Show this."""
        self._full = title, text
        self.setToolTip(self.text())
        self.setAccessibleName(self.text())
        self._cut()

    def text(self) -> str:
        """All of what it says, however much of it is cut."""
        return "\n".join(filter(None, self._full))

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Cut anew."""
        super().resizeEvent(event)
        self._cut()

    def _cut(self) -> None:
        """Set dots where there is no room; of several lines the last is rarely filled."""
        room = max(self.width() - 2 * style.M, 0)
        mode = Qt.TextElideMode.ElideRight
        for part, full, lines in zip(
            (self._title, self._text), self._full, (1, self._lines), strict=True
        ):
            width = room * lines - (style.XL * 2 if lines > 1 else 0)
            part.setText(part.fontMetrics().elidedText(full, mode, width))


class EmptyState(QWidget):
    """Why there is nothing, and what to do."""

    wanted = Signal()

    def __init__(self, icon: str) -> None:
        super().__init__()
        self._name = icon
        self._icon, self._title, self._text = (
            QLabel(),
            label(factor=style.LEAD, bold=True),
            label("muted"),
        )
        self.action_button = button("primary")
        self.action_button.clicked.connect(self.wanted)
        self.action_button.hide()
        surface = card()
        column = QVBoxLayout(surface)
        column.setSpacing(style.M)
        column.addStretch(2)
        middle = Qt.AlignmentFlag.AlignHCenter
        for part in (self._icon, self._title, self._text):
            part.setAlignment(middle)
            column.addWidget(part, 0, middle if part is self._icon else Qt.AlignmentFlag(0))
        self._text.setWordWrap(True)
        self._title.setWordWrap(True)
        self._text.setContentsMargins(style.XL, 0, style.XL, 0)
        column.addWidget(self.action_button, 0, middle)
        column.addStretch(3)
        around = QVBoxLayout(self)
        around.setContentsMargins(0, 0, 0, 0)
        around.addWidget(surface)

    def say(self, title: str, text: str, action: str = "") -> None:
        """Say why and what to do; ``action`` is what the button does, `wanted` is emitted then."""
        self._title.setText(title)
        self._text.setText(text)
        self.action_button.setText(action)
        self.action_button.setVisible(bool(action))
        self.setAccessibleName(f"{title} {text}")
        self.refresh()

    def text(self) -> str:
        """What it says."""
        return f"{self._title.text()} {self._text.text()}"

    def refresh(self) -> None:
        """Take over the colours."""
        colours, scale = style.colours(), self.devicePixelRatioF()
        self._icon.setPixmap(
            icons.pixmap(self._name, colours.accent, colours.surface, ICON_PX, scale)
        )
