"""The hierarchy as a tree shows it: the SOCs, what lies below a place, and all steps to a term.

A *place* is a term together with the way down to it: a PT stands at one place for each of its
paths, and an HLT at one for each HLGT and SOC above it. A route names a place by its codes.
In SNOMED CT the tree follows the graph instead, see `graph_browsing`.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from m2m_desktop.core.errors import BadRequest
from m2m_desktop.core.messages import N_, message
from m2m_desktop.core.records import TermLevel
from m2m_desktop.core.terminology import Terminology
from m2m_desktop.services.dictionary import graph_browsing as graph

Route = tuple[str, ...]
"""Codes from the SOC down to the term itself."""
_Rows = tuple[int, ...]


@dataclass(frozen=True, slots=True)
class TermRow:
    """A term as a list or a tree shows it.

    ``is_primary`` is False where this place lies on a secondary path of a PT. ``child_count``
    counts what is shown below it.
    """

    level: TermLevel
    code: str
    name: str
    name2: str
    is_current: bool
    child_count: int
    is_primary: bool = True


@dataclass(frozen=True, slots=True)
class Step:
    """The terms below a place, all of them; the route of the SOCs is empty."""

    route: Route
    terms: tuple[TermRow, ...]


@dataclass(frozen=True, slots=True)
class OpenedRoute:
    """A place, and everything a tree needs to open at it: each step on the way, and what is below."""

    route: Route
    steps: tuple[Step, ...]


def term_row(
    terminology: Terminology,
    level: TermLevel,
    row: int,
    *,
    is_primary: bool = True,
    shows_old: bool = True,
) -> TermRow:
    """Give the term at a row; ``shows_old`` False counts current LLTs only.

    In SNOMED CT the concepts below are counted, at every level.
    """
    term = terminology.term_at(level, row)
    is_current, count = True, 0
    if level is TermLevel.LLT:
        is_current = bool(terminology.llt_current[row])
    elif terminology.has_is_a:
        count = len(terminology.is_a_children(graph.concept_at(terminology, level, row)))
    elif level is TermLevel.PT and not shows_old:
        count = int(terminology.current_llt_counts[row])
    else:
        count = len(terminology.child_rows(level, row))
    return TermRow(level, term.code, term.name, term.name2, is_current, count, is_primary)


def known_row(terminology: Terminology, level: TermLevel, code: str) -> int:
    """Give the row of a code at a level. Raises: BadRequest where there is no such term."""
    row = terminology.index(level, code)
    if row < 0:
        reason = N_("there is no {level} with the code {code}.")
        raise BadRequest(detail=message(reason, level=level.name, code=code[:20]))
    return row


def roots(terminology: Terminology) -> tuple[TermRow, ...]:
    """List the SOCs in the international order."""
    rows = (terminology.index(TermLevel.SOC, soc.code) for soc in terminology.socs())
    return tuple(term_row(terminology, TermLevel.SOC, row) for row in rows)


def children(
    terminology: Terminology, route: Sequence[str], *, shows_old: bool = False
) -> tuple[TermRow, ...]:
    """List what lies below a place, in file order; LLTs that are not current only if wanted.

    In SNOMED CT the concepts below it, by name. Raises: BadRequest where the route leads nowhere.
    """
    if terminology.has_is_a:
        place = graph.rows_on(terminology, route)
        if place is None:
            raise _no_place()
        return tuple(_concepts_below(terminology, place))
    return tuple(_below(terminology, _rows_of(terminology, route), shows_old=shows_old))


def open_route(
    terminology: Terminology,
    level: TermLevel,
    code: str,
    *,
    soc: str = "",
    hlt: str = "",
    shows_old: bool = False,
) -> OpenedRoute:
    """Find a term's place, and all that a tree needs to open there.

    Without ``soc`` it is the place on the primary path; for an HLT or HLGT, the one that is on the
    primary path of most of its PTs. ``soc`` and ``hlt`` choose another one. A term that is asked
    for is shown, current or not. Raises: BadRequest where there is no such term or place.

    In SNOMED CT ``hlt`` and ``soc`` are any concepts on the way; an LLT is at the place of its PT.
    """
    row = known_row(terminology, level, code)
    if terminology.has_is_a:
        return _open_concept(terminology, graph.concept_at(terminology, level, row), soc, hlt)
    rows = _place(terminology, level, row, soc, hlt)
    route = tuple(_code(terminology, depth, row) for depth, row in enumerate(rows))
    steps = [Step((), roots(terminology))]
    last = min(len(rows), TermLevel.LLT)
    for depth in range(1, last + 1):
        wanted = rows[depth] if depth < len(rows) else -1
        below = _below(terminology, rows[:depth], shows_old=shows_old, always=wanted)
        steps.append(Step(route[:depth], tuple(below)))
    return OpenedRoute(route, tuple(steps))


# -- below a place ---------------------------------------------------------------------------------


def _below(
    terminology: Terminology, rows: _Rows, *, shows_old: bool, always: int = -1
) -> Iterator[TermRow]:
    """The terms below a place given by its rows; ``always`` is one that is never left out."""
    level = TermLevel(len(rows) - 1)
    below = TermLevel(level + 1)
    found: list[int] = terminology.child_rows(level, rows[-1]).tolist()
    if always >= 0 and always not in found:
        found.append(always)  # a damaged release: on a path, but in no list
    pt_is_primary = level is not TermLevel.PT or _is_primary(terminology, rows[:3], rows[3])
    for row in found:
        hides = below is TermLevel.LLT and not shows_old and row != always
        if hides and not terminology.llt_current[row]:
            continue
        is_primary = pt_is_primary
        if below is TermLevel.PT:
            is_primary = _is_primary(terminology, rows, row)
        yield term_row(terminology, below, row, is_primary=is_primary, shows_old=shows_old)


def _is_primary(terminology: Terminology, place: _Rows, pt: int) -> bool:
    """Whether the (SOC, HLGT, HLT) above a PT are its primary path."""
    hlt, hlgt, soc = terminology.primary_rows(pt)
    return place == (soc, hlgt, hlt)


def _rows_of(terminology: Terminology, route: Sequence[str]) -> _Rows:
    if not 1 <= len(route) <= TermLevel.LLT:
        raise _no_place()
    rows: list[int] = []
    for depth, code in enumerate(route):
        row = known_row(terminology, TermLevel(depth), code)
        if rows and row not in terminology.child_rows(TermLevel(depth - 1), rows[-1]):
            raise _no_place()
        rows.append(row)
    return tuple(rows)


def _code(terminology: Terminology, depth: int, row: int) -> str:
    return terminology.codes(TermLevel(depth))[row]


def _no_place() -> BadRequest:
    return BadRequest(detail=message(N_("the hierarchy has no such place.")))


def _concepts_below(terminology: Terminology, place: _Rows) -> Iterator[TermRow]:
    """The concepts below a place in the graph."""
    is_primary = graph.is_primary_way(terminology, place)
    for row in terminology.is_a_children(place[-1]).tolist():
        is_nearest = int(terminology.is_a_parents(row)[0]) == place[-1]
        yield term_row(terminology, TermLevel.PT, row, is_primary=is_primary and is_nearest)


def _open_concept(terminology: Terminology, row: int, soc: str, hlt: str) -> OpenedRoute:
    """A concept's place in the graph, with the steps to it and what is below."""
    stops = [known_row(terminology, TermLevel.PT, code) for code in (hlt, soc) if code]
    rows = graph.way_down(terminology, row, stops)
    if rows is None:
        raise _no_place()
    route = tuple(terminology.codes(TermLevel.PT)[each] for each in rows)
    steps = [Step((), roots(terminology))]
    for depth in range(1, len(rows) + 1):
        steps.append(Step(route[:depth], tuple(_concepts_below(terminology, rows[:depth]))))
    return OpenedRoute(route, tuple(steps))


# -- the place of a term ---------------------------------------------------------------------------


def _place(terminology: Terminology, level: TermLevel, row: int, soc: str, hlt: str) -> _Rows:
    """The rows from the SOC down to the term at the place that is wanted."""
    if level is TermLevel.SOC:
        return (row,)
    if level is TermLevel.LLT:
        pt = int(terminology.llt_pt[row])
        return (*_place(terminology, TermLevel.PT, pt, soc, hlt), row)
    wanted = {
        depth: known_row(terminology, TermLevel(depth), code)
        for depth, code in ((TermLevel.SOC, soc), (TermLevel.HLT, hlt))
        if code and depth < level
    }
    for places in (
        _paths_above(terminology, level, row, primary_only=True),
        _paths_above(terminology, level, row, primary_only=False),
        _linked_above(terminology, level, row),  # where it has no PTs: by the links alone
    ):
        fitting = Counter(
            place for place in places if all(place[at] == one for at, one in wanted.items())
        )
        if fitting:
            return (*fitting.most_common(1)[0][0], row)
    raise _no_place()


def _paths_above(
    terminology: Terminology, level: TermLevel, row: int, *, primary_only: bool
) -> Iterator[_Rows]:
    """The ways down to a term on the paths of PTs, each as often as there are PTs on it."""
    for path in terminology.path_rows(level, row, primary_only=primary_only).tolist():
        yield terminology.path_at(path)[:level]


def _linked_above(terminology: Terminology, level: TermLevel, row: int) -> Iterator[_Rows]:
    """Every way down to a term by the links between levels."""
    for parent in terminology.parent_rows(level, row).tolist():
        if level - 1 == TermLevel.SOC:
            yield (parent,)
            continue
        for above in _linked_above(terminology, TermLevel(level - 1), parent):
            yield (*above, parent)
