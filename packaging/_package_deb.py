"""The package for Debian and what is made from it (Ubuntu, deepin, UOS): /opt, two commands, a menu entry.

What it needs of the system is read from the built libraries: the names they ask for and do not bring,
and the newest version of glibc that any of them was linked with. Projects, settings and imported
terminologies lie in the users' homes, which no package touches: they stay when it is removed.
"""

from __future__ import annotations

import os
import platform
import re
import shutil
import subprocess
import tempfile
from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple

import _hashes
from _build import SAME_EVERY_TIME
from _setup import ROOT, SetupError
from _supply_scan import native_files

LINUX = ROOT / "packaging" / "linux"
PACKAGE = "m2m-desktop"
HOME = Path("opt") / PACKAGE
PROGRAMS = ("m2m-desktop", "m2m")
ARCHITECTURES = {"x86_64": "amd64", "aarch64": "arm64"}

SYSTEM_LIBRARIES = {
    "libGL.so.1": "libgl1",
    "libEGL.so.1": "libegl1",
    "libxcb.so.1": "libxcb1",
    "libstdc++.so.6": "libstdc++6",
    "libgcc_s.so.1": "libgcc-s1",
    "libwayland-client.so.0": "libwayland-client0",
    "libwayland-cursor.so.0": "libwayland-cursor0",
    "libwayland-egl.so.1": "libwayland-egl1",
}
"""Libraries that the build leaves to the system, and Debian's packages of them."""
MOMENT = int(SAME_EVERY_TIME["SOURCE_DATE_EPOCH"])
GLIBC = re.compile(r"(ld-linux[-\w]*|lib(c|m|dl|rt|pthread|util|resolv))\.so\.\d+$")
FILES_OF_OTHERS = ("fontconfig-config",)
"""No libraries, but read by those that are brought; fontconfig complains where it finds no settings."""
WAYLAND = frozenset({"libwayland-client0", "libwayland-cursor0", "libwayland-egl1"})
"""Only for windows on Wayland; where they are missing, X is used."""


class Needs(NamedTuple):
    """What a built program asks of a system: glibc from this version on, and these packages."""

    glibc: str
    packages: tuple[str, ...]


def make_deb(folder: Path, out: Path, version: str) -> Path:
    """Make the package of a built program; SetupError where a library is nobody's."""
    if shutil.which("dpkg-deb") is None:
        raise SetupError("dpkg-deb is not installed (package dpkg)")
    architecture = ARCHITECTURES[platform.machine()]
    target = out / f"{PACKAGE}_{version}_{architecture}.deb"
    with tempfile.TemporaryDirectory(prefix="m2m-deb-") as work:
        tree = Path(work) / "tree"
        lay_out(folder, tree)
        text = control(needs(folder), version, architecture, size_kb(tree))
        write(tree / "DEBIAN" / "control", text)
        for path in (*tree.rglob("*"), tree):
            os.utime(path, (MOMENT, MOMENT), follow_symlinks=False)
            if not path.is_symlink():
                path.chmod(0o755 if path.is_dir() or path.stat().st_mode & 0o100 else 0o644)
        # xz halves the size; two threads, for an office PC has no use for a slower or bigger one
        subprocess.run(
            ["dpkg-deb", "--root-owner-group", "-Zxz", "-z6", "--build", tree, target],
            check=True, stdout=subprocess.DEVNULL,
            env={"PATH": "/usr/bin:/bin:/usr/sbin:/sbin", "LC_ALL": "C.UTF-8", **SAME_EVERY_TIME},
        )  # fmt: skip
    return target


def lay_out(folder: Path, tree: Path) -> None:
    """Put everything where it will lie, below a folder that stands for the root."""
    home = tree / HOME
    for told in [*_hashes.listed(folder), _hashes.LIST]:
        place = home / told
        place.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(folder / told, place, follow_symlinks=False)
    for name in PROGRAMS:
        link = tree / "usr" / "bin" / name
        link.parent.mkdir(parents=True, exist_ok=True)
        link.symlink_to(f"/{HOME}/{name}")
    share = tree / "usr" / "share"
    for source, place in (
        (LINUX / "m2m-desktop.desktop", share / "applications"),
        (LINUX / "m2m-desktop.svg", share / "icons" / "hicolor" / "scalable" / "apps"),
        (LINUX / "copyright", share / "doc" / PACKAGE),
    ):
        place.mkdir(parents=True, exist_ok=True)
        shutil.copy2(source, place)


def control(needed: Needs, version: str, architecture: str, kilobytes: int) -> str:
    """The package's description of itself."""
    packages = [name for name in needed.packages if name not in WAYLAND]
    wayland = [name for name in needed.packages if name in WAYLAND]
    fields = {
        "Package": PACKAGE,
        "Version": version,
        "Architecture": architecture,
        "Maintainer": "mention2meddra <mention2meddra@localhost>",
        "Installed-Size": str(kilobytes),
        "Depends": ", ".join([f"libc6 (>= {needed.glibc})", *packages, *FILES_OF_OTHERS]),
        "Recommends": ", ".join(wayland),
        "Section": "science",
        "Priority": "optional",
        "Description": "codes Chinese adverse-reaction phrases to MedDRA, offline",
    }
    lines = [f"{name}: {value}" for name, value in fields.items() if value]
    lines += [
        " Codes phrases, workbooks and narratives to Preferred Terms on this computer alone:",
        " nothing is ever sent anywhere. Brings a demo dictionary; a MedDRA release is imported by",
        " whoever has the licence. Projects lie in the homes of the users and stay when the package",
        " is removed.",
    ]
    return "\n".join(lines) + "\n"


def needs(folder: Path) -> Needs:
    """Read from the libraries of a built program what they ask for and do not bring."""
    files = list(native_files(folder))
    brought = {path.name for path in folder.rglob("*")}
    told = subprocess.run(
        ["objdump", "-p", *files], capture_output=True, text=True, check=True
    ).stdout  # fmt: skip
    wanted = set(re.findall(r"^ +NEEDED +(\S+)$", told, re.MULTILINE)) - brought
    versions = re.findall(r"\bGLIBC_(\d+(?:\.\d+)+)\b", told)
    return Needs(newest(versions), packages_of(wanted))


def packages_of(libraries: Iterable[str]) -> tuple[str, ...]:
    """The packages of libraries; SetupError names those whose package is not known."""
    left = [name for name in libraries if not GLIBC.match(name)]
    unknown = sorted(name for name in left if name not in SYSTEM_LIBRARIES)
    if unknown:
        raise SetupError(f"no package is known for: {', '.join(unknown)}")
    return tuple(sorted({SYSTEM_LIBRARIES[name] for name in left}))


def newest(versions: Iterable[str]) -> str:
    """The highest of these versions."""
    return max(versions, key=lambda told: tuple(map(int, told.split("."))))


def size_kb(tree: Path) -> int:
    """How much room the files take, in KB."""
    return sum(-(-path.lstat().st_size // 1024) for path in tree.rglob("*") if path.is_file())


def write(path: Path, text: str) -> None:
    """Write a text file, with its folder."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8", newline="\n")
