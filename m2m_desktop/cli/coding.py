"""The commands that take phrases: ``code`` and ``retrieve``."""

import argparse
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from m2m_desktop.cli.engine import open_engine
from m2m_desktop.cli.terminal import progress_line
from m2m_desktop.cli.text import print_results
from m2m_desktop.core.errors import BadRequest
from m2m_desktop.core.messages import N_, message
from m2m_desktop.core.records import Mention
from m2m_desktop.services.language import _
from m2m_desktop.services.locations import default_locations
from m2m_desktop.services.phrases import is_workbook, read_phrases
from m2m_desktop.services.settings import load_settings

if TYPE_CHECKING:
    from m2m_desktop.services.engine import CodingOptions, Engine

AS_BATCH: Mapping[str, object] = {
    "sheet": [], "column": [], "encoding": "", "project": "", "anew": False, "form": "",
    "only_decided": False, "accept_exact": False, "accept_above": None,
}  # fmt: skip
"""What ``code`` leaves out of the options of ``batch``."""


def code(options: argparse.Namespace) -> None:
    """Code phrases, or a workbook into a copy of it."""
    if not options.out:
        check_input(options)
        engine = open_engine()
        mentions = wanted_mentions(options, engine)
        print_results(options, engine.code(mentions, coding_options(options), progress_line))
        return
    from m2m_desktop.cli.batch import batch

    if options.phrases or not (options.source and is_workbook(options.source)):
        raise BadRequest(detail=message(N_("--out needs a workbook (.xlsx) in --in.")))
    batch(argparse.Namespace(**{**AS_BATCH, **vars(options)}))


def retrieve(options: argparse.Namespace) -> None:
    """Give the first stage's candidates."""
    check_input(options)
    engine = open_engine()
    mentions = wanted_mentions(options, engine)
    print_results(options, engine.retrieve(mentions, coding_options(options), progress_line))


def forget_scores(options: argparse.Namespace) -> None:  # noqa: ARG001 (every command takes them)
    """Delete all kept scores."""
    open_engine().forget_scores()
    print(_("All kept scores were deleted."))


def check_input(options: argparse.Namespace) -> None:
    """Raise BadRequest unless there are either phrases or a file of them."""
    if options.phrases and options.source:
        raise BadRequest(detail=message(N_("give either phrases or --in, not both.")))
    if not options.phrases and not options.source:
        raise BadRequest(detail=message(N_("give at least one phrase, or a file with --in.")))


def wanted_mentions(options: argparse.Namespace, engine: "Engine") -> list[Mention]:
    """The phrases of the command line or of ``--in``."""
    if options.source and is_workbook(options.source):
        from m2m_desktop.services.table_mentions import read_table_mentions

        is_known = engine.known_phrases(options.terminology, progress_line)
        path = Path(options.source)
        return read_table_mentions(path, is_known=is_known, progress=progress_line)
    if options.source:
        return read_phrases(options.source)
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
        encoder=options.encoder,
        top_k=options.top_k,
        threshold=threshold,
        mode=options.mode,
        keeps_scores=not options.fresh,
        uses_memory=not options.no_memory,
    )
