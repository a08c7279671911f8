"""What stands in the page before there is a phrase: what to do, and examples to click."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QVBoxLayout, QWidget

from m2m_desktop.services.language import _
from m2m_desktop.ui import icons, style
from m2m_desktop.ui.widgets import button, card, label

EXAMPLES = ("全身发痒起疹", "服药后反胃并吐了", "拉肚子", "ALT升高")
"""Phrases to be coded: data, never translated."""


class EmptyPanel(QWidget):
    """Offers examples."""

    example_chosen = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        self._icon = QLabel()
        self._title = label(factor=style.TITLE, bold=True)
        self._text = label("muted")
        self._steps = label("muted")
        self.examples = [button("chip") for _example in EXAMPLES]
        surface = card()
        column = QVBoxLayout(surface)
        column.setSpacing(style.M)
        column.addStretch(2)
        middle = Qt.AlignmentFlag.AlignHCenter
        for part in (self._icon, self._title, self._text):
            if isinstance(part, QLabel):
                part.setAlignment(middle)
            column.addWidget(part)
        self._text.setWordWrap(True)
        row = QHBoxLayout()
        row.setSpacing(style.S)
        row.addStretch(1)
        for chip, example in zip(self.examples, EXAMPLES, strict=True):
            chip.setText(example)
            chip.clicked.connect(lambda _on=False, text=example: self.example_chosen.emit(text))
            row.addWidget(chip)
        row.addStretch(1)
        column.addSpacing(style.S)
        column.addLayout(row)
        column.addStretch(3)
        around = QVBoxLayout(self)
        around.setContentsMargins(0, 0, 0, 0)
        around.addWidget(surface)
        self.retranslate()

    def retranslate(self) -> None:
        """Take over language and colours."""
        colours = style.colours()
        scale = self.devicePixelRatioF()
        self._icon.setPixmap(icons.pixmap("search", colours.accent, colours.surface, 40, scale))
        self._title.setText(_("Which reactions are to be coded?"))
        self._text.setText(
            _("Type or paste phrases on the left, one a line. Or start with an example:")
        )
        for chip in self.examples:
            chip.setAccessibleName(_("Example: {phrase}").format(phrase=chip.text()))
