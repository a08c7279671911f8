"""A zip read part by part, so that a part can be taken over byte for byte.

`zipfile` can only unpack and pack again; here an untouched part keeps its compressed bytes, its
time stamp and its extra fields. What is unusual (zip64, several disks, encryption) is refused.
"""

import struct
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import IO

from m2m_desktop.core.messages import N_, message
from m2m_desktop.services.export.errors import Unpatchable

LOCAL = struct.Struct("<4s5H3L2H")
CENTRAL = struct.Struct("<4s6H3L5H2L")
END = struct.Struct("<4s4H2LH")
LOCAL_MARK, CENTRAL_MARK, END_MARK = b"PK\x03\x04", b"PK\x01\x02", b"PK\x05\x06"
STORED, DEFLATED = 0, 8
UTF8_NAME = 0x800
NEEDS_ZIP64 = 0xFFFFFFFF
TOO_MANY_PARTS = 0xFFFF

_DESCRIPTOR_MARK = b"PK\x07\x08"
_ENCRYPTED, _HAS_DESCRIPTOR = 0x1, 0x8
_COPY_BYTES = 1 << 20


@dataclass(frozen=True, slots=True)
class ZipPart:
    """An entry of a zip: ``record`` is its line of the directory, ``offset`` where it begins.

    It ends at ``limit`` at the latest: where the next entry or the directory begins.
    """

    name: str
    raw_name: bytes
    record: bytes
    flags: int
    method: int
    crc: int
    packed_size: int
    size: int
    offset: int
    limit: int


class ZipSource:
    """The parts of an open zip, in the order of its directory. Raises `Unpatchable`."""

    def __init__(self, stream: IO[bytes]) -> None:
        self._stream = stream
        start, directory, count = _find_directory(stream)
        raw = list(_records(directory, count))
        offsets = sorted(fields[16] for _record, fields in raw)
        limits = dict(zip(offsets, [*offsets[1:], start], strict=True))
        self.parts = tuple(_part(record, fields, limits[fields[16]]) for record, fields in raw)
        self.names = {part.name: part for part in self.parts}
        if len(self.names) != len(self.parts) or len(limits) != len(self.parts):
            raise _refused()

    def read(self, name: str, max_size: int) -> bytes:
        """Unpack a part. Raises `Unpatchable` if it is missing, damaged or larger."""
        part = self.names.get(name)
        if part is None or part.size > max_size or part.flags & _ENCRYPTED:
            raise _refused()
        self._stream.seek(self._data_start(part))
        packed = self._stream.read(part.packed_size)
        try:
            if part.method == STORED:
                content = packed
            elif part.method == DEFLATED:
                content = zlib.decompressobj(-zlib.MAX_WBITS).decompress(packed, part.size + 1)
            else:
                raise _refused()
        except zlib.error as error:
            raise _refused() from error
        if len(content) != part.size or zlib.crc32(content) != part.crc:
            raise _refused()
        return content

    def raw(self, part: ZipPart) -> Iterator[bytes]:
        """The bytes of an entry as they stand: header, data, descriptor."""
        length = self._data_start(part) + part.packed_size - part.offset
        length += self._descriptor_size(part, part.offset + length)
        self._stream.seek(part.offset)
        while length:
            piece = self._stream.read(min(length, _COPY_BYTES))
            if not piece:
                raise _refused()
            yield piece
            length -= len(piece)

    def _data_start(self, part: ZipPart) -> int:
        self._stream.seek(part.offset)
        header = self._stream.read(LOCAL.size)
        if len(header) != LOCAL.size or header[:4] != LOCAL_MARK:
            raise _refused()
        name_size, extra_size = LOCAL.unpack(header)[9:11]
        start = part.offset + LOCAL.size + int(name_size) + int(extra_size)
        if start + part.packed_size > part.limit:
            raise _refused()
        return start

    def _descriptor_size(self, part: ZipPart, at: int) -> int:
        """Sizes may follow the data instead of standing before it, with or without a mark."""
        if not part.flags & _HAS_DESCRIPTOR:
            return 0
        self._stream.seek(at)
        size = 16 if self._stream.read(4) == _DESCRIPTOR_MARK else 12
        if at + size > part.limit:
            raise _refused()
        return size


def _find_directory(stream: IO[bytes]) -> tuple[int, bytes, int]:
    """Give where the directory begins, the directory, and the number of its entries."""
    size = stream.seek(0, 2)
    tail_size = min(size, END.size + 0xFFFF)
    stream.seek(size - tail_size)
    tail = stream.read(tail_size)
    at = tail.rfind(END_MARK)
    if at < 0 or len(tail) < at + END.size:
        raise _refused()
    _mark, disk, _disk, _count, count, length, start, _comment = END.unpack_from(tail, at)
    if disk or count == TOO_MANY_PARTS or start + length != size - tail_size + at:
        raise _refused()
    stream.seek(start)
    return start, stream.read(length), count


def _records(directory: bytes, count: int) -> Iterator[tuple[bytes, tuple[int, ...]]]:
    at = 0
    for _number in range(count):
        if directory[at : at + 4] != CENTRAL_MARK or len(directory) < at + CENTRAL.size:
            raise _refused()
        fields = CENTRAL.unpack_from(directory, at)
        end = at + CENTRAL.size + sum(fields[10:13])
        record = directory[at:end]
        if len(record) != end - at or NEEDS_ZIP64 in {fields[8], fields[9], fields[16]}:
            raise _refused()
        yield record, fields
        at = end


def _part(record: bytes, fields: tuple[int, ...], limit: int) -> ZipPart:
    flags, method, crc, packed_size, size = fields[3], fields[4], *fields[7:10]
    raw_name = record[CENTRAL.size : CENTRAL.size + fields[10]]
    name = raw_name.decode("utf-8" if flags & UTF8_NAME else "cp437", "replace")
    name = name.replace("\\", "/")
    offset = fields[16]
    return ZipPart(name, raw_name, record, flags, method, crc, packed_size, size, offset, limit)


def _refused() -> Unpatchable:
    return Unpatchable(message(N_("the file is packed in an unusual way.")))
