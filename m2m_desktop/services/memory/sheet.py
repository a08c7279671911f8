"""The memory as a workbook: to look at, to keep, and for another PC.

One row for each wording and term, with headings in both languages; several rows of one wording make
its set. When it is read back, codes are looked up in the terminology in use: what a row says and the
terminology does not know is refused with its reason, and what the terminology now says otherwise is
taken in but waits for a person (see `core.memory.examine`).
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path

from m2m_desktop.core.memory import CHECK_WORDS, MemoryEntry
from m2m_desktop.core.messages import N_
from m2m_desktop.core.review import CodedTerm
from m2m_desktop.services.export.cell_text import clean_text
from m2m_desktop.services.export.draft_files import write_whole
from m2m_desktop.services.export.new_workbook import write_sheets
from m2m_desktop.services.export.sheets import NewRow, NewSheet
from m2m_desktop.services.language import _

SHEET_TITLE = "本院记忆库 Memory"
WIDTHS: tuple[float, ...] = (28, 14, 12, 22, 12, 22)
DEFAULT_WIDTH = 14.0
JOINT = " / "
"""Between the Chinese and the English part of a heading or a word of the column of use."""

PHRASE, USE, PT_CODE, PT_NAME, LLT_CODE, LLT_NAME = (
    "短语 / phrase", "用法 / use", "PT编码 / PT code", "PT名称 / PT name", "LLT编码 / LLT code",
    "LLT名称 / LLT name",
)  # fmt: skip
REVIEWER, DECIDED_AT = "复核人 / reviewer", "时间 / decided at"
RELEASE, LANGUAGE, TERMINOLOGY = (
    "术语集版本 / release",
    "术语集语言 / language",
    "术语集标识 / terminology id",
)
ANSWERS, NOTHING_SUITABLE, STOPPED = "使用 / use", "无合适术语 / no suitable term", "停用 / stopped"

_TERM_COLUMNS: Mapping[str, Callable[[CodedTerm], str]] = {
    PT_CODE: lambda term: term.pt_code,
    PT_NAME: lambda term: term.pt_name,
    LLT_CODE: lambda term: term.llt_code,
    LLT_NAME: lambda term: term.llt_name,
    "HLT编码 / HLT code": lambda term: term.hlt_code,
    "HLT名称 / HLT name": lambda term: term.hlt_name,
    "HLGT编码 / HLGT code": lambda term: term.hlgt_code,
    "HLGT名称 / HLGT name": lambda term: term.hlgt_name,
    "SOC编码 / SOC code": lambda term: term.soc_code,
    "SOC名称 / SOC name": lambda term: term.soc_name,
}
TERM_FIELDS: Mapping[str, str] = dict(
    zip(
        _TERM_COLUMNS,
        ("pt_code", "pt_name", "llt_code", "llt_name", "hlt_code", "hlt_name", "hlgt_code",
         "hlgt_name", "soc_code", "soc_name"),
        strict=True,
    )
)  # fmt: skip
"""The field of `CodedTerm` that a column holds."""
_ENTRY_COLUMNS: Mapping[str, Callable[[MemoryEntry], str]] = {
    REVIEWER: lambda entry: entry.reviewer,
    DECIDED_AT: lambda entry: entry.decided_at,
    RELEASE: lambda entry: entry.terminology_version,
    LANGUAGE: lambda entry: entry.terminology_language,
    TERMINOLOGY: lambda entry: entry.terminology_id,
    "待确认 / to be confirmed": lambda entry: _checked(entry),
    "使用次数 / uses": lambda entry: str(entry.uses),
}
COLUMNS = (PHRASE, USE, *_TERM_COLUMNS, *_ENTRY_COLUMNS)

NOTE = N_(
    "Change, add or delete rows and import the workbook again. Several rows of one phrase make its "
    "set of terms."
)


def export_memory(entries: Sequence[MemoryEntry], target: Path) -> Path:
    """Write entries to a workbook, whole or not at all, and give where it stands.

    That is beside ``target`` where another program has that open. Raises: OutputUnwritable.
    """
    return write_whole(target, lambda draft: _save(entries, draft))


def use_of(entry: MemoryEntry) -> str:
    """How an entry is used, in both languages."""
    if entry.is_stopped:
        return STOPPED
    return ANSWERS if entry.terms else NOTHING_SUITABLE


def sheet_rows(entries: Iterable[MemoryEntry]) -> Iterable[tuple[str, ...]]:
    """Give the texts of all rows below the heading."""
    for entry in entries:
        about = tuple(text(entry) for text in _ENTRY_COLUMNS.values())
        for term in entry.terms or (None,):
            named = tuple(text(term) if term else "" for text in _TERM_COLUMNS.values())
            yield (entry.text, use_of(entry), *named, *about)


def _checked(entry: MemoryEntry) -> str:
    return _(CHECK_WORDS[entry.needs_check]) if entry.needs_check else ""


def _save(entries: Sequence[MemoryEntry], draft: Path) -> None:
    write_sheets(draft, [_sheet(entries)], made_at="")


def _sheet(entries: Sequence[MemoryEntry]) -> NewSheet:
    def rows() -> Iterator[NewRow]:
        yield NewRow(COLUMNS, is_bold=True)
        for texts in sheet_rows(entries):
            yield NewRow(tuple(clean_text(text) or None for text in texts))

    widths = WIDTHS + (DEFAULT_WIDTH,) * (len(COLUMNS) - len(WIDTHS))
    count = 1 + sum(max(1, len(entry.terms)) for entry in entries)
    return NewSheet(SHEET_TITLE, widths, count, rows, frozen_rows=1)
