"""The hospital's memory as a search asks it: held while the file stays as it is."""

import logging
from collections.abc import Iterator, Sequence

from m2m_desktop.core.errors import CodingToolError
from m2m_desktop.services.memory.store import MemoryStore

MIN_PART = 2
"""Shorter texts only find the phrase they are: a single character is part of nearly all."""

_log = logging.getLogger(__name__)


class RememberedPhrases:
    """Finds remembered phrases by a part of them; a memory that cannot be read is no memory."""

    def __init__(self, store: MemoryStore) -> None:
        self._store = store
        self._stamp: tuple[int, int] | None = None
        self._phrases: list[tuple[str, str, Sequence[str]]] = []

    def __call__(self, key: str) -> Iterator[tuple[str, Sequence[str]]]:
        """Give the phrases that hold a match key with the PT codes decided for them.

        The phrase that equals it comes first, then shorter ones.
        """
        self._refresh()
        for own, text, codes in self._phrases:  # by length, so the equal one is found first
            if own == key or (len(key) >= MIN_PART and key in own):
                yield text, codes

    def _refresh(self) -> None:
        try:
            found = self._store.path.stat()
            stamp = (found.st_mtime_ns, found.st_size)
        except OSError:
            stamp = (0, 0)
        if stamp == self._stamp:
            return
        self._stamp = stamp
        try:
            entries = self._store.entries() if stamp != (0, 0) else []
        except CodingToolError as error:
            _log.info("searching without the memory: %s", error.code)
            entries = []
        self._phrases = sorted(
            (
                (entry.key, entry.text, tuple(term.pt_code for term in entry.terms))
                for entry in entries
                if entry.terms and not entry.is_stopped
            ),
            key=lambda phrase: (len(phrase[0]), phrase[0]),
        )
