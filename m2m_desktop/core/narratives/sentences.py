"""Where sentences and their clauses end."""

import re
from bisect import bisect_right
from collections.abc import Sequence

from m2m_desktop.core.narratives.records import Span

_SENTENCE_END = re.compile(
    r"[。！？；!?;\r\n\v\f\x85\u2028\u2029]+|(?<!\d)\.(?=\s|$)|(?<=\d)\.(?=\s+\D|$)"
)
_CLAUSE_END = re.compile(r"[，,:：]")


def sentence_spans(text: str) -> list[Span]:
    """Give the sentences with what ends them; together they are the whole text."""
    ends = [match.end() for match in _SENTENCE_END.finditer(text)]
    if not ends or ends[-1] < len(text):
        ends.append(len(text))
    return [(start, end) for start, end in zip([0, *ends], ends, strict=False) if start < end]


def clause_starts(text: str, sentence: Span) -> list[int]:
    """Give where the clauses of a sentence begin, the first one at its beginning."""
    places = (match.end() for match in _CLAUSE_END.finditer(text, *sentence))
    return [sentence[0], *(place for place in places if place < sentence[1])]


def last_at_or_before(starts: Sequence[int], place: int) -> int:
    """Give the number of the last of ``starts`` (ascending) that is not behind ``place``."""
    return max(0, bisect_right(starts, place) - 1)
