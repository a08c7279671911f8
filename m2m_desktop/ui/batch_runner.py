"""Codes the phrases of a project through the engine, a few at a time, while people already review.

The state of the work is the project itself: what has an answer is done. So a pause, a closed
window or a crash loses at most the few phrases in hand.
"""

from time import monotonic

from PySide6.QtCore import QObject, QTimer, Signal

from m2m_desktop.core.errors import Cancelled, CodingToolError, EngineCrashed
from m2m_desktop.core.pace import Pace
from m2m_desktop.services.project.project import Project
from m2m_desktop.ui.choice_bar import Choices
from m2m_desktop.ui.engine_client import EngineClient, EngineState
from m2m_desktop.ui.engine_protocol import Json

ASKED_AT_ONCE = 16
STORED_AT_ONCE = 4
"""So many answers take a few milliseconds of the window's time."""
GATHERED_MS = 200
"""Answers of this time are stored together: each time the table is drawn anew."""
KEPT_CANDIDATES = 20
"""A project keeps no more of an answer; the rest need not be sent."""
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
        self._in_hand: set[int] = set()
        self._arrived: dict[int, Json] = {}
        self._is_answered = False
        self._soon = QTimer(self, singleShot=True)
        self._soon.timeout.connect(self._store_some)
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
        self._halt()

    def _halt(self) -> None:
        self._request_id = 0
        self._turn += 1
        self._soon.stop()
        self._arrived.clear()
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
        self._in_hand = {phrase_id for phrase_id, _text in asked}
        self._arrived.clear()
        self._is_answered = False

        def take(told: Json) -> None:
            # an engine that was started again answers some of them twice
            if turn == self._turn and int(told["mention_id"]) in self._in_hand:
                self._arrived[int(told["mention_id"])] = told
                if not self._soon.isActive():
                    self._soon.start(GATHERED_MS)

        def finish(_told: Json) -> None:
            if turn == self._turn:
                self._is_answered = True
                self._soon.start(0)

        def fail(error: CodingToolError) -> None:
            if turn == self._turn:
                self._fail(error)

        self._request_id = self._client.request(
            "code",
            {
                "mentions": [{"mention_id": str(n), "text": text} for n, text in asked],
                "terminology": self._choices.terminology,
                "model": self._choices.model,
                "mode": self._choices.mode,
                "threshold": self._choices.threshold,
                "encoder": self._choices.encoder,
                "scores_exact": False,
                "candidates": KEPT_CANDIDATES,
            },
            on_partial=take,
            on_answer=finish,
            on_error=fail,
            on_progress=lambda done, total, note: self.noted.emit(done, total, note),
        )
        self.state_changed.emit()

    def _store_some(self) -> None:
        """Store a few answers, and let the window breathe before the next."""
        group = {n: self._arrived.pop(n) for n in list(self._arrived)[:STORED_AT_ONCE]}
        if group and not self._store(group):
            return
        if self._arrived:
            self._soon.start(0)
        elif self._is_answered:
            self._go_on()

    def _store(self, group: dict[int, Json]) -> bool:
        assert self._project is not None
        run = dict(next(iter(group.values()))["run"])
        try:
            self._project.store_answers(run, [(n, dict(told)) for n, told in group.items()])
        except CodingToolError as error:
            self._stop(error)
            return False
        self._skipped_in_a_row = 0
        self._pass(set(group))
        self.answered.emit(list(group))
        return True

    def _pass(self, ids: set[int]) -> None:
        """These need not be asked any more."""
        head = len(self._in_hand)
        self._waiting[:head] = [one for one in self._waiting[:head] if one[0] not in ids]
        self._in_hand -= ids
        self._singly = max(self._singly - len(ids), 0)
        done = self._total - len(self._waiting)
        self.pace.mark(monotonic(), done)
        self.progressed.emit(done, self._total)

    def _go_on(self) -> None:
        self._request_id = 0
        if self._in_hand:  # what got no answer would be asked for ever
            self._pass(set(self._in_hand))
        if self._waiting:
            self._ask()
        else:
            self.state_changed.emit()

    def _fail(self, error: CodingToolError) -> None:
        """An engine that ended twice over the same phrases: find the one, and leave it out."""
        if self._arrived and not self._store(dict(self._arrived)):
            return
        self._arrived.clear()
        self._request_id = 0
        if error.code != EngineCrashed.code or self._client.state is EngineState.STOPPED:
            self._stop(error)
        elif len(self._in_hand) > 1:
            self._singly = len(self._in_hand)
            self._ask()
        elif self._skipped_in_a_row >= SKIPPED_AT_MOST:
            self._stop(error)
        else:
            if self._in_hand:
                self._skipped += 1
                self._skipped_in_a_row += 1
                self.skipped.emit(self._skipped)
            self._go_on()

    def _stop(self, error: CodingToolError) -> None:
        self._halt()
        if not isinstance(error, Cancelled):
            self.failed.emit(error)
