"""Coded terms counted from the command line, for real."""

import argparse
import io
import json
import sys
from xml.etree import ElementTree

import openpyxl
import pytest

from m2m_desktop.cli.analysis import add_analyse
from m2m_desktop.core.errors import BadRequest, InputUnreadable, OutputUnwritable
from m2m_desktop.services.analysis.errors import WrongSuffix
from m2m_desktop.services.engine import Engine
from m2m_desktop.services.export.words import DEMO_BANNER
from m2m_desktop.services.locations import default_locations
from tests.services.analysis.coded_project import write_coded_project

LIST = "皮疹\t严重\t2\n荨麻疹\t一般\t1\n皮疹子\t一般\t1\n"


@pytest.fixture
def analyse(demo_home, capsys):
    """Carry out ``analyse`` with these arguments; gives what it prints."""
    parser = argparse.ArgumentParser()

    def command(name, _sentence, function):
        assert name == "analyse"
        parser.set_defaults(function=function)
        return parser

    add_analyse(command)

    def run(*arguments):
        options = parser.parse_args([*map(str, arguments), "--terminology", "demo"])
        options.function(options)
        out, err = capsys.readouterr()
        assert err == ""
        return out

    return run


@pytest.fixture
def source(tmp_path):
    path = tmp_path / "术语.txt"
    path.write_text(LIST, encoding="gb18030")
    return path


@pytest.fixture
def project(demo_home, tmp_path):
    terminology = Engine(default_locations()).terminology("demo")
    return write_coded_project(tmp_path / "项目.m2m", terminology)


def test_a_list_is_counted_and_what_is_not_counted_is_told(analyse, source):
    out = analyse(source)

    assert out.startswith(DEMO_BANNER)
    assert "Given: 4, counted: 3, not counted: 1; distinct PTs: 2" in out
    assert "皮肤、毛发与指甲" in out
    assert "Row 3: 皮疹子" in out
    assert "Perhaps: 皮疹" in out
    assert "A or (B and C)" in out


def test_the_figures_come_as_json_and_by_another_level(analyse, source):
    told = json.loads(analyse(source, "--json", "--all-paths"))

    assert told["all_paths"] is True
    assert told["levels"]["pt"][0]["counts"] == {"严重": 2, "一般": 0}
    lines = [line.split() for line in analyse(source, "--level", "pt").splitlines()]
    assert ["皮疹", "90100001", "2", "2", "0"] in lines


def test_a_workbook_and_a_chart_are_written(analyse, source, tmp_path):
    book, chart = tmp_path / "分析.xlsx", tmp_path / "图.svg"

    out = analyse(source, "--out", book, "--chart", chart, "--level", "pt")

    assert str(book) in out
    assert str(chart) in out
    assert "By PT" in openpyxl.load_workbook(book).sheetnames
    texts = [node.text for node in ElementTree.fromstring(chart.read_bytes()).iter()]
    assert {"皮疹", "荨麻疹", "严重", "一般"} <= set(texts)
    assert any(DEMO_BANNER in (text or "") for text in texts)


def test_terms_come_from_stdin_and_from_a_workbook(analyse, tmp_path, monkeypatch):
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO("皮疹\n".encode())))
    assert "counted: 1" in analyse("-")

    path = tmp_path / "a.xlsx"
    book = openpyxl.Workbook()
    book.active.append(["编码", "严重程度"])
    book.active.append([90100001, "严重"])
    book.active.append(["没有", None])
    book.create_sheet("二")
    book.save(path)
    told = json.loads(analyse(path, "--json"))

    assert (told["given"], told["used"], told["severities"]) == (2, 1, ["严重"])
    assert [(one["row"], one["code"]) for one in told["bad"]] == [(3, "unknown_name")]
    assert "Only the first sheet" in told["notes"][0]


def test_a_project_is_counted_by_reports(analyse, project):
    out = analyse("--project", project, "--unit", "reports")

    assert "Given: 6, counted: 4, not counted: 2; distinct PTs: 3" in out
    assert "Algorithms of SMQs were judged for each report" in out


def test_what_makes_no_sense_is_refused_before_any_work(analyse, source, project, tmp_path):
    with pytest.raises(BadRequest):
        analyse()
    with pytest.raises(BadRequest):
        analyse(source, "--project", project)
    with pytest.raises(WrongSuffix):
        analyse(source, "--out", tmp_path / "a.csv")
    with pytest.raises(WrongSuffix):
        analyse(source, "--chart", tmp_path / "a.png")
    with pytest.raises(InputUnreadable):
        analyse(tmp_path / "missing.txt")
    taken = tmp_path / "b.xlsx"
    taken.write_bytes(b"PK\x03\x04")
    with pytest.raises(OutputUnwritable):
        analyse(taken, "--out", taken)
    assert taken.read_bytes() == b"PK\x03\x04"
