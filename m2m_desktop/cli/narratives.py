"""The command ``narrative``: mentions in running text, and what a table's name column leaves out."""

import argparse
import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from m2m_desktop.cli.coding import coding_options
from m2m_desktop.cli.engine import open_engine
from m2m_desktop.cli.options import add_way_of_coding, whole_number
from m2m_desktop.cli.terminal import end_progress_line, progress_line, step_line
from m2m_desktop.cli.text import SELECTED_MARK
from m2m_desktop.core.messages import N_
from m2m_desktop.core.records import Mention
from m2m_desktop.services.export.words import probability_text
from m2m_desktop.services.language import _
from m2m_desktop.services.locations import default_locations
from m2m_desktop.services.phrases import STDIN, decode_text, read_bytes
from m2m_desktop.services.wire import result_to_json

if TYPE_CHECKING:
    from m2m_desktop.cli.workbench_parser import Commands
    from m2m_desktop.core.narratives.records import FoundMention
    from m2m_desktop.core.records import CodingResult
    from m2m_desktop.services.engine import Engine
    from m2m_desktop.services.narratives.reader import NarrativeReader, ReadNarrative
    from m2m_desktop.services.narratives.table_check import Unmentioned

STATUS_NAMES = {
    "present": N_("present"),
    "negated": N_("negated"),
    "historical": N_("earlier"),
    "uncertain": N_("uncertain"),
}


def add_narrative(command: "Commands") -> None:
    """Add ``narrative`` with its commands."""
    group = command.group(
        "narrative", _("find mentions in running text; compare narratives with name columns")
    )
    one = group("read", _("find the reactions that a narrative mentions"), narrative_read)
    one.add_argument(
        "source",
        metavar="FILE",
        help=_("a text file with one narrative; {stdin} is stdin").format(stdin=STDIN),
    )
    one.add_argument("--code", action="store_true", help=_("code what is present"))
    one.add_argument("--show", type=whole_number, default=3, metavar="N",
                     help=_("candidates shown per mention"))  # fmt: skip
    _add_common(one)

    one = group(
        "check",
        _("list what the narratives of a table tell and its name column leaves out"),
        narrative_check,
    )
    one.add_argument("source", metavar="TABLE", help=_("a workbook or a text file with columns"))
    _add_common(one)

    one = group(
        "tag",
        _("mark all entities of texts, to be evaluated; no terms, nothing judged"),
        narrative_tag,
    )
    one.add_argument(
        "source",
        metavar="TEXTS",
        help=_("brat folder, .txt, or CoNLL file; tags in it are not looked at"),
    )
    one.add_argument(
        "--finder", required=True, metavar="MODEL", help=_("model that finds mentions: id or path")
    )


def _add_common(one: argparse.ArgumentParser) -> None:
    one.add_argument(
        "--finder",
        default="",
        metavar="MODEL",
        help=_("model that finds mentions: id or path, or “none” to look names up"),
    )
    one.add_argument("--jsonl", action="store_true", help=_("one JSON object per mention"))
    add_way_of_coding(one)


def narrative_read(options: argparse.Namespace) -> None:
    """Print the mentions of one narrative in order, with their status and, if wanted, their PTs."""
    data = sys.stdin.buffer.read() if options.source == STDIN else read_bytes(Path(options.source))
    text = decode_text(data, options.source)
    engine = open_engine()
    found = _narratives(engine).read(
        text,
        model=options.finder,
        terminology=options.terminology,
        progress=progress_line,
    )
    end_progress_line()
    _print_warnings(found.warnings)
    answers = _coded(found, engine, options) if options.code else {}
    for mention in found.mentions:
        answer = answers.get(mention.start)
        if options.jsonl:
            _print_json(mention, answer)
        else:
            _print_mention(mention, answer, options.show)
    if not found.mentions and not options.jsonl:
        print(_("No mention was found."))


def narrative_tag(options: argparse.Namespace) -> None:
    """Print what a model finds, in the form that ``evaluate ner`` reads beside the gold standard."""
    from m2m_desktop.services.model_store import ModelStore
    from m2m_desktop.services.narratives.entity_marking import mark_entities

    locations = default_locations()
    store = ModelStore(locations.models, locations.resources / "models")
    for line in mark_entities(store, options.finder, Path(options.source)):
        print(line)


def narrative_check(options: argparse.Namespace) -> None:
    """Print what is told in the narratives of a table and missing in its name column, as TSV."""
    from m2m_desktop.services.narratives.table_check import TableCheck
    from m2m_desktop.services.narratives.wire import unmentioned_to_json
    from m2m_desktop.services.tables.table_reader import TableReader

    engine = open_engine()
    check = TableCheck(
        engine, _narratives(engine), coding_options(options), options.finder, progress_line
    )
    _print_warnings(check.warnings)
    if not options.jsonl:
        _print_row(_headings())
    with TableReader() as reader:
        for found in check.unmentioned(Path(options.source), reader, step_line):
            end_progress_line()
            if options.jsonl:
                print(json.dumps(unmentioned_to_json(found), ensure_ascii=False), flush=True)
            else:
                _print_row(_cells(found))
    end_progress_line()


def _narratives(engine: "Engine") -> "NarrativeReader":
    from m2m_desktop.services.narratives.reader import NarrativeReader

    return NarrativeReader(engine, default_locations())


def _coded(
    found: "ReadNarrative", engine: "Engine", options: argparse.Namespace
) -> "dict[int, CodingResult]":
    """Code what is present; the answers by where their mentions begin."""
    mentions = [
        Mention(str(one.start), one.text) for one in found.mentions if one.status.value == "present"
    ]
    results = engine.code(mentions, coding_options(options), progress_line)
    return {int(result.mention.mention_id): result for result in results}


def _print_warnings(warnings: tuple[str, ...]) -> None:
    for warning in warnings:
        print(f"! {warning}", file=sys.stderr)


def _print_json(mention: "FoundMention", answer: "CodingResult | None") -> None:
    from m2m_desktop.services.narratives.wire import mention_to_json

    record = mention_to_json(mention)
    if answer is not None:
        record = {**result_to_json(answer), **record}
    print(json.dumps(record, ensure_ascii=False), flush=True)


def _print_mention(mention: "FoundMention", answer: "CodingResult | None", shown: int) -> None:
    said = _(STATUS_NAMES[mention.status.value])
    reason = f" ({mention.reason})" if mention.reason else ""
    text = " ".join(mention.text.split())
    print(f"{mention.start:>5}-{mention.end:<5} [{said}{reason}] {text}")
    for line in _candidate_lines(answer, shown) if answer is not None else ():
        print(f"             {line}")


def _candidate_lines(answer: "CodingResult", shown: int) -> Iterator[str]:
    for place, candidate in enumerate(answer.candidates):
        is_selected = candidate.pt.code in answer.selected
        if place < shown or is_selected:
            mark = SELECTED_MARK if is_selected else " "
            chance = probability_text(candidate.probability)
            yield f"{mark} {chance} {candidate.pt.code} {candidate.pt.name}"


def _headings() -> list[str]:
    return [_("Report"), _("Sheet"), _("Row"), _("Characters"), _("Mention"), _("Proposed PTs")]


def _cells(found: "Unmentioned") -> list[str]:
    terms = (
        f"{term.name} [{term.code}]{'' if found.is_selected else ' ?'}" for term in found.terms
    )
    place = f"{found.start}-{found.end}"
    return [found.report_id, found.sheet, str(found.row), place, found.text, "; ".join(terms)]


def _print_row(cells: list[str]) -> None:
    print("\t".join(" ".join(cell.split()) for cell in cells), flush=True)
