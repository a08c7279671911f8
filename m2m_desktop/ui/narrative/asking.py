"""Asks the engine for the mentions of a narrative, and for the PTs of those that occurred."""

from collections.abc import Sequence

from PySide6.QtCore import QObject, Signal

from m2m_desktop.core.errors import Cancelled, CodingToolError
from m2m_desktop.core.records import CodingResult
from m2m_desktop.services.language import _
from m2m_desktop.ui.choice_bar import Choices
from m2m_desktop.ui.engine_client import EngineClient
from m2m_desktop.ui.engine_protocol import Json, result_from_json
from m2m_desktop.ui.model.requests import Requests
from m2m_desktop.ui.narrative.records import ShownMention, Status, mentions_from_json

ASKED_AT_ONCE = 16
"""So few at a time that other questions are answered in between."""


class NarrativeAsking(QObject):
    """Keeps the answers by the text of the mention: equal mentions are asked for once."""

    found = Signal(object, object)
    """The `ShownMention`s of the text that was asked about last, and sentences about the reading."""
    coded = Signal(object)
    """A `CodingResult`; it is in `results`, too."""
    failed = Signal(object)
    """The `CodingToolError`; never `Cancelled`."""
    progressed = Signal(int, int, str)
    changed = Signal()
    """Something was asked or came to an end."""

    def __init__(self, client: EngineClient, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._client, self._reads = client, Requests(client)
        self._choices = Choices()
        self._turn = self._request = 0
        self._waiting: dict[str, ShownMention] = {}
        self.results: dict[str, CodingResult] = {}

    @property
    def is_reading(self) -> bool:
        """Whether mentions are being looked for."""
        return self._reads.is_busy

    @property
    def waiting(self) -> frozenset[str]:
        """The mentions whose answers are awaited."""
        return frozenset(self._waiting)

    def use(self, choices: Choices) -> None:
        """Ask with these from now on; what was answered with others is forgotten."""
        self.stop()
        self._choices = choices
        self.results.clear()

    def stop(self) -> None:
        """Let go of whatever is asked."""
        self._reads.close()
        self._stop_coding()
        self.changed.emit()

    # -- reading ---------------------------------------------------------------------------------

    def read(self, text: str) -> None:
        """Ask for the mentions of a text; an older question is given up."""

        def take(told: Json) -> None:
            self.found.emit(mentions_from_json(told), self._how(told))
            self.changed.emit()

        self._reads.ask(
            "narrative_read",
            {
                "text": text,
                "terminology": self._choices.terminology,
            },
            take,
            self._fail,
            self.progressed.emit,
        )
        self.changed.emit()

    def _how(self, told: Json) -> tuple[str, ...]:
        """Sentences about how the text was read: by which model, or why by none."""
        warnings = tuple(map(str, told.get("warnings", ())))
        model = str(told.get("model_id") or "")
        if model:
            name = self._choices.names.get(model, model)
            return (_("Mentions were found by names and by {model}.").format(model=name), *warnings)
        return warnings or (_("Mentions were looked up by names, as chosen under Models."),)

    def forget_reading(self) -> None:
        """The text is another one now: what is found in the old one is of no use."""
        if self.is_reading:
            self._reads.close()
            self.changed.emit()

    # -- coding ----------------------------------------------------------------------------------

    def code(
        self, text: str, mentions: Sequence[ShownMention], in_hand: ShownMention | None
    ) -> None:
        """Ask for what occurred and has no final answer yet, the one in hand first."""
        missing = {
            one.text: one
            for one in reversed(mentions)  # of equal ones the first
            if one.status is Status.PRESENT and not self._has_final(one.text)
        }
        if missing.keys() == self._waiting.keys():
            return
        self._stop_coding()
        self._waiting = missing
        self._ask_next(text, in_hand.text if in_hand else "")
        self.changed.emit()

    def _has_final(self, text: str) -> bool:
        result = self.results.get(text)
        return result is not None and result.is_final

    def _ask_next(self, text: str, first: str) -> None:
        order = sorted(self._waiting.values(), key=lambda one: (one.text != first, one.start))
        asked = order[:ASKED_AT_ONCE]
        if not asked:
            return
        turn = self._turn

        def take(told: Json) -> None:
            if turn == self._turn:
                self._take(result_from_json(told))

        def go_on(_told: Json) -> None:
            if turn == self._turn:
                for one in asked:  # also what got no final answer: it would be asked for ever
                    self._waiting.pop(one.text, None)
                self._request = 0
                self._ask_next(text, first)
                self.changed.emit()

        def fail(error: CodingToolError) -> None:
            if turn == self._turn:
                self._request = 0
                self._waiting.clear()
                self._fail(error)

        def progress(done: int, total: int, note: str) -> None:
            if turn == self._turn:
                self.progressed.emit(done, total, note)

        self._request = self._client.request(
            "narrative_code",
            {
                "text": text,
                "mentions": [{"start": one.start, "end": one.end} for one in asked],
                "terminology": self._choices.terminology,
                "model": self._choices.model,
                "mode": self._choices.mode,
                "threshold": self._choices.threshold,
                "encoder": self._choices.encoder,
                "first_answers": True,
                "second_names": True,
            },
            on_partial=take,
            on_answer=go_on,
            on_error=fail,
            on_progress=progress,
        )

    def _take(self, result: CodingResult) -> None:
        text = result.mention.text
        if result.is_final or not self._has_final(text):
            self.results[text] = result
            self.coded.emit(result)

    def _stop_coding(self) -> None:
        self._turn += 1
        if self._request:
            self._client.cancel(self._request)
        self._request = 0
        self._waiting = {}

    def _fail(self, error: CodingToolError) -> None:
        if not isinstance(error, Cancelled):
            self.failed.emit(error)
        self.changed.emit()
