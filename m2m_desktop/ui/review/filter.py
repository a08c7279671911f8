"""Which rows of the table are shown: a queue, a word anywhere, and conditions for single columns."""

import re
import unicodedata
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from enum import Enum

from m2m_desktop.core.pieces import PieceKind
from m2m_desktop.core.review import PhraseRow, current_terms, is_doubtful
from m2m_desktop.ui.review.columns import (
    NUMBERS,
    ReviewColumn,
    cell_text,
    shown_probability,
)


class Queue(Enum):
    """The chips above the table."""

    ALL = "all"
    OPEN = "open"
    DOUBTFUL = "doubtful"
    FLAGGED = "flagged"
    WARNED = "warned"
    ASIDE = "aside"
    """Phrases that are no reactions (drugs, doses, outcomes, negations): kept, not coded."""


@dataclass(frozen=True)
class RowFilter:
    """What must hold for a row to be shown; the usual value shows every reaction.

    ``contains``: what a column must contain, or for numbers what it must be ("12", ">3", "2-5").
    ``choices``: of which words a column must have one.
    """

    queue: Queue = Queue.ALL
    text: str = ""
    contains: Mapping[ReviewColumn, str] = field(default_factory=dict)
    choices: Mapping[ReviewColumn, Collection[str]] = field(default_factory=dict)

    @property
    def is_plain(self) -> bool:
        """Whether nothing beside the queue is asked for."""
        return not (self.text.strip() or any(self.contains.values()) or any(self.choices.values()))


def folded(text: str) -> str:
    """Text for comparing: without width and case."""
    return unicodedata.normalize("NFKC", text).casefold()


def haystack(row: PhraseRow) -> str:
    """Everything of a row that the free text is looked for in."""
    terms = {*current_terms(row), *row.proposed}
    parts = [row.text, row.state.comment, row.state.reviewer]
    for term in terms:
        parts += (term.pt_name, term.pt_code, term.llt_name, term.soc_name)
    return folded("\n".join(parts))


def queues_of(row: PhraseRow, *, is_warned: bool) -> tuple[Queue, ...]:
    """The queues a row belongs to."""
    if row.kind is not PieceKind.REACTION:
        return (Queue.ASIDE,)
    belongs = (
        (Queue.ALL, True),
        (Queue.OPEN, not row.state.is_locked),
        (Queue.DOUBTFUL, is_doubtful(row)),
        (Queue.FLAGGED, row.state.is_flagged),
        (Queue.WARNED, is_warned),
    )
    return tuple(queue for queue, is_in in belongs if is_in)


def column_tests(wanted: RowFilter) -> list[Callable[[PhraseRow], bool]]:
    """The conditions for single columns; a row must meet all of them."""
    tests: list[Callable[[PhraseRow], bool]] = []
    for column, asked in wanted.contains.items():
        if asked.strip():
            tests.append(_number_test(column, asked) or _text_test(column, asked))
    for column, chosen in wanted.choices.items():
        if chosen:
            tests.append(_choice_test(column, frozenset(chosen)))
    return tests


def _text_test(column: ReviewColumn, asked: str) -> Callable[[PhraseRow], bool]:
    needle = folded(asked.strip())
    return lambda row: needle in folded(cell_text(row, column))


def _choice_test(column: ReviewColumn, chosen: frozenset[str]) -> Callable[[PhraseRow], bool]:
    return lambda row: cell_text(row, column) in chosen


_COMPARED = re.compile(r"(<=|>=|<|>|=)?\s*(\d+(?:\.\d+)?)")
_RANGE = re.compile(r"(\d+(?:\.\d+)?)\s*[-–~]\s*(\d+(?:\.\d+)?)")
_WIDE = str.maketrans("≤≥＜＞＝－～", "≤≥<>=-~")


def _number_test(column: ReviewColumn, asked: str) -> Callable[[PhraseRow], bool] | None:
    """The test for "12", ">3" or "2-5" in a column of numbers; None where it is none of these."""
    if column not in NUMBERS:
        return None
    text = unicodedata.normalize("NFKC", asked.translate(_WIDE)).strip()
    text = text.replace("≤", "<=").replace("≥", ">=")
    if found := _RANGE.fullmatch(text):
        low, high = float(found[1]), float(found[2])
    elif found := _COMPARED.fullmatch(text):
        limit, infinity = float(found[2]), float("inf")
        if found[1] in {"<", ">"}:
            sign = 1 if found[1] == "<" else -1
            return lambda row: (n := _number(row, column)) is not None and sign * (limit - n) > 0
        low = -infinity if found[1] == "<=" else limit
        high = infinity if found[1] == ">=" else limit
    else:
        return None
    return lambda row: (n := _number(row, column)) is not None and low <= n <= high


def _number(row: PhraseRow, column: ReviewColumn) -> float | None:
    if column is ReviewColumn.COUNT:
        return row.item_count
    if column is ReviewColumn.REPORTS:
        return row.report_count
    return shown_probability(row)
