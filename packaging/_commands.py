"""The subcommands of dev.py: each gets its environment, then starts one or two programs in it."""

from __future__ import annotations

import io
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import NamedTuple

import _build
import _lock
import _system
from _checks import licensed_rows
from _setup import LOCKS, ROOT, SetupError, ensure, say

SAMPLE = ROOT / "resources" / "samples" / "adr_sample.xlsx"


class Command(NamedTuple):
    """One line of the help, and what it does with the rest of the command line."""

    usage: str
    sentence: str
    run: Callable[[Sequence[str]], int]


def start(
    python: Path, *arguments: str | Path, cwd: Path | None = ROOT, offscreen: bool = False
) -> int:
    """Run Python of an environment in the foreground and hand back its exit status."""
    environ = {**os.environ, "ORT_DISABLE_TELEMETRY": "1"}
    if offscreen:
        environ["QT_QPA_PLATFORM"] = "offscreen"
    command = [str(python), *(str(argument) for argument in arguments)]
    status = subprocess.run(command, cwd=cwd, env=environ, check=False).returncode
    # A program ended by a signal reports it as a negative number; shells say 128 + signal.
    return status if status >= 0 else 128 - status


def has_display() -> bool:
    """Whether a window can be shown: always on Windows and macOS, by the two variables elsewhere."""
    if sys.platform in {"win32", "darwin"}:
        return True
    return bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))


def gui_environment(lock: str) -> Path:
    """The Python of an environment that can show (or draw) Qt windows on this machine."""
    python = ensure(lock)
    _system.ensure_qt(python)
    return python


def demo_folder() -> Path:
    """Where `run` leaves its files when it cannot open a window."""
    for folder in (ROOT / "m2m-demo", Path(tempfile.gettempdir()) / "m2m-demo"):
        try:
            folder.mkdir(exist_ok=True)
            with tempfile.TemporaryFile(dir=folder):
                return folder
        except OSError:
            continue
    raise SetupError("no folder can be written: neither the project's nor the temporary one")


def run(rest: Sequence[str]) -> int:
    """Open the window, or do its job without one where there is no display."""
    python = gui_environment("run")
    if has_display():
        return start(python, "-m", "m2m_desktop", *rest)
    say("No display here (DISPLAY and WAYLAND_DISPLAY are not set): doing the same job without it.")
    folder = demo_folder()
    coded = folder / "adr_sample_coded.xlsx"
    status = start(python, "-m", "m2m_desktop.cli", "code", "--in", SAMPLE, "--out", coded)
    if status:
        say(f"The sample workbook could not be coded (exit status {status}).")
        return status
    for picture in folder.glob("*.png"):
        picture.unlink()  # only pictures of this run are named below
    status = start(python, ROOT / "packaging" / "shots.py", folder, "--one", offscreen=True)
    pictures = sorted(folder.glob("*.png"))
    say(f"The coded workbook:       {coded}")
    for picture in pictures:
        say(f"A picture of the window:  {picture}")
    if status or not pictures:
        say(f"The window could not be drawn (exit status {status}).")
        return status or 1
    return 0


def cli(rest: Sequence[str]) -> int:
    """The m2m command line, in the caller's folder so that relative paths mean what they say."""
    return start(ensure("run"), "-m", "m2m_desktop.cli", *rest, cwd=None)


def test(rest: Sequence[str]) -> int:
    """All tests but those of training, of a built program and of licensed files."""
    return start(gui_environment("dev"), "-m", "pytest", *rest)


def check(rest: Sequence[str]) -> int:
    """Format, lint, types, import contracts, no licensed rows: all of them, then the verdict."""
    if rest:
        return usage_error("check takes no arguments")
    python = ensure("dev")
    # import-linter has no `python -m` form.
    lint_imports = "from importlinter.cli import lint_imports_command; lint_imports_command()"
    failed = []
    for name, arguments in {
        "ruff format": ("-m", "ruff", "format", "--check", "."),
        "ruff check": ("-m", "ruff", "check", "."),
        "mypy": ("-m", "mypy"),
        "lint-imports": ("-c", lint_imports, "--no-logo"),
    }.items():
        say(f"== {name}")
        if start(python, *arguments):
            failed.append(name)
    say("== no licensed rows")
    rows = licensed_rows(ROOT)
    for place in rows:
        say(f"{place}: looks like a row of a MedDRA release; such files never enter the repository")
    if rows:
        failed.append("no licensed rows")
    say(f"check failed: {', '.join(failed)}" if failed else "check passed")
    return 1 if failed else 0


def shots(rest: Sequence[str]) -> int:
    """Every page as PNG."""
    if not rest:
        return usage_error("shots needs the folder the pictures go to")
    folder, *options = rest
    python = gui_environment("dev")
    shots_py = ROOT / "packaging" / "shots.py"
    return start(python, shots_py, Path(folder).absolute(), *options, offscreen=True)


def tour(rest: Sequence[str]) -> int:
    """The whole program driven by keyboard, on a screen of its own, and recorded."""
    python = gui_environment("dev")
    _system.ensure_screen()
    return start(python, ROOT / "packaging" / "tour.py", *rest)


def bench(rest: Sequence[str]) -> int:
    """Timing and accuracy."""
    return start(gui_environment("dev"), "-m", "tests.bench", *rest)


def build(rest: Sequence[str]) -> int:
    """The stand-alone program with its papers, tried and checked."""
    python = gui_environment("build")
    os.environ.update(_build.SAME_EVERY_TIME)
    for step in _build.steps(rest):
        say(f"== {' '.join(Path(part).name for part in step)}")
        status = start(python, *step)
        if status:
            return status
    return 0


def package(rest: Sequence[str]) -> int:
    """What is handed out, made from the built program."""
    return start(ensure("build"), ROOT / "packaging" / "_package.py", *rest, cwd=None)


def build_ratio(rest: Sequence[str]) -> int:
    """Size and start of the built program against a bare window."""
    python = gui_environment("build")
    _system.ensure_screen()
    return start(python, ROOT / "packaging" / "_build_ratio.py", *rest)


def train(rest: Sequence[str]) -> int:
    """The training tools, in an environment of their own."""
    return start(ensure("train"), "-m", "m2m_desktop.training", *rest, cwd=None)


def test_train(rest: Sequence[str]) -> int:
    """The tests of training and export, where torch is."""
    options = ("-c", ROOT / "packaging" / "pytest-train.ini", "--rootdir", ROOT)
    names_a_place = any(not argument.startswith("-") for argument in rest)
    places = () if names_a_place else ("tests/training",)
    return start(ensure("train"), "-m", "pytest", *options, *rest, *places)


def papers(job: str) -> Callable[[Sequence[str]], int]:
    """A job of the supply chain; to look inside a built program takes what built it."""

    def run_job(rest: Sequence[str]) -> int:
        looks_inside = job == "supply" and any(not argument.startswith("-") for argument in rest)
        python = ensure("build" if looks_inside else "run")
        return start(python, ROOT / "packaging" / "_supply.py", job, *rest, cwd=None)

    return run_job


def validation(rest: Sequence[str]) -> int:
    """Requirements, the tests that prove them, and how these last ended, as pages to print."""
    return start(ensure("run"), ROOT / "packaging" / "_validation.py", *rest, cwd=None)


def systems(rest: Sequence[str]) -> int:
    """Every published kind of model at its real size, with random weights."""
    return start(ensure("train"), "-m", "tests.systems", *rest)


def lock(rest: Sequence[str]) -> int:
    """The lock files, made again from pyproject.toml."""
    return _lock.write_locks(LOCKS, rest)


COMMANDS = {
    "run": Command("run", "open the window; without a display, do its job on a sample", run),
    "test": Command("test [PYTEST ARGS]", "run the tests", test),
    "check": Command("check", "format, lint, types, import contracts: before every commit", check),
    "shots": Command("shots DIR", "draw every page of the window as PNG files into DIR", shots),
    "tour": Command("tour [--out DIR]", "drive the program by keyboard, and record it", tour),
    "bench": Command("bench", "measure time and accuracy against the saved baseline", bench),
    "build": Command("build", "make the stand-alone program, try it, check it", build),
    "build-ratio": Command("build-ratio", "compare it with a bare window", build_ratio),
    "package": Command("package [OUT]", "pack it: archive, .deb, installer", package),
    "train": Command("train ...", "prepare, train, export a model (installs torch)", train),
    "test-train": Command("test-train", "test training and export (installs torch)", test_train),
    "systems": Command("systems", "load, run, measure each published kind of model", systems),
    "cli": Command("cli ...", "the m2m command line, for instance: cli code 头痛", cli),
    "sbom": Command("sbom [DIR]", "list what ships as CycloneDX", papers("sbom")),
    "notices": Command(
        "notices [DIR]", "collect the licence texts of what ships", papers("notices")
    ),
    "supply": Command("supply --check [DIR]", "locks, licences, versions, scans", papers("supply")),
    "hashes": Command(
        "hashes DIR [--check]", "list a release's files by SHA-256", papers("hashes")
    ),
    "release": Command("release DIR", "all papers of a built program", papers("release")),
    "validation": Command(
        "validation DIR", "requirements and the tests that prove them, as pages", validation
    ),
    "lock": Command("lock [--upgrade]", "make packaging/lock/*.txt again (needs uv)", lock),
}


def help_text() -> str:
    """What `dev.py` alone prints."""
    lines = [f"  {command.usage:<20} {command.sentence}" for command in COMMANDS.values()]
    return "\n".join(["python packaging/dev.py COMMAND", "", *lines])


def usage_error(sentence: str) -> int:
    """Say what was wrong with the command line, and how it goes."""
    print(f"dev.py: {sentence}\n\n{help_text()}", file=sys.stderr)
    return 2


def main(arguments: Sequence[str]) -> int:
    """Find the command and run it; set-up trouble becomes one clear message."""
    for stream in (sys.stdout, sys.stderr):  # a console that cannot show a character still works
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")
    if not arguments or arguments[0] in {"-h", "--help", "help"}:
        print(help_text())
        return 0
    name, *rest = arguments
    if name not in COMMANDS:
        return usage_error(f"there is no command {name!r}")
    try:
        return COMMANDS[name].run(rest)
    except SetupError as error:
        print(f"dev.py: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130
