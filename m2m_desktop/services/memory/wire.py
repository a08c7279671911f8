"""Entries of the memory as plain JSON values, and back."""

from collections.abc import Mapping
from typing import Any

from m2m_desktop.core.memory import CheckReason, MemoryEntry
from m2m_desktop.services.project.wire import term_to_json, terms_from_json

Json = dict[str, Any]

_TEXTS = (
    "key", "text", "reviewer", "decided_at", "terminology_id", "terminology_version",
    "terminology_language",
)  # fmt: skip


def entry_to_json(entry: MemoryEntry) -> Json:
    """One entry, all fields; ``needs_check`` is the value of its reason, or empty."""
    return {
        **{name: getattr(entry, name) for name in _TEXTS},
        "terms": [term_to_json(term) for term in entry.terms],
        "is_stopped": entry.is_stopped,
        "needs_check": entry.needs_check.value if entry.needs_check else "",
        "uses": entry.uses,
    }


def entry_from_json(told: Mapping[str, Any]) -> MemoryEntry:
    """Inverse of `entry_to_json`; raises ValueError, KeyError or TypeError for anything else."""
    if not all(isinstance(told[name], str) for name in _TEXTS):
        raise ValueError("text")
    texts = {name: told[name] for name in _TEXTS}
    reason = told["needs_check"]
    return MemoryEntry(
        **texts,
        terms=terms_from_json(told["terms"]),
        is_stopped=bool(told["is_stopped"]),
        needs_check=CheckReason(reason) if reason else None,
        uses=int(told["uses"]),
    )
