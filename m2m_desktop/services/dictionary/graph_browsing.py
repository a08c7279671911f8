"""The tree over a graph of concepts of any depth (SNOMED CT): below and above along is-a.

A place is a concept with one way down to it, from one of the SOCs; a concept stands at as many
places as there are ways. All but the SOCs are PTs there. What a concept is called is on its card.
"""

from collections import deque
from collections.abc import Sequence
from itertools import pairwise

from m2m_desktop.core.records import TermLevel
from m2m_desktop.core.terminology import Terminology

Rows = tuple[int, ...]


def concept_at(terminology: Terminology, level: TermLevel, row: int) -> int:
    """Give the PT row of what stands at a row of a level: the same concept, or an LLT's PT."""
    if level is TermLevel.LLT:
        return int(terminology.llt_pt[row])
    if level is TermLevel.PT:
        return row
    return terminology.index(TermLevel.PT, terminology.codes(level)[row])


def is_top(terminology: Terminology, row: int) -> bool:
    """Tell whether a PT row is one of the SOCs."""
    return terminology.index(TermLevel.SOC, terminology.codes(TermLevel.PT)[row]) >= 0


def rows_on(terminology: Terminology, route: Sequence[str]) -> Rows | None:
    """Give the PT rows of a route, or None where it does not lead down from a SOC."""
    rows: list[int] = []
    for code in route:
        row = terminology.index(TermLevel.PT, code)
        fits = row in terminology.is_a_children(rows[-1]) if rows else row >= 0
        if not fits or (not rows and not is_top(terminology, row)):
            return None
        rows.append(row)
    return tuple(rows) or None


def is_primary_way(terminology: Terminology, rows: Rows) -> bool:
    """Tell whether each concept on a way lies below its primary parent."""
    return is_top(terminology, rows[0]) and all(
        terminology.is_a_parents(row)[0] == above for above, row in pairwise(rows)
    )


def way_down(terminology: Terminology, row: int, stops: Sequence[int] = ()) -> Rows | None:
    """Give a way from a SOC down to a concept, over ``stops`` (the lowest first).

    Without stops it is the primary one; between two stops the shortest. None where there is none.
    """
    up = [row]
    for stop in stops:
        more = _climb(terminology, up[-1], stop)
        if more is None:
            return None
        up += more
    while not is_top(terminology, up[-1]):
        above = terminology.is_a_parents(up[-1])
        if not len(above):
            return None
        up.append(int(above[0]))
    return tuple(reversed(up))


def _climb(terminology: Terminology, start: int, stop: int) -> list[int] | None:
    """The shortest way up to a concept, without the start; primary parents come first."""
    came_from: dict[int, int] = {start: -1}
    waiting = deque([start])
    while waiting:
        at = waiting.popleft()
        if at == stop:
            way = []
            while at != start:
                way.append(at)
                at = came_from[at]
            return way[::-1]
        for above in terminology.is_a_parents(at).tolist():
            if above not in came_from:
                came_from[above] = at
                waiting.append(above)
    return None
