"""The models that there are: opened when first needed, kept open, examined, measured, installed."""

import logging
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from m2m_desktop.core.candidate_texts import CandidateTexts
from m2m_desktop.core.errors import ModelError
from m2m_desktop.core.progress import Progress, silent
from m2m_desktop.core.records import DEFAULT_TOP_K, TermLevel
from m2m_desktop.core.templates import TEMPLATE_NAMES, Template
from m2m_desktop.core.terminology import Terminology
from m2m_desktop.services.model_bench import ModelSpeed, measure_speed
from m2m_desktop.services.model_costs import estimator_for
from m2m_desktop.services.model_store import ModelInfo, ModelStore, OpenModel

if TYPE_CHECKING:
    from m2m_desktop.services.conversion.convert import ConversionWish
    from m2m_desktop.services.conversion.samples import Samples

_log = logging.getLogger(__name__)


class OpenModels:
    """The bundles of a store, and those of them that code. Not for use from several threads.

    ``default`` is the id of the model that is meant where none is named, "" for the one that
    ships; ``terminology`` opens the one that texts to convert and to measure with come from.
    """

    def __init__(
        self,
        store: ModelStore,
        default: str,
        terminology: Callable[[], Terminology],
    ) -> None:
        self.store = store
        self._default = default
        self._terminology = terminology
        self._open: dict[str, OpenModel] = {}

    def usable(self, name: str) -> tuple[OpenModel | None, ModelError | None]:
        """Open a model, or say why there is none: coding goes on without it."""
        wanted = name or self._default
        try:
            if wanted not in self._open:
                self._open[wanted] = self.store.open(wanted)
            return self._open[wanted], None
        except ModelError as error:
            _log.info("coding without a model: %s", error.code)
            return None, error

    def estimator(self, model: OpenModel, min_cost_ratio: float) -> OpenModel | None:
        """Open the small model that spares a costly one, where there is one to do it."""
        info = estimator_for(model.info, self.store.list(), min_cost_ratio)
        return self.usable(info.model_id)[0] if info else None

    def verify(self, name_or_path: str, progress: Progress = silent) -> ModelInfo:
        """Check a bundle completely, and complete its comparison; see `ModelStore.verify`."""
        return self.store.verify(name_or_path, self._samples, progress)

    def install(
        self, path: Path, wish: "ConversionWish | None" = None, progress: Progress = silent
    ) -> ModelInfo:
        """Install a bundle, or convert a checkpoint; see `ModelStore.install`."""
        info = self.store.install(path, wish, self._samples, progress)
        self._open.clear()
        return info

    def remove(self, model_id: str) -> list[str]:
        """Delete an installed bundle; gives its hash, if it could be read, for what it left."""
        hashes = [info.hash for info in self.store.list() if info.model_id == model_id]
        self.store.remove(model_id)
        self._open.clear()
        return [one for one in hashes if one]

    def bench(self, name_or_path: str, progress: Progress = silent) -> ModelSpeed:
        """Measure a model on a phrase and a full list of candidates."""
        info, model = self.store.open_any(name_or_path)
        terminology = self._terminology()
        texts = CandidateTexts(terminology, info.template)
        count = len(terminology.names(TermLevel.PT))
        rows = [place * count // DEFAULT_TOP_K for place in range(DEFAULT_TOP_K)]
        mention = terminology.names(TermLevel.LLT)[0]
        return measure_speed(
            model, mention, [texts.text(row) for row in rows], check=lambda: progress(0, 0)
        )

    def template_examples(self) -> dict[str, str]:
        """Give the candidate text of one PT by each template."""
        texts = {
            name: CandidateTexts(self._terminology(), Template(name)) for name in TEMPLATE_NAMES
        }
        return {name: one.text(0) for name, one in texts.items()}

    def _samples(self, kind: str, template: Template) -> "Samples":
        from m2m_desktop.services.conversion.samples import pair_samples, text_samples

        terminology = self._terminology()
        return (
            pair_samples(terminology, template) if kind == "reranker" else text_samples(terminology)
        )
