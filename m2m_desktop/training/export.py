"""From a trained network to what a bundle holds: float32 graph, int8 graph, parity figures."""

import io
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from itertools import groupby

import numpy as np
import torch
from numpy.typing import NDArray
from tokenizers import Tokenizer

from m2m_desktop.services.bundle_files import LABELS
from m2m_desktop.services.conversion.build import build_graph
from m2m_desktop.services.conversion.graph import Graph
from m2m_desktop.services.conversion.graph_session import open_graph
from m2m_desktop.services.conversion.graph_writer import Arithmetic, FloatArithmetic, Tensors
from m2m_desktop.services.conversion.int8 import Int8Arithmetic
from m2m_desktop.services.conversion.parity import compare_rerankers
from m2m_desktop.services.conversion.statistics import collect, input_arrays, observing
from m2m_desktop.training.batches import score_pairs
from m2m_desktop.training.bundle import Pair, onnx_logits, open_encoder
from m2m_desktop.training.network import CrossEncoder


def float32_model(model: CrossEncoder) -> bytes:
    """Write the float32 graph of a trained network."""
    return _written(_graph(model, FloatArithmetic()))


def int8_model(model: CrossEncoder, tokenizer: Tokenizer, calibration: Sequence[Pair]) -> bytes:
    """Write the int8 graph, quantised by what ``calibration`` pairs feed to its layers."""
    graph = _graph(model, FloatArithmetic())

    def inputs() -> Iterator[Mapping[str, NDArray[np.int64]]]:
        for pair in calibration:
            yield input_arrays(tokenizer.encode(*pair), graph.inputs)

    statistics, _ = collect(graph, open_graph(observing(graph)), inputs())
    with ThreadPoolExecutor(1) as executor:
        return _written(_graph(model, Int8Arithmetic(statistics, executor)))


def torch_logits(
    model: CrossEncoder, tokenizer: Tokenizer, pairs: Sequence[Pair]
) -> NDArray[np.float64]:
    """Score pairs with the trained model itself."""
    with torch.inference_mode():
        logits: NDArray[np.float64] = score_pairs(model.eval(), tokenizer, pairs).double().numpy()
    return logits


def parity(
    model: CrossEncoder, float32: bytes, int8: bytes, tokenizer: Tokenizer, pairs: Sequence[Pair]
) -> dict[str, float]:
    """Compare the three forms of one model over ``pairs``, those of a mention in a row.

    Gives ``float32_max_logit_difference``, the largest of the float32 graph to torch, and what
    `compare_rerankers` tells of int8 beside float32.
    """
    length = model.shape.max_position_embeddings
    exact, small = (
        onnx_logits(open_encoder(content, tokenizer, length), pairs) for content in (float32, int8)
    )
    difference = np.abs(torch_logits(model, tokenizer, pairs) - exact).max()
    sizes = [len(list(group)) for _, group in groupby(pairs, key=lambda pair: pair[0])]
    return {
        "float32_max_logit_difference": float(difference),
        **compare_rerankers(exact, small, match=LABELS.index("match"), group_sizes=sizes),
    }


def _graph(model: CrossEncoder, arithmetic: Arithmetic) -> Graph:
    config = model.shape.config()
    return build_graph(
        "bert", "sequence_classification", config, _tensors(model), arithmetic=arithmetic
    )


def _tensors(model: CrossEncoder) -> Tensors:
    """Give the weights by the names of a checkpoint, without the prefix of the base model."""
    return {
        name.removeprefix("bert."): value.detach().float().numpy()
        for name, value in model.state_dict().items()
    }


def _written(graph: Graph) -> bytes:
    file = io.BytesIO()
    graph.write(file)
    return file.getvalue()
