"""Longer texts of the window: the notice about MedDRA, the licences, the keys."""

from m2m_desktop.core.messages import N_
from m2m_desktop.services.language import _

MEDDRA_NOTICE = N_(
    "MedDRA® trademark is registered by ICH. MedDRA® the Medical Dictionary for Regulatory "
    "Activities terminology is the international medical terminology developed under the auspices "
    "of the International Council for Harmonisation of Technical Requirements for Pharmaceuticals "
    "for Human Use (ICH). This software contains no MedDRA content. To use MedDRA with it you need "
    "a valid subscription from the MedDRA MSSO (or JMO in Japan) and your own copy of the release. "
    "This project is not affiliated with, sponsored by or endorsed by ICH, the MSSO or JMO."
)

KEYS = (
    ("Enter", N_("Code the phrases, open the next line")),
    ("Shift+Enter", N_("Only break the line")),
    ("↑ ↓", N_("Move in a table or in the tree")),
    ("← →", N_("Close or open a branch of the tree")),
    ("F6", N_("Next part of the window")),
    ("Shift+F6", N_("Previous part of the window")),
    ("Esc", N_("Back to the box for phrases")),
    ("Ctrl+C", N_("Copy the term")),
    ("Ctrl+Shift+C", N_("Copy the code")),
    ("Ctrl+Shift+T", N_("Copy the whole table for Excel or WPS")),
    ("Ctrl+I", N_("Import a release")),
    ("Ctrl+1 … 6", N_("Go to a page; Ctrl+0: first steps")),
    ("F1", N_("The manual, at the page you are on")),
    ("Ctrl+F1", N_("This list of keys")),
)


def meddra_notice() -> str:
    """The notice about MedDRA in the language of the window."""
    return _(MEDDRA_NOTICE)
