"""ModernBERT: rotated positions, local windows in most layers, norms before each part.

After Warner et al. 2024 and the configs of transformers, old and new: newer ones name the type of
each layer and give rotation per type, older ones give every which layer looks at the whole text.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from m2m_desktop.services.conversion.graph import Weight
from m2m_desktop.services.conversion.graph_writer import Dense, GraphWriter
from m2m_desktop.services.conversion.layers import (
    Sizes,
    activate,
    add_normalise,
    attend,
    dense,
    first_rows,
    hiding,
    normalise,
    rows_of,
    seen_keys,
    split_heads,
)

Angles = NDArray[np.float32]

GLOBAL, LOCAL = "full_attention", "sliding_attention"
_OLD_THETAS = {GLOBAL: ("global_rope_theta", 160_000.0), LOCAL: ("local_rope_theta", 10_000.0)}


@dataclass(frozen=True, slots=True)
class Plan:
    """What a config says beyond sizes.

    ``kinds`` is the attention of each layer, ``thetas`` the base of rotation of each kind, and
    ``window`` how far to each side a local layer looks, that token included.
    """

    kinds: tuple[str, ...]
    thetas: Mapping[str, float]
    window: int
    positions: int
    words: int
    has_norm_bias: bool
    has_attention_bias: bool
    has_inner_bias: bool


def modernbert_sizes(config: Mapping[str, Any]) -> Sizes:
    """Read the sizes."""
    return Sizes(
        hidden=int(config["hidden_size"]),
        heads=int(config["num_attention_heads"]),
        layers=int(config["num_hidden_layers"]),
        inner=int(config["intermediate_size"]),
        epsilon=float(config.get("norm_eps", 1e-5)),
        activation=str(config.get("hidden_activation", "gelu")),
    )


def modernbert_plan(config: Mapping[str, Any]) -> Plan:
    """Read the rest; ValueError for kinds of attention or rotation that are not supported."""
    layers = int(config["num_hidden_layers"])
    kinds = config.get("layer_types")
    if kinds is None:
        every = int(config.get("global_attn_every_n_layers", 3))
        kinds = [LOCAL if number % every else GLOBAL for number in range(layers)]
    if len(kinds) != layers or not set(kinds) <= {GLOBAL, LOCAL}:
        raise ValueError(f"layer_types {kinds}")
    return Plan(
        kinds=tuple(kinds),
        thetas={kind: _theta(config, kind) for kind in (GLOBAL, LOCAL)},
        window=int(config.get("local_attention", 128)) // 2,
        positions=int(config["max_position_embeddings"]),
        words=int(config["vocab_size"]),
        has_norm_bias=bool(config.get("norm_bias", False)),
        has_attention_bias=bool(config.get("attention_bias", False)),
        has_inner_bias=bool(config.get("mlp_bias", False)),
    )


def classifier_pooling(config: Mapping[str, Any]) -> str:
    """Tell what the classifier of texts looks at: "cls" or "mean"."""
    return str(config.get("classifier_pooling", "cls"))


def _theta(config: Mapping[str, Any], kind: str) -> float:
    given = (config.get("rope_parameters") or {}).get(kind) or {}
    scaling = {**given, **(config.get("rope_scaling") or {})}
    if scaling.get("rope_type", "default") != "default":
        raise ValueError(f"rope_type {scaling['rope_type']}")
    name, usual = _OLD_THETAS[kind]
    theta = given.get("rope_theta", config.get(name, usual))
    if theta is None and kind == LOCAL:  # older local layers may turn like the global ones
        return _theta(config, GLOBAL)
    if theta is None:
        raise ValueError(f"{name} is not given")
    return float(theta)


def write_modernbert(writer: GraphWriter, config: Mapping[str, Any], *, first_only: bool) -> str:
    """Write a ModernBERT encoder; gives its last states, one row a token or a text."""
    sizes, plan = modernbert_sizes(config), modernbert_plan(config)
    table = writer.check("embeddings.tok_embeddings.weight", plan.words, sizes.hidden)
    words = rows_of(writer, writer.embedding(table, "input_ids"), sizes.hidden)
    ready = normalise(writer, words, "embeddings.norm", sizes, has_bias=plan.has_norm_bias)
    state = ready
    for number, kind in enumerate(plan.kinds):
        prefix = f"layers.{number}"
        cut = first_only and number == sizes.layers - 1
        mixed = _attention(writer, ready, kind, plan, sizes, f"{prefix}.attn", first_only=cut)
        if cut:
            state = first_rows(writer, state, sizes.hidden)
        ready, state = add_normalise(
            writer, mixed, state, f"{prefix}.mlp_norm", sizes, has_bias=plan.has_norm_bias
        )
        grown = _gated(writer, ready, plan, sizes, f"{prefix}.mlp")
        is_last = number == sizes.layers - 1
        norm = "final_norm" if is_last else f"layers.{number + 1}.attn_norm"
        ready, state = add_normalise(writer, grown, state, norm, sizes, has_bias=plan.has_norm_bias)
    return ready


def _attention(
    writer: GraphWriter,
    ready: str,
    kind: str,
    plan: Plan,
    sizes: Sizes,
    prefix: str,
    *,
    first_only: bool,
) -> str:
    query_layer, key_layer, value_layer = _parts(
        writer, f"{prefix}.Wqkv", 3, sizes.hidden, sizes.hidden, has_bias=plan.has_attention_bias
    )
    if first_only:
        # the first token stands at position 0, where rotation changes nothing
        [query] = writer.linear(first_rows(writer, ready, sizes.hidden), query_layer)
        key, value = writer.linear(ready, key_layer, value_layer)
        query = split_heads(writer, query, sizes, one_row=True)
    else:
        query, key, value = writer.linear(ready, query_layer, key_layer, value_layer)
        query = _rotate(writer, split_heads(writer, query, sizes), kind, plan, sizes)
    key = _rotate(writer, split_heads(writer, key, sizes), kind, plan, sizes)
    bias = hiding(writer, _seen(writer, kind, plan, first_only=first_only))
    mixed = attend(writer, query, key, split_heads(writer, value, sizes), bias, sizes)
    output = dense(
        writer, f"{prefix}.Wo", sizes.hidden, sizes.hidden, has_bias=plan.has_attention_bias
    )
    return writer.linear(mixed, output)[0]


def _seen(writer: GraphWriter, kind: str, plan: Plan, *, first_only: bool) -> str:
    """Tell which keys each query sees: bool (batch, 1, length or 1, length or 1)."""
    seen = seen_keys(writer)
    if kind == GLOBAL:
        return seen
    length = writer.op("Squeeze", writer.op("Shape", "input_ids", start=1, end=2))
    keys = writer.op("Range", writer.integer(0), length, writer.integer(1))
    if first_only:
        away = keys
    else:
        queries = writer.op("Unsqueeze", keys, writer.ints(1))
        away = writer.op("Abs", writer.op("Sub", queries, keys))
    near = writer.op("LessOrEqual", away, writer.integer(plan.window))
    return writer.op("And", seen, near)


def _rotate(writer: GraphWriter, heads: str, kind: str, plan: Plan, sizes: Sizes) -> str:
    """Turn each pair of columns by its position (Su et al. 2021), halves standing apart."""
    theta, shape = plan.thetas[kind], (plan.positions, sizes.head // 2)

    def table(name: str, function: Callable[[Angles], Angles]) -> str:
        def make() -> Angles:
            return function(rotation_angles(*shape, theta))

        return writer.add_weight(Weight(f"{kind}.{name}", np.dtype(np.float32), shape, make))

    tables = table("cos", np.cos), table("sin", np.sin)
    return writer.fused("RotaryEmbedding", heads, writer.ints(0), *tables, interleaved=0)


def rotation_angles(positions: int, pairs: int, theta: float) -> Angles:
    """Give the angle p / theta ** (i / pairs) of each pair i of columns at position p.

    Speeds are rounded to float32 before they are multiplied, as they were when the models were
    trained: at position 8,191 that moves an angle by up to 0.0005.
    """
    steps = np.arange(0, 2 * pairs, 2, dtype=np.float32) / np.float32(2 * pairs)
    periods = np.power(theta, steps, dtype=np.float64).astype(np.float32)
    angles: Angles = np.arange(positions, dtype=np.float32)[:, None] * (np.float32(1) / periods)
    return angles


def _gated(writer: GraphWriter, ready: str, plan: Plan, sizes: Sizes, prefix: str) -> str:
    """Write the feed-forward part: one half, activated, opens the gates of the other."""
    layers = _parts(
        writer, f"{prefix}.Wi", 2, sizes.inner, sizes.hidden, has_bias=plan.has_inner_bias
    )
    inner, gate = writer.linear(ready, *layers)
    opened = writer.op("Mul", activate(writer, sizes.activation, inner), gate)
    output = dense(writer, f"{prefix}.Wo", sizes.hidden, sizes.inner, has_bias=plan.has_inner_bias)
    return writer.linear(opened, output)[0]


def _parts(
    writer: GraphWriter, prefix: str, count: int, rows: int, columns: int, *, has_bias: bool
) -> list[Dense]:
    """Name the dense layers that a checkpoint keeps in one weight, one below the other."""
    whole = dense(writer, prefix, count * rows, columns, has_bias=has_bias)
    return [
        Dense(
            writer.part(whole.weight, start, start + rows),
            whole.bias and writer.part(whole.bias, start, start + rows),
        )
        for start in range(0, count * rows, rows)
    ]
