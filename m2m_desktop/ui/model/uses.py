"""Which model is used for what: to code, to look for candidates by meaning, to read narratives."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from m2m_desktop.services.model_kinds import ENCODER, NER, RERANKER

if TYPE_CHECKING:
    from m2m_desktop.ui.model.protocol import ModelCard

NONE = "none"
"""The id of no model, for what can be done without one."""


@dataclass(frozen=True, slots=True)
class InUse:
    """The ids of the models in use, empty or `NONE` for none, and the terminology they are used with."""

    reranker: str = ""
    encoder: str = ""
    tagger: str = ""
    terminology: str = ""
    title: str = ""
    """The terminology as it is called."""

    def of(self, kind: str) -> str:
        """The id of the model that is used for what a kind is for."""
        used = {ENCODER: self.encoder, NER: self.tagger}.get(kind, self.reranker)
        return "" if used == NONE else used

    def using(self, kind: str, model_id: str) -> "InUse":
        """The same with another model of a kind."""
        field = {ENCODER: "encoder", NER: "tagger"}.get(kind, "reranker")
        return replace(self, **{field: model_id})


def is_optional(kind: str) -> bool:
    """Whether a model of a kind can be turned off without another one in its place."""
    return kind in (ENCODER, NER)


def encoder_in_use(
    setting: str, terminology: str, defaults: Mapping[str, str], cards: "Sequence[ModelCard]"
) -> str:
    """The encoder to ask for: the chosen one, else what ships for the terminology, else `NONE`.

    ``defaults`` are the engine's, by the id of the terminology.
    """
    usable = _usable(ENCODER, cards)
    wanted = (setting, defaults.get(terminology, ""))
    return next((one for one in wanted if one == NONE or one in usable), NONE)


def tagger_in_use(setting: str, cards: "Sequence[ModelCard]") -> str:
    """The model that finds mentions: the chosen one, else the first; `NONE` where there is none."""
    usable = _usable(NER, cards)
    return setting if setting == NONE or setting in usable else next(iter(usable), NONE)


def still_in_use(in_use: InUse, status: Mapping[str, Any], cards: "Sequence[ModelCard]") -> InUse:
    """The models in use after some may have gone: what is the default takes their place.

    ``status`` is the engine's answer of that name.
    """
    there = {card.model_id for card in cards} | {"", NONE}
    if in_use.reranker not in there:
        in_use = replace(in_use, reranker=str(status.get("default_model") or ""))
    if in_use.encoder not in there:
        defaults = dict(status.get("encoders") or {})
        in_use = replace(in_use, encoder=encoder_in_use("", in_use.terminology, defaults, cards))
    if in_use.tagger not in there:
        in_use = replace(in_use, tagger=tagger_in_use("", cards))
    return in_use


def setting_for(kind: str, model_id: str, default: str) -> dict[str, str]:
    """What to keep in the settings; empty for what would be used anyway (``default``)."""
    field = {ENCODER: "encoder", NER: "tagger", RERANKER: "model"}[kind]
    return {field: "" if model_id == default else model_id}


def _usable(kind: str, cards: "Sequence[ModelCard]") -> list[str]:
    return [card.model_id for card in cards if card.kind == kind and not card.problem]
