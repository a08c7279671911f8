"""The rows of a level as bars."""

from m2m_desktop.core.analysis.records import Analysis, CountRow
from m2m_desktop.core.charts import Bar, BarPart, ChartLook, bar_chart_svg
from m2m_desktop.core.records import TermLevel
from m2m_desktop.services.analysis.words import LEVEL_TITLES, severity_name, unit_name
from m2m_desktop.services.export.words import DEMO_BANNER
from m2m_desktop.services.language import _

MAX_BARS = 30
"""More do not fit a page; the sheet has them all."""


def level_chart(
    analysis: Analysis, level: TermLevel, look: ChartLook | None = None, *, is_demo: bool = False
) -> str:
    """Draw the most frequent terms of a level by severity, as SVG."""
    rows = analysis.levels[level]
    title = f"{_(LEVEL_TITLES[level])} · {unit_name(analysis)}"
    if len(rows) > MAX_BARS:
        title += " · " + _("the {count} most frequent of {all}").format(
            count=MAX_BARS, all=len(rows)
        )
    if is_demo:
        title += f" · {DEMO_BANNER}"
    bars = [_bar(row, analysis) for row in rows[:MAX_BARS]]
    return bar_chart_svg(title, bars, look or ChartLook())


def _bar(row: CountRow, analysis: Analysis) -> Bar:
    label = row.term.name if row.term.code else _(row.term.name)
    if analysis.severities == ("",):  # nothing to tell apart
        return Bar(label, (BarPart("", row.total),))
    parts = (BarPart(severity_name(key), row.counts[key]) for key in analysis.severities)
    return Bar(label, tuple(parts))
