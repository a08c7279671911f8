"""The licence texts of everything that ships, collected into files that the program shows offline.

Each part gets one file with what is inside it and every text that applies: those that its package
brings, else the common text of its licence from ``packaging/licences``. ``index.json`` beside them is
what the window reads. Made on each system before its program is built, since packages for different
systems bring different notices.
"""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Iterable, Iterator
from importlib.metadata import Distribution, PackageNotFoundError, distribution
from pathlib import Path
from typing import TYPE_CHECKING

from _setup import ROOT, SetupError
from _supply_facts import ALLOWED_LICENCES
from _supply_parts import Part, nested, slug

if TYPE_CHECKING:
    from _supply_native import Natives

COMMON = ROOT / "packaging" / "licences"
TARGET = ROOT / "resources" / "help" / "licences"
INDEX = "index.json"
RULE = "=" * 98

HOLDERS = {
    "bzip2": "Copyright (C) 1996-2019 Julian R Seward",
    "expat": "Copyright (C) 1998-2000 Thai Open Source Software Center Ltd and Clark Cooper\n"
    "Copyright (C) 2001-2025 Expat maintainers",
    "flatbuffers": "Copyright 2014 Google Inc.",
    "jieba": "Copyright (c) 2013 Sun Junyi",
    "libffi": "Copyright (c) 1996-2025 Anthony Green, Red Hat, Inc and others",
    "liblzma": "Copyright (C) The XZ Utils authors and contributors",
    "libmpdec": "Copyright (c) 2008-2024 Stefan Krah",
    "OpenSSL": "Copyright (c) 1998-2025 The OpenSSL Project Authors\n"
    "Copyright (c) 1995-1998 Eric A. Young, Tim J. Hudson",
    "pyside6-essentials": "Copyright (C) The Qt Company Ltd. and other contributors",
    "shiboken6": "Copyright (C) The Qt Company Ltd. and other contributors",
    "tokenizers": "Copyright The Hugging Face team",
    "zlib": "Copyright (C) 1995-2024 Jean-loup Gailly and Mark Adler",
}
"""Whom parts belong to whose packages bring no text of their own."""

TEXT_NAME = re.compile(r"(licen[cs]e|copying|notice|authors|thirdparty|copyright)", re.IGNORECASE)
NO_TEXT = re.compile(r"\.(py|pyc|pyi|json|h|so)$")


class NoText(SetupError):
    """A part has no licence text."""


def write_notices(parts: Iterable[Part], target: Path = TARGET) -> list[Path]:
    """Write a file for each part and the index; what is there for other parts is removed.

    Raises NoText.
    """
    target.mkdir(parents=True, exist_ok=True)
    index, written = [], []
    for part in parts:
        name = f"{slug(part.name)}.txt"
        text = notice(part)
        (target / name).write_text(text, encoding="utf-8", newline="\n")
        written.append(target / name)
        index.append(
            {"name": part.name, "version": part.version, "licence": part.licence, "file": name}
        )
    told = json.dumps({"parts": index}, ensure_ascii=False, indent=1) + "\n"
    (target / INDEX).write_text(told, encoding="utf-8", newline="\n")
    for path in target.glob("*.txt"):
        if path not in written:
            path.unlink()
    return written


def notice(part: Part) -> str:
    """The whole text for one part."""
    pieces = [_head(part), *_body(part)]
    return f"\n{RULE}\n\n".join(piece.strip("\n") + "\n" for piece in pieces)


def _head(part: Part) -> str:
    lines = [f"{part.name} {part.version}".strip(), f"Licence: {part.licence}"]
    if part.note:
        lines.append(part.note[0].upper() + part.note[1:].rstrip(".") + ".")
    if part.name in HOLDERS:
        lines.append(HOLDERS[part.name])
    inside = [one for one in nested(part.inside) if one.name != "Qt"]
    if inside:
        lines += ["", "Inside it:"]
        lines += [_line(one) for one in inside]
    return "\n".join(lines)


def _line(one: Part) -> str:
    named = f"  {one.name} {one.version}".rstrip()
    return f"{named} — {one.licence}" + (f" — {one.copyright}" if one.copyright else "")


def _body(part: Part) -> Iterator[str]:
    own = list(_own_texts(part))
    if part.name in {"pyside6-essentials", "shiboken6"}:
        yield (COMMON / "qt-duties.txt").read_text(encoding="utf-8")
        own = [_common("LGPL-3.0"), _common("GPL-3.0")]
    yield from own
    wanted = {} if own else _names(part.licence)
    for one in nested(part.inside):
        if one.name != "Qt":
            wanted |= _names(one.licence)
    texts = [_common(name) for name in wanted]
    yield from texts
    if not own and not texts:
        raise NoText(f"there is no licence text for {part.name} ({part.licence})")


def _own_texts(part: Part) -> Iterator[str]:
    """What the part itself brings: files of its package, of Python, of the font."""
    if part.name == "Python":
        yield _python_licence()
    elif part.name == "pyinstaller":
        yield _common("pyinstaller")
    elif part.licence == "OFL-1.1":
        yield (ROOT / "resources" / "fonts" / "OFL.txt").read_text(encoding="utf-8")
    elif part.kind in {"data", "machine-learning-model"}:
        yield (ROOT / "LICENSE").read_text(encoding="utf-8")
    elif part.purl.startswith("pkg:pypi/"):
        try:
            yield from _package_texts(distribution(part.name))
        except PackageNotFoundError as error:
            raise NoText(f"{part.name} is not installed here: dev.py notices sets it up") from error


def _package_texts(installed: Distribution) -> Iterator[str]:
    """Each licence file of a package once, the shortest path first."""
    seen = set()
    files = sorted(installed.files or (), key=lambda file: (len(file.parts), str(file)))
    for file in files:
        in_folder = "licenses" in file.parts and any(p.endswith(".dist-info") for p in file.parts)
        if not (in_folder or TEXT_NAME.match(file.name)) or NO_TEXT.search(file.name):
            continue
        if "_vendor" in file.parts:
            continue
        text = "\n".join(line.rstrip() for line in file.read_text(encoding="utf-8").splitlines())
        if text not in seen:
            seen.add(text)
            place = file.parts[file.parts.index("licenses") + 1 :] if in_folder else file.parts[-1:]
            yield f"[{'/'.join(place)}]\n\n{text}"


def _python_licence() -> str:
    base = Path(sys.base_prefix)
    version = f"python{sys.version_info[0]}.{sys.version_info[1]}"
    for place in (
        base / "LICENSE.txt", base / "lib" / version / "LICENSE.txt",
        Path("/usr/share/doc") / version / "copyright",
    ):  # fmt: skip
        if place.is_file():
            return place.read_text(encoding="utf-8")
    raise NoText(f"Python's own licence is not in {base}")


def _names(expression: str) -> dict[str, None]:
    """The common texts for an expression: of choices the first that is allowed and has a text."""
    names: dict[str, None] = {}
    for both in expression.replace("(", "").replace(")", "").split(" AND "):
        choices = [choice.strip() for choice in both.split(" OR ")]
        allowed = [choice for choice in choices if choice in ALLOWED_LICENCES] or choices
        with_text = [choice for choice in allowed if (COMMON / f"{choice}.txt").is_file()]
        for name in (with_text or allowed)[0].split(" WITH "):
            if not name.startswith("LicenseRef-"):
                names[name] = None
    return names


def _common(name: str) -> str:
    path = COMMON / f"{name}.txt"
    if not path.is_file():
        raise NoText(f"{path.relative_to(ROOT)} is missing")
    text = path.read_text(encoding="utf-8")
    return f"[{name}]\n\n{text}"


def write_system_notices(found: Natives, target: Path) -> None:
    """Add the copyright files of the system's libraries to the notices of a built program.

    Raises NoText.
    """
    index = json.loads((target / INDEX).read_text(encoding="utf-8"))
    for part in found.system:
        path = found.copyrights[part.name]
        if not path.is_file():
            raise NoText(f"{path} is missing")
        name = f"system-{slug(part.name)}.txt"
        text = f"{_head(part)}\n\n{RULE}\n\n{path.read_text(encoding='utf-8', errors='replace')}"
        (target / name).write_text(text, encoding="utf-8", newline="\n")
        index["parts"].append(
            {"name": part.name, "version": part.version, "licence": part.licence, "file": name}
        )
    told = json.dumps(index, ensure_ascii=False, indent=1) + "\n"
    (target / INDEX).write_text(told, encoding="utf-8", newline="\n")


def stale(parts: Iterable[Part], target: Path = TARGET) -> list[str]:
    """What the notices that are there lack, by names, versions and licences of the parts.

    The versions of Python and of the libraries it brings are left out: each build writes its own.
    """
    try:
        told = json.loads((target / INDEX).read_text(encoding="utf-8"))["parts"]
    except (OSError, ValueError, KeyError):
        return [f"{target / INDEX} is missing or damaged: python packaging/dev.py notices"]
    there = {one["name"]: one for one in told}
    problems = []
    for part in parts:
        one = there.pop(part.name, None)
        if one is None:
            problems.append(f"{part.name} has no notice")
            continue
        same_version = one["version"] == part.version or not part.purl
        if not same_version or one["licence"] != part.licence:
            problems.append(f"the notice of {part.name} is of {one['version']}, {one['licence']}")
        path = target / one["file"]
        if not path.is_file() or path.stat().st_size < 200:
            problems.append(f"the notice of {part.name} is not there: {one['file']}")
    left = [one for one in there.values() if not one["file"].startswith("system-")]
    return problems + [f"a notice of {one['name']}, which does not ship" for one in left]
