"""SMQs as the engine tells of them, for the page that shows them."""

from collections.abc import Sequence
from dataclasses import dataclass

from m2m_desktop.core.records import TermLevel
from m2m_desktop.ui.engine_protocol import Json


@dataclass(frozen=True, slots=True)
class SmqRow:
    """An SMQ in the list. ``algorithm`` is empty where none is defined."""

    code: str
    name: str
    name2: str
    level: int
    is_active: bool
    algorithm: str
    parents: tuple[str, ...]
    children: tuple[str, ...]
    member_count: int


@dataclass(frozen=True, slots=True)
class SmqCard:
    """One SMQ with what is said about it; ``algorithm_text`` explains its algorithm in words."""

    smq: SmqRow
    description: str
    algorithm_text: str


@dataclass(frozen=True, slots=True)
class MemberRow:
    """A term listed in an SMQ, or in one below it: ``via`` names that one."""

    level: TermLevel
    code: str
    name: str
    name2: str
    is_narrow: bool
    category: str
    weight: int
    via_code: str
    via_name: str
    is_current: bool
    pt_code: str


def smqs_from_json(told: Json) -> tuple[SmqRow, ...]:
    """Read the list of all SMQs."""
    return tuple(map(_smq, told["smqs"]))


def card_from_json(told: Json) -> SmqCard:
    """Read what is said about one SMQ."""
    smq = told["smq"]
    text = str(told.get("algorithm_text") or "")
    return SmqCard(_smq(smq), str(smq.get("description") or ""), text)


def members_from_json(told: Json) -> tuple[MemberRow, ...]:
    """Read the members of an SMQ."""
    return tuple(
        MemberRow(
            level=TermLevel[str(row["level"]).upper()],
            code=str(row["code"]),
            name=str(row["name"]),
            name2=str(row.get("name2") or ""),
            is_narrow=bool(row["is_narrow"]),
            category=str(row.get("category") or ""),
            weight=int(row.get("weight") or 0),
            via_code=str(row.get("via_code") or ""),
            via_name=str(row.get("via_name") or ""),
            is_current=bool(row.get("is_current", True)),
            pt_code=str(row.get("pt_code") or ""),
        )
        for row in told["members"]
    )


def _smq(row: Json) -> SmqRow:
    return SmqRow(
        code=str(row["code"]),
        name=str(row["name"]),
        name2=str(row.get("name2") or ""),
        level=int(row["level"]),
        is_active=bool(row.get("is_active", True)),
        algorithm=str(row.get("algorithm") or ""),
        parents=_codes(row.get("parents") or ()),
        children=_codes(row.get("children") or ()),
        member_count=int(row.get("member_count") or 0),
    )


def _codes(told: Sequence[object]) -> tuple[str, ...]:
    return tuple(map(str, told))
