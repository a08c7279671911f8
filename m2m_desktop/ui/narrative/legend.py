"""Which ground and underline means what, and how many mentions have it."""

from collections import Counter
from collections.abc import Iterable

from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QLabel, QWidget

from m2m_desktop.ui import style
from m2m_desktop.ui.narrative.records import ShownMention, Status
from m2m_desktop.ui.narrative.status_look import status_word, swatch
from m2m_desktop.ui.widgets import label


class Legend(QWidget):
    """In one line, or in two where there is no room."""

    def __init__(self) -> None:
        super().__init__()
        self._counts: Counter[Status] = Counter()
        self._pictures = {status: QLabel() for status in Status}
        self.words = {status: label("muted", style.CAPTION) for status in Status}
        self._parts = []
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setHorizontalSpacing(style.L)
        self._grid.setVerticalSpacing(style.XS)
        for status in Status:
            part = QWidget()
            row = QHBoxLayout(part)
            row.setContentsMargins(0, 0, 0, 0)
            row.setSpacing(style.XS)
            row.addWidget(self._pictures[status])
            row.addWidget(self.words[status])
            row.addStretch(1)
            self._parts.append(part)
        self._columns = 0
        self._place(len(self._parts))
        self.retranslate()

    def show_counts(self, mentions: Iterable[ShownMention]) -> None:
        """Count these."""
        counts = Counter(one.status for one in mentions)
        if counts != self._counts:
            self._counts = counts
            self._say()

    def retranslate(self) -> None:
        """Take over language and colours."""
        for status in Status:
            self._pictures[status].setPixmap(swatch(status, self.devicePixelRatioF()))
        self._say()

    def _say(self) -> None:
        for status in Status:
            text = f"{status_word(status)} {self._counts[status]}"
            self.words[status].setText(text)
        self._fit()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Take one line or two."""
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        widths = [part.sizeHint().width() + style.L for part in self._parts]
        self._place(len(widths) if sum(widths) <= self.width() else 2)

    def _place(self, columns: int) -> None:
        if columns == self._columns:
            return
        self._columns = columns
        for number, part in enumerate(self._parts):
            self._grid.addWidget(part, number // columns, number % columns)
        for column in range(len(self._parts)):
            self._grid.setColumnStretch(column, 1 if column == columns - 1 else 0)
