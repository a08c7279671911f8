"""Records of review as plain JSON values: in the project file and between window and engine.

Fields that hold their default are left out. What is read is checked: a value of another kind
raises ValueError, unknown fields are passed over.
"""

from collections.abc import Mapping, Sequence
from dataclasses import fields
from typing import Any, TypeVar

from m2m_desktop.core.pieces import PieceKind
from m2m_desktop.core.records import Band, Run, Source
from m2m_desktop.core.review import (
    Action,
    Change,
    CodedTerm,
    PhraseRow,
    ReviewState,
    ReviewStatus,
    Target,
)
from m2m_desktop.services.project.records import Item, ProjectInfo, Verification
from m2m_desktop.services.wire import plain

Json = dict[str, Any]
Kind = TypeVar("Kind", str, bool, int)

_TERM_NAMES = tuple(
    field.name for field in fields(CodedTerm) if field.name not in ("probability", "is_current")
)


def term_to_json(term: CodedTerm) -> Json:
    """One term."""
    told: Json = {name: getattr(term, name) for name in _TERM_NAMES if getattr(term, name)}
    if term.probability is not None:
        told["probability"] = term.probability
    if not term.is_current:
        told["is_current"] = False
    return told


def term_from_json(told: object) -> CodedTerm:
    """Inverse of `term_to_json`."""
    record = _record(told)
    names = {name: _value(record, name, "") for name in _TERM_NAMES}
    probability = record.get("probability")
    if probability is not None and (
        isinstance(probability, bool) or not isinstance(probability, int | float)
    ):
        raise ValueError("probability")
    return CodedTerm(
        **names,
        probability=None if probability is None else float(probability),
        is_current=_value(record, "is_current", True),
    )


def terms_from_json(told: object) -> tuple[CodedTerm, ...]:
    """A list of terms."""
    if not isinstance(told, list):
        raise ValueError("terms")
    return tuple(map(term_from_json, told))


def state_to_json(state: ReviewState) -> Json:
    """What holds for a phrase or an item; the empty state is ``{}``."""
    told: Json = {}
    if state.is_locked:
        told["status"] = state.status.value
    if state.terms:
        told["terms"] = [term_to_json(term) for term in state.terms]
    if state.source is not Source.NONE:
        told["source"] = state.source.value
    if state.is_flagged:
        told["is_flagged"] = True
    for name in ("comment", "reviewer", "decided_at"):
        if getattr(state, name):
            told[name] = getattr(state, name)
    return told


def state_from_json(told: object) -> ReviewState:
    """Inverse of `state_to_json`."""
    record = _record(told)
    return ReviewState(
        status=ReviewStatus(_value(record, "status", ReviewStatus.UNREVIEWED.value)),
        terms=terms_from_json(record.get("terms", [])),
        source=Source(_value(record, "source", Source.NONE.value)),
        is_flagged=_value(record, "is_flagged", False),
        comment=_value(record, "comment", ""),
        reviewer=_value(record, "reviewer", ""),
        decided_at=_value(record, "decided_at", ""),
    )


def change_to_json(change: Change) -> Json:
    """One step of review."""
    told: Json = {
        "target": change.target.value,
        "target_id": change.target_id,
        "action": change.action.value,
        "after": state_to_json(change.after),
    }
    if change.clears:
        told["clears"] = True
    return told


def change_from_json(told: object) -> Change:
    """Inverse of `change_to_json`."""
    record = _record(told)
    return Change(
        target=Target(_value(record, "target", "")),
        target_id=_value(record, "target_id", 0),
        action=Action(_value(record, "action", "")),
        after=state_from_json(record.get("after", {})),
        clears=_value(record, "clears", False),
    )


def row_to_json(row: PhraseRow) -> Json:
    """One distinct phrase, all fields."""
    return {
        "phrase_id": row.phrase_id,
        "text": row.text,
        "kind": row.kind.value,
        "item_count": row.item_count,
        "report_count": row.report_count,
        "band": row.band.value if row.band else None,
        "source": row.source.value,
        "proposed": [term_to_json(term) for term in row.proposed],
        "probability": row.probability,
        "state": state_to_json(row.state),
        "exception_count": row.exception_count,
    }


def row_from_json(told: object) -> PhraseRow:
    """Inverse of `row_to_json`."""
    record = _record(told)
    band, probability = record.get("band"), record.get("probability")
    return PhraseRow(
        phrase_id=_value(record, "phrase_id", 0),
        text=_value(record, "text", ""),
        kind=PieceKind(_value(record, "kind", "")),
        item_count=_value(record, "item_count", 0),
        report_count=_value(record, "report_count", 0),
        band=None if band is None else Band(band),
        source=Source(_value(record, "source", Source.NONE.value)),
        proposed=terms_from_json(record.get("proposed", [])),
        probability=None if probability is None else float(probability),
        state=state_from_json(record.get("state", {})),
        exception_count=_value(record, "exception_count", 0),
    )


def item_to_json(item: Item) -> Json:
    """One mention in its place; ``state`` is null where the phrase's holds."""
    told: Json = plain(item)
    return {**told, "state": None if item.state is None else state_to_json(item.state)}


def info_to_json(info: ProjectInfo) -> Json:
    """A project in figures, all fields; ``run`` is null before anything was coded."""
    told: Json = plain(info)
    return {**told, "counts": dict(info.counts)}


def verification_to_json(found: Verification) -> Json:
    """What a check found, all fields."""
    told: Json = plain(found)
    return {**told, "is_sound": found.is_sound}


def run_from_json(told: object) -> Run:
    """Inverse of `services.wire.run_to_json`; fields of later versions are passed over."""
    record = _record(told)
    known: Json = {field.name: record[field.name] for field in fields(Run) if field.name in record}
    hashes = known.get("terminology_hashes", [])
    if not isinstance(hashes, list | tuple):
        raise ValueError("terminology_hashes")
    known["terminology_hashes"] = tuple((str(name), str(digest)) for name, digest in hashes)
    try:
        return Run(**known)
    except TypeError as error:
        raise ValueError("run") from error


def term_of_candidate(candidate: Mapping[str, Any], *, is_current: bool = True) -> CodedTerm:
    """A candidate of an answer (`services.wire.candidate_to_json`) as a term to choose.

    The LLT is the one that was found; the path is the primary one. A candidate does not say
    whether its LLT is current: the caller may know.
    """
    evidence = candidate.get("evidence") or {}
    paths = candidate.get("paths") or [{}]
    path = next((path for path in paths if path.get("primary")), paths[0])
    probability = candidate.get("prob_1")
    return CodedTerm(
        pt_code=str(candidate["candidate_pt_code"]),
        pt_name=str(candidate["candidate_pt_name"]),
        llt_code=str(evidence.get("llt_code", "")),
        llt_name=str(evidence.get("llt_name", "")),
        **{
            f"{level}_{part}": str(path.get(f"{level}_{part}", ""))
            for level in ("hlt", "hlgt", "soc")
            for part in ("code", "name")
        },
        probability=None if probability is None else float(probability),
        is_current=is_current,
    )


def proposed_terms(answer: Mapping[str, Any]) -> tuple[CodedTerm, ...]:
    """The selected set of an answer (`services.wire.result_to_json`), in its order."""
    by_code = {candidate["candidate_pt_code"]: candidate for candidate in answer["candidates"]}
    selected: Sequence[str] = answer["selected"]
    return tuple(term_of_candidate(by_code[code]) for code in selected if code in by_code)


def _record(told: object) -> Mapping[str, Any]:
    if not isinstance(told, Mapping):
        raise ValueError("not a record")
    return told


def _value(record: Mapping[str, Any], name: str, default: Kind) -> Kind:
    """A field of the kind of its default; a truth value is no number here."""
    value = record.get(name, default)
    if not isinstance(value, type(default)) or isinstance(value, bool) != isinstance(default, bool):
        raise ValueError(name)
    return value
