"""Whether what was remembered still holds: what a release says of an entry's terms now."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from m2m_desktop.core.coded_terms import describe_term, own_names
from m2m_desktop.core.memory import CheckReason, MemoryEntry
from m2m_desktop.core.records import TermLevel
from m2m_desktop.core.review import CodedTerm
from m2m_desktop.core.terminology import Terminology


@dataclass(frozen=True, slots=True)
class Recheck:
    """What became of the entries in a release: ``changed`` ones are not used until confirmed."""

    examined: int
    changed: tuple[MemoryEntry, ...]
    cleared: tuple[MemoryEntry, ...]

    @property
    def is_clean(self) -> bool:
        """Whether every entry holds as it is."""
        return not self.changed


def may_answer(entry: MemoryEntry, terminology: Terminology) -> bool:
    """Whether an entry answers: neither stopped nor waiting for a person, and still valid."""
    if entry.is_stopped or entry.needs_check is not None or not is_akin(entry, terminology):
        return False
    return examine(entry, terminology) is None


def examine(entry: MemoryEntry, terminology: Terminology) -> CheckReason | None:
    """Find the first thing that a terminology says otherwise than when the entry was made.

    Names are compared only where both are in one language: a release in English does not rename
    what was chosen in Chinese. What an entry does not tell (no LLT, no path) is not compared.
    """
    info = terminology.info
    if not entry.terms and entry.terminology_version != info.version:
        return CheckReason.NEW_RELEASE
    is_same_language = entry.terminology_language in {"", info.language, info.language2}
    for term in entry.terms:
        reason = _examine_term(term, terminology, compares_names=is_same_language)
        if reason is not None:
            return reason
    return None


def _examine_term(
    term: CodedTerm, terminology: Terminology, *, compares_names: bool
) -> CheckReason | None:
    now = describe_term(terminology, term.pt_code)
    if now is None:
        return CheckReason.PT_GONE
    if term.llt_code:
        llt = terminology.llt(term.llt_code)
        if llt is None:
            return CheckReason.LLT_GONE
        if llt.pt_code != term.pt_code:
            return CheckReason.LLT_MOVED
        if not llt.is_current:
            return CheckReason.LLT_NOT_CURRENT
    if compares_names:
        for level, code, name in (
            (TermLevel.PT, term.pt_code, term.pt_name),
            (TermLevel.LLT, term.llt_code, term.llt_name),
        ):
            if code and name and name not in own_names(terminology, level, code):
                return CheckReason.RENAMED
    path_then = (term.hlt_code, term.hlgt_code, term.soc_code)
    path_now = (now.hlt_code, now.hlgt_code, now.soc_code)
    if any(then and then != code for then, code in zip(path_then, path_now, strict=True)):
        return CheckReason.PATH_CHANGED
    return None


def confirmed(entry: MemoryEntry, terminology: Terminology, who: str, when: str) -> MemoryEntry:
    """Give an entry as a person confirms it: its PTs as the terminology describes them now.

    An LLT that is gone, has moved or is not current is left out; a PT that is gone stays and the
    entry keeps asking to be checked.
    """
    terms = []
    for term in entry.terms:
        now = describe_term(terminology, term.pt_code, term.llt_code)
        if now is not None and not now.is_current:
            now = describe_term(terminology, term.pt_code)
        terms.append(term if now is None else now)
    info = terminology.info
    fresh = replace(
        entry,
        terms=tuple(terms),
        reviewer=who,
        decided_at=when,
        terminology_id=info.terminology_id,
        terminology_version=info.version,
        terminology_language=info.language,
    )
    return replace(fresh, needs_check=examine(fresh, terminology))


def recheck(entries: Sequence[MemoryEntry], terminology: Terminology) -> Recheck:
    """Examine entries by a release: what to mark, and which marks no longer hold.

    Stopped entries answer nothing and are left out, and so are entries of the demo dictionary
    where the release is MedDRA, and the other way round.
    """
    examined = [one for one in entries if is_akin(one, terminology) and not one.is_stopped]
    changed, cleared = [], []
    for entry in examined:
        reason = examine(entry, terminology)
        if reason is not None:
            changed.append(replace(entry, needs_check=reason))
        elif entry.needs_check is not None:
            cleared.append(replace(entry, needs_check=None))
    return Recheck(len(examined), tuple(changed), tuple(cleared))


def is_akin(entry: MemoryEntry, terminology: Terminology) -> bool:
    """Whether both are of the demo dictionary or neither is: ids begin with what they name."""
    return entry.terminology_id.startswith("demo") == terminology.info.is_demo
