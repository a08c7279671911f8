"""What the engine tells about the dictionary: hits of a search, a route in the tree, a card."""

from dataclasses import dataclass

from m2m_desktop.core.records import TermLevel
from m2m_desktop.ui.dictionary.records import (
    TermRow,
    level_from_json,
    term_row_from_json,
    term_rows_from_json,
)
from m2m_desktop.ui.engine_protocol import Json

Spans = tuple[tuple[int, int], ...]


@dataclass(frozen=True, slots=True)
class Target:
    """A term to go to; ``soc`` and ``hlt`` choose one of its places, empty: the primary one."""

    level: TermLevel
    code: str
    soc: str = ""
    hlt: str = ""
    is_current: bool = True


@dataclass(frozen=True, slots=True)
class Hit:
    """One term that was found.

    ``spans`` are the matched characters of the name it was found by; ``via`` is the remembered
    phrase or the other wording that led to it.
    """

    term: TermRow
    pt_code: str = ""
    pt_name: str = ""
    soc_name: str = ""
    matched_in: str = "name"
    spans: Spans = ()
    via: str = ""


@dataclass(frozen=True, slots=True)
class HitGroup:
    """Hits of one kind of match; ``total`` also counts those that were not sent."""

    reason: str
    total: int
    hits: tuple[Hit, ...]


@dataclass(frozen=True, slots=True)
class Found:
    """The answer of a search.

    ``problem`` says what could not be understood in the query; ``is_partial``: pinyin or likeness
    were not prepared yet, and what they would find is missing.
    """

    groups: tuple[HitGroup, ...]
    total: int
    problem: str = ""
    is_partial: bool = False


@dataclass(frozen=True, slots=True)
class RouteStep:
    """The terms below one place; ``route`` are the codes from the SOC down to it."""

    route: tuple[str, ...]
    terms: tuple[TermRow, ...]


@dataclass(frozen=True, slots=True)
class Route:
    """All that a tree needs to be opened at a term."""

    route: tuple[str, ...]
    steps: tuple[RouteStep, ...]


@dataclass(frozen=True, slots=True)
class CardPath:
    """One route of a PT or an LLT up to its SOC."""

    soc: TermRow
    hlgt: TermRow
    hlt: TermRow
    is_primary: bool


@dataclass(frozen=True, slots=True)
class CardSmq:
    """An SMQ that lists the term. ``is_direct`` False: through one of its child SMQs."""

    code: str
    name: str
    name2: str
    is_narrow: bool
    is_direct: bool
    is_active: bool


@dataclass(frozen=True, slots=True)
class CardEvent:
    """One change of the term in the history of the releases."""

    version: str
    level: str
    currency: str
    action: str
    name: str


@dataclass(frozen=True, slots=True)
class TermCard:
    """Everything about one term. ``names`` are pairs of language and name."""

    term: TermRow
    pt: TermRow | None
    names: tuple[tuple[str, str], ...]
    paths: tuple[CardPath, ...]
    parents: tuple[TermRow, ...]
    children: tuple[TermRow, ...]
    child_total: int
    smqs: tuple[CardSmq, ...]
    history: tuple[CardEvent, ...]
    same_name: tuple[TermRow, ...]


def found_from_json(told: Json) -> Found:
    """Read the answer of a search."""
    return Found(
        groups=tuple(
            HitGroup(str(group["reason"]), int(group["total"]), tuple(map(_hit, group["hits"])))
            for group in told["groups"]
        ),
        total=int(told["total"]),
        problem=str(told.get("problem") or ""),
        is_partial=bool(told.get("waiting")),
    )


def _hit(told: Json) -> Hit:
    return Hit(
        term=term_row_from_json(told),
        pt_code=str(told.get("pt_code") or ""),
        pt_name=str(told.get("pt_name") or ""),
        soc_name=str(told.get("soc_name") or ""),
        matched_in=str(told.get("matched_in") or "name"),
        spans=tuple((int(start), int(end)) for start, end in told.get("spans") or ()),
        via=str(told.get("via") or ""),
    )


def route_from_json(told: Json) -> Route:
    """Read what a tree needs to be opened at a term."""
    return Route(
        route=tuple(map(str, told["route"])),
        steps=tuple(
            RouteStep(tuple(map(str, step["route"])), term_rows_from_json(step["terms"]))
            for step in told["steps"]
        ),
    )


def card_from_json(told: Json) -> TermCard:
    """Read the card of a term."""
    return TermCard(
        term=term_row_from_json(told["term"]),
        pt=term_row_from_json(told["pt"]) if told.get("pt") else None,
        names=tuple((str(one["language"]), str(one["name"])) for one in told["names"]),
        paths=tuple(map(_path, told["paths"])),
        parents=term_rows_from_json(told["parents"]),
        children=term_rows_from_json(told["children"]),
        child_total=int(told["child_total"]),
        smqs=tuple(
            CardSmq(
                code=str(smq["code"]),
                name=str(smq["name"]),
                name2=str(smq.get("name2") or ""),
                is_narrow=bool(smq["narrow"]),
                is_direct=bool(smq["direct"]),
                is_active=bool(smq.get("is_active", True)),
            )
            for smq in told["smqs"]
        ),
        history=tuple(
            CardEvent(*(str(event.get(part) or "") for part in CardEvent.__slots__))
            for event in told["history"]
        ),
        same_name=term_rows_from_json(told["same_name"]),
    )


def _path(told: Json) -> CardPath:
    soc, hlgt, hlt = (term_row_from_json(told[level]) for level in ("soc", "hlgt", "hlt"))
    return CardPath(soc, hlgt, hlt, bool(told["primary"]))


def target_of(row: TermRow) -> Target:
    """The term of a row, at its primary place."""
    return Target(row.level, row.code, is_current=row.is_current)


def url_of(target: Target) -> str:
    """A link that leads to a term."""
    parts = (target.level.name, target.code, target.soc, target.hlt, str(int(target.is_current)))
    return f"term:{'/'.join(parts)}"


def target_of_url(url: str) -> Target | None:
    """Where a link leads; None where it leads to no term."""
    kind, _colon, rest = url.partition(":")
    if kind != "term":
        return None
    level, code, soc, hlt, is_current = rest.split("/")
    return Target(level_from_json(level), code, soc, hlt, is_current == "1")
