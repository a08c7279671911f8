"""What an evaluation of entities found: everything its tables are made from."""

from collections.abc import Mapping
from dataclasses import dataclass

from m2m_desktop.core.evaluation.entity_errors import Finding
from m2m_desktop.core.evaluation.reliability import Reliability
from m2m_desktop.core.evaluation.tallies import Interval


@dataclass(frozen=True, slots=True)
class MappedType:
    """A type as the files have it, what it counts as ("" is left out), and how often it occurs."""

    kind: str
    counts_as: str
    gold: int
    found: int


@dataclass(frozen=True, slots=True)
class NerFindings:
    """The figures by their columns in `entity_tally`, and what is wrong with the entities found."""

    kinds: tuple[str, ...]
    values: Mapping[str, float]
    intervals: Mapping[str, Interval]
    findings: Mapping[Finding, int]
    confusion: Mapping[tuple[str, str], int]
    reliability: Reliability | None
    mapping: tuple[MappedType, ...]
