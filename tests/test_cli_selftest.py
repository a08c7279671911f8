"""The command ``selftest`` in processes of its own, with the guard of the real program on."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from m2m_desktop.services.locations import resources

ROOT = Path(__file__).resolve().parents[1]


def selftest(home, *arguments, cwd=ROOT):
    return subprocess.run(
        [sys.executable, "-m", "m2m_desktop.cli", "selftest", *map(str, arguments)],
        cwd=cwd, env={**os.environ, "M2M_HOME": str(home), "PYTHONDONTWRITEBYTECODE": "1"},
        capture_output=True, encoding="utf-8", check=False, stdin=subprocess.DEVNULL,
    )  # fmt: skip


def test_a_whole_installation_passes_and_is_reported(demo_home, tmp_path):
    page, data = tmp_path / "自检.html", tmp_path / "selftest.json"
    done = selftest(demo_home, "--lang", "en", "--report", page, "--json", data)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith("✓ ")
    assert "refused before the system was asked" in done.stdout
    assert f"Written: {page}" in done.stdout
    report = json.loads(data.read_text(encoding="utf-8"))
    assert report["outcome"] in {"ok", "warning"}
    assert {one["outcome"] for one in report["checks"] if one["id"] == "network"} == {"ok"}
    assert "<h1>Self-test" in page.read_text(encoding="utf-8")
    assert not (demo_home / "data" / "selftest").exists()


def test_a_damaged_installation_fails_with_status_1_and_says_what_to_do(demo_home, tmp_path):
    package = tmp_path / "program" / "m2m_desktop"
    shutil.copytree(ROOT / "m2m_desktop", package, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copytree(resources(), tmp_path / "program" / "resources")
    for model in (tmp_path / "program" / "resources").glob("models/*/model.onnx"):
        model.write_bytes(model.read_bytes()[:-1])
    done = selftest(demo_home, "--lang", "en", "--json", "-", cwd=tmp_path / "program")
    assert done.returncode == 1
    report = json.loads(done.stdout)
    assert report["outcome"] == "failed"
    failed = {one["id"] for one in report["checks"] if one["outcome"] == "failed"}
    assert failed == {"models", "coding"}
    assert "Traceback" not in done.stderr
    [models] = [one for one in report["checks"] if one["id"] == "models"]
    assert models["findings"][0]["advice"]["en"].startswith("Install the program again")
    assert str(tmp_path) not in done.stdout


@pytest.mark.parametrize("name", ["report.txt", "report"])
def test_a_report_needs_its_suffix_before_anything_is_done(own_home, name):
    done = selftest(own_home, "--report", name)
    assert done.returncode == 1
    assert "M2M-101" in done.stderr
    assert done.stdout == ""
