"""One number for each term of a terminology, whatever its level, and which terms a search may find."""

from bisect import bisect_right
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from m2m_desktop.core.columns import IntArray
from m2m_desktop.core.records import TermLevel
from m2m_desktop.core.term_search.records import SearchWish
from m2m_desktop.core.terminology import Terminology

BoolArray = NDArray[np.bool_]

LEVEL_ORDER = (TermLevel.PT, TermLevel.LLT, TermLevel.HLT, TermLevel.HLGT, TermLevel.SOC)
"""Levels at equal closeness: what is coded with comes first."""


@dataclass(frozen=True)
class TermNumbers:
    """Terms numbered level after level; ``starts`` has the number of each level's row 0."""

    starts: Mapping[TermLevel, int]
    count: int

    @classmethod
    def of(cls, terminology: Terminology) -> "TermNumbers":
        """Number the terms of a terminology."""
        starts, count = {}, 0
        for level in TermLevel:
            starts[level] = count
            count += terminology.count(level)
        return cls(starts, count)

    @cached_property
    def _bounds(self) -> list[int]:
        """The first number of each level, an empty level's before that of the next one."""
        return [self.starts[level] for level in TermLevel]

    def term(self, number: int) -> tuple[TermLevel, int]:
        """Give the level and row of a number."""
        level = TermLevel(bisect_right(self._bounds, number) - 1)
        return level, number - self._bounds[level]

    def slice(self, terminology: Terminology, level: TermLevel) -> slice:
        """Give the numbers of a level."""
        return slice(self.starts[level], self.starts[level] + terminology.count(level))


def allowed_terms(terminology: Terminology, numbers: TermNumbers, wish: SearchWish) -> BoolArray:
    """Tell for each term whether the filters of a wish let it through."""
    allowed = np.zeros(numbers.count, dtype=np.bool_)
    for level in wish.levels or frozenset(TermLevel):
        allowed[numbers.slice(terminology, level)] = True
    if not wish.shows_old:
        allowed[numbers.slice(terminology, TermLevel.LLT)] &= terminology.llt_current
    if wish.socs:
        below = _below(terminology, wish.socs, primary_only=wish.primary_only)
        for level, rows in below.items():
            allowed[numbers.slice(terminology, level)] &= rows
    return allowed


def _below(
    terminology: Terminology, socs: frozenset[str], *, primary_only: bool
) -> dict[TermLevel, BoolArray]:
    """Tell for each row of each level whether it lies in one of the SOCs."""
    chosen = np.zeros(terminology.count(TermLevel.SOC), dtype=np.bool_)
    chosen[[row for row in (terminology.index(TermLevel.SOC, c) for c in socs) if row >= 0]] = True
    paths = chosen[terminology.arrays["path.soc"]]
    if primary_only:
        paths &= terminology.arrays["path.primary"].astype(np.bool_)
    found = {TermLevel.SOC: chosen}
    for level in (TermLevel.HLGT, TermLevel.HLT):
        found[level] = np.zeros(terminology.count(level), dtype=np.bool_)
        found[level][terminology.arrays[f"path.{level.name.lower()}"][paths]] = True
    if not primary_only:  # also groups below which there is no PT
        for level in (TermLevel.SOC, TermLevel.HLGT):
            for row in np.flatnonzero(found[level]).tolist():
                found[TermLevel(level + 1)][terminology.child_rows(level, row)] = True
    counts = np.concatenate([[0], np.cumsum(paths)])
    starts = terminology.arrays["pt.path_starts"].astype(np.int64)
    found[TermLevel.PT] = counts[starts[1:]] > counts[starts[:-1]]
    found[TermLevel.LLT] = found[TermLevel.PT][terminology.llt_pt]
    return found


def first_socs(terminology: Terminology) -> Mapping[TermLevel, IntArray]:
    """Give for each row of each level the row of its (primary, else first) SOC; -1 where none."""
    found = {level: np.full(terminology.count(level), -1, np.int32) for level in TermLevel}
    found[TermLevel.SOC] = np.arange(terminology.count(TermLevel.SOC), dtype=np.int32)
    for level in (TermLevel.SOC, TermLevel.HLGT):
        below = found[TermLevel(level + 1)]
        for row in range(terminology.count(level) - 1, -1, -1):
            below[terminology.child_rows(level, row)] = found[level][row]
    starts = terminology.arrays["pt.path_starts"].astype(np.int64)
    has = starts[1:] > starts[:-1]
    found[TermLevel.PT][has] = terminology.arrays["path.soc"][starts[:-1][has]]
    found[TermLevel.LLT] = found[TermLevel.PT][terminology.llt_pt]
    return found
