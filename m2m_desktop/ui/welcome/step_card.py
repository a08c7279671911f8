"""One of the first steps: its number, what it is for, what to click, and whether it is done."""

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QVBoxLayout

from m2m_desktop.ui import icons, style
from m2m_desktop.ui.widgets import label

BADGE_PX = 28


class StepCard(QFrame):
    """A card; the page gives it its words."""

    def __init__(self, number: int, buttons: Sequence[QPushButton]) -> None:
        super().__init__()
        self.setObjectName("card")
        self._badge = QLabel(str(number), alignment=Qt.AlignmentFlag.AlignCenter)
        self._badge.setObjectName("badge")
        self._badge.setFixedSize(BADGE_PX, BADGE_PX)
        self._badge.setFont(style.sized(style.LEAD, bold=True))
        self._title, self._text = label(factor=style.LEAD, bold=True), label("muted")
        for part in (self._title, self._text):
            part.setWordWrap(True)
        self._state_icon, self._state = QLabel(), label(factor=style.CAPTION)
        self._state.setWordWrap(True)
        self.buttons = tuple(buttons)
        self._is_done = False
        column = QVBoxLayout(self)
        column.setContentsMargins(style.XL, style.XL, style.XL, style.L)
        column.setSpacing(style.M)
        head = QHBoxLayout()
        head.setSpacing(style.M)
        head.addWidget(self._badge, 0, Qt.AlignmentFlag.AlignTop)
        head.addWidget(self._title, 1)
        column.addLayout(head)
        column.addWidget(self._text)
        column.addStretch(1)
        for one in self.buttons:
            column.addWidget(one)
        foot = QHBoxLayout()
        foot.setSpacing(style.S)
        foot.addWidget(self._state_icon, 0, Qt.AlignmentFlag.AlignTop)
        foot.addWidget(self._state, 1)
        column.addLayout(foot)

    def set_words(self, title: str, text: str) -> None:
        """Say what the step is for."""
        self._title.setText(title)
        self._text.setText(text)
        self.setAccessibleName(title)
        self.setAccessibleDescription(text)

    def set_state(self, text: str, *, is_done: bool) -> None:
        """Say how far it is; a tick stands beside what is done."""
        self._is_done = is_done
        self._state.setText(text)
        self.refresh()

    def state(self) -> str:
        """What is said of how far it is."""
        return self._state.text()

    def refresh(self) -> None:
        """Take over the colours."""
        colours = style.colours()
        name, colour = ("certain", colours.certain) if self._is_done else ("open", colours.muted)
        drawn = icons.pixmap(name, colour, colours.surface, 14, self.devicePixelRatioF())
        self._state_icon.setPixmap(drawn)
