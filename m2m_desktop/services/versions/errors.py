"""What can go wrong when decisions are brought to another release.

CodingToolError
├── EffectsOutdated           M2M-423   decisions have changed since the effects were shown
└── EffectUnknown             M2M-424   what was chosen is none of the effects, or has no proposal
"""

from m2m_desktop.core.errors import CodingToolError
from m2m_desktop.core.messages import N_


class EffectsOutdated(CodingToolError):
    """Decisions have changed since the effects were shown. Fields: count."""

    code = "M2M-423"
    what = N_("Decisions changed since their effects were shown: {count}. Nothing was applied.")
    hint = N_("Look at the effects again, then apply.")


class EffectUnknown(CodingToolError):
    """What was chosen cannot be applied. Fields: keys."""

    code = "M2M-424"
    what = N_("These decisions have nothing that could be applied: {keys}. Nothing was applied.")
    hint = N_("Choose decisions that have a proposal.")
