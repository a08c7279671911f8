"""The page of narratives: a text, the mentions found in it, and the PTs of those that occurred.

The engine finds and codes; a person marks further words, takes marks away and says what occurred.
Only what is present is coded, and only words of the text are. Nothing is kept on disk.
"""

from pathlib import Path

from PySide6.QtCore import QByteArray, QSettings, Qt, Signal
from PySide6.QtWidgets import QSplitter, QStackedWidget, QVBoxLayout, QWidget

from m2m_desktop.core.errors import CodingToolError
from m2m_desktop.core.records import Candidate, CodingResult, Mention
from m2m_desktop.services.language import _
from m2m_desktop.ui import style
from m2m_desktop.ui.choice_bar import Choices
from m2m_desktop.ui.engine_client import EngineClient
from m2m_desktop.ui.messages import sentence
from m2m_desktop.ui.narrative.answer_area import AnswerArea
from m2m_desktop.ui.narrative.asking import NarrativeAsking
from m2m_desktop.ui.narrative.blank import Blank
from m2m_desktop.ui.narrative.list_panel import MentionList
from m2m_desktop.ui.narrative.mention_model import one_line
from m2m_desktop.ui.narrative.mentions import NarrativeMentions, followed
from m2m_desktop.ui.narrative.records import Change, ShownMention, Status
from m2m_desktop.ui.narrative.samples import sample_narrative
from m2m_desktop.ui.narrative.status_look import status_word, why
from m2m_desktop.ui.narrative.text_file import LONGEST, read_narrative
from m2m_desktop.ui.narrative.text_panel import TextPanel
from m2m_desktop.ui.narrative.work_line import WorkLine
from m2m_desktop.ui.notices import NoticeArea
from m2m_desktop.ui.review.terms import TermDesk
from m2m_desktop.ui.widgets import shortcut

NOTICE = "narrative"
WIDTHS, HEIGHTS, ANSWER = "narrative/widths", "narrative/heights", "narrative/answer"


class NarrativePage(QWidget):
    """See the module."""

    said = Signal(str)
    term_wanted = Signal(object, str)
    """Level and code of a term to be shown in the dictionary."""

    def __init__(self, client: EngineClient, notices: NoticeArea, stored: QSettings) -> None:
        super().__init__()
        self._notices = notices
        self._choices, self._is_open, self._is_stale = Choices(), False, False
        self._is_read = False
        self.mentions, self.asking = NarrativeMentions(), NarrativeAsking(client, self)
        self.text, self.list, self.blank = TextPanel(stored), MentionList(), Blank()
        self.answer = AnswerArea()
        self.candidates, self.tree = self.answer.candidates, self.answer.tree
        self._desk = TermDesk(client, self.tree)
        self._work = WorkLine(self.asking, self.text)
        self._lay_out()
        self._connect()
        self._restore(stored)
        self.retranslate()

    def _lay_out(self) -> None:
        self.right, self.stack = QSplitter(Qt.Orientation.Vertical), QStackedWidget()
        self.splitter = QSplitter(Qt.Orientation.Horizontal)
        holders: tuple[tuple[QSplitter | QStackedWidget, tuple[QWidget, QWidget]], ...] = (
            (self.right, (self.list, self.answer)),
            (self.stack, (self.blank, self.right)),
            (self.splitter, (self.text, self.stack)),
        )
        for holder, parts in holders:
            for part in parts:
                holder.addWidget(part)
        for splitter in (self.right, self.splitter):
            splitter.setChildrenCollapsible(False)
            splitter.setHandleWidth(style.M)
        for number, share in enumerate((5, 6)):
            self.right.setStretchFactor(number, share)
        self.splitter.setStretchFactor(1, 1)
        self.right.setSizes([310, 410])
        self.splitter.setSizes([430, 880])
        self.stack.setMinimumWidth(460)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.splitter)

    def _connect(self) -> None:
        box, asking = self.text.box, self.asking
        box.edited.connect(self._follow)
        box.reading_wanted.connect(self.read)
        box.mark_wanted.connect(self.mark)
        box.caret_moved.connect(self._take_caret)
        self.text.file_chosen.connect(self.open_file)
        self.blank.sample_wanted.connect(self.show_sample)
        self.list.chosen.connect(self._choose)
        self.list.status_wanted.connect(self.set_status)
        self.list.remove_wanted.connect(self.remove)
        self.list.undo_wanted.connect(self.undo)
        asking.found.connect(self._take_found)
        asking.coded.connect(self._take_result)
        asking.failed.connect(self._fail)
        asking.changed.connect(lambda: self.list.model.set_coming(bool(asking.waiting)))
        self.candidates.pt_chosen.connect(self._show_pt)
        self._desk.failed.connect(self._fail)
        for panel in (self.list, self.answer):
            panel.copied.connect(self.said)
        self.answer.term_wanted.connect(self.term_wanted)
        shortcut(self, "F3").activated.connect(lambda: self.step(1))
        shortcut(self, "Shift+F3").activated.connect(lambda: self.step(-1))

    def _restore(self, stored: QSettings) -> None:
        for name, splitter in self._splitters():
            state = stored.value(name)
            if isinstance(state, QByteArray):
                splitter.restoreState(state)

    def _splitters(self) -> tuple[tuple[str, QSplitter], ...]:
        return (WIDTHS, self.splitter), (HEIGHTS, self.right), (ANSWER, self.answer.splitter)

    # -- the window ------------------------------------------------------------------------------

    def start(self) -> None:
        """Read the text, unless that was done with what is chosen now."""
        if self._is_stale and self._is_open:
            self._is_stale = False
            self.asking.use(self._choices)
            self._desk.use(self._choices.terminology)
            self.read()

    def set_choices(self, choices: Choices) -> None:
        """Read and code with these from now on."""
        is_same = choices == self._choices and choices.tagger == self._choices.tagger
        if not (self._is_open and is_same):
            self._choices, self._is_open, self._is_stale = choices, True, True
            if self.isVisible():
                self.start()

    def recode(self) -> None:
        """Ask anew for everything: what was answered before would be answered otherwise now."""
        self._is_stale = self._is_open
        if self.isVisible():
            self.start()

    def panes(self) -> list[QWidget]:
        """The parts F6 goes round."""
        if self.stack.currentWidget() is self.blank:
            return [self.text.box]
        return [self.text.box, self.list.table, *self.answer.panes()]

    def stop_asking(self) -> None:
        """Let go of whatever is still asked: the page is going away."""
        self.asking.stop()
        self._desk.show(None)

    def save_layout(self, stored: QSettings) -> None:
        """Remember the splitters, and nothing of the text."""
        for name, splitter in self._splitters():
            stored.setValue(name, splitter.saveState())

    def retranslate(self) -> None:
        """Take over language and colours."""
        for part in (self.text, self.list, self.blank, self.answer):
            part.retranslate()
        self._show()
        self._work.say()

    # -- the text --------------------------------------------------------------------------------

    def show_sample(self) -> None:
        """Put the sample in."""
        self.text.box.replace(sample_narrative())
        self.text.box.setFocus()

    def open_file(self, path: str) -> None:
        """Put the text of a file in."""
        try:
            text = read_narrative(Path(path))
        except CodingToolError as error:
            self._notices.say(NOTICE, "error", sentence(error))
            return
        self._notices.clear(NOTICE)
        self.text.box.replace(text)

    def read(self) -> None:
        """Look for mentions in the text as it is now."""
        text = self.text.box.text
        self._notices.clear(NOTICE)
        self._work.begin()
        if not text.strip():
            self.asking.stop()
            self._take_found((), ())
        elif len(text) > LONGEST:
            said = _("The text is longer than {count} characters: paste one narrative at a time.")
            self._notices.say(NOTICE, "error", said.format(count=f"{LONGEST:,}"))
        elif self._is_open:
            self.asking.read(text)

    def _follow(self, change: Change) -> None:
        self.asking.forget_reading()
        current = self.list.current()
        self.mentions.follow(change, self.text.box.text)
        self._is_read = False
        if self.list.model.move_mentions(self.mentions.shown):
            self.text.box.show_marks(self.mentions.shown, self.list.current())
            self.list.set_can_undo(self.mentions.can_undo)
        else:
            stays = followed(current, change) if current else None
            self._show(stays.start if stays else -1)

    # -- what a person says ----------------------------------------------------------------------

    def mark(self) -> None:
        """Code the selected words as a reaction that occurred."""
        chosen = self.text.box.selection()
        if chosen is not None:
            start, end = chosen
            added = self.mentions.add(start, end, self.text.box.text[start:end])
            self._changed(start)
            self.text.box.go_to(added)

    def set_status(self, status: Status) -> None:
        """Say whether the mention in hand occurred."""
        one = self.list.current()
        if one is not None:
            self.mentions.set_status(one, status)
            self._changed(one.start)

    def remove(self) -> None:
        """Take the mention in hand away and stand on the next one."""
        one, row = self.list.current(), self.list.table.current_row()
        if one is not None:
            self.mentions.remove(one)
            shown = self.mentions.shown
            self._changed(shown[min(row, len(shown) - 1)].start if shown else -1)
            self.said.emit(_("Removed: {text}").format(text=one_line(one.text)))

    def undo(self) -> None:
        """Take back what was said last of a mention."""
        one = self.list.current()
        self.mentions.undo()
        self._changed(one.start if one else -1)

    def step(self, by: int) -> None:
        """Go to the next mention, or to the one before; from the last one to the first."""
        shown = self.mentions.shown
        if shown:
            row = self.list.table.current_row()
            row = (row + by) % len(shown) if row >= 0 else 0
            self.list.table.setCurrentIndex(self.list.model.index(row, 0))

    def _changed(self, start: int) -> None:
        self._show(start)
        self._code()

    # -- what comes from the engine --------------------------------------------------------------

    def _take_found(self, found: tuple[ShownMention, ...], warnings: tuple[str, ...]) -> None:
        self._is_read = True
        self._work.set_warnings(warnings)
        current = self.list.current()
        self.mentions.take_found(found)
        self._changed(current.start if current else -1)

    def _code(self) -> None:
        if self._is_open:
            self.asking.code(self.text.box.text, self.mentions.shown, self.list.current())

    def _take_result(self, result: CodingResult) -> None:
        self.list.show_result(result)
        one = self.list.current()
        if one is not None and one.text == result.mention.text:
            self._show_answer(one)

    def _fail(self, error: CodingToolError) -> None:
        self._notices.say(
            NOTICE, "error", sentence(error), action=_("Try again"), on_action=self.read
        )

    # -- showing ---------------------------------------------------------------------------------

    def _show(self, start: int = -1) -> None:
        """Show all mentions, and stand on the one that begins at a place, else near where one was."""
        shown = self.mentions.shown
        row = self.mentions.index(start)
        if row < 0:
            row = min(self.list.table.current_row(), len(shown) - 1)
        if row < 0:
            row = next((n for n, one in enumerate(shown) if one.status is Status.PRESENT), 0)
        self.list.show_mentions(shown, self.asking.results, row if shown else -1)
        self.list.set_can_undo(self.mentions.can_undo)
        self.text.legend.show_counts(shown)
        has_text = bool(self.text.box.text.strip())
        self.blank.show_state(is_read=has_text and self._is_read)
        if shown:
            self.stack.setCurrentWidget(self.right)
        elif self._is_read or not has_text:  # nothing comes and goes while a text is being read
            self.stack.setCurrentWidget(self.blank)
        self._show_current(shown[row] if shown else None)

    def _choose(self, one: ShownMention | None) -> None:
        self._show_current(one)
        if one is not None:
            self.text.box.go_to(one)

    def _take_caret(self, place: int) -> None:
        one = self.mentions.at(place)
        row = self.mentions.index(one.start) if one else -1
        if one is not None and row != self.list.table.current_row():
            self.list.table.setCurrentIndex(self.list.model.index(row, 0))

    def _show_current(self, one: ShownMention | None) -> None:
        self.text.box.show_marks(self.mentions.shown, one)
        said = f"{one_line(one.text)}: {status_word(one.status)}" if one else ""
        self.text.box.setAccessibleDescription(said)
        self._show_answer(one)

    def _show_answer(self, one: ShownMention | None) -> None:
        if one is None:
            self.candidates.show_result(None, None)
            return
        result = self.asking.results.get(one.text) if one.status is Status.PRESENT else None
        mention = Mention(str(one.start), one_line(one.text))
        self.candidates.show_result(mention, result)
        self.candidates.show_coming(one.text in self.asking.waiting)
        if one.status is not Status.PRESENT:
            self.candidates.show_nothing(_not_coded(one))

    def _show_pt(self, candidate: Candidate | None) -> None:
        self._desk.show(candidate.pt if candidate else None)


def _not_coded(one: ShownMention) -> str:
    """Why there are no candidates, and what to do where the rules are wrong."""
    reason = why(one)
    word = status_word(one.status)
    first = (
        _("Not coded: {status}, {reason}.").format(status=word, reason=reason)
        if reason
        else _("Not coded: {status}.").format(status=word)
    )
    return first + "\n" + _("If it did occur, press P in the list: it is coded then.")
