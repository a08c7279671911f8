"""The commands and options of the command line."""

import argparse
import sys
from collections.abc import Callable
from typing import Any, NoReturn

from m2m_desktop import __version__
from m2m_desktop.cli.analysis import add_analyse
from m2m_desktop.cli.coding import code, forget_scores, retrieve
from m2m_desktop.cli.dictionary_parser import add_dictionary
from m2m_desktop.cli.embedding import add_embed
from m2m_desktop.cli.evaluation import add_evaluate
from m2m_desktop.cli.models import (
    doctor,
    model_bench,
    model_install,
    model_list,
    model_remove,
    model_verify,
)
from m2m_desktop.cli.narratives import add_narrative
from m2m_desktop.cli.options import (
    add_coding,
    add_input,
    add_json,
    add_terminology,
    whole_number,
)
from m2m_desktop.cli.selftest import add_selftest
from m2m_desktop.cli.terminal import print_error
from m2m_desktop.cli.terminologies import (
    search,
    terminology_check,
    terminology_import,
    terminology_list,
    terminology_remove,
    terminology_show,
)
from m2m_desktop.cli.versions import add_versions
from m2m_desktop.cli.workbench_parser import add_workbench
from m2m_desktop.core.errors import BadRequest
from m2m_desktop.core.records import TermLevel
from m2m_desktop.core.templates import TEMPLATE_NAMES
from m2m_desktop.services.language import _
from m2m_desktop.services.model_kinds import KINDS, PRECISIONS

EXIT_USAGE = 2

SEARCH_KINDS = (
    "any", "exact", "words", "begins", "contains", "ends", "code", "pinyin", "fuzzy",
)  # fmt: skip
LEVELS = tuple(level.name.lower() for level in TermLevel)
LANGUAGES = {"zh": "zh_CN", "en": "en"}


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
    command("forget-scores", _("delete all scores kept from earlier runs"), forget_scores)
    one = command("retrieve", _("first stage only: candidates without a model"), retrieve)
    add_input(one)
    add_coding(one)

    add_workbench(command)
    add_dictionary(command)
    add_analyse(command)
    add_versions(command)
    add_evaluate(command)
    add_narrative(command)

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
    add_embed(group)
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
    one = group(
        "install", _("install a model bundle, or convert a published checkpoint"), model_install
    )
    one.add_argument(
        "path", metavar="PATH", help=_("folder or zip of a bundle or of a Hugging Face checkpoint")
    )
    one.add_argument(
        "--kind",
        choices=KINDS,
        default="",
        help=_("what a checkpoint is for, if it can be several"),
    )
    one.add_argument(
        "--precision", choices=PRECISIONS, default="int8", help=_("of a converted checkpoint")
    )
    one.add_argument(
        "--match-label",
        default="",
        metavar="LABEL",
        help=_("the label that means a match, where the checkpoint does not say"),
    )
    one.add_argument(
        "--template",
        choices=TEMPLATE_NAMES,
        default="",
        help=_("the candidate text it was trained on, where the checkpoint does not say"),
    )
    one.add_argument("--name", default="", help=_("what the model is to be called"))
    add_json(one)
    one = group("bench", _("measure how fast a model is on this computer"), model_bench)
    one.add_argument(
        "path", metavar="MODEL", nargs="?", default="", help=_("id or path of a model")
    )
    add_json(one)
    one = group("remove", _("delete an installed model"), model_remove)
    one.add_argument("id", metavar="ID")

    add_selftest(command)
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
