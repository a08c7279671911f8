"""First stages, opened when first needed and kept open."""

from collections.abc import Callable
from functools import cached_property

from m2m_desktop.core.progress import Progress, silent
from m2m_desktop.core.retrieval import LexicalRetriever, ReferenceRetriever
from m2m_desktop.core.terminology import Terminology
from m2m_desktop.core.thesaurus import Thesaurus
from m2m_desktop.services.index_cache import IndexCache, open_tokenisers
from m2m_desktop.services.locations import Locations
from m2m_desktop.services.thesaurus_files import names_by_term, read_thesaurus


class Retrievers:
    """Opens first stages over the indexes of terminologies. Not for use from several threads.

    ``open_demo`` gives the demo dictionary, whose everyday wording serves every terminology.
    """

    def __init__(
        self, locations: Locations, indexes: IndexCache, open_demo: Callable[[], Terminology]
    ) -> None:
        self._locations = locations
        self._indexes = indexes
        self._open_demo = open_demo
        self._lexical: dict[str, LexicalRetriever] = {}
        self._reference: dict[str, ReferenceRetriever] = {}

    def lexical(self, terminology: Terminology, progress: Progress = silent) -> LexicalRetriever:
        """Give the default first stage, by wording."""
        key = terminology.info.terminology_id
        if key not in self._lexical:
            thesaurus = self.thesaurus_of(terminology)
            tokenisers = open_tokenisers(terminology, thesaurus)
            index = self._indexes.name_index(terminology, tokenisers, thesaurus, progress)
            self._lexical[key] = LexicalRetriever(terminology, index, tokenisers)
        return self._lexical[key]

    def reference(
        self, terminology: Terminology, progress: Progress = silent
    ) -> ReferenceRetriever:
        """Give the published first stage."""
        key = terminology.info.terminology_id
        if key not in self._reference:
            postings = self._indexes.reference_postings(terminology, progress)
            self._reference[key] = ReferenceRetriever(postings)
        return self._reference[key]

    def close(self, terminology_id: str) -> None:
        """Let go of what belongs to a terminology: its files are to be deleted."""
        self._lexical.pop(terminology_id, None)
        self._reference.pop(terminology_id, None)

    def thesaurus_of(self, terminology: Terminology) -> Thesaurus:
        """Give the words that mean the same, for a terminology."""
        return self._thesaurus if terminology.info.is_demo else self._wide_thesaurus

    @cached_property
    def _thesaurus(self) -> Thesaurus:
        return read_thesaurus(self._locations.resources)

    @cached_property
    def _wide_thesaurus(self) -> Thesaurus:
        """With what the demo dictionary knows of everyday wording."""
        return self._thesaurus.extended(names_by_term(self._open_demo()))
