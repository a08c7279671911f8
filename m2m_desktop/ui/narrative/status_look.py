"""The words and looks of the four states of a mention: each has its ground and its own underline."""

from dataclasses import dataclass
from functools import lru_cache
from math import pi, sin

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QIcon, QPainter, QPen, QPixmap, QTextCharFormat

from m2m_desktop.core.messages import N_
from m2m_desktop.services.language import _
from m2m_desktop.ui import style
from m2m_desktop.ui.narrative.records import ShownMention, Status
from m2m_desktop.ui.style import Colours

Underline = QTextCharFormat.UnderlineStyle

STATUS_WORDS = {
    Status.PRESENT: N_("present"),
    Status.NEGATED: N_("negated"),
    Status.HISTORICAL: N_("earlier"),
    Status.UNCERTAIN: N_("uncertain"),
}
RULE_WORDS = {
    "family": N_("of a relative"),
    "indication": N_("the disease that was treated"),
    "condition": N_("only spoken of"),
}
"""Why a mention is not present, where that says more than its status does."""
KIND_WORDS = {"reaction": N_("reaction")}
"""Entity types that have a word of their own here; the others keep their name."""

SWATCH = 16
"""Logical pixels of the little picture of a status."""

_UNDERLINES = {
    Status.PRESENT: Underline.SingleUnderline,
    Status.NEGATED: Underline.DashUnderline,
    Status.HISTORICAL: Underline.DotLine,
    Status.UNCERTAIN: Underline.WaveUnderline,
}
_DASHES = {Status.NEGATED: [2.2, 1.6], Status.HISTORICAL: [1.0, 1.5]}
"""Of the lines in the little pictures, in widths of the line."""


@dataclass(frozen=True, slots=True)
class Look:
    """How a mention is marked in the text."""

    ground: str
    line: str
    underline: Underline


def look_of(status: Status, colours: Colours) -> Look:
    """The look of a status in the colours of now."""
    ground, line = {
        Status.PRESENT: (colours.chosen, colours.accent),
        Status.NEGATED: (colours.error_ground, colours.error),
        Status.HISTORICAL: (colours.track, colours.muted),
        Status.UNCERTAIN: (colours.warning_ground, colours.doubtful),
    }[status]
    return Look(ground, line, _UNDERLINES[status])


def text_format(status: Status, colours: Colours) -> QTextCharFormat:
    """The look as text is drawn with it."""
    look, made = look_of(status, colours), QTextCharFormat()
    made.setBackground(QColor(look.ground))
    made.setForeground(QColor(colours.text))
    made.setUnderlineStyle(look.underline)
    made.setUnderlineColor(QColor(look.line))
    return made


def swatch(status: Status, scale: float) -> QPixmap:
    """A little picture of the look, for the legend and the list."""
    return _drawn(status, scale, style.colours())


@lru_cache(maxsize=64)
def _drawn(status: Status, scale: float, colours: Colours) -> QPixmap:
    look, side = look_of(status, colours), round(SWATCH * scale)
    drawn = QPixmap(side, side)
    drawn.fill(Qt.GlobalColor.transparent)
    drawn.setDevicePixelRatio(scale)
    painter = QPainter(drawn)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(QColor(look.ground))
    painter.drawRoundedRect(QRectF(0, 0, SWATCH, SWATCH), 3, 3)
    _underline(painter, status, QColor(look.line))
    painter.end()
    return drawn


def swatch_icon(status: Status, scale: float) -> QIcon:
    """The same for a row, chosen or not: Qt would tint it there."""
    drawn, made = swatch(status, scale), QIcon()
    for mode in (QIcon.Mode.Normal, QIcon.Mode.Selected):
        made.addPixmap(drawn, mode)
    return made


def _underline(painter: QPainter, status: Status, colour: QColor) -> None:
    height = SWATCH - 4.0
    pen = QPen(colour, 2.0)
    if dashes := _DASHES.get(status):
        pen.setDashPattern(dashes)
    painter.setPen(pen)
    if status is not Status.UNCERTAIN:
        painter.drawLine(QPointF(2, height), QPointF(SWATCH - 2, height))
        return
    steps = 24
    points = [
        QPointF(2 + (SWATCH - 4) * n / steps, height + 1.6 * sin(4 * pi * n / steps))
        for n in range(steps + 1)
    ]
    painter.drawPolyline(points)


def status_word(status: Status) -> str:
    """The status as the user reads it."""
    return _(STATUS_WORDS[status])


def kind_word(mention: ShownMention) -> str:
    """What sort of thing was found, or that a person marked it."""
    if not mention.kind:
        return _("by hand")
    return _(KIND_WORDS[mention.kind]) if mention.kind in KIND_WORDS else mention.kind


def why(mention: ShownMention) -> str:
    """Why it has its status: by what sort of words, and which; empty where it is plainly present."""
    if mention.is_own and not mention.rule:
        return _("said by hand")
    word = _(RULE_WORDS[mention.rule]) if mention.rule in RULE_WORDS else ""
    quoted = f"“{mention.reason}”" if mention.reason else ""
    return " ".join(filter(None, (word, quoted)))
