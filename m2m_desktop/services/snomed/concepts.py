"""The concepts of a release, active or not, and what replaces those that are not."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from m2m_desktop.core.columns import IntArray
from m2m_desktop.core.progress import Progress
from m2m_desktop.services.import_report import Findings
from m2m_desktop.services.snomed.blocks import read_blocks
from m2m_desktop.services.snomed.files import ASSOCIATION, CONCEPT, Rf2Sources
from m2m_desktop.services.snomed.rows import IDENTITY, joined, latest_rows, places_of, read_ids
from m2m_desktop.services.snomed.sctid import REPLACED_BY, ROOT, SAME_AS, Flags, Ids

_LONGEST_CHAIN = 8
_ASSOCIATION_COLUMNS = (
    "effectiveTime", "active", "refsetId", "referencedComponentId", "targetComponentId",
)  # fmt: skip


@dataclass(frozen=True)
class Concepts:
    """Concepts in the order of their identifiers. ``date`` is that of the latest change."""

    ids: Ids
    is_active: Flags
    date: str

    def rows(self, ids: Ids) -> IntArray:
        """Give the row of each identifier, -1 where there is no such concept."""
        if not len(self.ids):
            return np.full(len(ids), -1, dtype=np.int32)
        at = np.minimum(np.searchsorted(self.ids, ids), len(self.ids) - 1)
        return np.where(self.ids[at] == ids, at, -1).astype(np.int32)

    @cached_property
    def pts(self) -> IntArray:
        """The PT row of each concept; -1 for the root and for what is inactive."""
        is_pt = self.is_active & (self.ids != ROOT)
        return np.where(is_pt, np.cumsum(is_pt) - 1, -1).astype(np.int32)

    @cached_property
    def pt_ids(self) -> Ids:
        """The identifiers of the PTs."""
        return self.ids[self.pts >= 0]


def read_concepts(sources: Rf2Sources, findings: Findings, progress: Progress) -> Concepts:
    """Read all concept files. Defects are noted; nothing that is odd about one row is hidden."""
    files = sources.of(CONCEPT)
    ids, times, active, lines = [], [], [], []
    for number, file in enumerate(files):
        for block in read_blocks(file, IDENTITY, findings, progress):
            ids.append(read_ids(block, findings))
            times.append(block.numbers("effectiveTime", findings).astype(np.int32))
            active.append(block.is_active(findings))
            lines.append((number, block.lines))
    findings.raise_if_broken()
    places = places_of([file.name for file in files], lines)
    all_ids = joined(ids, np.int64)
    all_times = joined(times, np.int32)
    rows = latest_rows(all_ids, all_times, places, findings)
    is_active = joined(active, np.bool_)[rows]
    if not is_active.any():
        findings.refuse("rf2_no_concepts", place=f"{files[0].name}:1")
    findings.raise_if_broken()
    return Concepts(all_ids[rows], is_active, str(int(all_times.max())))


def read_replacements(
    sources: Rf2Sources, concepts: Concepts, findings: Findings, progress: Progress
) -> IntArray:
    """Give, for each concept, the row of the active concept to use in its place, or -1.

    Only what says outright that it is the same or the successor counts; of several, the one with
    the lowest identifier. Chains are followed to their end.
    """
    next_row = np.full(len(concepts.ids), -1, dtype=np.int32)
    found: list[tuple[IntArray, IntArray]] = []
    for file in sources.of(ASSOCIATION):
        for block in read_blocks(file, _ASSOCIATION_COLUMNS, findings, progress):
            is_wanted = block.equals("refsetId", REPLACED_BY) | block.equals("refsetId", SAME_AS)
            chosen = block.keep(is_wanted & block.is_active(findings))
            old = concepts.rows(chosen.numbers("referencedComponentId", findings))
            new = concepts.rows(chosen.numbers("targetComponentId", findings))
            has = (old >= 0) & (new >= 0)
            found.append((old[has], new[has]))
    if found:
        old, new = (np.concatenate([pair[at] for pair in found]) for at in (0, 1))
        order = np.lexsort((-new, old))
        next_row[old[order]] = new[order]  # of several, the last one written stays: the lowest
    next_row[concepts.is_active] = -1
    reached = next_row
    for _ in range(_LONGEST_CHAIN):
        onward = np.where(reached >= 0, next_row[reached], -1)
        reached = np.where(onward >= 0, onward, reached).astype(np.int32)
    is_usable = (reached >= 0) & (concepts.pts[reached] >= 0)
    return np.where(is_usable, reached, -1).astype(np.int32)
