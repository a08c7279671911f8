"""What the sources of the demo dictionary say, as records."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

LANGUAGES = ("Chinese", "English")


class SourceError(Exception):
    """The sources cannot be compiled; ``problems`` are sentences that begin with file:line."""

    def __init__(self, problems: Sequence[str]) -> None:
        super().__init__("\n".join(problems))
        self.problems = list(problems)


class Names(NamedTuple):
    """A name in both languages; the fields stand in the order of `LANGUAGES`."""

    chinese: str
    english: str


NO_NAMES = Names("", "")


@dataclass(slots=True)
class Llt:
    """A wording of a PT."""

    names: Names
    is_current: bool
    place: str


@dataclass(slots=True)
class Pt:
    """A term reactions are coded to. ``secondary`` holds its further paths as they were written."""

    names: Names
    place: str
    llts: list[Llt] = field(default_factory=list)
    secondary: list[tuple[str, str]] = field(default_factory=list)


@dataclass(slots=True)
class HighTerm:
    """A heading above PTs (the HLT level). ``guests`` have their primary path elsewhere."""

    names: Names
    place: str
    pts: list[Pt] = field(default_factory=list)
    guests: list[Pt] = field(default_factory=list)


@dataclass(slots=True)
class HighGroup:
    """A heading above high terms (the HLGT level)."""

    names: Names
    place: str
    high_terms: list[HighTerm] = field(default_factory=list)


@dataclass(slots=True)
class Group:
    """The widest heading (the SOC level): one source file."""

    key: str
    names: Names = NO_NAMES
    abbreviation: str = ""
    high_groups: list[HighGroup] = field(default_factory=list)

    def high_terms(self) -> Iterator[tuple[HighGroup, HighTerm]]:
        """Every high term with the heading above it, in order."""
        for high_group in self.high_groups:
            for high_term in high_group.high_terms:
                yield high_group, high_term

    def pts(self) -> Iterator[Pt]:
        """Every PT whose primary path is here, in order."""
        for _, high_term in self.high_terms():
            yield from high_term.pts


@dataclass(slots=True)
class SmqTerm:
    """One PT, or with ``llt`` one wording of it, in an SMQ-like list."""

    pt: str
    llt: str
    is_narrow: bool
    category: str


@dataclass(slots=True)
class Smq:
    """An SMQ-like list."""

    names: Names
    place: str
    about: Names = NO_NAMES
    algorithm: str = ""
    terms: list[SmqTerm] = field(default_factory=list)
    children: list[Smq] = field(default_factory=list)


@dataclass(slots=True)
class Dictionary:
    """All that the sources say, checked."""

    groups: list[Group]
    smqs: list[Smq]

    def pts(self) -> Iterator[Pt]:
        """Every PT once, in display order."""
        for group in self.groups:
            yield from group.pts()

    def all_smqs(self) -> Iterator[tuple[int, Smq]]:
        """Every SMQ with its level, a list before its children."""
        for smq in self.smqs:
            yield 1, smq
            for child in smq.children:
                yield 2, child
