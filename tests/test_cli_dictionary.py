"""Searching and browsing a dictionary from the command line, for real."""

import argparse
import json
import subprocess
import sys

import openpyxl
import pytest

from m2m_desktop.cli.dictionary_parser import add_dictionary
from m2m_desktop.cli.parser import _Commands, _Parser
from m2m_desktop.core.errors import BadRequest, CodingToolError
from m2m_desktop.core.records import TermLevel
from m2m_desktop.services.engine import Engine
from m2m_desktop.services.locations import Locations, resources


@pytest.fixture(scope="module")
def demo(shared_home):
    home = shared_home
    folders = (home / "data", home / "cache", home / "config", home / "logs")
    return Engine(Locations(*folders, resources())).terminology("demo")


@pytest.fixture
def m2m(capsys, demo, demo_home):
    """Run one ``dictionary`` command in this process; gives what it prints."""
    parser = _Parser(prog="m2m")
    commands = parser.add_subparsers(required=True, parser_class=_Parser)
    add_dictionary(_Commands(commands, argparse.ArgumentParser(add_help=False)))

    def run(*arguments):
        options = parser.parse_args(["dictionary", *map(str, arguments)])
        options.function(options)
        return capsys.readouterr().out

    return run


@pytest.fixture
def nausea(demo):
    (term,) = demo.find("恶心", [TermLevel.PT])
    return demo.preferred_term(term.code)


def test_a_search_prints_groups_with_their_reasons(m2m, nausea):
    out = m2m("search", "恶心", "--terminology", "demo")
    assert "非 MedDRA" in out
    lines = out.splitlines()
    exact = next(place for place, line in enumerate(lines) if line.startswith("name equal · "))
    assert nausea.code in lines[exact + 1]
    told = json.loads(m2m("search", "恶心", "--json", "--level", "pt", "--match", "exact"))
    assert [hit["code"] for group in told["groups"] for hit in group["hits"]] == [nausea.code]


def test_what_no_name_contains_is_looked_for_by_sound_and_likeness(m2m, nausea):
    told = json.loads(m2m("search", "exin", "--json"))
    reasons = {g["reason"]: [hit["code"] for hit in g["hits"]] for g in told["groups"]}
    assert nausea.code in reasons["pinyin"]


def test_a_search_without_hits_says_so(m2m):
    assert "Nothing was found." in m2m("search", "不知所云之至", "--match", "exact")


def test_a_term_is_shown_with_everything(m2m, nausea):
    out = m2m("show", nausea.code)
    assert f"PT  {nausea.code}  恶心" in out
    assert nausea.paths[0].hlt.name in out
    card = json.loads(m2m("show", nausea.code, "--level", "llt", "--json"))
    assert card["term"]["level"] == "llt"
    assert card["pt"]["code"] == nausea.code


def test_a_code_that_nothing_bears_is_refused(m2m):
    for command in ("show", "tree"):
        with pytest.raises(BadRequest):
            m2m(command, "12345678")


def test_the_tree_shows_the_socs_or_the_way_to_a_term(m2m, demo, nausea):
    out = m2m("tree")
    assert all(soc.name in out for soc in demo.socs())
    lines = m2m("tree", nausea.code).splitlines()[1:]
    path = nausea.paths[0]
    for line, term in zip(lines, (path.soc, path.hlgt, path.hlt, nausea), strict=False):
        assert term.code in line
    below = {llt.code for llt in demo.llts(nausea.code, current_only=True)}
    shown = {code for line in lines[4:] for code in below if code in line}
    assert shown == below
    told = json.loads(m2m("tree", nausea.code, "--json"))
    assert told["route"][-1] == nausea.code


def test_smqs_are_listed_shown_and_written(m2m, demo, tmp_path):
    smq = next(one for one in demo.smqs() if one.algorithm)
    assert smq.name in m2m("smq")
    out = m2m("smq", smq.code)
    members = demo.smq_members(smq.code)
    assert all(member.term.name in out for member in members)
    told = json.loads(m2m("smq", smq.code, "--narrow", "--json"))
    assert told["total"] == len(demo.smq_members(smq.code, narrow_only=True))
    target = tmp_path / "smq.xlsx"
    assert str(target) in m2m("smq", smq.code, "--out", target)
    book = openpyxl.load_workbook(target)
    assert book.worksheets[0].max_row == len(members) + 1
    book.close()
    with pytest.raises(BadRequest):
        m2m("smq", "--out", target)


def test_a_list_of_terms_is_completed(m2m, nausea, tmp_path):
    source, target = tmp_path / "list.txt", tmp_path / "bin.xlsx"
    source.write_text("恶心\n不知所云\n", encoding="utf-8")
    out = m2m("bin", source, "--out", target)
    assert "Row 2 不知所云: it is neither a code nor a name of a term." in out
    book = openpyxl.load_workbook(target)
    row = [cell.value for cell in book.worksheets[0][2]]
    assert row[:3] == ["PT", nausea.code, "恶心"]
    book.close()
    with pytest.raises(CodingToolError):
        m2m("bin", tmp_path / "not there.xlsx", "--out", target)


def test_the_parser_loads_no_heavy_library():
    code = (
        "import sys; import m2m_desktop.cli.dictionary_parser;"
        "print([n for n in ('numpy', 'openpyxl', 'jieba', 'onnxruntime', 'PySide6')"
        " if n in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
