"""A review page over a real project file, and what several tests do with it."""

import atexit
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from shutil import copyfile, rmtree
from tempfile import mkdtemp

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QVBoxLayout, QWidget

from m2m_desktop.core.review import PhraseRow, current_terms
from m2m_desktop.services.project.project import Project
from m2m_desktop.services.project.records import Actor
from m2m_desktop.ui.choice_bar import Choices
from m2m_desktop.ui.engine_client import EngineClient
from m2m_desktop.ui.notices import NoticeArea
from m2m_desktop.ui.review.columns import ReviewColumn, cell_text
from m2m_desktop.ui.review.confirm import ConfirmDialog
from m2m_desktop.ui.review.page import ReviewPage
from tests.ui.review_project import USUAL, Clock, Toy, make_project

REVIEW_ENGINE = [sys.executable, str(Path(__file__).with_name("review_engine.py"))]
KEY, MODIFIER = Qt.Key, Qt.KeyboardModifier


class Bench:
    """The page in a window of its own, with the project that is open in it."""

    def __init__(self, path: Path, qtbot, *, read_only: bool = False) -> None:
        self.path, self.qtbot = path, qtbot
        self.notices = NoticeArea()
        self.client = EngineClient(REVIEW_ENGINE)
        self.page = ReviewPage(self.client, self.notices, clock=Clock())
        self.page.desk.actor = Actor("wang", "王药师")
        self.window = QWidget()
        column = QVBoxLayout(self.window)
        column.addWidget(self.notices)
        column.addWidget(self.page)
        self.window.resize(1300, 760)
        self.said: list[str] = []
        self.status: list[str] = []
        self.page.said.connect(self.said.append)
        self.page.status_changed.connect(self.status.append)
        self.window.show()
        self.window.activateWindow()
        self.project = Project.open(path, read_only=read_only)

    def open(self) -> None:
        self.page.open_project(self.project, Choices("demo"))
        self.page.phrases.table.setFocus()
        self.activate()

    def activate(self) -> None:
        """Have the keys; a notice with a button may have taken them."""
        self.window.activateWindow()
        self.qtbot.waitUntil(self.window.isActiveWindow)

    def close(self) -> None:
        self.page.close_project()
        self.project.close()
        self.client.close()
        self.window.close()
        self.window.deleteLater()

    @property
    def table(self):
        return self.page.phrases.table

    @property
    def model(self):
        return self.page.model

    @property
    def head(self):
        return self.page.answer.head

    @property
    def in_hand(self) -> str:
        row = self.page.hand.row
        return row.text if row else ""

    def press(self, key: Qt.Key, modifier: Qt.KeyboardModifier = MODIFIER.NoModifier, on=None):
        self.qtbot.keyClick(on or self.table, key, modifier)

    def go(self, text: str) -> None:
        """Take a phrase in hand."""
        self.table.go_to_phrase(self.row(text).phrase_id)

    def choose(self, *texts: str) -> None:
        """Choose several phrases, as with Ctrl and the mouse."""
        rows = [self.model.row_of(self.row(text).phrase_id) for text in texts]
        self.table.go_to(rows[0])
        for row in rows[1:]:
            index = self.model.index(row, 0)
            flag = self.table.selectionModel().SelectionFlag
            self.table.selectionModel().select(index, flag.Select | flag.Rows)

    def row(self, text: str) -> PhraseRow:
        """A phrase as the page has it."""
        return next(row for row in self.model.everything() if row.text == text)

    def stored(self, text: str) -> PhraseRow:
        """A phrase as the file has it."""
        return next(row for row in self.project.phrases() if row.text == text)

    def state(self, text: str) -> tuple[str, str]:
        """Status and terms of a phrase; what is shown and what is in the file are the same."""
        shown, stored = self.row(text), self.stored(text)
        assert shown == stored
        names = " ".join(term.pt_name for term in current_terms(stored))
        return stored.state.status.value, names

    def shown(self) -> list[str]:
        """The phrases that are shown."""
        return [row.text for row in self.model.shown()]

    def cell(self, text: str, column: ReviewColumn) -> str:
        return cell_text(self.row(text), column)

    def dialog(self) -> ConfirmDialog | None:
        """The question that is being asked."""
        return next((d for d in self.page.findChildren(ConfirmDialog) if d.isVisible()), None)

    def start_engine(self) -> None:
        self.client.start()


_templates: dict[object, Path] = {}


def copy_of(folder: Path, toys: tuple[Toy, ...], **more: object) -> Path:
    """A new project file with these phrases; made once for all tests that want the same."""
    key = (toys, *sorted(more.items()))
    if key not in _templates:
        _templates[key] = make_project(Path(mkdtemp(prefix="m2m-review-")) / "a.m2m", toys, **more)
        atexit.register(rmtree, _templates[key].parent, ignore_errors=True)
    return Path(copyfile(_templates[key], folder / "审核.m2m"))


@contextmanager
def bench_of(
    folder: Path, qtbot, toys: tuple[Toy, ...] = USUAL, *, read_only: bool = False, **more: object
) -> Iterator[Bench]:
    """Open a page over a new project with these phrases."""
    made = Bench(copy_of(folder, toys, **more), qtbot, read_only=read_only)
    made.open()
    try:
        yield made
    finally:
        made.close()
