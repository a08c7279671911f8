"""The words and figures of the model pages: kinds, architectures, precisions, templates, sizes."""

from PySide6.QtCore import QLocale

from m2m_desktop.core.messages import N_
from m2m_desktop.services.language import _
from m2m_desktop.services.model_kinds import ENCODER, FLOAT32, INT8, NER, RERANKER
from m2m_desktop.ui.model.protocol import (
    ModelCard,
    TemplateChoice,
)

KIND_WORDS = {
    RERANKER: N_("Reranker"),
    ENCODER: N_("Encoder"),
    NER: N_("Entity recognition"),
}
KIND_SENTENCES = {
    RERANKER: N_("Says for a phrase and a PT how probably they match. Phrases are coded with it."),
    ENCODER: N_("Turns a text into a vector, so that similar wordings can be found."),
    NER: N_("Finds the reactions inside a longer text."),
}
ARCHITECTURE_NAMES = {
    "bert": "BERT",
    "roberta": "RoBERTa",
    "distilbert": "DistilBERT",
    "modernbert": "ModernBERT",
}
TEMPLATE_WORDS = {
    "full": N_("PT, LLTs, HLT, HLGT and SOC"),
    "pt_llt": N_("PT and LLTs"),
    "pt_only": N_("PT only"),
}
ALIAS_WORDS = {
    "file": N_("at most {count} LLTs, in the order of the release"),
    "matched_first": N_("at most {count} LLTs, the one that was found first"),
}
USABLE, DAMAGED, DEFAULT = N_("usable"), N_("damaged"), N_("default")
IN_USE = N_("in use")

USE_WORDS = {
    RERANKER: N_("Use by default"),
    ENCODER: N_("Use for search by meaning"),
    NER: N_("Use for narratives"),
}
STOP_WORDS = {ENCODER: N_("Do not search by meaning"), NER: N_("Look names up instead")}
USED_SENTENCES = {
    RERANKER: N_("Phrases are coded with {model} now."),
    ENCODER: N_("Candidates are looked for by wording, and by meaning with {model}."),
    NER: N_("Mentions in narratives are found by {model} now."),
}
STOPPED_SENTENCES = {
    ENCODER: N_("Candidates are looked for by wording only now."),
    NER: N_("Names, synonyms and remembered phrases are looked up in narratives now."),
}
VECTOR_SENTENCES = {
    "ready": N_("Names of {terminology}: computed"),
    "quick": N_("Names of {terminology}: computed in seconds when first needed"),
    "missing": N_("Names of {terminology}: not computed yet"),
}

MEGA, GIGA = 1_000_000, 1_000_000_000
SMALLEST_CHANGE = 0.0001
"""The smallest change of a probability that is written out."""
SMALLEST_SHARE = 0.001


def kind_word(kind: str) -> str:
    """What a model is for; an unknown kind stays as the engine calls it."""
    return _(KIND_WORDS.get(kind, kind))


def architecture_text(architecture: str, layers: int, hidden: int) -> str:
    """For instance "BERT 12 × 768": layers by width; only the name where the sizes are unknown."""
    name = ARCHITECTURE_NAMES.get(architecture, architecture)
    return f"{name} {layers} × {hidden}".strip() if layers and hidden else name


def precision_text(precision: str) -> str:
    """How the weights are stored; an unknown precision stays as it is called."""
    known = {INT8: _("int8 (8-bit whole numbers)"), FLOAT32: _("fp32 (as published)")}
    return known.get(precision, precision)


def template_text(template: TemplateChoice) -> str:
    """What a model reads for a PT."""
    parts = [_(TEMPLATE_WORDS.get(template.name, template.name))]
    if template.name != "pt_only" and template.max_aliases and template.alias_order in ALIAS_WORDS:
        parts.append(_(ALIAS_WORDS[template.alias_order]).format(count=template.max_aliases))
    return _("; ").join(filter(None, parts))


def labels_text(labels: tuple[str, ...]) -> str:
    """The labels in their order."""
    return _(", ").join(labels)


def status_text(card: ModelCard, *, is_default: bool) -> str:
    """Whether a model can be used, and whether it is the one that is used."""
    word = _(DAMAGED) if card.problem else _(USABLE)
    used = _(DEFAULT) if card.is_reranker else _(IN_USE)
    return f"{word} · {used}" if is_default else word


def use_text(kind: str, *, is_used: bool) -> str:
    """What the button of a model does; one in use can be done without where that makes sense."""
    stops = STOP_WORDS if is_used else {}
    return _(stops.get(kind) or USE_WORDS.get(kind, USE_WORDS[RERANKER]))


def used_sentence(card: ModelCard, *, is_used: bool) -> str:
    """What the program does from now on, after the button of a model was pressed."""
    sentences = USED_SENTENCES if is_used else STOPPED_SENTENCES
    return _(sentences[card.kind or RERANKER]).format(model=card.name)


def vectors_text(state: str, terminology: str, percent: int | None) -> str:
    """Whether the names of a terminology were computed; ``percent`` while that is being done."""
    if state == "missing" and percent is not None:
        said = _(
            "Names of {terminology}: being computed while there is nothing else to do, {percent} %"
        )
        return said.format(terminology=terminology, percent=percent)
    known = VECTOR_SENTENCES.get(state)
    return _(known).format(terminology=terminology) if known else ""


def size_text(size_bytes: int) -> str:
    """A size on disk in MB or GB (powers of ten, as file managers of most systems write them)."""
    if size_bytes >= GIGA:
        return f"{QLocale().toString(size_bytes / GIGA, 'f', 2)} GB"
    return f"{QLocale().toString(size_bytes / MEGA, 'f', 1 if size_bytes < 100 * MEGA else 0)} MB"


def count_text(count: float) -> str:
    """A whole number with its separators."""
    return QLocale().toString(round(count))


def change_text(change: float) -> str:
    """A change of a probability with four decimals."""
    if 0 < change < SMALLEST_CHANGE:
        return f"< {QLocale().toString(SMALLEST_CHANGE, 'f', 4)}"
    return QLocale().toString(change, "f", 4)


def share_text(share: float) -> str:
    """A share (0 to 1) in percent; none at all and hardly any are not the same."""
    if 0 < share < SMALLEST_SHARE:
        return f"< {QLocale().toString(100 * SMALLEST_SHARE, 'f', 1)} %"
    return f"{QLocale().toString(100 * share, 'f', 1)} %"


def figure_text(figure: float, decimals: int = 0) -> str:
    """A measured figure."""
    return QLocale().toString(figure, "f", decimals)
