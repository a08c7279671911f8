"""The names of figures for people, and figures as they stand in tables."""

from collections.abc import Iterable, Mapping

from m2m_desktop.core.evaluation.entity_errors import Finding
from m2m_desktop.core.evaluation.linking import Part
from m2m_desktop.core.evaluation.tallies import Interval
from m2m_desktop.core.messages import N_
from m2m_desktop.services.evaluation.outcome import Bar, Table
from m2m_desktop.services.export.words import NOTHING
from m2m_desktop.services.language import _

DECIMALS = 4

NAMES: Mapping[str, str] = {
    "accuracy": N_("Accuracy"),
    "precision": N_("Precision"),
    "recall": N_("Recall"),
    "f1": "F1",
    "roc_auc": "ROC-AUC",
    "exact_set_match": N_("Exact set match"),
    "example_precision": N_("Example precision"),
    "example_recall": N_("Example recall"),
    "example_f1": N_("Example F1"),
    "micro_precision": N_("Micro precision"),
    "micro_recall": N_("Micro recall"),
    "micro_f1": N_("Micro F1"),
    "cardinality_accuracy": N_("Cardinality accuracy"),
    "top1_accuracy": N_("Top-1 accuracy"),
    "mrr": "MRR",
}
_AT_K: Mapping[str, str] = {
    "_all_gold": N_("Recall@{k}, all gold terms"),
    "_any_hit": N_("Recall@{k}, any gold term"),
    "accuracy": "Accuracy@{k}",
    "recall": "Recall@{k}",
    "precision": "Precision@{k}",
    "ndcg": "NDCG@{k}",
    "mrr": "MRR@{k}",
    "map": "MAP@{k}",
    "top": "Top-{k}",
}
FINDING_NAMES: Mapping[Finding, str] = {
    Finding.RIGHT: N_("right place and type"),
    Finding.TYPE: N_("right place, wrong type"),
    Finding.BOUNDARY: N_("right type, wrong boundary"),
    Finding.BOTH: N_("overlap, wrong type and boundary"),
    Finding.SPURIOUS: N_("found where nothing is (spurious)"),
    Finding.MISSING: N_("not found (missing)"),
}
PART_NAMES: Mapping[Part | None, str] = {
    None: N_("Gold standard (all)"),
    Part.SEEN: N_("Seen mentions"),
    Part.UNSEEN_MENTION: N_("Unseen mentions"),
    Part.UNSEEN_CODE: N_("Unseen codes"),
}


def figure_name(key: str) -> str:
    """Name a figure by its key, in the current language."""
    if key in NAMES:
        return _(NAMES[key])
    for ending in ("_all_gold", "_any_hit"):
        if key.endswith(ending):
            depth = key.removesuffix(ending).rpartition("_")[2]
            return _(_AT_K[ending]).format(k=depth)
    measure, _at, depth = key.partition("_at_") if "_at_" in key else key.partition("_")
    return _(_AT_K[measure]).format(k=depth) if measure in _AT_K else key


def number(value: float | None) -> str:
    """A figure with four decimals, as papers have it."""
    return NOTHING if value is None else f"{value:.{DECIMALS}f}"


def bounds(interval: Interval | None) -> str:
    """The bounds of an interval."""
    return NOTHING if interval is None else f"{number(interval[0])} – {number(interval[1])}"


def figure_table(
    title: str,
    values: Mapping[str, float | None],
    intervals: Mapping[str, Interval],
    *,
    keys: Iterable[str] = (),
    note: str = "",
    has_bars: bool = True,
) -> Table:
    """One row for each figure, with its interval where intervals were drawn, and bars."""
    keys = tuple(keys) or tuple(values)
    head = (_("Measure"), _("Value"), *((_("95 % interval"),) if intervals else ()))
    rows = tuple(
        (
            figure_name(key),
            number(values[key]),
            *((bounds(intervals.get(key)),) if intervals else ()),
        )
        for key in keys
    )
    bars = tuple(
        Bar(figure_name(key), value, intervals.get(key))
        for key in keys
        if has_bars and (value := values[key]) is not None
    )
    return Table(title, head, rows, note, bars)


def count_table(title: str, counts: Mapping[str, int]) -> Table:
    """One row for each count."""
    rows = tuple((name, f"{count:,}") for name, count in counts.items())
    return Table(title, ("", _("Count")), rows)
