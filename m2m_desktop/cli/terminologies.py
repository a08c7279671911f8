"""The commands about terminologies: ``terminology …`` and ``search``."""

import argparse
import sys
from pathlib import Path

from m2m_desktop.cli.engine import open_engine
from m2m_desktop.cli.terminal import print_json, print_table, progress_line
from m2m_desktop.cli.text import print_reports, print_term
from m2m_desktop.core.errors import BadRequest
from m2m_desktop.core.messages import N_, message
from m2m_desktop.core.records import TermLevel
from m2m_desktop.services import wire
from m2m_desktop.services.export.words import DEMO_BANNER
from m2m_desktop.services.language import _


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
    from m2m_desktop.core.term_search.records import Match

    engine = open_engine()
    hits = engine.search(
        options.text,
        terminology=options.terminology,
        level=TermLevel[options.level.upper()] if options.level else None,
        kind=Match(options.kind),
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


def wanted_password(options: argparse.Namespace) -> str | None:
    """The first line of stdin where the password is to come from there: never an argument."""
    return sys.stdin.readline().rstrip("\r\n") if options.password_stdin else None
