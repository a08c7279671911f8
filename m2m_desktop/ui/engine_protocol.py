"""What the window and the engine process say to each other: one JSON object a line.

`decode` turns a line into one of the small records below; `encode_request` and `encode_cancel` make
the lines that are sent. Answers become the records of the core, so that nothing else in the window
knows about JSON.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import MISSING, dataclass, fields
from typing import Any, cast

from m2m_desktop.core.records import (
    Band,
    Candidate,
    CodingResult,
    Evidence,
    HierarchyPath,
    Mention,
    PreferredTerm,
    Run,
    Source,
    Term,
    TermLevel,
)

Json = Mapping[str, Any]


class ProtocolError(Exception):
    """A line that is no message of the engine, or an answer without the parts it must have."""


@dataclass(frozen=True, slots=True)
class Ready:
    """The engine process has started."""

    app_version: str


@dataclass(frozen=True, slots=True)
class Progressed:
    """How far a request is; ``total`` 0 means unknown."""

    request_id: int
    done: int
    total: int
    note: str


@dataclass(frozen=True, slots=True)
class Partial:
    """A part of the answer."""

    request_id: int
    value: Json


@dataclass(frozen=True, slots=True)
class Answer:
    """The end of a request that went well."""

    request_id: int
    value: Json


@dataclass(frozen=True, slots=True)
class Failure:
    """The end of a request that did not: the error in both languages."""

    request_id: int
    code: str
    english: str
    chinese: str


@dataclass(frozen=True, slots=True)
class Spare:
    """How far work is that nobody waits for; it has ended where ``done`` is ``total``."""

    done: int
    total: int


Incoming = Ready | Spare | Progressed | Partial | Answer | Failure


@dataclass(frozen=True, slots=True)
class TerminologyChoice:
    """A terminology to choose from."""

    terminology_id: str
    name: str
    version: str
    language: str
    is_demo: bool


@dataclass(frozen=True, slots=True)
class ModelChoice:
    """A model to choose from; ``problem`` says why it cannot be used."""

    model_id: str
    name: str
    problem: str = ""


@dataclass(frozen=True, slots=True)
class EngineStatus:
    """What can be chosen, and what is used where nothing was chosen."""

    app_version: str
    terminologies: tuple[TerminologyChoice, ...]
    models: tuple[ModelChoice, ...]
    default_terminology: str
    default_model: str


@dataclass(frozen=True, slots=True)
class TreeTerm:
    """One row of the tree, and how many lie below it."""

    term: Term
    child_count: int = 0
    is_current: bool = True


@dataclass(frozen=True, slots=True)
class ReportedAnomaly:
    """Something odd found by an import: what, how often, and where first."""

    kind: str
    text: str
    count: int
    places: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ImportedRelease:
    """One release that was imported, and what was found in it."""

    terminology_id: str
    label: str
    version: str
    language: str
    counts: tuple[tuple[str, int], ...]
    encodings: tuple[tuple[str, str], ...]
    anomalies: tuple[ReportedAnomaly, ...]


def encode_request(request_id: int, method: str, params: Json, *, supersedes: bool) -> bytes:
    """Give the line that asks for something."""
    sent: dict[str, object] = {"id": request_id, "method": method, "params": dict(params)}
    if supersedes:
        sent["supersedes"] = True
    return _line(sent)


def encode_cancel(request_id: int) -> bytes:
    """Give the line that calls a request off."""
    return _line({"cancel": request_id})


def _line(sent: Json) -> bytes:
    return json.dumps(sent, ensure_ascii=True).encode("ascii") + b"\n"


def decode(line: bytes) -> Incoming:
    """Read one line of the engine. Raises: ProtocolError."""
    try:
        told = json.loads(line.decode("utf-8"))
        if "ready" in told:
            return Ready(str(told["ready"].get("app_version", "")))
        if "spare" in told:
            return Spare(int(told["spare"]["done"]), int(told["spare"]["total"]))
        number = int(told["id"])
        if "progress" in told:
            at = told["progress"]
            return Progressed(number, int(at["done"]), int(at["total"]), str(at.get("note", "")))
        if "partial" in told:
            return Partial(number, cast("Json", told["partial"]))
        if "error" in told:
            error = told["error"]
            return Failure(
                number, str(error["code"]), str(error.get("en", "")), str(error.get("zh", ""))
            )
        return Answer(number, cast("Json", told["result"] or {}))
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise ProtocolError(type(error).__name__) from error


def result_from_json(told: Json) -> CodingResult:
    """Read the answer for one mention; what an older engine does not say has its usual value."""
    return CodingResult(
        mention=Mention(str(told["mention_id"]), str(told["mention"])),
        normalised=str(told["normalised"]),
        candidates=tuple(map(_candidate, told["candidates"])),
        selected=tuple(map(str, told["selected"])),
        band=Band(told["band"]),
        source=Source(told["source"]),
        run=_run(told["run"]),
        warnings=tuple(map(str, told.get("warnings", ()))),
        is_final=bool(told.get("is_final", True)),
        pairs_scored=int(told.get("pairs_scored", 0)),
        pairs_kept=int(told.get("pairs_kept", 0)),
        left_out=max(int(told.get("candidate_count", 0)) - len(told["candidates"]), 0),
    )


def _candidate(told: Json) -> Candidate:
    evidence = told["evidence"]
    probability = told["prob_1"]
    return Candidate(
        pt=PreferredTerm(
            code=str(told["candidate_pt_code"]),
            name=str(told["candidate_pt_name"]),
            paths=tuple(map(path_from_json, told["paths"])),
            name2=str(told.get("candidate_pt_name2") or ""),
        ),
        evidence=Evidence(
            str(evidence["llt_code"]), str(evidence["llt_name"]), Source(evidence["source"])
        ),
        retrieval_rank=int(told["retrieval_rank"]),
        retrieval_score=float(told["retrieval_score"]),
        probability=None if probability is None else float(probability),
        rank=int(told["rank"]),
        is_estimated=bool(told.get("is_estimated", False)),
    )


def path_from_json(told: Json) -> HierarchyPath:
    """Read one route of a PT up to its SOC."""
    soc, hlgt, hlt = (
        Term(
            level,
            str(told[f"{name}_code"]),
            str(told[f"{name}_name"]),
            str(told.get(f"{name}_name2") or ""),
        )
        for level, name in (
            (TermLevel.SOC, "soc"),
            (TermLevel.HLGT, "hlgt"),
            (TermLevel.HLT, "hlt"),
        )
    )
    return HierarchyPath(soc, hlgt, hlt, bool(told["primary"]))


def _run(told: Json) -> Run:
    values = {
        field.name: told[field.name]
        for field in fields(Run)
        if field.default is MISSING or field.name in told
    }
    values["terminology_hashes"] = tuple(
        (str(name), str(digest)) for name, digest in told["terminology_hashes"]
    )
    return Run(**values)


def status_from_json(told: Json) -> EngineStatus:
    """Read what can be chosen."""
    return EngineStatus(
        app_version=str(told.get("app_version", "")),
        terminologies=tuple(map(terminology_from_json, told["terminologies"])),
        models=tuple(map(_model, told["models"])),
        default_terminology=str(told.get("default_terminology") or ""),
        default_model=str(told.get("default_model") or ""),
    )


def terminology_from_json(told: Json) -> TerminologyChoice:
    """Read one terminology."""
    return TerminologyChoice(
        terminology_id=str(told["terminology_id"]),
        name=str(told.get("name", "")),
        version=str(told.get("version", "")),
        language=str(told.get("language", "")),
        is_demo=bool(told.get("is_demo", False)),
    )


def _model(told: Json) -> ModelChoice:
    return ModelChoice(
        model_id=str(told["model_id"]),
        name=str(told.get("name") or told["model_id"]),
        problem=str(told.get("problem") or ""),
    )


def terms_from_json(told: Sequence[Json]) -> tuple[TreeTerm, ...]:
    """Read rows of the tree."""
    return tuple(
        TreeTerm(
            Term(
                TermLevel[str(row["level"]).upper()],
                str(row["code"]),
                str(row["name"]),
                str(row.get("name2") or ""),
            ),
            int(row.get("child_count") or 0),
            bool(row.get("is_current", True)),
        )
        for row in told
    )


def llts_from_json(told: Sequence[Json]) -> tuple[TreeTerm, ...]:
    """Read the LLTs of a PT."""
    return terms_from_json([{"level": "llt", **row} for row in told])


def imported_from_json(told: Json) -> tuple[ImportedRelease, ...]:
    """Read the report of an import."""
    return tuple(_release(entry["info"], entry["report"]) for entry in told["imported"])


def _release(info: Json, report: Json) -> ImportedRelease:
    return ImportedRelease(
        terminology_id=str(info["terminology_id"]),
        label=str(report["label"]),
        version=str(report["version"]),
        language=str(report["language"]),
        counts=tuple((str(name), int(count)) for name, count in report["counts"].items()),
        encodings=tuple((str(files), str(encoding)) for files, encoding in report["encodings"]),
        anomalies=tuple(
            ReportedAnomaly(
                str(odd["kind"]),
                str(odd.get("text") or odd["kind"].replace("_", " ")),
                int(odd["count"]),
                tuple(map(str, odd["places"])),
            )
            for odd in report["anomalies"]
        ),
    )
