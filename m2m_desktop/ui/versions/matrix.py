"""How much has changed, by kind and level: a small table whose cells narrow the list beside it."""

from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QSize, Qt, Signal
from PySide6.QtGui import QFontMetrics
from PySide6.QtWidgets import QAbstractItemView, QHeaderView

from m2m_desktop.services.language import _
from m2m_desktop.ui import style
from m2m_desktop.ui.row_model import NOWHERE, TITLE_SIDE, Index
from m2m_desktop.ui.versions.records import Compared
from m2m_desktop.ui.versions.words import change_word, level_word
from m2m_desktop.ui.widgets import Table

Role = Qt.ItemDataRole

NOTHING = "·"
"""Stands for zero: a number where there is something to see, a dot where there is not."""
NUMBER_SIDE = int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)


class MatrixModel(QAbstractTableModel):
    """Kinds downwards, below a row for all of them; levels across, the sum at the right."""

    def __init__(self) -> None:
        super().__init__()
        self._compared = Compared({}, 0)
        self._kinds: tuple[str, ...] = ("",)
        self._levels: tuple[str, ...] = ("",)

    def set_compared(self, compared: Compared) -> None:
        """Show these counts; kinds and levels without changes are left out."""
        self.beginResetModel()
        self._compared = compared
        self._kinds = ("", *compared.kinds)
        self._levels = (*compared.levels, "")
        self.endResetModel()

    def cell(self, index: Index) -> tuple[str, str]:
        """The kind and the level of a cell; empty where it stands for all of them."""
        if not index.isValid():
            return "", ""
        level = self._levels[index.column() - 1] if index.column() else ""
        return self._kinds[index.row()], level

    def index_of(self, kind: str, level: str) -> QModelIndex:
        """The cell of a kind and a level; the one for everything where there is none."""
        row = self._kinds.index(kind) if kind in self._kinds else 0
        column = self._levels.index(level) if level in self._levels else len(self._levels) - 1
        return self.index(row, column + 1)

    def rowCount(self, parent: Index = NOWHERE) -> int:
        """One row a kind, and one for all."""
        return 0 if parent.isValid() else len(self._kinds)

    def columnCount(self, parent: Index = NOWHERE) -> int:
        """The word, the levels, the sum."""
        return 0 if parent.isValid() else len(self._levels) + 1

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Role.DisplayRole
    ) -> Any:
        """The levels."""
        if orientation != Qt.Orientation.Horizontal:
            return None
        if role == Role.TextAlignmentRole:
            return NUMBER_SIDE if section else TITLE_SIDE
        if role != Role.DisplayRole:
            return None
        if section == 0:
            return _("What changed")
        return level_word(self._levels[section - 1]) or _("Total")

    def data(self, index: Index, role: int = Role.DisplayRole) -> Any:
        """A word or a number; a screen reader is told which one it is."""
        if not index.isValid():
            return None
        kind, level = self.cell(index)
        count = self._compared.count(kind, level)
        word = change_word(kind) if kind else _("all changes")
        if role == Role.DisplayRole:
            return (f"{count:,}" if count else NOTHING) if index.column() else word
        if role in (Role.ToolTipRole, Role.AccessibleTextRole):
            parts = (word, level_word(level), f"{count:,}")
            return " · ".join(filter(None, parts))
        if role == Role.TextAlignmentRole and index.column():
            return NUMBER_SIDE
        if role == Role.ForegroundRole and index.column() and not count:
            return style.brush(style.colours().muted)
        if role == Role.FontRole and (index.row() == 0 or index.column() == len(self._levels)):
            return style.sized(style.BODY, bold=True)
        return None

    def retranslate(self) -> None:
        """The words are others now."""
        self.dataChanged.emit(self.index(0, 0), self.index(len(self._kinds) - 1, 0))
        self.headerDataChanged.emit(Qt.Orientation.Horizontal, 0, len(self._levels))


class Matrix(Table):
    """Says which cell the user is on; arrows move, as in every table."""

    cell_chosen = Signal(str, str)
    """A kind and a level, both perhaps empty."""

    def __init__(self) -> None:
        super().__init__()
        self.counts = MatrixModel()
        self.setModel(self.counts)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectItems)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAsNeeded)
        self.selectionModel().currentChanged.connect(self._moved)
        self.retranslate()

    def set_compared(self, compared: Compared) -> None:
        """Show these counts, the cell for everything chosen; `cell_chosen` is not emitted."""
        blocked = self.selectionModel().blockSignals(True)
        self.counts.set_compared(compared)
        self.setCurrentIndex(self.counts.index_of("", ""))
        self.selectionModel().blockSignals(blocked)
        self._fit()

    def choose(self, kind: str = "", level: str = "") -> None:
        """Go to a cell."""
        self.setCurrentIndex(self.counts.index_of(kind, level))

    def chosen(self) -> tuple[str, str]:
        """The kind and the level the user is on."""
        return self.counts.cell(self.currentIndex())

    def _moved(self, now: QModelIndex) -> None:
        if now.isValid():
            self.cell_chosen.emit(*self.counts.cell(now))

    def _fit(self) -> None:
        """As wide as words and numbers are: bold ones, for the sums are."""
        header = self.horizontalHeader()
        self.ensurePolished()
        metrics = QFontMetrics(style.sized(style.BODY, bold=True))
        header.setMinimumSectionSize(style.XL)
        header.setSectionResizeMode(QHeaderView.ResizeMode.Interactive)
        for column in range(self.counts.columnCount()):
            texts = [
                str(self.counts.index(row, column).data()) for row in range(self.counts.rowCount())
            ]
            texts.append(str(self.counts.headerData(column, Qt.Orientation.Horizontal)))
            header.resizeSection(column, max(map(metrics.horizontalAdvance, texts)) + style.L)
        self.verticalHeader().setDefaultSectionSize(metrics.height() + style.ROW_PADDING + style.XS)
        self.updateGeometry()

    def sizeHint(self) -> QSize:
        """Wide enough for all columns."""
        hint = super().sizeHint()
        return QSize(self.horizontalHeader().length() + style.XL, hint.height())

    def retranslate(self) -> None:
        """Take over language and colours."""
        self.setAccessibleName(_("Changes by kind and level"))
        self.counts.retranslate()
        self._fit()
