"""The reliability diagram: what the model said, against how often it was right."""

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from m2m_desktop.services.language import _
from m2m_desktop.ui import style

LEFT, BOTTOM, TOP, RIGHT = 62, 46, 12, 14
GAP = 10
"""Between the field and its figures: half of the largest point."""
TICKS = (0.0, 0.2, 0.4, 0.6, 0.8, 1.0)


@dataclass(frozen=True, slots=True)
class PlotBin:
    """Candidates of one range of probability: the mean said, the share that was right, bounds."""

    said: float
    right: float
    low: float
    high: float
    count: int


class ReliabilityPlot(QWidget):
    """Points on the diagonal are honest; above it the model was too timid, below too sure."""

    def __init__(self) -> None:
        super().__init__()
        self._bins: tuple[PlotBin, ...] = ()
        self.setMinimumSize(260, 240)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)

    def sizeHint(self) -> QSize:
        """A square that fits beside a table."""
        return QSize(340, 320)

    def set_bins(self, bins: Sequence[PlotBin]) -> None:
        """Show these; empty ones are left out."""
        self._bins = tuple(one for one in bins if one.count)
        figures = ", ".join(f"{one.said:.2f} → {one.right:.2f} ({one.count})" for one in self._bins)
        self.setAccessibleName(_("Reliability of the probabilities"))
        self.setAccessibleDescription(figures)
        self.setToolTip(figures)
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw axes, the diagonal, and a point with its bounds for each range."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        colours = style.colours()
        side = min(self.width() - LEFT - RIGHT, self.height() - TOP - BOTTOM)
        field = QRectF(LEFT, TOP, side, side)
        painter.setFont(style.sized(style.CAPTION))
        self._draw_axes(painter, field)
        painter.setPen(QPen(QColor(colours.control), 1, Qt.PenStyle.DashLine))
        painter.drawLine(_at(field, 0, 0), _at(field, 1, 1))
        most = max((one.count for one in self._bins), default=1)
        for one in self._bins:
            painter.setPen(QPen(QColor(colours.accent), 1.4))
            painter.drawLine(_at(field, one.said, one.low), _at(field, one.said, one.high))
            radius = 3 + 5 * (one.count / most) ** 0.5
            painter.setBrush(QColor(colours.accent))
            painter.drawEllipse(_at(field, one.said, one.right), radius, radius)
        painter.end()

    def _draw_axes(self, painter: QPainter, field: QRectF) -> None:
        colours = style.colours()
        height = painter.fontMetrics().height()
        for tick in TICKS:
            painter.setPen(QPen(QColor(colours.border), 1))
            painter.drawLine(_at(field, tick, 0), _at(field, tick, 1))
            painter.drawLine(_at(field, 0, tick), _at(field, 1, tick))
            painter.setPen(QColor(colours.muted))
            below, beside = _at(field, tick, 0), _at(field, 0, tick)
            painter.drawText(
                QRectF(below.x() - 20, below.y() + GAP, 40, height),
                Qt.AlignmentFlag.AlignHCenter,
                f"{tick:.1f}",
            )
            painter.drawText(
                QRectF(0, beside.y() - height / 2, LEFT - GAP, height),
                Qt.AlignmentFlag.AlignRight,
                f"{tick:.1f}",
            )
        middle = Qt.AlignmentFlag.AlignHCenter
        name = QRectF(field.left(), field.bottom() + height + GAP, field.width(), height)
        painter.drawText(name, middle, _("probability given by the model"))
        painter.save()
        painter.translate(0, field.bottom())
        painter.rotate(-90)
        painter.drawText(QRectF(0, 0, field.height(), height), middle, _("share that was right"))
        painter.restore()


def _at(field: QRectF, x: float, y: float) -> QPointF:
    return QPointF(field.left() + x * field.width(), field.bottom() - y * field.height())
