"""The audit trail from the command line: written for others, and a project held against it."""

import json
import re
import sqlite3
from contextlib import closing

import pytest

from m2m_desktop import cli
from m2m_desktop.cli.audit import FILE, part_of
from m2m_desktop.core.messages import Message
from m2m_desktop.services.project import verification
from m2m_desktop.services.project.project import Project
from tests.services.project.toy_project import code_all, create, decide


@pytest.fixture
def project(tmp_path):
    path = create(tmp_path / "work.m2m")
    with Project.open(path) as opened:
        code_all(opened)
        for number in (1, 2, 3):
            decide(opened, number, number)
    return path


@pytest.fixture
def m2m(capsys):
    def run(*arguments):
        status = cli.main([*map(str, arguments), "--lang", "en"])
        out, err = capsys.readouterr()
        return status, out, err

    return run


@pytest.mark.requirement("R-010")
def test_an_outsider_verifies_a_project_without_a_terminology_or_a_model(m2m, project, own_home):
    before = project.read_bytes()
    status, out, err = m2m("project", "verify", project)
    assert (status, err) == (0, "")
    assert out.count("in order") == 5
    assert "Steps: 3, phrases: 8, mentions: 24, answers: 8" in out
    with Project.open(project, read_only=True) as opened:
        assert f"Last step: {opened.info.chain_head}" in out
    assert project.read_bytes() == before
    assert not list(own_home.rglob("*terminolog*/*"))


@pytest.mark.requirement("R-010")
def test_the_first_damage_is_named_and_all_of_it_is_told(m2m, project):
    with closing(sqlite3.connect(project)) as connection:
        (guard,) = connection.execute(
            "SELECT sql FROM sqlite_schema WHERE name = 'event_no_update'"
        ).fetchone()
        connection.execute("DROP TRIGGER event_no_update")
        connection.execute(
            "UPDATE event SET body = replace(body, '王药师', '李药师') WHERE seq = 2"
        )
        connection.execute(guard)
        connection.execute("UPDATE phrase SET text = 'x' WHERE id = 5")
        connection.commit()
    status, out, err = m2m("project", "verify", project)
    assert status == 1
    assert err.startswith("M2M-402")
    assert "broken from step 2 on" in err
    assert "the text of phrase 5 was changed" in out
    outcomes = dict(re.findall(r"^(\w+) +(in order|damaged|not looked at) ", out, re.MULTILINE))
    assert outcomes == {
        "File": "in order",
        "History": "damaged",
        "Content": "damaged",
        "Decisions": "damaged",
        "Answers": "in order",
    }
    told = json.loads(m2m("project", "verify", project, "--json")[1])
    assert (told["is_sound"], told["against"]) == (False, None)


def test_a_project_of_which_only_a_part_is_left_is_one_sentence(m2m, project):
    project.write_bytes(project.read_bytes()[:3000])
    status, _out, err = m2m("project", "verify", project)
    assert (status, err[:7]) == (1, "M2M-402")


def test_every_problem_belongs_to_a_part_that_is_told():
    words = [name for name in dir(verification) if name.isupper() and name not in ("N_", "ADDED")]
    problems = {name: Message(getattr(verification, name)) for name in words}
    by_file = {name for name, problem in problems.items() if part_of(problem) == FILE}
    assert by_file == {"STRUCTURE", "TABLES"}
    assert len(problems) == 13


@pytest.mark.requirement("R-010")
def test_a_cut_tail_is_found_against_an_earlier_audit_export(m2m, project, tmp_path):
    then = project.read_bytes()
    with Project.open(project) as opened:
        decide(opened, 4, 4)
    status, out, _err = m2m("project", "audit", project, "--out", tmp_path)
    assert status == 0
    assert re.search(r"^Steps in the history +4$", out, re.MULTILINE)
    chain = tmp_path / "work_audit.chain.jsonl"
    status, out, _err = m2m("project", "verify", project, "--against", chain)
    assert (status, "step 4 was the last one; since: 0" in out) == (0, True)

    project.write_bytes(then)

    assert m2m("project", "verify", project)[0] == 0
    status, out, err = m2m("project", "verify", project, "--against", chain)
    assert status == 1
    assert "steps 4 to 4 that were noted are missing" in err
    assert "sound" not in out
    told = json.loads(m2m("project", "verify", project, "--against", chain, "--json")[1])
    assert told["against"]["agrees"] is False


def test_an_audit_export_goes_to_a_named_workbook_and_says_what_is_in_it(m2m, project, tmp_path):
    target = tmp_path / "评审" / "a.xlsx"
    target.parent.mkdir()
    told = json.loads(
        m2m("project", "audit", project, "--out", target, "--with-texts", "--json")[1]
    )
    assert told["workbook"] == str(target)
    assert told["event_count"] == 3
    assert {path.name for path in target.parent.iterdir()} == {"a.xlsx", "a.chain.jsonl"}
    status, _out, err = m2m("project", "audit", project, "--out", tmp_path / "a.csv")
    assert (status, err[:7]) == (1, "M2M-101")
    status, _out, err = m2m("project", "audit", tmp_path / "none.m2m", "--out", target)
    assert (status, err[:7]) == (1, "M2M-404")
