"""Fetches the list of changes page by page, as the table comes to them."""

from collections.abc import Iterable, Mapping

from PySide6.QtCore import QObject, Signal

from m2m_desktop.core.errors import CodingToolError
from m2m_desktop.ui.engine_client import EngineClient
from m2m_desktop.ui.engine_protocol import Json
from m2m_desktop.ui.model.requests import Requests
from m2m_desktop.ui.versions.changes_model import PAGE, ChangesModel
from m2m_desktop.ui.versions.records import changes_from_json

METHOD = "versions_changes"


class ChangesPages(QObject):
    """Fills a model. Answers that belong to a former list are dropped."""

    begun = Signal()
    """Another list is shown."""
    filled = Signal()
    """A page has come."""
    failed = Signal(object)
    """The `CodingToolError` that kept a page from coming."""

    def __init__(self, client: EngineClient, model: ChangesModel, parent: QObject) -> None:
        super().__init__(parent)
        self._client, self._model = client, model
        self._first = Requests(client)
        self._params: Mapping[str, object] = {}
        self._pending: set[int] = set()
        self._turn = 0

    def begin(self, params: Mapping[str, object]) -> None:
        """Ask for another list; the former one is shown until it is here."""
        self._forget_pages()
        self._params = params
        asked = {**params, "offset": 0, "limit": PAGE}
        self._first.ask(METHOD, asked, self._take_first, self.failed.emit)

    def forget(self) -> None:
        """Show nothing, and ask for nothing any more."""
        self._forget_pages()
        self._first.close()
        self._model.begin(0, ())

    def _forget_pages(self) -> None:
        self._turn += 1
        self._pending.clear()

    def _take_first(self, told: Json) -> None:
        self._model.begin(int(told["total"]), changes_from_json(told["changes"]))
        self.begun.emit()

    def fetch(self, rows: Iterable[int]) -> bool:
        """Ask for the pages of these rows that are not here; whether there are any."""
        missing = self._model.missing(rows)
        for number in missing:
            if number not in self._pending:
                self._ask(number)
        return bool(missing)

    def _ask(self, number: int) -> None:
        self._pending.add(number)
        turn = self._turn

        def take(told: Json) -> None:
            if turn == self._turn:
                self._pending.discard(number)
                self._model.take_page(number, changes_from_json(told["changes"]))
                self.filled.emit()

        def fail(error: CodingToolError) -> None:
            if turn == self._turn:
                self._pending.discard(number)
                self.failed.emit(error)

        params = {**self._params, "offset": number * PAGE, "limit": PAGE}
        self._client.request(METHOD, params, on_answer=take, on_error=fail)
