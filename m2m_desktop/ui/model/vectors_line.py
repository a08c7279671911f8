"""What is said of an encoder's vectors of the terminology in use: asked once, watched while made."""

from PySide6.QtCore import QObject, Signal

from m2m_desktop.services.model_kinds import ENCODER
from m2m_desktop.ui.engine_client import EngineClient
from m2m_desktop.ui.engine_protocol import Json
from m2m_desktop.ui.model.protocol import ModelCard
from m2m_desktop.ui.model.requests import Requests
from m2m_desktop.ui.model.uses import InUse
from m2m_desktop.ui.model.words import vectors_text


class VectorsLine(QObject):
    """Asks the engine about one encoder at a time; the page shows what it says."""

    changed = Signal()

    def __init__(self, client: EngineClient, parent: QObject) -> None:
        super().__init__(parent)
        self._client, self._requests = client, Requests(client)
        self._shown: ModelCard | None = None
        self._in_use = InUse()
        self._states: dict[str, str] = {}
        self._percent: int | None = None
        client.state_changed.connect(self._watch)

    @property
    def can_compute(self) -> bool:
        """Whether there is anything to compute."""
        return self._state() in {"missing", "quick"}

    def text(self) -> str:
        """The sentence; empty where the model is no encoder, or nothing is known yet."""
        return vectors_text(self._state(), self._in_use.title, self._percent_of_shown())

    def look_at(self, shown: ModelCard, in_use: InUse) -> None:
        """Show this model from now on."""
        self._shown, self._in_use = shown, in_use
        is_encoder = shown.kind == ENCODER and not shown.problem and bool(in_use.terminology)
        if not is_encoder:
            self._shown = None
        elif shown.model_id not in self._states and not self._requests.is_busy:
            self._ask(shown.model_id)

    def forget(self) -> None:
        """Something was computed: ask again."""
        self._states.clear()

    def close(self) -> None:
        """Wait for nothing any more."""
        self._requests.close()

    def _ask(self, model_id: str) -> None:
        def take(told: Json) -> None:
            self._states[model_id] = str(told.get("state") or "")
            shown = self._shown
            if shown is not None and shown.model_id not in self._states:
                self._ask(shown.model_id)
            self.changed.emit()

        def fail(_error: object) -> None:  # said where the encoder is used
            self._states[model_id] = ""

        params = {"terminology": self._in_use.terminology, "encoder": model_id}
        self._requests.ask("vector_state", params, take, fail)

    def _state(self) -> str:
        return self._states.get(self._shown.model_id, "") if self._shown else ""

    def _percent_of_shown(self) -> int | None:
        """Spare time goes into the encoder in use."""
        is_used = self._shown is not None and self._shown.model_id == self._in_use.encoder
        return self._percent if is_used else None

    def _watch(self) -> None:
        spare, before = self._client.spare, self._percent
        self._percent = None if spare is None else 100 * spare.done // spare.total
        if before is not None and self._percent is None:
            self.forget()
            if self._shown is not None:
                self._ask(self._shown.model_id)
        if before != self._percent:
            self.changed.emit()
