"""A finished graph and its weights: written as one ONNX file, or opened on weights already there.

A weight is made when it is needed and forgotten when it is written, so that a conversion never
holds a model twice. All sizes are known beforehand: the file is written in one go, front to back,
and is a plain ONNX model like any other.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from hashlib import sha256
from typing import TYPE_CHECKING, Any, BinaryIO

import numpy as np
from numpy.typing import NDArray

from m2m_desktop.core.progress import Progress, silent

if TYPE_CHECKING:
    from onnx import GraphProto, ModelProto, NodeProto, TensorProto

OPSET = 20
IR_VERSION = 9
FUSED = "com.microsoft"  # ONNX Runtime's own operators
MAX_BYTES = (2 << 30) - 1

# Smaller weights are part of the graph even where the others are fed to it: the runtime wants to see
# shapes and scalars while it plans.
SMALL_BYTES = 1024

# field numbers of onnx.proto
_MODEL_GRAPH, _GRAPH_INITIALIZER, _TENSOR_RAW_DATA = 7, 5, 9
_LENGTH_DELIMITED = 2


class GraphTooLarge(ValueError):
    """An ONNX file cannot hold this many bytes."""

    def __init__(self, size: int) -> None:
        super().__init__(f"the graph would have {size} bytes; a file holds {MAX_BYTES}")
        self.size = size


@dataclass(frozen=True, slots=True)
class Weight:
    """A constant of the graph. ``make`` gives its array, of this type and shape, when asked."""

    name: str
    dtype: np.dtype[Any]
    shape: tuple[int, ...]
    make: Callable[[], NDArray[Any]]

    @property
    def size(self) -> int:
        """Bytes of its data."""
        return int(np.prod(self.shape, dtype=np.int64)) * self.dtype.itemsize

    def array(self) -> NDArray[Any]:
        """Make it; ValueError where what is made is not what was announced."""
        value = np.asarray(self.make())
        if value.dtype != self.dtype or value.shape != self.shape:
            raise ValueError(f"{self.name}: {value.dtype}{value.shape}")
        little = self.dtype.newbyteorder("<")
        return np.ascontiguousarray(value, dtype=little).reshape(self.shape)


@dataclass(frozen=True, slots=True)
class Output:
    """What the graph gives: float32, its dimensions by name or number."""

    name: str
    dimensions: tuple[str | int, ...]


@dataclass(frozen=True, slots=True)
class Graph:
    """A graph in its order of computation, and what it needs.

    Inputs are int64 (batch, length). ``linear_inputs`` gives for each weight of a dense layer, by
    its name in the checkpoint, the value it is multiplied with: float32 (rows, columns).
    ``exposed`` are inner float32 values that come out after ``output``.
    """

    inputs: tuple[str, ...]
    output: Output
    nodes: tuple["NodeProto", ...]
    weights: tuple[Weight, ...]
    linear_inputs: Mapping[str, str] = field(default_factory=dict)
    exposed: tuple[str, ...] = ()

    def exposing(self, names: Iterable[str]) -> "Graph":
        """Give the same graph with inner values as further outputs, each once, in this order."""
        return replace(self, exposed=tuple(dict.fromkeys(names)))

    @property
    def outputs(self) -> tuple[str, ...]:
        """Names of all outputs in their order."""
        return (self.output.name, *self.exposed)

    def write(self, file: BinaryIO, progress: Progress = silent) -> str:
        """Write the model with all its weights; gives the SHA-256 of what was written.

        Progress is in bytes. GraphTooLarge before anything is written.
        """
        graph = self._proto().SerializeToString()
        heads = [_tensor_head(weight) for weight in self.weights]
        body = len(graph) + sum(
            len(head) + weight.size for head, weight in zip(heads, self.weights, strict=True)
        )
        start = b"".join((_model().SerializeToString(), _field(_MODEL_GRAPH, body), graph))
        total = len(start) - len(graph) + body
        if total > MAX_BYTES:
            raise GraphTooLarge(total)
        digest = sha256()

        def send(part: bytes | memoryview) -> None:
            digest.update(part)
            file.write(part)

        send(start)
        done = len(start)
        for head, weight in zip(heads, self.weights, strict=True):
            progress(done, total)
            send(head)
            send(weight.array().reshape(-1).view(np.uint8).data)
            done += len(head) + weight.size
        progress(total, total)
        return digest.hexdigest()

    def for_session(self) -> tuple[bytes, dict[str, NDArray[Any]]]:
        """Give a model that asks for its large weights as further inputs, and these by name.

        Fed with arrays as they lie, on a memory-mapped file if need be, the runtime copies
        nothing. (As initializers, external or not, it copies them: measured with 1.28.0.)
        """
        large = [weight for weight in self.weights if weight.size > SMALL_BYTES]
        small = [weight for weight in self.weights if weight.size <= SMALL_BYTES]
        model = _model()
        model.graph.CopyFrom(self._proto(large))
        model.graph.initializer.extend(_tensor(weight, weight.array()) for weight in small)
        return model.SerializeToString(), {weight.name: weight.array() for weight in large}

    def _proto(self, fed: Iterable[Weight] = ()) -> "GraphProto":
        """Give the graph without weights; those that are ``fed`` become inputs."""
        from onnx import TensorProto, helper

        inputs = [
            helper.make_tensor_value_info(name, TensorProto.INT64, ("batch", "length"))
            for name in self.inputs
        ]
        for weight in fed:
            kind = helper.np_dtype_to_tensor_dtype(weight.dtype)
            inputs.append(helper.make_tensor_value_info(weight.name, kind, weight.shape))
        outputs = [
            helper.make_tensor_value_info(
                self.output.name, TensorProto.FLOAT, self.output.dimensions
            )
        ]
        for name in self.exposed:
            outputs.append(helper.make_tensor_value_info(name, TensorProto.FLOAT, None))
        return helper.make_graph(self.nodes, "model", inputs, outputs)


def _model() -> "ModelProto":
    """Give a model without a graph."""
    from onnx import ModelProto, helper

    return ModelProto(
        ir_version=IR_VERSION,
        producer_name="m2m_desktop",
        opset_import=[helper.make_opsetid("", OPSET), helper.make_opsetid(FUSED, 1)],
    )


def _tensor(weight: Weight, value: NDArray[Any] | None = None) -> "TensorProto":
    """Declare a weight, with its data if they are given."""
    from onnx import TensorProto, helper

    kind = helper.np_dtype_to_tensor_dtype(weight.dtype)
    tensor = TensorProto(name=weight.name, data_type=kind, dims=weight.shape)
    if value is not None:
        tensor.raw_data = value.tobytes()
    return tensor


def _tensor_head(weight: Weight) -> bytes:
    """Give all that precedes the data of a weight in the file."""
    tensor: bytes = _tensor(weight).SerializeToString() + _field(_TENSOR_RAW_DATA, weight.size)
    return _field(_GRAPH_INITIALIZER, len(tensor) + weight.size) + tensor


def _field(number: int, length: int) -> bytes:
    """Begin a field of ``length`` bytes as protocol buffers do."""
    return _varint(number << 3 | _LENGTH_DELIMITED) + _varint(length)


def _varint(value: int) -> bytes:
    """Encode seven bits a byte, lowest first; the top bit says that more follow."""
    encoded = bytearray()
    while value > 0x7F:
        encoded.append(value & 0x7F | 0x80)
        value >>= 7
    encoded.append(value)
    return bytes(encoded)
