"""The sheet of keys."""

from collections.abc import Sequence

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import (
    QDialog,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from m2m_desktop.services.language import _
from m2m_desktop.ui import style
from m2m_desktop.ui.dictionary.keys import sheet as dictionary_keys
from m2m_desktop.ui.review.keys import sheet as review_keys
from m2m_desktop.ui.texts import KEYS
from m2m_desktop.ui.widgets import button, label


class KeysDialog(QDialog):
    """All keys on one sheet: those of single phrases, of review, and of the dictionary."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle(_("Keys"))
        self._keys: list[QLabel] = []
        phrases = [(keys, _(meaning)) for keys, meaning in KEYS]
        columns = QHBoxLayout()
        columns.setSpacing(2 * style.XL)
        for title, rows in (
            (_("Coding phrases"), phrases),
            (_("Reviewing a workbook"), review_keys()),
            (_("Looking terms up"), dictionary_keys()),
        ):
            columns.addLayout(self._column(title, rows))
        inside = QWidget()
        columns.setContentsMargins(0, 0, style.M, 0)
        inside.setLayout(columns)
        area = QScrollArea(widgetResizable=True)
        area.setFrameShape(QScrollArea.Shape.NoFrame)
        area.setWidget(inside)
        area.setAccessibleName(_("Keys"))
        whole = QVBoxLayout()
        whole.addWidget(area)
        with_close(self, _("Keys"), whole)
        wanted = inside.sizeHint() + QSize(3 * style.XL, 6 * style.XL)
        self.resize(wanted.boundedTo(self.screen().availableSize() - QSize(80, 120)))

    def _column(self, title: str, rows: Sequence[tuple[str, str]]) -> QGridLayout:
        grid = QGridLayout()
        grid.setHorizontalSpacing(style.M)
        grid.setVerticalSpacing(style.S)
        heading = label("muted")
        heading.setText(title)
        grid.addWidget(heading, 0, 0, 1, 2)
        for row, (keys, meaning) in enumerate(rows, start=1):
            key = QLabel(keys)
            key.setObjectName("key")
            key.setAlignment(Qt.AlignmentFlag.AlignCenter)
            self._keys.append(key)
            grid.addWidget(key, row, 0)
            grid.addWidget(QLabel(meaning), row, 1)
        grid.setColumnStretch(1, 1)
        grid.setRowStretch(len(rows) + 1, 1)
        return grid

    def keys(self) -> list[QLabel]:
        """The keys that are shown, in order."""
        return self._keys


def with_close(dialog: QDialog, title: str, content: QHBoxLayout | QVBoxLayout) -> None:
    """Lay a dialog out: its title, its content, and the button that closes it."""
    heading = label(factor=style.TITLE, bold=True)
    heading.setText(title)
    close = button("primary")
    close.setText(_("Close"))
    close.setDefault(True)
    close.clicked.connect(dialog.accept)
    foot = QHBoxLayout()
    foot.addStretch(1)
    foot.addWidget(close)
    column = QVBoxLayout(dialog)
    column.setContentsMargins(style.XL, style.L, style.XL, style.L)
    column.setSpacing(style.M)
    column.addWidget(heading)
    column.addLayout(content)
    column.addLayout(foot)
