"""The commands that take phrases: ``code`` and ``retrieve``."""

import argparse
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from m2m_desktop.cli.engine import open_engine
from m2m_desktop.cli.terminal import end_progress_line, progress_line
from m2m_desktop.cli.text import print_header, print_results
from m2m_desktop.core.errors import BadRequest
from m2m_desktop.core.messages import N_, message
from m2m_desktop.core.records import Band, CodingResult, Mention
from m2m_desktop.services.language import _
from m2m_desktop.services.locations import default_locations
from m2m_desktop.services.phrases import is_workbook, read_phrases
from m2m_desktop.services.settings import load_settings
from m2m_desktop.services.workbook import BAND_NAMES

if TYPE_CHECKING:
    from m2m_desktop.services.engine import CodingOptions


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


def forget_scores(options: argparse.Namespace) -> None:  # noqa: ARG001 (every command takes them)
    """Delete all kept scores."""
    open_engine().forget_scores()
    print(_("All kept scores were deleted."))


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
        keeps_scores=not options.fresh,
    )
