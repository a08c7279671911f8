"""Two pharmacists coded the same file: how far they agree, and each difference settled by one key."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from PySide6.QtCore import Qt
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QDialog, QHBoxLayout, QVBoxLayout, QWidget

from m2m_desktop.core.errors import CodingToolError
from m2m_desktop.core.messages import N_
from m2m_desktop.core.review import CodedTerm
from m2m_desktop.services.language import _, ngettext
from m2m_desktop.services.locations import Locations
from m2m_desktop.services.project.project import Project
from m2m_desktop.services.project.wire import terms_from_json
from m2m_desktop.ui import style
from m2m_desktop.ui.engine_client import EngineClient
from m2m_desktop.ui.engine_protocol import Json
from m2m_desktop.ui.messages import sentence
from m2m_desktop.ui.model.requests import Requests
from m2m_desktop.ui.model.widgets import focus_sheet
from m2m_desktop.ui.notices import NoticeArea
from m2m_desktop.ui.row_model import Index, RowModel
from m2m_desktop.ui.snapshot import Snapshot
from m2m_desktop.ui.widgets import Table, button, label, shortcut

KIND_WORDS = {
    "omission": N_("only mine"),
    "addition": N_("only theirs"),
    "substitution": N_("different terms"),
}
"""How the second coding differs from the first, as the first person sees it."""
PHRASE, COUNT, KIND, MINE, THEIRS, SETTLED = range(6)
TITLES = (
    N_("Phrase"),
    N_("Rows"),
    N_("Difference"),
    N_("Mine"),
    N_("Theirs"),
    N_("Settled"),
)


@dataclass(frozen=True, slots=True)
class Disputed:
    """A phrase that two persons coded in two ways."""

    text: str
    count: int
    kind: str
    mine: tuple[CodedTerm, ...]
    theirs: tuple[CodedTerm, ...]


def names_of(terms: Sequence[CodedTerm]) -> str:
    """Terms as they are called."""
    return " + ".join(term.pt_name for term in terms) or _("no suitable term")


class DisputedModel(RowModel):
    """Differences, and which of them are settled how."""

    def __init__(self) -> None:
        super().__init__(TITLES)
        self.rows: tuple[Disputed, ...] = ()
        self.settled: dict[int, str] = {}

    def set_rows(self, rows: Sequence[Disputed]) -> None:
        """Show these, none of them settled."""
        self.beginResetModel()
        self.rows, self.settled = tuple(rows), {}
        self.endResetModel()

    def settle(self, row: int, how: str) -> None:
        """Mark a difference as settled."""
        self.settled[row] = how
        self.dataChanged.emit(self.index(row, 0), self.index(row, SETTLED))

    def row_count(self) -> int:
        """One row a difference."""
        return len(self.rows)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """What stands in a cell."""
        row = self.rows[index.row()]
        if role == Qt.ItemDataRole.ForegroundRole and index.row() in self.settled:
            return QColor(style.colours().muted)
        if role not in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.ToolTipRole):
            return None
        return (
            row.text,
            f"{row.count:,}",
            _(KIND_WORDS.get(row.kind, row.kind)),
            names_of(row.mine),
            names_of(row.theirs),
            self.settled.get(index.row(), ""),
        )[index.column()]


class CompareDialog(QDialog):
    """Compares the open project with another file.

    ``take`` decides a phrase of the open project for these terms, and says whether it was done.
    """

    def __init__(
        self,
        client: EngineClient,
        project: Project,
        other: str,
        locations: Locations,
        take: Callable[[str, Sequence[CodedTerm]], bool],
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._requests, self._snapshot = Requests(client), Snapshot(locations)
        self._take, self._is_read_only = take, project.read_only
        self.setWindowTitle(_("Compare two codings"))
        self.setMinimumSize(900, 540)
        self.setStyleSheet(focus_sheet())
        self.notices, self.summary = NoticeArea(), label(factor=style.LEAD)
        self.details = label("muted")
        self.details.setWordWrap(True)
        self.model, self.table = DisputedModel(), Table()
        self.table.setModel(self.model)
        self.table.setAccessibleName(_("Differences"))
        self.table.selectionModel().currentRowChanged.connect(lambda _now, _old: self._refresh())
        self.keep_button, self.take_button = button(), button()
        self.close_button = button("primary")
        self._lay_out()
        self._ask(project, other)
        if self._is_read_only:
            text = _("This project is open for reading only: nothing can be settled here.")
            self.notices.say("read only", "info", text)

    def _lay_out(self) -> None:
        title = label(factor=style.TITLE, bold=True)
        title.setText(_("Compare two codings"))
        self.keep_button.setText(_("Mine stays (1)"))
        self.take_button.setText(_("Take theirs (2)"))
        self.close_button.setText(_("Close"))
        self.keep_button.clicked.connect(self.keep)
        self.take_button.clicked.connect(self.take)
        self.close_button.clicked.connect(self.accept)
        shortcut(self.table, "1").activated.connect(self.keep)
        shortcut(self.table, "2").activated.connect(self.take)
        feet = QHBoxLayout()
        feet.setSpacing(style.S)
        feet.addWidget(self.keep_button)
        feet.addWidget(self.take_button)
        feet.addStretch(1)
        feet.addWidget(self.close_button)
        column = QVBoxLayout(self)
        column.setContentsMargins(style.XL, style.L, style.XL, style.L)
        column.setSpacing(style.S)
        for part in (title, self.notices, self.summary, self.details):
            column.addWidget(part)
        column.addWidget(self.table, 1)
        self._rest = QWidget()  # takes the room where there is no table
        self._rest.hide()
        column.addWidget(self._rest, 1)
        column.addLayout(feet)
        self._refresh()

    # -- asking ----------------------------------------------------------------------------------

    def _ask(self, project: Project, other: str) -> None:
        self.summary.setText(_("Comparing…"))
        try:
            self._snapshot.take(project)
        except CodingToolError as error:
            self._fail(error)
            return
        params = {"first": str(self._snapshot.path), "second": other}
        self._requests.ask("compare_projects", params, self._show, self._fail)

    def _fail(self, error: CodingToolError) -> None:
        self._snapshot.forget()
        for part in (self.summary, self.details, self.table, self.keep_button, self.take_button):
            part.hide()
        self._rest.show()
        self.notices.say("error", "error", sentence(error))
        self.close_button.setFocus()

    def _show(self, told: Json) -> None:
        self._snapshot.forget()
        found = told["agreement"]
        if not told["is_same_file"]:
            text = _("The two projects were made from different files: only equal places count.")
            self.notices.say("file", "warning", text)
        self.summary.setText(kappa_words(found["phrases"]))
        text = _("Mentions in one file only: {unpaired}. Not decided by both: {undecided}.")
        self.details.setText(text.format(unpaired=found["unpaired"], undecided=found["undecided"]))
        self.details.setVisible(bool(found["unpaired"] or found["undecided"]))
        self.model.set_rows(
            [
                Disputed(
                    str(one["text"]),
                    int(one["count"]),
                    str(one["kind"]),
                    terms_from_json(one["first"]),
                    terms_from_json(one["second"]),
                )
                for one in found["differences"]
            ]
        )
        self.table.lay_out(
            {COUNT: ("8,888",), KIND: map(_, KIND_WORDS.values()), SETTLED: (_("mine"),)}
        )
        if self.model.rows:
            self.table.selectRow(0)
            self.table.setFocus()
        self._refresh()

    # -- settling --------------------------------------------------------------------------------

    def _refresh(self) -> None:
        row = self.table.current_row()
        is_open = 0 <= row < len(self.model.rows) and row not in self.model.settled
        self.keep_button.setEnabled(is_open)
        self.take_button.setEnabled(is_open and not self._is_read_only)

    def keep(self) -> None:
        """Leave my decision as it is, and go on."""
        self._settle(_("mine"))

    def take(self) -> None:
        """Decide as the other person did, and go on."""
        row = self.table.current_row()
        if self.take_button.isEnabled():
            disputed = self.model.rows[row]
            if self._take(disputed.text, disputed.theirs):
                self._settle(_("theirs"))
            else:
                text = _("The decision could not be taken over. Look at the phrase in the table.")
                self.notices.say("error", "error", text)

    def _settle(self, how: str) -> None:
        row = self.table.current_row()
        if not self.keep_button.isEnabled():
            return
        self.model.settle(row, how)
        following = next(
            (n for n in range(row + 1, len(self.model.rows)) if n not in self.model.settled), row
        )
        self.table.selectRow(following)
        self._refresh()

    def done(self, result: int) -> None:
        """Close, whatever is still asked."""
        self._requests.close()
        self._snapshot.forget()
        super().done(result)


def kappa_words(told: Json) -> str:
    """Agreement and kappa in a sentence."""
    if not told["count"]:
        return _("No phrase was decided by both.")
    text = ngettext(
        "{agreed} of {count} phrase agrees ({percent} %)",
        "{agreed} of {count} phrases agree ({percent} %)",
        told["count"],
    ).format(
        agreed=f"{told['agreed']:,}",
        count=f"{told['count']:,}",
        percent=f"{100 * float(told['agreement']):.1f}",
    )
    if told["value"] is None:
        return text
    return (
        text
        + "   ·   "
        + _("Cohen's kappa {value} ({low} to {high})").format(
            value=f"{float(told['value']):.2f}",
            low=f"{float(told['low']):.2f}",
            high=f"{float(told['high']):.2f}",
        )
    )
