"""Names first, and what a model is sure of where no name stands."""

import re
from collections.abc import Sequence

from m2m_desktop.core.batches import Check, never_cancelled
from m2m_desktop.core.narratives.records import FoundSpan, MentionFinder

SURE = 0.9
"""Confidence that a model must have to add to what names find."""
_LEAST = 2
_CHINESE = re.compile("[\u4e00-\u9fff]")


class JoinedFinder:
    """Finds what ``first`` finds, and beside it what ``other`` is sure of (`MentionFinder`).

    A name that stands in the text is known to be one; a small model often marks a part of it, or
    too much. Where no name stands the model may know a wording that nobody wrote down. Single
    characters of it are left out, and words without a Chinese character where it ``is_chinese``:
    it has learnt nothing of others, and is sure of them all the same.
    """

    def __init__(
        self, first: MentionFinder, other: MentionFinder, *, is_chinese: bool = False
    ) -> None:
        self._first, self._other, self._is_chinese = first, other, is_chinese

    @property
    def kinds(self) -> tuple[str, ...]:
        """The entity types of both, each once."""
        return tuple(dict.fromkeys((*self._first.kinds, *self._other.kinds)))

    def find_all(
        self, texts: Sequence[str], check: Check = never_cancelled
    ) -> list[list[FoundSpan]]:
        """Find the mentions of each text, in the order of the text."""
        pairs = zip(
            self._first.find_all(texts, check), self._other.find_all(texts, check), strict=True
        )
        return [
            _joined(named, [one for one in marked if self._may_know(text[one.start : one.end])])
            for text, (named, marked) in zip(texts, pairs, strict=True)
        ]

    def _may_know(self, words: str) -> bool:
        return not self._is_chinese or bool(_CHINESE.search(words))


def _joined(named: Sequence[FoundSpan], marked: Sequence[FoundSpan]) -> list[FoundSpan]:
    added = (
        one
        for one in marked
        if one.confidence >= SURE
        and one.end - one.start >= _LEAST
        and all(one.end <= name.start or name.end <= one.start for name in named)
    )
    return sorted((*named, *added), key=lambda one: one.start)
