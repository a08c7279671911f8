"""Find mentions without a model: whatever is a known wording of a reaction, the longest first."""

import re
from collections.abc import Iterable, Mapping, Sequence
from functools import cached_property

from m2m_desktop.core.batches import Check, never_cancelled
from m2m_desktop.core.narratives.folding import cuts_word, fold, stretches, whole_end
from m2m_desktop.core.narratives.measures import changed_measures
from m2m_desktop.core.narratives.records import FoundSpan
from m2m_desktop.core.narratives.sites import with_site

KIND = "reaction"
"""The one type of what is looked up."""
NAME, WORDING = 1.0, 0.9
"""Confidence in names and remembered phrases, and in what may stand for one. No probabilities."""

_LEAST_CHINESE, _LEAST_LATIN = 2, 3
_PREFIX = 2
_HAVING = "有会"
_AGAINST = "抗"
_DISEASE, _HISTORY = "病", "史"
_VAGUE = frozenset({fold("不适")})
_AND_OTHER = re.compile(r"(?:等|其他|其它|特殊|任何|明显)(?:其他|其它)?$")
_NEGATING = frozenset("无不未没")
_AFTER = re.compile(r"[药液术餐饭针疗射注滴用食停种天日周月年时钟]后")
"""服药后头痛 tells of 头痛 after the drug, not of 后头痛."""
# Said of any report, or of the drug's purpose: no reaction is told by them.
_GENERAL = frozenset(
    map(
        fold,
        (
            "不良反应", "药物不良反应", "药品不良反应", "不良事件", "药物反应", "反应", "症状", "体征",
            "疾病", "不良反应史", "过敏史", "病史", "家族史", "用药史", "正常", "异常", "一般情况", "停药",
            "好转", "缓解", "消失", "减轻", "加重", "恶化", "恢复", "痊愈", "治愈", "复发", "持续", "急性",
            "慢性", "突发", "肿瘤", "手术", "住院", "化疗", "放疗", "治疗", "用药", "部位", "轻度", "中度",
            "重度", "严重", "异物", "增加", "减少", "升高", "降低", "延长", "抑制", "丧失", "减退", "障碍",
            "剧烈", "困难", "药物", "用药后", "自行停药", "更换药物", "剂量调整", "药效增强", "妊娠",
            "adverse reaction", "adverse event", "reaction", "disease", "symptom", "normal",
            "pregnancy", "treatment", "surgery",
        ),
    )
)  # fmt: skip
_QUALIFIED = re.compile(
    r"[升降增减高低多少快慢长短大小宽窄异阳阴性失痛病症炎损肿瘤障碍衰↑↓]|不|无|过|积液|结石|出血|坏死|"
    r"increas|decreas|elevat|reduc|abnorm|positiv|prolong|high|low|aument|dismin|anormal|positiv"
)


class NameFinder:
    """Finds the wordings of a vocabulary in running text.

    ``wordings`` are folded (`folding.fold`), each with a confidence. Time grows with the length of
    the text, not with the size of the vocabulary.
    """

    kinds = (KIND,)

    def __init__(self, wordings: Mapping[str, float]) -> None:
        self._wordings = wordings

    @classmethod
    def of(
        cls, names: Iterable[str], wordings: Iterable[str] = (), tests: Iterable[str] = ()
    ) -> "NameFinder":
        """Make a finder of names, further ``wordings`` that may stand for them, and ``tests``.

        What is too short or too general to name a reaction is left out. ``tests`` are names that
        count only where they say what was found (血压 is none, 血压升高 is).
        """
        found: dict[str, float] = {}
        for texts, confidence in ((wordings, WORDING), (names, NAME)):
            found.update((key, confidence) for text in texts if _is_telling(key := fold(text)))
        # 有幻觉 adds nothing to 幻觉, and would hide what stands before it
        for key in [key for key in found if key[0] in _HAVING and key[1:] in found]:
            del found[key]
        telling = (fold(name) for name in tests if _QUALIFIED.search(name.casefold()))
        found.update((key, NAME) for key in telling if _is_telling(key))
        return cls(found)

    def find_all(
        self, texts: Sequence[str], check: Check = never_cancelled
    ) -> list[list[FoundSpan]]:
        """Find the wordings of each text; see `MentionFinder`."""
        found = []
        for text in texts:
            check()
            found.append(self.find(text))
        return found

    def find(self, text: str) -> list[FoundSpan]:
        """Find the wordings of one text, and changes of measured values (血小板明显下降)."""
        measures = (FoundSpan(*place, KIND, WORDING) for place in changed_measures(text))
        kept: list[FoundSpan] = []
        for span in sorted(
            (*self._names(text), *measures), key=lambda one: (one.start, -one.end, -one.confidence)
        ):
            if not kept or kept[-1].end <= span.start:
                kept.append(span)
        return with_site(text, kept)

    @cached_property
    def _lengths(self) -> Mapping[str, tuple[int, ...]]:
        """How long the wordings are that begin with two characters, the longest first."""
        lengths: dict[str, set[int]] = {}
        for key in self._wordings:
            lengths.setdefault(key[:_PREFIX], set()).add(len(key))
        return {key: tuple(sorted(found, reverse=True)) for key, found in lengths.items()}

    def _names(self, text: str) -> list[FoundSpan]:
        found: list[FoundSpan] = []
        for stretch in stretches(text):
            key, at, place = stretch.key, stretch.at, 0
            while place < len(key):
                length = self._longest(text, key, at, place)
                if length and self._is_negation(text, key, at, place, length):
                    length = 0
                if length and place and key[place - 1] in _AGAINST:
                    place += length  # 抗感染 is a treatment
                    continue
                if length and key[place + length : place + length + 1] == _HISTORY:
                    length = self._without_disease(key, place, length)
                if length and key[place : place + length] in _VAGUE:
                    length = 0 if _AND_OTHER.search(key[:place]) else length
                if length:
                    start, end = at[place], whole_end(text, at[place + length - 1] + 1)
                    confidence = self._wordings[key[place : place + length]]
                    found.append(FoundSpan(start, end, KIND, confidence))
                place += length or 1
        return found

    def _longest(self, text: str, key: str, at: tuple[int, ...], place: int) -> int:
        """Give the length of the longest wording that begins at a place, or 0."""
        if cuts_word(text, at[place]) or (place and at[place] == at[place - 1]):
            return 0
        if place and _AFTER.match(key, place - 1):
            return 0
        for length in self._lengths.get(key[place : place + _PREFIX], ()):
            stop = place + length
            if stop > len(key) or key[place:stop] not in self._wordings:
                continue
            is_inside = stop < len(key) and at[stop] == at[stop - 1]
            if not is_inside and not cuts_word(text, whole_end(text, at[stop - 1] + 1)):
                return length
        return 0

    def _without_disease(self, key: str, place: int, length: int) -> int:
        """Read 高血压病史 as a history of 高血压, not as 高血压病."""
        shorter = key[place : place + length - 1]
        is_suffix = key[place + length - 1] == _DISEASE and shorter in self._wordings
        return length - 1 if is_suffix else length

    def _is_negation(
        self, text: str, key: str, at: tuple[int, ...], place: int, length: int
    ) -> bool:
        """Tell whether 无尿 in 无尿频 only looks like a name: 尿频 reaches further."""
        if key[place] not in _NEGATING or place + 1 >= len(key):
            return False
        return self._longest(text, key, at, place + 1) > length - 1


def _is_telling(key: str) -> bool:
    least = _LEAST_LATIN if key.isascii() else _LEAST_CHINESE
    return len(key) >= least and key not in _GENERAL and not key.isdigit()
