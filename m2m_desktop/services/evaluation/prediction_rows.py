"""What a line of a file of predictions or gold terms says, whichever form it has.

- a pair (the published reference's pair and prediction JSONL, or a table with those columns): a
  mention, one candidate, perhaps its gold terms, label, probability and decision;
- an answer: a mention with all its candidates, as ``m2m code --jsonl`` and ``m2m retrieve --jsonl``
  print it, or a row with ``predicted_codes`` (and ``scores``) joined by ``|``, best first;
- a gold row: a mention and its right codes.
"""

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass

from m2m_desktop.core.messages import N_
from m2m_desktop.services.evaluation.lines import Fields, Place

MENTION_ID = ("mention_id", "id", "query_id")
TEXT = ("raw_term", "text_a", "mention", "mention_zh", "mention_en", "phrase", "text")
CANDIDATE = ("candidate_pt_code", "candidate_code", "candidate")
GOLD = (
    "gold_pt_codes", "gold_codes", "gold", "codes", "code", "pt_codes", "pt_code", "gold_oae_ids",
)  # fmt: skip
PREDICTED = ("predicted_codes", "predicted_pt_codes", "predictions")
SCORES = ("scores", "probabilities")
PROBABILITY = ("prob_1", "probability")
SCORE = ("score", "retrieval_score")
_SEPARATORS = re.compile(r"[|;+]")
_SCORE_SEPARATORS = re.compile(r"[|;]")
NO_CODE = frozenset({"NO_CODE", "NIL", "CUI-LESS", "-"})
"""What stands in published data where no code fits."""


@dataclass(frozen=True, slots=True)
class PairRow:
    """A mention and one candidate. ``gold``, ``label``, ``score``, ``predicted``: None if not said.

    ``is_probability`` tells a score that thresholds make sense of.
    """

    place: Place
    mention_id: str
    text: str
    code: str
    gold: frozenset[str] | None
    label: bool | None
    score: float | None
    is_probability: bool
    predicted: bool | None


@dataclass(frozen=True, slots=True)
class AnswerRow:
    """A mention and its candidates, best first; scores are NaN where there are none."""

    place: Place
    mention_id: str
    text: str
    codes: tuple[str, ...]
    scores: tuple[float, ...]
    chosen: frozenset[str] | None
    gold: frozenset[str] | None


@dataclass(frozen=True, slots=True)
class GoldRow:
    """A mention and its right codes; ``mention_id`` is "" where the file gives none."""

    place: Place
    mention_id: str
    text: str
    gold: frozenset[str]


Row = PairRow | AnswerRow | GoldRow


def parse_row(fields: Fields) -> Row:
    """Tell the form of a line and read it. Raises EvaluationLineBad."""
    mention_id, text = fields.text(MENTION_ID), fields.text(TEXT)
    if not (mention_id or text):
        raise fields.place.bad(
            N_("it names no mention; one of these fields is needed: {names}."),
            names=", ".join((*MENTION_ID, *TEXT)),
        )
    if isinstance(fields.values.get("candidates"), list):
        return _answer(fields, mention_id, text)
    code = fields.text(CANDIDATE)
    if code:
        return _pair(fields, mention_id or text, text, code)
    if any(name in fields.values for name in PREDICTED):
        return _listed(fields, mention_id, text)
    if not any(name in fields.values for name in GOLD):
        raise fields.place.bad(
            N_("it has neither candidates nor gold codes; known fields: {names}."),
            names=", ".join((*CANDIDATE, *PREDICTED, *GOLD)),
        )
    return GoldRow(fields.place, mention_id, text, frozenset(codes_of(fields, GOLD)))


def codes_of(fields: Fields, names: Sequence[str]) -> list[str]:
    """Read a list of codes, or a text of codes joined by ``|``, ``;`` or ``+``; often none."""
    value = fields.first(names)
    if value is None:
        return []
    items = value if isinstance(value, list) else [value]
    found: list[str] = []
    for item in items:
        if isinstance(item, bool) or not isinstance(item, str | int):
            raise fields.place.bad(N_("{names} must be codes."), names="/".join(names))
        found.extend(part.strip() for part in _SEPARATORS.split(str(item)))
    return [code for code in found if code and code.upper() not in NO_CODE]


def _gold(fields: Fields) -> frozenset[str] | None:
    names = [name for name in GOLD if name in fields.values]
    return frozenset(codes_of(fields, names)) if names else None


def _pair(fields: Fields, mention_id: str, text: str, code: str) -> PairRow:
    probability = _probability(fields)
    gold = _gold(fields)
    return PairRow(
        fields.place,
        mention_id,
        text,
        code,
        gold,
        _flag(fields, "label"),
        fields.number(SCORE) if probability is None else probability,
        probability is not None,
        _flag(fields, "pred_label"),
    )


def _probability(fields: Fields) -> float | None:
    value = fields.number(PROBABILITY)
    if value is None:
        match, other = fields.number(("logit_1",)), fields.number(("logit_0",))
        if match is None or other is None:
            return None
        return 1 / (1 + math.exp(min(other - match, 700)))
    if not 0 <= value <= 1:
        raise fields.place.bad(N_("{names} must lie between 0 and 1."), names="/".join(PROBABILITY))
    return value


def _flag(fields: Fields, name: str) -> bool | None:
    value = fields.first((name,))
    if value is None:
        return None
    if value in (0, 1, "0", "1"):
        return value in (1, "1")
    raise fields.place.bad(N_("{names} must be 0 or 1."), names=name)


def _answer(fields: Fields, mention_id: str, text: str) -> AnswerRow:
    codes: list[str] = []
    scores: list[float] = []
    listed = fields.values["candidates"]
    for one in listed if isinstance(listed, list) else ():
        if not isinstance(one, dict):
            raise fields.place.bad(N_("a candidate is not a JSON object."))
        candidate = Fields(fields.place, one)
        code = candidate.text(CANDIDATE)
        if not code:
            raise fields.place.bad(N_("a candidate has no code."))
        probability = _probability(candidate)
        codes.append(code)
        scores.append(math.nan if probability is None else probability)
    selected = fields.values.get("selected")
    chosen = frozenset(codes_of(fields, ("selected",))) if selected is not None else None
    return AnswerRow(
        fields.place, mention_id, text, tuple(codes), tuple(scores), chosen, _gold(fields)
    )


def _listed(fields: Fields, mention_id: str, text: str) -> AnswerRow:
    codes = codes_of(fields, PREDICTED)
    value = fields.first(SCORES)
    if value is None:
        scores = [math.nan] * len(codes)
    else:
        cells = value if isinstance(value, list) else _SCORE_SEPARATORS.split(str(value))
        scores = [_score(fields, cell) for cell in cells]
        if len(scores) != len(codes):
            raise fields.place.bad(
                N_("it has {count} scores for {wanted} codes."),
                count=len(scores),
                wanted=len(codes),
            )
    chosen = frozenset(codes) if value is None else None
    return AnswerRow(
        fields.place, mention_id, text, tuple(codes), tuple(scores), chosen, _gold(fields)
    )


def _score(fields: Fields, cell: object) -> float:
    number = Fields(fields.place, {SCORES[0]: cell}).number(SCORES)
    return math.nan if number is None else number
