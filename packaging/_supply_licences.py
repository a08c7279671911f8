"""SPDX licence expressions: whether one may ship, and which one a package's metadata mean."""

from __future__ import annotations

import re
from collections.abc import Mapping

from _supply_facts import ALLOWED_LICENCES, CORRECTED, SPOKEN


def is_allowed(expression: str, allowed: frozenset[str] = ALLOWED_LICENCES) -> bool:
    """Whether somebody who may choose in this expression can keep to allowed licences.

    ``A OR B`` needs one of the two, ``A AND B`` both; ``A WITH B`` is a name of its own. What is no
    expression is not allowed.
    """
    tokens = re.findall(r"[()]|[^\s()]+", expression)
    try:
        answer, rest = _any(tokens, allowed)
    except (IndexError, ValueError):
        return False
    return answer and not rest


def _any(tokens: list[str], allowed: frozenset[str]) -> tuple[bool, list[str]]:
    answer, rest = _all(tokens, allowed)
    while rest[:1] == ["OR"]:
        other, rest = _all(rest[1:], allowed)
        answer = answer or other
    return answer, rest


def _all(tokens: list[str], allowed: frozenset[str]) -> tuple[bool, list[str]]:
    answer, rest = _one(tokens, allowed)
    while rest[:1] == ["AND"]:
        other, rest = _one(rest[1:], allowed)
        answer = answer and other
    return answer, rest


def _one(tokens: list[str], allowed: frozenset[str]) -> tuple[bool, list[str]]:
    first, *rest = tokens[0], *tokens[1:]
    if first == "(":
        answer, rest = _any(rest, allowed)
        if rest[0] != ")":
            raise ValueError("a bracket is not closed")
        return answer, rest[1:]
    if first in {")", "AND", "OR", "WITH"}:
        raise ValueError(f"{first} stands where a licence should")
    if rest[:1] == ["WITH"]:
        return f"{first} WITH {rest[1]}" in allowed, rest[2:]
    return first in allowed, rest


def declared(name: str, metadata: Mapping[str, str]) -> str:
    """The SPDX expression of a package; empty where its metadata do not tell."""
    expression = metadata.get("License-Expression", "")
    return expression or CORRECTED.get(name) or SPOKEN.get(metadata.get("License", "").strip(), "")
