"""What stands around the reactions in a reported phrase, and where one phrase holds several."""

import re
from collections.abc import Sequence

MAX_PARTS = 6
MIN_PART_LENGTH = 2

_DURATION = r"(?:约|大约)?[0-9一二两三四五六七八九十半数几多]+(?:余|多)?(?:分钟|小时|个小时|天|日|周|月|个月|年|次|min|h|d)"
_WHEN = (
    r"(?:患者|病人|患儿|该患者)?(?:自述|诉|主诉|家属诉)?(?:在|于)?"
    r"(?:(?:服用|使用|应用|静脉滴注|静滴|静点|输注|注射|口服|外用|滴注|给予|予以)[^,;]{0,14}?"
    rf"|(?:用|服|输)(?:该|本|此|上述)?(?:药物|药品|药|液))(?:{_DURATION})?"
    r"(?:过程中|期间|当中|中|之后|以后|后)"
)
# 伴发 may be followed by a reaction that begins with 发: 伴发热 is 伴 + 发热.
_ALONG = r"伴发(?![热烧绀麻痒抖冷红疹胀烫])"
_LEADING = re.compile(
    rf"^(?:{_WHEN}|{_DURATION}(?:后|内)?|患者|病人|患儿|出现了?|发生|引起|导致|诱发|伴有|伴随|{_ALONG}|"
    r"自觉|感觉|感到|觉得|自感|突发|突然|开始|偶有|偶尔|时有|反复|持续|可见|可有|有些|有点|稍有|略有|"
    r"主诉|诉|疑似|考虑|可能|轻度|中度|重度|轻微|明显|严重的?|,|:|的)+"
)
# Each item is atomic, (?>…): 等症状 could also be read as 等 and 症状, and trying every reading of a
# long run of them would take for ever. No item has a shorter reading that would let more match.
_TRAILING = re.compile(
    rf"(?>\((?:一般|严重|轻度|中度|重度|轻微)\)|{_DURATION}|等?(?:症状|表现|现象|情况|反应|不适感?)|等|"
    r"加重|明显|较重|难忍|得厉害|的厉害|得很|,|\.|;|!|\?|了)+$"
)
_CUT = re.compile(
    rf"[,;/.]+|{_ALONG}|并(?:伴有?|且|有|出现)?|伴(?:有|随|见)?|合并|同时|以及|及|和|且|与|还有?|或"
)


def strip_context(normal: str) -> str:
    """Take time, manner and report wording off both ends of a normalised phrase.

    ``服药后出现轻度皮疹(一般)`` gives ``皮疹``. What would leave less than two characters is kept.
    """
    stripped = _LEADING.sub("", normal)
    if len(stripped) < MIN_PART_LENGTH:
        stripped = normal
    shorter = _TRAILING.sub("", stripped)
    return shorter if len(shorter) >= MIN_PART_LENGTH else stripped


def split_reactions(normal: str) -> list[str]:
    """Cut a normalised phrase into its reactions, each without context.

    Gives one part for a phrase that holds one reaction. The cuts are a guess (和 and 并 occur
    inside names), so the caller keeps the whole phrase as well.
    """
    return _long_pieces(normal)[:MAX_PARTS]


def has_more_than(normal: str, parts: Sequence[str]) -> bool:
    """Tell whether a phrase says more than ``parts``: a seventh reaction, or a short 痒."""
    known = set(parts)
    rest = (piece for piece in _pieces(normal) if piece not in known)
    return any(any(map(str.isalnum, piece)) for piece in rest)


def _pieces(normal: str) -> list[str]:
    return [strip_context(piece) for piece in _CUT.split(_LEADING.sub("", normal))]


def _long_pieces(normal: str) -> list[str]:
    return list(dict.fromkeys(p for p in _pieces(normal) if len(p) >= MIN_PART_LENGTH))
