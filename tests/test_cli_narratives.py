"""The command ``narrative`` over the demo dictionary."""

import argparse
import io
import json
import sys

import pytest

from m2m_desktop.cli.narratives import add_narrative
from m2m_desktop.cli.parser import _Commands

TEXT = "服药后出现皮疹，\n无发热。"


@pytest.fixture
def m2m(demo_home, capsys):
    """Run a command as the program does, and give what it printed."""
    common = argparse.ArgumentParser(add_help=False)
    parser = argparse.ArgumentParser()
    add_narrative(_Commands(parser.add_subparsers(), common))

    def run(*arguments):
        options = parser.parse_args(list(arguments))
        options.function(options)
        return capsys.readouterr()

    return run


def test_a_narrative_is_read_and_what_is_present_is_coded(m2m, tmp_path):
    path = tmp_path / "n.txt"
    path.write_bytes(TEXT.encode("gb18030"))
    out = m2m("narrative", "read", str(path), "--code", "--mode", "lexical").out

    assert "5-7     [present] 皮疹" in out
    assert "10-12    [negated (无)] 发热" in out
    assert "✓" in out.splitlines()[1]
    assert "皮疹" in out.splitlines()[1]
    assert len([line for line in out.splitlines() if "发热" in line]) == 1


def test_json_lines_hold_all_of_a_mention(m2m, monkeypatch):
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(TEXT.encode("utf-8"))))
    printed = m2m("narrative", "read", "-", "--jsonl", "--terminology", "demo")
    records = [json.loads(line) for line in printed.out.splitlines()]

    assert records[1] == {
        "start": 10, "end": 12, "text": "发热", "kind": "reaction", "confidence": 1.0,
        "status": "negated", "reason": "无", "rule": "negation",
    }  # fmt: skip
    assert printed.err == ""


def test_a_table_is_checked(m2m, tmp_path):
    path = tmp_path / "t.tsv"
    header = "报告表编码\t不良反应名称\t不良反应过程描述"
    path.write_text(f"{header}\nR1\t皮疹\t出现皮疹、恶心\n", encoding="utf-8")
    lines = m2m(
        "narrative", "check", str(path), "--finder", "none", "--mode", "lexical"
    ).out.splitlines()

    assert lines[0].split("\t")[:3] == ["Report", "Sheet", "Row"]
    cells = lines[1].split("\t")
    assert [cells[0], *cells[2:5]] == ["R1", "2", "5-7", "恶心"]
    assert cells[5].startswith("恶心 [")
