"""The ways of quantising that are compared: each writes one ONNX file of the same checkpoint."""

from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any
from unittest import mock

import numpy as np
from numpy.typing import NDArray

from m2m_desktop.services.conversion import int8, int8_weights
from m2m_desktop.services.conversion.build import build_graph
from m2m_desktop.services.conversion.checkpoint import Checkpoint
from m2m_desktop.services.conversion.graph import Graph
from m2m_desktop.services.conversion.graph_session import open_graph
from m2m_desktop.services.conversion.graph_writer import Arithmetic, FloatArithmetic
from m2m_desktop.services.conversion.int8_inputs import LEVELS, TINY, FixedRange, choose_range
from m2m_desktop.services.conversion.layers import FLOAT
from m2m_desktop.services.conversion.samples import Texts
from m2m_desktop.services.conversion.statistics import (
    InputStatistics,
    collect,
    input_arrays,
    observing,
)

EIGHT_BITS = 127
"""Largest weight in 8 bits; see `int8_weights.WEIGHT_LIMIT` for why the product takes 7."""

Statistics = Mapping[str, InputStatistics]
Array = NDArray[np.float32]
ChooseRange = Callable[[Sequence[Array], InputStatistics], FixedRange | None]


@dataclass(frozen=True)
class Material:
    """What models are made of: the checkpoint, its float32 graph as a file, and statistics."""

    checkpoint: Checkpoint
    original: Path
    statistics: Statistics


@dataclass(frozen=True)
class Scheme:
    """A way to quantise, by the name of its row; ``write`` makes the file."""

    name: str
    write: Callable[[Material, Path], None]


def prepare(
    checkpoint: Checkpoint, tokenizer: Any, calibration: tuple[Texts, ...], original: Path
) -> Material:
    """Write the float32 graph as ``original``, and calibrate on it as a conversion does."""
    graph = _graph(checkpoint, FloatArithmetic())
    with original.open("wb") as file:
        graph.write(file)
    inputs = (input_arrays(tokenizer.encode(*texts), graph.inputs) for texts in calibration)
    statistics, _ = collect(graph, open_graph(observing(graph)), inputs)
    return Material(checkpoint, original, statistics)


def _graph(checkpoint: Checkpoint, arithmetic: Arithmetic) -> Graph:
    return build_graph(
        checkpoint.architecture,
        checkpoint.head,
        checkpoint.config,
        checkpoint.tensors,
        arithmetic=arithmetic,
    )


def write_runtimes(material: Material, target: Path, **options: bool) -> None:
    """Quantise with ONNX Runtime's own tool.

    It turns the graph's Gemm into MatMul and Add by itself, and leaves products of two computed
    values in float32. Embeddings, too, become integers. Behind the runtime's own operators it does
    not know what type values have, and is told.
    """
    from onnxruntime.quantization import quantize_dynamic

    extra = {"DefaultTensorType": FLOAT}
    quantize_dynamic(material.original, target, extra_options=extra, **options)


def write_ours(
    material: Material,
    target: Path,
    *,
    corrects_bias: bool = True,
    noise_limit: float = int8_weights.NOISE_LIMIT,
    limit: int = int8_weights.WEIGHT_LIMIT,
    choose: ChooseRange = choose_range,
) -> None:
    """Quantise as the product does, but for what is switched off or set otherwise.

    What the product has instead is replaced while the file is written.
    """
    statistics = material.statistics if corrects_bias else _without_means(material.statistics)
    with (
        mock.patch.multiple(int8_weights, NOISE_LIMIT=noise_limit, WEIGHT_LIMIT=limit),
        mock.patch.object(int8, "choose_range", choose),
        ThreadPoolExecutor(1) as executor,
        target.open("wb") as file,
    ):
        _graph(material.checkpoint, int8.Int8Arithmetic(statistics, executor)).write(file)


def _without_means(statistics: Statistics) -> Statistics:
    """Give statistics that say inputs are 0 on average: then there is no bias to correct."""
    return {
        weight: replace(one, mean=np.zeros_like(one.mean)) for weight, one in statistics.items()
    }


def _per_channel(material: Material, target: Path) -> None:
    write_runtimes(material, target, per_channel=True, reduce_range=True)


def _no_range(_: Sequence[Array], statistics: InputStatistics) -> None:
    """Have every row quantised by its own range."""


def _one_range(_: Sequence[Array], statistics: InputStatistics) -> FixedRange:
    """Have every layer's input quantised by the range that was seen, whatever that loses."""
    low, high = min(0.0, float(statistics.low.min())), max(0.0, float(statistics.high.max()))
    step = max(high - low, TINY) / LEVELS
    return FixedRange(step, round(-low / step))


def _by_rows(material: Material, target: Path) -> None:
    write_ours(material, target, choose=_no_range)


def _by_ranges(material: Material, target: Path) -> None:
    write_ours(material, target, choose=_one_range)


def _plain(material: Material, target: Path) -> None:
    write_ours(material, target, corrects_bias=False, noise_limit=np.inf)


def _two_terms(material: Material, target: Path) -> None:
    write_ours(material, target, corrects_bias=False)


def _correcting(material: Material, target: Path) -> None:
    write_ours(material, target, noise_limit=np.inf)


def _wide(material: Material, target: Path) -> None:
    write_ours(material, target, noise_limit=np.inf, limit=EIGHT_BITS)


SCHEMES = (
    Scheme("ONNX Runtime, default: per tensor, 8 bits *", write_runtimes),
    Scheme("ONNX Runtime, per channel, reduce_range", _per_channel),
    Scheme("ours, one term, no bias correction", _plain),
    Scheme("ours, bias correction only", _correcting),
    Scheme("ours, two terms where needed, no bias correction", _two_terms),
    Scheme("ours, each row by its own range", _by_rows),
    Scheme("ours, one range for each input", _by_ranges),
    Scheme("**ours, as shipped**", write_ours),
    Scheme("ours, one term, weights in 8 bits *", _wide),
)
"""A star marks what gives other answers on processors without VNNI, where sums overflow."""
