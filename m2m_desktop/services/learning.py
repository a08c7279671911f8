"""Keeps the memory in step with the decisions of a session, undo included."""

from collections.abc import Iterable, Sequence

from m2m_desktop.core.memory import MemoryEntry, is_worth_remembering, learnt
from m2m_desktop.core.review import CodedTerm, PhraseRow
from m2m_desktop.core.text import match_key
from m2m_desktop.services.memory.store import MemoryStore
from m2m_desktop.services.project.project import Project


class Learner:
    """Learns from one open project.

    What a decision has put into the memory goes again when the decision is taken back, and what
    stood there before comes back. Raises what `MemoryStore` raises.
    """

    def __init__(self, memory: MemoryStore, project: Project) -> None:
        self._memory, self._project = memory, project
        self._before: dict[str, MemoryEntry | None] = {}
        self._known: dict[str, MemoryEntry] = {}
        self.refresh()

    def refresh(self) -> None:
        """Read what the memory holds for the phrases of the project; it was changed elsewhere."""
        self._known = self._memory.recall_many({*map(match_key, self._project.texts().values())})

    def follow(self, rows: Iterable[PhraseRow], *, remembers: bool) -> None:
        """Take over decisions that were just made, or taken back (unreviewed rows).

        With ``remembers`` off, new decisions are left out; taking back still works.
        """
        release = self._project.info.release
        fresh: list[MemoryEntry] = []
        gone: list[str] = []
        for row in rows:
            key = match_key(row.text)
            entry = learnt(row.text, row.state, release) if release else None
            if entry is None:
                gone.append(key)
            elif remembers and is_worth_remembering(row.state.source, row.state.status):
                fresh.append(entry)
        self._take_back([key for key in gone if key in self._before])
        if fresh:
            known = self._memory.recall_many([entry.key for entry in fresh])
            for entry in fresh:
                self._before.setdefault(entry.key, known.get(entry.key))
            self._memory.remember(fresh)

    def _take_back(self, keys: Sequence[str]) -> None:
        former = {key: self._before.pop(key) for key in dict.fromkeys(keys)}
        if not former:
            return
        self._memory.revoke([key for key, entry in former.items() if entry is None])
        self._memory.put([entry for entry in former.values() if entry is not None])

    def known_before(self, text: str) -> Sequence[CodedTerm] | None:
        """Give the terms that were decided for a phrase before this session; None for none.

        Empty terms: no term was suitable. Reads no file.
        """
        key = match_key(text)
        entry = self._before[key] if key in self._before else self._known.get(key)
        return None if entry is None or entry.is_stopped else entry.terms
