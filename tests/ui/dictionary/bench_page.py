"""A page of the dictionary in a window of its own, over the toy engine or another one."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from PySide6.QtCore import QSettings, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QVBoxLayout, QWidget

from m2m_desktop.ui.dictionary.hit_model import Hit
from m2m_desktop.ui.dictionary.page import DictionaryPage
from m2m_desktop.ui.engine_client import engine_command
from m2m_desktop.ui.engine_protocol import TerminologyChoice
from m2m_desktop.ui.notices import NoticeArea
from tests.ui.helpers import commit
from tests.ui.workbench import RecordingClient, places

TOY = [sys.executable, str(Path(__file__).with_name("toy_engine.py"))]
REAL = engine_command()
CHOICE = TerminologyChoice("toy", "Toy", "1.0", "zh", True)
KEY, MODIFIER = Qt.Key, Qt.KeyboardModifier
LONG = 20_000


class PageBench:
    """Drives the page as a person does, and reads what it shows."""

    def __init__(self, home: Path, qtbot, client) -> None:
        self.qtbot, self.client = qtbot, client
        self.locations = places(home)
        home.mkdir(parents=True, exist_ok=True)
        self.stored = QSettings(str(home / "window.ini"), QSettings.Format.IniFormat)
        self.notices = NoticeArea()
        self.page = DictionaryPage(client, self.notices, self.locations, self.stored)
        self.said: list[str] = []
        self.page.said.connect(self.said.append)
        self.window = QWidget()
        column = QVBoxLayout(self.window)
        column.addWidget(self.notices)
        column.addWidget(self.page, 1)
        self.window.resize(1300, 750)
        self.window.show()
        self.window.activateWindow()
        qtbot.waitUntil(self.window.isActiveWindow, timeout=LONG)

    def begin(self, choice: TerminologyChoice = CHOICE) -> None:
        self.page.set_terminology(choice)
        self.page.start()
        self.wait(lambda: self.page.tree.model.rowCount() > 0)

    def wait(self, is_so) -> None:
        self.qtbot.waitUntil(lambda: bool(is_so()), timeout=LONG)

    def asked(self, method: str) -> list[dict]:
        return [params for name, params in self.client.asked if name == method]

    def type(self, text: str) -> None:
        """Type into the line as an input method does, and wait for the hits."""
        line, before = self.page.finder.line, len(self.asked("dictionary_search"))
        line.setFocus()
        line.clear()
        if text:
            commit(line, text)
            self.wait(lambda: len(self.asked("dictionary_search")) > before)
        self.wait(lambda: not self.page.finder.asking.is_waiting)

    def press(self, key, modifiers=MODIFIER.NoModifier, on: QWidget | None = None) -> None:
        QTest.keyClick(on or self.window.focusWidget(), key, modifiers)

    def lines(self) -> list[str]:
        """The rows of the hits; headings as they stand, hits with their level."""
        model, found = self.page.finder.hits.hits, []
        for number in range(model.rowCount()):
            row, text = model.row(number), model.index(number, 0).data()
            found.append(f"  {row.term.level.name} {text}" if isinstance(row, Hit) else text)
        return found

    def tree_at(self) -> list[str]:
        """The names from the SOC down to where the tree stands."""
        index, names = self.page.tree.tree.currentIndex(), []
        while index.isValid():
            names.append(index.data())
            index = index.parent()
        return names[::-1]

    def looks_at(self, name: str) -> None:
        """Wait until tree and card show a term."""
        self.wait(lambda: self.page.card.term() and self.page.card.term().name == name)
        self.wait(lambda: self.tree_at() and self.tree_at()[-1].startswith(name))

    def close(self) -> None:
        self.page.bin.flush()
        self.window.close()
        self.window.deleteLater()


@contextmanager
def page_bench(home: Path, qtbot, command=TOY) -> Iterator[PageBench]:
    client = RecordingClient(command)
    client.start()
    bench = PageBench(home, qtbot, client)
    try:
        yield bench
    finally:
        client.close()
        bench.close()
