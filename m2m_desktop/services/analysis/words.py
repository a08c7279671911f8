"""The words that figures have: of units, levels, severities, and what was judged."""

from collections.abc import Mapping

from m2m_desktop.core.analysis.records import Analysis, SmqCount, Unit
from m2m_desktop.core.messages import N_
from m2m_desktop.core.records import TermLevel
from m2m_desktop.services.language import _, ngettext

UNIT_NAMES: Mapping[Unit, str] = {
    Unit.TERMS: N_("each PT once"),
    Unit.ROWS: N_("mentions"),
    Unit.REPORTS: N_("reports: each PT once a report"),
}
LISTED = N_("terms of the list")
SEVERITY_NOT_SAID = N_("not said")
LEVEL_TITLES: Mapping[TermLevel, str] = {
    TermLevel.SOC: N_("By SOC"),
    TermLevel.HLGT: N_("By HLGT"),
    TermLevel.HLT: N_("By HLT"),
    TermLevel.PT: N_("By PT"),
}
ALL_PATHS_WORDS = N_("all paths")
PRIMARY_WORDS = N_("primary path only")
JUDGED_CASES = N_(
    "Algorithms of SMQs were judged for each report by itself ({count}); a row without a report "
    "number is one by itself."
)
JUDGED_LIST = N_("Algorithms of SMQs were judged for the whole list as if it were one case.")


def severity_name(severity: str) -> str:
    """What a severity is called."""
    return severity or _(SEVERITY_NOT_SAID)


def unit_name(analysis: Analysis) -> str:
    """What was counted."""
    return _(UNIT_NAMES[analysis.unit]) if analysis.has_cases else _(LISTED)


def paths_name(analysis: Analysis) -> str:
    """By which paths."""
    return _(ALL_PATHS_WORDS) if analysis.all_paths else _(PRIMARY_WORDS)


def judged_sentence(analysis: Analysis) -> str:
    """Of what it was judged whether it satisfies an algorithm."""
    if analysis.has_cases:
        return _(JUDGED_CASES).format(count=analysis.cases)
    return _(JUDGED_LIST)


def met_text(smq: SmqCount, analysis: Analysis) -> str:
    """Whether the algorithm of an SMQ is satisfied; empty where it has none."""
    if not smq.algorithm:
        return ""
    if smq.cases_met is None:
        return _("not understood; judge it by hand")
    if analysis.has_cases:
        text = ngettext("{count} of {all} report", "{count} of {all} reports", analysis.cases)
        return text.format(count=smq.cases_met, all=analysis.cases)
    return _("yes") if smq.cases_met else _("no")
