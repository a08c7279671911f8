"""Paints the share of a row as a bar beside its number."""

from typing import cast

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QPainter
from PySide6.QtWidgets import QStyleOptionViewItem

from m2m_desktop.ui import style
from m2m_desktop.ui.analysis.count_model import SHARE_ROLE
from m2m_desktop.ui.row_model import Index
from m2m_desktop.ui.score_delegate import BAR_HEIGHT, RowDelegate

NUMBER_TEXT = "100.0 %字"


class ShareDelegate(RowDelegate):
    """For all columns: only that of the share is drawn otherwise."""

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """Draw the cell, its number at the right, and the bar before it."""
        share = index.data(SHARE_ROLE)
        super().paint(painter, option, index)
        if share is None:
            return
        rect = QRectF(option.rect).adjusted(style.S, 0, -style.XS, 0)
        room = rect.width() - option.fontMetrics.horizontalAdvance(NUMBER_TEXT)
        if room < style.L:
            return
        colours = style.colours()
        track = QRectF(rect.left(), rect.center().y() - BAR_HEIGHT / 2, room, BAR_HEIGHT)
        filled = QRectF(track)
        filled.setWidth(max(2.0, track.width() * cast("float", share)))
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(colours.track))
        painter.drawRoundedRect(track, 4, 4)
        painter.setBrush(QColor(colours.accent))
        painter.drawRoundedRect(filled, 4, 4)
        painter.restore()
