"""An analysis as the engine tells of it, for the page that shows it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from m2m_desktop.core.analysis.records import COUNTED_LEVELS
from m2m_desktop.core.records import TermLevel
from m2m_desktop.ui.engine_protocol import Json, TerminologyChoice, terminology_from_json


@dataclass(frozen=True, slots=True)
class Count:
    """A term of a level and what falls under it.

    ``counts`` go by severity; ``terms`` counts distinct PTs. ``place`` is that of the term in the
    release: of a SOC, in the international order. ``code`` is empty for what has no path.
    """

    level: TermLevel
    code: str
    name: str
    name2: str
    soc_name: str
    counts: Mapping[str, int]
    total: int
    terms: int
    place: int


@dataclass(frozen=True, slots=True)
class SmqTerm:
    """A reported term of an SMQ."""

    level: TermLevel
    code: str
    name: str
    name2: str
    is_narrow: bool
    category: str
    count: int


@dataclass(frozen=True, slots=True)
class SmqCount:
    """What falls under an SMQ; the broad figures hold the narrow ones.

    ``is_met`` None: the SMQ has no algorithm, or one that is not understood.
    """

    code: str
    name: str
    name2: str
    level: int
    algorithm: str
    narrow_terms: int
    broad_terms: int
    narrow_count: int
    broad_count: int
    is_met: bool | None
    cases_met: int | None
    terms: tuple[SmqTerm, ...]


@dataclass(frozen=True, slots=True)
class Remark:
    """Something given that was not counted, or (``is_used``) was counted but should be looked at."""

    row: int
    text: str
    reason: str
    suggestion: str
    count: int
    is_used: bool


@dataclass(frozen=True, slots=True)
class Analysis:
    """All figures, as they were asked for. ``given`` is ``used`` and ``refused`` together."""

    given: int
    used: int
    refused: int
    terms: int
    severities: tuple[str, ...]
    levels: Mapping[TermLevel, tuple[Count, ...]]
    smqs: tuple[SmqCount, ...]
    remarks: tuple[Remark, ...]
    notes: tuple[str, ...]
    judged: str
    """Of what it was judged whether it satisfies an algorithm: a sentence."""
    unit: str
    release: TerminologyChoice | None
    """By which it was counted, where the engine says so."""


NOTHING = Analysis(
    0, 0, 0, 0, (), dict.fromkeys(COUNTED_LEVELS, ()), (), (), (), "", "", release=None
)
USED_CODES = frozenset({"not_current", "demoted"})
"""Remarks about what was counted all the same, where the engine does not say which those are."""


def analysis_from_json(told: Json) -> Analysis:
    """Read an analysis."""
    given, used = int(told["given"]), int(told["used"])
    release = told.get("terminology")
    return Analysis(
        given=given,
        used=used,
        refused=int(told.get("refused", given - used)),
        terms=int(told["terms"]),
        severities=tuple(map(str, told["severities"])),
        levels={
            level: _counts(level, told["levels"].get(level.name.lower(), ()))
            for level in COUNTED_LEVELS
        },
        smqs=tuple(map(_smq, told.get("smqs", ()))),
        remarks=tuple(map(_remark, told.get("bad", ()))),
        notes=tuple(map(str, told.get("notes", ()))),
        judged=str(told.get("judged") or ""),
        unit=str(told.get("unit") or ""),
        release=terminology_from_json(release) if release else None,
    )


def _counts(level: TermLevel, told: Sequence[Json]) -> tuple[Count, ...]:
    return tuple(
        Count(
            level=level,
            code=str(row["code"]),
            name=str(row["name"]),
            name2=str(row.get("name2") or ""),
            soc_name=str(row.get("soc_name") or ""),
            counts={str(key): int(count) for key, count in row["counts"].items()},
            total=int(row["total"]),
            terms=int(row["terms"]),
            place=int(row.get("place", number)),
        )
        for number, row in enumerate(told)
    )


def _smq(row: Json) -> SmqCount:
    met, cases = row.get("algorithm_met"), row.get("cases_met")
    return SmqCount(
        code=str(row["code"]),
        name=str(row["name"]),
        name2=str(row.get("name2") or ""),
        level=int(row["level"]),
        algorithm=str(row.get("algorithm") or ""),
        narrow_terms=int(row["narrow_terms"]),
        broad_terms=int(row["broad_terms"]),
        narrow_count=int(row["narrow_count"]),
        broad_count=int(row["broad_count"]),
        is_met=None if met is None else bool(met),
        cases_met=None if cases is None else int(cases),
        terms=tuple(map(_smq_term, row.get("terms", ()))),
    )


def _smq_term(row: Json) -> SmqTerm:
    return SmqTerm(
        level=TermLevel[str(row.get("level") or "pt").upper()],
        code=str(row["code"]),
        name=str(row["name"]),
        name2=str(row.get("name2") or ""),
        is_narrow=bool(row["is_narrow"]),
        category=str(row.get("category") or ""),
        count=int(row["count"]),
    )


def _remark(row: Json) -> Remark:
    is_used = row.get("is_used", row.get("code") in USED_CODES)
    return Remark(
        row=int(row["row"]),
        text=str(row["text"]),
        reason=str(row["reason"]),
        suggestion=str(row.get("suggestion") or ""),
        count=int(row.get("count", 1)),
        is_used=bool(is_used),
    )
