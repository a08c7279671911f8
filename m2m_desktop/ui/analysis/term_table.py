"""A table of terms: sorted by its titles, opened by Enter or a double click, copied by keys."""

from collections.abc import Callable
from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QAbstractItemView

from m2m_desktop.services.language import _, ngettext
from m2m_desktop.ui import clipboard
from m2m_desktop.ui.analysis.sorted_rows import UNSORTED, SortedRows
from m2m_desktop.ui.score_delegate import RowDelegate
from m2m_desktop.ui.widgets import Table, shortcut


class TermTable(Table):
    """Over `SortedRows`; several rows may be chosen, for copying."""

    opened = Signal(int)
    """The row that is wanted somewhere else: Enter, a double click, or the menu."""
    copied = Signal(str)
    """A sentence about what lies in the clipboard."""

    def __init__(self, model: SortedRows[Any]) -> None:
        super().__init__()
        self.rows = model
        self.setModel(model)
        self.setItemDelegate(RowDelegate(self))
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        header = self.horizontalHeader()
        header.setSortIndicator(UNSORTED, Qt.SortOrder.AscendingOrder)
        header.setSortIndicatorClearable(True)
        self.setSortingEnabled(True)
        self.doubleClicked.connect(lambda index: self.opened.emit(index.row()))
        for key in ("Return", "Enter"):
            shortcut(self, key).activated.connect(self._open)
        self.open_action = self._action("", self._open)
        self.copy_term = self._action("Ctrl+C", lambda: self._copy(0))
        self.copy_code = self._action("Ctrl+Shift+C", lambda: self._copy(1))
        self.copy_all = self._action("Ctrl+Shift+T", self.copy_table)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.ActionsContextMenu)
        self.open_words = ""
        self.caption: Callable[[], str] = str
        """A line that is copied below the table: what was counted."""

    def _action(self, keys: str, does: Callable[[], object]) -> QAction:
        made = QAction(self)
        if keys:
            made.setShortcut(QKeySequence(keys))
            made.setShortcutContext(Qt.ShortcutContext.WidgetShortcut)
        made.triggered.connect(lambda _on=False: does())
        self.addAction(made)
        return made

    def keep_row(self) -> None:
        """Stand on the first row where the table stands on none."""
        if self.current_row() < 0 and self.rows.row_count():
            self.setCurrentIndex(self.rows.index(0, 0))

    def chosen_rows(self) -> list[int]:
        """The rows that are chosen, from above."""
        return sorted(index.row() for index in self.selectionModel().selectedRows())

    def retranslate(self) -> None:
        """Take over the language."""
        self.open_action.setText(self.open_words)
        self.open_action.setVisible(bool(self.open_words))
        self.copy_term.setText(_("Copy term"))
        self.copy_code.setText(_("Copy code"))
        self.copy_all.setText(_("Copy table"))

    def copy_table(self) -> None:
        """Put all rows that are shown on the clipboard, with their codes and their titles."""
        model, columns = self.rows, range(self.rows.columnCount())
        lines = [
            [*(model.words(one, column) for column in columns), model.name_and_code(one)[1]]
            for one in model.shown
        ]
        has_codes = any(line[-1] and line[-1] not in line[:-1] for line in lines)
        titles = [*(model.title(column) for column in columns), _("Code")]
        cells = [titles, *lines] if has_codes else [line[:-1] for line in (titles, *lines)]
        caption = self.caption()
        clipboard.copy_table([*cells, [caption]] if caption else cells)
        said = ngettext(
            "Copied: {count} row for Excel or WPS",
            "Copied: {count} rows for Excel or WPS",
            len(lines),
        )
        self.copied.emit(said.format(count=f"{len(lines):,}"))

    def _open(self) -> None:
        if self.current_row() >= 0:
            self.opened.emit(self.current_row())

    def _copy(self, part: int) -> None:
        chosen = self.chosen_rows() or [self.current_row()]
        records = [self.rows.record(row) for row in chosen]
        texts = [self.rows.name_and_code(one)[part] for one in records if one is not None]
        if any(texts):
            clipboard.copy_text("\n".join(texts))
            short = texts[0] if len(texts) == 1 else f"{texts[0]} …"
            self.copied.emit(_("Copied: {text}").format(text=short))
