"""The first tab: every difference between the two releases, counted, narrowed, read, copied, kept."""

from pathlib import Path

from PySide6.QtCore import (
    QByteArray,
    QItemSelectionModel,
    QModelIndex,
    QSettings,
    QTimer,
    Signal,
)
from PySide6.QtGui import QKeySequence, QResizeEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QFileDialog,
    QHBoxLayout,
    QLineEdit,
    QSplitter,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from m2m_desktop.core.errors import Cancelled, CodingToolError
from m2m_desktop.core.messages import N_
from m2m_desktop.core.records import TermLevel
from m2m_desktop.services.language import _, ngettext
from m2m_desktop.ui import style
from m2m_desktop.ui.clipboard import copy_table
from m2m_desktop.ui.engine_client import EngineClient
from m2m_desktop.ui.engine_protocol import Json
from m2m_desktop.ui.messages import sentence
from m2m_desktop.ui.model.requests import Requests
from m2m_desktop.ui.notices import NoticeArea
from m2m_desktop.ui.review.table import chosen_rows
from m2m_desktop.ui.versions import changes_model
from m2m_desktop.ui.versions.changes_model import ChangesModel, cells
from m2m_desktop.ui.versions.changes_pages import ChangesPages
from m2m_desktop.ui.versions.matrix import Matrix
from m2m_desktop.ui.versions.parts import LOW, DetailStrip, EmptyState
from m2m_desktop.ui.versions.records import KINDS, ChangeRow, Compared
from m2m_desktop.ui.versions.words import change_word, level_word
from m2m_desktop.ui.widgets import Table, button, label, shortcut

TYPING_PAUSE_MS = 120
SCROLL_PAUSE_MS = 30
SHORTEST_SEARCH = 120
MOST_COPIED = 2_000
"""More rows than anybody pastes; a sheet is for the rest."""
TERM_WIDTH, SENTENCE_WIDTH = 105, 220
"""Columns are shown where they get so many pixels; the strip below says what has none."""
MATRIX_SHARE = 0.48
"""The counts take at most so much of the width, unless a person gives them more."""
STORED = "versions/changes"
SMQ = "smq"
WHAT_COMES = N_("What has changed from the old release to the new one is listed here.")


class ChangesTab(QWidget):
    """See the module."""

    said = Signal(str)
    row_opened = Signal(object)
    """The `ChangeRow` that was double-clicked or opened with Enter."""

    def __init__(self, client: EngineClient, notices: NoticeArea, stored: QSettings) -> None:
        super().__init__()
        self._notices, self._export = notices, Requests(client)
        self._pair = ("", "")
        self._copying: list[int] = []
        self._filtered = 0
        self._is_own_split = False
        self.matrix, self.table, self.model = Matrix(), Table(), ChangesModel()
        self._pages = ChangesPages(client, self.model, self)
        self.search, self.count = QLineEdit(), label("muted")
        self.all_button, self.copy_button = button("quiet"), button()
        self.export_button, self.detail = button(), DetailStrip()
        self.nothing, self.waiting = EmptyState("check"), EmptyState("hourglass")
        self._typing = QTimer(self, singleShot=True, interval=TYPING_PAUSE_MS)
        self._scrolling = QTimer(self, singleShot=True, interval=SCROLL_PAUSE_MS)
        self._lay_out()
        self._connect()
        self.restore_layout(stored)
        self.stack.setCurrentWidget(self.waiting)
        self.retranslate()

    def _lay_out(self) -> None:
        self.table.setModel(self.model)
        self.table.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        for table in (self.matrix, self.table):
            table.setObjectName("framed")
        self.search.setClearButtonEnabled(True)
        self.search.setMinimumWidth(SHORTEST_SEARCH)
        above = QHBoxLayout()
        above.setSpacing(style.S)
        above.addWidget(self.search, 1)
        above.addWidget(self.all_button)
        above.addWidget(self.count)
        above.addWidget(self.copy_button)
        above.addWidget(self.export_button)
        right = QWidget()
        column = QVBoxLayout(right)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(style.S)
        column.addLayout(above)
        column.addWidget(self.table, 1)
        column.addWidget(self.detail)
        self.splitter = QSplitter()
        self.splitter.addWidget(self.matrix)
        self.splitter.addWidget(right)
        self.splitter.setStretchFactor(1, 1)
        self.splitter.setChildrenCollapsible(False)
        self.splitter.setHandleWidth(style.S)
        self.splitter.splitterMoved.connect(lambda _at, _index: self._take_splitter())
        self.stack = QStackedWidget()
        self.stack.addWidget(self.splitter)
        self.stack.addWidget(self.nothing)
        self.stack.addWidget(self.waiting)
        around = QVBoxLayout(self)
        around.setContentsMargins(0, style.S, 0, 0)
        around.addWidget(self.stack)

    def _connect(self) -> None:
        self._typing.timeout.connect(self.reload)
        self._scrolling.timeout.connect(self._ask_visible)
        self.search.textChanged.connect(lambda _text: self._typing.start())
        self.matrix.cell_chosen.connect(lambda _kind, _level: self._typing.start())
        self.all_button.clicked.connect(self.show_all)
        self.copy_button.clicked.connect(self.copy_chosen)
        self.export_button.clicked.connect(self.choose_export)
        self.model.page_missing.connect(self._page_missing)
        self._pages.begun.connect(self._show_list)
        self._pages.filled.connect(self._take_page)
        self._pages.failed.connect(self._fail_page)
        self.table.doubleClicked.connect(lambda _index: self._open())
        for key in ("Return", "Enter"):
            shortcut(self.table, key).activated.connect(self._open)
        shortcut(self.table, QKeySequence.StandardKey.Copy).activated.connect(self.copy_chosen)
        shortcut(self, QKeySequence.StandardKey.Find).activated.connect(self.search.setFocus)
        self.table.selectionModel().currentRowChanged.connect(
            lambda now, _old: self._show_detail(now)
        )

    # -- what is compared ------------------------------------------------------------------------

    def show_compared(self, old: str, new: str, compared: Compared) -> None:
        """Show the differences of these two releases, all of them."""
        self._pair = old, new
        blocked = self.search.blockSignals(True)
        self.search.clear()
        self.search.blockSignals(blocked)
        self.matrix.set_compared(compared)
        self.stack.setCurrentWidget(self.splitter if compared.total else self.nothing)
        self.reload()

    def forget(self, meanwhile: str = "") -> None:
        """Show nothing but what is being done meanwhile."""
        self._pair = "", ""
        self._copying = []
        self._pages.forget()
        self.matrix.set_compared(Compared({}, 0))
        self.waiting.say(meanwhile or _("Nothing is compared yet"), _(WHAT_COMES))
        self.stack.setCurrentWidget(self.waiting)

    def show_all(self) -> None:
        """Take every filter away."""
        self.search.clear()
        self.matrix.choose()
        self._typing.stop()
        self.reload()

    # -- asking ----------------------------------------------------------------------------------

    def reload(self) -> None:
        """Ask for the list that the filters leave; the former one is shown until it is here."""
        if not self._pair[0]:
            return
        kind, level = self.matrix.chosen()
        self._copying = []
        self._pages.begin(
            {
                "old": self._pair[0],
                "new": self._pair[1],
                "kinds": [kind] if kind else [],
                "levels": [level] if level else [],
                "text": self.search.text().strip(),
            }
        )

    def _show_list(self) -> None:
        self._filtered = self.model.total
        self.table.scrollToTop()
        if self.model.total:
            flags = QItemSelectionModel.SelectionFlag
            self.table.selectionModel().setCurrentIndex(
                self.model.index(0, 0), flags.ClearAndSelect | flags.Rows
            )
        self._say_count()
        self._widen()
        self._show_detail(self.table.currentIndex())

    def _page_missing(self) -> None:
        if not self._scrolling.isActive():
            self._scrolling.start()

    def _ask_visible(self) -> None:
        """Ask for what is on the screen now, not for what was scrolled past on the way there."""
        first = max(self.table.rowAt(0), 0)
        last = self.table.rowAt(self.table.viewport().height() - 1)
        last = self.model.total - 1 if last < 0 else last
        self._pages.fetch(range(first, last + 1))

    def _take_page(self) -> None:
        self._show_detail(self.table.currentIndex())
        if self._copying and not self.model.missing(self._copying):
            self._copy()

    def _fail_page(self, error: CodingToolError) -> None:
        self._copying = []
        self._fail(error)

    def _fail(self, error: CodingToolError) -> None:
        if not isinstance(error, Cancelled):
            self._notices.say("changes", "error", sentence(error))

    # -- what is shown ---------------------------------------------------------------------------

    def _say_count(self) -> None:
        kind, level = self.matrix.chosen()
        text = ngettext("{count} change", "{count} changes", self._filtered)
        self.count.setText(text.format(count=f"{self._filtered:,}"))
        shown = (kind and change_word(kind), level_word(level), self.count.text())
        self.count.setToolTip(" · ".join(filter(None, shown)))
        self.all_button.setVisible(bool(kind or level or self.search.text()))
        self.copy_button.setEnabled(bool(self._filtered))
        self.export_button.setEnabled(bool(self._pair[0]))

    def _show_detail(self, index: QModelIndex) -> None:
        change = self.model.change(index.row()) if index.isValid() else None
        if change is None:
            nothing = _("Nothing is like this.") if self._pair[0] and not self.model.total else ""
            self.detail.show_row("", nothing)
            return
        head = (change_word(change.kind), level_word(change.level), change.code, change.name)
        both = " → ".join(filter(None, (change.was, change.now)))
        self.detail.show_row("   ".join(filter(None, head)), change.detail or both)

    def current(self) -> ChangeRow | None:
        """The change in hand."""
        return self.model.change(self.table.current_row())

    def _open(self) -> None:
        change = self.current()
        if change is not None:
            self.row_opened.emit(change)

    # -- handing on ------------------------------------------------------------------------------

    def copy_chosen(self) -> None:
        """Copy the chosen rows as a table; pages that are not here are fetched first."""
        rows = chosen_rows(self.table)
        if len(rows) > MOST_COPIED:
            text = _("At most {count} rows can be copied. Export writes all of them to a workbook.")
            self._notices.say("changes", "info", text.format(count=f"{MOST_COPIED:,}"))
            return
        self._copying = rows
        if rows and not self._pages.fetch(rows):
            self._copy()

    def _copy(self) -> None:
        rows, self._copying = self._copying, []
        found = [change for row in rows if (change := self.model.change(row)) is not None]
        copy_table([[_(title) for title in changes_model.TITLES], *map(cells, found)])
        text = ngettext("{count} row copied", "{count} rows copied", len(found))
        self.said.emit(text.format(count=f"{len(found):,}"))

    def choose_export(self) -> None:
        """Ask for a file and write all changes to it."""
        chosen, _kind = QFileDialog.getSaveFileName(
            self, _("Export the changes"), f"{_('changes')}.xlsx", "*.xlsx"
        )
        if chosen:
            self.export_to(chosen)

    def export_to(self, path: str) -> None:
        """Write all changes, whatever is filtered, to a workbook."""

        def take(told: Json) -> None:
            self.export_button.setEnabled(True)
            text = ngettext(
                "{count} change was written to {name}.",
                "{count} changes were written to {name}.",
                told["rows"],
            )
            name = Path(str(told["path"])).name
            self._notices.say("changes", "info", text.format(count=f"{told['rows']:,}", name=name))

        def fail(error: CodingToolError) -> None:
            self.export_button.setEnabled(True)
            self._fail(error)

        self._notices.clear("changes")
        self.export_button.setEnabled(False)
        params = {"old": self._pair[0], "new": self._pair[1], "path": path}
        self._export.ask("versions_export", params, take, fail)

    # -- the window ------------------------------------------------------------------------------

    def panes(self) -> list[QWidget]:
        """The parts F6 goes round."""
        if self.stack.currentWidget() is not self.splitter:
            return []
        return [self.matrix, self.search, self.table]

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Show the sentence in the table where there is room for it."""
        super().resizeEvent(event)
        self._widen()

    def _take_splitter(self) -> None:
        self._is_own_split = True
        self._widen()

    def _split(self) -> None:
        """Give the counts what they need."""
        if not self._is_own_split and self.width():
            wanted = min(self.matrix.sizeHint().width(), int(self.width() * MATRIX_SHARE))
            self.splitter.setSizes([wanted, self.width() - wanted - style.S])

    def _widen(self) -> None:
        """Show the columns there is room for; what every row has in common needs none."""
        self._split()
        kind, level = self.matrix.chosen()
        table = self.table
        table.setColumnHidden(changes_model.KIND, bool(kind))
        table.setColumnHidden(changes_model.LEVEL, bool(level))
        room = self.splitter.sizes()[1] - style.XL
        for column in (changes_model.KIND, changes_model.LEVEL, changes_model.CODE):
            room -= table.columnWidth(column)
        has_places = room >= 3 * TERM_WIDTH
        table.setColumnHidden(changes_model.WAS, not has_places)
        table.setColumnHidden(changes_model.NOW, not has_places)
        has_sentence = room >= 3 * TERM_WIDTH + SENTENCE_WIDTH
        table.setColumnHidden(changes_model.DETAIL, not has_sentence)
        self.detail.set_low(self.height() < LOW)

    def restore_layout(self, stored: QSettings) -> None:
        """Take the splitter as it was, where a person has moved it."""
        state = stored.value(STORED)
        if isinstance(state, QByteArray) and not state.isEmpty():
            self._is_own_split = self.splitter.restoreState(state)

    def save_layout(self, stored: QSettings) -> None:
        """Remember the splitter, where a person has moved it."""
        if self._is_own_split:
            stored.setValue(STORED, self.splitter.saveState())

    def retranslate(self) -> None:
        """Take over language and colours."""
        self.search.setPlaceholderText(_("Name or code"))
        self.search.setAccessibleName(_("Search the changes"))
        self.table.setAccessibleName(_("Changes between the releases"))
        self.all_button.setText(_("Show all"))
        self.copy_button.setText(_("Copy"))
        self.copy_button.setToolTip(_("Copy the chosen rows for Excel or WPS (Ctrl+C)"))
        self.export_button.setText(_("Export…"))
        self.export_button.setToolTip(_("Write all changes to a workbook"))
        self.nothing.say(
            _("The two releases say the same"),
            _("No term, no place and no SMQ differs between them. There is nothing to do."),
        )
        self.waiting.say(_("Nothing is compared yet"), _(WHAT_COMES))
        self.matrix.retranslate()
        self.table.lay_out(
            {
                changes_model.KIND: map(change_word, KINDS),
                changes_model.LEVEL: ("HLGT",),
                changes_model.CODE: ("88888888",),
            }
        )
        self._say_count()
        self._show_detail(self.table.currentIndex())


def term_level(change: ChangeRow) -> TermLevel | None:
    """The level of the hierarchy a change is of; None for SMQs."""
    name = change.level.upper()
    return TermLevel[name] if name in TermLevel.__members__ else None
