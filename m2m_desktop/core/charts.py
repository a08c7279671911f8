"""Bar charts as SVG: crisp at every size, readable in black and white, the same bytes each time.

Nothing but plain shapes and texts is used, so that every program that shows SVG shows the same:
hatchings are drawn line by line, and the width of a text is estimated from its characters.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import cycle, islice

from m2m_desktop.core.chart_text import text_width, wrapped

_LABEL_SHARE = 0.34
"""Of the width, at most, for the labels."""
_FIGURES_SHARE = 0.3
"""Of the width, at most, for figures of parts as well as totals."""
_SMALL = 0.85
"""Of the size of the font: figures that explain others."""
_SHOWN_PARTS = 3
_UNWRITABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")
_HATCHINGS = ("", "/", "\\", "|", "x", "-")
_STEPS = (1, 2, 5, 10)
_TICKS = 5


@dataclass(frozen=True, slots=True)
class BarPart:
    """One part of a bar: how much of it has this name."""

    name: str
    value: int


@dataclass(frozen=True, slots=True)
class Bar:
    """A horizontal bar with its parts from the left."""

    label: str
    parts: tuple[BarPart, ...]

    @property
    def total(self) -> int:
        """The length of the whole bar."""
        return sum(part.value for part in self.parts)


@dataclass(frozen=True, slots=True)
class ChartLook:
    """How a chart looks: colours as ``#rrggbb``, one of ``colours`` for each name of parts.

    ``width`` is in pixels, at least 20 times ``font_px``; the height follows from the bars.
    ``ground`` is what lies behind.
    """

    width: int = 900
    font_family: str = "sans-serif"
    text: str = "#1a1f24"
    muted: str = "#5a6570"
    ground: str = "#ffffff"
    grid: str = "#d9dee3"
    colours: tuple[str, ...] = ("#1f5f8b", "#e09f3e", "#7a9e7e", "#9e2a2b", "#6b5b95")
    font_px: int = 14


@dataclass(frozen=True, slots=True)
class _Frame:
    """Where the bars stand, in pixels; ``scale`` is the length of 1."""

    left: float
    right: float
    top: float
    row: float
    bar: float
    scale: float
    tick: int
    ticks: int
    told: tuple[str, ...]
    """The names whose figures stand beside the totals."""


def bar_chart_svg(title: str, bars: Sequence[Bar], look: ChartLook) -> str:
    """Draw horizontal stacked bars: a title, a legend, labels, the total at the end of each bar.

    Names of parts stand in the legend in the order in which they first come; they are told apart by
    hatching as well as by colour. A name that is empty everywhere needs no legend. Long labels are
    wrapped and shortened; the whole text is in a ``<title>``. No bars: the title alone.
    """
    size = look.font_px
    filled = {part.name for bar in bars for part in bar.parts if part.value}
    in_order = dict.fromkeys(part.name for bar in bars for part in bar.parts)
    names = [name for name in in_order if name in filled]
    legend = _legend(names, look, 2.2 * size + 0.9 * size) if any(names) else _Legend((), 0)
    top = 3.1 * size + legend.height
    frame = _frame(bars, names, look, top)
    height = frame.top + frame.row * len(bars) + (2.2 * size if bars else 0)
    body = [
        f'<rect x="0" y="0" width="{look.width}" height="{_n(height)}" fill="{look.ground}"/>',
        _title(title, look),
        *legend.shapes,
        *(_grid(frame, look, len(bars)) if bars else ()),
    ]
    for place, bar in enumerate(bars):
        body.extend(_bar(bar, frame.top + place * frame.row, frame, names, look))
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{look.width}" height="{_n(height)}" '
        f'viewBox="0 0 {look.width} {_n(height)}" role="img" '
        f'font-family="{_xml(look.font_family)}" font-size="{size}" fill="{look.text}">\n'
        f"<title>{_xml(title)}</title>\n" + "\n".join(body) + "\n</svg>\n"
    )


# -- parts -------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Legend:
    shapes: tuple[str, ...]
    height: float


def _title(title: str, look: ChartLook) -> str:
    size = look.font_px * 1.2
    (line,) = wrapped(title, look.width - 2 * look.font_px, size, 1)
    return (
        f'<text x="{_n(look.font_px)}" y="{_n(look.font_px * 2)}" font-size="{_n(size)}" '
        f'font-weight="bold">{_xml(line)}</text>'
    )


def _legend(names: Sequence[str], look: ChartLook, top: float) -> _Legend:
    """Boxes with their names, as many in a line as there is room for."""
    size, shapes = look.font_px, list[str]()
    x, y = float(size), top
    for place, name in enumerate(names):
        (line,) = wrapped(name, look.width - 5 * size, size, 1)
        width = 1.6 * size + text_width(line, size) + 1.6 * size
        if x > size and x + width > look.width - size:
            x, y = float(size), y + 1.6 * size
        shapes.extend(_part(x, y, 1.1 * size, 0.8 * size, place, look))
        shapes.append(
            f'<text x="{_n(x + 1.6 * size)}" y="{_n(y + 0.75 * size)}">{_xml(line)}</text>'
        )
        x += width
    return _Legend(tuple(shapes), y - top + 1.8 * size)


def _frame(bars: Sequence[Bar], names: Sequence[str], look: ChartLook, top: float) -> _Frame:
    size = look.font_px
    longest = max((bar.total for bar in bars), default=0)
    widest = max((text_width(" ".join(bar.label.split()), size) for bar in bars), default=0.0)
    left = size + min(widest, look.width * _LABEL_SHARE) + 0.7 * size
    told = tuple(names)
    figures = max((_figures_width(bar, told, look) for bar in bars), default=0.0)
    if figures > look.width * _FIGURES_SHARE:  # the bars need the room more
        told = ()
        figures = max((_figures_width(bar, told, look) for bar in bars), default=0.0)
    right = max(left + size, look.width - figures - 1.4 * size)
    tick = _tick(longest)
    ticks = max(1, -(-longest // tick))
    # the axis ends at the longest bar: a tick beyond it would only make the bars shorter
    scale = (right - left) / max(longest, 1)
    row = (0.8 + 1.15 * _most_lines(bars, left, look)) * size
    return _Frame(left, right, top, row, 0.56 * row, scale, tick, ticks, told)


def _most_lines(bars: Sequence[Bar], left: float, look: ChartLook) -> int:
    width = left - 1.7 * look.font_px
    return max((len(wrapped(bar.label, width, look.font_px)) for bar in bars), default=1)


def _grid(frame: _Frame, look: ChartLook, count: int) -> Iterator[str]:
    bottom = frame.top + frame.row * count
    for number in range(frame.ticks + 1):
        x = frame.left + number * frame.tick * frame.scale
        if x > frame.right + 0.5:
            return
        colour = look.muted if number == 0 else look.grid
        yield (
            f'<path d="M{_n(x)} {_n(frame.top)}V{_n(bottom)}" stroke="{colour}" '
            'stroke-width="1" fill="none"/>'
        )
        yield (
            f'<text x="{_n(x)}" y="{_n(bottom + 1.3 * look.font_px)}" text-anchor="middle" '
            f'font-size="{_n(look.font_px * _SMALL)}" fill="{look.muted}">'
            f"{_figure(number * frame.tick)}</text>"
        )


def _bar(bar: Bar, y: float, frame: _Frame, names: Sequence[str], look: ChartLook) -> Iterator[str]:
    size = look.font_px
    middle = y + frame.row / 2
    lines = wrapped(bar.label, frame.left - 1.7 * size, size)
    said = ", ".join(f"{part.name} {part.value}".strip() for part in bar.parts if part.value)
    yield f"<g><title>{_xml(f'{bar.label}: {bar.total}' + (f' ({said})' if said else ''))}</title>"
    first = middle + 0.35 * size - (len(lines) - 1) * 0.575 * size
    for number, line in enumerate(lines):
        yield (
            f'<text x="{_n(frame.left - 0.6 * size)}" y="{_n(first + number * 1.15 * size)}" '
            f'text-anchor="end">{_xml(line)}</text>'
        )
    x = frame.left
    for part in bar.parts:
        if part.value > 0:
            width = part.value * frame.scale
            place = names.index(part.name)
            yield from _part(x, middle - frame.bar / 2, width, frame.bar, place, look)
            x += width
    x += 0.4 * size
    y = middle + 0.35 * size
    width = _figures_width(bar, frame.told, look)
    yield (  # no line of the grid runs through the figures
        f'<rect x="{_n(x)}" y="{_n(middle - 0.6 * size)}" width="{_n(width)}" '
        f'height="{_n(1.2 * size)}" fill="{look.ground}"/>'
    )
    yield f'<text x="{_n(x)}" y="{_n(y)}">{_figure(bar.total)}</text>'
    parts = _part_figures(bar, frame.told)
    if parts:
        x += text_width(_figure(bar.total), size) + 0.5 * size
        yield (
            f'<text x="{_n(x)}" y="{_n(y)}" font-size="{_n(size * _SMALL)}" '
            f'fill="{look.muted}">{_xml(parts)}</text>'
        )
    yield "</g>"


def _part_figures(bar: Bar, names: Sequence[str]) -> str:
    """The figures of a few parts in the order of the legend, which no colour is needed to read."""
    if not 2 <= len(names) <= _SHOWN_PARTS:
        return ""
    values = dict.fromkeys(names, 0)
    for part in bar.parts:
        if part.name in values:
            values[part.name] += part.value
    return " + ".join(map(_figure, values.values()))


def _figures_width(bar: Bar, names: Sequence[str], look: ChartLook) -> float:
    parts = _part_figures(bar, names)
    small = text_width(parts, look.font_px * _SMALL) + 0.5 * look.font_px if parts else 0.0
    return text_width(_figure(bar.total), look.font_px) + small


def _part(
    x: float, y: float, width: float, height: float, place: int, look: ChartLook
) -> Iterator[str]:
    """A rectangle in the colour and the hatching of the ``place``-th name."""
    colour = next(islice(cycle(look.colours), place, None), look.text)
    box = f'x="{_n(x)}" y="{_n(y)}" width="{_n(width)}" height="{_n(height)}"'
    yield f'<rect {box} fill="{colour}"/>'
    lines = "".join(_hatching(x, y, width, height, _HATCHINGS[place % len(_HATCHINGS)], look))
    if lines:
        yield (
            f'<path d="{lines}" stroke="{look.ground}" stroke-width="{_n(look.font_px / 11)}" '
            'fill="none"/>'
        )
    # the edge parts neighbours that print alike, and shows what is too thin for its colour
    yield f'<rect {box} fill="none" stroke="{look.ground}" stroke-width="0.6"/>'


def _hatching(
    x: float, y: float, width: float, height: float, kind: str, look: ChartLook
) -> Iterator[str]:
    """The lines of a hatching as a path, cut at the edges of the rectangle."""
    step = look.font_px * 0.55
    if kind in ("/", "\\", "x"):
        count = int((width + height) / step)
        for number in range(1, count + 1):
            at = number * step - height
            begin, end = max(0.0, at), min(width, at + height)
            if end <= begin:
                continue
            if kind in ("/", "x"):
                yield _line(x + begin, y + height - (begin - at), x + end, y + height - (end - at))
            if kind in ("\\", "x"):
                yield _line(x + begin, y + (begin - at), x + end, y + (end - at))
    elif kind == "|":
        for number in range(1, int(width / step) + 1):
            yield _line(x + number * step, y, x + number * step, y + height)
    elif kind == "-":
        for number in range(1, int(height / step) + 1):
            yield _line(x, y + number * step, x + width, y + number * step)


# -- texts and numbers ---------------------------------------------------------------------------


def _line(x1: float, y1: float, x2: float, y2: float) -> str:
    return f"M{_n(x1)} {_n(y1)}L{_n(x2)} {_n(y2)}"


def _tick(longest: int) -> int:
    """A round distance that gives some five ticks."""
    power = 1
    while power * _STEPS[-1] * _TICKS < longest:
        power *= 10
    return next(step * power for step in _STEPS if step * power * _TICKS >= longest)


def _figure(value: int) -> str:
    return f"{value:,}"


def _n(value: float) -> str:
    """A number with at most two digits, without a trailing zero: the same on every machine."""
    return f"{value:.2f}".rstrip("0").rstrip(".")


def _xml(text: str) -> str:
    """A text as content or attribute, whatever characters it has."""
    text = _UNWRITABLE.sub("\ufffd", text)
    for plain, escaped in (("&", "&amp;"), ("<", "&lt;"), (">", "&gt;"), ('"', "&quot;")):
        text = text.replace(plain, escaped)
    return text
