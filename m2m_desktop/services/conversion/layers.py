"""The layers that all encoders share: dense layers, norms, activations, attention.

Hidden states are (rows, columns) with one row a token, or one row a text where only the first
token is computed.
"""

from dataclasses import dataclass

import numpy as np

from m2m_desktop.services.conversion.graph import FUSED
from m2m_desktop.services.conversion.graph_writer import Dense, GraphWriter

FLOAT, INT64, BOOL = 1, 7, 9  # element types of onnx.TensorProto
LOWEST = float(np.finfo(np.float32).min)


@dataclass(frozen=True, slots=True)
class Sizes:
    """``hidden`` columns in ``heads`` heads; ``layers`` blocks with ``inner`` columns inside."""

    hidden: int
    heads: int
    layers: int
    inner: int
    epsilon: float
    activation: str

    def __post_init__(self) -> None:
        if self.hidden % self.heads:
            raise ValueError(f"{self.hidden} columns in {self.heads} heads")

    @property
    def head(self) -> int:
        """Columns of one head."""
        return self.hidden // self.heads


def dense(
    writer: GraphWriter, prefix: str, rows: int, columns: int, *, has_bias: bool = True
) -> Dense:
    """Name a dense layer of the checkpoint, ``columns`` in and ``rows`` out, its shapes checked."""
    weight = writer.check(f"{prefix}.weight", rows, columns)
    return Dense(weight, writer.check(f"{prefix}.bias", rows) if has_bias else None)


def normalise(
    writer: GraphWriter, hidden: str, prefix: str, sizes: Sizes, *, has_bias: bool = True
) -> str:
    """Apply a layer norm of the checkpoint over the columns."""
    parameters = _norm_parameters(writer, prefix, sizes, has_bias)
    return writer.op("LayerNormalization", hidden, *parameters, axis=-1, epsilon=sizes.epsilon)


def add_normalise(
    writer: GraphWriter,
    hidden: str,
    residual: str,
    prefix: str,
    sizes: Sizes,
    *,
    has_bias: bool = True,
) -> tuple[str, str]:
    """Add and apply a layer norm; gives the normalised sum and the sum."""
    parameters = _norm_parameters(writer, prefix, sizes, has_bias)
    normal, _, _, added = writer.ops(
        "SkipLayerNormalization",
        *(hidden, residual, *parameters),
        domain=FUSED,
        outputs=4,
        epsilon=sizes.epsilon,
    )
    return normal, added


def _norm_parameters(
    writer: GraphWriter, prefix: str, sizes: Sizes, has_bias: bool
) -> tuple[str, ...]:
    names = ("weight", "bias") if has_bias else ("weight",)
    return tuple(writer.weight(writer.check(f"{prefix}.{name}", sizes.hidden)) for name in names)


def activate(writer: GraphWriter, name: str, value: str) -> str:
    """Apply an activation by its name in a config; ValueError for one that is not known."""
    match name:
        case "gelu":
            return writer.op("Gelu", value)
        case "gelu_new" | "gelu_pytorch_tanh":
            return writer.op("Gelu", value, approximate="tanh")
        case "relu":
            return writer.op("Relu", value)
        case "silu":
            return writer.op("Mul", value, writer.op("Sigmoid", value))
    raise ValueError(f"activation {name}")


# -- tokens ----------------------------------------------------------------------------------------


def rows_of(writer: GraphWriter, states: str, columns: int) -> str:
    """Lay states (batch, length, columns) out with one row a token."""
    return writer.op("Reshape", states, writer.ints(-1, columns))


def first_rows(writer: GraphWriter, rows: str, columns: int) -> str:
    """Take the first token of each text: (batch, columns)."""
    return writer.op("Gather", texts_of(writer, rows, columns), writer.integer(0), axis=1)


def texts_of(writer: GraphWriter, rows: str, columns: int) -> str:
    """Lay rows of tokens out by text: (batch, length, columns). -1 stands for what there is."""
    shape = writer.op("Concat", writer.op("Shape", "input_ids"), writer.ints(columns), axis=0)
    return writer.op("Reshape", rows, shape)


def seen_keys(writer: GraphWriter) -> str:
    """Tell which tokens may be looked at: bool (batch, 1, 1, length)."""
    seen = writer.op("Cast", "attention_mask", to=BOOL)
    return writer.op("Unsqueeze", seen, writer.ints(1, 2))


def hiding(writer: GraphWriter, seen: str) -> str:
    """Turn what may be seen into what is added to attention scores: 0, or the lowest float32.

    Whatever the scores, softmax makes exactly 0 of what is hidden, so padding is neutral.
    """
    return writer.op("Where", seen, writer.scalar(0), writer.scalar(LOWEST))


# -- attention -------------------------------------------------------------------------------------


def attend_joined(
    writer: GraphWriter, query: str, key: str, value: str, bias: str, sizes: Sizes, *, one_row: bool
) -> str:
    """Do what `attend` does to queries, keys and values as dense layers give them.

    ``one_row`` tells that there is one query a text. One operator of the runtime does it all, head
    by head: a tenth to a twentieth of a whole int8 run faster. It wants the bias for every query.
    """
    if one_row:
        asked = writer.op("Unsqueeze", query, writer.ints(1))
    else:
        asked = texts_of(writer, query, sizes.hidden)
        length = writer.op("Shape", "input_ids", start=1, end=2)
        shape = writer.op("Concat", writer.ints(1, 1), length, writer.ints(1), axis=0)
        bias = writer.op("Expand", bias, shape)
    met, given = (texts_of(writer, rows, sizes.hidden) for rows in (key, value))
    inputs = (asked, met, given, "", "", bias)
    mixed = writer.fused("MultiHeadAttention", *inputs, num_heads=sizes.heads)
    return rows_of(writer, mixed, sizes.hidden)


def split_heads(writer: GraphWriter, hidden: str, sizes: Sizes, *, one_row: bool = False) -> str:
    """Give each head its columns: (batch, heads, length or 1, columns of a head)."""
    columns = writer.ints(sizes.heads, sizes.head)
    if one_row:
        shape = writer.ints(-1, 1, sizes.heads, sizes.head)
    else:
        shape = writer.op("Concat", writer.op("Shape", "input_ids"), columns, axis=0)
    return writer.op("Transpose", writer.op("Reshape", hidden, shape), perm=[0, 2, 1, 3])


def attend(writer: GraphWriter, query: str, key: str, value: str, bias: str, sizes: Sizes) -> str:
    """Mix values by how well queries meet keys: softmax(q k' / sqrt(columns) + bias) v.

    Takes them split by heads, gives them joined: one row a query.
    """
    scale = sizes.head**-0.5
    scores = writer.fused("FusedMatMul", query, key, transB=1, alpha=scale)
    shares = writer.op("Softmax", writer.op("Add", scores, bias), axis=-1)
    mixed = writer.op("Transpose", writer.op("MatMul", shares, value), perm=[0, 2, 1, 3])
    return rows_of(writer, mixed, sizes.hidden)
