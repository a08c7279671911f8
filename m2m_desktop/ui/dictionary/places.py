"""What stands where the hits would be: examples before there is a text, ways out after a miss."""

from collections.abc import Callable, Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QFrame,
    QGridLayout,
    QLabel,
    QPushButton,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from m2m_desktop.core.messages import N_
from m2m_desktop.services.language import _
from m2m_desktop.ui import icons, style
from m2m_desktop.ui.widgets import button, label

EXAMPLES = (
    ("皮疹", N_("a name or a part of it")),
    ("rash", N_("the other language")),
    ("pz", N_("the first letters in pinyin")),
    ("休克 过敏", N_("several words in any order")),
    ("皮* NOT 药", N_("with AND, OR, NOT, ( ) and *")),
)
"""Texts to search for, which are data, and what each of them shows."""

ICON_PX = 32


class Examples(QWidget):
    """Before anything is typed: what can be typed."""

    chosen = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        self._icon, self._title = QLabel(), label(factor=style.LEAD, bold=True)
        self._title.setWordWrap(True)
        self.buttons = [button("chip") for _example in EXAMPLES]
        self._meanings = [label("muted", style.CAPTION) for _example in EXAMPLES]
        self._foot = label("muted", style.CAPTION)
        self._foot.setWordWrap(True)
        grid = QGridLayout()
        grid.setHorizontalSpacing(style.S)
        grid.setVerticalSpacing(style.S)
        grid.setColumnStretch(1, 1)
        for row, (chip, meaning) in enumerate(zip(self.buttons, self._meanings, strict=True)):
            text = EXAMPLES[row][0]
            chip.setText(text)
            chip.clicked.connect(lambda _on=False, text=text: self.chosen.emit(text))
            meaning.setWordWrap(True)
            grid.addWidget(chip, row, 0, Qt.AlignmentFlag.AlignLeft)
            grid.addWidget(meaning, row, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(style.S, style.M, style.S, style.S)
        column.setSpacing(style.S)
        column.addStretch(1)
        for part in (self._icon, self._title):
            part.setAlignment(Qt.AlignmentFlag.AlignHCenter)
            column.addWidget(part)
        column.addSpacing(style.S)
        column.addLayout(grid)
        column.addSpacing(style.S)
        column.addWidget(self._foot)
        column.addStretch(2)
        self.retranslate()

    def retranslate(self) -> None:
        """Take over language and colours."""
        colours = style.colours()
        scale = self.devicePixelRatioF()
        shown = icons.pixmap("search", colours.accent, colours.surface, ICON_PX, scale)
        self._icon.setPixmap(shown)
        self._title.setText(_("Search all five levels"))
        for (text, meaning), chip, line in zip(EXAMPLES, self.buttons, self._meanings, strict=True):
            line.setText(_(meaning))
            chip.setAccessibleName(_("Example: {phrase}").format(phrase=text))
        self._foot.setText(_("Or open the tree beside, from a SOC down to an LLT."))


def scrolled(place: QWidget) -> QScrollArea:
    """A place that may be higher than the room there is for it."""
    area = QScrollArea()
    area.setWidget(place)
    area.setWidgetResizable(True)
    area.setFrameShape(QFrame.Shape.NoFrame)
    area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
    area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
    for ground in (area, area.viewport(), place):
        ground.setAutoFillBackground(False)
    return area


Offer = tuple[str, Callable[[], object]]


class Nothing(QWidget):
    """After a search that found nothing or failed: what happened, and what can be done."""

    def __init__(self) -> None:
        super().__init__()
        self._icon = QLabel()
        self._title, self._text = label(factor=style.LEAD, bold=True), label("muted")
        self._kind = ""
        self.offers: list[QPushButton] = []
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(style.S, style.M, style.S, style.S)
        self._column.setSpacing(style.S)
        self._column.addStretch(1)
        for part in (self._icon, self._title, self._text):
            part.setAlignment(Qt.AlignmentFlag.AlignHCenter)
            self._column.addWidget(part)
        for line in (self._title, self._text):
            line.setWordWrap(True)
            line.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self._offers_at = self._column.count()
        self._column.addStretch(2)

    def say(self, kind: str, title: str, text: str, offers: Sequence[Offer] = ()) -> None:
        """Say what happened; ``kind`` is "info" or "error"."""
        self._kind = kind
        self._title.setText(title)
        self._text.setText(text)
        self.setAccessibleName(" ".join(filter(None, (title, text))))
        for offer in self.offers:
            offer.hide()
            offer.deleteLater()
        self.offers = []
        for number, (words, action) in enumerate(offers):
            made = button("chip")
            made.setText(words)
            made.clicked.connect(lambda _on=False, action=action: action())
            middle = Qt.AlignmentFlag.AlignHCenter
            self._column.insertWidget(self._offers_at + number, made, 0, middle)
            self.offers.append(made)
        self.retranslate()

    def text(self) -> str:
        """What it says."""
        return f"{self._title.text()}\n{self._text.text()}".strip()

    def retranslate(self) -> None:
        """Take over the colours; the words stay until the next search."""
        colours = style.colours()
        name = "error" if self._kind == "error" else "missing"
        colour = colours.error if self._kind == "error" else colours.muted
        scale = self.devicePixelRatioF()
        self._icon.setPixmap(icons.pixmap(name, colour, colours.surface, ICON_PX, scale))
