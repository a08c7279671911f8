"""The words the window has for the values of the records."""

import math

from m2m_desktop.core.messages import N_
from m2m_desktop.core.records import Band, Candidate, Source
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
    Source.MODEL: N_("model"),
    Source.LEXICAL: N_("lexical"),
    Source.MANUAL: N_("by hand"),
    Source.NONE: N_("none"),
}
ANSWER_SOURCES = (Source.EXACT, Source.MEMORY, Source.MODEL, Source.LEXICAL)
EVIDENCE_SOURCES = (Source.EXACT, Source.MEMORY, Source.BM25)
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
    """Two decimals, or nothing where no model gave a probability.

    Rounded down: 0.299 must not read as 0.30 beside a threshold of 0.30, nor 0.999 as certainty.
    """
    if candidate.probability is None:
        return ""
    return f"{math.floor(candidate.probability * 100 + 1e-9) / 100:.2f}"
