"""What the program consists of: one record a part, the same for SBOM, notices and checks."""

from __future__ import annotations

import hashlib
import json
import platform
import re
import sqlite3
from collections.abc import Iterable
from dataclasses import dataclass
from importlib.metadata import Distribution, PackageNotFoundError, distribution
from pathlib import Path

from _hashes import file_lines
from _lock import entries
from _setup import LOCK_DIR, ROOT
from _supply_facts import BUILD_ONLY
from _supply_licences import declared
from _supply_qt import INSIDE_QT

RESOURCES = ROOT / "resources"


@dataclass(frozen=True, slots=True)
class Part:
    """One part: a package, a library inside one, a model, a font, a list of terms.

    ``kind`` is a type of CycloneDX. ``hashes`` are SHA-256, lower case: of a package one for each
    published file of this version, of a folder that of the list of its files. ``copyright`` is set
    where only it tells the holders, ``inside`` names what a part brings along.
    """

    name: str
    version: str
    licence: str
    kind: str = "library"
    hashes: tuple[str, ...] = ()
    purl: str = ""
    copyright: str = ""
    note: str = ""
    inside: tuple[Part, ...] = ()


def locked(lock: str = "run") -> dict[str, tuple[str, tuple[str, ...]]]:
    """Package → version and SHA-256 of every published file, from a lock."""
    text = (LOCK_DIR / f"{lock}.txt").read_text(encoding="utf-8")
    found = {}
    for entry in entries(text):
        pin = re.match(r"([A-Za-z0-9._-]+)==([^\s;\\]+)", entry)
        if pin is not None:
            found[pin[1]] = (pin[2], tuple(re.findall(r"--hash=sha256:([0-9a-f]{64})", entry)))
    return found


def packages() -> list[Part]:
    """The Python packages of the lock that ship; needs an environment that has them."""
    return [
        _package(name, version, hashes)
        for name, (version, hashes) in locked().items()
        if name not in BUILD_ONLY
    ]


def _package(name: str, version: str, hashes: tuple[str, ...]) -> Part:
    inside: tuple[Part, ...] = ()
    try:
        installed = distribution(name)
        told = installed.metadata
        fields = {key: told[key] for key in ("License-Expression", "License") if key in told}
        licence, inside = declared(name, fields), told_by(installed)
    except PackageNotFoundError:
        licence = ""
    if name == "pyside6-essentials":
        third = tuple(Part(one[0], "", one[1], copyright=one[2]) for one in INSIDE_QT)
        inside = (Part("Qt", version, "LGPL-3.0-only", "framework", inside=third),)
    return Part(
        name, version, licence, hashes=hashes, purl=f"pkg:pypi/{name}@{version}", inside=inside
    )


def told_by(installed: Distribution) -> tuple[Part, ...]:
    """What a package's own SBOM tells of the native code inside it."""
    parts = []
    for file in sorted(installed.files or (), key=str):
        if "sboms" not in file.parts or file.suffix != ".json":
            continue
        told = json.loads(file.read_text(encoding="utf-8"))
        for one in told["components"]:
            said = one.get("licenses") or [{}]
            licence = said[0].get("expression") or said[0].get("license", {}).get("id", "")
            by = ", ".join(author["name"] for author in one.get("authors", ()))
            parts.append(
                Part(one["name"], one.get("version", ""), " ".join(licence.split()),
                     purl=one.get("purl", "").partition("?")[0], copyright=by or one.get("author", ""))
            )  # fmt: skip
    return tuple(parts)


def runtime() -> list[Part]:
    """Python and the libraries that come with it, by the versions of this interpreter."""
    import pyexpat
    import zlib

    expat = pyexpat.EXPAT_VERSION.removeprefix("expat_")
    return [
        Part("Python", platform.python_version(), "Python-2.0", "platform"),
        Part("SQLite", sqlite3.sqlite_version, "blessing"),
        Part("expat", expat, "MIT"),
        Part("zlib", zlib.ZLIB_RUNTIME_VERSION, "Zlib"),
        Part("libmpdec", "", "BSD-2-Clause"),
        Part("bzip2", "", "bzip2-1.0.6"),
        Part("liblzma", "", "0BSD"),
        Part("libffi", "", "MIT"),
        Part("OpenSSL", "", "Apache-2.0", note="its hash functions alone (libcrypto)"),
    ]


def bootloader() -> Part:
    """What starts the stand-alone program."""
    version, hashes = locked("build")["pyinstaller"]
    licence = "GPL-2.0-or-later WITH Bootloader-exception"
    note = "the starter of the stand-alone program only; its exception leaves our licence alone"
    return Part("pyinstaller", version, licence, "application", hashes,
                f"pkg:pypi/pyinstaller@{version}", note=note)  # fmt: skip


def our_files(resources: Path = RESOURCES) -> list[Part]:
    """Models, dictionary, thesaurus and font, as they lie in the folder that ships."""
    version = our_version()
    parts = [
        Part("demo dictionary", version, "Apache-2.0", "data", (folder_hash(resources / "demo"),),
             note="our own terms and codes; not MedDRA"),
        Part("thesaurus", version, "Apache-2.0", "data", (folder_hash(resources / "thesaurus"),)),
        Part("M2MSans (subset of Noto Sans SC)", "2.004", "OFL-1.1", "file",
             (folder_hash(resources / "fonts"),)),
    ]  # fmt: skip
    for manifest in sorted((resources / "models").glob("*/manifest.json")):
        told = json.loads(manifest.read_text(encoding="utf-8"))
        parts.append(
            Part(told["id"], version, told.get("licence", ""), "machine-learning-model",
                 (folder_hash(manifest.parent),), note=told.get("attribution", ""))
        )  # fmt: skip
    return parts


def our_version() -> str:
    """The version of the program, read without importing it."""
    text = (ROOT / "m2m_desktop" / "__init__.py").read_text(encoding="utf-8")
    found = re.search(r'^__version__ = "([^"]+)"', text, re.MULTILINE)
    return found[1] if found else ""


def folder_hash(folder: Path) -> str:
    """SHA-256 of the list of a folder's files (the list that `dev.py hashes` writes)."""
    return hashlib.sha256("".join(file_lines(folder)).encode()).hexdigest()


def everything(resources: Path = RESOURCES) -> list[Part]:
    """All parts that ship on every system."""
    return [*packages(), *runtime(), bootloader(), *our_files(resources)]


def nested(parts: Iterable[Part]) -> Iterable[Part]:
    """Every part, and what is inside it."""
    for part in parts:
        yield part
        yield from nested(part.inside)


def slug(name: str) -> str:
    """The name of a part as a file name."""
    return re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")
