"""Predictions and gold standards of several files, joined into mentions with their answers."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from m2m_desktop.core.evaluation.linking import mention_key
from m2m_desktop.core.evaluation.mentions import AnsweredMention
from m2m_desktop.core.evaluation.pairs import ScoredPairs
from m2m_desktop.core.messages import N_, Message, message
from m2m_desktop.core.progress import Progress, silent
from m2m_desktop.services.evaluation.errors import EvaluationFileUnfit, EvaluationLineBad
from m2m_desktop.services.evaluation.lines import read_fields
from m2m_desktop.services.evaluation.pair_rows import completed, grouped
from m2m_desktop.services.evaluation.prediction_rows import AnswerRow, GoldRow, PairRow, parse_row

READING = N_("Reading the files")
_REPORT_EVERY = 20_000


@dataclass(frozen=True, slots=True, eq=False)
class Predictions:
    """Mentions in the order of the gold standard, and their pairs.

    ``has_probabilities``: thresholds mean something. ``decided`` is what the file calls a match for
    each pair, None where it does not say so for all.
    """

    mentions: tuple[AnsweredMention, ...]
    pairs: ScoredPairs
    decided: tuple[bool, ...] | None
    has_probabilities: bool
    has_scores: bool
    warnings: tuple[Message, ...]


@dataclass(slots=True)
class _Read:
    """What the lines of all files said, by form."""

    pairs: dict[tuple[str, str], PairRow]
    answers: list[AnswerRow]
    gold: list[GoldRow]


def read_predictions(paths: Sequence[Path], progress: Progress = silent) -> Predictions:
    """Read files of predictions, of gold terms, or of both; a later file completes an earlier one.

    Where there are gold rows they say which mentions count, else every mention that a prediction
    names. Mentions are joined by id, or else by their text. Raises InputUnreadable and below.
    """
    read = _read(paths, progress)
    path = paths[0]
    if not (read.pairs or read.answers):
        raise EvaluationFileUnfit(path=path, detail=message(N_("it holds no predictions.")))
    warnings: list[Message] = []
    answers = [*grouped(read.pairs.values()), *read.answers]
    if read.gold:
        mentions = _joined(read.gold, answers, warnings)
    else:
        mentions = [_answered(one, _own_gold(one)) for one in answers]
    return _with_pairs(mentions, read.pairs, warnings)


def read_gold(paths: Sequence[Path]) -> list[tuple[str, frozenset[str]]]:
    """Read mentions with their codes, from files in any of the forms. Raises as above."""
    found: list[tuple[str, frozenset[str]]] = []
    for path in paths:
        for fields in read_fields(path):
            row = parse_row(fields)
            if row.gold is None:
                raise row.place.bad(N_("it has no gold codes."))
            found.append((row.text, row.gold))
    return found


def _read(paths: Sequence[Path], progress: Progress) -> _Read:
    read = _Read({}, [], [])
    answered: dict[str, AnswerRow] = {}
    for number, path in enumerate(paths):
        here: dict[tuple[str, str], PairRow] = {}
        for count, fields in enumerate(read_fields(path)):
            if count % _REPORT_EVERY == 0:
                progress(number, len(paths), READING)
            row = parse_row(fields)
            if isinstance(row, AnswerRow):
                if row.mention_id in answered:
                    raise _repeated(row, answered[row.mention_id])
                if row.mention_id:
                    answered[row.mention_id] = row
                read.answers.append(row)
            elif isinstance(row, GoldRow):
                read.gold.append(row)
            else:
                key = (row.mention_id, row.code)
                if key in here:
                    raise row.place.bad(
                        N_("the same pair of mention and candidate stands in {place}."),
                        place=str(here[key].place),
                    )
                here[key] = row
        for key, row in here.items():
            held = read.pairs.get(key)
            read.pairs[key] = row if held is None else completed(held, row)
    return read


def _repeated(row: AnswerRow | GoldRow, earlier: AnswerRow | GoldRow) -> EvaluationLineBad:
    return row.place.bad(N_("the mention id stands in {place} already."), place=str(earlier.place))


def _own_gold(answer: AnswerRow) -> frozenset[str]:
    if answer.gold is None:
        raise answer.place.bad(N_("it has no gold codes, and no other file gives them."))
    return answer.gold


def _answered(answer: AnswerRow, gold: frozenset[str]) -> AnsweredMention:
    return AnsweredMention(
        answer.mention_id, answer.text, gold, answer.codes, answer.scores, answer.chosen
    )


def _joined(
    gold: Sequence[GoldRow], answers: Sequence[AnswerRow], warnings: list[Message]
) -> list[AnsweredMention]:
    by_id = {one.mention_id: one for one in reversed(answers) if one.mention_id}
    by_text = {mention_key(one.text): one for one in reversed(answers) if one.text}
    # pairs of a file without ids carry their text as the id
    by_text = {**{mention_key(one): answer for one, answer in by_id.items()}, **by_text}
    seen: dict[str, GoldRow] = {}
    mentions, unanswered, used = [], 0, set[int]()
    for row in gold:
        if row.mention_id:
            if row.mention_id in seen:
                raise _repeated(row, seen[row.mention_id])
            seen[row.mention_id] = row
        answer = by_id.get(row.mention_id) if row.mention_id else None
        if answer is not None and _differ(row.text, answer.text):
            raise answer.place.bad(
                N_("the mention with this id is another one in {place}."), place=str(row.place)
            )
        answer = answer or by_text.get(mention_key(row.text))
        if answer is None:
            unanswered += 1
            mentions.append(
                AnsweredMention(row.mention_id or str(row.place), row.text, row.gold, (), ())
            )
            continue
        used.add(id(answer))
        mentions.append(replace(_answered(answer, row.gold), text=row.text or answer.text))
    if unanswered:
        warnings.append(
            message(
                N_(
                    "{count} gold mentions have no prediction; they count as answered with nothing."
                ),
                count=unanswered,
            )
        )
    left = sum(id(one) not in used for one in answers)
    if left:
        warnings.append(
            message(N_("{count} predictions belong to no gold mention; left out."), count=left)
        )
    return mentions


def _differ(one: str, other: str) -> bool:
    return bool(one and other) and mention_key(one) != mention_key(other)


def _with_pairs(
    mentions: Sequence[AnsweredMention],
    rows: dict[tuple[str, str], PairRow],
    warnings: list[Message],
) -> Predictions:
    numbers: list[int] = []
    labels: list[bool] = []
    scores: list[float] = []
    decided: list[bool | None] = []
    odd = 0
    for number, mention in enumerate(mentions):
        for code, score in zip(mention.codes, mention.scores, strict=True):
            row = rows.get((mention.mention_id, code))
            is_gold = code in mention.gold
            label = is_gold if row is None or row.label is None else row.label
            odd += label != is_gold
            numbers.append(number)
            labels.append(label)
            scores.append(score)
            decided.append(row.predicted if row is not None else None)
    if odd:
        warnings.append(
            message(
                N_("{count} labels of pairs contradict the gold codes of the mention."), count=odd
            )
        )
    known = [one for one in decided if one is not None]
    array = np.array(scores, np.float64)
    return Predictions(
        tuple(mentions),
        ScoredPairs(np.array(numbers, np.int64), np.array(labels, bool), array),
        tuple(known) if known and len(known) == len(decided) else None,
        has_probabilities=bool(len(array))
        and not np.isnan(array).any()
        and all(row.is_probability for row in rows.values()),
        has_scores=bool((~np.isnan(array)).any()),
        warnings=tuple(warnings),
    )
