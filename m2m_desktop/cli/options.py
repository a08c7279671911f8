"""Options that several commands have."""

import argparse
import contextlib

from m2m_desktop.core.records import DEFAULT_TOP_K
from m2m_desktop.services.language import _
from m2m_desktop.services.phrases import STDIN

MODES = ("default", "full", "reference", "lexical")


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
    add_way_of_coding(parser)
    parser.add_argument("--jsonl", action="store_true", help=_("one JSON object per phrase"))
    parser.add_argument(
        "--show", type=whole_number, default=5, metavar="N", help=_("candidates shown per phrase")
    )


def add_way_of_coding(parser: argparse.ArgumentParser) -> None:
    """With which terminology, model and settings to code."""
    add_terminology(parser)
    parser.add_argument("--model", default="", help=_("id or path of a model"))
    parser.add_argument(
        "--encoder",
        default="",
        help=_("encoder that proposes terms by meaning: id or path, or “none”"),
    )
    parser.add_argument(
        "--top-k", type=whole_number, default=DEFAULT_TOP_K, help=_("candidates per phrase")
    )
    parser.add_argument(
        "--threshold", type=float, help=_("probability from which a term is selected")
    )
    parser.add_argument("--mode", choices=MODES, default="default", help=_("way of coding"))
    parser.add_argument(
        "--fresh",
        action="store_true",
        help=_("use no scores kept from earlier runs, and keep none"),
    )
    parser.add_argument(
        "--no-memory",
        action="store_true",
        help=_("answer nothing from the memory of earlier decisions"),
    )


def probability(text: str) -> float:
    """A number from 0 to 1."""
    with contextlib.suppress(ValueError):
        if 0 <= float(text) <= 1:
            return float(text)
    raise argparse.ArgumentTypeError(_("a number from 0 to 1 is needed"))


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
