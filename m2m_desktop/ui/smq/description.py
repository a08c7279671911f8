"""A text of unknown length that takes as many lines as it needs, up to a few, and scrolls the rest."""

from PySide6.QtCore import Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QPlainTextEdit

from m2m_desktop.ui import style

USUAL_LINES = 5


class Description(QPlainTextEdit):
    """Read only, selectable, reached by Tab; without a frame until it has the focus."""

    def __init__(self) -> None:
        super().__init__()
        self._most = USUAL_LINES
        self.setReadOnly(True)
        self.setTabChangesFocus(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.document().setDocumentMargin(0)
        self.refresh()

    def show_text(self, text: str) -> None:
        """Show this; nothing: take no room."""
        if self.toPlainText() != text:
            self.setPlainText(text)
        self.setVisible(bool(text))
        self._fit()

    def set_most(self, lines: int) -> None:
        """Take at most so many lines."""
        self._most = lines
        self._fit()

    def refresh(self) -> None:
        """Take over the colours."""
        self.setStyleSheet(
            "QPlainTextEdit { border: 1px solid transparent; background: transparent; padding: 0px; }"
            f"QPlainTextEdit:focus {{ border: 1px solid {style.colours().accent}; padding: 0px; }}"
        )

    def resizeEvent(self, event: QResizeEvent) -> None:
        """At another width the text has another number of lines."""
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        lines = min(self._most, max(1, round(self.document().size().height())))
        self.setFixedHeight(lines * self.fontMetrics().lineSpacing() + 2 * self.frameWidth() + 2)
