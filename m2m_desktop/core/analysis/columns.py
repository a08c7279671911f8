"""Which column of a pasted list holds codes, names, severities and counts."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from m2m_desktop.core.analysis.finding import looks_like_code
from m2m_desktop.core.analysis.severities import is_severity
from m2m_desktop.core.text import tidy

Cells = Sequence[str]
LooksUp = Callable[[str], bool]
"""Whether a text means a PT or an LLT, by code or by name."""

MAX_COUNT = 10_000_000
_SAMPLE_ROWS = 500
_CODE, _NAME, _SEVERITY, _COUNT = "code", "name", "severity", "count"
_HEADERS: Mapping[str, tuple[str, ...]] = {
    _CODE: (
        "code", "ptcode", "lltcode", "termcode", "meddracode", "编码", "代码", "术语编码", "术语代码",
        "pt编码", "pt代码", "llt编码", "llt代码", "首选语编码", "首选语代码", "不良反应-code",
    ),
    _NAME: (
        "name", "term", "pt", "llt", "ptname", "lltname", "termname", "preferredterm",
        "lowestlevelterm", "名称", "术语", "术语名称", "pt名称", "llt名称", "首选语", "首选语名称",
        "低位语", "首选语pt", "不良反应", "不良反应名称", "不良反应-术语", "不良反应术语", "aeterm",
    ),
    _SEVERITY: (
        "severity", "seriousness", "grade", "严重程度", "严重性", "程度", "分级",
        "报告类型-严重程度",
    ),
    _COUNT: (
        "count", "n", "number", "frequency", "cases", "次数", "例数", "例次", "频数", "频次", "数量",
        "计数", "报告数",
    ),
}  # fmt: skip
_KIND_OF_HEADER = {word: kind for kind, words in _HEADERS.items() for word in words}
_NUMBER = re.compile(r"(\d{1,9})(?:\.0+)?", re.ASCII)


@dataclass(frozen=True, slots=True)
class ListColumns:
    """The places of what is read, from 0, or -1; ``unread`` places hold something else.

    ``has_header``: the first row names the columns.
    """

    code: int = -1
    name: int = -1
    severity: int = -1
    count: int = -1
    has_header: bool = False
    unread: tuple[int, ...] = ()


def list_columns(rows: Sequence[Cells], is_term: LooksUp) -> ListColumns:
    """Find the columns of a list by its header, and what no header names by the cells.

    The column with the most codes, or names, of this release wins; then the first.
    """
    kinds = _by_header(rows[0], is_term) if rows else {}
    has_header = bool(kinds)
    sample = rows[1:] if has_header else rows
    places = range(max(map(len, rows), default=0))
    cells = {place: _filled(sample[:_SAMPLE_ROWS], place) for place in places}
    kinds = kinds or _by_cells(cells, is_term)
    chosen: dict[str, int] = {}
    for place, kind in sorted(kinds.items()):
        if kind in (_CODE, _NAME) and kind in chosen:
            known = [sum(map(is_term, cells[at])) for at in (chosen[kind], place)]
            if known[1] <= known[0]:
                continue
        elif kind in chosen:
            continue
        chosen[kind] = place
    if _CODE not in chosen and _NAME not in chosen:
        chosen[_NAME] = next((at for at in places if at not in chosen.values()), 0)
        chosen = {kind: at for kind, at in chosen.items() if kind == _NAME or at != chosen[_NAME]}
    read = set(chosen.values())
    unread = tuple(place for place in places if place not in read and cells[place])
    return ListColumns(
        code=chosen.get(_CODE, -1),
        name=chosen.get(_NAME, -1),
        severity=chosen.get(_SEVERITY, -1),
        count=chosen.get(_COUNT, -1),
        has_header=has_header,
        unread=unread,
    )


def is_header(cells: Cells) -> bool:
    """Whether a row names columns: it holds nothing but words that do."""
    named = [_header_kind(cell) for cell in cells if cell.strip()]
    return bool(named) and all(named)


def whole_number(text: str) -> int | None:
    """A number from 1 up, as a person or a spreadsheet writes it; None where it is none."""
    found = _NUMBER.fullmatch(tidy(text).replace(",", ""))
    return int(found[1]) if found and 0 < int(found[1]) <= MAX_COUNT else None


def _header_kind(cell: str) -> str:
    return _KIND_OF_HEADER.get(re.sub(r"[\s_]+", "", tidy(cell).casefold()), "")


def _by_header(cells: Cells, is_term: LooksUp) -> dict[int, str]:
    """What the first row says of the columns; nothing where it is no header.

    A header may have other columns; but what it names must be more than a term by chance.
    """
    kinds = {place: kind for place, cell in enumerate(cells) if (kind := _header_kind(cell))}
    has_term_column = any(kind in (_CODE, _NAME) for kind in kinds.values())
    return kinds if has_term_column and not any(map(is_term, filter(None, cells))) else {}


def _by_cells(cells: Mapping[int, Sequence[str]], is_term: LooksUp) -> dict[int, str]:
    kinds = {}
    for place, texts in cells.items():
        if not texts:
            continue
        codes = sum(map(looks_like_code, texts))
        if all(map(is_severity, texts)):
            kinds[place] = _SEVERITY
        elif 2 * codes >= len(texts):
            kinds[place] = _CODE
        elif all(_NUMBER.fullmatch(tidy(text)) for text in texts):
            kinds[place] = _COUNT
        elif any(map(is_term, texts)):
            kinds[place] = _NAME
    return kinds


def _filled(rows: Sequence[Cells], place: int) -> list[str]:
    return [row[place] for row in rows if place < len(row) and row[place].strip()]
