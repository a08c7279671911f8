"""The card of a term: everything a release says of it."""

from dataclasses import dataclass

from m2m_desktop.core.records import TermLevel
from m2m_desktop.core.smqs import SmqMembership
from m2m_desktop.core.terminology import HistoryEvent, Terminology
from m2m_desktop.services.dictionary.browsing import TermRow, known_row, term_row
from m2m_desktop.services.dictionary.graph_browsing import concept_at

MAX_CHILDREN = 300
"""So many terms of the level below stand on a card; the tree has them all."""


@dataclass(frozen=True, slots=True)
class PathRow:
    """One path of a PT."""

    soc: TermRow
    hlgt: TermRow
    hlt: TermRow
    is_primary: bool


@dataclass(frozen=True, slots=True)
class TermCard:
    """A term with its surroundings.

    ``pt`` and ``paths`` are those of an LLT's PT; ``parents`` the terms above an HLT or HLGT. In
    SNOMED CT ``parents`` are what a concept is a kind of, at every level, the primary one first;
    ``children`` of a PT are its descriptions, of what stands in above it the concepts below.
    ``names`` are (language, name). ``same_name`` are other terms of exactly that name, in either
    language; a PT and its own LLT are one term. ``child_total`` counts all children, of which
    ``children`` has the first.
    """

    term: TermRow
    pt: TermRow | None
    names: tuple[tuple[str, str], ...]
    paths: tuple[PathRow, ...]
    parents: tuple[TermRow, ...]
    children: tuple[TermRow, ...]
    child_total: int
    smqs: tuple[SmqMembership, ...]
    history: tuple[HistoryEvent, ...]
    same_name: tuple[TermRow, ...]


def term_card(terminology: Terminology, level: TermLevel, code: str) -> TermCard:
    """Put the card of a term together. Raises: BadRequest where there is no such term."""
    row = known_row(terminology, level, code)
    term = term_row(terminology, level, row)
    pt = int(terminology.llt_pt[row]) if level is TermLevel.LLT else row
    below_level, below = _below(terminology, level, row)
    return TermCard(
        term=term,
        pt=term_row(terminology, TermLevel.PT, pt) if level is TermLevel.LLT else None,
        names=_names(terminology, term),
        paths=_paths(terminology, pt) if level >= TermLevel.PT else (),
        parents=_parents(terminology, level, row),
        children=tuple(term_row(terminology, below_level, child) for child in below[:MAX_CHILDREN]),
        child_total=len(below),
        smqs=_smqs(terminology, level, code),
        history=terminology.history(code),
        same_name=_same_name(terminology, level, row),
    )


def _below(terminology: Terminology, level: TermLevel, row: int) -> tuple[TermLevel, list[int]]:
    """The rows below a term, and of which level they are."""
    if level is TermLevel.LLT:
        return TermLevel.LLT, []
    if terminology.has_is_a and level is not TermLevel.PT:
        concept = concept_at(terminology, level, row)
        return TermLevel.PT, terminology.is_a_children(concept).tolist()
    return TermLevel(level + 1), terminology.child_rows(level, row).tolist()


def _names(terminology: Terminology, term: TermRow) -> tuple[tuple[str, str], ...]:
    info = terminology.info
    names = ((info.language, term.name), (info.language2, term.name2))
    return tuple((language, name) for language, name in names if name)


def _paths(terminology: Terminology, pt: int) -> tuple[PathRow, ...]:
    """The paths of a PT, the primary one first."""
    primary = terminology.primary_rows(pt)
    found = []
    for path in terminology.path_rows(TermLevel.PT, pt).tolist():
        soc, hlgt, hlt = terminology.path_at(path)
        found.append(
            PathRow(
                term_row(terminology, TermLevel.SOC, soc),
                term_row(terminology, TermLevel.HLGT, hlgt),
                term_row(terminology, TermLevel.HLT, hlt),
                (hlt, hlgt, soc) == primary,
            )
        )
    return tuple(found)


def _parents(terminology: Terminology, level: TermLevel, row: int) -> tuple[TermRow, ...]:
    if terminology.has_is_a and level is not TermLevel.LLT:
        concept = concept_at(terminology, level, row)
        above_it = terminology.is_a_parents(concept).tolist()
        return tuple(term_row(terminology, TermLevel.PT, parent) for parent in above_it)
    if level not in (TermLevel.HLGT, TermLevel.HLT):
        return ()
    above = TermLevel(level - 1)
    rows = terminology.parent_rows(level, row).tolist()
    return tuple(term_row(terminology, above, parent) for parent in rows)


def _smqs(terminology: Terminology, level: TermLevel, code: str) -> tuple[SmqMembership, ...]:
    if level is TermLevel.LLT:
        return terminology.smqs_of_llt(code)
    return terminology.smqs_of(code) if level is TermLevel.PT else ()


def _same_name(terminology: Terminology, level: TermLevel, row: int) -> tuple[TermRow, ...]:
    term = terminology.term_at(level, row)
    found = {
        (each.level, terminology.index(each.level, each.code))
        for name in filter(None, (term.name, term.name2))
        for each in terminology.find(name)
    }
    return tuple(
        term_row(terminology, *other)
        for other in sorted(found)
        if _term_of(terminology, *other) != _term_of(terminology, level, row)
    )


def _term_of(terminology: Terminology, level: TermLevel, row: int) -> tuple[TermLevel, int]:
    """What a term is the same as: an LLT named like its PT is that PT."""
    if level is TermLevel.LLT:
        pt = int(terminology.llt_pt[row])
        if terminology.names(level)[row] == terminology.names(TermLevel.PT)[pt]:
            return TermLevel.PT, pt
    return level, row
