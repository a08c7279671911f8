"""Whose every native file of a built program is: a part that is known, or a library of this system.

A build on Linux takes libraries of the build machine along. Which package each comes from is asked
of dpkg, its licence is in the table below, its full text in the package's own copyright file.
"""

from __future__ import annotations

import re
import shutil
import subprocess
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

from _supply_parts import Part
from _supply_scan import native_files

OWNERS = (
    (r"PySide6/|libQt6|libicu\w+\.so|libpyside6", "pyside6-essentials"),
    (r"shiboken6/", "shiboken6"),
    (r"numpy(\.libs)?/", "numpy"),
    (r"onnxruntime/", "onnxruntime"),
    (r"onnx/", "onnx"),
    (r"tokenizers/", "tokenizers"),
    (r"google/", "protobuf"),
    (r"ml_dtypes/", "ml-dtypes"),
    (r"(python3\.\d+/)?lib-dynload/|libpython3|python3\d*\.dll$|[\w.]+\.pyd$|Python(\.framework)?", "Python"),
    (r"(lib)?sqlite3(-|\.)", "SQLite"),
    (r"libexpat\.", "expat"),
    (r"lib(z|bz2|lzma|ffi|mpdec)(-\d+)?\.|zlib", "Python"),
    (r"lib(crypto)(-|\.)", "OpenSSL"),
    (r"(?i)(vcruntime|msvcp|ucrtbase|api-ms-win-|concrt)", "Microsoft C++ runtime"),
)  # fmt: skip
"""How paths below the folder of libraries begin, and whose they are; the first that fits decides."""

SYSTEM = {
    "brotli": "MIT",
    "dbus": "AFL-2.1 OR GPL-2.0-or-later",
    "fontconfig": "HPND",
    "freetype": "FTL OR GPL-2.0-or-later",
    "gcc-12": "GPL-3.0-or-later WITH GCC-exception-3.1",
    "gcc-14": "GPL-3.0-or-later WITH GCC-exception-3.1",
    "glib2.0": "LGPL-2.1-or-later",
    "libbsd": "BSD-3-Clause AND ISC AND MIT",
    "libcap2": "BSD-3-Clause OR GPL-2.0-only",
    "libgcrypt20": "LGPL-2.1-or-later",
    "libgpg-error": "LGPL-2.1-or-later",
    "libmd": "BSD-3-Clause AND BSD-2-Clause AND ISC",
    "libpng1.6": "libpng-2.0",
    "libselinux": "LicenseRef-Public-Domain",
    "libx11": "MIT AND MIT-open-group AND X11",
    "libxau": "MIT-open-group",
    "libxcb": "MIT",
    "libxdmcp": "MIT-open-group",
    "libxext": "MIT AND MIT-open-group",
    "libxkbcommon": "MIT",
    "libzstd": "BSD-3-Clause OR GPL-2.0-only",
    "lz4": "BSD-2-Clause",
    "pcre2": "BSD-3-Clause WITH PCRE2-exception",
    "systemd": "LGPL-2.1-or-later",
    "util-linux": "BSD-3-Clause AND LGPL-2.1-or-later",
    "xcb-util": "MIT",
    "xcb-util-cursor": "MIT",
    "xcb-util-image": "MIT",
    "xcb-util-keysyms": "MIT",
    "xcb-util-renderutil": "MIT",
    "xcb-util-wm": "MIT",
    "xz-utils": "0BSD",
}
"""Debian source package → licence of its libraries; what is not here is not known, and does not ship."""


@dataclass(frozen=True, slots=True)
class Natives:
    """Which native file is whose, and the parts that came from this system."""

    owners: dict[str, str] = field(default_factory=dict)
    system: tuple[Part, ...] = ()
    copyrights: dict[str, Path] = field(default_factory=dict)
    unknown: tuple[str, ...] = ()


def natives(root: Path) -> Natives:
    """Look at every native file of a built folder."""
    owners: dict[str, str] = {}
    left: list[str] = []
    below = root / "_internal"
    for path in native_files(root):
        told = path.relative_to(below if below in path.parents else root).as_posix()
        if below not in path.parents:
            owners[told] = "pyinstaller"
        else:
            owner = next((name for form, name in OWNERS if re.match(form, told)), "")
            if owner:
                owners[told] = owner
            else:
                left.append(told)
    packages = _debian_packages({Path(told).name for told in left})
    parts: dict[str, Part] = {}
    copyrights = {}
    for told in left:
        package = packages.get(Path(told).name)
        if package is None:
            continue
        name, source, version = package
        licence = SYSTEM.get(source, "")
        parts[source] = Part(
            source, version, licence, purl=f"pkg:deb/debian/{source}@{version}",
            note="a library of the system that this was built on",
        )  # fmt: skip
        copyrights[source] = Path("/usr/share/doc") / name / "copyright"
        owners[told] = source
    unknown = tuple(told for told in left if told not in owners)
    return Natives(owners, tuple(parts[name] for name in sorted(parts)), copyrights, unknown)


def _debian_packages(names: Iterable[str]) -> dict[str, tuple[str, str, str]]:
    """File name → package, its source package, its version; empty where there is no dpkg."""
    wanted = sorted(names)
    if not wanted or shutil.which("dpkg-query") is None:
        return {}
    told = _output("dpkg-query", "--search", *(f"*/{name}" for name in wanted))
    files: dict[str, str] = {}
    for line in told.splitlines():
        package, _, path = line.partition(": ")
        if Path(path).parent.name != "debug":
            files.setdefault(Path(path).name, package.partition(",")[0])
    if not files:
        return {}
    shown = _output(
        "dpkg-query", "--show", "--showformat=${binary:Package} ${source:Package} ${source:Version}\n",
        *sorted(set(files.values())),
    )  # fmt: skip
    versions = {line.split()[0].partition(":")[0]: line.split()[1:] for line in shown.splitlines()}
    return {
        name: (package.partition(":")[0], *_two(versions[package.partition(":")[0]]))
        for name, package in files.items()
    }


def _two(told: list[str]) -> tuple[str, str]:
    return told[0], told[1]


def _output(*command: str) -> str:
    return subprocess.run(command, capture_output=True, encoding="utf-8", check=False).stdout
