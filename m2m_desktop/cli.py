"""The command line ``m2m``: parse, call the engine, print.

Human text by default; ``--json`` / ``--jsonl`` for programs. Errors go to stderr as
``M2M-201: …`` and end with status 1 (2 for a command line that makes no sense, 130 after Ctrl+C).
"""

# ruff: noqa: E402 - nothing is imported before the libraries are silenced
from m2m_desktop.services.quiet import silence_libraries

silence_libraries()

import argparse
import contextlib
import io
import json
import logging
import os
import sys
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

from m2m_desktop import __version__
from m2m_desktop.core.errors import BadRequest, Cancelled, CodingToolError
from m2m_desktop.core.messages import N_, Message, message
from m2m_desktop.core.records import (
    DEFAULT_TOP_K,
    Band,
    Candidate,
    CodingResult,
    HierarchyPath,
    Mention,
    Source,
    TermLevel,
)
from m2m_desktop.services import wire
from m2m_desktop.services.language import _, explain, use_language
from m2m_desktop.services.locations import default_locations
from m2m_desktop.services.logs import start_logging
from m2m_desktop.services.phrases import STDIN, is_workbook, read_phrases
from m2m_desktop.services.settings import load_settings
from m2m_desktop.services.workbook import (
    BAND_NAMES,
    DEMO_BANNER,
    NOTHING,
    probability_text,
)

if TYPE_CHECKING:
    from m2m_desktop.core.terminology import ReleaseInfo
    from m2m_desktop.services.engine import CodingOptions, Engine
    from m2m_desktop.services.import_report import ImportReport
    from m2m_desktop.services.model_store import ModelInfo

logger = logging.getLogger(__name__)

EXIT_ERROR, EXIT_USAGE, EXIT_CANCELLED = 1, 2, 130

SELECTED_MARK = "✓"
MODES = ("default", "reference", "lexical")
SEARCH_KINDS = ("exact", "contains", "begins", "fuzzy", "code")
LEVELS = tuple(level.name.lower() for level in TermLevel)
LANGUAGES = {"zh": "zh_CN", "en": "en"}

SOURCE_NAMES: Mapping[Source, str] = {
    Source.EXACT: N_("exact"),
    Source.MEMORY: N_("memory"),
    Source.BM25: N_("similar wording"),
    Source.MODEL: N_("model"),
    Source.LEXICAL: N_("lexical search"),
    Source.NONE: N_("none"),
}


# -- the commands --------------------------------------------------------------------------------


def code(options: argparse.Namespace) -> None:
    """Code phrases or a workbook."""
    mentions = wanted_mentions(options)
    if options.out and not (options.source and is_workbook(options.source)):
        raise BadRequest(detail=message(N_("--out needs a workbook (.xlsx) in --in.")))
    results = open_engine().code(mentions, coding_options(options), progress_line)
    if options.out:
        code_workbook(options, results)
    else:
        print_results(options, results)


def code_workbook(options: argparse.Namespace, results: Iterator[CodingResult]) -> None:
    """Code all phrases of a workbook and write the copy with the answers."""
    from m2m_desktop.services.workbook import write_coded

    coded = list(results)
    end_progress_line()
    write_coded(Path(options.source), Path(options.out), coded)
    print_header(coded)
    counts = {band: sum(result.band is band for result in coded) for band in Band}
    print(
        _("{count} phrases coded: {bands}.").format(
            count=len(coded),
            bands=", ".join(f"{_(BAND_NAMES[band])} {count}" for band, count in counts.items()),
        )
    )
    print(_("Written to {path}").format(path=Path(options.out).absolute()))


def retrieve(options: argparse.Namespace) -> None:
    """Give the first stage's candidates."""
    mentions = wanted_mentions(options)
    results = open_engine().retrieve(mentions, coding_options(options), progress_line)
    print_results(options, results)


def terminology_check(options: argparse.Namespace) -> None:
    """Read and check a release; keep nothing."""
    found = open_engine().check_terminology(
        Path(options.path),
        password=wanted_password(options),
        encoding=options.encoding,
        progress=progress_line,
    )
    print_reports(options, found)


def terminology_import(options: argparse.Namespace) -> None:
    """Read a release and keep it."""
    found = open_engine().import_terminology(
        Path(options.path),
        password=wanted_password(options),
        encoding=options.encoding,
        progress=progress_line,
    )
    print_reports(options, found)


def terminology_list(options: argparse.Namespace) -> None:
    """List the demo dictionary and what was imported."""
    infos = open_engine().terminologies()
    if options.json:
        print_json([wire.info_to_json(info) for info in infos])
        return
    print_table(
        [
            (
                info.terminology_id,
                info.name,
                _("demo dictionary, not MedDRA") if info.is_demo else "",
            )
            for info in infos
        ]
    )


def terminology_remove(options: argparse.Namespace) -> None:
    """Delete an imported release with everything made from it."""
    open_engine().remove_terminology(options.id)
    print(_("Removed {name}").format(name=options.id))


def terminology_show(options: argparse.Namespace) -> None:
    """Show the terms that bear a code, with paths, LLTs and SMQs."""
    terminology = open_engine().terminology(options.terminology)
    levels = [level for level in TermLevel if terminology.term(level, options.code) is not None]
    if not levels:
        detail = message(
            N_("there is no term with the code {code} in {name}."),
            code=options.code,
            name=terminology.info.name,
        )
        raise BadRequest(detail=detail)
    # A PT and its own LLT share one code: the PT says it all.
    shown = [level for level in levels if level is not TermLevel.LLT or TermLevel.PT not in levels]
    records = [wire.describe_term(terminology, level, options.code) for level in shown]
    if options.json:
        print_json(records)
        return
    if terminology.info.is_demo:
        print(DEMO_BANNER)
    for record in records:
        print_term(record)


def search(options: argparse.Namespace) -> None:
    """Look terms up by name, a part of it, or code."""
    from m2m_desktop.core.search import SearchKind

    engine = open_engine()
    hits = engine.search(
        options.text,
        terminology=options.terminology,
        level=TermLevel[options.level.upper()] if options.level else None,
        kind=SearchKind(options.kind),
        limit=options.limit,
    )
    if options.json:
        print_json([wire.hit_to_json(hit) for hit in hits])
        return
    if engine.terminology(options.terminology).info.is_demo:
        print(DEMO_BANNER)
    if not hits:
        print(_("Nothing was found."))
    print_table(
        [
            (
                hit.term.level.name,
                hit.term.code,
                hit.term.name if hit.is_current else f"{hit.term.name} *",
                hit.term.name2,
                f"PT {hit.pt_code}" if hit.pt_code else "",
            )
            for hit in hits
        ]
    )
    if not all(hit.is_current for hit in hits):
        print(_("* not current: not for new coding"))


def model_list(options: argparse.Namespace) -> None:
    """List the models that ship and those that were installed."""
    models = open_engine().models()
    if options.json:
        print_json([wire.model_to_json(model) for model in models])
        return
    if not models:
        print(_("There is no model: coding uses lexical search only."))
    for model in models:
        print_model(model)


def model_verify(options: argparse.Namespace) -> None:
    """Check a model bundle completely."""
    model = open_engine().verify_model(options.path)
    if options.json:
        print_json(wire.model_to_json(model))
        return
    print(_("The model is whole and answers as its makers recorded."))
    print_model(model)


def model_install(options: argparse.Namespace) -> None:
    """Check a model bundle and copy it in."""
    model = open_engine().install_model(Path(options.path))
    if options.json:
        print_json(wire.model_to_json(model))
        return
    print(_("Installed {name}").format(name=model.model_id))


def model_remove(options: argparse.Namespace) -> None:
    """Delete an installed model."""
    open_engine().remove_model(options.id)
    print(_("Removed {name}").format(name=options.id))


def doctor(options: argparse.Namespace) -> None:
    """Describe this installation for support."""
    report = wire.plain(open_engine().doctor())
    if options.json:
        print_json(report)
        return
    print_tree(report)


# -- what the commands share ---------------------------------------------------------------------


def open_engine() -> "Engine":
    """The engine over the user's folders."""
    from m2m_desktop.services.engine import Engine

    return Engine(default_locations())


def wanted_mentions(options: argparse.Namespace) -> list[Mention]:
    """The phrases of the command line or of ``--in``."""
    if options.phrases and options.source:
        raise BadRequest(detail=message(N_("give either phrases or --in, not both.")))
    if options.source:
        return read_phrases(options.source)
    if not options.phrases:
        raise BadRequest(detail=message(N_("give at least one phrase, or a file with --in.")))
    return [Mention(str(number), text) for number, text in enumerate(options.phrases, 1)]


def coding_options(options: argparse.Namespace) -> "CodingOptions":
    """How to code: the command line, else the settings."""
    from m2m_desktop.services.engine import CodingOptions

    threshold = options.threshold
    if threshold is None:
        threshold = load_settings(default_locations()).threshold
    return CodingOptions(
        terminology=options.terminology,
        model=options.model,
        top_k=options.top_k,
        threshold=threshold,
        mode=options.mode,
    )


def wanted_password(options: argparse.Namespace) -> str | None:
    """The first line of stdin where the password is to come from there: never an argument."""
    return sys.stdin.readline().rstrip("\r\n") if options.password_stdin else None


def progress_line(done: int, total: int, note: str = "") -> None:
    """Show how far the work is, on a terminal only."""
    if sys.stderr.isatty() and total:
        text = f"{done}/{total} {note}"
        print(f"\r{text[:70]:<70}", end="", file=sys.stderr, flush=True)


def end_progress_line() -> None:
    """Clear the line of `progress_line`."""
    if sys.stderr.isatty():
        print(f"\r{'':<70}\r", end="", file=sys.stderr, flush=True)


# -- printing ------------------------------------------------------------------------------------


def print_json(value: object) -> None:
    """Print one JSON document."""
    print(json.dumps(value, ensure_ascii=False, indent=2))


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
    print(f"  {model.architecture}, {model.origin}, {model.licence}, SHA-256 {model.hash[:16]}…")


def print_tree(value: object, indent: str = "") -> None:
    """Print nested values, one a line."""
    if isinstance(value, Mapping):
        for name, item in value.items():
            if isinstance(item, Mapping | list) and item:
                print(f"{indent}{name}:")
                print_tree(item, indent + "  ")
            else:
                print(f"{indent}{name}: {NOTHING if item in ({}, [], '', None) else item}")
    elif isinstance(value, list):
        for item in value:
            print_tree(item, indent)
    else:
        print(f"{indent}{value}")


def print_table(rows: Sequence[Sequence[str]]) -> None:
    """Print rows of cells in aligned columns."""
    for line in align(rows):
        print(line)


def align(rows: Sequence[Sequence[str]]) -> list[str]:
    """Pad cells to columns; a Chinese character takes two places on a terminal."""
    widths = [max(map(display_width, column)) for column in zip(*rows, strict=True)]
    lines = []
    for row in rows:
        padded = (
            cell + " " * (width - display_width(cell))
            for cell, width in zip(row, widths, strict=True)
        )
        lines.append("  ".join(padded).rstrip())
    return lines


def display_width(text: str) -> int:
    """How many places a text takes on a terminal."""
    return sum(
        0 if unicodedata.combining(c) else 2 if unicodedata.east_asian_width(c) in "WF" else 1
        for c in text
    )


# -- the parser ----------------------------------------------------------------------------------


class _Parser(argparse.ArgumentParser):
    """Reports a wrong command line like any other error, with the usage."""

    def error(self, message: str) -> NoReturn:
        self.print_usage(sys.stderr)
        print_error(BadRequest(detail=message))
        raise SystemExit(EXIT_USAGE)


def build_parser() -> argparse.ArgumentParser:
    """Make the parser; its help is in the current language."""
    common = argparse.ArgumentParser(add_help=False)
    common.add_argument(
        "--lang",
        choices=sorted(LANGUAGES),
        default=argparse.SUPPRESS,
        help=_("language of the output"),
    )
    parser = _Parser(
        prog="m2m",
        parents=[common],
        description=_("Codes adverse-reaction phrases to MedDRA Preferred Terms, offline."),
    )
    parser.add_argument("--version", action="version", version=f"m2m {__version__}")
    commands = parser.add_subparsers(metavar=_("COMMAND"), required=True, parser_class=_Parser)
    command = _Commands(commands, common)

    one = command("code", _("code phrases: ranked PTs with probabilities and paths"), code)
    add_input(one)
    one.add_argument(
        "--out", metavar="FILE", default="", help=_("workbook to write (with a workbook in --in)")
    )
    add_coding(one)
    one = command("retrieve", _("first stage only: candidates without a model"), retrieve)
    add_input(one)
    add_coding(one)

    group = command.group("terminology", _("check, import, list, remove releases; show a term"))
    for name, sentence, function in (
        ("check", _("read and check a release; keep nothing"), terminology_check),
        ("import", _("read a release and keep it"), terminology_import),
    ):
        one = group(name, sentence, function)
        one.add_argument("path", metavar="PATH", help=_("folder, zip or reference CSV"))
        one.add_argument(
            "--password-stdin",
            action="store_true",
            help=_("read the password of the zip from stdin"),
        )
        one.add_argument("--encoding", help=_("encoding of the files; normally found by itself"))
        add_json(one)
    add_json(group("list", _("list the terminologies"), terminology_list))
    one = group(
        "remove", _("delete a terminology and all that was made from it"), terminology_remove
    )
    one.add_argument("id", metavar="ID")
    one = group("show", _("show the term with a code"), terminology_show)
    one.add_argument("code", metavar="CODE")
    add_terminology(one)
    add_json(one)

    one = command("search", _("look terms up by name or code"), search)
    one.add_argument("text", metavar="TEXT")
    one.add_argument("--level", choices=LEVELS, help=_("only terms of this level"))
    one.add_argument(
        "--kind", choices=SEARCH_KINDS, default="contains", help=_("how the text matches")
    )
    one.add_argument("--limit", type=whole_number, default=200, help=_("at most so many terms"))
    add_terminology(one)
    add_json(one)

    group = command.group("model", _("list, verify, install, remove models"))
    add_json(group("list", _("list the models"), model_list))
    one = group("verify", _("check a model completely"), model_verify)
    one.add_argument("path", metavar="PATH", help=_("bundle folder or zip, or an id"))
    add_json(one)
    one = group("install", _("check a model and copy it in"), model_install)
    one.add_argument("path", metavar="PATH", help=_("bundle folder or zip"))
    add_json(one)
    one = group("remove", _("delete an installed model"), model_remove)
    one.add_argument("id", metavar="ID")

    add_json(command("doctor", _("versions, folders and hashes, for support"), doctor))
    return parser


class _Commands:
    """Adds commands that each know the function which carries them out."""

    def __init__(self, commands: Any, common: argparse.ArgumentParser) -> None:
        self._commands = commands
        self._common = common

    def __call__(
        self, name: str, sentence: str, function: Callable[[argparse.Namespace], None]
    ) -> argparse.ArgumentParser:
        parser: argparse.ArgumentParser = self._commands.add_parser(
            name, help=sentence, description=sentence, parents=[self._common]
        )
        parser.set_defaults(function=function)
        return parser

    def group(self, name: str, sentence: str) -> "_Commands":
        parser = self._commands.add_parser(
            name, help=sentence, description=sentence, parents=[self._common]
        )
        commands = parser.add_subparsers(metavar=_("COMMAND"), required=True, parser_class=_Parser)
        return _Commands(commands, self._common)


def add_input(parser: argparse.ArgumentParser) -> None:
    """Phrases, or a file of them."""
    parser.add_argument("phrases", metavar="PHRASE", nargs="*", help=_("a reported phrase"))
    parser.add_argument(
        "--in",
        dest="source",
        metavar="FILE",
        default="",
        help=_("file of phrases, one a line or TSV; a workbook; {stdin} is stdin").format(
            stdin=STDIN
        ),
    )


def add_coding(parser: argparse.ArgumentParser) -> None:
    """How to code, and what to print."""
    add_terminology(parser)
    parser.add_argument("--model", default="", help=_("id or path of a model"))
    parser.add_argument(
        "--top-k", type=whole_number, default=DEFAULT_TOP_K, help=_("candidates per phrase")
    )
    parser.add_argument(
        "--threshold", type=float, help=_("probability from which a term is selected")
    )
    parser.add_argument("--mode", choices=MODES, default="default", help=_("way of coding"))
    parser.add_argument("--jsonl", action="store_true", help=_("one JSON object per phrase"))
    parser.add_argument(
        "--show", type=whole_number, default=5, metavar="N", help=_("candidates shown per phrase")
    )


def add_terminology(parser: argparse.ArgumentParser) -> None:
    """Which terminology to use."""
    parser.add_argument("--terminology", default="", help=_("id or path of a terminology"))


def add_json(parser: argparse.ArgumentParser) -> None:
    """JSON instead of text."""
    parser.add_argument("--json", action="store_true", help=_("JSON instead of text"))


def whole_number(text: str) -> int:
    """A whole number from 1 up."""
    with contextlib.suppress(ValueError):
        if int(text) >= 1:
            return int(text)
    raise argparse.ArgumentTypeError(_("a whole number from 1 up is needed"))


ARGPARSE_MESSAGES = (
    N_("usage: "),
    N_("positional arguments"),
    N_("options"),
    N_("show this help message and exit"),
    N_("show program's version number and exit"),
    N_("the following arguments are required: %s"),
    N_("unrecognized arguments: %s"),
    N_("argument %(argument_name)s: %(message)s"),
    N_("invalid choice: %(value)r (choose from %(choices)s)"),
    N_("invalid %(type)s value: %(value)r"),
    N_("expected one argument"),
    N_("ambiguous option: %(option)s could match %(matches)s"),
)
"""What argparse says by itself, word for word, so that our catalogue has it."""


def translate_argparse() -> None:
    """Let argparse speak the current language: it looks its sentences up through its own ``_``."""
    vars(argparse)["_"] = _


# -- start and end -------------------------------------------------------------------------------


def print_error(error: CodingToolError) -> None:
    """Print an error with its code, and all defects of a broken release."""
    end_progress_line()
    print(f"{error.code}: {explain(error)}", file=sys.stderr)
    defects: Sequence[Message] = getattr(error, "defects", ())
    for defect in defects[1:]:
        print(f"  {defect.text(_)}", file=sys.stderr)


def asked_language(arguments: Sequence[str]) -> str | None:
    """The language of ``--lang``, needed before the parser (whose help is translated) exists."""
    for place, argument in enumerate(arguments):
        if argument == "--":
            break
        name, _equals, value = argument.partition("=")
        if name == "--lang":
            chosen = value or (arguments[place + 1] if place + 1 < len(arguments) else "")
            return LANGUAGES.get(chosen)
    return None


def use_utf8() -> None:
    """Make the standard streams UTF-8, whatever the console or the pipe says."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(encoding="utf-8", errors="backslashreplace")
    if isinstance(sys.stdin, io.TextIOWrapper):
        sys.stdin.reconfigure(encoding="utf-8", errors="surrogateescape")


def main(arguments: Sequence[str] | None = None) -> int:
    """Carry out one command line and give the exit status."""
    arguments = sys.argv[1:] if arguments is None else arguments
    use_utf8()
    log_file = start_logging(default_locations(), "cli")
    use_language(asked_language(arguments))
    translate_argparse()
    try:
        options = build_parser().parse_args(arguments)
        options.function(options)
        sys.stdout.flush()
    except CodingToolError as error:
        print_error(error)
        return EXIT_CANCELLED if isinstance(error, Cancelled) else EXIT_ERROR
    except KeyboardInterrupt:
        print_error(Cancelled())
        return EXIT_CANCELLED
    except BrokenPipeError:
        # The reader (`head`) has seen enough; nothing may be written at exit either.
        with contextlib.suppress(OSError):
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return EXIT_ERROR
    except Exception as error:
        logger.exception("unexpected error")
        print_error(CodingToolError(detail=type(error).__name__))
        print(_("Details are in {path}").format(path=log_file), file=sys.stderr)
        return EXIT_ERROR
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
