import subprocess
import sys

import pytest

from m2m_desktop.core.errors import OutputUnwritable
from m2m_desktop.services.project.project import Project
from m2m_desktop.services.snapshots import sweep_snapshots
from m2m_desktop.ui.snapshot import Snapshot
from tests.ui.review_project import make_project
from tests.ui.workbench import decide, places, snapshots


@pytest.fixture
def project(tmp_path):
    with Project.open(make_project(tmp_path / "a.m2m")) as opened:
        yield opened


def ended_process() -> int:
    return int(
        subprocess.run(
            [sys.executable, "-c", "import os; print(os.getpid())"],
            capture_output=True,
            check=True,
        ).stdout
    )


def test_a_snapshot_is_the_project_as_it_was_then(project, tmp_path):
    decide(project, {"起皮疹": "accept"})
    snapshot = Snapshot(places(tmp_path))
    snapshot.take(project)
    decide(project, {"想吐": "accept"})
    with Project.open(snapshot.path, read_only=True) as copy:
        assert copy.info.decided_count == 1
    snapshot.forget()
    assert snapshots(places(tmp_path)) == []


def test_two_dialogs_never_share_a_snapshot(project, tmp_path):
    one, two = Snapshot(places(tmp_path)), Snapshot(places(tmp_path))
    one.take(project)
    two.take(project)
    one.forget()
    assert snapshots(places(tmp_path)) == [two.path.name]
    one.forget()  # nothing is there any more: nothing happens


def test_a_folder_that_cannot_be_made_is_an_error_with_its_name(project, tmp_path):
    (tmp_path / "data").write_text("in the way")
    with pytest.raises(OutputUnwritable) as caught:
        Snapshot(places(tmp_path)).take(project)
    assert "snapshots" in str(caught.value.fields["path"])


def test_copies_of_a_crash_are_swept_and_those_of_a_running_program_are_not(project, tmp_path):
    folder = places(tmp_path).snapshots
    mine = Snapshot(places(tmp_path))
    mine.take(project)
    dead = ended_process()
    for name in (f"{dead}-0.m2m", f"{dead}-0.m2m-wal", f"{dead}-1.m2m", "notes.txt", "x-1.m2m"):
        (folder / name).write_text("皮疹")
    sweep_snapshots(folder)
    assert snapshots(places(tmp_path)) == sorted([mine.path.name, "notes.txt", "x-1.m2m"])


def test_there_may_be_no_folder_to_sweep(tmp_path):
    sweep_snapshots(tmp_path / "none")


def test_the_window_sweeps_when_it_starts(make_program, home, qtbot):
    folder = places(home).snapshots
    folder.mkdir(parents=True)
    (folder / f"{ended_process()}-0.m2m").write_text("皮疹")
    make_program()
    qtbot.waitUntil(lambda: snapshots(places(home)) == [], timeout=5000)
