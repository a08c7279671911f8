"""Pairs of mention and candidate, line by line, brought together to answers."""

import math
from collections.abc import Iterable, Sequence
from dataclasses import replace

from m2m_desktop.core.evaluation.mentions import in_order
from m2m_desktop.core.messages import N_
from m2m_desktop.services.evaluation.prediction_rows import AnswerRow, PairRow


def completed(first: PairRow, second: PairRow) -> PairRow:
    """Give the second row, with what only the first one says."""
    if second.score is None:
        second = replace(second, score=first.score, is_probability=first.is_probability)
    return replace(
        second,
        text=second.text or first.text,
        gold=first.gold if second.gold is None else second.gold,
        label=first.label if second.label is None else second.label,
        predicted=first.predicted if second.predicted is None else second.predicted,
    )


def grouped(rows: Iterable[PairRow]) -> list[AnswerRow]:
    """The pairs of each mention as an answer, best first; they need not stand together."""
    by_mention: dict[str, list[PairRow]] = {}
    for row in rows:
        by_mention.setdefault(row.mention_id, []).append(row)
    found = []
    for mention_id, own in by_mention.items():
        said = [row for row in own if row.gold is not None]
        for row in said[1:]:
            if row.gold != said[0].gold:
                raise row.place.bad(
                    N_("its gold codes are not those of the same mention in {place}."),
                    place=str(said[0].place),
                )
        scored = ((row.code, math.nan if row.score is None else row.score) for row in own)
        codes, scores = in_order(scored)
        gold = said[0].gold if said else _labelled(own)
        found.append(AnswerRow(own[0].place, mention_id, own[0].text, codes, scores, None, gold))
    return found


def _labelled(rows: Sequence[PairRow]) -> frozenset[str] | None:
    """The candidates labelled as matches, where no row names its gold codes."""
    if any(row.label is None for row in rows):
        return None
    return frozenset(row.code for row in rows if row.label)
