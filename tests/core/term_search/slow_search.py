"""The search once more, as plainly as it can be said: every name read, one after the other."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

from m2m_desktop.core.records import TermLevel
from m2m_desktop.core.term_search.query import (
    All,
    Any,
    Expression,
    Not,
    Query,
    Word,
    parse_query,
    plain_query,
)
from m2m_desktop.core.term_search.records import Match, SearchWish
from m2m_desktop.core.terminology import Terminology
from m2m_desktop.core.text import match_key

ORDER = [TermLevel.PT, TermLevel.LLT, TermLevel.HLT, TermLevel.HLGT, TermLevel.SOC]
Group = tuple[int, list[tuple[TermLevel, int]]]


@dataclass(frozen=True)
class Name:
    level: TermLevel
    row: int
    text: str
    is_second: bool
    is_twin: bool
    key: str

    @property
    def place(self) -> tuple[int, int, int, int, bool]:
        size = len(self.key.encode("utf-16-le")) // 2
        return (size, ORDER.index(self.level), self.level, self.row, self.is_second)


def names_of(terminology: Terminology) -> list[Name]:
    found = []
    for level in TermLevel:
        for is_second, columns in enumerate((terminology.names, terminology.names2)):
            column, pts = columns(level), columns(TermLevel.PT)
            for row, text in enumerate(column.to_list() if column is not None else []):
                twin = level is TermLevel.LLT and pts[int(terminology.llt_pt[row])] == text
                if text and not (is_second and text == terminology.names(level)[row]):
                    found.append(Name(level, row, text, bool(is_second), twin, match_key(text)))
    return sorted(found, key=lambda name: name.place)


def cuts(text: str) -> set[int]:
    """The places in a key before which a word begins or ends (only for names folded by letters)."""
    found, size, was_dropped, last = {0}, 0, False, ""
    for character in text:
        piece = match_key(f"a{character}")[1:]
        if not piece:
            was_dropped = True
            continue
        if was_dropped or piece[0] >= "\u2e80" or (last and last >= "\u2e80"):
            found.add(size)
        size, was_dropped, last = size + len(piece), False, piece[-1]
    return found | {size}


def occurrences(text: str, part: str) -> list[int]:
    return [at for at in range(len(text)) if text.startswith(part, at)]


def has_whole_word(name: Name, word: str) -> bool:
    there = cuts(name.text)
    return any(at in there and at + len(word) in there for at in occurrences(name.key, word))


def holds(names: Sequence[Name], expression: Expression) -> set[Name]:
    if isinstance(expression, Word):
        form = re.compile(".*".join(map(re.escape, expression.pieces)))
        return {name for name in names if form.search(name.key)}
    if isinstance(expression, Not):
        terms = {(name.level, name.row) for name in holds(names, expression.part)}
        return {name for name in names if (name.level, name.row) not in terms}
    found = [holds(names, part) for part in expression.parts]
    if isinstance(expression, All):
        return set.intersection(*found)
    assert isinstance(expression, Any)
    return set.union(*found)


def kinds(query: Query, match: Match, names: Sequence[Name]) -> dict[str, set[Name]]:
    """The names of each kind of match by name, before anything is taken out."""
    key, words = query.key, [piece for word in query.words for piece in word.pieces]
    single = isinstance(query.expression, Word) and not query.is_plain
    if not query.is_plain and not single:
        return {"contains": holds(names, query.expression)}
    pieces = words if single else [key]
    gap = ".*".join(map(re.escape, pieces))
    found: dict[str, set[Name]] = {
        "exact": {n for n in names if len(pieces) == 1 and n.key == pieces[0]},
        "begins": {n for n in names if re.match(gap, n.key)},
        "ends": {n for n in names if re.search(f"{gap}$", n.key)},
    }
    if len(pieces) == 1:
        inner = {
            n for n in names
            if any(0 < at < len(n.key) - len(pieces[0]) for at in occurrences(n.key, pieces[0]))
        }  # fmt: skip
    else:
        inner = holds(names, query.expression) - found["begins"] - found["ends"]
    found["contains"] = inner
    if query.is_plain and len(words) > 1:
        apart = {n for n in names if all(word in n.key for word in words)}
        found["contains"] = inner | {n for n in apart if key not in n.key}
        if match is Match.ANY:
            found["words"] = {
                n for n in apart
                if key not in n.key and all(has_whole_word(n, word) for word in words)
            }  # fmt: skip
    if match is Match.WORDS:
        found["words"] = {n for n in names if all(has_whole_word(n, word) for word in words)}
    return found


ASKED = {
    Match.ANY: ("exact", "words", "begins", "contains", "ends"),
    Match.CONTAINS: ("exact", "begins", "contains", "ends"),
    Match.WORDS: ("exact", "words"),
    Match.EXACT: ("exact",),
    Match.BEGINS: ("exact", "begins"),
    Match.ENDS: ("exact", "ends"),
}


def is_allowed(terminology: Terminology, level: TermLevel, row: int, wish: SearchWish) -> bool:
    if wish.levels and level not in wish.levels:
        return False
    if level is TermLevel.LLT and not wish.shows_old and not terminology.llt_current[row]:
        return False
    return not wish.socs or any(
        soc in wish.socs and (is_primary or not wish.primary_only)
        for soc, is_primary in socs_of(terminology, level, row)
    )


class Held:
    """A terminology by its identity: it cannot be hashed itself."""

    def __init__(self, terminology: Terminology) -> None:
        self.terminology = terminology

    def __hash__(self) -> int:
        return id(self.terminology)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Held) and other.terminology is self.terminology


@cache
def wider_socs(held: "Held", code: str) -> frozenset[tuple[str, bool]]:
    terminology = held.terminology
    pts = map(terminology.preferred_term_at, range(terminology.count(TermLevel.PT)))
    return frozenset(
        (path.soc.code, path.is_primary)
        for pt in pts for path in pt.paths if code in (path.hlt.code, path.hlgt.code)
    )  # fmt: skip


def socs_of(terminology: Terminology, level: TermLevel, row: int) -> set[tuple[str, bool]]:
    code = terminology.codes(level)[row]
    if level is TermLevel.SOC:
        return {(code, True)}
    if level is TermLevel.LLT:
        code, level = terminology.llt_at(row).pt_code, TermLevel.PT
    if level is TermLevel.PT:
        return {(path.soc.code, path.is_primary) for path in terminology.paths(code)}
    return set(wider_socs(Held(terminology), code))


def slow_search(
    terminology: Terminology, names: Sequence[Name], wish: SearchWish
) -> dict[str, Group]:
    """The total and the terms shown, of each group of names that is not empty."""
    reads = wish.match in (Match.ANY, Match.CONTAINS)
    query = parse_query(wish.text) if reads else plain_query(wish.text)
    if not query.key:
        return {}
    found = kinds(query, wish.match, names)
    allowed = {
        (name.level, name.row): is_allowed(terminology, name.level, name.row, wish)
        for kind in found.values() for name in kind
    }  # fmt: skip
    taken: set[tuple[TermLevel, int]] = set()
    groups: dict[str, Group] = {}
    hides = not wish.lists_twins and (not wish.levels or TermLevel.PT in wish.levels)
    for reason in ASKED[wish.match]:
        here = [
            name for name in names
            if name in found.get(reason, ()) and (name.level, name.row) not in taken
            and allowed[name.level, name.row]
        ]  # fmt: skip
        terms = dict.fromkeys((name.level, name.row) for name in here)
        shown = dict.fromkeys(
            (name.level, name.row) for name in here if not (hides and name.is_twin)
        )
        taken.update(terms)
        if terms:
            groups[reason] = (len(terms), list(shown)[: wish.limit])
    return groups
