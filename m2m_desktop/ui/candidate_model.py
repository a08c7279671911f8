"""The table of candidates of one mention: ranked PTs with probability, evidence and selection."""

from collections.abc import Set
from dataclasses import replace
from enum import IntEnum
from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, Qt

from m2m_desktop.core.messages import N_
from m2m_desktop.core.records import Candidate, CodingResult
from m2m_desktop.services.language import _
from m2m_desktop.ui import icons, style, words
from m2m_desktop.ui.term_names import displayed

Index = QModelIndex | QPersistentModelIndex
Role = Qt.ItemDataRole
NOWHERE = QModelIndex()

PROBABILITY_ROLE = Role.UserRole
SELECTED_ROLE = Role.UserRole + 1
LINE_ROLE = Role.UserRole + 2
"""Whether the line under the selected PTs runs along the upper edge of this row."""
THRESHOLD_ROLE = Role.UserRole + 3
ESTIMATED_ROLE = Role.UserRole + 4
"""Whether the probability is an estimate of the small model."""
CHANGED_ROLE = Role.UserRole + 5
"""Whether the candidate was selected, or no longer is, since the phrase was opened."""


class CandidateColumn(IntEnum):
    """The columns from left to right."""

    RANK = 0
    SELECTED = 1
    PT = 2
    CODE = 3
    PROBABILITY = 4
    LLT = 5
    SOURCE = 6


HEADERS = {
    CandidateColumn.RANK: N_("No."),
    CandidateColumn.SELECTED: N_("Selection"),
    CandidateColumn.PT: N_("PT"),
    CandidateColumn.CODE: N_("Code"),
    CandidateColumn.PROBABILITY: N_("Probability"),
    CandidateColumn.LLT: N_("Matched LLT"),
    CandidateColumn.SOURCE: N_("Found by"),
}

SET = N_("Set")
"""What the column of boxes is called: the set of terms a person puts together."""

ESTIMATED = N_("Estimated by the small model; the large model has not scored this PT")
NOW_SELECTED = N_("Changed: now selected")
NOT_SELECTED_NOW = N_("Changed: no longer selected")


class CandidateModel(QAbstractTableModel):
    """Rows over plain records; see `set_result` and `renew`.

    ``is_editable``: the selection is a person's to change, and is shown as boxes to tick.
    """

    def __init__(self, *, is_editable: bool = False) -> None:
        super().__init__()
        self._is_editable = is_editable
        self._candidates: list[Candidate] = []
        self._codes: tuple[str, ...] = ()
        self._selected: frozenset[str] = frozenset()
        self._changed: Set[str] = frozenset()
        self._threshold = 0.0
        self._line_row = -1

    def set_result(self, result: CodingResult | None, changed: Set[str] = frozenset()) -> None:
        """Show the candidates of an answer in its order, or nothing.

        ``changed``: the codes of the PTs to mark as changed.
        """
        self.beginResetModel()
        self._candidates = list(result.candidates) if result else []
        self._take(result, changed)
        self.endResetModel()

    def renew(self, result: CodingResult, changed: Set[str] = frozenset()) -> None:
        """Take over a newer answer for the same phrase without moving a row.

        What the newer answer does not list keeps its row and its figures, without a rank; what only
        the newer one lists comes last.
        """
        new = {candidate.pt.code: candidate for candidate in result.candidates}
        rows = [new.pop(old.pt.code, replace(old, rank=0)) for old in self._candidates]
        self._candidates = rows
        if new:
            self.beginInsertRows(NOWHERE, len(rows), len(rows) + len(new) - 1)
            self._candidates = [*rows, *new.values()]
            self.endInsertRows()
        self._take(result, changed)
        self._all_changed()

    def _take(self, result: CodingResult | None, changed: Set[str]) -> None:
        self._codes = codes_of(result)
        self._selected = frozenset(result.selected) if result else frozenset()
        self._threshold = result.run.threshold if result else 0.0
        self._changed = changed
        self._line_row = -1 if self.is_out_of_order else self._first_below()

    def set_selected(self, codes: Set[str]) -> None:
        """Tick these PTs instead; the line stays where the answer has it."""
        if codes != self._selected:
            self._selected = frozenset(codes)
            self._all_changed()

    def has_rows_of(self, result: CodingResult) -> bool:
        """Whether the rows are those of an answer, in its order."""
        return self._row_codes() == codes_of(result)

    @property
    def is_out_of_order(self) -> bool:
        """Whether the rows stand otherwise than the newest answer has them."""
        return self._row_codes() != self._codes

    def _row_codes(self) -> tuple[str, ...]:
        return tuple(candidate.pt.code for candidate in self._candidates)

    def row_of(self, code: str) -> int:
        """The row of a PT, or -1."""
        return next((n for n, c in enumerate(self._candidates) if c.pt.code == code), -1)

    def retranslate(self) -> None:
        """Show the words again, in another language or other colours."""
        self.headerDataChanged.emit(Qt.Orientation.Horizontal, 0, len(CandidateColumn) - 1)
        self._all_changed()

    def _all_changed(self) -> None:
        if self._candidates:
            last = self.index(len(self._candidates) - 1, len(CandidateColumn) - 1)
            self.dataChanged.emit(self.index(0, 0), last)

    def candidate(self, row: int) -> Candidate | None:
        """The candidate of a row."""
        return self._candidates[row] if 0 <= row < len(self._candidates) else None

    @property
    def has_probabilities(self) -> bool:
        """Whether a model scored these candidates."""
        return any(candidate.probability is not None for candidate in self._candidates)

    @property
    def has_estimates(self) -> bool:
        """Whether some probabilities are estimates of the small model."""
        return any(candidate.is_estimated for candidate in self._candidates)

    def _first_below(self) -> int:
        for row, candidate in enumerate(self._candidates):
            if candidate.probability is not None and candidate.pt.code not in self._selected:
                return row
        return -1

    # -- Qt --------------------------------------------------------------------------------------

    def rowCount(self, parent: Index = NOWHERE) -> int:
        """One row a candidate."""
        return 0 if parent.isValid() else len(self._candidates)

    def columnCount(self, parent: Index = NOWHERE) -> int:
        """The columns of `CandidateColumn`."""
        return 0 if parent.isValid() else len(CandidateColumn)

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Role.DisplayRole
    ) -> Any:
        """The names of the columns."""
        if orientation == Qt.Orientation.Horizontal:
            if role in {Role.DisplayRole, Role.ToolTipRole}:
                is_box = self._is_editable and section == CandidateColumn.SELECTED
                return _(SET) if is_box else _(HEADERS[CandidateColumn(section)])
            if role == Role.TextAlignmentRole:
                side = Qt.AlignmentFlag.AlignLeft
                if section == CandidateColumn.RANK:
                    side = Qt.AlignmentFlag.AlignRight
                return int(side | Qt.AlignmentFlag.AlignVCenter)
        return None

    def data(self, index: Index, role: int = Role.DisplayRole) -> Any:
        """Words, numbers and looks of one cell."""
        if not index.isValid():
            return None
        column, candidate = CandidateColumn(index.column()), self._candidates[index.row()]
        is_selected = candidate.pt.code in self._selected
        if role == Role.DisplayRole:
            is_box = self._is_editable and column is CandidateColumn.SELECTED
            return "" if is_box else self._text(column, candidate, is_selected)
        if role == Role.AccessibleTextRole:
            return self._spoken(column, candidate)
        if role == Role.ToolTipRole:
            return self._tip(column, candidate)
        if role == ESTIMATED_ROLE:
            return candidate.is_estimated
        if role == CHANGED_ROLE:
            return candidate.pt.code in self._changed
        if role == PROBABILITY_ROLE:
            return candidate.probability
        if role == SELECTED_ROLE:
            return is_selected
        if role == LINE_ROLE:
            return index.row() == self._line_row
        if role == THRESHOLD_ROLE:
            return self._threshold
        if role == Role.TextAlignmentRole and column is CandidateColumn.RANK:
            return int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        if role == Role.DecorationRole and column is CandidateColumn.SELECTED and self._is_editable:
            colours = style.colours()
            box = ("box_checked", colours.accent) if is_selected else ("box", colours.control)
            return icons.icon(*box, colours.surface)
        return _look(column, role, is_selected=is_selected)

    def _text(self, column: CandidateColumn, candidate: Candidate, is_selected: bool) -> str:
        match column:
            case CandidateColumn.RANK:
                return str(candidate.rank or "")
            case CandidateColumn.SELECTED:
                return _(words.SELECTED) if is_selected else ""
            case CandidateColumn.PT:
                return displayed(candidate.pt.name, candidate.pt.name2)
            case CandidateColumn.CODE:
                return candidate.pt.code
            case CandidateColumn.PROBABILITY:
                return probability_text(candidate)
            case CandidateColumn.LLT:
                return candidate.evidence.llt_name
            case CandidateColumn.SOURCE:
                return words.source_word(candidate.evidence.source)

    def _spoken(self, column: CandidateColumn, candidate: Candidate) -> str:
        parts = [self._text(column, candidate, candidate.pt.code in self._selected)]
        if column is CandidateColumn.PROBABILITY and candidate.is_estimated:
            parts.append(_(ESTIMATED))
        if column is CandidateColumn.SELECTED:
            parts.append(self._change(candidate))
        return _("; ").join(filter(None, parts))

    def _tip(self, column: CandidateColumn, candidate: Candidate) -> str:
        parts = [self._plain_tip(column, candidate)]
        if column is CandidateColumn.PROBABILITY and candidate.is_estimated:
            parts.append(_(ESTIMATED))
        parts.append(self._change(candidate))
        return "\n".join(filter(None, parts))

    def _change(self, candidate: Candidate) -> str:
        if candidate.pt.code not in self._changed:
            return ""
        is_selected = candidate.pt.code in self._selected
        return _(NOW_SELECTED) if is_selected else _(NOT_SELECTED_NOW)

    def _plain_tip(self, column: CandidateColumn, candidate: Candidate) -> str:
        if column is CandidateColumn.PT and candidate.pt.name2:
            return f"{candidate.pt.name}\n{candidate.pt.name2}"
        if column is CandidateColumn.LLT:
            return f"{candidate.evidence.llt_name}  {candidate.evidence.llt_code}"
        return self._text(column, candidate, candidate.pt.code in self._selected)


def codes_of(result: CodingResult | None) -> tuple[str, ...]:
    """The PT codes of an answer, in its order."""
    return tuple(candidate.pt.code for candidate in result.candidates) if result else ()


def probability_text(candidate: Candidate) -> str:
    """The probability as it is shown, with "≈" before what is only an estimate."""
    text = words.probability_text(candidate)
    return f"≈{text}" if text and candidate.is_estimated else text


def _look(column: CandidateColumn, role: int, *, is_selected: bool) -> Any:
    colours = style.colours()
    if column is CandidateColumn.SELECTED and is_selected:
        if role == Role.DecorationRole:
            return icons.icon("check", colours.accent)
        if role == Role.ForegroundRole:
            return style.brush(colours.accent)
    if role == Role.FontRole and column is CandidateColumn.PT and is_selected:
        return style.sized(style.BODY, bold=True)
    if role == Role.ForegroundRole and column in {
        CandidateColumn.RANK, CandidateColumn.CODE, CandidateColumn.SOURCE,
    }:  # fmt: skip
        return style.brush(colours.muted)
    return None
