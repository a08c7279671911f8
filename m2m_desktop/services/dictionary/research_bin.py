"""The research bin as a workbook: terms that a person has collected, one a row."""

from collections.abc import Iterable
from pathlib import Path

from m2m_desktop.core.messages import N_
from m2m_desktop.core.progress import Progress, silent
from m2m_desktop.core.records import TermLevel
from m2m_desktop.core.terminology import Terminology
from m2m_desktop.services.dictionary.term_workbook import (
    CODE,
    CURRENT,
    LEVEL,
    NAME,
    NAME2,
    PT_CODE,
    PT_NAME,
    SOC,
    about_sheet,
    table_sheet,
    write_terms,
)
from m2m_desktop.services.export.answers import Values
from m2m_desktop.services.language import _

COLUMNS = (LEVEL, CODE, NAME, NAME2, PT_CODE, PT_NAME, SOC, CURRENT)
UNKNOWN_HERE = N_("not in this release")


def export_bin(
    terminology: Terminology,
    items: Iterable[tuple[TermLevel, str]],
    target: Path,
    progress: Progress = silent,
) -> tuple[Path, int]:
    """Write terms to a workbook, each once; give where it stands, and how many rows it has.

    A term that the release has not keeps its row, which says so. Raises: OutputUnwritable.
    """
    rows = [_values(terminology, level, code) for level, code in dict.fromkeys(items)]
    info = terminology.info
    sheets = [
        table_sheet(_("Research bin"), COLUMNS, rows, is_demo=info.is_demo),
        about_sheet([(_("Terms"), len(rows))], info),
    ]
    return write_terms(target, sheets, progress), len(rows)


def _values(terminology: Terminology, level: TermLevel, code: str) -> Values:
    """The cells of a term. Currency is a property of LLTs only."""
    term = terminology.term(level, code)
    if term is None:
        return (level.name, code, None, None, None, None, None, _(UNKNOWN_HERE))
    llt = terminology.llt(code) if level is TermLevel.LLT else None
    pt_code = llt.pt_code if llt else code if level is TermLevel.PT else ""
    pt = terminology.preferred_term(pt_code)
    soc = pt.paths[0].soc.name if pt and pt.paths else ""
    is_current = (_("yes") if llt.is_current else _("no")) if llt else ""
    pt_name = pt.name if pt else ""
    return (level.name, term.code, term.name, term.name2, pt_code, pt_name, soc, is_current)
