"""Which proposals a rule accepts where a person has said so beforehand, and for nothing else."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from m2m_desktop.core.messages import N_, Message, message
from m2m_desktop.core.pieces import PieceKind
from m2m_desktop.core.records import Band, Source
from m2m_desktop.core.review import Action, Change, PhraseRow, Target, accepted

RULE = "rule: "
"""What the name of every rule begins with, where it stands as the reviewer."""
EXACT_RULE = f"{RULE}exact name"
PROBABILITY_RULE = RULE + "p >= {bound:g}"
EXACT_RULE_WORDS = N_("rule: exact name")
PROBABILITY_RULE_WORDS = N_("rule: {condition}")


def reviewer_words(reviewer: str) -> Message:
    """Give who decided as it is shown: the name of a rule can be translated, a person's cannot."""
    if reviewer == EXACT_RULE:
        return message(EXACT_RULE_WORDS)
    if reviewer.startswith(RULE):
        return message(PROBABILITY_RULE_WORDS, condition=reviewer.removeprefix(RULE))
    return Message("{name}", {"name": reviewer})


@dataclass(frozen=True, slots=True)
class AcceptanceRules:
    """``accepts_exact``: phrases that are exact names, and nothing else is proposed.

    ``above``: phrases whose every proposed term has at least this probability by the model.
    """

    accepts_exact: bool = False
    above: float | None = None


def accepted_by_rule(
    rows: Iterable[PhraseRow], rules: AcceptanceRules, now: datetime
) -> dict[str, list[Change]]:
    """Give the changes of each rule, by its name, which stands as the reviewer.

    Left to a person: whatever a person has touched (decided, drafted, flagged or commented), an
    ambiguous name, and a phrase with a proposed term that the model did not score.
    """
    changes: dict[str, list[Change]] = {}
    for row in rows:
        name = _rule_for(row, rules)
        if name:
            change = Change(Target.PHRASE, row.phrase_id, Action.ACCEPT, accepted(row, name, now))
            changes.setdefault(name, []).append(change)
    return changes


def _rule_for(row: PhraseRow, rules: AcceptanceRules) -> str:
    state = row.state
    is_touched = state.is_locked or state.is_draft or state.is_flagged or bool(state.comment)
    if row.kind is not PieceKind.REACTION or is_touched or not row.proposed:
        return ""
    if rules.accepts_exact and row.source is Source.EXACT and row.band is Band.CERTAIN:
        return EXACT_RULE
    if rules.above is None or row.source is not Source.MODEL:
        return ""
    probabilities = [term.probability for term in row.proposed]
    if all(one is not None and one >= rules.above for one in probabilities):
        return PROBABILITY_RULE.format(bound=rules.above)
    return ""
