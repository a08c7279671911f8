"""Stream a part of a workbook through expat: in pieces, without a tree, within limits."""

import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import IO
from xml.parsers import expat

from m2m_desktop.core.messages import N_, Message, message
from m2m_desktop.services.tables.errors import TableDamaged, TableRefused
from m2m_desktop.services.tables.zip_guard import forbidden_doctype, zip_damage

PIECE_BYTES = 1 << 16
MAX_TOKEN_BYTES = 1024 * 1024
"""A tag or comment is kept whole by expat, and looked at anew with every piece of it."""
_NAMESPACES = (
    "http://schemas.openxmlformats.org/spreadsheetml/2006/main",
    "http://purl.oclc.org/ooxml/spreadsheetml/main",
)


class _Doctype(Exception):
    """A document type was declared."""


def new_parser() -> expat.XMLParserType:
    """A parser that refuses document types and joins namespace and name by ``}``."""
    parser = expat.ParserCreate(namespace_separator="}")
    parser.buffer_text = True
    parser.buffer_size = PIECE_BYTES

    def refuse(*_: object) -> int:
        raise _Doctype

    parser.StartDoctypeDeclHandler = refuse
    parser.EntityDeclHandler = refuse
    parser.ExternalEntityRefHandler = refuse
    return parser


def names_of(*elements: str) -> dict[str, str]:
    """Map the full names of elements, in both kinds of workbook, to their short names."""
    return {f"{space}}}{name}": name for space in _NAMESPACES for name in elements}


def pieces_of(stream: IO[bytes], path: Path, where: Callable[[], Message]) -> Iterator[bytes]:
    """The unpacked bytes of a part. Raises: TableDamaged where the zip is cut short or changed."""
    while True:
        try:
            with zip_damage(path):
                piece = stream.read(PIECE_BYTES)
        except TableDamaged as error:
            raise TableDamaged(path=path, detail=where()) from error
        if not piece:
            return
        yield piece


def feed(
    parser: expat.XMLParserType,
    piece: bytes,
    fed_before: int,
    path: Path,
    where: Callable[[], Message],
) -> None:
    """Parse one more piece; an empty one is the end. ``where`` says where the parser stands.

    Raises: TableDamaged, TableRefused.
    """
    try:
        parser.Parse(piece, not piece)
    except _Doctype:
        raise forbidden_doctype(path) from None
    except (expat.ExpatError, ValueError, LookupError) as error:
        raise TableDamaged(path=path, detail=where()) from error
    if fed_before + len(piece) - parser.CurrentByteIndex > MAX_TOKEN_BYTES:
        detail = message(N_("a cell of it is far longer than any real one."))
        raise TableRefused(path=path, detail=detail)


def open_part(archive: zipfile.ZipFile, part: str, path: Path) -> IO[bytes]:
    """Open a part for streaming. Raises: TableDamaged."""
    with zip_damage(path):
        return archive.open(part)
