"""Look into every native file, and at the names of everything that a built program contains."""

from __future__ import annotations

import mmap
import re
import tempfile
import zipfile
from collections.abc import Iterable, Iterator
from pathlib import Path

from _supply_facts import NEVER_SHIPPED, NEVER_SHIPPED_FILES, UPLOADER_MARKS

NATIVE = (
    b"\x7fELF", b"MZ", b"\xfe\xed\xfa\xce", b"\xfe\xed\xfa\xcf", b"\xce\xfa\xed\xfe",
    b"\xcf\xfa\xed\xfe", b"\xca\xfe\xba\xbe",
)  # fmt: skip
"""How programs and libraries of Linux, Windows and macOS begin."""
ENCODINGS = ("ascii", "utf-16-le")
_MARK = re.compile(
    b"|".join(re.escape(mark.encode(form)) for mark in UPLOADER_MARKS for form in ENCODINGS)
)
_FILE = re.compile(f"({'|'.join(NEVER_SHIPPED_FILES)})", re.IGNORECASE)
_ENDING = re.compile(r"(\.cpython-[^.]+|\.abi3|\.cp\d+-[^.]+)?\.(so|pyd|pyc|py)$")


def native_files(root: Path) -> Iterator[Path]:
    """Every program and library below a folder, by its first bytes; links are passed over."""
    for path in sorted(root.rglob("*")):
        if path.is_file() and not path.is_symlink():
            with path.open("rb") as file:
                if file.read(4).startswith(NATIVE):
                    yield path


def uploaders(files: Iterable[Path]) -> list[str]:
    """The files that carry a mark of an uploader, with the marks."""
    found = []
    for path in files:
        marks = marks_in(path)
        if marks:
            found.append(f"{path}: {', '.join(marks)}")
    return found


def marks_in(path: Path) -> list[str]:
    """The marks of an uploader in one file."""
    with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as content:
        hits = {hit.group().replace(b"\0", b"").decode("ascii") for hit in _MARK.finditer(content)}
    return sorted(hits)


def is_blind() -> list[str]:
    """The positive control: every mark, in every encoding, must be seen in a file that has it."""
    missed = []
    with tempfile.TemporaryDirectory(prefix="m2m-scan-") as folder:
        for mark in UPLOADER_MARKS:
            for form in ENCODINGS:
                path = Path(folder) / "control.so"
                path.write_bytes(b"\x7fELF" + bytes(4096) + mark.encode(form) + bytes(64))
                if list(native_files(Path(folder))) != [path] or marks_in(path) != [mark]:
                    missed.append(f"the scan does not see {mark} as {form}")
    return missed


def banned_modules(names: Iterable[str]) -> list[str]:
    """Of these module names, those that never ship."""
    return sorted(
        name
        for name in set(names)
        if any(name == one or name.startswith(f"{one}.") for one in NEVER_SHIPPED)
    )


def banned_files(root: Path) -> list[str]:
    """Of the files below a folder, those whose name never ships."""
    return sorted(
        path.relative_to(root).as_posix()
        for path in root.rglob("*")
        if not path.is_dir() and _FILE.match(path.name)
    )


def modules_of(root: Path) -> set[str]:
    """The names of all modules in a built folder: loose, zipped, and inside its programs.

    Looking inside the programs needs PyInstaller (the environment that builds); raises
    ModuleNotFoundError without.
    """
    from PyInstaller.archive.readers import (  # type: ignore[import-untyped,import-not-found,unused-ignore]
        CArchiveReader,
    )

    names = set()
    for path in root.rglob("*"):
        if path.is_file() and _ENDING.search(path.name):
            names.add(_module(path.relative_to(root / "_internal").as_posix()))
    for archive in root.glob("_internal/*.zip"):
        with zipfile.ZipFile(archive) as content:
            names.update(_module(name) for name in content.namelist() if _ENDING.search(name))
    programs = [path for path in root.iterdir() if path.is_file() and is_program(path)]
    for program in programs:
        reader = CArchiveReader(str(program))
        for name, entry in reader.toc.items():
            if entry[-1] == "z":
                names.update(reader.open_embedded_archive(name).toc)
    if not programs:
        raise FileNotFoundError(f"{root} holds no program")
    return names


def is_program(path: Path) -> bool:
    """Whether a file begins as a program or library does."""
    with path.open("rb") as file:
        return file.read(4).startswith(NATIVE)


def _module(path: str) -> str:
    name = _ENDING.sub("", path).removesuffix("/__init__").removeprefix("lib-dynload/")
    name = re.sub(r"^python3\.\d+/lib-dynload/", "", name)
    return name.replace("/", ".")
