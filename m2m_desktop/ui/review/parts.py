"""What the review page is made of, how it is laid out, and how one goes round in it."""

from collections.abc import Callable
from datetime import datetime

from PySide6.QtCore import QByteArray, QSettings, Qt
from PySide6.QtWidgets import QSplitter, QStackedWidget, QVBoxLayout, QWidget

from m2m_desktop.ui import style
from m2m_desktop.ui.engine_client import EngineClient
from m2m_desktop.ui.keys_dialog import KeysDialog
from m2m_desktop.ui.review.answer import ReviewAnswer
from m2m_desktop.ui.review.blank import ReviewBlank
from m2m_desktop.ui.review.commands import ReviewCommands
from m2m_desktop.ui.review.desk import ReviewDesk
from m2m_desktop.ui.review.hand import ReviewHand
from m2m_desktop.ui.review.keys import Command, Keyboard, Place
from m2m_desktop.ui.review.list import ReviewList
from m2m_desktop.ui.review.model import ReviewModel
from m2m_desktop.ui.review.terms import TermDesk


class ReviewParts(QWidget):
    """The parts, put together; `ReviewPage` wires them."""

    def __init__(self, client: EngineClient, clock: Callable[[], datetime]) -> None:
        super().__init__()
        self.model = ReviewModel()
        self.desk = ReviewDesk(self.model, clock)
        self.phrases, self.answer = ReviewList(self.model), ReviewAnswer(client)
        self.blank = ReviewBlank()
        self._terms = TermDesk(client, self.answer.tree)
        self.hand = ReviewHand(self.answer, self.desk, self._terms)
        self.commands = ReviewCommands(
            self, self.phrases, self.answer, self.desk, self.hand, self._terms
        )
        self._lay_out()
        table, candidates = self.phrases.table, self.answer.candidates.table
        self.keyboard = Keyboard(
            self,
            {Place.TABLE: [table], Place.ANSWER: [table, candidates], Place.PAGE: [self]},
            self.run,
        )
        self._watch_typing()

    def run(self, command: Command, number: int = 0) -> None:
        """Do what a key or a button says."""
        raise NotImplementedError

    def _lay_out(self) -> None:
        self.splitter = QSplitter(Qt.Orientation.Horizontal)
        self.splitter.addWidget(self.phrases)
        self.splitter.addWidget(self.answer)
        self.splitter.setChildrenCollapsible(False)
        self.splitter.setHandleWidth(style.M)
        self.splitter.setStretchFactor(0, 1)
        self.splitter.setStretchFactor(1, 1)
        self.splitter.setSizes([760, 560])
        self.phrases.setMinimumWidth(340)
        self.answer.setMinimumWidth(400)
        self.stack = QStackedWidget()
        self.stack.addWidget(self.blank)
        self.stack.addWidget(self.splitter)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.stack)

    def _watch_typing(self) -> None:
        fields = [self.answer.head.comment, self.answer.search.field, self.phrases.bar.text]
        for field in (*fields, *self.phrases.table.header.fields().values()):
            self.keyboard.composing.watch(field)

    def panes(self) -> list[QWidget]:
        """The parts F6 goes round, as far as they can be seen."""
        answer = self.answer
        parts = dict.fromkeys(
            (
                self.phrases.table,
                answer.search.field,
                answer.list_view(),
                answer.front_view(),
                answer.head.comment,
                self.phrases.bar.text,
            )
        )
        return [part for part in parts if part.isVisible() and part.isEnabled()]

    def go_pane(self, step: int) -> None:
        """Go to the next part, or to the one before."""
        panes = self.panes()
        if panes:
            at = next((n for n, pane in enumerate(panes) if pane.hasFocus()), -1 if step > 0 else 0)
            panes[(at + step) % len(panes)].setFocus(Qt.FocusReason.ShortcutFocusReason)

    def back_to_table(self) -> None:
        """Close a search and go to the list of phrases."""
        self.answer.search.close_hits()
        self.phrases.table.setFocus(Qt.FocusReason.ShortcutFocusReason)

    def show_keys(self) -> None:
        """Open the sheet of keys."""
        KeysDialog(self.window()).open()

    def save_layout(self, stored: QSettings) -> None:
        """Remember widths, columns and splitters."""
        stored.setValue("review/columns", self.phrases.table.save_layout())
        stored.setValue("review/page", self.splitter.saveState())

    def restore_layout(self, stored: QSettings) -> None:
        """Take them over again."""
        for name, restore in (
            ("review/columns", self.phrases.table.restore_layout),
            ("review/page", self.splitter.restoreState),
        ):
            state = stored.value(name)
            if isinstance(state, QByteArray) and not state.isEmpty():
                restore(state)
