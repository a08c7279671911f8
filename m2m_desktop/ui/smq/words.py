"""The words that the pages have for SMQs."""

from collections import Counter
from collections.abc import Sequence

from m2m_desktop.core.messages import N_
from m2m_desktop.services.language import _
from m2m_desktop.ui.messages import joined
from m2m_desktop.ui.smq.records import MemberRow, SmqCard, SmqRow

NARROW, BROAD = N_("narrow"), N_("broad")


def scope_word(is_narrow: bool) -> str:
    """The scope of a member as the user reads it."""
    return _(NARROW) if is_narrow else _(BROAD)


def state_words(smq: SmqRow) -> str:
    """Code, level, state and kind of an SMQ in one line."""
    words = [
        smq.code,
        _("Level {level}").format(level=smq.level),
        _("active") if smq.is_active else _("inactive"),
    ]
    if smq.algorithm:
        words.append(_("with an algorithm"))
    return " · ".join(words)


def algorithm_words(card: SmqCard, members: Sequence[MemberRow]) -> str:
    """The algorithm as the release has it, and what it means; empty where there is none."""
    if not card.smq.algorithm:
        return ""
    first = _("Algorithm: {algorithm}").format(algorithm=card.smq.algorithm)
    counts = Counter(member.category for member in members if member.category)
    listed = ", ".join(f"{category} {count:,}" for category, count in sorted(counts.items()))
    if listed:
        terms = _("terms of each category: {counts}").format(counts=listed)
        first = f"{first} · {terms}"
    weighed = _("The weights of the terms of one report are added up.")
    has_weights = any(member.weight for member in members)
    explained = joined(card.algorithm_text, weighed if has_weights else "")
    return "\n".join(filter(None, (first, explained)))
