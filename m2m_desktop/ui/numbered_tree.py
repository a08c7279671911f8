"""A tree whose places are numbers into flat lists: `QModelIndex` carries a number, no object.

Node 0 is the root, which is not shown. Rows may be filled in later: a node that is not complete has
children that are not known yet.
"""

from PySide6.QtCore import QAbstractItemModel, QModelIndex, QObject, QPersistentModelIndex

Index = QModelIndex | QPersistentModelIndex
NOWHERE = QModelIndex()
ROOT = 0


class NumberedTree(QAbstractItemModel):
    """Walks the tree for Qt; who derives from it keeps the lists and says what a place shows."""

    def __init__(self) -> None:
        super().__init__()
        self._parents: list[int] = [-1]
        self._children: list[list[int]] = [[]]
        self._is_complete: list[bool] = [True]

    def _index(self, node: int) -> QModelIndex:
        if node <= ROOT:
            return QModelIndex()
        return self.createIndex(self._place(node), 0, node)

    def _place(self, node: int) -> int:
        """The row of a node below its parent."""
        return self._children[self._parents[node]].index(node)

    def _node(self, index: Index) -> int:
        return index.internalId() if index.isValid() else ROOT

    # -- Qt --------------------------------------------------------------------------------------

    def index(self, row: int, column: int, parent: Index = NOWHERE) -> QModelIndex:
        """The place of a row."""
        below = self._children[self._node(parent)]
        if column != 0 or not 0 <= row < len(below):
            return QModelIndex()
        return self.createIndex(row, 0, below[row])

    def parent(self, child: Index = NOWHERE) -> QModelIndex | QObject:  # type: ignore[override]
        """The place above."""
        return self._index(self._parents[child.internalId()]) if child.isValid() else QModelIndex()

    def rowCount(self, parent: Index = NOWHERE) -> int:
        """How many rows are known below a place."""
        return len(self._children[self._node(parent)])

    def columnCount(self, parent: Index = NOWHERE) -> int:
        """One column."""
        return 1

    def hasChildren(self, parent: Index = NOWHERE) -> bool:
        """Also where the rows below are not known yet."""
        node = self._node(parent)
        return bool(self._children[node]) or not self._is_complete[node]
