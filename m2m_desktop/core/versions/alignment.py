"""Two releases side by side: which row of one is which row of the other."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from m2m_desktop.core.columns import CodeColumn, Groups, IntArray, TextColumn
from m2m_desktop.core.records import TermLevel
from m2m_desktop.core.terminology import ReleaseInfo, Terminology
from m2m_desktop.core.versions.changes import Place

LinkArray = NDArray[np.int64]


@dataclass(frozen=True)
class Alignment:
    """Rows of one level (or of the SMQs) that have one code; -1 where the other has no such code."""

    to_new: IntArray
    to_old: IntArray

    @classmethod
    def of(cls, old: CodeColumn, new: CodeColumn) -> "Alignment":
        """Match two columns of codes."""
        return cls(new.index_many(old.codes), old.index_many(new.codes))

    @cached_property
    def gone(self) -> IntArray:
        """Old rows without a new one."""
        return np.flatnonzero(self.to_new < 0).astype(np.int32)

    @cached_property
    def fresh(self) -> IntArray:
        """New rows without an old one."""
        return np.flatnonzero(self.to_old < 0).astype(np.int32)

    @cached_property
    def kept(self) -> IntArray:
        """New rows that have an old one; `to_old` says which."""
        return np.flatnonzero(self.to_old >= 0).astype(np.int32)

    def unified(self, old_rows: IntArray) -> LinkArray:
        """Number old rows as new rows are, and those that are gone behind them."""
        new_rows = self.to_new[old_rows]
        behind = len(self.to_old) + old_rows.astype(np.int64)
        return np.where(new_rows >= 0, new_rows, behind).astype(np.int64)

    def old_row(self, number: int) -> int:
        """Give the old row of a `unified` number."""
        behind = number - len(self.to_old)
        return behind if behind >= 0 else int(self.to_old[number])


@dataclass(frozen=True)
class ReleasePair:
    """An old and a new release, and the language in which both have names (empty: none)."""

    old: Terminology
    new: Terminology

    @cached_property
    def language(self) -> str:
        """The first language of the new release that the old one has as well."""
        return shared_language(self.old.info, self.new.info)

    def rows(self, level: TermLevel) -> Alignment:
        """The rows of a level, matched."""
        return self._rows[level]

    @cached_property
    def _rows(self) -> dict[TermLevel, Alignment]:
        return {
            level: Alignment.of(self.old.codes(level), self.new.codes(level)) for level in TermLevel
        }

    def names(self, release: Terminology, level: TermLevel) -> TextColumn:
        """The names of a level in the shared language, else in the release's first one."""
        second = release.names2(level)
        is_second = self.language and release.info.language != self.language
        return second if is_second and second is not None else release.names(level)

    def parents(self, release: Terminology, level: TermLevel) -> Groups:
        """The rows one level above each row of a level."""
        groups = self._old_parents if release is self.old else self._new_parents
        return groups[level]

    @cached_property
    def _old_parents(self) -> dict[TermLevel, Groups]:
        return _all_parents(self.old)

    @cached_property
    def _new_parents(self) -> dict[TermLevel, Groups]:
        return _all_parents(self.new)

    def place(self, release: Terminology, level: TermLevel, row: int) -> Place:
        """A term as the place of another one."""
        name = self.names(release, level)[row]
        return Place(level.name.lower(), release.codes(level)[row], name)

    def stands_under(self, release: Terminology, level: TermLevel, row: int) -> tuple[Place, ...]:
        """The places one level above a term; a PT's HLTs, the one of its primary path first."""
        if level is TermLevel.SOC:
            return ()
        above = TermLevel(level - 1)
        rows = [int(parent) for parent in self.parents(release, level)[row]]
        if level is TermLevel.PT:
            first = release.primary_rows(row)[0]
            rows.sort(key=lambda parent: parent != first)
        return tuple(self.place(release, above, parent) for parent in rows)


def shared_language(old: ReleaseInfo, new: ReleaseInfo) -> str:
    """Give the first language of ``new`` that ``old`` has as well; empty where there is none."""
    known = {old.language, old.language2} - {""}
    return next((one for one in (new.language, new.language2) if one in known), "")


def links(release: Terminology, level: TermLevel) -> tuple[IntArray, IntArray]:
    """Give (child, parent) rows of a level and the one above it, each pair once."""
    if level is TermLevel.LLT:
        return np.arange(len(release.llt_pt), dtype=np.int32), release.llt_pt
    above, below = TermLevel(level - 1).name.lower(), level.name.lower()
    starts: IntArray = release.arrays[f"{above}.{below}_starts"].astype(np.int32)
    children: IntArray = release.arrays[f"{above}.{below}s"].astype(np.int32)
    parents = np.repeat(np.arange(len(starts) - 1, dtype=np.int32), np.diff(starts))
    return children, parents


def _all_parents(release: Terminology) -> dict[TermLevel, Groups]:
    found: dict[TermLevel, Groups] = {}
    for level in TermLevel:
        if level is not TermLevel.SOC:
            children, parents = links(release, level)
            found[level] = Groups.of(children, parents, release.count(level))
    return found
