"""The pen for the graph writers: nodes, constants, and the seam where arithmetic is chosen.

A graph is written node by node from a checkpoint's tensors. Hidden states are two-dimensional,
(batch * length, columns), everywhere but inside attention. What computes a dense layer or looks up
an embedding is left to an `Arithmetic`: float32 here, integers elsewhere.
"""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol

import numpy as np
from numpy.typing import NDArray

from m2m_desktop.services.conversion.graph import FUSED, Graph, Output, Weight

if TYPE_CHECKING:
    from onnx import NodeProto

Tensors = Mapping[str, NDArray[np.float32]]

INPUTS = ("input_ids", "attention_mask", "token_type_ids")


class TensorMissing(KeyError):
    """The checkpoint lacks a tensor that its architecture needs."""


class TensorMisshapen(ValueError):
    """A tensor of the checkpoint has not the shape that its config asks for."""


class Dense(NamedTuple):
    """A dense layer by the names of its tensors: weight (out, in), bias (out,) if it has one."""

    weight: str
    bias: str | None


class Arithmetic(Protocol):
    """How dense layers and embeddings are computed."""

    def linear(
        self, writer: "GraphWriter", hidden: str, layers: Sequence[Dense], *, sensitive: bool
    ) -> list[str]:
        """Apply dense layers to one float32 input (rows, in); one output (rows, out) for each.

        Layers over the same input come together, so that it is prepared once. ``sensitive`` marks
        the layers of a head: near the answer, and but a small part of the work.
        """

    def embedding(self, writer: "GraphWriter", weight: str, ids: str) -> str:
        """Look up rows of a table (entries, columns): float32 (*shape of ids, columns)."""


class FloatArithmetic:
    """float32 throughout: weights are used as they lie in the checkpoint, without a copy."""

    def linear(
        self,
        writer: "GraphWriter",
        hidden: str,
        layers: Sequence[Dense],
        *,
        sensitive: bool,  # noqa: ARG002 (all are float32 here)
    ) -> list[str]:
        """Apply each layer by one general matrix product."""
        products = []
        for layer in layers:
            bias = [] if layer.bias is None else [writer.weight(layer.bias)]
            products.append(writer.op("Gemm", hidden, writer.weight(layer.weight), *bias, transB=1))
        return products

    def embedding(self, writer: "GraphWriter", weight: str, ids: str) -> str:
        """Gather rows."""
        return writer.op("Gather", writer.weight(weight), ids)


class GraphWriter:
    """Collects nodes and weights; every method gives the name of its output.

    A node that is already there, the same operator on the same inputs, is not written twice.
    """

    def __init__(self, tensors: Tensors, arithmetic: Arithmetic) -> None:
        self._tensors = tensors
        self._arithmetic = arithmetic
        self._nodes: list[NodeProto] = []
        self._outputs: dict[Any, tuple[str, ...]] = {}
        self._weights: dict[str, Weight] = {}
        self._parts: dict[str, tuple[str, slice]] = {}
        self._shapes: dict[str, tuple[int, ...]] = {}
        self._linear_inputs: dict[str, str] = {}

    # -- nodes ---------------------------------------------------------------------------------

    def op(self, kind: str, *inputs: str, domain: str = "", **attributes: Any) -> str:
        """Add a node with one output. An empty name among the inputs leaves that one out."""
        return self.ops(kind, *inputs, outputs=1, domain=domain, **attributes)[0]

    def fused(self, kind: str, *inputs: str, **attributes: Any) -> str:
        """Add a node of ONNX Runtime's own operators."""
        return self.op(kind, *inputs, domain=FUSED, **attributes)

    def ops(
        self, kind: str, *inputs: str, outputs: int, domain: str = "", **attributes: Any
    ) -> tuple[str, ...]:
        """Add a node with several outputs; those that nobody reads are left out in the end."""
        from onnx import helper

        key = (domain, kind, inputs, outputs, repr(sorted(attributes.items())))
        if key not in self._outputs:
            name = f"{kind}_{len(self._nodes)}"
            names = (name, *(f"{name}.{number}" for number in range(1, outputs)))
            node = helper.make_node(kind, inputs, names, name=name, domain=domain, **attributes)
            self._nodes.append(node)
            self._outputs[key] = names
        return self._outputs[key]

    # -- constants -----------------------------------------------------------------------------

    def add_weight(self, weight: Weight) -> str:
        """Add a weight, once by its name."""
        return self._weights.setdefault(weight.name, weight).name

    def constant(self, name: str, value: NDArray[Any]) -> str:
        """Add an array under a name."""
        return self.add_weight(Weight(name, value.dtype, value.shape, lambda: value))

    def ints(self, *values: int) -> str:
        """Add an int64 vector."""
        return self.constant(f"ints {values}", np.array(values, dtype=np.int64))

    def integer(self, value: int) -> str:
        """Add an int64 scalar."""
        return self.constant(f"int {value}", np.array(value, dtype=np.int64))

    def scalar(self, value: float) -> str:
        """Add a float32 scalar."""
        return self.constant(f"float {value!r}", np.array(value, dtype=np.float32))

    # -- the checkpoint ------------------------------------------------------------------------

    def tensor(self, name: str) -> NDArray[np.float32]:
        """Read a tensor of the checkpoint; TensorMissing."""
        source, rows = self._parts.get(name, (name, slice(None)))
        try:
            return self._tensors[source][rows]
        except KeyError as error:
            raise TensorMissing(source) from error

    def part(self, name: str, start: int, stop: int) -> str:
        """Give some rows of a tensor a name of their own, to be used like any other tensor."""
        part = f"{name}[{start}:{stop}]"
        self._parts[part] = (name, slice(start, stop))
        return part

    def shape(self, name: str) -> tuple[int, ...]:
        """Give the shape of a tensor of the checkpoint; TensorMissing."""
        if name not in self._shapes:
            self._shapes[name] = self.tensor(name).shape
        return self._shapes[name]

    def check(self, name: str, *shape: int) -> str:
        """Make sure of a tensor's shape; TensorMissing, TensorMisshapen."""
        if self.shape(name) != shape:
            raise TensorMisshapen(f"{name}: {self.shape(name)} is not {shape}")
        return name

    def weight(self, name: str) -> str:
        """Add a tensor of the checkpoint under its own name, as it lies."""
        shape = self.shape(name)
        return self.add_weight(Weight(name, np.dtype(np.float32), shape, lambda: self.tensor(name)))

    # -- layers --------------------------------------------------------------------------------

    def linear(self, hidden: str, *layers: Dense, sensitive: bool = False) -> list[str]:
        """Apply dense layers of the checkpoint to one input; see `Arithmetic.linear`."""
        self._linear_inputs.update((layer.weight, hidden) for layer in layers)
        return self._arithmetic.linear(self, hidden, layers, sensitive=sensitive)

    def embedding(self, weight: str, ids: str) -> str:
        """Look up rows of a table of the checkpoint; see `Arithmetic.embedding`."""
        return self._arithmetic.embedding(self, weight, ids)

    def finish(self, value: str, output: Output) -> Graph:
        """Give the graph whose answer is ``value``, under the name of ``output``."""
        from onnx import helper

        last = helper.make_node("Identity", [value], [output.name], name=output.name)
        nodes = (*self._nodes, last)
        read = {name for node in nodes for name in node.input}
        for node in self._nodes:
            outputs = [name if name in read else "" for name in node.output]
            while len(outputs) > 1 and not outputs[-1]:
                outputs.pop()
            node.output[:] = outputs
        return Graph(
            inputs=tuple(name for name in INPUTS if name in read),
            output=output,
            nodes=nodes,
            weights=tuple(self._weights.values()),
            linear_inputs=self._linear_inputs,
        )
