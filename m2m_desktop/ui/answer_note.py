"""The thin line above the candidates: the answer is not final yet, or what the final one changed."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QSizePolicy, QWidget

from m2m_desktop.ui import icons, style
from m2m_desktop.ui.widgets import button, label


class AnswerNote(QWidget):
    """One line with an icon and perhaps a button; equally high whatever it says, or if nothing."""

    action_wanted = Signal()

    def __init__(self) -> None:
        super().__init__()
        self._icon, self._shape, self._text = QLabel(), "", ""
        self._label = label("muted", style.CAPTION)
        self._label.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self.button = button("quiet")
        self.button.setFont(style.sized(style.CAPTION))
        self.button.clicked.connect(self.action_wanted)
        self._row = row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(style.S)
        row.addWidget(self._icon)
        row.addWidget(self._label, 1)
        row.addWidget(self.button)
        self.say("", "")

    def say(self, shape: str, text: str, action: str = "") -> None:
        """Say this, with one of the shapes of `icons` and a button; nothing: an empty line."""
        self._shape, self._text = shape, text
        self.button.setText(action)
        self.button.setVisible(bool(action))
        self._icon.setVisible(bool(text))
        self._label.setToolTip(text)
        self._label.setAccessibleName(text)
        if text:
            shown = icons.icon(shape, style.colours().muted)
            self._icon.setPixmap(shown.pixmap(14, 14))
        self._fit()

    def text(self) -> str:
        """All it says, also what there is no room for."""
        return self._text

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Cut the text with dots where there is no room for it."""
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        self.setFixedHeight(self.button.sizeHint().height())
        self._row.activate()
        room = self._label.width()
        metrics = self._label.fontMetrics()
        self._label.setText(metrics.elidedText(self._text, Qt.TextElideMode.ElideRight, room))
