"""The engine: holds the open terminologies, indexes and models; every front end talks to it."""

import logging
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from m2m_desktop import __version__
from m2m_desktop.core.candidate_texts import CandidateTexts
from m2m_desktop.core.cascade import MIN_COST_RATIO
from m2m_desktop.core.coding_list import code_list
from m2m_desktop.core.errors import BadRequest, CodingToolError, ModelError, TerminologyUnknown
from m2m_desktop.core.known_phrases import known_phrases
from m2m_desktop.core.messages import N_, message
from m2m_desktop.core.pipeline import Pipeline
from m2m_desktop.core.progress import Progress, silent
from m2m_desktop.core.records import (
    DEFAULT_THRESHOLD,
    DEFAULT_TOP_K,
    CodingResult,
    Mention,
    Run,
    TermLevel,
)
from m2m_desktop.core.retrieval import LexicalRetriever, Retriever
from m2m_desktop.core.templates import REFERENCE_TEMPLATE, TEMPLATE_NAMES, Template
from m2m_desktop.core.term_search.records import Match, SearchHit, SearchWish
from m2m_desktop.core.terminology import ReleaseInfo, Terminology
from m2m_desktop.core.text import match_key
from m2m_desktop.core.thesaurus import Thesaurus
from m2m_desktop.services.cascades import open_cascade
from m2m_desktop.services.dense_retrieval import (
    NOT_READY,
    QUICK_WORK,
    DenseRetrieval,
    Embedded,
    OpenDense,
)
from m2m_desktop.services.dictionary.prepared_search import PreparedSearch
from m2m_desktop.services.dictionary.remembered import RememberedPhrases
from m2m_desktop.services.dictionary.search_index import SearchIndexes
from m2m_desktop.services.dictionary.second_language import SecondLanguages
from m2m_desktop.services.doctor import describe_installation
from m2m_desktop.services.found_model import FoundModel
from m2m_desktop.services.import_report import ImportReport
from m2m_desktop.services.index_cache import IndexCache
from m2m_desktop.services.language import _, explain
from m2m_desktop.services.locations import Locations
from m2m_desktop.services.memory.store import MemoryStore, memory_path
from m2m_desktop.services.memory.watched import WatchedMemory
from m2m_desktop.services.model_bench import ModelSpeed, measure_speed
from m2m_desktop.services.model_costs import estimator_for
from m2m_desktop.services.model_store import ModelInfo, ModelStore, OpenModel
from m2m_desktop.services.retrievers import Retrievers
from m2m_desktop.services.score_cache import ScopedScores, ScoreCache, ScoreScope
from m2m_desktop.services.settings import load_settings
from m2m_desktop.services.terminology_store import TerminologyStore
from m2m_desktop.services.vector_store import VectorStore

if TYPE_CHECKING:
    from m2m_desktop.services.conversion.convert import ConversionWish
    from m2m_desktop.services.conversion.samples import Samples

MODES = ("default", "full", "reference", "lexical")
DEMO = "demo"
LEXICAL_ONLY = N_(
    "No model is in use: candidates are ordered by wording only, and nothing but exact names is "
    "selected."
)
UNRANKED = N_(
    "No model is in use: candidates are ordered by wording and meaning only, and nothing but exact "
    "names is selected."
)
NO_DENSE = OpenDense(None)

_log = logging.getLogger(__name__)

Imported = list[tuple[ReleaseInfo, ImportReport]]


@dataclass(frozen=True, slots=True)
class CodingOptions:
    """How to code. Empty names mean the defaults: the settings' choice, else what ships.

    ``mode`` "full" is "default" with every candidate scored by the model; "reference" is the
    published way; "lexical" asks no model. ``scores_exact`` False spares the model phrases that
    are exact names: their answer is the same, but their candidates come without probabilities (for
    long lists). ``encoder`` is what proposes PTs by meaning beside wording, "none" for nothing; the
    modes "reference" and "lexical" do without. ``keeps_scores`` False neither uses nor keeps scores
    beyond this run; ``uses_memory`` False answers nothing from the memory (the reference never
    does).
    """

    terminology: str = ""
    model: str = ""
    top_k: int = DEFAULT_TOP_K
    threshold: float = DEFAULT_THRESHOLD
    mode: str = "default"
    scores_exact: bool = True
    keeps_scores: bool = True
    uses_memory: bool = True
    encoder: str = ""

    def check(self) -> None:
        """Raise BadRequest for a value that makes no sense."""
        if self.mode not in MODES:
            detail = message(N_("there is no mode {mode}"), mode=self.mode)
            raise BadRequest(detail=detail)
        if not 0 <= self.threshold <= 1:
            raise BadRequest(detail=message(N_("the threshold must lie between 0 and 1")))
        if self.top_k < 1:
            raise BadRequest(detail=message(N_("at least one candidate must be asked for")))


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
        self._now = now
        self._terminologies = TerminologyStore(locations.terminologies)
        self._indexes = IndexCache(locations.data / "indexes")
        self._models = ModelStore(locations.models, locations.resources / "models")
        self._scores = ScoreCache(locations.data / "scores")
        self._min_cost_ratio = min_cost_ratio
        self.memory = MemoryStore(memory_path(locations), now)
        self._settings = load_settings(locations)
        self.second_languages = SecondLanguages(self._terminologies, locations, self.terminology)
        self._open_terminologies: dict[str, Terminology] = {}
        self._retrievers = Retrievers(locations, self._indexes, lambda: self.terminology(DEMO))
        vectors = VectorStore(locations.data / "indexes", locations.resources / "vectors")
        self._dense = DenseRetrieval(
            self._models, vectors, lambda: self._settings.encoder, quick_work=quick_work
        )
        self._told_unready: set[tuple[str, str]] = set()
        self._open_models: dict[str, OpenModel] = {}
        self._search_indexes = SearchIndexes(locations.data / "indexes")
        self._open_searches: dict[str, PreparedSearch] = {}

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
        is_reference = options.mode == "reference"
        retriever, dense = self._first_stage(terminology, options, progress)
        model: OpenModel | None = None
        warnings = [explain(dense.problem)] if dense.problem else []
        if with_model and options.mode != "lexical":
            model, problem = self._usable_model(options.model)
            if problem is not None:
                alone = _(UNRANKED if dense.retriever else LEXICAL_ONLY)
                warnings = [explain(problem), alone, *warnings]
        template = model.info.template if model else (REFERENCE_TEMPLATE if is_reference else None)
        run = self._run(terminology, model, template, options, dense)
        small = self._small_model(model) if model and options.mode == "default" else None
        cascade = None
        if model is not None and small is not None:
            cascade, run = open_cascade(model, small, terminology, run, self._locations)
        return Pipeline(
            terminology=terminology,
            retriever=retriever,
            run=run,
            reranker=model.reranker if model else None,
            template=template or Template(),
            calibration=model.info.calibration if model and not is_reference else None,
            is_reference=is_reference,
            scores_exact=options.scores_exact,
            warnings=tuple(warnings),
            translate=_,
            kept=self._kept(model, terminology) if model and options.keeps_scores else None,
            cascade=cascade,
        )

    def _kept(self, model: OpenModel, terminology: Terminology) -> ScopedScores | None:
        """Find what a model scored before.

        What ships answers in some 50 ms: not worth even a hidden trace of a phrase.
        """
        if model.info.is_shipped:
            return None
        info = model.info
        scope = ScoreScope(
            info.hash, info.template.key, info.max_length, terminology.info.terminology_id
        )
        return self._scores.scoped(scope)

    def _small_model(self, model: OpenModel) -> OpenModel | None:
        """Open the small model that spares a costly one, where there is one to do it."""
        info = estimator_for(model.info, self._models.list(), self._min_cost_ratio)
        return self._usable_model(info.model_id)[0] if info else None

    def forget_scores(self) -> None:
        """Delete all kept scores; raises OutputUnwritable."""
        self._scores.clear()

    def warm(self, options: CodingOptions, progress: Progress = silent) -> None:
        """Open everything now, so that the first answer is quick."""
        self.pipeline(options, progress)

    def _run(
        self,
        terminology: Terminology,
        model: OpenModel | None,
        template: Template | None,
        options: CodingOptions,
        dense: OpenDense,
    ) -> Run:
        info = terminology.info
        return Run(
            terminology_id=info.terminology_id,
            terminology_name=info.name,
            terminology_version=info.version,
            terminology_language=info.language,
            terminology_hashes=info.hashes,
            is_demo_terminology=info.is_demo,
            model_id=model.info.model_id if model else "",
            model_hash=model.info.hash if model else "",
            template=template.name if template else "",
            alias_order=template.alias_order if template else "",
            mode=options.mode,
            threshold=options.threshold,
            top_k=options.top_k,
            app_version=__version__,
            coded_at=self._now().isoformat(timespec="seconds"),
            encoder_id=dense.info.model_id if dense.info else "",
            encoder_hash=dense.info.hash if dense.info else "",
            fusion=self._dense.fusion.stamp if dense.retriever else "",
        )

    def _first_stage(
        self, terminology: Terminology, options: CodingOptions, progress: Progress
    ) -> tuple[Retriever, OpenDense]:
        if options.mode == "reference":
            return self._retrievers.reference(terminology, progress), NO_DENSE
        lexical = self._retrievers.lexical(terminology, progress)
        if options.mode == "lexical":
            return lexical, NO_DENSE
        dense = self._dense.open(options.encoder, terminology, progress)
        if dense.retriever is None:
            return lexical, dense
        return self._dense.fused(lexical, dense.retriever), dense

    def embed_terminology(
        self, terminology: str = "", encoder: str = "", progress: Progress = silent
    ) -> Embedded:
        """Compute the vectors of a terminology's names, so that coding can use the encoder.

        What is computed already is not computed again, also where it was cancelled. Raises
        ModelError: `NoModel` where there is no encoder to compute with.
        """
        return self._dense.embed(encoder, self.terminology(terminology, progress), progress)

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
        key = own.info.terminology_id
        if key not in self._open_searches or self._open_searches[key].terminology is not view:

            def open_likeness(progress: Progress) -> tuple[LexicalRetriever, Thesaurus]:
                retriever = self._retrievers.lexical(own, progress)
                return retriever, self._retrievers.thesaurus_of(own)

            self._open_searches[key] = PreparedSearch(
                view,
                self._search_indexes,
                open_likeness,
                RememberedPhrases(self.memory),
                is_lent=view.info.language2 != own.info.language2,
                progress=progress,
            )
        return self._open_searches[key]

    # -- terminologies ---------------------------------------------------------------------------

    def terminology(self, name: str = "", progress: Progress = silent) -> Terminology:
        """Open a terminology by id, beginning of an id, or path; empty means the default."""
        wanted = name or self._settings.terminology or DEMO
        if wanted in self._open_terminologies:
            return self._open_terminologies[wanted]
        try:
            source = self._demo_folder if wanted == DEMO else wanted
            opened = self._terminologies.open(source, progress=progress)
        except TerminologyUnknown:
            if name:
                raise
            _log.warning("the default terminology is gone; using the demo dictionary")
            return self.terminology(DEMO, progress)
        # what lies at a path may change, so it is looked at each time
        if wanted == DEMO or opened.info.terminology_id.startswith(wanted):
            self._open_terminologies[wanted] = opened
        return opened

    def bilingual(self, name: str = "", progress: Progress = silent) -> Terminology:
        """Open a terminology to look things up in: with second names where a release lends them.

        Coding uses `terminology`; both have the same id.
        """
        return self.second_languages.view(self.terminology(name, progress))

    def terminologies(self) -> list[ReleaseInfo]:
        """List the demo dictionary and everything that was imported."""
        demo = self.terminology(DEMO).info
        others = [
            info
            for info in self._terminologies.list()
            if info.terminology_id != demo.terminology_id and not info.is_demo
        ]
        return [demo, *others]

    def check_terminology(
        self,
        path: Path,
        *,
        password: str | None = None,
        encoding: str | None = None,
        progress: Progress = silent,
    ) -> Imported:
        """Read and check a release without keeping anything."""
        self._locations.data.mkdir(parents=True, exist_ok=True)
        with TemporaryDirectory(dir=self._locations.data) as folder:
            return TerminologyStore(Path(folder)).import_release(
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
        return self._terminologies.import_release(
            path, password=password, encoding=encoding, progress=progress
        )

    def remove_terminology(self, terminology_id: str) -> None:
        """Delete a terminology, by id or beginning of an id, with all that was made from it."""
        known = {info.terminology_id: info.is_demo for info in self._terminologies.list()}
        matching = [one for one in known if terminology_id and one.startswith(terminology_id)]
        # a damaged one is not in the list, but can be removed by its whole id
        wanted = matching[0] if len(matching) == 1 else terminology_id
        if wanted == DEMO or (known.get(wanted) and wanted == self._demo_id):
            detail = message(N_("the demo dictionary ships with the app and cannot be removed"))
            raise BadRequest(detail=detail)
        self._forget(wanted)
        self._terminologies.remove(wanted)
        self._indexes.forget(wanted)
        self._search_indexes.forget(wanted)
        self._scores.forget_terminology(wanted)

    def _forget(self, terminology_id: str) -> None:
        self._open_terminologies = {
            name: opened
            for name, opened in self._open_terminologies.items()
            if opened.info.terminology_id != terminology_id
        }
        self._retrievers.close(terminology_id)
        self._dense.close_terminology(terminology_id)
        self._open_searches.clear()  # any of them may have its second names from this one
        self.second_languages.forget(terminology_id)

    @property
    def _demo_id(self) -> str:
        return self.terminology(DEMO).info.terminology_id

    @property
    def _demo_folder(self) -> Path:
        return self._locations.resources / "demo"

    # -- models ----------------------------------------------------------------------------------

    def _usable_model(self, name: str) -> tuple[OpenModel | None, ModelError | None]:
        """Open a model, or say why there is none: coding goes on without it."""
        wanted = name or self._settings.model
        try:
            if wanted not in self._open_models:
                self._open_models[wanted] = self._models.open(wanted)
            return self._open_models[wanted], None
        except ModelError as error:
            _log.info("coding without a model: %s", error.code)
            return None, error

    def models(self) -> list[ModelInfo]:
        """List the shipped and the installed bundles; a damaged one with its problem."""
        return self._models.list()

    def verify_model(self, name_or_path: str, progress: Progress = silent) -> ModelInfo:
        """Check a bundle completely, and complete its comparison; see `ModelStore.verify`."""
        return self._models.verify(name_or_path, self._samples, progress)

    def inspect_model(
        self, path: Path, *, kind: str = "", progress: Progress = silent
    ) -> FoundModel:
        """Look at a bundle or a checkpoint; nothing is kept. See `ModelStore.inspect`."""
        return self._models.inspect(path, kind=kind, progress=progress)

    def install_model(
        self, path: Path, wish: "ConversionWish | None" = None, progress: Progress = silent
    ) -> ModelInfo:
        """Install a bundle, or convert a checkpoint; see `ModelStore.install`.

        Texts to convert with come from the default terminology.
        """
        info = self._models.install(path, wish, self._samples, progress)
        self._close_models()
        return info

    def _samples(self, kind: str, template: Template) -> "Samples":
        from m2m_desktop.services.conversion.samples import pair_samples, text_samples

        terminology = self.terminology()
        return (
            pair_samples(terminology, template) if kind == "reranker" else text_samples(terminology)
        )

    def template_examples(self) -> dict[str, str]:
        """Give the candidate text of one PT of the default terminology by each template."""
        texts = {
            name: CandidateTexts(self.terminology(), Template(name)) for name in TEMPLATE_NAMES
        }
        return {name: one.text(0) for name, one in texts.items()}

    def bench_model(self, name_or_path: str, progress: Progress = silent) -> ModelSpeed:
        """Measure a model on a phrase and a full list of candidates of the default terminology."""
        info, model = self._models.open_any(name_or_path)
        terminology = self.terminology()
        texts = CandidateTexts(terminology, info.template)
        count = len(terminology.names(TermLevel.PT))
        rows = [place * count // DEFAULT_TOP_K for place in range(DEFAULT_TOP_K)]
        mention = terminology.names(TermLevel.LLT)[0]
        return measure_speed(
            model, mention, [texts.text(row) for row in rows], check=lambda: progress(0, 0)
        )

    def remove_model(self, model_id: str) -> None:
        """Delete an installed bundle, and what it scored or encoded."""
        hashes = [info.hash for info in self.models() if info.model_id == model_id]
        self._models.remove(model_id)
        self._close_models()
        for one in filter(None, hashes):
            self._scores.forget_model(one)
            self._dense.forget_model(one)

    def _close_models(self) -> None:
        self._open_models.clear()
        self._dense.close_models()

    # -- support ---------------------------------------------------------------------------------

    def doctor(self) -> dict[str, object]:
        """Describe this installation for support: versions, folders, hashes. No phrase, no term."""
        return describe_installation(
            self._locations, self._models, self._scores, self._terminologies, self.terminologies
        )
