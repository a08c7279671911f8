"""The words that results have for the values of the records, and their headers."""

import math
from collections.abc import Mapping

from m2m_desktop.core.messages import N_
from m2m_desktop.core.pieces import PieceKind
from m2m_desktop.core.records import Band, Source
from m2m_desktop.core.review import ReviewStatus
from m2m_desktop.services.export.records import ResultColumn

NOTHING = "—"
DEMO_BANNER = "演示词典，非 MedDRA / demo dictionary, not MedDRA"
"""Stands wherever a term of the demo dictionary may be taken for one of MedDRA; both languages."""

COLUMN_NAMES: Mapping[ResultColumn, str] = {
    ResultColumn.PT_NAME: N_("PT name"),
    ResultColumn.PT_CODE: N_("PT code"),
    ResultColumn.LLT: N_("LLT"),
    ResultColumn.SOC: N_("Primary SOC"),
    ResultColumn.HLT: N_("HLT"),
    ResultColumn.HLGT: N_("HLGT"),
    ResultColumn.PROBABILITY: N_("Probability"),
    ResultColumn.STATUS: N_("Status"),
    ResultColumn.REVIEWER: N_("Reviewer"),
    ResultColumn.SOURCE: N_("Source of the answer"),
}
STATUS_NAMES: Mapping[ReviewStatus, str] = {
    ReviewStatus.UNREVIEWED: N_("to be reviewed"),
    ReviewStatus.ACCEPTED: N_("accepted"),
    ReviewStatus.CHANGED: N_("changed"),
    ReviewStatus.NO_TERM: N_("no suitable term"),
}
FLAGGED = N_("{status}, flagged")
SOURCE_NAMES: Mapping[Source, str] = {
    Source.EXACT: N_("exact"),
    Source.MEMORY: N_("memory"),
    Source.BM25: N_("similar wording"),
    Source.DENSE: N_("similar meaning"),
    Source.MODEL: N_("model"),
    Source.LEXICAL: N_("lexical search"),
    Source.MANUAL: N_("by hand"),
    Source.NONE: N_("none"),
}
FROM_NARRATIVE = N_("{source}, from the narrative")
BAND_NAMES: Mapping[Band, str] = {
    Band.CERTAIN: N_("certain"),
    Band.DOUBTFUL: N_("doubtful"),
    Band.NOT_FOUND: N_("not found"),
}
MODE_NAMES: Mapping[str, str] = {
    "default": N_("names and memory first, then the model"),
    "full": N_("every candidate scored by the model"),
    "reference": N_("the published method, unchanged"),
    "lexical": N_("wording only, without a model"),
}
"""The ways of coding, see `services.engine.CodingOptions`."""
KIND_NAMES: Mapping[PieceKind, str] = {
    PieceKind.REACTION: N_("reaction"),
    PieceKind.NEGATED: N_("negated"),
    PieceKind.DRUG: N_("drug"),
    PieceKind.DOSE: N_("dose"),
    PieceKind.DATE: N_("date"),
    PieceKind.OUTCOME: N_("outcome"),
}


def rounded_down(probability: float) -> float:
    """A probability with two digits, as a number.

    Rounded down: 0.299 must not read as 0.30 beside a threshold of 0.30, nor 0.999 as certainty.
    """
    return math.floor(probability * 100 + 1e-9) / 100


def probability_text(probability: float | None) -> str:
    """`rounded_down` as a text, or a dash where no model gave a probability."""
    return NOTHING if probability is None else f"{rounded_down(probability):.2f}"
