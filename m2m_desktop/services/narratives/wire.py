"""Mentions of narratives as plain JSON values."""

from dataclasses import replace

from m2m_desktop.core.narratives.records import FoundMention
from m2m_desktop.services.engine_requests import Json
from m2m_desktop.services.narratives.reader import ReadNarrative
from m2m_desktop.services.narratives.table_check import Unmentioned
from m2m_desktop.services.wire import candidate_to_json, plain


def mention_to_json(mention: FoundMention) -> Json:
    """One mention, all fields."""
    record: Json = plain(mention)
    return record


def narrative_to_json(narrative: ReadNarrative) -> Json:
    """What was found in a narrative."""
    return {
        "mentions": [mention_to_json(mention) for mention in narrative.mentions],
        "kinds": list(narrative.kinds),
        "model_id": narrative.model_id,
        "warnings": list(narrative.warnings),
    }


def unmentioned_to_json(found: Unmentioned, *, with_candidates: bool = False) -> Json:
    """One mention that the name column of its report leaves out.

    ``with_candidates``: its PTs also as `candidate_to_json` has them.
    """
    record: Json = plain(replace(found, candidates=()))
    del record["candidates"]
    if with_candidates:
        record["candidates"] = [candidate_to_json(one) for one in found.candidates]
    return record
