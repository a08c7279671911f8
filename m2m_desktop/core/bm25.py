"""BM25 as rank-bm25 defines it, compiled once so that a query costs microseconds.

`rank_bm25.BM25Okapi` counts terms and lengths at index time and remains the oracle of the tests.
At query time it walks every document for every token; here the same figures are laid out as one
list of (document, weight) per token. A query then adds up a few short lists, and because weights
are float64 and are added in the order of the query's tokens, the scores are the same to the bit.
"""

import math
from array import array
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray
from rank_bm25 import BM25Okapi

from m2m_desktop.core.columns import IntArray, TextColumn

FloatArray = NDArray[np.float64]

_WEIGHED_AT_ONCE = 1 << 14
_KEPT_SPANS = 1 << 16


class Bm25(BM25Okapi):  # type: ignore[misc]  # the package has no types
    """`BM25Okapi` with the always positive idf ``ln(1 + (N - df + 0.5) / (df + 0.5))``.

    The package's own idf turns negative for tokens in more than half of the documents, which it
    then replaces by a share of the average: three documents rank wrongly and template words get
    weight. The reference implementation uses the formula above.
    """

    def _calc_idf(self, nd: Mapping[str, int]) -> None:
        for token, document_count in nd.items():
            rest = self.corpus_size - document_count
            self.idf[token] = math.log(1 + (rest + 0.5) / (document_count + 0.5))


@dataclass(frozen=True)
class Postings:
    """Sparse BM25 weights by token.

    Token ``t`` weighs ``weights[starts[t]:starts[t + 1]]`` in the documents
    ``documents[starts[t]:starts[t + 1]]`` (ascending). ``document_count`` is the corpus size.
    """

    tokens: TextColumn
    starts: NDArray[np.int64]
    documents: IntArray
    weights: FloatArray
    document_count: int

    @cached_property
    def _spans(self) -> "_Spans":
        return _Spans(self.tokens, self.starts)

    def gather(self, tokens: Iterable[str]) -> tuple[IntArray, FloatArray]:
        """Give (documents, weights) of all ``tokens`` one after the other, repetitions repeated."""
        spans = [span for span in map(self._spans.__getitem__, tokens) if span is not None]
        if not spans:
            return np.empty(0, np.int32), np.empty(0, np.float64)
        return (
            np.concatenate([self.documents[span] for span in spans]),
            np.concatenate([self.weights[span] for span in spans]),
        )

    def scores(self, tokens: Iterable[str]) -> FloatArray:
        """Score every document, exactly as ``BM25Okapi.get_scores(tokens)`` does."""
        documents, weights = self.gather(tokens)
        sums = np.bincount(documents, weights, minlength=self.document_count)
        return sums.astype(np.float64, copy=False)


class _Spans(dict[str, slice | None]):
    """Where the tokens asked for so far stand in ``documents`` and ``weights``; None: nowhere.

    Others are found by their hash: a dictionary of the million tokens that Latin names hold would
    need more memory than everything else.
    """

    def __init__(self, tokens: TextColumn, starts: NDArray[np.int64]) -> None:
        super().__init__()
        hashes = np.fromiter(map(hash, tokens.to_list()), np.int64, len(tokens))
        self._tokens, self._starts = tokens, starts
        self._rows = np.argsort(hashes, kind="stable").astype(np.int32)
        self._hashes = hashes[self._rows]

    def __missing__(self, token: str) -> slice | None:
        if len(self) >= _KEPT_SPANS:
            self.clear()
        first = np.searchsorted(self._hashes, np.int64(hash(token)), side="left")
        last = np.searchsorted(self._hashes, np.int64(hash(token)), side="right")
        self[token] = None
        for row in self._rows[first:last].tolist():
            if self._tokens[row] == token:
                self[token] = slice(int(self._starts[row]), int(self._starts[row + 1]))
        return self[token]


def compile_postings(model: BM25Okapi) -> Postings:
    """Lay out the statistics of a built ``BM25Okapi`` (or subclass) by token."""
    lengths = np.array(model.doc_len, dtype=np.float64)
    norm = model.k1 * (1 - model.b + model.b * lengths / model.avgdl)
    vocabulary = {token: row for row, token in enumerate(model.idf)}
    sizes = np.fromiter(map(len, model.doc_freqs), np.int64, len(model.doc_freqs))
    total = int(sizes.sum())
    rows = np.fromiter(
        (vocabulary[token] for counts in model.doc_freqs for token in counts), np.int64, total
    )
    counts = np.fromiter(
        (count for counts in model.doc_freqs for count in counts.values()), np.float64, total
    )
    documents = np.repeat(np.arange(len(sizes), dtype=np.int64), sizes)
    idf = np.fromiter(model.idf.values(), np.float64, len(vocabulary))
    weights = idf[rows] * (counts * (model.k1 + 1) / (counts + norm[documents]))
    order = np.argsort(rows, kind="stable")
    starts = np.searchsorted(rows[order], np.arange(len(vocabulary) + 1)).astype(np.int64)
    return Postings(
        TextColumn.of(list(vocabulary)),
        starts,
        documents[order].astype(np.int32),
        weights[order],
        len(sizes),
    )


def build_postings(documents: Iterable[Sequence[str]], *, k1: float, b: float) -> Postings:
    """Index tokenised documents; without a single token nothing is ever found.

    The same figures to the bit as ``compile_postings(Bm25(documents))``, but nothing is kept for
    a document beyond three numbers a token, so a million of them fit an office PC.
    """
    vocabulary: dict[str, int] = {}
    tokens, counts, sizes, lengths = array("i"), array("i"), array("i"), array("i")
    for document in documents:
        own: dict[str, int] = {}
        for token in document:
            own[token] = own.get(token, 0) + 1
        tokens.extend(vocabulary.setdefault(token, len(vocabulary)) for token in own)
        counts.extend(own.values())
        sizes.append(len(own))
        lengths.append(len(document))
    total = len(sizes)
    if not vocabulary:
        nothing = np.empty(0, np.int32)
        return Postings(TextColumn.of([]), np.zeros(1, np.int64), nothing, np.empty(0), total)
    length = np.array(lengths, dtype=np.float64)
    norm = k1 * (1 - b + b * length / (int(length.sum()) / total))
    rows = np.frombuffer(tokens, dtype=np.intc)
    idf = np.array(
        [
            math.log(1 + (total - found + 0.5) / (found + 0.5))
            for found in np.bincount(rows, minlength=len(vocabulary)).tolist()
        ]
    )
    order = np.argsort(rows, kind="stable")
    rows = rows[order]
    owners = np.repeat(np.arange(total, dtype=np.int32), np.frombuffer(sizes, dtype=np.intc))
    owners = owners[order]
    repeats = np.frombuffer(counts, dtype=np.intc)[order]
    del order
    weights = np.empty(len(rows), dtype=np.float64)
    for start in range(0, len(rows), _WEIGHED_AT_ONCE):
        part = slice(start, start + _WEIGHED_AT_ONCE)
        count = repeats[part].astype(np.float64)
        weights[part] = idf[rows[part]] * (count * (k1 + 1) / (count + norm[owners[part]]))
    starts = np.searchsorted(rows, np.arange(len(vocabulary) + 1)).astype(np.int64)
    return Postings(TextColumn.of(list(vocabulary)), starts, owners, weights, total)


def best(scores: FloatArray, k: int) -> NDArray[np.intp]:
    """Give the indexes of the ``k`` best positive scores: score descending, then index ascending.

    Unlike ``argpartition`` or ``argsort()[::-1]`` the choice among equal scores is defined, so
    every machine gives the same list.
    """
    if k <= 0:
        return np.empty(0, np.intp)
    positive = np.flatnonzero(scores > 0)
    if len(positive) > k:
        values = scores[positive]
        bound = np.partition(values, len(values) - k)[len(values) - k]
        above = positive[values > bound]
        positive = np.concatenate([above, positive[values == bound][: k - len(above)]])
    return positive[np.lexsort((positive, -scores[positive]))]
