"""Latin words that are nearly a given one: a letter wrong, missing, too much, or two swapped."""

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from m2m_desktop.core.columns import IntArray

MIN_LENGTH, MAX_LENGTH = 4, 24
MAX_WORDS = 5
"""So many similar words of a name are tried for one word of a search."""

_WORD = re.compile(rf"[a-z]{{{MIN_LENGTH},{MAX_LENGTH}}}(?![a-z])")


def slips_allowed(word: str) -> int:
    """Tell how many slips a word of this length may hold: a short one would become any other."""
    return 0 if len(word) < MIN_LENGTH else 1 if len(word) < MIN_LENGTH * 2 else 2


@dataclass(frozen=True)
class Vocabulary:
    """The distinct Latin words of many names, sorted."""

    words: NDArray[np.bytes_]

    @classmethod
    def of(cls, texts: Sequence[str]) -> "Vocabulary":
        """Collect the words of texts."""
        return cls.of_words(words_of(texts))

    @classmethod
    def of_words(cls, words: Collection[str]) -> "Vocabulary":
        """Take words that `words_of` gave."""
        return cls(np.array(sorted(words), dtype=f"S{MAX_LENGTH}"))

    @cached_property
    def _letters(self) -> NDArray[np.uint8]:
        return self.words.view(np.uint8).reshape(len(self.words), MAX_LENGTH)

    @cached_property
    def _sizes(self) -> NDArray[np.intp]:
        return np.char.str_len(self.words)

    @cached_property
    def _held(self) -> NDArray[np.uint32]:
        """One bit for each letter a word holds."""
        bits = np.where(
            self._letters > 0, np.uint32(1) << (self._letters.astype(np.uint32) - 97), 0
        )
        held: NDArray[np.uint32] = np.bitwise_or.reduce(bits.astype(np.uint32), axis=1)
        return held

    def near(self, word: str) -> list[str]:
        """Give the words with at most `slips_allowed` slips, the nearest first, at most `MAX_WORDS`."""
        slips = slips_allowed(word)
        if not slips or not len(self.words) or not (word.isascii() and word.isalpha()):
            return []
        wanted = np.frombuffer(word.encode(), dtype=np.uint8)
        bits = np.bitwise_or.reduce(np.uint32(1) << (wanted.astype(np.uint32) - 97))
        rows = np.flatnonzero(
            (np.abs(self._sizes - len(word)) <= slips)
            & (np.bitwise_count(self._held ^ bits) <= 2 * slips)
        )
        distances = slips_between(wanted, self._letters[rows], self._sizes[rows])
        near = np.flatnonzero(distances <= slips)
        ranked = near[np.lexsort((rows[near], distances[near]))][:MAX_WORDS]
        return [self.words[row].decode() for row in rows[ranked]]


def words_of(texts: Sequence[str]) -> set[str]:
    """Give the Latin words of texts, none of which may hold a line feed."""
    return set(_WORD.findall("\n".join(texts).casefold()))


def slips_between(
    word: NDArray[np.uint8], letters: NDArray[np.uint8], sizes: NDArray[np.intp]
) -> IntArray:
    """Count the slips between a word and each row of ``letters`` (optimal string alignment)."""
    count, width = len(letters), int(sizes.max(initial=0))
    before: list[NDArray[np.int32]] = []
    row = [np.full(count, place, np.int32) for place in range(width + 1)]
    for at, letter in enumerate(word):
        fresh = [np.full(count, at + 1, np.int32)]
        for place in range(width):
            here = np.minimum(row[place + 1], fresh[place]) + 1
            here = np.minimum(here, row[place] + (letters[:, place] != letter))
            if at and place:
                swapped = (letters[:, place] == word[at - 1]) & (letters[:, place - 1] == letter)
                here = np.where(swapped, np.minimum(here, before[place - 1] + 1), here)
            fresh.append(here.astype(np.int32))
        before, row = row, fresh
    return np.stack(row)[sizes, np.arange(count)].astype(np.int32)
