"""A search of one terminology with its parts: at once without those that take time to prepare."""

from collections.abc import Callable
from dataclasses import replace
from functools import cached_property
from time import monotonic
from typing import Any

from m2m_desktop.core.progress import Progress, silent
from m2m_desktop.core.records import TermLevel
from m2m_desktop.core.retrieval import LexicalRetriever
from m2m_desktop.core.term_search.numbering import first_socs
from m2m_desktop.core.term_search.records import (
    Match,
    Reason,
    SearchAnswer,
    SearchHit,
    SearchWish,
)
from m2m_desktop.core.term_search.search import Remembered, TermSearch
from m2m_desktop.core.terminology import Terminology
from m2m_desktop.core.thesaurus import Thesaurus
from m2m_desktop.services.dictionary.search_index import SearchIndexes, SoundMaking

LikenessOpener = Callable[[Progress], tuple[LexicalRetriever, Thesaurus]]
SOUNDS_WAIT, LIKENESS_WAITS = "pinyin", "fuzzy"


class PreparedSearch:
    """Names can be searched from the start; `warm` adds sounds, other wordings and likeness.

    ``is_lent``: the second names are those of another release.
    """

    def __init__(
        self,
        terminology: Terminology,
        indexes: SearchIndexes,
        open_likeness: LikenessOpener,
        remembered: Remembered | None = None,
        *,
        is_lent: bool = False,
        progress: Progress = silent,
    ) -> None:
        self.terminology = terminology
        self._indexes, self._is_lent, self._open_likeness = indexes, is_lent, open_likeness
        names = indexes.name_text(terminology, is_lent=is_lent, progress=progress)
        sounds = indexes.sound_text(terminology, is_lent=is_lent)
        self._search = TermSearch(terminology, names, sounds, remembered=remembered)
        self._making: SoundMaking | None = None
        self.shown_rows: dict[tuple[TermLevel, int, bool], dict[str, Any]] = {}
        """Terms as they were put on the wire, for who shows them."""

    @cached_property
    def soc_names(self) -> dict[TermLevel, list[str]]:
        """The name of the (primary, else first) SOC of each row of each level."""
        names = [*self.terminology.names(TermLevel.SOC).to_list(), ""]  # -1 is the last: none
        return {
            level: [names[row] for row in rows.tolist()]
            for level, rows in first_socs(self.terminology).items()
        }

    @property
    def waiting(self) -> tuple[str, ...]:
        """The parts that are not prepared yet, as they are named on the wire."""
        parts = {SOUNDS_WAIT: self._search.sounds, LIKENESS_WAITS: self._search.retriever}
        return tuple(name for name, part in parts.items() if part is None)

    def search(self, wish: SearchWish, progress: Progress = silent) -> SearchAnswer:
        """Search; what is asked for by name (pinyin, likeness) is prepared first, whatever it takes."""
        if wish.match is Match.PINYIN:
            self._prepare_sounds(None, progress)
        if wish.match is Match.FUZZY:
            self._prepare_likeness(progress)
        return self._search.search(wish)

    def hits(self, wish: SearchWish) -> list[SearchHit]:
        """Search, and give the first hits of all groups in a row as full records."""
        found = [
            self._hit(group.hits[place].level, group.hits[place].row, group.reason)
            for group in self.search(wish).groups
            for place in range(len(group.hits))
        ]
        return found[: wish.limit]

    def _hit(self, level: TermLevel, row: int, reason: Reason) -> SearchHit:
        term = self.terminology.term_at(level, row)
        if level is not TermLevel.LLT:
            return SearchHit(term, reason)
        llt = self.terminology.llt_at(row)
        return SearchHit(term, reason, llt.is_current, llt.pt_code)

    def warm(self, progress: Progress = silent, *, seconds: float | None = None) -> bool:
        """Prepare what is not there yet for about so long (None: to the end); tell whether all is.

        Likeness is opened in one piece, however long that takes.
        """
        end = None if seconds is None else monotonic() + seconds
        is_ready = self._prepare_sounds(seconds, progress)
        if not is_ready or (end is not None and monotonic() >= end and self.waiting):
            return False
        self._prepare_likeness(progress)
        return True

    @property
    def progress(self) -> tuple[int, int]:
        """How many names have their sounds, and how many there are; (0, 0) where none is made."""
        return (self._making.done, self._making.total) if self._making else (0, 0)

    def _prepare_sounds(self, seconds: float | None, progress: Progress) -> bool:
        if self._search.sounds is None:
            self._making = self._making or SoundMaking(self._search.names)
            sounds = self._making.work(seconds, progress)
            if sounds is None:
                return False
            self._making = None
            self._indexes.keep_sounds(self.terminology, sounds, is_lent=self._is_lent)
            self._search = replace(self._search, sounds=sounds)
        return True

    def _prepare_likeness(self, progress: Progress) -> None:
        if self._search.retriever is None:
            retriever, thesaurus = self._open_likeness(progress)
            self._search = replace(self._search, retriever=retriever, thesaurus=thesaurus)
