"""Shows Markdown with pictures from the disk, and nothing from anywhere else."""

from pathlib import Path

from PySide6.QtCore import QSizeF, QUrl
from PySide6.QtGui import QImage, QResizeEvent, QTextCursor, QTextDocument, QTextImageFormat
from PySide6.QtWidgets import QTextBrowser, QWidget

from m2m_desktop.ui import style

MARGIN = style.XL
PICTURE = "\ufffc"
"""What stands for a picture in the text of a document."""


class ManualBrowser(QTextBrowser):
    """One page at a time; pictures are never wider than the column of text."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("manual")
        self.setOpenLinks(False)
        self.document().setDocumentMargin(MARGIN)
        self._folder = Path()

    def show_markdown(self, text: str, folder: Path) -> None:
        """Show a page; its pictures lie relative to ``folder``."""
        self._folder = folder
        self.document().setDefaultStyleSheet(f"a {{ color: {style.colours().accent}; }}")
        self.setMarkdown(text)
        self._space_out()
        self._fit_pictures()
        self.moveCursor(QTextCursor.MoveOperation.Start)

    def loadResource(self, kind: int, name: QUrl | str) -> object:
        """Read a picture from the folder of the page; whatever else is asked for is not there."""
        path = self._folder / QUrl(name).path()
        if kind == QTextDocument.ResourceType.ImageResource.value and path.is_file():
            return QImage(str(path))
        return None

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Keep the pictures within the column."""
        super().resizeEvent(event)
        self._fit_pictures()

    def _space_out(self) -> None:
        """Lines with room between them: Markdown comes out as tight as a telegram."""
        cursor = QTextCursor(self.document())
        cursor.beginEditBlock()
        block = self.document().begin()
        while block.isValid():
            shape = block.blockFormat()
            shape.setLineHeight(135.0, 1)  # QTextBlockFormat.LineHeightTypes.ProportionalHeight
            if shape.headingLevel():
                shape.setTopMargin(style.L)
                shape.setBottomMargin(style.S)
            cursor.setPosition(block.position())
            cursor.setBlockFormat(shape)
            block = block.next()
        cursor.endEditBlock()

    def _fit_pictures(self) -> None:
        room = self.viewport().width() - 2 * MARGIN
        for place, name in self._pictures():
            picture = self.loadResource(QTextDocument.ResourceType.ImageResource.value, QUrl(name))
            if not isinstance(picture, QImage) or picture.isNull():
                continue
            size = QSizeF(picture.size())
            if size.width() > room > 0:
                size *= room / size.width()
            cursor = QTextCursor(self.document())
            cursor.setPosition(place)
            cursor.movePosition(
                QTextCursor.MoveOperation.NextCharacter, QTextCursor.MoveMode.KeepAnchor
            )
            shape = QTextImageFormat(cursor.charFormat().toImageFormat())
            shape.setWidth(size.width())
            shape.setHeight(size.height())
            cursor.setCharFormat(shape)

    def _pictures(self) -> list[tuple[int, str]]:
        """Where pictures stand, and what they are called."""
        cursor, found = QTextCursor(self.document()), []
        for place, character in enumerate(self.document().toRawText()):
            if character == PICTURE:
                cursor.setPosition(place + 1)
                found.append((place, cursor.charFormat().toImageFormat().name()))
        return found
