"""The figures of an analysis as a workbook, written whole or not at all."""

from dataclasses import dataclass
from pathlib import Path

from m2m_desktop.core.errors import OutputUnwritable
from m2m_desktop.core.progress import Progress, silent
from m2m_desktop.core.records import TermLevel
from m2m_desktop.services.analysis.errors import WrongSuffix
from m2m_desktop.services.analysis.figure_sheets import (
    level_sheet,
    remark_sheet,
    smq_sheets,
    summary_sheet,
)
from m2m_desktop.services.analysis.sources import Found
from m2m_desktop.services.export.draft_files import write_whole
from m2m_desktop.services.export.errors import NotReadBack, Unpatchable
from m2m_desktop.services.export.new_workbook import check_sheets, write_sheets
from m2m_desktop.services.export.read_back import Differs
from m2m_desktop.services.export.records import MAX_SHEET_ROWS
from m2m_desktop.services.export.sheets import divided, with_free_titles
from m2m_desktop.services.export.skeleton import sheet_part

SUFFIX = ".xlsx"


@dataclass(frozen=True, slots=True)
class Written:
    """Where the workbook stands, and how many rows of figures it has."""

    path: Path
    rows: int


def write_analysis(
    target: Path,
    found: Found,
    *,
    made_at: str,
    level: TermLevel | None = None,
    charts: bool = True,
    progress: Progress = silent,
) -> Written:
    """Write the figures, of one ``level`` or of all, read them back, and put them into place.

    Names are texts in every cell, never formulas. Raises: OutputUnwritable (`WrongSuffix`; what
    lay there is as it was), Cancelled.
    """
    if target.suffix.lower() != SUFFIX:
        raise WrongSuffix(path=target, suffix=SUFFIX)
    levels = [level] if level is not None else list(found.analysis.levels)
    sheets = [
        summary_sheet(found, made_at),
        *(level_sheet(found, one, charts=charts) for one in levels),
        *smq_sheets(found),
        remark_sheet(found),
    ]
    sheets = [piece for sheet in sheets for piece in divided(sheet, MAX_SHEET_ROWS)]
    sheets = with_free_titles(sheets, ())

    def write(draft: Path) -> None:
        write_sheets(draft, sheets, made_at, progress)

    def check(draft: Path) -> None:
        try:
            parts = {sheet_part(number): sheet for number, sheet in enumerate(sheets, 1)}
            check_sheets(draft, parts, progress, len(sheets), len(sheets) + 1)
        except Differs as error:
            raise NotReadBack(path=target, detail=error.reason) from error

    try:
        written = write_whole(target, write, check)
    except Unpatchable as error:
        raise OutputUnwritable(path=target, detail=error.reason) from error
    return Written(written, sum(len(found.analysis.levels[one]) for one in levels))
