"""Which LLT of a PT reads most like another wording."""

from collections import Counter
from itertools import pairwise

from m2m_desktop.core.records import LowestLevelTerm
from m2m_desktop.core.terminology import Terminology
from m2m_desktop.core.text import match_key


def nearest_llt(terminology: Terminology, pt_code: str, wording: str) -> LowestLevelTerm | None:
    """Give the current LLT of a PT whose name is nearest to a wording; None where none is current.

    Where none shares anything with the wording, and among equally near ones, it is the PT's own.
    """
    found = terminology.llts(pt_code, current_only=True)
    wanted = _parts(wording)
    return max(
        found,
        key=lambda llt: (_likeness(wanted, _parts(llt.name)), llt.code == pt_code),
        default=None,
    )


def _parts(text: str) -> Counter[str]:
    """Single characters and pairs of neighbours, as often as they occur."""
    key = match_key(text)
    return Counter([*key, *map("".join, pairwise(key))])


def _likeness(one: Counter[str], other: Counter[str]) -> float:
    """Dice's coefficient: twice the common parts by all parts."""
    total = one.total() + other.total()
    return 2 * (one & other).total() / total if total else 0.0
