"""What stands in place of the review while there are no phrases to show, and what to do about it."""

from enum import Enum, auto

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QVBoxLayout, QWidget

from m2m_desktop.services.language import _
from m2m_desktop.ui import icons, style
from m2m_desktop.ui.widgets import button, card, label


class Blank(Enum):
    """Why there is nothing to show."""

    NO_PROJECT = auto()
    LOADING = auto()
    NO_PHRASES = auto()
    ERROR = auto()


class ReviewBlank(QWidget):
    """Says why, and offers the next step."""

    file_wanted = Signal()
    project_wanted = Signal()
    again_wanted = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.shown, self._detail = Blank.NO_PROJECT, ""
        self._icon = QLabel(alignment=Qt.AlignmentFlag.AlignHCenter)
        self.title = label(factor=style.TITLE, bold=True)
        self.text = label("muted")
        for line in (self.title, self.text):
            line.setAlignment(Qt.AlignmentFlag.AlignHCenter)
            line.setWordWrap(True)
        self.file_button, self.project_button = button("primary"), button()
        self.again_button = button("primary")
        self.file_button.clicked.connect(self.file_wanted)
        self.project_button.clicked.connect(self.project_wanted)
        self.again_button.clicked.connect(self.again_wanted)
        surface = card()
        column = QVBoxLayout(surface)
        column.setSpacing(style.M)
        column.addStretch(2)
        for part in (self._icon, self.title, self.text):
            column.addWidget(part)
        row = QHBoxLayout()
        row.setSpacing(style.S)
        row.addStretch(1)
        for made in (self.file_button, self.project_button, self.again_button):
            row.addWidget(made)
        row.addStretch(1)
        column.addLayout(row)
        column.addStretch(3)
        around = QVBoxLayout(self)
        around.setContentsMargins(0, 0, 0, 0)
        around.addWidget(surface)
        self.retranslate()

    def show_blank(self, why: Blank, detail: str = "") -> None:
        """Show one of the reasons; ``detail`` is the sentence of an error."""
        self.shown, self._detail = why, detail
        self.retranslate()

    def retranslate(self) -> None:
        """Take over language and colours."""
        colours, scale = style.colours(), self.devicePixelRatioF()
        shape, colour, title, text = {
            Blank.NO_PROJECT: (
                "import",
                colours.accent,
                _("No project is open"),
                _("Open a table with reported reactions, or a project to go on with."),
            ),
            Blank.LOADING: ("hourglass", colours.accent, _("Opening the project…"), ""),
            Blank.NO_PHRASES: (
                "missing",
                colours.muted,
                _("No phrases"),
                _("The file had no reactions in the chosen columns. Open it with other columns."),
            ),
            Blank.ERROR: ("error", colours.error, _("The project cannot be shown"), self._detail),
        }[self.shown]
        self._icon.setPixmap(icons.pixmap(shape, colour, colours.surface, 40, scale))
        self.title.setText(title)
        self.text.setText(text)
        self.file_button.setText(_("Open a table…"))
        self.project_button.setText(_("Open a project…"))
        self.again_button.setText(_("Try again"))
        is_start = self.shown in {Blank.NO_PROJECT, Blank.NO_PHRASES}
        self.file_button.setVisible(is_start)
        self.project_button.setVisible(is_start)
        self.again_button.setVisible(self.shown is Blank.ERROR)
