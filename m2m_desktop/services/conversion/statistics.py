"""What dense layers are fed with: means over a few texts, taken on the float32 graph.

They tell the quantiser which inputs matter and what its rounding does on average.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np
from numpy.typing import NDArray

from m2m_desktop.services.conversion.graph import Graph

if TYPE_CHECKING:
    from onnx import NodeProto

FLOOR = 1e-6  # an input that was always zero keeps a little weight


@dataclass(frozen=True, slots=True)
class InputStatistics:
    """Mean and mean square of each input of a dense layer: float32 (in)."""

    mean: NDArray[np.float32]
    square: NDArray[np.float32]


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
    """Give the graph with the column means and mean squares of every dense layer's input exposed.

    For one text at a time: padding would count as input.
    """
    from onnx import helper

    nodes: list[NodeProto] = []
    names: list[str] = []
    for value in dict.fromkeys(graph.linear_inputs.values()):
        squared, mean, square = (f"{value} {kind}" for kind in ("squared", "mean", "mean square"))
        nodes.append(helper.make_node("Mul", [value, value], [squared]))
        nodes.append(helper.make_node("ReduceMean", [value, "rows axis"], [mean], keepdims=0))
        nodes.append(helper.make_node("ReduceMean", [squared, "rows axis"], [square], keepdims=0))
        names += [mean, square]
    axis = helper.make_node("Constant", [], ["rows axis"], value_ints=[0])
    observed = replace(graph, nodes=(*graph.nodes, axis, *nodes))
    return observed.exposing(names)


def collect(
    graph: Graph, session: Runs, inputs: Iterable[Mapping[str, NDArray[np.int64]]]
) -> tuple[dict[str, InputStatistics], list[NDArray[np.float32]]]:
    """Run texts one by one through a session on an `observing` graph.

    Gives the statistics by the name of the layer's weight, every text counting alike, and the
    answers of the graph itself.
    """
    sums: list[NDArray[np.float64]] = []
    answers: list[NDArray[np.float32]] = []
    for one in inputs:
        answer, *figures = session.run(None, one)
        answers.append(answer)
        wide = [np.asarray(figure, dtype=np.float64) for figure in figures]
        sums = [total + more for total, more in zip(sums, wide, strict=True)] if sums else wide
    if not answers:
        raise ValueError("no text to take statistics from")
    means = [(total / len(answers)).astype(np.float32) for total in sums]
    values = dict.fromkeys(graph.linear_inputs.values())
    by_value = {
        value: InputStatistics(mean, np.maximum(square, FLOOR * max(float(square.max()), FLOOR)))
        for value, mean, square in zip(values, means[::2], means[1::2], strict=True)
    }
    return {weight: by_value[value] for weight, value in graph.linear_inputs.items()}, answers
