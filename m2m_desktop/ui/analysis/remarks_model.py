"""What was given and not counted, or counted with a remark: each with its row and the reason."""

from typing import Any

from PySide6.QtCore import Qt

from m2m_desktop.core.messages import N_
from m2m_desktop.services.language import _
from m2m_desktop.ui import icons, style
from m2m_desktop.ui.analysis.records import ToldRemark
from m2m_desktop.ui.analysis.sorted_rows import SortedRows
from m2m_desktop.ui.row_model import Index

ROW, TEXT, COUNTED, REASON, SUGGESTION = range(5)
TITLES = (
    N_("Row"),
    N_("Given"),
    N_("Counted"),
    N_("Reason"),
    N_("Perhaps meant"),
)


def counted_word(*, is_used: bool) -> str:
    """Whether it was counted, as the user reads it."""
    return _("counted") if is_used else _("not counted")


class RemarksModel(SortedRows[ToldRemark]):
    """One row a remark, in the order of what was given."""

    def __init__(self) -> None:
        super().__init__(TITLES)

    def words(self, record: ToldRemark, column: int) -> str:
        """What stands in a cell."""
        times = f"  × {record.count:,}" if record.count > 1 else ""
        return (
            str(record.row) if record.row else "",
            record.text + times,
            counted_word(is_used=record.is_used),
            record.reason,
            record.suggestion,
        )[column]

    def key(self, record: ToldRemark, column: int) -> Any:
        """Rows as numbers."""
        return record.row if column == ROW else self.words(record, column)

    def is_number(self, column: int) -> bool:
        """Only the row."""
        return column == ROW

    def widest(self, column: int) -> str:
        """The number of the last row, or the longest text."""
        if column == ROW:
            return str(max((one.row for one in self.records), default=0))
        texts = (one.text if column == TEXT else one.suggestion for one in self.records)
        return max(texts, key=len, default="")

    def name_and_code(self, record: ToldRemark) -> tuple[str, str]:
        """What was given; it has no code."""
        return record.text, ""

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """A shape goes with the word that says whether it was counted."""
        if role == Qt.ItemDataRole.DecorationRole and index.column() == COUNTED:
            colours = style.colours()
            is_used = self.shown[index.row()].is_used
            shape, colour = ("info", colours.accent) if is_used else ("warning", colours.doubtful)
            return icons.icon(shape, colour, colours.surface)
        return super().data(index, role)
