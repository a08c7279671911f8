"""The name that a text may have meant, where the search finds one that is near enough to say so."""

from collections import Counter
from typing import TYPE_CHECKING

from m2m_desktop.core.text import match_key

if TYPE_CHECKING:
    from m2m_desktop.services.engine import Engine

MAX_SUGGESTIONS = 100
"""Different texts of one list that are searched for: each takes some hundredths of a second."""
LEAST_LIKENESS = 0.6
_HITS = 5


class Suggestions:
    """Suggests names out of the fuzzy search; the same text is searched for once."""

    def __init__(self, engine: "Engine", terminology: str) -> None:
        self._engine = engine
        self._terminology = terminology
        self._kept: dict[str, str] = {}

    def __call__(self, text: str) -> str:
        """Give the name of a current term that is alike, or an empty text."""
        key = match_key(text)
        if key not in self._kept:
            if len(self._kept) >= MAX_SUGGESTIONS:
                return ""
            self._kept[key] = self._found(text, key)
        return self._kept[key]

    def _found(self, text: str, key: str) -> str:
        from m2m_desktop.core.records import TermLevel
        from m2m_desktop.core.term_search.records import Match

        hits = self._engine.search(
            text,
            terminology=self._terminology,
            level=TermLevel.LLT,
            kind=Match.FUZZY,
            limit=_HITS,
        )
        names = [name for hit in hits if hit.is_current for name in (hit.term.name, hit.term.name2)]
        best = max(names, key=lambda name: likeness(key, match_key(name)), default="")
        return best if likeness(key, match_key(best)) >= LEAST_LIKENESS else ""


def likeness(first: str, second: str) -> float:
    """How alike two texts are, from 0 to 1: the share of their pairs of characters that both have.

    Dice's coefficient over characters and pairs of neighbours, so that short names count too.
    """
    ours, theirs = _pieces(first), _pieces(second)
    if not ours or not theirs:
        return 0.0
    return 2 * (ours & theirs).total() / (ours.total() + theirs.total())


def _pieces(text: str) -> Counter[str]:
    return Counter([*text, *(text[at : at + 2] for at in range(len(text) - 1))])
