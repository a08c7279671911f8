"""What is said in place about the engine and the dictionary in use."""

from collections.abc import Callable

from m2m_desktop.core.errors import CodingToolError
from m2m_desktop.services.language import _
from m2m_desktop.ui.engine_protocol import TerminologyChoice
from m2m_desktop.ui.messages import sentence
from m2m_desktop.ui.notices import NoticeArea


class EngineNotices:
    """Says it in the notice area; ``restart`` and ``import_release`` are what can be done."""

    def __init__(
        self,
        notices: NoticeArea,
        *,
        restart: Callable[[], None],
        import_release: Callable[[], None],
    ) -> None:
        self._notices, self._restart, self._import = notices, restart, import_release

    def say_terminology(self, chosen: TerminologyChoice | None) -> None:
        """Warn as long as the demo dictionary is in use."""
        if chosen is None or not chosen.is_demo:
            self._notices.clear("demo")
            return
        self._notices.say(
            "demo",
            "warning",
            _("Demo dictionary, not MedDRA: for trying the program out, never for reports."),
            action=_("Import release…"),
            on_action=self._import,
            closable=False,
        )

    def say_restarted(self) -> None:
        """It ended by itself, and runs again."""
        self._notices.say(
            "engine",
            "warning",
            _("The coding engine stopped unexpectedly and was started again. Nothing was lost."),
        )

    def say_given_up(self, error: CodingToolError) -> None:
        """It cannot be started."""
        self._notices.say(
            "engine",
            "error",
            _("The coding engine cannot be started. Your phrases are kept.") + f" [{error.code}]",
            action=_("Start again"),
            on_action=self._restart,
        )

    def say_no_status(self, error: CodingToolError) -> None:
        """It runs, but cannot say what there is."""
        self._notices.say(
            "engine",
            "error",
            sentence(error),
            action=_("Try again"),
            on_action=self._restart,
        )

    def clear(self) -> None:
        """All is well again."""
        self._notices.clear("engine")
