"""Review: what a person decided about a phrase, and which decisions may follow which.

A phrase starts unreviewed with what coding proposed. A person accepts the proposal, chooses other
terms, or finds that no term is suitable; from then on it is locked until it is reopened. Who and
when are passed in. One decision holds for all equal phrases; an item (one place in the file) may
have a decision of its own: the moves are made with ``replace(row, state=item.state)`` then.

A move gives the state after it and changes nothing; a `Change` of it goes to the project file. A
flag or a comment is no decision: both may be made on locked rows.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from enum import Enum

from m2m_desktop.core.errors import CodingToolError
from m2m_desktop.core.messages import N_, Message, message
from m2m_desktop.core.pieces import PieceKind
from m2m_desktop.core.records import Band, Source


class ReviewStatus(Enum):
    """What a person said about a phrase."""

    UNREVIEWED = "unreviewed"
    ACCEPTED = "accepted"
    CHANGED = "changed"
    NO_TERM = "no_suitable_term"


class Target(Enum):
    """What a decision is about: all equal phrases, or one place in the file.

    The whole project only where texts were purged or it was brought to another release: its id
    is 0.
    """

    PHRASE = "phrase"
    ITEM = "item"
    PROJECT = "project"


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
    PURGE = "purge"
    UPGRADE = "upgrade"
    ADD = "add"
    """A mention that the columns of names leave out was added to its report."""
    WITHDRAW = "withdraw"
    """An added mention was taken out again."""


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
    """What holds for a phrase or an item now. Unreviewed with a ``source``: a draft, no decision.

    ``source`` tells where the terms came from; ``decided_at`` is UTC, ISO 8601. A draft may have
    no terms: a person took the last one out and has not decided yet.
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

    @property
    def is_draft(self) -> bool:
        """Whether a person put terms together without deciding yet."""
        return not self.is_locked and self.source is not Source.NONE


@dataclass(frozen=True, slots=True)
class Change:
    """One step of review: the state of a target after an action.

    ``clears``: an item has no decision of its own any more, the phrase's holds again; ``after``
    is the empty state then. `unexcepted` makes such a change, and undoing an exception does.
    """

    target: Target
    target_id: int
    action: Action
    after: ReviewState
    clears: bool = False


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


class IllegalMove(CodingToolError):
    """A step of review that may not follow the present state. Fields: detail."""

    code = "M2M-405"
    what = N_("This step is not possible: {detail}")


LOCKED = N_("it is decided already. Reopen it first.")
NOT_LOCKED = N_("it is not decided yet.")
NOTHING_PROPOSED = N_("there is no term to accept. Choose a term, or say that none is suitable.")
NOTHING_CHOSEN = N_("no term is chosen. Say that none is suitable instead.")
ALREADY_FLAGGED = N_("it is flagged already.")
NOT_FLAGGED = N_("it is not flagged.")
NO_MOVE = N_("undoing and redoing are steps of their own.")
NOT_LIKE_THIS = N_("mentions are added and taken out as a whole.")
NOT_ITS_OWN = N_("this place has no decision of its own.")
ITS_OWN_ALREADY = N_("this place has a decision of its own already.")
OUTDATED = N_("the row has changed meanwhile. Look at it again.")

_DECIDING = frozenset({Action.ACCEPT, Action.CHOOSE, Action.NO_TERM, Action.DRAFT})
_STATUSES_AFTER = {
    Action.ACCEPT: {ReviewStatus.ACCEPTED, ReviewStatus.CHANGED},
    Action.CHOOSE: {ReviewStatus.ACCEPTED, ReviewStatus.CHANGED},
    Action.NO_TERM: {ReviewStatus.NO_TERM},
    Action.DRAFT: {ReviewStatus.UNREVIEWED},
    Action.REOPEN: {ReviewStatus.UNREVIEWED},
}


def check_move(state: ReviewState, action: Action) -> None:
    """Raise `IllegalMove` where ``action`` may not follow ``state``, whatever its terms are."""
    problem = ""
    if action in _DECIDING and state.is_locked:
        problem = LOCKED
    elif action is Action.REOPEN and not state.is_locked:
        problem = NOT_LOCKED
    elif action is Action.UPGRADE and not state.is_draft:
        problem = "" if state.is_locked else NOT_LOCKED
    elif action is Action.FLAG and state.is_flagged:
        problem = ALREADY_FLAGGED
    elif action is Action.UNFLAG and not state.is_flagged:
        problem = NOT_FLAGGED
    elif action in (Action.UNDO, Action.REDO, Action.PURGE):
        problem = NO_MOVE
    elif action in (Action.ADD, Action.WITHDRAW):
        problem = NOT_LIKE_THIS
    if problem:
        raise IllegalMove(detail=message(problem))


def check_change(before: ReviewState | None, change: Change) -> None:
    """Raise `IllegalMove` where a change does not fit what holds now.

    ``before`` None: an item without a decision of its own. A change that was made from a state
    seen earlier must not write over what has been decided since.
    """
    action, after = change.action, change.after
    if action in (Action.EXCEPT, Action.UNEXCEPT) and change.target is not Target.ITEM:
        raise IllegalMove(detail=message(NOT_ITS_OWN))
    if action is Action.EXCEPT and before is not None:
        raise IllegalMove(detail=message(ITS_OWN_ALREADY))
    if action is not Action.EXCEPT and before is None:
        raise IllegalMove(detail=message(NOT_ITS_OWN))
    if before is None or action is Action.UNEXCEPT:
        return
    check_move(before, action)
    if action is Action.UPGRADE or action in _STATUSES_AFTER:
        is_right = after.status in _statuses_after(before, change)
        is_same = (after.is_flagged, after.comment) == (before.is_flagged, before.comment)
    else:
        is_comment = action is Action.COMMENT
        is_right = is_comment or after.is_flagged is (action is Action.FLAG)
        is_same = after == (
            replace(before, comment=after.comment)
            if is_comment
            else replace(before, is_flagged=after.is_flagged)
        )
    if not (is_right and is_same):
        raise IllegalMove(detail=message(OUTDATED))


def _statuses_after(before: ReviewState, change: Change) -> set[ReviewStatus]:
    if change.action is not Action.UPGRADE:
        return _STATUSES_AFTER[change.action]
    if not change.after.terms:
        return set()
    return {before.status, ReviewStatus.CHANGED} if before.is_locked else {before.status}


def current_terms(row: PhraseRow) -> tuple[CodedTerm, ...]:
    """Give what is selected now: the decided terms, else the draft, else the proposal."""
    return row.state.terms if row.state.is_locked or row.state.is_draft else row.proposed


def same_terms(one: Iterable[CodedTerm], other: Iterable[CodedTerm]) -> bool:
    """Whether two sets of terms code the same: equal PTs in any order, through whichever LLT."""
    return {term.pt_code for term in one} == {term.pt_code for term in other}


def accepted(row: PhraseRow, who: str, when: datetime) -> ReviewState:
    """Accept what is selected: the draft if there is one, else the proposal.

    A draft of other PTs than the proposed ones counts as changed. Raises `IllegalMove`.
    """
    check_move(row.state, Action.ACCEPT)
    terms = current_terms(row)
    if not terms:
        raise IllegalMove(detail=message(NOTHING_PROPOSED))
    return _decided(row, terms, row.state.source, who, when)


def chosen(
    row: PhraseRow, terms: Sequence[CodedTerm], source: Source, who: str, when: datetime
) -> ReviewState:
    """Decide for ``terms`` (one or several), found by ``source``. Raises `IllegalMove`."""
    check_move(row.state, Action.CHOOSE)
    if not terms:
        raise IllegalMove(detail=message(NOTHING_CHOSEN))
    return _decided(row, terms, source, who, when)


def no_term(row: PhraseRow, who: str, when: datetime) -> ReviewState:
    """Decide that no term is suitable. Raises `IllegalMove`."""
    check_move(row.state, Action.NO_TERM)
    return replace(
        row.state,
        status=ReviewStatus.NO_TERM,
        terms=(),
        source=Source.MANUAL,
        reviewer=who,
        decided_at=_stamp(when),
    )


def drafted(row: PhraseRow, terms: Sequence[CodedTerm]) -> ReviewState:
    """Put a set of terms together without deciding; it may be empty. Raises `IllegalMove`."""
    check_move(row.state, Action.DRAFT)
    return replace(row.state, terms=_distinct(terms), source=Source.MANUAL)


def toggled(row: PhraseRow, term: CodedTerm) -> ReviewState:
    """Take a PT into what is selected, or out of it; the result is a draft. Raises `IllegalMove`."""
    now = current_terms(row)
    without = tuple(other for other in now if other.pt_code != term.pt_code)
    return drafted(row, without if len(without) < len(now) else (*now, term))


def reopened(state: ReviewState) -> ReviewState:
    """Take a decision back; its terms stay as a draft. Raises `IllegalMove`."""
    check_move(state, Action.REOPEN)
    return replace(
        state,
        status=ReviewStatus.UNREVIEWED,
        source=state.source if state.terms else Source.NONE,
        reviewer="",
        decided_at="",
    )


def upgraded(
    state: ReviewState, terms: Sequence[CodedTerm], who: str, when: datetime
) -> ReviewState:
    """Put the terms of another release in the place of the decided ones. Raises `IllegalMove`.

    Where the PTs stay the same, so does whose decision it is; other PTs are a decision of ``who``.
    """
    check_move(state, Action.UPGRADE)
    if not terms:
        raise IllegalMove(detail=message(NOTHING_CHOSEN))
    after = replace(state, terms=_distinct(terms))
    if not state.is_locked or same_terms(after.terms, state.terms):
        return after
    source = Source.MANUAL if state.source is Source.NONE else state.source
    return replace(
        after,
        status=ReviewStatus.CHANGED,
        source=source,
        reviewer=who,
        decided_at=_stamp(when),
    )


def flagged(state: ReviewState) -> ReviewState:
    """Mark for another look. Raises `IllegalMove`."""
    check_move(state, Action.FLAG)
    return replace(state, is_flagged=True)


def unflagged(state: ReviewState) -> ReviewState:
    """Take the mark away. Raises `IllegalMove`."""
    check_move(state, Action.UNFLAG)
    return replace(state, is_flagged=False)


def commented(state: ReviewState, text: str) -> ReviewState:
    """Put a comment in place of the former one; empty removes it."""
    return replace(state, comment=text.strip())


def excepted(item_id: int, after: ReviewState) -> Change:
    """Give an item a decision of its own, or a draft of one."""
    return Change(Target.ITEM, item_id, Action.EXCEPT, after)


def unexcepted(item_id: int) -> Change:
    """Let the decision of the phrase hold for an item again."""
    return Change(Target.ITEM, item_id, Action.UNEXCEPT, ReviewState(), clears=True)


def _decided(
    row: PhraseRow, terms: Sequence[CodedTerm], source: Source, who: str, when: datetime
) -> ReviewState:
    distinct = _distinct(terms)
    is_proposal = bool(row.proposed) and same_terms(distinct, row.proposed)
    return replace(
        row.state,
        status=ReviewStatus.ACCEPTED if is_proposal else ReviewStatus.CHANGED,
        terms=distinct,
        source=row.source if is_proposal else source,
        reviewer=who,
        decided_at=_stamp(when),
    )


def _distinct(terms: Sequence[CodedTerm]) -> tuple[CodedTerm, ...]:
    """The first of each PT, in order."""
    return tuple({term.pt_code: term for term in reversed(terms)}[code] for code in _codes(terms))


def _codes(terms: Sequence[CodedTerm]) -> list[str]:
    return list(dict.fromkeys(term.pt_code for term in terms))


def _stamp(when: datetime) -> str:
    return when.astimezone(UTC).isoformat(timespec="seconds")


class WarningKind(Enum):
    """What a person should look at before deciding."""

    CODED_DIFFERENTLY = "coded_differently"
    NOT_CURRENT = "not_current"
    SAME_FAMILY = "same_family"


_WARNING_TEXTS = {
    WarningKind.CODED_DIFFERENTLY: N_("This phrase was coded differently before: {terms}"),
    WarningKind.NOT_CURRENT: N_("The LLT is not current: {terms}"),
    WarningKind.SAME_FAMILY: N_("Several PTs of one family (the same HLT): {terms}"),
}
NO_SUITABLE_TERM = N_("no suitable term")


@dataclass(frozen=True, slots=True)
class ReviewWarning:
    """A reason to look twice, and the terms it is about."""

    kind: WarningKind
    terms: tuple[CodedTerm, ...] = ()

    @property
    def text(self) -> Message:
        """The warning as a sentence."""
        is_llt = self.kind is WarningKind.NOT_CURRENT
        names = [(is_llt and term.llt_name) or term.pt_name for term in self.terms]
        terms: object = ", ".join(names) if names else message(NO_SUITABLE_TERM)
        return message(_WARNING_TEXTS[self.kind], terms=terms)


def warnings_of(
    row: PhraseRow, remembered: Sequence[CodedTerm] | None = None
) -> tuple[ReviewWarning, ...]:
    """Give what speaks against what is selected now.

    ``remembered`` is what the memory holds for the phrase: None nothing, empty "no suitable term".
    """
    terms = current_terms(row)
    found = []
    says_something = bool(terms) or row.state.status is ReviewStatus.NO_TERM
    if remembered is not None and says_something and not same_terms(terms, remembered):
        found.append(ReviewWarning(WarningKind.CODED_DIFFERENTLY, tuple(remembered)))
    if outdated := tuple(term for term in terms if not term.is_current):
        found.append(ReviewWarning(WarningKind.NOT_CURRENT, outdated))
    families: dict[str, list[CodedTerm]] = {}
    for term in terms:
        families.setdefault(term.hlt_code, []).append(term)
    for hlt_code, family in families.items():
        if hlt_code and len(family) > 1:
            found.append(ReviewWarning(WarningKind.SAME_FAMILY, tuple(family)))
    return tuple(found)


def is_doubtful(row: PhraseRow) -> bool:
    """Whether a person should look at a phrase: flagged, or undecided and coding is not certain."""
    if row.state.is_flagged:
        return True
    is_open = row.kind is PieceKind.REACTION and not row.state.is_locked
    return is_open and row.band in (Band.DOUBTFUL, Band.NOT_FOUND)
