"""int8 arithmetic: weights in 7 bits per output, inputs in 8 bits per row, sums in 32.

Weights stay within ±64. Processors without VNNI add products of two neighbours in 16 bits, and
255 · 64 · 2 just fits: so every processor gives the same sums (`test_int8.py`), and with them the
same answers.

Every row of an input is quantised by its own range at run time. A token that shoots far out, as
[CLS] and [SEP] do in trained encoders, then costs only its own row precision; nothing has to be
known of later inputs; and a text's answer does not depend on the texts beside it.
"""

from collections.abc import Mapping, Sequence
from concurrent.futures import Executor, Future
from dataclasses import dataclass
from functools import partial

import numpy as np
from numpy.typing import NDArray

from m2m_desktop.services.conversion.graph import Weight
from m2m_desktop.services.conversion.graph_writer import Dense, FloatArithmetic, GraphWriter
from m2m_desktop.services.conversion.layers import FLOAT
from m2m_desktop.services.conversion.statistics import InputStatistics

WEIGHT_LIMIT = 64
"""Largest weight: 7 bits and the sign."""

TABLE_LIMIT = 127

NOISE_LIMIT = 1e-3
"""Share of noise in a layer's output from which on its weights are written in two terms.

Weights without outliers stay at 2e-4 to 4e-4. Where single weights stand far above the rest, the
common step is too coarse for the rest: in attention layers that compare tokens, above all.
"""

ROWS_AT_ONCE = 64  # keeps the work within a processor's cache
TINY = 1e-6  # the smallest range of a row; also of one that is all zeros
UINT8 = 2  # element type of onnx.TensorProto

Array = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Term:
    """``values`` (in, out) times ``scales`` (out): weights, or a part of them."""

    values: NDArray[np.int8]
    scales: Array


@dataclass(frozen=True, slots=True)
class QuantisedDense:
    """A dense layer in integers: the sum of its terms.

    ``sums`` (out) are the sums of the weights over the inputs; ``shift`` (out) is what the mean
    input loses by the rounding, to be added to the bias.
    """

    terms: tuple[Term, ...]
    sums: Array
    shift: Array


@np.errstate(over="ignore", invalid="ignore")  # it shows in the answers, which are looked at
def noise_share(weight: Array, statistics: InputStatistics) -> float:
    """Tell how much of the output of a weight (out, in) is noise if it is one term.

    Per output the mean square of what the rounding loses against that of the output, inputs taken
    as independent; the mean over the outputs.
    """
    shares = []
    for start in range(0, len(weight), ROWS_AT_ONCE):
        part = np.array(weight[start : start + ROWS_AT_ONCE], dtype=np.float32)
        signal = np.square(part) @ statistics.square
        step = _first_step(part)[:, None]
        part -= np.rint(part / step) * step
        noise = np.square(part, out=part) @ statistics.square
        shares.append(noise / np.maximum(signal, np.finfo(np.float32).tiny))
    return float(np.concatenate(shares).mean())


@np.errstate(over="ignore", invalid="ignore")
def quantise_dense(weight: Array, statistics: InputStatistics, terms: int = 1) -> QuantisedDense:
    """Quantise a weight (out, in), each output by its own largest weight.

    A further term takes up what the one before has lost, in steps 128 times as fine. What the
    rounding does to the mean input is known and so given back (bias correction: Nagel et al.,
    "Data-Free Quantization Through Weight Equalization and Bias Correction", 2019).
    """
    outputs, inputs = weight.shape
    tiny = np.finfo(np.float32).tiny
    values = np.empty((terms, inputs, outputs), dtype=np.int8)
    scales = np.empty((terms, outputs), dtype=np.float32)
    sums, shift = np.zeros(outputs, np.float32), np.empty(outputs, np.float32)
    for start in range(0, outputs, ROWS_AT_ONCE):
        rows = slice(start, start + ROWS_AT_ONCE)
        left = np.array(weight[rows], dtype=np.float32)
        step = _first_step(left)
        for term in range(terms):
            rounded = np.clip(np.rint(left / step[:, None]), -WEIGHT_LIMIT, WEIGHT_LIMIT)
            left -= rounded * step[:, None]
            values[term, :, rows], scales[term, rows] = rounded.T, step
            sums[rows] += rounded.sum(axis=1) * step
            step = np.maximum(step / np.float32(2 * WEIGHT_LIMIT), tiny)
        shift[rows] = left @ statistics.mean
    pairs = zip(values, scales, strict=True)
    return QuantisedDense(tuple(Term(*pair) for pair in pairs), sums, shift)


def _first_step(weight: Array) -> Array:
    """Give the step of each row by its largest weight."""
    largest = np.maximum(np.abs(weight).max(axis=1), np.finfo(np.float32).tiny)
    step: Array = (largest / WEIGHT_LIMIT).astype(np.float32)
    return step


def quantise_table(table: Array) -> tuple[NDArray[np.int8], Array]:
    """Quantise a table of embeddings, each row by its own range: values, scales (rows, 1)."""
    largest = np.maximum(np.abs(table).max(axis=1, keepdims=True), np.finfo(np.float32).tiny)
    scales = (largest / TABLE_LIMIT).astype(np.float32)
    values = np.empty(table.shape, dtype=np.int8)
    for start in range(0, len(table), ROWS_AT_ONCE):
        rows = slice(start, start + ROWS_AT_ONCE)
        np.rint(table[rows] / scales[rows], out=values[rows], casting="unsafe")
    return values, scales


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
        """Quantise the rows of the input once, multiply in integers, scale back.

        With x ≈ low + step · q in each row, x W = step · (q W) + low · (column sums of W).
        """
        if sensitive:
            return self._float.linear(writer, hidden, layers, sensitive=sensitive)
        values, step, low = _quantised_rows(writer, hidden)
        return [self._dense(writer, values, step, low, layer) for layer in layers]

    def _dense(self, writer: GraphWriter, values: str, step: str, low: str, layer: Dense) -> str:
        outputs, _ = writer.shape(layer.weight)
        tensor, statistics = writer.tensor(layer.weight), self._statistics[layer.weight]
        terms = 2 if noise_share(tensor, statistics) > NOISE_LIMIT else 1
        work = self._executor.submit(quantise_dense, tensor, statistics, terms)
        product = self._product(writer, values, layer.weight, work, 0)
        for term in range(1, terms):
            product = writer.op(
                "Add", product, self._product(writer, values, layer.weight, work, term)
            )
        bias = writer.tensor(layer.bias) if layer.bias else np.zeros(outputs, dtype=np.float32)
        name, rest = f"{layer.weight} rest", partial(_rest, work, bias)
        added = writer.add_weight(Weight(name, np.dtype(np.float32), (2, outputs), rest))
        # low · sums + 1 · bias, added on: one product with two columns instead of three passes
        return writer.op("Gemm", low, added, writer.op("Mul", product, step))

    @staticmethod
    def _product(
        writer: GraphWriter, values: str, name: str, work: "Future[QuantisedDense]", term: int
    ) -> str:
        outputs, inputs = writer.shape(name)
        numbered = f"{name} {term + 1}"
        weights = writer.add_weight(
            Weight(
                f"{numbered} int8",
                np.dtype(np.int8),
                (inputs, outputs),
                lambda: work.result().terms[term].values,
            )
        )
        scales = writer.add_weight(
            Weight(
                f"{numbered} scale",
                np.dtype(np.float32),
                (outputs,),
                lambda: work.result().terms[term].scales,
            )
        )
        one, zero = writer.scalar(1), writer.constant("zero uint8", np.array(0, dtype=np.uint8))
        return writer.fused("MatMulIntegerToFloat", values, weights, one, scales, zero)

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


def _rest(work: "Future[QuantisedDense]", bias: Array) -> Array:
    """What is not in the integer product: the columns' sums, and the corrected bias."""
    done = work.result()
    return np.stack([done.sums, bias + done.shift]).astype(np.float32)


def _quantised_rows(writer: GraphWriter, hidden: str) -> tuple[str, str, str]:
    """Quantise each row of (rows, columns) to 0..255.

    Gives the values, the steps (rows, 1), and (rows, 2): what value 0 stands for, and a 1. Zero is
    always within a row's range and has a value of its own.
    """
    axis = writer.ints(1)
    high = writer.op("Max", writer.op("ReduceMax", hidden, axis, keepdims=0), writer.scalar(TINY))
    low = writer.op("Min", writer.op("ReduceMin", hidden, axis, keepdims=0), writer.scalar(0))
    span = writer.op("Sub", high, low)
    step = writer.op("Mul", span, writer.scalar(1 / 255))
    down = writer.op("Mul", span, writer.scalar(-1 / 255))
    zero = writer.op("Round", writer.op("Div", low, down))
    values = writer.op("QuantizeLinear", hidden, step, writer.op("Cast", zero, to=UINT8), axis=0)
    lowest = writer.op("Unsqueeze", writer.op("Mul", zero, down), axis)
    pads = writer.ints(0, 0, 0, 1)
    with_one = writer.op("Pad", lowest, pads, writer.scalar(1))
    return values, writer.op("Unsqueeze", step, axis), with_one
