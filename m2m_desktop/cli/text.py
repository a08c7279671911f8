"""Answers, terms, reports and models as text for people."""

import argparse
import json
import sys
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from m2m_desktop.cli.terminal import align, end_progress_line, print_json
from m2m_desktop.core.records import Candidate, CodingResult, HierarchyPath
from m2m_desktop.services import wire
from m2m_desktop.services.export.words import (
    BAND_NAMES,
    DEMO_BANNER,
    SOURCE_NAMES,
    probability_text,
)
from m2m_desktop.services.language import _

if TYPE_CHECKING:
    from m2m_desktop.core.terminology import ReleaseInfo
    from m2m_desktop.services.import_report import ImportReport
    from m2m_desktop.services.model_store import ModelInfo

SELECTED_MARK = "✓"


def print_results(options: argparse.Namespace, results: Iterable[CodingResult]) -> None:
    """Print answers as they come: one JSON object a line, or text."""
    printed: list[CodingResult] = []
    for result in results:
        end_progress_line()
        if options.jsonl:
            print(json.dumps(wire.result_to_json(result), ensure_ascii=False), flush=True)
            continue
        if not printed:
            print_header([result])
            printed.append(result)
        print_result(result, options.show)


def print_header(results: Sequence[CodingResult]) -> None:
    """Say once what stands above all answers: the demo banner and the warnings."""
    for result in results[:1]:
        if result.run.is_demo_terminology:
            print(DEMO_BANNER)
        for warning in result.warnings:
            print(f"! {_(warning)}", file=sys.stderr)


def print_result(result: CodingResult, shown_count: int) -> None:
    """Print one answer: the phrase, its band and source, and the first candidates.

    Selected candidates are always among them.
    """
    said = f"{_(BAND_NAMES[result.band])} · {_(SOURCE_NAMES[result.source])}"
    print(f"\n{result.mention.text}    [{said}]")
    selected = set(result.selected)
    shown = [
        candidate
        for place, candidate in enumerate(result.candidates)
        if place < shown_count or candidate.pt.code in selected
    ]
    if not shown:
        print(f"  {_('No candidates.')}")
    lines = align([candidate_cells(candidate, selected) for candidate in shown])
    for candidate, line in zip(shown, lines, strict=True):
        print(f"  {line}")
        for path in candidate.pt.paths:
            print(f"          {path_text(path)}")


def candidate_cells(candidate: Candidate, selected: set[str]) -> tuple[str, ...]:
    """The cells of a candidate's line."""
    evidence = candidate.evidence
    found_by = _(SOURCE_NAMES[evidence.source])
    return (
        SELECTED_MARK if candidate.pt.code in selected else " ",
        f"{candidate.rank:>2}",
        probability_text(candidate.probability),
        candidate.pt.code,
        candidate.pt.name,
        f"← {evidence.llt_name} ({found_by})" if evidence.llt_name else f"({found_by})",
    )


def path_text(path: HierarchyPath) -> str:
    """One route, SOC first; a secondary one says so."""
    names = " > ".join((path.soc.name, path.hlgt.name, path.hlt.name))
    return names if path.is_primary else f"{names}  {_('(secondary path)')}"


def print_reports(
    options: argparse.Namespace, found: "Sequence[tuple[ReleaseInfo, ImportReport]]"
) -> None:
    """Print what a check or an import found."""
    end_progress_line()
    if options.json:
        print_json(
            [
                {"info": wire.info_to_json(info), "report": wire.report_to_json(report, _)}
                for info, report in found
            ]
        )
        return
    for info, report in found:
        if info.is_demo:
            print(DEMO_BANNER)
        print(f"{info.terminology_id}  {info.name}")
        print(f"  {_('Release')}: {info.version} {info.language} {info.language2}".rstrip())
        print("  " + ", ".join(f"{name} {count}" for name, count in report.counts.items()))
        for files, encoding in report.encodings:
            print(f"  {files}: {encoding}")
        for anomaly in report.anomalies:
            places = f" ({', '.join(anomaly.places)})" if anomaly.places else ""
            print(f"  ! {anomaly.count} × {anomaly.text.text(_)}{places}")
        if not report.anomalies:
            print(f"  {_('Nothing odd was found.')}")


def print_term(record: Mapping[str, Any]) -> None:
    """Print a term with its surroundings."""
    term = record["term"]
    mark = "" if term.get("is_current", True) else f"  ({_('not current')})"
    second_name = f"  {term['name2']}" if term["name2"] else ""
    print(f"{term['level'].upper()} {term['code']}  {term['name']}{second_name}{mark}")
    for path in record["paths"]:
        secondary = "" if path["primary"] else f"  {_('(secondary path)')}"
        names = (f"{path[f'{level}_name']}" for level in ("soc", "hlgt", "hlt"))
        print(f"  {' > '.join(names)}{secondary}")
    for llt in record["llts"]:
        print(f"  LLT {llt['code']}  {llt['name']}{'' if llt['is_current'] else ' *'}")
    for smq in record["smqs"]:
        print(
            f"  SMQ {smq['code']}  {smq['name']} ({_('narrow') if smq['narrow'] else _('broad')})"
        )


def print_model(model: "ModelInfo") -> None:
    """Print what a model bundle says of itself, and why it cannot be used if it cannot."""
    shipped = f"  ({_('ships with the program')})" if model.is_shipped else ""
    print(f"{model.model_id}  {model.name}{shipped}")
    if model.problem is not None:
        print(f"  ! {model.problem.text(_)}")
        return
    size = f" {model.layers}×{model.hidden}" if model.layers and model.hidden else ""
    parts = (
        f"{model.kind} {model.architecture}{size} {model.precision}",
        model.origin,
        model.licence,
        f"SHA-256 {model.hash[:16]}…",
    )
    print("  " + ", ".join(filter(None, parts)))
