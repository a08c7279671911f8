"""The page of the dictionary: search, tree and card of one terminology, and the research bin.

Whatever is looked at, in the hits, in the tree or by a link, is shown by all three. Moving with the
arrows asks for a term only once one rests on it; a click asks at once.
"""

from dataclasses import dataclass

from PySide6.QtCore import QByteArray, QSettings, Qt, QTimer, Signal
from PySide6.QtWidgets import QSplitter, QVBoxLayout, QWidget

from m2m_desktop.core.records import TermLevel
from m2m_desktop.services.dictionary.bin_store import BinStore
from m2m_desktop.services.locations import Locations
from m2m_desktop.ui import style
from m2m_desktop.ui.dictionary.bin_panel import BinPanel
from m2m_desktop.ui.dictionary.card_panel import CardPanel
from m2m_desktop.ui.dictionary.keys import Command
from m2m_desktop.ui.dictionary.protocol import Hit, Target, target_of
from m2m_desktop.ui.dictionary.search_panel import SearchPanel
from m2m_desktop.ui.dictionary.term_commands import TermCommands
from m2m_desktop.ui.dictionary.travels import Stop, Travels
from m2m_desktop.ui.dictionary.tree_panel import TreePanel
from m2m_desktop.ui.engine_client import EngineClient
from m2m_desktop.ui.engine_protocol import TerminologyChoice
from m2m_desktop.ui.notices import NoticeArea
from m2m_desktop.ui.term_names import NamesShown

REST_MS = 120
"""How long one rests on a term before it is asked for."""

COLUMNS, ROWS, BIN_OPEN = "dictionary/columns", "dictionary/rows", "dictionary/bin_open"
BIN_HEIGHT, LOWEST_BIN, NARROWEST = 190, 110, 220
NO_LIMIT = 16_777_215
"""What Qt takes for no greatest height."""


@dataclass(frozen=True, slots=True)
class _Look:
    """A term to be shown: come to on the way or on purpose, and whether the tree stands there."""

    target: Target
    is_passing: bool
    is_in_tree: bool = False


class DictionaryPage(QWidget):
    """See the module."""

    said = Signal(str)
    smq_wanted = Signal(str)
    """The code of an SMQ."""
    analyse_wanted = Signal(object)
    """The collected terms, as a tuple of `TermRow`."""

    def __init__(
        self,
        client: EngineClient,
        notices: NoticeArea,
        locations: Locations,
        stored: QSettings,
    ) -> None:
        super().__init__()
        self.finder, self.tree, self.card = (
            SearchPanel(client),
            TreePanel(client),
            CardPanel(client),
        )
        self.bin = BinPanel(client, notices, BinStore(locations))
        self._terminology: str | None = None
        self._is_stale = True
        self._commands = TermCommands(
            self,
            {
                Command.BACK: lambda: self._travel(-1),
                Command.FORWARD: lambda: self._travel(1),
                Command.FIND: self._find,
                Command.LEAVE: self._find,
            },
        )
        self._travels = Travels()
        self._look: _Look | None = None
        self._shown: Target | None = None
        self._rest = QTimer(self, singleShot=True, interval=REST_MS)
        self._rest.timeout.connect(self._show)
        self._lay_out()
        self._connect()
        self._hear_keys()
        self._restore(stored)
        self._show_travel()

    def _lay_out(self) -> None:
        self._columns = QSplitter(Qt.Orientation.Horizontal)
        for panel in (self.finder, self.tree, self.card):
            panel.setMinimumWidth(NARROWEST)
            self._columns.addWidget(panel)
        self._rows = QSplitter(Qt.Orientation.Vertical)
        self._rows.addWidget(self._columns)
        self._rows.addWidget(self.bin)
        self._rows.setStretchFactor(0, 1)
        for splitter in (self._columns, self._rows):
            splitter.setChildrenCollapsible(False)
            splitter.setHandleWidth(style.M)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self._rows)

    def _connect(self) -> None:
        self.finder.looked_at.connect(self._look_at_hit)
        self.finder.opened.connect(self._open_hit)
        self.finder.travelled.connect(self._travel)
        self.finder.filters.old_toggled.connect(self.tree.set_shows_old)
        self.tree.looked_at.connect(
            lambda target, passing: self._look_at(_Look(target, passing, is_in_tree=True))
        )
        self.tree.roots_known.connect(self.finder.filters.set_socs)
        self.card.term_wanted.connect(self.go_to)
        self.card.smq_wanted.connect(self.smq_wanted)
        self.card.copy_wanted.connect(lambda field: self._commands.copy(field, self.card.terms()))
        self.card.collect_wanted.connect(lambda: self.bin.collect(self.card.terms()))
        self._commands.collect_wanted.connect(self.bin.collect)
        self._commands.term_wanted.connect(self.go_to)
        self._commands.said.connect(self.said)
        self.bin.term_wanted.connect(self.go_to)
        self.bin.analyse_wanted.connect(self.analyse_wanted)
        self.bin.said.connect(self.said)
        self.bin.folded.connect(self._fit_bin)

    # -- the window says -------------------------------------------------------------------------

    def set_terminology(self, chosen: TerminologyChoice | None) -> None:
        """Look things up in this terminology from now on."""
        terminology = chosen.terminology_id if chosen else ""
        if terminology == self._terminology:
            return
        self._terminology, self._is_stale = terminology, True
        self._rest.stop()
        self._look = self._shown = None
        self._travels.clear()
        for part in (self.finder, self.tree, self.card, self.bin):
            part.set_terminology(terminology)
        self._show_travel()
        if self.isVisible():
            self.start()

    def start(self) -> None:
        """Ask for what the page needs, if it was not asked for this terminology yet."""
        if self._is_stale:
            self._is_stale = False
            self.tree.start()
            self.finder.start()

    def set_names_shown(self, shown: NamesShown) -> None:
        """Show names in this language everywhere on the page."""
        self._commands.names = shown
        for part in (self.finder, self.tree, self.card, self.bin):
            part.set_names_shown(shown)

    def show_term(self, level: TermLevel, code: str) -> None:
        """Look at a term."""
        self.go_to(Target(level, code))

    def search(self, text: str) -> None:
        """Look for a text."""
        self.finder.search(text)

    def panes(self) -> list[QWidget]:
        """The parts F6 goes through."""
        bin_part = self.bin.table if self.bin.table.isVisibleTo(self) else self.bin.toggle
        return [self.finder.line, self.finder.hits, self.tree.tree, self.card.text, bin_part]

    def retranslate(self) -> None:
        """Take over language and colours."""
        for part in (self.finder, self.tree, self.card, self.bin):
            part.retranslate()
        self._fit_bin()

    # -- looking at terms ------------------------------------------------------------------------

    def go_to(self, target: Target) -> None:
        """Look at a term on purpose."""
        self.finder.asking.stay_at(target)
        self._look_at(_Look(target, is_passing=False))

    def _look_at_hit(self, hit: Hit, is_passing: bool) -> None:
        self._look_at(_Look(target_of(hit.term), is_passing))

    def _open_hit(self, hit: Hit) -> None:
        self.go_to(target_of(hit.term))
        self.tree.tree.setFocus(Qt.FocusReason.OtherFocusReason)

    def _look_at(self, look: _Look) -> None:
        self._look = look
        if look.is_passing:
            self._rest.start()
        else:
            self._show()

    def _show(self) -> None:
        self._rest.stop()
        look, self._look = self._look, None
        if look is not None:
            self._travels.visit(Stop(self.finder.query, look.target, look.is_passing))
            self._show_target(look.target, is_in_tree=look.is_in_tree)

    def _show_target(self, target: Target, *, is_in_tree: bool = False) -> None:
        is_same = self._shown is not None and _term(self._shown) == _term(target)
        if not is_same or self.card.term() is None:
            self.card.show_target(target)
        if not is_in_tree and (target != self._shown or self.tree.target != target):
            self.tree.show_target(target)
        self._shown = target
        self._show_travel()

    def _travel(self, step: int) -> None:
        stop = self._travels.back() if step < 0 else self._travels.forward()
        if stop is not None:
            self._rest.stop()
            self.finder.show_query(stop.query, stop.target)
            self._show_target(stop.target)

    def _show_travel(self) -> None:
        travels = self._travels
        self.finder.set_travel(
            can_go_back=travels.can_go_back, can_go_forward=travels.can_go_forward
        )

    # -- keys ------------------------------------------------------------------------------------

    def _hear_keys(self) -> None:
        finder, tree, table = self.finder, self.tree, self.bin.table
        for part in (finder.filters.match, finder.filters.soc, *finder.filters.chips()):
            self._commands.listen(part)
        serve = self._commands.serve
        serve(finder.line, finder.hits.chosen, {Command.LEAVE: self._empty_line})
        serve(finder.hits, finder.hits.chosen, {Command.OPEN: finder.open_current})
        serve(tree.tree, tree.chosen, {Command.OPEN: tree.open_current})
        serve(self.card.text, self.card.terms, {})
        serve(
            table,
            self.bin.chosen,
            {Command.OPEN: self.bin.open_current, Command.REMOVE: self.bin.remove},
        )

    def _find(self) -> None:
        self.finder.line.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.finder.line.selectAll()

    def _empty_line(self) -> None:
        if self.finder.line.text():
            self.finder.search("")

    # -- the layout ------------------------------------------------------------------------------

    def _fit_bin(self) -> None:
        """Folded, the bin is one line; open, it has the height it was given."""
        is_open, line = self.bin.toggle.isChecked(), self.bin.line_height()
        upper, lower = self._rows.sizes()
        if is_open and lower <= line:
            lower = max(LOWEST_BIN, min(BIN_HEIGHT, (upper + lower) // 3))
        self.bin.setMinimumHeight(LOWEST_BIN if is_open else line)
        self.bin.setMaximumHeight(NO_LIMIT if is_open else line)
        QTimer.singleShot(0, self.tree, self.tree.keep_in_sight)
        height = lower if is_open else line
        self._rows.setSizes([upper + self._rows.sizes()[1] - height, height])

    def _restore(self, stored: QSettings) -> None:
        self._columns.setSizes([460, 420, 420])
        for splitter, key in ((self._columns, COLUMNS), (self._rows, ROWS)):
            state = stored.value(key)
            if isinstance(state, QByteArray):
                splitter.restoreState(state)
        self.bin.toggle.setChecked(stored.value(BIN_OPEN) in {True, "true"})
        self._fit_bin()

    def save_layout(self, stored: QSettings) -> None:
        """Keep the sizes of the parts, and what is in the bin."""
        stored.setValue(COLUMNS, self._columns.saveState())
        stored.setValue(ROWS, self._rows.saveState())
        stored.setValue(BIN_OPEN, self.bin.toggle.isChecked())
        self.bin.flush()


def _term(target: Target) -> tuple[TermLevel, str]:
    return target.level, target.code
