"""The second stage: a cross-encoder reads phrase and candidate together and gives a probability."""

from collections.abc import Sequence
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from m2m_desktop.core.batches import BatchRunner, Check, never_cancelled
from m2m_desktop.core.pairs import PairAssembler, Phrase, Tokenizer

Probabilities = NDArray[np.float64]
Logits = NDArray[np.float64]


class Reranker(Protocol):
    """Gives each candidate text its probability of meaning the phrase."""

    def score(
        self, mention: str, candidates: Sequence[str], check: Check = never_cancelled
    ) -> Probabilities:
        """Give one probability per candidate, in their order."""


def softmax_probability(logits: NDArray[np.floating[Any]], label: int) -> Probabilities:
    """Give the softmax probability of ``label`` for logits (rows, labels), without overflow."""
    wide = logits.astype(np.float64)
    shifted = np.exp(wide - wide.max(axis=1, keepdims=True))
    share: Probabilities = shifted[:, label] / shifted.sum(axis=1)
    return share


class CrossEncoder:
    """A cross-encoder over an already opened session and tokenizer.

    ``match_label`` is the index of the class ``match``.
    """

    def __init__(self, runner: BatchRunner, tokenizer: Tokenizer, *, match_label: int = 1) -> None:
        self._runner = runner
        self._assembler = PairAssembler(tokenizer)
        self._match_label = match_label

    def score(
        self, mention: str, candidates: Sequence[str], check: Check = never_cancelled
    ) -> Probabilities:
        """Give the probability of ``match`` for each candidate text; ``check`` as in `logits`."""
        return softmax_probability(self.logits(mention, candidates, check), self._match_label)

    def score_many(
        self, phrases: Sequence[Phrase], check: Check = never_cancelled
    ) -> list[Probabilities]:
        """Give what `score` gives for each phrase, from batches common to all of them.

        For cheap models in long lists; some dozens of phrases at a time fill the batches, more
        only take memory.
        """
        counts = [len(candidates) for _, candidates in phrases]
        scores = softmax_probability(self._logits(phrases, check), self._match_label)
        return np.split(scores, np.cumsum(counts)[:-1]) if counts else []

    def logits(
        self, mention: str, candidates: Sequence[str], check: Check = never_cancelled
    ) -> Logits:
        """Give the raw logits (candidates, labels); ``check`` is called as `BatchRunner.run` says."""
        return self._logits([(mention, candidates)], check)

    def _logits(self, phrases: Sequence[Phrase], check: Check) -> Logits:
        if not any(candidates for _, candidates in phrases):
            check()
            return np.empty((0, 2))
        return np.stack(self._runner.run(self._assembler.assemble(phrases), check))
