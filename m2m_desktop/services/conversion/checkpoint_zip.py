"""The files of a checkpoint in a zip, unpacked to where they can be mapped into memory.

Nothing that a zip says of folders becomes a path: what is unpacked goes to names known beforehand,
each up to a size of its own.
"""

import shutil
import stat
import struct
import zipfile
import zlib
from collections.abc import Iterator
from lzma import LZMAError
from pathlib import Path, PurePosixPath

from m2m_desktop.core.errors import ModelDamaged, OutputUnwritable
from m2m_desktop.core.messages import N_, message
from m2m_desktop.core.progress import Progress, silent
from m2m_desktop.services.bundle_files import MANIFEST, MAX_RATIO, RATIO_FREE_BYTES
from m2m_desktop.services.conversion.checkpoint_files import (
    CONFIG,
    MODULE_FOLDER,
    MODULES,
    CheckpointFolder,
    no_one_checkpoint,
    size_limit,
)

_CHUNK = 1 << 20
_SPARE_BYTES = 64 << 20
# what zipfile and its decompressors raise for files that are damaged or made to do harm
ZIP_TROUBLE = (
    OSError, ValueError, RuntimeError, EOFError, IndexError, struct.error, zlib.error, LZMAError,
    zipfile.BadZipFile,
)  # fmt: skip

Members = dict[str, dict[str, list[zipfile.ZipInfo]]]


class NotEnoughSpace(OutputUnwritable):
    """The drive has no room for what is to be unpacked. Fields: path, detail."""

    hint = N_("Free some space on that drive and try again. Nothing was changed.")


def looks_like_checkpoint(path: Path) -> bool:
    """Tell from its directory whether a zip holds a checkpoint and no bundle."""
    try:
        with zipfile.ZipFile(path) as archive:
            members = _members(archive)
    except ZIP_TROUBLE:
        return False
    return _roots(members) != [] and not any(MANIFEST in names for names in members.values())


def unpack(path: Path, work: Path, progress: Progress = silent) -> CheckpointFolder:
    """Unpack what is wanted of a zip into an empty folder, with ``progress`` in bytes.

    Raises ModelNotFound, ModelDamaged, CheckpointUnsupported, NotEnoughSpace, OutputUnwritable.
    """
    try:
        archive = zipfile.ZipFile(path)
    except ZIP_TROUBLE as error:
        detail = message(N_("it is neither a checkpoint folder nor a zip of one"))
        raise ModelDamaged(path=path, detail=detail) from error
    with archive:
        members = _members(archive)
        roots = _roots(members)
        if len(roots) != 1:
            raise no_one_checkpoint(path, len(roots))
        root = roots[0]
        wanted = [
            (PurePosixPath(inner, name), _checked(entries, name, path))
            for inner, names in _below(members, root)
            for name, entries in sorted(names.items())
            if size_limit(name)
        ]
        _check_space(work, sum(entry.file_size for _, entry in wanted))
        steps = _Steps(progress, sum(entry.file_size for _, entry in wanted))
        for name, entry in wanted:
            _extract(archive, entry, path, work / name, steps)
    return CheckpointFolder(path, work, frozenset(members[root]))


def _members(archive: zipfile.ZipFile) -> Members:
    """All members by folder and base name; several of the same name are kept, to be refused."""
    found: Members = {}
    for entry in archive.infolist():
        if not entry.is_dir():
            where = PurePosixPath(entry.filename.replace("\\", "/"))
            found.setdefault(str(where.parent), {}).setdefault(where.name, []).append(entry)
    return found


def _roots(members: Members) -> list[str]:
    """The folders nearest to the top that hold a checkpoint."""
    found = [folder for folder, names in members.items() if MODULES in names]
    found = found or [folder for folder, names in members.items() if CONFIG in names]
    depths = {folder: len(PurePosixPath(folder).parts) for folder in found}
    return [folder for folder in found if depths[folder] == min(depths.values())]


def _below(members: Members, root: str) -> Iterator[tuple[str, dict[str, list[zipfile.ZipInfo]]]]:
    yield "", members[root]
    if MODULES in members[root]:
        for folder, names in sorted(members.items()):
            where = PurePosixPath(folder)
            if str(where.parent) == root and MODULE_FOLDER.fullmatch(where.name):
                yield where.name, names


def _checked(entries: list[zipfile.ZipInfo], name: str, path: Path) -> zipfile.ZipInfo:
    entry = entries[0]
    if len(entries) > 1:
        detail = message(N_("it holds several files called {file}"), file=name)
    elif entry.flag_bits & 1:
        detail = message(N_("the zip has a password; extract it and choose the folder"))
    elif stat.S_ISLNK(entry.external_attr >> 16):
        detail = message(N_("{file} in it is only a link; zip the files themselves"), file=name)
    elif (
        entry.file_size > size_limit(name)
        or entry.file_size > RATIO_FREE_BYTES + MAX_RATIO * entry.compress_size
    ):
        detail = message(N_("{file} is too large"), file=name)
    else:
        return entry
    raise ModelDamaged(path=path, detail=detail)


def _check_space(work: Path, needed: int) -> None:
    try:
        free = shutil.disk_usage(work).free
    except OSError as error:
        raise unwritable(work.parent, error) from error
    if free < needed + _SPARE_BYTES:
        detail = message(
            N_("unpacking needs {needed} MB, and {free} MB are free"),
            needed=(needed + _SPARE_BYTES) // 1_000_000,
            free=free // 1_000_000,
        )
        raise NotEnoughSpace(path=work.parent, detail=detail)


class _Steps:
    """Counts the bytes of several files as one piece of work."""

    def __init__(self, progress: Progress, total: int) -> None:
        self._progress, self._total, self._done = progress, total, 0

    def __call__(self, more: int, note: str) -> None:
        self._done += more
        self._progress(self._done, self._total, note)


def _extract(
    archive: zipfile.ZipFile, entry: zipfile.ZipInfo, path: Path, target: Path, steps: _Steps
) -> None:
    try:
        target.parent.mkdir(exist_ok=True)
        with target.open("xb") as file:
            for chunk in _chunks(archive, entry, path, target.name):
                steps(len(chunk), target.name)
                file.write(chunk)
    except OSError as error:
        raise unwritable(target.parent, error) from error


def _chunks(
    archive: zipfile.ZipFile, entry: zipfile.ZipInfo, path: Path, name: str
) -> Iterator[bytes]:
    """The member bit by bit: zipfile gives no more than the size that was looked at before."""
    try:
        with archive.open(entry) as stream:
            while chunk := stream.read(_CHUNK):
                yield chunk
    except ZIP_TROUBLE as error:
        detail = message(N_("{file} is missing or cannot be read"), file=name)
        raise ModelDamaged(path=path, detail=detail) from error


def unwritable(path: Path, error: OSError) -> OutputUnwritable:
    """Say that something cannot be written."""
    return OutputUnwritable(path=path, detail=error.strerror or type(error).__name__)
