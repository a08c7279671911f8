"""The columns of the table of phrases: what stands in a cell, and what it is sorted by."""

from enum import IntEnum

from m2m_desktop.core.acceptance import reviewer_words
from m2m_desktop.core.messages import N_
from m2m_desktop.core.pieces import PieceKind
from m2m_desktop.core.records import Source
from m2m_desktop.core.review import CodedTerm, PhraseRow, ReviewStatus, current_terms
from m2m_desktop.services.language import _
from m2m_desktop.ui import words


class ReviewColumn(IntEnum):
    """The columns from left to right."""

    STATUS = 0
    FLAG = 1
    PHRASE = 2
    COUNT = 3
    TERM = 4
    PROBABILITY = 5
    BAND = 6
    REPORTS = 7
    SOURCE = 8
    SOC = 9
    COMMENT = 10
    REVIEWER = 11


HEADERS = {
    ReviewColumn.STATUS: N_("Status"),
    ReviewColumn.FLAG: N_("Flag"),
    ReviewColumn.PHRASE: N_("Phrase"),
    ReviewColumn.COUNT: N_("Rows"),
    ReviewColumn.TERM: N_("Term"),
    ReviewColumn.PROBABILITY: N_("Probability"),
    ReviewColumn.BAND: N_("Result"),
    ReviewColumn.REPORTS: N_("Reports"),
    ReviewColumn.SOURCE: N_("Source"),
    ReviewColumn.SOC: N_("Primary SOC"),
    ReviewColumn.COMMENT: N_("Comment"),
    ReviewColumn.REVIEWER: N_("Reviewer"),
}

HIDDEN_AT_FIRST = (
    ReviewColumn.REPORTS,
    ReviewColumn.SOURCE,
    ReviewColumn.SOC,
    ReviewColumn.COMMENT,
    ReviewColumn.REVIEWER,
)
"""What the head shows for the row in hand, too; a right-click on the header brings them back."""

RIGHT_ALIGNED = frozenset({ReviewColumn.COUNT, ReviewColumn.REPORTS})
NUMBERS = frozenset({ReviewColumn.COUNT, ReviewColumn.REPORTS, ReviewColumn.PROBABILITY})

CODING = "…"
"""Stands where there is no answer yet."""


def shown_probability(row: PhraseRow) -> float | None:
    """The probability that goes with the terms of now: of the best one of them."""
    if not (row.state.is_locked or row.state.is_draft):
        return row.probability
    known = [term.probability for term in row.state.terms if term.probability is not None]
    return max(known, default=None)


def term_names(terms: tuple[CodedTerm, ...]) -> str:
    """The names of terms in one line."""
    return _("; ").join(term.pt_name for term in terms)


def cell_text(row: PhraseRow, column: ReviewColumn) -> str:
    """What stands in a cell, in the language of the window."""
    match column:
        case ReviewColumn.STATUS:
            return words.draft_word() if row.state.is_draft else words.status_word(row.state.status)
        case ReviewColumn.FLAG:
            return _(words.FLAGGED) if row.state.is_flagged else ""
        case ReviewColumn.PHRASE:
            return row.text
        case ReviewColumn.COUNT:
            return str(row.item_count)
        case ReviewColumn.REPORTS:
            return str(row.report_count)
        case ReviewColumn.TERM:
            return _term_text(row)
        case ReviewColumn.PROBABILITY:
            return words.two_decimals(shown_probability(row))
        case ReviewColumn.BAND:
            return words.band_word(row.band) if row.band else ""
        case ReviewColumn.SOURCE:
            source = row.state.source if row.state.is_locked else row.source
            return words.source_word(source) if source is not Source.NONE else ""
        case ReviewColumn.SOC:
            return _("; ").join(dict.fromkeys(term.soc_name for term in current_terms(row)))
        case ReviewColumn.COMMENT:
            return row.state.comment
        case ReviewColumn.REVIEWER:
            return reviewer_words(row.state.reviewer).text(_)


def _term_text(row: PhraseRow) -> str:
    if row.state.status is ReviewStatus.NO_TERM:
        return "—"
    names = term_names(current_terms(row))
    if names or row.kind is not PieceKind.REACTION:
        return names
    return "—" if row.band or row.state.is_draft else CODING


_STATUS_ORDER = {status: rank for rank, status in enumerate(ReviewStatus)}


def sort_key(row: PhraseRow, column: ReviewColumn) -> tuple[object, ...]:
    """What rows are compared by; keys of one column can always be compared with each other."""
    match column:
        case ReviewColumn.STATUS:
            return (_STATUS_ORDER[row.state.status], not row.state.is_draft)
        case ReviewColumn.FLAG:
            return (not row.state.is_flagged,)
        case ReviewColumn.COUNT:
            return (row.item_count,)
        case ReviewColumn.REPORTS:
            return (row.report_count,)
        case ReviewColumn.PROBABILITY:
            probability = shown_probability(row)
            return (-1.0 if probability is None else probability,)
        case ReviewColumn.BAND:
            return (words.BAND_ORDER[row.band],)
        case ReviewColumn.TERM:
            names = "\n".join(term.pt_name for term in current_terms(row))
            return (not names, names.casefold())
        case _:
            text = cell_text(row, column)
            return (not text, text.casefold())  # empty cells last
