"""The steps of review over many phrases, or over single places of one: what changes, what is left.

Nothing here writes or draws: a step gives the changes for the project file and counts what it
passed by.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from m2m_desktop.core import review
from m2m_desktop.core.pieces import PieceKind
from m2m_desktop.core.records import Source
from m2m_desktop.core.review import (
    Action,
    Change,
    CodedTerm,
    IllegalMove,
    PhraseRow,
    ReviewState,
    Target,
)
from m2m_desktop.services.project.records import Item

Move = Callable[[PhraseRow], ReviewState]


@dataclass(frozen=True, slots=True)
class Step:
    """One action of a person: its kind, and the state it leads to from that of a row."""

    action: Action
    move: Move


@dataclass(frozen=True, slots=True)
class Planned:
    """What a step would change, and how many rows it passes by, and why."""

    changes: tuple[Change, ...]
    locked: int = 0
    empty: int = 0
    """Rows with nothing to accept."""
    unchanged: int = 0
    """Rows the step changes nothing of: flagged already, not decided, and the like."""

    @property
    def passed_by(self) -> int:
        """All rows that stay as they are."""
        return self.locked + self.empty + self.unchanged


def accept(who: str, when: datetime) -> Step:
    """Accept what is selected."""
    return Step(Action.ACCEPT, lambda row: review.accepted(row, who, when))


def choose(terms: Sequence[CodedTerm], who: str, when: datetime) -> Step:
    """Decide for these terms."""
    return Step(Action.CHOOSE, lambda row: review.chosen(row, terms, Source.MANUAL, who, when))


def no_term(who: str, when: datetime) -> Step:
    """Decide that no term is suitable."""
    return Step(Action.NO_TERM, lambda row: review.no_term(row, who, when))


def draft(terms: Sequence[CodedTerm]) -> Step:
    """Put this set together without deciding."""
    return Step(Action.DRAFT, lambda row: review.drafted(row, terms))


def toggle(term: CodedTerm) -> Step:
    """Take a term into the set, or out of it."""
    return Step(Action.DRAFT, lambda row: review.toggled(row, term))


REOPEN = Step(Action.REOPEN, lambda row: review.reopened(row.state))
FLAG = Step(Action.FLAG, lambda row: review.flagged(row.state))
UNFLAG = Step(Action.UNFLAG, lambda row: review.unflagged(row.state))


def comment(text: str) -> Step:
    """Put a comment in place of the former one."""
    return Step(Action.COMMENT, lambda row: review.commented(row.state, text))


def plan(rows: Iterable[PhraseRow], step: Step) -> Planned:
    """What a step changes in these phrases."""
    changes: list[Change] = []
    counts: Counter[str] = Counter()
    for row in rows:
        try:
            after = step.move(row)
        except IllegalMove:
            counts[_reason(row, step)] += 1
            continue
        if after == row.state:
            counts["unchanged"] += 1
        else:
            changes.append(Change(Target.PHRASE, row.phrase_id, step.action, after))
    return Planned(tuple(changes), counts["locked"], counts["empty"], counts["unchanged"])


def plan_items(row: PhraseRow, items: Iterable[Item], step: Step) -> Planned:
    """What a step changes in single places of a phrase: each gets a state of its own."""
    changes: list[Change] = []
    counts: Counter[str] = Counter()
    for item in items:
        own = row_of_item(row, item)
        try:
            after = step.move(own)
        except IllegalMove:
            counts[_reason(own, step)] += 1
            continue
        if after == own.state:
            counts["unchanged"] += 1
        elif item.state is None:
            changes.append(review.excepted(item.item_id, after))
        else:
            changes.append(Change(Target.ITEM, item.item_id, step.action, after))
    return Planned(tuple(changes), counts["locked"], counts["empty"], counts["unchanged"])


def row_of_item(row: PhraseRow, item: Item) -> PhraseRow:
    """A phrase as it stands at one place: with the place's own decision, or with none yet."""
    return replace(row, state=item.state or ReviewState())


def _reason(row: PhraseRow, step: Step) -> str:
    if step.action in {Action.ACCEPT, Action.CHOOSE, Action.NO_TERM, Action.DRAFT}:
        return "locked" if row.state.is_locked else "empty"
    return "unchanged"


def is_bulk_target(row: PhraseRow) -> bool:
    """Whether bulk acceptance looks at a row at all: phrases set aside are not coded."""
    return row.kind is PieceKind.REACTION


def progress_of(rows: Iterable[PhraseRow]) -> tuple[int, int, int, int]:
    """How many reaction phrases are decided, of how many; then the same in rows of the file."""
    decided = phrases = decided_rows = all_rows = 0
    for row in rows:
        if row.kind is PieceKind.REACTION:
            phrases += 1
            all_rows += row.item_count
            if row.state.is_locked:
                decided += 1
                decided_rows += row.item_count
    return decided, phrases, decided_rows, all_rows
