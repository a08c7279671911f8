"""The commands about tables, projects and the memory, and their options."""

import argparse
from collections.abc import Callable
from typing import Protocol

from m2m_desktop.cli.audit import project_audit, project_verify
from m2m_desktop.cli.batch import batch
from m2m_desktop.cli.memory import (
    memory_export,
    memory_import,
    memory_list,
    memory_recheck,
    memory_revoke,
)
from m2m_desktop.cli.options import add_json, add_terminology, add_way_of_coding, probability
from m2m_desktop.cli.projects import (
    project_check,
    project_compare,
    project_export,
    project_info,
    project_purge,
    project_restore,
)
from m2m_desktop.services.export.records import FORMS
from m2m_desktop.services.language import _

POLICIES = ("list", "keep-mine", "take-theirs")

Carry = Callable[[argparse.Namespace], None]


class Commands(Protocol):
    """Adds a command that knows the function which carries it out."""

    def __call__(self, name: str, sentence: str, function: Carry) -> argparse.ArgumentParser:
        """Add one command."""

    def group(self, name: str, sentence: str) -> "Commands":
        """Add a command that has commands of its own."""


def add_workbench(command: Commands) -> None:
    """Add ``batch``, ``project`` and ``memory``."""
    one = command("batch", _("code a whole table and write the answers beside its cells"), batch)
    _add_batch(one)

    group = command.group("project", _("look at, check, export, purge, restore projects"))
    one = group("info", _("show a project in figures"), project_info)
    _add_path(one)
    add_json(one)
    one = group(
        "verify", _("check everything in a project against everything else"), project_verify
    )
    _add_path(one)
    one.add_argument(
        "--against",
        metavar="NOTED",
        default="",
        help=_("chain of an audit export, exported workbook, or last hash noted earlier"),
    )
    add_json(one)
    one = group("audit", _("write the audit trail for others to read and verify"), project_audit)
    _add_path(one)
    one.add_argument(
        "--out", metavar="PLACE", required=True, help=_("folder, or workbook (.xlsx) to write")
    )
    one.add_argument(
        "--with-texts",
        action="store_true",
        help=_("show the phrases as well; only where the project keeps them"),
    )
    add_json(one)
    one = group("export", _("write what a project holds"), project_export)
    _add_path(one)
    _add_output(one)
    one.add_argument(
        "--source",
        metavar="FILE",
        default="",
        help=_("the file that it was made from, if it moved"),
    )
    one = group(
        "purge", _("take the texts of all phrases out of a project for good"), project_purge
    )
    _add_path(one)
    one.add_argument("--yes", action="store_true", help=_("do it; there is no way back"))
    one = group("restore", _("put a backup in the place of a project"), project_restore)
    _add_path(one)
    one.add_argument(
        "--backup", metavar="FILE", default="", help=_("this backup; normally the newest good one")
    )
    one.add_argument("--list", action="store_true", help=_("only list the backups"))
    one = group("compare", _("compare the decisions of two pharmacists"), project_compare)
    one.add_argument("first", metavar="A", help=_("a project file"))
    one.add_argument("second", metavar="B", help=_("a project of the same table"))
    add_json(one)
    one = group("check", _("check the model and its threshold by the decisions"), project_check)
    _add_path(one)
    add_json(one)

    group = command.group("memory", _("the decisions remembered for the next time"))
    one = group("list", _("list what is remembered"), memory_list)
    one.add_argument("text", metavar="TEXT", nargs="?", default="", help=_("only with this text"))
    one.add_argument("--to-check", action="store_true", help=_("only what a person must confirm"))
    one.add_argument("--stopped", action="store_true", help=_("only the stop list"))
    add_json(one)
    one = group("export", _("write the memory to a workbook"), memory_export)
    one.add_argument("path", metavar="FILE", help=_("workbook (.xlsx) to write"))
    one = group("import", _("take the entries of a workbook in"), memory_import)
    one.add_argument("path", metavar="FILE", help=_("workbook or table that was exported"))
    one.add_argument(
        "--on-conflict",
        choices=POLICIES,
        default=POLICIES[0],
        help=_("what to do where a phrase was decided otherwise here"),
    )
    add_terminology(one)
    add_json(one)
    one = group("recheck", _("mark what another release says otherwise"), memory_recheck)
    add_terminology(one)
    add_json(one)
    one = group("revoke", _("forget phrases for good"), memory_revoke)
    one.add_argument("phrases", metavar="PHRASE", nargs="*", help=_("phrases to forget"))
    one.add_argument(
        "--damaged", action="store_true", help=_("delete memories that were damaged and set aside")
    )


def _add_batch(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("source", metavar="FILE", help=_("workbook or text file to code"))
    _add_output(parser)
    parser.add_argument(
        "--sheet", action="append", default=[], metavar="NAME", help=_("read this sheet")
    )
    parser.add_argument(
        "--column",
        action="append",
        default=[],
        metavar="NAME",
        help=_("the column of reactions, by its heading or its letters"),
    )
    parser.add_argument("--encoding", default="", help=_("encoding of a text file"))
    parser.add_argument(
        "--accept-exact", action="store_true", help=_("accept phrases that are exact names")
    )
    parser.add_argument(
        "--accept-above",
        type=probability,
        metavar="P",
        help=_("accept phrases whose every term has at least this probability"),
    )
    parser.add_argument(
        "--project",
        metavar="FILE",
        default="",
        help=_("keep the work in this project, or go on with it"),
    )
    parser.add_argument(
        "--anew",
        action="store_true",
        help=_("forget the answers of the project and code again; decisions stay"),
    )
    parser.add_argument(
        "--jsonl", action="store_true", help=_("write JSON lines beside the result as well")
    )
    add_way_of_coding(parser)


def _add_output(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--out", metavar="FILE", required=True, help=_("file to write"))
    parser.add_argument(
        "--form",
        choices=FORMS,
        default="",
        help=_(
            "copy: the same workbook with the answers; workbook: a new one; normally by the name"
        ),
    )
    parser.add_argument(
        "--only-decided",
        action="store_true",
        help=_("leave out terms that nobody has decided about"),
    )


def _add_path(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("path", metavar="FILE", help=_("a project file"))
