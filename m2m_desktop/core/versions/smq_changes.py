"""What has changed among the SMQs and what they hold."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from m2m_desktop.core.columns import TextColumn
from m2m_desktop.core.messages import N_, Message, message
from m2m_desktop.core.records import TermLevel
from m2m_desktop.core.smqs import SmqLists
from m2m_desktop.core.terminology import Terminology
from m2m_desktop.core.versions.alignment import Alignment, ReleasePair
from m2m_desktop.core.versions.changes import SMQ, ChangeKind, Place, VersionChange

ACTIVE, INACTIVE = N_("active"), N_("inactive")
LEVEL, ALGORITHM, NO_ALGORITHM = N_("level {level}"), N_("algorithm {text}"), N_("no algorithm")
NARROW, BROAD, CHILD = N_("narrow"), N_("broad"), N_("child SMQ")
WITH_CATEGORY = N_("{role}, category {category}")
WITH_WEIGHT = N_("{role}, weight {weight}")
_CHILD, _PT, _LLT = 0, 4, 5
_LEVEL_OF = {_PT: TermLevel.PT, _LLT: TermLevel.LLT}
_CATEGORY_WITHOUT_ALGORITHM = ord("A")

Numbers = NDArray[np.int64]


@dataclass(frozen=True)
class _Lists:
    """The SMQs of both releases, matched, and the places of their members as numbers."""

    pair: ReleasePair

    @property
    def old(self) -> SmqLists:
        return self.pair.old.smq_lists

    @property
    def new(self) -> SmqLists:
        return self.pair.new.smq_lists

    @cached_property
    def rows(self) -> Alignment:
        return Alignment.of(self.old.codes, self.new.codes)

    def names(self, release: Terminology) -> TextColumn:
        lists = self.old if release is self.pair.old else self.new
        is_second = self.pair.language and release.info.language != self.pair.language
        if is_second and "smq.name2_starts" in release.arrays:
            starts = release.arrays["smq.name2_starts"].astype(np.int32)
            return TextColumn(release.arrays["smq.names2"], starts)  # type: ignore[arg-type]
        return lists.names

    def aligned(self, kind: int) -> Alignment:
        """The rows that members of a kind are rows of."""
        return self.rows if kind == _CHILD else self.pair.rows(_LEVEL_OF[kind])

    def place(self, release: Terminology, kind: int, row: int, role: Message) -> Place:
        """A member, with what it is in the SMQ."""
        if kind == _CHILD:
            lists = self.old if release is self.pair.old else self.new
            return Place(SMQ, lists.codes[row], self.names(release)[row], role)
        level = _LEVEL_OF[kind]
        name = self.pair.names(release, level)[row]
        return Place(level.name.lower(), release.codes(level)[row], name, role)


def smq_changes(pair: ReleasePair) -> Iterator[VersionChange]:
    """All facts about SMQs; to be asked for only where both releases have some."""
    lists = _Lists(pair)
    yield from _came_and_went(lists)
    yield from _renamed(lists)
    yield from _status(lists)
    yield from _members(lists)


def has_smqs(release: Terminology) -> bool:
    """Whether SMQs were loaded."""
    return "smq.codes" in release.arrays and len(release.arrays["smq.codes"]) > 0


def _came_and_went(lists: _Lists) -> Iterator[VersionChange]:
    old, new = lists.pair.old, lists.pair.new
    for row in lists.rows.fresh:
        name = lists.names(new)[int(row)]
        yield VersionChange(ChangeKind.SMQ_ADDED, SMQ, lists.new.codes[int(row)], name_after=name)
    for row in lists.rows.gone:
        name = lists.names(old)[int(row)]
        yield VersionChange(ChangeKind.SMQ_REMOVED, SMQ, lists.old.codes[int(row)], name)


def _change(
    lists: _Lists,
    kind: ChangeKind,
    row: int,
    before: tuple[Place, ...] = (),
    after: tuple[Place, ...] = (),
) -> VersionChange:
    old_name = lists.names(lists.pair.old)[int(lists.rows.to_old[row])]
    new_name = lists.names(lists.pair.new)[row]
    return VersionChange(kind, SMQ, lists.new.codes[row], old_name, new_name, before, after)


def _renamed(lists: _Lists) -> Iterator[VersionChange]:
    if not lists.pair.language:
        return
    kept = lists.rows.kept
    then = lists.names(lists.pair.old).take(lists.rows.to_old[kept])
    for at in lists.names(lists.pair.new).take(kept).differing_rows(then):
        yield _change(lists, ChangeKind.SMQ_RENAMED, int(kept[at]))


def _status(lists: _Lists) -> Iterator[VersionChange]:
    for row in lists.rows.kept:
        then, now = lists.old.at(int(lists.rows.to_old[row])), lists.new.at(int(row))
        facts = (
            (_activity(then.is_active), _activity(now.is_active)),
            (message(LEVEL, level=then.level), message(LEVEL, level=now.level)),
            (_algorithm(then.algorithm), _algorithm(now.algorithm)),
        )
        for before, after in facts:
            if before != after:
                yield _change(
                    lists, ChangeKind.SMQ_STATUS, int(row),
                    (Place(SMQ, now.code, "", before),), (Place(SMQ, now.code, "", after),),
                )  # fmt: skip


def _activity(is_active: bool) -> Message:
    return message(ACTIVE if is_active else INACTIVE)


def _algorithm(text: str) -> Message:
    return message(ALGORITHM, text=text) if text else message(NO_ALGORITHM)


# -- members ---------------------------------------------------------------------------------------

_ROLE_BITS = 25
"""Scope (2 bits), category (8) and weight (15) of a row of an SMQ."""


def _members(lists: _Lists) -> Iterator[VersionChange]:
    """What the SMQs that both releases have hold now and did not, or otherwise.

    A member whose term is not in the new release any more is no fact of its own.
    """
    terms = max(
        len(lists.aligned(kind).to_new) + len(lists.aligned(kind).to_old)
        for kind in (_CHILD, _PT, _LLT)
    )
    then = _rows_as_numbers(lists, lists.pair.old, terms)
    now = _rows_as_numbers(lists, lists.pair.new, terms)
    differing = np.setxor1d(then, now) >> _ROLE_BITS
    old_roles, new_roles = _roles(then, differing), _roles(now, differing)
    for member in np.unique(differing).tolist():
        row, kind, term = _unpacked(member, terms)
        before, after = old_roles.get(member, []), new_roles.get(member, [])
        aligned = lists.aligned(kind)
        if before and not after and term >= len(aligned.to_old):
            continue
        old_row = aligned.old_row(term)
        yield _change(
            lists,
            _kind(before, after),
            row,
            tuple(lists.place(lists.pair.old, kind, old_row, _role(one)) for one in before),
            tuple(lists.place(lists.pair.new, kind, term, _role(one)) for one in after),
        )


def _kind(before: list[int], after: list[int]) -> ChangeKind:
    if not before:
        return ChangeKind.SMQ_MEMBER_ADDED
    return ChangeKind.SMQ_MEMBER_SCOPE if after else ChangeKind.SMQ_MEMBER_REMOVED


def _rows_as_numbers(lists: _Lists, release: Terminology, terms: int) -> Numbers:
    """Each active row of an SMQ that both have, as (SMQ, kind, term, role) in one number.

    SMQs and terms are numbered as in the new release, terms that it has not behind them.
    """
    is_old = release is lists.pair.old
    arrays = release.arrays
    starts = arrays["smq.row_starts"].astype(np.int64)
    owners = np.repeat(np.arange(len(starts) - 1, dtype=np.int32), np.diff(starts))
    to_other = lists.rows.to_new if is_old else lists.rows.to_old
    is_wanted = (arrays["smqrow.active"] == 1) & (to_other[owners] >= 0)
    owner = owners[is_wanted]
    if is_old:
        owner = lists.rows.to_new[owner]
    kind = arrays["smqrow.kind"][is_wanted].astype(np.int64)
    term = arrays["smqrow.term"][is_wanted].astype(np.int32)
    number = term.astype(np.int64)
    for one in (_CHILD, _PT, _LLT) if is_old else ():
        number[kind == one] = lists.aligned(one).unified(term[kind == one])
    role = arrays["smqrow.scope"][is_wanted].astype(np.int64) << 23
    role |= arrays["smqrow.category"][is_wanted].astype(np.int64) << 15
    role |= arrays["smqrow.weight"][is_wanted].astype(np.int64)
    member = (owner.astype(np.int64) * 8 + kind) * terms + number
    packed: Numbers = np.unique((member << _ROLE_BITS) | role)
    return packed


def _unpacked(member: int, terms: int) -> tuple[int, int, int]:
    rest, term = divmod(member, terms)
    row, kind = divmod(rest, 8)
    return row, kind, term


def _roles(packed: Numbers, wanted: Numbers) -> dict[int, list[int]]:
    """The roles of those members that are wanted, ascending."""
    found: dict[int, list[int]] = {}
    for one in packed[np.isin(packed >> _ROLE_BITS, wanted)].tolist():
        found.setdefault(one >> _ROLE_BITS, []).append(one & ((1 << _ROLE_BITS) - 1))
    return found


def _role(packed: int) -> Message:
    scope, category, weight = packed >> 23, (packed >> 15) & 0xFF, packed & 0x7FFF
    told = message((CHILD, BROAD, NARROW)[scope])
    if scope and category not in (0, _CATEGORY_WITHOUT_ALGORITHM):
        told = message(WITH_CATEGORY, role=told, category=chr(category))
    return message(WITH_WEIGHT, role=told, weight=weight) if weight else told
