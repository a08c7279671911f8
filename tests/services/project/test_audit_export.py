"""What an outsider gets of the audit trail: readable, recomputable, and without a patient's words."""

import json
import subprocess
import sys
from dataclasses import replace

import openpyxl
import pytest

from m2m_desktop.core.action_words import ACTION_WORDS
from m2m_desktop.core.errors import BadRequest, OutputUnwritable
from m2m_desktop.core.pieces import PieceKind
from m2m_desktop.core.records import Source
from m2m_desktop.core.review import Action, Change, Target, chosen, commented, excepted
from m2m_desktop.services import language
from m2m_desktop.services.export.errors import TargetIsSource
from m2m_desktop.services.project.audit import audit_target, write_audit
from m2m_desktop.services.project.audit_check import compare_with_noted, read_noted
from m2m_desktop.services.project.audit_guide import SCRIPT
from m2m_desktop.services.project.audit_trail import read_trail
from m2m_desktop.services.project.project import Project
from m2m_desktop.services.project.records import Addition, NewItem, ReleaseStamp
from m2m_desktop.services.project.upgrades import upgrade_note
from m2m_desktop.services.project.wire import term_of_candidate
from tests.services.project.toy_project import (
    RUN,
    WANG,
    answer,
    candidate,
    code_all,
    create,
    decide,
    later,
    phrase,
    step,
)

STEPS = 12


@pytest.fixture
def path(tmp_path):
    return work(create(tmp_path / "工作.m2m"))


def work(path):
    """A project in which every kind of step was made."""
    with Project.open(path) as project:
        code_all(project)
        for number in range(STEPS):
            row = project.phrases()[number % 6]
            project.apply([step(row, number * 5)], actor=WANG, now=later(number), reason="核对")
        row = next(row for row in project.phrases() if row.phrase_id == 8)
        term = term_of_candidate(candidate(8, 2))
        state = chosen(row, [term], Source.MANUAL, "王药师", later(20))
        (item, *_others) = project.items(8)
        project.apply([excepted(item.item_id, state)], actor=WANG, now=later(20))
        project.undo(actor=WANG, now=later(21))
        place = NewItem("Sheet1", 90, 6, 4, 12, "描述里的虚构反应", PieceKind.REACTION, "", "R9")
        project.add([Addition(place, state)], actor=WANG, now=later(5))
        old, new = ReleaseStamp("toy", "甲版"), ReleaseStamp("toy2", "乙版")
        project.upgrade([], upgrade_note(old, new, [], [("k", "kept")]), actor=WANG, now=later(30))
    return path


def rows_of(path, title):
    book = openpyxl.load_workbook(path, read_only=True)
    return [list(row) for row in book[title].iter_rows(values_only=True)]


def run_script(folder, *arguments):
    """The script as it stands in the workbook, run by a Python that knows nothing of us."""
    found = subprocess.run(
        [sys.executable, "-I", "-S", str(folder / "verify.py"), *map(str, arguments)],
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
    )
    return found.returncode, found.stdout + found.stderr


@pytest.fixture
def made(path, tmp_path):
    report = write_audit(path, tmp_path / "audit.xlsx")
    lines = [row[0] for row in rows_of(report.workbook, "How to verify")]
    script = lines[lines.index("verify.py") + 1 :]
    (tmp_path / "verify.py").write_text("\n".join(script) + "\n", encoding="utf-8")
    return report


@pytest.mark.requirement("R-010")
def test_an_outsider_recomputes_the_chain_with_the_script_of_the_workbook(made, path, tmp_path):
    with Project.open(path, read_only=True) as project:
        head, count = project.info.chain_head, project.info.event_count

    status, said = run_script(tmp_path, made.chain)

    assert (status, said.split()) == (0, ["whole:", str(count), "steps,", "last", "hash", head])
    assert (made.chain_head, made.event_count) == (head, count)
    assert len(SCRIPT.splitlines()) <= 20


def changed(lines, number, old, new):
    assert old in lines[number]
    lines[number] = lines[number].replace(old, new)


DAMAGE = {
    "a record changed": lambda lines: changed(lines, 7, "王药师", "李药师"),
    "a hash changed": lambda lines: changed(lines, 7, '"hash": "', '"hash": "f00'),
    "a line removed": lambda lines: lines.pop(5),
    "lines exchanged": lambda lines: lines.insert(4, lines.pop(5)),
    "the end cut off": lambda lines: lines.pop(),
    "a line repeated": lambda lines: lines.append(lines[-1]),
    "another beginning": lambda lines: changed(lines, 0, '"genesis_hash": "', '"genesis_hash": "0'),
}


@pytest.mark.requirement("R-010")
@pytest.mark.parametrize("name", DAMAGE)
def test_the_script_and_the_program_see_what_was_changed_in_the_chain(made, tmp_path, name):
    lines = made.chain.read_text("utf-8").splitlines(keepends=True)
    DAMAGE[name](lines)
    made.chain.write_text("".join(lines), "utf-8", newline="")

    status, said = run_script(tmp_path, made.chain)
    assert status == 1
    assert ("changed: line 8" in said) == (name in ("a record changed", "a hash changed"))
    with pytest.raises(BadRequest):
        read_noted(str(made.chain))


def test_the_script_asks_for_hashes_that_were_noted_earlier(made, tmp_path):
    noted = json.loads(made.chain.read_text("utf-8").splitlines()[3])["hash"]
    assert run_script(tmp_path, made.chain, noted)[0] == 0
    assert run_script(tmp_path, made.chain, "0" * 64)[0] == 1


@pytest.mark.requirement("R-009")
def test_every_step_stands_on_the_first_sheet_with_who_when_what_and_both_states(made, path):
    header, *rows = rows_of(made.workbook, "Steps")
    trail = read_trail(path)
    assert [row[0] for row in rows] == [one.seq for one in trail.links]
    assert [row[13] for row in rows] == [one.hash.hex() for one in trail.links]
    assert {row[4] for row in rows} == {"王药师"}
    assert {row[5] for row in rows} == {"wang"}
    assert rows[0][header.index("Time (UTC)")] == later(0).isoformat(timespec="milliseconds")
    by_what = {row[header.index("What was done")]: row for row in reversed(rows)}
    assert by_what["decided by hand"][8] == "Sheet1!C3 (+2)"
    assert by_what["decided by hand"][9].startswith("to be reviewed")
    assert "[10" in by_what["decided by hand"][10]
    assert by_what["single rows decided"][9] == "as the phrase"
    assert by_what["comment"][10].endswith(" · 备注40")
    assert by_what["undone"][10] == "as the phrase"
    assert by_what["undone"][12].startswith("answers to step 13")
    assert by_what["added from the narrative"][8] == "Sheet1!F90"
    assert "clock was 16 seconds behind" in by_what["added from the narrative"][12]
    assert by_what["brought to another release"][11].startswith("甲版 → 乙版; decisions changed: 0")
    assert rows[0][11] == "核对"


@pytest.mark.requirement("R-015")
def test_no_phrase_is_in_it_unless_the_project_keeps_them_and_a_person_asks(path, made, tmp_path):
    texts = [phrase(number) for number in range(8)] + ["描述里的虚构反应"]
    told = made.chain.read_text("utf-8") + str(all_cells(made.workbook))
    assert not [text for text in texts if text in told]
    assert "salt" not in told

    report = write_audit(path, tmp_path / "texts.xlsx", shows_texts=True)

    header, first, *_rows = rows_of(report.workbook, "Steps")
    assert (header[-1], first[-1]) == ("Phrase", phrase(0))
    (tmp_path / "verify.py").write_text(SCRIPT, encoding="utf-8")
    assert run_script(tmp_path, report.chain)[0] == 0
    assert json.loads(report.chain.read_text("utf-8").splitlines()[0])["genesis"]


def all_cells(path):
    book = openpyxl.load_workbook(path, read_only=True)
    return [list(sheet.iter_rows(values_only=True)) for sheet in book]


@pytest.mark.requirement("R-015")
def test_a_project_that_keeps_no_texts_shows_none(tmp_path):
    path = create(tmp_path / "p.m2m", remembers_texts=False)
    with pytest.raises(BadRequest):
        write_audit(path, tmp_path / "a.xlsx", shows_texts=True)
    report = write_audit(path, tmp_path / "a.xlsx")
    assert report.event_count == 0
    assert len(report.chain.read_text("utf-8").splitlines()) == 1
    assert compare_with_noted(read_trail(path), read_noted(str(report.chain))).problem is None


@pytest.mark.requirement("R-012")
def test_made_twice_it_is_the_same_byte_for_byte(path, tmp_path):
    first, second = (write_audit(path, tmp_path / f"{name}.xlsx") for name in "ab")
    assert first.workbook.read_bytes() == second.workbook.read_bytes()
    assert first.chain.read_bytes() == second.chain.read_bytes()


def test_the_way_to_verify_is_told_in_both_languages_whatever_the_window_speaks(
    made, path, tmp_path
):
    here = [row[:2] for row in rows_of(made.workbook, "How to verify")]
    language.use_language("zh_CN")
    written = write_audit(path, tmp_path / "zh.xlsx").workbook
    book = openpyxl.load_workbook(written, read_only=True)
    assert [list(row[:2]) for row in book.worksheets[2].iter_rows(values_only=True)] == here
    assert sum(row[1] == made.chain_head for row in here) == 2


def test_a_comment_that_was_replaced_can_still_be_read(path, tmp_path):
    with Project.open(path) as project:
        for number, text in enumerate(("第一条备注", "第二条备注")):
            row = project.phrases()[0]
            after = commented(row.state, text)
            made = Change(Target.PHRASE, row.phrase_id, Action.COMMENT, after)
            project.apply([made], actor=WANG, now=later(50 + number))
    last = rows_of(write_audit(path, tmp_path / "a.xlsx").workbook, "Steps")[-1]
    assert last[9].endswith(" · 第一条备注")
    assert last[10].endswith(" · 第二条备注")


def test_every_kind_of_step_has_words():
    assert set(ACTION_WORDS) == set(Action)


@pytest.mark.requirement("R-006")
def test_neither_the_project_nor_another_kind_of_file_is_written_over(path, tmp_path):
    before = path.read_bytes()
    linked = tmp_path / "linked.xlsx"
    linked.hardlink_to(path)
    with pytest.raises(TargetIsSource):
        write_audit(path, linked)
    with pytest.raises(BadRequest):
        audit_target(path, tmp_path / "x.csv")
    with pytest.raises(OutputUnwritable):
        write_audit(path, path / "x.xlsx")
    assert audit_target(path, tmp_path) == tmp_path / "工作_audit.xlsx"
    assert path.read_bytes() == before


# -- against what was noted ------------------------------------------------------------------------


def noted_then_worked_on(path, tmp_path):
    report = write_audit(path, tmp_path / "then.xlsx")
    with Project.open(path) as project:
        decide(project, 7, number=40)
    return report


@pytest.mark.requirement("R-010")
def test_a_project_goes_on_from_a_chain_a_hash_and_a_sheet_that_were_noted(path, tmp_path):
    report = noted_then_worked_on(path, tmp_path)
    trail = read_trail(path)
    for noted in (report.chain, report.chain_head.upper(), report.workbook):
        found = compare_with_noted(trail, read_noted(str(noted)))
        assert (found.problem, found.at_step, found.since) == (None, report.event_count, 1)


@pytest.mark.requirement("R-010")
def test_steps_that_were_cut_off_are_named_though_the_project_agrees_with_itself(path, tmp_path):
    then = path.read_bytes()
    with Project.open(path) as project:
        decide(project, 7, number=40)
        assert project.verify().is_sound
    report = write_audit(path, tmp_path / "now.xlsx")
    path.write_bytes(then)
    trail = read_trail(path)
    said = [
        compare_with_noted(trail, read_noted(str(noted))).problem.text()
        for noted in (report.chain, report.chain_head, report.workbook)
    ]
    count = report.event_count
    assert said[0] == f"steps {count} to {count} that were noted are missing at the end."
    assert said[1] == said[2]
    assert said[1].startswith("the noted last hash is not in the history")


@pytest.mark.requirement("R-010")
def test_a_history_that_was_made_anew_is_told_at_its_first_other_step(path, tmp_path):
    then = path.read_bytes()
    report = noted_then_worked_on(path, tmp_path)
    trail = read_trail(path)
    forged = replace(trail, links=trail.links[:3] + tuple(
        replace(one, hash=bytes(32)) for one in trail.links[3:]
    ))  # fmt: skip
    found = compare_with_noted(forged, read_noted(str(report.chain)))
    assert found.problem.text() == "step 4 is not the one that was noted."
    assert then != path.read_bytes()


def test_another_project_is_told_as_such(path, tmp_path):
    other = create(tmp_path / "other.m2m")
    report = write_audit(other, tmp_path / "other.xlsx")
    found = compare_with_noted(read_trail(path), read_noted(str(report.chain)))
    assert found.problem.text() == "what was noted is of another project."


@pytest.mark.parametrize(
    "content", [b"", b"{}", b"[1]\n", b'{"audit": "m2m-audit"}\n', b"\xff\xfe", b"PK\x03\x04"]
)
@pytest.mark.parametrize("suffix", [".jsonl", ".xlsx"])
def test_what_is_no_note_of_ours_is_an_error_for_the_user(tmp_path, content, suffix):
    from m2m_desktop.core.errors import CodingToolError

    path = tmp_path / f"noted{suffix}"
    path.write_bytes(content)
    with pytest.raises(CodingToolError):
        read_noted(str(path))
    with pytest.raises(CodingToolError):
        read_noted(str(tmp_path / f"missing{suffix}"))


def test_the_toy_has_a_run_and_targets_of_all_kinds(path):
    kinds = {json.loads(one.body)["target"] for one in read_trail(path).links}
    assert kinds == {target.value for target in Target}
    assert answer(1)["run"] == RUN
