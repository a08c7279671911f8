"""The command ``analyse``: coded terms counted by SOC, HLGT, HLT, PT, severity and SMQ."""

import argparse
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from m2m_desktop.cli.engine import open_engine
from m2m_desktop.cli.options import add_json, add_terminology
from m2m_desktop.cli.terminal import end_progress_line, print_json, print_table, step_line
from m2m_desktop.core.errors import BadRequest
from m2m_desktop.core.messages import N_, message
from m2m_desktop.core.records import TermLevel
from m2m_desktop.services.language import _
from m2m_desktop.services.phrases import STDIN

if TYPE_CHECKING:
    from m2m_desktop.cli.workbench_parser import Commands
    from m2m_desktop.core.analysis.records import Analysis, CountRow
    from m2m_desktop.services.analysis.sources import Found, Wish
    from m2m_desktop.services.engine import Engine

UNITS = ("terms", "rows", "reports")
LEVELS = ("soc", "hlgt", "hlt", "pt")
CHART_SUFFIX = ".svg"
SHOWN_ROWS, SHOWN_REMARKS = 30, 20
ONE_SOURCE = N_("give either a file of terms or --project.")


def add_analyse(command: "Commands") -> None:
    """Add ``analyse`` and its options."""
    one = command("analyse", _("count coded terms by SOC, severity and SMQ"), analyse)
    one.add_argument(
        "source",
        metavar="FILE",
        nargs="?",
        default="",
        help=_("codes or names of terms, one a row; a workbook; {stdin} is stdin").format(
            stdin=STDIN
        ),
    )
    one.add_argument(
        "--project", metavar="FILE", default="", help=_("count the terms of this project")
    )
    one.add_argument(
        "--unit", choices=UNITS, default="rows", help=_("what counts as one, in a project")
    )
    one.add_argument(
        "--decided-only", action="store_true", help=_("leave out what nobody has decided about")
    )
    one.add_argument(
        "--all-paths", action="store_true", help=_("count a PT under each of its SOCs")
    )
    one.add_argument("--level", choices=LEVELS, default="soc", help=_("what to show and to draw"))
    one.add_argument("--out", metavar="FILE", default="", help=_("workbook (.xlsx) to write"))
    one.add_argument("--chart", metavar="FILE", default="", help=_("bar chart (.svg) to write"))
    add_terminology(one)
    add_json(one)


def analyse(options: argparse.Namespace) -> None:
    """Count the terms of a list or of a project; print the figures, and write what was asked for."""
    from m2m_desktop.services.analysis.wire import found_to_json

    if bool(options.source) == bool(options.project):
        raise BadRequest(detail=message(ONE_SOURCE))
    _check_targets(options)
    found = _found(options, open_engine())
    written = [*_write_workbook(options, found), *_write_chart(options, found)]
    end_progress_line()
    if options.json:
        print_json(found_to_json(found))
        return
    _print_found(found, TermLevel[options.level.upper()])
    for path in written:
        print(_("Written: {path}").format(path=path))


def _check_targets(options: argparse.Namespace) -> None:
    """Refuse names that the work could not be written to, before it is done."""
    from m2m_desktop.cli.batch import refuse_same_file
    from m2m_desktop.services.analysis.errors import WrongSuffix
    from m2m_desktop.services.analysis.workbook import SUFFIX

    sources = [name for name in (options.source, options.project) if name and name != STDIN]
    for name, suffix in ((options.out, SUFFIX), (options.chart, CHART_SUFFIX)):
        if name and Path(name).suffix.lower() != suffix:
            raise WrongSuffix(path=name, suffix=suffix)
        for source in sources if name else ():
            refuse_same_file(Path(source), Path(name))


def _found(options: argparse.Namespace, engine: "Engine") -> "Found":
    from m2m_desktop.services.analysis.sources import analyse_file, analyse_project
    from m2m_desktop.services.tables.table_reader import TableReader

    how = {"terminology": options.terminology, "wish": _wish(options), "progress": step_line}
    if options.project:
        return analyse_project(engine, Path(options.project), **how)
    with TableReader() as reader:  # it starts nothing until a workbook is read
        return analyse_file(engine, options.source, reader, **how)


def _wish(options: argparse.Namespace) -> "Wish":
    from m2m_desktop.core.analysis.records import Unit
    from m2m_desktop.services.analysis.sources import Wish

    return Wish(Unit(options.unit), options.all_paths, options.decided_only)


def _write_workbook(options: argparse.Namespace, found: "Found") -> list[Path]:
    from m2m_desktop.services.analysis.workbook import write_analysis

    if not options.out:
        return []
    now = datetime.now(UTC).isoformat(timespec="seconds")
    return [write_analysis(Path(options.out), found, made_at=now, progress=step_line).path]


def _write_chart(options: argparse.Namespace, found: "Found") -> list[Path]:
    from m2m_desktop.services.analysis.chart import level_chart
    from m2m_desktop.services.export.draft_files import write_whole

    if not options.chart:
        return []
    level = TermLevel[options.level.upper()]
    drawn = level_chart(found.analysis, level, is_demo=found.release.is_demo)
    return [
        write_whole(Path(options.chart), lambda draft: _write_text(draft, drawn)),
    ]


def _write_text(path: Path, text: str) -> None:
    path.write_bytes(text.encode("utf-8"))


# -- printing ------------------------------------------------------------------------------------


def _print_found(found: "Found", level: TermLevel) -> None:
    from m2m_desktop.services.analysis.words import paths_name, unit_name
    from m2m_desktop.services.export.words import DEMO_BANNER

    analysis = found.analysis
    if found.release.is_demo:
        print(DEMO_BANNER)
    print(
        _("Given: {given}, counted: {used}, not counted: {refused}; distinct PTs: {terms}").format(
            given=analysis.given,
            used=analysis.used,
            refused=analysis.refused,
            terms=analysis.terms,
        )
    )
    print(f"{found.release.name}; {unit_name(analysis)}; {paths_name(analysis)}")
    for note in analysis.notes:
        print(f"! {note.text(_)}")
    _print_level(analysis, level)
    _print_smqs(analysis)
    _print_remarks(analysis)


def _print_level(analysis: "Analysis", level: TermLevel) -> None:
    from m2m_desktop.services.analysis.words import severity_name

    rows = analysis.levels[level]
    if not rows:
        return
    names = [severity_name(one) for one in analysis.severities]
    print()
    print_table(
        [
            (level.name, _("Code"), _("Total"), *names),
            *(_level_cells(row, analysis) for row in rows[:SHOWN_ROWS]),
        ]
    )
    _print_more(len(rows) - SHOWN_ROWS)


def _level_cells(row: "CountRow", analysis: "Analysis") -> tuple[str, ...]:
    name = row.term.name if row.term.code else _(row.term.name)
    counts = (str(row.counts[one]) for one in analysis.severities)
    return (name, row.term.code, str(row.total), *counts)


def _print_smqs(analysis: "Analysis") -> None:
    from m2m_desktop.services.analysis.words import judged_sentence, met_text

    if not analysis.smqs:
        return
    head = ("SMQ", _("Code"), _("narrow"), _("broad"), _("Algorithm"), "")
    rows = [
        (
            one.name,
            one.code,
            str(one.narrow_count),
            str(one.broad_count),
            one.algorithm,
            met_text(one, analysis),
        )
        for one in analysis.smqs[:SHOWN_ROWS]
    ]
    print()
    print_table([head, *rows])
    _print_more(len(analysis.smqs) - SHOWN_ROWS)
    if any(one.algorithm for one in analysis.smqs):
        print(judged_sentence(analysis))


def _print_remarks(analysis: "Analysis") -> None:
    if analysis.remarks:
        print()
    for remark in analysis.remarks[:SHOWN_REMARKS]:
        said = f"! {_('Row')} {remark.row}: {remark.text}  {remark.sentence.text(_)}"
        if remark.suggestion:
            said += " " + _("Perhaps: {name}").format(name=remark.suggestion)
        print(said)
    _print_more(len(analysis.remarks) - SHOWN_REMARKS)


def _print_more(count: int) -> None:
    if count > 0:
        print(_("… and {count} more; --json gives all").format(count=count))
