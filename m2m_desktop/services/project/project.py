"""A project: the phrases of a file, what coding proposed, and what a person decided.

All of it is one SQLite file that one program has open. A decision is on the disk when the call
that makes it returns. To be used by one thread.
"""

import logging
import zlib
from collections.abc import Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType

from m2m_desktop.core.coded_items import CodedItem, CodedSource
from m2m_desktop.core.errors import OutputUnwritable
from m2m_desktop.core.messages import N_, Message, message
from m2m_desktop.core.progress import Progress, silent
from m2m_desktop.core.review import Action, Change, PhraseRow
from m2m_desktop.core.text import encodable
from m2m_desktop.services.project import (
    additions,
    answers,
    backups,
    coded,
    creation,
    drafts,
    events,
    items,
    migrations,
    phrases,
    purge,
    recovery,
    states,
    upgrades,
    verification,
)
from m2m_desktop.services.project.errors import (
    NotAProject,
    ProjectDamaged,
    ProjectError,
    ProjectNotFound,
    ProjectReadOnly,
)
from m2m_desktop.services.project.info import read_info
from m2m_desktop.services.project.project_file import (
    OpenFile,
    close,
    open_for_reading,
    open_for_review,
    transaction,
    translated,
    unchecked,
)
from m2m_desktop.services.project.records import (
    Actor,
    Addition,
    Backup,
    Event,
    Item,
    NewItem,
    NewSource,
    ProjectInfo,
    UndoStep,
    Upgrade,
    Verification,
)
from m2m_desktop.services.project.undo import Step, UndoStacks
from m2m_desktop.services.project.wire import Json

BULK = 100
"""Steps that change more than so many phrases at once get a backup first."""

NO_BACKUP = N_("No backup could be made: {detail}")
UNREADABLE_PART = N_("a part of it cannot be read.")

_log = logging.getLogger(__name__)


class Project:
    """An open project; `Project.open` makes one, and it is a context manager.

    Every method may raise ProjectDamaged where the file turns out to be unreadable; those that
    write raise ProjectReadOnly where the project is open for reading only, and DiskFull or
    NotSaved where a step was not written: it did not happen then, and may be repeated.
    """

    def __init__(self, path: Path, opened: OpenFile, backup_dir: Path | None) -> None:
        """Not to be called: see `Project.open`."""
        self.path = path
        self._file = opened
        self._connection = opened.connection
        self._undo = UndoStacks()
        self._notes: list[Message] = list(opened.notes)
        with translated(path):
            genesis = creation.read_genesis(self._connection)
            self._texts = dict(phrases.read_texts(self._connection))
        self._remembers_texts = bool(genesis["remembers_texts"])
        self._salt = bytes.fromhex(str(genesis["salt"]))
        self._folder = backups.backup_folder(path, str(genesis["project_id"]), backup_dir)

    @classmethod
    def create(
        cls,
        path: Path,
        source: NewSource,
        items: Iterable[NewItem],
        *,
        terminology_id: str,
        remembers_texts: bool = True,
        now: datetime,
        progress: Progress = silent,
    ) -> None:
        """Write a new project file and close it; ``progress`` counts items, the total is unknown.

        Raises ProjectExists, OutputUnwritable; nothing is left behind then.
        """
        creation.create_project(
            path,
            source,
            items,
            terminology_id=terminology_id,
            remembers_texts=remembers_texts,
            now=now,
            progress=progress,
        )

    @classmethod
    def open(
        cls,
        path: Path,
        *,
        read_only: bool = False,
        backup_dir: Path | None = None,
        despite_damage: bool = False,
    ) -> "Project":
        """Open a project for this program alone, check it, and bring it up to date.

        Where nothing can be written it opens for reading only and says so in ``info.notes``.
        ``backup_dir``: the user's folder for backups; None keeps them beside the project.
        ``despite_damage`` opens for reading what still can be read.

        Raises ProjectNotFound, ProjectLocked, NotAProject, ProjectTooNew, ProjectUnreadable,
        ProjectDamaged (with the newest good backup), and NotSaved or OutputUnwritable where an
        old project could not be brought up to date.
        """
        if not path.is_file():
            raise ProjectNotFound(path=path)
        try:
            check = unchecked if despite_damage else verification.check_at_open
            open_file = open_for_reading if read_only or despite_damage else open_for_review
            opened = open_file(path, check)
            try:
                with _readable(path):
                    project = cls(path, opened, backup_dir)
                    project._prepare()
            except BaseException:
                close(opened)
                raise
        except (ProjectDamaged, NotAProject) as error:
            better = recovery.with_backup(error, path, backup_dir)
            if better is None:
                raise
            raise better from error
        return project

    def _prepare(self) -> None:
        """Bring the file up to date and make the backup of this opening."""
        if self.read_only:
            migrations.read_as_newest(self._connection)
            return
        with suppress(OSError):  # as with every deletion here, the next opening tries again
            drafts.delete_drafts(self._folder)
            drafts.delete_drafts(self.path.parent, self.path.name)
            purge.delete_backups_with_texts(self._connection, self._folder)
        if migrations.needs_migration(self._connection):
            backups.make_backup(self._connection, self.path, self._folder, datetime.now(UTC))
            migrations.migrate(self._connection, self.path)
        self._back_up()

    def __enter__(self) -> "Project":
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close the file and leave it without company; may be called twice."""
        close(self._file)

    @property
    def read_only(self) -> bool:
        """Whether nothing can be changed."""
        return self._file.is_read_only

    @property
    def info(self) -> ProjectInfo:
        """The project in figures, as of now."""
        with _readable(self.path):
            return read_info(
                self._connection,
                self.path,
                texts=self._texts,
                is_read_only=self.read_only,
                notes=tuple(self._notes),
            )

    # -- phrases and their places -------------------------------------------------------------

    def phrases(self) -> list[PhraseRow]:
        """Give all distinct phrases of all kinds, in the order in which they first appear."""
        with _readable(self.path):
            return phrases.read_phrases(self._connection, self._texts)

    def items(self, phrase_id: int) -> list[Item]:
        """Give the places of a phrase in the order of the file; none for an unknown one."""
        with _readable(self.path):
            return list(items.read_items(self._connection, phrase_id))

    def all_items(self) -> Iterator[Item]:
        """Give all places in the order of the file, then those that were added."""
        with _readable(self.path):
            yield from items.read_all_items(self._connection)

    def texts(self) -> dict[int, str]:
        """Give the texts that are known, as stored or restored, by phrase."""
        return dict(self._texts)

    def restore_texts(self, texts: Iterable[str]) -> int:
        """Find the phrases of a project without texts again, for this session only.

        Gives how many phrases are still without.
        """
        with _readable(self.path):
            found = phrases.match_texts(self._connection, self._salt, texts)
            self._texts = {**found, **self._texts}
            seen = {one for (one,) in self._connection.execute("SELECT phrase_id FROM tally")}
        return len(seen - self._texts.keys())

    # -- answers ------------------------------------------------------------------------------

    def unanswered(self) -> list[tuple[int, str]]:
        """Give the reactions that have no answer and a known text, the most frequent first."""
        with _readable(self.path):
            return phrases.read_unanswered(self._connection, self._texts)

    def store_answers(self, run: Json, answered: Sequence[tuple[int, Json]]) -> None:
        """Keep answers (`services.wire.result_to_json`) of one run; decisions are not touched.

        A provisional answer may be stored; the final one replaces it.
        """
        with self._change():
            answers.put_answers(self._connection, run, answered)

    def answer(self, phrase_id: int) -> Json | None:
        """Give what coding answered: at most twenty candidates, and those that are selected."""
        with _readable(self.path):
            text = self._texts.get(phrase_id)
            return answers.read_answer(self._connection, phrase_id, text)

    def forget_answers(self) -> None:
        """Drop all answers, before coding again in another way; decisions stay."""
        with self._change():
            answers.drop_answers(self._connection)

    # -- review -------------------------------------------------------------------------------

    def apply(
        self, changes: Sequence[Change], *, actor: Actor, now: datetime, reason: str = ""
    ) -> int:
        """Make one step of one or many changes, all or none; gives the number of its last event.

        Raises IllegalMove where one does not fit what holds now: the row has changed since the
        caller looked, or it is locked. BadRequest for an unknown phrase or item.
        """
        if len(changes) > BULK and not self.read_only:
            self._back_up()
        with self._change():
            head = events.read_head(self._connection)
            if changes:
                head = states.apply_changes(
                    self._connection, changes, actor=actor, now=now, reason=reason
                )
        if changes:
            self._undo.did(head.group_id, changes[0].action)
        return head.seq

    def add(
        self, added: Sequence[Addition], *, actor: Actor, now: datetime
    ) -> list[additions.Added]:
        """Add mentions to their reports, with what was decided about them, as one step.

        They are mentions of narratives, whatever their column. What else the project holds stays as
        it is; see `additions.add_all`. Raises BadRequest for what is there already.
        """
        if not added:
            return []
        with self._change():
            keeps = self._remembers_texts and not purge.was_purged(self._connection)
            head, made = additions.add_all(
                self._connection, added, salt=self._salt, keeps_texts=keeps, actor=actor, now=now
            )
        self._undo.did(head.group_id, Action.ADD)
        for one, place in zip(added, made, strict=True):
            self._texts.setdefault(place.phrase_id, encodable(one.item.text))
        return made

    def withdraw(self, item_ids: Sequence[int], *, actor: Actor, now: datetime) -> None:
        """Take added mentions out again, as one step. Raises BadRequest for any other item."""
        if item_ids:
            with self._change():
                head = additions.withdraw_all(self._connection, item_ids, actor=actor, now=now)
            self._undo.did(head.group_id, Action.WITHDRAW)

    def upgrade(self, changes: Sequence[Change], told: str, *, actor: Actor, now: datetime) -> int:
        """Bring decisions to another release as one step, all or none; see `upgrades`.

        ``told`` is an `upgrades.upgrade_note`. Raises as `apply` does.
        """
        if not self.read_only:
            self._back_up()
        with self._change():
            head = states.apply_upgrade(self._connection, changes, told, actor=actor, now=now)
        self._undo.did(head.group_id, Action.UPGRADE)
        return head.seq

    def upgrades(self) -> list[Upgrade]:
        """Give what brought decisions to another release, oldest first, the undone ones too."""
        with _readable(self.path):
            return upgrades.read_upgrades(self._connection)

    def undo(self, *, actor: Actor, now: datetime) -> UndoStep | None:
        """Take back the last step of this session by a step of its own; None: nothing is left."""
        return self._move(self._undo.done, Action.UNDO, actor, now)

    def redo(self, *, actor: Actor, now: datetime) -> UndoStep | None:
        """Make the last undone step again; None: nothing was undone since the last step."""
        return self._move(self._undo.undone, Action.REDO, actor, now)

    @property
    def can_undo(self) -> bool:
        """Whether there is a step to take back."""
        return bool(self._undo.done)

    @property
    def can_redo(self) -> bool:
        """Whether there is a step to make again."""
        return bool(self._undo.undone)

    def _move(
        self, stack: list[Step], action: Action, actor: Actor, now: datetime
    ) -> UndoStep | None:
        if not stack:
            return None
        step = stack[-1]
        with self._change():
            head, changes = states.revert_group(
                self._connection, step.group_id, action, actor=actor, now=now
            )
        self._undo.moved(stack, head.group_id)
        return UndoStep(step.action, changes)

    def history(self, phrase_id: int) -> list[Event]:
        """Give what was done to a phrase and its items, oldest first."""
        with _readable(self.path):
            return list(events.events_of_phrase(self._connection, phrase_id))

    def events_of_group(self, group_id: int) -> list[Event]:
        """Give what one step changed, in order."""
        with _readable(self.path):
            return events.events_of_group(self._connection, group_id)

    # -- the file -----------------------------------------------------------------------------

    def verify(self) -> Verification:
        """Check everything in the file against everything else. Takes seconds at most."""
        return verification.verify(self._connection)

    def snapshot(self, target: Path) -> None:
        """Write a copy of the project as it stands; it holds the texts that the project holds.

        Raises OutputUnwritable. An older file at ``target`` is replaced at the end.
        """
        with drafts.draft_beside(target) as draft:
            self._connection.execute("VACUUM INTO ?", (str(draft),))

    def backups(self) -> list[Backup]:
        """Give the backups of this project, the newest first."""
        return backups.list_backups(self._folder)

    def purge_texts(self, *, actor: Actor, now: datetime) -> None:
        """Take the texts of all phrases out of the file, its log and its backups for good.

        Comments stay: they are the reviewer's words. Raises NotSaved naming what could not be
        deleted; calling it again finishes the work.
        """
        self._refuse_if_read_only()
        purge.drop_texts(self._connection, self.path, actor=actor, now=now)
        self._texts = {}
        purge.erase_traces(self._connection, self.path, self._folder)
        self._back_up()

    # -- for export ---------------------------------------------------------------------------

    def coded_items(self) -> list[CodedItem]:
        """Give every mention with its answer and decision, in the order of the file.

        What was added to a report follows the last mention of its row.
        """
        rows = self.phrases()
        with _readable(self.path):
            return list(coded.coded_items(self._connection, rows))

    def coded_source(self) -> CodedSource:
        """Give everything an export needs."""
        with _readable(self.path):
            last_event_utc = events.read_head(self._connection).utc
        return coded.coded_source(self.info, self.coded_items(), last_event_utc, self.upgrades())

    # -- helpers ------------------------------------------------------------------------------

    def _change(self) -> AbstractContextManager[None]:
        self._refuse_if_read_only()
        return transaction(self._connection, self.path)

    def _refuse_if_read_only(self) -> None:
        if self.read_only:
            raise ProjectReadOnly(path=self.path)

    def _back_up(self) -> None:
        """Make a backup; where that fails, work goes on and the user is told."""
        try:
            backups.make_backup(self._connection, self.path, self._folder, datetime.now(UTC))
        except (OutputUnwritable, ProjectError) as error:
            detail = error.fields.get("detail") or error.code
            note = message(NO_BACKUP, detail=detail)
            if note not in self._notes:
                self._notes.append(note)
            _log.warning("no backup of a project: %s", error.code)


@contextmanager
def _readable(path: Path) -> Iterator[None]:
    """Turn what a damaged file makes of reading into ProjectDamaged."""
    with translated(path):
        try:
            yield
        except (ValueError, LookupError, TypeError, AttributeError, zlib.error) as error:
            _log.warning("a project cannot be read: %s", type(error).__name__)
            raise ProjectDamaged(path=path, detail=message(UNREADABLE_PART)) from error
