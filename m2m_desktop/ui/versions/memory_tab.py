"""What a new release means for the entries of the memory, and their upgrade to it."""

from collections.abc import Sequence

from m2m_desktop.core.errors import CodingToolError
from m2m_desktop.core.memory import MemoryEntry
from m2m_desktop.services.language import _, ngettext
from m2m_desktop.services.locations import Locations
from m2m_desktop.services.memory.store import MemoryStore, memory_path
from m2m_desktop.ui.engine_client import EngineClient
from m2m_desktop.ui.engine_protocol import Json
from m2m_desktop.ui.model.requests import Requests
from m2m_desktop.ui.notices import NoticeArea
from m2m_desktop.ui.versions import effects_model
from m2m_desktop.ui.versions.effects_tab import EffectsTab


class MemoryTab(EffectsTab):
    """Asks about the memory; the engine writes into it, and what was there before is kept."""

    def __init__(
        self, client: EngineClient, notices: NoticeArea, results: NoticeArea, locations: Locations
    ) -> None:
        """``results`` is where it stands what was done: seen on every page."""
        super().__init__(client, notices, "phrases")
        self._results, self._writing = results, Requests(client)
        self._memory = MemoryStore(memory_path(locations))
        self._former: tuple[MemoryEntry, ...] = ()
        self.reviewer = ""
        self.table.setColumnHidden(effects_model.ROWS, True)  # an entry stands in no file
        self.retranslate()

    def _why_nothing(self) -> tuple[str, str, str] | None:
        return None

    def _none_decided(self) -> tuple[str, str]:
        return (
            _("Nothing is remembered yet"),
            _("Decisions are remembered while you review, as long as “Remember” is ticked."),
        )

    def _target(self) -> dict[str, object]:
        return {"memory": True}

    def _question(self, count: int) -> str:
        text = ngettext(
            "{count} remembered decision gets the terms of {release}. You can take it back right "
            "afterwards.",
            "{count} remembered decisions get the terms of {release}. You can take it back right "
            "afterwards.",
            count,
        )
        return text.format(count=f"{count:,}", release=self._titles[1])

    def _apply(self) -> None:
        keys = sorted(self.model.ticked)
        try:
            self._former = tuple(self._memory.recall_many(keys).values())
        except CodingToolError as error:
            self._say_error(error)
            return
        self.apply_button.setEnabled(False)
        self.work.begin(_("Writing the memory…"))
        params = {
            "old": self._pair[0],
            "new": self._pair[1],
            "keys": keys,
            "reviewer": self.reviewer,
        }
        self._writing.ask(
            "versions_apply_memory",
            params,
            lambda told: self._take_applied(told, len(keys)),
            self._fail_applying,
            self.work.show_progress,
        )

    def _take_applied(self, told: Json, asked: int) -> None:
        self.work.hide()
        done = int(told.get("changed", asked))
        text = ngettext(
            "{count} remembered decision now holds terms of {release}.",
            "{count} remembered decisions now hold terms of {release}.",
            done,
        ).format(count=f"{done:,}", release=self._titles[1])
        former = self._former
        self._results.say(
            "upgrade", "info", text, action=_("Undo"), on_action=lambda: self._put_back(former)
        )
        self._go_on()

    def _fail_applying(self, error: CodingToolError) -> None:
        self.work.hide()
        self.apply_button.setEnabled(bool(self.model.ticked))
        self._say_error(error)

    def _put_back(self, former: Sequence[MemoryEntry]) -> None:
        self._results.clear("upgrade")
        try:
            self._memory.put(former)
        except CodingToolError as error:
            self._say_error(error)
            return
        self.said.emit(_("The memory is as it was before"))
        self._go_on()

    def _go_on(self) -> None:
        self.outdate()
        self.applied.emit()
        if self.isVisible():
            self.start()
