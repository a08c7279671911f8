"""What a killed program left of its snapshots is deleted; those of a running one stay."""

import subprocess
import sys

import pytest

from m2m_desktop.services.snapshots import snapshot_name, snapshot_prefix, sweep_snapshots


@pytest.fixture
def ended():
    """The number of a process that has ended."""
    child = subprocess.Popen([sys.executable, "-c", ""])
    child.wait()
    return child.pid


def test_snapshots_drafts_and_folders_of_an_ended_program_go(tmp_path, ended):
    for name in (f"{ended}-0.m2m", f"{ended}-0.m2m-wal", f".{ended}-1.m2m.0123abcd.draft"):
        (tmp_path / name).write_bytes(b"x")
    (tmp_path / f"{ended}-k2j3").mkdir()
    (tmp_path / f"{ended}-k2j3" / "batch.m2m").write_bytes(b"x")

    sweep_snapshots(tmp_path)

    assert list(tmp_path.iterdir()) == []


@pytest.mark.skipif(sys.platform == "win32", reason="there, open files are what cannot be deleted")
def test_what_belongs_to_a_running_program_or_to_nobody_stays(tmp_path):
    for name in (f"{snapshot_name()}.m2m", f".{snapshot_name()}.m2m.0123abcd.draft", "notes.txt"):
        (tmp_path / name).write_bytes(b"x")
    (tmp_path / f"{snapshot_prefix()}abc").mkdir()

    sweep_snapshots(tmp_path)

    assert len(list(tmp_path.iterdir())) == 4


def test_names_are_distinct_and_a_missing_folder_is_no_matter(tmp_path):
    assert snapshot_name() != snapshot_name()
    sweep_snapshots(tmp_path / "nothing")
