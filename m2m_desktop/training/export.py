"""From a trained checkpoint to what a bundle holds: graph, int8, parity figures."""

import tempfile
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import onnx
import torch
from numpy.typing import NDArray
from onnxruntime.quantization import QuantType, quantize_dynamic
from tokenizers import Tokenizer

from m2m_desktop.core.reranking import softmax_probability
from m2m_desktop.training.batches import score_pairs
from m2m_desktop.training.bundle import Pair, onnx_logits
from m2m_desktop.training.network import CrossEncoder
from m2m_desktop.training.onnx_graph import build_cross_encoder


def export_onnx(model: CrossEncoder) -> onnx.ModelProto:
    """Build the float32 graph of a trained model."""
    tensors = {name: value.detach().float().numpy() for name, value in model.state_dict().items()}
    return build_cross_encoder(tensors, model.shape.config())


def quantise(model: onnx.ModelProto) -> bytes:
    """Give the int8 model: weights per channel, 7 bits so that every CPU answers alike.

    Activations are quantised at run time. Embeddings become int8 as well.
    """
    with tempfile.TemporaryDirectory() as folder:
        source, target = Path(folder) / "float32.onnx", Path(folder) / "int8.onnx"
        prepared = onnx.ModelProto()
        prepared.CopyFrom(model)
        # the graph is lean from the start; this mark keeps the library from advising to make it so
        prepared.metadata_props.add(key="onnx.quant.pre_process", value="onnxruntime.quant")
        onnx.save(prepared, source)
        quantize_dynamic(
            source,
            target,
            op_types_to_quantize=["MatMul", "Gather"],
            per_channel=True,
            reduce_range=True,
            weight_type=QuantType.QInt8,
            extra_options={"MatMulConstBOnly": True},
        )
        return target.read_bytes()


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
    """Compare the three forms of one model over ``pairs``.

    Gives the largest logit difference of the float32 graph to torch, the largest and the mean
    change of the probability by int8, and the share of pairs that cross 0.3 by it.
    """
    reference = torch_logits(model, tokenizer, pairs)
    exact = onnx_logits(float32, tokenizer, pairs)
    small = onnx_logits(int8, tokenizer, pairs)
    before, after = softmax_probability(exact, 1), softmax_probability(small, 1)
    change = np.abs(before - after)
    return {
        "pairs": len(pairs),
        "float32_max_logit_difference": float(np.abs(reference - exact).max()),
        "int8_max_probability_change": float(change.max()),
        "int8_mean_probability_change": float(change.mean()),
        "int8_share_crossing_0.3": float(np.mean((before >= 0.3) != (after >= 0.3))),
    }
