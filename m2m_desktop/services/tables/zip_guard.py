"""Look at a zip before anything is unpacked: refuse what no program that writes workbooks makes."""

import contextlib
import errno
import re
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path

from m2m_desktop.core.messages import N_, message
from m2m_desktop.services.tables.errors import (
    NotATable,
    TableDamaged,
    TableProtected,
    TableRefused,
)

MAX_PART_BYTES = 1 << 30
MAX_TOTAL_BYTES = 2 << 30
MAX_RATIO = 200
"""Sheets of real workbooks shrink to a fifteenth; a part that shrinks so much is a trap."""
RATIO_MATTERS_FROM = 10 * 1024 * 1024
MAX_PARTS = 2000
_HEAD_BYTES = 4096
_METHODS = frozenset({zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED})
_OUTSIDE = re.compile(r"(?:^|[/\\])\.\.(?:[/\\]|$)|^[/\\]|^[A-Za-z]:|\x00")
_DOCTYPE = re.compile(rb"<!\s*(?:DOCTYPE|ENTITY)", re.IGNORECASE)
_ODF = b"application/vnd.oasis.opendocument.spreadsheet"


def check_zip(archive: zipfile.ZipFile, path: Path) -> None:
    """Refuse a zip that is unsafe to unpack, or that is not a workbook we read.

    Raises: NotATable, TableProtected, TableRefused, TableDamaged.
    """
    parts = archive.infolist()
    names = [part.filename for part in parts]
    if any(part.flag_bits & 1 for part in parts):
        raise TableProtected(path=path, detail=message(N_("it is protected by a password.")))
    if len(parts) > MAX_PARTS:
        raise _refused(
            path, N_("it has {count} parts, far more than a workbook."), count=len(parts)
        )
    if len({name.casefold() for name in names}) != len(names):
        raise _refused(path, N_("two of its parts have the same name."))
    if any(_OUTSIDE.search(name) for name in names):
        raise _refused(path, N_("a part of it would be unpacked outside its folder."))
    if any(part.compress_type not in _METHODS for part in parts):
        raise _refused(path, N_("it is packed in a way that workbooks are not."))
    if _is_bomb(parts):
        raise _refused(path, N_("it would unpack to far more than any real workbook."))
    with zip_damage(path):
        _check_kind({name.casefold() for name in names}, archive, path)
        _check_heads(archive, path)


@contextlib.contextmanager
def zip_damage(path: Path) -> Iterator[None]:
    """Turn what `zipfile` raises for a zip that was cut short or changed into `TableDamaged`."""
    try:
        yield
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, KeyError) as error:
        raise cut_short(path) from error
    except OSError as error:
        if error.errno != errno.EINVAL:  # a place before the beginning of the file
            raise
        raise cut_short(path) from error


def cut_short(path: Path) -> TableDamaged:
    """The error for a zip that does not hang together."""
    detail = message(N_("it is not complete: the file was cut short or changed."))
    return TableDamaged(path=path, detail=detail)


def _refused(path: Path, template: str, **fields: object) -> TableRefused:
    return TableRefused(path=path, detail=message(template, **fields))


def _is_bomb(parts: list[zipfile.ZipInfo]) -> bool:
    return sum(part.file_size for part in parts) > MAX_TOTAL_BYTES or any(
        part.file_size > MAX_PART_BYTES
        or (
            part.file_size > RATIO_MATTERS_FROM
            and part.file_size > MAX_RATIO * max(part.compress_size, 1)
        )
        for part in parts
    )


def _check_kind(names: set[str], archive: zipfile.ZipFile, path: Path) -> None:
    """Name the other things that are zips; ``names`` are in lower case."""
    if any(name.endswith("workbook.xml") for name in names):
        return
    if "xl/workbook.bin" in names:
        raise _other_kind(path, N_("it is a binary workbook (.xlsb), which is not read."))
    if "mimetype" in names and archive.read("mimetype").startswith(_ODF):
        raise _other_kind(path, N_("it is an OpenDocument table (.ods), which is not read."))
    if any(name.startswith(("word/", "ppt/")) for name in names):
        raise _other_kind(path, N_("it is a document or a presentation, not a workbook."))
    if any(name.endswith((".xlsx", ".xls", ".xlsm", ".csv")) for name in names):
        raise _other_kind(path, N_("it is a zip that holds tables; take them out of it first."))
    if any(name.startswith("xl/") for name in names):
        detail = message(N_("the part that lists its sheets is missing."))
        raise TableDamaged(path=path, detail=detail)
    raise _other_kind(path, N_("it is a zip, but not a workbook."))


def _other_kind(path: Path, template: str) -> NotATable:
    return NotATable(path=path, detail=message(template))


def _check_heads(archive: zipfile.ZipFile, path: Path) -> None:
    """Refuse document types, which workbooks never have: every attack by entities needs one.

    Only the beginnings are looked at; whoever reads a part to its end refuses them as well.
    """
    for part in archive.infolist():
        if part.filename.casefold().endswith((".xml", ".rels")):
            with archive.open(part) as stream:
                if _DOCTYPE.search(stream.read(_HEAD_BYTES)):
                    raise forbidden_doctype(path)


def forbidden_doctype(path: Path) -> TableRefused:
    """The error for a part that declares a document type."""
    return _refused(path, N_("it holds a declaration (DOCTYPE) that workbooks never have."))
