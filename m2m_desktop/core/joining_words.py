"""Words that may join two reactions in one piece (头痛伴恶心) or belong to one name (饱和度)."""

import re
from collections.abc import Iterator

from m2m_desktop.core.splitting_text import CJK, has_content

_NAMES = (
    r"和胃|[温缓饱中调平柔软暖随总不]和|和[解缓平]|及[时格]|[涉累波触闻危普扪查未顾提殃遍不企]及(?!其)|"
    r"合并症|并发症|并(?:存|行|拢|指|列|用|购|排|联|网|重|未|无|不|非)|[吞兼一]并|[参给赋]与|与时|"
    r"[况苟暂]且|或许|或不伴|伴侣|[伙陪不]伴|与[^,，;；。]{0,10}(?:有关|相关|无关)|(?:和|及)/或"
)
# 伴发 may be followed by a reaction that begins with 发: 伴发热 is 伴 + 发热.
_WORDS = (
    r"(?:并|同时)?伴(?:有|随|见|发(?![热烧绀麻痒抖冷红疹胀烫]))?|合并|并(?:且|有|出现|发)?|"
    r"同时(?:出现|有)?|以及|及其?|而且|和|与|且|或者?|还有|&"
)
_JOINING = re.compile(
    rf"{_NAMES}|(?P<word>{_WORDS})|(?<=[{CJK}]{{2}})(?P<space> {{1,8}})(?=[{CJK}]{{2}})"
)
_PART_OF_BODY = (
    r"(?:双侧|双|左侧?|右侧?|前|后|上|下|全|颜)?"
    r"(?:面颈?部?|颈部?|胸腹?部?|腹部?|背部?|腰部?|臀部?|头面?部?|四肢|上肢|下肢|躯干|手[背臂掌指部]?|前臂|"
    r"足[背部]?|脚|腿部?|大腿|小腿|臂|肩部?|眼睑?|眼周|耳后?|鼻|口唇?|唇|舌|咽喉?|皮肤|身|会阴部?|[膝踝髋肘腕肩指趾]关?节?)"
)
_BODY_BEFORE = re.compile(rf"{_PART_OF_BODY}$")
_BODY_ONLY = re.compile(rf"(?:[^,，、]{{0,12}}?出现)?(?:{_PART_OF_BODY}[、,，及和与]?){{1,12}}")
_BODY_FIRST = re.compile(_PART_OF_BODY)
_LISTING = ("及", "以及", "和", "与", "或", " ")
_ABBREVIATION = r"[A-Z][A-Za-z0-9-]{0,7}"
_ABBREVIATIONS = re.compile(rf"[{CJK}]{{0,6}}{_ABBREVIATION}(?:[、,] ?{_ABBREVIATION}){{0,8}}")
_ABBREVIATION_FIRST = re.compile(rf"{_ABBREVIATION}(?:[{CJK}↑↓]|$)")
_LATIN_BEFORE = re.compile(r"(?:^|[^A-Za-z0-9])[A-Za-z][A-Za-z0-9-]{0,9} ?$")
_FLARE = frozenset("红肿热痛")
_NEAR = 16


def joining_words(plain: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """Find in ``plain[start:end]`` the words that may stand between two reactions, in order.

    Both sides say something, and the left one is not just where it was (双手及面部皮疹).
    """
    from_place = start
    for match in _JOINING.finditer(plain, start, end):
        if match["word"] is None and match["space"] is None:
            continue
        first, last = match.span()
        near = plain[max(from_place, first - _NEAR) : first]
        is_list = match[0] in _LISTING or match["space"] is not None
        if is_list and (_BODY_BEFORE.search(near) or _LATIN_BEFORE.search(near)):
            continue
        if has_content(plain[from_place:first]) and has_content(plain[last:end]):
            yield first, last
            from_place = last


def is_joiner(plain: str) -> bool:
    """Tell whether all that stands between two pieces is a joining word, or a space."""
    match = _JOINING.fullmatch(plain.strip())
    return not plain.strip() or (match is not None and match["word"] is not None)


def negates_further(between: str) -> bool:
    """Tell whether a negation goes on over what stands between two pieces: 无恶心、呕吐及腹泻."""
    return between.strip(" ") in ("、", "/", "及", "以及", "和", "与", "或", "")


def is_one_list(first: str, second: str) -> bool:
    """Tell whether two pieces name one thing: 面部、颈部皮疹, ALT、AST升高, 红、肿、热、痛."""
    if first[-1] in _FLARE and all(
        character in _FLARE for character in re.sub("[、,]", "", second)
    ):
        return first[-1] in "红肿" or (len(first) > 1 and first[-2] in "、,，")
    if _ABBREVIATION_FIRST.match(second) and _ABBREVIATIONS.fullmatch(first):
        return True
    return (
        _BODY_FIRST.match(second) is not None
        and len(first) <= 60
        and _BODY_ONLY.fullmatch(first) is not None
    )
