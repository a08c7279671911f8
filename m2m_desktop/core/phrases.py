"""What stands around the reactions in a reported phrase, and where one phrase holds several."""

import re
from collections.abc import Iterator, Sequence

MAX_PARTS = 6
MIN_PART_LENGTH = 2

_COUNT = r"[0-9一二两三四五六七八九十半数几多]+"
_DURATION = rf"(?:大?约|近|第)?{_COUNT}(?:余|多)?(?:分钟|个?小时|天|日|周|个?月|年|次|min|h|d)"
_GIVING = (
    r"服用|使用|应用|静脉滴注|静脉注射|静滴|静点|静推|静注|肌注|输注|注射|口服|外用|滴注|给予|予以"
)
_COURSE = r"用药|服药|给药|输液|输注|注射|化疗|治疗|停药|换药|接种|打完?针|[吃喝][完了]?药"
_THEN = r"(?:过程中|期间|当中|中|之后|以后|后|时)"
_WHEN = (
    r"(?:该?患者|病人|患儿|本人)?(?:自述|诉|主诉|家属诉|因)?(?:在|于)?(?:首次|再次|连续)?"
    rf"(?:(?:{_GIVING})[^,;]{{0,14}}?(?:{_DURATION})?{_THEN}"
    rf"|(?:{_COURSE}|(?:用|服|输)(?:该|本|此|上述)?(?:药物|药品|药|液))"
    rf"(?:(?:{_DURATION})?{_THEN}|{_DURATION}))"
)
_CLOCK = (
    r"[今昨当次前近][天日晨晚](?:早上?|晚上?|上午|下午|夜间?)?|第[二2][天日]|夜间|凌晨|早上|晚上"
)
# 伴发 may be followed by a reaction that begins with 发: 伴发热 is 伴 + 发热.
_ALONG = r"伴发(?![热烧绀麻痒抖冷红疹胀烫])"
_LEADING = re.compile(
    rf"^(?:{_WHEN}|{_DURATION}(?:之?后|内|前)?|{_CLOCK}|患者|病人|患儿|出现了?|发生|引起|导致|诱发|伴有|"
    rf"伴随|{_ALONG}|自觉|感觉|感到|觉得|自感|突发|突然|开始|偶有|偶尔|时有|反复|持续|可见|可有|有些|有点|"
    r"稍有|略有|主诉|诉|疑似|考虑|可能|轻度|中度|重度|轻微|明显|严重的?|较重|逐渐|随即|随后|立即|,|:|的)+"
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
# Treatment and outcome stand beside the reactions of a report and are none themselves.
_NO_REACTION = re.compile(
    r"(?:遂|立即|即|及时|马上)?(?:停药(?!反|综合)|停用|减量|换药|对症|予以|给予|经(?:治疗|处理|对症)).*"
    r"|.*(?:好转|缓解|痊愈|治愈|恢复|恢复正常)|(?:上述)?(?:症状|不适)(?:减轻|消失)"
    r"|(?:继续|密切|暂)?观察|(?:对症|暂?未)处理"
)
_NEGATED = re.compile(
    r"(?:未见|未出现|未诉|否认|没有|不伴|并无|"
    r"无(?![力尿汗精法脉意效神创味嗅欲色]|月经|食欲|症状|排卵|应答|反应|光感))"
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

    Gives one part for a phrase that holds one reaction. Treatment, outcome and everything from a
    negation on (无恶心、呕吐) are left out. The cuts are a guess (和 and 并 occur inside names), so
    the caller keeps the whole phrase as well.
    """
    reactions = (piece for piece in _stated(normal) if len(piece) >= MIN_PART_LENGTH)
    return list(dict.fromkeys(reactions))[:MAX_PARTS]


def has_more_than(normal: str, parts: Sequence[str]) -> bool:
    """Tell whether a phrase states more than ``parts``: a seventh reaction, or a short 痒."""
    known = set(parts)
    rest = (piece for piece in _stated(normal) if piece not in known)
    return any(any(map(str.isalnum, piece)) for piece in rest)


def states_nothing(normal: str) -> bool:
    """Tell whether a phrase reports no reaction at all: 无皮疹, 好转, 停药后缓解."""
    return any(map(str.isalnum, normal)) and not has_more_than(normal, ())


def _stated(normal: str) -> Iterator[str]:
    for piece in _CUT.split(_LEADING.sub("", normal) or normal):
        reaction = strip_context(piece)
        if _NEGATED.match(reaction):
            return
        if not _NO_REACTION.fullmatch(reaction):
            yield reaction
