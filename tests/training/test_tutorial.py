"""The tutorial of the manual, command by command, on a small reviewed project."""

import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

from m2m_desktop.services.model_store import ModelStore
from m2m_desktop.training.prepared import open_terminology
from tests.training.reviewed_project import write_reviewed

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "resources" / "help" / "training.md"
MODULES = {"training": "m2m_desktop.training", "m2m": "m2m_desktop.cli"}


def tutorial():
    (block,) = re.findall(r"```sh\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL)
    return [shlex.split(line) for line in block.splitlines()]


@pytest.fixture(scope="module")
def said(tmp_path_factory):
    """What each command printed, by its first words; and the folder they ran in."""
    folder = tmp_path_factory.mktemp("tutorial")
    (folder / "resources").symlink_to(ROOT / "resources")
    environment = {
        **os.environ,
        "M2M_HOME": str(folder / "home"),
        "PYTHONPATH": str(ROOT),
        "OMP_NUM_THREADS": "1",
    }
    write_reviewed(folder / "reviewed.m2m", open_terminology("demo"))
    printed = {}
    for words in tutorial():
        command = [sys.executable, "-m", MODULES[words[0]], *words[1:]]
        done = subprocess.run(
            command, cwd=folder, env=environment, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, (words, done.stdout, done.stderr)
        printed[" ".join(words[:3])] = done.stdout
    return printed, folder


def figures(text, part):
    line = next(line for line in text.splitlines() if line.startswith(f"{part}:"))
    words = line.split(":")[1].split()
    return dict(zip(words[::2], map(float, words[1::2]), strict=True))


@pytest.mark.parametrize("part", ["all", "unseen_mention", "unseen_concept"])
def test_the_tuned_model_is_better_on_phrases_that_were_held_out(said, part):
    printed, _ = said
    before = figures(printed["training score shipped-bundle"], part)
    after = figures(printed["training score tuned-bundle"], part)
    assert after["f1"] > before["f1"] + 0.1
    assert after["exact_set"] > before["exact_set"] + 0.2


def test_the_model_is_installed_with_the_licence_of_its_card(said):
    _, folder = said
    (info,) = ModelStore(folder / "home" / "data" / "models", Path("-")).list() or [None]
    assert info is not None
    assert (info.name, info.kind) == ("our-model", "reranker")
    assert info.licence == "LicenseRef-internal"


def test_the_run_left_its_log_and_its_curve(said):
    _, folder = said
    log = (folder / "tuned" / "run" / "run.jsonl").read_text(encoding="utf-8").splitlines()
    assert '"event": "end"' in log[-1]
    assert (folder / "tuned" / "run" / "curve.svg").read_text("utf-8").count("<polyline") == 2
