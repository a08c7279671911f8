"""What review says above the page: nothing can be changed, texts are missing, not saved, all done."""

from collections.abc import Callable

from m2m_desktop.core.errors import Cancelled, CodingToolError, EngineCrashed
from m2m_desktop.services.language import _
from m2m_desktop.services.project.records import ProjectInfo
from m2m_desktop.ui.messages import sentence
from m2m_desktop.ui.notices import NoticeArea

KEYS = ("read_only", "texts", "unsaved", "done", "terms", "notes")


class ReviewNotices:
    """Puts the notices of review into the area of the window, each under a key of its own."""

    def __init__(self, area: NoticeArea) -> None:
        self._area = area

    def clear(self) -> None:
        """Take all of them away."""
        for key in KEYS:
            self._area.clear(f"review-{key}")

    def say_project(self, info: ProjectInfo, find_texts: Callable[[], None]) -> None:
        """Say what is special about a project that was opened."""
        if info.is_read_only:
            self._say("read_only", "info", _("This project is open for reading only."))
        if notes := [note.text(_) for note in info.notes]:
            self._say("notes", "warning", " ".join(notes))
        if info.texts_missing:
            self._area.say(
                "review-texts",
                "info",
                _(
                    "This project keeps no texts. Open the file it was made from to see the phrases; "
                    "codes and decisions are here."
                ),
                action=_("Find the file…"),
                on_action=find_texts,
                closable=False,
            )
        else:
            self._area.clear("review-texts")

    def say_unsaved(self, error: CodingToolError | None, try_again: Callable[[], None]) -> None:
        """Say that the last decisions are only on the screen; None: they are saved now."""
        if error is None:
            self._area.clear("review-unsaved")
            return
        self._area.say(
            "review-unsaved",
            "error",
            sentence(error),
            action=_("Try again"),
            on_action=try_again,
            closable=False,
        )

    def say_done(self, count: int, export: Callable[[], None]) -> None:
        """Say that everything is decided; 0: it is not, or not any more."""
        if not count:
            self._area.clear("review-done")
            return
        self._area.say(
            "review-done",
            "info",
            _("All phrases are decided: {count}.").format(count=f"{count:,}"),
            action=_("Export…"),
            on_action=export,
        )

    def say_terms(self, error: CodingToolError) -> None:
        """Say that the terminology cannot be asked; a crash of the engine the window says itself."""
        if not isinstance(error, EngineCrashed | Cancelled):
            self._say("terms", "warning", sentence(error))

    def _say(self, key: str, kind: str, text: str) -> None:
        self._area.say(f"review-{key}", kind, text)
