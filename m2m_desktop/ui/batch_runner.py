"""Codes the phrases of a project through the engine, a few at a time, while people already review.

The state of the work is the project itself: what has an answer is done. So a pause, a closed
window or a crash loses at most the few phrases in hand.
"""

from time import monotonic

from PySide6.QtCore import QObject, Signal

from m2m_desktop.core.errors import Cancelled, CodingToolError, EngineCrashed
from m2m_desktop.core.pace import Pace
from m2m_desktop.services.project.project import Project
from m2m_desktop.ui.choice_bar import Choices
from m2m_desktop.ui.engine_client import EngineClient, EngineState
from m2m_desktop.ui.engine_protocol import Json

ASKED_AT_ONCE = 16
SKIPPED_AT_MOST = 3
"""So many phrases in a row that end the engine, and coding stops: it is not the phrases."""


class BatchRunner(QObject):
    """Asks for what a project lacks, stores it, and says how far it is."""

    progressed = Signal(int, int)
    """Phrases that have an answer, of all that need one."""
    answered = Signal(list)
    """Ids of the phrases that just got an answer."""
    skipped = Signal(int)
    """How many phrases have been left out so far, because the engine ends whenever it meets them."""
    state_changed = Signal()
    failed = Signal(object)
    """Carries the `CodingToolError`; the runner is paused then."""
    noted = Signal(int, int, str)
    """What the engine prepares first, as `Progress` has it."""

    def __init__(self, client: EngineClient, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._client = client
        self._project: Project | None = None
        self._choices = Choices()
        self._waiting: list[tuple[int, str]] = []
        self._total = 0
        self._request_id = 0
        self._turn = 0
        self._singly = 0
        self._skipped_in_a_row = self._skipped = 0
        self.pace = Pace()

    @property
    def is_running(self) -> bool:
        """Whether an answer is awaited."""
        return self._request_id != 0

    @property
    def remaining(self) -> int:
        """How many phrases have no answer yet."""
        return len(self._waiting)

    @property
    def total(self) -> int:
        """How many phrases need an answer in all."""
        return self._total

    def take(self, project: Project | None) -> None:
        """Work for this project from now on; nothing starts by itself."""
        self.pause()
        self._project = project
        self._waiting = project.unanswered() if project and not project.read_only else []
        info = project.info if project else None
        self._total = info.reaction_phrase_count if info else 0
        self._singly = self._skipped = self._skipped_in_a_row = 0
        self.state_changed.emit()

    def run(self, choices: Choices) -> None:
        """Go on with what has no answer; nothing happens where there is nothing to do."""
        if self.is_running or not self._waiting or self._project is None:
            return
        self._choices = choices
        self._skipped_in_a_row = 0
        self.pace = Pace()
        self.pace.mark(monotonic(), self._total - len(self._waiting))
        self._ask()

    def pause(self) -> None:
        """Stop after what was stored; what the engine has in hand is dropped."""
        if self._request_id:
            self._client.cancel(self._request_id)
        self._request_id = 0
        self._turn += 1
        self.state_changed.emit()

    def begin_again(self, choices: Choices) -> None:
        """Forget the answers and code everything anew; decisions stay as they are.

        Raises what `Project.forget_answers` raises; the runner is paused then.
        """
        if self._project is None:
            return
        project = self._project
        self.pause()
        project.forget_answers()
        self.take(project)
        self.run(choices)

    def _ask(self) -> None:
        asked = self._waiting[: 1 if self._singly else ASKED_AT_ONCE]
        turn = self._turn
        got: dict[int, Json] = {}  # an engine that was started again answers some of them twice
        ids = {str(phrase_id) for phrase_id, _text in asked}

        def take(told: Json) -> None:
            if turn == self._turn and str(told.get("mention_id")) in ids:
                got[int(told["mention_id"])] = told

        def go_on(_told: Json) -> None:
            if turn == self._turn:
                self._store(got, len(asked))

        def fail(error: CodingToolError) -> None:
            if turn == self._turn:
                self._fail(error, len(asked))

        self._request_id = self._client.request(
            "code",
            {
                "mentions": [{"mention_id": str(n), "text": text} for n, text in asked],
                "terminology": self._choices.terminology,
                "model": self._choices.model,
                "mode": self._choices.mode,
                "threshold": self._choices.threshold,
                "scores_exact": False,
            },
            on_partial=take,
            on_answer=go_on,
            on_error=fail,
            on_progress=lambda done, total, note: self.noted.emit(done, total, note),
        )
        self.state_changed.emit()

    def _store(self, got: dict[int, Json], asked: int) -> None:
        self._request_id = 0
        assert self._project is not None
        if got:
            run = dict(next(iter(got.values()))["run"])
            try:
                self._project.store_answers(run, [(n, dict(told)) for n, told in got.items()])
            except CodingToolError as error:
                self._stop(error)
                return
        self._skipped_in_a_row = 0
        self._pass(asked)
        self.answered.emit(list(got))
        self._go_on()

    def _pass(self, asked: int) -> None:
        """These are done. What got no answer is too: it would be asked for ever."""
        del self._waiting[:asked]
        self._singly = max(self._singly - asked, 0)
        done = self._total - len(self._waiting)
        self.pace.mark(monotonic(), done)
        self.progressed.emit(done, self._total)

    def _go_on(self) -> None:
        if self._waiting:
            self._ask()
        else:
            self.state_changed.emit()

    def _fail(self, error: CodingToolError, asked: int) -> None:
        """An engine that ended twice over the same phrases: find the one, and leave it out."""
        self._request_id = 0
        is_crash = error.code == EngineCrashed.code
        if not is_crash or self._client.state is EngineState.STOPPED:
            self._stop(error)
        elif asked > 1:
            self._singly = asked
            self._ask()
        elif self._skipped_in_a_row >= SKIPPED_AT_MOST:
            self._stop(error)
        else:
            self._skipped += 1
            self._skipped_in_a_row += 1
            self._pass(asked)
            self.skipped.emit(self._skipped)
            self._go_on()

    def _stop(self, error: CodingToolError) -> None:
        self._request_id = 0
        self._turn += 1
        self.state_changed.emit()
        if not isinstance(error, Cancelled):
            self.failed.emit(error)
