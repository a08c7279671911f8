"""Mentions of narratives as plain JSON values."""

from m2m_desktop.core.narratives.records import FoundMention
from m2m_desktop.services.engine_requests import Json
from m2m_desktop.services.narratives.reader import ReadNarrative
from m2m_desktop.services.narratives.table_check import Unmentioned
from m2m_desktop.services.wire import plain


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


def unmentioned_to_json(found: Unmentioned) -> Json:
    """One mention that the name column of its report leaves out."""
    record: Json = plain(found)
    return record
