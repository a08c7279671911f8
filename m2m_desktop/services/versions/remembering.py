"""Bring entries of the memory to another release, those that a person chose."""

from collections.abc import Collection
from dataclasses import dataclass, replace

from m2m_desktop.core.memory import MemoryEntry
from m2m_desktop.core.memory_check import examine
from m2m_desktop.core.terminology import Terminology
from m2m_desktop.core.versions.effects import Effect
from m2m_desktop.services.memory.store import MemoryStore
from m2m_desktop.services.versions.deciding import memory_effects
from m2m_desktop.services.versions.errors import EffectUnknown


@dataclass(frozen=True, slots=True)
class Renewed:
    """The entries as they are now, and the keys of those that have something else to look at."""

    changed: tuple[MemoryEntry, ...]
    kept: tuple[str, ...]


def apply_to_memory(
    store: MemoryStore,
    old: Terminology,
    new: Terminology,
    keys: Collection[str],
    *,
    reviewer: str,
    decided_at: str,
) -> Renewed:
    """Confirm the chosen entries with what the new release proposes for them, all or none.

    What was not chosen stays as it is: a recheck marks it, and coding does not use it then. Raises
    EffectUnknown, and what `MemoryStore` raises; nothing has changed then.
    """
    effects = {effect.key: effect for effect in memory_effects(store.entries(), old, new)}
    bad = [key for key in keys if key not in effects or not effects[key].can_apply]
    if bad:
        raise EffectUnknown(keys=str(len(bad)))  # a key is the wording of a phrase
    entries = store.recall_many(keys)
    fresh = tuple(
        _renewed(entries[key], effects[key], new, reviewer, decided_at) for key in entries
    )
    store.put(fresh)
    kept = [key for key, one in effects.items() if one.verdict.reasons and key not in entries]
    return Renewed(fresh, tuple(kept))


def _renewed(
    entry: MemoryEntry, effect: Effect, new: Terminology, reviewer: str, decided_at: str
) -> MemoryEntry:
    terms = tuple(replace(term, probability=None) for term in effect.verdict.proposal or ())
    fresh = replace(
        entry,
        terms=terms,
        reviewer=reviewer or entry.reviewer,
        decided_at=decided_at,
        terminology_id=new.info.terminology_id,
        terminology_version=new.info.version,
        terminology_language=new.info.language,
    )
    return replace(fresh, needs_check=examine(fresh, new))
