"""All names of a terminology as one text, ready to be searched for any piece of text at once.

A *document* is a name in one language. Documents stand in the order hits are shown in (shorter
names first, then by level, then in file order), so what is found in order needs no sorting. For
each pair of neighbouring UTF-16 units all its places are listed: a search looks only where its
rarest pair stands. `name_building` makes a `NameText`.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from m2m_desktop.core.columns import IntArray
from m2m_desktop.core.term_search.folding import LF, UnitArray, units_of
from m2m_desktop.core.term_search.letters import (
    BEGINS,
    ENDS,
    INSIDE,
    LETTERS,
    WHOLE,
    letter_row,
)
from m2m_desktop.core.term_search.numbering import BoolArray
from m2m_desktop.core.term_search.spelling import Vocabulary
from m2m_desktop.core.term_search.word_bounds import BitArray, bound_at

PairArray = NDArray[np.uint32]
OffsetArray = NDArray[np.unsignedinteger]

_KEPT, _KEPT_PLACES = 4, 1 << 21
"""So many texts that were looked for last keep their places, where those are not too many."""


@dataclass(frozen=True, slots=True)
class Places:
    """Where a text stands: names ascending, and within each ascending the unit it begins at.

    ``begins`` and ``ends`` tell whether a name begins or ends with it.
    """

    documents: IntArray
    offsets: IntArray
    begins: BoolArray
    ends: BoolArray


@dataclass(frozen=True)
class NameText:
    """The names. All arrays can be kept on disk as they are.

    Document ``d`` is ``units[starts[d]:starts[d + 1] - 1]``, with LF before, between and behind;
    its characters came from ``origins`` of the name. It is a name of the term ``terms[d]`` (see
    `TermNumbers`): the one in the second language where ``is_second``. ``is_twin`` marks an LLT's
    name that is its PT's name too. ``pairs`` are the pairs of neighbouring units there are (see
    `pairs_of`), ascending, those with the LF behind a name among them. Pair ``p`` stands in
    ``pair_documents[pair_starts[p]:pair_starts[p + 1]]``, at the unit of ``pair_offsets``.
    ``bounds`` tells before which units a word may begin or end (see `word_bounds.bound_bits`),
    ``letters`` which documents hold a single letter (see `letters.letter_bits`).
    """

    units: UnitArray
    origins: UnitArray
    starts: IntArray
    terms: IntArray
    is_second: BoolArray
    is_twin: BoolArray
    pairs: PairArray
    pair_starts: IntArray
    pair_documents: IntArray
    pair_offsets: OffsetArray
    bounds: BitArray
    letters: BitArray
    vocabulary: NDArray[np.bytes_]

    def arrays(self) -> dict[str, NDArray[np.generic]]:
        """Give the arrays by name."""
        return {field.name: getattr(self, field.name) for field in fields(self)}

    @classmethod
    def of_arrays(cls, arrays: Mapping[str, NDArray[np.generic]]) -> "NameText":
        """Take arrays back; raises KeyError where one is missing."""
        return cls(**{field.name: arrays[field.name] for field in fields(cls)})  # type: ignore[arg-type]

    def __len__(self) -> int:
        return len(self.terms)

    @cached_property
    def words(self) -> Vocabulary:
        """The Latin words of the names."""
        return Vocabulary(self.vocabulary)

    def key(self, document: int) -> str:
        """Give a name as it is compared."""
        return self._raw(document).decode("utf-16-le", "surrogatepass")

    def _raw(self, document: int) -> bytes:
        return self.units[int(self.starts[document]) : int(self.starts[document + 1]) - 1].tobytes()

    # -- finding ---------------------------------------------------------------------------------

    def find(self, text: str) -> Places:
        """Find every place of a text that is in the form of `text.match_key`.

        What was found last is kept: a search asks for its words repeatedly, and so does the next
        search, that of one more letter.
        """
        found = self._found.pop(text, None) or self._find(text)
        if len(found.documents) <= _KEPT_PLACES:
            self._found[text] = found
            if len(self._found) > _KEPT:
                del self._found[next(iter(self._found))]
        return found

    @cached_property
    def _found(self) -> dict[str, Places]:
        return {}

    def _find(self, text: str) -> Places:
        needle = units_of(text)
        if not len(needle) or LF in needle:
            return _nowhere()
        if len(needle) == 1:
            held = self.held_by(int(needle[0]), int(needle[0]))
            documents = self.pair_documents[held]
            offsets = self.pair_offsets[held].astype(np.int32)
            ascending = np.argsort(self.starts[documents] + offsets)
            return self._placed(documents[ascending], offsets[ascending], 1)
        rows = self._pair_rows(needle)
        if rows is None:
            return _nowhere()
        counts = self.pair_starts[rows + 1] - self.pair_starts[rows]
        by_rarity = np.argsort(counts, kind="stable").tolist()
        rarest = by_rarity[0]
        held = slice(*self.pair_starts[rows[rarest] : rows[rarest] + 2].tolist())
        documents = self.pair_documents[held]
        begins = self.pair_offsets[held].astype(np.int32) - np.int32(rarest)
        if len(needle) > 2:
            behind = dict.fromkeys(at for pair in by_rarity for at in (pair, pair + 1))
            kept = self._kept(documents, begins, needle, list(behind)[2:])
            documents, begins = documents[kept], begins[kept]
        return self._placed(documents, begins, len(needle))

    def _kept(
        self, documents: IntArray, offsets: IntArray, needle: UnitArray, order: Iterable[int]
    ) -> NDArray[np.intp]:
        """Give the places at which a text stands; its units are compared in this order.

        A place from which it would reach out of its name is none: it would hold a separator.
        """
        units = (self.starts[documents] + offsets).astype(np.intp)  # what numpy indexes with
        kept = np.arange(len(units))
        for at in order:
            same = self.units.take(units + at, mode="clip") == needle[at]
            units, kept = units[same], kept[same]
        return kept

    def _placed(self, documents: IntArray, offsets: IntArray, size: int) -> Places:
        ends = offsets + np.int32(size) == self._sizes[documents]
        return Places(documents, offsets, offsets == 0, ends)

    @cached_property
    def _sizes(self) -> IntArray:
        """How many units each document has."""
        return np.diff(self.starts) - np.int32(1)

    def held_by(self, first: int, last: int) -> slice:
        """Give the rows of ``pair_documents`` for pairs that begin with a unit of this range."""
        start = np.searchsorted(self.pairs, np.uint32(first << 16), side="left")
        stop = np.searchsorted(self.pairs, np.uint32(last << 16 | 0xFFFF), side="right")
        return slice(int(self.pair_starts[start]), int(self.pair_starts[stop]))

    def _pair_rows(self, needle: UnitArray) -> NDArray[np.intp] | None:
        """Where the pairs of a text stand among ``pairs``; None where one is in no name."""
        wanted = pairs_of(needle)
        rows = np.searchsorted(self.pairs, wanted)
        is_known = rows < len(self.pairs)
        is_known[is_known] = self.pairs[rows[is_known]] == wanted[is_known]
        return rows if is_known.all() else None

    def find_pieces(self, pieces: tuple[str, ...]) -> Places:
        """Find names that hold all pieces in this order; one place a name.

        ``begins`` tells whether the first piece stands at the start, ``ends`` whether the last one
        can stand at the end.
        """
        first = self.find(pieces[0])
        if len(pieces) == 1:
            return first
        kept = first_of_each(first.documents)
        documents, offsets, begins = first.documents[kept], first.offsets[kept], first.begins[kept]
        free = np.full(len(self), np.iinfo(np.int32).max, dtype=np.int32)
        free[documents] = offsets + len(units_of(pieces[0]))
        at_end = np.zeros(len(self), dtype=np.bool_)
        for number, piece in enumerate(pieces[1:], 2):
            after = self.find(piece)
            fits = after.offsets >= free[after.documents]
            there = after.documents[fits]
            if number == len(pieces):
                at_end[there[after.ends[fits]]] = True
            kept = first_of_each(there)
            free[:] = np.iinfo(np.int32).max
            free[there[kept]] = after.offsets[fits][kept] + len(units_of(piece))
        whole = free[documents] < np.iinfo(np.int32).max
        documents = documents[whole]
        return Places(documents, offsets[whole], begins[whole], at_end[documents])

    def with_all(self, words: Sequence[Sequence[str]]) -> IntArray:
        """Find the documents that hold, of each word, one of the forms given; ascending.

        The rarest word is looked for first, the others only in the documents that have it.
        """
        found: IntArray | None = None
        for forms in sorted(words, key=lambda forms: sum(map(self._places_at_most, forms))):
            here = np.zeros(len(self), dtype=np.bool_)
            for form in forms:
                if form in LETTERS:
                    for way in (BEGINS, INSIDE, ENDS):
                        here |= self.has_letter(form, way)
                    continue
                places = self.find(form) if found is None else self._find_in(form, found)
                here[places.documents] = True
            found = np.flatnonzero(here).astype(np.int32) if found is None else found[here[found]]
        return np.empty(0, np.int32) if found is None else found

    def _places_at_most(self, text: str) -> int:
        needle = units_of(text)
        if len(needle) < 2:
            held = self.held_by(int(needle[0]), int(needle[0])) if len(needle) else slice(0, 0)
            return held.stop - held.start
        rows = self._pair_rows(needle)
        if rows is None:
            return 0
        return int((self.pair_starts[rows + 1] - self.pair_starts[rows]).min())

    def with_whole_words(self, words: Sequence[str], documents: IntArray) -> IntArray:
        """Keep, of documents that hold all words, those in which each stands as a whole word."""
        for word in words:
            if word in LETTERS:
                documents = documents[self.has_letter(word, WHOLE)[documents]]
                continue
            asked = np.zeros(len(self), dtype=np.bool_)
            asked[documents] = True
            found = self._find_in(word, documents)
            there = asked[found.documents]
            holding = found.documents[there]
            units = self.starts[holding].astype(np.intp) + found.offsets[there]
            begins = bound_at(self.bounds, units)
            holding, after = holding[begins], units[begins] + len(units_of(word))
            here = np.zeros(len(self), dtype=np.bool_)
            here[holding[bound_at(self.bounds, after)]] = True
            documents = documents[here[documents]]
        return documents

    def has_letter(self, letter: str, way: int) -> BoolArray:
        """Tell which documents hold one of `LETTERS` in a way, such as `letters.BEGINS`."""
        bits = self.letters[letter_row(letter), way]
        return np.unpackbits(bits, count=len(self)).view(np.bool_)

    def _find_in(self, text: str, documents: IntArray) -> Places:
        """Find every place of a text in some documents (ascending), and maybe in others too.

        Whatever is less to look at is looked at: these documents, or all places of the text.
        """
        needle = units_of(text)
        sizes = self._sizes[documents] - np.int32(len(needle) - 1)
        documents, sizes = documents[sizes > 0], sizes[sizes > 0]
        total = int(sizes.sum(dtype=np.int64))
        if text in self._found or not len(needle) or self._places_at_most(text) < total:
            return self.find(text)
        before = np.cumsum(sizes, dtype=np.int64) - sizes
        every = np.repeat(documents, sizes)
        offsets = (np.arange(total) - np.repeat(before, sizes)).astype(np.int32)
        kept = self._kept(every, offsets, needle, range(len(needle)))
        return self._placed(every[kept], offsets[kept], len(needle))

    # -- showing ---------------------------------------------------------------------------------

    def spans(self, document: int, pieces: tuple[str, ...]) -> tuple[tuple[int, int], ...]:
        """Give the character ranges of a name in which pieces stand, ascending, none overlapping."""
        raw, origins = self._raw(document), self.origins
        begin = int(self.starts[document])
        found = []
        for piece in pieces:
            size = len(piece.encode("utf-16-le", "surrogatepass")) // 2
            for at in _units_at(raw, piece):
                last = begin + at + size - 1
                found.append((int(origins[begin + at]), int(origins[last]) + 1))
        return _joined(found) if len(found) > 1 else tuple(found)


def _units_at(raw: bytes, text: str) -> Iterator[int]:
    """The units of a name, as bytes, at which a text stands."""
    wanted = text.encode("utf-16-le", "surrogatepass")
    at = raw.find(wanted)
    while at >= 0 and wanted:
        if at % 2 == 0:
            yield at // 2
        at = raw.find(wanted, at + 1)


def _joined(spans: list[tuple[int, int]]) -> tuple[tuple[int, int], ...]:
    joined: list[tuple[int, int]] = []
    for start, stop in sorted(spans):
        if joined and start <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(stop, joined[-1][1]))
        else:
            joined.append((start, stop))
    return tuple(joined)


def _nowhere() -> Places:
    none, no = np.empty(0, np.int32), np.empty(0, np.bool_)
    return Places(none, none, no, no)


def pairs_of(units: UnitArray) -> PairArray:
    """Give each unit with the one behind it as one number; one less than there are units."""
    return units[:-1].astype(np.uint32) << np.uint32(16) | units[1:]


def first_of_each(documents: IntArray) -> BoolArray:
    """Mark the first of each run of equal numbers."""
    first = np.ones(len(documents), dtype=np.bool_)
    np.not_equal(documents[1:], documents[:-1], out=first[1:])
    return first
