"""Where decisions are made: each is committed to the project file when the key is pressed.

A step that cannot be saved (disk full, drive gone) stays on the screen, marked, and is written
with the next one or by `try_again`; nothing else is written before it.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from PySide6.QtCore import QObject, Signal

from m2m_desktop.core.errors import CodingToolError
from m2m_desktop.core.review import Action, Change, PhraseRow, Target
from m2m_desktop.services.language import _, ngettext
from m2m_desktop.services.project.errors import NotSaved
from m2m_desktop.services.project.project import Project
from m2m_desktop.services.project.records import Actor, Event, Item, UndoStep
from m2m_desktop.ui import words
from m2m_desktop.ui.messages import sentence
from m2m_desktop.ui.review.columns import term_names
from m2m_desktop.ui.review.model import ReviewModel
from m2m_desktop.ui.review.steps import Planned, Step, plan, plan_items


def local_now() -> datetime:
    """The clock of this PC with its offset."""
    return datetime.now().astimezone()


@dataclass(frozen=True)
class _Unsaved:
    """A step that is on the screen and not in the file, and what was there before it."""

    changes: tuple[Change, ...]
    now: datetime
    rows: tuple[PhraseRow, ...]
    items: tuple[Item, ...]


class ReviewDesk(QObject):
    """Holds the open project; see the module."""

    said = Signal(str)
    """What was done, in a few words, for the status bar."""
    refused = Signal(str)
    """Why nothing was done, to be shown in place."""
    rows_decided = Signal(list)
    """The `PhraseRow` records whose state has changed, by a step, an undo or a redo."""
    stepped_back = Signal(list)
    """Ids of the phrases that an undo or a redo changed."""
    unsaved_changed = Signal(object)
    """The `CodingToolError` that kept a step from being saved, or None once all are."""

    def __init__(self, model: ReviewModel, clock: Callable[[], datetime] = local_now) -> None:
        super().__init__()
        self._model, self._clock = model, clock
        self.project: Project | None = None
        self.actor = Actor("")
        self._items: dict[int, list[Item]] = {}
        self._owner: dict[int, int] = {}
        self._unsaved: list[_Unsaved] = []

    def open(self, project: Project | None) -> None:
        """Work on this project from now on; what could not be saved of the former one is gone."""
        self.project = project
        self._items.clear()
        self._owner.clear()
        self._unsaved.clear()
        self._model.mark_unsaved(())

    @property
    def is_read_only(self) -> bool:
        """Whether nothing can be decided."""
        return self.project is None or self.project.read_only

    @property
    def who(self) -> str:
        """Whose decisions they are."""
        return self.actor.reviewer or self.actor.os_user

    def now(self) -> datetime:
        """The time of a decision."""
        return self._clock()

    @property
    def has_unsaved(self) -> bool:
        """Whether some steps are only on the screen."""
        return bool(self._unsaved)

    def items(self, phrase_id: int) -> list[Item]:
        """The places of a phrase, in the order of the file."""
        if phrase_id not in self._items and self.project is not None:
            found = self.project.items(phrase_id)
            self._items[phrase_id] = found
            self._owner.update((item.item_id, phrase_id) for item in found)
        return self._items.get(phrase_id, [])

    def history(self, phrase_id: int) -> list[Event]:
        """What was done about a phrase, the oldest first."""
        return self.project.history(phrase_id) if self.project is not None else []

    # -- steps -----------------------------------------------------------------------------------

    def take(self, rows: Sequence[PhraseRow], step: Step) -> Planned:
        """Do a step for these phrases, as one step of undo; says why where nothing can be done.

        Gives what was changed: nothing where it was refused.
        """
        return self._commit(plan(rows, step), step.action, rows)

    def take_items(self, row: PhraseRow, items: Sequence[Item], step: Step) -> Planned:
        """Do a step for single places of a phrase."""
        return self._commit(plan_items(row, items, step), step.action, [row])

    def commit(self, changes: Iterable[Change], action: Action, rows: Sequence[PhraseRow]) -> None:
        """Write changes that were made elsewhere."""
        self._commit(Planned(tuple(changes)), action, rows)

    def _commit(self, planned: Planned, action: Action, rows: Sequence[PhraseRow]) -> Planned:
        if self.is_read_only:
            self.refused.emit(_("This project is open for reading only."))
            return Planned(())
        if not planned.changes:
            self.refused.emit(_refusal(planned, action))
            return planned
        touched = self._before(planned.changes)
        self._unsaved.append(_Unsaved(planned.changes, self._clock(), *touched))
        shown = self._show(planned.changes)
        is_saved = self._flush()
        self.rows_decided.emit([self._model.by_id(row.phrase_id) for row in shown])
        if is_saved:
            self.said.emit(_told(action, planned, rows))
        return planned if is_saved or self._unsaved else Planned(())

    def _before(self, changes: Sequence[Change]) -> tuple[tuple[PhraseRow, ...], tuple[Item, ...]]:
        rows = {row.phrase_id: row for row in self._rows_of(changes)}
        ids = {change.target_id for change in changes if change.target is Target.ITEM}
        items = [item for n in rows for item in self._items.get(n, ()) if item.item_id in ids]
        return tuple(rows.values()), tuple(items)

    def try_again(self) -> None:
        """Write what could not be saved."""
        if self._flush():
            self.said.emit(_("Everything is saved."))

    def _flush(self) -> bool:
        """Write what is not saved yet, in order; whether all of it is in the file now."""
        had_trouble = bool(self._model.unsaved)
        assert self.project is not None
        while self._unsaved:
            first = self._unsaved[0]
            try:
                self.project.apply(first.changes, actor=self.actor, now=first.now)
            except CodingToolError as error:
                if not isinstance(error, NotSaved):
                    # nothing that trying again would help: what is in the file is shown
                    self._take_back()
                    self.refused.emit(sentence(error))
                    return False
                self._mark_unsaved()
                self.unsaved_changed.emit(error)
                return False
            self._unsaved.pop(0)
        if had_trouble:
            self._mark_unsaved()
            self.unsaved_changed.emit(None)
        return True

    def _mark_unsaved(self) -> None:
        self._model.mark_unsaved({row.phrase_id for one in self._unsaved for row in one.rows})

    def _take_back(self) -> None:
        while self._unsaved:
            self._restore(self._unsaved.pop())
        self._mark_unsaved()

    def _restore(self, last: _Unsaved) -> None:
        for item in last.items:
            self._put_item(item)
        self._model.renew(last.rows)
        self.rows_decided.emit(list(last.rows))

    # -- undo ------------------------------------------------------------------------------------

    def undo(self) -> None:
        """Take the last step back."""
        if self._unsaved:  # the last step is not in the file: it goes from the screen only
            last = self._unsaved.pop()
            self._restore(last)
            self._mark_unsaved()
            if not self._unsaved:
                self.unsaved_changed.emit(None)
            self.said.emit(_("Undone; it had not been saved."))
            self.stepped_back.emit([row.phrase_id for row in last.rows])
        elif self.project is not None:
            self._step_back(self.project.undo, _("Undone: {what}"), _("There is nothing to undo."))

    def redo(self) -> None:
        """Do again what was undone."""
        if self.project is not None and not self._unsaved:
            self._step_back(self.project.redo, _("Redone: {what}"), _("There is nothing to redo."))

    def _step_back(self, step: Callable[..., UndoStep | None], text: str, nothing: str) -> None:
        if self.is_read_only:
            self.refused.emit(_("This project is open for reading only."))
            return
        try:
            done = step(actor=self.actor, now=self._clock())
        except CodingToolError as error:
            self.refused.emit(sentence(error))
            return
        if done is None:
            self.said.emit(nothing)
            return
        rows = self._show(done.changes)
        self.rows_decided.emit(rows)
        self.said.emit(text.format(what=_what(done.action, rows)))
        self.stepped_back.emit([row.phrase_id for row in rows])

    # -- what is shown ---------------------------------------------------------------------------

    def _rows_of(self, changes: Iterable[Change]) -> list[PhraseRow]:
        ids = dict.fromkeys(
            change.target_id
            if change.target is Target.PHRASE
            else self._owner.get(change.target_id, 0)
            for change in changes
        )
        rows = (self._model.by_id(phrase_id) for phrase_id in ids)
        return [row for row in rows if row is not None]

    def _show(self, changes: Sequence[Change]) -> list[PhraseRow]:
        """Bring changes to the screen; gives the phrases they are about, as they stand now."""
        rows: dict[int, PhraseRow] = {}
        for change in changes:
            if change.target is Target.PHRASE:
                row = rows.get(change.target_id) or self._model.by_id(change.target_id)
                if row is not None:
                    rows[row.phrase_id] = replace(row, state=change.after)
            elif change.target is Target.ITEM:
                phrase_id = self._owner.get(change.target_id, 0)
                row = rows.get(phrase_id) or self._model.by_id(phrase_id)
                for item in self._items.get(phrase_id, ()):
                    if item.item_id == change.target_id:
                        own = None if change.clears else change.after
                        self._put_item(replace(item, state=own))
                        break
                if row is not None:
                    count = sum(item.state is not None for item in self._items.get(phrase_id, ()))
                    rows[phrase_id] = replace(row, exception_count=count)
        self._model.renew(rows.values())
        return list(rows.values())

    def _put_item(self, item: Item) -> None:
        kept = self._items.get(item.phrase_id, [])
        for place, other in enumerate(kept):
            if other.item_id == item.item_id:
                kept[place] = item


def _what(action: Action, rows: Sequence[PhraseRow]) -> str:
    if len(rows) == 1:
        return f"{words.action_word(action)} · {rows[0].text}"
    return f"{words.action_word(action)} · {_phrases(len(rows))}"


def _phrases(count: int) -> str:
    return ngettext("{count} phrase", "{count} phrases", count).format(count=count)


def _told(action: Action, planned: Planned, rows: Sequence[PhraseRow]) -> str:
    done = len({change.target_id for change in planned.changes})
    if len(rows) == 1 and done == 1:
        after = planned.changes[0].after
        parts = [words.action_word(action), rows[0].text, term_names(after.terms)]
        return " · ".join(filter(None, parts))
    text = f"{words.action_word(action)} · {_phrases(done)}"
    if planned.passed_by:
        text += " · " + _("passed by: {count}").format(count=planned.passed_by)
    return text


def _refusal(planned: Planned, action: Action) -> str:
    if planned.locked:
        return _("Decided already: press U to reopen it first.")
    if planned.empty:
        return _("There is no term to accept: choose one (1–9), search, or press N.")
    if action is Action.REOPEN:
        return _("It is not decided yet: there is nothing to reopen.")
    return _("Nothing to change.")
