"""A cascade put together from two opened models, its records and the table that ships."""

from dataclasses import replace

from m2m_desktop.core.candidate_texts import CandidateTexts
from m2m_desktop.core.cascade import Cascade, stop_table
from m2m_desktop.core.ranking_model import RankingModel
from m2m_desktop.core.records import Run
from m2m_desktop.core.terminology import Terminology
from m2m_desktop.services.cascade_records import CascadeName, CascadeRecords, shipped_counts
from m2m_desktop.services.locations import Locations
from m2m_desktop.services.model_store import OpenModel


def open_cascade(
    big: OpenModel, small: OpenModel, terminology: Terminology, run: Run, locations: Locations
) -> tuple[Cascade, Run]:
    """Let ``small`` spare ``big``; give the cascade, and the run with its stamp."""
    name = CascadeName(big.info.hash, small.info.hash, big.info.template.key)
    records = CascadeRecords(locations.data / "cascade", name)
    is_calibrated = big.info.calibration is not None
    shipped = shipped_counts(locations.resources, is_calibrated=is_calibrated)
    texts = CandidateTexts(terminology, small.info.template)
    cascade = Cascade(
        small=RankingModel(small.reranker, texts, small.info.calibration_for(run.encoder_hash)),
        table=stop_table(run.threshold, records.counts, shipped),
        threshold=run.threshold,
        auditor=records,
    )
    stamped = replace(
        run,
        small_model_id=small.info.model_id,
        cascade_error=records.error(),
        cascade_phrases=records.audited,
    )
    return cascade, stamped
