"""Two pharmacists code the same file: how far they agree, and where not.

Only mentions that both have decided are compared. A decision is the set of its PTs, "no suitable
term" being the empty set; two decisions agree where the sets are equal.
"""

import math
from collections import Counter
from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum

from m2m_desktop.core.coded_items import CellPlace, CodedItem
from m2m_desktop.core.intervals import Z_95
from m2m_desktop.core.pieces import PieceKind
from m2m_desktop.core.review import CodedTerm, ReviewStatus

PLACES_LISTED = 20


class DifferenceKind(Enum):
    """How the second coding differs from the first."""

    OMISSION = "omission"
    ADDITION = "addition"
    SUBSTITUTION = "substitution"


@dataclass(frozen=True, slots=True)
class Difference:
    """A phrase that was coded in two ways, and how often in these two.

    ``only_first`` and ``only_second`` are the terms that the other has not. ``places`` are the
    first `PLACES_LISTED` mentions.
    """

    kind: DifferenceKind
    text: str
    count: int
    first: tuple[CodedTerm, ...]
    second: tuple[CodedTerm, ...]
    only_first: tuple[CodedTerm, ...]
    only_second: tuple[CodedTerm, ...]
    first_reviewer: str
    second_reviewer: str
    places: tuple[CellPlace, ...]


@dataclass(frozen=True, slots=True)
class Kappa:
    """Agreement of two persons over ``count`` cases, and Cohen's kappa (1960) of it.

    ``value`` is None where both always gave one and the same answer: kappa is undefined then.
    ``low`` and ``high`` bound it with 95 % confidence, by Cohen's approximate standard error.
    """

    count: int
    agreed: int
    value: float | None
    low: float | None = None
    high: float | None = None

    @property
    def agreement(self) -> float:
        """The share on which both agree; 0 where there is nothing to compare."""
        return self.agreed / self.count if self.count else 0.0


@dataclass(frozen=True, slots=True)
class SocAgreement:
    """PTs of one SOC: chosen by both, or by one only, counted once for each distinct phrase."""

    soc_code: str
    soc_name: str
    both: int
    only_first: int
    only_second: int

    @property
    def positive_agreement(self) -> float:
        """Twice the common ones over all that either chose (Dice)."""
        return dice(self.both, self.only_first, self.only_second)


@dataclass(frozen=True, slots=True)
class Agreement:
    """The comparison of two codings.

    ``phrases`` counts distinct wordings once, however often they stand in the file (a wording with
    exceptions once for each pair of decisions); ``mentions`` counts every place. ``unpaired`` are
    mentions that only one file has, ``undecided`` those that one person or both left open.
    ``positive_agreement`` is that of single PTs over distinct phrases.
    """

    phrases: Kappa
    mentions: Kappa
    positive_agreement: float
    differences: tuple[Difference, ...]
    socs: tuple[SocAgreement, ...]
    unpaired: int
    undecided: int

    @property
    def kinds(self) -> Mapping[DifferenceKind, int]:
        """How many distinct phrases differ in each way."""
        return Counter(difference.kind for difference in self.differences)


@dataclass(slots=True)
class _Pair:
    """A wording with its two decisions, and where it stands."""

    first: CodedItem
    second: CodedItem
    places: list[CellPlace]


def compare(first: Iterable[CodedItem], second: Iterable[CodedItem]) -> Agreement:
    """Compare two codings of one file. Mentions are the same where place and text are."""
    ours = {_identity(item): item for item in first if item.kind is PieceKind.REACTION}
    theirs = {_identity(item): item for item in second if item.kind is PieceKind.REACTION}
    pairs: dict[Hashable, _Pair] = {}
    undecided = 0
    for identity, one in ours.items():
        other = theirs.get(identity)
        if other is None:
            continue
        if ReviewStatus.UNREVIEWED in (one.status, other.status):
            undecided += 1
            continue
        # without texts, each mention is a phrase of its own
        unit = (one.text or identity, _codes(one), _codes(other))
        pairs.setdefault(unit, _Pair(one, other, [])).places.append(one.place)
    found = list(pairs.values())
    socs = _by_soc(found)
    return Agreement(
        phrases=_kappa([(_codes(p.first), _codes(p.second), 1) for p in found]),
        mentions=_kappa([(_codes(p.first), _codes(p.second), len(p.places)) for p in found]),
        positive_agreement=dice(
            sum(soc.both for soc in socs),
            sum(soc.only_first for soc in socs),
            sum(soc.only_second for soc in socs),
        ),
        differences=tuple(_differences(found)),
        socs=tuple(socs),
        unpaired=len(ours.keys() ^ theirs.keys()),
        undecided=undecided,
    )


def dice(both: int, only_first: int, only_second: int) -> float:
    """Give the positive agreement of two selections; 1 where neither selected anything."""
    total = 2 * both + only_first + only_second
    return 2 * both / total if total else 1.0


def _identity(item: CodedItem) -> tuple[Hashable, ...]:
    return (item.place, item.start, item.end, item.text)


def _codes(item: CodedItem) -> frozenset[str]:
    return frozenset(term.pt_code for term in item.terms)


def _kappa(answers: Sequence[tuple[frozenset[str], frozenset[str], int]]) -> Kappa:
    """Give Cohen's kappa of two nominal answers, each pair with the number of its cases."""
    count = sum(weight for _, _, weight in answers)
    agreed = sum(weight for one, other, weight in answers if one == other)
    if not count:
        return Kappa(0, 0, None)
    ours, theirs = Counter[frozenset[str]](), Counter[frozenset[str]]()
    for one, other, weight in answers:
        ours[one] += weight
        theirs[other] += weight
    observed = agreed / count
    by_chance = sum(ours[codes] * theirs[codes] for codes in ours) / count**2
    if by_chance >= 1:
        return Kappa(count, agreed, None)
    value = (observed - by_chance) / (1 - by_chance)
    spread = Z_95 * math.sqrt(observed * (1 - observed) / count) / (1 - by_chance)
    return Kappa(count, agreed, value, max(-1.0, value - spread), min(1.0, value + spread))


def _differences(pairs: Iterable[_Pair]) -> list[Difference]:
    """List what differs, the most frequent wording first, then as in the file."""
    found = []
    for pair in pairs:
        ours, theirs = _codes(pair.first), _codes(pair.second)
        if ours == theirs:
            continue
        only_first = tuple(term for term in pair.first.terms if term.pt_code not in theirs)
        only_second = tuple(term for term in pair.second.terms if term.pt_code not in ours)
        if only_first and only_second:
            kind = DifferenceKind.SUBSTITUTION
        else:
            kind = DifferenceKind.OMISSION if only_first else DifferenceKind.ADDITION
        found.append(
            Difference(
                kind,
                pair.first.text,
                len(pair.places),
                pair.first.terms,
                pair.second.terms,
                only_first,
                only_second,
                pair.first.reviewer,
                pair.second.reviewer,
                tuple(pair.places[:PLACES_LISTED]),
            )
        )
    return sorted(found, key=lambda difference: -difference.count)


def _by_soc(pairs: Iterable[_Pair]) -> list[SocAgreement]:
    """Count the PTs of each SOC, the one with most differences first."""
    names: dict[str, str] = {}
    counts: dict[str, list[int]] = {}
    for pair in pairs:
        ours, theirs = _codes(pair.first), _codes(pair.second)
        terms = {term.pt_code: term for term in (*pair.first.terms, *pair.second.terms)}
        for code, term in terms.items():
            names.setdefault(term.soc_code, term.soc_name)
            column = 0 if code in ours & theirs else 1 if code in ours else 2
            counts.setdefault(term.soc_code, [0, 0, 0])[column] += 1
    socs = [SocAgreement(code, names[code], *three) for code, three in counts.items()]
    return sorted(socs, key=lambda s: (-(s.only_first + s.only_second), -s.both, s.soc_code))
