"""The terms of one level and how often each was counted, as a table."""

from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import Qt

from m2m_desktop.core.analysis.records import CountRow
from m2m_desktop.core.messages import N_
from m2m_desktop.core.records import TermLevel
from m2m_desktop.services.language import _
from m2m_desktop.ui.analysis.sorted_rows import SortedRows
from m2m_desktop.ui.row_model import Index
from m2m_desktop.ui.term_names import shown_name

SHARE_ROLE = Qt.ItemDataRole.UserRole + 1
"""The share of a term in all that was counted, from 0 to 1."""
NOT_SAID = N_("not said")
"""What stands for the severity where none was given."""
NAME, PRIMARY_SOC = 0, 1
"""The first columns; SOCs have no second one."""


def severity_word(severity: str) -> str:
    """A severity as the user reads it: their own word, or that there is none."""
    return severity or _(NOT_SAID)


class CountModel(SortedRows[CountRow]):
    """One row a term; a column for each severity where there are several."""

    def __init__(self, level: TermLevel) -> None:
        super().__init__(())
        self.level = level
        self.severities: tuple[str, ...] = ()
        self._used = 0
        self._fit_columns()

    def set_counts(self, counts: Sequence[CountRow], severities: Sequence[str], used: int) -> None:
        """Show these; ``used`` is what a share is a share of."""
        self.severities = tuple(severities) if len(severities) > 1 else ()
        self._used = used
        self._fit_columns()
        self.set_records(counts)

    @property
    def has_soc(self) -> bool:
        """Whether there is a column of SOCs."""
        return self.level is not TermLevel.SOC

    def _fit_columns(self) -> None:
        first = (N_("Term"), N_("Primary SOC")) if self.has_soc else (N_("Term"),)
        by_severity = tuple(severity or NOT_SAID for severity in self.severities)
        terms = () if self.level is TermLevel.PT else (N_("PTs"),)
        self._titles = (*first, *by_severity, N_("Total"), *terms, N_("Share"))
        self._first_number = len(first)
        self.total_column = len(first) + len(by_severity)
        self.share_column = len(self._titles) - 1

    def is_number(self, column: int) -> bool:
        """All but the names."""
        return column >= self._first_number

    def share(self, record: CountRow) -> float:
        """The share in all that was counted; by all paths the shares add up to more than 1."""
        return min(1.0, record.total / self._used) if self._used else 0.0

    def widest(self, column: int) -> str:
        """No figure of a term is larger than the largest total."""
        return f"{max((one.total for one in self.records), default=0):,}"

    def name(self, record: CountRow) -> str:
        """The term as it is displayed."""
        term = record.term
        return shown_name(term.name, term.name2, self.names_shown) or _("(without a path)")

    def words(self, record: CountRow, column: int) -> str:
        """What stands in a cell."""
        if column == NAME:
            return self.name(record)
        if column < self._first_number:
            return record.soc_name
        value = self._number(record, column)
        return f"{100 * self.share(record):.1f} %" if column == self.share_column else f"{value:,}"

    def key(self, record: CountRow, column: int) -> Any:
        """Terms as the release orders them: SOCs in the international order."""
        if column == NAME:
            return record.place
        if column < self._first_number:
            return record.soc_name
        return self._number(record, column)

    def _number(self, record: CountRow, column: int) -> int:
        if column == self.total_column or column == self.share_column:
            return record.total
        if column > self.total_column:
            return record.terms
        return record.counts.get(self.severities[column - self._first_number], 0)

    def name_and_code(self, record: CountRow) -> tuple[str, str]:
        """The term and its code."""
        term = record.term
        return self.single_name(term.name, term.name2), term.code

    def search_text(self, record: CountRow) -> str:
        """Both names, whatever is shown."""
        term = record.term
        return f"{term.name} {term.name2} {term.code} {record.soc_name}"

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """The share is painted as a bar, with its number."""
        record, column = self.shown[index.row()], index.column()
        if role == SHARE_ROLE and column == self.share_column:
            return self.share(record)
        if role == Qt.ItemDataRole.ToolTipRole and column == NAME:
            term, soc = record.term, record.soc_name if self.has_soc else ""
            return "\n".join(filter(None, (term.name, term.name2, term.code, soc)))
        return super().data(index, role)
