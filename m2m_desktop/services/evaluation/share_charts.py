"""Shares as bars with their intervals, and as lines, in SVG: plain shapes, readable without colour."""

from collections.abc import Iterator, Sequence
from html import escape

from m2m_desktop.core.chart_text import text_width, wrapped
from m2m_desktop.services.evaluation.outcome import Bar, Curves
from m2m_desktop.services.evaluation.words import number

WIDTH = 720
_FONT = 13
_ROW = 26
_TEXT, _MUTED, _GRID, _FILL = "#1a1f24", "#5a6570", "#d9dee3", "#1f5f8b"
_LABEL_SHARE = 0.4
_SAFETY = 1.1
"""The reader's font may be wider than the estimate."""
_TICKS = (0.0, 0.2, 0.4, 0.6, 0.8, 1.0)
_DASHES = ("", "7 4", "2 3", "9 3 2 3")
_COLOURS = ("#1f5f8b", "#9e2a2b", "#4d7c54", "#6b5b95")
_PLOT_HEIGHT = 240


def bars_svg(bars: Sequence[Bar], title: str) -> str:
    """Draw horizontal bars from 0 to 1, the value at the end, its interval as a whisker."""
    widest = max((text_width(bar.label, _FONT) for bar in bars), default=0.0)
    left = min(widest * _SAFETY, WIDTH * _LABEL_SHARE) + 12
    scale = WIDTH - left - text_width("0.0000", _FONT) - 16
    bottom = _ROW * len(bars) + 4
    shapes = list(_upright_grid(left, scale, bottom))
    for place, bar in enumerate(bars):
        shapes.extend(_bar(bar, left, scale, place * _ROW + 4))
    return _svg(title, bottom + 22, shapes)


def curves_svg(curves: Curves, title: str) -> str:
    """Draw lines over equally distant labels; they differ in dashes, marks and names beside them."""
    left, top = 44.0, 10.0
    names = max((text_width(line.label, _FONT) for line in curves.lines), default=0.0)
    right = WIDTH - min(names * _SAFETY, WIDTH * _LABEL_SHARE) - 52
    step = (right - left) / max(len(curves.labels) - 1, 1)
    bottom = top + _PLOT_HEIGHT
    shapes = [
        f'<path d="M{left:g} {y:.1f}H{right:.1f}" stroke="{_GRID}"/>'
        + _label(left - 8, y + 4, f"{tick:.1f}", "end")
        for tick in _TICKS
        for y in (bottom - tick * _PLOT_HEIGHT,)
    ]
    shapes.extend(
        _label(left + place * step, bottom + 18, name, "middle")
        for place, name in enumerate(curves.labels)
    )
    for number_, line in enumerate(curves.lines):
        points = [
            (left + place * step, bottom - value * _PLOT_HEIGHT)
            for place, value in enumerate(line.values)
            if value is not None
        ]
        colour, dash = _COLOURS[number_ % len(_COLOURS)], _DASHES[number_ % len(_DASHES)]
        path = "L".join(f"{x:.1f} {y:.1f}" for x, y in points)
        shapes.append(
            f'<path d="M{path}" fill="none" stroke="{colour}" stroke-width="2" '
            f'stroke-dasharray="{dash}"/>'
            if points
            else ""
        )
        shapes.extend(
            f'<circle cx="{x:.1f}" cy="{y:.1f}" r="3" fill="{colour}"/>' for x, y in points
        )
        y = top + 10 + number_ * 22
        shapes.append(
            f'<path d="M{right + 14:.1f} {y - 4:.1f}h26" fill="none" stroke="{colour}" '
            f'stroke-width="2" stroke-dasharray="{dash}"/>'
            f'<text x="{right + 46:.1f}" y="{y:.1f}">{escape(line.label)}</text>'
        )
    return _svg(title, bottom + 28, shapes)


def _upright_grid(left: float, scale: float, bottom: float) -> Iterator[str]:
    for tick in _TICKS:
        x = left + tick * scale
        colour = _GRID if tick else _MUTED
        yield f'<path d="M{x:.1f} 0V{bottom:.1f}" stroke="{colour}"/>'
        yield _label(x, bottom + 15, f"{tick:.1f}", "middle")


def _bar(bar: Bar, left: float, scale: float, y: float) -> Iterator[str]:
    (label,) = wrapped(bar.label, left - 10, _FONT, 1)
    middle = y + _ROW / 2 - 2
    told = f"{bar.label}: {number(bar.value)}"
    yield f"<g><title>{escape(told)}</title>"
    yield f'<text x="{left - 8:.1f}" y="{middle + 4:.1f}" text-anchor="end">{escape(label)}</text>'
    yield (
        f'<rect x="{left:.1f}" y="{middle - 7:.1f}" width="{bar.value * scale:.1f}" height="14" '
        f'fill="{_FILL}"/>'
    )
    end = bar.value
    if bar.interval is not None:
        low, high = bar.interval
        end = max(end, high)
        # a white edge keeps the whisker readable on the bar
        path = (
            f"M{left + low * scale:.1f} {middle:.1f}H{left + high * scale:.1f}"
            f"M{left + low * scale:.1f} {middle - 5:.1f}v10M{left + high * scale:.1f} "
            f"{middle - 5:.1f}v10"
        )
        yield f'<path d="{path}" stroke="#ffffff" stroke-width="4" fill="none"/>'
        yield f'<path d="{path}" stroke="{_TEXT}" stroke-width="1.5" fill="none"/>'
    x, said = left + end * scale + 5, number(bar.value)
    yield (  # no line of the grid runs through the figure
        f'<rect x="{x:.1f}" y="{middle - 8:.1f}" width="{text_width(said, _FONT) + 2:.1f}" '
        f'height="16" fill="#ffffff"/>'
    )
    yield f'<text x="{x + 2:.1f}" y="{middle + 4:.1f}">{said}</text></g>'


def _label(x: float, y: float, text: str, anchor: str) -> str:
    return (
        f'<text x="{x:.1f}" y="{y:.1f}" font-size="{_FONT - 2}" fill="{_MUTED}" '
        f'text-anchor="{anchor}">{escape(text)}</text>'
    )


def _svg(title: str, height: float, shapes: Sequence[str]) -> str:
    body = "\n".join(filter(None, shapes))
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height:g}" '
        f'width="{WIDTH}" height="{height:g}" role="img" font-family="sans-serif" '
        f'font-size="{_FONT}" fill="{_TEXT}">\n<title>{escape(title)}</title>\n{body}\n</svg>'
    )
