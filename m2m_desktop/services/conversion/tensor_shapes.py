"""Which tensors a checkpoint must have, and of which shapes.

One table an architecture and one a head, so that a wrong file is refused before any work. Names
are those of `weights.plain_name`.
"""

from collections.abc import Callable, Iterator, Mapping

from m2m_desktop.services.conversion.architectures import Config

Shapes = dict[str, tuple[int, ...]]
Entries = Iterator[tuple[str, tuple[int, ...]]]


def base_tensors(architecture: str, config: Config) -> Shapes:
    """Give name and shape of all tensors of the base model, those of the pooler left out."""
    return dict(_BASES[architecture](config))


def head_tensors(architecture: str, head: str, config: Config, labels: int) -> Shapes:
    """Give name and shape of all tensors that a head adds; none for an encoder."""
    if head == "encoder":
        return {}
    return dict(_HEADS[architecture](config, head == "sequence_classification", labels))


def label_tensor(architecture: str, head: str) -> str:
    """Give the name of the matrix with one row a label."""
    if architecture == "roberta" and head == "sequence_classification":
        return "classifier.out_proj.weight"
    return "classifier.weight"


def _dense(name: str, rows: int, columns: int, *, has_bias: bool = True) -> Entries:
    yield f"{name}.weight", (rows, columns)
    if has_bias:
        yield f"{name}.bias", (rows,)


def _norm(name: str, size: int, *, has_bias: bool = True) -> Entries:
    yield f"{name}.weight", (size,)
    if has_bias:
        yield f"{name}.bias", (size,)


def _bert_base(config: Config) -> Entries:
    size, inner = config["hidden_size"], config["intermediate_size"]
    yield "embeddings.word_embeddings.weight", (config["vocab_size"], size)
    yield "embeddings.position_embeddings.weight", (config["max_position_embeddings"], size)
    yield "embeddings.token_type_embeddings.weight", (config["type_vocab_size"], size)
    yield from _norm("embeddings.LayerNorm", size)
    for number in range(config["num_hidden_layers"]):
        layer = f"encoder.layer.{number}"
        for part in ("query", "key", "value"):
            yield from _dense(f"{layer}.attention.self.{part}", size, size)
        yield from _dense(f"{layer}.attention.output.dense", size, size)
        yield from _norm(f"{layer}.attention.output.LayerNorm", size)
        yield from _dense(f"{layer}.intermediate.dense", inner, size)
        yield from _dense(f"{layer}.output.dense", size, inner)
        yield from _norm(f"{layer}.output.LayerNorm", size)


def _distilbert_base(config: Config) -> Entries:
    size, inner = config["dim"], config["hidden_dim"]
    yield "embeddings.word_embeddings.weight", (config["vocab_size"], size)
    yield "embeddings.position_embeddings.weight", (config["max_position_embeddings"], size)
    yield from _norm("embeddings.LayerNorm", size)
    for number in range(config["n_layers"]):
        layer = f"transformer.layer.{number}"
        for part in ("q_lin", "k_lin", "v_lin", "out_lin"):
            yield from _dense(f"{layer}.attention.{part}", size, size)
        yield from _norm(f"{layer}.sa_layer_norm", size)
        yield from _dense(f"{layer}.ffn.lin1", inner, size)
        yield from _dense(f"{layer}.ffn.lin2", size, inner)
        yield from _norm(f"{layer}.output_layer_norm", size)


def _modernbert_base(config: Config) -> Entries:
    size, inner = config["hidden_size"], config["intermediate_size"]
    norm, attention, mlp = config["norm_bias"], config["attention_bias"], config["mlp_bias"]
    yield "embeddings.tok_embeddings.weight", (config["vocab_size"], size)
    yield from _norm("embeddings.norm", size, has_bias=norm)
    for number in range(config["num_hidden_layers"]):
        layer = f"layers.{number}"
        if number:  # the first one follows the norm of the embeddings
            yield from _norm(f"{layer}.attn_norm", size, has_bias=norm)
        yield from _dense(f"{layer}.attn.Wqkv", 3 * size, size, has_bias=attention)
        yield from _dense(f"{layer}.attn.Wo", size, size, has_bias=attention)
        yield from _norm(f"{layer}.mlp_norm", size, has_bias=norm)
        yield from _dense(f"{layer}.mlp.Wi", 2 * inner, size, has_bias=mlp)
        yield from _dense(f"{layer}.mlp.Wo", size, inner, has_bias=mlp)
    yield from _norm("final_norm", size, has_bias=norm)


def _bert_head(config: Config, is_sequence: bool, labels: int) -> Entries:
    size = config["hidden_size"]
    if is_sequence:
        yield from _dense("pooler.dense", size, size)
    yield from _dense("classifier", labels, size)


def _roberta_head(config: Config, is_sequence: bool, labels: int) -> Entries:
    size = config["hidden_size"]
    if is_sequence:
        yield from _dense("classifier.dense", size, size)
        yield from _dense("classifier.out_proj", labels, size)
    else:
        yield from _dense("classifier", labels, size)


def _distilbert_head(config: Config, is_sequence: bool, labels: int) -> Entries:
    if is_sequence:
        yield from _dense("pre_classifier", config["dim"], config["dim"])
    yield from _dense("classifier", labels, config["dim"])


def _modernbert_head(config: Config, is_sequence: bool, labels: int) -> Entries:  # noqa: ARG001
    size = config["hidden_size"]
    yield from _dense("head.dense", size, size, has_bias=config["classifier_bias"])
    yield from _norm("head.norm", size, has_bias=config["norm_bias"])
    yield from _dense("classifier", labels, size)


_BASES: Mapping[str, Callable[[Config], Entries]] = {
    "bert": _bert_base,
    "roberta": _bert_base,
    "distilbert": _distilbert_base,
    "modernbert": _modernbert_base,
}
_HEADS: Mapping[str, Callable[[Config, bool, int], Entries]] = {
    "bert": _bert_head,
    "roberta": _roberta_head,
    "distilbert": _distilbert_head,
    "modernbert": _modernbert_head,
}
