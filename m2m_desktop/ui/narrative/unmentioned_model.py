"""The table of findings: those of one status at a time, and what was made of each."""

from collections.abc import Iterable, Sequence
from enum import IntEnum
from typing import Any

from PySide6.QtCore import QModelIndex, Qt, Signal
from PySide6.QtGui import QColor

from m2m_desktop.core.messages import N_
from m2m_desktop.core.records import Source
from m2m_desktop.core.review import CodedTerm
from m2m_desktop.services.language import _
from m2m_desktop.ui import style
from m2m_desktop.ui.narrative.records import Status
from m2m_desktop.ui.narrative.status_look import status_word
from m2m_desktop.ui.narrative.unmentioned_records import Done, Finding, Terms
from m2m_desktop.ui.row_model import Index, RowModel
from m2m_desktop.ui.words import source_word, two_decimals

Role = Qt.ItemDataRole


class FindingColumn(IntEnum):
    """The columns from left to right."""

    REPORT = 0
    ROW = 1
    TEXT = 2
    TERMS = 3
    PROBABILITY = 4
    DONE = 5


HEADERS = (
    N_("Report"),
    N_("Row"),
    N_("In the narrative"),
    N_("Proposed PTs"),
    N_("Probability"),
    N_("Done"),
)
BY_NAME = (Source.EXACT, Source.MEMORY)
"""No model is asked about what is a name, or was decided before."""
DONE_WORDS = {Done.NOTHING: "", Done.ADDED: N_("added"), Done.LEFT_OUT: N_("passed over")}


class FindingModel(RowModel):
    """All findings as they come; `show_status` says which of them are rows."""

    counts_changed = Signal()

    def __init__(self) -> None:
        super().__init__(HEADERS)
        self._by_status: dict[Status, list[Finding]] = {status: [] for status in Status}
        self._status = Status.PRESENT
        self._done: dict[int, tuple[Done, Terms, int]] = {}

    def add(self, findings: Iterable[Finding]) -> None:
        """Put findings behind the others of their status."""
        new: dict[Status, list[Finding]] = {}
        for one in findings:
            new.setdefault(one.status, []).append(one)
        for status, some in new.items():
            rows = self._by_status[status]
            if status is self._status:
                self.beginInsertRows(QModelIndex(), len(rows), len(rows) + len(some) - 1)
                rows += some
                self.endInsertRows()
            else:
                rows += some
        if new:
            self.counts_changed.emit()

    def show_status(self, status: Status) -> None:
        """Show the findings of one status."""
        self.beginResetModel()
        self._status = status
        self.endResetModel()

    def count(self, status: Status) -> int:
        """How many there are of a status."""
        return len(self._by_status[status])

    def finding(self, row: int) -> Finding | None:
        """The finding of a row that is shown."""
        rows = self._by_status[self._status]
        return rows[row] if 0 <= row < len(rows) else None

    def everything(self) -> list[Finding]:
        """All findings, those that are present first."""
        return [one for status in Status for one in self._by_status[status]]

    # -- what was made of them -------------------------------------------------------------------

    def mark(self, row: int, done: Done, terms: Terms = (), item_id: int = 0) -> None:
        """Note what was made of the finding of a row; ``item_id`` is where it was added."""
        found = self.finding(row)
        if found is not None:
            self._done[id(found)] = (done, terms, item_id)
            self.dataChanged.emit(self.index(row, 0), self.index(row, len(HEADERS) - 1))
            self.counts_changed.emit()

    def done(self, finding: Finding) -> Done:
        """What was made of a finding."""
        return self._done.get(id(finding), (Done.NOTHING, (), 0))[0]

    def item_id(self, finding: Finding) -> int:
        """The item that an added finding became."""
        return self._done.get(id(finding), (Done.NOTHING, (), 0))[2]

    def terms(self, finding: Finding) -> Terms:
        """The PTs it was added with, otherwise those that are proposed first."""
        done, terms, _item = self._done.get(id(finding), (Done.NOTHING, (), 0))
        return terms if done is Done.ADDED else finding.best

    def next_open(self, row: int) -> int:
        """The next row that nothing was made of yet, from the beginning again; else the same."""
        rows = self._by_status[self._status]
        order = [*range(row + 1, len(rows)), *range(row)]
        return next((one for one in order if self.done(rows[one]) is Done.NOTHING), row)

    # -- Qt --------------------------------------------------------------------------------------

    def row_count(self) -> int:
        """One row a finding of the status."""
        return len(self._by_status[self._status])

    def data(self, index: Index, role: int = Role.DisplayRole) -> Any:
        """Words of one cell; the whole sentence as the tip of the mention."""
        found = self.finding(index.row()) if index.isValid() else None
        if found is None:
            return None
        column = FindingColumn(index.column())
        if role == Role.DisplayRole:
            return self._text(found, column)
        if role == Role.ToolTipRole:
            is_text = column is FindingColumn.TEXT
            return found.sentence.strip() if is_text else self._text(found, column)
        if role == Role.ForegroundRole and self.done(found) is not Done.NOTHING:
            return QColor(style.colours().muted)
        if role == Role.TextAlignmentRole and column is FindingColumn.PROBABILITY:
            return int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        return None

    def _text(self, found: Finding, column: FindingColumn) -> str:
        if column is FindingColumn.REPORT:
            return found.report_id
        if column is FindingColumn.ROW:
            return str(found.row)
        if column is FindingColumn.TEXT:
            return " ".join(found.text.split())
        if column is FindingColumn.TERMS:
            return self._terms_text(found)
        if column is FindingColumn.PROBABILITY:
            return self._how_sure(found)
        return _(DONE_WORDS[self.done(found)]) if self.done(found) is not Done.NOTHING else ""

    def _terms_text(self, found: Finding) -> str:
        names = names_of(self.terms(found))
        is_sure = found.proposal.is_selected or self.done(found) is Done.ADDED
        return names if is_sure or not names else _("{names} ?").format(names=names)

    def _how_sure(self, found: Finding) -> str:
        """The probability, or that it is a name or was decided before: no model was asked then."""
        terms = self.terms(found)
        source = found.proposal.source
        is_proposed = terms == found.best and source in BY_NAME
        return probability_of(terms) or (source_word(source) if is_proposed else "")

    def list_row(self, found: Finding) -> list[str]:
        """The cells of a finding in the list that is saved or copied."""
        return [
            found.report_id,
            found.sheet,
            str(found.row),
            " ".join(found.text.split()),
            status_word(found.status),
            self._terms_text(found),
            self._how_sure(found),
            self._text(found, FindingColumn.DONE),
            " ".join(found.sentence.split()),
        ]


def names_of(terms: Sequence[CodedTerm]) -> str:
    """The PTs in words."""
    return " + ".join(term.pt_name for term in terms)


def probability_of(terms: Sequence[CodedTerm]) -> str:
    """The lowest probability of the PTs; empty where no model gave one."""
    known = [term.probability for term in terms if term.probability is not None]
    return two_decimals(min(known)) if known and len(known) == len(terms) else ""
