"""A zip written part by part: parts of another zip as they are, and parts made anew."""

import struct
import zlib
from collections.abc import Iterable
from typing import IO

from m2m_desktop.core.messages import N_, message
from m2m_desktop.services.export.errors import Unpatchable
from m2m_desktop.services.export.zip_source import (
    CENTRAL,
    CENTRAL_MARK,
    DEFLATED,
    END,
    END_MARK,
    LOCAL,
    LOCAL_MARK,
    NEEDS_ZIP64,
    TOO_MANY_PARTS,
    UTF8_NAME,
    ZipPart,
    ZipSource,
)

FIXED_TIME = struct.pack("<HH", 0, (1 << 5) | 1)
"""Midnight of 1 January 1980 as zip has it: the time of new parts, so that equal content is equal."""
LEVEL = 6
_VERSION_NEEDED = 20
_OFFSET_IN_RECORD = slice(42, 46)
_TIME_IN_RECORD = slice(12, 16)


class ZipWriter:
    """Writes entry after entry to an open, empty file; `finish` writes the directory.

    Raises `Unpatchable` where the result would need zip64, which not every program reads.
    """

    def __init__(self, stream: IO[bytes]) -> None:
        self._stream = stream
        self._directory: list[bytes] = []

    def copy(self, source: ZipSource, part: ZipPart) -> None:
        """Take an entry over as it is."""
        offset = self._stream.tell()
        for piece in source.raw(part):
            self._stream.write(piece)
        self._check_size(offset)
        record = bytearray(part.record)
        record[_OFFSET_IN_RECORD] = struct.pack("<L", offset)
        self._directory.append(bytes(record))

    def write(self, name: str, chunks: Iterable[bytes]) -> None:
        """Write an entry anew, compressing its content while it is being made."""
        self._write(name.encode(), UTF8_NAME, FIXED_TIME, chunks)

    def replace(self, part: ZipPart, chunks: Iterable[bytes]) -> None:
        """Write an entry anew under the name and the time stamp of an old one."""
        self._write(part.raw_name, part.flags & UTF8_NAME, part.record[_TIME_IN_RECORD], chunks)

    def finish(self) -> None:
        """Write the directory."""
        start, count = self._stream.tell(), len(self._directory)
        for record in self._directory:
            self._stream.write(record)
        length = self._stream.tell() - start
        self._check_size(start + length)
        if count >= TOO_MANY_PARTS:
            raise _too_large()
        self._stream.write(END.pack(END_MARK, 0, 0, count, count, length, start, 0))

    def _write(self, name: bytes, flags: int, stamp: bytes, chunks: Iterable[bytes]) -> None:
        offset = self._stream.tell()
        self._stream.write(bytes(LOCAL.size) + name)
        packer = zlib.compressobj(LEVEL, zlib.DEFLATED, -zlib.MAX_WBITS)
        crc = size = 0
        for chunk in chunks:
            crc = zlib.crc32(chunk, crc)
            size += len(chunk)
            self._stream.write(packer.compress(chunk))
        self._stream.write(packer.flush())
        end = self._stream.tell()
        self._check_size(max(size, end))
        time, date = struct.unpack("<HH", stamp)
        packed_size = end - offset - LOCAL.size - len(name)
        shared = (_VERSION_NEEDED, flags, DEFLATED, time, date, crc, packed_size, size)
        self._stream.seek(offset)
        self._stream.write(LOCAL.pack(LOCAL_MARK, *shared, len(name), 0))
        self._stream.seek(end)
        record = CENTRAL.pack(
            CENTRAL_MARK, _VERSION_NEEDED, *shared, len(name), 0, 0, 0, 0, 0, offset
        )
        self._directory.append(record + name)

    def _check_size(self, size: int) -> None:
        if size >= NEEDS_ZIP64:
            raise _too_large()


def _too_large() -> Unpatchable:
    return Unpatchable(message(N_("the file would become too large.")))
