"""What Qt needs from a Linux machine: shared libraries. Other systems bring them; the font ships."""

from __future__ import annotations

import ctypes.util
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterable
from pathlib import Path

from _setup import SetupError, read_stamp, say, write_stamp

# Debian / Ubuntu names; alternatives are tried from left to right (t64: Debian 13, Ubuntu 24.04).
QT_PACKAGES = (
    ("libegl1",),
    ("libgl1",),
    ("libglib2.0-0t64", "libglib2.0-0"),
    ("libfontconfig1",),
    ("libxkbcommon0",),
    ("libdbus-1-3",),
    ("libfreetype6",),
    ("libx11-6",),
    ("libbrotli1",),
    # for a window on X; Qt blames libxcb-cursor0 whichever of them is missing
    ("libxcb-cursor0",),
    ("libxcb-icccm4",),
    ("libxcb-keysyms1",),
    ("libxkbcommon-x11-0",),
    ("libxcb-shape0",),
)

SCREEN_PACKAGES = (("xvfb",), ("libxtst6",))

QT_FILES = (
    "Qt/lib/libQt6Widgets.so.6",
    "Qt/plugins/platforms/libqxcb.so",
    "Qt/plugins/platforms/libqoffscreen.so",
)

CHECKED = "system"
"""The key in an environment's stamp that says: this machine has what Qt needs."""


def ensure_qt(python: Path) -> None:
    """Once for an environment: find what is missing; install it as root, else say how. Never fatal."""
    venv = python.parent.parent
    if not sys.platform.startswith("linux") or read_stamp(venv).get(CHECKED) == "ok":
        return
    libraries = missing_libraries(python)
    if libraries:
        provide(QT_PACKAGES, libraries)
        libraries = missing_libraries(python)
    if not libraries:
        write_stamp(venv, {**read_stamp(venv), CHECKED: "ok"})


def missing_libraries(python: Path) -> list[str]:
    """Shared libraries that Qt asks for and this machine does not have; empty when all is well."""
    ldd = shutil.which("ldd")
    if ldd is None:  # then the import itself has to tell
        said = run_quietly([str(python), "-c", "import PySide6.QtWidgets"])
        return [] if said.returncode == 0 else [said.stderr.strip().rpartition("\n")[2]]
    missing: set[str] = set()
    for package in python.parent.parent.glob("lib/python3.*/site-packages/PySide6"):
        files = [*package.glob("QtWidgets.*.so"), *(package / name for name in QT_FILES)]
        listing = run_quietly([ldd, *(str(file) for file in files)]).stdout
        missing |= {line.split()[0] for line in listing.splitlines() if line.endswith("not found")}
    return sorted(missing)


def provide(wanted: Iterable[tuple[str, ...]], lacking: list[str]) -> None:
    """Install system packages where that is possible, else print the one line that does."""
    if shutil.which("apt-get") is None:
        say(f"Qt needs what this system lacks, please install it: {', '.join(lacking)}")
        return
    if not is_root():
        names = choose_packages(wanted, package_exists)
        say(f"Qt needs what this system lacks: {', '.join(lacking)}. To install it, run:")
        say(f"    sudo apt-get install -y --no-install-recommends {' '.join(names)}")
        return
    say(f"Installing what Qt needs from this system: {', '.join(lacking)} …")
    run_quietly(["apt-get", "update", "-q"])
    problem = apt_install(choose_packages(wanted, package_exists))
    if problem:
        say(f"apt-get could not install all of it; going on. The end of its output:\n{problem}")


def ensure_screen() -> None:
    """A screen nobody sees, and keys for it, for the tour; never fatal: the tour says what is missing."""
    lacking = [] if shutil.which("Xvfb") else ["Xvfb"]
    if ctypes.util.find_library("Xtst") is None:
        lacking.append("libXtst")
    if lacking:
        provide(SCREEN_PACKAGES, lacking)


def install_venv_module() -> None:
    """Python without ensurepip (Debian, Ubuntu): install it as root, else say how and stop."""
    exact = f"python{sys.version_info.major}.{sys.version_info.minor}-venv"
    if shutil.which("apt-get") is None:
        raise SetupError("this Python lacks its ensurepip module; install it")
    if not is_root():
        raise SetupError(f"one package is missing; run: sudo apt-get install -y {exact}")
    say(f"Installing {exact} …")
    run_quietly(["apt-get", "update", "-q"])
    problem = apt_install([exact])
    if problem:
        raise SetupError(f"{exact} could not be installed. The end of apt-get's output:\n{problem}")


def choose_packages(wanted: Iterable[tuple[str, ...]], exists: Callable[[str], bool]) -> list[str]:
    """Of each row of alternative names the first that this release has; the last if none is known."""
    return [next((name for name in names if exists(name)), names[-1]) for names in wanted]


def package_exists(name: str) -> bool:
    """Whether apt knows a real package of this name."""
    return run_quietly(["apt-cache", "show", name]).returncode == 0


def apt_install(names: list[str]) -> str:
    """Install packages; empty when that went well, else the end of what apt-get said."""
    result = run_quietly(["apt-get", "install", "-y", "-q", "--no-install-recommends", *names])
    said = f"{result.stdout}\n{result.stderr}".strip().splitlines()
    return "\n".join(f"    {line}" for line in said[-15:]) if result.returncode else ""


def is_root() -> bool:
    """Whether system packages can be installed without asking."""
    return sys.platform != "win32" and os.geteuid() == 0


def run_quietly(command: list[str]) -> subprocess.CompletedProcess[str]:
    """Run a system tool and keep what it says, in English."""
    environ = {**os.environ, "LC_ALL": "C.UTF-8", "DEBIAN_FRONTEND": "noninteractive"}
    return subprocess.run(
        command, capture_output=True, text=True, errors="replace", env=environ, check=False
    )
