"""A full disk at each write of a step: the step did not happen, nothing else is lost.

All kinds of steps (a minute): ``python -m tests.fault.test_full_disk``.
"""

import json
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from m2m_desktop.services.project.errors import DiskFull, NotSaved
from tests.fault.disk import ROOT, build_shim, can_record, shim_environment
from tests.services.project.toy_project import QUICK_FOLDER

pytestmark = pytest.mark.skipif(not can_record(), reason="needs Linux and a C compiler")


def fill_disk(folder: Path, *options: str) -> dict[str, dict[str, int]]:
    """Give, for each kind of step, the points at which the disk was full and how they ended."""
    root = folder / "disk"
    root.mkdir()
    child = subprocess.run(
        [sys.executable, "-m", "tests.fault.full_disk_child", str(root), *options],
        env=dict(shim_environment(build_shim(folder), root)),
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert child.returncode == 0, child.stderr[-2000:]
    found: dict[str, dict[str, int]] = json.loads(child.stdout)
    return found


@pytest.mark.requirement("R-003")
def test_a_full_disk_refuses_a_step_and_loses_nothing(tmp_path) -> None:
    found = fill_disk(tmp_path, "--short")
    assert found["create"]["M2M-112"] >= 10
    for journal in ("wal", "truncate"):
        ends = found[f"{journal}: decide one"]
        assert ends[DiskFull.code] + ends.get(NotSaved.code, 0) == ends["points"] >= 5
        assert found[f"{journal}: open an old project"][DiskFull.code] >= 2


if __name__ == "__main__":
    with tempfile.TemporaryDirectory(dir=QUICK_FOLDER) as name:
        for kind, ends in fill_disk(Path(name)).items():
            print(f"{kind}: {ends}")
