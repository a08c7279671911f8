"""The searches of terminologies, opened when first needed and kept open."""

from pathlib import Path

from m2m_desktop.core.progress import Progress, silent
from m2m_desktop.core.retrieval import LexicalRetriever
from m2m_desktop.core.terminology import Terminology
from m2m_desktop.core.thesaurus import Thesaurus
from m2m_desktop.services.dictionary.prepared_search import PreparedSearch
from m2m_desktop.services.dictionary.remembered import RememberedPhrases
from m2m_desktop.services.dictionary.search_index import SearchIndexes
from m2m_desktop.services.memory.store import MemoryStore
from m2m_desktop.services.retrievers import Retrievers


class OpenSearches:
    """One search for each terminology. Not for use from several threads."""

    def __init__(self, indexes: Path, retrievers: Retrievers, memory: MemoryStore) -> None:
        self._indexes = SearchIndexes(indexes)
        self._retrievers = retrievers
        self._memory = memory
        self._open: dict[str, PreparedSearch] = {}

    def open(
        self, own: Terminology, view: Terminology, progress: Progress = silent
    ) -> PreparedSearch:
        """Open the search of a terminology; ``view`` is it with the second names it is shown with."""
        key = own.info.terminology_id
        if key not in self._open or self._open[key].terminology is not view:

            def open_likeness(progress: Progress) -> tuple[LexicalRetriever, Thesaurus]:
                retriever = self._retrievers.lexical(own, progress)
                return retriever, self._retrievers.thesaurus_of(own)

            self._open[key] = PreparedSearch(
                view,
                self._indexes,
                open_likeness,
                RememberedPhrases(self._memory),
                is_lent=view.info.language2 != own.info.language2,
                progress=progress,
            )
        return self._open[key]

    def close(self) -> None:
        """Let go of all: any of them may have its second names from a terminology that goes."""
        self._open.clear()

    def forget(self, terminology_id: str) -> None:
        """Delete what was made to search a terminology."""
        self._indexes.forget(terminology_id)
