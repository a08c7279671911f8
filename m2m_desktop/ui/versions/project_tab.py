"""What a new release means for the decisions of the open project, and their upgrade to it."""

from collections.abc import Callable, Mapping
from datetime import datetime

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QGuiApplication

from m2m_desktop.core.errors import CodingToolError
from m2m_desktop.services.language import _, ngettext
from m2m_desktop.services.locations import Locations
from m2m_desktop.services.project.project import Project
from m2m_desktop.services.project.records import Actor
from m2m_desktop.ui.engine_client import EngineClient
from m2m_desktop.ui.notices import NoticeArea
from m2m_desktop.ui.snapshot import Snapshot
from m2m_desktop.ui.versions import applying
from m2m_desktop.ui.versions.effects_tab import EffectsTab
from m2m_desktop.ui.widgets import shortcut

PHRASE_KEY = "p"
"""Keys of effects on phrases begin so; others are of single places (see `services.versions`)."""


class ProjectTab(EffectsTab):
    """Asks about a snapshot of the project; writes into the project itself."""

    phrase_wanted = Signal(int)
    """The id of a phrase that was double-clicked or opened with Enter, to be decided anew."""

    def __init__(
        self,
        client: EngineClient,
        notices: NoticeArea,
        results: NoticeArea,
        locations: Locations,
        clock: Callable[[], datetime],
    ) -> None:
        """``results`` is where it stands what was done: seen on every page."""
        super().__init__(client, notices, "workbook")
        self._results, self._snapshot, self._clock = results, Snapshot(locations), clock
        self._project: Project | None = None
        self._head = ""
        self._new: Mapping[str, object] = {}
        self.actor = Actor("")
        self.table.doubleClicked.connect(lambda _index: self._open())
        for key in ("Return", "Enter"):
            shortcut(self.table, key).activated.connect(self._open)
        self.retranslate()

    def set_project(self, project: Project | None) -> None:
        """Look at the decisions of this project from now on."""
        if project is not self._project:
            self._project = project
            self.model.set_effects(())
            self._shown_pair = ("", "")
            self.outdate()

    def set_releases(self, new: Mapping[str, object]) -> None:
        """The new release as the engine describes it."""
        self._new = new

    def start(self) -> None:
        """The tab is looked at: ask again where something was decided meanwhile."""
        if self._is_fresh and self._project is not None and self._head_of() != self._head:
            self.outdate()
        super().start()

    def _head_of(self) -> str:
        try:
            return self._project.info.chain_head if self._project is not None else ""
        except CodingToolError:  # said when it is asked for
            return ""

    def _open(self) -> None:
        effect = self.model.effect(self.table.current_row())
        if effect is not None and effect.key.startswith(PHRASE_KEY):
            self.phrase_wanted.emit(int(effect.key.removeprefix(PHRASE_KEY)))

    def _why_nothing(self) -> tuple[str, str, str] | None:
        if self._project is not None:
            return None
        return (
            _("No project is open"),
            _(
                "Open a project on the workbook page. Here you then see, decision by decision, what "
                "the new release means for it, before anything changes."
            ),
            "",
        )

    def _none_decided(self) -> tuple[str, str]:
        return (
            _("Nothing is decided in this project yet"),
            _("Code it with the new release instead: choose it above, and code again."),
        )

    def _target(self) -> dict[str, object]:
        assert self._project is not None
        self._head = self._head_of()
        self._snapshot.take(self._project)
        return {"project": str(self._snapshot.path)}

    def _settled(self) -> None:
        self._snapshot.forget()

    def _question(self, count: int) -> str:
        text = ngettext(
            "{count} decision gets the terms of {release}. It is one step: Ctrl+Z on the workbook "
            "page takes it back.",
            "{count} decisions get the terms of {release}. It is one step: Ctrl+Z on the workbook "
            "page takes it back.",
            count,
        )
        return text.format(count=f"{count:,}", release=self._titles[1])

    def _say_preview(self) -> None:
        super()._say_preview()
        if self._project is not None and self._project.read_only:
            self.apply_button.setEnabled(False)
            self.preview.setText(_("This project is open for reading only."))

    def _apply(self) -> None:
        if self._project is None:
            return
        QGuiApplication.setOverrideCursor(Qt.CursorShape.WaitCursor)
        try:
            applied = applying.upgrade_project(
                self._project,
                self.model.effects,
                self.model.ticked,
                actor=self.actor,
                when=self._clock(),
                release=self._new,
            )
        except CodingToolError as error:
            self._say_error(error)
            return
        finally:
            QGuiApplication.restoreOverrideCursor()
        done = len(applied.changed)
        text = ngettext(
            "{count} decision now holds terms of {release}; all others stay as they were. Ctrl+Z on "
            "the workbook page takes this back.",
            "{count} decisions now hold terms of {release}; all others stay as they were. Ctrl+Z on "
            "the workbook page takes this back.",
            done,
        ).format(count=f"{done:,}", release=self._titles[1])
        self._results.say("upgrade", "info", text)
        text = ngettext("{count} decision upgraded", "{count} decisions upgraded", done)
        self.said.emit(text.format(count=f"{done:,}"))
        self.outdate()
        self.applied.emit()
        self.start()
