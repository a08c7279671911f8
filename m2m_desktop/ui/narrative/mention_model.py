"""The table of mentions: one row each, in the order of the narrative, with its answer."""

from collections.abc import Mapping, Sequence
from enum import IntEnum
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication

from m2m_desktop.core.messages import N_
from m2m_desktop.core.records import Candidate, CodingResult
from m2m_desktop.services.language import _
from m2m_desktop.ui import style
from m2m_desktop.ui.candidate_model import (
    ESTIMATED_ROLE,
    PROBABILITY_ROLE,
    SELECTED_ROLE,
    THRESHOLD_ROLE,
    CandidateColumn,
    probability_text,
)
from m2m_desktop.ui.mention_model import selected_candidates
from m2m_desktop.ui.narrative.records import ShownMention, Status
from m2m_desktop.ui.narrative.status_look import kind_word, status_word, swatch_icon, why
from m2m_desktop.ui.row_model import Index, RowModel
from m2m_desktop.ui.term_names import displayed

Role = Qt.ItemDataRole


class Column(IntEnum):
    """The columns from left to right; that of the probability is where its delegate draws bars."""

    MENTION = 0
    STATUS = 1
    KIND = 2
    BEST = 3
    PROBABILITY = CandidateColumn.PROBABILITY
    SELECTED = 5


HEADERS = {
    Column.MENTION: N_("Mentioned as"),
    Column.STATUS: N_("Status"),
    Column.KIND: N_("Kind"),
    Column.BEST: N_("Best PT"),
    Column.PROBABILITY: N_("Probability"),
    Column.SELECTED: N_("Selected PTs"),
}


def one_line(text: str) -> str:
    """A mention that runs over a line of the narrative, in one line."""
    return " ".join(text.split())


class NarrativeMentionModel(RowModel):
    """Rows over plain records; see `set_mentions` and `set_result`."""

    def __init__(self) -> None:
        super().__init__(HEADERS.values())
        self._mentions: tuple[ShownMention, ...] = ()
        self._results: Mapping[str, CodingResult] = {}
        self._is_coming = False

    def set_coming(self, is_coming: bool) -> None:
        """Whether the answers that are not there yet are on their way."""
        if is_coming != self._is_coming:
            self._is_coming = is_coming
            self._changed(0, len(self._mentions) - 1)

    def set_mentions(
        self, mentions: Sequence[ShownMention], results: Mapping[str, CodingResult]
    ) -> None:
        """Show these; ``results`` are the answers by text, and may grow: see `set_result`.

        Rows that stay the same number are changed in place, so that a view stays where it is.
        """
        is_same_size = len(mentions) == len(self._mentions)
        if not is_same_size:
            self.beginResetModel()
        self._mentions, self._results = tuple(mentions), results
        if not is_same_size:
            self.endResetModel()
        self._changed(0, len(self._mentions) - 1)

    def move_mentions(self, mentions: Sequence[ShownMention]) -> bool:
        """Take these over if only their places are other ones, which nobody sees; else say no."""
        is_moved = list(map(_without_place, mentions)) == list(map(_without_place, self._mentions))
        if is_moved:
            self._mentions = tuple(mentions)
        return is_moved

    def set_result(self, text: str) -> None:
        """The answer for a text has come."""
        for row, one in enumerate(self._mentions):
            if one.text == text:
                self._changed(row, row)

    def retranslate(self) -> None:
        """Show the words again, in another language or other colours."""
        self.headerDataChanged.emit(Qt.Orientation.Horizontal, 0, len(Column) - 1)
        self._changed(0, len(self._mentions) - 1)

    def _changed(self, first: int, last: int) -> None:
        if first <= last:
            self.dataChanged.emit(self.index(first, 0), self.index(last, len(Column) - 1))

    @property
    def mentions(self) -> tuple[ShownMention, ...]:
        """One a row."""
        return self._mentions

    def mention(self, row: int) -> ShownMention | None:
        """The mention of a row."""
        return self._mentions[row] if 0 <= row < len(self._mentions) else None

    def result(self, row: int) -> CodingResult | None:
        """The answer of a row: only of what occurred, and once it is there."""
        one = self.mention(row)
        if one is None or one.status is not Status.PRESENT:
            return None
        return self._results.get(one.text)

    def kinds(self) -> set[str]:
        """The sorts of things there are."""
        return set(map(kind_word, self._mentions))

    # -- Qt --------------------------------------------------------------------------------------

    def row_count(self) -> int:
        """One row a mention."""
        return len(self._mentions)

    def data(self, index: Index, role: int = Role.DisplayRole) -> Any:
        """Words, icons and figures of one cell."""
        if not index.isValid():
            return None
        column, one = Column(index.column()), self._mentions[index.row()]
        result = self.result(index.row())
        if role in {Role.DisplayRole, Role.ToolTipRole, Role.AccessibleTextRole}:
            text = self._text(column, one, result)
            reason = why(one) if column is Column.STATUS and role != Role.DisplayRole else ""
            return _("{first}: {second}").format(first=text, second=reason) if reason else text
        if column is Column.PROBABILITY:
            return _figure(role, _best(result), result)
        if column is Column.STATUS and role == Role.DecorationRole:
            return swatch_icon(one.status, QGuiApplication.primaryScreen().devicePixelRatio())
        is_muted = one.status is not Status.PRESENT or column is Column.KIND
        is_muted = is_muted or (result is not None and not result.is_final)
        if role == Role.ForegroundRole and is_muted and column is not Column.STATUS:
            return style.brush(style.colours().muted)
        return None

    def _text(self, column: Column, one: ShownMention, result: CodingResult | None) -> str:
        match column:
            case Column.MENTION:
                return one_line(one.text)
            case Column.STATUS:
                return status_word(one.status)
            case Column.KIND:
                return kind_word(one)
            case Column.BEST if result is None:
                is_coming = self._is_coming and one.status is Status.PRESENT
                return _("waiting") if is_coming else _("not coded")
        if result is None:
            return ""
        best = _best(result)
        match column:
            case Column.BEST:
                return displayed(best.pt.name, best.pt.name2) if best else "—"
            case Column.PROBABILITY:
                return probability_text(best) if best else ""
            case _:
                return _("; ").join(selected_names(result)) or "—"


def selected_names(result: CodingResult) -> list[str]:
    """The selected PTs as the window shows names now."""
    return [displayed(one.pt.name, one.pt.name2) for one in selected_candidates(result)]


def _without_place(one: ShownMention) -> tuple[object, ...]:
    return one.text, one.status, one.kind, one.reason, one.rule, one.is_own


def _best(result: CodingResult | None) -> Candidate | None:
    return result.candidates[0] if result is not None and result.candidates else None


def _figure(role: int, best: Candidate | None, result: CodingResult | None) -> Any:
    """What the bar is drawn from."""
    if best is None or result is None:
        return None
    if role == PROBABILITY_ROLE:
        return best.probability
    if role == SELECTED_ROLE:
        return best.pt.code in result.selected
    if role == THRESHOLD_ROLE:
        return result.run.threshold
    return best.is_estimated if role == ESTIMATED_ROLE else None
