"""Reads narratives: by looking names up, and with a model that finds mentions where there is one."""

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from m2m_desktop.core.encoding import TokenTagger
from m2m_desktop.core.errors import ModelError
from m2m_desktop.core.messages import N_, message
from m2m_desktop.core.narratives.finding import find_mentions
from m2m_desktop.core.narratives.joined import JoinedFinder
from m2m_desktop.core.narratives.records import FoundMention, MentionFinder
from m2m_desktop.core.progress import Progress, silent
from m2m_desktop.services.bundle_files import MANIFEST, ModelUnsupported, bundle_reader
from m2m_desktop.services.language import _, explain
from m2m_desktop.services.locations import Locations
from m2m_desktop.services.model_kinds import NER, spoken_language
from m2m_desktop.services.model_store import ModelInfo, ModelStore
from m2m_desktop.services.narratives.vocabulary import open_name_finder, remembered_phrases
from m2m_desktop.services.registry import load_plugin
from m2m_desktop.services.settings import load_settings
from m2m_desktop.services.thesaurus_files import names_by_term, read_thesaurus

if TYPE_CHECKING:
    from m2m_desktop.core.narratives.names import NameFinder
    from m2m_desktop.services.engine import Engine

NO_MODEL = "none"
"""The name of no model: mentions are looked up."""
LOOKED_UP = N_(
    "No model that finds mentions is in use: names, synonyms and remembered phrases are looked up, "
    "and other wordings are not found."
)
_DEMO = "demo"
_PLUGIN = "ner"


@dataclass(frozen=True, slots=True)
class OpenFinder:
    """What finds mentions. ``model_id`` is empty where names are looked up."""

    finder: MentionFinder
    model_id: str = ""
    model_hash: str = ""
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ReadNarrative:
    """The mentions of a narrative in order, and how they were found."""

    mentions: tuple[FoundMention, ...]
    kinds: tuple[str, ...]
    model_id: str
    warnings: tuple[str, ...]


class NarrativeReader:
    """Opens models and vocabularies when first needed and keeps them. Not for several threads."""

    def __init__(self, engine: "Engine", locations: Locations) -> None:
        self._engine = engine
        self._locations = locations
        self._models = ModelStore(locations.models, locations.resources / "models")
        self._open_model: OpenFinder | None = None
        self._vocabularies: dict[str, tuple[frozenset[str], NameFinder]] = {}

    def read(
        self, text: str, *, model: str = "", terminology: str = "", progress: Progress = silent
    ) -> ReadNarrative:
        """Find the mentions of a narrative and judge whether they occurred.

        ``model`` is the id or path of a bundle of the kind ner, which then finds alone; "none"
        stands for names alone. Empty means names and beside them what a model is sure of: the one
        that the settings say, else the first usable one. Raises what opening a model raises.
        """
        opened = self.open(model, terminology, progress)
        (mentions,) = find_mentions([text], opened.finder, lambda: progress(0, 0))
        return ReadNarrative(tuple(mentions), opened.finder.kinds, opened.model_id, opened.warnings)

    def read_all(
        self, texts: Sequence[str], opened: OpenFinder, progress: Progress = silent
    ) -> list[list[FoundMention]]:
        """Find the mentions of several narratives."""
        return find_mentions(texts, opened.finder, lambda: progress(0, 0))

    def open(
        self, model: str = "", terminology: str = "", progress: Progress = silent
    ) -> OpenFinder:
        """Open what finds mentions; see `read`."""
        chosen = "" if model else load_settings(self._locations).tagger
        if NO_MODEL in (model, chosen):
            return self._by_names(terminology, progress)
        if model:
            return self._by_model(model, progress)
        problem: ModelError | None = None
        for info in sorted(self._usable(), key=lambda one: one.model_id != chosen):
            try:
                marked = self._by_model(info.model_id, progress)
            except ModelError as error:
                problem = problem or error
                continue
            named = self._by_names(terminology, progress)
            finder = JoinedFinder(
                named.finder,
                marked.finder,
                is_chinese=spoken_language(marked.model_id) == "Chinese",
            )
            return replace(marked, finder=finder, warnings=_said(problem))
        return self._by_names(terminology, progress, (*_said(problem), _(LOOKED_UP)))

    def _usable(self) -> list[ModelInfo]:
        return [info for info in self._models.list() if info.kind == NER and info.problem is None]

    # -- with a model ----------------------------------------------------------------------------

    def _by_model(self, name: str, progress: Progress) -> OpenFinder:
        kept = self._open_model
        if kept is not None and any(
            info.hash == kept.model_hash and name == info.model_id for info in self._usable()
        ):
            return kept
        info, model = self._models.open_any(name, check=lambda: progress(0, 0))
        if not isinstance(model, TokenTagger):
            detail = message(
                N_("it does not find mentions; it is of the kind {kind}"), kind=info.kind
            )
            raise ModelUnsupported(path=info.path, detail=detail)
        make_finder = load_plugin(_PLUGIN)
        finder = make_finder(model, info.max_length, reaction_kinds_of(Path(info.path)))
        self._open_model = OpenFinder(finder, info.model_id, info.hash)
        return self._open_model

    # -- by names --------------------------------------------------------------------------------

    def _by_names(
        self, terminology: str, progress: Progress, warnings: tuple[str, ...] = ()
    ) -> OpenFinder:
        opened = self._engine.terminology(terminology, progress)
        remembered = remembered_phrases(self._engine.memory)
        key = opened.info.terminology_id
        kept = self._vocabularies.get(key)
        if kept is None or kept[0] != remembered:
            thesaurus = read_thesaurus(self._locations.resources)
            if not opened.info.is_demo:
                thesaurus = thesaurus.extended(names_by_term(self._engine.terminology(_DEMO)))
            finder = open_name_finder(opened, thesaurus, remembered, progress)
            kept = self._vocabularies[key] = (remembered, finder)
        return OpenFinder(kept[1], warnings=warnings)


def _said(problem: ModelError | None) -> tuple[str, ...]:
    return (explain(problem),) if problem else ()


def reaction_kinds_of(path: Path) -> tuple[str, ...]:
    """Give the entity types that a bundle's manifest calls reactions.

    That is the field ``kinds``: either the names, or a map from names to "reaction" or anything
    else. Nothing where it has none; the names of its types then decide.
    """
    with bundle_reader(path) as read:
        kinds = json.loads(read(MANIFEST)).get("kinds", ())
    if isinstance(kinds, dict):
        return tuple(str(name) for name, meaning in kinds.items() if meaning == "reaction")
    return tuple(map(str, kinds)) if isinstance(kinds, list) else ()
