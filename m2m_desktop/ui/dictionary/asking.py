"""Asks the engine for hits: one question at a time, the newest wins."""

from dataclasses import dataclass, replace

from PySide6.QtCore import QObject, Signal

from m2m_desktop.core.errors import Cancelled, CodingToolError
from m2m_desktop.ui.dictionary.protocol import Found, Target, found_from_json
from m2m_desktop.ui.dictionary.query import FIRST_LIMIT, Query
from m2m_desktop.ui.dictionary.warming import Warming
from m2m_desktop.ui.engine_client import EngineClient
from m2m_desktop.ui.engine_protocol import Json

NO_HITS = Found((), 0)


@dataclass(frozen=True, slots=True)
class Question:
    """A search, how many hits of each group are wanted, and where to stand in the answer.

    ``takes_first``: on the first hit; else on ``target`` where it is among the hits, or where one
    stood before.
    """

    query: Query
    limit: int = FIRST_LIMIT
    takes_first: bool = True
    target: Target | None = None


class Asking(QObject):
    """Knows what was asked for last, and hands out its answer."""

    answered = Signal(object, object)
    """The `Question` and what was `Found`; nothing at all where it has no text."""
    failed = Signal(object)
    """The `CodingToolError`."""

    def __init__(self, client: EngineClient, parent: QObject) -> None:
        super().__init__(parent)
        self._client, self._terminology = client, ""
        self._turn = 0
        self._is_partial = False
        self.is_waiting = False
        self.question = Question(Query())
        self.warming = Warming(client, self)
        self.warming.ready.connect(self._complete)

    @property
    def query(self) -> Query:
        """What was asked for last."""
        return self.question.query

    def set_terminology(self, terminology: str) -> None:
        """Search in this one from now on; nothing is looked for until somebody asks."""
        self._terminology = terminology
        self.warming.stop()
        self.ask(Question(Query()))

    def warm(self) -> None:
        """Have prepared what searches need."""
        self.warming.start(self._terminology)

    def ask(self, question: Question) -> None:
        """Ask; an older question that is not answered yet is given up."""
        self.warming.wait()
        self.question = question
        self._turn += 1
        turn = self._turn
        self.is_waiting = bool(question.query.text)
        if not self.is_waiting:
            self.answered.emit(question, NO_HITS)
            return

        def take(told: Json) -> None:
            if turn == self._turn:
                found = found_from_json(told)
                self.is_waiting, self._is_partial = False, found.is_partial
                self.answered.emit(self.question, found)

        def fail(error: CodingToolError) -> None:
            if turn == self._turn and not isinstance(error, Cancelled):
                self.is_waiting = False
                self.failed.emit(error)

        self._client.request(
            "dictionary_search",
            question.query.params(self._terminology, question.limit),
            on_answer=take,
            on_error=fail,
            supersedes=True,
        )

    def stay_at(self, target: Target) -> None:
        """Somebody looks at a term meanwhile: an answer that comes leads away from it no more."""
        self.question = replace(self.question, takes_first=False, target=target)

    def _complete(self) -> None:
        """Now that all is prepared, ask again for what could not be found before."""
        if self._is_partial and self.query.text:
            self.ask(Question(self.query, self.question.limit, takes_first=False))
