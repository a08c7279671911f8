"""``pairs`` and ``mentions``: the measures of the published cross-encoder."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from m2m_desktop.core.evaluation.mentions import (
    EXACT_FIRST,
    EXAMPLE_FIRST,
    SELECTION_RULES,
    SET_DEPTHS,
    THRESHOLD,
    THRESHOLDS,
    best_threshold,
    depth_tally,
    set_tally,
)
from m2m_desktop.core.evaluation.pairs import (
    PAIR_THRESHOLD,
    ROC_AUC,
    confusion,
    pair_tally,
    roc_auc,
    roc_auc_interval,
)
from m2m_desktop.core.evaluation.tallies import Tally
from m2m_desktop.core.messages import N_, message
from m2m_desktop.core.progress import Progress, silent
from m2m_desktop.services.evaluation.errors import EvaluationFileUnfit
from m2m_desktop.services.evaluation.outcome import (
    NO_RESAMPLING,
    Curves,
    Evaluation,
    Json,
    Line,
    Resampling,
    Table,
    source_files,
)
from m2m_desktop.services.evaluation.predictions import Predictions, read_predictions
from m2m_desktop.services.evaluation.words import count_table, figure_name, figure_table, number
from m2m_desktop.services.language import _

NO_PROBABILITIES = N_("not every candidate has a probability (field prob_1).")


@dataclass(frozen=True, slots=True)
class CodingWish:
    """What to compute. ``threshold`` None: what the files decided, else the usual threshold."""

    threshold: float | None = None
    scans: bool = False
    optimise: str = EXACT_FIRST
    resampling: Resampling = NO_RESAMPLING


def evaluate_pairs(
    paths: Sequence[Path], wish: CodingWish = CodingWish(), progress: Progress = silent
) -> Evaluation:
    """Evaluate pairs of mention and candidate. Raises InputUnreadable and below."""
    given = read_predictions(paths, progress)
    if not given.has_probabilities:
        raise EvaluationFileUnfit(path=paths[0], detail=message(NO_PROBABILITIES))
    pairs = given.pairs
    if wish.threshold is None and given.decided is not None:
        decided, decision = np.array(given.decided, bool), "pred_label"
    else:
        threshold = PAIR_THRESHOLD if wish.threshold is None else wish.threshold
        decided, decision = pairs.decided(threshold), f"prob_1 >= {threshold:g}"
    tally = pair_tally(pairs, decided)
    values: dict[str, float | None] = {
        **tally.values(),
        ROC_AUC: roc_auc(pairs.labels, pairs.probabilities),
    }
    intervals = dict(wish.resampling.of(tally))
    if wish.resampling.resamples:
        area = roc_auc_interval(
            pairs, resamples=wish.resampling.resamples, seed=wish.resampling.seed
        )
        intervals.update({ROC_AUC: area} if area else {})
    counts = confusion(pairs.labels, decided)
    note = _("A pair counts as a match by: {decision}").format(decision=decision)
    return Evaluation(
        "pairs",
        _("Pairs of mention and term"),
        source_files(paths),
        {"decision": decision, **wish.resampling.to_json()},
        {**counts, "mentions": len(given.mentions), **values},
        (
            figure_table(_("Pairs"), values, intervals, note=note),
            count_table(
                _("Counts"),
                {
                    _("Mentions"): len(given.mentions),
                    _("Pairs"): counts["pairs"],
                    _("Matches called so (TP)"): counts["tp"],
                    _("Others called so (TN)"): counts["tn"],
                    _("Others called matches (FP)"): counts["fp"],
                    _("Matches called others (FN)"): counts["fn"],
                },
            ),
        ),
        intervals,
        warnings=given.warnings,
    )


def evaluate_mentions(
    paths: Sequence[Path], wish: CodingWish = CodingWish(), progress: Progress = silent
) -> Evaluation:
    """Evaluate the sets of terms that mentions are coded with. Raises InputUnreadable and below.

    Without a threshold the sets are those that the files say (``selected``), if they do.
    """
    given = read_predictions(paths, progress)
    says_sets = all(one.chosen is not None for one in given.mentions if one.codes)
    threshold = wish.threshold
    if threshold is None and not says_sets:
        threshold = THRESHOLD
    if (threshold is not None or wish.scans) and not given.has_scores:
        raise EvaluationFileUnfit(path=paths[0], detail=message(NO_PROBABILITIES))
    sets, depths = _sets(given, threshold), depth_tally(given.mentions)
    values = {**sets.values(), **depths.values()}
    intervals = {**wish.resampling.of(sets), **wish.resampling.of(depths)}
    decision = "selected" if threshold is None else f"prob_1 >= {threshold:g}"
    note = _("A term is in the answer by: {decision}").format(decision=decision)
    tables = [figure_table(_("Mentions"), values, intervals, note=note)]
    details: Json = {}
    if wish.scans:
        scan = _scan(given, wish.optimise)
        details["scan"] = scan
        tables.append(_scan_table(scan))
    tables.append(_size_table(given, threshold))
    return Evaluation(
        "mentions",
        _("Sets of terms of mentions"),
        source_files(paths),
        {"decision": decision, "threshold": threshold, **wish.resampling.to_json()},
        _mention_figures(given, threshold, values),
        tuple(tables),
        intervals,
        details,
        given.warnings,
    )


def _sets(given: Predictions, threshold: float | None) -> Tally:
    mentions = given.mentions
    return set_tally([one.selected(threshold) for one in mentions], [one.gold for one in mentions])


def _mention_figures(
    given: Predictions, threshold: float | None, values: Mapping[str, float]
) -> Json:
    """The figures under the keys of the published reference."""
    figures: Json = {"mentions": len(given.mentions)}
    figures.update({key: value for key, value in values.items() if "_at_" not in key})
    for ending in ("all_gold", "any_hit"):
        figures[f"recall_at_k_{ending}"] = {
            str(k): values[f"recall_at_{k}_{ending}"] for k in SET_DEPTHS
        }
    if threshold is not None and given.has_probabilities:
        decided = given.pairs.decided(threshold)
        figures["pair_metrics"] = {
            **confusion(given.pairs.labels, decided),
            **pair_tally(given.pairs, decided).values(),
        }
    return figures


def _scan(given: Predictions, optimise: str) -> Json:
    depths = depth_tally(given.mentions).values()
    found = {one: {**_sets(given, one).values(), **depths} for one in THRESHOLDS}
    return {
        "selection_rule": SELECTION_RULES[optimise],
        "optimize": optimise,
        "selected_threshold": best_threshold(found, optimise),
        "thresholds": {
            f"{one:g}": _mention_figures(given, one, values) for one, values in found.items()
        },
    }


def _scan_table(scan: Mapping[str, object]) -> Table:
    keys = (
        EXACT_FIRST, EXAMPLE_FIRST, "micro_precision", "micro_recall", "micro_f1",
        "cardinality_accuracy",
    )  # fmt: skip
    thresholds = scan["thresholds"]
    assert isinstance(thresholds, dict)
    rows = tuple(
        (name, *(number(figures[key]) for key in keys)) for name, figures in thresholds.items()
    )
    lines = tuple(
        Line(figure_name(key), tuple(figures[key] for figures in thresholds.values()))
        for key in (EXACT_FIRST, EXAMPLE_FIRST, "micro_f1")
    )
    first, second = _scan_order(str(scan["optimize"]))
    note = _("Best threshold: {threshold} (by {first}, then {second}, then the lower one)").format(
        threshold=f"{scan['selected_threshold']:g}",
        first=figure_name(first),
        second=figure_name(second),
    )
    return Table(
        _("Thresholds"),
        (_("Threshold"), *map(figure_name, keys)),
        rows,
        note,
        curves=Curves(tuple(thresholds), lines),
    )


def _scan_order(optimise: str) -> tuple[str, str]:
    return (EXACT_FIRST, EXAMPLE_FIRST) if optimise == EXACT_FIRST else (EXAMPLE_FIRST, EXACT_FIRST)


def _size_table(given: Predictions, threshold: float | None) -> Table:
    """How many terms were right, answered, and right where a set was wrong."""
    chosen = [one.selected(threshold) for one in given.mentions]
    pairs = list(zip(chosen, (one.gold for one in given.mentions), strict=True))
    wrong = [(ours, gold) for ours, gold in pairs if ours != gold]
    return count_table(
        _("Counts"),
        {
            _("Mentions"): len(pairs),
            _("Mentions without a gold term"): sum(not gold for _ours, gold in pairs),
            _("Mentions answered with nothing"): sum(not ours for ours, _gold in pairs),
            _("Sets that are right as a whole"): len(pairs) - len(wrong),
            _("Wrong sets: terms missing"): sum(ours < gold for ours, gold in wrong),
            _("Wrong sets: terms too many"): sum(ours > gold for ours, gold in wrong),
            _("Wrong sets: other terms"): sum(
                not (ours < gold or ours > gold) for ours, gold in wrong
            ),
        },
    )
