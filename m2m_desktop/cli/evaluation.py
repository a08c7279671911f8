"""The commands ``evaluate …``: figures of predictions, as a table, as JSON, as a report."""

import argparse
import json
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from m2m_desktop.cli.options import probability, whole_number
from m2m_desktop.cli.terminal import end_progress_line, print_json, print_table, step_line
from m2m_desktop.core.errors import BadRequest
from m2m_desktop.core.messages import N_, message
from m2m_desktop.services.language import _
from m2m_desktop.services.phrases import STDIN

if TYPE_CHECKING:
    from m2m_desktop.cli.workbench_parser import Commands
    from m2m_desktop.services.evaluation.outcome import Evaluation, Resampling

RULES = ("exact_set_match", "example_f1")
LONGEST_TABLE = 60
_SUFFIX = N_("the report is an HTML file: give a name that ends in .html.")
_SAME = N_("{path} is one of the files to evaluate; choose another name for the result.")


def add_evaluate(command: "Commands") -> None:
    """Add ``evaluate`` with its five kinds."""
    group = command.group("evaluate", _("measure predictions against a gold standard"))
    one = group("pairs", _("pairs of mention and term: accuracy, F1, ROC-AUC"), evaluate_pairs)
    _add_common(one, _("predictions (JSONL or table)"))
    _add_threshold(one)

    one = group(
        "mentions", _("sets of terms of mentions: exact match, F1, recall"), evaluate_mentions
    )
    _add_common(one, _("predictions, and the gold standard if they have none"))
    _add_threshold(one)
    one.add_argument(
        "--threshold-scan", action="store_true", help=_("compare the thresholds 0.1 to 0.5")
    )
    one.add_argument(
        "--optimize", choices=RULES, default=RULES[0], help=_("what decides the best threshold")
    )

    one = group(
        "retrieval", _("ranked lists: Accuracy, NDCG, MRR and MAP at k"), evaluate_retrieval
    )
    _add_common(one, _("predictions, and the gold standard if they have none"))
    _add_depths(one)

    one = group("linking", _("top-k accuracy by what training had seen"), evaluate_linking)
    _add_common(one, _("predictions, and the gold standard if they have none"))
    _add_depths(one)
    one.add_argument(
        "--train",
        metavar="FILE",
        nargs="+",
        default=[],
        help=_("the mentions and codes of training"),
    )

    one = group("ner", _("entities in texts: strict, relaxed, by type, errors"), evaluate_ner)
    _add_common(
        one, _("gold standard and predictions: brat, CoNLL or JSONL; or one CoNLL with both")
    )
    one.add_argument(
        "--collapse", metavar="FILE", default="", help=_("which types count as which, one a line")
    )


def evaluate_pairs(options: argparse.Namespace) -> None:
    """Evaluate pairs."""
    from m2m_desktop.services.evaluation.coding_evaluation import CodingWish, evaluate_pairs

    wish = CodingWish(options.threshold, resampling=_resampling(options))
    _carry_out(options, lambda files: evaluate_pairs(files, wish, step_line))


def evaluate_mentions(options: argparse.Namespace) -> None:
    """Evaluate sets of terms."""
    from m2m_desktop.services.evaluation.coding_evaluation import CodingWish, evaluate_mentions

    wish = CodingWish(
        options.threshold, options.threshold_scan, options.optimize, _resampling(options)
    )
    _carry_out(options, lambda files: evaluate_mentions(files, wish, step_line))


def evaluate_retrieval(options: argparse.Namespace) -> None:
    """Evaluate ranked lists."""
    from m2m_desktop.services.evaluation.ranking_evaluation import RankingWish, evaluate_retrieval

    wish = RankingWish(_depths(options), resampling=_resampling(options))
    _carry_out(options, lambda files: evaluate_retrieval(files, wish, step_line))


def evaluate_linking(options: argparse.Namespace) -> None:
    """Evaluate concept linking."""
    from m2m_desktop.services.evaluation.ranking_evaluation import RankingWish, evaluate_linking

    training = tuple(map(Path, options.train))
    wish = RankingWish(_depths(options), training, _resampling(options))
    _carry_out(options, lambda files: evaluate_linking(files, wish, step_line))


def evaluate_ner(options: argparse.Namespace) -> None:
    """Evaluate entities."""
    from m2m_desktop.services.evaluation.ner_evaluation import NerWish, evaluate_ner

    collapse = Path(options.collapse) if options.collapse else None
    wish = NerWish(collapse, _resampling(options))
    _carry_out(options, lambda files: evaluate_ner(files, wish, step_line))


# -- options -------------------------------------------------------------------------------------


def _add_common(parser: argparse.ArgumentParser, files: str) -> None:
    parser.add_argument("files", metavar="FILE", nargs="+", help=files)
    parser.add_argument(
        "--json",
        metavar="OUT",
        default="",
        help=_("JSON file to write; {stdout} prints it instead of the tables").format(stdout=STDIN),
    )
    parser.add_argument(
        "--report", metavar="OUT", default="", help=_("report to write (.html), with charts")
    )
    parser.add_argument(
        "--bootstrap",
        metavar="N",
        type=whole_number,
        default=0,
        help=_("confidence intervals from so many resamples, for example 1000"),
    )
    parser.add_argument(
        "--seed", type=whole_number, default=0, help=_("of the resamples; a fixed one if not given")
    )


def _add_threshold(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--threshold", type=probability, help=_("probability from which a term is selected")
    )


def _add_depths(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--depths", metavar="K", nargs="+", type=whole_number, default=[], help=_("the values of k")
    )


def _depths(options: argparse.Namespace) -> tuple[int, ...]:
    return tuple(sorted(set(options.depths)))


def _resampling(options: argparse.Namespace) -> "Resampling":
    from m2m_desktop.services.evaluation.outcome import NO_RESAMPLING, Resampling

    return Resampling(options.bootstrap, options.seed or NO_RESAMPLING.seed)


# -- carrying out --------------------------------------------------------------------------------


def _carry_out(options: argparse.Namespace, evaluate: "Callable[[list[Path]], Evaluation]") -> None:
    files = [Path(name) for name in options.files]
    _check_targets(options, files)
    found = evaluate(files)
    end_progress_line()
    if options.json == STDIN:
        print_json(found.to_json())
    else:
        _print_tables(found)
    for path in _written(options, found):
        if options.json != STDIN:
            print(_("Written: {path}").format(path=path))


def _check_targets(options: argparse.Namespace, files: list[Path]) -> None:
    """Refuse names that the work could not be written to, before it is done."""
    from m2m_desktop.services.evaluation.report import SUFFIXES

    if options.report and Path(options.report).suffix.lower() not in SUFFIXES:
        raise BadRequest(detail=message(_SUFFIX))
    sources = {path.absolute() for path in files}
    for name in (options.json, options.report):
        if name and name != STDIN and Path(name).absolute() in sources:
            raise BadRequest(detail=message(_SAME, path=name))


def _written(options: argparse.Namespace, found: "Evaluation") -> list[Path]:
    from m2m_desktop.services.evaluation.report import write_report
    from m2m_desktop.services.export.draft_files import write_whole

    paths = []
    if options.json and options.json != STDIN:
        text = json.dumps(found.to_json(), ensure_ascii=False, indent=2) + "\n"
        paths.append(
            write_whole(Path(options.json), lambda draft: _write(draft, text.encode("utf-8")))
        )
    if options.report:
        now = datetime.now(UTC).isoformat(timespec="seconds")
        paths.append(write_report(Path(options.report), found, made_at=now))
    return paths


def _write(path: Path, content: bytes) -> None:
    path.write_bytes(content)


def _print_tables(found: "Evaluation") -> None:
    print(found.title)
    for one in found.warnings:
        print(f"! {one.text(_)}")
    for table in found.tables:
        print(f"\n{table.title}")
        if table.note:
            print(table.note)
        print_table([table.head, *table.rows[:LONGEST_TABLE]])
        if len(table.rows) > LONGEST_TABLE:
            left = len(table.rows) - LONGEST_TABLE
            print(_("… and {count} more; --json gives all").format(count=left))
