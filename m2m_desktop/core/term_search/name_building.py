"""Making a `NameText` in the memory of an office PC, of two million names as of two hundred.

Names are decoded and folded some at a time. Only two bytes a letter and two for where it came
from are kept until the order of all is known; then each name goes to its place. Places are sorted
block by block into the ranges that counting the pairs has shown them to need.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from m2m_desktop.core.columns import IntArray, TextColumn
from m2m_desktop.core.progress import Progress, silent
from m2m_desktop.core.records import TermLevel
from m2m_desktop.core.term_search.folding import LF, FoldedTexts, UnitArray, fold_texts
from m2m_desktop.core.term_search.letters import letter_bits
from m2m_desktop.core.term_search.name_text import NameText, OffsetArray, PairArray, pairs_of
from m2m_desktop.core.term_search.numbering import LEVEL_ORDER, BoolArray, TermNumbers
from m2m_desktop.core.term_search.spelling import Vocabulary, words_of
from m2m_desktop.core.term_search.word_bounds import bound_bits
from m2m_desktop.core.terminology import Terminology

NAMES_AT_ONCE = 1 << 14
UNITS_AT_ONCE = 1 << 20


@dataclass(frozen=True, slots=True)
class _Listing:
    """The names of a level in one language that become documents: ``rows`` of ``names``."""

    level: TermLevel
    is_second: bool
    names: TextColumn
    rows: IntArray
    is_twin: BoolArray


def build_name_text(
    terminology: Terminology,
    progress: Progress = silent,
    *,
    names_at_once: int = NAMES_AT_ONCE,
    units_at_once: int = UNITS_AT_ONCE,
) -> NameText:
    """Fold all names of all levels in both languages.

    How much is done at once decides the memory that is needed, never the outcome.
    """
    numbers = TermNumbers.of(terminology)
    listings = list(_listings(terminology))
    total = sum(len(one.rows) for one in listings)
    folded: list[FoldedTexts] = []
    words: set[str] = set()
    for texts in _portions(listings, names_at_once):
        progress(len(folded) * names_at_once, 2 * total, "names")
        folded.append(fold_texts(texts))
        words |= words_of(texts)
    sizes = _joined([one.stops - one.starts for one in folded])
    terms = _joined([one.rows + np.int32(numbers.starts[one.level]) for one in listings])
    is_second = np.repeat(
        np.array([one.is_second for one in listings], dtype=np.bool_),
        [len(one.rows) for one in listings],
    )
    is_twin = np.concatenate([np.empty(0, np.bool_), *(one.is_twin for one in listings)])
    levels = np.repeat(
        np.array([LEVEL_ORDER.index(one.level) for one in listings], dtype=np.int32),
        [len(one.rows) for one in listings],
    )
    shown = np.lexsort((is_second, terms, levels, sizes)).astype(np.int32)
    progress(total, 2 * total, "names")
    units, origins, starts = _in_order(folded, shown, sizes)
    progress(total + total // 2, 2 * total, "names")
    pairs, pair_starts, documents, offsets = _pairs(units, starts, units_at_once)
    return NameText(
        units=units,
        origins=origins,
        starts=starts,
        terms=terms[shown],
        is_second=is_second[shown],
        is_twin=is_twin[shown],
        pairs=pairs,
        pair_starts=pair_starts,
        pair_documents=documents,
        pair_offsets=offsets,
        bounds=bound_bits(units, origins),
        letters=letter_bits(units, origins, starts),
        vocabulary=Vocabulary.of_words(words).words,
    )


def _joined(parts: list[IntArray]) -> IntArray:
    return np.concatenate([np.empty(0, np.int32), *parts])


# -- the names -------------------------------------------------------------------------------------


def _listings(terminology: Terminology) -> Iterator[_Listing]:
    for is_second, columns in ((False, terminology.names), (True, terminology.names2)):
        pt_names: TextColumn | None = columns(TermLevel.PT)
        for level in TermLevel:
            names: TextColumn | None = columns(level)
            if names is None:
                continue
            says_something = names.sizes() > 0
            if is_second:  # a second name that is the first once more says nothing new
                differs = np.zeros(len(names), dtype=np.bool_)
                differs[names.differing_rows(terminology.names(level))] = True
                says_something &= differs
            rows = np.flatnonzero(says_something).astype(np.int32)
            is_twin = np.zeros(len(rows), dtype=np.bool_)
            if level is TermLevel.LLT and pt_names is not None and len(rows):
                own = pt_names.take(terminology.llt_pt[rows])
                is_twin[:] = True
                is_twin[names.take(rows).differing_rows(own)] = False
            yield _Listing(level, is_second, names, rows, is_twin)


def _portions(listings: list[_Listing], count: int) -> Iterator[list[str]]:
    """All names in the order of the listings, ``count`` at a time, less only at the end."""
    texts: list[str] = []
    for listing in listings:
        at = 0
        while at < len(listing.rows):
            some = listing.rows[at : at + count - len(texts)]
            texts += listing.names.take(some).to_list()
            at += len(some)
            if len(texts) == count:
                yield texts
                texts = []
    if texts:
        yield texts


def _in_order(
    folded: list[FoldedTexts], shown: IntArray, sizes: IntArray
) -> tuple[UnitArray, UnitArray, IntArray]:
    """Put the documents one behind the other, a separator before, between and behind them.

    Empties ``folded``: each portion is let go of when it is copied.
    """
    starts = np.concatenate([[1], 1 + np.cumsum(sizes[shown].astype(np.int64) + 1)])
    units = np.full(int(starts[-1]), LF, dtype=np.uint16)
    origins = np.zeros(len(units), dtype=np.uint16)
    begins = np.empty(len(shown), dtype=np.int64)
    begins[shown] = starts[:-1]
    stop = len(shown)
    while folded:
        portion = folded.pop()
        first = stop - len(portion.starts)
        own_sizes = sizes[first:stop]
        before = np.concatenate([[0], np.cumsum(own_sizes)[:-1]])
        step = np.arange(int(own_sizes.sum())) - np.repeat(before, own_sizes)
        source = np.repeat(portion.starts, own_sizes) + step
        target = np.repeat(begins[first:stop], own_sizes) + step
        units[target], origins[target] = portion.units[source], portion.origins[source]
        stop = first
    return units, origins, starts.astype(np.int32)


# -- the pairs -------------------------------------------------------------------------------------


def _pairs(
    units: UnitArray, starts: IntArray, count: int
) -> tuple[PairArray, IntArray, IntArray, OffsetArray]:
    """Sort the places of all pairs, ``count`` at a time; gives what `NameText` has of them."""
    last = len(units) - 1
    blocks = [(at, min(at + count, last)) for at in range(1, last, count)]
    found, counts = [np.empty(0, np.uint32)], [np.empty(0, np.int64)]
    for start, stop in blocks:
        block = units[start : stop + 1]
        own, own_counts = np.unique(pairs_of(block)[block[:-1] != LF], return_counts=True)
        found.append(own)
        counts.append(own_counts)
    pairs, which = np.unique(np.concatenate(found), return_inverse=True)
    totals = np.bincount(which, np.concatenate(counts), minlength=len(pairs))
    pair_starts = np.concatenate([[0], np.cumsum(totals)]).astype(np.int64)
    free = pair_starts[:-1].copy()  # where the next place of each pair goes
    longest = int(np.diff(starts).max(initial=0))
    documents = np.empty(int(pair_starts[-1]), dtype=np.int32)
    size = np.uint16 if longest < 1 << 16 else np.uint32
    offsets: OffsetArray = np.empty(len(documents), dtype=size)
    for start, stop in blocks:
        block = units[start : stop + 1]
        # by the second unit, then by the first: numpy sorts two bytes far faster than four
        order = np.argsort(block[1:], kind="stable")
        order = order[np.argsort(block[:-1][order], kind="stable")]
        order = order[block[order] != LF]
        own, firsts, own_counts = np.unique(
            pairs_of(block)[order], return_index=True, return_counts=True
        )
        rows = np.searchsorted(pairs, own)
        target = np.repeat(free[rows] - firsts, own_counts) + np.arange(len(order))
        document = _documents_between(starts, start, stop)[order]
        documents[target] = document
        offsets[target] = order + start - starts[document]
        free[rows] += own_counts
    return pairs, pair_starts.astype(np.int32), documents, offsets


def _documents_between(starts: IntArray, start: int, stop: int) -> IntArray:
    """Tell the document of each unit from ``start`` to ``stop``; the LF behind one counts for it."""
    first, last = np.searchsorted(starts, [start, stop - 1], side="right") - 1
    begins = np.maximum(starts[first : last + 1], start)
    ends = np.minimum(starts[first + 1 : last + 2], stop)
    return np.repeat(np.arange(first, last + 1, dtype=np.int32), ends - begins)
