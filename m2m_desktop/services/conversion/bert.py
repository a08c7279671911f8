"""BERT, RoBERTa and DistilBERT: one network under three sets of names.

Embeddings are summed and normalised; each block adds attention, normalises, adds a feed-forward
layer and normalises again (Devlin et al. 2019, Liu et al. 2019, Sanh et al. 2019).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from m2m_desktop.services.conversion.graph_writer import Dense, GraphWriter
from m2m_desktop.services.conversion.layers import (
    INT64,
    Sizes,
    activate,
    add_normalise,
    attend_joined,
    dense,
    first_rows,
    hiding,
    rows_of,
    seen_keys,
)


@dataclass(frozen=True, slots=True)
class Names:
    """Where the tensors of a block are, below ``block`` and its number."""

    block: str
    query: str
    key: str
    value: str
    mixed: str
    attention_norm: str
    inner: str
    outer: str
    output_norm: str


BERT = Names(
    block="encoder.layer",
    query="attention.self.query",
    key="attention.self.key",
    value="attention.self.value",
    mixed="attention.output.dense",
    attention_norm="attention.output.LayerNorm",
    inner="intermediate.dense",
    outer="output.dense",
    output_norm="output.LayerNorm",
)

DISTILBERT = Names(
    block="transformer.layer",
    query="attention.q_lin",
    key="attention.k_lin",
    value="attention.v_lin",
    mixed="attention.out_lin",
    attention_norm="sa_layer_norm",
    inner="ffn.lin1",
    outer="ffn.lin2",
    output_norm="output_layer_norm",
)


def bert_sizes(config: Mapping[str, Any]) -> Sizes:
    """Read the sizes of BERT and RoBERTa."""
    return Sizes(
        hidden=int(config["hidden_size"]),
        heads=int(config["num_attention_heads"]),
        layers=int(config["num_hidden_layers"]),
        inner=int(config["intermediate_size"]),
        epsilon=float(config.get("layer_norm_eps", 1e-12)),
        activation=str(config.get("hidden_act", "gelu")),
    )


def distilbert_sizes(config: Mapping[str, Any]) -> Sizes:
    """Read the sizes of DistilBERT, whose epsilon is always 1e-12."""
    return Sizes(
        hidden=int(config["dim"]),
        heads=int(config["n_heads"]),
        layers=int(config["n_layers"]),
        inner=int(config["hidden_dim"]),
        epsilon=1e-12,
        activation=str(config.get("activation", "gelu")),
    )


def write_bert(writer: GraphWriter, config: Mapping[str, Any], *, first_only: bool) -> str:
    """Write a BERT encoder; gives its last states, one row a token or a text (`first_only`)."""
    sizes = bert_sizes(config)
    positions = _counted_positions(writer, config, sizes)
    types = _token_types(writer, config, sizes)
    hidden = _embed(writer, config, sizes, positions, types)
    return _write_blocks(writer, hidden, sizes, BERT, first_only=first_only)


def write_roberta(writer: GraphWriter, config: Mapping[str, Any], *, first_only: bool) -> str:
    """Write a RoBERTa encoder: positions start behind the padding token's id and skip padding."""
    sizes = bert_sizes(config)
    positions = _unpadded_positions(writer, config, sizes)
    types = _token_types(writer, config, sizes)
    hidden = _embed(writer, config, sizes, positions, types)
    return _write_blocks(writer, hidden, sizes, BERT, first_only=first_only)


def write_distilbert(writer: GraphWriter, config: Mapping[str, Any], *, first_only: bool) -> str:
    """Write a DistilBERT encoder, which knows no token types."""
    sizes = distilbert_sizes(config)
    positions = _counted_positions(writer, config, sizes)
    hidden = _embed(writer, config, sizes, positions, None)
    return _write_blocks(writer, hidden, sizes, DISTILBERT, first_only=first_only)


# -- embeddings ------------------------------------------------------------------------------------


def _embed(
    writer: GraphWriter,
    config: Mapping[str, Any],
    sizes: Sizes,
    positions: str,
    types: str | None,
) -> str:
    table = "embeddings.word_embeddings.weight"
    writer.check(table, int(config["vocab_size"]), sizes.hidden)
    words = writer.embedding(table, "input_ids")
    if types is not None:
        words = writer.op("Add", words, types)
    states, _ = add_normalise(writer, words, positions, "embeddings.LayerNorm", sizes)
    return rows_of(writer, states, sizes.hidden)


def _position_table(writer: GraphWriter, config: Mapping[str, Any], sizes: Sizes) -> str:
    name = "embeddings.position_embeddings.weight"
    return writer.check(name, int(config["max_position_embeddings"]), sizes.hidden)


def _counted_positions(writer: GraphWriter, config: Mapping[str, Any], sizes: Sizes) -> str:
    """Give the first rows of the table: (length, columns)."""
    table = writer.weight(_position_table(writer, config, sizes))
    length = writer.op("Shape", "input_ids", start=1, end=2)
    return writer.op("Slice", table, writer.ints(0), length, writer.ints(0))


def _unpadded_positions(writer: GraphWriter, config: Mapping[str, Any], sizes: Sizes) -> str:
    """Look positions up that count the tokens before, padding staying at its own row."""
    table = _position_table(writer, config, sizes)
    padding = writer.integer(int(config.get("pad_token_id", 1)))
    is_word = writer.op("Not", writer.op("Equal", "input_ids", padding))
    counted = writer.op("Cast", is_word, to=INT64)
    passed = writer.op("CumSum", counted, writer.integer(1))
    ids = writer.op("Add", writer.op("Mul", passed, counted), padding)
    return writer.op("Gather", writer.weight(table), ids)


def _token_types(writer: GraphWriter, config: Mapping[str, Any], sizes: Sizes) -> str:
    """Give the embedding of each token's type; of the only type where there is but one."""
    count = int(config.get("type_vocab_size", 2))
    name = "embeddings.token_type_embeddings.weight"
    table = writer.weight(writer.check(name, count, sizes.hidden))
    return table if count == 1 else writer.op("Gather", table, "token_type_ids")


# -- blocks ----------------------------------------------------------------------------------------


def _write_blocks(
    writer: GraphWriter, hidden: str, sizes: Sizes, names: Names, *, first_only: bool
) -> str:
    bias = hiding(writer, seen_keys(writer))
    for number in range(sizes.layers):
        cut = first_only and number == sizes.layers - 1
        prefix = f"{names.block}.{number}"
        hidden = _write_block(writer, hidden, bias, sizes, names, prefix, first_only=cut)
    return hidden


def _write_block(
    writer: GraphWriter,
    hidden: str,
    bias: str,
    sizes: Sizes,
    names: Names,
    prefix: str,
    *,
    first_only: bool,
) -> str:
    def square(name: str) -> Dense:
        return dense(writer, f"{prefix}.{name}", sizes.hidden, sizes.hidden)

    asking = hidden
    if first_only:
        asking = first_rows(writer, hidden, sizes.hidden)
        [query] = writer.linear(asking, square(names.query))
        key, value = writer.linear(hidden, square(names.key), square(names.value))
    else:
        query, key, value = writer.linear(
            hidden, *map(square, (names.query, names.key, names.value))
        )
    mixed = attend_joined(writer, query, key, value, bias, sizes, one_row=first_only)
    [attended] = writer.linear(mixed, square(names.mixed))
    attended, _ = add_normalise(writer, attended, asking, f"{prefix}.{names.attention_norm}", sizes)
    inner_layer = dense(writer, f"{prefix}.{names.inner}", sizes.inner, sizes.hidden)
    outer_layer = dense(writer, f"{prefix}.{names.outer}", sizes.hidden, sizes.inner)
    [inner] = writer.linear(attended, inner_layer)
    [outer] = writer.linear(activate(writer, sizes.activation, inner), outer_layer)
    result, _ = add_normalise(writer, outer, attended, f"{prefix}.{names.output_norm}", sizes)
    return result
