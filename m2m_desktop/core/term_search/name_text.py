"""All names of a terminology as one text, ready to be searched for any piece of text at once.

A *document* is a name in one language. Documents stand in the order hits are shown in (shorter
names first, then by level, then in file order), so what is found in order needs no sorting. For
each UTF-16 unit all its places are listed: a search looks only where its rarest unit stands.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from m2m_desktop.core.columns import IntArray, TextColumn
from m2m_desktop.core.progress import Progress, silent
from m2m_desktop.core.records import TermLevel
from m2m_desktop.core.term_search.folding import LF, UnitArray, fold_texts, units_of
from m2m_desktop.core.term_search.numbering import LEVEL_ORDER, BoolArray, TermNumbers
from m2m_desktop.core.term_search.spelling import Vocabulary
from m2m_desktop.core.terminology import Terminology

_UNITS = 1 << 16
_WIDE = 0x2E80  # from here on a character is a word of its own
_GATHER_CHUNK = 1 << 14
_FEW = 256
"""So few documents are read one by one sooner than all places of a text are looked through."""


@dataclass(frozen=True, slots=True)
class Places:
    """Where a text stands: its first units, ascending, and whether a name begins or ends with it."""

    units: NDArray[np.intp]
    documents: IntArray
    begins: BoolArray
    ends: BoolArray


@dataclass(frozen=True)
class NameText:
    """The names. All arrays can be kept on disk as they are.

    Document ``d`` is ``units[starts[d]:starts[d + 1] - 1]``, with LF before, between and behind;
    its characters came from ``origins`` of the name. It is a name of the term ``terms[d]`` (see
    `TermNumbers`): the one in the second language where ``is_second``. ``is_twin`` marks an LLT's
    name that is its PT's name too. ``places[place_starts[u]:place_starts[u + 1]]`` are the places of
    unit ``u``; ``document_of`` tells the document of each place.
    """

    units: UnitArray
    origins: UnitArray
    starts: IntArray
    terms: IntArray
    is_second: BoolArray
    is_twin: BoolArray
    places: IntArray
    place_starts: IntArray
    document_of: IntArray
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
        """Find every place of a text that is in the form of `text.match_key`."""
        needle = units_of(text)
        if not len(needle) or LF in needle:
            return _nowhere()
        counts = self.place_starts[needle.astype(np.int64) + 1] - self.place_starts[needle]
        by_rarity = np.argsort(counts, kind="stable").tolist()
        rarest = by_rarity[0]
        unit = int(needle[rarest])
        places = self.places[int(self.place_starts[unit]) : int(self.place_starts[unit + 1])]
        found = places.astype(np.intp)  # what numpy indexes with: converted once, not each time
        if rarest:
            found -= rarest
            found = found[np.searchsorted(found, 1) :]
        if len(needle) > 1:  # what follows a place must be inside the array
            found = found[: np.searchsorted(found, len(self.units) - len(needle))]
        for at in by_rarity[1:]:
            found = found[self.units[at:][found] == needle[at]]
        return self._placed(found, len(needle))

    def _placed(self, found: NDArray[np.intp], size: int) -> Places:
        begins = self.units[found - 1] == LF
        ends = self.units[size:][found] == LF
        return Places(found, self.document_of[found], begins, ends)

    def find_pieces(self, pieces: tuple[str, ...]) -> Places:
        """Find names that hold all pieces in this order; one place a name.

        ``begins`` tells whether the first piece stands at the start, ``ends`` whether the last one
        can stand at the end.
        """
        first = self.find(pieces[0])
        if len(pieces) == 1:
            return first
        kept = first_of_each(first.documents)
        units, documents, begins = first.units[kept], first.documents[kept], first.begins[kept]
        free = np.full(len(self), np.iinfo(np.int32).max, dtype=np.int32)
        free[documents] = units + len(units_of(pieces[0]))
        at_end = np.zeros(len(self), dtype=np.bool_)
        for number, piece in enumerate(pieces[1:], 2):
            after = self.find(piece)
            fits = after.units >= free[after.documents]
            there = after.documents[fits]
            if number == len(pieces):
                at_end[there[after.ends[fits]]] = True
            kept = first_of_each(there)
            free[:] = np.iinfo(np.int32).max
            free[there[kept]] = after.units[fits][kept] + len(units_of(piece))
        whole = free[documents] < np.iinfo(np.int32).max
        documents = documents[whole]
        return Places(units[whole], documents, begins[whole], at_end[documents])

    def with_all(self, words: Sequence[Sequence[str]]) -> IntArray:
        """Find the documents that hold, of each word, one of the forms given; ascending.

        The rarest word is looked for first; where few documents are left, those are read.
        """
        found: IntArray | None = None
        for forms in sorted(words, key=lambda forms: sum(map(self._places_at_most, forms))):
            if found is not None and len(found) <= _FEW:
                held = [any(form in self.key(one) for form in forms) for one in found.tolist()]
                found = found[np.array(held, dtype=np.bool_)]
                continue
            here = np.zeros(len(self), dtype=np.bool_)
            for form in forms:
                here[self.find(form).documents] = True
            found = np.flatnonzero(here).astype(np.int32) if found is None else found[here[found]]
        return np.empty(0, np.int32) if found is None else found

    def _places_at_most(self, text: str) -> int:
        units = units_of(text).astype(np.int64)
        return int((self.place_starts[units + 1] - self.place_starts[units]).min(initial=0))

    def with_whole_words(self, words: Sequence[str], documents: IntArray) -> IntArray:
        """Keep, of documents that hold all words, those in which each stands as a whole word."""
        for word in words:
            found = self.find(word) if len(documents) > _FEW else self._find_in(word, documents)
            size = len(units_of(word))
            whole = (found.begins | self._is_cut(found.units)) & (
                found.ends | self._is_cut(found.units + size)
            )
            here = np.zeros(len(self), dtype=np.bool_)
            here[found.documents[whole]] = True
            documents = documents[here[documents]]
        return documents

    def _find_in(self, text: str, documents: IntArray) -> Places:
        """Find every place of a text in a few documents."""
        units = [
            int(self.starts[one]) + at
            for one in documents.tolist()
            for at in _units_at(self._raw(one), text)
        ]
        return self._placed(np.array(units, dtype=np.intp), len(units_of(text)))

    def _is_cut(self, at: NDArray[np.intp]) -> BoolArray:
        """Whether a word ends before these places: something was left out, or Chinese is beside."""
        left_out = self.origins[at] > self.origins[at - 1] + np.uint16(1)
        return left_out | (self.units[at] >= _WIDE) | (self.units[at - 1] >= _WIDE)

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
    none = np.empty(0, np.int32)
    return Places(none.astype(np.intp), none, np.empty(0, np.bool_), np.empty(0, np.bool_))


def first_of_each(documents: IntArray) -> BoolArray:
    """Mark the first of each run of equal numbers."""
    first = np.ones(len(documents), dtype=np.bool_)
    np.not_equal(documents[1:], documents[:-1], out=first[1:])
    return first


def build_name_text(terminology: Terminology, progress: Progress = silent) -> NameText:
    """Fold all names of all levels in both languages."""
    numbers = TermNumbers.of(terminology)
    texts: list[str] = []
    terms, second, twin, order = [], [], [], []
    for is_second, columns in ((False, terminology.names), (True, terminology.names2)):
        for level in TermLevel:
            column: TextColumn | None = columns(level)
            if column is None:
                continue
            names = column.to_list()
            firsts = terminology.names(level).to_list() if is_second else None
            # a second name that is empty or the first once more says nothing new
            rows = [
                row
                for row, name in enumerate(names)
                if name and not (firsts and firsts[row] == name)
            ]
            texts += [names[row] for row in rows]
            terms.append(np.array(rows, np.int32) + np.int32(numbers.starts[level]))
            second.append(np.full(len(rows), is_second))
            order.append(np.full(len(rows), LEVEL_ORDER.index(level)))
            twin.append(_twins(terminology, level, columns)[rows])
    progress(1, 4, "names")
    folded = fold_texts(texts)
    progress(2, 4, "names")
    sizes = folded.stops - folded.starts
    numbers_of = np.concatenate(terms)
    is_second_of = np.concatenate(second)
    shown = np.lexsort((is_second_of, numbers_of, np.concatenate(order), sizes))
    units, origins, starts = _gathered(
        folded.units, folded.origins, folded.starts[shown], sizes[shown]
    )
    progress(3, 4, "names")
    places = np.argsort(units, kind="stable").astype(np.int32)
    counts = np.bincount(units, minlength=_UNITS)
    return NameText(
        units=units,
        origins=origins,
        starts=starts,
        terms=numbers_of[shown],
        is_second=is_second_of[shown],
        is_twin=np.concatenate(twin)[shown],
        places=places,
        place_starts=np.concatenate([[0], np.cumsum(counts)]).astype(np.int32),
        document_of=_document_of(starts),
        vocabulary=Vocabulary.of(texts).words,
    )


def _document_of(starts: IntArray) -> IntArray:
    """Tell the document of each unit; a separator counts for the document before it."""
    documents = np.repeat(np.arange(len(starts) - 1, dtype=np.int32), np.diff(starts))
    return np.concatenate([np.zeros(int(starts[0]), np.int32), documents])


def _twins(
    terminology: Terminology,
    level: TermLevel,
    columns: Callable[[TermLevel], TextColumn | None],
) -> BoolArray:
    """Mark the LLTs that bear their PT's name."""
    names, pts = columns(level), columns(TermLevel.PT)
    count = terminology.count(level)
    if level is not TermLevel.LLT or names is None or pts is None or not count:
        return np.zeros(count, np.bool_)
    twins = np.ones(count, np.bool_)
    twins[names.differing_rows(pts.take(terminology.llt_pt))] = False
    return twins


def _gathered(
    units: UnitArray, origins: UnitArray, starts: IntArray, sizes: IntArray
) -> tuple[UnitArray, UnitArray, IntArray]:
    """Put the documents one behind the other, a separator before, between and behind them."""
    placed = np.concatenate([[1], 1 + np.cumsum(sizes.astype(np.int64) + 1)])
    out = np.full(int(placed[-1]), LF, dtype=np.uint16)
    out_origins = np.zeros(len(out), dtype=np.uint16)
    for row in range(0, len(sizes), _GATHER_CHUNK):
        part = slice(row, min(row + _GATHER_CHUNK, len(sizes)))
        count = sizes[part]
        first = np.concatenate([[0], np.cumsum(count)[:-1]])
        step = np.arange(int(count.sum())) - np.repeat(first, count)
        source = np.repeat(starts[part], count) + step
        target = np.repeat(placed[:-1][part], count) + step
        out[target], out_origins[target] = units[source], origins[source]
    return out, out_origins, placed.astype(np.int32)
