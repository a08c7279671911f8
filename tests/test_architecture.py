"""What may be imported when; the layers themselves are checked by import-linter."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
HEAVY = {
    "PySide6", "numpy", "onnxruntime", "tokenizers", "jieba", "rank_bm25", "openpyxl", "torch",
    "babel", "ssl", "http",
}  # fmt: skip
ENTRY_POINTS = ("m2m_desktop.cli", "m2m_desktop.services.engine_process", "m2m_desktop.__main__")


def run(program, *arguments):
    """Run a program text in a process without the quiet variables of this one."""
    from m2m_desktop.services.quiet import QUIET_ENVIRONMENT

    environ = {name: value for name, value in os.environ.items() if name not in QUIET_ENVIRONMENT}
    done = subprocess.run(
        [sys.executable, "-c", program, *arguments],
        capture_output=True, text=True, encoding="utf-8", cwd=ROOT, env=environ, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout.splitlines()[-1])


LOADED = "print(); print(json.dumps(sorted({name.partition('.')[0] for name in sys.modules})))"


@pytest.mark.parametrize("module", ENTRY_POINTS)
def test_importing_an_entry_point_loads_no_heavy_library(module):
    loaded = run(f"import json, sys; import {module}; {LOADED}")
    assert HEAVY & set(loaded) == set()


@pytest.mark.parametrize("arguments", [["--help"], ["code", "--help"], ["--version"], ["code"]])
def test_a_command_line_that_needs_no_engine_loads_no_heavy_library(arguments):
    program = (
        "import json, sys\nfrom m2m_desktop import cli\n"
        "try:\n    cli.main(sys.argv[1:])\nexcept SystemExit:\n    pass\n" + LOADED
    )
    assert HEAVY & set(run(program, *arguments)) == set()


@pytest.mark.requirement("R-004")
@pytest.mark.parametrize("module", ENTRY_POINTS)
def test_telemetry_is_off_before_onnxruntime_is_imported(module):
    """A finder in front of all others notes the variable at the very moment of the import."""
    program = f"""
import json, os, sys
seen = []
class Watcher:
    def find_spec(self, name, path=None, target=None):
        if name == "onnxruntime":
            seen.append(os.environ.get("ORT_DISABLE_TELEMETRY"))
assert "ORT_DISABLE_TELEMETRY" not in os.environ
sys.meta_path.insert(0, Watcher())
import {module}
assert "onnxruntime" not in sys.modules
import onnxruntime
print(json.dumps(seen))
"""
    assert run(program) == ["1"]


@pytest.mark.requirement("R-004")
def test_coding_for_real_keeps_telemetry_off(demo_home):
    program = """
import json, os, sys
seen = []
class Watcher:
    def find_spec(self, name, path=None, target=None):
        if name in {"onnxruntime", "tokenizers", "jieba"}:
            seen.append(os.environ.get("ORT_DISABLE_TELEMETRY"))
sys.meta_path.insert(0, Watcher())
from m2m_desktop import cli
assert cli.main(["code", "全身发痒起疹", "--jsonl", "--top-k", "1"]) == 0
print(json.dumps(seen))
"""
    seen = run(program)
    assert seen
    assert set(seen) == {"1"}


def test_the_window_side_needs_neither_numpy_nor_the_engine():
    modules = ("language", "locations", "settings", "quiet", "logs")
    program = "import json, sys\n" + "".join(
        f"import m2m_desktop.services.{module}\n" for module in modules
    )
    loaded = run(program + "import m2m_desktop.core.records, m2m_desktop.core.errors\n" + LOADED)
    assert HEAVY & set(loaded) == set()


@pytest.mark.requirement("R-005")
def test_nothing_unpickles_and_nothing_installs():
    """No pickle, no marshal, and never jieba's `enable_paddle`, which runs pip."""
    for path in (ROOT / "m2m_desktop").rglob("*.py"):
        if "training" in path.parts:
            continue
        text = path.read_text(encoding="utf-8")
        for word in ("import pickle", "import marshal", "allow_pickle=True", "enable_paddle("):
            assert word not in text, f"{word} in {path}"
