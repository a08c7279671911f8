"""What another release means for every decision of a project, and for every entry of the memory.

A key names a decision: ``p12`` a phrase, ``i7`` a place with a decision of its own; an entry of the
memory has its own key. Nothing is changed here.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence

from m2m_desktop.core.memory import MemoryEntry
from m2m_desktop.core.memory_check import is_akin
from m2m_desktop.core.pieces import PieceKind
from m2m_desktop.core.progress import Progress, silent
from m2m_desktop.core.review import CodedTerm, ReviewState, ReviewStatus
from m2m_desktop.core.terminology import Terminology
from m2m_desktop.core.versions.effects import Effect, Standing
from m2m_desktop.core.versions.examining import Examiner
from m2m_desktop.services.project.project import Project

PHRASE_KEY, ITEM_KEY = "p", "i"
_REPORT_EVERY = 200
_STANDINGS = {
    ReviewStatus.ACCEPTED: Standing.ACCEPTED,
    ReviewStatus.CHANGED: Standing.CHANGED,
    ReviewStatus.NO_TERM: Standing.NO_TERM,
}

Decision = tuple[str, str, int, Standing, tuple[CodedTerm, ...]]
"""Key, phrase, places, how it stands, terms."""


def project_effects(
    project: Project, old: Terminology, new: Terminology, progress: Progress = silent
) -> list[Effect]:
    """Hold every decision, draft and proposal of a project against a release, in their order."""
    decisions = list(_decisions(project))
    release = project.info.release
    language = release.language if release and release.language else old.info.language
    examiner = Examiner(old, new)
    found = []
    for done, (key, phrase, rows, standing, terms) in enumerate(decisions):
        if done % _REPORT_EVERY == 0:
            progress(done, len(decisions))
        verdict = examiner.examine(phrase, terms, language=language)
        found.append(Effect(key, phrase, rows, standing, terms, verdict))
    return found


def memory_effects(
    entries: Sequence[MemoryEntry],
    old: Terminology,
    new: Terminology,
    progress: Progress = silent,
) -> list[Effect]:
    """Hold entries of the memory against a release; stopped ones answer nothing and are left out.

    So are entries of the demo dictionary where the release is MedDRA, and the other way round.
    """
    asked = [entry for entry in entries if not entry.is_stopped and is_akin(entry, new)]
    examiner = Examiner(old, new)
    found = []
    for done, entry in enumerate(asked):
        if done % _REPORT_EVERY == 0:
            progress(done, len(asked))
        verdict = examiner.examine(
            entry.text,
            entry.terms,
            language=entry.terminology_language,
            version=entry.terminology_version,
        )
        found.append(Effect(entry.key, entry.text, 0, Standing.REMEMBERED, entry.terms, verdict))
    return found


def counts_of(effects: Iterable[Effect]) -> dict[str, int]:
    """Count effects by kind."""
    return dict(Counter(effect.verdict.kind.value for effect in effects))


def _decisions(project: Project) -> Iterator[Decision]:
    texts: dict[int, str] = {}
    for row in project.phrases():
        if row.kind is not PieceKind.REACTION:
            continue
        texts[row.phrase_id] = row.text
        standing = _standing(row.state)
        terms = row.state.terms if standing else row.proposed
        rows = row.item_count - row.exception_count
        if standing or terms:
            key = f"{PHRASE_KEY}{row.phrase_id}"
            yield key, row.text, rows, standing or Standing.PROPOSED, terms
    for item in project.all_items():
        standing = _standing(item.state) if item.state else None
        if item.state is not None and standing is not None:
            key = f"{ITEM_KEY}{item.item_id}"
            yield key, texts.get(item.phrase_id, ""), 1, standing, item.state.terms


def _standing(state: ReviewState) -> Standing | None:
    """How a state stands; None: nothing was decided or put together."""
    return Standing.DRAFT if state.is_draft else _STANDINGS.get(state.status)
