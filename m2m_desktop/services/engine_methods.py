"""What the engine process can be asked for: from parameters to an answer that is plain JSON."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from functools import cached_property
from typing import TYPE_CHECKING, Any

from m2m_desktop import __version__
from m2m_desktop.core.progress import Progress
from m2m_desktop.core.records import DEFAULT_THRESHOLD, DEFAULT_TOP_K
from m2m_desktop.services import wire
from m2m_desktop.services.analysis.methods import ANALYSIS_METHODS
from m2m_desktop.services.dictionary.methods import DICTIONARY_METHODS
from m2m_desktop.services.engine_requests import Json, Params, bad_parameter
from m2m_desktop.services.language import _
from m2m_desktop.services.locations import Locations
from m2m_desktop.services.model_kinds import RERANKER
from m2m_desktop.services.narratives.methods import NARRATIVE_METHODS
from m2m_desktop.services.project_methods import PROJECT_METHODS
from m2m_desktop.services.selftest.methods import SELFTEST_METHODS
from m2m_desktop.services.settings import load_settings
from m2m_desktop.services.versions.methods import VERSIONS_METHODS

if TYPE_CHECKING:
    from m2m_desktop.core.records import CodingResult
    from m2m_desktop.core.terminology import ReleaseInfo, Terminology
    from m2m_desktop.services.engine import CodingOptions, Engine
    from m2m_desktop.services.import_report import ImportReport
    from m2m_desktop.services.tables.layout_memory import LayoutMemory
    from m2m_desktop.services.tables.table_reader import TableReader


class Methods:
    """What can be asked for; one method of the protocol is one method here."""

    def __init__(self, locations: Locations) -> None:
        self.locations = locations

    @cached_property
    def engine(self) -> "Engine":
        """The engine, made when it is first needed: its imports take most of the start."""
        from m2m_desktop.services.engine import Engine

        return Engine(self.locations)

    @cached_property
    def reader(self) -> "TableReader":
        """What reads tables: a process of its own, which ends when this one does."""
        from m2m_desktop.services.tables.table_reader import TableReader

        return TableReader()

    @cached_property
    def layouts(self) -> "LayoutMemory":
        """How tables with certain headers were read before."""
        from m2m_desktop.services.tables.layout_memory import LayoutMemory

        return LayoutMemory(self.locations.layouts)

    def status(self, params: Params, progress: Progress) -> Json:  # noqa: ARG002
        """What there is to choose from, and what is used where nothing is chosen."""
        terminologies = self.engine.terminologies()
        models = [wire.model_to_json(model, _) for model in self.engine.models()]
        rerankers = [model["model_id"] for model in models if model["kind"] in ("", RERANKER)]
        settings = load_settings(self.locations)
        return {
            "app_version": __version__,
            "terminologies": [wire.info_to_json(info) for info in terminologies],
            "models": models,
            "default_terminology": chosen_id(
                settings.terminology, [info.terminology_id for info in terminologies]
            ),
            "default_model": chosen_id(settings.model, rerankers),
            "encoders": {
                info.terminology_id: self.engine.shipped_encoder(info) for info in terminologies
            },
        }

    def code(self, params: Params, progress: Progress) -> Iterator[Json]:
        """Code phrases; one partial answer each, in order.

        With ``first_answers`` provisional ones (``is_final`` false) of all phrases may come first.
        With ``candidates`` an answer has only so many of them, and those that are selected; with
        ``second_names`` terms carry the names that another release of the version lends.
        """
        limit = int(params.number("candidates", DEFAULT_TOP_K))
        options = coding_options(params)
        results = self.engine.code(
            params.mentions(),
            options,
            progress,
            first_answers=params.flag("first_answers", default=False),
        )
        if not params.flag("second_names", default=False):
            return (wire.result_to_json(shortened(result, limit)) for result in results)
        from m2m_desktop.services.dictionary.second_language import shown_with

        view = self.engine.bilingual(options.terminology)
        return (
            wire.result_to_json(shown_with(shortened(result, limit), view)) for result in results
        )

    def search(self, params: Params, progress: Progress) -> Json:  # noqa: ARG002
        """Find terms by a piece of text."""
        from m2m_desktop.core.term_search.records import Match

        try:
            kind = Match(params.text("kind", Match.CONTAINS.value))
        except ValueError:
            raise bad_parameter("kind") from None
        hits = self.engine.search(
            params.text("text"),
            terminology=params.text("terminology", ""),
            level=params.level(),
            kind=kind,
            limit=int(params.number("limit", 200)),
        )
        return {"hits": [_with_known_reason(wire.hit_to_json(hit)) for hit in hits]}

    def roots(self, params: Params, progress: Progress) -> Json:  # noqa: ARG002
        """The SOCs, in the international order."""
        terminology = self._terminology(params)
        return {"terms": [wire.tree_term(terminology, term) for term in terminology.socs()]}

    def children(self, params: Params, progress: Progress) -> Json:  # noqa: ARG002
        """The terms one level below a term."""
        terminology, level = self._terminology(params), params.level()
        if level is None:
            raise bad_parameter("level")
        below = terminology.children(level, params.text("code"))
        return {"terms": [wire.tree_term(terminology, term) for term in below]}

    def term(self, params: Params, progress: Progress) -> Json:  # noqa: ARG002
        """One term with its paths, LLTs and SMQs; for an LLT, those of its PT."""
        terminology, level = self._terminology(params), params.level()
        if level is None:
            raise bad_parameter("level")
        return wire.describe_term(terminology, level, params.text("code"))

    def check_terminology(self, params: Params, progress: Progress) -> Json:
        """Read and check a release; keep nothing."""
        found = self.engine.check_terminology(
            params.path("path"),
            password=params.optional("password"),
            encoding=params.optional("encoding"),
            progress=progress,
        )
        return imported(found)

    def import_terminology(self, params: Params, progress: Progress) -> Json:
        """Read a release and keep it."""
        found = self.engine.import_terminology(
            params.path("path"),
            password=params.optional("password"),
            encoding=params.optional("encoding"),
            progress=progress,
        )
        return imported(found)

    def embed_terminology(self, params: Params, progress: Progress) -> Json:
        """Compute the vectors of a terminology's names; a run that was cut off goes on."""
        made: Json = wire.plain(
            self.engine.embed_terminology(
                params.text("terminology", ""), params.text("encoder", ""), progress
            )
        )
        return made

    def vector_state(self, params: Params, progress: Progress) -> Json:  # noqa: ARG002
        """Whether an encoder has its vectors of a terminology: "ready", "quick" or "missing"."""
        state = self.engine.vector_state(params.text("terminology", ""), params.text("encoder", ""))
        return {"state": state.value}

    def remove_terminology(self, params: Params, progress: Progress) -> Json:  # noqa: ARG002
        """Delete an imported release."""
        self.engine.remove_terminology(params.text("terminology_id"))
        return {}

    def inspect_model(self, params: Params, progress: Progress) -> Json:
        """Tell what lies at a path before it is installed, and what it leaves open."""
        found = self.engine.inspect_model(
            params.path("path"), kind=params.text("kind", ""), progress=progress
        )
        return wire.found_model_to_json(found, self.engine.template_examples())

    def install_model(self, params: Params, progress: Progress) -> Json:
        """Install a model bundle, or convert a checkpoint."""
        from m2m_desktop.services.conversion.convert import ConversionWish

        wish = ConversionWish(
            kind=params.text("kind", ""),
            precision=params.text("precision", "") or "int8",
            match_label=params.text("match_label", ""),
            template=params.text("template", ""),
            name=params.text("name", ""),
        )
        model = wire.model_to_json(
            self.engine.install_model(params.path("path"), wish, progress), _
        )
        return {"model": model, "report": model["parity"]}

    def bench_model(self, params: Params, progress: Progress) -> Json:
        """Measure how fast a model is here."""
        speed: Json = wire.plain(self.engine.bench_model(params.text("name"), progress))
        return speed

    def verify_model(self, params: Params, progress: Progress) -> Json:
        """Check a model bundle."""
        return {
            "model": wire.model_to_json(self.engine.verify_model(params.text("name"), progress), _)
        }

    def remove_model(self, params: Params, progress: Progress) -> Json:  # noqa: ARG002
        """Delete an installed model bundle."""
        self.engine.remove_model(params.text("model_id"))
        return {}

    def warm(self, params: Params, progress: Progress) -> Json:
        """Open terminology, index and model, so that the first answer is quick."""
        self.engine.warm(coding_options(params), progress)
        return {}

    def doctor(self, params: Params, progress: Progress) -> Json:  # noqa: ARG002
        """What a support person asks for: versions, folders, hashes; no patient text."""
        report: Json = wire.plain(self.engine.doctor())
        return report

    def _terminology(self, params: Params) -> "Terminology":
        return self.engine.bilingual(params.text("terminology", ""))


_METHODS: Mapping[str, Callable[[Methods, Params, Progress], Any]] = {
    method.__name__: method
    for method in (
        Methods.status, Methods.code, Methods.search, Methods.roots, Methods.children, Methods.term,
        Methods.check_terminology, Methods.import_terminology, Methods.remove_terminology,
        Methods.embed_terminology, Methods.vector_state,
        Methods.inspect_model, Methods.install_model, Methods.verify_model, Methods.bench_model,
        Methods.remove_model,
        Methods.warm, Methods.doctor,
    )
}  # fmt: skip
METHODS = {
    **_METHODS,
    **PROJECT_METHODS,
    **DICTIONARY_METHODS,
    **ANALYSIS_METHODS,
    **VERSIONS_METHODS,
    **NARRATIVE_METHODS,
    **SELFTEST_METHODS,
}


def _with_known_reason(hit: Json) -> Json:
    """A hit as a plain list of hits knows its reasons: a name that ends with a text contains it."""
    return {**hit, "reason": "contains"} if hit["reason"] in {"ends", "words"} else hit


def shortened(result: "CodingResult", limit: int) -> "CodingResult":
    """An answer with its first ``limit`` candidates, and those that are selected."""
    if len(result.candidates) <= limit:
        return result
    kept = [
        candidate
        for place, candidate in enumerate(result.candidates)
        if place < limit or candidate.pt.code in result.selected
    ]
    left_out = result.candidate_count - len(kept)
    return replace(result, candidates=tuple(kept), left_out=left_out)


def chosen_id(chosen: str, known: list[str]) -> str:
    """The known id a setting means (whole or a unique prefix), else the first, else empty."""
    matching = [name for name in known if chosen and name.startswith(chosen)]
    if chosen in known:
        return chosen
    return matching[0] if len(matching) == 1 else next(iter(known), "")


def coding_options(params: Params) -> "CodingOptions":
    """How to code, from the parameters of a request."""
    from m2m_desktop.services.engine import CodingOptions

    return CodingOptions(
        terminology=params.text("terminology", ""),
        model=params.text("model", ""),
        top_k=int(params.number("top_k", DEFAULT_TOP_K)),
        threshold=params.number("threshold", DEFAULT_THRESHOLD),
        mode=params.text("mode", "default"),
        scores_exact=params.flag("scores_exact", default=True),
        keeps_scores=params.flag("keeps_scores", default=True),
        uses_memory=params.flag("uses_memory", default=True),
        encoder=params.text("encoder", ""),
    )


def imported(found: "list[tuple[ReleaseInfo, ImportReport]]") -> Json:
    """The answer of a check or an import."""
    return {
        "imported": [
            {"info": wire.info_to_json(info), "report": wire.report_to_json(report)}
            for info, report in found
        ]
    }
