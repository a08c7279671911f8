"""The terms of one level as read from its file: codes, names and a look-up from code to row."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from m2m_desktop.core.columns import CodeArray, IntArray, TextColumn
from m2m_desktop.core.records import TermLevel
from m2m_desktop.services.import_report import Findings
from m2m_desktop.services.meddra_tables import Numbers, Table

MAX_NAME_LENGTH = 100
_SPACE = 32


@dataclass(frozen=True, slots=True)
class Level:
    """The terms of a level (or the SMQs) in file order."""

    table: Table
    codes: CodeArray
    numbers: Numbers
    order: IntArray
    names: TextColumn

    def __len__(self) -> int:
        return len(self.numbers)

    def rows(self, numbers: Numbers) -> IntArray:
        """Give the row of each code, -1 where there is none."""
        if not len(self.numbers):
            return np.full(len(numbers), -1, dtype=np.int32)
        at = np.searchsorted(self.numbers, numbers, sorter=self.order)
        found = self.order[np.minimum(at, len(self.order) - 1)]
        return np.where(self.numbers[found] == numbers, found, np.int32(-1))


def level_file(level: TermLevel) -> str:
    """Give the name of the file that lists a level."""
    return f"{level.name.lower()}.asc"


def read_level(table: Table, findings: Findings) -> Level:
    """Take codes and names from a file whose first two fields they are, and check both."""
    codes, numbers, is_code = table.codes(0)
    findings.refuse_rows("bad_code", table, np.flatnonzero(~is_code), column=1)
    table = drop_repeated(table, numbers, is_code, findings)
    codes, numbers, is_code = table.codes(0)
    names = table.texts(1)
    check_names(table, names, findings)
    order = np.argsort(numbers, kind="stable").astype(np.int32)
    return Level(table, codes, numbers, order, names)


def drop_repeated(
    table: Table, numbers: Numbers, is_code: NDArray[np.bool_], findings: Findings
) -> Table:
    """Drop rows that repeat another word for word; refuse codes with two different rows."""
    order = np.argsort(numbers, kind="stable")
    again = np.flatnonzero((numbers[order[1:]] == numbers[order[:-1]]) & is_code[order[1:]])
    if not len(again):
        return table
    earlier, later = order[again], order[again + 1]
    is_same = np.array(
        [_line(table, a) == _line(table, b) for a, b in zip(earlier, later, strict=True)]
    )
    codes = table.codes(0)[0]
    findings.refuse_rows("duplicate_code", table, np.sort(later[~is_same]), codes)
    findings.warn_rows("repeated_row", table, np.sort(later[is_same]))
    keep = np.ones(len(table), dtype=np.bool_)
    keep[later] = False
    return table.keep(keep)


def _line(table: Table, row: int) -> bytes:
    return table.buffer[int(table.starts[row]) : int(table.ends[row])].tobytes()


def check_names(table: Table, names: TextColumn, findings: Findings) -> None:
    """Refuse empty names; report long ones and such with spaces around them."""
    sizes = names.sizes()
    findings.refuse_rows("empty_name", table, np.flatnonzero(sizes == 0))
    if not len(sizes):
        return
    long = [int(row) for row in np.flatnonzero(sizes > MAX_NAME_LENGTH)]
    long = [row for row in long if len(names[row]) > MAX_NAME_LENGTH]
    findings.warn_rows("long_name", table, np.array(long, dtype=np.int64))
    starts = names.starts[:-1]
    ends = names.starts[1:] - 2
    spaced = (names.buffer[starts] == _SPACE) | (names.buffer[ends] == _SPACE)
    findings.warn_rows("spaces_around_name", table, np.flatnonzero(spaced & (sizes > 0)))


def sample_names(names: TextColumn, count: int = 3000) -> Sequence[str]:
    """Give some names from all over a column."""
    rows = np.unique(np.linspace(0, max(0, len(names) - 1), min(count, len(names))).astype(int))
    return names.take(rows).to_list() if len(names) else []
