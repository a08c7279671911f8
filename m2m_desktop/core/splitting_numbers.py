"""Numbering in a cell (1、 2. (3) ④ 五、) and the severity that hangs on a name in brackets."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from m2m_desktop.core.splitting_text import CJK, NUMERALS

SEPARATORS = ";、,。\n|!"
"""What separates mentions wherever it stands, but for numbers."""
EDGES = " :\"'*_~…·"
"""What may stand around a mention and is no part of it."""

_MAX_NUMBER = 30
_BULLETS = "-–—*•●○◆◇■□▪►➢✓√#"
_NUMBERING = re.compile(
    rf"[(\[] ?(?:(?P<round>\d{{1,2}})|(?P<round_chinese>[{NUMERALS}]{{1,3}})) ?[)\]][、.:]?"
    r"|(?P<circled>[①-⑳⑴-⒛㈠-㈩❶-❿➀-➓⓵-⓾㉑-㉟㊱-㊿])[、.:]?"
    r"|(?<![\dA-Za-z.第/~-])(?P<digits>\d{1,2}) ?(?P<point>[、.):,])"
    rf"|(?<![第{NUMERALS}])(?P<chinese>[{NUMERALS}]{{1,3}})[、.]"
    r"|(?<![A-Za-z\d])(?P<letter>[A-Ha-h])(?P<letter_point>[、.)])"
    rf"|(?<![{_BULLETS}])(?P<bullet>[{_BULLETS}]{{1,3}}) ?(?=[{CJK}A-Za-z])"
)
_GRADE_OR_COUNT = re.compile(r"[级度型期次例天日岁]")
_SEVERITY_WORD = r"(?:新的?)?(?:一般|严重)的?|轻微|[轻中重]度|轻中度|中重度|较[轻重]|[轻中重]|危重"
_SEVERITY = re.compile(rf"[(\[] {{0,3}}({_SEVERITY_WORD}) {{0,3}}(?:[)\]]|(?=[;、,。\n|]|$))")
_CUTS_ANYWHERE = ("一般", "严重")
_BEFORE_SEVERITY = " ,;、"
_LONGEST_SEVERITY = 16
_NEAR = 60


@dataclass(frozen=True, slots=True)
class _Number:
    start: int
    end: int
    style: str
    value: int
    is_sure: bool


def numbering_spans(plain: str, marked: bytearray) -> Iterator[tuple[int, int]]:
    """Find the numbering of a cell.

    A number counts at the beginning of a mention. Inside the text, or before another number
    (1、3天后皮疹), it counts only beside its neighbour: 1 and 2 of the same style.
    ``marked`` is not 0 where something already separates.
    """
    styles: dict[str, list[_Number]] = {}
    free_at = -1
    for match in _NUMBERING.finditer(plain):
        is_at_boundary = match.start() == free_at or _is_boundary(plain, marked, match.start())
        if (number := _number(plain, match, is_at_boundary)) is not None:
            if number.is_sure:
                free_at = number.end
            styles.setdefault(number.style, []).append(number)
    for numbers in styles.values():
        for index, number in enumerate(numbers):
            before = numbers[index - 1].value if index else None
            after = numbers[index + 1].value if index + 1 < len(numbers) else None
            if number.is_sure or number.value - 1 == before or number.value + 1 == after:
                yield number.start, number.end


def severity_spans(plain: str) -> Iterator[tuple[int, int]]:
    """Find the brackets with a severity that hang on a name; 肝功能（轻度）异常 has none."""
    return (match.span() for match in _SEVERITY.finditer(plain) if _is_severity(plain, match))


def severity_at(plain: str, place: int) -> str:
    """Give the severity in the brackets that follow ``place`` next, or empty."""
    words = []
    while match := _SEVERITY.match(plain, _skip(plain, place, _BEFORE_SEVERITY)):
        if not _is_severity(plain, match):
            break
        words.append(match[1])
        place = match.end()
    return "、".join(words)


def _is_severity(plain: str, match: re.Match[str]) -> bool:
    """Tell whether the brackets hang on a name before them and are no part of a longer one."""
    before = _skip_back(plain, match.start(), _BEFORE_SEVERITY)
    if before < 0 or not (plain[before].isalnum() or plain[before] in ")]↑↓+%℃"):
        return False
    after = _skip(plain, match.end(), " ")
    if after == len(plain) or not plain[after].isalpha():
        return True
    hangs = plain[before + 1 : match.start()].isspace() or before + 1 == match.start()
    return hangs and match[1].rstrip("的").endswith(_CUTS_ANYWHERE)


def without_number(plain: str, start: int, end: int) -> int:
    """Give where the text of ``plain[start:end]`` begins after its numbering."""
    while True:
        start = min(end, _skip(plain, start, EDGES))
        near = plain[start : min(end, start + _NEAR)]
        spans = numbering_spans(near, bytearray(len(near)))
        first = next((stop for begin, stop in spans if begin == 0), 0)
        if first == 0:
            return start
        start += first


def without_severity(plain: str, start: int, end: int) -> int:
    """Give where the text of ``plain[start:end]`` ends before the severity that hangs on it."""
    while True:
        low = max(start, end - _LONGEST_SEVERITY)
        found = [begin for begin, stop in severity_spans(plain[low:end]) if low + stop == end]
        if not found:
            return end
        end = low + found[0]
        while end > start and plain[end - 1] == " ":
            end -= 1


def _number(plain: str, match: re.Match[str], is_at_boundary: bool) -> _Number | None:
    """Judge what looks like a number; None where it cannot be numbering."""
    start, end = match.start(), _skip(plain, match.end(), " ")
    if end == len(plain) or plain[end] in SEPARATORS or plain[end] in ")]/+":
        return None
    following = plain[end]
    if (circled := match["circled"]) is not None:
        return _Number(start, end, "circled", ord(circled), True)
    if match["bullet"] is not None:
        return _Number(start, end, "bullet", -2 * start, is_at_boundary)
    if (letter := match["letter"]) is not None:
        if not (is_at_boundary or plain[start - 1] == " ") or not re.match(f"[{CJK}]", following):
            return None
        style = f"letter{match['letter_point']}"
        return _Number(start, end, style, ord(letter.lower()), False)
    if (digits := match["digits"]) is not None:
        return _digits(plain, match, end, is_at_boundary, int(digits))
    chinese = match["chinese"] or match["round_chinese"]
    value = _chinese_value(chinese) if chinese else int(match["round"])
    is_round = match["chinese"] is None
    if is_round and _GRADE_OR_COUNT.match(following):
        return None
    is_before_digit = following in NUMERALS or following.isdecimal()
    if is_before_digit and not (is_at_boundary or is_round):
        return None
    is_sure = is_at_boundary and not is_before_digit
    style = f"{'round' if is_round else 'point'}{'chinese' if chinese else 'digits'}"
    return _Number(start, end, style, value, is_sure)


def _digits(
    plain: str, match: re.Match[str], end: int, is_at_boundary: bool, value: int
) -> _Number | None:
    point = match["point"]
    is_before_digit = plain[end].isdecimal()
    if point in ".:," and plain[match.end() : match.end() + 1].isdecimal():
        return None
    if (is_before_digit and not is_at_boundary) or value > _MAX_NUMBER:
        return None
    is_sure = is_at_boundary and not is_before_digit and point in "、.)" and value > 0
    style = f"digits{point}"
    return _Number(match.start(), end, style, value, is_sure)


def _is_boundary(plain: str, marked: bytearray, place: int) -> bool:
    """Tell whether a mention may begin at ``place``."""
    before = _skip_back(plain, place, EDGES)
    if before < 0 or marked[before]:
        return True
    if plain[before] == "." and not plain[before - 1 : before].isdecimal():
        return True
    has_colon = ":" in plain[before + 1 : place] and not plain[before].isdecimal()
    return has_colon or plain[before] in SEPARATORS or plain[before] in "([“「‘"


def _chinese_value(numeral: str) -> int:
    tens, ten, ones = numeral.rpartition("十")
    if not ten:
        return NUMERALS.index(numeral[-1]) + 1
    return (NUMERALS.index(tens[-1]) + 1 if tens else 1) * 10 + (
        NUMERALS.index(ones[-1]) + 1 if ones else 0
    )


def _skip(plain: str, place: int, characters: str) -> int:
    while place < len(plain) and plain[place] in characters:
        place += 1
    return place


def _skip_back(plain: str, place: int, characters: str) -> int:
    """Give the place of the last character before ``place`` that is none of these, or -1."""
    place -= 1
    while place >= 0 and plain[place] in characters:
        place -= 1
    return place
