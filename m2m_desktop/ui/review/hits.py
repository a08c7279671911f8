"""What a search for a term found, as a table: in groups, each row says why it was found."""

from collections.abc import Sequence
from enum import IntEnum
from typing import Any

from PySide6.QtCore import Qt

from m2m_desktop.core.messages import N_
from m2m_desktop.services.language import _
from m2m_desktop.ui import style, words
from m2m_desktop.ui.review.terms import FoundTerm
from m2m_desktop.ui.row_model import Index, RowModel
from m2m_desktop.ui.term_names import displayed

Role = Qt.ItemDataRole

REASONS = {
    "exact": N_("the same"),
    "begins": N_("begins with it"),
    "contains": N_("contains it"),
    "fuzzy": N_("similar"),
    "code": N_("code"),
}


class HitColumn(IntEnum):
    """The columns from left to right."""

    REASON = 0
    LEVEL = 1
    NAME = 2
    CODE = 3


HEADERS = {
    HitColumn.REASON: N_("Match"),
    HitColumn.LEVEL: N_("Level"),
    HitColumn.NAME: N_("Name"),
    HitColumn.CODE: N_("Code"),
}


class HitModel(RowModel):
    """Rows over what a search found."""

    def __init__(self) -> None:
        super().__init__(HEADERS.values())
        self._hits: tuple[FoundTerm, ...] = ()

    def set_hits(self, hits: Sequence[FoundTerm]) -> None:
        """Show these."""
        self.beginResetModel()
        self._hits = tuple(hits)
        self.endResetModel()

    def hit(self, row: int) -> FoundTerm | None:
        """The hit of a row."""
        return self._hits[row] if 0 <= row < len(self._hits) else None

    def row_count(self) -> int:
        """One row a hit."""
        return len(self._hits)

    def data(self, index: Index, role: int = Role.DisplayRole) -> Any:
        """Words and looks of one cell."""
        if not index.isValid():
            return None
        column, hit = HitColumn(index.column()), self._hits[index.row()]
        if role == Role.DisplayRole:
            return self._text(index.row(), column, hit)
        if role == Role.AccessibleTextRole:
            return _(REASONS.get(hit.reason, "")) if column is HitColumn.REASON else None
        if role == Role.ToolTipRole and column is HitColumn.NAME:
            return "\n".join(filter(None, (hit.name, hit.name2, self._currency(hit))))
        if role == Role.ForegroundRole and (column is not HitColumn.NAME or not hit.is_current):
            return style.brush(style.colours().muted)
        return None

    def _text(self, row: int, column: HitColumn, hit: FoundTerm) -> str:
        match column:
            case HitColumn.REASON:
                # said once for each group: the eye finds where the next one begins
                before = self.hit(row - 1)
                is_first = before is None or before.reason != hit.reason
                return _(REASONS.get(hit.reason, hit.reason)) if is_first else ""
            case HitColumn.LEVEL:
                return hit.level.name
            case HitColumn.NAME:
                name = displayed(hit.name, hit.name2)
                return name if hit.is_current else f"{name} *"
            case HitColumn.CODE:
                return hit.code

    def _currency(self, hit: FoundTerm) -> str:
        return "" if hit.is_current else f"* {_(words.NOT_CURRENT)}"
