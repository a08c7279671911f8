"""Small line icons, drawn from SVG text in whatever colour is asked for, sharp at every scale."""

from functools import lru_cache

from PySide6.QtCore import QByteArray, QRectF, QSize, Qt
from PySide6.QtGui import QIcon, QPainter, QPixmap
from PySide6.QtSvg import QSvgRenderer

from m2m_desktop.core.records import Band

_SHAPES = {
    "hourglass": '<path d="M3.8 1.8h8.4M3.8 14.2h8.4M4.9 1.8v2.3c0 1.9 3.1 2.5 3.1 3.9s-3.1 2-3.1 3.9v2.3'
    'M11.1 1.8v2.3c0 1.9-3.1 2.5-3.1 3.9s3.1 2 3.1 3.9v2.3"/>',
    # the shapes differ so much that they can be told apart without their colours
    "certain": '<circle cx="8" cy="8" r="6.6" fill="{c}" stroke="none"/>'
    '<path d="M5 8.2l2.1 2.1L11.2 6" stroke="{g}" stroke-width="1.7"/>',
    "doubtful": '<path d="M8 1.6L14.4 8 8 14.4 1.6 8z"/><path d="M8 5v3.6"/>'
    '<circle cx="8" cy="10.9" r=".9" fill="{c}" stroke="none"/>',
    "missing": '<circle cx="8" cy="8" r="6.2" stroke-dasharray="2.4 1.7"/><path d="M5.2 8h5.6"/>',
    "pending": '<circle cx="3.4" cy="8" r="1.2" fill="{c}" stroke="none"/>'
    '<circle cx="8" cy="8" r="1.2" fill="{c}" stroke="none"/>'
    '<circle cx="12.6" cy="8" r="1.2" fill="{c}" stroke="none"/>',
    "check": '<path d="M2.8 8.6l3.4 3.4 7-7.6" stroke-width="2"/>',
    "info": '<circle cx="8" cy="8" r="6.4"/><path d="M8 7.3v4"/>'
    '<circle cx="8" cy="4.8" r=".9" fill="{c}" stroke="none"/>',
    "warning": '<path d="M8 1.9l6.5 11.8h-13z"/><path d="M8 6.4v3.4"/>'
    '<circle cx="8" cy="11.7" r=".85" fill="{c}" stroke="none"/>',
    "error": '<path d="M5.2 1.7h5.6l3.5 3.5v5.6l-3.5 3.5H5.2l-3.5-3.5V5.2z"/>'
    '<path d="M5.7 5.7l4.6 4.6m0-4.6l-4.6 4.6"/>',
    "close": '<path d="M4 4l8 8m0-8l-8 8"/>',
    "copy": '<rect x="5.5" y="5.5" width="8" height="8" rx="1.4"/>'
    '<path d="M10.5 3.4V3.2A1 1 0 0 0 9.5 2.2h-6a1 1 0 0 0-1 1v6a1 1 0 0 0 1 1h.2"/>',
    "import": '<path d="M8 2v7.4m0 0L5 6.5m3 2.9l3-2.9"/><path d="M2.4 10.5v2.6h11.2v-2.6"/>',
    "search": '<circle cx="7" cy="7" r="4.6"/><path d="M10.4 10.4L14 14"/>',
}


@lru_cache(maxsize=256)
def icon(name: str, colour: str, ground: str = "#ffffff") -> QIcon:
    """One of the shapes in a colour; ``ground`` is drawn inside filled shapes."""
    made = QIcon()
    for scale in (1, 2, 3):
        drawn = pixmap(name, colour, ground, 16, scale)
        made.addPixmap(drawn)
        made.addPixmap(drawn, QIcon.Mode.Selected)  # Qt would tint it otherwise
    return made


def pixmap(name: str, colour: str, ground: str, size: int, scale: float) -> QPixmap:
    """The shape ``size`` logical pixels wide for a screen of this scale."""
    drawn = QPixmap(QSize(round(size * scale), round(size * scale)))
    drawn.fill(Qt.GlobalColor.transparent)
    shape = _SHAPES[name].replace("{c}", colour).replace("{g}", ground)
    svg = (
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 16 16">'
        f'<g fill="none" stroke="{colour}" stroke-width="1.4" stroke-linecap="round" '
        f'stroke-linejoin="round">{shape}</g></svg>'
    )
    painter = QPainter(drawn)
    QSvgRenderer(QByteArray(svg.encode())).render(
        painter, QRectF(0, 0, drawn.width(), drawn.height())
    )
    painter.end()
    drawn.setDevicePixelRatio(scale)
    return drawn


BAND_SHAPES = {Band.CERTAIN: "certain", Band.DOUBTFUL: "doubtful", Band.NOT_FOUND: "missing"}
