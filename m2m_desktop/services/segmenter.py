"""Open jieba with a dictionary of our own: no shared cache, no downloads, no chatter."""

import logging
from collections.abc import Iterable
from functools import lru_cache

from m2m_desktop.core.text import Segmenter, normalise

MAX_WORD_LENGTH = 10
WORD_FREQUENCY = 10
_KEPT_WORDS = 1 << 15


def open_segmenter(words: Iterable[str]) -> Segmenter:
    """Give a cutter that knows exactly ``words`` and prefers the longest.

    jieba's own dictionary file is never read and its cache in the shared temporary folder never
    touched: anyone could change the cuts there. Every word gets the same frequency, so the cuts
    do not depend on the order of ``words``. Words longer than `MAX_WORD_LENGTH` are left out:
    whole names have a layer of their own.
    """
    import jieba

    jieba.setLogLevel(logging.WARNING)
    tokenizer = jieba.Tokenizer()
    frequencies: dict[str, int] = {}
    for word in words:
        normal = normalise(word)
        if 1 < len(normal) <= MAX_WORD_LENGTH:
            frequencies[normal] = WORD_FREQUENCY
    total = WORD_FREQUENCY * max(1, len(frequencies))
    # jieba walks prefixes: each prefix of a word must be known, with frequency 0 if it is no word
    for word in list(frequencies):
        for stop in range(1, len(word)):
            frequencies.setdefault(word[:stop], 0)
    tokenizer.FREQ, tokenizer.total, tokenizer.initialized = frequencies, total, True

    def cut(text: str) -> list[str]:
        return list(tokenizer.cut(text, HMM=False))

    cut_word = lru_cache(maxsize=_KEPT_WORDS)(cut)

    def segment(text: str) -> list[str]:
        if " " not in text:
            return cut(text)
        # spaces are left only in Latin names, where the same words return; no cut goes over one
        first, *others = text.split(" ")
        return [*cut_word(first), *(token for part in others for token in (" ", *cut_word(part)))]

    return segment
