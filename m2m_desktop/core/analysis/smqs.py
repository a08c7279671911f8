"""Events counted by SMQ, narrow and broad, and cases judged by the algorithms.

A real release lists a PT in dozens of SMQs, so nothing here goes over all events for each SMQ: what
was reported is first brought together by the terms that lists can name.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from m2m_desktop.core.analysis.algorithms import Algorithm, parse_algorithm
from m2m_desktop.core.analysis.records import CodedEvent, SmqCount, SmqTerm
from m2m_desktop.core.records import TermLevel
from m2m_desktop.core.terminology import Smq, Terminology

_PT, _LLT, _NARROW, _BROAD = 4, 5, 2, 1

ListedTerm = tuple[TermLevel, int]
"""The level and row of a term as an SMQ may list it."""
Coding = tuple[ListedTerm, ...]
"""As what one event may stand in a list: its PT, then its LLTs."""


@dataclass(frozen=True, slots=True)
class _Listing:
    """A row of an SMQ that lists a reported term."""

    smq_row: int
    listed: ListedTerm
    is_narrow: bool
    category: str
    weight: int


@dataclass
class _Reported:
    """What was reported, by the terms that lists can name.

    ``counts`` of equal codings; ``codings`` and ``cases`` in which each term occurs.
    """

    counts: dict[Coding, int] = field(default_factory=lambda: defaultdict(int))
    codings: dict[ListedTerm, dict[Coding, None]] = field(default_factory=lambda: defaultdict(dict))
    cases: dict[ListedTerm, set[str]] = field(default_factory=lambda: defaultdict(set))


def count_smqs(
    terminology: Terminology, events: Sequence[CodedEvent], occurrences: Sequence[CodedEvent]
) -> tuple[SmqCount, ...]:
    """Count events by the active SMQs that hold any of them, in file order.

    A listed PT stands for all its LLTs; a listed LLT only for what was coded with this LLT. What
    an SMQ lists counts for those above it too, each event once. Cases are judged by
    ``occurrences``; the algorithm of an SMQ speaks of the categories of its own rows: below it
    the same letters may mean something else.
    """
    reported = _reported(events, occurrences)
    listings = _listings(terminology, {*reported.codings, *reported.cases})
    if not listings:
        return ()
    smqs = terminology.smqs()
    above = _above(terminology, smqs)
    by_smq: dict[int, list[_Listing]] = defaultdict(list)
    for listing in listings:
        for row in above[listing.smq_row]:
            by_smq[row].append(listing)
    return tuple(
        _count(terminology, smqs[row], row, by_smq[row], reported)
        for row in sorted(by_smq)
        if smqs[row].is_active
    )


def _reported(events: Iterable[CodedEvent], occurrences: Iterable[CodedEvent]) -> _Reported:
    found = _Reported()
    for event in events:
        coding = _coding(event)
        found.counts[coding] += event.count
        for one in coding:
            found.codings[one][coding] = None
    for event in occurrences:
        for one in _coding(event):
            found.cases[one].add(event.case)
    return found


def _coding(event: CodedEvent) -> Coding:
    return (TermLevel.PT, event.pt_row), *((TermLevel.LLT, row) for row in event.llt_rows)


def _listings(terminology: Terminology, terms: Iterable[ListedTerm]) -> list[_Listing]:
    """The active rows that list one of these terms."""
    arrays = terminology.arrays
    if "smqrow.kind" not in arrays:
        return []
    kind, term = arrays["smqrow.kind"], arrays["smqrow.term"]
    rows: dict[TermLevel, list[int]] = {TermLevel.PT: [], TermLevel.LLT: []}
    for level, row in terms:
        rows[level].append(row)
    is_listed = np.zeros(len(kind), np.bool_)
    for code, level in ((_PT, TermLevel.PT), (_LLT, TermLevel.LLT)):
        is_listed |= (kind == code) & np.isin(term, np.array(rows[level], np.int64))
    is_in_scope = np.isin(arrays["smqrow.scope"], (_NARROW, _BROAD))
    hits = np.flatnonzero(is_listed & is_in_scope & (arrays["smqrow.active"] == 1))
    owners = np.searchsorted(arrays["smq.row_starts"], hits, side="right") - 1
    columns = (kind, term, *(arrays[f"smqrow.{name}"] for name in ("scope", "category", "weight")))
    return [
        _Listing(
            owner,
            (TermLevel.PT if code == _PT else TermLevel.LLT, row),
            scope == _NARROW,
            chr(category).upper() if category else "",
            weight,
        )
        for owner, code, row, scope, category, weight in zip(
            owners.tolist(), *(column[hits].tolist() for column in columns), strict=True
        )
    ]


def _above(terminology: Terminology, smqs: Sequence[Smq]) -> Sequence[Sequence[int]]:
    """For each SMQ itself and all above it, each once: a damaged list may have circles."""
    rows = {smq.code: row for row, smq in enumerate(smqs)}
    parents: dict[int, list[int]] = defaultdict(list)
    for row, smq in enumerate(smqs):
        for child in terminology.smq_children(smq.code):
            parents[rows[child.code]].append(row)
    found = []
    for start in range(len(smqs)):
        seen, waiting = {start: None}, [start]
        while waiting:
            for row in parents[waiting.pop()]:
                if row not in seen:
                    seen[row] = None
                    waiting.append(row)
        found.append(list(seen))
    return found


def _count(
    terminology: Terminology,
    smq: Smq,
    row: int,
    listings: Sequence[_Listing],
    reported: _Reported,
) -> SmqCount:
    is_narrow: dict[ListedTerm, bool] = {}
    categories: dict[ListedTerm, set[str]] = defaultdict(set)
    for listing in listings:
        is_narrow[listing.listed] = is_narrow.get(listing.listed, False) or listing.is_narrow
        categories[listing.listed].add(listing.category)
    counts: dict[ListedTerm, int] = defaultdict(int)
    for coding in {one: None for listed in is_narrow for one in reported.codings.get(listed, ())}:
        counts[_named(coding, is_narrow)] += reported.counts[coding]
    terms = tuple(
        SmqTerm(
            terminology.term_at(*listed),
            is_narrow[listed],
            "".join(sorted(categories[listed])),
            counts[listed],
        )
        for listed in sorted(counts, key=lambda one: (-counts[one], one))
    )
    algorithm = parse_algorithm(smq.algorithm)
    own = [listing for listing in listings if listing.smq_row == row]
    narrow = [listed for listed in is_narrow if is_narrow[listed]]
    return SmqCount(
        code=smq.code,
        name=smq.name,
        name2=smq.name2,
        level=smq.level,
        algorithm=smq.algorithm,
        narrow_terms=sum(term.is_narrow for term in terms),
        broad_terms=len(terms),
        narrow_count=sum(term.count for term in terms if term.is_narrow),
        broad_count=sum(term.count for term in terms),
        narrow_cases=len(_cases(narrow, reported)),
        broad_cases=len(_cases(is_narrow, reported)),
        cases_met=None if algorithm is None else _met(algorithm, own, reported),
        terms=terms,
    )


def _named(coding: Coding, is_narrow: Mapping[ListedTerm, bool]) -> ListedTerm:
    """As what an event that a list names stands in it: as narrow if it can."""
    named = [one for one in coding if one in is_narrow]
    return next((one for one in named if is_narrow[one]), named[0])


def _cases(listed: Iterable[ListedTerm], reported: _Reported) -> set[str]:
    return set[str]().union(*(reported.cases.get(one, ()) for one in listed))


def _met(algorithm: Algorithm, own: Iterable[_Listing], reported: _Reported) -> int:
    """How many cases satisfy an algorithm."""
    weights: dict[str, dict[str, int]] = defaultdict(dict)
    for listing in own:
        for case in reported.cases.get(listing.listed, ()):
            held = weights[case].get(listing.category, 0)
            weights[case][listing.category] = max(held, listing.weight)
    return sum(algorithm.is_met(found) for found in weights.values())
