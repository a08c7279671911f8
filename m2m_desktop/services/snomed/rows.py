"""Rows gathered from the files of one kind: of rows about the same, the latest counts."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from m2m_desktop.core.columns import CodeArray, IntArray
from m2m_desktop.services.import_report import Findings
from m2m_desktop.services.snomed.blocks import Block
from m2m_desktop.services.snomed.sctid import Flags, Ids, has_check_digit

Kind = TypeVar("Kind", bound=np.generic)

IDENTITY = ("id", "effectiveTime", "active")


@dataclass(frozen=True)
class Places:
    """Where rows come from: a file and a line each."""

    names: tuple[str, ...]
    files: NDArray[np.uint8]
    lines: IntArray

    def place(self, row: int) -> str:
        """Give ``file:line`` of a row."""
        return f"{self.names[int(self.files[row])]}:{int(self.lines[row])}"

    def keep(self, rows: NDArray[np.integer] | Flags) -> "Places":
        """Give only the chosen rows."""
        return Places(self.names, self.files[rows], self.lines[rows])


def places_of(names: Sequence[str], blocks: Sequence[tuple[int, IntArray]]) -> Places:
    """Put the line numbers of blocks together, each with the number of its file."""
    return Places(
        tuple(names),
        np.repeat(
            np.array([file for file, _ in blocks], np.uint8), [len(lines) for _, lines in blocks]
        ),
        joined([lines for _, lines in blocks], np.int32),
    )


def joined(parts: Sequence[NDArray[Kind]], kind: type[Kind]) -> NDArray[Kind]:
    """Put arrays together, of the wanted type even where there are none."""
    return np.concatenate(parts) if parts else np.empty(0, dtype=kind)


def read_ids(block: Block, findings: Findings, column: str = "id") -> Ids:
    """Give a column of identifiers; a wrong check digit is a defect."""
    ids = block.numbers(column, findings)
    is_wrong = ~has_check_digit(ids) & (ids > 0)
    findings.refuse_rows("rf2_check_digit", block, np.flatnonzero(is_wrong), as_codes(ids))
    return ids


def as_codes(ids: Ids) -> CodeArray:
    """Give numbers as texts."""
    return ids.astype("S18")


def latest_rows(
    ids: Ids, times: NDArray[np.integer], places: Places, findings: Findings
) -> NDArray[np.int64]:
    """Give the rows that count, one for each id, in the order of ids.

    The same id twice in one file is a defect; in two files, the row of the later time counts.
    """
    if (ids[1:] > ids[:-1]).all():
        return np.arange(len(ids))
    order = np.lexsort((places.files, times, ids))
    again = np.flatnonzero(ids[order][1:] == ids[order][:-1])
    if not len(again):
        return order
    is_last = np.ones(len(order), dtype=np.bool_)
    is_last[again] = False
    by_file = np.lexsort((places.lines, places.files, ids))
    twice = (ids[by_file][1:] == ids[by_file][:-1]) & (
        places.files[by_file][1:] == places.files[by_file][:-1]
    )
    repeated = by_file[1:][twice]
    findings.refuse_rows("rf2_duplicate_id", places, repeated, as_codes(ids))
    findings.warn_rows("rf2_superseded", places, order[again])
    return order[is_last]
