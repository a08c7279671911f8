"""The list of changes: thousands of rows, of which only the pages that were looked at are here."""

from collections.abc import Iterable, Sequence

from PySide6.QtCore import Qt, Signal

from m2m_desktop.core.messages import N_
from m2m_desktop.ui import style
from m2m_desktop.ui.row_model import Index, RowModel
from m2m_desktop.ui.versions.records import ChangeRow
from m2m_desktop.ui.versions.words import change_word, level_word

Role = Qt.ItemDataRole

PAGE = 200
"""Rows asked for at once: more than a screen, and read in a few milliseconds."""
KIND, LEVEL, CODE, NAME, WAS, NOW, DETAIL = range(7)
TITLES = (
    N_("What changed"),
    N_("Level"),
    N_("Code"),
    N_("Term"),
    N_("Before"),
    N_("Now"),
    N_("In a sentence"),
)
LOADING = "…"


class ChangesModel(RowModel):
    """Rows of a list that is ``total`` long; see `take_page`."""

    page_missing = Signal()
    """A row was looked at that is not here: the view paints it, so it is on the screen."""

    def __init__(self) -> None:
        super().__init__(TITLES)
        self.total = 0
        self._pages: dict[int, tuple[ChangeRow, ...]] = {}

    def begin(self, total: int, first: Sequence[ChangeRow]) -> None:
        """Show another list, whose first page this is."""
        self.beginResetModel()
        self.total, self._pages = total, {0: tuple(first)}
        self.endResetModel()

    def take_page(self, number: int, rows: Sequence[ChangeRow]) -> None:
        """Fill in a page."""
        self._pages[number] = tuple(rows)
        top = number * PAGE
        last = min(top + PAGE, self.total) - 1
        if top <= last:
            self.dataChanged.emit(self.index(top, 0), self.index(last, DETAIL))

    def change(self, row: int) -> ChangeRow | None:
        """The change of a row; None where it is not here yet."""
        number, place = divmod(row, PAGE)
        page = self._pages.get(number, ())
        return page[place] if 0 <= place < len(page) else None

    def missing(self, rows: Iterable[int]) -> list[int]:
        """The pages of these rows that are not here, in order."""
        return sorted({row // PAGE for row in rows} - self._pages.keys())

    def row_count(self) -> int:
        """All rows, here or not."""
        return self.total

    def data(self, index: Index, role: int = Role.DisplayRole) -> object:
        """What stands in a cell; dots where it is still on its way."""
        if role not in _ROLES:
            return None
        change = self.change(index.row())
        if change is None:
            if role != Role.DisplayRole:
                return None
            self.page_missing.emit()
            return LOADING if index.column() == NAME else None
        if role in (Role.DisplayRole, Role.ToolTipRole):
            return cell(change, index.column())
        if role == Role.ForegroundRole and index.column() in (CODE, WAS):
            return style.brush(style.colours().muted)
        if role == Role.FontRole and index.column() == NAME:
            return style.sized(style.BODY, bold=True)
        return None


_ROLES = frozenset({Role.DisplayRole, Role.ToolTipRole, Role.ForegroundRole, Role.FontRole})
_FIELDS = {CODE: "code", NAME: "name", WAS: "was", NOW: "now", DETAIL: "detail"}


def cell(change: ChangeRow, column: int) -> str:
    """What a column says of a change."""
    if column == KIND:
        return change_word(change.kind)
    if column == LEVEL:
        return level_word(change.level)
    return str(getattr(change, _FIELDS[column]))


def cells(change: ChangeRow) -> tuple[str, ...]:
    """A change as a row of text, as it is shown and copied."""
    return tuple(cell(change, column) for column in range(len(TITLES)))
