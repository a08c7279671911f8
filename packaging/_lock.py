"""Make the lock files from pyproject.toml with uv: exact versions, and the hash of every published file."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from collections.abc import Iterable, Sequence

from _setup import LOCK_DIR, ROOT, SetupError, say

HEADER = """\
# {title}
# Made by `python packaging/dev.py lock` from pyproject.toml; do not edit. Complete: installed with --no-deps.
# Linux x86_64 and aarch64, Windows, macOS; Python 3.11 to 3.13.{note}
"""
NO_HUB = " huggingface_hub is left out on purpose."
TITLES = {
    "run": "What the program needs.",
    "dev": "What tests, checks and measurements need: run.txt and the tools.",
    "build": "What building the stand-alone program needs: run.txt and PyInstaller.",
    "train": "What training and export need, with the CPU build of torch only.",
}
TORCH_NOTE = """\
# torch: the hashes are those of the CPU wheels alone, so that a CUDA build (what the default index has
# for Linux) can never be installed from this lock. Linux: the PyTorch project's own index for CPU wheels,
# version {version}+cpu, in the order x86_64, aarch64; then macOS arm64 and Windows amd64 from the default
# index. Other systems are not in this lock.
"""
GROUPS = {"run": (), "dev": ("dev",), "build": ("build",), "train": ("train",)}

# Written down by hand, since the default index does not list the CPU wheels for Linux. A new version of
# torch needs a new table: the hashes stand on the PyTorch project's own index beside each wheel.
CPU_TORCH = {
    "2.13.0": (
        # 2.13.0+cpu, manylinux_2_28_x86_64: cp311, cp312, cp313
        "6746dbcbeb526eb61330b76b41ff1b4eb848951103a892eeb080dfa2b264667b",
        "4ca4a9394b0c771238a4f73590fdbbc4debad85ed0fa63d026ae1b085da7d6e2",
        "3fbf9c9d1f3c10c2d59d04aca426dee9ccc6ceb32d255c61e93acc3b4f75fae6",
        # 2.13.0+cpu, manylinux_2_28_aarch64: cp311, cp312, cp313
        "84453b69508ec79902f899c5ed9495acb9e2bbe9fda5f1d5d6f19e3c3842e1a7",
        "6f307c2c32d764ffc6ff6893b801fad6d4752f3e67966cb8abf1843427c02604",
        "0b8f7d0423027ae8b90c7977c627f3379f325363a08224dffad9b4b2d684a83d",
        # 2.13.0, macosx_14_0_arm64: cp311, cp312, cp313
        "e76f9bcecc52b8ff711239a2f7547d5353df95878ab232f0773c1d95928b92f8",
        "2fe228aba290d14b9f31b049be550dbd469c3fd3013d7a19705b30454da97027",
        "33449899ce5496c1b84b4853179d94fd102028ae1407314d9fb956bb79e70d09",
        # 2.13.0, win_amd64: cp311, cp312, cp313
        "a0d8b11f16a48d60e2015d8213aa0390744cbebb98e58b62b3514dddc656e330",
        "024c6cc0c1b085f2f91f20a3dc27b0471d021c31ce84b81be3afdc39f791fd9d",
        "49b58f1e2c52440abb6f17c28f0335fe6c6d01ad1a7f55b0183b81e4b34d64e6",
    ),
}
NOT_WANTED = re.compile(r"(nvidia-|cuda-|triton)|.*sys_platform == 'never'")
"""What only CUDA builds need, and what only the left-out packages need (tool.uv in pyproject.toml)."""


def write_locks(names: Iterable[str], options: Sequence[str]) -> int:
    """Write every lock; `run` comes first and the others keep to its versions."""
    uv = find_uv()
    for name in names:
        target = LOCK_DIR / f"{name}.txt"
        command = [
            *uv, "pip", "compile", "pyproject.toml", "--universal", "--python-version", "3.11",
            "--generate-hashes", "--no-header", "--no-annotate", "--quiet",
            "--group", "source-builds", *(f"--group={group}" for group in GROUPS[name]),
            "--output-file", str(target), *options,
        ]  # fmt: skip
        if name == "train":
            # The group alone: training needs neither Qt nor Excel. transformers does need the hub
            # client that tool.uv leaves out elsewhere.
            command.remove("pyproject.toml")
            command.append("--no-config")
        if name != "run":
            command += ["--constraint", str(LOCK_DIR / "run.txt")]
        LOCK_DIR.mkdir(exist_ok=True)
        if subprocess.run(command, cwd=ROOT, check=False).returncode:
            raise SetupError(f"uv could not resolve {name}; see above")
        body = with_cpu_torch(target.read_text(encoding="utf-8"))
        note = "" if name == "train" else NO_HUB
        text = HEADER.format(title=TITLES[name], note=note) + body
        target.write_text(text, encoding="utf-8", newline="\n")
        say(f"{target.relative_to(ROOT)}: {len(entries(body))} packages")
    return 0


def find_uv() -> list[str]:
    """How to start uv: a program on the path, or a module of this Python."""
    if shutil.which("uv"):
        return ["uv"]
    command = [sys.executable, "-m", "uv"]
    if subprocess.run([*command, "--version"], capture_output=True, check=False).returncode:
        raise SetupError("the lock files are made with uv: python -m pip install uv")
    return command


def entries(text: str) -> list[str]:
    """A lock file cut into packages: each the line of its pin and the lines of its hashes."""
    return re.findall(r"^[A-Za-z0-9].*\n(?:[ \t].*\n)*", text, re.MULTILINE)


def with_cpu_torch(text: str) -> str:
    """A lock with torch cut down to its CPU wheels, and without what is not wanted."""
    kept = []
    for entry in entries(text):
        if NOT_WANTED.match(entry):
            continue
        torch = re.match(r"torch==([0-9.]+)", entry)
        if torch is None:
            kept.append(entry)
            continue
        version = torch.group(1)
        if version not in CPU_TORCH:
            raise SetupError(f"packaging/_lock.py has no hashes for torch {version}; add them")
        hashes = " \\\n".join(f"    --hash=sha256:{value}" for value in CPU_TORCH[version])
        kept.append(f"{TORCH_NOTE.format(version=version)}torch=={version} \\\n{hashes}\n")
    return "".join(kept)
