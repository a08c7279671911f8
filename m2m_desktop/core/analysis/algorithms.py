"""The algorithms of SMQs: whether the terms of one case together satisfy ``A or (B and C)``.

A letter is true where the case has a term of that category. A sum adds the weights of the
categories, each once a case, however many of its terms were reported; of different weights in one
category the highest counts.

    rule    = both {"or" both}
    both    = part {"and" part}
    part    = letter | "(" rule ")" | sum
    sum     = "sum of" … "weights" … sign number

A sum over some of the categories only is not understood, nor is anything else: better no answer.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from m2m_desktop.core.text import tidy

Weights = Mapping[str, int]
"""Of the categories that a case has, the weight of each."""
Rule = Callable[[Weights], bool]

_SIGNS: Mapping[str, Callable[[int, int], bool]] = {
    ">": lambda total, least: total > least,
    ">=": lambda total, least: total >= least,
    "=": lambda total, least: total == least,
}
_TOKEN = re.compile(
    r"(?P<open>[(\[{])|(?P<close>[)\]}])"
    r"|(?P<sum>(?:the\s+)?sum\s+of\s+(?:the\s+)?(?:(?:category|broad|narrow|term)\s+)*weights?"
    r"(?:\s+of\s+(?:the\s+)?(?:broad\s+|narrow\s+|all\s+)?(?:terms|categories))?"
    r"\s*(?:is\s+)?(?P<sign>>=|≥|>|=|greater\s+than|at\s+least)\s*(?P<least>\d{1,6}))"
    r"|(?P<word>and|or)(?![a-z])|(?P<letter>[a-z])(?![a-z])|(?P<space>\s+)",
    re.IGNORECASE,
)
_SPOKEN_SIGNS = {"≥": ">=", "greaterthan": ">", "atleast": ">="}
_MAX_DEPTH = 50


@dataclass(frozen=True, slots=True)
class Algorithm:
    """An algorithm that was understood; ``letters`` are the categories it speaks of."""

    text: str
    letters: frozenset[str]
    rule: Rule

    def is_met(self, weights: Weights) -> bool:
        """Tell whether a case satisfies it that has these categories."""
        return self.rule(weights)


def parse_algorithm(text: str) -> Algorithm | None:
    """Read an algorithm as a release writes it; None where it is empty or is not understood."""
    tokens = list(_tokens(tidy(text)))
    if not tokens or tokens[-1][0] == "other":
        return None
    reading = _Reading(tokens)
    try:
        rule = reading.rule(0)
    except _NotUnderstoodError:
        return None
    return Algorithm(text, frozenset(reading.letters), rule) if reading.is_done else None


class _NotUnderstoodError(Exception):
    """The text follows another grammar."""


def _tokens(text: str) -> Iterator[tuple[str, str]]:
    """Kinds and values; the last one has the kind ``other`` where something is unknown."""
    at = 0
    while at < len(text):
        found = _TOKEN.match(text, at)
        if found is None:
            yield "other", text[at:]
            return
        at = found.end()
        if found["sum"]:
            sign = re.sub(r"\s+", "", found["sign"].casefold())
            yield "sum", f"{_SPOKEN_SIGNS.get(sign, sign)} {found['least']}"
        elif not found["space"]:
            kind = str(found.lastgroup)
            yield kind, found[0].casefold() if kind == "word" else found[0].upper()


class _Reading:
    """Goes through the tokens from the left."""

    def __init__(self, tokens: list[tuple[str, str]]) -> None:
        self._tokens = tokens
        self._at = 0
        self.letters: set[str] = set()

    @property
    def is_done(self) -> bool:
        return self._at == len(self._tokens)

    def rule(self, depth: int) -> Rule:
        parts = [self._both(depth)]
        while self._takes("word", "or"):
            parts.append(self._both(depth))
        return lambda weights: any(part(weights) for part in parts)

    def _both(self, depth: int) -> Rule:
        parts = [self._part(depth)]
        while self._takes("word", "and"):
            parts.append(self._part(depth))
        return lambda weights: all(part(weights) for part in parts)

    def _part(self, depth: int) -> Rule:
        if self.is_done or depth > _MAX_DEPTH:
            raise _NotUnderstoodError
        kind, value = self._tokens[self._at]
        self._at += 1
        if kind == "letter":
            self.letters.add(value)
            return lambda weights: value in weights
        if kind == "sum":
            sign, least = value.split()
            compares, limit = _SIGNS[sign], int(least)
            return lambda weights: compares(sum(weights.values()), limit)
        if kind == "open":
            inner = self.rule(depth + 1)
            if self._takes("close"):
                return inner
        raise _NotUnderstoodError

    def _takes(self, kind: str, value: str = "") -> bool:
        if self.is_done:
            return False
        found_kind, found = self._tokens[self._at]
        if found_kind != kind or (value and found != value):
            return False
        self._at += 1
        return True
