"""The hospital's own synonym list: everything that was decided before, to be seen and changed."""

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtWidgets import (
    QAbstractItemView,
    QDialog,
    QFileDialog,
    QHBoxLayout,
    QLineEdit,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from m2m_desktop.core.errors import Cancelled, CodingToolError
from m2m_desktop.core.memory import MemoryEntry
from m2m_desktop.services.language import _, ngettext
from m2m_desktop.services.memory.store import MemoryStore
from m2m_desktop.ui import style
from m2m_desktop.ui.engine_client import EngineClient
from m2m_desktop.ui.engine_protocol import Json
from m2m_desktop.ui.memory.model import (
    DATE,
    REVIEWER,
    STATE,
    USES,
    VERSION,
    MemoryModel,
    reason_words,
)
from m2m_desktop.ui.messages import sentence
from m2m_desktop.ui.model.requests import Requests
from m2m_desktop.ui.model.widgets import focus_sheet
from m2m_desktop.ui.notices import NoticeArea
from m2m_desktop.ui.widgets import ICON_ROOM, Table, button, label

TAKE_THEIRS, LIST_ONLY = "take_theirs", "list"
SHOWN_REASONS = 3


class MemoryDialog(QDialog):
    """Shows the memory. `changed` says that entries were changed here."""

    changed = Signal()

    def __init__(
        self,
        client: EngineClient,
        memory: MemoryStore,
        terminology: str,
        reviewer: str,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._requests = Requests(client)
        self._memory, self._terminology, self._reviewer = memory, terminology, reviewer
        self._imported = ("", LIST_ONLY)
        self.setWindowTitle(_("Memory"))
        self.setMinimumSize(880, 540)
        self.setStyleSheet(focus_sheet())
        self.notices, self.reason, self.nothing = NoticeArea(), label("muted"), label("muted")
        self.nothing.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.nothing.setWordWrap(True)
        self.search = QLineEdit(placeholderText=_("Phrase, term or code"))
        self.search.setAccessibleName(_("Search the memory"))
        self.search.setClearButtonEnabled(True)
        self._pause = QTimer(self, singleShot=True, interval=150)
        self._pause.timeout.connect(self.reload)
        self.search.textChanged.connect(lambda _text: self._pause.start())
        self.check_chip, self.count = button("chip"), label("muted")
        self.check_chip.setCheckable(True)
        self.check_chip.setText(_("Only what is to be checked"))
        self.check_chip.toggled.connect(lambda _on: self.reload())
        self.model, self.table = MemoryModel(), Table()
        self.table.setModel(self.model)
        self.table.setAccessibleName(_("What was decided before"))
        self.table.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.table.selectionModel().selectionChanged.connect(lambda _new, _old: self._refresh())
        self.forget_button, self.stop_button, self.confirm_button = button(), button(), button()
        self.import_button, self.export_button, self.recheck_button = button(), button(), button()
        self.close_button = button("primary")
        self._lay_out()
        self.reload()

    def _lay_out(self) -> None:
        title, text = label(factor=style.TITLE, bold=True), label("muted")
        title.setText(_("Memory"))
        text.setWordWrap(True)
        text.setText(
            _(
                "What was decided here answers equal phrases from now on, after exact names and "
                "before the model. It stays on this PC."
            )
        )
        above = QHBoxLayout()
        above.setSpacing(style.S)
        above.addWidget(self.search, 1)
        above.addWidget(self.check_chip)
        above.addWidget(self.count)
        for one, words, action in (
            (self.forget_button, _("Forget"), self.forget),
            (self.stop_button, _("Never answer"), self.stop),
            (self.confirm_button, _("Confirm"), self.confirm),
            (self.import_button, _("Import…"), self.choose_import),
            (self.export_button, _("Export…"), self.choose_export),
            (self.recheck_button, _("Check against the terminology"), self.recheck),
            (self.close_button, _("Close"), self.accept),
        ):
            one.setText(words)
            one.clicked.connect(action)
        self.stop_button.setToolTip(_("This wording is never answered from memory"))
        self.confirm_button.setToolTip(_("The entry holds for the terminology in use"))
        below = QHBoxLayout()
        below.setSpacing(style.S)
        for one in (self.forget_button, self.stop_button, self.confirm_button):
            below.addWidget(one)
        below.addStretch(1)
        for one in (self.recheck_button, self.import_button, self.export_button, self.close_button):
            below.addWidget(one)
        column = QVBoxLayout(self)
        column.setContentsMargins(style.XL, style.L, style.XL, style.L)
        column.setSpacing(style.S)
        for part in (title, text, self.notices):
            column.addWidget(part)
        column.addLayout(above)
        self._pages = QStackedWidget()
        self._pages.addWidget(self.table)
        self._pages.addWidget(self.nothing)
        column.addWidget(self._pages, 1)
        column.addWidget(self.reason)
        column.addLayout(below)
        self.setMinimumWidth(max(self.minimumWidth(), self.minimumSizeHint().width()))

    # -- seeing ----------------------------------------------------------------------------------

    def reload(self) -> None:
        """Read the entries anew."""
        try:
            entries = self._memory.entries(
                self.search.text(), only_to_check=self.check_chip.isChecked()
            )
        except CodingToolError as error:
            self._fail(error)
            entries = []
        self.model.set_entries(entries)
        self.table.lay_out(
            {
                STATE: (ICON_ROOM + _("to be checked"), ICON_ROOM + _("in use")),
                VERSION: ("28.1",),
                REVIEWER: ("某某药师",),
                DATE: ("2026-12-31",),
                USES: ("8,888",),
            }
        )
        text = ngettext("{count} entry", "{count} entries", len(entries))
        self.count.setText(text.format(count=f"{len(entries):,}"))
        is_filtered = bool(self.search.text()) or self.check_chip.isChecked()
        self.nothing.setText(
            _("No entry is like this.")
            if is_filtered
            else _("Nothing is remembered yet. Decisions are, as long as “Remember” is ticked.")
        )
        self._pages.setCurrentWidget(self.table if entries else self.nothing)
        self._refresh()

    def chosen(self) -> list[MemoryEntry]:
        """The entries that are chosen."""
        rows = sorted({index.row() for index in self.table.selectionModel().selectedRows()})
        return [self.model.entries[row] for row in rows]

    def _refresh(self) -> None:
        chosen = self.chosen()
        self.reason.setText(reason_words(chosen[0]) if len(chosen) == 1 else "")
        self.forget_button.setEnabled(bool(chosen))
        self.stop_button.setEnabled(any(not entry.is_stopped for entry in chosen))
        self.confirm_button.setEnabled(
            any(entry.needs_check is not None or entry.is_stopped for entry in chosen)
        )
        self.export_button.setEnabled(bool(self.model.entries))

    # -- changing --------------------------------------------------------------------------------

    def forget(self) -> None:
        """Delete the chosen entries."""
        self._change(
            lambda entries: self._memory.revoke([entry.key for entry in entries]),
            lambda count: ngettext(
                "{count} entry was forgotten.", "{count} entries were forgotten.", count
            ),
        )

    def _change(
        self, change: Callable[[list[MemoryEntry]], object], words: Callable[[int], str]
    ) -> None:
        former = self.chosen()
        if self._try(lambda: change(former)):
            self.notices.say(
                "done",
                "info",
                words(len(former)).format(count=len(former)),
                action=_("Undo"),
                on_action=lambda: self._put_back(former),
            )

    def _put_back(self, former: list[MemoryEntry]) -> None:
        self._try(lambda: self._memory.put(former))

    def _try(self, change: Callable[[], object]) -> bool:
        """Change the memory; whether it could be."""
        try:
            change()
        except CodingToolError as error:
            self._fail(error)
            return False
        self._done()
        return True

    def stop(self) -> None:
        """Never answer the chosen wordings from memory again."""
        now = datetime.now(UTC).isoformat(timespec="seconds")

        def stop_all(entries: list[MemoryEntry]) -> None:
            for entry in entries:
                self._memory.stop(entry.text, reviewer=self._reviewer, decided_at=now)

        self._change(
            stop_all,
            lambda count: ngettext(
                "{count} wording is not answered from memory any more.",
                "{count} wordings are not answered from memory any more.",
                count,
            ),
        )

    def confirm(self) -> None:
        """Let the chosen entries hold for the terminology in use."""
        self._requests.ask(
            "memory_confirm",
            {
                "keys": [entry.key for entry in self.chosen()],
                "terminology": self._terminology,
                "reviewer": self._reviewer,
            },
            lambda _told: self._done(),
            self._fail,
        )

    def recheck(self) -> None:
        """Look which entries the terminology in use now says otherwise."""

        def take(told: Json) -> None:
            self._done()
            text = ngettext(
                "{examined} entry examined, {changed} to be checked by a person.",
                "{examined} entries examined, {changed} to be checked by a person.",
                told["examined"],
            )
            counts = {"examined": told["examined"], "changed": len(told["changed"])}
            self.notices.say("done", "info", text.format(**counts))

        params = {"terminology": self._terminology}
        self._requests.ask("memory_recheck", params, take, self._fail)

    # -- another PC ------------------------------------------------------------------------------

    def choose_export(self) -> None:
        """Ask for a file and write all entries to it."""
        chosen, _kind = QFileDialog.getSaveFileName(
            self, _("Export the memory"), f"{_('memory')}.xlsx", "*.xlsx"
        )
        if chosen:
            self.export_to(chosen)

    def export_to(self, path: str) -> None:
        """Write all entries to a workbook."""

        def take(told: Json) -> None:
            text = ngettext(
                "{count} entry was written to {path}",
                "{count} entries were written to {path}",
                told["entries"],
            )
            told_path = Path(str(told["written"])).name
            self.notices.say("done", "info", text.format(count=told["entries"], path=told_path))

        self._requests.ask("memory_export", {"target": path}, take, self._fail)

    def choose_import(self) -> None:
        """Ask for a file and take its entries in."""
        chosen, _kind = QFileDialog.getOpenFileName(self, _("Import a memory"), "", "*.xlsx")
        if chosen:
            self.import_from(chosen)

    def import_from(self, path: str, on_conflict: str = LIST_ONLY) -> None:
        """Take entries in; conflicts are shown first, and what to do with them is asked."""
        self._imported = path, on_conflict
        params = {"path": path, "on_conflict": on_conflict, "terminology": self._terminology}
        self._requests.ask("memory_import", params, self._take_import, self._fail)

    def _take_import(self, told: Json) -> None:
        self._done()
        parts = [
            _("{count} new").format(count=len(told["added"])),
            _("{count} replaced").format(count=len(told["replaced"])),
            _("{count} equal").format(count=len(told["unchanged"])),
        ]
        if told["bad_rows"]:
            bad = len(told["bad_rows"])
            text = ngettext("{count} row not read", "{count} rows not read", bad)
            parts.append(text.format(count=bad))
            reasons = (f"{bad['row']}: {bad['reason']}" for bad in told["bad_rows"][:SHOWN_REASONS])
            self.notices.say("bad", "warning", _("Rows not read") + ": " + _("; ").join(reasons))
        self.notices.say("done", "info", _(", ").join(parts))
        if told["conflicts"] and self._imported[1] == LIST_ONLY:
            self._say_conflicts(told["conflicts"])

    def _say_conflicts(self, conflicts: list[Json]) -> None:
        text = ngettext(
            "{count} phrase was decided otherwise here: {phrase}.",
            "{count} phrases were decided otherwise here, for instance {phrase}.",
            len(conflicts),
        ).format(count=len(conflicts), phrase=conflicts[0]["mine"]["text"])
        self.notices.say(
            "conflicts",
            "warning",
            text,
            action=_("Take theirs"),
            on_action=lambda: self._settle(TAKE_THEIRS),
        )

    def _settle(self, policy: str) -> None:
        self.notices.clear("conflicts")
        self.import_from(self._imported[0], policy)

    # -- all of them -----------------------------------------------------------------------------

    def _done(self) -> None:
        for key in ("error", "done", "bad", "conflicts"):
            self.notices.clear(key)
        self.reload()
        self.changed.emit()

    def _fail(self, error: CodingToolError) -> None:
        if not isinstance(error, Cancelled):
            self.notices.say("error", "error", sentence(error))

    def done(self, result: int) -> None:
        """Close, whatever is still asked."""
        self._requests.close()
        super().done(result)
