"""Has the engine prepare what a search needs beside the names, in slices between the keystrokes.

Pinyin and likeness take seconds when a release is used for the first time. A slice is so short that
a search which comes meanwhile hardly waits for it, and while somebody types there is none.
"""

from PySide6.QtCore import QObject, QTimer, Signal

from m2m_desktop.core.errors import CodingToolError
from m2m_desktop.ui.engine_client import EngineClient
from m2m_desktop.ui.engine_protocol import Json

SLICE_MS = 30
BETWEEN_MS, AFTER_TYPING_MS = 5, 400


class Warming(QObject):
    """Works until all is ready, then says so once."""

    ready = Signal()

    def __init__(self, client: EngineClient, parent: QObject) -> None:
        super().__init__(parent)
        self._client, self._terminology = client, ""
        self._turn = 0
        self._is_wanted = self._is_asking = False
        self._pause = QTimer(self, singleShot=True)
        self._pause.timeout.connect(self._ask)

    @property
    def is_done(self) -> bool:
        """Whether nothing is left to prepare."""
        return not self._is_wanted

    def start(self, terminology: str) -> None:
        """Prepare this terminology; what was going on for another one ends."""
        self._terminology = terminology
        self._turn += 1
        self._is_wanted, self._is_asking = True, False
        self._pause.start(AFTER_TYPING_MS)

    def stop(self) -> None:
        """End it."""
        self._turn += 1
        self._is_wanted = self._is_asking = False
        self._pause.stop()

    def wait(self) -> None:
        """Somebody types: go on a while later."""
        if self._is_wanted:
            self._pause.start(AFTER_TYPING_MS)

    def _ask(self) -> None:
        if not self._is_wanted or self._is_asking:
            return
        self._is_asking = True
        turn = self._turn
        params = {"terminology": self._terminology, "slice_ms": SLICE_MS}

        def take(told: Json) -> None:
            if turn != self._turn:
                return
            self._is_asking = False
            if told.get("ready", True):
                self._is_wanted = False
                self.ready.emit()
            elif not self._pause.isActive():
                self._pause.start(BETWEEN_MS)

        def fail(_error: CodingToolError) -> None:
            # a search goes without, and says why where it cannot
            if turn == self._turn:
                self.stop()

        self._client.request("dictionary_warm", params, on_answer=take, on_error=fail)
