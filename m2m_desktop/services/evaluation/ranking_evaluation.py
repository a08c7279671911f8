"""``retrieval`` and ``linking``: how early the right term comes in a ranked list."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import cast

from m2m_desktop.core.evaluation import linking, ranking
from m2m_desktop.core.evaluation.linking import Part, Training, linking_tally
from m2m_desktop.core.evaluation.mentions import AnsweredMention, depth_tally
from m2m_desktop.core.evaluation.ranking import ranking_tally
from m2m_desktop.core.evaluation.tallies import Interval
from m2m_desktop.core.messages import N_, Message, message
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
from m2m_desktop.services.evaluation.predictions import read_gold, read_predictions
from m2m_desktop.services.evaluation.words import (
    PART_NAMES,
    bounds,
    count_table,
    figure_table,
    number,
)
from m2m_desktop.services.language import _

NO_GOLD = N_("no mention has a gold code.")
WITHOUT_GOLD = N_("{count} mentions without a gold code say nothing about an order; left out.")
_MEASURES = ("accuracy", "ndcg", "mrr", "map")


@dataclass(frozen=True, slots=True)
class RankingWish:
    """What to compute. No depths: the usual ones. ``training`` is for linking."""

    depths: tuple[int, ...] = ()
    training: tuple[Path, ...] = ()
    resampling: Resampling = NO_RESAMPLING


def evaluate_retrieval(
    paths: Sequence[Path], wish: RankingWish = RankingWish(), progress: Progress = silent
) -> Evaluation:
    """Evaluate ranked lists as information retrieval is. Raises InputUnreadable and below."""
    mentions, warnings = _with_gold(paths, progress)
    depths = wish.depths or ranking.DEPTHS
    gold = [one.gold for one in mentions]
    tally = ranking_tally([one.codes for one in mentions], gold, depths)
    values, intervals = tally.values(), wish.resampling.of(tally)
    also = {
        key: value for key, value in depth_tally(mentions, depths).values().items() if "_at_" in key
    }
    keys = [f"{name}_at_{k}" for name in _MEASURES for k in depths]
    return Evaluation(
        "retrieval",
        _("Ranked lists of terms"),
        source_files(paths),
        {"depths": list(depths), **wish.resampling.to_json()},
        {"mentions": len(mentions), **values, **also},
        (
            _depth_table(values, depths),
            figure_table(_("Retrieval"), values, intervals, keys=["mrr", *keys], has_bars=False),
            _list_counts(mentions),
        ),
        intervals,
        warnings=warnings,
    )


def evaluate_linking(
    paths: Sequence[Path], wish: RankingWish = RankingWish(), progress: Progress = silent
) -> Evaluation:
    """Evaluate concept linking, split by what training had. Raises InputUnreadable and below."""
    mentions, warnings = _with_gold(paths, progress)
    depths = wish.depths or linking.DEPTHS
    parts: dict[Part | None, list[AnsweredMention]] = {None: mentions}
    if wish.training:
        training = Training.of(read_gold(wish.training))
        parts.update({part: [] for part in Part})
        for one in mentions:
            parts[training.part_of(one)].append(one)
    figures: Json = {"mentions": len(mentions)}
    intervals: dict[str, Interval] = {}
    for part, own in parts.items():
        tally = linking_tally(own, depths)
        figures[_key(part)] = {"mentions": len(own), **tally.values()}
        found = wish.resampling.of(tally) if own else {}
        intervals.update({f"{_key(part)}/{name}": one for name, one in found.items()})
    return Evaluation(
        "linking",
        _("Concepts of mentions"),
        source_files([*paths, *wish.training]),
        {
            "depths": list(depths),
            "training": [path.name for path in wish.training],
            **wish.resampling.to_json(),
        },
        figures,
        (
            *_part_tables(parts, figures, intervals, depths),
            _list_counts(mentions),
        ),
        intervals,
        warnings=warnings,
    )


def _key(part: Part | None) -> str:
    return "gold" if part is None else part.value


def _part_tables(
    parts: Mapping[Part | None, Sequence[AnsweredMention]],
    figures: Json,
    intervals: Mapping[str, Interval],
    depths: Sequence[int],
) -> Iterator[Table]:
    """A row for each depth and a column for each part; then the same of the intervals."""
    values = {part: cast("dict[str, float]", figures[_key(part)]) for part in parts}
    head = ("k", *(_(PART_NAMES[part]) for part in parts))
    sizes = (_("Mentions"), *(str(len(own)) for own in parts.values()))
    rows = tuple(
        (
            f"Top-{k}",
            *(number(own[f"top_{k}"] if parts[part] else None) for part, own in values.items()),
        )
        for k in depths
    )
    lines = tuple(
        Line(_(PART_NAMES[part]), tuple(own[f"top_{k}"] for k in depths))
        for part, own in values.items()
        if parts[part]
    )
    note = "" if len(parts) > 1 else _("Name the training data to split by what was seen.")
    yield Table(
        _("Top-k accuracy"),
        head,
        (sizes, *rows),
        note,
        curves=Curves(tuple(f"k = {k}" for k in depths), lines),
    )
    if intervals:
        rows = tuple(
            (f"Top-{k}", *(bounds(intervals.get(f"{_key(part)}/top_{k}")) for part in parts))
            for k in depths
        )
        yield Table(_("Top-k accuracy: 95 % intervals"), head, rows)


def _with_gold(
    paths: Sequence[Path], progress: Progress
) -> tuple[list[AnsweredMention], tuple[Message, ...]]:
    given = read_predictions(paths, progress)
    mentions = [one for one in given.mentions if one.gold]
    if not mentions:
        raise EvaluationFileUnfit(path=paths[0], detail=message(NO_GOLD))
    left = len(given.mentions) - len(mentions)
    more = (message(WITHOUT_GOLD, count=left),) if left else ()
    return mentions, (*given.warnings, *more)


def _depth_table(values: dict[str, float], depths: Sequence[int]) -> Table:
    rows = tuple(
        (f"k = {k}", *(number(values[f"{name}_at_{k}"]) for name in (*_MEASURES, "recall")))
        for k in depths
    )
    heads = ("Accuracy@k", "NDCG@k", "MRR@k", "MAP@k", "Recall@k")
    lines = tuple(
        Line(head, tuple(values[f"{name}_at_{k}"] for k in depths))
        for head, name in zip(heads, _MEASURES, strict=False)
    )
    curves = Curves(tuple(f"k = {k}" for k in depths), lines)
    return Table(_("By depth"), ("k", *heads), rows, curves=curves)


def _list_counts(mentions: Sequence[AnsweredMention]) -> Table:
    return count_table(
        _("Counts"),
        {
            _("Mentions"): len(mentions),
            _("Mentions with several gold codes"): sum(len(one.gold) > 1 for one in mentions),
            _("Shortest list of candidates"): min(len(one.codes) for one in mentions),
            _("Longest list of candidates"): max(len(one.codes) for one in mentions),
        },
    )
