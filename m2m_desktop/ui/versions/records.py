"""What the engine says about two releases, as records."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import Enum

from m2m_desktop.core.versions.changes import LEVELS, ChangeKind
from m2m_desktop.core.versions.effects import EffectKind, Standing
from m2m_desktop.ui.engine_protocol import Json

KINDS = tuple(kind.value for kind in ChangeKind)
"""The kinds of changes, in the order in which they are shown."""


@dataclass(frozen=True, slots=True)
class Compared:
    """How much has changed; ``counts`` by kind and level, without zeros."""

    counts: Mapping[str, Mapping[str, int]]
    total: int
    problems: tuple[str, ...] = ()

    @property
    def kinds(self) -> tuple[str, ...]:
        """The kinds there are changes of; ones this program has no word for come last."""
        extra = [kind for kind in self.counts if kind not in KINDS]
        return tuple(kind for kind in (*KINDS, *extra) if self.count(kind))

    @property
    def levels(self) -> tuple[str, ...]:
        """The levels at which something has changed."""
        return tuple(level for level in LEVELS if self.count(level=level))

    def count(self, kind: str = "", level: str = "") -> int:
        """How many changes of a kind and a level there are; empty: of all."""
        chosen = [self.counts.get(kind, {})] if kind else self.counts.values()
        if level:
            return sum(counts.get(level, 0) for counts in chosen)
        return sum(sum(counts.values()) for counts in chosen) if kind else self.total


@dataclass(frozen=True, slots=True)
class ChangeRow:
    """One difference between the releases."""

    kind: str
    level: str
    code: str
    name_before: str
    name_after: str
    before: str
    after: str
    detail: str

    @property
    def name(self) -> str:
        """What the term is called now, or was called last."""
        return self.name_after or self.name_before

    @property
    def was(self) -> str:
        """What the old release says, where that is what has changed."""
        return self.name_before if self.kind.endswith("renamed") else self.before

    @property
    def now(self) -> str:
        """What the new release says instead."""
        return self.name_after if self.kind.endswith("renamed") else self.after


class Group(Enum):
    """What an effect asks of a person."""

    CERTAIN = "certain"
    PROPOSAL = "proposal"
    PERSON = "person"
    OPEN = "open"
    UNCHANGED = "unchanged"


@dataclass(frozen=True, slots=True)
class EffectTerm:
    """A term of a decision, or of what is proposed instead."""

    pt_code: str
    pt_name: str
    llt_code: str = ""
    llt_name: str = ""


@dataclass(frozen=True, slots=True)
class EffectRow:
    """What the new release means for one decision. ``proposal`` None: there is none."""

    key: str
    phrase: str
    rows: int
    kind: str
    group: Group
    terms: tuple[EffectTerm, ...]
    reason: str
    proposal: tuple[EffectTerm, ...] | None
    proposal_reason: str
    can_apply: bool

    @property
    def is_same_wording(self) -> bool:
        """Whether the proposal reads like the decision: only its place is another."""
        return self.proposal is not None and self.proposal == self.terms


@dataclass(frozen=True, slots=True)
class LogRow:
    """An earlier upgrade of a project; ``is_undone``: it does not hold any more."""

    when: str
    who: str
    from_release: str
    to_release: str
    changed: int
    kept: int
    is_undone: bool = False


def compared_from_json(told: Json) -> Compared:
    """Read the answer to a comparison."""
    counts = {
        str(kind): {str(level): int(n) for level, n in by_level.items() if n}
        for kind, by_level in told["counts"].items()
    }
    return Compared(
        {kind: by_level for kind, by_level in counts.items() if by_level},
        int(told["total"]),
        tuple(map(str, told.get("problems") or ())),
    )


def changes_from_json(told: Sequence[Json]) -> tuple[ChangeRow, ...]:
    """Read a page of changes."""
    return tuple(
        ChangeRow(
            str(one["kind"]),
            str(one["level"]),
            str(one["code"]),
            *(
                str(one.get(name) or "")
                for name in ("name_before", "name_after", "before", "after", "detail")
            ),
        )
        for one in told
    )


def group_of(told: Json) -> Group:
    """What an effect asks of a person. Certain is what keeps its codes and may be applied at once.

    Open is what was only proposed: nothing is decided there that could be brought up to date.
    """
    if told["kind"] == EffectKind.NONE.value:
        return Group.UNCHANGED
    if told.get("status") == Standing.PROPOSED.value:
        return Group.OPEN
    if told.get("needs_person") or not told.get("can_apply"):
        return Group.PERSON
    proposal = told.get("proposal")
    is_same = proposal is None or _codes(proposal) == _codes(told.get("terms") or ())
    return Group.CERTAIN if is_same else Group.PROPOSAL


def _codes(terms: Sequence[Json]) -> list[tuple[str, str]]:
    return [(str(term["pt_code"]), str(term.get("llt_code") or "")) for term in terms]


def effect_from_json(told: Json) -> EffectRow:
    """Read one effect."""
    proposal = told.get("proposal")
    return EffectRow(
        key=str(told["key"]),
        phrase=str(told["phrase"]),
        rows=int(told.get("rows") or 0),
        kind=str(told["kind"]),
        group=group_of(told),
        terms=_terms(told.get("terms") or ()),
        reason=str(told.get("reason") or ""),
        proposal=None if proposal is None else _terms(proposal),
        proposal_reason=str(told.get("proposal_reason") or ""),
        can_apply=bool(told.get("can_apply")),
    )


def _terms(told: Sequence[Json]) -> tuple[EffectTerm, ...]:
    names = ("pt_code", "pt_name", "llt_code", "llt_name")
    return tuple(EffectTerm(*(str(one.get(name) or "") for name in names)) for one in told)
