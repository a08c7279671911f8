"""Read a list of terms from a table: our own export, or any that has codes or names in it.

With a row of headings that is understood, its columns of codes and names count. Without one, the
first cell from the left that is a code counts, else the first that is a name.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from m2m_desktop.core.messages import N_, Message, message
from m2m_desktop.core.progress import Progress, silent
from m2m_desktop.core.records import TermLevel
from m2m_desktop.core.terminology import Terminology
from m2m_desktop.services.dictionary.bin_headings import HEADER_ROWS, Columns, columns_of
from m2m_desktop.services.dictionary.browsing import TermRow, term_row
from m2m_desktop.services.dictionary.errors import BinSheetUnreadable
from m2m_desktop.services.dictionary.term_names import ORDER, NameFinder
from m2m_desktop.services.tables.reader_protocol import Reader
from m2m_desktop.services.tables.records import (
    ColumnRole,
    SheetLayout,
)

MAX_COLUMNS = 24
"""So many columns from the left are looked at."""
SHOWN_CHARACTERS = 200
_CODE_LIKE = re.compile(r"[0-9]{8}")
_Found = tuple[TermLevel, int]
Cells = Mapping[int, str]


@dataclass(frozen=True, slots=True)
class BadRow:
    """A row to tell the user about. ``is_taken``: its term was taken, with this reservation."""

    row: int
    text: str
    reason: Message
    is_taken: bool = False


@dataclass(frozen=True, slots=True)
class BinImport:
    """The terms of a table, each once, in its order; and the rows that need a look."""

    items: tuple[TermRow, ...]
    bad: tuple[BadRow, ...]


def import_bin(
    path: Path, terminology: Terminology, reader: Reader, progress: Progress = silent
) -> BinImport:
    """Read the terms of a table, the first sheet of a workbook.

    Raises: InputUnreadable (`BinSheetUnreadable` for a table without content), Cancelled.
    """
    sniffed = reader.sniff(path)
    sheet = next((one for one in sniffed.sheets if one.rows and not one.is_hidden), None)
    if sheet is None:
        raise BinSheetUnreadable(path=path, detail=message(N_("it has no cells.")))
    wanted = {ColumnRole.REACTION: tuple(range(1, MAX_COLUMNS + 1))}
    layout = replace(sniffed.layout, sheets=(SheetLayout(sheet.name, 0, wanted),))
    table = reader.read(path, layout, progress)
    rows = [
        (row.row, {column: text.strip() for column, text in row.reactions}) for row in table.rows
    ]
    unreadable = tuple(BadRow(0, "", problem) for problem in table.counts.problems)
    found = terms_of(rows, terminology)
    return replace(found, bad=(*unreadable, *found.bad))


def terms_of(rows: Sequence[tuple[int, Cells]], terminology: Terminology) -> BinImport:
    """Find the terms of rows of cells, by their columns."""
    finder = _RowFinder(terminology)
    columns, first = finder.columns_of(rows[:HEADER_ROWS])
    items: dict[_Found, None] = {}
    bad = []
    for number, cells in rows[first:]:
        term, note = finder.find(cells, columns)
        if term is not None:
            items.setdefault(term)
        if note is not None:
            text = next(iter(columns.texts(cells)), "")
            bad.append(BadRow(number, text[:SHOWN_CHARACTERS], note, term is not None))
    return BinImport(tuple(term_row(terminology, level, row) for level, row in items), tuple(bad))


class _RowFinder:
    """Finds the term of a row in one release."""

    def __init__(self, terminology: Terminology) -> None:
        self._terminology = terminology
        self._names = NameFinder(terminology)

    def columns_of(self, rows: Sequence[tuple[int, Cells]]) -> tuple[Columns, int]:
        """Find the row of headings; gives the columns that count, and the place of the first term."""
        for place, (_number, cells) in enumerate(rows):
            columns = columns_of(cells)
            if columns is None or any(map(_CODE_LIKE.fullmatch, cells.values())):
                continue
            if columns.is_sure or not any(self._names.find(text, ORDER) for text in cells.values()):
                return columns, place + 1
        return Columns(), 0

    def find(self, cells: Cells, columns: Columns) -> tuple[_Found | None, Message | None]:
        """Give the term, or why there is none; or both, where there is a reservation."""
        level = columns.level(cells)
        unknown: Message | None = None
        for column, text in columns.codes(cells):
            hint = columns.hint(column) or level
            found = self._by_code(text, hint)
            if found is not None:
                return found, self._not_current(found)
            if unknown is None and (columns.has_codes or _CODE_LIKE.fullmatch(text)):
                unknown = _unknown_code(text, hint, self._terminology.info.name)
        if unknown is not None:
            return None, unknown
        for column, text in columns.names(cells):
            found, note = self._by_name(text, columns.hint(column) or level)
            if found is not None or note is not None:
                return found, note or (self._not_current(found) if found else None)
        if not any(columns.texts(cells)):
            return None, None
        if level is not None:
            return None, message(N_("no {level} has this name."), level=level.name)
        return None, message(N_("it is neither a code nor a name of a term."))

    def _by_code(self, code: str, level: TermLevel | None) -> _Found | None:
        for one in ORDER if level is None else (level,):
            row = self._terminology.index(one, code)
            if row >= 0:
                return one, row
        return None

    def _by_name(self, name: str, level: TermLevel | None) -> tuple[_Found | None, Message | None]:
        found = self._names.find(name, ORDER if level is None else (level,))
        if not found:
            return None, None
        best = found[0][0]
        same = [one for one in found if one[0] is best]
        if len(same) > 1:
            codes = ", ".join(self._terminology.codes(best)[row] for _level, row in same[:5])
            reason = N_("several terms of the level {level} have this name: {codes}.")
            return None, message(reason, level=best.name, codes=codes)
        if self._others(found):
            levels = ", ".join(one.name for one in sorted({one for one, _row in found}))
            reason = N_("the name stands at several levels ({levels}); the {level} was taken.")
            return found[0], message(reason, levels=levels, level=best.name)
        return found[0], None

    def _others(self, found: Sequence[_Found]) -> bool:
        """Whether other terms bear the name too: an LLT of the PT that was taken is none."""
        level, row = found[0]
        return any(
            not (
                level is TermLevel.PT
                and one is TermLevel.LLT
                and int(self._terminology.llt_pt[other]) == row
            )
            for one, other in found[1:]
        )

    def _not_current(self, found: _Found) -> Message | None:
        level, row = found
        if level is TermLevel.LLT and not self._terminology.llt_current[row]:
            return message(N_("this LLT is not current: not for new coding."))
        return None


def _unknown_code(code: str, level: TermLevel | None, name: str) -> Message:
    if level is None:
        reason = N_("there is no term with the code {code} in {name}.")
        return message(reason, code=code[:20], name=name)
    reason = N_("there is no {level} with the code {code} in {name}.")
    return message(reason, level=level.name, code=code[:20], name=name)
