"""An analysis as the engine tells of it, for the page that shows it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from m2m_desktop.core.analysis.records import COUNTED_LEVELS, USED, CountRow, SmqCount, SmqTerm
from m2m_desktop.core.records import Term, TermLevel
from m2m_desktop.ui.engine_protocol import Json, TerminologyChoice, terminology_from_json


@dataclass(frozen=True, slots=True)
class ToldRemark:
    """A `Remark` of the engine: its ``reason`` is a sentence in the language of the window."""

    row: int
    text: str
    reason: str
    suggestion: str
    count: int
    is_used: bool


@dataclass(frozen=True, slots=True)
class ToldAnalysis:
    """An `Analysis` of the engine, as far as the page shows it, with its sentences."""

    given: int
    used: int
    refused: int
    terms: int
    severities: tuple[str, ...]
    levels: Mapping[TermLevel, tuple[CountRow, ...]]
    smqs: tuple[SmqCount, ...]
    remarks: tuple[ToldRemark, ...]
    notes: tuple[str, ...]
    judged: str
    """Of what it was judged whether it satisfies an algorithm: a sentence."""
    unit: str
    release: TerminologyChoice | None
    """By which it was counted, where the engine says so."""


NOTHING = ToldAnalysis(
    0, 0, 0, 0, (), dict.fromkeys(COUNTED_LEVELS, ()), (), (), (), "", "", release=None
)
USED_CODES = frozenset(reason.value for reason in USED)
"""Remarks about what was counted all the same, where the engine does not say which those are."""


def analysis_from_json(told: Json) -> ToldAnalysis:
    """Read an analysis."""
    given, used = int(told["given"]), int(told["used"])
    release = told.get("terminology")
    return ToldAnalysis(
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


def _counts(level: TermLevel, told: Sequence[Json]) -> tuple[CountRow, ...]:
    return tuple(
        CountRow(
            term=_term(level, row),
            soc_name=str(row.get("soc_name") or ""),
            counts={str(key): int(count) for key, count in row["counts"].items()},
            total=int(row["total"]),
            terms=int(row["terms"]),
            cases=int(row.get("reports", 0)),
            place=int(row.get("place", number)),
        )
        for number, row in enumerate(told)
    )


def _smq(row: Json) -> SmqCount:
    cases = row.get("cases_met")
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
        narrow_cases=int(row.get("narrow_cases", 0)),
        broad_cases=int(row.get("broad_cases", 0)),
        cases_met=None if cases is None else int(cases),
        terms=tuple(map(_smq_term, row.get("terms", ()))),
    )


def _smq_term(row: Json) -> SmqTerm:
    return SmqTerm(
        term=_term(TermLevel[str(row.get("level") or "pt").upper()], row),
        is_narrow=bool(row["is_narrow"]),
        categories=str(row.get("category") or ""),
        count=int(row["count"]),
    )


def _term(level: TermLevel, row: Json) -> Term:
    return Term(level, str(row["code"]), str(row["name"]), str(row.get("name2") or ""))


def _remark(row: Json) -> ToldRemark:
    return ToldRemark(
        row=int(row["row"]),
        text=str(row["text"]),
        reason=str(row["reason"]),
        suggestion=str(row.get("suggestion") or ""),
        count=int(row.get("count", 1)),
        is_used=bool(row.get("is_used", row.get("code") in USED_CODES)),
    )
