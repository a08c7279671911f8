"""Tiny checkpoints in memory, by the names that the reader of checkpoints gives to tensors."""

import numpy as np

HIDDEN, HEADS, INNER, WORDS, POSITIONS, LABELS = 24, 3, 40, 90, 64, 3

BERT_CONFIG = {
    "vocab_size": WORDS,
    "hidden_size": HIDDEN,
    "num_hidden_layers": 2,
    "num_attention_heads": HEADS,
    "intermediate_size": INNER,
    "max_position_embeddings": POSITIONS,
    "type_vocab_size": 2,
    "layer_norm_eps": 1e-12,
    "hidden_act": "gelu",
    "pad_token_id": 0,
}
CONFIGS = {
    "bert": BERT_CONFIG,
    "roberta": {**BERT_CONFIG, "type_vocab_size": 1, "pad_token_id": 1},
    "distilbert": {
        "vocab_size": WORDS,
        "dim": HIDDEN,
        "n_layers": 2,
        "n_heads": HEADS,
        "hidden_dim": INNER,
        "max_position_embeddings": POSITIONS,
        "activation": "gelu",
        "pad_token_id": 0,
    },
    "modernbert": {
        "vocab_size": WORDS,
        "hidden_size": HIDDEN,
        "num_hidden_layers": 4,
        "num_attention_heads": HEADS,
        "intermediate_size": INNER,
        "max_position_embeddings": POSITIONS,
        "global_attn_every_n_layers": 3,
        "local_attention": 8,
        "global_rope_theta": 9000.0,
        "local_rope_theta": 100.0,
        "norm_eps": 1e-5,
        "norm_bias": False,
        "attention_bias": False,
        "mlp_bias": False,
        "pad_token_id": 0,
    },
}
HEADS_OF = ("sequence_classification", "token_classification", "encoder")
CASES = [(architecture, head) for architecture in CONFIGS for head in HEADS_OF]


def toy_tensors(architecture, head, config=None, seed=0):
    """Give seeded weights under which every part of the network shows in the answer."""
    config = config or CONFIGS[architecture]
    shapes = {
        "bert": _bert_shapes,
        "roberta": _bert_shapes,
        "distilbert": _distilbert_shapes,
        "modernbert": _modernbert_shapes,
    }[architecture](config)
    shapes |= _head_shapes(architecture, head, config)
    random = np.random.default_rng(seed)
    return {name: _value(random, name, shape) for name, shape in shapes.items()}


def _value(random, name, shape):
    value = random.standard_normal(shape)
    if "norm" in name.lower():
        value = name.endswith("weight") + 0.3 * value
    elif len(shape) == 1:
        value *= 0.3
    elif "embeddings" not in name:
        value *= 1.5 / np.sqrt(shape[1])
    return value.astype(np.float32)


def _dense(name, rows, columns, has_bias=True):
    shapes = {f"{name}.weight": (rows, columns)}
    return {**shapes, f"{name}.bias": (rows,)} if has_bias else shapes


def _norm(name, has_bias=True):
    shapes = {f"{name}.weight": (HIDDEN,)}
    return {**shapes, f"{name}.bias": (HIDDEN,)} if has_bias else shapes


def _bert_shapes(config):
    shapes = {
        "embeddings.word_embeddings.weight": (WORDS, HIDDEN),
        "embeddings.position_embeddings.weight": (POSITIONS, HIDDEN),
        "embeddings.token_type_embeddings.weight": (config["type_vocab_size"], HIDDEN),
        **_norm("embeddings.LayerNorm"),
    }
    for number in range(config["num_hidden_layers"]):
        block = f"encoder.layer.{number}"
        for name in ("self.query", "self.key", "self.value", "output.dense"):
            shapes |= _dense(f"{block}.attention.{name}", HIDDEN, HIDDEN)
        shapes |= _norm(f"{block}.attention.output.LayerNorm")
        shapes |= _dense(f"{block}.intermediate.dense", INNER, HIDDEN)
        shapes |= _dense(f"{block}.output.dense", HIDDEN, INNER)
        shapes |= _norm(f"{block}.output.LayerNorm")
    return shapes


def _distilbert_shapes(config):
    shapes = {
        "embeddings.word_embeddings.weight": (WORDS, HIDDEN),
        "embeddings.position_embeddings.weight": (POSITIONS, HIDDEN),
        **_norm("embeddings.LayerNorm"),
    }
    for number in range(config["n_layers"]):
        block = f"transformer.layer.{number}"
        for name in ("q_lin", "k_lin", "v_lin", "out_lin"):
            shapes |= _dense(f"{block}.attention.{name}", HIDDEN, HIDDEN)
        shapes |= _norm(f"{block}.sa_layer_norm")
        shapes |= _dense(f"{block}.ffn.lin1", INNER, HIDDEN)
        shapes |= _dense(f"{block}.ffn.lin2", HIDDEN, INNER)
        shapes |= _norm(f"{block}.output_layer_norm")
    return shapes


def _modernbert_shapes(config):
    shapes = {
        "embeddings.tok_embeddings.weight": (WORDS, HIDDEN),
        **_norm("embeddings.norm", config["norm_bias"]),
        **_norm("final_norm", config["norm_bias"]),
    }
    for number in range(config["num_hidden_layers"]):
        block = f"layers.{number}"
        if number:
            shapes |= _norm(f"{block}.attn_norm", config["norm_bias"])
        shapes |= _dense(f"{block}.attn.Wqkv", 3 * HIDDEN, HIDDEN, config["attention_bias"])
        shapes |= _dense(f"{block}.attn.Wo", HIDDEN, HIDDEN, config["attention_bias"])
        shapes |= _norm(f"{block}.mlp_norm", config["norm_bias"])
        shapes |= _dense(f"{block}.mlp.Wi", 2 * INNER, HIDDEN, config["mlp_bias"])
        shapes |= _dense(f"{block}.mlp.Wo", HIDDEN, INNER, config["mlp_bias"])
    return shapes


def _head_shapes(architecture, head, config):
    if head == "encoder":
        return {}
    shapes = _dense("classifier", LABELS, HIDDEN)
    if architecture == "modernbert":
        return shapes | _dense("head.dense", HIDDEN, HIDDEN, False) | _norm("head.norm", False)
    if head == "token_classification":
        return shapes
    if architecture == "roberta":
        return {
            **_dense("classifier.dense", HIDDEN, HIDDEN),
            **_dense("classifier.out_proj", LABELS, HIDDEN),
        }
    return shapes | _dense(
        "pooler.dense" if architecture == "bert" else "pre_classifier", HIDDEN, HIDDEN
    )
