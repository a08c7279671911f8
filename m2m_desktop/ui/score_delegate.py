"""Paints a row of the candidates: the probability as a bar with its number, and the threshold."""

from typing import cast

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRectF, QSize, Qt
from PySide6.QtGui import QBrush, QColor, QPainter, QPalette, QPen
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem

from m2m_desktop.ui import style
from m2m_desktop.ui.candidate_model import (
    CHANGED_ROLE,
    ESTIMATED_ROLE,
    LINE_ROLE,
    PROBABILITY_ROLE,
    SELECTED_ROLE,
    THRESHOLD_ROLE,
    CandidateColumn,
)

Index = QModelIndex | QPersistentModelIndex

BAR_HEIGHT = 8
NUMBER_WIDTH = 46
FADE_STRENGTH = 0.2
"""How much of another colour a changed row has at most: its text stays readable."""


class RowDelegate(QStyledItemDelegate):
    """Rows that are tall enough to be read all day; the current cell is not framed, its row is."""

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        """Text plus room above and below."""
        hint = super().sizeHint(option, index)
        height = option.fontMetrics.height() + 2 * style.ROW_PADDING
        return QSize(hint.width() + style.S, max(hint.height(), height))

    def initStyleOption(self, option: QStyleOptionViewItem, index: Index) -> None:
        """Leave out the dotted frame of Qt: the whole row is marked instead."""
        super().initStyleOption(option, index)
        option.state &= ~QStyle.StateFlag.State_HasFocus
        brush = index.data(Qt.ItemDataRole.ForegroundRole)
        if brush is not None:  # Qt would drop the colour of the word in the chosen row
            option.palette.setBrush(QPalette.ColorRole.HighlightedText, brush)


class ScoreDelegate(RowDelegate):
    """For every column of the candidates.

    ``fade`` tints the rows that have changed, from 1 (just now) to 0; the bar of an estimate is
    hollow and its number muted.
    """

    fade = 0.0

    def initStyleOption(self, option: QStyleOptionViewItem, index: Index) -> None:
        """Tint the ground of a row that has changed."""
        super().initStyleOption(option, index)
        if self.fade > 0 and index.data(CHANGED_ROLE):
            is_chosen = bool(option.state & QStyle.StateFlag.State_Selected)
            colours = style.colours()
            ground = QColor(colours.chosen if is_chosen else colours.surface)
            tint = blended(ground, QColor(colours.doubtful), FADE_STRENGTH * self.fade)
            option.backgroundBrush = QBrush(tint)
            option.palette.setBrush(QPalette.ColorRole.Highlight, QBrush(tint))

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """Draw the cell, then the bar, then the threshold where it passes."""
        probability = index.data(PROBABILITY_ROLE)
        is_bar = index.column() == CandidateColumn.PROBABILITY and probability is not None
        if is_bar:
            self._ground(painter, option, index)
            self._bar(painter, option, index, cast("float", probability))
        else:
            super().paint(painter, option, index)
        if index.data(LINE_ROLE):
            painter.save()
            pen = QPen(QColor(style.colours().accent), 1.4, Qt.PenStyle.DashLine)
            painter.setPen(pen)
            rect = option.rect
            painter.drawLine(rect.left(), rect.top(), rect.right() + 1, rect.top())
            painter.restore()

    def _ground(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        empty = QStyleOptionViewItem(option)
        self.initStyleOption(empty, index)
        empty.text = ""
        widget = option.widget
        widget.style().drawControl(QStyle.ControlElement.CE_ItemViewItem, empty, painter, widget)

    def _bar(
        self, painter: QPainter, option: QStyleOptionViewItem, index: Index, probability: float
    ) -> None:
        colours, is_selected = style.colours(), bool(index.data(SELECTED_ROLE))
        is_estimated = bool(index.data(ESTIMATED_ROLE))
        rect = QRectF(option.rect).adjusted(style.S, 0, -style.S, 0)
        track = QRectF(rect.left(), rect.center().y() - BAR_HEIGHT / 2, 0, BAR_HEIGHT)
        track.setRight(max(track.left(), rect.right() - NUMBER_WIDTH))
        filled = QRectF(track)
        filled.setWidth(max(2.0, track.width() * min(1.0, probability)))
        at = track.left() + track.width() * float(index.data(THRESHOLD_ROLE))
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(colours.track))
        painter.drawRoundedRect(track, 4, 4)
        fill = QColor(colours.accent if is_selected else colours.bar)
        if is_estimated:
            painter.setBrush(QColor(colours.surface))
            painter.setPen(QPen(fill, 1.2))
            filled.adjust(0.6, 0.6, -0.6, -0.6)
        else:
            painter.setBrush(fill)
        painter.drawRoundedRect(filled, 4, 4)
        painter.setPen(QPen(QColor(colours.text), 1.2))
        painter.drawLine(at, track.top() - 3, at, track.bottom() + 3)  # type: ignore[call-overload]
        painter.setFont(style.sized(style.BODY, bold=is_selected and not is_estimated))
        painter.setPen(QColor(colours.muted if is_estimated else colours.text))
        painter.drawText(
            QRectF(track.right(), rect.top(), NUMBER_WIDTH, rect.height()),
            int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter),
            str(index.data()),
        )
        painter.restore()


def blended(ground: QColor, colour: QColor, share: float) -> QColor:
    """``ground`` with a share, from 0 to 1, of another colour over it."""

    def mix(under: int, over: int) -> int:
        return round(under + (over - under) * share)

    return QColor(
        mix(ground.red(), colour.red()),
        mix(ground.green(), colour.green()),
        mix(ground.blue(), colour.blue()),
    )
