"""Coded terms to figures: the whole of an analysis."""

from m2m_desktop.core.analysis.counting import count_levels
from m2m_desktop.core.analysis.records import Analysis, Coded
from m2m_desktop.core.analysis.severities import ordered
from m2m_desktop.core.analysis.smqs import count_smqs
from m2m_desktop.core.messages import N_, message
from m2m_desktop.core.progress import TOTAL, Progress, silent
from m2m_desktop.core.terminology import Terminology

ALL_PATHS = N_(
    "A PT was counted under each of its SOCs, so the figures of the SOCs add up to more than the "
    "total."
)
COUNTING_LEVELS = N_("Counting by SOC, HLGT, HLT and PT")
COUNTING_SMQS = N_("Counting by SMQ")


def analyse(
    terminology: Terminology,
    coded: Coded,
    *,
    all_paths: bool = False,
    progress: Progress = silent,
) -> Analysis:
    """Count what was coded: by level and severity, and by SMQ."""
    used = sum(event.count for event in coded.events)
    progress(0, TOTAL, COUNTING_LEVELS)
    severities = ordered(event.severity for event in coded.events)
    levels = count_levels(
        terminology,
        coded.events,
        severities,
        occurrences=coded.occurrences if coded.has_cases else (),
        all_paths=all_paths,
    )
    progress(TOTAL // 2, TOTAL, COUNTING_SMQS)
    smqs = count_smqs(terminology, coded.events, coded.occurrences)
    progress(TOTAL, TOTAL)
    notes = [*coded.notes, message(ALL_PATHS)] if all_paths else coded.notes
    return Analysis(
        given=coded.given,
        used=used,
        refused=sum(remark.count for remark in coded.remarks if not remark.is_used),
        terms=len({event.pt_row for event in coded.events}),
        cases=len({event.case for event in coded.occurrences}),
        has_cases=coded.has_cases,
        unit=coded.unit,
        all_paths=all_paths,
        severities=severities,
        levels=levels,
        smqs=smqs,
        remarks=coded.remarks,
        notes=tuple(notes),
    )
