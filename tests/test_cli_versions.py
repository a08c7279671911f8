"""Releases compared and decisions brought along from the command line, for real."""

import argparse
import json
import tempfile
from pathlib import Path

import openpyxl
import pytest

from m2m_desktop.cli.parser import _Commands, _Parser
from m2m_desktop.cli.terminal import print_error
from m2m_desktop.cli.versions import add_versions
from m2m_desktop.core.errors import CodingToolError
from m2m_desktop.core.memory import learnt
from m2m_desktop.core.review import ReviewState, ReviewStatus
from m2m_desktop.services.engine import Engine
from m2m_desktop.services.locations import Locations, default_locations, resources
from m2m_desktop.services.project.project import Project
from tests.services.project.toy_project import QUICK_FOLDER
from tests.services.versions.decided import cases, keys_of, make_project, states
from tests.toy.versions import planted, write_pair


@pytest.fixture(scope="module")
def made():
    return planted(seed=3)


@pytest.fixture(scope="module")
def releases(made, tmp_path_factory):
    return [str(path) for path in write_pair(made, tmp_path_factory.mktemp("releases"))]


@pytest.fixture
def m2m(capsys):
    """Run ``versions …``; gives status, stdout, stderr."""
    parser = _Parser(prog="m2m")
    commands = parser.add_subparsers(required=True, parser_class=_Parser)
    add_versions(_Commands(commands, argparse.ArgumentParser(add_help=False)))

    def run(*arguments):
        status = 0
        try:
            options = parser.parse_args(["versions", *map(str, arguments)])
            options.function(options)
        except SystemExit as leaving:
            status = leaving.code
        except CodingToolError as error:
            print_error(error)
            status = 1
        out, err = capsys.readouterr()
        return status, out, err

    return run


@pytest.fixture(scope="module")
def engine(releases, tmp_path_factory):
    """Both releases, imported once for all tests of this file."""
    home = tmp_path_factory.mktemp("home")
    folders = (home / "data", home / "cache", home / "config", home / "logs")
    engine = Engine(Locations(*folders, resources()))
    for path in releases:
        engine.terminology(path)
    return engine


@pytest.fixture(autouse=True)
def home(engine, monkeypatch):
    monkeypatch.setenv("M2M_HOME", str(engine._locations.data.parent))
    assert default_locations().data == engine._locations.data
    yield
    engine.memory.clear()


@pytest.fixture
def tmp_path():
    """In memory: a project syncs at every step."""
    with tempfile.TemporaryDirectory(dir=QUICK_FOLDER) as folder:
        yield Path(folder).resolve()


@pytest.fixture
def project(tmp_path, engine, releases, made):
    return make_project(tmp_path / "项目.m2mp", engine.terminology(releases[0]), made)


def test_two_releases_are_compared(m2m, releases, made) -> None:
    status, out, _err = m2m("compare", *releases)
    assert status == 0
    assert "MedDRA 99.0, Chinese → MedDRA 99.1, Chinese" in out
    assert f"{len(made.forward)} changes" in out
    assert "and belongs to the PT" in out or "more; --json gives all" in out


def test_only_some_kinds_and_levels_are_listed(m2m, releases) -> None:
    status, out, _err = m2m("compare", *releases, "--kind", "moved", "--level", "llt", "--json")
    assert status == 0
    told = json.loads(out)
    assert {(one["kind"], one["level"]) for one in told["changes"]} == {("moved", "llt")}
    assert told["total"] > len(told["changes"]) > 0


def test_changes_are_written_to_a_workbook(m2m, releases, made, tmp_path) -> None:
    status, out, _err = m2m("compare", *releases, "--out", tmp_path / "变化.xlsx")
    assert status == 0
    assert f"{len(made.forward)} changes written to" in out
    sheet = openpyxl.load_workbook(tmp_path / "变化.xlsx")["Changes"]
    assert sheet.max_row == len(made.forward) + 1


def test_effects_are_shown_and_change_nothing(m2m, releases, project) -> None:
    before = project.read_bytes()
    status, out, _err = m2m("effects", *releases, "--project", project)
    assert status == 0
    assert "a person must decide" in out
    assert "→" in out
    assert project.read_bytes() == before
    status, _out, err = m2m("effects", *releases)
    assert status == 1
    assert "--project FILE or --memory" in err


def test_effects_on_the_memory(m2m, releases, engine, made) -> None:
    from m2m_desktop.core.coded_terms import describe_term

    old = engine.terminology(releases[0])
    term = describe_term(old, *cases(made)["demoted"])
    state = ReviewState(ReviewStatus.CHANGED, (term,), decided_at="2026-03-04T08:00:00+00:00")
    engine.memory.remember([learnt("一个短语", state, old.info)])
    status, out, _err = m2m("effects", *releases, "--memory", "--json")
    assert status == 0
    assert json.loads(out)["counts"] == {"demoted": 1}


def test_a_dry_run_writes_nothing(m2m, releases, project) -> None:
    before = project.read_bytes()
    status, out, _err = m2m(
        "upgrade", project, "--to", releases[1], "--all-certain", "--who", "李药师", "--dry-run"
    )
    assert status == 0
    assert "The same codes" in out
    assert project.read_bytes() == before


def test_an_upgrade_brings_what_was_chosen_and_is_logged(m2m, releases, project, tmp_path) -> None:
    with Project.open(project, read_only=True) as opened:
        keys, before = keys_of(opened), states(opened)
    status, _out, err = m2m("upgrade", project, "--to", releases[1], "--who", "李药师")
    assert status == 1
    assert "--all-certain" in err
    status, out, _err = m2m(
        "upgrade", project, "--to", releases[1], "--all-certain", "--only", keys["demoted"],
        "--who", "李药师",
    )  # fmt: skip
    assert status == 0
    assert "Decisions changed: 3, kept as they were: 4" in out
    with Project.open(project, read_only=True) as opened:
        after = states(opened)
        assert opened.info.release.version == "99.1"
    assert {name for name in before if before[name] != after[name]} == {
        "renamed", "moved", "demoted",
    }  # fmt: skip
    status, out, _err = m2m("log", project, "--out", tmp_path / "log.xlsx")
    assert status == 0
    assert "李药师" in out
    assert "MedDRA 99.0, Chinese → MedDRA 99.1, Chinese" in out
    assert (tmp_path / "log.xlsx").is_file()
    status, out, _err = m2m("log", project, "--json")
    assert [(one["changed"], one["kept"]) for one in json.loads(out)] == [(3, 4)]


def test_a_key_that_is_none_is_refused(m2m, releases, project) -> None:
    before = project.read_bytes()
    status, _out, err = m2m(
        "upgrade", project, "--to", releases[1], "--only", "p99", "--who", "李药师"
    )
    assert status == 1
    assert "M2M-424" in err
    with Project.open(project, read_only=True) as opened:
        assert opened.info.release.version == "99.0"
    assert len(before) <= len(project.read_bytes())


def test_a_project_that_was_never_upgraded_says_so(m2m, project) -> None:
    status, out, _err = m2m("log", project)
    assert (status, out) == (0, "This project was never brought to another release.\n")
