import os
import time
from pathlib import Path

import pytest

from m2m_desktop.core.errors import OutputUnwritable
from m2m_desktop.services.export import draft_files
from m2m_desktop.services.export.draft_files import free_name, write_whole
from m2m_desktop.services.export.fitness import Fitness
from m2m_desktop.services.export.reports import report_of
from tests.services.export.coded import coded


@pytest.fixture
def held_open(monkeypatch):
    """Windows' answer when Excel has the target open; gives how often it was given."""
    refused = []
    real = Path.replace

    def replace(self, target):
        if Path(target).name == "out.xlsx" and len(refused) < held_open_tries[0]:
            refused.append(target)
            raise PermissionError(13, "held open")
        return real(self, target)

    held_open_tries = [1_000]
    monkeypatch.setattr(Path, "replace", replace)
    monkeypatch.setattr(draft_files, "FIRST_PAUSE_S", 0.0)
    return refused, held_open_tries


def writing(content):
    return lambda draft: draft.write_bytes(content)


def test_the_result_replaces_the_old_one(tmp_path):
    target = tmp_path / "新" / "out.xlsx"
    assert write_whole(target, writing(b"1")) == target
    assert write_whole(target, writing(b"2")) == target
    assert target.read_bytes() == b"2"
    assert [path.name for path in target.parent.iterdir()] == ["out.xlsx"]


def test_a_target_that_is_held_open_is_tried_again(tmp_path, held_open):
    refused, tries = held_open
    tries[0] = 5
    target = tmp_path / "out.xlsx"
    target.write_bytes(b"old")
    assert write_whole(target, writing(b"new")) == target
    assert target.read_bytes() == b"new"
    assert len(refused) == 5


def test_a_target_that_stays_open_gets_a_neighbour(tmp_path, held_open):
    target = tmp_path / "out.xlsx"
    target.write_bytes(b"old")
    (tmp_path / "out (2).xlsx").write_bytes(b"another")
    written = write_whole(target, writing(b"new"))
    assert written == tmp_path / "out (3).xlsx"
    assert written.read_bytes() == b"new"
    assert target.read_bytes() == b"old"
    assert len(held_open[0]) == draft_files.TRIES
    report = report_of(coded([]), Fitness(0, 0, 0), form="copy", asked=target, written=written)
    assert "out (3).xlsx" in report.notes[0].text()


def test_a_refusal_with_no_old_file_is_said(tmp_path, held_open):
    with pytest.raises(OutputUnwritable) as caught:
        write_whole(tmp_path / "out.xlsx", writing(b"new"))
    assert caught.value.code == "M2M-112"
    assert list(tmp_path.iterdir()) == []


@pytest.mark.requirement("R-006")
@pytest.mark.parametrize("fails", ["write", "check"])
def test_whatever_fails_leaves_the_old_file_and_no_draft(tmp_path, fails):
    target = tmp_path / "out.xlsx"
    target.write_bytes(b"old")

    def write(draft):
        draft.write_bytes(b"half")
        if fails == "write":
            raise OSError(28, "No space left on device")

    def check(draft):
        raise OSError(5, "Input/output error")

    with pytest.raises(OutputUnwritable):
        write_whole(target, write, check)
    assert target.read_bytes() == b"old"
    assert [path.name for path in tmp_path.iterdir()] == ["out.xlsx"]


def test_a_name_that_the_system_refuses_is_no_traceback(tmp_path):
    with pytest.raises(OutputUnwritable):
        write_whole(tmp_path / ("长" * 120 + ".xlsx"), writing(b""))


def test_drafts_of_killed_programs_go_but_young_ones_stay(tmp_path):
    target = tmp_path / "out.xlsx"
    old, young, other = (
        tmp_path / name
        for name in (".out.m2m-draft.1.xlsx", ".out.m2m-draft.2.xlsx", ".in.m2m-draft.1.xlsx")
    )
    for path in (old, young, other):
        path.write_bytes(b"left")
    past = time.time() - draft_files.STALE_AFTER_S - 5
    for path in (old, other):
        os.utime(path, (past, past))
    write_whole(target, writing(b"new"))
    assert {path.name for path in tmp_path.iterdir()} == {target.name, young.name, other.name}


def test_a_free_name_counts_up(tmp_path):
    (tmp_path / "a (2).csv").touch()
    assert free_name(tmp_path / "a.csv").name == "a (3).csv"
