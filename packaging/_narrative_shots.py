"""The states of the page of narratives, drawn over the real engine and the demo dictionary."""

import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QSettings
from PySide6.QtGui import QTextCursor
from PySide6.QtWidgets import QVBoxLayout, QWidget

from m2m_desktop.ui import style
from m2m_desktop.ui.choice_bar import Choices
from m2m_desktop.ui.engine_client import EngineClient, EngineState
from m2m_desktop.ui.narrative.page import NarrativePage
from m2m_desktop.ui.notices import NoticeArea

if TYPE_CHECKING:
    from shots import Studio

WIDE, NARROW = (1316, 750), (876, 490)
"""What is left for a page in windows of 1400 x 860 and 960 x 600."""


class Pages:
    """The page in a window of its own."""

    def __init__(self, studio: "Studio", folder: Path, client: EngineClient) -> None:
        self.studio, self.client = studio, client
        stored = QSettings(str(folder / "window.ini"), QSettings.Format.IniFormat)
        notices = NoticeArea()
        self.page = NarrativePage(client, notices, stored)
        self.window = QWidget()
        column = QVBoxLayout(self.window)
        column.setContentsMargins(style.M, style.M, style.M, style.M)
        column.setSpacing(style.M)
        column.addWidget(notices)
        column.addWidget(self.page, 1)
        self.window.resize(*WIDE)
        self.window.show()
        self.window.activateWindow()
        self.page.set_choices(Choices("demo"))
        self.page.start()

    def rest(self) -> None:
        """Wait until nothing is asked any more, and nothing is about to be."""
        for _time in range(3):
            self.studio.breathe(120)
            self.studio.wait("the engine", lambda: self.client.state is EngineState.READY)

    def shoot(self, name: str) -> None:
        """Draw the window at both sizes."""
        for size, suffix in ((NARROW, "_narrow"), (WIDE, "")):
            self.window.resize(*size)
            self.studio.breathe(60)
            self.studio.shoot(f"{name}{suffix}", self.window)

    def select(self, words: str) -> None:
        """Select words of the narrative."""
        box = self.page.text.box
        cursor = box.textCursor()
        start = box.text.index(words)
        cursor.setPosition(start)
        cursor.setPosition(start + len(words), QTextCursor.MoveMode.KeepAnchor)
        box.setTextCursor(cursor)


def narrative_shots(studio: "Studio", client: EngineClient | None = None) -> None:
    """Every state, one after the other; ``client`` is a started engine, or one is started here."""
    engine = client or EngineClient()
    if client is None:
        engine.start()
    try:
        with tempfile.TemporaryDirectory(prefix="m2m-narrative-shots-") as folder:
            pages = Pages(studio, Path(folder), engine)
            _draw(pages)
            pages.window.close()
            pages.window.deleteLater()
    finally:
        if client is None:
            engine.close()


def _draw(pages: Pages) -> None:
    page = pages.page
    page.text.box.setFocus()
    pages.rest()
    pages.shoot("n1_empty")
    page.show_sample()
    pages.studio.wait("mentions", lambda: bool(page.mentions.shown))
    pages.rest()
    pages.shoot("n2_read")
    page.list.table.setFocus()
    page.list.table.setCurrentIndex(page.list.model.index(len(page.mentions.shown) - 1, 0))
    pages.shoot("n3_not_coded")
    pages.select(page.mentions.shown[0].text)
    page.mark()
    pages.rest()
    pages.shoot("n4_by_hand")
    page.text.box.replace("……")
    pages.rest()
    pages.shoot("n5_nothing_found")
