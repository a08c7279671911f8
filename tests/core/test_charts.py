"""Bar charts as SVG: valid, the same each time, and true to their figures."""

import re
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from m2m_desktop.core.chart_text import text_width, wrapped
from m2m_desktop.core.charts import Bar, BarPart, ChartLook, bar_chart_svg

SVG = "{http://www.w3.org/2000/svg}"
LONG = "良性、恶性及性质不明的肿瘤（包括囊状和息肉状的肿瘤以及其他没有特别说明的所有各种肿瘤）"
BARS = (
    Bar("皮肤", (BarPart("严重", 3), BarPart("一般", 9))),
    Bar(LONG, (BarPart("严重", 0), BarPart("一般", 4))),
)


def drawn(bars, title="标题", **look):
    svg = bar_chart_svg(title, bars, ChartLook(**look))
    return svg, ElementTree.fromstring(svg)


def texts(root):
    return [node.text for node in root.iter(f"{SVG}text")]


def coloured(root, colours):
    """Widths of the filled rectangles of the bars, by colour; not those of the legend."""
    found = {}
    for group in root.iter(f"{SVG}g"):
        for node in group.iter(f"{SVG}rect"):
            if node.get("fill") in colours:
                found.setdefault(node.get("fill"), []).append(float(node.get("width")))
    return found


def test_the_title_the_labels_the_totals_and_the_legend_stand_in_the_chart():
    _svg, root = drawn(BARS)

    said = texts(root)
    assert {"标题", "皮肤", "12", "4", "严重", "一般", "3 + 9", "0 + 4"} <= set(said)


def test_the_lengths_of_the_parts_are_as_their_figures():
    _svg, root = drawn(BARS, colours=("#111111", "#222222"))

    widths = coloured(root, ("#111111", "#222222"))
    assert len(widths["#111111"]) == 1  # nothing is drawn for a zero
    assert widths["#222222"][0] / widths["#111111"][0] == pytest.approx(3, abs=0.01)
    assert widths["#222222"][0] / widths["#222222"][1] == pytest.approx(9 / 4, abs=0.01)


def test_parts_are_told_apart_by_hatching_not_by_colour_alone():
    _svg, root = drawn(BARS, colours=("#111111", "#111111"))

    legend = [node for node in root if node.tag == f"{SVG}path"]
    assert len([node for node in legend if "L" in node.get("d")]) == 1  # the second name's


def test_a_long_label_is_cut_and_stands_whole_in_the_title_of_its_bar():
    _svg, root = drawn(BARS, width=500)

    titles = [node.text for node in root.iter(f"{SVG}title")]
    assert any(title.startswith(LONG) for title in titles)
    assert LONG not in texts(root)
    assert any(text.endswith("…") for text in texts(root))


def test_the_same_bars_give_the_same_bytes():
    assert drawn(BARS)[0] == drawn(BARS)[0]


def test_bars_without_names_have_no_legend_and_no_bars_give_the_title_alone():
    _svg, root = drawn([Bar("a", (BarPart("", 2),))])
    assert texts(root) == ["标题", "0", "1", "2", "a", "2"]

    _svg, root = drawn([])
    assert texts(root) == ["标题"]


@given(
    st.text(max_size=80),
    st.lists(st.tuples(st.text(max_size=60), st.text(max_size=9), st.integers(0, 10**7)), max_size=5),
    st.integers(20, 90),
    st.integers(6, 40),
)  # fmt: skip
def test_any_texts_and_figures_give_valid_svg_within_its_frame(title, given_bars, ems, font_px):
    width = ems * font_px
    bars = [Bar(label, (BarPart(name, value),)) for label, name, value in given_bars]

    svg, root = drawn(bars, title=title, width=width, font_px=font_px, font_family='"<&\x01')

    assert "nan" not in svg
    assert "\x01" not in svg
    height = float(root.get("height"))
    for node in root.iter(f"{SVG}rect"):
        x, y, w, h = (float(node.get(name)) for name in ("x", "y", "width", "height"))
        assert x >= 0
        assert y >= 0
        assert w >= 0
        assert x + w <= width + 0.1
        assert y + h <= height + 0.1


def test_every_line_of_a_hatching_stays_within_its_rectangle():
    svg, _root = drawn([Bar("a", tuple(BarPart(f"n{at}", 40 + at) for at in range(6)))])

    shapes = re.findall(
        r'<rect x="([\d.]+)" y="([\d.]+)" width="([\d.]+)" height="([\d.]+)" fill="#[^/]*/>\s*'
        r'<path d="([^"]+)" stroke="#ffffff"',
        svg,
    )
    assert len(shapes) == 10  # five of six names have one, in the legend and in the bar
    for x, y, width, height, path in shapes:
        for at_x, at_y in re.findall(r"[ML](-?[\d.]+) (-?[\d.]+)", path):
            assert float(x) - 0.02 <= float(at_x) <= float(x) + float(width) + 0.02
            assert float(y) - 0.02 <= float(at_y) <= float(y) + float(height) + 0.02


@given(st.text(max_size=60), st.floats(30, 400))
def test_wrapped_lines_fit_and_lose_nothing_without_saying_so(text, width):
    lines = wrapped(text, width, 14)

    assert 1 <= len(lines) <= 2
    for line in lines:
        assert text_width(line, 14) <= width + 14 or len(line) <= 2
    if not lines[-1].endswith("…"):
        assert "".join("".join(lines).split()) == "".join(text.split())
