"""The learning curve of a run as a small SVG: the loss, and the figure of the evaluations."""

from collections.abc import Sequence
from html import escape

WIDTH, HEIGHT = 720, 320
LEFT, RIGHT, TOP, BOTTOM = 64, 64, 40, 48
_LOSS, _FIGURE = "#2f6fb3", "#b3572f"
_GRID_LINES = 5

Points = Sequence[tuple[int, float]]


def curve_svg(title: str, losses: Points, figures: Points, figure_name: str) -> str:
    """Draw (step, loss) by the left scale and (step, figure) by the right one.

    The two lines differ in colour and in their dashes. Nothing to draw gives empty axes.
    """
    last = max([step for step, _ in (*losses, *figures)], default=1) or 1
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" '
        f'font-family="sans-serif" font-size="12">',
        f'<rect width="{WIDTH}" height="{HEIGHT}" fill="#ffffff"/>',
        _text(LEFT, 22, title, size=14),
        *_axes(last),
        *_line(losses, last, _LOSS, "", "start", "loss"),
        *_line(figures, last, _FIGURE, ' stroke-dasharray="6 3"', "end", figure_name),
        "</svg>",
    ]
    return "\n".join(parts) + "\n"


def _axes(last: int) -> list[str]:
    floor = HEIGHT - BOTTOM
    lines = [_rule(LEFT, floor, WIDTH - RIGHT, floor, "#444444")]
    for place in range(_GRID_LINES):
        y = _y(place / (_GRID_LINES - 1))
        lines.append(_rule(LEFT, y, WIDTH - RIGHT, y, "#dddddd"))
        x = _x(last * place / (_GRID_LINES - 1), last)
        step = round(last * place / (_GRID_LINES - 1))
        lines.append(_text(x, floor + 18, str(step), anchor="middle"))
    lines.append(_text((LEFT + WIDTH - RIGHT) / 2, HEIGHT - 8, "step", anchor="middle"))
    return lines


def _line(points: Points, last: int, colour: str, dashes: str, side: str, name: str) -> list[str]:
    if not points:
        return []
    low, high = min(v for _, v in points), max(v for _, v in points)
    span = (high - low) or 1.0
    drawn = " ".join(f"{_x(s, last):.1f},{_y((v - low) / span):.1f}" for s, v in points)
    x = LEFT - 8 if side == "start" else WIDTH - RIGHT + 8
    anchor = "end" if side == "start" else "start"
    return [
        f'<polyline points="{drawn}" fill="none" stroke="{colour}" stroke-width="2"{dashes}/>',
        _text(x, _y(1) + 4, f"{high:.3g}", anchor=anchor, colour=colour),
        _text(x, _y(0) + 4, f"{low:.3g}", anchor=anchor, colour=colour),
        _text(x, _y(1) - 14, name, anchor=side, colour=colour),
    ]


def _x(step: float, last: int) -> float:
    return LEFT + (WIDTH - LEFT - RIGHT) * step / last


def _y(share: float) -> float:
    return HEIGHT - BOTTOM - (HEIGHT - TOP - BOTTOM - 12) * share


def _rule(x1: float, y1: float, x2: float, y2: float, colour: str) -> str:
    return f'<line x1="{x1:.1f}" y1="{y1:.1f}" x2="{x2:.1f}" y2="{y2:.1f}" stroke="{colour}"/>'


def _text(
    x: float,
    y: float,
    words: str,
    *,
    anchor: str = "start",
    colour: str = "#222222",
    size: int = 12,
) -> str:
    return (
        f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}" fill="{colour}" '
        f'font-size="{size}">{escape(words)}</text>'
    )
