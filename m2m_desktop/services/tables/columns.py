"""Names of columns as they stand in exports and workbooks, and what each column is used for."""

import re
import unicodedata
from collections.abc import Mapping

from m2m_desktop.services.tables.records import ColumnRole

_HINT = re.compile(r"\((?:必填|选填|可选|必选|\*)项?\)")
_MARKS = re.compile(r"[\s*:_]+")
_DASHES = re.compile(r"[‐-―−－]")
_NUMBERED = re.compile(r"^(?P<name>.*?[^\d])(?:\(?[0-9]{1,2}\)?|[一二三四五六七八九十])$")


def header_key(cell: str) -> str:
    """What the spellings of one column name share.

    Spaces, width, brackets, dashes, case, the star and the remark of a required field do not count.
    """
    plain = unicodedata.normalize("NFKC", cell[:200])
    return _MARKS.sub("", _HINT.sub("", _DASHES.sub("-", plain))).casefold()


def _keys(*names: str) -> tuple[str, ...]:
    return tuple(header_key(name) for name in names)


REACTION_NAMES = _keys(
    "不良反应名称", "不良反应/事件名称", "不良反应(事件)名称", "不良反应事件名称",
    "药品不良反应名称", "药品不良反应/事件名称", "药物不良反应名称", "不良事件名称",
    "不良反应/不良事件名称", "不良事件/反应名称", "不良反应-术语", "不良反应术语",
    "不良事件术语", "AETERM", "ADR名称", "AE名称",
    "mention", "mention_zh", "mention_en", "phrase", "verbatim", "短语",
)  # fmt: skip
"""Names of the column that holds reactions; the first that is found wins."""
LIKELY_REACTION_NAMES = _keys(
    "不良反应", "不良事件", "不良反应/事件", "药品不良反应", "不良反应表现", "不良反应/事件表现",
    "主要不良反应表现", "不良反应类型", "不良反应症状", "反应名称", "不良反应描述", "临床表现", "症状",
    "reaction", "adverse reaction", "adverse event", "reported term", "verbatim term", "AE", "ADR",
    "text",
)  # fmt: skip
"""Names that may mean the reactions, or something else (有/无): they are only proposed."""
_ROLES: Mapping[ColumnRole, tuple[str, ...]] = {
    ColumnRole.REPORT_ID: _keys(
        "报告表编码", "报告表编号", "反馈码", "报告编码", "报告编号", "个例报告编号",
        "个例安全性报告编号", "不良反应报告编号", "不良反应报告表编码", "病例报告编号",
        "safetyreportid", "report id", "case id",
    ),
    ColumnRole.SEVERITY: _keys(
        "报告类型-严重程度", "报告类型-严重", "严重程度", "不良反应严重程度", "报告严重程度",
        "是否严重", "AESEV", "AESER", "severity",
    ),
    ColumnRole.DRUG: _keys(
        "通用名称", "通用名", "药品通用名称", "药品通用名", "怀疑药品", "怀疑药品名称",
        "药品名称", "商品名称", "drug", "drug name",
    ),
    ColumnRole.NARRATIVE: _keys(
        "不良反应过程描述", "不良反应/事件过程描述", "不良反应(事件)过程描述", "不良事件过程描述",
        "不良反应过程描述及处理情况", "不良反应/事件过程描述及处理情况", "过程描述", "narrative",
    ),
}  # fmt: skip
_RANKS: Mapping[ColumnRole, Mapping[str, int]] = {
    role: {name: rank for rank, name in reversed(list(enumerate(names)))}
    for role, names in {ColumnRole.REACTION: REACTION_NAMES, **_ROLES}.items()
}
_LIKELY = {name: rank for rank, name in enumerate(LIKELY_REACTION_NAMES)}
_NATIONAL_ID = header_key("报告表编码")
_ALL_NAMES = frozenset(name for ranks in _RANKS.values() for name in ranks)


def is_known_column(cell: str) -> bool:
    """Whether a cell is the name of a column that we use."""
    return header_key(cell) in _ALL_NAMES


def known_columns(header: Mapping[int, str]) -> dict[ColumnRole, tuple[int, ...]]:
    """Find the columns by the names in a header row (texts by column).

    Of several names for one thing the preferred one wins. Reactions may stand in several columns:
    those of the same name, and those that are only numbered (不良反应名称1, 不良反应名称2).
    """
    keys = {column: header_key(cell) for column, cell in sorted(header.items())}
    found: dict[ColumnRole, tuple[int, ...]] = {}
    for role, ranks in _RANKS.items():
        named = {column: _name(key, ranks) for column, key in keys.items()}
        ranked = [(ranks[name], column) for column, name in named.items() if name]
        if ranked:
            best, first = min(ranked)
            same = tuple(column for rank, column in ranked if rank == best)
            found[role] = same if role is ColumnRole.REACTION else (first,)
    return found


def likely_reaction(header: Mapping[int, str]) -> int | None:
    """The column whose name may mean the reactions, or None."""
    ranked = [
        (_LIKELY[key], column)
        for column, cell in header.items()
        if (key := header_key(cell)) in _LIKELY
    ]
    return min(ranked)[1] if ranked else None


def is_national_id(cell: str) -> bool:
    """Whether a column name is that of the report code of the national system."""
    return header_key(cell) == _NATIONAL_ID


def _name(key: str, ranks: Mapping[str, int]) -> str:
    """The known name that a key is, with or without a number behind it."""
    if key in ranks:
        return key
    numbered = _NUMBERED.match(key)
    name = numbered["name"].rstrip("-(") if numbered else ""
    return name if name in ranks and len(name) > 3 else ""
