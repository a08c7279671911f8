"""The options of the commands about what a dictionary holds."""

from m2m_desktop.cli.dictionary import (
    MATCHES,
    dictionary_bin,
    dictionary_search,
    dictionary_show,
    dictionary_smq,
    dictionary_tree,
)
from m2m_desktop.cli.options import add_json, add_terminology, whole_number
from m2m_desktop.cli.workbench_parser import Commands
from m2m_desktop.core.records import TermLevel
from m2m_desktop.services.language import _

LEVELS = tuple(level.name.lower() for level in TermLevel)


def add_dictionary(command: Commands) -> None:
    """Add ``dictionary`` with its commands."""
    group = command.group(
        "dictionary", _("search and browse a dictionary, its SMQs, lists of terms")
    )
    one = group("search", _("search all levels in both languages, by name, code or pinyin"),
                dictionary_search)  # fmt: skip
    one.add_argument("text", metavar="TEXT")
    one.add_argument("--match", choices=MATCHES, default="any", help=_("how the text matches"))
    one.add_argument(
        "--level",
        choices=LEVELS,
        action="append",
        default=[],
        help=_("only terms of this level; may be given several times"),
    )
    one.add_argument(
        "--soc",
        metavar="CODE",
        action="append",
        default=[],
        help=_("only terms below this SOC; may be given several times"),
    )
    one.add_argument("--old", action="store_true", help=_("LLTs that are not current too"))
    one.add_argument(
        "--limit", type=whole_number, default=100, help=_("at most so many terms a group")
    )
    add_terminology(one)
    add_json(one)

    one = group("show", _("show everything about a term"), dictionary_show)
    one.add_argument("code", metavar="CODE")
    one.add_argument("--level", choices=LEVELS, default="", help=_("the level that is meant"))
    add_terminology(one)
    add_json(one)

    one = group("tree", _("show the SOCs, or the way to a term and what lies below"),
                dictionary_tree)  # fmt: skip
    one.add_argument("code", metavar="CODE", nargs="?", default="")
    one.add_argument("--level", choices=LEVELS, default="", help=_("the level that is meant"))
    one.add_argument("--soc", metavar="CODE", default="", help=_("by way of this SOC"))
    one.add_argument("--old", action="store_true", help=_("LLTs that are not current too"))
    add_terminology(one)
    add_json(one)

    one = group("smq", _("list the SMQs, or show one with its terms"), dictionary_smq)
    one.add_argument("code", metavar="CODE", nargs="?", default="")
    one.add_argument("--narrow", action="store_true", help=_("narrow terms only"))
    one.add_argument("--out", metavar="FILE", default="", help=_("workbook to write"))
    add_terminology(one)
    add_json(one)

    one = group("bin", _("look the terms of a list up, and write them with PT and primary SOC"),
                dictionary_bin)  # fmt: skip
    one.add_argument("path", metavar="FILE", help=_("table with codes or names of terms"))
    one.add_argument("--out", metavar="FILE", required=True, help=_("workbook to write"))
    add_terminology(one)
    add_json(one)
