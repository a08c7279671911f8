"""The command line against the demo dictionary, for real."""

import io
import json
import os
import re
import subprocess
import sys
from pathlib import Path

import numpy as np
import openpyxl
import pytest

from m2m_desktop import __version__, cli
from m2m_desktop.cli import coding
from m2m_desktop.cli.models import PARITY_NAMES
from m2m_desktop.cli.options import MODES
from m2m_desktop.cli.parser import SEARCH_KINDS
from m2m_desktop.cli.terminal import display_width
from m2m_desktop.services.conversion.parity import (
    compare_encoders,
    compare_rerankers,
    compare_taggers,
)
from m2m_desktop.services.export.words import DEMO_BANNER
from tests.toy.checkpoints import write_checkpoint

ROOT = Path(__file__).parents[1]
SAMPLE = ROOT / "resources" / "samples" / "adr_sample.xlsx"
RESULT_FIELDS = {
    "mention_id", "mention", "normalised", "candidates", "selected", "band", "source", "warnings",
    "run", "is_final", "pairs_scored", "pairs_kept", "candidate_count",
}  # fmt: skip
CANDIDATE_FIELDS = {
    "rank", "candidate_pt_code", "candidate_pt_name", "candidate_pt_name2", "prob_1",
    "retrieval_rank", "retrieval_score", "evidence", "paths", "is_estimated",
}  # fmt: skip
PATH_FIELDS = {
    "soc_code", "soc_name", "hlgt_code", "hlgt_name", "hlt_code", "hlt_name", "primary",
}  # fmt: skip
SECOND_NAMES = {"soc_name2", "hlgt_name2", "hlt_name2"}


@pytest.fixture(autouse=True)
def home(demo_home):
    return demo_home


@pytest.fixture
def m2m(capsys):
    """Run a command line in this process; gives status, stdout, stderr."""

    def run(*arguments):
        try:
            status = cli.main(arguments)
        except SystemExit as leaving:
            status = leaving.code
        out, err = capsys.readouterr()
        return status, out, err

    return run


def run_process(*arguments, stdin=b"", environ=None):
    return subprocess.run(
        [sys.executable, "-m", "m2m_desktop.cli", *arguments],
        input=stdin, capture_output=True, cwd=ROOT, check=False, env={**os.environ, **(environ or {})},
    )  # fmt: skip


# -- code ----------------------------------------------------------------------------------------


def test_a_phrase_is_coded_with_its_path_and_evidence(m2m):
    status, out, _err = m2m("code", "拉肚子", "--show", "2")
    assert status == 0
    lines = out.splitlines()
    assert lines[0] == DEMO_BANNER
    assert lines[2] == "拉肚子    [确定 · 名称一致]"
    assert lines[3].startswith("  ✓   1  ")
    assert "腹泻" in lines[3]
    assert "← 拉肚子 (名称一致)" in lines[3]
    assert lines[4].split(" > ")[2] == "腹泻与大便变稀"
    assert len([line for line in lines if line.startswith(("  ✓", "   "))]) >= 3


def test_columns_are_aligned_for_wide_characters(m2m):
    _status, out, _err = m2m("code", "服药后反胃并吐了", "--show", "5", "--lang", "en")
    rows = [line for line in out.splitlines() if "←" in line]
    assert len(rows) == 5
    assert len({display_width(line.partition("←")[0]) for line in rows}) == 1


def test_the_language_can_be_chosen(m2m):
    _status, out, _err = m2m("--lang", "en", "code", "拉肚子")
    assert "[certain · exact]" in out
    _status, out, _err = m2m("code", "拉肚子", "--lang=zh")
    assert "[确定 · 名称一致]" in out


@pytest.mark.parametrize("mode", ["default", "lexical", "reference"])
def test_the_fields_for_programs_are_exact(m2m, mode):
    status, out, _err = m2m("code", "全身发痒起疹", "拉肚子", "--jsonl", "--mode", mode)
    assert status == 0
    first, second = map(json.loads, out.splitlines())
    assert (first["mention_id"], second["mention_id"]) == ("1", "2")
    for result in (first, second):
        assert set(result) == RESULT_FIELDS
        assert result["band"] in {"certain", "doubtful", "not_found"}
        assert result["source"] in {"exact", "memory", "model", "lexical", "none"}
        assert result["candidates"]
        for rank, candidate in enumerate(result["candidates"], 1):
            assert set(candidate) == CANDIDATE_FIELDS
            assert candidate["rank"] == rank
            assert set(candidate["evidence"]) == {"llt_code", "llt_name", "source"}
            assert all(
                PATH_FIELDS <= set(path) <= PATH_FIELDS | SECOND_NAMES
                for path in candidate["paths"]
            )
            assert [path["primary"] for path in candidate["paths"]].count(True) == 1
        codes = {candidate["candidate_pt_code"] for candidate in result["candidates"]}
        assert set(result["selected"]) <= codes
        assert result["run"]["mode"] == mode
        assert result["is_final"] is True
        assert result["pairs_scored"] == (0 if mode == "lexical" else len(result["candidates"]))
        assert result["run"]["is_demo_terminology"] is True


def test_in_lexical_mode_nothing_is_called_a_probability(m2m):
    _status, out, _err = m2m("code", "全身发痒起疹", "--jsonl", "--mode", "lexical")
    assert {candidate["prob_1"] for candidate in json.loads(out)["candidates"]} == {None}
    _status, out, _err = m2m("code", "全身发痒起疹", "--mode", "lexical")
    assert "  —  9" in out


def test_options_reach_the_run(m2m):
    _status, out, _err = m2m("code", "头痛", "--jsonl", "--top-k", "3", "--threshold", "0.7")
    result = json.loads(out)
    assert len(result["candidates"]) == 3
    assert (result["run"]["top_k"], result["run"]["threshold"]) == (3, 0.7)


def test_the_threshold_of_the_settings_is_the_default(m2m, home):
    file = home / "config" / "settings.json"
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text('{"threshold": 0.6}', encoding="utf-8")
    try:
        _status, out, _err = m2m("code", "头痛", "--jsonl")
    finally:
        file.unlink()
    assert json.loads(out)["run"]["threshold"] == 0.6


def test_phrases_come_from_a_file_or_from_stdin(m2m, tmp_path, monkeypatch):
    file = tmp_path / "短语.txt"
    file.write_bytes("头痛\n\n恶心\n".encode("gb18030"))
    _status, out, _err = m2m("code", "--in", str(file), "--jsonl", "--top-k", "1")
    assert [json.loads(line)["mention_id"] for line in out.splitlines()] == ["1", "3"]
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO("呕吐\tx\n".encode())))
    _status, out, _err = m2m("code", "--in", "-", "--jsonl", "--top-k", "1")
    assert json.loads(out)["mention"] == "呕吐"


def test_a_workbook_is_coded_beside_its_rows(m2m, tmp_path):
    target = tmp_path / "结果" / "coded.xlsx"
    status, out, _err = m2m("code", "--in", str(SAMPLE), "--out", str(target), "--lang", "en")
    assert status == 0
    assert DEMO_BANNER in out
    assert str(target) in out
    book = openpyxl.load_workbook(target)
    assert book.sheetnames[0] == "报告导出"
    rows = list(book["报告导出"].iter_rows(values_only=True))
    header, first = rows[1], rows[2]
    assert len(rows) == 27
    names = next(n for n, name in enumerate(header) if name.startswith("PT name"))
    assert DEMO_BANNER in header[names]
    assert first[names] == "皮疹；瘙痒"
    assert all(row[header.index("Status")] == "to be reviewed" for row in rows[2:])


def test_a_workbook_without_a_target_is_printed(m2m):
    _status, out, _err = m2m("code", "--in", str(SAMPLE), "--jsonl", "--top-k", "1")
    results = [json.loads(line) for line in out.splitlines()]
    assert results[0]["mention_id"] == "报告导出!3.1"
    assert len({result["mention"] for result in results}) == len(results) > 30


def test_retrieve_selects_nothing(m2m):
    status, out, _err = m2m("retrieve", "拉肚子", "--jsonl", "--top-k", "5")
    result = json.loads(out)
    assert (status, result["selected"], len(result["candidates"])) == (0, [], 5)
    assert result["candidates"][0]["prob_1"] is None


def test_warnings_go_to_stderr_once(m2m, tmp_path):
    status, out, err = m2m("code", "头痛", "恶心", "--model", str(tmp_path))
    assert status == 0
    assert err.count("字面与语义排序") == 1
    assert "字面排序" not in out


# -- terminologies, search, models ---------------------------------------------------------------


def test_search(m2m):
    status, out, _err = m2m("search", "拉肚子", "--kind", "exact", "--json")
    (hit,) = json.loads(out)
    assert status == 0
    assert set(hit) == {"level", "code", "name", "name2", "is_current", "pt_code", "reason"}
    _status, out, _err = m2m("search", "皮疹", "--level", "pt", "--limit", "3")
    assert out.splitlines()[0] == DEMO_BANNER
    assert [line.split()[0] for line in out.splitlines()[1:]] == ["PT"] * 3
    _status, out, _err = m2m("search", "没有这样的术语")
    assert "没有找到" in out
    for kind in SEARCH_KINDS:
        assert m2m("search", "皮疹", "--kind", kind, "--json")[0] == 0


def test_the_choices_are_those_of_the_engine():
    from m2m_desktop.core.term_search.records import Match
    from m2m_desktop.services import engine

    assert set(SEARCH_KINDS) == {kind.value for kind in Match}
    assert tuple(MODES) == engine.MODES


def test_terminologies_are_checked_imported_shown_and_removed(m2m):
    path = str(ROOT / "resources" / "demo" / "chinese")
    status, out, _err = m2m("terminology", "check", path, "--json")
    (checked,) = json.loads(out)
    assert status == 0
    assert set(checked) == {"info", "report"}
    status, out, _err = m2m("terminology", "import", path)
    assert status == 0
    name = checked["info"]["terminology_id"]
    assert name in out
    _status, out, _err = m2m("terminology", "show", "90100096", "--terminology", name)
    assert "PT 90100096  腹泻" in out
    assert m2m("terminology", "remove", name)[0] == 0
    status, _out, err = m2m("terminology", "show", "90100096", "--terminology", name)
    assert status == 1
    assert err.startswith("M2M-20")


def test_the_list_begins_with_the_demo_dictionary(m2m):
    _status, out, _err = m2m("terminology", "list", "--json")
    assert json.loads(out)[0]["is_demo"] is True
    _status, out, _err = m2m("terminology", "list")
    assert "演示词典，非 MedDRA" in out


def test_a_term_is_shown_for_programs_and_people(m2m):
    _status, out, _err = m2m("terminology", "show", "90100096", "--json")
    (record,) = json.loads(out)
    assert set(record) == {"term", "pt_code", "paths", "llts", "smqs"}
    status, out, _err = m2m("terminology", "show", "90000001")
    assert (status, out.splitlines()[1].split()[0]) == (0, "SOC")


def test_models_and_doctor(m2m):
    status, out, _err = m2m("model", "list", "--json")
    assert status == 0
    assert isinstance(json.loads(out), list)
    status, out, _err = m2m("doctor", "--json")
    assert status == 0
    assert json.loads(out)["app_version"] == __version__
    status, out, _err = m2m("doctor")
    assert "telemetry_disabled: True" in out


def test_a_converted_model_is_reported_in_words(m2m, tmp_path):
    path = write_checkpoint(tmp_path / "我院模型")
    status, out, _err = m2m("model", "install", str(path))
    assert status == 0
    assert "max_change" not in out
    assert re.search("^  概率的最大变化: 0", out, re.MULTILINE)
    status, out, _err = m2m("--lang", "en", "model", "install", str(path))
    assert status == 0
    assert "  Largest change of a probability: 0" in out
    status, out, _err = m2m("model", "list", "--json")
    [info] = [info for info in json.loads(out) if not info["is_shipped"]]
    assert info["name"] == "我院模型"
    assert set(info["parity"]) <= set(PARITY_NAMES)


def test_every_figure_of_a_comparison_has_words():
    rows = np.array([[1.0, 0.0], [0.0, 1.0]])
    names = {
        *compare_rerankers(rows, rows, match=1, group_sizes=[2]),
        *compare_encoders(rows, rows),
        *compare_taggers([rows], [rows]),
    }
    assert names == set(PARITY_NAMES)


def test_options_that_a_checkpoint_needs_are_named_at_once(m2m, tmp_path):
    path = write_checkpoint(tmp_path / "open", labels=("LABEL_0", "LABEL_1"))
    status, out, err = m2m("--lang", "en", "model", "install", str(path))
    assert (status, out) == (1, "")
    assert "Give --match-label, --template as well." in err
    assert "LABEL_0, LABEL_1" in err
    status, _out, err = m2m("--lang", "en", "model", "install", str(path), "--template", "full")
    assert status == 1
    assert "Give --match-label as well." in err


# -- errors --------------------------------------------------------------------------------------


@pytest.mark.requirement("R-028")
@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (["code"], "M2M-101"),
        (["code", "头痛", "--in", "x"], "M2M-101"),
        (["code", "头痛", "--out", "x.xlsx"], "M2M-101"),
        (["code", "头痛", "--threshold", "2"], "M2M-101"),
        (["code", "--in", "no such file.txt"], "M2M-111"),
        (["code", "--in", "no such file.xlsx", "--out", "x.xlsx"], "M2M-120"),
        (["code", "--in", str(SAMPLE), "--out", str(SAMPLE / "x" / "y.xlsx")], "M2M-112"),
        (["code", "--in", str(SAMPLE), "--out", str(SAMPLE)], "M2M-132"),
        (["code", "头痛", "--terminology", "no-such-terminology"], "M2M-207"),
        (["terminology", "check", "{empty}"], "M2M-201"),
        (["terminology", "remove", "no-such"], "M2M-207"),
        (["terminology", "show", "12345678"], "M2M-101"),
        (["model", "verify", "{empty}"], "M2M-30"),
        (["model", "remove", "no-such"], "M2M-303"),
    ],
)
def test_errors_have_codes_and_status_1(m2m, arguments, code, tmp_path):
    arguments = [argument.replace("{empty}", str(tmp_path)) for argument in arguments]
    status, out, err = m2m(*arguments)
    assert (status, out) == (1, "")
    assert err.startswith(code)
    assert "Traceback" not in err


@pytest.mark.parametrize(
    "arguments",
    [[], ["nonsense"], ["code", "--top-k", "0", "x"], ["code", "--mode", "x"], ["terminology"]],
)
def test_a_wrong_command_line_has_status_2(m2m, arguments):
    status, out, err = m2m(*arguments)
    assert (status, out) == (2, "")
    assert "M2M-101: 无法执行此请求" in err
    assert err.startswith("用法：m2m")


def test_all_defects_of_a_broken_release_are_told(m2m, tmp_path):
    import shutil

    release = tmp_path / "broken"
    shutil.copytree(ROOT / "resources" / "demo" / "chinese", release)
    pt = release / "pt.asc"
    lines = pt.read_bytes().splitlines(keepends=True)
    pt.write_bytes(b"".join([b"notacode" + lines[0][8:], b"alsonone" + lines[1][8:], *lines[2:]]))
    status, _out, err = m2m("terminology", "check", str(release))
    assert status == 1
    assert err.startswith("M2M-204: ")
    assert err.count("pt.asc:") >= 2


@pytest.mark.requirement("R-028")
def test_an_unexpected_error_is_told_without_its_text_and_logged(m2m, monkeypatch, home, caplog):
    def broken():
        raise KeyError("患者头痛")

    monkeypatch.setattr(coding, "open_engine", broken)
    status, out, err = m2m("code", "头痛")
    assert (status, out) == (1, "")
    assert err.startswith("M2M-000: 出了问题：KeyError")
    assert "患者" not in err
    log = home / "logs" / "cli.log"
    assert str(log) in err
    assert "\nKeyError\n" in log.read_text(encoding="utf-8")
    assert "患者" not in log.read_text(encoding="utf-8").replace('KeyError("患者头痛")', "")


def test_ctrl_c_has_status_130(m2m, monkeypatch):
    def interrupted():
        raise KeyboardInterrupt

    monkeypatch.setattr(coding, "open_engine", interrupted)
    status, _out, err = m2m("code", "头痛")
    assert (status, err) == (130, "M2M-100: 已取消，没有任何改动。\n")


# -- as a process --------------------------------------------------------------------------------


def test_output_is_utf_8_whatever_the_console_says():
    done = run_process("code", "拉肚子", environ={"PYTHONIOENCODING": "ascii", "LC_ALL": "C"})
    assert done.returncode == 0
    assert "腹泻" in done.stdout.decode("utf-8")
    done = run_process("terminology", "show", "1", environ={"PYTHONIOENCODING": "ascii"})
    assert done.returncode == 1
    assert done.stderr.decode("utf-8").startswith("M2M-101: 无法执行此请求")


@pytest.mark.requirement("R-015")
def test_phrases_are_never_logged(home):
    done = run_process("code", "--in", "-", "--jsonl", stdin="患者张某某头痛\n".encode())
    assert done.returncode == 0
    for path in home.rglob("*"):
        if path.is_file():
            assert "张某某".encode() not in path.read_bytes(), path


@pytest.mark.skipif(sys.platform == "win32", reason="pipes of a POSIX shell")
def test_a_reader_that_has_seen_enough_is_no_error():
    done = subprocess.run(
        f'"{sys.executable}" -m m2m_desktop.cli search 痛 --limit 5000 --json | head -n 1',
        shell=True, capture_output=True, cwd=ROOT, check=False,
    )  # fmt: skip
    assert done.stdout == b"[\n"
    assert done.stderr == b""


def test_version_and_help(m2m):
    assert m2m("--version")[1].strip() == f"m2m {__version__}"
    for command in (
        [], ["code"], ["retrieve"], ["terminology"], ["terminology", "import"], ["search"],
        ["model"], ["model", "verify"], ["doctor"],
    ):  # fmt: skip
        status, out, _err = m2m(*command, "--help")
        assert status == 0
        assert out.startswith("用法：m2m")
        assert m2m("--lang", "en", *command, "--help")[1].startswith("usage: m2m")
