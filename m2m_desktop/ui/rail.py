"""The rail at the left edge: one button for each page of the window."""

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QKeySequence
from PySide6.QtWidgets import QButtonGroup, QFrame, QSizePolicy, QToolButton, QVBoxLayout

from m2m_desktop.services.language import _
from m2m_desktop.ui import icons, style

WIDTH = 84
ICON_PX = 22
BUTTON_EDGE_PX = 4
"""Frame and padding at either side of a name; a name that is longer ends in dots."""


@dataclass(frozen=True, slots=True)
class Place:
    """A page as the rail shows it: its icon, its name (a message) and the key that leads to it."""

    icon: str
    name: str
    keys: str


class Rail(QFrame):
    """Says which page is wanted."""

    wanted = Signal(int)

    def __init__(self, places: Sequence[Place]) -> None:
        super().__init__()
        self.setObjectName("rail")
        self.setFixedWidth(WIDTH)
        self._places = tuple(places)
        self._group = QButtonGroup(self)
        column = QVBoxLayout(self)
        column.setContentsMargins(style.XS, style.S, style.XS, style.S)
        column.setSpacing(style.XS)
        for number, _place in enumerate(self._places):
            made = QToolButton()
            made.setCheckable(True)
            made.setAutoRaise(True)
            made.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextUnderIcon)
            made.setIconSize(QSize(ICON_PX, ICON_PX))
            made.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
            made.setFont(style.sized(style.CAPTION))
            self._group.addButton(made, number)
            column.addWidget(made)
        column.addStretch(1)
        self._group.idClicked.connect(self.wanted)
        self.show_place(0)
        self.retranslate()

    def button(self, number: int) -> QToolButton:
        """The button of a page."""
        made = self._group.button(number)
        assert isinstance(made, QToolButton)
        return made

    def show_place(self, number: int) -> None:
        """Mark the page that is shown."""
        self.button(number).setChecked(True)
        self._paint()

    def retranslate(self) -> None:
        """Take over language and colours."""
        for number, place in enumerate(self._places):
            name = _(place.name)
            made = self.button(number)
            room = WIDTH - 2 * (style.XS + BUTTON_EDGE_PX)
            metrics = made.fontMetrics()
            made.setText(metrics.elidedText(name, Qt.TextElideMode.ElideRight, room))
            made.setAccessibleName(name)
            keys = QKeySequence(place.keys).toString(QKeySequence.SequenceFormat.NativeText)
            made.setToolTip(f"{name} ({keys})")
        self._paint()

    def _paint(self) -> None:
        colours = style.colours()
        for number, place in enumerate(self._places):
            made = self.button(number)
            colour = colours.accent if made.isChecked() else colours.muted
            made.setIcon(icons.icon(place.icon, colour, colours.surface))
