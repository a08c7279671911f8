"""The window of the manual: contents and search on the left, the page on the right."""

from PySide6.QtCore import Qt, QTimer, QUrl
from PySide6.QtGui import QKeySequence
from PySide6.QtWidgets import (
    QHBoxLayout,
    QLineEdit,
    QListWidget,
    QListWidgetItem,
    QSplitter,
    QVBoxLayout,
    QWidget,
)

from m2m_desktop.services.language import _, current_language
from m2m_desktop.services.locations import resources
from m2m_desktop.services.manual_pages import ManualPage, find_in_pages, manual_pages
from m2m_desktop.ui import style
from m2m_desktop.ui.manual.browser import ManualBrowser
from m2m_desktop.ui.widgets import shortcut

SIZE = (1180, 820)
TYPING_PAUSE_MS = 200


class ManualWindow(QWidget):
    """Stays open beside the main window: read and do at the same time."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent, Qt.WindowType.Window)
        self.resize(*SIZE)
        self.search, self.contents, self.browser = QLineEdit(), QListWidget(), ManualBrowser()
        self.search.setClearButtonEnabled(True)
        self.contents.setObjectName("contents")
        self._pages: tuple[ManualPage, ...] = ()
        self._pause = QTimer(self, singleShot=True, interval=TYPING_PAUSE_MS)
        self._lay_out()
        self.search.textChanged.connect(lambda _text: self._pause.start())
        self._pause.timeout.connect(self._find)
        self.contents.currentItemChanged.connect(self._show_current)
        self.browser.anchorClicked.connect(self._follow)
        shortcut(self, QKeySequence.StandardKey.Find).activated.connect(self.search.setFocus)
        shortcut(self, "Esc").activated.connect(self.close)
        self.retranslate()

    def _lay_out(self) -> None:
        left = QWidget()
        column = QVBoxLayout(left)
        column.setContentsMargins(style.M, style.M, 0, style.M)
        column.setSpacing(style.S)
        column.addWidget(self.search)
        column.addWidget(self.contents, 1)
        splitter = QSplitter(Qt.Orientation.Horizontal)
        splitter.setChildrenCollapsible(False)
        splitter.addWidget(left)
        splitter.addWidget(self.browser)
        splitter.setStretchFactor(1, 1)
        splitter.setSizes([250, 930])
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, style.M, 0)
        row.addWidget(splitter)

    def show_topic(self, topic: str) -> None:
        """Open a page by its topic; the first one where there is none of that name."""
        self.search.clear()
        self._fill(self._pages)
        topics = [page.topic for page in self._pages]
        self.contents.setCurrentRow(topics.index(topic) if topic in topics else 0)

    def topic(self) -> str:
        """The topic that is shown."""
        page = self._page()
        return page.topic if page is not None else ""

    def retranslate(self) -> None:
        """Take over language and colours; the same page stays open."""
        shown = self.topic()
        self.setWindowTitle(_("Manual"))
        self.search.setPlaceholderText(_("Search the manual"))
        self.search.setAccessibleName(_("Search the manual"))
        self.contents.setAccessibleName(_("Pages of the manual"))
        self.browser.setAccessibleName(_("Page of the manual"))
        self._pages = manual_pages(resources(), current_language())
        self.show_topic(shown)

    def _find(self) -> None:
        text = self.search.text()
        found = find_in_pages(self._pages, text)
        self._fill(found)
        self.contents.setCurrentRow(0)
        if not found:
            self.browser.show_sentence(
                _("Nothing was found for “{text}”").format(text=text.strip())
            )

    def _fill(self, pages: tuple[ManualPage, ...]) -> None:
        self.contents.clear()
        for page in pages:
            item = QListWidgetItem(page.title)
            item.setData(Qt.ItemDataRole.UserRole, page)
            self.contents.addItem(item)

    def _show_current(self) -> None:
        page = self._page()
        if page is None:
            self.browser.clear()
        else:
            self.browser.show_markdown(page.text(), page.path.parent)

    def _page(self) -> ManualPage | None:
        row = self.contents.currentRow()
        if row < 0:
            return None
        page = self.contents.item(row).data(Qt.ItemDataRole.UserRole)
        assert isinstance(page, ManualPage)
        return page

    def _follow(self, url: QUrl) -> None:
        """Links lead to other pages (``03-review.md``); there are no others."""
        topic = url.path().removesuffix(".md").partition("-")[2]
        if topic:
            self.show_topic(topic)
