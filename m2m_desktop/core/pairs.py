"""Token ids of (mention, candidate) pairs, spliced from texts that were tokenised before.

Candidate texts come back with phrase after phrase: tokenising each of them once and putting the
pairs together from ids gives the same rows as tokenising every pair, in a fraction of the time.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import groupby, islice
from typing import Any, Protocol

import numpy as np

from m2m_desktop.core.batches import Ids, TokenRow
from m2m_desktop.core.text import encodable

CACHED_TEXTS = 100_000
UNLIMITED = 1 << 30
PROBE = ("头痛 pain 1", "皮疹 rash 2")
TRUNCATION = {"strategy": "longest_first", "direction": "right", "stride": 0}

Phrase = tuple[str, Sequence[str]]
"""A mention and the candidate texts to read it with."""


class Encoding(Protocol):
    """One tokenised text or pair, as the ``tokenizers`` package gives it."""

    ids: list[int]
    type_ids: list[int]
    sequence_ids: list[int | None]
    overflowing: list["Encoding"]


class Tokenizer(Protocol):
    """The part of ``tokenizers.Tokenizer`` that is used here."""

    truncation: dict[str, Any] | None

    def encode_batch(self, texts: list[Any], add_special_tokens: bool = True) -> Sequence[Encoding]:
        """Tokenise texts or pairs of texts, each truncated as ``truncation`` says."""


@dataclass(frozen=True, slots=True)
class Segment:
    """A tokenised text without special tokens.

    ``ids`` stop at the model's length; ``length`` counts what there was before.
    """

    ids: Ids
    length: int


@dataclass(frozen=True, slots=True)
class Frame:
    """What a tokenizer puts before, between and after the two texts of a pair.

    BERT: ``[CLS] a [SEP] b [SEP]`` with types 0 and 1; RoBERTa: ``<s> a </s></s> b </s>``.
    ``text_types`` are the token types of the texts themselves.
    """

    ids: tuple[Ids, Ids, Ids]
    type_ids: tuple[Ids, Ids, Ids]
    text_types: tuple[int, int]

    @property
    def size(self) -> int:
        """The number of special tokens of a pair."""
        return sum(map(len, self.ids))

    def splice(self, first: Ids, second: Ids) -> TokenRow:
        """Put two texts into the frame."""
        before, between, after = self.ids
        return TokenRow(
            np.concatenate((before, first, between, second, after)),
            self.types(len(first), len(second)),
        )

    def types(self, first: int, second: int) -> Ids:
        """Give the token types of a pair of texts of these lengths."""
        before, between, after = self.type_ids
        ours, theirs = self.text_types
        return np.concatenate(
            (before, _ids([ours] * first), between, _ids([theirs] * second), after)
        )


def shares(first: int, second: int, room: int) -> tuple[int, int]:
    """Give how many tokens of each text stay where both together may have ``room``.

    The law of the strategy "longest_first" of ``tokenizers``: the longer text gives way until both
    are equal, then both halve the room, and an odd place goes to the one that was longer, to the
    second if they were equal.
    """
    if first + second <= room:
        return first, second
    half = room // 2
    if min(first, second) > half:
        return (room - half, half) if first > second else (half, room - half)
    return (room - second, second) if first > second else (first, room - first)


def read_frame(encoding: Encoding) -> Frame | None:
    """Read the frame off a tokenised pair.

    None where there is more to it: texts turned round or repeated, a text of mixed types.
    """
    places, types = encoding.sequence_ids, encoding.type_ids
    if [place for place, _ in groupby(places) if place is not None] != [0, 1]:
        return None
    first = slice(places.index(0), places.index(0) + places.count(0))
    second = slice(places.index(1), places.index(1) + places.count(1))
    if len({*types[first]}) > 1 or len({*types[second]}) > 1:
        return None

    def around(values: list[int]) -> tuple[Ids, Ids, Ids]:
        parts = values[: first.start], values[first.stop : second.start], values[second.stop :]
        before, between, after = map(_ids, parts)
        return before, between, after

    return Frame(around(encoding.ids), around(types), (types[first][0], types[second][0]))


class PairAssembler:
    """Gives the pairs that an opened tokenizer would give, tokenising each candidate text once.

    What surrounds the texts of a pair is learnt from the tokenizer itself, when it is first needed,
    and tried on pairs of all kinds of length; where the spliced pairs are not the tokenizer's own,
    every pair is tokenised (see `is_spliced`), which for two very long texts costs the product of
    their lengths. The tokenizer's truncation must not change afterwards. For one thread at a time.

    The ids of ``cached_texts`` candidate texts are kept, the oldest are dropped first; mentions are
    not kept. A text of 30 characters takes some 550 bytes with its ids, so 55 MB is the most by
    default, and a whole release in one template (27,000 PTs) takes 15 MB.
    """

    def __init__(self, tokenizer: Tokenizer, *, cached_texts: int = CACHED_TEXTS) -> None:
        self._tokenizer = tokenizer
        self._cached_texts = cached_texts
        self._cache: dict[str, Segment] = {}

    @property
    def is_spliced(self) -> bool:
        """Whether pairs are put together here; if not, the tokenizer is asked for every pair."""
        return self._frame is not None

    def assemble(self, phrases: Sequence[Phrase]) -> list[TokenRow]:
        """Give the pairs of each mention with each of its candidates, in order, in one list."""
        frame = self._frame
        if frame is None:
            return self._tokenised(phrases)
        return self._spliced(frame, phrases)

    def _tokenised(self, phrases: Sequence[Phrase]) -> list[TokenRow]:
        texts = [
            (encodable(mention), encodable(candidate))
            for mention, candidates in phrases
            for candidate in candidates
        ]
        encodings = self._tokenizer.encode_batch(texts)
        return [TokenRow(_ids(encoding.ids), _ids(encoding.type_ids)) for encoding in encodings]

    def _spliced(self, frame: Frame, phrases: Sequence[Phrase]) -> list[TokenRow]:
        mentions, candidates = self._segments(phrases)
        room = self._max_length - frame.size
        pairs = []
        for mention, (_, texts) in zip(mentions, phrases, strict=True):
            for text in texts:
                candidate = candidates[text]
                first, second = shares(mention.length, candidate.length, room)
                pairs.append(frame.splice(mention.ids[:first], candidate.ids[:second]))
        return pairs

    @cached_property
    def _max_length(self) -> int:
        truncation = self._tokenizer.truncation
        return int(truncation["max_length"]) if truncation else UNLIMITED

    def _segments(self, phrases: Sequence[Phrase]) -> tuple[list[Segment], dict[str, Segment]]:
        """Tokenise all mentions, and the candidate texts that are not known yet, in one call."""
        texts = dict.fromkeys(text for _, candidates in phrases for text in candidates)
        known = {text: self._cache[text] for text in texts if text in self._cache}
        missing = [text for text in texts if text not in known]
        asked = [encodable(text) for text in (*(mention for mention, _ in phrases), *missing)]
        found = [
            _segment(encoding)
            for encoding in self._tokenizer.encode_batch(asked, add_special_tokens=False)
        ]
        fresh = dict(zip(missing, found[len(phrases) :], strict=True))
        self._keep(fresh)
        return found[: len(phrases)], known | fresh

    def _keep(self, fresh: dict[str, Segment]) -> None:
        self._cache |= fresh
        excess = max(0, len(self._cache) - self._cached_texts)
        for text in list(islice(self._cache, excess)):
            del self._cache[text]

    @cached_property
    def _frame(self) -> Frame | None:
        truncation = self._tokenizer.truncation
        if truncation and any(truncation[name] != value for name, value in TRUNCATION.items()):
            return None
        frame = read_frame(self._tokenizer.encode_batch([PROBE])[0])
        if frame is None:
            return None
        trials = _trials(self._max_length)
        spliced, tokenised = self._spliced(frame, trials), self._tokenised(trials)
        return frame if all(map(_is_same, spliced, tokenised)) else None


def _trials(max_length: int) -> list[Phrase]:
    """Give pairs with nothing, little, and more than a model reads (512 at most) on either side."""
    count = min(max_length, 512) + 1
    texts = ("", "头痛 pain", "痛 " * count, "疹 a " * count)
    return [(text, texts) for text in texts]


def _is_same(one: TokenRow, other: TokenRow) -> bool:
    return np.array_equal(one.ids, other.ids) and np.array_equal(one.type_ids, other.type_ids)


def _segment(encoding: Encoding) -> Segment:
    ids = _ids(encoding.ids)
    return Segment(ids, len(ids) + sum(len(rest.ids) for rest in encoding.overflowing))


def _ids(values: Sequence[int]) -> Ids:
    return np.array(values, dtype=np.int32)
