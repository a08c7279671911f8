"""Vary a term the way people write it in reports: other words, slips, and what stands around it."""

import random
from collections.abc import Mapping, Sequence

from m2m_desktop.core.thesaurus import is_whole

_BEFORE = (
    "患者出现", "服药后", "用药后", "服药后出现", "用药后出现", "输液后", "出现", "自觉", "感", "感觉",
    "突发", "突然", "轻度", "中度", "重度", "严重", "明显", "轻微", "反复", "持续性", "间断", "偶有", "有点",
    "稍有", "阵发性", "静滴后", "注射后", "用药3天后", "服药1小时后", "输液过程中出现", "全身", "局部", "老是",
    "一直", "可见", "伴", "并", "出现了", "诉", "主诉", "查", "复查", "检查发现", "化验",
)  # fmt: skip
_AFTER = (
    "（一般）", "（严重）", "(严重)", "(一般)", "加重", "1天", "3天", "两天", "明显", "较重", "不适", "症状",
    "表现", "反应", "等", "，停药后好转", "，对症处理后缓解", "待查", "？", "，不能耐受", "现象", "。", "；",
    "得厉害", "的情况", "，瘙痒不明显" , "难忍",
)  # fmt: skip
JOINERS = (
    "、",
    "，",
    "；",
    "伴",
    "及",
    "和",
    "并",
    " ",
    "伴有",
    "，伴",
    ",",
    "合并",
    "与",
    "还",
    "且",
    "",
    "",
)


class Wordings:
    """Makes varied mentions from names with a seeded generator and a thesaurus.

    ``groups`` maps a wording to the wordings it may be replaced by.
    """

    def __init__(self, groups: Mapping[str, Sequence[str]], rng: random.Random) -> None:
        self._groups = groups
        self._rng = rng
        self._longest = max(map(len, groups), default=0)

    def vary(self, name: str, *, strength: float = 1.0) -> str:
        """Give one variant; ``strength`` 0 leaves the name as it is."""
        rng = self._rng
        text = name
        if rng.random() < 0.6 * strength:
            text = self._reword(text)
        if rng.random() < 0.12 * strength:
            text = self._slip(text)
        if rng.random() < 0.22 * strength:
            text = rng.choice(_BEFORE) + text
        if rng.random() < 0.14 * strength:
            text = text + rng.choice(_AFTER)
        return text

    def _spans(self, text: str) -> list[tuple[int, int]]:
        spans, at = [], 0
        while at < len(text):
            for length in range(min(self._longest, len(text) - at), 0, -1):
                stop = at + length
                if text[at:stop] in self._groups and is_whole(text, at, stop):
                    spans.append((at, stop))
                    at += length - 1
                    break
            at += 1
        return spans

    def _reword(self, text: str) -> str:
        spans = self._spans(text)
        if not spans:
            return text
        chosen = self._rng.sample(spans, k=min(len(spans), self._rng.choice((1, 1, 2))))
        for start, stop in sorted(chosen, reverse=True):
            text = text[:start] + self._rng.choice(self._groups[text[start:stop]]) + text[stop:]
        return text

    def _slip(self, text: str) -> str:
        if len(text) < 3:
            return text
        at = self._rng.randrange(len(text) - 1)
        kind = self._rng.random()
        if kind < 0.5:
            return text[:at] + text[at + 1 :]
        if kind < 0.8:
            return text[:at] + text[at + 1] + text[at] + text[at + 2 :]
        return text[: at + 1] + text[at:]
