"""What stands on the workbook page while no project is open: open, paste, or go on with one."""

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from m2m_desktop.services.language import _
from m2m_desktop.ui import icons, style
from m2m_desktop.ui.widgets import button, label


class WorkbookWelcome(QWidget):
    """Offers the ways in."""

    open_wanted = Signal()
    paste_wanted = Signal()
    sample_wanted = Signal()
    project_wanted = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        self._icon = QLabel(alignment=Qt.AlignmentFlag.AlignHCenter)
        self._title = label(factor=style.TITLE, bold=True)
        self._text, self._recent_title = label("muted"), label("muted", style.CAPTION)
        self._text.setWordWrap(True)
        for part in (self._title, self._text, self._recent_title):
            part.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        self.open_button, self.paste_button = button("primary"), button()
        self.sample_button = button("quiet")
        self.open_button.clicked.connect(self.open_wanted)
        self.paste_button.clicked.connect(self.paste_wanted)
        self.sample_button.clicked.connect(self.sample_wanted)
        self.recent: list[QPushButton] = []
        self._recent_column = QVBoxLayout()
        self._recent_column.setSpacing(style.XS)
        self._lay_out()
        self.retranslate()

    def _lay_out(self) -> None:
        surface = QFrame()
        surface.setObjectName("drop")
        column = QVBoxLayout(surface)
        column.setSpacing(style.M)
        column.addStretch(2)
        for part in (self._icon, self._title, self._text):
            column.addWidget(part)
        row = QHBoxLayout()
        row.setSpacing(style.S)
        row.addStretch(1)
        for one in (self.open_button, self.paste_button, self.sample_button):
            row.addWidget(one)
        row.addStretch(1)
        column.addSpacing(style.S)
        column.addLayout(row)
        column.addSpacing(style.L)
        column.addWidget(self._recent_title)
        column.addLayout(self._recent_column)
        column.addStretch(3)
        around = QVBoxLayout(self)
        around.setContentsMargins(0, 0, 0, 0)
        around.addWidget(surface)

    def show_recent(self, paths: Sequence[Path]) -> None:
        """Offer the projects that were open lately."""
        while (item := self._recent_column.takeAt(0)) is not None:
            if (widget := item.widget()) is not None:
                widget.hide()
                widget.deleteLater()
        self.recent = []
        for path in paths:
            made = button("quiet")
            made.setText(path.stem)
            made.setToolTip(str(path))
            made.clicked.connect(lambda _on=False, p=str(path): self.project_wanted.emit(p))
            self._recent_column.addWidget(made, 0, Qt.AlignmentFlag.AlignHCenter)
            self.recent.append(made)
        self._recent_title.setVisible(bool(paths))

    def retranslate(self) -> None:
        """Take over language and colours."""
        colours = style.colours()
        scale = self.devicePixelRatioF()
        self._icon.setPixmap(icons.pixmap("workbook", colours.accent, colours.surface, 40, scale))
        self._title.setText(_("A whole workbook at once"))
        self._text.setText(
            _(
                "Open an export of the national ADR system, or any table with a column of reactions: "
                "drop it here. You get the same workbook back, with the codes beside the cells."
            )
        )
        self.open_button.setText(_("Open workbook…"))
        self.paste_button.setText(_("Paste a table"))
        self.sample_button.setText(_("Try the sample"))
        self._recent_title.setText(_("Go on with"))
