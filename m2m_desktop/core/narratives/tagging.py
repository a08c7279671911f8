"""Entities out of the label probabilities of tokens, in characters of the tagged text.

Tokens that are parts of one written word, or of one character, count as a word: its first token
speaks for it, as in training. Illegal sequences are read as the CoNLL evaluations do: what goes on
with nothing begins an entity. The confidence of an entity is the mean over its words of the
probability of the entity type, whatever its prefix.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from m2m_desktop.core.encoding import TaggedText
from m2m_desktop.core.narratives.folding import is_word_character
from m2m_desktop.core.narratives.records import FoundSpan

OUTSIDE = "O"
UNNAMED = "entity"
"""The type of labels that name none: B, I and O alone."""

_PREFIX = re.compile(r"([BIESLUMW])(?:[-_](.+))?", re.DOTALL)
_SUFFIX = re.compile(r"(.+)[-_]([BIESLU])", re.DOTALL)
_SAME_AS = {"L": "E", "U": "S", "W": "S", "M": "I"}


@dataclass(frozen=True, slots=True)
class Label:
    """Where in an entity a label stands (B, I, E, S; O: in none), and the type of the entity."""

    place: str
    kind: str = ""


def read_labels(labels: Sequence[str]) -> tuple[Label, ...]:
    """Read the labels of a model: BIO, IOB, BIOES, BILOU, or names of types alone (IO).

    The place may stand before or behind the type (B-ADR, ADR_B).
    """
    has_places = any(_PREFIX.fullmatch(label) or _SUFFIX.fullmatch(label) for label in labels)
    return tuple(_label(label, has_places) for label in labels)


def _label(text: str, has_places: bool) -> Label:
    if text.upper() in (OUTSIDE, "OUTSIDE", "NONE", ""):
        return Label(OUTSIDE)
    if has_places and (match := _PREFIX.fullmatch(text)):
        return Label(_SAME_AS.get(match[1], match[1]), match[2] or UNNAMED)
    if has_places and (match := _SUFFIX.fullmatch(text)):
        return Label(_SAME_AS.get(match[2], match[2]), match[1])
    return Label("I", text)


def entities_of(text: str, tagged: TaggedText, labels: Sequence[Label]) -> list[FoundSpan]:
    """Give the entities of a tagged text in order; spaces at their ends are no part of them."""
    words, first_tokens = _words(text, tagged.offsets)
    if not words:
        return []
    probabilities = tagged.probabilities[first_tokens]
    chosen = [labels[int(place)] for place in probabilities.argmax(axis=1)]
    kinds = _kind_columns(labels)
    found = []
    for start, end, kind in _runs(chosen):
        confidence = float(probabilities[start:end, kinds[kind]].sum(axis=1).mean())
        span = _trimmed(text, words[start][0], words[end - 1][1])
        if span is not None:
            found.append(FoundSpan(*span, kind, min(1.0, confidence)))
    return found


def _runs(labels: Sequence[Label]) -> list[tuple[int, int, str]]:
    """Give the entities as (first word, word behind the last, type)."""
    found: list[tuple[int, int, str]] = []
    start = -1
    previous = Label(OUTSIDE)
    for place, label in enumerate((*labels, Label(OUTSIDE))):
        goes_on = (
            start >= 0
            and label.place in "IE"
            and previous.place in "BI"
            and label.kind == previous.kind
        )
        if start >= 0 and not goes_on:
            found.append((start, place, previous.kind))
            start = -1
        if label.place != OUTSIDE and not goes_on:
            start = place
        previous = label
    return found


def _kind_columns(labels: Sequence[Label]) -> dict[str, NDArray[np.intp]]:
    kinds = {label.kind for label in labels if label.place != OUTSIDE}
    return {
        kind: np.array([place for place, label in enumerate(labels) if label.kind == kind])
        for kind in kinds
    }


def _words(
    text: str, offsets: Sequence[tuple[int, int]]
) -> tuple[list[tuple[int, int]], list[int]]:
    """Join tokens of one word; give the words' spans and the number of the first token of each."""
    words: list[tuple[int, int]] = []
    first_tokens: list[int] = []
    for token, (start, end) in enumerate(offsets):
        bare = _trimmed(text, start, end)
        if bare is None:
            continue
        start, end = bare
        if words and _is_one_word(text, words[-1], start):
            words[-1] = (words[-1][0], max(words[-1][1], end))
        else:
            words.append((start, end))
            first_tokens.append(token)
    return words, first_tokens


def _is_one_word(text: str, word: tuple[int, int], start: int) -> bool:
    if start < word[1]:
        return True  # bytes of one character
    return (
        start == word[1] and is_word_character(text[start - 1]) and is_word_character(text[start])
    )


def _trimmed(text: str, start: int, end: int) -> tuple[int, int] | None:
    while start < end and text[start].isspace():
        start += 1
    while end > start and text[end - 1].isspace():
        end -= 1
    return (start, end) if start < end else None
