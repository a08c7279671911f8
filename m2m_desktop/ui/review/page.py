"""Review: accept, change, flag and comment what was coded, phrase by phrase or many at once.

The page wires its parts: the list of phrases (`ReviewList`), the phrase in hand (`ReviewAnswer`,
`ReviewHand`), what the keys do (`ReviewCommands`), and the project (`ReviewDesk`), into which every
decision goes when the key is pressed.
"""

import getpass
from collections.abc import Callable, Sequence
from datetime import datetime

from PySide6.QtCore import QTimer, Signal

from m2m_desktop.core.errors import CodingToolError
from m2m_desktop.core.review import PhraseRow, warnings_of
from m2m_desktop.services.language import _
from m2m_desktop.services.project.project import Project
from m2m_desktop.services.project.records import Actor
from m2m_desktop.ui.choice_bar import Choices
from m2m_desktop.ui.engine_client import EngineClient
from m2m_desktop.ui.messages import sentence
from m2m_desktop.ui.notices import NoticeArea
from m2m_desktop.ui.review.blank import Blank
from m2m_desktop.ui.review.desk import local_now
from m2m_desktop.ui.review.hand import Remembered, answered
from m2m_desktop.ui.review.keys import Command
from m2m_desktop.ui.review.notices import ReviewNotices
from m2m_desktop.ui.review.parts import ReviewParts
from m2m_desktop.ui.review.steps import progress_of

MANY = 2_000
"""From so many phrases on, the page says that it is opening before it reads them."""

STATUS_PAUSE_MS = 40


class ReviewPage(ReviewParts):
    """See the module. ``clock`` gives the time of decisions, with its offset."""

    status_changed = Signal(str)
    """How much is decided, for the status bar."""
    said = Signal(str)
    """What was just done or copied, in a few words."""
    decisions_changed = Signal(list, bool)
    """The `PhraseRow` records that were decided or reopened; whether to remember them."""
    file_wanted = Signal()
    term_wanted = Signal(object, str)
    """Level and code of a term to be shown in the dictionary."""
    project_wanted = Signal()
    texts_wanted = Signal()
    """The file a project without texts was made from is to be opened; then `reload`."""
    export_wanted = Signal()

    def __init__(
        self,
        client: EngineClient,
        notices: NoticeArea,
        *,
        clock: Callable[[], datetime] = local_now,
    ) -> None:
        super().__init__(client, clock)
        self._notices = ReviewNotices(notices)
        self._choices = Choices()
        self._was_done = True
        self.desk.actor = Actor(_account())
        self._status_pause = QTimer(self, singleShot=True, interval=STATUS_PAUSE_MS)
        self._status_pause.timeout.connect(self._say_status)
        self._connect()
        self.retranslate()

    def _connect(self) -> None:
        desk, commands, answer = self.desk, self.commands, self.answer
        table, head, search = self.phrases.table, answer.head, answer.search
        table.row_changed.connect(self._take_in_hand)
        table.accept_wanted.connect(lambda: self.run(Command.ACCEPT))
        self.phrases.bulk_wanted.connect(commands.accept_shown)
        table.selection_changed.connect(self._say_chosen)
        head.command_wanted.connect(self.run)
        head.chips.removed.connect(commands.take_out)
        head.comment_written.connect(commands.write_comment)
        head.whole_wanted.connect(answer.places.stop)
        answer.candidates.toggle_wanted.connect(commands.toggle)
        answer.candidates.accept_wanted.connect(commands.accept_candidate)
        search.wanted.connect(commands.add_found)
        search.looked_at.connect(lambda found: self._terms.look(found.pt_code))
        answer.places.same_wanted.connect(commands.follow_phrase)
        answer.tree.tree.doubleClicked.connect(
            lambda index: commands.add_from_tree(answer.tree.model.tree_term(index))
        )
        desk.refused.connect(head.refuse)
        desk.rows_decided.connect(self._take_decided)
        desk.stepped_back.connect(self._go_back_to)
        desk.unsaved_changed.connect(lambda error: self._notices.say_unsaved(error, desk.try_again))
        self.model.counts_changed.connect(self._status_pause.start)
        self._terms.failed.connect(self._notices.say_terms)
        self.hand.failed.connect(self._show_error)
        self.blank.file_wanted.connect(self.file_wanted)
        self.blank.project_wanted.connect(self.project_wanted)
        self.blank.again_wanted.connect(self.reload)
        for shower in (answer.candidates, answer.tree):
            shower.term_wanted.connect(self.term_wanted)
        for part in (desk.said, commands.said, answer.candidates.copied, answer.tree.copied):
            part.connect(self.said)
        search.copied.connect(self.said)

    # -- the project -----------------------------------------------------------------------------

    def open_project(self, project: Project, choices: Choices) -> None:
        """Show a project. It stays the caller's to close, after `close_project`."""
        is_same = project is self.desk.project
        if not is_same:
            self.close_project()
            self.desk.open(project)
        self._choices = choices
        self.phrases.is_read_only = project.read_only
        info = project.info
        if not is_same:  # who keeps no phrases in the project wants none in the memory either
            self.answer.head.remember_box.setChecked(info.remembers_texts)
        self._notices.say_project(info, self.texts_wanted.emit)
        self.set_choices(choices)
        self.model.threshold = info.run.threshold if info.run else choices.threshold
        if info.phrase_count > MANY and not is_same:
            self.blank.show_blank(Blank.LOADING)
            self.stack.setCurrentWidget(self.blank)
            QTimer.singleShot(0, self, self.reload)
        else:
            self.reload()

    def reload(self) -> None:
        """Read the phrases anew: answers were forgotten, or texts were found."""
        project = self.desk.project
        if project is None:
            return
        try:
            rows = project.phrases()
            info = project.info
        except CodingToolError as error:
            self._show_error(error)
            return
        self._notices.say_project(info, self.texts_wanted.emit)
        self._was_done = True  # said only when it comes about, not when it was so before
        self.model.set_rows(rows)
        if not rows:
            self.blank.show_blank(Blank.NO_PHRASES)
        self.stack.setCurrentWidget(self.splitter if rows else self.blank)
        self._say_status()
        if rows:
            self.phrases.table.setFocus()

    def close_project(self) -> None:
        """Show that no project is open."""
        self.answer.head.keep_comment()
        self._notices.clear()
        self.desk.open(None)
        self.model.set_rows(())
        self.phrases.show_all()
        self.blank.show_blank(Blank.NO_PROJECT)
        self.stack.setCurrentWidget(self.blank)
        self.status_changed.emit("")

    def set_choices(self, choices: Choices) -> None:
        """Search in this terminology, unless the project was coded with another one."""
        self._choices = choices
        info = self.desk.project.info if self.desk.project is not None else None
        terminology = info.release.terminology_id if info and info.release else choices.terminology
        self._terms.use(terminology)
        self.answer.search.terminology = terminology

    def set_reviewer(self, name: str) -> None:
        """Write this name beside the decisions from now on; empty: the account of the system."""
        self.desk.actor = Actor(_account(), name.strip())

    def set_remembered(self, remembered: Remembered) -> None:
        """Warn where the memory holds other terms for a phrase."""
        self.hand.remembered = remembered
        self.model.warn_by(lambda row: bool(warnings_of(row, remembered(row.text))))

    def answers_arrived(self, phrase_ids: Sequence[int]) -> None:
        """Fill in answers that were just stored; nothing moves, nothing chosen changes."""
        project = self.desk.project
        if project is None:
            return
        rows = []
        try:
            for phrase_id in phrase_ids:
                row, told = self.model.by_id(phrase_id), project.answer(phrase_id)
                if row is not None and told is not None:
                    self.model.threshold = float(told["run"]["threshold"])
                    rows.append(answered(row, told))
        except CodingToolError as error:
            self._show_error(error)
            return
        self.model.renew(rows)
        self._refresh_hand()

    @property
    def has_unsaved(self) -> bool:
        """Whether decisions are on the screen that could not be saved."""
        return self.desk.has_unsaved

    def _show_error(self, error: CodingToolError) -> None:
        self.blank.show_blank(Blank.ERROR, sentence(error))
        self.stack.setCurrentWidget(self.blank)

    # -- decisions -------------------------------------------------------------------------------

    def run(self, command: Command, number: int = 0) -> None:
        """Do what a key or a button says."""
        if command in WINDOW_COMMANDS:
            WINDOW_COMMANDS[command](self)
        elif self.desk.project is not None:
            self.commands.run(command, number)

    def _take_in_hand(self, row: PhraseRow | None) -> None:
        self.answer.head.keep_comment()
        self.hand.take(row)

    def _take_decided(self, rows: list[PhraseRow]) -> None:
        self._refresh_hand()
        self.decisions_changed.emit(rows, self.answer.head.remember_box.isChecked())

    def _refresh_hand(self) -> None:
        row = self.hand.row
        if row is not None:
            self.hand.take(self.model.by_id(row.phrase_id))

    def _go_back_to(self, phrase_ids: list[int]) -> None:
        """Show what an undo changed, unless several phrases were changed and one of them is shown."""
        in_hand = self.hand.row
        if phrase_ids and (in_hand is None or in_hand.phrase_id not in phrase_ids):
            self.phrases.table.go_to_phrase(phrase_ids[0])

    def _say_chosen(self) -> None:
        count = self.phrases.table.chosen_count()
        if not self.hand.only():
            text = _("Keys and buttons hold for the {count} chosen phrases.")
            self.answer.head.say_scope(text.format(count=f"{count:,}") if count > 1 else "")

    def _say_status(self) -> None:
        if self.desk.project is None:
            return
        decided, phrases, decided_rows, rows = progress_of(self.model.everything())
        text = _("Decided: {phrases} % of phrases ({done} of {total}) · {rows} % of rows")
        self.status_changed.emit(
            text.format(
                phrases=_percent(decided, phrases),
                done=f"{decided:,}",
                total=f"{phrases:,}",
                rows=_percent(decided_rows, rows),
            )
        )
        is_done = bool(phrases) and decided == phrases
        if is_done != self._was_done:
            self._notices.say_done(phrases if is_done else 0, self.export_wanted.emit)
        self._was_done = is_done

    def retranslate(self) -> None:
        """Take over language and colours."""
        self.blank.retranslate()
        self.phrases.retranslate()
        self.answer.retranslate()
        self.keyboard.retranslate()
        self._refresh_hand()
        self._say_status()


WINDOW_COMMANDS: dict[Command, Callable[[ReviewPage], None]] = {
    Command.NEXT_PANE: lambda page: page.go_pane(1),
    Command.PREVIOUS_PANE: lambda page: page.go_pane(-1),
    Command.BACK: ReviewPage.back_to_table,
    Command.KEYS: ReviewPage.show_keys,
    Command.EXPORT: lambda page: page.export_wanted.emit(),
}
"""Keys of the window that the page has an answer to; the window makes the keys themselves."""


def _percent(part: int, whole: int) -> int:
    """Rounded down: 100 only where nothing is left."""
    return 100 * part // whole if whole else 0


def _account() -> str:
    try:
        return getpass.getuser()
    except (OSError, KeyError, ImportError):  # no account name: some services and containers
        return ""
