"""At every start: whether files of the program are missing or cut, as a notice in the window."""

from collections.abc import Callable

from m2m_desktop.services.language import _, current_language
from m2m_desktop.ui.engine_client import EngineClient
from m2m_desktop.ui.engine_protocol import Json
from m2m_desktop.ui.messages import joined
from m2m_desktop.ui.notices import NoticeArea

KEY = "own_files"


class OwnFilesNotice:
    """Asks the engine, which looks at sizes only; ``run_selftest`` is what can be done."""

    def __init__(
        self, client: EngineClient, notices: NoticeArea, run_selftest: Callable[[], None]
    ) -> None:
        self._client, self._notices, self._run = client, notices, run_selftest
        self._has_looked = False

    def look(self) -> None:
        """Look, at the first call; nothing is said where all is well or the engine cannot say."""
        if self._has_looked:
            return
        self._has_looked = True
        self._client.request("own_files", {}, on_answer=self._take, on_error=lambda _error: None)

    def _take(self, told: Json) -> None:
        problem, advice = told.get("problem"), told.get("advice")
        if problem is None or advice is None:
            return
        from m2m_desktop.services.selftest.records import spoken

        language = current_language()
        text = joined(spoken(problem, language), spoken(advice, language))
        self._notices.say(KEY, "error", text, action=_("Self-test…"), on_action=self._run)
