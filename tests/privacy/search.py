"""Find planted strings in files, however they stand there.

Text is looked for in the encodings that this program, SQLite, JSON and Office files use; what is
packed (zip entries, zlib streams, the cells of SQLite databases) is unpacked first, also where the
file was cut short by a kill. What is encrypted or hashed is not found: it is not readable either.
"""

import base64
import contextlib
import gzip
import json
import re
import shutil
import sqlite3
import struct
import tempfile
import zlib
from collections.abc import Iterable, Iterator
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

SQLITE = b"SQLite format 3\x00"
SQLITE_SIDES = ("-wal", "-journal")
ZIP_ENTRY = b"PK\x03\x04"
ZIP_HEADER = struct.Struct("<4s5H3L2H")
DEFLATED = 8
ZLIB_START = re.compile(rb"\x78[\x01\x5e\x9c\xda]")
MAX_DEPTH = 4


class Found(NamedTuple):
    """A planted string, the file it is in, and how it stands there (``zip > utf-8``)."""

    path: Path
    needle: str
    how: str


def search_folder(folder: Path, needles: Iterable[str]) -> list[Found]:
    """Search all files below a folder, and their names."""
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    return [found for path in files for found in search_file(path, needles)]


def search_file(path: Path, needles: Iterable[str]) -> list[Found]:
    """Search one file; a string is reported once for each way it stands there."""
    wanted = tuple(needles)
    found = dict.fromkeys(Found(path, needle, "name") for needle in wanted if needle in path.name)
    for how, content in unpacked(path):
        for needle in wanted:
            for encoding, code in encoded(needle):
                if code in content:
                    found[Found(path, needle, f"{how}{encoding}")] = None
    return list(found)


@lru_cache(maxsize=1024)
def encoded(needle: str) -> tuple[tuple[str, bytes], ...]:
    """A string in every way in which it may be written down."""
    utf8 = needle.encode()
    escaped = json.dumps(needle)[1:-1]
    ways = {
        "utf-8": utf8,
        "utf-16-le": needle.encode("utf-16-le"),
        "gb18030": needle.encode("gb18030"),
        "json": escaped.encode(),
        "JSON": re.sub(r"\\u(....)", lambda hit: "\\u" + hit[1].upper(), escaped).encode(),
        "xml": needle.encode("ascii", "xmlcharrefreplace"),
    }
    for shift in range(3):  # where the string begins within three bytes
        whole = base64.b64encode(bytes(shift) + utf8)
        first, last = -(-shift * 8 // 6), (shift + len(utf8)) * 8 // 6
        ways[f"base64+{shift}"] = whole[first:last]
    return tuple({code: (name, code) for name, code in reversed(ways.items())}.values())


def unpacked(path: Path) -> Iterator[tuple[str, bytes]]:
    """The bytes of a file, and of all that is packed in it, each with how it was come by."""
    content = path.read_bytes()
    yield from _unpacked(content, "", MAX_DEPTH)
    if content.startswith(SQLITE):
        for cell in sqlite_cells(path):
            yield from _unpacked(cell, "sqlite > ", MAX_DEPTH - 1)


def _unpacked(content: bytes, how: str, depth: int) -> Iterator[tuple[str, bytes]]:
    yield how, content
    if not depth:
        return
    for inner in zip_entries(content):
        yield from _unpacked(inner, f"{how}zip > ", depth - 1)
    for inner in zlib_streams(content):
        yield from _unpacked(inner, f"{how}zlib > ", depth - 1)
    if content.startswith(b"\x1f\x8b"):
        with contextlib.suppress(OSError, EOFError, zlib.error):
            yield from _unpacked(gzip.decompress(content), f"{how}gzip > ", depth - 1)


def zip_entries(content: bytes) -> Iterator[bytes]:
    """Unpack every entry that begins in there, as far as it goes."""
    start = content.find(ZIP_ENTRY)
    while start >= 0:
        header = content[start : start + ZIP_HEADER.size]
        if len(header) == ZIP_HEADER.size:
            fields = ZIP_HEADER.unpack(header)
            body = memoryview(content)[start + ZIP_HEADER.size + fields[9] + fields[10] :]
            if fields[3] == DEFLATED:
                yield _inflated(body, -15)
        start = content.find(ZIP_ENTRY, start + 4)


def zlib_whole(content: bytes) -> bytes:
    """Unpack a zlib stream; empty where it is none."""
    return _inflated(content, 15) if ZLIB_START.match(content) else b""


def zlib_streams(content: bytes) -> Iterator[bytes]:
    """Unpack everything that may be a zlib stream, as far as it goes."""
    for start in ZLIB_START.finditer(content):
        if inner := _inflated(memoryview(content)[start.start() :], 15):
            yield inner


def _inflated(content: bytes | memoryview, bits: int) -> bytes:
    unpacker, parts = zlib.decompressobj(bits), []
    with contextlib.suppress(zlib.error):
        for start in range(0, len(content), 4096):
            if unpacker.eof:
                break
            parts.append(unpacker.decompress(content[start : start + 4096]))
    return b"".join(parts)


def sqlite_cells(path: Path) -> Iterator[bytes]:
    """The texts and blobs of each table, and what is packed in them; also what only the log holds.

    The file stays as it is.
    """
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder) / "copy.db"
        for ending in ("", *SQLITE_SIDES):
            side = path.with_name(path.name + ending)
            if side.exists():
                shutil.copyfile(side, copy.with_name(copy.name + ending))
        with (
            contextlib.suppress(
                sqlite3.DatabaseError
            ),  # damaged: its bytes are searched all the same
            contextlib.closing(sqlite3.connect(copy)) as connection,
        ):
            connection.text_factory = bytes
            tables = connection.execute("SELECT name FROM sqlite_schema WHERE type = 'table'")
            for (name,) in tables.fetchall():
                rows = connection.execute(f'SELECT * FROM "{name.decode()}"')
                cells = [cell for row in rows for cell in row if isinstance(cell, bytes)]
                yield b"\x00".join(cells)
                yield b"\x00".join(filter(None, map(zlib_whole, cells)))
