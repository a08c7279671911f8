"""Texts to convert a model with: a fixed choice from a terminology, the same at every conversion.

They calibrate the quantiser, compare the models before and after, and become golden inputs. No
phrase of a user is among them.

Golden inputs are answered at every opening of a model: most of a reranker's have a short candidate
text, which costs a third of one that fills the model.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import zip_longest
from typing import TypeVar

from m2m_desktop.core.candidate_texts import CandidateTexts
from m2m_desktop.core.records import TermLevel
from m2m_desktop.core.templates import Template
from m2m_desktop.core.terminology import Terminology

GROUPS = 12
GROUP_SIZE = 6
"""Pairs to compare with: so many mentions, each with so many candidates."""

COMPARED_TEXTS = 24
CALIBRATION_TEXTS = 16
GOLDEN_TEXTS = 20
LONG_GOLDEN = 3
"""One golden pair in so many has its whole candidate text."""

SHORT_TEMPLATE = Template("pt_only")

PREFIXES = ("", "用药后", "轻度", "反复", "服药后出现", "", "双侧", "考虑")
"""How reports word things around a term; also ("") not at all."""

Texts = tuple[str, ...]
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Samples:
    """Texts, or (mention, candidate) pairs; ``groups`` hold one mention's pairs each.

    What calibrates is not among what is compared, nor golden.
    """

    calibration: tuple[Texts, ...]
    groups: tuple[tuple[Texts, ...], ...]
    golden: tuple[Texts, ...]

    @property
    def compared(self) -> list[Texts]:
        """All pairs or texts of the groups, in order."""
        return [texts for group in self.groups for texts in group]


def pair_samples(terminology: Terminology, template: Template) -> Samples:
    """Choose pairs for a reranker: LLTs against their own PT, its neighbours, and strangers."""
    long, short = (CandidateTexts(terminology, one) for one in (template, SHORT_TEMPLATE))
    mentions = _mentions(terminology, GROUPS + CALIBRATION_TEXTS)
    count = len(terminology.names(TermLevel.PT))

    def pairs(texts: CandidateTexts, mention: str, own: int) -> tuple[Texts, ...]:
        # neighbours in a release's order are often neighbours in meaning
        rows = [own, own + 1, own - 1, own + count // 3, own + count // 7, own + count // 2]
        return tuple((mention, texts.text(row % count)) for row in rows)

    compared, rest = _split(mentions, GROUPS)
    calibration = [pairs(long, *one)[place % GROUP_SIZE] for place, one in enumerate(rest)]
    groups = tuple(pairs(long, *one) for one in compared)
    shortened = tuple(pairs(short, *one) for one in compared)
    golden = [
        whole if place % LONG_GOLDEN == 0 else brief
        for place, (whole, brief) in enumerate(
            zip(_by_rank(groups), _by_rank(shortened), strict=True)
        )
    ]
    return Samples(tuple(calibration), groups, tuple(golden[:GOLDEN_TEXTS]))


def text_samples(terminology: Terminology) -> Samples:
    """Choose single texts for a model that reads one text at a time: every other one is longer."""
    count = COMPARED_TEXTS + CALIBRATION_TEXTS
    mentions = [mention for mention, _ in _mentions(terminology, count)]
    texts = [
        mention if place % 2 else "，".join(mentions[place : place + 3])
        for place, mention in enumerate(mentions)
    ]
    compared, calibration = _split(texts, COMPARED_TEXTS)
    groups = tuple(((text,),) for text in compared)
    golden = _by_rank(groups)[:GOLDEN_TEXTS]
    return Samples(tuple((text,) for text in calibration), groups, tuple(golden))


def _by_rank(groups: Sequence[Sequence[Texts]]) -> list[Texts]:
    """The first of each group, then the second of each."""
    return [texts for rank in zip_longest(*groups) for texts in rank if texts]


def _mentions(terminology: Terminology, count: int) -> list[tuple[str, int]]:
    """Give different wordings with the PT row they belong to, evenly from the whole terminology."""
    names = terminology.names(TermLevel.LLT)
    found: dict[str, int] = {}
    for place in range(count):
        row = place * len(names) // count
        wording = PREFIXES[place % len(PREFIXES)] + names[row]
        while wording in found:  # where there are fewer terms than wordings
            wording = PREFIXES[1 + len(found) % 4] + wording
        found[wording] = int(terminology.llt_pt[row])
    return list(found.items())


def _split(found: Sequence[T], count: int) -> tuple[list[T], list[T]]:
    """Take ``count`` evenly from all; gives them, and the others."""
    taken = {place * len(found) // count for place in range(count)}
    return (
        [one for place, one in enumerate(found) if place in taken],
        [one for place, one in enumerate(found) if place not in taken],
    )
