"""The hierarchy of a release: the paths of mdhier.asc, the link files, and whether they agree."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from m2m_desktop.core.columns import IntArray
from m2m_desktop.core.records import TermLevel
from m2m_desktop.services.import_report import Findings
from m2m_desktop.services.meddra_levels import Level
from m2m_desktop.services.meddra_tables import Table

_YES, _NO = ord("Y"), ord("N")
_PATH_LEVELS = (TermLevel.PT, TermLevel.HLT, TermLevel.HLGT, TermLevel.SOC)
LINK_FILES: Mapping[str, tuple[TermLevel, TermLevel]] = {
    "soc_hlgt.asc": (TermLevel.SOC, TermLevel.HLGT),
    "hlgt_hlt.asc": (TermLevel.HLGT, TermLevel.HLT),
    "hlt_pt.asc": (TermLevel.HLT, TermLevel.PT),
}

Levels = Mapping[TermLevel, Level]
Pairs = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Paths:
    """One row a path: the row of its term at each level, and whether it is the primary one."""

    rows: Mapping[TermLevel, IntArray]
    is_primary: NDArray[np.bool_]
    table: Table

    def pairs(self, parent: TermLevel, child: TermLevel, levels: Levels) -> Pairs:
        """Give each path's step from ``parent`` to ``child`` as one number."""
        return _pairs(self.rows[parent], self.rows[child], len(levels[child]))


def read_paths(table: Table, levels: Levels, findings: Findings) -> Paths:
    """Read mdhier.asc and check every code and flag in it against the levels."""
    rows: dict[TermLevel, IntArray] = {}
    for column, level in enumerate(_PATH_LEVELS):
        codes, numbers, is_code = table.codes(column)
        findings.refuse_rows("bad_code", table, np.flatnonzero(~is_code), column=column + 1)
        rows[level] = levels[level].rows(numbers)
        orphans = np.flatnonzero(is_code & (rows[level] < 0))
        findings.refuse_rows(f"orphan_{level.name.lower()}", table, orphans, codes)
    flags = table.letters(11)
    findings.refuse_rows(
        "bad_primary_flag", table, np.flatnonzero((flags != _YES) & (flags != _NO))
    )
    _, primary_socs, is_code = table.codes(10)
    findings.refuse_rows("bad_code", table, np.flatnonzero(~is_code), column=11)
    findings.raise_if_broken()
    table, rows, keep = _without_repeats(table, rows, findings)
    is_primary = flags[keep] == _YES
    paths = Paths(rows, is_primary, table)
    _check_primaries(paths, primary_socs[keep], levels, findings)
    return paths


def _without_repeats(
    table: Table, rows: dict[TermLevel, IntArray], findings: Findings
) -> tuple[Table, dict[TermLevel, IntArray], NDArray[np.bool_]]:
    """Drop rows that repeat the same path."""
    keep = np.ones(len(table), dtype=np.bool_)
    keys = np.stack([rows[level] for level in _PATH_LEVELS] + [table.letters(11)])
    order = np.lexsort(keys)
    same = (keys[:, order[1:]] == keys[:, order[:-1]]).all(axis=0)
    if same.any():
        again = np.sort(order[1:][same])
        findings.warn_rows("repeated_row", table, again)
        keep[again] = False
        return table.keep(keep), {level: at[keep] for level, at in rows.items()}, keep
    return table, rows, keep


def _check_primaries(
    paths: Paths, primary_socs: IntArray, levels: Levels, findings: Findings
) -> None:
    """Each PT has exactly one primary path, and it leads to the SOC that pt.asc names."""
    table, pts = paths.table, levels[TermLevel.PT]
    pt_rows, soc_rows = paths.rows[TermLevel.PT], paths.rows[TermLevel.SOC]
    path_codes = pts.codes[pt_rows]
    path_count = np.bincount(pt_rows, minlength=len(pts))
    none = np.flatnonzero(path_count == 0)
    findings.refuse_rows("pt_without_path", pts.table, none, pts.codes)
    primaries = np.bincount(pt_rows[paths.is_primary], minlength=len(pts))
    without = np.flatnonzero((path_count > 0) & (primaries == 0))
    findings.refuse_rows("pt_without_primary", pts.table, without, pts.codes)
    several = np.flatnonzero(paths.is_primary & (primaries[pt_rows] > 1))
    findings.refuse_rows("pt_with_two_primaries", table, several, path_codes)
    soc_codes, soc_numbers, _ = pts.table.codes(3)
    stated = levels[TermLevel.SOC].rows(soc_numbers)
    unknown = np.flatnonzero(stated < 0)
    findings.refuse_rows("unknown_primary_soc", pts.table, unknown, soc_codes)
    here = levels[TermLevel.SOC].rows(primary_socs)
    differs = np.flatnonzero((here != stated[pt_rows]) & (stated[pt_rows] >= 0))
    findings.refuse_rows("primary_soc_differs", table, differs, path_codes)
    goes_home = soc_rows == here
    wrong = np.flatnonzero((here >= 0) & (paths.is_primary & ~goes_home))
    findings.refuse_rows("primary_flag_wrong", table, wrong, path_codes)
    in_soc = _pairs(pt_rows, soc_rows, len(levels[TermLevel.SOC]))
    order = np.argsort(in_soc, kind="stable")
    twice = np.sort(order[1:][in_soc[order[1:]] == in_soc[order[:-1]]])
    findings.warn_rows("two_paths_in_soc", table, twice)
    primary_soc = np.flatnonzero(~paths.is_primary & goes_home)
    is_lonely = ~np.isin(in_soc[primary_soc], in_soc[paths.is_primary])
    findings.refuse_rows("primary_flag_wrong", table, primary_soc[is_lonely], path_codes)


def check_names_agree(paths: Paths, levels: Levels, findings: Findings) -> None:
    """Compare the names that mdhier.asc repeats with the names of the terms."""
    for column, level in enumerate(_PATH_LEVELS, start=4):
        names = levels[level].names.take(paths.rows[level])
        differing = paths.table.texts(column).differing_rows(names)
        if len(differing) * 2 > max(len(names), 4):
            place = paths.table.place(int(differing[0]))
            findings.refuse("mixed_files", place=place, other=levels[level].table.name)
        else:
            findings.warn_rows("name_differs", paths.table, differing)


def read_links(
    tables: Mapping[str, Table], levels: Levels, findings: Findings
) -> dict[str, tuple[IntArray, IntArray, Table]]:
    """Read the link files: rows of (parent, child), each pair once."""
    links: dict[str, tuple[IntArray, IntArray, Table]] = {}
    for name, sides in LINK_FILES.items():
        if name not in tables:
            continue
        table = tables[name]
        found = []
        for column, level in enumerate(sides):
            codes, numbers, is_code = table.codes(column)
            findings.refuse_rows("bad_code", table, np.flatnonzero(~is_code), column=column + 1)
            rows = levels[level].rows(numbers)
            orphans = np.flatnonzero(is_code & (rows < 0))
            findings.refuse_rows(f"orphan_{level.name.lower()}", table, orphans, codes)
            found.append(rows)
        parents, children = found
        _, first = np.unique(_pairs(parents, children, len(levels[sides[1]])), return_index=True)
        if len(first) < len(table):
            again = np.setdiff1d(np.arange(len(table)), first)
            findings.warn_rows("repeated_row", table, again)
            first = np.sort(first)
            parents, children, table = parents[first], children[first], table.keep(first)
        links[name] = parents, children, table
    return links


def check_links_agree(
    paths: Paths,
    links: Mapping[str, tuple[IntArray, IntArray, Table]],
    levels: Levels,
    findings: Findings,
) -> None:
    """Every path must be made of links; links that lead nowhere are only odd."""
    is_linked = np.ones(len(paths.table), dtype=np.bool_)
    for name, (parents, children, table) in links.items():
        above, below = LINK_FILES[name]
        known = _pairs(parents, children, len(levels[below]))
        used = paths.pairs(above, below, levels)
        is_linked &= np.isin(used, known)
        findings.warn_rows("link_without_path", table, np.flatnonzero(~np.isin(known, used)))
    codes = levels[TermLevel.PT].codes[paths.rows[TermLevel.PT]]
    findings.refuse_rows("path_not_linked", paths.table, np.flatnonzero(~is_linked), codes)


def child_pairs(
    paths: Paths,
    links: Mapping[str, tuple[IntArray, IntArray, Table]],
    levels: Levels,
    name: str,
) -> tuple[IntArray, IntArray]:
    """Give (parents, children) of two neighbouring levels, from the link file or the paths."""
    if name in links:
        return links[name][0], links[name][1]
    above, below = LINK_FILES[name]
    _, first = np.unique(paths.pairs(above, below, levels), return_index=True)
    first = np.sort(first)
    return paths.rows[above][first], paths.rows[below][first]


def soc_ranks(table: Table | None, socs: Level, findings: Findings) -> IntArray:
    """Give each SOC's place in the international order; the file order where that is unsound."""
    in_file_order = np.arange(len(socs), dtype=np.int32)
    if table is None or not len(table):
        return in_file_order
    ranks = table.numbers(0)
    rows = socs.rows(table.codes(1)[1])
    good = (ranks >= 0) & (rows >= 0)
    placed = np.full(len(socs), -1, dtype=np.int32)
    placed[rows[good]] = ranks[good]
    if not good.all() or (placed < 0).any() or len(np.unique(placed)) < len(placed):
        odd = np.flatnonzero(~good)
        findings.warn("soc_order", [table.place(int(r)) for r in odd[:5]] or [f"{table.name}:1"])
        return in_file_order
    return placed


def _pairs(parents: IntArray, children: IntArray, child_count: int) -> Pairs:
    return parents.astype(np.int64) * max(1, child_count) + children
