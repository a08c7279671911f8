"""Checks over whole projects: two pharmacists compared, and the model on one's own decisions."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from m2m_desktop.core.acceptance import RULE
from m2m_desktop.core.agreement import Agreement, compare
from m2m_desktop.core.own_check import THRESHOLDS, OwnCheck, ReviewedPhrase, check_own
from m2m_desktop.core.pieces import PieceKind
from m2m_desktop.core.progress import Progress, silent
from m2m_desktop.core.records import DEFAULT_THRESHOLD, Source
from m2m_desktop.services.project.project import Project
from m2m_desktop.services.wire import plain

Json = dict[str, Any]

_STEP = 200
_MODELS_OWN = (Source.MODEL.value, Source.NONE.value)
"""Answers that the model's probabilities decided, also where it selected nothing."""


@dataclass(frozen=True, slots=True)
class Comparison:
    """Two projects compared; ``is_same_file`` False: they were made from different contents."""

    agreement: Agreement
    is_same_file: bool
    first_name: str
    second_name: str


def compare_projects(first: Path, second: Path) -> Comparison:
    """Compare the decisions of two projects. Raises what `Project.open` raises.

    Where one of them has no texts, mentions are told apart by their places alone.
    """
    with Project.open(first, read_only=True) as one:
        ours, our_info = one.coded_items(), one.info
    with Project.open(second, read_only=True) as other:
        theirs, their_info = other.coded_items(), other.info
    if our_info.texts_missing or their_info.texts_missing:
        ours = [replace(item, text="") for item in ours]
        theirs = [replace(item, text="") for item in theirs]
    return Comparison(
        compare(ours, theirs),
        our_info.source_sha256 == their_info.source_sha256,
        our_info.source_name,
        their_info.source_name,
    )


def own_check(project: Project, progress: Progress = silent) -> OwnCheck:
    """Check the model by the decisions of a project; distinct phrases count once.

    What a rule accepted was decided by nobody and does not count. Raises what reading a project raises.
    """
    info = project.info
    present = info.run.threshold if info.run else DEFAULT_THRESHOLD
    decided = [
        row
        for row in project.phrases()
        if row.kind is PieceKind.REACTION
        and row.state.is_locked
        and not row.state.reviewer.startswith(RULE)
    ]
    phrases, skipped = [], 0
    for done, row in enumerate(decided):
        if done % _STEP == 0:
            progress(done, len(decided))
        answer = project.answer(row.phrase_id)
        gold = frozenset(term.pt_code for term in row.state.terms)
        phrase = reviewed_phrase(answer, gold) if answer is not None else None
        if phrase is None:
            skipped += 1
        else:
            phrases.append(phrase)
    thresholds = sorted({*THRESHOLDS, present})
    return check_own(phrases, skipped=skipped, thresholds=thresholds)


def reviewed_phrase(answer: Mapping[str, Any], gold: frozenset[str]) -> ReviewedPhrase | None:
    """Take the model's probabilities out of a stored answer; None where it was not the model's.

    Estimates of a small model are not the chosen model's probabilities and are left out.
    """
    candidates = answer["candidates"]
    scores = tuple(
        (str(one["candidate_pt_code"]), float(one["prob_1"]))
        for one in candidates
        if one.get("prob_1") is not None and not one.get("is_estimated")
    )
    if answer["source"] not in _MODELS_OWN or not scores:
        return None
    named = frozenset(
        str(one["candidate_pt_code"])
        for one in candidates
        if (one.get("evidence") or {}).get("source") == Source.EXACT.value
    )
    return ReviewedPhrase(scores, gold, named)


def comparison_to_json(found: Comparison) -> Json:
    """A comparison, all fields, with the shares that a person looks at."""
    agreement = found.agreement
    told: Json = plain(found)
    for name, kappa in (("phrases", agreement.phrases), ("mentions", agreement.mentions)):
        told["agreement"][name]["agreement"] = kappa.agreement
    for soc, said in zip(agreement.socs, told["agreement"]["socs"], strict=True):
        said["positive_agreement"] = soc.positive_agreement
    told["agreement"]["kinds"] = {kind.value: n for kind, n in agreement.kinds.items()}
    return told


def own_check_to_json(found: OwnCheck, threshold: float) -> Json:
    """A check, all fields, with what it suggests in the place of ``threshold``."""
    return {
        **plain(found),
        "is_too_few": found.is_too_few,
        "calibration_error": found.calibration_error,
        "threshold": threshold,
        "best_threshold": found.best_threshold(threshold),
    }
