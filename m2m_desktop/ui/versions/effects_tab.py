"""What a new release means for what was decided: looked at line by line, and applied where ticked.

`EffectsTab` is what the tabs of the project and of the memory share; they know whom to ask and how
to write.
"""

from abc import abstractmethod
from collections.abc import Sequence

from PySide6.QtCore import QModelIndex, QTimer, Signal
from PySide6.QtGui import QKeySequence

from m2m_desktop.core.errors import Cancelled, CodingToolError
from m2m_desktop.services.language import _, ngettext
from m2m_desktop.ui.clipboard import copy_table
from m2m_desktop.ui.engine_client import EngineClient
from m2m_desktop.ui.engine_protocol import Json
from m2m_desktop.ui.messages import joined, sentence
from m2m_desktop.ui.model.requests import Requests
from m2m_desktop.ui.notices import NoticeArea
from m2m_desktop.ui.review.table import chosen_rows
from m2m_desktop.ui.versions import effects_model
from m2m_desktop.ui.versions.effects_model import cells
from m2m_desktop.ui.versions.effects_parts import EffectsParts
from m2m_desktop.ui.versions.records import Group
from m2m_desktop.ui.versions.words import GROUP_TEXTS
from m2m_desktop.ui.widgets import shortcut

TYPING_PAUSE_MS = 120


class EffectsTab(EffectsParts):
    """See the module. `set_pair` says which releases; nothing is asked before `start`."""

    said = Signal(str)
    counted = Signal(int)
    """How many decisions the new release touches; -1: not known."""
    applied = Signal()

    def __init__(self, client: EngineClient, notices: NoticeArea, icon: str) -> None:
        super().__init__(icon)
        self._notices, self._requests = notices, Requests(client)
        self._pair, self._titles = ("", ""), ("", "")
        self._shown_pair = ("", "")
        self._is_fresh = False
        self._typing = QTimer(self, singleShot=True, interval=TYPING_PAUSE_MS)
        self._arrived: Sequence[Json] = ()
        self._arriving = QTimer(self, singleShot=True, interval=0)
        self._connect()

    def _connect(self) -> None:
        self._typing.timeout.connect(self._narrow)
        self.groups.chosen.connect(self._narrow)
        self._arriving.timeout.connect(self._show_arrived)
        self.search.textChanged.connect(lambda _text: self._typing.start())
        self.model.ticked_changed.connect(self._say_preview)
        self.tick_button.clicked.connect(lambda: self.model.tick_shown(on=True))
        self.untick_button.clicked.connect(lambda: self.model.tick_shown(on=False))
        self.copy_button.clicked.connect(self.copy_chosen)
        self.apply_button.clicked.connect(self.ask_to_apply)
        self.confirm.confirmed.connect(self._apply_ticked)
        self.confirm.closed.connect(self._close_confirm)
        self.work.cancel_wanted.connect(self._requests.cancel)
        self.blank.wanted.connect(self.reload)
        self.table.clicked.connect(self._clicked)
        shortcut(self.table, "Space").activated.connect(self.toggle_chosen)
        shortcut(self.table, QKeySequence.StandardKey.Copy).activated.connect(self.copy_chosen)
        shortcut(self, QKeySequence.StandardKey.Find).activated.connect(self.search.setFocus)
        self.table.selectionModel().currentRowChanged.connect(
            lambda now, _old: self._show_detail(now)
        )

    # -- what a subclass knows -------------------------------------------------------------------

    @abstractmethod
    def _why_nothing(self) -> tuple[str, str, str] | None:
        """Why nothing can be asked: title, text and action; None where it can."""

    @abstractmethod
    def _target(self) -> dict[str, object]:
        """Whose effects to ask for. Raises: CodingToolError."""

    @abstractmethod
    def _none_decided(self) -> tuple[str, str]:
        """What to say where nothing is decided yet: title and text."""

    @abstractmethod
    def _question(self, count: int) -> str:
        """What is asked before so many changes are applied."""

    @abstractmethod
    def _apply(self) -> None:
        """Apply what is ticked."""

    def _settled(self) -> None:
        """The engine has answered, or will not."""

    # -- asking ----------------------------------------------------------------------------------

    def set_pair(self, old: str, new: str, titles: tuple[str, str]) -> None:
        """Look at these two releases from now on; both empty: at none."""
        self._pair, self._titles = (old, new), titles
        self.outdate()
        if not old:
            self._show_blank(_("Nothing is compared yet"), _("Choose two releases above."))

    def outdate(self) -> None:
        """What is shown no longer holds; it is asked for again when it is looked at."""
        self._is_fresh = False
        self._arriving.stop()
        self._requests.close()
        self._settled()
        self.work.hide()
        self._unask()
        self.counted.emit(-1)

    def _unask(self) -> None:
        """What was going to be applied is another thing now."""
        self.confirm.hide()
        self._feet.show()

    def start(self) -> None:
        """The tab is looked at: ask, unless what is shown still holds."""
        if not self._is_fresh:
            self.reload()

    def reload(self) -> None:
        """Ask anew; ticks a person has set stay where the same pair is asked about again."""
        why = self._why_nothing()
        if why is not None:
            self._show_blank(*why)
            return
        if not all(self._pair):
            self._show_blank(_("Nothing is compared yet"), _("Choose two releases above."))
            return
        self._notices.clear("effects")
        try:
            target = self._target()
        except CodingToolError as error:
            self._fail(error)
            return
        self._is_fresh = True
        self.apply_button.setEnabled(False)
        self.work.begin(_("Looking at every decision…"))
        params = {"old": self._pair[0], "new": self._pair[1], "target": target}
        self._requests.ask(
            "versions_effects", params, self._take, self._fail, self.work.show_progress
        )

    def _take(self, told: Json) -> None:
        """Reading a long answer took a while already: paint, then go on."""
        self._settled()
        self._arrived = told["effects"]
        self._arriving.start()

    def _show_arrived(self) -> None:
        effects, self._arrived = self._arrived, ()
        self.work.hide()
        self.model.set_effects(effects, keeps=self._shown_pair == self._pair)
        self._shown_pair = self._pair
        if not self.model.decided_count():
            self._show_blank(*self._none_decided())
            self.counted.emit(0)
            return
        self.groups.choose_all()
        self.search.clear()
        self._typing.stop()
        self.stack.setCurrentWidget(self._full)
        self._widen()
        counts = self.model.counts()
        self.counted.emit(self.model.decided_count() - counts[Group.UNCHANGED])
        self._say_groups()
        self._go_first()

    def _fail(self, error: CodingToolError) -> None:
        self._settled()
        self._is_fresh = False
        self.work.hide()
        if isinstance(error, Cancelled):
            self._show_blank(
                _("Stopped"), _("The decisions were not looked at. Nothing was changed."),
                _("Look again"),
            )  # fmt: skip
            return
        self._show_blank(_("The decisions could not be looked at"), sentence(error), _("Try again"))

    def _show_blank(self, title: str, text: str, action: str = "") -> None:
        self.blank.say(title, text, action)
        self.stack.setCurrentWidget(self.blank)

    # -- what is shown ---------------------------------------------------------------------------

    def _narrow(self) -> None:
        self.model.narrow(self.groups.group(), self.search.text())
        self._say_groups()
        self._go_first()

    def _go_first(self) -> None:
        if self.model.rowCount():
            self.table.selectRow(0)
        self._show_detail(self.table.currentIndex())

    def _say_groups(self) -> None:
        self.groups.show_counts(self.model.counts())
        self.explanation.setText(_(GROUP_TEXTS[self.groups.group()]))

    def _say_preview(self) -> None:
        ticked, total = len(self.model.ticked), self.model.decided_count()
        text = _("Decisions that will change: {count} of {total}. Unchanged: {rest}.")
        self.preview.setText(
            text.format(count=f"{ticked:,}", total=f"{total:,}", rest=f"{total - ticked:,}")
        )
        self.apply_button.setEnabled(bool(ticked) and self._is_fresh)
        self._unask()

    def _show_detail(self, index: QModelIndex) -> None:
        effect = self.model.effect(index.row()) if index.isValid() else None
        if effect is None:
            self.detail.show_row("", "" if self.model.rowCount() else _("Nothing is like this."))
            return
        told = cells(effect)
        arrow = " → ".join(
            filter(None, (told[effects_model.DECIDED], told[effects_model.PROPOSAL]))
        )
        self.detail.show_row(
            f"{effect.phrase}   {arrow}",
            joined(effect.reason, effect.proposal_reason),
        )

    # -- what the user does ----------------------------------------------------------------------

    def _clicked(self, index: QModelIndex) -> None:
        if index.column() == effects_model.PICK:
            self.model.toggle([index.row()])

    def toggle_chosen(self) -> None:
        """Tick or untick the chosen rows."""
        self.model.toggle(chosen_rows(self.table))

    def copy_chosen(self) -> None:
        """Copy the chosen rows as a table."""
        found = [self.model.effect(row) for row in chosen_rows(self.table)]
        rows = [[_(title) for title in effects_model.TITLES[1:]]]
        rows += [list(cells(effect)[1:]) for effect in found if effect is not None]
        copy_table(rows)
        count = len(rows) - 1
        text = ngettext("{count} row copied", "{count} rows copied", count)
        self.said.emit(text.format(count=f"{count:,}"))

    def ask_to_apply(self) -> None:
        """Say once more what will happen, and wait."""
        if self.model.ticked:
            count = len(self.model.ticked)
            self._feet.hide()
            self.confirm.ask(self._question(count), _("Leave everything"), _("Apply"))

    def _close_confirm(self) -> None:
        self.confirm.hide()
        self._feet.show()
        self.table.setFocus()

    def _apply_ticked(self) -> None:
        self._close_confirm()
        self._notices.clear("effects")
        self._apply()

    def _say_error(self, error: CodingToolError) -> None:
        self._notices.say(
            "effects", "error", sentence(error), action=_("Look again"), on_action=self.reload
        )

    def retranslate(self) -> None:
        """Take over language and colours."""
        self._say_words()
        self._say_groups()
        self._say_preview()
        self._show_detail(self.table.currentIndex())
        if self.stack.currentWidget() is self.blank and not self._requests.is_busy:
            self._is_fresh = False
            why = self._why_nothing()
            if why is not None:
                self._show_blank(*why)
