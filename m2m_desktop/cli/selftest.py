"""The command ``selftest``: whether this installation works, to see, to file, for programs."""

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from m2m_desktop.cli.engine import open_engine
from m2m_desktop.cli.terminal import end_progress_line, print_json, step_line
from m2m_desktop.core.errors import BadRequest
from m2m_desktop.core.messages import N_, message
from m2m_desktop.services.language import _
from m2m_desktop.services.locations import default_locations
from m2m_desktop.services.phrases import STDIN

if TYPE_CHECKING:
    from m2m_desktop.cli.workbench_parser import Commands
    from m2m_desktop.services.selftest.records import Json

EXIT_FAILED = 1
_SUFFIX = N_("the report is an HTML file: give a name that ends in .html.")


def add_selftest(command: "Commands") -> None:
    """Add ``selftest``."""
    one = command("selftest", _("check this installation, and report on it"), selftest)
    one.add_argument(
        "--json",
        metavar="OUT",
        default="",
        help=_("JSON file to write; {stdout} prints it instead of the lines").format(stdout=STDIN),
    )
    one.add_argument(
        "--report", metavar="OUT", default="", help=_("report to write (.html), to print and file")
    )


def selftest(options: argparse.Namespace) -> None:
    """Check everything, one line a finding; ends with status 1 where something failed."""
    from m2m_desktop.services.selftest import report as reports
    from m2m_desktop.services.selftest.records import Outcome

    if options.report and Path(options.report).suffix.lower() not in reports.SUFFIXES:
        raise BadRequest(detail=message(_SUFFIX))
    is_printed = options.json != STDIN
    facts: Json = {}
    checks: list[Json] = []
    for part in reports.told_parts(open_engine(), default_locations(), step_line):
        end_progress_line()
        if "facts" in part:
            facts = part["facts"]
            continue
        checks.append(part["check"])
        if is_printed:
            print_check(part["check"])
    report = reports.report_of(facts, checks)
    outcome = Outcome(report["outcome"])
    if is_printed:
        print(f"\n{reports.MARKS[outcome]} {_(reports.VERDICTS[outcome])}")
    else:
        print_json(report)
    written = []
    if options.json and is_printed:
        written.append(reports.write_json(Path(options.json), report))
    if options.report:
        written.append(reports.write_html(Path(options.report), report))
    for path in written if is_printed else ():
        print(_("Written: {path}").format(path=path))
    if outcome is Outcome.FAILED:
        raise SystemExit(EXIT_FAILED)


def print_check(told: "Json") -> None:
    """Print what a check found."""
    from m2m_desktop.services.language import current_language
    from m2m_desktop.services.selftest.records import Outcome, spoken
    from m2m_desktop.services.selftest.report import MARKS

    language = current_language()
    print(f"{MARKS[Outcome(told['outcome'])]} {spoken(told['title'], language)}", flush=True)
    for one in told["findings"]:
        print(f"    {spoken(one['detail'], language)}")
        if one["advice"] is not None:
            print(f"    → {spoken(one['advice'], language)}")
