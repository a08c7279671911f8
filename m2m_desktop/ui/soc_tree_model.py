"""The SOC tree, opened at one PT.

Nodes are numbers into flat lists; `QModelIndex` carries the number only. One node is one *place* in
the tree: a PT with two routes has two nodes. The routes of the chosen PT come first, the primary one
in normal text, the others grey and marked. `set_roots` adds the rest of the tree around them, which
is filled in level by level as it is opened (`children_wanted`).
"""

from collections.abc import Iterable, Sequence
from typing import Any

from PySide6.QtCore import (
    QModelIndex,
    Qt,
    Signal,
)

from m2m_desktop.core.records import PreferredTerm, Term, TermLevel
from m2m_desktop.services.language import _
from m2m_desktop.ui import style, words
from m2m_desktop.ui.engine_protocol import TreeTerm
from m2m_desktop.ui.numbered_tree import ROOT, Index, NumberedTree
from m2m_desktop.ui.term_names import displayed

Role = Qt.ItemDataRole

LEVEL_ROLE = Role.UserRole


class SocTreeModel(NumberedTree):
    """See the module. One column: the level is painted before the name, the code is in the tip."""

    children_wanted = Signal(int, str)
    """Level and code of a term that was opened and whose children are not known yet."""

    def __init__(self) -> None:
        super().__init__()
        self._clear()
        self._pt: PreferredTerm | None = None
        self._llts: tuple[TreeTerm, ...] = ()
        self._roots: tuple[TreeTerm, ...] = ()
        self._shows_old = False

    # -- filling ---------------------------------------------------------------------------------

    def set_pt(self, pt: PreferredTerm | None, llts: Sequence[TreeTerm] = ()) -> None:
        """Open the tree at a PT; ``llts`` are its LLTs, once they are known."""
        self._pt, self._llts = pt, tuple(llts)
        self._build()

    def set_roots(self, roots: Sequence[TreeTerm]) -> None:
        """Show the whole tree around the chosen PT; nothing: only its own routes."""
        self._roots = tuple(roots)
        self._build()

    def set_shows_old(self, shows_old: bool) -> None:
        """Whether LLTs that are not current are listed."""
        self._shows_old = shows_old
        self._build()

    def set_children(self, level: TermLevel, code: str, terms: Sequence[TreeTerm]) -> None:
        """Fill in what lies below a term, wherever it stands; what is there already stays."""
        for node in range(1, len(self._terms)):
            term = self._terms[node].term
            if term.level == level and term.code == code and not self._is_complete[node]:
                self._fill(node, self._visible(terms))

    def retranslate(self) -> None:
        """Show the words again, in another language or other colours."""
        self.layoutChanged.emit()

    def _clear(self) -> None:
        nothing = TreeTerm(Term(TermLevel.SOC, "", ""))
        self._terms: list[TreeTerm] = [nothing]
        self._parents: list[int] = [-1]
        self._children: list[list[int]] = [[]]
        self._is_secondary: list[bool] = [False]
        self._is_complete: list[bool] = [True]
        self._on_route: list[int] = []
        self._asked: set[int] = set()

    def _build(self) -> None:
        self.beginResetModel()
        self._clear()
        counts = {root.term.code: root.child_count for root in self._roots}
        for path in sorted(
            self._pt.paths if self._pt else (), key=lambda path: not path.is_primary
        ):
            node = ROOT
            for term in (path.soc, path.hlgt, path.hlt):
                node = self._step(
                    node, TreeTerm(term, counts.get(term.code, 1)), not path.is_primary
                )
            self._add_pt(node, secondary=not path.is_primary)
        shown = {self._terms[node].term.code for node in self._children[ROOT]}
        for root in self._roots:
            if root.term.code not in shown:
                self._add(ROOT, root)
        self.endResetModel()

    def _step(self, parent: int, row: TreeTerm, secondary: bool) -> int:
        """Go to the child with this code; routes that share their beginning share its nodes."""
        for node in self._children[parent]:
            if self._terms[node].term.code == row.term.code:
                return node
        node = self._add(parent, row, secondary=secondary)
        # without the whole tree around it, a route shows nothing but itself
        self._is_complete[node] = not self._roots
        self._on_route.append(node)
        return node

    def _add_pt(self, parent: int, *, secondary: bool) -> None:
        if self._pt is None:
            return
        term = Term(TermLevel.PT, self._pt.code, self._pt.name, self._pt.name2)
        node = self._add(parent, TreeTerm(term, len(self._llts)), secondary=secondary)
        self._is_complete[node] = True
        self._on_route.append(node)
        for llt in self._visible(self._llts):
            self._add(node, llt, secondary=secondary)

    def _add(self, parent: int, row: TreeTerm, *, secondary: bool = False) -> int:
        node = len(self._terms)
        self._terms.append(row)
        self._parents.append(parent)
        self._children.append([])
        self._is_secondary.append(secondary)
        self._is_complete.append(not row.child_count)
        self._children[parent].append(node)
        return node

    def _visible(self, terms: Iterable[TreeTerm]) -> list[TreeTerm]:
        return [row for row in terms if row.is_current or self._shows_old]

    def _fill(self, node: int, terms: Sequence[TreeTerm]) -> None:
        self._is_complete[node] = True
        known = {self._terms[child].term.code for child in self._children[node]}
        new = [row for row in terms if row.term.code not in known]
        if not new:
            return
        first = len(self._children[node])
        self.beginInsertRows(self._index(node), first, first + len(new) - 1)
        for row in new:
            self._add(node, row)
        self.endInsertRows()

    # -- reading ---------------------------------------------------------------------------------

    def tree_term(self, index: Index) -> TreeTerm | None:
        """The term at a place."""
        return self._terms[index.internalId()] if index.isValid() else None

    def route(self) -> list[QModelIndex]:
        """All places on the routes of the chosen PT, each before what lies below it."""
        return [self._index(node) for node in self._on_route]

    def pt_index(self) -> QModelIndex:
        """The place of the chosen PT on its primary route."""
        for node in self._on_route:
            if self._terms[node].term.level is TermLevel.PT:
                return self._index(node)
        return QModelIndex()

    # -- Qt --------------------------------------------------------------------------------------

    def canFetchMore(self, parent: Index) -> bool:
        """Whether more rows lie below than are known."""
        node = self._node(parent)
        return not self._is_complete[node] and node not in self._asked

    def fetchMore(self, parent: Index) -> None:
        """Ask for them; they come through `set_children`."""
        term = self.tree_term(parent)
        if term is not None:
            self._asked.add(parent.internalId())
            self.children_wanted.emit(int(term.term.level), term.term.code)

    def data(self, index: Index, role: int = Role.DisplayRole) -> Any:
        """Name, tip and look of one term."""
        if not index.isValid():
            return None
        node = index.internalId()
        row, secondary = self._terms[node], self._is_secondary[node]
        if role == Role.DisplayRole:
            # marked once, where the route leaves the primary one; grey all the way down
            return self._text(row, secondary and not self._is_secondary[self._parents[node]])
        if role in {Role.ToolTipRole, Role.AccessibleTextRole}:
            return self._spoken(row, secondary)
        if role == LEVEL_ROLE:
            return row.term.level.name
        if role == Role.ForegroundRole and (secondary or not row.is_current):
            return style.brush(style.colours().muted)
        if role == Role.FontRole and self._is_chosen(row):
            return style.sized(style.BODY, bold=True)
        return None

    def _is_chosen(self, row: TreeTerm) -> bool:
        is_pt = row.term.level is TermLevel.PT
        return self._pt is not None and is_pt and row.term.code == self._pt.code

    def _text(self, row: TreeTerm, marked: bool) -> str:
        name = displayed(row.term.name, row.term.name2)
        name = name if row.is_current else f"{name} *"
        return f"{name} {_(words.SECONDARY)}" if marked else name

    def _spoken(self, row: TreeTerm, secondary: bool) -> str:
        parts = [row.term.level.name, row.term.name, row.term.name2, row.term.code]
        if secondary:
            parts.append(_(words.SECONDARY))
        if not row.is_current:
            parts.append(f"* {_(words.NOT_CURRENT)}")
        return "  ".join(filter(None, parts))
