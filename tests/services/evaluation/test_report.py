"""Reports: one file, nothing from elsewhere, everything in it, in either language."""

import re
from xml.etree import ElementTree

import pytest

from m2m_desktop.core.messages import message
from m2m_desktop.services.evaluation.outcome import (
    Bar,
    Curves,
    Evaluation,
    Line,
    SourceFile,
    Table,
)
from m2m_desktop.services.evaluation.report import html_report, write_report
from m2m_desktop.services.evaluation.share_charts import WIDTH, bars_svg, curves_svg
from m2m_desktop.services.language import use_language

EVALUATION = Evaluation(
    "mentions",
    "Titel & <b>",
    (SourceFile("数据 <1>.jsonl", "ab" * 32),),
    {"resamples": 100, "seed": 7},
    {"f1": 0.5},
    (
        Table(
            "Figures",
            ("Measure", "Value"),
            (("F1 <script>", "0.5000"),),
            "note & more",
            (Bar("F1 <&>", 0.5, (0.4, 0.6)), Bar("Recall", 1.0)),
            Curves(
                ("0.1", "0.2", "0.3"), (Line("A&B", (0.1, None, 0.9)), Line("none", (None,) * 3))
            ),
        ),
    ),
    warnings=(message("{count} odd", count=3),),
)


@pytest.fixture(params=["en", "zh_CN"])
def language(request):
    yield use_language(request.param)
    use_language("en")


def test_a_report_is_one_file_that_loads_and_runs_nothing(language):
    page = html_report(EVALUATION, made_at="2026-01-02T03:04:05+00:00")

    assert "<script" not in page
    assert not re.search(r"""(src=|href|@import|url\()""", page)
    assert set(re.findall(r"https?://[^\s\"<]+", page)) == {"http://www.w3.org/2000/svg"}
    assert "default-src 'none'" in page
    assert f'lang="{"zh-CN" if language == "zh_CN" else "en"}"' in page


def test_everything_is_in_it_as_it_is(language):
    page = html_report(EVALUATION, made_at="2026-01-02")
    body = page[page.index("<body>") : page.index("</html>")].replace("&nbsp;", " ")
    text = " ".join(ElementTree.fromstring(body).itertext())

    for part in ("Titel & <b>", "数据 <1>.jsonl", "ab" * 32, "F1 <script>", "3 odd", "note & more"):
        assert part in text
    assert "2026-01-02" in text


def test_a_report_is_written_whole(tmp_path):
    target = tmp_path / "new folder" / "report.html"
    written = write_report(target, EVALUATION, made_at="2026-01-02")

    assert written == target
    assert target.read_text(encoding="utf-8").startswith("<!DOCTYPE html>")
    assert [one.name for one in target.parent.iterdir()] == ["report.html"]


def test_a_bar_is_as_long_as_its_share_and_its_whisker_as_wide_as_the_interval():
    svg = ElementTree.fromstring(bars_svg([Bar("a", 0.5, (0.4, 0.7)), Bar("b", 1.0)], "t"))
    rects = [one for one in svg.findall(".//{*}rect") if one.get("fill") != "#ffffff"]
    half, whole = (float(one.get("width")) for one in rects)

    assert half == pytest.approx(whole / 2, abs=0.1)
    whiskers = [
        one.get("d") for one in svg.findall(".//{*}path") if one.get("stroke-width") == "1.5"
    ]
    start, end = map(float, re.match(r"M([\d.]+) [\d.]+H([\d.]+)", whiskers[0]).groups())
    assert end - start == pytest.approx(0.3 * whole, abs=0.2)
    assert len(whiskers) == 1


def test_all_of_a_chart_lies_within_its_width():
    labels = ("一个非常长的指标名称，长到放不下" * 4, "Accuracy")
    svg = ElementTree.fromstring(bars_svg([Bar(one, 1.0, (0.9, 1.0)) for one in labels], "t"))

    for one in svg.findall(".//{*}text"):
        assert 0 <= float(one.get("x")) <= WIDTH
    assert any("…" in (one.text or "") for one in svg.findall(".//{*}text"))


def test_a_gap_in_a_line_is_not_drawn():
    svg = ElementTree.fromstring(
        curves_svg(Curves(("1", "2"), (Line("a", (0.0, 1.0)), Line("b", (None, None)))), "t")
    )

    assert len(list(svg.findall(".//{*}circle"))) == 2
    dashes = {one.get("stroke-dasharray") for one in svg.findall(".//{*}path")} - {None}
    assert len(dashes) == 2  # not by colour alone
