"""Review: what a person decided about a phrase, and which decisions may follow which.

A phrase starts unreviewed with what coding proposed. A person accepts the proposal, chooses other
terms, or finds that no term is suitable; from then on it is locked until it is reopened. Who and
when are passed in. One decision holds for all equal phrases; an item (one place in the file) may
have a decision of its own.
"""

from dataclasses import dataclass
from enum import Enum

from m2m_desktop.core.pieces import PieceKind
from m2m_desktop.core.records import Band, Source


class ReviewStatus(Enum):
    """What a person said about a phrase."""

    UNREVIEWED = "unreviewed"
    ACCEPTED = "accepted"
    CHANGED = "changed"
    NO_TERM = "no_suitable_term"


class Target(Enum):
    """What a decision is about: all equal phrases, or one place in the file."""

    PHRASE = "phrase"
    ITEM = "item"


class Action(Enum):
    """What was done; each is one event of the audit trail."""

    ACCEPT = "accept"
    CHOOSE = "choose"
    NO_TERM = "no_term"
    DRAFT = "draft"
    REOPEN = "reopen"
    FLAG = "flag"
    UNFLAG = "unflag"
    COMMENT = "comment"
    EXCEPT = "except"
    UNEXCEPT = "unexcept"
    UNDO = "undo"
    REDO = "redo"


@dataclass(frozen=True, slots=True)
class CodedTerm:
    """A PT that was proposed or chosen, and the LLT that stands for the phrase, as named then.

    The path is the primary one. ``probability`` is the model's, None where no model gave one.
    """

    pt_code: str
    pt_name: str
    llt_code: str = ""
    llt_name: str = ""
    hlt_code: str = ""
    hlt_name: str = ""
    hlgt_code: str = ""
    hlgt_name: str = ""
    soc_code: str = ""
    soc_name: str = ""
    probability: float | None = None
    is_current: bool = True


@dataclass(frozen=True, slots=True)
class ReviewState:
    """What holds for a phrase or an item now. Unreviewed with ``terms``: a draft, not a decision.

    ``source`` tells where the terms came from; ``decided_at`` is UTC, ISO 8601.
    """

    status: ReviewStatus = ReviewStatus.UNREVIEWED
    terms: tuple[CodedTerm, ...] = ()
    source: Source = Source.NONE
    is_flagged: bool = False
    comment: str = ""
    reviewer: str = ""
    decided_at: str = ""

    @property
    def is_locked(self) -> bool:
        """Whether it must be reopened before another decision, and bulk actions pass it by."""
        return self.status is not ReviewStatus.UNREVIEWED


@dataclass(frozen=True, slots=True)
class Change:
    """One step of review: the state of a target after an action."""

    target: Target
    target_id: int
    action: Action
    after: ReviewState


@dataclass(frozen=True, slots=True)
class PhraseRow:
    """A distinct phrase of a project: how often it stands there, what was proposed and decided.

    ``band`` None: not coded yet. ``proposed`` is the selected set of the answer; ``probability``
    that of its best candidate. ``exception_count`` items have a decision of their own.
    """

    phrase_id: int
    text: str
    kind: PieceKind
    item_count: int
    report_count: int
    band: Band | None = None
    source: Source = Source.NONE
    proposed: tuple[CodedTerm, ...] = ()
    probability: float | None = None
    state: ReviewState = ReviewState()
    exception_count: int = 0
