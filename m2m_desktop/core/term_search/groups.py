"""Hits sorted into groups: each term in the first group that holds it, and the shown ones picked."""

from collections.abc import Callable, Iterable, Sequence

import numpy as np

from m2m_desktop.core.columns import IntArray
from m2m_desktop.core.term_search.name_text import NameText
from m2m_desktop.core.term_search.numbering import BoolArray, TermNumbers
from m2m_desktop.core.term_search.records import FoundTerm, HitGroup, MatchedIn, Reason

SpansOf = Callable[[int], tuple[tuple[int, int], ...]]
_CHUNK = 4


def no_spans(document: int) -> tuple[tuple[int, int], ...]:  # noqa: ARG001 (one of `SpansOf`)
    """Nothing is set off in the name."""
    return ()


class GroupFilling:
    """Takes documents and terms group by group, the closest reason first.

    Of the names without a filter all count; only what is shown becomes a record. A term found
    before is left out. ``hidden`` documents count, but are not listed.
    """

    def __init__(
        self,
        names: NameText,
        numbers: TermNumbers,
        allowed: BoolArray,
        hidden: BoolArray | None,
        limit: int,
    ) -> None:
        self._names, self._numbers, self._limit = names, numbers, limit
        self._open = allowed.copy()
        self._hidden = hidden
        self._hits: dict[Reason, list[FoundTerm]] = {}
        self._totals: dict[Reason, int] = {}

    @property
    def total(self) -> int:
        """How many terms were found so far."""
        return sum(self._totals.values())

    @property
    def groups(self) -> tuple[HitGroup, ...]:
        """What was found, in the order of `Reason`."""
        return tuple(
            HitGroup(reason, self._totals[reason], tuple(self._hits[reason]))
            for reason in Reason
            if self._totals.get(reason)
        )

    def add(
        self,
        reason: Reason,
        documents: IntArray,
        spans_of: SpansOf = no_spans,
        *,
        matched_in: MatchedIn | None = None,
        via: str = "",
    ) -> None:
        """Take documents in the order in which they are to be shown; one may come repeatedly."""
        hit = self._mask(self._names.terms[documents])
        if not hit.any():
            return
        for document in self._shown(reason, documents):
            second = bool(self._names.is_second[document])
            where = matched_in or (MatchedIn.NAME2 if second else MatchedIn.NAME)
            self._keep(reason, int(self._names.terms[document]), where, spans_of(document), via)
        self._count(reason, hit)

    def add_terms(
        self, reason: Reason, numbers: Iterable[int], matched_in: MatchedIn, *, via: str = ""
    ) -> None:
        """Take terms in the order in which they are to be shown."""
        found = [one for one in dict.fromkeys(numbers) if self._open[one]]
        room = self._limit - len(self._hits.get(reason, ()))
        for number in found[: max(0, room)]:
            self._keep(reason, number, matched_in, (), via)
        self._count(reason, self._mask(np.array(found, dtype=np.int32)))

    def add_numbers(
        self, reason: Reason, listed: IntArray, counted: IntArray, matched_in: MatchedIn
    ) -> None:
        """Take many terms: ``listed`` in the order in which they are shown, ``counted`` all."""
        room = self._limit - len(self._hits.get(reason, ()))
        shown = listed[self._open[listed]][: max(0, room)]
        for number in shown.tolist():
            self._keep(reason, number, matched_in, (), "")
        self._count(reason, self._mask(counted))

    def _shown(self, reason: Reason, documents: IntArray) -> Sequence[int]:
        """The documents to be listed: one a term, no hidden ones, as many as there is room for."""
        room = self._limit - len(self._hits.get(reason, ()))
        found: dict[int, int] = {}
        start, size = 0, _CHUNK * self._limit
        while start < len(documents) and len(found) < room:
            some = documents[start : start + size]
            some = some[self._open[self._names.terms[some]]]
            if self._hidden is not None:
                some = some[~self._hidden[some]]
            for number, document in zip(
                self._names.terms[some].tolist(), some.tolist(), strict=True
            ):
                found.setdefault(number, document)
            start, size = start + size, 2 * size
        return list(found.values())[: max(0, room)]

    def _keep(
        self,
        reason: Reason,
        number: int,
        matched_in: MatchedIn,
        spans: tuple[tuple[int, int], ...],
        via: str,
    ) -> None:
        level, row = self._numbers.term(number)
        hit = FoundTerm(level, row, matched_in, spans, via)
        self._hits.setdefault(reason, []).append(hit)

    def _count(self, reason: Reason, hit: BoolArray) -> None:
        new = int(np.count_nonzero(hit))
        self._open &= ~hit
        self._hits.setdefault(reason, [])
        self._totals[reason] = self._totals.get(reason, 0) + new

    def _mask(self, numbers: IntArray) -> BoolArray:
        """Mark the terms with these numbers that were not found before."""
        hit = np.zeros(self._numbers.count, dtype=np.bool_)
        hit[numbers] = True
        return hit & self._open
