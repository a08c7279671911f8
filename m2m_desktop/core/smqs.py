"""The SMQs of a release: what lists they are, what they hold, and which of them hold a term.

`Terminology` has all of this under names of its own; see there for the arrays it is read from.
"""

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, cast

import numpy as np
from numpy.typing import NDArray

from m2m_desktop.core.columns import CodeColumn, IntArray, TextColumn
from m2m_desktop.core.records import Term, TermLevel

Arrays = Mapping[str, NDArray[np.generic]]

KINDS: Mapping[TermLevel, int] = {TermLevel.PT: 4, TermLevel.LLT: 5}
"""How ``smqrow.kind`` says of which level a term is; 0 is a child SMQ."""
_CHILD, _NARROW = 0, 2
_LEVELS = {kind: level for level, kind in KINDS.items()}


@dataclass(frozen=True, slots=True)
class Smq:
    """A Standardised MedDRA Query. ``algorithm`` is empty where none is defined."""

    code: str
    name: str
    level: int
    is_active: bool
    algorithm: str
    description: str
    name2: str = ""


@dataclass(frozen=True, slots=True)
class SmqMember:
    """A term listed in an SMQ. ``is_narrow`` is False for broad scope.

    ``via`` is the code of the SMQ that lists it: the one that was asked for, or one below it.
    """

    term: Term
    is_narrow: bool
    category: str
    weight: int
    via: str


@dataclass(frozen=True, slots=True)
class SmqMembership:
    """That a term is listed in an SMQ, directly or through a child SMQ."""

    smq: Smq
    is_narrow: bool
    is_direct: bool


@dataclass(frozen=True)
class SmqLists:
    """All SMQs of one release, by their rows in file order; none where none were loaded."""

    arrays: Arrays = field(repr=False)
    term_at: Callable[[TermLevel, int], Term] = field(repr=False)

    # -- columns ---------------------------------------------------------------------------------

    @cached_property
    def codes(self) -> CodeColumn:
        """Codes of the SMQs."""
        if "smq.codes" not in self.arrays:
            return CodeColumn.of(np.array([], dtype="S1"))
        return CodeColumn(self.arrays["smq.codes"], self._ints("smq.order"))  # type: ignore[arg-type]

    @cached_property
    def names(self) -> TextColumn:
        """Names of the SMQs."""
        return self._text("names", "name_starts")

    @cached_property
    def _names2(self) -> TextColumn | None:
        return self._text("names2", "name2_starts") if "smq.name2_starts" in self.arrays else None

    @cached_property
    def _algorithms(self) -> TextColumn:
        return self._text("algorithms", "algorithm_starts")

    @cached_property
    def _descriptions(self) -> TextColumn:
        return self._text("descriptions", "description_starts")

    @cached_property
    def _starts(self) -> IntArray:
        return self._ints("smq.row_starts")

    def _ints(self, name: str) -> IntArray:
        return cast("IntArray", self.arrays[name].astype(np.int32, copy=False))

    def _text(self, texts: str, starts: str) -> TextColumn:
        return TextColumn(self.arrays[f"smq.{texts}"], self._ints(f"smq.{starts}"))  # type: ignore[arg-type]

    # -- lists -----------------------------------------------------------------------------------

    def at(self, row: int) -> Smq:
        """Give the SMQ at a row."""
        algorithm = self._algorithms[row]
        return Smq(
            code=self.codes[row],
            name=self.names[row],
            level=int(self.arrays["smq.level"][row]),
            is_active=bool(self.arrays["smq.active"][row]),
            algorithm="" if algorithm == "N" else algorithm,
            description=self._descriptions[row],
            name2=self._names2[row] if self._names2 is not None else "",
        )

    def child_rows(self, row: int) -> list[int]:
        """Give the rows of the SMQs directly below one."""
        rows = slice(*self._starts[row : row + 2])
        is_child = (self.arrays["smqrow.kind"][rows] == _CHILD) & (
            self.arrays["smqrow.active"][rows] == 1
        )
        return [int(child) for child in self.arrays["smqrow.term"][rows][is_child]]

    @cached_property
    def parent_rows(self) -> Mapping[int, list[int]]:
        """The rows of the SMQs directly above, for each that has any."""
        parents: dict[int, list[int]] = {}
        for row in range(len(self.codes)):
            for child in self.child_rows(row):
                parents.setdefault(child, []).append(row)
        return parents

    def family(self, row: int) -> list[int]:
        """Give the SMQ and everything below it, each once."""
        return _reachable(row, self.child_rows)

    def ancestry(self, row: int) -> list[int]:
        """Give the SMQ and everything above it, each once."""
        return _reachable(row, lambda each: self.parent_rows.get(each, ()))

    # -- terms -----------------------------------------------------------------------------------

    def members(
        self, row: int, *, narrow_only: bool, with_children: bool, levels: Collection[TermLevel]
    ) -> tuple[SmqMember, ...]:
        """List the active terms of an SMQ; each (term, scope, category) once.

        A damaged, cyclic list ends all the same.
        """
        kinds = {KINDS[level] for level in levels if level in KINDS}
        members: dict[tuple[int, int, int, int], SmqMember] = {}
        for smq_row in self.family(row) if with_children else [row]:
            via = self.codes[smq_row]
            for kind, term_row, scope, category, weight in self._listed(smq_row):
                if kind not in kinds or (narrow_only and scope != _NARROW):
                    continue
                key = (kind, term_row, scope, category)
                if key not in members:
                    members[key] = SmqMember(
                        self.term_at(_LEVELS[kind], term_row),
                        scope == _NARROW,
                        chr(category) if category else "",
                        weight,
                        via,
                    )
        return tuple(members.values())

    def _listed(self, row: int) -> Iterable[tuple[int, int, int, int, int]]:
        """Kind, term row, scope, category and weight of each active row of one SMQ."""
        rows = slice(*self._starts[row : row + 2])
        is_active = self.arrays["smqrow.active"][rows] == 1
        columns: list[list[Any]] = [
            self.arrays[f"smqrow.{name}"][rows][is_active].tolist()
            for name in ("kind", "term", "scope", "category", "weight")
        ]
        return zip(*columns, strict=True)

    @cached_property
    def member_counts(self) -> tuple[int, ...]:
        """How many members each SMQ has with all below it: as many as `members` lists."""
        if not len(self.codes):
            return ()
        keys = np.stack(
            [self._ints(f"smqrow.{name}") for name in ("kind", "term", "scope", "category")]
        )
        counts = (self.arrays["smqrow.active"] == 1) & (keys[0] != _CHILD)
        _, numbers = np.unique(keys, axis=1, return_inverse=True)
        return tuple(
            len(np.unique(np.concatenate([self._numbers(numbers, counts, each) for each in rows])))
            for rows in map(self.family, range(len(self.codes)))
        )

    def _numbers(self, numbers: NDArray[Any], counts: NDArray[np.bool_], row: int) -> NDArray[Any]:
        rows = slice(*self._starts[row : row + 2])
        return numbers.reshape(-1)[rows][counts[rows]]

    def listing(self, terms: Iterable[tuple[TermLevel, int]]) -> tuple[SmqMembership, ...]:
        """List the active SMQs that list any of these (level, row), narrow before broad."""
        if "smqrow.kind" not in self.arrays:
            return ()
        is_hit = np.zeros(len(self.arrays["smqrow.kind"]), dtype=np.bool_)
        for level, row in terms:
            is_hit |= (self.arrays["smqrow.term"] == row) & (
                self.arrays["smqrow.kind"] == KINDS[level]
            )
        narrow: dict[int, tuple[bool, bool]] = {}
        for hit in np.flatnonzero(is_hit & (self.arrays["smqrow.active"] == 1)):
            own = int(np.searchsorted(self._starts, hit, side="right")) - 1
            is_narrow = int(self.arrays["smqrow.scope"][hit]) == _NARROW
            for smq_row in self.ancestry(own):
                was_narrow, was_direct = narrow.get(smq_row, (False, False))
                narrow[smq_row] = (was_narrow or is_narrow, was_direct or smq_row == own)
        found = [
            SmqMembership(self.at(row), is_narrow, is_direct)
            for row, (is_narrow, is_direct) in sorted(narrow.items())
        ]
        return tuple(sorted((m for m in found if m.smq.is_active), key=lambda m: not m.is_narrow))


def _reachable(start: int, neighbours: Callable[[int], Iterable[int]]) -> list[int]:
    """The start and everything that can be reached from it, each once: safe on cycles."""
    found, waiting = {start: None}, [start]
    while waiting:
        for row in neighbours(waiting.pop()):
            if row not in found:
                found[row] = None
                waiting.append(row)
    return list(found)
