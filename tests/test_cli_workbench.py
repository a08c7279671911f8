"""Tables, projects and the memory from the command line, for real."""

import json
import re
import shutil
import sqlite3
import subprocess
import sys
from pathlib import Path

import openpyxl
import pytest

from m2m_desktop import cli
from m2m_desktop.core.records import TermLevel
from m2m_desktop.services.engine import Engine
from m2m_desktop.services.locations import Locations, default_locations, resources
from m2m_desktop.services.project.project import Project
from tests.toy.adr_export import HEADER, REACTIONS, REPORTS, write_export
from tests.toy.old_workbooks import OldSheet, xls_bytes

FAST = ("--mode", "lexical", "--lang", "en")


@pytest.fixture(scope="module")
def compiled(shared_home):
    """The demo dictionary, compiled once."""
    home = shared_home
    folders = (home / "data", home / "cache", home / "config", home / "logs")
    return Engine(Locations(*folders, resources())).terminology("demo")


@pytest.fixture(autouse=True)
def home(demo_home, compiled):
    yield demo_home
    for path in default_locations().data.glob("memory.sqlite*"):
        path.unlink()


@pytest.fixture
def m2m(capsys):
    """Run a command line in this process; gives status, stdout, stderr."""

    def run(*arguments):
        try:
            status = cli.main([str(argument) for argument in arguments])
        except SystemExit as leaving:
            status = leaving.code
        out, err = capsys.readouterr()
        return status, out, err

    return run


@pytest.fixture
def source(tmp_path):
    return write_export(tmp_path / "报告导出.xlsx")


def cells_of(path, sheet=0):
    book = openpyxl.load_workbook(path)
    return [[cell.value for cell in row] for row in book.worksheets[sheet].iter_rows()]


def everything_below(folder):
    return b"".join(path.read_bytes() for path in folder.rglob("*") if path.is_file())


# -- batch ---------------------------------------------------------------------------------------


@pytest.mark.requirement("R-023")
def test_an_export_goes_in_and_a_copy_with_the_answers_comes_out(m2m, source, tmp_path, home):
    before, target = source.read_bytes(), tmp_path / "结果" / "coded.xlsx"

    status, out, err = m2m("batch", source, "--out", target, "--lang", "en", "--fresh")

    assert (status, err) == (0, "")
    assert source.read_bytes() == before
    rows = cells_of(target)
    assert rows[1][: len(HEADER)] == list(HEADER)
    assert len(rows[1]) > len(HEADER)
    assert [row[: len(HEADER)] for row in rows] == [
        row[: len(HEADER)] + [None] * (len(HEADER) - len(row)) for row in cells_of(source)
    ]
    assert "皮疹；恶心" in rows[2]
    assert rows[2][len(HEADER) :] == rows[3][len(HEADER) :]  # both drugs of one report
    assert f"Rows: {sum(len(drugs) for _, _, drugs, _ in REPORTS)} (reports: 5" in out
    assert f"distinct reactions: {len(REACTIONS)}" in out
    assert f"to be reviewed: {len(REACTIONS)}" in out
    assert "to be reviewed" in "".join(filter(None, rows[2]))
    assert str(target) in out
    assert not list((home / "data" / "snapshots").iterdir())


@pytest.mark.requirement("R-024")
def test_nothing_is_accepted_without_a_rule_and_rules_stand_as_reviewers(m2m, source, tmp_path):
    target = tmp_path / "coded.csv"

    _status, out, _err = m2m("batch", source, "--out", target, "--accept-exact", *FAST)

    assert "Accepted by rule: 4, decided by persons: 0, to be reviewed: 1" in out
    lines = target.read_text("utf-8-sig").splitlines()
    assert sum("rule: exact name" in line for line in lines) == 6  # mentions of the four
    _status, out, _err = m2m("batch", source, "--out", target, *FAST)
    assert "Accepted by rule: 0" in out
    assert "rule" not in target.read_text("utf-8-sig")


def test_a_probability_accepts_what_reaches_it(m2m, source, tmp_path):
    target = tmp_path / "coded.jsonl"

    status, _out, _err = m2m(
        "batch", source, "--out", target, "--accept-above", "0.01", "--lang", "en", "--fresh"
    )

    assert status == 0
    found = {told["mention"]: told for told in map(json.loads, target.read_text().splitlines())}
    assert found["头痛"]["reviewer"] == ""  # an exact name: no model was asked
    asked = found["浑身刺痒还起红疹子"]
    assert asked["reviewer"] == "rule: p >= 0.01"
    assert m2m("batch", source, "--out", target, "--accept-above", "1.5")[0] == 2


def test_a_project_is_kept_and_gone_on_with(m2m, source, tmp_path):
    project = tmp_path / "work.m2m"
    arguments = ("batch", source, "--out", tmp_path / "a.xlsx", "--project", project, *FAST)

    assert m2m(*arguments)[0] == 0
    with Project.open(project, read_only=True) as opened:
        first = opened.info
    status, out, _err = m2m(*arguments, "--accept-exact", "--jsonl")

    assert status == 0
    assert "Accepted by rule: 4" in out
    assert (tmp_path / "a.jsonl").exists()
    with Project.open(project, read_only=True) as opened:
        assert opened.info.project_id == first.project_id
        assert opened.info.decided_count == 4

    status, _out, err = m2m(*arguments, "--threshold", "0.4")
    assert (status, "M2M-417" in err) == (1, True)
    assert m2m(*arguments, "--threshold", "0.4", "--anew")[0] == 0


def test_a_project_of_another_file_is_refused(m2m, source, tmp_path):
    project, other = tmp_path / "work.m2m", write_export(tmp_path / "b.xlsx", REPORTS[:2])
    m2m("batch", source, "--out", tmp_path / "a.xlsx", "--project", project, *FAST)

    status, _out, err = m2m(
        "batch", other, "--out", tmp_path / "c.xlsx", "--project", project, *FAST
    )
    assert status == 1
    assert "another content" in err
    assert not (tmp_path / "c.xlsx").exists()


def test_the_source_is_never_the_target(m2m, source, home):
    before = source.read_bytes()

    status, _out, err = m2m("batch", source, "--out", source, *FAST)

    assert status == 1
    assert "M2M-132" in err
    assert source.read_bytes() == before


def test_columns_are_named_where_they_are_not_known(m2m, tmp_path):
    book = openpyxl.Workbook()
    book.active.title = "甲"
    book.active.append(["编号", "发生了什么", "备注"])
    book.active.append([1, "头痛；恶心", "皮疹"])
    book.create_sheet("乙").append(["别的"])
    book.save(tmp_path / "own.xlsx")
    arguments = ("batch", tmp_path / "own.xlsx", "--out", tmp_path / "out.csv", *FAST)

    status, _out, err = m2m(*arguments)
    assert status == 1
    assert "编号, 发生了什么, 备注" in err
    for name, mentions in (("发生了什么", 2), ("b", 2), ("备注", 1)):
        status, out, _err = m2m(*arguments, "--sheet", "甲", "--column", name)
        assert status == 0
        assert f"Mentions: {mentions}," in out
    status, _out, err = m2m(*arguments, "--sheet", "丙")
    assert "甲, 乙" in err
    status, _out, err = m2m(*arguments, "--column", "没有的")
    assert (status, "没有的" in err) == (1, True)


def test_text_in_an_old_encoding_is_read(m2m, tmp_path):
    path = tmp_path / "list.csv"
    path.write_bytes("不良反应名称,备注\n头痛；皮疹,无\n".encode("gb18030"))

    status, out, _err = m2m("batch", path, "--out", tmp_path / "out.xlsx", *FAST)

    assert status == 0
    assert "distinct reactions: 2" in out


def test_an_old_workbook_is_coded_into_a_new_one(m2m, tmp_path):
    path = tmp_path / "old.xls"
    path.write_bytes(xls_bytes({"甲": OldSheet([["不良反应名称"], ["头痛；皮疹"]])}))

    _status, out, _err = m2m("code", "--in", path, "--jsonl", "--top-k", "1", *FAST)
    assert [json.loads(line)["mention"] for line in out.splitlines()] == ["头痛", "皮疹"]
    status, out, _err = m2m("code", "--in", path, "--out", tmp_path / "new.xlsx", *FAST)
    assert status == 0
    assert "distinct reactions: 2" in out
    assert "头痛；皮疹" in "".join(
        str(cell) for row in cells_of(tmp_path / "new.xlsx") for cell in row
    )


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04 cut", b"%PDF-1.7 no table"])
def test_a_bad_file_is_an_error_without_a_traceback(m2m, tmp_path, content):
    path = tmp_path / "bad.xlsx"
    path.write_bytes(content)

    status, _out, err = m2m("batch", path, "--out", tmp_path / "out.xlsx", *FAST)

    assert status == 1
    assert err.startswith("M2M-12")
    assert "Traceback" not in err
    assert not (tmp_path / "out.xlsx").exists()


def test_no_phrase_stays_behind_without_a_project(m2m, tmp_path, home):
    canary = "张三丰金丝雀皮疹"
    path = write_export(tmp_path / "in.xlsx", [("R1", "一般", ("药",), canary)])

    status, _out, _err = m2m("batch", path, "--out", tmp_path / "out.xlsx", *FAST)

    assert status == 0
    assert canary.encode() not in everything_below(home)
    assert canary in "".join(str(cell) for row in cells_of(tmp_path / "out.xlsx") for cell in row)


# -- project -------------------------------------------------------------------------------------


@pytest.fixture
def project(m2m, source, tmp_path):
    path = tmp_path / "work.m2m"
    m2m("batch", source, "--out", tmp_path / "a.xlsx", "--project", path, "--accept-exact", *FAST)
    return path


def test_a_project_shows_its_figures(m2m, project):
    status, out, _err = m2m("project", "info", project, "--lang", "en")
    assert status == 0
    assert "报告导出.xlsx" in out
    _status, out, _err = m2m("project", "info", project, "--json")
    assert json.loads(out)["reaction_phrase_count"] == len(REACTIONS)
    assert json.loads(out)["decided_count"] == 4


def test_a_project_and_its_export_tell_what_the_model_scored(m2m, source, tmp_path):
    project, written = tmp_path / "work.m2m", tmp_path / "a.xlsx"
    m2m("batch", source, "--out", written, "--project", project, "--form", "workbook",
        "--lang", "en")  # fmt: skip
    counts = json.loads(m2m("project", "info", project, "--json")[1])["pairs"]
    assert (counts["answers"], counts["uncounted"]) == (len(REACTIONS), 0)
    assert 0 < counts["scored"] <= counts["candidates"]

    _status, out, _err = m2m("project", "info", project, "--lang", "en")

    sheet = dict(openpyxl.load_workbook(written)["Provenance"].iter_rows(values_only=True))
    name = "Pairs of phrase and candidate scored by the model"
    assert sheet[name] == str(counts["scored"])
    assert re.search(rf"^{name} +{counts['scored']}$", out, re.MULTILINE)
    assert sheet["Share of pairs with a score of the model"].endswith(" %")


def test_a_sound_project_is_verified_and_a_changed_one_is_not(m2m, project):
    status, out, _err = m2m("project", "verify", project, "--lang", "en")
    assert status == 0
    assert "sound" in out

    connection = sqlite3.connect(project)
    connection.execute("UPDATE state SET status = 'no_suitable_term' WHERE status = 'accepted'")
    connection.commit()
    connection.close()
    status, _out, err = m2m("project", "verify", project, "--lang", "en")
    assert status == 1
    assert err.startswith("M2M-402")


def test_a_project_is_exported_again_from_its_own_source(m2m, project, source, tmp_path):
    for name in ("again.xlsx", "table.csv", "lines.jsonl"):
        status, out, _err = m2m("project", "export", project, "--out", tmp_path / name)
        assert status == 0
        assert name in out
    assert "皮疹；恶心" in cells_of(tmp_path / "again.xlsx")[2]

    moved = shutil.move(source, tmp_path / "moved.xlsx")
    arguments = ("project", "export", project, "--out", tmp_path / "b.xlsx", "--form", "copy")
    assert m2m(*arguments)[0] == 1
    assert m2m(*arguments, "--source", moved)[0] == 0


def test_a_purge_needs_a_yes_and_leaves_no_text_and_a_way_to_read_them_again(m2m, tmp_path, home):
    phrase, project = "清除之后谁也找不到的皮疹", tmp_path / "work.m2m"
    source = write_export(tmp_path / "in.xlsx", [("R1", "一般", ("药",), phrase)])
    m2m("batch", source, "--out", tmp_path / "a.csv", "--project", project, *FAST)
    status, _out, err = m2m("project", "purge", project)
    assert (status, "--yes" in err) == (1, True)
    assert phrase.encode() in project.read_bytes()

    assert m2m("project", "purge", project, "--yes")[0] == 0

    assert phrase.encode() not in project.read_bytes() + everything_below(home)
    _status, out, _err = m2m("project", "info", project, "--lang", "en")
    assert "not kept" in out
    m2m("project", "export", project, "--out", tmp_path / "lines.jsonl")
    assert phrase in (tmp_path / "lines.jsonl").read_text("utf-8")


def test_a_damaged_project_is_restored_from_its_backup(m2m, project):
    whole = project.read_bytes()
    assert m2m("project", "restore", project, "--list")[1]
    project.write_bytes(whole[: len(whole) // 2])
    status, _out, err = m2m("project", "info", project)
    assert (status, err[:7]) == (1, "M2M-402")

    status, out, _err = m2m("project", "restore", project, "--lang", "en")

    assert status == 0
    assert "kept as" in out
    assert m2m("project", "verify", project)[0] == 0
    assert project.with_name(project.name + ".backups").exists() is False


def test_two_projects_are_compared(m2m, project, source, tmp_path):
    second = tmp_path / "second.m2m"
    m2m("batch", source, "--out", tmp_path / "b.xlsx", "--project", second, *FAST)

    status, out, _err = m2m("project", "compare", project, second, "--lang", "en")
    assert status == 0
    assert "0 of 0 agree" in out
    _status, out, _err = m2m("project", "compare", project, project, "--json")
    told = json.loads(out)
    assert told["is_same_file"]
    assert told["agreement"]["phrases"]["agreement"] == 1.0
    assert told["agreement"]["phrases"]["count"] == 4


def test_the_model_is_checked_by_decisions_of_persons_only(m2m, project):
    status, out, _err = m2m("project", "check", project, "--lang", "en")

    assert status == 0
    assert "too few" in out
    _status, out, _err = m2m("project", "check", project, "--json")
    assert json.loads(out)["phrase_count"] == 0  # a rule is no person


# -- memory --------------------------------------------------------------------------------------


def test_the_memory_is_filled_from_a_workbook_listed_exported_and_revoked(m2m, tmp_path, compiled):
    code = compiled.find("荨麻疹", [TermLevel.PT])[0].code
    book = openpyxl.Workbook()
    for row in (["短语", "PT编码"], ["浑身刺痒还起红疹子", code], ["错的", "123"]):
        book.active.append(row)
    book.save(tmp_path / "own.xlsx")

    assert "Nothing" in m2m("memory", "list", "--lang", "en")[1]
    status, out, _err = m2m("memory", "import", tmp_path / "own.xlsx", "--lang", "en")
    assert status == 0
    assert "New: 1" in out
    assert "123" in out
    assert "荨麻疹" in m2m("memory", "list")[1]
    assert len(json.loads(m2m("memory", "list", "刺痒", "--json")[1])) == 1
    assert "1 entry examined, 0" in m2m("memory", "recheck", "--lang", "en")[1]

    _status, out, _err = m2m("code", "浑身刺痒，还起红疹子", "--jsonl", *FAST)
    assert json.loads(out)["source"] == "memory"
    _status, out, _err = m2m("code", "浑身刺痒，还起红疹子", "--jsonl", "--no-memory", *FAST)
    assert json.loads(out)["source"] == "lexical"

    target = tmp_path / "memory.xlsx"
    assert m2m("memory", "export", target)[0] == 0
    assert cells_of(target)[1][0] == "浑身刺痒还起红疹子"
    assert "1 entry was" in m2m("memory", "revoke", "浑身刺痒还起红疹子", "--lang", "en")[1]
    assert json.loads(m2m("memory", "list", "--json")[1]) == []
    assert json.loads(m2m("memory", "import", target, "--json")[1])["added"]


def test_a_damaged_memory_is_named_in_the_list_until_it_is_deleted(m2m, home, caplog):
    memory = default_locations().data / "memory.sqlite"
    memory.write_bytes(b"no database at all")
    status, _out, err = m2m("memory", "list", "--lang", "en")
    assert (status, err[:8]) == (1, "M2M-412:")
    (aside,) = memory.parent.glob("memory.sqlite.damaged-*")

    status, out, err = m2m("memory", "list", "--json", "--lang", "en")
    assert (status, json.loads(out)) == (0, [])
    assert str(aside) in err
    assert "memory revoke --damaged" in err
    assert "1 file was" in m2m("memory", "revoke", "--damaged", "--lang", "en")[1]

    assert not aside.exists()
    assert m2m("memory", "list", "--lang", "en")[2] == ""
    assert "0 files were" in m2m("memory", "revoke", "--damaged", "--lang", "en")[1]


def test_forgetting_needs_a_phrase_or_what_was_damaged(m2m):
    status, _out, err = m2m("memory", "revoke", "--lang", "en")
    assert status == 1
    assert "--damaged" in err


def test_a_conflict_of_memories_is_shown(m2m, tmp_path, compiled):
    def write(name, pt):
        book = openpyxl.Workbook()
        code = compiled.find(pt, [TermLevel.PT])[0].code
        for row in (["phrase", "PT code"], ["起红点", code]):
            book.active.append(row)
        book.save(tmp_path / name)
        return tmp_path / name

    m2m("memory", "import", write("mine.xlsx", "皮疹"))
    theirs = write("theirs.xlsx", "瘙痒")

    _status, out, _err = m2m("memory", "import", theirs, "--lang", "en")
    assert "Decided otherwise: 起红点" in out
    assert "皮疹" in m2m("memory", "list")[1]
    m2m("memory", "import", theirs, "--on-conflict", "take-theirs")
    assert "瘙痒" in m2m("memory", "list")[1]


def test_help_loads_no_heavy_library():
    script = (
        "import sys; from m2m_desktop import cli\n"
        "try: cli.main(['batch', '--help'])\n"
        "except SystemExit: pass\n"
        "heavy = {'openpyxl', 'onnxruntime', 'tokenizers', 'sqlite3', 'PySide6', 'xlrd', 'jieba'}\n"
        "sys.exit(str(heavy & set(sys.modules)) if heavy & set(sys.modules) else 0)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=False,
        cwd=Path(__file__).parents[1],
    )  # fmt: skip
    assert (done.returncode, done.stderr) == (0, "")
