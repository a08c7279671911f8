"""What was done about a phrase: when, by whom, what came out of it."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta, timezone
from enum import IntEnum
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QVBoxLayout, QWidget

from m2m_desktop.core.messages import N_
from m2m_desktop.core.review import Action, ReviewStatus, Target
from m2m_desktop.services.language import _
from m2m_desktop.services.project.records import Event
from m2m_desktop.ui import style, words
from m2m_desktop.ui.review.columns import term_names
from m2m_desktop.ui.row_model import Index, RowModel
from m2m_desktop.ui.score_delegate import RowDelegate
from m2m_desktop.ui.widgets import Table

Role = Qt.ItemDataRole


class HistoryColumn(IntEnum):
    """The columns from left to right."""

    TIME = 0
    WHO = 1
    WHAT = 2
    OUTCOME = 3


HEADERS = {
    HistoryColumn.TIME: N_("Time"),
    HistoryColumn.WHO: N_("Who"),
    HistoryColumn.WHAT: N_("What"),
    HistoryColumn.OUTCOME: N_("Outcome"),
}


def time_text(event: Event) -> str:
    """When it was, by the clock of the PC it was done at."""
    try:
        when = datetime.fromisoformat(event.utc)
    except ValueError:
        return event.utc
    when = when if when.tzinfo else when.replace(tzinfo=UTC)
    zone = timezone(timedelta(minutes=event.utc_offset_minutes))
    return when.astimezone(zone).strftime("%Y-%m-%d %H:%M:%S")


def outcome_text(event: Event) -> str:
    """What held afterwards."""
    after = event.change.after
    if event.change.action is Action.COMMENT:
        return after.comment
    if after.status is ReviewStatus.NO_TERM:
        return words.status_word(after.status)
    parts = [term_names(after.terms)]
    if event.change.target is Target.ITEM:
        parts.append(_("single row"))
    return " · ".join(filter(None, parts))


class HistoryModel(RowModel):
    """Rows over events, the newest first."""

    def __init__(self) -> None:
        super().__init__(HEADERS.values())
        self._events: list[Event] = []

    def set_events(self, events: Sequence[Event]) -> None:
        """Show these, given from the oldest on."""
        self.beginResetModel()
        self._events = list(reversed(events))
        self.endResetModel()

    def row_count(self) -> int:
        """One row an event."""
        return len(self._events)

    def data(self, index: Index, role: int = Role.DisplayRole) -> Any:
        """Words of one cell."""
        if not index.isValid():
            return None
        column, event = HistoryColumn(index.column()), self._events[index.row()]
        if role in {Role.DisplayRole, Role.ToolTipRole, Role.AccessibleTextRole}:
            return self._text(column, event)
        if role == Role.ForegroundRole and column in {HistoryColumn.TIME, HistoryColumn.WHO}:
            return style.brush(style.colours().muted)
        return None

    def _text(self, column: HistoryColumn, event: Event) -> str:
        match column:
            case HistoryColumn.TIME:
                return time_text(event)
            case HistoryColumn.WHO:
                return event.actor.reviewer or event.actor.os_user
            case HistoryColumn.WHAT:
                word = words.action_word(event.change.action)
                return f"{word} ({event.reason})" if event.reason else word
            case HistoryColumn.OUTCOME:
                return outcome_text(event)


class HistoryPanel(QWidget):
    """Shows the history of one phrase."""

    def __init__(self) -> None:
        super().__init__()
        self.model, self.table = HistoryModel(), Table()
        self.table.setModel(self.model)
        self.table.setItemDelegate(RowDelegate(self.table))
        column = QVBoxLayout(self)
        column.setContentsMargins(0, style.S, 0, 0)
        column.addWidget(self.table)
        self.retranslate()

    def retranslate(self) -> None:
        """Take over language and colours."""
        self.table.setAccessibleName(_("History of the phrase"))
        self.table.lay_out(
            {
                HistoryColumn.TIME: ("2000-00-00 00:00:00",),
                HistoryColumn.WHO: ("字字字字字",),
                HistoryColumn.WHAT: map(words.action_word, (Action.NO_TERM, Action.CHOOSE)),
            }
        )
