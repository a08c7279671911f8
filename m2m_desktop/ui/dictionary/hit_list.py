"""The list of hits."""

from PySide6.QtCore import QItemSelectionModel, Qt
from PySide6.QtWidgets import QAbstractItemView, QListView

from m2m_desktop.services.language import _
from m2m_desktop.ui.dictionary.hit_delegate import HitDelegate
from m2m_desktop.ui.dictionary.hit_model import HitModel
from m2m_desktop.ui.dictionary.protocol import Hit
from m2m_desktop.ui.dictionary.records import TermRow


class HitList(QListView):
    """Shows a `HitModel`; several hits may be chosen, one is in hand."""

    def __init__(self) -> None:
        super().__init__()
        self.hits = HitModel()
        self.setModel(self.hits)
        self._delegate = HitDelegate(self)
        self.setItemDelegate(self._delegate)
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFrameShape(QListView.Shape.NoFrame)
        self.setMouseTracking(True)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)

    def current(self) -> Hit | None:
        """The hit in hand."""
        return self.hits.hit(self.currentIndex().row())

    def chosen(self) -> list[TermRow]:
        """The terms of the rows that are chosen, from above."""
        rows = sorted({index.row() for index in self.selectionModel().selectedIndexes()})
        found = (self.hits.hit(row) for row in rows)
        return [hit.term for hit in found if hit is not None]

    def stand_on(self, row: int) -> None:
        """Take a row in hand."""
        index = self.hits.index(row, 0)
        self.selectionModel().setCurrentIndex(
            index, QItemSelectionModel.SelectionFlag.ClearAndSelect
        )

    def retranslate(self) -> None:
        """Take over language, font and colours."""
        self.setAccessibleName(_("Terms that were found"))
        self._delegate.measure()
        self.hits.retranslate()
