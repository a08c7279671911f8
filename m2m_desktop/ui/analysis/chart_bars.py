"""From the rows of a table to the bars of a chart, and the colours these get on screen and paper."""

from collections.abc import Sequence

from PySide6.QtGui import QFontInfo, QGuiApplication

from m2m_desktop.core.charts import Bar, BarPart, ChartLook
from m2m_desktop.services.language import _
from m2m_desktop.ui import style
from m2m_desktop.ui.analysis.count_model import CountModel, severity_word
from m2m_desktop.ui.analysis.smq_models import SMQ, SmqCountModel

PRINT_WIDTH = 900
PRINT_FONT_PX = 14


def count_bars(model: CountModel, most: int, *, by_severity: bool) -> tuple[Bar, ...]:
    """The first rows of a table, in its order; each severity a part of its bar."""
    bars = []
    for record in model.shown[:most]:
        parts: Sequence[BarPart] = (BarPart("", record.total),)
        if by_severity and model.severities:
            parts = [
                BarPart(severity_word(severity), record.counts.get(severity, 0))
                for severity in model.severities
            ]
        bars.append(Bar(model.name(record), tuple(parts)))
    return tuple(bars)


def smq_bars(model: SmqCountModel, most: int) -> tuple[Bar, ...]:
    """The first rows of the SMQs: what is narrow, and what only the broad scope adds."""
    return tuple(
        Bar(
            model.words(record, SMQ),
            (
                BarPart(_("narrow"), record.narrow_count),
                BarPart(_("only broad"), record.broad_count - record.narrow_count),
            ),
        )
        for record in model.shown[:most]
    )


def screen_look(bars: Sequence[Bar], width: int) -> ChartLook:
    """A chart in the colours of the window."""
    font_px = round(QFontInfo(style.sized(style.BODY)).pixelSize())
    return _look(bars, style.colours(), width, font_px)


def print_look(bars: Sequence[Bar]) -> ChartLook:
    """A chart for a report: always dark on white, whatever the window looks like."""
    return _look(bars, style.LIGHT, PRINT_WIDTH, PRINT_FONT_PX)


def _look(bars: Sequence[Bar], colours: style.Colours, width: int, font_px: int) -> ChartLook:
    """Few parts get calm colours; from three on the worst severity, the first, is set off."""
    parts = max((len(bar.parts) for bar in bars), default=1)
    calm = (colours.accent, colours.bar)
    loud = (colours.error, colours.doubtful, colours.accent, colours.bar, colours.certain)
    return ChartLook(
        width=width,
        font_family=QGuiApplication.font().family(),
        text=colours.text,
        muted=colours.muted,
        ground=colours.surface,
        grid=colours.border,
        colours=calm if parts <= len(calm) else loud,
        font_px=font_px,
    )
