"""The steps of an installation, as progress names them: for the converter and for the window."""

from m2m_desktop.core.messages import N_

READING = N_("Reading")
MEASURING = N_("Measuring")
QUANTISING = N_("Quantising")
WRITING = N_("Writing")
COMPARING = N_("Comparing")
CHECKING = N_("Checking")

QUANTISED_STEPS = (READING, MEASURING, QUANTISING, COMPARING, CHECKING)
COPIED_STEPS = (READING, WRITING, CHECKING)
"""Of a bundle, or of a checkpoint that keeps its precision."""
