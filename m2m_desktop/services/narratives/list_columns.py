"""The columns of the list of what name columns leave out, for the window and the workbook."""

from m2m_desktop.core.messages import N_

COLUMNS = (
    N_("Report"),
    N_("Sheet"),
    N_("Row"),
    N_("In the narrative"),
    N_("Status"),
    N_("Proposed PTs"),
    N_("Probability"),
    N_("Done"),
    N_("Sentence"),
)
