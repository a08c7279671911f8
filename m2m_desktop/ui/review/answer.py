"""The right side of review: the phrase in hand with everything that belongs to it.

Its candidates or the hits of a search, and below them the tree, the places in the file, the history.
"""

from PySide6.QtCore import Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QSplitter, QStackedWidget, QTabWidget, QVBoxLayout, QWidget

from m2m_desktop.services.language import _
from m2m_desktop.ui import style
from m2m_desktop.ui.candidate_panel import CandidatePanel
from m2m_desktop.ui.engine_client import EngineClient
from m2m_desktop.ui.review.head import ReviewHead
from m2m_desktop.ui.review.history import HistoryPanel
from m2m_desktop.ui.review.places import PlacesPanel
from m2m_desktop.ui.review.search import TermSearch
from m2m_desktop.ui.tree_panel import TreePanel
from m2m_desktop.ui.widgets import card

WIDE, LOW = 980, 680
"""From this width on the tree stands beside the candidates. Below this height, as on a screen of
768 lines, there is no room for both one below the other: the candidates become a tab, too."""


class ReviewAnswer(QWidget):
    """Puts the parts together; the page wires them."""

    def __init__(self, client: EngineClient) -> None:
        super().__init__()
        self.head = ReviewHead()
        self.search = TermSearch(client)
        self.candidates = CandidatePanel(is_editable=True)
        self.tree, self.places, self.history = TreePanel(), PlacesPanel(), HistoryPanel()
        self._hits = _carded(self.search.hits)
        self.stack = QStackedWidget()
        self.stack.addWidget(self.candidates)
        self.stack.addWidget(self._hits)
        self.tabs = QTabWidget()
        self.tabs.setDocumentMode(True)
        self._places, self._history = _carded(self.places), _carded(self.history)
        for tab in (self.tree, self._places, self._history):
            self.tabs.addTab(tab, "")
        self._is_low = False
        self._keep_room()
        self._counts = 0, 0
        self.splitter = QSplitter(Qt.Orientation.Vertical)
        self.splitter.addWidget(self.stack)
        self.splitter.addWidget(self.tabs)
        self.splitter.setChildrenCollapsible(False)
        self.splitter.setHandleWidth(style.S)
        self.splitter.setSizes([320, 240])
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(style.S)
        column.addWidget(self.head)
        column.addWidget(self.search)
        column.addWidget(self.splitter, 1)
        self.search.opened.connect(self._show_hits)
        self.retranslate()

    # -- the tabs --------------------------------------------------------------------------------

    def show_tree(self) -> None:
        """Bring the tree to the front."""
        self.tabs.setCurrentWidget(self.tree)

    def show_places(self) -> None:
        """Bring the places to the front."""
        self.tabs.setCurrentWidget(self._places)

    def show_history(self) -> None:
        """Bring the history to the front."""
        self.tabs.setCurrentWidget(self._history)

    def front_view(self) -> QWidget:
        """The view in the tab that is in front."""
        views: dict[QWidget | None, QWidget] = {
            self.tree: self.tree.tree,
            self._places: self.places.table,
            self._history: self.history.table,
        }
        return views.get(self.tabs.currentWidget(), self.list_view())

    def list_view(self) -> QWidget:
        """The candidates, or the hits of a search in their place."""
        return self.search.table if self.search.is_open else self.candidates.table

    def show_counts(self, places: int, events: int) -> None:
        """Write on the tabs how much is behind them."""
        self._counts = places, events
        titles = {
            self.stack: _("Candidates"),
            self.tree: _("Tree"),
            self._places: _("Places ({count})").format(count=f"{places:,}"),
            self._history: _("History ({count})").format(count=f"{events:,}"),
        }
        for tab, title in titles.items():
            if (at := self.tabs.indexOf(tab)) >= 0:
                self.tabs.setTabText(at, title)

    def tab_titles(self) -> list[str]:
        """What the tabs say."""
        return [self.tabs.tabText(number) for number in range(self.tabs.count())]

    def _show_hits(self, is_open: bool) -> None:
        self.stack.setCurrentWidget(self._hits if is_open else self.candidates)
        if is_open and self._is_low:
            self.tabs.setCurrentWidget(self.stack)

    # -- room ------------------------------------------------------------------------------------

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Put the tree below the candidates, beside them, or into the same place."""
        super().resizeEvent(event)
        is_wide = self.width() >= WIDE
        self._set_low(is_low=self.height() < LOW and not is_wide)
        wanted = Qt.Orientation.Horizontal if is_wide else Qt.Orientation.Vertical
        if self.splitter.orientation() != wanted:
            self.splitter.setOrientation(wanted)
            self.splitter.setSizes([600, 360] if is_wide else [320, 240])

    def _set_low(self, *, is_low: bool) -> None:
        if is_low == self._is_low:
            return
        self._is_low = is_low
        self._keep_room()
        if is_low:
            self.tabs.insertTab(0, self.stack, "")
            self.tabs.setCurrentIndex(0)
        else:
            self.tabs.removeTab(self.tabs.indexOf(self.stack))
            self.splitter.insertWidget(0, self.stack)
            self.stack.show()
            self.splitter.setSizes([320, 240])
        self.show_counts(*self._counts)

    def _keep_room(self) -> None:
        """What is left of a low window goes to the head: it is never cut, the lists scroll."""
        self.tabs.setMinimumHeight(90 if self._is_low else 130)
        self.stack.setMinimumHeight(50 if self._is_low else 110)

    def retranslate(self) -> None:
        """Take over language and colours."""
        self.head.retranslate()
        self.search.retranslate()
        self.candidates.retranslate()
        self.tree.retranslate()
        self.places.retranslate()
        self.history.retranslate()
        self.show_counts(*self._counts)


def _carded(content: QWidget) -> QWidget:
    surface = card()
    inside = QVBoxLayout(surface)
    inside.setContentsMargins(style.L, style.S, style.L, style.S)
    inside.addWidget(content)
    return surface
