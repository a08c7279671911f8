"""The words the window has for the values of the records."""

import math

from m2m_desktop.core.action_words import ACTION_WORDS
from m2m_desktop.core.messages import N_
from m2m_desktop.core.pieces import PieceKind
from m2m_desktop.core.records import Band, Candidate, Source
from m2m_desktop.core.review import Action, ReviewStatus
from m2m_desktop.services.language import _
from m2m_desktop.ui.style import Colours

BAND_WORDS = {
    Band.CERTAIN: N_("certain"),
    Band.DOUBTFUL: N_("doubtful"),
    Band.NOT_FOUND: N_("not found"),
}
SOURCE_WORDS = {
    Source.EXACT: N_("exact"),
    Source.MEMORY: N_("memory"),
    Source.BM25: N_("wording"),
    Source.DENSE: N_("meaning"),
    Source.MODEL: N_("model"),
    Source.LEXICAL: N_("lexical"),
    Source.MANUAL: N_("by hand"),
    Source.NONE: N_("none"),
}
ANSWER_SOURCES = (Source.EXACT, Source.MEMORY, Source.MODEL, Source.LEXICAL)
EVIDENCE_SOURCES = (Source.EXACT, Source.MEMORY, Source.BM25, Source.DENSE)
SECONDARY = N_("(secondary path)")
NOT_CURRENT = N_("not current")
SELECTED = N_("selected")


def band_word(band: Band) -> str:
    """The band as the user reads it."""
    return _(BAND_WORDS[band])


def source_word(source: Source) -> str:
    """Where an answer or a candidate comes from, as the user reads it."""
    return _(SOURCE_WORDS[source])


def band_colour(band: Band, colours: Colours) -> str:
    """The colour that goes with the word and the icon of a band."""
    return {
        Band.CERTAIN: colours.certain,
        Band.DOUBTFUL: colours.doubtful,
        Band.NOT_FOUND: colours.missing,
    }[band]


def probability_text(candidate: Candidate) -> str:
    """The probability of a candidate as `two_decimals`."""
    return two_decimals(candidate.probability)


def two_decimals(probability: float | None) -> str:
    """Two decimals, or nothing where no model gave a probability.

    Rounded down: 0.299 must not read as 0.30 beside a threshold of 0.30, nor 0.999 as certainty.
    """
    if probability is None:
        return ""
    return f"{math.floor(probability * 100 + 1e-9) / 100:.2f}"


STATUS_WORDS = {
    ReviewStatus.UNREVIEWED: N_("to review"),
    ReviewStatus.ACCEPTED: N_("accepted"),
    ReviewStatus.CHANGED: N_("changed"),
    ReviewStatus.NO_TERM: N_("no term"),
}
STATUS_SHAPES = {
    ReviewStatus.UNREVIEWED: "open",
    ReviewStatus.ACCEPTED: "accepted",
    ReviewStatus.CHANGED: "changed",
    ReviewStatus.NO_TERM: "no_term",
}
DRAFT, DRAFT_SHAPE = N_("draft"), "draft"
FLAGGED = N_("flagged")
KIND_WORDS = {
    PieceKind.REACTION: N_("reaction"),
    PieceKind.NEGATED: N_("negated"),
    PieceKind.DRUG: N_("drug"),
    PieceKind.DOSE: N_("dose"),
    PieceKind.DATE: N_("date"),
    PieceKind.OUTCOME: N_("outcome"),
}
BAND_ORDER = {Band.NOT_FOUND: 0, Band.DOUBTFUL: 1, Band.CERTAIN: 2, None: 3}


def status_word(status: ReviewStatus) -> str:
    """The state of review as the user reads it."""
    return _(STATUS_WORDS[status])


def draft_word() -> str:
    """The state of a phrase for which terms were chosen but not accepted."""
    return _(DRAFT)


def status_colour(status: ReviewStatus, colours: Colours) -> str:
    """The colour that goes with the word and the icon of a state of review."""
    return {
        ReviewStatus.UNREVIEWED: colours.muted,
        ReviewStatus.ACCEPTED: colours.certain,
        ReviewStatus.CHANGED: colours.accent,
        ReviewStatus.NO_TERM: colours.text,
    }[status]


def kind_word(kind: PieceKind) -> str:
    """What a piece of a cell is, as the user reads it."""
    return _(KIND_WORDS[kind])


def action_word(action: Action) -> str:
    """What was done, as the user reads it in the history."""
    return _(ACTION_WORDS[action])
