"""A bar chart on screen, and the same chart for a report."""

from collections.abc import Sequence

from PySide6.QtCore import QByteArray, QMimeData, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QGuiApplication, QImage, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtSvg import QSvgRenderer
from PySide6.QtWidgets import QSizePolicy, QWidget

from m2m_desktop.core.charts import Bar, bar_chart_svg
from m2m_desktop.services.language import _
from m2m_desktop.ui import style
from m2m_desktop.ui.analysis.chart_bars import print_look, screen_look

PRINT_SCALE = 2
DOTS_PER_METRE = round(PRINT_SCALE * 96 / 0.0254)
LEAST_WIDTH = 260
SVG_TYPE = "image/svg+xml"


class ChartView(QWidget):
    """Draws the bars as wide as it is, and as high as they need."""

    def __init__(self) -> None:
        super().__init__()
        self._title, self._printed, self._bars = "", "", tuple[Bar, ...]()
        self._renderer = QSvgRenderer(self)
        self._drawn_width = 0
        self.setMinimumWidth(LEAST_WIDTH)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)

    def show_bars(self, title: str, printed: str, bars: Sequence[Bar]) -> None:
        """Draw these; ``printed`` is the title of the chart for a report."""
        self._title, self._printed, self._bars = title, printed, tuple(bars)
        self.setAccessibleName(_("Chart: {title}").format(title=title))
        self.setAccessibleDescription("; ".join(map(_spoken, self._bars)))
        self._draw()

    def refresh(self) -> None:
        """Take over the colours."""
        self._draw()

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing to draw."""
        return not self._bars

    def svg(self) -> str:
        """The chart for a report, as SVG."""
        return bar_chart_svg(self._printed, self._bars, print_look(self._bars))

    def image(self) -> QImage:
        """The chart for a report, as a picture of twice the usual sharpness."""
        renderer = QSvgRenderer(QByteArray(self.svg().encode()))
        image = QImage(renderer.defaultSize() * PRINT_SCALE, QImage.Format.Format_RGB32)
        image.fill(QColor(style.LIGHT.surface))
        painter = QPainter(image)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        renderer.render(painter)
        painter.end()
        image.setDotsPerMeterX(DOTS_PER_METRE)
        image.setDotsPerMeterY(DOTS_PER_METRE)
        return image

    def copy(self) -> None:
        """Put the picture on the clipboard, as pixels and as SVG."""
        data = QMimeData()
        data.setImageData(self.image())
        data.setData(SVG_TYPE, QByteArray(self.svg().encode()))
        QGuiApplication.clipboard().setMimeData(data)

    def _draw(self) -> None:
        self._drawn_width = max(self.width(), LEAST_WIDTH)
        svg = bar_chart_svg(self._title, self._bars, screen_look(self._bars, self._drawn_width))
        self._renderer.load(QByteArray(svg.encode()))
        self.setFixedHeight(self._renderer.defaultSize().height())
        self.update()

    # -- Qt --------------------------------------------------------------------------------------

    def sizeHint(self) -> QSize:
        """As high as the bars need."""
        return QSize(LEAST_WIDTH, self._renderer.defaultSize().height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Another width has other places to break the names at."""
        super().resizeEvent(event)
        if self._bars and self.width() != self._drawn_width:
            self._draw()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the chart from its outlines, sharp at every scale."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        size = self._renderer.defaultSize()
        self._renderer.render(painter, QRectF(0, 0, size.width(), size.height()))
        painter.end()


def _spoken(bar: Bar) -> str:
    return f"{bar.label}: " + ", ".join(f"{part.name} {part.value:,}" for part in bar.parts)
