"""The memory as a run of coding asks it: trouble with it is said, and never stops the coding."""

import logging
from collections import Counter
from dataclasses import replace

from m2m_desktop.core.errors import CodingToolError
from m2m_desktop.core.memory import MemoryEntry
from m2m_desktop.core.records import CodingResult, Source
from m2m_desktop.services.language import explain
from m2m_desktop.services.memory.store import MemoryStore

_log = logging.getLogger(__name__)


class WatchedMemory:
    """Asks a `MemoryStore` until it fails once; counts which entries answered."""

    def __init__(self, store: MemoryStore) -> None:
        self._store = store
        self._uses: Counter[str] = Counter()
        self._problem: CodingToolError | None = None

    def recall(self, key: str) -> MemoryEntry | None:
        """Give the entry of a key; None also from the first trouble on."""
        if self._problem is not None:
            return None
        try:
            return self._store.recall(key)
        except CodingToolError as error:
            _log.warning("coding without the memory: %s", error.code)
            self._problem = error
            return None

    def noted(self, result: CodingResult, key: str) -> CodingResult:
        """Count an answer of the memory; say in the answer that the memory could not be asked."""
        if result.is_final and result.source is Source.MEMORY:
            self._uses[key] += 1
        if self._problem is None:
            return result
        return replace(result, warnings=(*result.warnings, explain(self._problem)))

    def close(self) -> None:
        """Write down how often entries were used; where that fails, the log says so."""
        try:
            self._store.count_uses(self._uses)
        except CodingToolError as error:
            _log.info("uses of the memory were not counted: %s", error.code)
        self._uses.clear()
