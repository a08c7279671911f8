"""Headings of tables of terms: which columns hold levels, codes and names."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache

from m2m_desktop.core.records import TermLevel
from m2m_desktop.services.dictionary.term_workbook import CODE, LEVEL, NAME
from m2m_desktop.services.language import CHINESE, ENGLISH, translate
from m2m_desktop.services.tables.columns import header_key

HEADER_ROWS = 20
"""The headings stand in one of the first rows; a title may stand above them."""
_GENERIC: Mapping[str, tuple[str, ...]] = {
    "level": ("level", "term level", "层级", "级别", "术语层级", "术语级别"),
    "code": (
        "code", "term code", "meddra code", "编码", "代码", "术语编码", "术语代码",
        "meddra编码", "meddra代码",
    ),
    "name": (
        "name", "term", "term name", "meddra term", "名称", "术语", "术语名称", "meddra术语",
    ),
}  # fmt: skip
_LEVEL_WORDS: Mapping[TermLevel, tuple[str, ...]] = {
    TermLevel.SOC: ("soc", "系统器官分类"),
    TermLevel.HLGT: ("hlgt", "高位组语"),
    TermLevel.HLT: ("hlt", "高位语"),
    TermLevel.PT: ("pt", "首选语", "首选术语"),
    TermLevel.LLT: ("llt", "低位语", "低位术语"),
}
_CODE_ENDS, _NAME_ENDS = (" code", "编码", "代码"), (" name", " term", "名称", "术语")


@dataclass(frozen=True, slots=True)
class Heading:
    """What a column holds: "level", "code" or "name"; and of which level, where it says so.

    ``is_sure`` False: the word may as well be a value (``PT`` in a column of levels).
    """

    what: str
    level: TermLevel | None = None
    is_sure: bool = True


@dataclass(frozen=True, slots=True)
class Columns:
    """The columns of a table that count; without headings, all may hold anything."""

    headings: Mapping[int, Heading] = field(default_factory=dict)

    @property
    def is_sure(self) -> bool:
        """Whether a row with these headings can be nothing but headings."""
        return any(heading.is_sure for heading in self.headings.values())

    @property
    def has_codes(self) -> bool:
        """Whether a column says that it holds codes."""
        return any(heading.what == "code" for heading in self.headings.values())

    def hint(self, column: int) -> TermLevel | None:
        """The level that a column's heading names."""
        heading = self.headings.get(column)
        return heading.level if heading else None

    def level(self, cells: Mapping[int, str]) -> TermLevel | None:
        """The level that a row names in a cell of its own."""
        for column, text in cells.items():
            if not self.headings or self._is(column, "level"):
                level = level_of(text)
                if level is not None:
                    return level
        return None

    def codes(self, cells: Mapping[int, str]) -> Iterator[tuple[int, str]]:
        """The cells that may hold a code."""
        return self._cells(cells, "code")

    def names(self, cells: Mapping[int, str]) -> Iterator[tuple[int, str]]:
        """The cells that may hold a name."""
        return self._cells(cells, "name")

    def texts(self, cells: Mapping[int, str]) -> list[str]:
        """The texts that a person would know the row by, the likeliest first."""
        named = [text for _column, text in self.names(cells)]
        return named + [text for _column, text in self.codes(cells)]

    def _cells(self, cells: Mapping[int, str], what: str) -> Iterator[tuple[int, str]]:
        for column, text in cells.items():
            if not text or (not self.headings and level_of(text) is not None):
                continue
            if not self.headings or self._is(column, what):
                yield column, text

    def _is(self, column: int, what: str) -> bool:
        heading = self.headings.get(column)
        return heading is not None and heading.what == what


def columns_of(cells: Mapping[int, str]) -> Columns | None:
    """Take a row for headings; None where none of its cells is a known one.

    Where a column is called just code or name, columns that name a level are beside the point
    (the PT of an LLT, say).
    """
    known = _known_headings()
    found = {
        column: heading
        for column, text in cells.items()
        if (heading := known.get(header_key(text))) is not None
    }
    if any(one.level is None and one.what != "level" for one in found.values()):
        return Columns({column: one for column, one in found.items() if one.level is None})
    return Columns(found) if any(one.what != "level" for one in found.values()) else None


def level_of(text: str) -> TermLevel | None:
    """The level that a word means."""
    key = header_key(text)
    return next((level for level, words in _LEVEL_WORDS.items() if key in words), None)


@cache
def _known_headings() -> dict[str, Heading]:
    known: dict[str, Heading] = {}
    for level, words in _LEVEL_WORDS.items():
        for word in words:
            known[header_key(word)] = Heading("name", level, is_sure=False)
            known |= {header_key(word + end): Heading("name", level) for end in _NAME_ENDS}
            known |= {header_key(word + end): Heading("code", level) for end in _CODE_ENDS}
    for what, names in _GENERIC.items():
        known |= {header_key(name): Heading(what) for name in names}
    for text, what in ((LEVEL, "level"), (CODE, "code"), (NAME, "name")):
        for language in (CHINESE, ENGLISH):
            known[header_key(translate(text, language))] = Heading(what)
    return known
