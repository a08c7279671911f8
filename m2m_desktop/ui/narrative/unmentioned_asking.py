"""Asks the engine to hold narratives against a project, and hands on what comes in small heaps."""

from collections.abc import Mapping
from typing import Any

from PySide6.QtCore import QObject, QTimer, Signal

from m2m_desktop.core.errors import CodingToolError
from m2m_desktop.ui.engine_client import EngineClient
from m2m_desktop.ui.engine_protocol import Json
from m2m_desktop.ui.narrative.unmentioned_records import Finding, Proposal, finding_from_json

PAUSE_MS = 60
"""Between two heaps: the table takes many rows at once more easily than one after the other."""


class UnmentionedAsking(QObject):
    """One check; after `close` nothing is said any more."""

    opened = Signal(list)
    """What is to be said of what finds the mentions."""
    arrived = Signal(list)
    """`Finding` records, in the order of the file."""
    progressed = Signal(int, int)
    ended = Signal(object)
    """None, or the `CodingToolError` that ended it."""

    def __init__(self, client: EngineClient, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._client = client
        self._request_id = 0
        self._is_closed = False
        self._waiting: list[Finding] = []
        self._known: dict[str, Proposal] = {}
        self._timer = QTimer(self, interval=PAUSE_MS)
        self._timer.timeout.connect(self._hand_on)

    @property
    def is_busy(self) -> bool:
        """Whether it has not ended."""
        return self._request_id != 0

    def ask(self, params: Mapping[str, Any]) -> None:
        """Begin."""
        self._timer.start()
        self._request_id = self._client.request(
            "narrative_check",
            {**params, "details": True},
            on_answer=lambda _told: self._end(None),
            on_error=self._end,
            on_partial=self._take,
            on_progress=self._progressed,
        )

    def cancel(self) -> None:
        """Stop; what has come so far stays, and it ends with `Cancelled`."""
        if self._request_id:
            self._client.cancel(self._request_id)

    def close(self) -> None:
        """Stop and say nothing any more."""
        self.cancel()
        self._is_closed = True
        self._timer.stop()

    def _take(self, told: Json) -> None:
        if self._is_closed:
            return
        if "warnings" in told:
            self.opened.emit([str(one) for one in told["warnings"]])
        else:
            self._waiting.append(finding_from_json(told, self._known))

    def _progressed(self, done: int, total: int, _note: str) -> None:
        if not self._is_closed:
            self.progressed.emit(done, total)

    def _hand_on(self) -> None:
        if self._waiting:
            found, self._waiting = self._waiting, []
            self.arrived.emit(found)

    def _end(self, error: CodingToolError | None) -> None:
        self._request_id = 0
        self._timer.stop()
        if not self._is_closed:
            self._hand_on()
            self.ended.emit(error)
