"""What must hold between the groups of the demo dictionary: nothing twice, nothing empty."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from _demo_records import Dictionary, Pt


def check_names(dictionary: Dictionary, problems: list[str]) -> None:
    """PT names are unique, LLT names within their PT; no LLT bears the name of another PT."""
    pts: tuple[dict[str, Pt], dict[str, Pt]] = ({}, {})
    for pt in dictionary.pts():
        for names, name in zip(pts, pt.names, strict=True):
            first = names.setdefault(name.casefold(), pt)
            if first is not pt:
                problems.append(f"{pt.place}: a PT {name!r} stands at {first.place} already")
    for pt in dictionary.pts():
        own: tuple[set[str], set[str]] = (
            {pt.names.chinese.casefold()},
            {pt.names.english.casefold()},
        )
        for llt in pt.llts:
            for seen, name in zip(own, llt.names, strict=True):
                if name.casefold() in seen:
                    problems.append(f"{llt.place}: {name!r} twice under {pt.names.chinese}")
                seen.add(name.casefold())
            other = pts[0].get(llt.names.chinese.casefold())
            if other and other is not pt:
                problems.append(f"{llt.place}: {llt.names.chinese!r} is a PT at {other.place}")


def check_headings(dictionary: Dictionary, problems: list[str]) -> None:
    """Headings are unique on their level and not empty; abbreviations are unique."""
    seen: set[tuple[str, str]] = set()

    def check(kind: str, place: str, names: Iterable[str]) -> None:
        for name in names:
            if (kind, name.casefold()) in seen:
                problems.append(f"{place}: another {kind} is called {name!r} too")
            seen.add((kind, name.casefold()))

    for group in dictionary.groups:
        place = f"{group.key}.txt:1"
        check("group", place, group.names)
        check("abbreviation", place, [group.abbreviation])
        if not group.high_groups:
            problems.append(f"{place}: the group is empty")
        for high_group in group.high_groups:
            check("high group", high_group.place, high_group.names)
            if not high_group.high_terms:
                problems.append(f"{high_group.place}: the high group is empty")
        for _, high_term in group.high_terms():
            check("high term", high_term.place, high_term.names)
            if not high_term.pts and not high_term.guests:
                problems.append(f"{high_term.place}: the high term is empty")
