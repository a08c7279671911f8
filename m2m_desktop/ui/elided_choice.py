"""A choice whose text is cut with dots where it is too long; the tool tip then has all of it."""

from PySide6.QtCore import QPoint, QRect, QSize, Qt
from PySide6.QtGui import QPaintEvent
from PySide6.QtWidgets import (
    QComboBox,
    QStyle,
    QStyleOptionComboBox,
    QStylePainter,
)

GAP = 4
"""Between an icon and the text."""


class ElidedChoice(QComboBox):
    """Qt cuts a text that is too long in the middle of a letter, and says nothing.

    ``usual_tip`` is the tool tip as long as nothing is cut.
    """

    usual_tip = ""

    def shown_text(self) -> str:
        """What can be read of the chosen text."""
        option = self._option()
        room = max(self._room(option), 0)
        return self.fontMetrics().elidedText(option.currentText, Qt.TextElideMode.ElideRight, room)

    def sizeHint(self) -> QSize:
        """Wide enough for the longest text; Qt's own hint forgets a part of what frames take.

        Where only a number of letters is asked for, that is what it is wide enough for.
        """
        hint, option = super().sizeHint(), self._option()
        if self.sizeAdjustPolicy() == self.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon:
            return hint
        option.rect = QRect(QPoint(), hint)
        texts = [self.itemText(row) for row in range(self.count())]
        widest = max(map(self.fontMetrics().horizontalAdvance, texts), default=0)
        return hint + QSize(max(0, widest - self._room(option)), 0)

    def _room(self, option: QStyleOptionComboBox) -> int:
        field = self.style().subControlRect(
            QStyle.ComplexControl.CC_ComboBox,
            option,
            QStyle.SubControl.SC_ComboBoxEditField,
            self,
        )
        icon = 0 if option.currentIcon.isNull() else option.iconSize.width() + GAP
        return field.width() - icon

    def _option(self) -> QStyleOptionComboBox:
        option = QStyleOptionComboBox()
        self.initStyleOption(option)
        return option

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw it with the text that has room."""
        painter, option = QStylePainter(self), self._option()
        painter.drawComplexControl(QStyle.ComplexControl.CC_ComboBox, option)
        full, option.currentText = option.currentText, self.shown_text()
        tip = full if option.currentText != full else self.usual_tip
        if self.toolTip() != tip:
            self.setToolTip(tip)
        painter.drawControl(QStyle.ControlElement.CE_ComboBoxLabel, option)
