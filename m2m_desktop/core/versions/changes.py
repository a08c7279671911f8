"""What may have changed between two releases, one record a fact.

Each fact stands once, and what only follows from it is left out: a PT is added, removed or renamed
together with the LLT of its own code; a removed term leaves its SMQs; an SMQ comes and goes with its
members. An LLT that leaves a removed or demoted PT has moved, since nothing else says where to.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum

from m2m_desktop.core.messages import N_, Message, message
from m2m_desktop.core.records import TermLevel

SMQ = "smq"
LEVELS = (*(level.name.lower() for level in TermLevel), SMQ)
"""The levels of changes, in the order in which they are shown."""


class ChangeKind(Enum):
    """What kind of fact; in the order in which they are shown.

    A PT that became an LLT is demoted, an LLT that became a PT promoted: both are of level PT.
    ``SMQ_MEMBER_SCOPE``: narrow or broad, category, weight; ``SMQ_STATUS``: whether an SMQ is
    active, its level, its algorithm.
    """

    ADDED = "added"
    REMOVED = "removed"
    RENAMED = "renamed"
    MOVED = "moved"
    PROMOTED = "promoted"
    DEMOTED = "demoted"
    MADE_CURRENT = "made_current"
    MADE_NOT_CURRENT = "made_not_current"
    PRIMARY_SOC = "primary_soc"
    SMQ_ADDED = "smq_added"
    SMQ_REMOVED = "smq_removed"
    SMQ_RENAMED = "smq_renamed"
    SMQ_MEMBER_ADDED = "smq_member_added"
    SMQ_MEMBER_REMOVED = "smq_member_removed"
    SMQ_MEMBER_SCOPE = "smq_member_scope"
    SMQ_STATUS = "smq_status"


@dataclass(frozen=True, slots=True)
class Place:
    """A term that a change is about besides its own: a parent, a member of an SMQ.

    ``role`` is what the term is there, such as narrow; for the status of an SMQ it stands alone.
    """

    level: str
    code: str
    name: str
    role: Message | None = None


@dataclass(frozen=True, slots=True)
class VersionChange:
    """One fact. ``before`` and ``after`` are what it came from and went to, both without what stayed.

    ``name_before`` is empty for what is new, ``name_after`` for what is gone.
    """

    kind: ChangeKind
    level: str
    code: str
    name_before: str = ""
    name_after: str = ""
    before: tuple[Place, ...] = ()
    after: tuple[Place, ...] = ()

    @property
    def detail(self) -> Message:
        """The fact as a sentence; names are left as they are."""
        template = _template(self)
        named = {"name_before": self.name_before, "name_after": self.name_after}
        return message(template, before=places(self.before), after=places(self.after), **named)

    @property
    def order(self) -> tuple[object, ...]:
        """By what changes are sorted: kind, level, code, the terms they are about."""
        about = tuple(place.code for place in (*self.before, *self.after))
        return _KINDS[self.kind], LEVELS.index(self.level), self.code, about


_KINDS = {kind: place for place, kind in enumerate(ChangeKind)}
_JOINT = N_("{first}, {rest}")
_IN_ROLE = N_("{name} ({role})")
NOWHERE = "—"


def places(found: tuple[Place, ...]) -> Message | str:
    """Give places as one text of their names and roles."""
    if not found:
        return NOWHERE
    texts = [_place(one) for one in found]
    told: Message | str = texts[-1]
    for text in reversed(texts[:-1]):
        told = message(_JOINT, first=text, rest=told)
    return told


def _place(place: Place) -> Message | str:
    if place.role is None:
        return place.name
    return message(_IN_ROLE, name=place.name, role=place.role) if place.name else place.role


def _template(change: VersionChange) -> str:
    if change.kind is ChangeKind.MOVED and not (change.before and change.after):
        return ONLY_MORE if change.after else ONLY_LESS
    if change.kind is ChangeKind.MOVED and change.level == "llt":
        return LLT_MOVED
    if change.kind in _WITHOUT_PLACE and not (change.before or change.after):
        return _WITHOUT_PLACE[change.kind]
    return SENTENCES[change.kind]


_WITHOUT_PLACE: Mapping[ChangeKind, str] = {
    ChangeKind.ADDED: N_("It is new."),
    ChangeKind.REMOVED: N_("It is not in the release any more."),
}
ONLY_MORE = N_("It now also stands under {after}.")
ONLY_LESS = N_("It no longer stands under {before}.")
LLT_MOVED = N_("It belonged to the PT {before} and belongs to the PT {after} now.")
SENTENCES: Mapping[ChangeKind, str] = {
    ChangeKind.ADDED: N_("It is new, under {after}."),
    ChangeKind.REMOVED: N_("It is not in the release any more; it stood under {before}."),
    ChangeKind.RENAMED: N_("It was called {name_before} and is called {name_after} now."),
    ChangeKind.MOVED: N_("It stood under {before} and stands under {after} now."),
    ChangeKind.PROMOTED: N_("It was an LLT of {before} and is a PT now, under {after}."),
    ChangeKind.DEMOTED: N_("It was a PT under {before} and is an LLT of {after} now."),
    ChangeKind.MADE_CURRENT: N_("The LLT is current again and may be used for coding."),
    ChangeKind.MADE_NOT_CURRENT: N_("The LLT is not current any more: not for new coding."),
    ChangeKind.PRIMARY_SOC: N_("Its primary SOC was {before} and is {after} now."),
    ChangeKind.SMQ_ADDED: N_("The SMQ is new."),
    ChangeKind.SMQ_REMOVED: N_("The SMQ is not in the release any more."),
    ChangeKind.SMQ_RENAMED: N_("The SMQ was called {name_before} and is called {name_after} now."),
    ChangeKind.SMQ_MEMBER_ADDED: N_("The SMQ now holds {after}."),
    ChangeKind.SMQ_MEMBER_REMOVED: N_("The SMQ no longer holds {before}."),
    ChangeKind.SMQ_MEMBER_SCOPE: N_("The SMQ held {before} and holds {after} now."),
    ChangeKind.SMQ_STATUS: N_("The SMQ was: {before}. It is now: {after}."),
}
