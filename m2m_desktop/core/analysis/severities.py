"""The words for how severe a reaction was: which there are, and which is worse."""

import re
from collections.abc import Iterable

from m2m_desktop.core.text import tidy

NOT_SAID = ""

_RANKS = (
    ("死亡", "致死", "致命", "fatal", "death"),
    ("危及生命", "危重", "life-threatening", "life threatening"),
    ("新的严重", "严重", "严重的", "重度", "重", "serious", "severe", "重症"),
    ("较重", "中重度"),
    ("中度", "中", "moderate"),
    ("轻中度",),
    ("较轻", "轻度", "轻", "轻微", "轻症", "mild"),
    ("新的一般", "一般", "一般的", "非严重", "不严重", "non-serious", "nonserious", "not serious"),
)
_RANK_OF = {word: rank for rank, words in enumerate(_RANKS) for word in words}
_IN_BRACKETS = re.compile(r"(.+?)\s*[（(]([^（）()]+)[）)]", re.DOTALL)


def is_severity(text: str) -> bool:
    """Whether a text is a word for a severity, in Chinese or English."""
    return tidy(text).casefold() in _RANK_OF


def severity_key(text: str) -> str:
    """Give what two writings of one severity share: width, spaces and case do not tell apart."""
    return tidy(text)


def ordered(severities: Iterable[str]) -> tuple[str, ...]:
    """Put severities in order, each once: the worst first, unknown words next, not said last.

    Unknown words keep the order in which they come.
    """
    return tuple(sorted(dict.fromkeys(severities), key=_rank))


def worst(severities: Iterable[str]) -> str:
    """Give the first of `ordered`, or not said where there is none."""
    return min(severities, key=_rank, default=NOT_SAID)


def cut_severity(text: str) -> tuple[str, str]:
    """Take the severity off a name it hangs on: ``皮疹（一般）`` is ``皮疹`` and ``一般``."""
    found = _IN_BRACKETS.fullmatch(text.strip())
    if found is None or not is_severity(found[2]):
        return text, NOT_SAID
    return found[1], severity_key(found[2])


def _rank(severity: str) -> int:
    if severity == NOT_SAID:
        return len(_RANKS) + 1
    return _RANK_OF.get(severity.casefold(), len(_RANKS))
