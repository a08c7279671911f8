"""Which two releases are compared at first: the one in use, or the project's, with its neighbour."""

import re
from collections.abc import Sequence

from m2m_desktop.ui.engine_protocol import TerminologyChoice

Known = Sequence[TerminologyChoice]


def is_akin(one: TerminologyChoice, other: TerminologyChoice) -> bool:
    """Whether comparing two releases says anything: the demo dictionary is no MedDRA."""
    return one.terminology_id != other.terminology_id and one.is_demo == other.is_demo


def can_compare(known: Known) -> bool:
    """Whether there are two releases to compare."""
    return any(is_akin(one, other) for one in known for other in known)


def version_key(choice: TerminologyChoice) -> tuple[int, ...]:
    """Orders versions as numbers: 9.1 comes before 28.0."""
    return tuple(map(int, re.findall(r"\d+", choice.version)))


def default_pair(known: Known, in_use: str, of_project: str = "") -> tuple[str, str]:
    """Give the ids of an older and a newer release, both empty where no two go together.

    A project coded with a release that is known is compared with the newest one after it. Else the
    release in use is compared with the one before it, or, where it is the oldest, with the next.
    """
    own = _find(known, of_project)
    if own is not None:
        later = [other for other in _partners(known, own) if version_key(other) > version_key(own)]
        if later:
            return own.terminology_id, later[-1].terminology_id
    for middle in filter(None, (_find(known, in_use), *_newest_first(known))):
        partners = _partners(known, middle)
        if not partners:
            continue
        earlier = [other for other in partners if version_key(other) <= version_key(middle)]
        if earlier:
            return earlier[-1].terminology_id, middle.terminology_id
        return middle.terminology_id, partners[0].terminology_id
    return "", ""


def _find(known: Known, terminology_id: str) -> TerminologyChoice | None:
    return next((one for one in known if one.terminology_id == terminology_id), None)


def _newest_first(known: Known) -> list[TerminologyChoice]:
    return sorted(known, key=lambda one: (not one.is_demo, version_key(one)), reverse=True)


def _partners(known: Known, one: TerminologyChoice) -> list[TerminologyChoice]:
    """What goes together with a release, the oldest first; of its own language if there is one."""
    akin = sorted((other for other in known if is_akin(one, other)), key=version_key)
    return [other for other in akin if other.language == one.language] or akin
