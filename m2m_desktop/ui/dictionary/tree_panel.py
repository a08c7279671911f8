"""The middle: the whole tree, opened at the term that is looked at.

What the tree opened by itself on the way to a term it closes again when it is led elsewhere; what a
person opened stays open.
"""

from PySide6.QtCore import (
    QItemSelectionModel,
    QModelIndex,
    QPersistentModelIndex,
    Qt,
    Signal,
)
from PySide6.QtWidgets import QAbstractItemView, QHBoxLayout, QTreeView, QVBoxLayout, QWidget

from m2m_desktop.core.errors import Cancelled, CodingToolError
from m2m_desktop.services.language import _
from m2m_desktop.ui import style
from m2m_desktop.ui.dictionary.protocol import Route, Target, route_from_json
from m2m_desktop.ui.dictionary.records import TermRow, term_rows_from_json
from m2m_desktop.ui.dictionary.tree_delegate import TreeDelegate
from m2m_desktop.ui.dictionary.tree_model import TreeModel
from m2m_desktop.ui.engine_client import EngineClient
from m2m_desktop.ui.engine_protocol import Json
from m2m_desktop.ui.messages import sentence
from m2m_desktop.ui.model.requests import Requests
from m2m_desktop.ui.term_names import NamesShown
from m2m_desktop.ui.widgets import button, card, label

ROWS_AROUND = 3
"""So many rows above and below a term are kept in sight with it."""


class TreePanel(QWidget):
    """Shows the tree; asks for what is missing in it."""

    looked_at = Signal(object, bool)
    """The `Target` that a person went to in the tree, and whether only passed by arrows."""
    roots_known = Signal(object)
    """The SOCs, as a tuple of `TermRow`."""

    def __init__(self, client: EngineClient) -> None:
        super().__init__()
        self._client, self._terminology = client, ""
        self._turn = 0
        self._routes, self._roots = Requests(client), Requests(client)
        self._shows_old = False
        self._is_led = False
        self._opened: list[QPersistentModelIndex] = []
        self.target: Target | None = None
        self.model, self.tree = TreeModel(), QTreeView()
        self.tree.setModel(self.model)
        self._delegate = TreeDelegate(self.tree)
        self.tree.setItemDelegate(self._delegate)
        self.tree.setHeaderHidden(True)
        self.tree.setUniformRowHeights(True)
        self.tree.setIndentation(style.L)
        self.tree.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.tree.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.tree.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self._title, self.close_button = label(factor=style.LEAD, bold=True), button("quiet")
        self._trouble, self._again = label("error", style.CAPTION), button("quiet")
        self._trouble.setWordWrap(True)
        self._legend = label("muted", style.CAPTION)
        self._legend.setWordWrap(True)
        self._lay_out()
        self.model.children_wanted.connect(self._ask_children)
        self.tree.selectionModel().currentChanged.connect(self._moved)
        self.tree.clicked.connect(lambda index: self._look_at(index, is_passing=False))
        self.close_button.clicked.connect(self.close_all)
        self._again.clicked.connect(self.start)
        self._say("")
        self.retranslate()

    def _lay_out(self) -> None:
        surface = card()
        head = QHBoxLayout()
        head.addWidget(self._title, 1)
        head.addWidget(self.close_button)
        trouble = QHBoxLayout()
        trouble.addWidget(self._trouble, 1)
        trouble.addWidget(self._again)
        inside = QVBoxLayout(surface)
        inside.setContentsMargins(style.M, style.S, style.M, style.S)
        inside.setSpacing(style.XS)
        inside.addLayout(head)
        inside.addLayout(trouble)
        inside.addWidget(self.tree, 1)
        inside.addWidget(self._legend)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(surface)

    # -- filling ---------------------------------------------------------------------------------

    def set_terminology(self, terminology: str) -> None:
        """Show this one from now on; `start` asks for it."""
        self._terminology, self.target = terminology, None
        self._forget()

    def start(self) -> None:
        """Ask for the SOCs, and for the way to the term that is looked at."""
        self._say("")
        self._roots.ask(
            "dictionary_roots", {"terminology": self._terminology}, self._take_roots, self._fail
        )
        if self.target is not None:
            self.show_target(self.target)

    def set_shows_old(self, shows_old: bool) -> None:
        """Whether LLTs that are not current are shown."""
        if shows_old != self._shows_old:
            self._shows_old = shows_old
            self._forget()
            self.start()

    def _forget(self) -> None:
        self._turn += 1
        self._opened = []
        self._routes.close()
        self.model.reset()

    def _take_roots(self, told: Json) -> None:
        socs = term_rows_from_json(told["terms"])
        self.model.set_children((), socs)
        self.roots_known.emit(socs)

    def show_target(self, target: Target) -> None:
        """Lead the tree to a term."""
        self.target = target
        self._routes.ask(
            "dictionary_route",
            {
                "terminology": self._terminology,
                "level": target.level.name.lower(),
                "code": target.code,
                "soc": target.soc,
                "hlt": target.hlt,
                "shows_old": self._shows_old or not target.is_current,
            },
            lambda told: self.open_at(route_from_json(told)),
            self._fail,
        )

    def open_at(self, route: Route) -> None:
        """Open the tree at a term, and stand on it."""
        self._say("")
        self._is_led = True
        try:
            at = self.model.add_route(route)
            on_the_way = []
            above = at.parent()
            while above.isValid():
                on_the_way.append(above)
                above = above.parent()
            self._close_behind(on_the_way)
            for index in reversed(on_the_way):
                if not self.tree.isExpanded(index):
                    self.tree.expand(index)
                    self._opened.append(QPersistentModelIndex(index))
            self.tree.selectionModel().setCurrentIndex(
                at, QItemSelectionModel.SelectionFlag.ClearAndSelect
            )
            self._bring_into_sight(at)
        finally:
            self._is_led = False

    def _close_behind(self, on_the_way: list[QModelIndex]) -> None:
        """Close what was opened on the way to the term before, from the leaves up."""
        kept = []
        for opened in reversed(self._opened):
            if opened in on_the_way:
                kept.append(opened)
            elif opened.isValid():
                self.tree.collapse(opened)
        self._opened = kept[::-1]

    def _bring_into_sight(self, at: QModelIndex) -> None:
        """Show a place with what lies around it; nothing moves where that is in sight already."""
        shown, inside = self.tree.visualRect(at), self.tree.viewport().rect()
        around = ROWS_AROUND * shown.height()
        if not inside.adjusted(0, around, 0, -around).contains(inside.left(), shown.center().y()):
            self.tree.scrollTo(at, QAbstractItemView.ScrollHint.PositionAtCenter)

    def keep_in_sight(self) -> None:
        """The tree has become higher or lower: show the term in hand."""
        at = self.tree.currentIndex()
        if at.isValid():
            self._bring_into_sight(at)

    def close_all(self) -> None:
        """Close all branches."""
        self._opened = []
        self.tree.collapseAll()

    def _ask_children(self, route: tuple[str, ...]) -> None:
        turn = self._turn
        params = {
            "terminology": self._terminology,
            "route": list(route),
            "shows_old": self._shows_old,
        }

        def take(told: Json) -> None:
            if turn == self._turn:
                self.model.set_children(route, term_rows_from_json(told["terms"]))

        def fail(error: CodingToolError) -> None:
            if turn == self._turn:
                self.model.give_up(route)
                self.tree.collapse(self.model.index_of(route))
                self._fail(error)

        self._client.request("dictionary_children", params, on_answer=take, on_error=fail)

    # -- what is said ----------------------------------------------------------------------------

    def _fail(self, error: CodingToolError) -> None:
        if not isinstance(error, Cancelled):
            self._say(sentence(error))

    def _say(self, trouble: str) -> None:
        self._trouble.setText(trouble)
        self._trouble.setVisible(bool(trouble))
        self._again.setVisible(bool(trouble))

    def trouble(self) -> str:
        """What went wrong, if anything did."""
        return self._trouble.text()

    def _moved(self, current: QModelIndex) -> None:
        # a view that gets the focus stands on its first row, but chooses nothing
        if not self._is_led and self.tree.selectionModel().isSelected(current):
            self._look_at(current, is_passing=True)

    def _look_at(self, index: QModelIndex, *, is_passing: bool) -> None:
        target = self.model.target(index)
        if target is not None:
            self.target = target
            self._routes.close()
            self._opened = []  # where a person goes, the branch stays open
            self.looked_at.emit(target, is_passing)

    def open_current(self) -> None:
        """Look at the term in hand on purpose, and open or close its branch."""
        at = self.tree.currentIndex()
        self._look_at(at, is_passing=False)
        self.tree.setExpanded(at, not self.tree.isExpanded(at))

    def chosen(self) -> list[TermRow]:
        """The terms that are chosen, each once."""
        found = (self.model.term(index) for index in self.tree.selectionModel().selectedRows())
        return list({(row.level, row.code): row for row in found if row is not None}.values())

    def set_names_shown(self, shown: NamesShown) -> None:
        """Show the names in this language."""
        self.model.set_names_shown(shown)

    def retranslate(self) -> None:
        """Take over language and colours."""
        self._title.setText(_("Tree"))
        self.close_button.setText(_("Close all"))
        self.close_button.setToolTip(_("Close all branches of the tree"))
        self.close_button.setAccessibleName(_("Close all branches of the tree"))
        self.tree.setAccessibleName(_("Tree of the dictionary"))
        self._again.setText(_("Try again"))
        self._again.setAccessibleName(_("Try again"))
        self._legend.setText(_("Grey: secondary path.  * not current"))
        self._delegate.measure()
        self.model.retranslate()
