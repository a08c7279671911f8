"""What dense layers are fed with: means and ranges over a few texts, taken on the float32 graph.

They tell the quantiser which inputs matter, how far they go, and what its rounding does on average.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np
from numpy.typing import NDArray

from m2m_desktop.services.conversion.graph import Graph

if TYPE_CHECKING:
    from onnx import NodeProto

Array = NDArray[np.float32]

_COLUMNS, _ROWS = "columns' axis", "rows' axis"
_FIGURES = 6  # of every value, in the order that `_of_one_run` takes them in

FLOOR = 1e-6  # an input that was always zero keeps a little weight


@dataclass(frozen=True, slots=True)
class InputStatistics:
    """Mean, mean square, lowest and highest value of each input of a dense layer: float32 (in).

    ``row_square`` is the mean square of the range of a row, which reaches to zero at least.
    """

    mean: Array
    square: Array
    low: Array
    high: Array
    row_square: float

    def times(self, factors: Array) -> "InputStatistics":
        """Give those of inputs multiplied by positive factors (in).

        ``row_square`` stays: an upper bound where no factor is above 1.
        """
        return InputStatistics(
            mean=self.mean * factors,
            square=self.square * np.square(factors),
            low=self.low * factors,
            high=self.high * factors,
            row_square=self.row_square,
        )


class Encoding(Protocol):
    """One tokenised text or pair, as the ``tokenizers`` package gives it."""

    @property
    def ids(self) -> list[int]:
        """The tokens."""

    @property
    def attention_mask(self) -> list[int]:
        """1 for each of them, 0 for padding."""

    @property
    def type_ids(self) -> list[int]:
        """Which text each is of."""


class Runs(Protocol):
    """The part of a session that is used here."""

    def run(self, outputs: None, inputs: Mapping[str, NDArray[Any]], /) -> Any:
        """Compute all outputs."""


def input_arrays(encoding: Encoding, names: Sequence[str]) -> dict[str, NDArray[np.int64]]:
    """Give one tokenised text as a graph asks for it: int64 (1, length) by these names."""
    known = {
        "input_ids": encoding.ids,
        "attention_mask": encoding.attention_mask,
        "token_type_ids": encoding.type_ids,
    }
    return {name: np.array([known[name]], dtype=np.int64) for name in names}


def observing(graph: Graph) -> Graph:
    """Give the graph with figures of every dense layer's input exposed, of columns and of rows.

    For texts of one length at a time: padding would count as input.
    """
    from onnx import helper

    nodes: list[NodeProto] = []
    names: list[str] = []
    for value in dict.fromkeys(graph.linear_inputs.values()):
        squared = f"{value} squared"
        nodes.append(helper.make_node("Mul", [value, value], [squared]))
        for kind, operator, source, axis in (
            ("mean", "ReduceMean", value, _COLUMNS),
            ("mean square", "ReduceMean", squared, _COLUMNS),
            ("low", "ReduceMin", value, _COLUMNS),
            ("high", "ReduceMax", value, _COLUMNS),
            ("row low", "ReduceMin", value, _ROWS),
            ("row high", "ReduceMax", value, _ROWS),
        ):
            figure = f"{value} {kind}"
            nodes.append(helper.make_node(operator, [source, axis], [figure], keepdims=0))
            names.append(figure)
    axes = (
        helper.make_node("Constant", [], [_COLUMNS], value_ints=[0]),
        helper.make_node("Constant", [], [_ROWS], value_ints=[1]),
    )
    observed = replace(graph, nodes=(*graph.nodes, *axes, *nodes))
    return observed.exposing(names)


def collect(
    graph: Graph, session: Runs, inputs: Iterable[Mapping[str, NDArray[np.int64]]]
) -> tuple[dict[str, InputStatistics], list[NDArray[np.float32]]]:
    """Run texts, one or several of one length at a time, through a session on an `observing` graph.

    Gives the statistics by the name of the layer's weight, every run counting alike, and the
    answers of the graph itself.
    """
    runs: list[list[InputStatistics]] = []
    answers: list[NDArray[np.float32]] = []
    for one in inputs:
        answer, *figures = session.run(None, one)
        answers.append(answer)
        starts = range(0, len(figures), _FIGURES)
        runs.append([_of_one_run(*figures[start : start + _FIGURES]) for start in starts])
    if not answers:
        raise ValueError("no text to take statistics from")
    values = dict.fromkeys(graph.linear_inputs.values())
    by_value = {
        value: _together(single)
        for value, single in zip(values, zip(*runs, strict=True), strict=True)
    }
    return {weight: by_value[value] for weight, value in graph.linear_inputs.items()}, answers


def _of_one_run(
    mean: Array, square: Array, low: Array, high: Array, row_low: Array, row_high: Array
) -> InputStatistics:
    ranges = np.maximum(row_high, 0).astype(np.float64) - np.minimum(row_low, 0)
    return InputStatistics(mean, square, low, high, float(np.square(ranges).mean()))


def _together(runs: Sequence[InputStatistics]) -> InputStatistics:
    """Average the runs; the lowest and the highest are those of all."""
    mean = np.stack([one.mean for one in runs]).mean(axis=0, dtype=np.float64)
    square = np.stack([one.square for one in runs]).mean(axis=0, dtype=np.float64)
    floor = FLOOR * max(float(square.max()), FLOOR)
    return InputStatistics(
        mean=mean.astype(np.float32),
        square=np.maximum(square, floor).astype(np.float32),
        low=np.min([one.low for one in runs], axis=0),
        high=np.max([one.high for one in runs], axis=0),
        row_square=float(np.mean([one.row_square for one in runs])),
    )
