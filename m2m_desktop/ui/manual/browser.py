"""Shows Markdown with pictures from the disk, and nothing from anywhere else."""

from collections.abc import Iterator
from pathlib import Path

from PySide6.QtCore import QRectF, QSize, QSizeF, Qt, QTimer, QUrl
from PySide6.QtGui import (
    QImage,
    QImageReader,
    QPainter,
    QPen,
    QResizeEvent,
    QTextBlock,
    QTextBlockFormat,
    QTextCursor,
    QTextDocument,
    QTextImageFormat,
)
from PySide6.QtWidgets import QTextBrowser, QWidget

from m2m_desktop.ui import style

MARGIN = style.XL
LINE_PERCENT = 135.0
PICTURE = "\ufffc"
"""What stands for a picture in the text of a document."""
SETTLED_MS = 150
"""After the last change of width pictures are drawn anew from their files."""

_IMAGE = QTextDocument.ResourceType.ImageResource.value


class ManualBrowser(QTextBrowser):
    """One page at a time; pictures are never wider than the column of text.

    Only pictures that come into view are read, and scaled with care: they show small text.
    """

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("manual")
        self.setOpenLinks(False)
        self._folder = Path()
        self._page: QTextDocument | None = None
        self._seen: set[str] = set()
        self._settled = QTimer(self, singleShot=True, interval=SETTLED_MS)
        self._settled.timeout.connect(self._redraw)

    def show_markdown(self, text: str, folder: Path) -> None:
        """Show a page; its pictures lie relative to ``folder``."""
        self._folder = folder
        self._seen.clear()
        page = QTextDocument(self)
        page.setDocumentMargin(MARGIN)
        page.setDefaultFont(self.font())
        page.setDefaultStyleSheet(f"a {{ color: {style.colours().accent}; }}")
        page.setMarkdown(text)
        _space_out(page)
        self._fit_pictures(page)
        self.setDocument(page)
        if self._page is not None:
            self._page.deleteLater()
        self._page = page
        self.moveCursor(QTextCursor.MoveOperation.Start)

    def show_sentence(self, text: str) -> None:
        """Show a plain sentence in place of a page."""
        self.show_markdown("", self._folder)
        self.setPlainText(text)

    def loadResource(self, kind: int, name: QUrl | str) -> object:
        """Read a picture from the folder of the page; whatever else is asked for is not there."""
        path = self._path(QUrl(name).path())
        if kind != _IMAGE or path is None:
            return None
        self._seen.add(QUrl(name).path())
        return self._drawn(path)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Keep the pictures within the column."""
        super().resizeEvent(event)
        self._fit_pictures(self.document())
        self._settled.start()

    # -- pictures --------------------------------------------------------------------------------

    def _path(self, name: str) -> Path | None:
        path = self._folder / name
        return path if name and path.is_file() else None

    def _fitted(self, size: QSize) -> QSizeF:
        room = self.viewport().width() - 2 * MARGIN
        fitted = QSizeF(size)
        return fitted * (room / fitted.width()) if fitted.width() > room > 0 else fitted

    def _drawn(self, path: Path) -> QImage:
        """A picture as large as it is shown, with a thin frame: most have the colour of the page."""
        image = QImage(str(path))
        if image.isNull():
            return image
        wanted = (self._fitted(image.size()) * self.devicePixelRatioF()).toSize()
        smooth = Qt.TransformationMode.SmoothTransformation
        image = image.convertToFormat(QImage.Format.Format_RGB32)
        image = image.scaled(wanted, Qt.AspectRatioMode.IgnoreAspectRatio, smooth)
        painter = QPainter(image)
        painter.setPen(QPen(style.brush(style.colours().muted).color(), 1))
        painter.drawRect(QRectF(0.5, 0.5, image.width() - 1, image.height() - 1))
        painter.end()
        return image

    def _redraw(self) -> None:
        for name in self._seen:
            if (path := self._path(name)) is not None:
                self.document().addResource(_IMAGE, QUrl(name), self._drawn(path))
        self.viewport().update()

    def _fit_pictures(self, page: QTextDocument) -> None:
        for place, name in self._pictures(page):
            path = self._path(QUrl(name).path())
            size = QImageReader(str(path)).size() if path is not None else QSize()
            if not size.isValid():
                continue
            fitted = self._fitted(size)
            cursor = QTextCursor(page)
            cursor.setPosition(place)
            cursor.movePosition(
                QTextCursor.MoveOperation.NextCharacter, QTextCursor.MoveMode.KeepAnchor
            )
            shape = QTextImageFormat(cursor.charFormat().toImageFormat())
            if (shape.width(), shape.height()) != (fitted.width(), fitted.height()):
                shape.setWidth(fitted.width())
                shape.setHeight(fitted.height())
                cursor.setCharFormat(shape)

    def _pictures(self, page: QTextDocument | None = None) -> list[tuple[int, str]]:
        """Where pictures stand, and what they are called."""
        page = page or self.document()
        cursor, found = QTextCursor(page), []
        for place, character in enumerate(page.toRawText()):
            if character == PICTURE:
                cursor.setPosition(place + 1)
                found.append((place, cursor.charFormat().toImageFormat().name()))
        return found


def _space_out(page: QTextDocument) -> None:
    """Lines with room between them: Markdown comes out as tight as a telegram."""
    cursor = QTextCursor(page)
    cursor.beginEditBlock()
    for block in _blocks(page):
        shape = block.blockFormat()
        if PICTURE in block.text():  # of a higher line, a third of the picture would be blank
            shape.setTopMargin(style.S)
            shape.setBottomMargin(style.L)
        else:
            kind = QTextBlockFormat.LineHeightTypes.ProportionalHeight.value
            shape.setLineHeight(LINE_PERCENT, kind)
        if shape.headingLevel():
            shape.setTopMargin(style.L)
            shape.setBottomMargin(style.S)
        cursor.setPosition(block.position())
        cursor.setBlockFormat(shape)
    cursor.endEditBlock()


def _blocks(page: QTextDocument) -> Iterator[QTextBlock]:
    block = page.begin()
    while block.isValid():
        yield block
        block = block.next()
