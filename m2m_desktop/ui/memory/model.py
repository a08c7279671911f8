"""The memory as a table: one row for each wording, with what was decided for it."""

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtGui import QColor

from m2m_desktop.core.memory import CHECK_WORDS, MemoryEntry
from m2m_desktop.core.messages import N_
from m2m_desktop.services.language import _
from m2m_desktop.ui import icons, style
from m2m_desktop.ui.row_model import Index, RowModel

TEXT, TERMS, STATE, VERSION, REVIEWER, DATE, USES = range(7)
TITLES = (
    N_("Phrase"),
    N_("Decided"),
    N_("State"),
    N_("Version"),
    N_("Reviewer"),
    N_("Date"),
    N_("Used"),
)


def decided_words(entry: MemoryEntry) -> str:
    """The terms of an entry, or that there is none."""
    if entry.is_stopped and not entry.terms:
        return ""
    return " + ".join(term.pt_name for term in entry.terms) or _("no suitable term")


def state_words(entry: MemoryEntry) -> str:
    """Whether an entry is used."""
    if entry.is_stopped:
        return _("stopped")
    return _("to be checked") if entry.needs_check is not None else _("in use")


def reason_words(entry: MemoryEntry) -> str:
    """Why an entry is not used now; empty where it is."""
    if entry.is_stopped:
        return _("This wording is never answered from memory.")
    if entry.needs_check is None:
        return ""
    return _("To be checked: {reason}").format(reason=_(CHECK_WORDS[entry.needs_check]))


class MemoryModel(RowModel):
    """Shows entries in the order given."""

    def __init__(self) -> None:
        super().__init__(TITLES)
        self.entries: list[MemoryEntry] = []

    def set_entries(self, entries: Sequence[MemoryEntry]) -> None:
        """Show these."""
        self.beginResetModel()
        self.entries = list(entries)
        self.endResetModel()

    def row_count(self) -> int:
        """One row an entry."""
        return len(self.entries)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """What stands in a cell."""
        entry, column = self.entries[index.row()], index.column()
        if role == Qt.ItemDataRole.ToolTipRole and column == STATE:
            return reason_words(entry)
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.ToolTipRole):
            return self._words(entry, column)
        colours = style.colours()
        is_idle = entry.is_stopped or entry.needs_check is not None
        if role == Qt.ItemDataRole.ForegroundRole and is_idle and column in (TERMS, STATE):
            return QColor(colours.muted if entry.is_stopped else colours.doubtful)
        if role == Qt.ItemDataRole.DecorationRole and column == STATE:
            shape, colour = ("certain", colours.certain)
            if is_idle:
                shape, colour = (
                    ("missing", colours.missing)
                    if entry.is_stopped
                    else ("doubtful", colours.doubtful)
                )
            return icons.icon(shape, colour, colours.surface)
        return None

    def _words(self, entry: MemoryEntry, column: int) -> str:
        return (
            entry.text,
            decided_words(entry),
            state_words(entry),
            entry.terminology_version,
            entry.reviewer,
            entry.decided_at[:10],
            str(entry.uses) if entry.uses else "",
        )[column]
