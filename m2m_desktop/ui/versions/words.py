"""The words the versions page has for kinds of changes and effects."""

from collections.abc import Sequence

from m2m_desktop.core.messages import N_
from m2m_desktop.core.versions.changes import ChangeKind
from m2m_desktop.core.versions.effects import EffectKind
from m2m_desktop.services.language import _
from m2m_desktop.services.versions.words import CHANGE_WORDS, EFFECT_WORDS
from m2m_desktop.ui.style import Colours
from m2m_desktop.ui.versions.records import EffectRow, EffectTerm, Group

GROUP_WORDS = {
    Group.CERTAIN: N_("Certain"),
    Group.PROPOSAL: N_("Proposal"),
    Group.PERSON: N_("A person must decide"),
    Group.OPEN: N_("Not decided yet"),
    Group.UNCHANGED: N_("Unchanged"),
}
GROUP_TEXTS = {
    None: N_(
        "Ticked lines change when you apply; everything else stays exactly as it was decided."
    ),
    Group.CERTAIN: N_("The codes stay the same; only wording or place is new. Ticked beforehand."),
    Group.PROPOSAL: N_(
        "The codes would change, and the new release says to which. Look, then tick."
    ),
    Group.PERSON: N_(
        "The release alone cannot tell what is right. Code these phrases again by hand; "
        "nothing is ticked for you."
    ),
    Group.OPEN: N_(
        "These terms were only proposed. Code the project again with the new release to get its "
        "proposals; decisions stay."
    ),
    Group.UNCHANGED: N_("The new release says the same of these terms. There is nothing to do."),
}
GROUP_SHAPES = {
    Group.CERTAIN: "certain",
    Group.PROPOSAL: "changed",
    Group.PERSON: "doubtful",
    Group.OPEN: "draft",
    Group.UNCHANGED: "open",
}
_CHANGES = frozenset(kind.value for kind in ChangeKind)
_EFFECTS = frozenset(kind.value for kind in EffectKind)


def change_word(kind: str) -> str:
    """What has happened to a term of the dictionary."""
    return _(CHANGE_WORDS[ChangeKind(kind)]) if kind in _CHANGES else kind.replace("_", " ")


def effect_word(kind: str) -> str:
    """What has happened to the terms of a decision."""
    return _(EFFECT_WORDS[EffectKind(kind)]) if kind in _EFFECTS else kind.replace("_", " ")


def group_word(group: Group) -> str:
    """What an effect asks of a person."""
    return _(GROUP_WORDS[group])


def group_colour(group: Group, colours: Colours) -> str:
    """The colour that goes with the word and the icon of a group."""
    return {
        Group.CERTAIN: colours.certain,
        Group.PROPOSAL: colours.accent,
        Group.PERSON: colours.doubtful,
        Group.OPEN: colours.muted,
        Group.UNCHANGED: colours.muted,
    }[group]


def term_words(terms: Sequence[EffectTerm]) -> str:
    """Terms by name, with the LLT where it is called otherwise than its PT."""
    return " + ".join(map(_term, terms)) or _("no suitable term")


def _term(term: EffectTerm) -> str:
    if not term.llt_name or term.llt_name == term.pt_name:
        return term.pt_name or term.pt_code
    return _("{pt} (LLT {llt})").format(pt=term.pt_name, llt=term.llt_name)


def proposal_words(effect: EffectRow) -> str:
    """What is proposed instead of a decision."""
    if effect.proposal is None:
        return _("none: code it again") if effect.group is Group.PERSON else ""
    if effect.is_same_wording:
        return _("the same term, in its new place")
    return term_words(effect.proposal)


def level_word(level: str) -> str:
    """A level as the trade abbreviates it."""
    return level.upper()
