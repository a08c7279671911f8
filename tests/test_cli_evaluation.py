"""``m2m evaluate`` for real: from phrases coded by the program to figures, JSON and a report."""

import argparse
import json

import pytest

from m2m_desktop.cli.evaluation import add_evaluate
from m2m_desktop.core.errors import BadRequest
from m2m_desktop.core.records import Mention
from m2m_desktop.services.engine import CodingOptions, Engine
from m2m_desktop.services.evaluation.errors import EvaluationFileUnfit
from m2m_desktop.services.locations import default_locations
from m2m_desktop.services.wire import result_to_json

PAIRS = (
    '{"mention_id": "m1", "candidate_pt_code": "A", "gold_pt_codes": ["A"], "label": 1, "prob_1": 0.8}\n'
    '{"mention_id": "m1", "candidate_pt_code": "B", "gold_pt_codes": ["A"], "label": 0, "prob_1": 0.4}\n'
)


class _Group:
    def __init__(self, commands):
        self._commands = commands

    def __call__(self, name, sentence, function):
        one = self._commands.add_parser(name, help=sentence)
        one.set_defaults(function=function)
        return one

    def group(self, name, sentence):
        return _Group(self._commands.add_parser(name, help=sentence).add_subparsers())


@pytest.fixture
def evaluate(capsys):
    """Carry out ``evaluate`` with these arguments; gives what it prints."""
    parser = argparse.ArgumentParser()
    add_evaluate(_Group(parser.add_subparsers()))

    def run(*arguments):
        options = parser.parse_args(["evaluate", *map(str, arguments)])
        options.function(options)
        out, err = capsys.readouterr()
        assert err == ""
        return out

    return run


@pytest.fixture
def pairs(tmp_path):
    path = tmp_path / "pairs.jsonl"
    path.write_text(PAIRS, encoding="utf-8")
    return path


def test_what_the_program_coded_is_measured_against_a_gold_table(evaluate, demo_home, tmp_path):
    gold, answers = tmp_path / "gold.tsv", tmp_path / "answers.jsonl"
    gold.write_text("mention\tpt_codes\n头痛\t90100198\n恶心想吐\t90100085\n", encoding="utf-8")
    mentions = [Mention("1", "头痛"), Mention("2", "恶心想吐")]
    results = Engine(default_locations()).retrieve(mentions, CodingOptions(terminology="demo"))
    lines = [json.dumps(result_to_json(one), ensure_ascii=False) for one in results]
    answers.write_text("\n".join(lines), encoding="utf-8")

    found = json.loads(evaluate("retrieval", gold, answers, "--depths", 1, 10, "--json", "-"))
    assert found["figures"]["mentions"] == 2
    assert found["figures"]["accuracy_at_1"] == 1


def test_tables_json_and_report_say_the_same(evaluate, pairs, tmp_path):
    target, report = tmp_path / "out.json", tmp_path / "out.html"
    out = evaluate(
        "mentions",
        pairs,
        "--threshold-scan",
        "--bootstrap",
        20,
        "--json",
        target,
        "--report",
        report,
    )

    figures = json.loads(target.read_text(encoding="utf-8"))
    assert figures["figures"]["exact_set_match"] == 0
    assert figures["details"]["scan"]["selected_threshold"] == 0.5
    assert figures["settings"]["resamples"] == 20
    page = report.read_text(encoding="utf-8")
    for text in (out, page):
        assert "Exact set match" in text
        assert "0.6667" in text  # example F1 at 0.3
    assert str(report) in out


def test_pairs_linking_and_entities_have_commands_too(evaluate, pairs, tmp_path):
    assert "ROC-AUC" in evaluate("pairs", pairs, "--threshold", 0.3)
    train = tmp_path / "train.tsv"
    train.write_text("mention\tcode\nm1\tA\n", encoding="utf-8")
    assert "Unseen codes" in evaluate("linking", pairs, "--train", train, "--depths", 1)
    tags = tmp_path / "tags.txt"
    tags.write_text("头 B-A B-A\n", encoding="utf-8")
    assert "Strict" in evaluate("ner", tags)


def test_a_report_must_be_html_and_no_source_is_written_over(evaluate, pairs):
    for arguments in (["--report", "a.pdf"], ["--json", pairs]):
        with pytest.raises(BadRequest):
            evaluate("pairs", pairs, *arguments)
    assert pairs.read_text(encoding="utf-8") == PAIRS


def test_what_cannot_be_measured_writes_nothing(evaluate, tmp_path):
    source, target = tmp_path / "gold.tsv", tmp_path / "out.json"
    source.write_text("mention\tcodes\n头痛\tA\n", encoding="utf-8")

    with pytest.raises(EvaluationFileUnfit):
        evaluate("pairs", source, "--json", target)
    assert not target.exists()
