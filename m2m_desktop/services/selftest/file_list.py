"""The list of the files of the stand-alone program, made when it was built; and what differs from it.

One file a line: SHA-256, two spaces, size in bytes, two spaces, path from the folder of the program
with "/" between its parts. The list itself is not in it.
"""

import re
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from enum import Enum
from hashlib import file_digest
from pathlib import Path

FILE_LIST = "FILES.txt"
INNER_FOLDER = "_internal"
"""Everything in there is the program's; beside it an installer may put files of its own."""

_LINE = re.compile(r"([0-9a-f]{64}) +(\d+) +(\S.*)")


class Damage(Enum):
    """What is wrong with a file."""

    MISSING = "missing"
    SIZE = "size"
    CONTENT = "content"
    UNREADABLE = "unreadable"
    FOREIGN = "foreign"


@dataclass(frozen=True, slots=True)
class Listed:
    """One file as it was built."""

    sha256: str
    size: int
    path: str


@dataclass(frozen=True, slots=True)
class DamagedFile:
    """A file that is not as it was built; ``path`` as in the list."""

    path: str
    damage: Damage


class NoFileList(ValueError):
    """The list is missing, cut short or no list."""


def program_folder() -> Path | None:
    """The folder of the stand-alone program; None where the source runs under a Python."""
    return Path(sys.executable).resolve().parent if getattr(sys, "frozen", False) else None


def read_file_list(folder: Path) -> list[Listed]:
    """Read the list in a folder. Raises NoFileList."""
    try:
        lines = (folder / FILE_LIST).read_text(encoding="utf-8").splitlines()
    except (OSError, ValueError) as error:
        raise NoFileList(FILE_LIST) from error
    listed = []
    for line in lines:
        found = _LINE.fullmatch(line)
        if found is None or ".." in found[3].split("/") or found[3].startswith("/"):
            raise NoFileList(FILE_LIST)
        listed.append(Listed(found[1], int(found[2]), found[3]))
    if not listed:
        raise NoFileList(FILE_LIST)
    return listed


def wrong_sizes(folder: Path, listed: Sequence[Listed]) -> list[DamagedFile]:
    """Give the files that are missing or have another size; no file is opened."""
    found = []
    for one in listed:
        try:
            size = (folder / one.path).stat().st_size
        except OSError:
            found.append(DamagedFile(one.path, Damage.MISSING))
            continue
        if size != one.size:
            found.append(DamagedFile(one.path, Damage.SIZE))
    return found


def wrong_files(
    folder: Path, listed: Sequence[Listed], cancel: Callable[[], None]
) -> list[DamagedFile]:
    """Give the files that are not, byte for byte, as they were built, and those that do not belong."""
    damaged = {one.path: one for one in wrong_sizes(folder, listed)}
    for one in listed:
        cancel()
        if one.path not in damaged:
            try:
                with (folder / one.path).open("rb") as stream:
                    is_same = file_digest(stream, "sha256").hexdigest() == one.sha256
            except OSError:
                damaged[one.path] = DamagedFile(one.path, Damage.UNREADABLE)
                continue
            if not is_same:
                damaged[one.path] = DamagedFile(one.path, Damage.CONTENT)
    known = {one.path for one in listed}
    foreign = [DamagedFile(path, Damage.FOREIGN) for path in _inner_files(folder)]
    return [*damaged.values(), *(one for one in foreign if one.path not in known)]


def _inner_files(folder: Path) -> Iterator[str]:
    for path in sorted((folder / INNER_FOLDER).rglob("*")):
        if path.is_file():
            yield path.relative_to(folder).as_posix()
