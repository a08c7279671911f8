"""The memory: what the persons of this hospital decided for a wording, for the next time.

It is the hospital's own synonym list. An entry answers a phrase only while the terminology in use
still says of its terms what it said when a person chose them: `examine` finds what has changed, and
then a person must confirm the entry before it answers again.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import Enum
from typing import Protocol

from m2m_desktop.core.messages import N_
from m2m_desktop.core.records import Source
from m2m_desktop.core.review import CodedTerm, ReviewState, ReviewStatus
from m2m_desktop.core.text import match_key


class CheckReason(Enum):
    """Why a person must look at an entry again: what the terminology now says otherwise."""

    PT_GONE = "pt_gone"
    LLT_GONE = "llt_gone"
    LLT_MOVED = "llt_moved"
    LLT_NOT_CURRENT = "llt_not_current"
    RENAMED = "renamed"
    PATH_CHANGED = "path_changed"
    NEW_RELEASE = "new_release"


CHECK_WORDS: Mapping[CheckReason, str] = {
    CheckReason.PT_GONE: N_("the PT is no longer in this release"),
    CheckReason.LLT_GONE: N_("the LLT is no longer in this release"),
    CheckReason.LLT_MOVED: N_("the LLT now belongs to another PT"),
    CheckReason.LLT_NOT_CURRENT: N_("the LLT is not current"),
    CheckReason.RENAMED: N_("a term has another name in this release"),
    CheckReason.PATH_CHANGED: N_("the PT has another primary path in this release"),
    CheckReason.NEW_RELEASE: N_("no term was suitable in another release; this one may have one"),
}


@dataclass(frozen=True, slots=True)
class MemoryEntry:
    """What is remembered of a wording; ``key`` is its `text.match_key`.

    Without ``terms`` the decision was that no term is suitable. ``is_stopped``: this wording is
    never answered from memory, and no decision changes that. ``needs_check``: a person must confirm
    the entry. ``decided_at`` is UTC, ISO 8601. ``uses`` counts the phrases it has answered.
    """

    key: str
    text: str
    terms: tuple[CodedTerm, ...] = ()
    is_stopped: bool = False
    reviewer: str = ""
    decided_at: str = ""
    terminology_id: str = ""
    terminology_version: str = ""
    terminology_language: str = ""
    needs_check: CheckReason | None = None
    uses: int = 0

    @property
    def pt_codes(self) -> frozenset[str]:
        """The codes of the set, in which two entries agree or not."""
        return frozenset(term.pt_code for term in self.terms)


class Memory(Protocol):
    """Where coding asks whether a wording was decided before."""

    def recall(self, key: str) -> MemoryEntry | None:
        """Give the entry of a `text.match_key`, stopped or not; None where there is none."""


class Release(Protocol):
    """The release a decision was made in, as far as an entry says it; `ReleaseInfo` is one."""

    @property
    def terminology_id(self) -> str:
        """Its id."""

    @property
    def version(self) -> str:
        """Its version."""

    @property
    def language(self) -> str:
        """The language of its names."""


def learnt(text: str, state: ReviewState, info: Release) -> MemoryEntry | None:
    """Make an entry of a decision; None for what is no decision, or one without any letter."""
    key = match_key(text)
    if not key or state.status is ReviewStatus.UNREVIEWED:
        return None
    terms = tuple(replace(term, probability=None) for term in state.terms)
    return MemoryEntry(
        key=key,
        text=text,
        terms=() if state.status is ReviewStatus.NO_TERM else terms,
        reviewer=state.reviewer,
        decided_at=state.decided_at,
        terminology_id=info.terminology_id,
        terminology_version=info.version,
        terminology_language=info.language,
    )


def is_worth_remembering(source: Source, status: ReviewStatus) -> bool:
    """Whether a decision says what the terminology does not: an accepted exact name is one."""
    return status is not ReviewStatus.UNREVIEWED and not (
        status is ReviewStatus.ACCEPTED and source is Source.EXACT
    )
