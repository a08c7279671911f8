"""The words that reports have for kinds of changes and effects, and for how a phrase stands."""

from collections.abc import Mapping

from m2m_desktop.core.messages import N_
from m2m_desktop.core.versions.changes import ChangeKind
from m2m_desktop.core.versions.effects import EffectKind, Standing

CHANGE_WORDS: Mapping[ChangeKind, str] = {
    ChangeKind.ADDED: N_("new"),
    ChangeKind.REMOVED: N_("removed"),
    ChangeKind.RENAMED: N_("renamed"),
    ChangeKind.MOVED: N_("moved"),
    ChangeKind.PROMOTED: N_("LLT became PT"),
    ChangeKind.DEMOTED: N_("PT became LLT"),
    ChangeKind.MADE_CURRENT: N_("now current"),
    ChangeKind.MADE_NOT_CURRENT: N_("no longer current"),
    ChangeKind.PRIMARY_SOC: N_("other primary SOC"),
    ChangeKind.SMQ_ADDED: N_("SMQ new"),
    ChangeKind.SMQ_REMOVED: N_("SMQ removed"),
    ChangeKind.SMQ_RENAMED: N_("SMQ renamed"),
    ChangeKind.SMQ_MEMBER_ADDED: N_("SMQ member new"),
    ChangeKind.SMQ_MEMBER_REMOVED: N_("SMQ member removed"),
    ChangeKind.SMQ_MEMBER_SCOPE: N_("SMQ scope or weight"),
    ChangeKind.SMQ_STATUS: N_("SMQ status"),
}
EFFECT_WORDS: Mapping[EffectKind, str] = {
    EffectKind.NONE: N_("unchanged"),
    EffectKind.RENAMED: N_("renamed"),
    EffectKind.MOVED: N_("moved"),
    EffectKind.PRIMARY_SOC: N_("other primary SOC"),
    EffectKind.DEMOTED: N_("PT became LLT"),
    EffectKind.NOT_CURRENT: N_("LLT not current"),
    EffectKind.REMOVED: N_("removed"),
    EffectKind.LLT_MOVED: N_("LLT moved"),
    EffectKind.LLT_REMOVED: N_("LLT removed"),
    EffectKind.PROMOTED_OTHER: N_("LLT became PT"),
    EffectKind.NEW_EXACT: N_("exact term is new"),
    EffectKind.NO_TERM_BEFORE: N_("no term before"),
}
STANDING_WORDS: Mapping[Standing, str] = {
    Standing.ACCEPTED: N_("accepted"),
    Standing.CHANGED: N_("changed"),
    Standing.NO_TERM: N_("no suitable term"),
    Standing.DRAFT: N_("draft"),
    Standing.PROPOSED: N_("proposed"),
    Standing.REMEMBERED: N_("remembered"),
}
