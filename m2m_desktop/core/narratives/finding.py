"""Mentions of narratives: what a finder finds, judged by the rules."""

from collections.abc import Sequence

from m2m_desktop.core.batches import Check, never_cancelled
from m2m_desktop.core.narratives.records import FoundMention, MentionFinder
from m2m_desktop.core.narratives.status import with_standing


def find_mentions(
    texts: Sequence[str], finder: MentionFinder, check: Check = never_cancelled
) -> list[list[FoundMention]]:
    """Find the mentions of each narrative in order; offsets are those of the text as given."""
    found = finder.find_all(texts, check)
    return [with_standing(text, spans) for text, spans in zip(texts, found, strict=True)]
