"""What is to be written, and what was written."""

from dataclasses import dataclass
from enum import Enum
from pathlib import Path

from m2m_desktop.core.messages import Message

COPY, WORKBOOK, CSV, JSONL = "copy", "workbook", "csv", "jsonl"
FORMS = (COPY, WORKBOOK, CSV, JSONL)
COPIED_SUFFIXES = frozenset({".xlsx", ".xlsm"})
"""Of these a copy with answers can be written; of others a workbook of its own."""

MAX_SHEET_ROWS = 1_048_576
"""Excel's last row; whatever is longer goes on on the next sheet."""


class ResultColumn(Enum):
    """A column that is added for the answers; the order here is their order in the file."""

    PT_NAME = "pt_name"
    PT_CODE = "pt_code"
    LLT = "llt"
    SOC = "soc"
    HLT = "hlt"
    HLGT = "hlgt"
    PROBABILITY = "probability"
    STATUS = "status"
    REVIEWER = "reviewer"
    SOURCE = "source"


@dataclass(frozen=True, slots=True)
class ExportOptions:
    """What a person may choose.

    ``only_decided``: terms that nobody decided about are left out; their status says so as always.
    ``adds_sheets``: a copy also gets the long table, the summary and the provenance as sheets.
    ``max_rows`` of a sheet is lower only in tests.
    """

    columns: tuple[ResultColumn, ...] = tuple(ResultColumn)
    only_decided: bool = False
    adds_sheets: bool = True
    max_rows: int = MAX_SHEET_ROWS


@dataclass(frozen=True, slots=True)
class ExportReport:
    """What was written, and what a person should know of it.

    ``path`` differs from what was asked for where that file was held open by another program, or
    where no copy could be made (``fallback_reason``; a separate workbook was written).
    ``changed_parts`` of a copy differ from the source, ``added_parts`` are new, all others are the
    source's bytes. ``undecided`` mentions of a reaction still wait for a person. In so many texts
    ``replaced`` characters that no cell can hold, or ``cut`` or ``shielded`` them (see
    `cell_text`). ``notes`` say all this in words.
    """

    path: Path
    form: str
    mentions: int
    undecided: int = 0
    replaced: int = 0
    cut: int = 0
    shielded: int = 0
    changed_parts: tuple[str, ...] = ()
    added_parts: tuple[str, ...] = ()
    notes: tuple[Message, ...] = ()
    fallback_reason: Message | None = None
