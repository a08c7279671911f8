"""The engine: holds the open terminologies, indexes and models; every front end talks to it."""

import logging
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from m2m_desktop.core.cascade import MIN_COST_RATIO
from m2m_desktop.core.coding_list import code_list
from m2m_desktop.core.errors import CodingToolError
from m2m_desktop.core.known_phrases import known_phrases
from m2m_desktop.core.pipeline import Pipeline
from m2m_desktop.core.progress import Progress, silent
from m2m_desktop.core.records import CodingResult, Mention, TermLevel
from m2m_desktop.core.steps import SpareWork
from m2m_desktop.core.term_search.records import Match, SearchHit, SearchWish
from m2m_desktop.core.terminology import ReleaseInfo, Terminology
from m2m_desktop.core.text import match_key
from m2m_desktop.services.coding_options import MODES, CodingOptions
from m2m_desktop.services.dense_retrieval import (
    NOT_READY,
    QUICK_WORK,
    DenseRetrieval,
    Embedded,
    VectorState,
)
from m2m_desktop.services.dictionary.open_searches import OpenSearches
from m2m_desktop.services.dictionary.prepared_search import PreparedSearch
from m2m_desktop.services.dictionary.second_language import SecondLanguages
from m2m_desktop.services.doctor import describe_installation
from m2m_desktop.services.found_model import FoundModel
from m2m_desktop.services.index_cache import IndexCache
from m2m_desktop.services.language import _
from m2m_desktop.services.locations import Locations
from m2m_desktop.services.memory.store import MemoryStore, memory_path
from m2m_desktop.services.memory.watched import WatchedMemory
from m2m_desktop.services.model_bench import ModelSpeed
from m2m_desktop.services.model_store import ModelInfo, ModelStore
from m2m_desktop.services.open_models import OpenModels
from m2m_desktop.services.open_terminologies import DEMO, Imported, OpenTerminologies
from m2m_desktop.services.pipelines import Pipelines
from m2m_desktop.services.retrievers import Retrievers
from m2m_desktop.services.score_cache import ScoreCache
from m2m_desktop.services.settings import load_settings
from m2m_desktop.services.vector_store import VectorStore

if TYPE_CHECKING:
    from m2m_desktop.services.conversion.convert import ConversionWish

__all__ = ["DEMO", "MODES", "CodingOptions", "Engine"]

_log = logging.getLogger(__name__)


class Engine:
    """Opens things when first needed and keeps them open. Not for use from several threads.

    ``min_cost_ratio``: a model that costs at least so many times as much as a small one that ships
    is spared by its estimates (see `core.cascade`). ``quick_work``: vectors that cost more are
    computed only by `embed_terminology` (see `services.dense_retrieval`).
    """

    def __init__(
        self,
        locations: Locations,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
        *,
        min_cost_ratio: float = MIN_COST_RATIO,
        quick_work: float = QUICK_WORK,
    ) -> None:
        self._locations = locations
        settings = load_settings(locations)
        self.memory = MemoryStore(memory_path(locations), now)
        self._terminologies = OpenTerminologies(locations, settings.terminology)
        self.second_languages = SecondLanguages(
            self._terminologies.store, locations, self.terminology
        )
        self._models = OpenModels(
            ModelStore(locations.models, locations.resources / "models"),
            settings.model,
            self.terminology,
        )
        indexes = locations.data / "indexes"
        self._indexes = IndexCache(indexes)
        self._retrievers = Retrievers(locations, self._indexes, self._terminologies.demo)
        self._searches = OpenSearches(indexes, self._retrievers, self.memory)
        self._dense = DenseRetrieval(
            self._models.store,
            VectorStore(indexes, locations.resources / "vectors"),
            lambda: load_settings(locations).encoder,  # a window changes it while this runs
            quick_work=quick_work,
        )
        self._told_unready: set[tuple[str, str]] = set()
        self._scores = ScoreCache(locations.data / "scores")
        self._pipelines = Pipelines(
            locations,
            self._models,
            self._retrievers,
            self._dense,
            self._scores,
            now,
            min_cost_ratio=min_cost_ratio,
        )

    # -- coding ----------------------------------------------------------------------------------

    def code(
        self,
        mentions: Sequence[Mention],
        options: CodingOptions,
        progress: Progress = silent,
        *,
        first_answers: bool = False,
    ) -> Iterator[CodingResult]:
        """Code mentions in their order; phrases that read alike are coded once.

        Without a usable model the answers are lexical and say so in their warnings. With
        ``first_answers``, and where a small model spares the chosen one, the small model's
        provisional answers of all mentions come first.
        """
        pipeline = self.pipeline(options, progress)
        memory = WatchedMemory(self.memory)
        if options.uses_memory:
            pipeline = replace(pipeline, memory=memory)
        try:
            with self._scores.batch():
                for result in code_list(pipeline, mentions, progress, first_answers=first_answers):
                    answer = memory.noted(result, match_key(pipeline.question(result.mention).text))
                    yield self._telling_unready(answer)
        finally:
            memory.close()

    def _telling_unready(self, result: CodingResult) -> CodingResult:
        """Say with one answer, and not again, that the encoder could not take part yet."""
        run = result.run
        key = (run.terminology_id, run.encoder_hash)
        if not run.encoder_id or run.fusion or not result.is_final or key in self._told_unready:
            return result
        self._told_unready.add(key)
        told = _(NOT_READY).format(name=run.encoder_id)
        return replace(result, warnings=(*result.warnings, told))

    def retrieve(
        self, mentions: Sequence[Mention], options: CodingOptions, progress: Progress = silent
    ) -> Iterator[CodingResult]:
        """Give the first stage's candidates of mentions, in their order."""
        pipeline = self.pipeline(options, progress, with_model=False)
        for done, mention in enumerate(mentions):
            progress(done, len(mentions))
            yield self._telling_unready(pipeline.retrieve(mention))
        progress(len(mentions), len(mentions))

    def pipeline(
        self, options: CodingOptions, progress: Progress = silent, *, with_model: bool = True
    ) -> Pipeline:
        """Open everything that ``options`` ask for and stamp the run."""
        options.check()
        terminology = self.terminology(options.terminology, progress)
        return self._pipelines.make(terminology, options, progress, with_model=with_model)

    def forget_scores(self) -> None:
        """Delete all kept scores; raises OutputUnwritable."""
        self._scores.clear()

    def warm(self, options: CodingOptions, progress: Progress = silent) -> None:
        """Open everything now, so that the first answer is quick."""
        self.pipeline(options, progress)

    def embed_terminology(
        self, terminology: str = "", encoder: str = "", progress: Progress = silent
    ) -> Embedded:
        """Compute the vectors of a terminology's names, so that coding can use the encoder.

        What is computed already is not computed again, also where it was cancelled. Raises
        ModelError: `NoModel` where there is no encoder to compute with.
        """
        return self._dense.embed(encoder, self.terminology(terminology, progress), progress)

    def vector_state(self, terminology: str = "", encoder: str = "") -> VectorState:
        """Tell whether an encoder can take part in coding with a terminology; raises ModelError."""
        return self._dense.state(encoder, self.terminology(terminology))

    def shipped_encoder(self, info: ReleaseInfo) -> str:
        """Give the id of the encoder that is meant for a terminology where none is chosen, or ""."""
        return self._dense.shipped_for(info)

    @property
    def spare(self) -> SpareWork:
        """What coding lacked, to be made while there is nothing else to do."""
        return self._dense.spare

    def known_phrases(
        self, terminology: str = "", progress: Progress = silent
    ) -> Callable[[str], bool]:
        """Give what tells whether a text is a name of a terminology, or a remembered phrase.

        Such a phrase is never cut in two. Without a readable memory, names alone count.
        """
        retriever = self._retrievers.lexical(self.terminology(terminology, progress), progress)
        try:
            remembered = self.memory.keys()
        except CodingToolError as error:
            _log.warning("splitting without the memory: %s", error.code)
            remembered = frozenset()
        return known_phrases(remembered, is_name=retriever.is_name)

    # -- searching -------------------------------------------------------------------------------

    def search(
        self,
        text: str,
        *,
        terminology: str = "",
        level: TermLevel | None = None,
        kind: Match = Match.CONTAINS,
        limit: int = 200,
    ) -> list[SearchHit]:
        """Look terms up by name, part of a name, or code, LLTs that are not current too.

        The closest kind of match comes first; see `TermSearch.search`.
        """
        levels = frozenset() if level is None else frozenset([level])
        wish = SearchWish(text, kind, levels, shows_old=True, limit=limit, lists_twins=True)
        return self.term_search(terminology).hits(wish)

    def term_search(self, terminology: str = "", progress: Progress = silent) -> PreparedSearch:
        """Open the search of a terminology in all its languages; see `PreparedSearch.warm`."""
        own = self.terminology(terminology, progress)
        view = self.bilingual(terminology, progress)
        return self._searches.open(own, view, progress)

    # -- terminologies ---------------------------------------------------------------------------

    def terminology(self, name: str = "", progress: Progress = silent) -> Terminology:
        """Open a terminology by id, beginning of an id, or path; empty means the default."""
        return self._terminologies.open(name, progress)

    def bilingual(self, name: str = "", progress: Progress = silent) -> Terminology:
        """Open a terminology to look things up in: with second names where a release lends them.

        Coding uses `terminology`; both have the same id.
        """
        return self.second_languages.view(self.terminology(name, progress))

    def terminologies(self) -> list[ReleaseInfo]:
        """List the demo dictionary and everything that was imported."""
        return self._terminologies.list()

    def check_terminology(
        self,
        path: Path,
        *,
        password: str | None = None,
        encoding: str | None = None,
        progress: Progress = silent,
    ) -> Imported:
        """Read and check a release without keeping anything."""
        return self._terminologies.check(
            path, password=password, encoding=encoding, progress=progress
        )

    def import_terminology(
        self,
        path: Path,
        *,
        password: str | None = None,
        encoding: str | None = None,
        progress: Progress = silent,
    ) -> Imported:
        """Compile every release of a folder, zip or CSV into the user's data folder."""
        return self._terminologies.store.import_release(
            path, password=password, encoding=encoding, progress=progress
        )

    def remove_terminology(self, terminology_id: str) -> None:
        """Delete a terminology, by id or beginning of an id, with all that was made from it."""
        wanted = self._terminologies.removable(terminology_id)
        self._terminologies.close(wanted)
        self._retrievers.close(wanted)
        self._dense.close_terminology(wanted)
        self._searches.close()
        self.second_languages.forget(wanted)
        self._terminologies.store.remove(wanted)
        self._indexes.forget(wanted)
        self._searches.forget(wanted)
        self._scores.forget_terminology(wanted)

    # -- models ----------------------------------------------------------------------------------

    def models(self) -> list[ModelInfo]:
        """List the shipped and the installed bundles; a damaged one with its problem."""
        return self._models.store.list()

    def verify_model(self, name_or_path: str, progress: Progress = silent) -> ModelInfo:
        """Check a bundle completely, and complete its comparison; see `ModelStore.verify`."""
        return self._models.verify(name_or_path, progress)

    def inspect_model(
        self, path: Path, *, kind: str = "", progress: Progress = silent
    ) -> FoundModel:
        """Look at a bundle or a checkpoint; nothing is kept. See `ModelStore.inspect`."""
        return self._models.store.inspect(path, kind=kind, progress=progress)

    def install_model(
        self, path: Path, wish: "ConversionWish | None" = None, progress: Progress = silent
    ) -> ModelInfo:
        """Install a bundle, or convert a checkpoint; see `ModelStore.install`.

        Texts to convert with come from the default terminology.
        """
        info = self._models.install(path, wish, progress)
        self._dense.close_models()
        return info

    def template_examples(self) -> dict[str, str]:
        """Give the candidate text of one PT of the default terminology by each template."""
        return self._models.template_examples()

    def bench_model(self, name_or_path: str, progress: Progress = silent) -> ModelSpeed:
        """Measure a model on a phrase and a full list of candidates of the default terminology."""
        return self._models.bench(name_or_path, progress)

    def remove_model(self, model_id: str) -> None:
        """Delete an installed bundle, and what it scored or encoded."""
        hashes = self._models.remove(model_id)
        self._dense.close_models()
        for one in hashes:
            self._scores.forget_model(one)
            self._dense.forget_model(one)

    # -- support ---------------------------------------------------------------------------------

    def doctor(self) -> dict[str, object]:
        """Describe this installation for support: versions, folders, hashes. No phrase, no term."""
        return describe_installation(
            self._locations,
            self._models.store,
            self._scores,
            self._terminologies.store,
            self.terminologies,
        )
