"""The members of an SMQ as a table."""

from typing import Any

from PySide6.QtCore import Qt

from m2m_desktop.core.messages import N_
from m2m_desktop.services.language import _
from m2m_desktop.ui import style, words
from m2m_desktop.ui.analysis.sorted_rows import SortedRows
from m2m_desktop.ui.row_model import Index
from m2m_desktop.ui.smq.records import MemberRow
from m2m_desktop.ui.smq.words import scope_word
from m2m_desktop.ui.term_names import shown_name

LEVEL, NAME, CODE, SCOPE, CATEGORY, WEIGHT, VIA = range(7)
TITLES = (
    N_("Level"),
    N_("Term"),
    N_("Code"),
    N_("Scope"),
    N_("Category"),
    N_("Weight"),
    N_("From the SMQ"),
)


class MembersModel(SortedRows[MemberRow]):
    """One row a member. ``own_code`` is the SMQ in hand: members of itself name no other."""

    def __init__(self) -> None:
        super().__init__(TITLES)
        self.own_code = ""

    def words(self, record: MemberRow, column: int) -> str:
        """What stands in a cell."""
        return (
            record.level.name,
            self._name(record),
            record.code,
            scope_word(record.is_narrow),
            record.category,
            str(record.weight) if record.weight else "",
            "" if record.via_code == self.own_code else record.via_name,
        )[column]

    def key(self, record: MemberRow, column: int) -> Any:
        """Levels from the top, narrow before broad, weights as numbers."""
        if column == LEVEL:
            return record.level
        if column == SCOPE:
            return not record.is_narrow
        return record.weight if column == WEIGHT else self.words(record, column)

    def name_and_code(self, record: MemberRow) -> tuple[str, str]:
        """The member without the mark of what is not current."""
        return self.single_name(record.name, record.name2), record.code

    def is_number(self, column: int) -> bool:
        """Only weights are numbers."""
        return column == WEIGHT

    def search_text(self, record: MemberRow) -> str:
        """Both names, whatever is shown."""
        return f"{record.name} {record.name2} {record.code} {record.via_name}"

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Muted where a term is not current; the tool tip says so in words."""
        record = self.shown[index.row()]
        if role == Qt.ItemDataRole.ForegroundRole and not record.is_current:
            return style.brush(style.colours().muted)
        if role == Qt.ItemDataRole.ToolTipRole and index.column() == NAME:
            mark = "" if record.is_current else f"* {_(words.NOT_CURRENT)}"
            return "\n".join(filter(None, (record.name, record.name2, mark)))
        return super().data(index, role)

    def _name(self, record: MemberRow) -> str:
        name = shown_name(record.name, record.name2, self.names_shown)
        return name if record.is_current else f"{name} *"
