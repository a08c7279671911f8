"""Models that read one text: its vector, or a label for each of its tokens."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from m2m_desktop.core.batches import BatchRunner, Check, TokenRow, never_cancelled
from m2m_desktop.core.text import encodable

Vectors = NDArray[np.float32]


class TextEncoding(Protocol):
    """One tokenised text, as the ``tokenizers`` package gives it."""

    ids: list[int]
    type_ids: list[int]
    offsets: list[tuple[int, int]]


class TextTokenizer(Protocol):
    """The part of ``tokenizers.Tokenizer`` that is used here; it truncates to the model's length."""

    def encode_batch(self, texts: list[Any], add_special_tokens: bool = True) -> Sequence[Any]:
        """Tokenise texts."""


class TextEncoder:
    """Gives each text a vector, over an already opened session and tokenizer.

    Pooling and normalisation are part of the graph.
    """

    def __init__(self, runner: BatchRunner, tokenizer: TextTokenizer) -> None:
        self._runner = runner
        self._tokenizer = tokenizer

    def encode(self, texts: Sequence[str], check: Check = never_cancelled) -> Vectors:
        """Give the vectors (texts, columns); ``check`` is called as `BatchRunner.run` says."""
        rows = [_row(one) for one in _tokenised(self._tokenizer, texts)]
        vectors = self._runner.run(rows, check)
        return np.stack(vectors).astype(np.float32) if vectors else np.empty((0, 0), np.float32)


@dataclass(frozen=True, slots=True)
class TaggedText:
    """Label probabilities (tokens, labels) of one text, special tokens left out.

    ``offsets`` are where each token begins and ends in the text, in characters.
    """

    offsets: tuple[tuple[int, int], ...]
    probabilities: NDArray[np.float64]


class TokenTagger:
    """Gives each token of a text the probability of every one of its ``labels``, in their order."""

    def __init__(
        self, runner: BatchRunner, tokenizer: TextTokenizer, labels: Sequence[str]
    ) -> None:
        self._runner = runner
        self._tokenizer = tokenizer
        self.labels = tuple(labels)

    def tag(self, texts: Sequence[str], check: Check = never_cancelled) -> list[TaggedText]:
        """Tag texts, each truncated to the model's length; ``check`` as `BatchRunner.run` says."""
        encodings = _tokenised(self._tokenizer, texts)
        answers = self._runner.run([_row(one) for one in encodings], check)
        return [_tagged(one, logits) for one, logits in zip(encodings, answers, strict=True)]


def _tagged(encoding: TextEncoding, logits: NDArray[np.float64]) -> TaggedText:
    places = [place for place, (start, stop) in enumerate(encoding.offsets) if start < stop]
    own = logits[places]
    raised = np.exp(own - own.max(axis=1, keepdims=True))
    offsets = tuple(encoding.offsets[place] for place in places)
    return TaggedText(offsets, raised / raised.sum(axis=1, keepdims=True))


def _tokenised(tokenizer: TextTokenizer, texts: Sequence[str]) -> Sequence[TextEncoding]:
    return tokenizer.encode_batch([encodable(text) for text in texts])


def _row(encoding: TextEncoding) -> TokenRow:
    ids, types = (np.array(one, dtype=np.int32) for one in (encoding.ids, encoding.type_ids))
    return TokenRow(ids, types)
