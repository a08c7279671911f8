"""Where a cell may be cut: every character is either text or part of what separates."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from m2m_desktop.core.splitting_numbers import (
    EDGES,
    SEPARATORS,
    numbering_spans,
    severity_spans,
)
from m2m_desktop.core.splitting_text import CJK, has_content

_TEXT, _INLINE, _HARD = 0, 1, 2
_PAIRS = {")": "(", "]": "[", "”": "“", "’": "‘", "」": "「", "』": "『", "》": "《"}
_OPENING = frozenset(_PAIRS.values())
_LEFT_EDGES = EDGES + SEPARATORS
_RIGHT_EDGES = EDGES + SEPARATORS + "."
_PLACE = re.compile(r"[;、,。.\n|!/+]")
_CHINESE = re.compile(f"[{CJK}]")
_CLOSED = frozenset(")]℃%”」↑↓")
_LIST_OF_NUMBERS = re.compile(
    r"第\d{1,2}(?:[、,]\d{1,2}){1,9}|\d{1,2}(?:、\d{1,2}){1,9}(?=[天日周次月年度级型期指趾椎])"
)
_WORD_BEFORE = re.compile(r"[A-Za-z]{4}$")
_UNITS_OF_ONE_NAME = re.compile(
    r"事件|或|比[值例]|(?:分钟?|小时|[日天次周月年片粒支])(?![" + CJK + r"])"
    r"|(?:过[缓快慢速低高]|[升降]高?低?|增[高多快加]|减[低少慢退]|下降|上升|加[快重]|异常|障碍|紊乱)"
    r"(?![" + CJK + r"])"
)
_FIRST_OF_TWO = re.compile(r"(?:注射|输注|给药|用药|植入|应用|接种|穿刺|[和及])$")


@dataclass(frozen=True, slots=True)
class Atom:
    """A stretch of text between two separators; ``is_joinable`` with the one before it.

    It is not where a line break, numbering or a severity stands between them.
    """

    start: int
    end: int
    is_joinable: bool


def find_atoms(plain: str) -> list[Atom]:
    """Cut at every separator that is none of a number, a name or a bracket."""
    marks = bytearray(len(plain))
    _mark(marks, severity_spans(plain))
    _mark(marks, list(numbering_spans(plain, marks)))
    numbers = bytearray(len(plain))
    _mark(numbers, (match.span() for match in _LIST_OF_NUMBERS.finditer(plain)))
    for match in _PLACE.finditer(plain):
        place = match.start()
        if marks[place] == numbers[place] == _TEXT and _separates(plain, place):
            marks[place] = _HARD if match[0] == "\n" else _INLINE
    _respect_brackets(plain, marks)
    return _atoms(plain, marks)


def _mark(marks: bytearray, spans: Iterable[tuple[int, int]]) -> None:
    for start, end in spans:
        marks[start:end] = bytes([_HARD]) * (end - start)


def _separates(plain: str, place: int) -> bool:
    character = plain[place]
    if character in "\n;|!":
        return True
    before, after = plain[place - 1 : place], plain[place + 1 : place + 2]
    if character in "/+":
        return _parts_names(plain, place)
    is_number = before.isdecimal() and after.isdecimal()
    if character == "。":
        return not is_number
    if character in "、,":
        return not is_number or not _is_one_number(plain, place)
    if not before or not after:
        return True
    if _CHINESE.match(before) or before in _CLOSED:
        return True
    if not before.isalnum():
        return not after.isdecimal()
    return not after.isalnum() and _WORD_BEFORE.search(plain, max(0, place - 4), place) is not None


def _is_one_number(plain: str, place: int) -> bool:
    """Tell whether two numbers belong together: 1,250, 第1、2天, 1,25-二羟基维生素."""
    left = re.search(r"(.?)(\d{1,6})$", plain[max(0, place - 7) : place])
    right = re.match(r"(\d{1,6})(.?)", plain[place + 1 : place + 8])
    if left is None or right is None or left[1] == "." or right[2].isdecimal():
        return False
    if plain[place] == "," and len(right[1]) == 3 and len(left[2]) <= 3 and right[2] != ".":
        return True
    is_short = len(left[2]) <= 2 and len(right[1]) <= 2
    return (
        is_short
        and right[2] != "."
        and (int(right[1]) == int(left[2]) + 1 or (plain[place] == "," and right[2] == "-"))
    )


def _parts_names(plain: str, place: int) -> bool:
    """Tell whether ``/`` or ``+`` stands between two names: 恶心/呕吐, and not AST/ALT, 次/分."""
    left, right = plain[max(0, place - 2) : place], plain[place + 1 : place + 7]
    ends = left[-1:] in tuple(")]") or len(_CHINESE.findall(left)) == 2
    if not ends or len(_CHINESE.findall(right[:2])) < 2:
        return False
    return not (_UNITS_OF_ONE_NAME.match(right) or _FIRST_OF_TWO.search(left))


def _respect_brackets(plain: str, marks: bytearray) -> None:
    """Unmark what stands in balanced brackets, and mark brackets that hold whole mentions."""
    free_from = 0
    for start, end in _balanced(plain):
        if start < free_from or marks[start]:
            continue
        if _stands_alone(plain, marks, start, end):
            marks[start] = marks[end] = _INLINE
        else:
            marks[start : end + 1] = bytes(end + 1 - start)
            free_from = end + 1


def _balanced(plain: str) -> list[tuple[int, int]]:
    """Find the pairs of brackets, outer before inner; none goes over a line break."""
    pairs: list[tuple[int, int]] = []
    stack: list[int] = []
    waiting = dict.fromkeys(_OPENING, 0)
    for place, character in enumerate(plain):
        if character in _OPENING:
            stack.append(place)
            waiting[character] += 1
        elif character == "\n":
            stack.clear()
            waiting = dict.fromkeys(_OPENING, 0)
        elif waiting.get(opening := _PAIRS.get(character, "")):
            while plain[start := stack.pop()] != opening:
                waiting[plain[start]] -= 1
            waiting[opening] -= 1
            pairs.append((start, place))
    return sorted(pairs)


def _stands_alone(plain: str, marks: bytearray, start: int, end: int) -> bool:
    before, after = start - 1, end + 1
    while before >= 0 and plain[before] in _LEFT_EDGES and not marks[before]:
        before -= 1
    while after < len(plain) and plain[after] in _RIGHT_EDGES and not marks[after]:
        after += 1
    return (before < 0 or marks[before] != _TEXT) and (after == len(plain) or marks[after] != _TEXT)


def _atoms(plain: str, marks: bytearray) -> list[Atom]:
    atoms: list[Atom] = []
    is_joinable = False
    place = 0
    while place < len(plain):
        if marks[place]:
            is_joinable = is_joinable and marks[place] == _INLINE
            place += 1
            continue
        stop = place
        while stop < len(plain) and not marks[stop]:
            stop += 1
        start, end = trimmed(plain, place, stop)
        if has_content(plain[start:end]):
            atoms.append(Atom(start, end, is_joinable))
            is_joinable = True
        place = stop
    return atoms


def trimmed(plain: str, start: int, end: int) -> tuple[int, int]:
    """Take spaces, separators and what else stands around a mention off both ends."""
    while start < end and plain[start] in _LEFT_EDGES:
        start += 1
    while end > start and plain[end - 1] in _RIGHT_EDGES:
        end -= 1
    return start, end
