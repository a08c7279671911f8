"""The places of the window, in the order of the rail.

A new page gets a place here, and is made by `CodingPages` or `LookupPages`, which name theirs.
"""

from m2m_desktop.core.messages import N_
from m2m_desktop.ui.rail import Place

START, PHRASES, WORKBOOK, DICTIONARY, SMQS, ANALYSIS, VERSIONS, NARRATIVES = range(8)

PLACES = (
    Place("home", N_("First steps"), "Ctrl+0"),
    Place("phrases", N_("Phrases"), "Ctrl+1"),
    Place("workbook", N_("Workbook"), "Ctrl+2"),
    Place("dictionary", N_("Dictionary"), "Ctrl+3"),
    Place("smq", N_("SMQs"), "Ctrl+4"),
    Place("analysis", N_("Analysis"), "Ctrl+5"),
    Place("versions", N_("Versions"), "Ctrl+6"),
    Place("narrative", N_("Narratives"), "Ctrl+7"),
)

TOPICS = (
    *("start", "phrases", "workbook", "dictionary", "smqs", "analysis", "versions"),
    "narratives",
)
"""What F1 opens the manual at, by place."""
