"""Small line icons, drawn from SVG text in whatever colour is asked for, sharp at every scale."""

from functools import lru_cache
from math import ceil

from PySide6.QtCore import QByteArray, QRectF, QSize, Qt
from PySide6.QtGui import QGuiApplication, QIcon, QPainter, QPixmap
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
    "workbook": '<rect x="2.4" y="2.2" width="11.2" height="11.6" rx="1.4"/>'
    '<path d="M2.6 6h10.8M6.4 6v7.6M2.6 9.8h10.8"/>',
    "phrases": '<path d="M3 3.4h10a1 1 0 0 1 1 1v5.4a1 1 0 0 1-1 1H7.6L4.6 13.4v-2.6H3a1 1 0 0 1-1-1V4.4'
    'a1 1 0 0 1 1-1z"/><path d="M4.8 6.1h6.4M4.8 8.3h4"/>',
    "narrative": '<path d="M2.4 3.2h11.2M2.4 12.8h7M12.6 8h1"/>'
    '<rect x="2.4" y="5.9" width="8" height="4.2" rx="1.2" fill="{c}" stroke="none"/>',
    "open": '<circle cx="8" cy="8" r="5.6"/>',
    "draft": '<circle cx="8" cy="8" r="5.6" stroke-dasharray="2.6 1.8"/>'
    '<circle cx="8" cy="8" r="2.2" fill="{c}" stroke="none"/>',
    "accepted": '<rect x="1.8" y="1.8" width="12.4" height="12.4" rx="3" fill="{c}" stroke="none"/>'
    '<path d="M4.9 8.3l2.1 2.1 4.1-4.5" stroke="{g}" stroke-width="1.7"/>',
    "changed": '<rect x="1.8" y="1.8" width="12.4" height="12.4" rx="3" fill="{c}" stroke="none"/>'
    '<path d="M4.6 6.4h5.6M8.6 4.4l2 2-2 2M11.4 10.2H5.8" stroke="{g}" stroke-width="1.4"/>',
    "no_term": '<rect x="1.8" y="1.8" width="12.4" height="12.4" rx="3"/><path d="M5 8h6"/>',
    "flag": '<path d="M4 14.2V2.2"/><path d="M4 2.8h8.2l-2.1 2.9 2.1 2.9H4z" fill="{c}"/>',
    "comment": '<path d="M2.4 3.2h11.2v7.4H8l-3.2 2.8v-2.8H2.4z"/>',
    "lock": '<rect x="3.2" y="7" width="9.6" height="6.8" rx="1.4"/>'
    '<path d="M5.2 7V5a2.8 2.8 0 0 1 5.6 0v2"/>',
    "box": '<rect x="2.2" y="2.2" width="11.6" height="11.6" rx="2.6"/>',
    "box_checked": '<rect x="2.2" y="2.2" width="11.6" height="11.6" rx="2.6" fill="{c}"/>'
    '<path d="M5 8.3l2.1 2.1 4-4.6" stroke="{g}" stroke-width="1.8"/>',
    "filter": '<path d="M2 3h12l-4.6 5.4v4.6l-2.8-1.6V8.4z"/>',
    "undo": '<path d="M3 6.4h6.6a3.4 3.4 0 0 1 0 6.8H6.4"/><path d="M5.8 3.4l-3 3 3 3"/>',
    "search": '<circle cx="7" cy="7" r="4.6"/><path d="M10.4 10.4L14 14"/>',
    "home": '<path d="M2.2 7.6L8 2.4l5.8 5.2"/><path d="M3.8 6.6v6.8h3v-3.8h2.4v3.8h3V6.6"/>',
    "dictionary": '<path d="M8 3.6C6.6 2.5 4.6 2.2 2.2 2.4v10c2.4-.2 4.4.1 5.8 1.2 1.4-1.1 3.4-1.4 5.8-1.2'
    'v-10C11.4 2.2 9.4 2.5 8 3.6zM8 3.6v10"/>',
    "smq": '<circle cx="8" cy="8" r="6.2"/><circle cx="8" cy="8" r="2.9"/>',
    "analysis": '<path d="M2.2 13.6h11.6"/><path d="M4 11V8M8 11V3M12 11V6" stroke-width="2.2"/>',
    "versions": '<path d="M2.4 5h9.2M9.2 2.4L11.8 5 9.2 7.6M13.6 11H4.4M6.8 8.4L4.2 11l2.6 2.6"/>',
}


def icon(name: str, colour: str, ground: str = "#ffffff") -> QIcon:
    """One of the shapes in a colour; ``ground`` is drawn inside filled shapes."""
    scales = {1, *(ceil(screen.devicePixelRatio()) for screen in QGuiApplication.screens())}
    return _drawn(name, colour, ground, tuple(sorted(scales)))


@lru_cache(maxsize=256)
def _drawn(name: str, colour: str, ground: str, scales: tuple[int, ...]) -> QIcon:
    made = QIcon()
    for scale in scales:
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
