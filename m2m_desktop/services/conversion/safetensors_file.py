"""A safetensors file as a mapping from tensor names to float32 arrays, read where it lies.

The format (version of 2022, stable since): eight bytes with the length of the header (little
endian), the header in JSON (name -> dtype, shape, data_offsets), then the bytes of all tensors
without a gap. It is read here and not by the `safetensors` package because that copies every
tensor it hands to numpy and cannot give one of BF16: views of a memory map cost no memory.
"""

import json
import math
import mmap
import struct
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from m2m_desktop.core.messages import N_, Message, message

# The format allows 100 MB; a model of 64 layers needs 200 kB, and JSON grows tenfold when parsed.
MAX_HEADER_BYTES = 16 << 20
MAX_DIMENSIONS = 8
METADATA = "__metadata__"

# all types of the format with their size in bits; the last ones are packed
BITS = {
    "F64": 64, "I64": 64, "U64": 64, "C64": 64,
    "F32": 32, "I32": 32, "U32": 32,
    "F16": 16, "BF16": 16, "I16": 16, "U16": 16,
    "BOOL": 8, "I8": 8, "U8": 8,
    "F8_E4M3": 8, "F8_E5M2": 8, "F8_E8M0": 8, "F8_E4M3FNUZ": 8, "F8_E5M2FNUZ": 8,
    "F6_E2M3": 6, "F6_E3M2": 6, "F4": 4,
}  # fmt: skip
FLOATS = frozenset({"F64", "F32", "F16", "BF16"})

_GIT_LFS = b"version https://git-lfs"


class HeaderRefused(Exception):
    """What is wrong with a safetensors file, as a sentence about ``file``."""

    def __init__(self, detail: Message) -> None:
        self.detail = detail
        super().__init__(detail.text())


@dataclass(frozen=True, slots=True)
class StoredTensor:
    """Where one tensor lies: ``start`` and ``stop`` count from the first byte of the file."""

    dtype: str
    shape: tuple[int, ...]
    start: int
    stop: int

    @property
    def is_float(self) -> bool:
        """Whether it can be given as float32."""
        return self.dtype in FLOATS


class TensorFile(Mapping[str, NDArray[np.float32]]):
    """The float tensors of an open file by name, in the order in which they lie.

    F32 tensors are read-only views of the memory map; others are converted each time they are
    asked for, and never kept. ``stored`` tells of all tensors, those of whole numbers among them.
    No array may be used after `close`, nor outlive the drive that the file is on.
    """

    def __init__(self, path: Path) -> None:
        """Open and check a file. Raises HeaderRefused, OSError."""
        self._map: mmap.mmap | None = None
        with path.open("rb") as file:
            self.size = path.stat().st_size
            self.stored = _read_header(file.read, self.size, path.name)
            if self.size > 0:
                self._map = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
        self._bytes = np.frombuffer(self._map or b"", np.uint8)

    def __getitem__(self, name: str) -> NDArray[np.float32]:
        tensor = self.stored[name]
        if not tensor.is_float:
            raise KeyError(name)
        raw = self._bytes[tensor.start : tensor.stop]
        return _as_float32(raw, tensor.dtype).reshape(tensor.shape)

    def __iter__(self) -> Iterator[str]:
        return (name for name, tensor in self.stored.items() if tensor.is_float)

    def __len__(self) -> int:
        return sum(tensor.is_float for tensor in self.stored.values())

    def close(self) -> None:
        """Let go of the file, which Windows cannot delete before."""
        self._bytes = np.empty(0, np.uint8)
        if self._map is not None:
            try:
                self._map.close()
            except BufferError:  # someone still holds an array: the map goes when that goes
                self._map = None


def _as_float32(raw: NDArray[np.uint8], dtype: str) -> NDArray[np.float32]:
    if dtype == "BF16":  # the upper half of a float32
        return (raw.view("<u2").astype(np.uint32) << 16).view(np.float32)
    if dtype == "F32":
        # a header of odd length leaves tensors where some processors cannot read them
        return np.require(raw.view("<f4"), np.float32, "A")
    return raw.view({"F16": "<f2", "F64": "<f8"}[dtype]).astype(np.float32)


# -- the header ------------------------------------------------------------------------------------


def _read_header(read: Callable[[int], bytes], size: int, file: str) -> dict[str, StoredTensor]:
    start = read(8)
    if _GIT_LFS.startswith(start) and len(start) == 8:
        raise HeaderRefused(
            message(N_("{file} is only a pointer of Git LFS; download the real file"), file=file)
        )
    cut_short = HeaderRefused(message(N_("{file} was cut short"), file=file))
    if len(start) < 8:
        raise cut_short
    (length,) = struct.unpack("<Q", start)
    if length > MAX_HEADER_BYTES:
        raise _broken(file)
    if 8 + length > size:
        raise cut_short
    stored = _parse(read(length), 8 + length, file)
    end = 8 + length
    for tensor in stored.values():
        if tensor.start != end:  # a gap or an overlap
            raise _broken(file)
        end = tensor.stop
    if end > size:
        raise cut_short
    if end != size:
        raise _broken(file)
    return stored


def _parse(content: bytes, base: int, file: str) -> dict[str, StoredTensor]:
    """Give the tensors in the order of their bytes."""
    try:
        fields = json.loads(content.decode("utf-8"), object_pairs_hook=_no_duplicates)
        if not isinstance(fields, dict):
            raise TypeError(type(fields).__name__)
        fields.pop(METADATA, None)
        found = [(str(name), _tensor(entry, base)) for name, entry in fields.items()]
    except (ValueError, TypeError, KeyError, RecursionError) as error:
        raise _broken(file) from error
    return dict(sorted(found, key=lambda item: (item[1].start, item[1].stop)))


def _tensor(entry: Mapping[str, Any], base: int) -> StoredTensor:
    """Read one entry. Raises ValueError, TypeError, KeyError."""
    shape, (start, stop) = entry["shape"], entry["data_offsets"]
    if not isinstance(shape, list) or len(shape) > MAX_DIMENSIONS:
        raise ValueError("shape")
    if any(type(number) is not int or number < 0 for number in (*shape, start, stop)):
        raise ValueError("no count")
    bits = math.prod(shape) * BITS[entry["dtype"]]
    if bits % 8 or stop - start != bits // 8:
        raise ValueError("size")
    return StoredTensor(entry["dtype"], tuple(shape), base + start, base + stop)


def _no_duplicates(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a name twice")
    return found


def _broken(file: str) -> HeaderRefused:
    return HeaderRefused(message(N_("{file} is not a sound safetensors file"), file=file))
