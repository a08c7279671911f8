"""Records as plain JSON values: for ``--json``, for the engine process and for the window.

Field names follow the reference implementation where it has them; they are an interface and do
not change with the language or with the names of our classes.
"""

from collections.abc import Callable, Mapping
from dataclasses import fields, is_dataclass
from enum import Enum, IntEnum
from pathlib import PurePath
from typing import TYPE_CHECKING, Any

from m2m_desktop.core.errors import BadRequest
from m2m_desktop.core.messages import N_, Message, message, untranslated
from m2m_desktop.core.records import (
    Candidate,
    CodingResult,
    HierarchyPath,
    Run,
    Term,
    TermLevel,
)

if TYPE_CHECKING:
    from m2m_desktop.core.term_search.records import SearchHit
    from m2m_desktop.core.terminology import ReleaseInfo, Terminology
    from m2m_desktop.services.import_report import ImportReport
    from m2m_desktop.services.model_store import FoundModel, ModelInfo

Json = dict[str, Any]


def plain(value: object) -> Any:
    """Turn records, enums, tuples and paths inside one another into what JSON has.

    A level becomes its lower-case name, any other enum its value, a record a dict of its fields.
    """
    if isinstance(value, IntEnum):
        return value.name.lower()
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, Message):
        return value.text()
    if is_dataclass(value) and not isinstance(value, type):
        return {field.name: plain(getattr(value, field.name)) for field in fields(value)}
    if isinstance(value, Mapping):
        return {str(key): plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [plain(item) for item in value]
    if value is None or isinstance(value, str | bool | int | float):
        return value
    if isinstance(value, PurePath):
        return str(value)
    return str(value)


def result_to_json(result: CodingResult) -> Json:
    """One answer: one JSON object a phrase, as ``m2m code --jsonl`` prints it."""
    return {
        "mention_id": result.mention.mention_id,
        "mention": result.mention.text,
        "normalised": result.normalised,
        "candidates": [candidate_to_json(candidate) for candidate in result.candidates],
        "selected": list(result.selected),
        "band": result.band.value,
        "source": result.source.value,
        "is_final": result.is_final,
        "pairs_scored": result.pairs_scored,
        "pairs_kept": result.pairs_kept,
        "candidate_count": result.candidate_count,
        "warnings": list(result.warnings),
        "run": run_to_json(result.run),
    }


def candidate_to_json(candidate: Candidate) -> Json:
    """One candidate; ``prob_1`` is null where no model scored it, see `Candidate` for estimates."""
    second_name = {"candidate_pt_name2": candidate.pt.name2} if candidate.pt.name2 else {}
    return {
        "rank": candidate.rank,
        "candidate_pt_code": candidate.pt.code,
        "candidate_pt_name": candidate.pt.name,
        **second_name,
        "prob_1": candidate.probability,
        "is_estimated": candidate.is_estimated,
        "retrieval_rank": candidate.retrieval_rank,
        "retrieval_score": candidate.retrieval_score,
        "evidence": plain(candidate.evidence),
        "paths": [path_to_json(path) for path in candidate.pt.paths],
    }


def path_to_json(path: HierarchyPath) -> Json:
    """One route of a PT up to its SOC; second names only where there are any."""
    record: Json = {}
    for level, term in (("soc", path.soc), ("hlgt", path.hlgt), ("hlt", path.hlt)):
        record[f"{level}_code"] = term.code
        record[f"{level}_name"] = term.name
        if term.name2:
            record[f"{level}_name2"] = term.name2
    return {**record, "primary": path.is_primary}


def run_to_json(run: Run) -> Json:
    """The provenance stamp, all fields."""
    stamp: Json = plain(run)
    return stamp


def term_to_json(
    term: Term, *, is_current: bool | None = None, child_count: int | None = None
) -> Json:
    """One term; ``is_current`` and ``child_count`` only where they are given."""
    record: Json = plain(term)
    if is_current is not None:
        record["is_current"] = is_current
    if child_count is not None:
        record["child_count"] = child_count
    return record


def info_to_json(info: "ReleaseInfo") -> Json:
    """What a release says of itself, all fields."""
    record: Json = plain(info)
    return record


def report_to_json(report: "ImportReport", translate: Callable[[str], str] = untranslated) -> Json:
    """An import report; each anomaly also carries its ``text`` in the language of ``translate``."""
    record = report.to_json()
    anomalies = [
        {**plain(anomaly), "text": anomaly.text.text(translate)} for anomaly in report.anomalies
    ]
    return {**record, "anomalies": anomalies}


def hit_to_json(hit: "SearchHit") -> Json:
    """One hit of a search: the term, why it was found, and for an LLT its PT and currency."""
    return {
        **term_to_json(hit.term),
        "is_current": hit.is_current,
        "pt_code": hit.pt_code,
        "reason": hit.reason.value,
    }


def model_to_json(model: "ModelInfo", translate: Callable[[str], str] = untranslated) -> Json:
    """One model bundle, all fields; ``parity`` is null where nothing was compared.

    ``problem`` is in the language of ``translate``.
    """
    record: Json = plain(model)
    problem = model.problem.text(translate) if model.problem else None
    return {**record, "parity": record["parity"] or None, "problem": problem}


def found_model_to_json(found: "FoundModel", template_examples: Mapping[str, str]) -> Json:
    """What lies at a path, before it is installed."""
    record: Json = plain(found)
    return {
        "kind_of_source": "bundle" if record.pop("is_bundle") else "checkpoint",
        "model_kind": record.pop("kind"),
        "suggested_id": record.pop("model_id"),
        **record,
        "template_examples": dict(template_examples),
    }


def tree_term(terminology: "Terminology", term: Term) -> Json:
    """A term as a tree shows it."""
    index = terminology.index(term.level, term.code)
    if term.level is TermLevel.LLT:
        current = bool(terminology.llt_current[index])
        return term_to_json(term, is_current=current, child_count=0)
    return term_to_json(term, child_count=len(terminology.child_rows(term.level, index)))


def describe_term(terminology: "Terminology", level: TermLevel, code: str) -> Json:
    """A term with its surroundings; BadRequest where the terminology has no such term."""
    term = terminology.term(level, code)
    if term is None:
        detail = message(
            N_("there is no {level} with the code {code}."), level=level.name, code=code[:20]
        )
        raise BadRequest(detail=detail)
    llt = terminology.llt(code) if level is TermLevel.LLT else None
    pt_code = llt.pt_code if llt else code if level is TermLevel.PT else ""
    return {
        "term": term_to_json(term, is_current=llt.is_current if llt else None),
        "pt_code": pt_code,
        "paths": [path_to_json(path) for path in terminology.paths(pt_code)],
        "llts": [
            {
                "code": llt.code,
                "name": llt.name,
                "name2": llt.name2,
                "is_current": llt.is_current,
            }
            for llt in terminology.llts(pt_code)
        ],
        "smqs": [
            {"code": member.smq.code, "name": member.smq.name, "narrow": member.is_narrow}
            for member in terminology.smqs_of(pt_code)
        ],
    }
