"""Long texts through a model of short ones: windows that overlap, cut at sentence ends if they can.

How far a window reaches is known only when it was tagged, by the tokens that were not cut off. The
next one begins with the sentence that was cut; in the middle of a sentence longer than a window,
a quarter of the window before its end.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from m2m_desktop.core.batches import Check, never_cancelled
from m2m_desktop.core.encoding import TaggedText
from m2m_desktop.core.narratives.folding import is_word_character
from m2m_desktop.core.narratives.records import FoundSpan
from m2m_desktop.core.narratives.sentences import last_at_or_before, sentence_spans
from m2m_desktop.core.narratives.tagging import Label, entities_of

CHARACTERS_PER_TOKEN = 8
"""No window needs more of the text: so many characters a token are rare in any language."""
_OVERLAP = 4


class Tagger(Protocol):
    """Tags texts, each as far as the model reaches (`core.encoding.TokenTagger`)."""

    def tag(self, texts: Sequence[str], check: Check = never_cancelled) -> list[TaggedText]:
        """Give the label probabilities of the tokens that were read."""


@dataclass
class _Reading:
    """One text: where its next window begins, and what was found so far."""

    text: str
    starts: Sequence[int]
    begin: int = 0
    windows: list["_Window"] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class _Window:
    """What was read from ``start`` to ``end`` of a text."""

    start: int
    end: int
    found: tuple[FoundSpan, ...]


def find_in_windows(
    texts: Sequence[str],
    tagger: Tagger,
    labels: Sequence[Label],
    max_length: int,
    check: Check = never_cancelled,
) -> list[list[FoundSpan]]:
    """Find the entities of texts of any length, in order and without overlaps.

    ``max_length`` is the model's, in tokens. The windows of all texts are tagged together, round by
    round. ``check`` as `BatchRunner.run` says.
    """
    readings = [
        _Reading(text, [start for start, _ in sentence_spans(text)], _next_letter(text, 0))
        for text in texts
    ]
    size = max_length * CHARACTERS_PER_TOKEN
    while waiting := [one for one in readings if one.begin < len(one.text)]:
        pieces = [one.text[one.begin : one.begin + size] for one in waiting]
        for reading, piece, tagged in zip(waiting, pieces, tagger.tag(pieces, check), strict=True):
            _take(reading, piece, tagged, labels)
    return [merged(one.windows) for one in readings]


def _take(reading: _Reading, piece: str, tagged: TaggedText, labels: Sequence[Label]) -> None:
    begin, text = reading.begin, reading.text
    end = begin + max((stop for _, stop in tagged.offsets), default=0)
    spans = tuple(
        FoundSpan(begin + one.start, begin + one.end, one.kind, one.confidence)
        for one in entities_of(piece, tagged, labels)
    )
    if end == begin:  # a stretch in which the model knows no token
        end = reading.begin = _next_letter(text, begin + len(piece))
    elif _next_letter(text, end) >= len(text):
        end = reading.begin = len(text)
    else:
        reading.begin = _next_begin(reading, end, spans)
    reading.windows.append(_Window(begin, end, spans))


def _next_begin(reading: _Reading, end: int, spans: Sequence[FoundSpan]) -> int:
    """Give where the next window begins: in no word and no entity, nor behind a cut one."""
    begin, text = reading.begin, reading.text
    sentence = _next_letter(text, reading.starts[last_at_or_before(reading.starts, end)])
    place = sentence if begin < sentence <= end else end - (end - begin) // _OVERLAP
    within = [one.start for one in spans if one.start < place < one.end or one.end >= end]
    place = min([place, *within])
    while place > begin and _is_inside_word(text, place):
        place -= 1
    return place if place > begin else max(begin + 1, end)


def merged(windows: Sequence[_Window]) -> list[FoundSpan]:
    """Join what overlapping windows found.

    What touches the edge at which a window was cut is left to the next one, where that has read it
    from its beginning. Of overlapping ones the most confident stays, then the longest, then the
    first.
    """
    whole: list[FoundSpan] = []
    for number, window in enumerate(windows):
        following = windows[number + 1] if number + 1 < len(windows) else None
        for span in window.found:
            is_cut = following is not None and window.end <= span.end
            if following is None or not is_cut or span.start < following.start:
                whole.append(span)
    return [span for group in _overlapping(whole) for span in _best_of(group)]


def _overlapping(spans: Sequence[FoundSpan]) -> Iterator[list[FoundSpan]]:
    """Give groups of spans that overlap one another, directly or through others."""
    group: list[FoundSpan] = []
    reached = 0
    for span in sorted(spans, key=lambda one: (one.start, one.end)):
        if group and span.start >= reached:
            yield group
            group = []
        group.append(span)
        reached = max(reached, span.end)
    if group:
        yield group


def _best_of(group: Sequence[FoundSpan]) -> list[FoundSpan]:
    kept: list[FoundSpan] = []
    for span in sorted(group, key=lambda one: (-one.confidence, one.start - one.end, one.start)):
        if not any(span.start < other.end and other.start < span.end for other in kept):
            kept.append(span)
    return sorted(kept, key=lambda one: one.start)


def _next_letter(text: str, place: int) -> int:
    while place < len(text) and text[place].isspace():
        place += 1
    return place


def _is_inside_word(text: str, place: int) -> bool:
    return is_word_character(text[place - 1]) and is_word_character(text[place])
