"""What goes into a project and what comes out of it."""

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from m2m_desktop.core.coded_items import PairCounts
from m2m_desktop.core.messages import Message
from m2m_desktop.core.pieces import PieceKind
from m2m_desktop.core.records import Run
from m2m_desktop.core.review import Action, Change, ReviewState


@dataclass(frozen=True, slots=True)
class NewItem:
    """One mention found in a file. ``text`` is the phrase; equal ones share a decision."""

    sheet: str
    row: int
    column: int
    start: int
    end: int
    text: str
    kind: PieceKind
    severity: str = ""
    report_id: str = ""


@dataclass(frozen=True, slots=True)
class NewSource:
    """A file that was read: its name, SHA-256, and how (``layout`` as plain JSON)."""

    name: str
    sha256: str
    path: str
    layout: dict[str, object]
    counts: dict[str, int]


@dataclass(frozen=True, slots=True)
class Item:
    """A stored mention; ``state`` is its own decision, None where the phrase's holds.

    ``is_added``: no column of names has it, a person added it out of the report's narrative.
    """

    item_id: int
    phrase_id: int
    sheet: str
    row: int
    column: int
    start: int
    end: int
    kind: PieceKind
    severity: str
    report_id: str
    state: ReviewState | None = None
    is_added: bool = False


@dataclass(frozen=True, slots=True)
class Addition:
    """A mention to be added to its report, and what a person decided about it there."""

    item: NewItem
    decided: ReviewState


@dataclass(frozen=True, slots=True)
class Actor:
    """Who acts: the account of the system, and the name a person typed (or empty)."""

    os_user: str
    reviewer: str = ""


@dataclass(frozen=True, slots=True)
class Event:
    """One entry of the audit trail; ``group_id`` joins what one action of a person changed.

    ``change.action`` is what was done, ``undoes`` the event that an undo or redo answers to.
    ``had_own_state`` False: an item had no decision of its own before. ``clock_back_s`` is more
    than 0 where the clock of the PC was so many seconds behind the event before. ``presence`` is
    "added" or "withdrawn" where the event brought an item in or took it out, empty otherwise.
    """

    seq: int
    group_id: int
    change: Change
    before: ReviewState
    actor: Actor
    utc: str
    utc_offset_minutes: int
    reason: str
    undoes: int | None = None
    had_own_state: bool = True
    clock_back_s: int = 0
    presence: str = ""


@dataclass(frozen=True, slots=True)
class UndoStep:
    """What undo or redo did: ``action`` is the person's step that was undone or redone.

    ``changes`` are what holds now, in the order in which they were applied.
    """

    action: Action
    changes: tuple[Change, ...]


@dataclass(frozen=True, slots=True)
class ReleaseStamp:
    """A release as a project names it. ``hashes`` are (file name, SHA-256) pairs."""

    terminology_id: str
    name: str = ""
    version: str = ""
    language: str = ""
    hashes: tuple[tuple[str, str], ...] = ()
    is_demo: bool = False


@dataclass(frozen=True, slots=True)
class Upgrade:
    """Decisions that were brought to another release.

    ``changed`` and ``kept`` are (key, kind) pairs: what was applied, and what the new release says
    otherwise and was left as it is. ``is_undone``: it does not hold any more.
    """

    seq: int
    group_id: int
    utc: str
    actor: Actor
    before: ReleaseStamp
    after: ReleaseStamp
    changed: tuple[tuple[str, str], ...]
    kept: tuple[tuple[str, str], ...]
    is_undone: bool = False


@dataclass(frozen=True, slots=True)
class ProjectInfo:
    """A project in figures, for its head and for ``m2m project info``.

    ``texts_missing``: some phrase has no text (see `Project.restore_texts`). ``coded_count`` and
    ``decided_count`` count phrases of reactions. ``notes`` are for the user (opened for reading
    only, a slower way of saving, ...). ``release`` is the one that decisions are made in now: that
    of the run, or a later one that they were brought to. ``pairs`` sums up the answers.
    """

    path: str
    source_name: str
    source_path: str
    source_sha256: str
    layout: dict[str, object]
    created_at: str
    remembers_texts: bool
    texts_missing: bool
    is_read_only: bool
    item_count: int
    phrase_count: int
    reaction_phrase_count: int
    coded_count: int
    decided_count: int
    event_count: int
    chain_head: str
    run: Run | None
    project_id: str = ""
    terminology_id: str = ""
    counts: tuple[tuple[str, int], ...] = ()
    notes: tuple[Message, ...] = ()
    release: ReleaseStamp | None = None
    pairs: PairCounts | None = None


@dataclass(frozen=True, slots=True)
class Verification:
    """What a check of a whole project found; no ``problems``: every part agrees with the others."""

    problems: tuple[Message, ...]
    event_count: int
    phrase_count: int
    item_count: int
    answer_count: int
    chain_head: str

    @property
    def is_sound(self) -> bool:
        """Whether nothing was found."""
        return not self.problems


@dataclass(frozen=True, slots=True)
class Backup:
    """A copy of a project as it stood; ``revision`` counts its changes, ``head`` its last event."""

    path: Path
    made_at: datetime
    revision: int
    head: str
