"""What has changed among the terms of the five levels."""

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from m2m_desktop.core.columns import IntArray
from m2m_desktop.core.records import TermLevel
from m2m_desktop.core.terminology import Terminology
from m2m_desktop.core.versions.alignment import Alignment, ReleasePair, links
from m2m_desktop.core.versions.changes import ChangeKind, VersionChange

PT, LLT = TermLevel.PT, TermLevel.LLT
Flags = NDArray[np.bool_]


def added_and_removed(pair: ReleasePair, level: TermLevel) -> Iterator[VersionChange]:
    """Terms of a level that came or went; those that only changed between PT and LLT are not here."""
    rows = pair.rows(level)
    new_codes, old_codes = pair.new.codes(level).codes, pair.old.codes(level).codes
    came, went = rows.fresh, rows.gone
    if level is PT:
        came = came[pair.old.codes(LLT).index_many(new_codes[came]) < 0]
        went = went[pair.new.codes(LLT).index_many(old_codes[went]) < 0]
    elif level is LLT:  # a PT comes and goes with the LLT of its own code
        came = came[~_is_fresh(pair.new, pair.rows(PT).to_old, new_codes[came])]
        went = went[~_is_fresh(pair.old, pair.rows(PT).to_new, old_codes[went])]
    for row in came:
        yield _fact(pair, ChangeKind.ADDED, level, new_row=int(row), says_place=True)
    for row in went:
        yield _fact(pair, ChangeKind.REMOVED, level, old_row=int(row), says_place=True)


def _is_fresh(release: Terminology, to_other: IntArray, codes: NDArray[np.bytes_]) -> Flags:
    """Whether codes are those of PTs that the other release has not."""
    as_pt = release.codes(PT).index_many(codes)
    return (as_pt >= 0) & (to_other[as_pt] < 0)


def promoted_and_demoted(pair: ReleasePair) -> Iterator[VersionChange]:
    """LLTs that became PTs, and PTs that became LLTs; names as of the level they had and have."""
    rows = pair.rows(PT)
    was = pair.old.codes(LLT).index_many(pair.new.codes(PT).codes[rows.fresh])
    for new_pt, old_llt in zip(rows.fresh[was >= 0], was[was >= 0], strict=True):
        yield VersionChange(
            ChangeKind.PROMOTED,
            "pt",
            pair.new.codes(PT)[int(new_pt)],
            pair.names(pair.old, LLT)[int(old_llt)],
            pair.names(pair.new, PT)[int(new_pt)],
            pair.stands_under(pair.old, LLT, int(old_llt)),
            pair.stands_under(pair.new, PT, int(new_pt)),
        )
    now = pair.new.codes(LLT).index_many(pair.old.codes(PT).codes[rows.gone])
    for old_pt, new_llt in zip(rows.gone[now >= 0], now[now >= 0], strict=True):
        yield VersionChange(
            ChangeKind.DEMOTED,
            "pt",
            pair.old.codes(PT)[int(old_pt)],
            pair.names(pair.old, PT)[int(old_pt)],
            pair.names(pair.new, LLT)[int(new_llt)],
            pair.stands_under(pair.old, PT, int(old_pt)),
            pair.stands_under(pair.new, LLT, int(new_llt)),
        )


def renamed(pair: ReleasePair, level: TermLevel) -> Iterator[VersionChange]:
    """Terms of a level with another name; to be asked for only where a language is shared."""
    rows = pair.rows(level)
    differing = _renamed_rows(pair, level)
    if level is LLT:  # a PT is renamed with the LLT of its own code
        as_pt = pair.new.codes(PT).index_many(pair.new.codes(LLT).codes[differing])
        differing = differing[~np.isin(as_pt, _renamed_rows(pair, PT))]
    for row in differing:
        yield _fact(
            pair, ChangeKind.RENAMED, level, old_row=int(rows.to_old[row]), new_row=int(row)
        )


def _renamed_rows(pair: ReleasePair, level: TermLevel) -> IntArray:
    rows = pair.rows(level)
    then = pair.names(pair.old, level).take(rows.to_old[rows.kept])
    now = pair.names(pair.new, level).take(rows.kept)
    return rows.kept[now.differing_rows(then)]


def moved_llts(pair: ReleasePair) -> Iterator[VersionChange]:
    """LLTs that belong to another PT; what became or was a PT itself is not here."""
    rows, pts = pair.rows(LLT), pair.rows(PT)
    kept = rows.kept
    then = pts.unified(pair.old.llt_pt[rows.to_old[kept]])
    moved = kept[then != pair.new.llt_pt[kept]]
    codes = pair.new.codes(LLT).codes[moved]
    changed_level = _is_fresh(pair.new, pts.to_old, codes) | _is_fresh(pair.old, pts.to_new, codes)
    for row in moved[~changed_level]:
        yield _fact(
            pair, ChangeKind.MOVED, LLT,
            old_row=int(rows.to_old[row]), new_row=int(row), says_place=True,
        )  # fmt: skip


def moved(pair: ReleasePair, level: TermLevel) -> Iterator[VersionChange]:
    """Terms of HLGT, HLT or PT under other parents; ones that only lost a removed parent are not."""
    rows, above = pair.rows(level), pair.rows(TermLevel(level - 1))
    width = len(above.to_old) + len(above.to_new)
    then, now = _links_of_kept(pair, level, rows, above, width)
    lost, gained = np.setdiff1d(then, now), np.setdiff1d(now, then)
    is_told = np.isin(lost // width, gained // width) | (lost % width < len(above.to_old))
    before, after = _by_child(lost[is_told], width), _by_child(gained, width)
    for row in sorted(before.keys() | after.keys()):
        yield VersionChange(
            ChangeKind.MOVED,
            level.name.lower(),
            pair.new.codes(level)[row],
            pair.names(pair.old, level)[int(rows.to_old[row])],
            pair.names(pair.new, level)[row],
            tuple(
                pair.place(pair.old, TermLevel(level - 1), above.old_row(number))
                for number in before.get(row, ())
            ),
            tuple(
                pair.place(pair.new, TermLevel(level - 1), number) for number in after.get(row, ())
            ),
        )


def _by_child(found: NDArray[np.int64], width: int) -> dict[int, list[int]]:
    parents: dict[int, list[int]] = {}
    for one in found.tolist():
        parents.setdefault(one // width, []).append(one % width)
    return parents


def _links_of_kept(
    pair: ReleasePair, level: TermLevel, rows: Alignment, above: Alignment, width: int
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Each link of a term that both releases have, as one number: row of the child, then parent."""
    old_children, old_parents = links(pair.old, level)
    is_kept = rows.to_new[old_children] >= 0
    then = rows.to_new[old_children[is_kept]].astype(np.int64) * width
    then += above.unified(old_parents[is_kept])
    new_children, new_parents = links(pair.new, level)
    is_kept = rows.to_old[new_children] >= 0
    now = new_children[is_kept].astype(np.int64) * width + new_parents[is_kept]
    return then, now


def changed_currency(pair: ReleasePair) -> Iterator[VersionChange]:
    """LLTs that became current or not current."""
    rows = pair.rows(LLT)
    then, now = pair.old.llt_current[rows.to_old[rows.kept]], pair.new.llt_current[rows.kept]
    for row in rows.kept[then != now]:
        is_current = bool(pair.new.llt_current[row])
        kind = ChangeKind.MADE_CURRENT if is_current else ChangeKind.MADE_NOT_CURRENT
        yield _fact(pair, kind, LLT, old_row=int(rows.to_old[row]), new_row=int(row))


def changed_primary_soc(pair: ReleasePair) -> Iterator[VersionChange]:
    """PTs whose primary path leads to another SOC."""
    rows, socs = pair.rows(PT), pair.rows(TermLevel.SOC)
    then = socs.unified(_primary_socs(pair.old)[rows.to_old[rows.kept]])
    now = _primary_socs(pair.new)[rows.kept]
    for row in rows.kept[then != now]:
        old_row = int(rows.to_old[row])
        soc_then = pair.old.primary_rows(old_row)[2]
        soc_now = pair.new.primary_rows(int(row))[2]
        yield VersionChange(
            ChangeKind.PRIMARY_SOC,
            "pt",
            pair.new.codes(PT)[int(row)],
            pair.names(pair.old, PT)[old_row],
            pair.names(pair.new, PT)[int(row)],
            (pair.place(pair.old, TermLevel.SOC, soc_then),),
            (pair.place(pair.new, TermLevel.SOC, soc_now),),
        )


def _primary_socs(release: Terminology) -> IntArray:
    """The row of the primary SOC of each PT: its first path is the primary one."""
    starts = release.arrays["pt.path_starts"]
    socs: IntArray = release.arrays["path.soc"][starts[:-1]].astype(np.int32)
    return socs


def _fact(
    pair: ReleasePair,
    kind: ChangeKind,
    level: TermLevel,
    *,
    old_row: int = -1,
    new_row: int = -1,
    says_place: bool = False,
) -> VersionChange:
    """A fact about one term, with what it stood and stands under where that is what matters."""
    has_old, has_new = old_row >= 0, new_row >= 0
    codes = pair.new.codes(level) if has_new else pair.old.codes(level)
    return VersionChange(
        kind,
        level.name.lower(),
        codes[new_row if has_new else old_row],
        pair.names(pair.old, level)[old_row] if has_old else "",
        pair.names(pair.new, level)[new_row] if has_new else "",
        pair.stands_under(pair.old, level, old_row) if has_old and says_place else (),
        pair.stands_under(pair.new, level, new_row) if has_new and says_place else (),
    )
