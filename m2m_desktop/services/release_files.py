"""Find MedDRA releases in a folder or a zip and read their files into memory.

Nothing is ever extracted to disk: members of a zip are read by base name, so a hostile path in an
archive is only a label. All sizes are capped by what is really read, not by what a header claims.
A password is handed in, used while the selection is read, and kept nowhere else.
"""

import hashlib
import io
import os
import re
import stat
import zipfile
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path, PurePosixPath
from typing import IO, Protocol

from m2m_desktop.core.errors import (
    ArchiveRefused,
    PasswordNeeded,
    ReleaseIncomplete,
    ReleaseNotFound,
    ReleaseUnreadable,
)
from m2m_desktop.core.messages import N_, message
from m2m_desktop.core.progress import Progress, silent

NEEDED_FILES = ("soc.asc", "hlgt.asc", "hlt.asc", "pt.asc", "llt.asc", "mdhier.asc")
OPTIONAL_FILES = (
    "soc_hlgt.asc",
    "hlgt_hlt.asc",
    "hlt_pt.asc",
    "intl_ord.asc",
    "smq_list.asc",
    "smq_content.asc",
    "meddra_release.asc",
)
JAPANESE_FILES = (
    "soc_j.asc",
    "hlgt_j.asc",
    "hlt_j.asc",
    "pt_j.asc",
    "llt_j.asc",
    "smq_list_j.asc",
)
DEMO_MARKER = "DEMO_DICTIONARY.txt"
HISTORY_FILE = re.compile(r"meddra_history(?:_([a-z_]+))?\.asc")

_KEY_FILES = frozenset({"llt.asc", "pt.asc", "mdhier.asc"})
_KNOWN_FILES = frozenset({*NEEDED_FILES, *OPTIONAL_FILES, *JAPANESE_FILES, DEMO_MARKER.lower()})

MAX_DEPTH = 6
MAX_FILE_BYTES = 64 << 20
MAX_RELEASE_BYTES = 256 << 20
MAX_NESTED_ZIP_BYTES = 128 << 20
MAX_RATIO = 200
MAX_ENTRIES = 20_000
_RATIO_FREE_BYTES = 1 << 20
_CHUNK = 1 << 17
_AES = 99


class ReadFile(Protocol):
    """Reads one file whole; ``progress`` is asked now and then, so a cancel acts at once."""

    def __call__(self, progress: Progress = silent) -> bytes:
        """Give the bytes of the file."""


@dataclass(frozen=True)
class ReleaseSources:
    """The bytes of one release by lower-case base name, and where they came from."""

    label: str
    folder: str
    files: Mapping[str, bytes] = field(repr=False)

    def hashes(self, progress: Progress = silent) -> tuple[tuple[str, str], ...]:
        """Give (file name, SHA-256) of every file, sorted by name."""
        found = []
        for name, data in sorted(self.files.items()):
            progress(0, 0, name)
            found.append((name, hashlib.sha256(data).hexdigest()))
        return tuple(found)


@dataclass(frozen=True)
class FoundRelease:
    """One release in a selection, not yet read.

    ``label`` is short and meant for people; ``folder`` says where it lies; ``files`` maps the
    lower-case base name of each known file to a function that reads it.
    """

    label: str
    folder: str
    files: Mapping[str, ReadFile] = field(repr=False)

    def read(self, progress: Progress = silent) -> ReleaseSources:
        """Read all known files.

        Raises: ReleaseIncomplete, ReleaseUnreadable, PasswordNeeded, ArchiveRefused.
        """
        missing = [name for name in NEEDED_FILES if name not in self.files]
        if missing:
            raise ReleaseIncomplete(path=self.label, missing=", ".join(missing))
        data: dict[str, bytes] = {}
        total = 0
        for done, (name, read_file) in enumerate(self.files.items()):
            progress(done, len(self.files), name)
            data[name] = read_file(_SameStep(progress, done, len(self.files)))
            total += len(data[name])
            if total > MAX_RELEASE_BYTES:
                raise ReleaseUnreadable(path=self.label, detail=_too_big(name))
        return ReleaseSources(self.label, self.folder, data)


class _SameStep:
    """Reports that a step is still going on, whatever the step itself counts."""

    def __init__(self, progress: Progress, at: int, of: int) -> None:
        self._progress, self._at, self._of = progress, at, of

    def __call__(self, done: int, total: int, note: str = "") -> None:  # noqa: ARG002
        self._progress(self._at, self._of, note)


def find_releases(
    path: Path, *, password: str | None = None, progress: Progress = silent
) -> list[FoundRelease]:
    """List the releases in a folder or a zip, sorted by where they lie.

    Raises: ReleaseNotFound, ReleaseIncomplete (something is there, but not enough),
    ReleaseUnreadable, ArchiveRefused, PasswordNeeded (only where a zip lies in a protected zip).
    """
    try:
        if path.is_dir():
            groups = _in_folder(path, password, progress)
        elif path.is_file():
            groups = _in_zip_file(path, password, progress)
        else:
            raise ReleaseNotFound(path=path)
    except OSError as error:
        raise ReleaseUnreadable(path=path, detail=error.strerror or type(error).__name__) from error
    complete = [
        FoundRelease(place_label(path, folder), folder, files)
        for folder, files in sorted(groups.items())
        if files.keys() >= _KEY_FILES
    ]
    if complete:
        return complete
    nearly = [files for files in groups.values() if files.keys() & set(NEEDED_FILES)]
    if nearly:
        best = max(nearly, key=len)
        missing = [name for name in NEEDED_FILES if name not in best]
        raise ReleaseIncomplete(path=path, missing=", ".join(missing))
    raise ReleaseNotFound(path=path)


Groups = dict[str, dict[str, ReadFile]]


def _is_known(name: str) -> bool:
    return name in _KNOWN_FILES or HISTORY_FILE.fullmatch(name) is not None


def place_label(path: Path, folder: str = "") -> str:
    """The chosen place and the folders in it, without anything a terminal could stumble over."""
    parts = [part for part in PurePosixPath(folder).parts if part not in ("", "/", ".", "..")]
    text = "/".join([path.name or str(path), *parts])
    return "".join(char if char.isprintable() else "?" for char in text)[:200]


# -- folders ---------------------------------------------------------------------------------------


def _in_folder(root: Path, password: str | None, progress: Progress) -> Groups:
    groups: Groups = {}
    zips: list[Path] = []
    for here, names in walk_files(root, progress):
        for name in names:
            file = here / name
            key = name.lower()
            if _is_known(key) and file.is_file():
                group = groups.setdefault(here.relative_to(root).as_posix(), {})
                if key in group:
                    detail = message(
                        N_("two files differ only in upper and lower case: {name}."), name=key
                    )
                    raise ReleaseUnreadable(path=here, detail=detail)
                group[key] = partial(read_plain, file)
            elif key.endswith(".zip"):
                zips.append(file)
    if not any(group.keys() >= _KEY_FILES for group in groups.values()):
        for file in sorted(zips):
            if file.is_file() and zipfile.is_zipfile(file):
                inner = _in_zip_file(file, password, progress, nested=False)
                prefix = file.relative_to(root).as_posix()
                groups.update({f"{prefix}/{folder}": files for folder, files in inner.items()})
    return groups


def walk_files(root: Path, progress: Progress) -> Iterator[tuple[Path, list[str]]]:
    """Folders with their file names, sorted; hidden ones and links to folders are left out."""
    seen = 0
    for here, folders, names in os.walk(root):
        depth = len(Path(here).relative_to(root).parts)
        folders[:] = (
            sorted(f for f in folders if not f.startswith(".")) if depth < MAX_DEPTH else []
        )
        progress(0, 0, "")
        seen += len(names)
        if seen > MAX_ENTRIES * 10:
            detail = message(
                N_("there are too many files in it; choose the folder of the release.")
            )
            raise ReleaseUnreadable(path=root, detail=detail)
        yield Path(here), sorted(name for name in names if not name.startswith("."))


def read_plain(file: Path, progress: Progress = silent) -> bytes:
    """Read a plain file whole, but never more than `MAX_FILE_BYTES`; ReleaseUnreadable if not."""
    try:
        with file.open("rb") as stream:
            if not stat.S_ISREG(os.fstat(stream.fileno()).st_mode):
                raise ReleaseUnreadable(path=file, detail=message(N_("it is not a plain file.")))
            return _read_capped(stream, MAX_FILE_BYTES, file.name, str(file), progress)
    except OSError as error:
        raise ReleaseUnreadable(path=file, detail=error.strerror or type(error).__name__) from error


def _read_capped(stream: IO[bytes], cap: int, name: str, path: str, progress: Progress) -> bytes:
    buffer = bytearray()
    while chunk := stream.read(_CHUNK):
        buffer += chunk
        progress(0, 0, name)
        if len(buffer) > cap:
            raise ReleaseUnreadable(path=path, detail=_too_big(name))
    return bytes(buffer)


def _too_big(name: str) -> object:
    return message(N_("{name} is far larger than any release file."), name=name)


# -- archives --------------------------------------------------------------------------------------

OpenArchive = Callable[[], zipfile.ZipFile]


def _in_zip_file(
    path: Path, password: str | None, progress: Progress, *, nested: bool = True
) -> Groups:
    """Releases in a zip on disk, and in the zips inside it, one level deep."""
    opener: OpenArchive = partial(_open_zip, path, str(path))
    with opener() as archive:
        groups = _members(archive, opener, str(path), password)
        inner = [info for info in archive.infolist() if info.filename.lower().endswith(".zip")]
    if nested and not any(group.keys() >= _KEY_FILES for group in groups.values()):
        for info in inner:
            data = _read_member(
                opener, info.filename, str(path), password, progress, cap=MAX_NESTED_ZIP_BYTES
            )
            where = _posix(info.filename)
            name = f"{path}/{where}"
            inner_opener: OpenArchive = partial(_open_bytes, data, name)
            with inner_opener() as archive:
                found = _members(archive, inner_opener, name, password)
            groups.update({f"{where}/{folder}": files for folder, files in found.items()})
    return groups


def _open_zip(path: Path, name: str) -> zipfile.ZipFile:
    try:
        return zipfile.ZipFile(path)
    except OSError as error:
        raise ReleaseUnreadable(path=path, detail=error.strerror or type(error).__name__) from error
    except Exception as error:  # zipfile lets many kinds out
        raise ArchiveRefused(
            path=name, detail=message(N_("it is not a sound zip file."))
        ) from error


def _open_bytes(data: bytes, name: str) -> zipfile.ZipFile:
    try:
        return zipfile.ZipFile(io.BytesIO(data))
    except Exception as error:  # zipfile lets many kinds out
        raise ArchiveRefused(
            path=name, detail=message(N_("it is not a sound zip file."))
        ) from error


def _posix(name: str) -> str:
    return name.replace("\\", "/")


def _members(
    archive: zipfile.ZipFile, opener: OpenArchive, path: str, password: str | None
) -> Groups:
    groups: Groups = {}
    infos = archive.infolist()
    if len(infos) > MAX_ENTRIES:
        raise ArchiveRefused(path=path, detail=message(N_("it has too many members.")))
    for info in infos:
        whole = _posix(info.filename)
        folder, _, base = whole.rpartition("/")
        key = base.lower()
        if info.is_dir() or not _is_known(key):
            continue
        group = groups.setdefault(folder, {})
        if key in group:
            detail = message(N_("it holds {name} twice in one folder."), name=key)
            raise ArchiveRefused(path=path, detail=detail)
        group[key] = partial(_read_member, opener, info.filename, path, password)
    return groups


def _read_member(
    opener: OpenArchive,
    name: str,
    path: str,
    password: str | None,
    progress: Progress = silent,
    *,
    cap: int = MAX_FILE_BYTES,
) -> bytes:
    with opener() as archive:
        info = archive.getinfo(name)
        if info.compress_type == _AES or info.flag_bits & 0x40:
            detail = message(N_("it is protected with AES, which this program cannot undo."))
            raise ArchiveRefused(path=path, detail=detail)
        if not info.flag_bits & 0x1:
            return _unpack(archive, info, path, None, cap, progress)
        if not password:
            raise PasswordNeeded(path=path, detail=message(N_("no password was given.")))
        for secret in _password_bytes(password):
            try:
                return _unpack(archive, info, path, secret, cap, progress)
            except _WrongPassword:
                continue
    raise PasswordNeeded(path=path, detail=message(N_("the password is wrong.")))


class _WrongPassword(Exception):
    """The member does not unpack with this password."""


def _password_bytes(password: str) -> Iterable[bytes]:
    """The byte forms a zip tool may have used; one for the usual ASCII password."""
    forms: dict[bytes, None] = {}
    for encoding in ("utf-8", "gb18030", "cp932", "cp1252"):
        try:
            forms[password.encode(encoding)] = None
        except UnicodeEncodeError:
            continue
    return forms


def _unpack(
    archive: zipfile.ZipFile,
    info: zipfile.ZipInfo,
    path: str,
    secret: bytes | None,
    cap: int,
    progress: Progress,
) -> bytes:
    limit = min(cap, max(_RATIO_FREE_BYTES, info.compress_size * MAX_RATIO))
    base = _posix(info.filename).rpartition("/")[2]
    buffer = bytearray()
    for chunk in _chunks(archive, info, path, secret, base):
        buffer += chunk
        progress(0, 0, base)
        if len(buffer) > limit:
            detail = message(N_("{name} unpacks to a suspicious size."), name=base)
            raise ArchiveRefused(path=path, detail=detail)
    return bytes(buffer)


def _chunks(
    archive: zipfile.ZipFile, info: zipfile.ZipInfo, path: str, secret: bytes | None, base: str
) -> Iterator[bytes]:
    """The member bit by bit; only what goes wrong in unpacking is caught here."""
    try:
        with archive.open(info, pwd=secret) as stream:
            while chunk := stream.read(_CHUNK):
                yield chunk
    except NotImplementedError as error:
        detail = message(N_("{name} is packed in a way this program does not know."), name=base)
        raise ArchiveRefused(path=path, detail=detail) from error
    except Exception as error:  # a damaged zip raises BadZipFile, zlib.error, IndexError ...
        if secret is not None:
            raise _WrongPassword from error
        detail = message(N_("{name} in it is damaged."), name=base)
        raise ArchiveRefused(path=path, detail=detail) from error
