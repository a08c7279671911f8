"""An SMQ as a workbook: its terms, and a sheet that says which list in which scope it is."""

from collections.abc import Collection
from pathlib import Path

from m2m_desktop.core.messages import N_
from m2m_desktop.core.progress import Progress, silent
from m2m_desktop.core.records import TermLevel
from m2m_desktop.core.terminology import Terminology
from m2m_desktop.services.dictionary.smqs import (
    MEMBER_LEVELS,
    MemberRow,
    SmqRow,
    algorithm_words,
    members,
    smq_row,
)
from m2m_desktop.services.dictionary.term_workbook import (
    CODE,
    CURRENT,
    LEVEL,
    NAME,
    NAME2,
    PT_CODE,
    PT_NAME,
    about_sheet,
    table_sheet,
    write_terms,
)
from m2m_desktop.services.export.answers import Value, Values
from m2m_desktop.services.language import _

SCOPE_WORDS = {"narrow": N_("narrow"), "broad": N_("broad (narrow and broad terms)")}
COLUMNS = (
    LEVEL, CODE, NAME, NAME2, N_("Scope"), N_("Category"), N_("Weight"), N_("Listed in"),
    N_("Listed in (code)"), CURRENT, PT_CODE, PT_NAME,
)  # fmt: skip


def export_smq(
    terminology: Terminology,
    code: str,
    target: Path,
    *,
    scope: str = "broad",
    with_children: bool = True,
    levels: Collection[TermLevel] = MEMBER_LEVELS,
    progress: Progress = silent,
) -> tuple[Path, int]:
    """Write the terms of an SMQ; give where the workbook stands, and how many terms it has.

    Raises: SmqUnknown, OutputUnwritable.
    """
    smq = smq_row(terminology, code)
    found = members(terminology, code, scope=scope, with_children=with_children, levels=levels)
    rows = [_values(terminology, row) for row in found]
    info = terminology.info
    facts = _facts(smq, scope, len(rows), with_children=with_children)
    sheets = [
        table_sheet(_("SMQ terms"), COLUMNS, rows, is_demo=info.is_demo),
        about_sheet(facts, info),
    ]
    return write_terms(target, sheets, progress), len(rows)


def _values(terminology: Terminology, row: MemberRow) -> Values:
    term = row.member.term
    is_llt = term.level is TermLevel.LLT
    pt = terminology.term(TermLevel.PT, row.pt_code or term.code)
    return (
        term.level.name,
        term.code,
        term.name,
        term.name2,
        _("narrow") if row.member.is_narrow else _("broad"),
        row.member.category,
        row.member.weight,
        row.via_name,
        row.member.via,
        (_("yes") if row.is_current else _("no")) if is_llt else None,
        pt.code if pt else None,
        pt.name if pt else None,
    )


def _facts(row: SmqRow, scope: str, count: int, *, with_children: bool) -> list[tuple[str, Value]]:
    smq = row.smq
    return [
        (_("SMQ"), smq.name),
        (_("Second name"), smq.name2),
        (_("Code"), smq.code),
        (_("Level"), smq.level),
        (_("Status"), _("active") if smq.is_active else _("inactive")),
        (_("Scope"), _(SCOPE_WORDS[scope])),
        (_("With the SMQs below it"), _("yes") if with_children else _("no")),
        (_("Terms"), count),
        (_("Algorithm"), smq.algorithm or _("none")),
        (_("Algorithm in words"), algorithm_words(smq.algorithm)),
        (_("Description"), smq.description),
    ]
