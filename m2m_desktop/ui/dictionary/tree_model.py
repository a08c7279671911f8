"""The whole tree of the dictionary, from the SOCs down to the LLTs, known as far as it was opened.

Nodes are numbers into flat lists; a `QModelIndex` carries the number only. One node is one *place*:
a PT with three paths has three nodes. Children come when they are asked for (`children_wanted`), or
all at once along the way to a term (`add_route`).
"""

from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import (
    QModelIndex,
    Qt,
    Signal,
)

from m2m_desktop.core.messages import N_
from m2m_desktop.core.records import TermLevel
from m2m_desktop.services.language import _
from m2m_desktop.ui import style, words
from m2m_desktop.ui.dictionary.protocol import Route, Target
from m2m_desktop.ui.dictionary.records import TermRow
from m2m_desktop.ui.numbered_tree import ROOT, Index, NumberedTree
from m2m_desktop.ui.soc_tree_model import LEVEL_ROLE
from m2m_desktop.ui.term_names import NamesShown

Role = Qt.ItemDataRole
NAME_ROLE, MARK_ROLE, CODE_ROLE = (LEVEL_ROLE + number for number in (1, 2, 3))
"""The name, what marks a secondary path or nothing, and the code, each alone."""

SECONDARY = N_("(secondary)")
"""The mark of a place on a secondary path; short, for it takes room from the name."""


class TreeModel(NumberedTree):
    """See the module. One column: the level is painted before the name, the code is in the tip."""

    children_wanted = Signal(object)
    """The codes from the SOC down to a term that was opened and whose children are not known."""

    def __init__(self) -> None:
        super().__init__()
        self._names = NamesShown.FIRST
        self._clear()

    def _clear(self) -> None:
        self._rows: list[TermRow] = [TermRow(TermLevel.SOC, "", "", child_count=1)]
        self._parents: list[int] = [-1]
        self._places: list[int] = [0]
        self._children: list[list[int]] = [[]]
        self._is_complete: list[bool] = [False]
        self._asked: set[int] = set()

    # -- filling ---------------------------------------------------------------------------------

    def reset(self) -> None:
        """Forget everything that is known."""
        self.beginResetModel()
        self._clear()
        self.endResetModel()

    def set_children(self, route: Sequence[str], terms: Sequence[TermRow]) -> None:
        """Fill in what lies below a place; what is known already stays as it is."""
        node = self._find(route)
        if node < 0:
            return
        self._asked.discard(node)
        self._fill(node, terms)

    def add_route(self, route: Route) -> QModelIndex:
        """Take over all that lies on the way to a term, and give its place.

        Where the term itself is not there (an LLT that is hidden), the last place on the way.
        """
        for step in sorted(route.steps, key=lambda step: len(step.route)):
            self.set_children(step.route, step.terms)
        for end in range(len(route.route), 0, -1):
            if (node := self._find(route.route[:end])) >= 0:
                return self._index(node)
        return QModelIndex()

    def give_up(self, route: Sequence[str]) -> None:
        """Let children that could not be had be asked for again."""
        self._asked.discard(self._find(route))

    def _fill(self, node: int, terms: Sequence[TermRow]) -> None:
        """Add what is not there yet, each before what follows it in the answer."""
        self._is_complete[node] = True
        known = {self._rows[child].code for child in self._children[node]}
        at = 0
        while at < len(terms):
            if terms[at].code in known:
                at += 1
                continue
            end = at
            while end < len(terms) and terms[end].code not in known:
                end += 1
            self._insert(node, at, terms[at:end])
            at = end
        if node != ROOT and not self._children[node]:
            self.dataChanged.emit(self._index(node), self._index(node))

    def _insert(self, node: int, place: int, terms: Sequence[TermRow]) -> None:
        below = self._children[node]
        place = min(place, len(below))
        self.beginInsertRows(self._index(node), place, place + len(terms) - 1)
        first = len(self._rows)
        below[place:place] = range(first, first + len(terms))
        for row in terms:
            self._rows.append(row)
            self._parents.append(node)
            self._places.append(0)
            self._children.append([])
            self._is_complete.append(not row.child_count)
        for number in range(place, len(below)):
            self._places[below[number]] = number
        self.endInsertRows()

    def _find(self, route: Sequence[str]) -> int:
        """The node at the end of a route, or -1."""
        node = ROOT
        for code in route:
            node = next((n for n in self._children[node] if self._rows[n].code == code), -1)
            if node < 0:
                return -1
        return node

    # -- reading ---------------------------------------------------------------------------------

    def term(self, index: Index) -> TermRow | None:
        """The term at a place."""
        return self._rows[index.internalId()] if index.isValid() else None

    def route(self, index: Index) -> tuple[str, ...]:
        """The codes from the SOC down to a place."""
        codes: list[str] = []
        node = self._node(index)
        while node > ROOT:
            codes.append(self._rows[node].code)
            node = self._parents[node]
        return tuple(reversed(codes))

    def target(self, index: Index) -> Target | None:
        """The term at a place, and which of its places it is."""
        row = self.term(index)
        if row is None:
            return None
        soc, _hlgt, hlt, *_rest = (*self.route(index), "", "", "")
        return Target(row.level, row.code, soc, hlt, row.is_current)

    def index_of(self, route: Sequence[str]) -> QModelIndex:
        """The place at the end of a route, where it is known."""
        node = self._find(route)
        return self._index(node) if node > ROOT else QModelIndex()

    def set_names_shown(self, shown: NamesShown) -> None:
        """Show the names in this language."""
        self._names = shown
        self.retranslate()

    def retranslate(self) -> None:
        """Show the words again, in another language or other colours."""
        self.layoutAboutToBeChanged.emit()
        self.layoutChanged.emit()

    def _place(self, node: int) -> int:
        return self._places[node]  # kept: a level may have thousands of rows

    # -- Qt --------------------------------------------------------------------------------------

    def canFetchMore(self, parent: Index) -> bool:
        """Whether more rows lie below than are known."""
        node = self._node(parent)
        # the SOCs come with the page, whether or not a view asks
        return node != ROOT and not self._is_complete[node] and node not in self._asked

    def fetchMore(self, parent: Index) -> None:
        """Ask for them; they come through `set_children`."""
        if self.canFetchMore(parent):
            self._asked.add(parent.internalId())
            self.children_wanted.emit(self.route(parent))

    def data(self, index: Index, role: int = Role.DisplayRole) -> Any:
        """Name, tip and look of one term."""
        if not index.isValid():
            return None
        node = index.internalId()
        row = self._rows[node]
        if role == NAME_ROLE:
            return row.shown(self._names)
        if role == MARK_ROLE:
            return f" {_(SECONDARY)}" if self._leaves_primary(node) else ""
        if role == Role.DisplayRole:
            return f"{self.data(index, NAME_ROLE)}{self.data(index, MARK_ROLE)}"
        if role in {Role.ToolTipRole, Role.AccessibleTextRole}:
            return _spoken(row)
        if role == LEVEL_ROLE:
            return row.level.name
        if role == CODE_ROLE:
            return row.code
        if role == Role.ForegroundRole and not (row.is_primary and row.is_current):
            return style.brush(style.colours().muted)
        return None

    def _leaves_primary(self, node: int) -> bool:
        """Whether it is marked: once, where the secondary path begins; below all is only grey."""
        return not self._rows[node].is_primary and self._rows[self._parents[node]].is_primary


def _spoken(row: TermRow) -> str:
    parts = [row.level.name, row.name, row.name2, row.code]
    if not row.is_primary:
        parts.append(_(words.SECONDARY))
    if not row.is_current:
        parts.append(f"* {_(words.NOT_CURRENT)}")
    return "  ".join(filter(None, parts))
