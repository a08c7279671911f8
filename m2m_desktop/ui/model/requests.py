"""One question at a time to the engine, from a page that may be closed before the answer comes."""

from collections.abc import Callable, Mapping

from m2m_desktop.core.errors import CodingToolError
from m2m_desktop.ui.engine_client import EngineClient
from m2m_desktop.ui.engine_protocol import Json


class Requests:
    """Asks for its owner; after `close`, or after a newer question, nothing is called any more."""

    def __init__(self, client: EngineClient) -> None:
        self._client = client
        self._request_id = 0
        self._turn = 0

    @property
    def is_busy(self) -> bool:
        """Whether an answer is awaited."""
        return self._request_id != 0

    def ask(
        self,
        method: str,
        params: Mapping[str, object],
        on_answer: Callable[[Json], None],
        on_error: Callable[[CodingToolError], None],
        on_progress: Callable[[int, int, str], None] | None = None,
    ) -> None:
        """Ask the engine; an older question of this owner is called off and forgotten."""
        self.close()
        turn = self._turn

        def answered(told: Json) -> None:
            if turn == self._turn:
                self._request_id = 0
                on_answer(told)

        def failed(error: CodingToolError) -> None:
            if turn == self._turn:
                self._request_id = 0
                on_error(error)

        def progressed(done: int, total: int, note: str) -> None:
            if turn == self._turn and on_progress is not None:
                on_progress(done, total, note)

        self._request_id = self._client.request(
            method, params, on_answer=answered, on_error=failed, on_progress=progressed
        )

    def cancel(self) -> None:
        """Call the question off; it ends with `Cancelled`, or with its answer if it had one."""
        if self._request_id:
            self._client.cancel(self._request_id)

    def close(self) -> None:
        """Call the question off and forget it: its callbacks are not called any more."""
        self.cancel()
        self._request_id = 0
        self._turn += 1
