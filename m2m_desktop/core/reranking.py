"""The second stage: a cross-encoder reads phrase and candidate together and gives a probability."""

from collections.abc import Mapping, Sequence
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from m2m_desktop.core.text import encodable

TOKENS_PER_BATCH = 768

Probabilities = NDArray[np.float64]


class Reranker(Protocol):
    """Gives each candidate text its probability of meaning the phrase."""

    def score(self, mention: str, candidates: Sequence[str]) -> Probabilities:
        """Give one probability per candidate, in their order."""


class Encoding(Protocol):
    """One tokenised pair, as the ``tokenizers`` package gives it."""

    ids: list[int]
    type_ids: list[int]


class Tokenizer(Protocol):
    """The part of ``tokenizers.Tokenizer`` that is used here."""

    def encode_batch(self, pairs: list[tuple[str, str]]) -> Sequence[Encoding]:
        """Tokenise pairs, truncated longest-first to the model's length."""


class Session(Protocol):
    """The part of ``onnxruntime.InferenceSession`` that is used here."""

    def run(self, outputs: None, inputs: Mapping[str, NDArray[np.int64]]) -> Sequence[Any]:
        """Compute all outputs."""


def softmax_probability(logits: NDArray[np.floating[Any]], label: int) -> Probabilities:
    """Give the softmax probability of ``label`` for logits (rows, labels), without overflow."""
    wide = logits.astype(np.float64)
    shifted = np.exp(wide - wide.max(axis=1, keepdims=True))
    share: Probabilities = shifted[:, label] / shifted.sum(axis=1)
    return share


def plan_batches(lengths: Sequence[int], tokens_per_batch: int) -> list[list[int]]:
    """Group rows of similar length so that rows times longest row stays within the budget.

    Sorted batches carry almost no padding, and short ones let a cancel act at once.
    """
    batches: list[list[int]] = []
    for row in sorted(range(len(lengths)), key=lambda row: (lengths[row], row)):
        if batches and (len(batches[-1]) + 1) * lengths[row] <= tokens_per_batch:
            batches[-1].append(row)
        else:
            batches.append([row])
    return batches


class CrossEncoder:
    """A cross-encoder over an already opened session and tokenizer.

    ``input_names`` are what the session asks for: architectures without token types simply do not
    ask for ``token_type_ids``. ``match_label`` is the index of the class ``match``.
    """

    def __init__(
        self,
        session: Session,
        tokenizer: Tokenizer,
        *,
        input_names: Sequence[str],
        match_label: int = 1,
        pad_id: int = 0,
        tokens_per_batch: int = TOKENS_PER_BATCH,
    ) -> None:
        self._session = session
        self._tokenizer = tokenizer
        self._input_names = tuple(input_names)
        self._match_label = match_label
        self._pad_id = pad_id
        self._tokens_per_batch = tokens_per_batch

    def score(self, mention: str, candidates: Sequence[str]) -> Probabilities:
        """Give the probability of ``match`` for each candidate text."""
        return softmax_probability(self.logits(mention, candidates), self._match_label)

    def logits(self, mention: str, candidates: Sequence[str]) -> NDArray[np.float64]:
        """Give the raw logits (candidates, labels)."""
        if not candidates:
            return np.empty((0, 2))
        phrase = encodable(mention)
        encodings = self._tokenizer.encode_batch([(phrase, text) for text in candidates])
        rows: list[NDArray[np.float64] | None] = [None] * len(candidates)
        for batch in plan_batches([len(e.ids) for e in encodings], self._tokens_per_batch):
            output = self._session.run(None, self._inputs([encodings[row] for row in batch]))[0]
            for row, logits in zip(batch, np.asarray(output, dtype=np.float64), strict=True):
                rows[row] = logits
        return np.stack([row for row in rows if row is not None])

    def _inputs(self, encodings: Sequence[Encoding]) -> dict[str, NDArray[np.int64]]:
        shape = (len(encodings), max(len(encoding.ids) for encoding in encodings))
        ids = np.full(shape, self._pad_id, dtype=np.int64)
        mask, types = np.zeros(shape, dtype=np.int64), np.zeros(shape, dtype=np.int64)
        for row, encoding in enumerate(encodings):
            length = len(encoding.ids)
            ids[row, :length] = encoding.ids
            types[row, :length] = encoding.type_ids
            mask[row, :length] = 1
        known = {"input_ids": ids, "attention_mask": mask, "token_type_ids": types}
        return {name: known[name] for name in self._input_names}
