"""The research bin: a drawer below the page with the terms a person collects.

Closed it is one line with the number of terms. What is in it is kept between starts.
"""

from collections.abc import Iterable, Sequence

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHBoxLayout,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from m2m_desktop.core.errors import CodingToolError
from m2m_desktop.core.records import TermLevel
from m2m_desktop.services.dictionary.bin_store import BinStore
from m2m_desktop.services.language import _
from m2m_desktop.ui import clipboard, style
from m2m_desktop.ui.dictionary.bin_files import DONE, BinFiles
from m2m_desktop.ui.dictionary.bin_model import (
    BinColumn,
    BinModel,
    collected_of,
    joined_terms,
    row_of,
    table_of,
)
from m2m_desktop.ui.dictionary.protocol import target_of
from m2m_desktop.ui.dictionary.records import TermRow
from m2m_desktop.ui.engine_client import EngineClient
from m2m_desktop.ui.notices import NoticeArea
from m2m_desktop.ui.score_delegate import RowDelegate
from m2m_desktop.ui.term_names import NamesShown
from m2m_desktop.ui.widgets import Table, button, card, label

SAVE_MS = 400
"""Several changes one after the other are written once."""


class BinPanel(QWidget):
    """Shows the bin; says what is wanted with its terms."""

    term_wanted = Signal(object)
    """The `Target` of a row that was entered."""
    analyse_wanted = Signal(object)
    """The terms, as a tuple of `TermRow`."""
    said = Signal(str)
    folded = Signal()
    """The drawer was opened or closed."""

    def __init__(self, client: EngineClient, notices: NoticeArea, store: BinStore) -> None:
        super().__init__()
        self._notices, self._store = notices, store
        self.files = BinFiles(client, notices, self)
        self._save_pause = QTimer(self, singleShot=True, interval=SAVE_MS)
        self._save_pause.timeout.connect(self.save)
        self.model, self.table = BinModel(), Table()
        self.table.setModel(self.model)
        self.table.setItemDelegate(RowDelegate(self.table))
        self.table.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.table.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.toggle = button("quiet")
        self.toggle.setCheckable(True)
        self.remove_button, self.clear_button, self.copy_button = button(), button(), button()
        self.import_button, self.export_button = button(), button()
        self.analyse_button = button("primary")
        self._nothing = label("muted")
        self._nothing.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._nothing.setWordWrap(True)
        self._places = QStackedWidget()
        self._lay_out()
        self._connect()
        self.model.set_terms([row_of(kept) for kept in store.load()])
        self.retranslate()

    def _lay_out(self) -> None:
        surface = card()
        inside = QVBoxLayout(surface)
        inside.setContentsMargins(style.S, style.XS, style.S, style.XS)
        inside.setSpacing(style.XS)
        head = QHBoxLayout()
        head.setSpacing(style.S)
        head.addWidget(self.toggle)
        head.addStretch(1)
        for one in self._buttons():
            head.addWidget(one)
        for place in (self._nothing, self.table):
            self._places.addWidget(place)
        inside.addLayout(head)
        inside.addWidget(self._places, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(surface)

    def _buttons(self) -> tuple[QWidget, ...]:
        return (
            self.remove_button,
            self.clear_button,
            self.copy_button,
            self.import_button,
            self.export_button,
            self.analyse_button,
        )

    def _connect(self) -> None:
        self.toggle.toggled.connect(self._fold)
        self.remove_button.clicked.connect(self.remove)
        self.clear_button.clicked.connect(self.clear)
        self.copy_button.clicked.connect(self.copy_all)
        self.import_button.clicked.connect(self.files.choose_import)
        self.export_button.clicked.connect(lambda: self.files.choose_export(self.model.terms))
        self.files.taken.connect(self._take)
        self.analyse_button.clicked.connect(lambda: self.analyse_wanted.emit(self.model.terms))
        self.table.doubleClicked.connect(lambda _index: self.open_current())
        self.table.selectionModel().selectionChanged.connect(lambda _new, _old: self._refresh())

    # -- what is in it ---------------------------------------------------------------------------

    def set_terminology(self, terminology: str) -> None:
        """Ask this one from now on; what was collected stays."""
        self.files.set_terminology(terminology)

    def collect(self, terms: Sequence[TermRow]) -> int:
        """Put terms into the bin and give how many were not there yet."""
        before = self.model.terms
        after = joined_terms(before, terms)
        new = len(after) - len(before)
        if new:
            self._change(after)
        self.said.emit(
            _("Into the bin: {count}").format(count=new) if new else _("In the bin already")
        )
        return new

    def chosen(self) -> list[TermRow]:
        """The terms of the rows that are chosen."""
        rows = sorted({index.row() for index in self.table.selectionModel().selectedRows()})
        return [self.model.terms[row] for row in rows]

    def current(self) -> TermRow | None:
        """The term of the row in hand."""
        row = self.table.current_row()
        return self.model.terms[row] if 0 <= row < len(self.model.terms) else None

    def remove(self) -> None:
        """Take the chosen terms out."""
        gone = {(row.level, row.code) for row in self.chosen()}
        if gone:
            at = self.table.current_row()
            self._change(row for row in self.model.terms if (row.level, row.code) not in gone)
            self.table.selectRow(min(at, self.model.row_count() - 1))

    def clear(self) -> None:
        """Take everything out; it can be undone."""
        before = self.model.terms
        if before:
            self._change(())
            self._notices.say(
                DONE,
                "info",
                _("The research bin was emptied: {count}").format(count=len(before)),
                action=_("Undo"),
                on_action=lambda: self._put_back(before),
            )

    def _put_back(self, before: tuple[TermRow, ...]) -> None:
        self._notices.clear(DONE)
        self._change(joined_terms(before, self.model.terms))

    def _change(self, terms: Iterable[TermRow]) -> None:
        self.model.set_terms(tuple(terms))
        self._save_pause.start()
        self._refresh()

    def save(self) -> None:
        """Write the bin now."""
        self._save_pause.stop()
        try:
            self._store.save([collected_of(row) for row in self.model.terms])
        except CodingToolError as error:
            self.files.fail(error)

    def flush(self) -> None:
        """Write what was not written yet."""
        if self._save_pause.isActive():
            self.save()

    def _take(self, terms: Sequence[TermRow]) -> None:
        """Terms of a file."""
        self.collect(terms)
        self.toggle.setChecked(True)

    # -- out of it -------------------------------------------------------------------------------

    def copy_all(self) -> None:
        """Copy all terms for Excel or WPS."""
        clipboard.copy_table(table_of(self.model.terms))
        self.said.emit(_("Rows copied: {count}").format(count=len(self.model.terms)))

    def open_current(self) -> None:
        """Look at the term in hand."""
        if (row := self.current()) is not None:
            self.term_wanted.emit(target_of(row))

    # -- how it looks ----------------------------------------------------------------------------

    def line_height(self) -> int:
        """How high it is when it is closed."""
        return self.import_button.sizeHint().height() + 2 * (style.XS + 1)

    def _fold(self, is_open: bool) -> None:
        self._places.setVisible(is_open)
        self._refresh()
        self.folded.emit()

    def _refresh(self) -> None:
        count, is_open = self.model.row_count(), self.toggle.isChecked()
        self.toggle.setText(f"{'▾' if is_open else '▸'} {_('Research bin')} · {count:,}")
        self.toggle.setAccessibleName(_("Research bin, terms in it: {count}").format(count=count))
        self.remove_button.setEnabled(bool(self.chosen()))
        for one in (self.clear_button, self.copy_button, self.export_button, self.analyse_button):
            one.setEnabled(count > 0)
        for one in (self.remove_button, self.clear_button, self.copy_button):
            one.setVisible(is_open)
        self._places.setVisible(is_open)
        self._places.setCurrentWidget(self.table if count else self._nothing)

    def set_names_shown(self, shown: NamesShown) -> None:
        """Show the names in this language."""
        self.model.set_names_shown(shown)

    def retranslate(self) -> None:
        """Take over language and colours."""
        for one, text, tip in (
            (self.remove_button, _("Remove"), _("Take the chosen terms out of the bin (Del)")),
            (self.clear_button, _("Empty"), _("Take all terms out; this can be undone")),
            (self.copy_button, _("Copy all"), _("Copy all terms for Excel or WPS")),
            (self.import_button, _("Import…"), _("Take in the codes or names of a file")),
            (self.export_button, _("Export…"), _("Write the bin to a workbook")),
            (self.analyse_button, _("Analyse"), _("Count the terms by SOC and SMQ")),
        ):
            one.setText(text)
            one.setAccessibleName(text)
            one.setToolTip(tip)
        self.toggle.setToolTip(_("Open or close the research bin"))
        self.table.setAccessibleName(_("Research bin"))
        self._nothing.setText(
            _("Collect terms here: choose them in the hits or in the tree and press B or Ins.")
        )
        levels = [level.name for level in TermLevel]
        self.table.lay_out({BinColumn.LEVEL: levels, BinColumn.CODE: ("900000000",)})
        self._refresh()
