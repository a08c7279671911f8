"""Everything that coding with certain options takes, put together and stamped."""

from collections.abc import Callable
from datetime import datetime

from m2m_desktop import __version__
from m2m_desktop.core.messages import N_
from m2m_desktop.core.pipeline import Pipeline
from m2m_desktop.core.progress import Progress, silent
from m2m_desktop.core.records import Run
from m2m_desktop.core.retrieval import Retriever
from m2m_desktop.core.templates import REFERENCE_TEMPLATE, Template
from m2m_desktop.core.terminology import Terminology
from m2m_desktop.services.cascades import open_cascade
from m2m_desktop.services.coding_options import CodingOptions
from m2m_desktop.services.dense_retrieval import DenseRetrieval, OpenDense
from m2m_desktop.services.language import _, explain
from m2m_desktop.services.locations import Locations
from m2m_desktop.services.model_store import OpenModel
from m2m_desktop.services.open_models import OpenModels
from m2m_desktop.services.retrievers import Retrievers
from m2m_desktop.services.score_cache import ScopedScores, ScoreCache, ScoreScope

LEXICAL_ONLY = N_(
    "No model is in use: candidates are ordered by wording only, and nothing but exact names is "
    "selected."
)
UNRANKED = N_(
    "No model is in use: candidates are ordered by wording and meaning only, and nothing but exact "
    "names is selected."
)
NO_DENSE = OpenDense(None)


class Pipelines:
    """Makes pipelines of parts that stay open. Not for use from several threads.

    ``min_cost_ratio``: a model that costs at least so many times as much as a small one that ships
    is spared by its estimates (see `core.cascade`).
    """

    def __init__(
        self,
        locations: Locations,
        models: OpenModels,
        retrievers: Retrievers,
        dense: DenseRetrieval,
        scores: ScoreCache,
        now: Callable[[], datetime],
        *,
        min_cost_ratio: float,
    ) -> None:
        self._locations = locations
        self._models = models
        self._retrievers = retrievers
        self._dense = dense
        self._scores = scores
        self._now = now
        self._min_cost_ratio = min_cost_ratio

    def make(
        self,
        terminology: Terminology,
        options: CodingOptions,
        progress: Progress = silent,
        *,
        with_model: bool = True,
    ) -> Pipeline:
        """Open everything that ``options`` ask for to code with a terminology; stamp the run.

        Without a usable model the pipeline answers by wording (and meaning), with a warning.
        """
        is_reference = options.mode == "reference"
        retriever, dense = self._first_stage(terminology, options, progress)
        model: OpenModel | None = None
        warnings = [explain(dense.problem)] if dense.problem else []
        if with_model and options.mode != "lexical":
            model, problem = self._models.usable(options.model)
            if problem is not None:
                alone = _(UNRANKED if dense.retriever else LEXICAL_ONLY)
                warnings = [explain(problem), alone, *warnings]
        template = model.info.template if model else (REFERENCE_TEMPLATE if is_reference else None)
        run = self._run(terminology, model, template, options, dense)
        small = None
        if model is not None and options.mode == "default":
            small = self._models.estimator(model, self._min_cost_ratio)
        cascade = None
        if model is not None and small is not None:
            cascade, run = open_cascade(model, small, terminology, run, self._locations)
        return Pipeline(
            terminology=terminology,
            retriever=retriever,
            run=run,
            reranker=model.reranker if model else None,
            template=template or Template(),
            calibration=(
                model.info.calibration_for(run.encoder_hash) if model and not is_reference else None
            ),
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
