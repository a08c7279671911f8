"""What stands at the right before there is a narrative, and where nothing was found in one."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QLabel, QVBoxLayout, QWidget

from m2m_desktop.services.language import _
from m2m_desktop.ui import icons, style
from m2m_desktop.ui.widgets import button, card, label

ICON_PX = 40


class Blank(QWidget):
    """Says what to do, and offers a sample."""

    sample_wanted = Signal()

    def __init__(self) -> None:
        super().__init__()
        self._is_read = False
        self._icon, self.title, self.words = (
            QLabel(),
            label(factor=style.TITLE, bold=True),
            label("muted"),
        )
        self.sample_button = button("chip")
        self.sample_button.clicked.connect(self.sample_wanted)
        surface = card()
        column = QVBoxLayout(surface)
        column.setContentsMargins(style.XL, style.L, style.XL, style.L)
        column.setSpacing(style.M)
        column.addStretch(2)
        for part in (self._icon, self.title, self.words):
            part.setAlignment(Qt.AlignmentFlag.AlignCenter)
            column.addWidget(part)
        for part in (self.title, self.words):
            part.setWordWrap(True)
        column.addSpacing(style.S)
        column.addWidget(self.sample_button, 0, Qt.AlignmentFlag.AlignHCenter)
        column.addStretch(3)
        around = QVBoxLayout(self)
        around.setContentsMargins(0, 0, 0, 0)
        around.addWidget(surface)
        self.retranslate()

    def show_state(self, *, is_read: bool) -> None:
        """``is_read``: there is a narrative, and nothing was found in it."""
        self._is_read = is_read
        self.retranslate()

    def retranslate(self) -> None:
        """Take over language and colours."""
        colours = style.colours()
        drawn = icons.pixmap(
            "search", colours.accent, colours.surface, ICON_PX, self.devicePixelRatioF()
        )
        self._icon.setPixmap(drawn)
        self.sample_button.setText(_("Sample narrative"))
        self.sample_button.setVisible(not self._is_read)
        if self._is_read:
            self.title.setText(_("No mention was found"))
            self.words.setText(
                _("Select words that name a reaction in the text and press Enter: they are coded.")
            )
            return
        self.title.setText(_("What happened to the patient?"))
        self.words.setText(
            _(
                "Paste a narrative on the left, or open a text file. The reactions in it are found "
                "and coded; what is denied, earlier or uncertain is shown apart. "
                "Nothing of it is kept on disk."
            )
        )
