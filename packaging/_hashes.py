"""The list of a release's files: what the program checks itself by, and what is published.

One line a file, ``sha256  size  path``: lower-case hex, bytes, the path relative with ``/``; ordered
by the UTF-8 bytes of the path; no heading. A link stands as a file with the content it leads to. The
list itself is not in it.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator
from pathlib import Path

LIST = "FILES.txt"
CHUNK_BYTES = 1 << 20


def listed(folder: Path) -> list[str]:
    """The paths of a folder's files in the order of the list.

    Raises ValueError on what a list cannot tell: links to nowhere, folders that are links, and
    names with line ends.
    """
    found = []
    for where, folders, files in os.walk(folder):
        for name in folders:
            if (Path(where) / name).is_symlink():
                raise ValueError(f"{Path(where) / name} is a link to a folder")
        for name in files:
            path = Path(where) / name
            told = path.relative_to(folder).as_posix()
            if not path.is_file():
                raise ValueError(f"{path} is no file")
            if "\n" in told or "\r" in told:
                raise ValueError(f"{told!r} has a line end in its name")
            if told != LIST:
                found.append(told)
    return sorted(found, key=os.fsencode)


def file_lines(folder: Path) -> Iterator[str]:
    """The lines of the list, each with its end."""
    for told in listed(folder):
        size, digest = measured(folder / told)
        yield f"{digest}  {size}  {told}\n"


def measured(path: Path) -> tuple[int, str]:
    """Size and SHA-256 of a file."""
    digest, size = hashlib.sha256(), 0
    with path.open("rb") as file:
        while chunk := file.read(CHUNK_BYTES):
            digest.update(chunk)
            size += len(chunk)
    return size, digest.hexdigest()


def write_list(folder: Path) -> Path:
    """Write the list into the folder that it is of."""
    target = folder / LIST
    target.write_text("".join(file_lines(folder)), encoding="utf-8", newline="\n")
    return target


def differences(folder: Path) -> list[str]:
    """What a folder and its list disagree about, one sentence each."""
    said: dict[str, str] = {}
    for number, line in enumerate((folder / LIST).read_text(encoding="utf-8").splitlines(), 1):
        fields = line.split("  ", 2)
        if len(fields) != 3:
            return [f"{LIST}, line {number}: not `sha256  size  path`"]
        said[fields[2]] = line + "\n"
    there = listed(folder)
    problems = [f"not in the list: {told}" for told in there if told not in said]
    problems += [f"missing: {told}" for told in said if told not in set(there)]
    for told in there:
        if told in said:
            size, digest = measured(folder / told)
            if said[told] != f"{digest}  {size}  {told}\n":
                problems.append(f"changed: {told}")
    return problems
