"""How often a linker finds the concept, split by what it could have learnt in training.

A mention that training had is easy to remember; what a linker is worth shows on mentions, and above
all on codes, that it has never seen.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import Enum

import numpy as np

from m2m_desktop.core.evaluation.mentions import AnsweredMention
from m2m_desktop.core.evaluation.tallies import Tally, tally

DEPTHS = (1, 5, 10, 25, 50, 100, 200)


class Part(Enum):
    """The part of the gold standard that a mention belongs to."""

    SEEN = "seen"
    UNSEEN_MENTION = "unseen_mention"
    UNSEEN_CODE = "unseen_code"


@dataclass(frozen=True, slots=True)
class Training:
    """What training had: mentions as `mention_key` writes them, and codes."""

    mentions: frozenset[str]
    codes: frozenset[str]

    @classmethod
    def of(cls, pairs: Iterable[tuple[str, Iterable[str]]]) -> "Training":
        """Take mentions with their codes."""
        held = [(mention_key(text), frozenset(codes)) for text, codes in pairs]
        return cls(
            frozenset(key for key, _ in held), frozenset(code for _, one in held for code in one)
        )

    def part_of(self, mention: AnsweredMention) -> Part:
        """Where a mention belongs; one unseen code among several makes it one of unseen code."""
        if not mention.gold <= self.codes:
            return Part.UNSEEN_CODE
        return Part.SEEN if mention_key(mention.text) in self.mentions else Part.UNSEEN_MENTION


def mention_key(text: str) -> str:
    """What two spellings of a mention share: letters without case, single spaces."""
    return " ".join(text.casefold().split())


def linking_tally(mentions: Sequence[AnsweredMention], depths: Iterable[int] = DEPTHS) -> Tally:
    """Top-k accuracy: the share of mentions with a gold code among the first k."""
    cases = np.ones(len(mentions))
    return tally(
        {
            f"top_{k}": (
                np.array([bool(one.gold.intersection(one.codes[:k])) for one in mentions], float),
                cases,
            )
            for k in depths
        }
    )
