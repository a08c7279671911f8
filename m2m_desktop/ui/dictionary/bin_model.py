"""The collected terms as a table."""

from collections.abc import Iterable, Sequence
from enum import IntEnum
from typing import Any

from PySide6.QtCore import Qt

from m2m_desktop.core.messages import N_
from m2m_desktop.core.records import Term
from m2m_desktop.services.dictionary.bin_store import CollectedTerm
from m2m_desktop.services.language import _
from m2m_desktop.ui import style, words
from m2m_desktop.ui.dictionary.records import TermRow
from m2m_desktop.ui.row_model import Index, RowModel
from m2m_desktop.ui.term_names import NamesShown

Role = Qt.ItemDataRole


class BinColumn(IntEnum):
    """The columns from left to right."""

    LEVEL = 0
    CODE = 1
    NAME = 2


HEADERS = {
    BinColumn.LEVEL: N_("Level"),
    BinColumn.CODE: N_("Code"),
    BinColumn.NAME: N_("Name"),
}


class BinModel(RowModel):
    """Rows over the terms, in the order they were put there; each term stands there once."""

    def __init__(self) -> None:
        super().__init__(HEADERS.values())
        self._terms: tuple[TermRow, ...] = ()
        self._names = NamesShown.FIRST

    @property
    def terms(self) -> tuple[TermRow, ...]:
        """The terms."""
        return self._terms

    def set_terms(self, terms: Sequence[TermRow]) -> None:
        """Show these."""
        self.beginResetModel()
        self._terms = tuple(terms)
        self.endResetModel()

    def set_names_shown(self, shown: NamesShown) -> None:
        """Show the names in this language."""
        self._names = shown
        self.layoutChanged.emit()

    def row_count(self) -> int:
        """One row a term."""
        return len(self._terms)

    def data(self, index: Index, role: int = Role.DisplayRole) -> Any:
        """Words and looks of one cell."""
        if not index.isValid():
            return None
        row, column = self._terms[index.row()], BinColumn(index.column())
        if role == Role.DisplayRole:
            return {
                BinColumn.LEVEL: row.level.name,
                BinColumn.CODE: row.code,
                BinColumn.NAME: row.shown(self._names),
            }[column]
        if role == Role.ToolTipRole and column is BinColumn.NAME:
            currency = "" if row.is_current else f"* {_(words.NOT_CURRENT)}"
            return "\n".join(filter(None, (row.name, row.name2, currency)))
        if role == Role.ForegroundRole and (column is not BinColumn.NAME or not row.is_current):
            return style.brush(style.colours().muted)
        return None


def joined_terms(before: Sequence[TermRow], more: Iterable[TermRow]) -> tuple[TermRow, ...]:
    """Some terms and more of them; a term that is there already keeps its place."""
    return tuple({(row.level, row.code): row for row in (*before, *_new(before, more))}.values())


def _new(before: Sequence[TermRow], more: Iterable[TermRow]) -> list[TermRow]:
    known = {(row.level, row.code) for row in before}
    return [row for row in more if (row.level, row.code) not in known]


def table_of(terms: Iterable[TermRow]) -> list[list[str]]:
    """The terms with titles, as they are copied for Excel or WPS."""
    rows = [[row.level.name, row.code, row.name, row.name2] for row in terms]
    has_second = any(row[3] for row in rows)
    titles = [_("Level"), _("Code"), _("Name"), _("Second name")]
    return [row if has_second else row[:3] for row in (titles, *rows)]


def collected_of(row: TermRow) -> CollectedTerm:
    """A term as it is kept."""
    return CollectedTerm(Term(row.level, row.code, row.name, row.name2), row.is_current)


def row_of(kept: CollectedTerm) -> TermRow:
    """A kept term as it is shown."""
    term = kept.term
    return TermRow(term.level, term.code, term.name, term.name2, kept.is_current)
