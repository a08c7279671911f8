"""int8 arithmetic in the graph: inputs in 8 bits, weights in 7, sums in 32.

Inputs have a range fixed beforehand or one for each row (`int8_inputs`), never one for a batch: a
text's answer does not depend on the texts beside it.
"""

from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Executor, Future
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from m2m_desktop.services.conversion.graph import Weight
from m2m_desktop.services.conversion.graph_writer import Dense, FloatArithmetic, GraphWriter
from m2m_desktop.services.conversion.int8_inputs import LEVELS, TINY, FixedRange, choose_range
from m2m_desktop.services.conversion.int8_weights import (
    QuantisedDense,
    quantise_dense,
    quantise_table,
    terms_needed,
)
from m2m_desktop.services.conversion.layers import FLOAT
from m2m_desktop.services.conversion.statistics import InputStatistics

UINT8 = 2  # element type of onnx.TensorProto

Array = NDArray[np.float32]


class Int8Arithmetic:
    """Dense layers and embeddings in int8; those marked sensitive in float32.

    ``statistics`` describe the input of each dense layer by the name of its weight
    (`statistics.collect`). Weights are quantised by ``executor`` while the graph is written down;
    an error there is raised when the graph asks for the weight.
    """

    def __init__(self, statistics: Mapping[str, InputStatistics], executor: Executor) -> None:
        self._statistics = statistics
        self._executor = executor
        self._float = FloatArithmetic()

    def linear(
        self, writer: GraphWriter, hidden: str, layers: Sequence[Dense], *, sensitive: bool
    ) -> list[str]:
        """Quantise the input once, multiply in integers, scale back."""
        if sensitive:
            return self._float.linear(writer, hidden, layers, sensitive=sensitive)
        weights = [writer.tensor(layer.weight) for layer in layers]
        fixed = choose_range(weights, self._statistics[layers[0].weight])
        if fixed is not None:
            return self._by_fixed_range(writer, hidden, layers, fixed)
        values, step, low = _quantised_rows(writer, hidden)
        return [self._by_row(writer, values, step, low, layer) for layer in layers]

    def _by_fixed_range(
        self, writer: GraphWriter, hidden: str, layers: Sequence[Dense], fixed: FixedRange
    ) -> list[str]:
        """With x ≈ step · (q - zero): x W = step · ((q - zero) W), all in one operator."""
        if fixed.factors is not None:
            name = f"{layers[0].weight} factors"
            hidden = writer.op("Mul", hidden, writer.constant(name, fixed.factors))
        step, zero = writer.scalar(fixed.step), _uint8(writer, fixed.zero)
        values = writer.op("QuantizeLinear", hidden, step, zero)
        found = []
        for layer in layers:
            work = self._quantise(writer, layer, fixed.factors)
            bias = work.rest(writer, (work.outputs,), work.corrected_bias)
            product = work.product(writer, 0, values, step, zero, bias)
            for term in range(1, work.terms):
                product = writer.op("Add", product, work.product(writer, term, values, step, zero))
            found.append(product)
        return found

    def _by_row(self, writer: GraphWriter, values: str, step: str, low: str, layer: Dense) -> str:
        """With x ≈ low + step · q in each row: x W = step · (q W) + low · (column sums of W)."""
        work = self._quantise(writer, layer)
        one, zero = writer.scalar(1), _uint8(writer, 0)
        product = work.product(writer, 0, values, one, zero)
        for term in range(1, work.terms):
            product = writer.op("Add", product, work.product(writer, term, values, one, zero))
        added = work.rest(writer, (2, work.outputs), work.sums_and_bias)
        # low · sums + 1 · bias, added on: one product with two columns instead of three passes
        return writer.op("Gemm", low, added, writer.op("Mul", product, step))

    def _quantise(self, writer: GraphWriter, layer: Dense, factors: Array | None = None) -> "_Work":
        tensor, statistics = writer.tensor(layer.weight), self._statistics[layer.weight]
        terms = terms_needed(tensor, statistics, factors)
        done = self._executor.submit(quantise_dense, tensor, statistics, terms, factors)
        bias = writer.tensor(layer.bias) if layer.bias else np.zeros(len(tensor), np.float32)
        return _Work(layer.weight, tensor.shape, terms, bias, done)

    def embedding(self, writer: GraphWriter, weight: str, ids: str) -> str:
        """Gather int8 rows and scale them."""
        shape = writer.shape(weight)
        work = self._executor.submit(quantise_table, writer.tensor(weight))
        table = writer.add_weight(
            Weight(f"{weight} int8", np.dtype(np.int8), shape, lambda: work.result()[0])
        )
        scales = writer.add_weight(
            Weight(f"{weight} scale", np.dtype(np.float32), (shape[0], 1), lambda: work.result()[1])
        )
        rows = writer.op("Cast", writer.op("Gather", table, ids), to=FLOAT)
        return writer.op("Mul", rows, writer.op("Gather", scales, ids))


@dataclass(frozen=True, slots=True)
class _Work:
    """A dense layer that is being quantised: its name, shape (out, in), and what will come."""

    name: str
    shape: tuple[int, ...]
    terms: int
    bias: Array
    done: "Future[QuantisedDense]"

    @property
    def outputs(self) -> int:
        return self.shape[0]

    def product(
        self, writer: GraphWriter, term: int, values: str, step: str, zero: str, bias: str = ""
    ) -> str:
        """Multiply with one term: step · ((values - zero) · weights) · scales + bias."""
        outputs, inputs = self.shape
        numbered = f"{self.name} {term + 1}"
        weights = writer.add_weight(
            Weight(
                f"{numbered} int8",
                np.dtype(np.int8),
                (inputs, outputs),
                lambda: self.done.result().terms[term].values,
            )
        )
        scales = writer.add_weight(
            Weight(
                f"{numbered} scale",
                np.dtype(np.float32),
                (outputs,),
                lambda: self.done.result().terms[term].scales,
            )
        )
        rest = ("", bias) if bias else ()
        return writer.fused("MatMulIntegerToFloat", values, weights, step, scales, zero, *rest)

    def rest(self, writer: GraphWriter, shape: tuple[int, ...], make: Callable[[], Array]) -> str:
        """Name what is not in the integer products."""
        return writer.add_weight(Weight(f"{self.name} rest", np.dtype(np.float32), shape, make))

    def corrected_bias(self) -> Array:
        """Give the bias (out) with what the rounding of the weights takes away on average."""
        return (self.bias + self.done.result().shift).astype(np.float32, copy=False)

    def sums_and_bias(self) -> Array:
        """Give the sums of the weights over the inputs, and the corrected bias: (2, out)."""
        return np.stack([self.done.result().sums, self.corrected_bias()])


def _uint8(writer: GraphWriter, value: int) -> str:
    return writer.constant(f"uint8 {value}", np.array(value, dtype=np.uint8))


def _quantised_rows(writer: GraphWriter, hidden: str) -> tuple[str, str, str]:
    """Quantise each row of (rows, columns) to 0..255.

    Gives the values, the steps (rows, 1), and (rows, 2): what value 0 stands for, and a 1. Zero is
    always within a row's range and has a value of its own.
    """
    axis = writer.ints(1)
    high = writer.op("Max", writer.op("ReduceMax", hidden, axis, keepdims=0), writer.scalar(TINY))
    low = writer.op("Min", writer.op("ReduceMin", hidden, axis, keepdims=0), writer.scalar(0))
    span = writer.op("Sub", high, low)
    step = writer.op("Mul", span, writer.scalar(1 / LEVELS))
    down = writer.op("Mul", span, writer.scalar(-1 / LEVELS))
    zero = writer.op("Round", writer.op("Div", low, down))
    values = writer.op("QuantizeLinear", hidden, step, writer.op("Cast", zero, to=UINT8), axis=0)
    lowest = writer.op("Unsqueeze", writer.op("Mul", zero, down), axis)
    pads = writer.ints(0, 0, 0, 1)
    with_one = writer.op("Pad", lowest, pads, writer.scalar(1))
    return values, writer.op("Unsqueeze", step, axis), with_one
