"""The page of licences: every part on the left, its whole text on the right."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QHBoxLayout,
    QListWidget,
    QListWidgetItem,
    QPlainTextEdit,
    QSplitter,
    QStackedWidget,
    QTextBrowser,
    QWidget,
)

from m2m_desktop.services.language import _
from m2m_desktop.services.licences import PartLicence, licence_text, part_licences
from m2m_desktop.services.locations import resources

PARTS_WIDTH = 250


class LicencesPage(QWidget):
    """The first line leads to the notices of models, MedDRA and font; each other one to a part.

    Texts are shown by a plain editor: it lays out what is seen, and some texts have 300 kB.
    """

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.parts, self.text, self.notices = QListWidget(), QPlainTextEdit(), QTextBrowser()
        self.parts.setObjectName("contents")
        self.parts.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.notices.setOpenLinks(False)
        self.text.setReadOnly(True)
        self.text.setTabChangesFocus(True)
        self._pages = QStackedWidget()
        self._pages.addWidget(self.notices)
        self._pages.addWidget(self.text)
        splitter = QSplitter(Qt.Orientation.Horizontal)
        splitter.setChildrenCollapsible(False)
        splitter.addWidget(self.parts)
        splitter.addWidget(self._pages)
        splitter.setStretchFactor(1, 1)
        splitter.setSizes([PARTS_WIDTH, 2 * PARTS_WIDTH])
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(splitter)
        self._fill()
        self.parts.currentItemChanged.connect(self._show)
        self.parts.setCurrentRow(0)

    def _fill(self) -> None:
        self.parts.setAccessibleName(_("Parts of the program"))
        self.text.setAccessibleName(_("Licence text"))
        self.notices.setAccessibleName(_("Notices"))
        self.parts.addItem(_("Notices"))
        for part in part_licences(resources()):
            item = QListWidgetItem(f"{part.name} {part.version}".strip())
            item.setToolTip(part.licence)
            item.setData(Qt.ItemDataRole.UserRole, part)
            self.parts.addItem(item)
        path = resources() / "help" / "notices.md"
        self.notices.setMarkdown(path.read_text(encoding="utf-8"))

    def _show(self, item: QListWidgetItem | None) -> None:
        part = item.data(Qt.ItemDataRole.UserRole) if item is not None else None
        if isinstance(part, PartLicence):
            missing = _("This text is missing. Run the self-test, or install the program again.")
            self.text.setPlainText(licence_text(resources(), part) or missing)
        self._pages.setCurrentWidget(self.text if part is not None else self.notices)
