"""Columns: many small values in a few flat arrays, so that a release costs megabytes, not objects."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

IntArray = NDArray[np.int32]
ByteArray = NDArray[np.uint8]
CodeArray = NDArray[np.bytes_]

_LF = 10
_GATHER_CHUNK = 1 << 12  # rows copied at once: index arrays that stay in the CPU cache


@dataclass(frozen=True, slots=True)
class TextColumn:
    """Many short texts in one UTF-8 buffer.

    ``buffer`` holds LF, text 0, LF, text 1, ... LF; ``starts`` (length n + 1) says where each text
    begins. The separators make an exact search one scan of the buffer, without any index.
    """

    buffer: ByteArray
    starts: IntArray

    @classmethod
    def of(cls, texts: Sequence[str]) -> "TextColumn":
        """Pack ``texts``; none may contain a line feed."""
        joined = "\n" + "\n".join(texts) + "\n" if texts else "\n"
        buffer = np.frombuffer(joined.encode("utf-8"), dtype=np.uint8)
        starts = np.flatnonzero(buffer == _LF).astype(np.int32) + np.int32(1)
        if len(starts) != len(texts) + 1:
            raise ValueError("a text contains a line feed")
        return cls(buffer, starts)

    @classmethod
    def of_slices(
        cls, source: ByteArray, starts: NDArray[np.integer], stops: NDArray[np.integer]
    ) -> "TextColumn":
        """Copy ``source[start:stop]`` of every row; no slice may contain a line feed.

        Each slice must be followed by one more byte in ``source`` (its delimiter).
        """
        sizes = (stops - starts).astype(np.int64) + 1
        placed = np.empty(len(sizes) + 1, dtype=np.int64)
        placed[0] = 1
        np.cumsum(sizes, out=placed[1:])
        placed[1:] += 1
        buffer = np.empty(int(placed[-1]), dtype=np.uint8)
        for row in range(0, len(sizes), _GATHER_CHUNK):
            end = min(row + _GATHER_CHUNK, len(sizes))
            shift = np.repeat(starts[row:end] - placed[row:end], sizes[row:end])
            shift += np.arange(placed[row], placed[end])
            buffer[placed[row] : placed[end]] = source[shift]
        buffer[placed - 1] = _LF
        return cls(buffer, placed.astype(np.int32))

    def take(self, rows: NDArray[np.integer]) -> "TextColumn":
        """Give the texts at ``rows``, in that order, as a column of their own."""
        return TextColumn.of_slices(self.buffer, self.starts[rows], self.starts[rows + 1] - 1)

    def overlaid(self, other: "TextColumn", rows: NDArray[np.integer]) -> "TextColumn":
        """Give ``other[rows[i]]`` for each i, and this column's own text where that is -1."""
        both = np.concatenate([self.buffer, other.buffer])
        starts, stops = self.starts[:-1].astype(np.int64), self.starts[1:].astype(np.int64) - 1
        has = rows >= 0
        starts[has] = other.starts[rows[has]] + np.int64(len(self.buffer))
        stops[has] = other.starts[rows[has] + 1] + np.int64(len(self.buffer)) - 1
        return TextColumn.of_slices(both, starts, stops)

    def sizes(self) -> IntArray:
        """Give the length of each text in UTF-8 bytes."""
        return np.diff(self.starts) - np.int32(1)

    def differing_rows(self, other: "TextColumn") -> IntArray:
        """Give the rows in which two columns of equal length differ."""
        if len(self) != len(other):
            raise ValueError("columns of different length")
        same_size = self.sizes() == other.sizes()
        comparable = np.flatnonzero(same_size)
        mine, theirs = self, other
        if not same_size.all():
            mine, theirs = self.take(comparable), other.take(comparable)
        differs = ~same_size
        if not np.array_equal(mine.buffer, theirs.buffer):
            at = np.flatnonzero(mine.buffer != theirs.buffer)
            differs[comparable[np.searchsorted(mine.starts, at, side="right") - 1]] = True
        return np.flatnonzero(differs).astype(np.int32)

    def __len__(self) -> int:
        return len(self.starts) - 1

    def __getitem__(self, index: int) -> str:
        if index < 0:
            index += len(self)
        start, stop = int(self.starts[index]), int(self.starts[index + 1]) - 1
        return self.buffer[start:stop].tobytes().decode("utf-8")

    def __iter__(self) -> Iterator[str]:
        return iter(self.to_list())

    def to_list(self) -> list[str]:
        """Decode everything at once; far cheaper than one by one."""
        if not len(self):
            return []
        return self.buffer[1:-1].tobytes().decode("utf-8").split("\n")

    def find(self, text: str) -> list[int]:
        """Give the indexes of all entries that equal ``text``, ascending."""
        if "\n" in text or not len(self):
            return []
        haystack = self.buffer.tobytes()
        needle = b"\n" + text.encode("utf-8", "surrogatepass") + b"\n"
        found: list[int] = []
        at = haystack.find(needle)
        while at >= 0:
            found.append(int(np.searchsorted(self.starts, at + 1)))
            at = haystack.find(needle, at + len(needle) - 1)
        return found


@dataclass(frozen=True, slots=True)
class CodeColumn:
    """Codes in file order with a sorted view for looking one up.

    ``codes`` is a fixed-width byte string array; ``order`` sorts it.
    """

    codes: CodeArray
    order: IntArray

    @classmethod
    def of(cls, codes: CodeArray) -> "CodeColumn":
        """Index ``codes`` for look-up; of equal codes the first in file order wins."""
        return cls(codes, np.argsort(codes, kind="stable").astype(np.int32))

    def __len__(self) -> int:
        return len(self.codes)

    def __getitem__(self, index: int) -> str:
        return bytes(self.codes[index]).decode("utf-8")

    def index(self, code: str) -> int:
        """Give the position of ``code``, or -1."""
        wanted = code.encode("utf-8", "surrogatepass")
        if not len(self.codes) or len(wanted) > self.codes.dtype.itemsize:
            return -1
        key = np.array(wanted, dtype=self.codes.dtype)
        at = int(np.searchsorted(self.codes, key, sorter=self.order))
        if at == len(self.codes):
            return -1
        found = int(self.order[at])
        return found if bytes(self.codes[found]) == wanted else -1

    def index_many(self, codes: CodeArray) -> IntArray:
        """Give the position of each of ``codes``, -1 where unknown."""
        if not len(self.codes):
            return np.full(len(codes), -1, dtype=np.int32)
        at = np.searchsorted(self.codes, codes, sorter=self.order)
        found = self.order[np.minimum(at, len(self.codes) - 1)]
        return np.where(self.codes[found] == codes, found, -1).astype(np.int32)


@dataclass(frozen=True, slots=True)
class Groups:
    """For each parent index, a run of child indexes (compressed rows)."""

    starts: IntArray
    members: IntArray

    @classmethod
    def of(cls, parents: IntArray, members: IntArray, parent_count: int) -> "Groups":
        """Group ``members`` by ``parents`` (same length); file order is kept within a group."""
        order = np.argsort(parents, kind="stable")
        starts = np.searchsorted(parents[order], np.arange(parent_count + 1)).astype(np.int32)
        return cls(starts, members[order].astype(np.int32))

    def __getitem__(self, parent: int) -> IntArray:
        return self.members[int(self.starts[parent]) : int(self.starts[parent + 1])]
