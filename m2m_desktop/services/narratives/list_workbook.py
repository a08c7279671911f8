"""The list of what name columns leave out, as a workbook."""

from collections.abc import Sequence
from pathlib import Path

from m2m_desktop.core.progress import Progress
from m2m_desktop.core.terminology import ReleaseInfo
from m2m_desktop.services.dictionary.term_workbook import about_sheet, table_sheet, write_terms
from m2m_desktop.services.export.records import MAX_SHEET_ROWS
from m2m_desktop.services.export.sheets import divided
from m2m_desktop.services.language import _
from m2m_desktop.services.narratives.list_columns import COLUMNS


def write_list(
    target: Path, rows: Sequence[Sequence[str]], info: ReleaseInfo, progress: Progress
) -> Path:
    """Write rows with the cells of `COLUMNS`, and what they are. Raises: OutputUnwritable."""
    table = table_sheet(
        _("Not in the name column"), COLUMNS, [tuple(row) for row in rows], is_demo=False
    )
    facts = [
        (_("Note"), _("A proposal by a program: a person decides.")),
        (_("Rows"), str(len(rows))),
    ]
    return write_terms(
        target, [*divided(table, MAX_SHEET_ROWS), about_sheet(facts, info)], progress
    )
