"""The SMQs that something of an analysis falls under, and the reported terms of one of them."""

from typing import Any

from PySide6.QtCore import Qt

from m2m_desktop.core.analysis.records import SmqCount, SmqTerm
from m2m_desktop.core.messages import N_
from m2m_desktop.services.language import _
from m2m_desktop.ui import icons, style
from m2m_desktop.ui.analysis.sorted_rows import SortedRows
from m2m_desktop.ui.row_model import Index
from m2m_desktop.ui.smq.words import scope_word
from m2m_desktop.ui.term_names import shown_name

SMQ, ALGORITHM, NARROW, BROAD, TERMS = range(5)
SMQ_TITLES = (
    N_("SMQ"),
    N_("Algorithm"),
    N_("Narrow"),
    N_("With broad"),
    N_("PTs"),
)
"""A search in the broad scope finds what is narrow, too; the title says so."""
TERM, SCOPE, CATEGORY, COUNT = range(4)
TERM_TITLES = (N_("Term"), N_("Scope"), N_("Category"), N_("Total"))


def met_words(smq: SmqCount) -> str:
    """Whether the algorithm is met, and by how many reports where that is known."""
    if not smq.algorithm:
        return ""
    if smq.algorithm_met is None:
        return _("not judged")
    if not smq.algorithm_met:
        return _("not met")
    if smq.cases_met is None or smq.cases_met <= 1:
        return _("met")
    return _("met in {count} reports").format(count=f"{smq.cases_met:,}")


class SmqCountModel(SortedRows[SmqCount]):
    """One row an SMQ."""

    def __init__(self) -> None:
        super().__init__(SMQ_TITLES)

    def words(self, record: SmqCount, column: int) -> str:
        """What stands in a cell."""
        if column == SMQ:
            return shown_name(record.name, record.name2, self.names_shown)
        return met_words(record) if column == ALGORITHM else f"{self._number(record, column):,}"

    def key(self, record: SmqCount, column: int) -> Any:
        """Names as texts, met algorithms before the others."""
        if column == SMQ:
            return self.words(record, column)
        if column == ALGORITHM:
            return (not record.algorithm, not record.algorithm_met, -(record.cases_met or 0))
        return self._number(record, column)

    def _number(self, record: SmqCount, column: int) -> int:
        return {
            NARROW: record.narrow_count,
            BROAD: record.broad_count,
            TERMS: record.broad_terms,
        }[column]

    def is_number(self, column: int) -> bool:
        """All but the name and the algorithm."""
        return column > ALGORITHM

    def name_and_code(self, record: SmqCount) -> tuple[str, str]:
        """The SMQ and its code."""
        return self.single_name(record.name, record.name2), record.code

    def search_text(self, record: SmqCount) -> str:
        """Both names, whatever is shown."""
        return f"{record.name} {record.name2} {record.code}"

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """A shape goes with the words about the algorithm; its expression is in the tool tip."""
        record, column = self.shown[index.row()], index.column()
        if column == ALGORITHM and record.algorithm:
            if role == Qt.ItemDataRole.DecorationRole and record.algorithm_met is not None:
                colours = style.colours()
                shape, colour = (
                    ("certain", colours.certain)
                    if record.algorithm_met
                    else ("missing", colours.missing)
                )
                return icons.icon(shape, colour, colours.surface)
            if role == Qt.ItemDataRole.ToolTipRole:
                return f"{met_words(record)}\n{record.algorithm}"
        if role == Qt.ItemDataRole.ToolTipRole and column == SMQ:
            level = _("Level {level}").format(level=record.level)
            lines = (record.name, record.name2, f"{record.code} · {level}")
            return "\n".join(filter(None, lines))
        if role == Qt.ItemDataRole.ToolTipRole and column in (NARROW, BROAD, TERMS):
            return _(
                "Narrow: {narrow} (PTs: {narrow_terms}). Narrow and broad: {broad} (PTs: {terms})."
            ).format(
                narrow=f"{record.narrow_count:,}",
                narrow_terms=f"{record.narrow_terms:,}",
                broad=f"{record.broad_count:,}",
                terms=f"{record.broad_terms:,}",
            )
        return super().data(index, role)


class SmqTermModel(SortedRows[SmqTerm]):
    """One row a reported term of the SMQ in hand."""

    def __init__(self) -> None:
        super().__init__(TERM_TITLES)

    def words(self, record: SmqTerm, column: int) -> str:
        """What stands in a cell."""
        return (
            shown_name(record.term.name, record.term.name2, self.names_shown),
            scope_word(record.is_narrow),
            record.categories,
            f"{record.count:,}",
        )[column]

    def key(self, record: SmqTerm, column: int) -> Any:
        """Narrow before broad, counts as numbers."""
        if column == SCOPE:
            return not record.is_narrow
        return record.count if column == COUNT else self.words(record, column)

    def is_number(self, column: int) -> bool:
        """Only the count."""
        return column == COUNT

    def name_and_code(self, record: SmqTerm) -> tuple[str, str]:
        """The term and its code."""
        term = record.term
        return self.single_name(term.name, term.name2), term.code
