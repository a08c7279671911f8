"""The is-a hierarchy: the graph itself, and the five levels that stand in for it.

SNOMED CT has no levels; pages, templates and workbooks need SOC, HLGT, HLT above each PT. The SOCs
are the concepts directly below the root. Each concept's way up is fixed: at every step to the
parent that is nearest to the top, of equals the one with the lowest identifier. The second and the
third concept on the way down stand in for HLGT and HLT; where the way is shorter, the concept
itself does. The primary path is this way; each further parent gives one more path, over its own.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from m2m_desktop.core.columns import Groups, IntArray
from m2m_desktop.core.progress import Progress
from m2m_desktop.services.import_report import Findings
from m2m_desktop.services.snomed.blocks import read_blocks
from m2m_desktop.services.snomed.concepts import Concepts
from m2m_desktop.services.snomed.files import RELATIONSHIP, Rf2Sources
from m2m_desktop.services.snomed.rows import (
    IDENTITY,
    Places,
    as_codes,
    joined,
    latest_rows,
    places_of,
    read_ids,
)
from m2m_desktop.services.snomed.sctid import IS_A, ROOT, STATED

_COLUMNS = (*IDENTITY, "sourceId", "destinationId", "typeId", "characteristicTypeId")

Rows = NDArray[np.int64]


@dataclass(frozen=True)
class Edges:
    """Active is-a relationships between active concepts, as rows of `Concepts`."""

    child: IntArray
    parent: IntArray
    places: Places


@dataclass(frozen=True)
class Hierarchy:
    """The graph over PT rows, and the paths over its stand-in levels.

    ``parents`` has each concept's primary parent first, ``children`` are in the order of rows.
    ``paths`` (PT, SOC, HLGT, HLT; all PT rows) are grouped by PT, the primary one first.
    """

    parents: Groups
    children: Groups
    paths: IntArray
    is_primary: NDArray[np.bool_]


def read_edges(
    sources: Rf2Sources, concepts: Concepts, findings: Findings, progress: Progress
) -> Edges:
    """Read what is a kind of what; all other relationships are passed over."""
    files = sources.of(RELATIONSHIP)
    ids, times, active, children, parents, lines = [], [], [], [], [], []
    for number, file in enumerate(files):
        for read in read_blocks(file, _COLUMNS, findings, progress):
            is_a = read.keep(read.equals("typeId", IS_A))
            block = is_a.keep(~is_a.equals("characteristicTypeId", STATED))
            ids.append(read_ids(block, findings))
            times.append(block.numbers("effectiveTime", findings).astype(np.int32))
            active.append(block.is_active(findings))
            children.append(concepts.rows(block.numbers("sourceId", findings)))
            parents.append(concepts.rows(block.numbers("destinationId", findings)))
            lines.append((number, block.lines))
    findings.raise_if_broken()
    places = places_of([file.name for file in files], lines)
    rows = latest_rows(joined(ids, np.int64), joined(times, np.int32), places, findings)
    findings.raise_if_broken()
    rows = rows[joined(active, np.bool_)[rows]]
    child, parent = joined(children, np.int32)[rows], joined(parents, np.int32)[rows]
    is_known = (child >= 0) & (parent >= 0)
    findings.warn_rows("rf2_unknown_relative", places, rows[~is_known])
    is_live = is_known & concepts.is_active[child] & concepts.is_active[parent]
    findings.warn_rows("rf2_inactive_relative", places, rows[is_known & ~is_live])
    rows, child, parent = rows[is_live], child[is_live], parent[is_live]
    order = np.lexsort((rows, parent, child))
    is_new = np.ones(len(order), dtype=np.bool_)
    is_new[1:] = (child[order][1:] != child[order][:-1]) | (parent[order][1:] != parent[order][:-1])
    order = order[is_new]
    return Edges(child[order], parent[order], places.keep(rows[order]))


def build_hierarchy(concepts: Concepts, edges: Edges, findings: Findings) -> Hierarchy:
    """Check that the graph has no cycle and derive the levels from it.

    Raises ReleaseBroken where there is a cycle.
    """
    _refuse_cycles(concepts, edges, findings)
    count = len(concepts.pt_ids)
    child, parent = concepts.pts[edges.child], concepts.pts[edges.parent]
    is_top = np.zeros(count, dtype=np.bool_)
    root = int(concepts.rows(np.array([ROOT]))[0])
    below_root = child[(edges.parent == root) & (child >= 0)] if root >= 0 else child[:0]
    is_top[below_root] = True
    inner = (child >= 0) & (parent >= 0)
    child, parent = child[inner], parent[inner]
    alone = ~is_top
    alone[child] = False
    if len(below_root):
        findings.warn_rows("rf2_unplaced", _PtCodes(concepts), np.flatnonzero(alone))
    else:
        findings.warn("rf2_no_root", [str(ROOT)])
    is_top |= alone
    is_inner = ~is_top[child]  # a hierarchy begins anew at its top, whatever lies above that
    children = Groups.of(parent, child, count)
    depth = _depths(children, is_top)
    order = np.lexsort((parent, depth[parent], child))
    child, parent, is_inner = child[order], parent[order], is_inner[order]
    parents = Groups.of(child, parent, count)
    return Hierarchy(parents, children, *_paths(child[is_inner], parent[is_inner], depth))


def _refuse_cycles(concepts: Concepts, edges: Edges, findings: Findings) -> None:
    """Take concepts away from above and from below as long as there is one with nothing there."""
    is_left = np.ones(len(edges.child), dtype=np.bool_)
    for begin, end in ((edges.parent, edges.child), (edges.child, edges.parent)):
        while True:
            is_held = np.zeros(len(concepts.ids), dtype=np.bool_)
            is_held[end[is_left]] = True
            stays = is_left & is_held[begin]
            if stays.sum() == is_left.sum():
                break
            is_left = stays
    bad = np.flatnonzero(is_left)
    if len(bad):
        codes = as_codes(concepts.ids[edges.child])
        findings.refuse_rows("rf2_cycle", edges.places, bad, codes)
        findings.raise_if_broken()


def _depths(children: Groups, is_top: NDArray[np.bool_]) -> IntArray:
    """How many steps each concept lies below the nearest top."""
    depth = np.full(len(is_top), -1, dtype=np.int32)
    front = np.flatnonzero(is_top)
    step = 0
    while len(front):
        depth[front] = step
        below = members_of(children, front)
        front = np.unique(below[depth[below] < 0])
        step += 1
    return depth


def members_of(groups: Groups, rows: NDArray[np.integer]) -> IntArray:
    """Give the members of several groups one after the other."""
    starts = groups.starts[rows].astype(np.int64)
    sizes = groups.starts[rows + 1] - starts
    ends = np.cumsum(sizes)
    shift = np.repeat(starts - (ends - sizes), sizes)
    return groups.members[shift + np.arange(int(ends[-1]) if len(ends) else 0)]


def _paths(
    child: IntArray, parent: IntArray, depth: IntArray
) -> tuple[IntArray, NDArray[np.bool_]]:
    """The (PT, SOC, HLGT, HLT) of each way up; ``child`` ascends, primary parents come first."""
    count = len(depth)
    itself = np.arange(count, dtype=np.int32)
    first = np.ones(len(child), dtype=np.bool_)
    first[1:] = child[1:] != child[:-1]
    primary = itself.copy()
    primary[child[first]] = parent[first]
    soc, hlgt, hlt = itself.copy(), itself.copy(), itself.copy()
    for step in range(1, int(depth.max(initial=0)) + 1):
        here = np.flatnonzero(depth == step)
        above = primary[here]
        soc[here] = soc[above]
        if step > 1:
            hlgt[here] = hlgt[above]
        if step > 2:
            hlt[here] = hlt[above]
    via = depth[parent]
    ways = np.stack(
        [
            child,
            soc[parent],
            np.where(via == 0, child, hlgt[parent]),
            np.where(via <= 1, child, hlt[parent]),
        ],
        axis=1,
    )
    tops = itself[depth == 0]
    ways = np.concatenate([ways, np.stack([tops] * 4, axis=1)]).astype(np.int32)
    place = np.arange(len(ways))
    order = np.lexsort((place, ways[:, 3], ways[:, 2], ways[:, 1], ways[:, 0]))
    is_new = np.ones(len(order), dtype=np.bool_)
    is_new[1:] = (ways[order][1:] != ways[order][:-1]).any(axis=1)
    kept = order[is_new]
    kept = kept[np.lexsort((kept, ways[kept, 0]))]
    ways = ways[kept]
    is_primary = np.ones(len(ways), dtype=np.bool_)
    is_primary[1:] = ways[1:, 0] != ways[:-1, 0]
    return ways, is_primary


@dataclass(frozen=True)
class _PtCodes:
    """PTs whose places are their codes."""

    concepts: Concepts

    def place(self, row: int) -> str:
        return str(int(self.concepts.pt_ids[row]))
