"""What stands on an encoder: classes for the text, classes for each token, or one vector."""

from collections.abc import Mapping
from typing import Any

from m2m_desktop.services.conversion.graph_writer import Dense, GraphWriter
from m2m_desktop.services.conversion.layers import (
    FLOAT,
    Sizes,
    activate,
    dense,
    normalise,
    texts_of,
)

Config = Mapping[str, Any]

SHORTEST = 1e-12  # vectors shorter than this are not stretched


# -- pooling ---------------------------------------------------------------------------------------


def mean_rows(writer: GraphWriter, hidden: str, sizes: Sizes) -> str:
    """Average the tokens of each text, padding left out: (batch, columns)."""
    seen = writer.op("Cast", "attention_mask", to=FLOAT)
    count = writer.op("ReduceSum", seen, writer.ints(1), keepdims=1)
    shares = writer.op("Div", seen, writer.op("Max", count, writer.scalar(1)))
    row = writer.op("Unsqueeze", shares, writer.ints(1))
    mean = writer.op("MatMul", row, texts_of(writer, hidden, sizes.hidden))
    return writer.op("Squeeze", mean, writer.ints(1))


def unit_length(writer: GraphWriter, vectors: str) -> str:
    """Scale rows to length 1."""
    length = writer.op("ReduceL2", vectors, writer.ints(1), keepdims=1)
    return writer.op("Div", vectors, writer.op("Max", length, writer.scalar(SHORTEST)))


# -- classes ---------------------------------------------------------------------------------------


def bert_logits(writer: GraphWriter, first: str, sizes: Sizes, _: Config) -> str:
    """Classify texts: pooler, tanh, classifier."""
    return _two_layers(writer, first, sizes, "pooler.dense", "Tanh", "classifier")


def roberta_logits(writer: GraphWriter, first: str, sizes: Sizes, _: Config) -> str:
    """Classify texts: the head's own dense layer, tanh, projection."""
    return _two_layers(writer, first, sizes, "classifier.dense", "Tanh", "classifier.out_proj")


def distilbert_logits(writer: GraphWriter, first: str, sizes: Sizes, _: Config) -> str:
    """Classify texts: a dense layer before the classifier, relu, classifier."""
    return _two_layers(writer, first, sizes, "pre_classifier", "Relu", "classifier")


def plain_logits(writer: GraphWriter, hidden: str, sizes: Sizes, _: Config) -> str:
    """Classify rows by one dense layer."""
    return writer.linear(hidden, _classifier(writer, "classifier", sizes), sensitive=True)[0]


def modernbert_logits(writer: GraphWriter, hidden: str, sizes: Sizes, config: Config) -> str:
    """Classify rows: dense layer, activation, norm, classifier."""
    has_bias = bool(config.get("classifier_bias", False))
    layer = dense(writer, "head.dense", sizes.hidden, sizes.hidden, has_bias=has_bias)
    [pooled] = writer.linear(hidden, layer, sensitive=True)
    pooled = activate(writer, str(config.get("classifier_activation", "gelu")), pooled)
    has_bias = bool(config.get("norm_bias", False))
    pooled = normalise(writer, pooled, "head.norm", sizes, has_bias=has_bias)
    return plain_logits(writer, pooled, sizes, config)


def _two_layers(
    writer: GraphWriter, first: str, sizes: Sizes, inner: str, activation: str, outer: str
) -> str:
    layer = dense(writer, inner, sizes.hidden, sizes.hidden)
    [pooled] = writer.linear(first, layer, sensitive=True)
    pooled = writer.op(activation, pooled)
    return writer.linear(pooled, _classifier(writer, outer, sizes), sensitive=True)[0]


def _classifier(writer: GraphWriter, prefix: str, sizes: Sizes) -> Dense:
    """Name a last dense layer, which may have any number of rows."""
    return dense(writer, prefix, writer.shape(f"{prefix}.weight")[0], sizes.hidden)
