"""Zips by hand: encrypted ones, ones that look encrypted with AES, and ones that lie.

The standard library writes none of these. The ZipCrypto cipher is the public one of APPNOTE 6.1:
three 32-bit keys, stirred with every plain byte.
"""

import struct
import zlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

_DEFLATE, _AES = 8, 99


def _table_entry(value: int) -> int:
    for _ in range(8):
        value = (value >> 1) ^ (0xEDB88320 if value & 1 else 0)
    return value


_TABLE = [_table_entry(byte) for byte in range(256)]


def _crc_step(byte: int, crc: int) -> int:
    return (crc >> 8) ^ _TABLE[(crc ^ byte) & 0xFF]


def zip_crypto(data: bytes, password: bytes, check_byte: int) -> bytes:
    """Encrypt with the classic zip cipher; 12 bytes longer than the data."""
    key0, key1, key2 = 0x12345678, 0x23456789, 0x34567890

    def stir(byte: int) -> None:
        nonlocal key0, key1, key2
        key0 = _crc_step(byte, key0)
        key1 = ((key1 + (key0 & 0xFF)) * 134775813 + 1) & 0xFFFFFFFF
        key2 = _crc_step(key1 >> 24, key2)

    for byte in password:
        stir(byte)
    out = bytearray()
    for byte in bytes(range(11)) + bytes([check_byte]) + data:
        mask = key2 | 2
        out.append(byte ^ (((mask * (mask ^ 1)) >> 8) & 0xFF))
        stir(byte)
    return bytes(out)


@dataclass
class Member:
    """One member; ``claimed_size`` lies about the size where it is given."""

    name: str
    data: bytes
    password: bytes | None = None
    is_aes: bool = False
    claimed_size: int | None = None


def zip_of(members: Iterable[Member]) -> bytes:
    """Give a zip with these members, in this order, duplicates and all."""
    body, directory, count = bytearray(), bytearray(), 0
    for member in members:
        crc = zlib.crc32(member.data)
        packer = zlib.compressobj(9, zlib.DEFLATED, -15)
        packed = packer.compress(member.data) + packer.flush()
        method, flags = _DEFLATE, 0x800
        if member.password is not None:
            packed = zip_crypto(packed, member.password, crc >> 24)
            flags |= 0x1
        if member.is_aes:
            method, flags = _AES, flags | 0x1
        name = member.name.encode("utf-8")
        size = len(member.data) if member.claimed_size is None else member.claimed_size
        common = struct.pack(
            "<HHHHHIIIHH", 20, flags, method, 0, 0x21, crc, len(packed), size, len(name), 0
        )
        directory += struct.pack("<IH", 0x02014B50, 20) + common
        directory += struct.pack("<HHHII", 0, 0, 0, 0, len(body)) + name
        body += struct.pack("<I", 0x04034B50) + common + name + packed
        count += 1
    end = struct.pack("<IHHHHIIH", 0x06054B50, 0, 0, count, count, len(directory), len(body), 0)
    return bytes(body + directory + end)


def release_zip(
    files: Mapping[str, bytes],
    *,
    folder: str = "ascii-990/",
    password: str | None = None,
    is_aes: bool = False,
) -> bytes:
    """Give the files of a release as a zip."""
    secret = password.encode("utf-8") if password is not None else None
    return zip_of(Member(folder + name, data, secret, is_aes) for name, data in files.items())


def write_zip(path: Path, data: bytes) -> Path:
    """Write a zip and give its path back."""
    path.write_bytes(data)
    return path
