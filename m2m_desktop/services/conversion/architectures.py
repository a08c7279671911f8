"""The architectures that can be converted, and what their config.json must say.

One `Family` a ``model_type``. XLM-RoBERTa and CamemBERT compute what RoBERTa computes, tensor by
tensor; only their tokenizers differ, and those come complete in ``tokenizer.json``.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from m2m_desktop.core.messages import N_, Message, message

ARCHITECTURES = ("bert", "roberta", "distilbert", "modernbert")
HEADS = ("sequence_classification", "token_classification", "encoder")

MAX_LAYERS = 64
# what the graph writers can compute
ACTIVATIONS = ("gelu", "gelu_new", "gelu_pytorch_tanh", "relu", "silu")
LAYER_TYPES = frozenset({"full_attention", "sliding_attention"})

Config = Mapping[str, Any]


class ConfigRefused(Exception):
    """Why a config cannot be converted."""

    def __init__(self, detail: Message) -> None:
        self.detail = detail
        super().__init__(detail.text())


@dataclass(frozen=True)
class Family:
    """One ``model_type`` of published checkpoints.

    ``class_prefix`` begins the names in ``architectures``, ``tensor_prefix`` those of the base
    model's tensors. ``sizes`` are the names of: hidden size, layers, heads, inner size.
    ``defaults`` hold where a config is silent, as in the library that wrote it.
    """

    architecture: str
    class_prefix: str
    tensor_prefix: str
    sizes: tuple[str, str, str, str]
    activations: tuple[str, ...]
    defaults: Config


_SIZES = ("hidden_size", "num_hidden_layers", "num_attention_heads", "intermediate_size")
_BERT: Config = {
    "vocab_size": 30522, "hidden_size": 768, "num_hidden_layers": 12, "num_attention_heads": 12,
    "intermediate_size": 3072, "hidden_act": "gelu", "max_position_embeddings": 512,
    "type_vocab_size": 2, "layer_norm_eps": 1e-12, "pad_token_id": 0,
    "position_embedding_type": "absolute", "is_decoder": False, "add_cross_attention": False,
}  # fmt: skip
_ROBERTA: Config = {**_BERT, "vocab_size": 50265, "pad_token_id": 1}
_DISTILBERT: Config = {
    "vocab_size": 30522, "dim": 768, "n_layers": 6, "n_heads": 12, "hidden_dim": 3072,
    "activation": "gelu", "max_position_embeddings": 512, "pad_token_id": 0,
}  # fmt: skip
_MODERNBERT: Config = {
    "vocab_size": 50368, "hidden_size": 768, "num_hidden_layers": 22, "num_attention_heads": 12,
    "intermediate_size": 1152, "hidden_activation": "gelu", "classifier_activation": "gelu",
    "max_position_embeddings": 8192, "norm_eps": 1e-5, "norm_bias": False, "pad_token_id": 50283,
    "attention_bias": False, "mlp_bias": False, "classifier_bias": False,
    "classifier_pooling": "cls", "local_attention": 128, "global_attn_every_n_layers": 3,
}  # fmt: skip

_ROBERTA_KIN = ("roberta.", _SIZES, ("hidden_act",))
FAMILIES: Mapping[str, Family] = {
    "bert": Family("bert", "Bert", "bert.", _SIZES, ("hidden_act",), _BERT),
    "roberta": Family("roberta", "Roberta", *_ROBERTA_KIN, _ROBERTA),
    "xlm-roberta": Family(
        "roberta", "XLMRoberta", *_ROBERTA_KIN, {**_ROBERTA, "vocab_size": 30522}
    ),
    "camembert": Family("roberta", "Camembert", *_ROBERTA_KIN, {**_ROBERTA, "vocab_size": 30522}),
    "distilbert": Family(
        "distilbert",
        "DistilBert",
        "distilbert.",
        ("dim", "n_layers", "n_heads", "hidden_dim"),
        ("activation",),
        _DISTILBERT,
    ),
    "modernbert": Family(
        "modernbert",
        "ModernBert",
        "model.",
        _SIZES,
        ("hidden_activation", "classifier_activation"),
        _MODERNBERT,
    ),
}

# what may follow the prefix in the name of a class, and the head that it has
_CLASS_HEADS: Mapping[str, str] = {
    "ForSequenceClassification": "sequence_classification",
    "ForTokenClassification": "token_classification",
    "Model": "encoder",
    "ForMaskedLM": "encoder",
    "ForPreTraining": "encoder",
}


def find_family(config: Config) -> Family:
    """Find what a config.json is of. Raises ConfigRefused."""
    model_type = str(config.get("model_type", ""))
    family = FAMILIES.get(model_type)
    if family is None:
        raise ConfigRefused(
            message(
                N_("it is of the kind {kind}; only {known} can be converted"),
                kind=model_type[:80] or "?",
                known="BERT, RoBERTa, DistilBERT, ModernBERT",
            )
        )
    return family


def declared_head(family: Family, config: Config) -> str:
    """Give the head that ``architectures`` names: one of `HEADS`, "" for none or one not known.

    Raises ConfigRefused where it names a class of another family.
    """
    named = config.get("architectures") or [""]
    name = str(named[0]) if isinstance(named, list) else ""
    if not name:
        return ""
    if not name.startswith(family.class_prefix):
        detail = message(
            N_(
                "its config.json names the class {kind}, which does not belong to this architecture"
            ),
            kind=name[:80],
        )
        raise ConfigRefused(detail)
    return _CLASS_HEADS.get(name.removeprefix(family.class_prefix), "")


def complete_config(family: Family, config: Config) -> Config:
    """Fill in what a config leaves out and check that all of it can be computed.

    Raises ConfigRefused.
    """
    whole = {
        **family.defaults,
        **{key: value for key, value in config.items() if value is not None},
    }
    size, layers, heads, inner = (_count(whole, name) for name in family.sizes)
    _in_range(family.sizes[0], size, 8, 8192)
    _in_range(family.sizes[1], layers, 1, MAX_LAYERS)
    _in_range(family.sizes[2], heads, 1, 256)
    _in_range(family.sizes[3], inner, 8, 65536)
    _in_range("vocab_size", _count(whole, "vocab_size"), 8, 2_000_000)
    _in_range("max_position_embeddings", _count(whole, "max_position_embeddings"), 8, 1 << 17)
    _count(whole, "pad_token_id")
    if size % heads:
        raise _odd(family.sizes[2], heads)
    for name in family.activations:
        if whole[name] not in ACTIVATIONS:
            raise _odd(name, whole[name])
    if "local_rope_theta" in config and config["local_rope_theta"] is None:
        raise _odd("local_rope_theta", None)  # versions of its library differ on what that means
    if whole.get("quantization_config"):
        raise _odd("quantization_config", "…")
    if family.architecture == "modernbert":
        _check_modernbert(whole, size // heads)
    elif family.architecture != "distilbert":
        _check_bert(whole)
    if family.architecture == "roberta" and position_count(family.architecture, whole) < 8:
        raise _odd("max_position_embeddings", whole["max_position_embeddings"])
    return whole


def position_count(architecture: str, config: Config) -> int:
    """Give how many tokens the positions reach for; RoBERTa's begin after its padding."""
    count = int(config["max_position_embeddings"])
    return count - int(config["pad_token_id"]) - 1 if architecture == "roberta" else count


def _check_bert(config: Config) -> None:
    _in_range("type_vocab_size", _count(config, "type_vocab_size"), 1, 64)
    _small(config, "layer_norm_eps")
    for name, wanted in (
        ("position_embedding_type", "absolute"),
        ("is_decoder", False),
        ("add_cross_attention", False),
    ):
        if config[name] != wanted:
            raise _odd(name, config[name])


def _check_modernbert(config: Config, head_size: int) -> None:
    _small(config, "norm_eps")
    for name in ("norm_bias", "attention_bias", "mlp_bias", "classifier_bias"):
        if not isinstance(config[name], bool):
            raise _odd(name, config[name])
    if head_size % 2:
        raise _odd("num_attention_heads", config["num_attention_heads"])
    if config["classifier_pooling"] not in ("cls", "mean"):
        raise _odd("classifier_pooling", config["classifier_pooling"])
    _in_range("local_attention", _count(config, "local_attention"), 2, 1 << 17)
    _in_range("global_attn_every_n_layers", _count(config, "global_attn_every_n_layers"), 1, 64)
    _check_layer_types(config)
    _check_rotation(config)


def _check_layer_types(config: Config) -> None:
    types = config.get("layer_types")
    if types is None:
        return
    if not isinstance(types, list) or len(types) != config["num_hidden_layers"]:
        raise _odd("layer_types", "…")
    if not all(isinstance(kind, str) and kind in LAYER_TYPES for kind in types):
        raise _odd("layer_types", "…")


def _check_rotation(config: Config) -> None:
    """Only plain rotary embeddings: no stretching to lengths that were not trained."""
    if config.get("rope_scaling"):
        raise _odd("rope_scaling", "…")
    old_names = ("global_rope_theta", "local_rope_theta")
    thetas = {name: config[name] for name in old_names if name in config}
    by_type = config.get("rope_parameters", {})
    if not isinstance(by_type, dict):
        raise _odd("rope_parameters", "…")
    for kind, entry in by_type.items():
        if kind not in LAYER_TYPES or not isinstance(entry, dict):
            raise _odd("rope_parameters", str(kind))
        if entry.get("rope_type", "default") != "default":
            raise _odd("rope_type", entry["rope_type"])
        if entry.get("partial_rotary_factor", 1.0) != 1.0:
            raise _odd("partial_rotary_factor", entry["partial_rotary_factor"])
        if "rope_theta" in entry:
            thetas[f"{kind}.rope_theta"] = entry["rope_theta"]
    for name, theta in thetas.items():
        if not _is_number(theta) or not 1 < theta < 1e12:
            raise _odd(name, theta)


def _count(config: Config, name: str) -> int:
    value = config[name]
    if type(value) is not int or value < 0:
        raise _odd(name, value)
    return value


def _in_range(name: str, value: int, low: int, high: int) -> None:
    if not low <= value <= high:
        raise _odd(name, value)


def _small(config: Config, name: str) -> None:
    if not _is_number(config[name]) or not 0 < config[name] <= 0.01:
        raise _odd(name, config[name])


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and type(value) is not bool and math.isfinite(value)


def _odd(name: str, value: object) -> ConfigRefused:
    return ConfigRefused(
        message(
            N_("its config.json says {name} = {value}, which cannot be converted"),
            name=name,
            value=str(value)[:80],
        )
    )
