"""Make and keep the virtual environments: hash-locked, redone when a lock changes, quiet when all is well."""

from __future__ import annotations

import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).resolve().parent.parent
LOCK_DIR = ROOT / "packaging" / "lock"


class Lock(NamedTuple):
    """One lock file: the environment it goes into and the locks that are inside it."""

    venv: str
    contains: tuple[str, ...]
    size: str


LOCKS = {
    "run": Lock(".venv", ("run",), "about 150 MB"),
    "dev": Lock(".venv", ("run", "dev"), "about 200 MB"),
    "build": Lock(".venv-build", ("run", "build"), "about 160 MB"),
    "train": Lock(".venv-train", ("train",), "about 300 MB"),
}

SOURCE_ONLY = ("jieba", "seqeval")
"""What is published without a wheel, and so is built here."""
BUILDERS = ("setuptools", "packaging", "vcs-versioning", "setuptools-scm")
"""What builds them; a lock without seqeval needs setuptools alone."""
STAMP = "m2m-stamp.json"
"""Written last: which locks (by SHA-256) this environment holds whole."""
UNFINISHED = "m2m-unfinished"
"""There while a set-up runs; found later, it means that one was interrupted."""


class SetupError(Exception):
    """Set-up cannot go on; the message says why and what to do."""


def say(line: str) -> None:
    """Print a line at once, in step with the programs started between lines."""
    print(line, flush=True)


def venv_python(venv: Path) -> Path:
    """The interpreter of an environment."""
    return venv / "Scripts" / "python.exe" if os.name == "nt" else venv / "bin" / "python"


def sha256(path: Path) -> str:
    """SHA-256 of a lock, blind to line ends: a checkout with CRLF is the same lock."""
    return hashlib.sha256(path.read_bytes().replace(b"\r\n", b"\n")).hexdigest()


def read_stamp(venv: Path) -> dict[str, str]:
    """Lock name → SHA-256 of what was installed whole; empty where that is not known."""
    try:
        stamp = json.loads((venv / STAMP).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return stamp if isinstance(stamp, dict) else {}


def is_current(venv: Path, wanted: dict[str, str]) -> bool:
    """Whether an environment holds these locks and its interpreter is still there."""
    stamp = read_stamp(venv)
    return venv_python(venv).exists() and all(stamp.get(k) == v for k, v in wanted.items())


def write_stamp(venv: Path, stamp: dict[str, str]) -> None:
    """Put the stamp in place in one step, so that it is never half there."""
    draft = venv / f"{STAMP}.{os.getpid()}"
    draft.write_text(json.dumps(stamp, indent=1), encoding="utf-8")
    draft.replace(venv / STAMP)


def ensure(name: str) -> Path:
    """The Python of the environment that holds this lock; makes or mends it first where needed."""
    lock = LOCKS[name]
    venv = ROOT / lock.venv
    # Only the lock asked for decides: `run` does not reinstall because a test tool changed.
    wanted = {name: sha256(LOCK_DIR / f"{name}.txt")}
    try:
        if not is_current(venv, wanted):
            with one_at_a_time(venv.with_name(f"{venv.name}.lock")):
                if not is_current(venv, wanted):
                    install(name, venv, lock)
        link_project(venv)
    except OSError as error:
        raise SetupError(f"{venv} cannot be set up: {error}") from error
    return venv_python(venv)


@contextmanager
def one_at_a_time(path: Path) -> Iterator[None]:
    """Wait until no other process sets the same environment up; the system frees a dead one's lock."""
    with path.open("a+b") as file:
        if os.name == "nt":
            import msvcrt

            while True:
                try:
                    file.seek(0)
                    msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)  # type: ignore[attr-defined,unused-ignore]
                    break
                except OSError:
                    time.sleep(0.5)
        else:
            import fcntl

            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                say("Another set-up is under way: waiting for it …")
                fcntl.flock(file, fcntl.LOCK_EX)
        yield


def install(name: str, venv: Path, lock: Lock) -> None:
    """Create the environment where needed, install the lock into it, stamp it."""
    began = time.monotonic()
    if (venv / UNFINISHED).exists():
        say(f"An earlier set-up of {lock.venv} did not finish: starting afresh.")
        shutil.rmtree(venv)
    created = not venv_python(venv).exists()
    say(f"Setting up {lock.venv} ({lock.size} to download the first time) …")
    known = read_stamp(venv)
    (venv / STAMP).unlink(missing_ok=True)
    venv.mkdir(exist_ok=True)
    (venv / UNFINISHED).touch()
    if created:
        create(venv)
    requirements = LOCK_DIR / f"{name}.txt"
    if name == "train":
        refuse_cuda(venv, requirements)
    install_lock(venv, requirements)
    (venv / UNFINISHED).unlink()
    known.update({part: sha256(LOCK_DIR / f"{part}.txt") for part in lock.contains})
    write_stamp(venv, known)
    say(f"{lock.venv} is ready ({time.monotonic() - began:.0f} s).")


def create(venv: Path) -> None:
    """Make an empty environment with pip in it."""
    try:
        import ensurepip  # noqa: F401  (Debian and Ubuntu ship it in a package of its own)
    except ImportError:
        from _system import install_venv_module

        install_venv_module()
    # A venv made over another one's remains (an interpreter that is gone) starts from nothing.
    command = [sys.executable, "-m", "venv", str(venv)]
    result = subprocess.run(command, capture_output=True, text=True, check=False)
    if result.returncode:
        raise SetupError(f"the virtual environment could not be made:\n{tail(result)}")


def install_lock(venv: Path, requirements: Path) -> None:
    """Install exactly what a lock names; nothing it does not name, nothing with another hash.

    What has no wheel is built with the tools of the same lock (installed first, no build
    isolation), so that its build runs only hashed code as well.
    """
    text = requirements.read_text(encoding="utf-8")
    with tempfile.TemporaryDirectory(prefix="m2m-setup-") as folder:
        first = Path(folder) / "builders.txt"
        first.write_text(builders(text), encoding="utf-8")
        for path in (first, requirements):
            pip(
                venv, "install", "--no-user", "--require-hashes", "--no-deps", "--only-binary", ":all:",
                "--no-binary", ",".join(SOURCE_ONLY), "--no-build-isolation", "--use-pep517",
                "-r", str(path),
            )  # fmt: skip


def builders(text: str) -> str:
    """The entries of a lock that its source-only packages are built with."""
    names = BUILDERS if re.search(r"^seqeval==", text, re.MULTILINE) else BUILDERS[:1]
    return "".join(lock_entry(text, name) for name in names)


def lock_entry(text: str, package: str) -> str:
    """The lines of one package in a lock file: the pin and its hashes."""
    found = re.search(rf"^{re.escape(package)}==.*\n(?:[ \t]+--hash=.*\n)+", text, re.MULTILINE)
    if found is None:
        raise SetupError(f"the lock does not name {package}; make it again with: dev.py lock")
    return found.group().rstrip().removesuffix("\\") + "\n"


def pip(venv: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run pip quietly; when it fails, show the end of what it said and what to do."""
    command = [str(venv_python(venv)), "-m", "pip", "--disable-pip-version-check", "--no-input"]
    result = subprocess.run(
        [*command, *arguments], capture_output=True, text=True, check=False, encoding="utf-8",
        errors="replace", env={**os.environ, "PYTHONUTF8": "1"},
    )  # fmt: skip
    if result.returncode:
        raise SetupError(
            f"pip could not install the locked packages. The end of its output:\n{tail(result)}\n"
            "What to do: check the network connection (behind a proxy set HTTPS_PROXY; with a mirror of\n"
            "the package index set PIP_INDEX_URL) and the free disk space, then run the same command\n"
            "again. A hash that does not match means that a file is not the published one: do not use it."
        )
    return result


def tail(result: subprocess.CompletedProcess[str], lines: int = 20) -> str:
    """The last lines of both streams, indented."""
    said = f"{result.stdout}\n{result.stderr}".strip().splitlines()
    return "\n".join(f"    {line}" for line in said[-lines:])


def link_project(venv: Path) -> None:
    """Make the checkout importable: one line in a .pth file; nothing is built or copied."""
    if os.name == "nt":
        site_packages = [venv / "Lib" / "site-packages"]
    else:
        site_packages = list((venv / "lib").glob("python3.*/site-packages"))
    for folder in site_packages:
        pth = folder / "m2m_desktop_checkout.pth"
        line = f"{ROOT}\n"
        if not pth.exists() or pth.read_text(encoding="utf-8") != line:
            pth.write_text(line, encoding="utf-8")


def refuse_cuda(venv: Path, requirements: Path) -> None:
    """Ask pip which build of torch it would take, before anything is downloaded; only CPU will do."""
    found = re.search(r"^torch==\S+", requirements.read_text(encoding="utf-8"), re.MULTILINE)
    if found is None:
        return
    with tempfile.TemporaryDirectory(prefix="m2m-setup-") as folder:
        report = Path(folder) / "report.json"
        pip(
            venv, "install", "--dry-run", "--ignore-installed", "--no-deps", "--only-binary", ":all:",
            "--report", str(report), found.group(),
        )  # fmt: skip
        chosen = json.loads(report.read_text(encoding="utf-8"))["install"][0]["metadata"]
    requires: Sequence[str] = chosen.get("requires_dist", [])
    if is_cuda_build(chosen["version"], requires, sys.platform):
        raise SetupError(
            f"pip would install the CUDA build of torch ({chosen['version']}, several GB); only the CPU "
            "build is wanted here.\nOn Linux the PyTorch project publishes it as "
            f"{found.group().partition('==')[2]}+cpu on a wheel index of its own (its install page, "
            '"Compute Platform: CPU").\nName that index to pip (PIP_EXTRA_INDEX_URL), or a folder with '
            "the wheel (PIP_FIND_LINKS), and run the same command again."
        )


def is_cuda_build(version: str, requires: Sequence[str], platform: str) -> bool:
    """Whether a torch build is one for a graphics card (or is not known to be without).

    A local version names the build (+cpu, +cu130, …). Without one, the requirements tell on Linux;
    for Windows and macOS the wheels without a local version are CPU builds, though their metadata
    carry the same requirements behind a Linux marker.
    """
    local = version.partition("+")[2]
    if local:
        return local != "cpu"
    gpu = any(re.match(r"(nvidia|cuda|triton|pytorch-triton|rocm)\b", line) for line in requires)
    return platform.startswith("linux") and gpu
