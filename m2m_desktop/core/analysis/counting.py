"""Events counted by SOC, HLGT, HLT and PT, and by severity."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from m2m_desktop.core.analysis.records import COUNTED_LEVELS, CodedEvent, CountRow
from m2m_desktop.core.messages import N_
from m2m_desktop.core.records import Term, TermLevel
from m2m_desktop.core.terminology import Terminology

NO_PATH = N_("(without a path)")
"""Stands for the SOC, HLGT and HLT of a PT that has none, so that no event is lost."""
_NONE = -1
NAMES_JOINED = "；"

Rows = Mapping[TermLevel, int]


@dataclass
class _Sum:
    """What falls under one term, while it is being added up."""

    counts: dict[str, int] = field(default_factory=dict)
    pts: set[int] = field(default_factory=set)
    cases: set[str] = field(default_factory=set)
    socs: dict[int, int] = field(default_factory=dict)


def count_levels(
    terminology: Terminology,
    events: Sequence[CodedEvent],
    severities: Sequence[str],
    *,
    occurrences: Sequence[CodedEvent] = (),
    all_paths: bool = False,
) -> dict[TermLevel, tuple[CountRow, ...]]:
    """Count events at each level: by their primary path, or once under each term of all paths.

    The most frequent first, then in the order of the release. ``counts`` of every row have all
    ``severities`` as keys. ``cases`` are those of the ``occurrences``, which may be more than the
    events.
    """
    sums: dict[TermLevel, dict[int, _Sum]] = {level: {} for level in COUNTED_LEVELS}
    routes: dict[int, Sequence[Rows]] = {}
    for event in events:
        if event.pt_row not in routes:
            routes[event.pt_row] = routes_of(terminology, event.pt_row, all_paths=all_paths)
        for level in COUNTED_LEVELS:
            for row in dict.fromkeys(route[level] for route in routes[event.pt_row]):
                _add(sums[level].setdefault(row, _Sum()), event, level, row, routes[event.pt_row])
    for event in occurrences:
        for route in routes.get(event.pt_row, ()):
            for level in COUNTED_LEVELS:
                sums[level][route[level]].cases.add(event.case)
    places = _soc_places(terminology)
    return {
        level: tuple(
            sorted(
                (
                    _row(terminology, level, row, one, severities, places)
                    for row, one in found.items()
                ),
                key=lambda counted: (-counted.total, counted.place),
            )
        )
        for level, found in sums.items()
    }


def routes_of(terminology: Terminology, pt_row: int, *, all_paths: bool) -> Sequence[Rows]:
    """Give the rows of a PT's paths at all levels, the primary one first; -1 where it has none."""
    first, end = (int(at) for at in terminology.arrays["pt.path_starts"][pt_row : pt_row + 2])
    if first == end:
        return [dict.fromkeys(COUNTED_LEVELS, _NONE) | {TermLevel.PT: pt_row}]
    return [
        {
            TermLevel.SOC: int(terminology.arrays["path.soc"][path]),
            TermLevel.HLGT: int(terminology.arrays["path.hlgt"][path]),
            TermLevel.HLT: int(terminology.arrays["path.hlt"][path]),
            TermLevel.PT: pt_row,
        }
        for path in (range(first, end) if all_paths else (first,))
    ]


def _add(one: _Sum, event: CodedEvent, level: TermLevel, row: int, routes: Iterable[Rows]) -> None:
    one.counts[event.severity] = one.counts.get(event.severity, 0) + event.count
    one.pts.add(event.pt_row)
    for soc in dict.fromkeys(route[TermLevel.SOC] for route in routes if route[level] == row):
        one.socs[soc] = one.socs.get(soc, 0) + event.count


def _row(
    terminology: Terminology,
    level: TermLevel,
    row: int,
    one: _Sum,
    severities: Sequence[str],
    soc_places: Mapping[int, int],
) -> CountRow:
    term = Term(level, "", NO_PATH) if row == _NONE else terminology.term_at(level, row)
    socs = sorted(one.socs, key=lambda soc: (-one.socs[soc], soc))
    names = terminology.names(TermLevel.SOC)
    return CountRow(
        term=term,
        soc_name=NAMES_JOINED.join(names[soc] for soc in socs if soc != _NONE),
        counts={severity: one.counts.get(severity, 0) for severity in severities},
        total=sum(one.counts.values()),
        terms=len(one.pts),
        cases=len(one.cases),
        place=_place(level, row, soc_places, terminology.count(level)),
    )


def _place(level: TermLevel, row: int, soc_places: Mapping[int, int], last: int) -> int:
    if row == _NONE:
        return last
    return soc_places[row] if level is TermLevel.SOC else row


def _soc_places(terminology: Terminology) -> dict[int, int]:
    order = np.argsort(terminology.arrays["soc.rank"], kind="stable")
    return {int(row): place for place, row in enumerate(order)}
