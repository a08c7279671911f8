"""What several tests of the window do."""

import sys
from pathlib import Path

from PySide6.QtCore import QMimeData, QPoint, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent, QGuiApplication, QInputMethodEvent
from PySide6.QtWidgets import QApplication, QWidget

TOY_ENGINE = [sys.executable, str(Path(__file__).with_name("toy_engine.py"))]


def commit(widget: QWidget, text: str) -> None:
    """Type as an input method does. Test tools cannot type Chinese: Qt aborts."""
    event = QInputMethodEvent()
    event.setCommitString(text)
    QGuiApplication.sendEvent(widget, event)


def compose(widget: QWidget, text: str) -> None:
    """Be in the middle of composing."""
    QGuiApplication.sendEvent(widget, QInputMethodEvent(text, []))


def drop(widget: QWidget, path: str) -> bool:
    """Drag a file onto a widget and let it go; whether it was taken."""
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(path)])
    args = (
        Qt.DropAction.CopyAction,
        data,
        Qt.MouseButton.LeftButton,
        Qt.KeyboardModifier.NoModifier,
    )
    enter = QDragEnterEvent(QPoint(5, 5), *args)
    enter.ignore()
    QApplication.sendEvent(widget, enter)
    if not enter.isAccepted():
        return False
    QApplication.sendEvent(widget, QDropEvent(QPoint(5, 5), *args))
    return True


def shown_names(program) -> list[str]:
    model = program.window.page.candidates.model
    return [model.candidate(row).pt.name for row in range(model.rowCount())]


def is_coded(program, count: int = 1) -> bool:
    return sum(program.window.page.mentions.model.band_counts().values()) >= count
