"""One release in memory: look up a term, climb to its SOC, list what lies below it.

A `Terminology` is immutable. Its content is a flat mapping of numpy arrays (`arrays`), which is
also exactly what the compiled cache holds, so opening a cache is mapping files into memory.

Array names (n = number of rows of the level; level is soc, hlgt, hlt, pt or llt):

    {level}.codes, {level}.order         fixed-width byte codes in file order; their sorting order
    {level}.names, {level}.name_starts   UTF-8 names (see `columns.TextColumn`)
    {level}.names2, {level}.name2_starts the same in the second language, where loaded
    soc.rank                             place of each SOC in the international order
    soc.abbrevs, soc.abbrev_starts       SOC abbreviations
    llt.pt, llt.current                  index of the PT; 1 where current
    pt.llt_starts, pt.llts               LLTs of each PT in file order
    pt.path_starts, path.hlt, path.hlgt, path.soc, path.primary
                                         routes grouped by PT, the primary one first
    soc.hlgt_starts, soc.hlgts, hlgt.hlt_starts, hlgt.hlts, hlt.pt_starts, hlt.pts
                                         children of each term, in file order
    smq.codes, smq.order, smq.names, smq.name_starts, (smq.names2, smq.name2_starts)
    smq.level, smq.active, smq.algorithms, smq.algorithm_starts, smq.descriptions,
    smq.description_starts, smq.row_starts
    smqrow.kind, smqrow.term, smqrow.scope, smqrow.category, smqrow.weight, smqrow.active
                                         rows grouped by SMQ; kind 0 child SMQ, 4 PT, 5 LLT
    history.codes, history.rows, history.row_starts
                                         one event a row: "name$version$type$currency$action"
    isa.parent_starts, isa.parents, isa.child_starts, isa.children
                                         SNOMED CT: what each PT is a kind of, the primary parent
                                         first, and what is a kind of it, by name
    pt.tag, tag.names, tag.name_starts   SNOMED CT: the semantic tag of each PT
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from m2m_desktop.core.columns import CodeColumn, Groups, IntArray, TextColumn
from m2m_desktop.core.records import (
    HierarchyPath,
    LowestLevelTerm,
    PreferredTerm,
    Term,
    TermLevel,
)
from m2m_desktop.core.smqs import Smq as Smq
from m2m_desktop.core.smqs import SmqLists
from m2m_desktop.core.smqs import SmqMember as SmqMember
from m2m_desktop.core.smqs import SmqMembership as SmqMembership

Arrays = Mapping[str, NDArray[np.generic]]


@dataclass(frozen=True, slots=True)
class ReleaseInfo:
    """What a release says of itself, and the fingerprint of the files it came from.

    ``terminology_id`` names the compiled cache. ``hashes`` are (file name, SHA-256) pairs of the
    source files, sorted by name. ``kind`` is "meddra", "reference_csv" or "snomed".
    """

    terminology_id: str
    name: str
    version: str
    language: str
    kind: str = "meddra"
    encoding: str = "utf-8"
    language2: str = ""
    is_demo: bool = False
    hashes: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class HistoryEvent:
    """One change of a term as recorded in the release's history file."""

    version: str
    level: str
    currency: str
    action: str
    name: str


@dataclass(frozen=True)
class Terminology:
    """A loaded release. Codes are text; unknown codes give None or an empty tuple."""

    info: ReleaseInfo
    arrays: Arrays = field(repr=False)

    # -- columns ---------------------------------------------------------------------------------

    def codes(self, level: TermLevel) -> CodeColumn:
        """Give the code column of a level."""
        return self._codes[level]

    def names(self, level: TermLevel) -> TextColumn:
        """Give the name column of a level."""
        return self._names[level]

    def names2(self, level: TermLevel) -> TextColumn | None:
        """Give the second-language names of a level, or None where none was loaded."""
        return self._names2.get(level)

    @cached_property
    def _codes(self) -> dict[TermLevel, CodeColumn]:
        return {level: self._code_column(level.name.lower()) for level in TermLevel}

    @cached_property
    def _names(self) -> dict[TermLevel, TextColumn]:
        return {level: self._text(level.name.lower(), "name") for level in TermLevel}

    @cached_property
    def _names2(self) -> dict[TermLevel, TextColumn]:
        return {
            level: self._text(level.name.lower(), "name2")
            for level in TermLevel
            if f"{level.name.lower()}.name2_starts" in self.arrays
        }

    @cached_property
    def llt_pt(self) -> IntArray:
        """Index of the PT of each LLT."""
        return self._ints("llt.pt")

    @cached_property
    def llt_current(self) -> NDArray[np.bool_]:
        """Whether each LLT is current."""
        return self.arrays["llt.current"].astype(np.bool_)

    @cached_property
    def pt_llts(self) -> Groups:
        """LLT indexes of each PT, in file order."""
        return Groups(self._ints("pt.llt_starts"), self._ints("pt.llts"))

    @cached_property
    def current_llt_counts(self) -> IntArray:
        """How many current LLTs each PT has."""
        counts = np.bincount(self.llt_pt[self.llt_current], minlength=self.count(TermLevel.PT))
        return counts.astype(np.int32)

    @cached_property
    def _children(self) -> dict[TermLevel, Groups]:
        return {
            TermLevel.SOC: Groups(self._ints("soc.hlgt_starts"), self._ints("soc.hlgts")),
            TermLevel.HLGT: Groups(self._ints("hlgt.hlt_starts"), self._ints("hlgt.hlts")),
            TermLevel.HLT: Groups(self._ints("hlt.pt_starts"), self._ints("hlt.pts")),
            TermLevel.PT: self.pt_llts,
        }

    def _ints(self, name: str) -> IntArray:
        array = self.arrays[name]
        return array if array.dtype == np.int32 else array.astype(np.int32)  # type: ignore[return-value]

    def _code_column(self, prefix: str) -> CodeColumn:
        return CodeColumn(self.arrays[f"{prefix}.codes"], self._ints(f"{prefix}.order"))  # type: ignore[arg-type]

    def _text(self, prefix: str, what: str) -> TextColumn:
        starts = self._ints(f"{prefix}.{what}_starts")
        plural = "names2" if what == "name2" else f"{what}s"
        return TextColumn(self.arrays[f"{prefix}.{plural}"], starts)  # type: ignore[arg-type]

    # -- terms -----------------------------------------------------------------------------------

    def count(self, level: TermLevel) -> int:
        """How many terms a level has."""
        return len(self._codes[level])

    def index(self, level: TermLevel, code: str) -> int:
        """Give the row of a code at a level, or -1."""
        return self._codes[level].index(code)

    def term_at(self, level: TermLevel, index: int) -> Term:
        """Give the term at a row of a level."""
        names2 = self._names2.get(level)
        return Term(
            level,
            self._codes[level][index],
            self._names[level][index],
            names2[index] if names2 is not None else "",
        )

    def term(self, level: TermLevel, code: str) -> Term | None:
        """Look a term up by level and code: an LLT and its PT share one code."""
        index = self.index(level, code)
        return None if index < 0 else self.term_at(level, index)

    def find(self, name: str, levels: Iterable[TermLevel] = tuple(TermLevel)) -> tuple[Term, ...]:
        """Give every term that bears exactly this name in either language.

        Ordered by level as asked for, then file order. Names are not keys: expect several.
        """
        found: list[Term] = []
        for level in levels:
            rows = set(self._names[level].find(name))
            names2 = self._names2.get(level)
            if names2 is not None:
                rows.update(names2.find(name))
            found.extend(self.term_at(level, row) for row in sorted(rows))
        return tuple(found)

    def children(self, level: TermLevel, code: str) -> tuple[Term, ...]:
        """List the terms one level below; SOC > HLGT > HLT > PT > LLT, in file order."""
        index = self.index(level, code)
        if index < 0 or level is TermLevel.LLT:
            return ()
        below = TermLevel(level + 1)
        return tuple(self.term_at(below, int(row)) for row in self._children[level][index])

    def parents(self, level: TermLevel, code: str) -> tuple[Term, ...]:
        """List the terms one level above, in file order; a PT may have several HLTs, and so on."""
        index = self.index(level, code)
        if index < 0 or level is TermLevel.SOC:
            return ()
        above = TermLevel(level - 1)
        return tuple(self.term_at(above, int(row)) for row in self.parent_rows(level, index))

    def parent_rows(self, level: TermLevel, index: int) -> IntArray:
        """Give the rows one level above a row; the numbers behind `parents`."""
        if level is TermLevel.LLT:
            return self.llt_pt[index : index + 1]
        return self._parents[level][index]

    @cached_property
    def _parents(self) -> dict[TermLevel, Groups]:
        parents = {}
        for level in (TermLevel.HLGT, TermLevel.HLT, TermLevel.PT):
            below = self._children[TermLevel(level - 1)]
            above = np.repeat(
                np.arange(len(below.starts) - 1, dtype=np.int32), np.diff(below.starts)
            )
            parents[level] = Groups.of(below.members, above, self.count(level))
        return parents

    def child_rows(self, level: TermLevel, index: int) -> IntArray:
        """Give the rows one level below a row; the numbers behind `children`."""
        return self._children[level][index]

    def socs(self) -> tuple[Term, ...]:
        """List the SOCs in the international order."""
        order = np.argsort(self._ints("soc.rank"), kind="stable")
        return tuple(self.term_at(TermLevel.SOC, int(row)) for row in order)

    def preferred_term_at(self, index: int) -> PreferredTerm:
        """Give the PT at a row with its paths, the primary one first."""
        term = self.term_at(TermLevel.PT, index)
        return PreferredTerm(term.code, term.name, self._paths_at(index), term.name2)

    def preferred_term(self, code: str) -> PreferredTerm | None:
        """Look a PT up with its paths."""
        index = self.index(TermLevel.PT, code)
        return None if index < 0 else self.preferred_term_at(index)

    def paths(self, pt_code: str) -> tuple[HierarchyPath, ...]:
        """List all routes of a PT, the primary one first."""
        index = self.index(TermLevel.PT, pt_code)
        return () if index < 0 else self._paths_at(index)

    def _paths_at(self, index: int) -> tuple[HierarchyPath, ...]:
        starts = self._ints("pt.path_starts")
        return tuple(
            HierarchyPath(
                soc=self.term_at(TermLevel.SOC, int(self.arrays["path.soc"][row])),
                hlgt=self.term_at(TermLevel.HLGT, int(self.arrays["path.hlgt"][row])),
                hlt=self.term_at(TermLevel.HLT, int(self.arrays["path.hlt"][row])),
                is_primary=bool(self.arrays["path.primary"][row]),
            )
            for row in range(int(starts[index]), int(starts[index + 1]))
        )

    def primary_rows(self, pt_index: int) -> tuple[int, int, int]:
        """Give the (HLT, HLGT, SOC) rows of a PT's primary path, -1 where it has none."""
        starts = self._ints("pt.path_starts")
        row = int(starts[pt_index])
        if row == int(starts[pt_index + 1]):
            return -1, -1, -1
        hlt, hlgt, soc = (
            int(self.arrays[f"path.{level}"][row]) for level in ("hlt", "hlgt", "soc")
        )
        return hlt, hlgt, soc

    @cached_property
    def path_pts(self) -> IntArray:
        """Row of the PT of each path; PTs in file order, the primary path of each first."""
        starts = self._ints("pt.path_starts")
        return np.repeat(np.arange(len(starts) - 1, dtype=np.int32), np.diff(starts))

    def path_rows(self, level: TermLevel, index: int, *, primary_only: bool = False) -> IntArray:
        """Give the paths that run through a row of SOC, HLGT, HLT or PT, in the order of PTs."""
        column = self.path_pts if level is TermLevel.PT else self._path_column(level)
        is_hit = column == index
        if primary_only:
            is_hit &= self.arrays["path.primary"] == 1
        return np.flatnonzero(is_hit).astype(np.int32)

    def path_at(self, path: int) -> tuple[int, int, int]:
        """Give the (SOC, HLGT, HLT) rows of a path."""
        soc, hlgt, hlt = (
            int(self._path_column(level)[path])
            for level in (TermLevel.SOC, TermLevel.HLGT, TermLevel.HLT)
        )
        return soc, hlgt, hlt

    def _path_column(self, level: TermLevel) -> NDArray[np.generic]:
        return self.arrays[f"path.{level.name.lower()}"]

    def llt_at(self, index: int) -> LowestLevelTerm:
        """Give the LLT at a row."""
        term = self.term_at(TermLevel.LLT, index)
        pt_code = self._codes[TermLevel.PT][int(self.llt_pt[index])]
        return LowestLevelTerm(
            term.code, term.name, pt_code, bool(self.llt_current[index]), term.name2
        )

    def llt(self, code: str) -> LowestLevelTerm | None:
        """Look an LLT up by code."""
        index = self.index(TermLevel.LLT, code)
        return None if index < 0 else self.llt_at(index)

    def llts(self, pt_code: str, *, current_only: bool = False) -> tuple[LowestLevelTerm, ...]:
        """List the LLTs of a PT in file order, the non-current ones too unless told otherwise."""
        index = self.index(TermLevel.PT, pt_code)
        if index < 0:
            return ()
        rows = (int(row) for row in self.pt_llts[index])
        return tuple(self.llt_at(row) for row in rows if self.llt_current[row] or not current_only)

    # -- SNOMED CT -------------------------------------------------------------------------------

    @property
    def has_is_a(self) -> bool:
        """Whether concepts stand in a graph of any depth, of which the levels are a summary."""
        return "isa.parents" in self.arrays

    def is_a_parents(self, row: int) -> IntArray:
        """Give the PT rows that a PT is a kind of, the primary one first; none at the top."""
        return self._is_a("parent", row)

    def is_a_children(self, row: int) -> IntArray:
        """Give the PT rows that are a kind of a PT, by name."""
        return self._is_a("child", row)

    def _is_a(self, which: str, row: int) -> IntArray:
        if not self.has_is_a:
            return np.empty(0, dtype=np.int32)
        starts = self.arrays[f"isa.{which}_starts"]
        plural = "children" if which == "child" else "parents"
        return self._ints(f"isa.{plural}")[int(starts[row]) : int(starts[row + 1])]

    def semantic_tag(self, row: int) -> str:
        """Give what a PT's fully specified name has in brackets at its end, such as "finding"."""
        if "pt.tag" not in self.arrays:
            return ""
        return self._text("tag", "name")[int(self.arrays["pt.tag"][row])]

    # -- SMQs ------------------------------------------------------------------------------------

    @cached_property
    def smq_lists(self) -> SmqLists:
        """The SMQs by their rows; the numbers behind the functions below."""
        return SmqLists(self.arrays, self.term_at)

    @property
    def smq_codes(self) -> CodeColumn:
        """Codes of the SMQs in file order; empty where none were loaded."""
        return self.smq_lists.codes

    @property
    def smq_names(self) -> TextColumn:
        """Names of the SMQs in file order."""
        return self.smq_lists.names

    def smqs(self) -> tuple[Smq, ...]:
        """List all SMQs in file order, the inactive ones too."""
        return tuple(map(self.smq_lists.at, range(len(self.smq_codes))))

    def smq(self, code: str) -> Smq | None:
        """Look an SMQ up by code."""
        index = self.smq_codes.index(code)
        return None if index < 0 else self.smq_lists.at(index)

    def smq_children(self, code: str) -> tuple[Smq, ...]:
        """List the SMQs directly below one."""
        index = self.smq_codes.index(code)
        return () if index < 0 else tuple(map(self.smq_lists.at, self.smq_lists.child_rows(index)))

    def smq_members(
        self,
        code: str,
        *,
        narrow_only: bool = False,
        with_children: bool = True,
        levels: Collection[TermLevel] = (TermLevel.PT, TermLevel.LLT),
    ) -> tuple[SmqMember, ...]:
        """List the active PTs and LLTs of an SMQ, and of all SMQs below it unless told otherwise.

        Each (term, scope, category) appears once; a damaged, cyclic list ends all the same.
        """
        index = self.smq_codes.index(code)
        if index < 0:
            return ()
        return self.smq_lists.members(
            index, narrow_only=narrow_only, with_children=with_children, levels=levels
        )

    def smqs_of(self, pt_code: str) -> tuple[SmqMembership, ...]:
        """List the active SMQs that hold a PT, directly or through a child, narrow before broad."""
        index = self.index(TermLevel.PT, pt_code)
        return () if index < 0 else self.smq_lists.listing([(TermLevel.PT, index)])

    def smqs_of_llt(self, code: str) -> tuple[SmqMembership, ...]:
        """List the active SMQs that hold an LLT or its PT, as `smqs_of` does."""
        index = self.index(TermLevel.LLT, code)
        if index < 0:
            return ()
        pt = (TermLevel.PT, int(self.llt_pt[index]))
        return self.smq_lists.listing([(TermLevel.LLT, index), pt])

    # -- history ---------------------------------------------------------------------------------

    def history(self, code: str) -> tuple[HistoryEvent, ...]:
        """List the recorded changes of a code in file order; empty where no history was loaded."""
        if "history.codes" not in self.arrays:
            return ()
        wanted = code.encode("utf-8", "surrogatepass")
        rows = self._text("history", "row")
        events = []
        for row in np.flatnonzero(self.arrays["history.codes"] == wanted):
            name, version, level, currency, action = rows[int(row)].rsplit("$", 4)
            events.append(HistoryEvent(version, level, currency, action, name))
        return tuple(events)
