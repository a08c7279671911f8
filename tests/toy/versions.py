"""Two invented releases in the MedDRA file layout, with everything planted that may change.

``python -m tests.toy.versions DIR [--seed N] [--real] [--each N]`` writes ``DIR/old`` and
``DIR/new``. `planted` knows what was planted; what a comparison says can be held against that, in
both directions: going back, what was added is removed, and so on.

Everything is planted on a model of the release (names, parents, rows of SMQs), never on what a
comparison computes. Names are invented, codes are 9xxxxxxx and 2999xxxx.
"""

import argparse
import copy
import random
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

from m2m_desktop.core.terminology import Terminology
from m2m_desktop.services.terminology_store import TerminologyStore
from tests.toy.version_drafts import ABOVE, REAL, SMALL, Draft, Size, base, write_release

BACK = {
    "added": "removed", "removed": "added", "promoted": "demoted", "demoted": "promoted",
    "made_current": "made_not_current", "made_not_current": "made_current",
    "smq_added": "smq_removed", "smq_removed": "smq_added",
    "smq_member_added": "smq_member_removed", "smq_member_removed": "smq_member_added",
}  # fmt: skip
"""What a change is called when the releases change places; the others keep their kind."""


@dataclass(frozen=True)
class Fact:
    """One change: before and after hold the codes of the terms it is about, with their roles."""

    kind: str
    level: str
    code: str
    before: frozenset[str] = frozenset()
    after: frozenset[str] = frozenset()


@dataclass
class Planted:
    """Both releases, and what differs: from old to new, and from new to old."""

    old: Draft
    new: Draft
    forward: set[Fact]
    backward: set[Fact]


# -- planting --------------------------------------------------------------------------------------


class Planter:
    """Changes a copy of a release, each term at most once unless it is meant, and notes the facts."""

    def __init__(self, old: Draft, chance: random.Random, version: str) -> None:
        self.old, self.chance = old, chance
        self.new = copy.deepcopy(old)
        self.new.version = version
        self.facts: list[tuple[str, str, str]] = []
        self.only_forward: list[tuple[str, str, str]] = []
        self.only_back: list[tuple[str, str, str]] = []
        self.smq_forward: set[Fact] = set()
        self.smq_backward: set[Fact] = set()
        self._touched: set[str] = set()
        self._pools = {level: list(names) for level, names in old.names.items()}
        self._pools["smq"] = list(old.smqs)
        for pool in self._pools.values():
            chance.shuffle(pool)
        self._fresh = 0
        self.llts_of: dict[str, list[str]] = {}
        for llt, pt in old.llt_pt.items():
            self.llts_of.setdefault(pt, []).append(llt)
        self.rows_of: dict[str, list[tuple[str, str]]] = {}
        for key in old.rows:
            self.rows_of.setdefault(key[1], []).append(key)

    def note(self, kind: str, level: str, code: str) -> None:
        self.facts.append((kind, level, code))

    def pick(self, level: str, fits: Callable[[str], bool] = lambda code: True) -> str:
        """A term nothing was done to, which is then taken; raises LookupError where none is left."""
        for code in self._pools[level]:
            if code not in self._touched and fits(code):
                self._touched.add(code)
                return code
        raise LookupError(level)

    def free(self, codes: Iterable[str]) -> bool:
        return self._touched.isdisjoint(codes)

    def take(self, codes: Iterable[str]) -> None:
        self._touched.update(codes)

    def code(self, base: int) -> str:
        """A new code, which nothing else is done to."""
        self._fresh += 1
        self.take([str(base + self._fresh)])
        return str(base + self._fresh)

    def below(self, level: str, code: str) -> list[str]:
        """The terms directly below a term in the new release."""
        return [child for child, parents in self.new.up[level].items() if code in parents]

    def other_llt(self) -> str:
        """An LLT that is not the own one of a PT, whose PT stays."""
        code = self.pick("llt", lambda c: self.old.llt_pt[c] != c and self._stays(c))
        self.take([self.old.llt_pt[code]])
        return code

    def _stays(self, llt: str) -> bool:
        return self.old.llt_pt[llt] not in self._touched

    def drop_llt(self, code: str) -> None:
        for table in (self.new.names["llt"], self.new.llt_pt, self.new.current):
            del table[code]
        self.drop_rows(code, ("5",))

    def drop_pt(self, code: str) -> None:
        for table in (self.new.names["pt"], self.new.up["pt"], self.new.primary):
            del table[code]
        self.drop_rows(code, ("4",))

    def drop_rows(self, term: str, kinds: tuple[str, ...]) -> None:
        """A term that goes leaves its SMQs: no fact then, one when it comes back."""
        for key in self.rows_of.get(term, ()):
            row = self.new.rows.get(key)
            if row is not None and row[0] in kinds:
                del self.new.rows[key]
                if row[4]:
                    self.smq_backward.add(_member("smq_member_added", key, after=row))

    # -- the five levels -----------------------------------------------------------------------

    def rename(self, level: str) -> str:
        code = self.pick(level, lambda c: level != "llt" or self.old.llt_pt[c] != c)
        for name in ("pt", "llt") if level == "pt" else (level,):
            self.new.names[name][code] += "（改）"
        self.note("renamed", level, code)
        return code

    def move_llt(self) -> None:
        code, host = self.other_llt(), self.pick("pt")
        self.new.llt_pt[code] = host
        self.note("moved", "llt", code)

    def flip_currency(self, *, to: bool) -> None:
        code = self.pick("llt", lambda c: self.old.llt_pt[c] != c and self.old.current[c] is not to)
        self.new.current[code] = to
        self.note("made_current" if to else "made_not_current", "llt", code)

    def add_llt(self, pt: str = "") -> str:
        code = self.code(96000000)
        self.new.names["llt"][code] = f"新虚构说法{code}"
        self.new.llt_pt[code] = pt or self.pick("pt")
        self.new.current[code] = True
        self.note("added", "llt", code)
        return code

    def remove_llt(self) -> None:
        code = self.other_llt()
        self.drop_llt(code)
        self.note("removed", "llt", code)

    def _put_pt(self, code: str, name: str, like: str) -> None:
        self.new.names["pt"][code] = self.new.names["llt"][code] = name
        self.new.up["pt"][code] = list(self.new.up["pt"][like])
        self.new.primary[code] = self.new.primary[like]
        self.new.llt_pt[code] = code
        self.new.current[code] = True

    def add_pt(self) -> None:
        code = self.code(97000000)
        self._put_pt(code, f"新虚构反应{code}", self.pick("pt"))
        self.note("added", "pt", code)
        self.add_llt(code)

    def remove_pt(self) -> None:
        code = self.pick("pt", lambda c: self._is_whole(c) and len(self.llts_of[c]) > 2)
        self.take(self.llts_of[code])
        host = self.pick("pt")
        for number, llt in enumerate(llt for llt in self.llts_of[code] if llt != code):
            if number % 2:
                self.drop_llt(llt)
                self.note("removed", "llt", llt)
            else:
                self.new.llt_pt[llt] = host
                self.note("moved", "llt", llt)
        self.drop_llt(code)
        self.drop_pt(code)
        self.note("removed", "pt", code)

    def _is_whole(self, pt: str) -> bool:
        return self.free(llt for llt in self.llts_of[pt] if llt != pt)

    def demote(self, *, loses_currency: bool = False) -> str:
        code = self.pick("pt", self._is_whole)
        host = self.pick("pt")
        self.take(self.llts_of[code])
        for llt in self.llts_of[code]:
            self.new.llt_pt[llt] = host
            if llt != code:
                self.note("moved", "llt", llt)
        self.drop_pt(code)
        self.note("demoted", "pt", code)
        if loses_currency:
            self.new.current[code] = False
            self.note("made_not_current", "llt", code)
        return code

    def promote(self, *, is_renamed: bool = False) -> str:
        code, other = self.other_llt(), self.other_llt()
        was_current = self.old.current[code]
        name = self.new.names["llt"][code] + ("（升）" if is_renamed else "")
        self._put_pt(code, name, self.pick("pt"))
        self.new.llt_pt[other] = code
        self.note("promoted", "pt", code)
        self.note("moved", "llt", other)
        if is_renamed:
            self.note("renamed", "llt", code)
        if not was_current:
            self.note("made_current", "llt", code)
        return code

    # -- places --------------------------------------------------------------------------------

    def _socs(self, level: str, code: str) -> frozenset[str]:
        return frozenset(self.new.hlt_routes(code) if level == "hlt" else self.new.up["hlgt"][code])

    def _alike(self, level: str, code: str, *, avoid: Iterable[str] = ()) -> str:
        """Another term of a level in the same SOCs; empty where there is none."""
        socs, shunned = self._socs(level, code), {code, *avoid}
        found = (
            other
            for other in self.new.names[level]
            if other not in shunned and self._socs(level, other) == socs
        )
        return next(found, "")

    def _can_move(self, level: str) -> Callable[[str], bool]:
        """Whether a term has one parent only, and another one in the same SOCs could have it."""

        def fits(code: str) -> bool:
            parents = self.new.up[level][code]
            return len(parents) == 1 and bool(self._alike(ABOVE[level], parents[0]))

        return fits

    def move_pt(self) -> None:
        code = self.pick("pt", self._can_move("pt"))
        self.new.up["pt"][code] = [self._alike("hlt", self.new.up["pt"][code][0])]
        self.note("moved", "pt", code)

    def move_pt_to_another_soc(self) -> None:
        code = self.pick("pt", lambda c: len(self.old.up["pt"][c]) == 1)
        target = next(
            hlt
            for hlt in self.new.names["hlt"]
            if self.old.primary[code] not in self._socs("hlt", hlt)
        )
        self.new.up["pt"][code] = [target]
        self.new.primary[code] = next(iter(self.new.routes(code)))
        self.note("moved", "pt", code)
        self.note("primary_soc", "pt", code)

    def add_second_path(self) -> None:
        code = self.pick("pt", lambda c: len(self.old.up["pt"][c]) == 1)
        taken = set(self.new.routes(code))
        self.new.up["pt"][code].append(
            next(h for h in self.new.names["hlt"] if taken.isdisjoint(self._socs("hlt", h)))
        )
        self.note("moved", "pt", code)

    def switch_primary(self) -> None:
        code = self.pick("pt", lambda c: len(self.new.routes(c)) > 1)
        others = [soc for soc in self.new.routes(code) if soc != self.old.primary[code]]
        self.new.primary[code] = self.chance.choice(others)
        self.note("primary_soc", "pt", code)

    def move_up(self, level: str) -> None:
        """An HLT goes to another HLGT of the same SOCs."""
        code = self.pick(level, self._can_move(level))
        self.new.up[level][code] = [self._alike(ABOVE[level], self.new.up[level][code][0])]
        self.note("moved", level, code)

    def move_hlgt_to_another_soc(self) -> None:
        code = self.pick("hlgt", lambda c: len(self.old.up["hlgt"][c]) == 1)
        source = self.old.up["hlgt"][code][0]
        target = self.chance.choice([s for s in list(self.old.names["soc"])[:-1] if s != source])
        self.new.up["hlgt"][code] = [target]
        self.note("moved", "hlgt", code)
        for pt in list(self.new.names["pt"]):
            if self.new.primary[pt] not in (found := self.new.routes(pt)):
                self.new.primary[pt] = target if target in found else next(iter(found))
                self.note("primary_soc", "pt", pt)
                self.take([pt])

    def add_hlt(self) -> None:
        pt = self.pick("pt", lambda c: len(self.old.up["pt"][c]) == 1)
        code, like = self.code(91600000), self.old.up["pt"][pt][0]
        self.new.names["hlt"][code] = f"新虚构高位语{code}"
        self.new.up["hlt"][code] = list(self.new.up["hlt"][like])
        self.new.up["pt"][pt] = [code]
        self.note("added", "hlt", code)
        self.note("moved", "pt", pt)

    def remove_hlt(self) -> None:
        self._dissolve("hlt", "pt")

    def _dissolve(self, level: str, below: str) -> None:
        """Remove a term, and move what stood below it to one in the same SOCs."""
        code = self.pick(
            level, lambda c: self.free(self.below(below, c)) and bool(self._heir(level, below, c))
        )
        heir, heirs = self._heir(level, below, code), self.below(below, code)
        self.take(heirs)
        for child in heirs:
            parents = self.new.up[below][child]
            self.new.up[below][child] = [heir if one == code else one for one in parents]
            self.note("moved", below, child)
        del self.new.names[level][code], self.new.up[level][code]
        self.note("removed", level, code)

    def _heir(self, level: str, below: str, code: str) -> str:
        have = {one for child in self.below(below, code) for one in self.new.up[below][child]}
        return self._alike(level, code, avoid=have)

    def add_hlgt(self) -> None:
        hlt = self.pick("hlt", lambda c: len(self.old.up["hlt"][c]) == 1)
        code = self.code(91100000)
        self.new.names["hlgt"][code] = f"新虚构高位组{code}"
        self.new.up["hlgt"][code] = list(self.new.up["hlgt"][self.new.up["hlt"][hlt][0]])
        self.new.up["hlt"][hlt] = [code]
        self.note("added", "hlgt", code)
        self.note("moved", "hlt", hlt)

    def remove_hlgt(self) -> None:
        self._dissolve("hlgt", "hlt")

    def add_soc(self) -> None:
        """A SOC for second paths: going back, that its HLGT loses it follows from its removal."""
        hlgt, code = self.pick("hlgt"), self.code(90100000)
        self.new.names["soc"][code] = f"新虚构系统器官类{code}"
        self.new.up["hlgt"][hlgt].append(code)
        self.note("added", "soc", code)
        self.only_forward.append(("moved", "hlgt", hlgt))

    def remove_soc(self) -> None:
        """The SOC of second paths only: its HLGT loses a link, which is told only going back."""
        code, hlgt = list(self.old.names["soc"])[-1], next(iter(self.old.names["hlgt"]))
        self.take([code, hlgt])
        del self.new.names["soc"][code]
        self.new.up["hlgt"][hlgt].remove(code)
        self.note("removed", "soc", code)
        self.only_back.append(("moved", "hlgt", hlgt))

    # -- SMQs ----------------------------------------------------------------------------------

    def _smq(self) -> str:
        return self.pick("smq")

    def remove_smq(self) -> None:
        code = self.pick("smq", lambda c: not self.rows_of.get(c))
        for key in [key for key in self.new.rows if key[0] == code]:
            del self.new.rows[key]
        del self.new.smqs[code]
        self.note("smq_removed", "smq", code)

    def add_smq(self) -> None:
        code = self.code(29995000)
        self.new.smqs[code] = [f"新虚构查询{code}（SMQ）", 1, True, "N"]
        for pt in list(self.new.names["pt"])[:3]:
            self.new.rows[code, pt] = ["4", "2", "A", "0", True]
        self.note("smq_added", "smq", code)

    def rename_smq(self) -> None:
        code = self._smq()
        self.new.smqs[code][0] += "（改）"
        self.note("smq_renamed", "smq", code)

    def change_status(self) -> None:
        code = self._smq()
        self.new.smqs[code][2] = False
        self._smq_fact("smq_status", code, {f"{code} active"}, {f"{code} inactive"})

    def change_algorithm(self) -> None:
        code = self._smq()
        self.new.smqs[code][3] = "A or (B and C)"
        self._smq_fact(
            "smq_status", code, {f"{code} no algorithm"}, {f"{code} algorithm A or (B and C)"}
        )

    def _smq_fact(self, kind: str, code: str, before: set[str], after: set[str]) -> None:
        self.smq_forward.add(Fact(kind, "smq", code, frozenset(before), frozenset(after)))
        back = BACK.get(kind, kind)
        self.smq_backward.add(Fact(back, "smq", code, frozenset(after), frozenset(before)))

    def _row(self) -> tuple[str, str]:
        """An active row of two that stay as they are, which is then taken."""
        for key, row in self.new.rows.items():
            if row[0] != "0" and row[4] and self.free(key) and key in self.old.rows:
                stays = self.new.names["pt" if row[0] == "4" else "llt"]
                if key[0] in self.new.smqs and key[1] in stays:
                    self.take([key[1]])
                    return key
        raise LookupError("row")

    def _change_row(self, kind: str, change: Callable[[list], list | None]) -> None:
        key = self._row()
        then = self.new.rows[key]
        now = change(list(then))
        if now is None:
            del self.new.rows[key]
        else:
            self.new.rows[key] = now
        has_gone = now is None or not now[4]
        self.smq_forward.add(_member(kind, key, then, None if has_gone else now))
        self.smq_backward.add(_member(BACK.get(kind, kind), key, None if has_gone else now, then))

    def remove_member(self) -> None:
        self._change_row("smq_member_removed", lambda row: None)
        self._change_row("smq_member_removed", lambda row: [*row[:4], False])

    def change_scope(self) -> None:
        self._change_row(
            "smq_member_scope", lambda row: [row[0], "2" if row[1] == "1" else "1", *row[2:]]
        )
        self._change_row("smq_member_scope", lambda row: [*row[:2], "C", *row[3:]])

    def add_member(self) -> None:
        for kind, level in (("4", "pt"), ("5", "llt")):
            smq, term = self.chance.choice(list(self.new.smqs)), self.pick(level)
            if (smq, term) in self.new.rows or smq not in self.old.smqs:
                continue
            row = [kind, self.chance.choice("12"), self.chance.choice("AB"), "0", True]
            if term in self.new.names[level] and term in self.old.names[level]:
                self.new.rows[smq, term] = row
                self.smq_forward.add(_member("smq_member_added", (smq, term), after=row))
                self.smq_backward.add(_member("smq_member_removed", (smq, term), row))

    def add_child(self) -> None:
        parent, child = self._smq(), self._smq()
        if (parent, child) in self.new.rows:
            return
        row = ["0", "0", "S", "0", True]
        self.new.rows[parent, child] = row
        self.smq_forward.add(_member("smq_member_added", (parent, child), after=row))
        self.smq_backward.add(_member("smq_member_removed", (parent, child), row))

    # -- the result ----------------------------------------------------------------------------

    def result(self) -> Planted:
        forward = {_fact(self.old, self.new, *one) for one in (*self.facts, *self.only_forward)}
        back = [(BACK.get(kind, kind), level, code) for kind, level, code in self.facts]
        backward = {_fact(self.new, self.old, *one) for one in (*back, *self.only_back)}
        return Planted(self.old, self.new, forward | self.smq_forward, backward | self.smq_backward)


def _member(
    kind: str, key: tuple[str, str], before: list | None = None, after: list | None = None
) -> Fact:
    sides = [frozenset([f"{key[1]} {_role(row)}"] if row else []) for row in (before, after)]
    return Fact(kind, "smq", key[0], *sides)


def _role(row: list) -> str:
    word = {"0": "child SMQ", "1": "broad", "2": "narrow"}[row[1]]
    return f"{word}, category {row[2]}" if row[2] not in "AS" else word


def _fact(old: Draft, new: Draft, kind: str, level: str, code: str) -> Fact:
    """A fact with the terms it is about, read off the models."""
    nothing: frozenset[str] = frozenset()
    if kind == "added":
        return Fact(kind, level, code, nothing, new.parents(level, code))
    if kind == "removed":
        return Fact(kind, level, code, old.parents(level, code))
    if kind == "promoted":
        return Fact(kind, level, code, old.parents("llt", code), new.parents("pt", code))
    if kind == "demoted":
        return Fact(kind, level, code, old.parents("pt", code), new.parents("llt", code))
    if kind == "moved":
        then, now = old.parents(level, code), new.parents(level, code)
        return Fact(kind, level, code, then - now, now - then)
    if kind == "primary_soc":
        return Fact(
            kind, level, code, frozenset([old.primary[code]]), frozenset([new.primary[code]])
        )
    return Fact(kind, level, code)


def planted(seed: int = 1, size: Size = SMALL, each: int = 2) -> Planted:
    """Make two releases; everything is planted ``each`` times (what concerns SOCs once)."""
    chance = random.Random(seed)
    planter = Planter(base(size, chance, "99.0"), chance, "99.1")
    planter.remove_smq()
    planter.remove_soc()
    planter.add_soc()
    planter.move_hlgt_to_another_soc()
    for level in ("soc", "hlgt", "hlt"):
        planter.rename(level)
    for _ in range(each):
        planter.remove_hlgt()
        planter.add_hlgt()
        planter.move_up("hlt")
        planter.remove_hlt()
        planter.add_hlt()
    for _ in range(each):
        planter.demote()
        planter.demote(loses_currency=True)
        planter.remove_pt()
        planter.promote()
        planter.promote(is_renamed=True)
        planter.add_pt()
        planter.rename("pt")
        planter.move_pt()
        planter.move_pt_to_another_soc()
        planter.add_second_path()
        planter.switch_primary()
        planter.move_llt()
        planter.rename("llt")
        planter.add_llt()
        planter.remove_llt()
        planter.flip_currency(to=True)
        planter.flip_currency(to=False)
    planter.rename_smq()
    planter.change_status()
    planter.change_algorithm()
    planter.add_child()
    for _ in range(each):
        planter.remove_member()
        planter.change_scope()
        planter.add_member()
    planter.add_smq()
    return planter.result()


# -- both releases as files ---------------------------------------------------------------------


def write_pair(made: Planted, folder: Path) -> tuple[Path, Path]:
    """Write both releases below a folder."""
    return write_release(made.old, folder / "old"), write_release(made.new, folder / "new")


def open_pair(made: Planted, folder: Path) -> tuple[Terminology, Terminology]:
    """Write both releases below a folder and open them."""
    store = TerminologyStore(folder / "store")
    old, new = write_pair(made, folder)
    return store.open(old), store.open(new)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--each", type=int, default=2)
    parser.add_argument("--real", action="store_true", help="of the size of a real release")
    given = parser.parse_args()
    made = planted(given.seed, REAL if given.real else SMALL, given.each)
    for path in write_pair(made, given.folder):
        print(path)


if __name__ == "__main__":
    main()
