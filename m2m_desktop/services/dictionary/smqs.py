"""SMQs to look at: the list, one of them, and the terms it holds."""

import re
from collections.abc import Collection
from dataclasses import dataclass

from m2m_desktop.core.messages import N_
from m2m_desktop.core.records import TermLevel
from m2m_desktop.core.smqs import Smq, SmqMember
from m2m_desktop.core.terminology import Terminology
from m2m_desktop.services.dictionary.errors import SmqUnknown
from m2m_desktop.services.language import _

SCOPES = ("narrow", "broad")
"""Broad is everything: the narrow terms and those that only a broad search takes."""
MEMBER_LEVELS = (TermLevel.PT, TermLevel.LLT)

_PIECES = re.compile(r"\s*(\(|\)|[A-Za-z]+)")
_RULE_WORDS = {"and": N_("and"), "or": N_("or"), "(": "(", ")": ")"}


@dataclass(frozen=True, slots=True)
class SmqRow:
    """An SMQ in the list. ``member_count`` counts what a broad search with all below it finds."""

    smq: Smq
    parents: tuple[str, ...]
    children: tuple[str, ...]
    member_count: int


@dataclass(frozen=True, slots=True)
class MemberRow:
    """A term of an SMQ; ``via_name`` names the SMQ that lists it. ``pt_code`` is for LLTs only."""

    member: SmqMember
    via_name: str
    via_name2: str
    is_current: bool
    pt_code: str


def smq_list(terminology: Terminology) -> tuple[SmqRow, ...]:
    """List all SMQs in file order, the inactive ones too; one may stand below several."""
    return tuple(_smq_row(terminology, row) for row in range(len(terminology.smq_codes)))


def smq_row(terminology: Terminology, code: str) -> SmqRow:
    """Look one SMQ up. Raises: SmqUnknown."""
    return _smq_row(terminology, _known(terminology, code))


def members(
    terminology: Terminology,
    code: str,
    *,
    scope: str = "broad",
    with_children: bool = True,
    levels: Collection[TermLevel] = MEMBER_LEVELS,
) -> tuple[MemberRow, ...]:
    """List the active terms of an SMQ, and of those below it unless told otherwise.

    In file order, each (term, scope, category) once. Raises: SmqUnknown.
    """
    _known(terminology, code)
    names = {}
    rows = []
    for member in terminology.smq_members(
        code, narrow_only=scope == "narrow", with_children=with_children, levels=levels
    ):
        if member.via not in names:
            via = terminology.smq(member.via)
            names[member.via] = (via.name, via.name2) if via else ("", "")
        llt = terminology.llt(member.term.code) if member.term.level is TermLevel.LLT else None
        is_current, pt_code = (llt.is_current, llt.pt_code) if llt else (True, "")
        rows.append(MemberRow(member, *names[member.via], is_current, pt_code))
    return tuple(rows)


def algorithm_words(algorithm: str) -> str:
    """Say in words when an algorithm is met, in the current language; empty where there is none.

    An algorithm that speaks of more than categories (weights, for one) is shown as it stands.
    """
    if not algorithm:
        return ""
    rule = _rule_words(algorithm) or algorithm
    return _("A case is counted where it has: {rule}").format(rule=rule)


def _rule_words(algorithm: str) -> str:
    """The expression with each letter spelt out; empty where it is of another kind or incomplete."""
    words, at, text = [], 0, algorithm.strip()
    depth, wants_letter = 0, True
    while at < len(text):
        piece = _PIECES.match(text, at)
        word = piece[1] if piece else ""
        is_letter = len(word) == 1 and word.isupper()
        opens = is_letter or word == "("  # what may stand at the beginning of an expression
        if opens != wants_letter or not (is_letter or word.casefold() in _RULE_WORDS):
            return ""
        depth += (word == "(") - (word == ")")
        if depth < 0:
            return ""
        wants_letter = word != ")" and not is_letter
        spelt = _("a term of category {letter}").format(letter=word) if is_letter else ""
        words.append(spelt or _(_RULE_WORDS[word.casefold()]))
        at = piece.end() if piece else len(text)
    if depth or wants_letter:
        return ""
    return " ".join(words).replace("( ", "(").replace(" )", ")")


def _known(terminology: Terminology, code: str) -> int:
    row = terminology.smq_codes.index(code)
    if row < 0:
        raise SmqUnknown(smq=code[:20], name=terminology.info.name)
    return row


def _smq_row(terminology: Terminology, row: int) -> SmqRow:
    lists = terminology.smq_lists
    return SmqRow(
        lists.at(row),
        tuple(lists.codes[each] for each in lists.parent_rows.get(row, ())),
        tuple(lists.codes[each] for each in lists.child_rows(row)),
        lists.member_counts[row],
    )
