"""The SMQs of a release as a tree; one that hangs under several others stands there several times.

Nodes are numbers into flat lists. A release has some two hundred SMQs: the lists are made anew
whenever the filter changes.
"""

from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import QAbstractItemModel, QModelIndex, QObject, QPersistentModelIndex, Qt

from m2m_desktop.services.language import _
from m2m_desktop.ui import style
from m2m_desktop.ui.smq.records import SmqRow
from m2m_desktop.ui.smq.words import state_words
from m2m_desktop.ui.term_names import NamesShown, shown_name

Index = QModelIndex | QPersistentModelIndex
Role = Qt.ItemDataRole
NOWHERE = QModelIndex()
ROOT = 0


class SmqTreeModel(QAbstractItemModel):
    """See the module. One column: the name; level, code and state are in the tool tip."""

    def __init__(self) -> None:
        super().__init__()
        self._smqs: dict[str, SmqRow] = {}
        self._needle, self._shows_inactive = "", False
        self._names = NamesShown.BOTH
        self._clear()

    def set_smqs(self, smqs: Sequence[SmqRow]) -> None:
        """Show these."""
        self._smqs = {smq.code: smq for smq in smqs}
        self._build()

    def set_filter(self, text: str) -> None:
        """Show only SMQs whose names or codes hold every word, and the way to them."""
        self._needle = text.casefold()
        self._build()

    def set_shows_inactive(self, on: bool) -> None:
        """Whether SMQs that are no longer active are listed."""
        self._shows_inactive = on
        self._build()

    def set_names_shown(self, shown: NamesShown) -> None:
        """Show names in these languages."""
        self._names = shown
        self.retranslate()

    def retranslate(self) -> None:
        """Show the words again."""
        self.layoutAboutToBeChanged.emit()
        self.layoutChanged.emit()

    @property
    def is_filtered(self) -> bool:
        """Whether something is searched for."""
        return bool(self._needle.strip())

    # -- building --------------------------------------------------------------------------------

    def _clear(self) -> None:
        self._codes = [""]
        self._parents = [-1]
        self._rows = [0]
        self._children: list[list[int]] = [[]]

    def _build(self) -> None:
        self.beginResetModel()
        self._clear()
        matching = {smq.code for smq in self._smqs.values() if self._matches(smq)}
        for smq in self._smqs.values():
            if not any(parent in self._smqs for parent in smq.parents):
                self._add(ROOT, smq, matching, ())
        for smq in self._smqs.values():  # what stands below nothing but itself
            if smq.code in matching and smq.code not in self._codes:
                self._add(ROOT, smq, matching, ())
        self.endResetModel()

    def _matches(self, smq: SmqRow) -> bool:
        if not smq.is_active and not self._shows_inactive:
            return False
        text = f"{smq.name} {smq.name2} {smq.code}".casefold()
        return all(word in text for word in self._needle.split())

    def _leads_on(self, smq: SmqRow, matching: set[str], route: tuple[str, ...]) -> bool:
        """Whether the SMQ or something below it matches; damaged releases have circles."""
        if smq.code in route:
            return False
        if smq.code in matching:
            return True
        below = (self._smqs[code] for code in smq.children if code in self._smqs)
        return any(self._leads_on(child, matching, (*route, smq.code)) for child in below)

    def _add(self, parent: int, smq: SmqRow, matching: set[str], route: tuple[str, ...]) -> None:
        if not self._leads_on(smq, matching, route):
            return
        node = len(self._codes)
        self._codes.append(smq.code)
        self._parents.append(parent)
        self._rows.append(len(self._children[parent]))
        self._children.append([])
        self._children[parent].append(node)
        for code in smq.children:
            if code in self._smqs:
                self._add(node, self._smqs[code], matching, (*route, smq.code))

    # -- looking up ------------------------------------------------------------------------------

    def smq(self, index: Index) -> SmqRow | None:
        """The SMQ at a place of the tree."""
        return self._smqs[self._codes[self._node(index)]] if index.isValid() else None

    def smqs(self) -> tuple[SmqRow, ...]:
        """All of them, shown or not, in the order of the release."""
        return tuple(self._smqs.values())

    def by_code(self, code: str) -> SmqRow | None:
        """An SMQ by its code, shown or not."""
        return self._smqs.get(code)

    def index_of(self, code: str) -> QModelIndex:
        """The first place of an SMQ; nowhere where it is not shown."""
        try:
            return self._index(self._codes.index(code, 1))
        except ValueError:
            return NOWHERE

    def shown_count(self) -> int:
        """How many different SMQs are shown."""
        return len(set(self._codes)) - 1

    def total(self) -> int:
        """How many SMQs the release has."""
        return len(self._smqs)

    # -- Qt --------------------------------------------------------------------------------------

    def index(self, row: int, column: int, parent: Index = NOWHERE) -> QModelIndex:
        """A place by its row."""
        children = self._children[self._node(parent)]
        if column or not 0 <= row < len(children):
            return NOWHERE
        return self.createIndex(row, 0, children[row])

    def parent(self, index: Index | QObject = NOWHERE) -> Any:
        """The place above."""
        if not isinstance(index, (QModelIndex, QPersistentModelIndex)):
            return super().parent()
        above = self._parents[self._node(index)]
        return self._index(above) if above > ROOT else NOWHERE

    def rowCount(self, parent: Index = NOWHERE) -> int:
        """How many SMQs stand directly below."""
        return 0 if parent.column() > 0 else len(self._children[self._node(parent)])

    def columnCount(self, parent: Index = NOWHERE) -> int:
        """The name is the only column."""
        return 1

    def data(self, index: Index, role: int = Role.DisplayRole) -> Any:
        """The name; colour and words say what is no longer active."""
        smq = self.smq(index)
        if smq is None:
            return None
        if role == Role.DisplayRole:
            name = shown_name(smq.name, smq.name2, self._names)
            return name if smq.is_active else f"{name} {_('(inactive)')}"
        if role in {Role.ToolTipRole, Role.AccessibleTextRole}:
            return "\n".join(filter(None, (smq.name, smq.name2, state_words(smq))))
        if role == Role.ForegroundRole and not smq.is_active:
            return style.brush(style.colours().muted)
        return None

    def _node(self, index: Index) -> int:
        return int(index.internalId()) if index.isValid() else ROOT

    def _index(self, node: int) -> QModelIndex:
        return self.createIndex(self._rows[node], 0, node)
