"""What the engine says about models, as records: cards, what a chosen file is, reports, speeds.

An older engine or an older bundle says less: whatever it leaves out is empty, 0 or None here.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import Enum
from typing import Any

from m2m_desktop.services.model_kinds import RERANKER
from m2m_desktop.ui.engine_protocol import Json


class Question(Enum):
    """What a checkpoint may leave open, by the name the engine uses."""

    MATCH_LABEL = "match_label"
    TEMPLATE = "template"
    KIND = "kind"


@dataclass(frozen=True, slots=True)
class TemplateChoice:
    """The text a model reads for a PT; an empty ``name``: unknown."""

    name: str = ""
    max_aliases: int = 0
    alias_order: str = ""


@dataclass(frozen=True, slots=True)
class Parity:
    """How far the answers of a written model are from those of the published weights.

    A reranker was compared on ``pairs`` of ``mentions``, an encoder on ``texts``, a recogniser of
    entities on ``tokens``. Changes of the selected PTs (at the threshold 0.3), of the first PT or
    nearest text and of labels are shares, 0 to 1; ``rank_agreement`` is 1 where no order changed.
    What was not measured is None.
    """

    pairs: int = 0
    mentions: int = 0
    texts: int = 0
    tokens: int = 0
    max_change: float | None = None
    mean_change: float | None = None
    rank_agreement: float | None = None
    selected_changes: float | None = None
    top1_changes: float | None = None
    min_cosine: float | None = None
    mean_cosine: float | None = None
    label_changes: float | None = None


@dataclass(frozen=True, slots=True)
class ModelCard:
    """An installed model; ``problem`` says why it cannot be used.

    ``parity_is_quick``: it was compared on a few texts only, as an installation does.
    """

    model_id: str
    name: str
    kind: str = ""
    architecture: str = ""
    layers: int = 0
    hidden: int = 0
    precision: str = ""
    size_bytes: int = 0
    labels: tuple[str, ...] = ()
    template: TemplateChoice = TemplateChoice()
    max_length: int = 0
    origin: str = ""
    licence: str = ""
    trained_on: str = ""
    scores: tuple[tuple[str, float], ...] = ()
    hash: str = ""
    path: str = ""
    is_calibrated: bool = False
    is_shipped: bool = False
    parity: Parity | None = None
    parity_is_quick: bool = False
    problem: str = ""

    @property
    def is_reranker(self) -> bool:
        """Whether it scores candidates; one that is too damaged to say its kind may be one."""
        return self.kind in {"", RERANKER}

    @property
    def is_usable(self) -> bool:
        """Whether it can be used for what its kind is for."""
        return not self.problem

    @property
    def can_code(self) -> bool:
        """Whether phrases can be coded with it."""
        return self.is_reranker and not self.problem


@dataclass(frozen=True, slots=True)
class FoundModel:
    """What a chosen folder or zip holds, before anything is installed.

    ``questions`` are those the files leave open; ``template_examples`` are pairs of a template's
    name and a text made with it.
    """

    path: str
    is_bundle: bool
    name: str
    kind: str
    architecture: str
    layers: int
    hidden: int
    vocab_size: int
    labels: tuple[str, ...]
    max_length: int
    size_bytes: int
    questions: frozenset[Question]
    suggested_template: str
    suggested_id: str
    is_known: bool
    template_examples: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class InstallAnswers:
    """What the user said to the questions about a `FoundModel`; empty: not asked."""

    kind: str
    precision: str
    match_label: str = ""
    template: str = ""
    name: str = ""


@dataclass(frozen=True, slots=True)
class InstalledModel:
    """The end of an installation."""

    card: ModelCard
    report: Parity | None


@dataclass(frozen=True, slots=True)
class Speed:
    """How fast a model is on this computer; a phrase has 100 candidates."""

    pairs: int
    milliseconds_per_phrase: float
    pairs_per_second: float
    threads: int
    cores: int
    peak_memory_mb: float


def cards_from_json(status: Json) -> tuple[ModelCard, ...]:
    """Read the models out of the answer to ``status``: shipped ones first, else in their order.

    Of those that ship rerankers come first: phrases are coded with them.

    Those of one name, as a model that was installed in two precisions, get the precision added.
    """
    cards = sorted(map(card_from_json, status.get("models") or ()), key=_place)
    counts = Counter(card.name for card in cards)
    return tuple(
        replace(card, name=f"{card.name} ({card.precision})")
        if counts[card.name] > 1 and card.precision
        else card
        for card in cards
    )


def _place(card: ModelCard) -> tuple[bool, bool]:
    return not card.is_shipped, card.is_shipped and not card.is_reranker


def card_from_json(told: Json) -> ModelCard:
    """Read one model."""
    model_id = str(told["model_id"])
    return ModelCard(
        model_id=model_id,
        name=_text(told, "name") or model_id,
        kind=_text(told, "kind"),
        architecture=_text(told, "architecture"),
        layers=int(told.get("layers") or 0),
        hidden=int(told.get("hidden") or 0),
        precision=_text(told, "precision"),
        size_bytes=int(told.get("bytes") or 0),
        labels=_texts(told.get("labels")),
        template=_template(told.get("template")),
        max_length=int(told.get("max_length") or 0),
        origin=_text(told, "origin"),
        licence=_text(told, "licence"),
        trained_on=_text(told, "trained_on"),
        scores=tuple((str(k), float(v)) for k, v in (told.get("scores") or {}).items()),
        hash=_text(told, "hash"),
        path=_text(told, "path"),
        is_calibrated=bool(told.get("calibration")),
        is_shipped=bool(told.get("is_shipped")),
        parity=parity_from_json(told.get("parity")),
        parity_is_quick=bool(told.get("parity_is_quick")),
        problem=_text(told, "problem"),
    )


def parity_from_json(told: Json | None) -> Parity | None:
    """Read a comparison; None where nothing was compared, or nothing that is known here."""
    if not told:
        return None
    parity = Parity(
        pairs=int(told.get("pairs") or 0),
        mentions=int(told.get("mentions") or 0),
        texts=int(told.get("texts") or 0),
        tokens=int(told.get("tokens") or 0),
        max_change=_number(told, "max_change"),
        mean_change=_number(told, "mean_change"),
        rank_agreement=_number(told, "rank_agreement"),
        selected_changes=_number(told, "selected_changes"),
        top1_changes=_number(told, "top1_changes"),
        min_cosine=_number(told, "min_cosine"),
        mean_cosine=_number(told, "mean_cosine"),
        label_changes=_number(told, "label_changes"),
    )
    bare = Parity(parity.pairs, parity.mentions, parity.texts, parity.tokens)
    is_counted = parity.pairs or parity.texts or parity.tokens
    return parity if is_counted and parity != bare else None


def found_from_json(path: str, told: Json) -> FoundModel:
    """Read what the files at ``path`` are. Questions this window does not know are left out."""
    known = {question.value for question in Question}
    return FoundModel(
        path=path,
        is_bundle=told["kind_of_source"] == "bundle",
        name=_text(told, "name") or _text(told, "suggested_id"),
        kind=_text(told, "model_kind"),
        architecture=_text(told, "architecture"),
        layers=int(told.get("layers") or 0),
        hidden=int(told.get("hidden") or 0),
        vocab_size=int(told.get("vocab_size") or 0),
        labels=_texts(told.get("labels")),
        max_length=int(told.get("max_length") or 0),
        size_bytes=int(told.get("bytes") or 0),
        questions=frozenset(Question(q) for q in told.get("questions") or () if q in known),
        suggested_template=_text(told, "suggested_template"),
        suggested_id=_text(told, "suggested_id"),
        is_known=bool(told.get("is_known")),
        template_examples=tuple(
            (str(name), str(text)) for name, text in (told.get("template_examples") or {}).items()
        ),
    )


def install_params(found: FoundModel, answers: InstallAnswers) -> dict[str, str]:
    """The parameters of the request that installs what was found."""
    return {
        "path": found.path,
        "kind": answers.kind,
        "precision": answers.precision,
        "match_label": answers.match_label,
        "template": answers.template,
        "name": answers.name,
    }


def installed_from_json(told: Json) -> InstalledModel:
    """Read the end of an installation; a bundle's own report stands in its card."""
    card = card_from_json(told["model"])
    return InstalledModel(card, parity_from_json(told.get("report")) or card.parity)


def speed_from_json(told: Json) -> Speed:
    """Read how fast a model is."""
    return Speed(
        pairs=int(told.get("pairs") or 0),
        milliseconds_per_phrase=float(told["milliseconds_per_phrase"]),
        pairs_per_second=float(told["pairs_per_second"]),
        threads=int(told.get("threads") or 0),
        cores=int(told.get("cores") or 0),
        peak_memory_mb=float(told.get("peak_memory_mb") or 0),
    )


def _text(told: Json, name: str) -> str:
    return str(told.get(name) or "")


def _texts(told: Sequence[Any] | None) -> tuple[str, ...]:
    return tuple(map(str, told or ()))


def _number(told: Json, name: str) -> float | None:
    value = told.get(name)
    return None if value is None else float(value)


def _template(told: Json | str | None) -> TemplateChoice:
    if not told:
        return TemplateChoice()
    if isinstance(told, str):
        return TemplateChoice(told)
    return TemplateChoice(
        _text(told, "name"), int(told.get("max_aliases") or 0), _text(told, "alias_order")
    )
