"""Write a BERT cross-encoder as a lean ONNX graph, node by node, from its tensors.

No tracing: the graph holds only what inference needs, the last block is computed for [CLS] alone
(1/24 of the work of that block's queries), and every matrix product is a plain ``MatMul`` that
dynamic quantisation turns into an integer one.
"""

import math
from collections.abc import Mapping
from typing import Any

import numpy as np
import onnx
from numpy.typing import NDArray
from onnx import TensorProto, helper, numpy_helper

OPSET = 17
IR_VERSION = 8

Tensors = Mapping[str, NDArray[np.float32]]


class GraphWriter:
    """Collects nodes and weights; every method gives the name of its output."""

    def __init__(self, tensors: Tensors) -> None:
        self._tensors = tensors
        self._nodes: list[Any] = []
        self._weights: dict[str, Any] = {}

    def op(self, kind: str, *inputs: str, **attributes: Any) -> str:
        """Add one node with one output."""
        output = f"{kind.lower()}_{len(self._nodes)}"
        self._nodes.append(helper.make_node(kind, list(inputs), [output], **attributes))
        return output

    def constant(self, name: str, value: NDArray[Any]) -> str:
        """Add a constant once."""
        self._weights.setdefault(name, numpy_helper.from_array(value, name))
        return name

    def ints(self, *values: int) -> str:
        """Add an int64 vector constant."""
        name = "ints_" + "_".join(map(str, values)).replace("-", "m")
        return self.constant(name, np.array(values, dtype=np.int64))

    def weight(self, name: str, *, transposed: bool = False) -> str:
        """Add a checkpoint tensor under its own name."""
        value = self._tensors[name]
        if transposed:
            return self.constant(f"{name}.t", np.ascontiguousarray(value.T))
        return self.constant(name, value)

    def linear(self, hidden: str, prefix: str) -> str:
        """Apply a dense layer of the checkpoint."""
        product = self.op("MatMul", hidden, self.weight(f"{prefix}.weight", transposed=True))
        return self.op("Add", product, self.weight(f"{prefix}.bias"))

    def layer_norm(self, hidden: str, prefix: str, epsilon: float) -> str:
        """Normalise over the last axis."""
        return self.op(
            "LayerNormalization",
            hidden,
            self.weight(f"{prefix}.weight"),
            self.weight(f"{prefix}.bias"),
            axis=-1,
            epsilon=epsilon,
        )

    def gelu(self, hidden: str) -> str:
        """The exact (erf) GELU."""
        inner = self.op(
            "Div", hidden, self.constant("sqrt2", np.array(math.sqrt(2), dtype=np.float32))
        )
        one = self.constant("one", np.array(1, dtype=np.float32))
        grown = self.op("Add", self.op("Erf", inner), one)
        half = self.op("Mul", hidden, self.constant("half", np.array(0.5, dtype=np.float32)))
        return self.op("Mul", half, grown)

    def model(self, output: str) -> onnx.ModelProto:
        """Finish: declare inputs and the output ``logits``, check, return."""
        self._nodes.append(helper.make_node("Identity", [output], ["logits"]))
        inputs = [
            helper.make_tensor_value_info(name, TensorProto.INT64, ["batch", "length"])
            for name in ("input_ids", "token_type_ids", "attention_mask")
        ]
        logits = helper.make_tensor_value_info("logits", TensorProto.FLOAT, ["batch", "labels"])
        graph = helper.make_graph(
            self._nodes, "cross_encoder", inputs, [logits], list(self._weights.values())
        )
        model = helper.make_model(
            graph, opset_imports=[helper.make_opsetid("", OPSET)], producer_name="m2m_desktop"
        )
        model.ir_version = IR_VERSION
        onnx.checker.check_model(model)
        return model


def build_cross_encoder(tensors: Tensors, config: Mapping[str, Any]) -> onnx.ModelProto:
    """Build the float32 graph of a ``BertForSequenceClassification`` checkpoint.

    ``config`` is the content of its ``config.json``. Inputs are int64 (batch, length); the output
    ``logits`` is float32 (batch, labels).
    """
    graph = GraphWriter(tensors)
    epsilon = float(config["layer_norm_eps"])
    words = graph.op("Gather", graph.weight("bert.embeddings.word_embeddings.weight"), "input_ids")
    types = graph.op(
        "Gather", graph.weight("bert.embeddings.token_type_embeddings.weight"), "token_type_ids"
    )
    length = graph.op("Gather", graph.op("Shape", "input_ids"), graph.ints(1), axis=0)
    positions = graph.op(
        "Slice",
        graph.weight("bert.embeddings.position_embeddings.weight"),
        graph.ints(0),
        length,
        graph.ints(0),
    )
    hidden = graph.op("Add", graph.op("Add", words, types), positions)
    hidden = graph.layer_norm(hidden, "bert.embeddings.LayerNorm", epsilon)

    seen = graph.op("Unsqueeze", "attention_mask", graph.ints(1, 2))
    absent = graph.op(
        "Sub",
        graph.constant("one", np.array(1, dtype=np.float32)),
        graph.op("Cast", seen, to=TensorProto.FLOAT),
    )
    bias = graph.op("Mul", absent, graph.constant("low", np.array(-1e4, dtype=np.float32)))

    layers = int(config["num_hidden_layers"])
    for number in range(layers):
        prefix = f"bert.encoder.layer.{number}"
        hidden = _block(graph, hidden, bias, prefix, config, cls_only=number == layers - 1)
    first = graph.op("Squeeze", hidden, graph.ints(1))
    pooled = graph.op("Tanh", graph.linear(first, "bert.pooler.dense"))
    return graph.model(graph.linear(pooled, "classifier"))


def _block(
    graph: GraphWriter,
    hidden: str,
    bias: str,
    prefix: str,
    config: Mapping[str, Any],
    *,
    cls_only: bool,
) -> str:
    heads = int(config["num_attention_heads"])
    size = int(config["hidden_size"]) // heads
    epsilon = float(config["layer_norm_eps"])

    def heads_of(value: str, axes: list[int]) -> str:
        split = graph.op("Reshape", value, graph.ints(0, 0, heads, size))
        return graph.op("Transpose", split, perm=axes)

    asking = hidden
    if cls_only:
        asking = graph.op("Slice", hidden, graph.ints(0), graph.ints(1), graph.ints(1))
    attention = f"{prefix}.attention"
    query = heads_of(graph.linear(asking, f"{attention}.self.query"), [0, 2, 1, 3])
    key = heads_of(graph.linear(hidden, f"{attention}.self.key"), [0, 2, 3, 1])
    value = heads_of(graph.linear(hidden, f"{attention}.self.value"), [0, 2, 1, 3])
    scale = graph.constant("scale", np.array(1 / math.sqrt(size), dtype=np.float32))
    scores = graph.op("Add", graph.op("MatMul", graph.op("Mul", query, scale), key), bias)
    mixed = graph.op("MatMul", graph.op("Softmax", scores, axis=-1), value)
    merged = graph.op(
        "Reshape", graph.op("Transpose", mixed, perm=[0, 2, 1, 3]), graph.ints(0, 0, heads * size)
    )
    attended = graph.op("Add", graph.linear(merged, f"{attention}.output.dense"), asking)
    attended = graph.layer_norm(attended, f"{attention}.output.LayerNorm", epsilon)
    inner = graph.gelu(graph.linear(attended, f"{prefix}.intermediate.dense"))
    result = graph.op("Add", graph.linear(inner, f"{prefix}.output.dense"), attended)
    return graph.layer_norm(result, f"{prefix}.output.LayerNorm", epsilon)
