"""A small number of kills and full disks; `export_kill9` does as many as one likes."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="needs fork and SIGKILL")


def run(*arguments):
    command = [sys.executable, "-m", "tests.fault.export_kill9", *arguments]
    done = subprocess.run(
        command, capture_output=True, text=True, encoding="utf-8", cwd=ROOT, check=False
    )
    assert done.stdout, done.stderr
    return done.returncode, json.loads(done.stdout.splitlines()[-1])


@pytest.mark.requirement("R-006")
def test_a_killed_export_leaves_the_old_file_or_the_new_one():
    status, found = run("--kills", "6", "--full", "0", "--rows", "60")
    assert status == 0, found
    assert sum(found["kills"].values()) == 6


@pytest.mark.requirement("R-006")
def test_a_full_disk_leaves_the_old_file_and_no_draft():
    status, found = run("--kills", "0", "--full", "12", "--rows", "20")
    assert status == 0, found
    assert found["full_disk"] == {"old, refused": 12}


@pytest.mark.requirement("R-006")
def test_a_save_in_place_is_caught():
    """The control: what openpyxl does by itself does harm the old file."""
    status, found = run("--kills", "0", "--full", "4", "--rows", "20", "--control")
    assert status == 1
    assert any(state.startswith("harmed") for state in found["full_disk"])
