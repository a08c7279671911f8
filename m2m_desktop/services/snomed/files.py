"""Find the files of an RF2 release in folders and zips, and read them bit by bit.

Everything below the chosen place becomes one release: an edition is the International Edition and
its extensions side by side. Files are known by their names; only snapshots are taken.
"""

import hashlib
import re
import zipfile
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path, PurePosixPath
from typing import IO

from m2m_desktop.core.errors import ArchiveRefused, ReleaseIncomplete, ReleaseUnreadable
from m2m_desktop.core.messages import N_, message
from m2m_desktop.core.progress import Progress, silent
from m2m_desktop.services.release_files import MAX_RATIO, place_label, walk_files

CONCEPT, DESCRIPTION, RELATIONSHIP = "concept", "description", "relationship"
LANGUAGE, ASSOCIATION = "language", "association"
NEEDED_KINDS = (CONCEPT, DESCRIPTION, RELATIONSHIP)

MAX_FILE_BYTES = 8 << 30
_CHUNK = 6 << 20
_RATIO_FREE_BYTES = 1 << 20
_ENCRYPTED = 0x1
_NAME = re.compile(
    r"x?(?:sct2_(?P<component>concept|description|relationship)_"
    r"|der2_c+refset_(?P<refset>language|association))"
    r"\w*?(?P<type>snapshot|full|delta)(?:-(?P<language>[a-z]{2})(?:-[a-z]{2})?)?"
    r"_\w+?_(?P<date>\d{8})(?:t\d+z)?\.txt",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Rf2File:
    """One file of a release. ``date`` is that of its name; ``size`` is in bytes, unpacked."""

    name: str
    kind: str
    language: str
    date: str
    size: int
    cap: int
    open: Callable[[], AbstractContextManager[IO[bytes]]] = field(repr=False)

    def chunks(self, progress: Progress = silent) -> Iterator[bytes]:
        """Read from the beginning to the end.

        Raises: ReleaseUnreadable, ArchiveRefused (damaged, protected, or far too large).
        """
        done = 0
        with self.open() as stream:
            while chunk := _read(stream, self.name):
                done += len(chunk)
                progress(done, max(self.size, done), self.name)
                if done > self.cap:
                    detail = message(N_("{name} unpacks to a suspicious size."), name=self.name)
                    raise ArchiveRefused(path=self.name, detail=detail)
                yield chunk


@dataclass(frozen=True)
class Rf2Sources:
    """The files of one release, sorted by kind and name.

    ``repeated`` names files that were there a second time and are left out.
    """

    label: str
    files: tuple[Rf2File, ...]
    repeated: tuple[str, ...] = ()

    def of(self, kind: str) -> tuple[Rf2File, ...]:
        """Give the files of a kind."""
        return tuple(file for file in self.files if file.kind == kind)

    @property
    def size(self) -> int:
        """Bytes of all files, unpacked."""
        return sum(file.size for file in self.files)

    def hashes(self, progress: Progress = silent) -> tuple[tuple[str, str], ...]:
        """Give (file name, SHA-256) of every file, sorted by name."""
        found, done = [], 0
        for file in self.files:
            digest = hashlib.sha256()
            for chunk in file.chunks():
                digest.update(chunk)
                done += len(chunk)
                progress(done, max(self.size, done), file.name)
            found.append((file.name.lower(), digest.hexdigest()))
        return tuple(sorted(found))


def find_rf2(path: Path, progress: Progress = silent) -> Rf2Sources | None:
    """Find the release below a folder or in a zip; None where nothing looks like one.

    Raises: ReleaseUnreadable (only full or delta files, or the folder cannot be read),
    ReleaseIncomplete (snapshots, but not of all that is needed).
    """
    try:
        found, repeated, others = _sorted_out(path, progress)
    except OSError as error:
        raise ReleaseUnreadable(path=path, detail=error.strerror or type(error).__name__) from error
    if not found:
        if others:
            detail = message(
                N_(
                    "it holds only full or delta files of SNOMED CT. Choose the snapshot, which "
                    "has the present state of each component ({name} was found)."
                ),
                name=sorted(others)[0],
            )
            raise ReleaseUnreadable(path=path, detail=detail)
        return None
    files = tuple(sorted(found.values(), key=lambda file: (file.kind, file.name.lower())))
    missing = [kind for kind in NEEDED_KINDS if not any(file.kind == kind for file in files)]
    if missing:
        names = ", ".join(f"sct2_{kind.capitalize()}_Snapshot" for kind in missing)
        raise ReleaseIncomplete(path=path, missing=names)
    return Rf2Sources(place_label(path), files, tuple(repeated))


def _sorted_out(path: Path, progress: Progress) -> tuple[dict[str, Rf2File], list[str], list[str]]:
    """Snapshot files by lower-case name, the names of those met again, and of the other types."""
    found: dict[str, Rf2File] = {}
    repeated: list[str] = []
    others: list[str] = []
    for base, make in _candidates(path, progress):
        parts = _NAME.fullmatch(base)
        if parts is None or "precomputeddefaults" in base.lower():
            continue
        if parts["type"].lower() != "snapshot":
            others.append(base)
        elif base.lower() in found:
            repeated.append(base)
        else:
            kind = (parts["component"] or parts["refset"]).lower()
            found[base.lower()] = make(base, kind, (parts["language"] or "").lower(), parts["date"])
    return found, repeated, others


# -- folders and archives --------------------------------------------------------------------------

Make = Callable[[str, str, str, str], Rf2File]


def _candidates(path: Path, progress: Progress) -> Iterator[tuple[str, Make]]:
    """File names with what makes a file of them: loose ones first, then those in zips."""
    if path.is_file():
        yield from _members(path)
        return
    if not path.is_dir():
        return
    zips: list[Path] = []
    for here, names in walk_files(path, progress):
        for name in names:
            if name.lower().endswith(".txt") and (here / name).is_file():
                yield name, partial(_plain_file, here / name)
            elif name.lower().endswith(".zip"):
                zips.append(here / name)
    for each in sorted(zips):
        yield from _members(each)


def _members(path: Path) -> Iterator[tuple[str, Make]]:
    try:
        if not zipfile.is_zipfile(path):
            return
        with zipfile.ZipFile(path) as archive:
            infos = archive.infolist()
    except Exception:  # noqa: BLE001 - whoever looks for MedDRA in it next says what is wrong
        return
    for info in sorted(infos, key=lambda info: info.filename):
        base = PurePosixPath(info.filename.replace("\\", "/")).name
        if not info.is_dir():
            yield base, partial(_packed_file, path, info)


def _plain_file(path: Path, base: str, kind: str, language: str, date: str) -> Rf2File:
    return Rf2File(
        base, kind, language, date, path.stat().st_size, MAX_FILE_BYTES, partial(_opened, path)
    )


def _packed_file(
    path: Path, info: zipfile.ZipInfo, base: str, kind: str, language: str, date: str
) -> Rf2File:
    cap = min(MAX_FILE_BYTES, max(_RATIO_FREE_BYTES, info.compress_size * MAX_RATIO))
    member = partial(_opened_member, path, info)
    return Rf2File(base, kind, language, date, info.file_size, cap, member)


@contextmanager
def _opened(path: Path) -> Iterator[IO[bytes]]:
    try:
        stream = path.open("rb")
    except OSError as error:
        raise ReleaseUnreadable(path=path, detail=error.strerror or type(error).__name__) from error
    with stream:
        yield stream


@contextmanager
def _opened_member(path: Path, info: zipfile.ZipInfo) -> Iterator[IO[bytes]]:
    if info.flag_bits & _ENCRYPTED:
        detail = message(N_("it is protected by a password, which takes too long at this size."))
        raise ArchiveRefused(path=path, detail=detail)
    try:
        archive = zipfile.ZipFile(path)
        stream = archive.open(info)
    except Exception as error:  # zipfile lets many kinds out
        detail = message(N_("it is not a sound zip file."))
        raise ArchiveRefused(path=path, detail=detail) from error
    with archive, stream:
        yield stream


def _read(stream: IO[bytes], name: str) -> bytes:
    try:
        return stream.read(_CHUNK)
    except OSError as error:
        raise ReleaseUnreadable(path=name, detail=error.strerror or type(error).__name__) from error
    except Exception as error:  # a damaged zip raises BadZipFile, zlib.error, EOFError ...
        detail = message(N_("{name} in it is damaged."), name=name)
        raise ArchiveRefused(path=name, detail=detail) from error
