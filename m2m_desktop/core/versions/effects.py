"""What another release means for something that was decided: records, for the window as well."""

from dataclasses import dataclass
from enum import Enum

from m2m_desktop.core.messages import Message
from m2m_desktop.core.review import CodedTerm


class EffectKind(Enum):
    """What the new release says otherwise; the gravest first, which names a whole decision.

    ``PROMOTED_OTHER``: the decided LLT is a PT of its own now. ``NEW_EXACT``: the terms hold as they
    are, but the phrase is the name of an LLT that is new. ``NO_TERM_BEFORE``: that no term was
    suitable was found in another release.
    """

    REMOVED = "removed"
    DEMOTED = "demoted"
    PROMOTED_OTHER = "promoted_other"
    LLT_MOVED = "llt_moved"
    LLT_REMOVED = "llt_removed"
    NOT_CURRENT = "not_current"
    NEW_EXACT = "new_exact"
    PRIMARY_SOC = "primary_soc"
    MOVED = "moved"
    RENAMED = "renamed"
    NO_TERM_BEFORE = "no_term_before"
    NONE = "none"


CERTAIN = frozenset({EffectKind.PRIMARY_SOC, EffectKind.MOVED, EffectKind.RENAMED})
"""The codes stay; only names or places are others."""


class Standing(Enum):
    """How a phrase stands: decided, put together but not decided, proposed only, or remembered."""

    ACCEPTED = "accepted"
    CHANGED = "changed"
    NO_TERM = "no_suitable_term"
    DRAFT = "draft"
    PROPOSED = "proposed"
    REMEMBERED = "remembered"


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a release says of a set of terms. ``proposal`` None: nothing follows from it.

    ``needs_person``: what is proposed is not sure, or there is nothing to propose.
    """

    kind: EffectKind
    reasons: tuple[Message, ...] = ()
    proposal: tuple[CodedTerm, ...] | None = None
    proposal_reasons: tuple[Message, ...] = ()
    needs_person: bool = False

    @property
    def is_certain(self) -> bool:
        """Whether the codes stay and it may be applied without a look."""
        return self.kind in CERTAIN and not self.needs_person


@dataclass(frozen=True, slots=True)
class Effect:
    """A verdict about one decision. ``key`` names a phrase, an item or an entry of the memory.

    ``rows`` counts the places in the file that it holds for (0 in the memory). ``can_apply``: the
    proposal may be put in the place of the terms.
    """

    key: str
    phrase: str
    rows: int
    standing: Standing
    terms: tuple[CodedTerm, ...]
    verdict: Verdict

    @property
    def can_apply(self) -> bool:
        """Whether there is something to apply; what is only proposed is coded anew instead."""
        return self.verdict.proposal is not None and self.standing is not Standing.PROPOSED
