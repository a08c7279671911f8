"""The other ways to run the same checkpoint, each set up as its own users would.

None of them is needed by the product: whichever cannot be imported is skipped. A builder makes the
files of an engine in a process of its own, so that they do not count in the engine's memory.
"""

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from importlib import import_module
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tests.bench._rerank_setup import MAX_LENGTH, Operations, Pair, Setup, Skipped

CROSS_ENCODER_BATCH = 32
PADDED_BATCH = 32
SORTED_BATCH = 8
CALIBRATION_FILE = "calibration_pairs.json"
OPSET = 17
INPUTS = ("input_ids", "attention_mask", "token_type_ids")

Feeds = dict[str, NDArray[np.int64]]


def needed(name: str) -> Any:
    """Import a peer's library. Raises Skipped."""
    try:
        return import_module(name)
    except ImportError as error:
        raise Skipped(f"{name} cannot be imported ({error})") from error


def checkpoint_of(setup: Setup) -> Path:
    """The folder that every peer starts from. Raises Skipped."""
    if not setup.checkpoint:
        raise Skipped("there is a bundle but no checkpoint")
    return Path(setup.checkpoint)


def match_label(checkpoint: Path) -> int:
    """The index of the class ``match``; 1 where the checkpoint does not say."""
    config = json.loads((checkpoint / "config.json").read_text(encoding="utf-8"))
    return int(config.get("label2id", {}).get("match", 1))


def probabilities(logits: NDArray[Any], label: int) -> list[float]:
    """The softmax probability of ``label``."""
    wide = np.exp(logits.astype(np.float64) - logits.max(axis=1, keepdims=True))
    shares: list[float] = (wide[:, label] / wide.sum(axis=1)).tolist()
    return shares


# -- sentence-transformers -------------------------------------------------------------------------


def open_cross_encoder(setup: Setup) -> Operations:
    """``CrossEncoder`` in float32: the yardstick."""
    checkpoint = checkpoint_of(setup)
    torch = needed("torch")
    library = needed("sentence_transformers")
    torch.set_num_threads(setup.threads)
    model = library.CrossEncoder(str(checkpoint), device="cpu", max_length=MAX_LENGTH).float()
    label = match_label(checkpoint)

    def score(pairs: Sequence[Sequence[str]]) -> list[float]:
        scores = model.predict(
            [tuple(pair) for pair in pairs],
            batch_size=CROSS_ENCODER_BATCH,
            apply_softmax=True,
            show_progress_bar=False,
        )
        given: list[float] = np.asarray(scores, dtype=np.float64)[:, label].tolist()
        return given

    return {"score": score}


# -- a plain export --------------------------------------------------------------------------------


def plain_export(setup: Setup) -> Path:
    """Trace the checkpoint into a float32 ONNX file as torch's own exporter does, once."""
    target = setup.folder / "plain.onnx"
    if target.exists():
        return target
    checkpoint = checkpoint_of(setup)
    torch, transformers = needed("torch"), needed("transformers")
    needed("onnx")
    model = transformers.AutoModelForSequenceClassification.from_pretrained(
        checkpoint, attn_implementation="eager"
    )
    model = model.float().eval()
    ids = torch.ones((2, 16), dtype=torch.int64)
    names = [name for name in INPUTS if name != "token_type_ids" or _has_types(model.config)]

    class Plain(torch.nn.Module):  # type: ignore[name-defined, misc]
        """Takes inputs by place: the exporter counts keyword arguments in an order of its own."""

        def __init__(self) -> None:
            super().__init__()
            self.model = model

        def forward(self, *given: Any) -> Any:
            return self.model(**dict(zip(names, given, strict=True))).logits

    axes = {name: {0: "batch", 1: "length"} for name in names}
    unfinished = target.with_suffix(".part")
    torch.onnx.export(
        Plain().eval(),
        tuple(ids for _ in names),
        str(unfinished),
        input_names=names,
        output_names=["logits"],
        dynamic_axes={**axes, "logits": {0: "batch"}},
        opset_version=OPSET,
        dynamo=False,
    )
    unfinished.replace(target)
    return target


def _has_types(config: Any) -> bool:
    return int(getattr(config, "type_vocab_size", 0) or 0) > 1


def _tokenizer(setup: Setup) -> Any:
    return needed("transformers").AutoTokenizer.from_pretrained(setup.checkpoint)


def _feeds(
    tokenizer: Any, pairs: Sequence[Pair], names: Sequence[str], *, padding: str | bool
) -> Feeds:
    given = tokenizer(
        [pair[0] for pair in pairs],
        [pair[1] for pair in pairs],
        truncation=True,
        max_length=MAX_LENGTH,
        padding=padding,
        return_tensors="np",
    )
    return {name: given[name].astype(np.int64) for name in names}


# -- ONNX Runtime ----------------------------------------------------------------------------------


def build_ort_default(setup: Setup) -> Operations:
    """Dynamic quantisation with every default: per tensor, 8-bit weights."""

    def build() -> None:
        target = setup.folder / "dynamic.onnx"
        if not target.exists():
            quantization = needed("onnxruntime.quantization")
            unfinished = target.with_suffix(".part")
            quantization.quantize_dynamic(plain_export(setup), unfinished)
            unfinished.replace(target)

    return {"build": build}


def build_ort_float(setup: Setup) -> Operations:
    """The plain export as it is."""
    return {"build": lambda: str(plain_export(setup))}


def open_ort(setup: Setup, file: str) -> Operations:
    """ONNX Runtime with its own defaults, every pair padded to the full length."""
    checkpoint, runtime = checkpoint_of(setup), needed("onnxruntime")
    options = runtime.SessionOptions()
    options.intra_op_num_threads = setup.threads
    session = runtime.InferenceSession(
        str(setup.folder / file), options, providers=["CPUExecutionProvider"]
    )
    names = [entry.name for entry in session.get_inputs()]
    tokenizer, label = _tokenizer(setup), match_label(checkpoint)

    def score(pairs: Sequence[Pair]) -> list[float]:
        given: list[float] = []
        for start in range(0, len(pairs), PADDED_BATCH):
            batch = pairs[start : start + PADDED_BATCH]
            feeds = _feeds(tokenizer, batch, names, padding="max_length")
            given += probabilities(session.run(None, feeds)[0], label)
        return given

    return {"score": score}


# -- OpenVINO --------------------------------------------------------------------------------------


def build_openvino(setup: Setup) -> Operations:
    """Post-training quantisation: weights per channel, activation ranges seen on some pairs.

    Written as quantise and dequantise nodes, which OpenVINO turns into its own int8 kernels.
    """

    def build() -> None:
        target = setup.folder / "static.onnx"
        if target.exists():
            return
        needed("openvino")
        quantization = needed("onnxruntime.quantization")
        plain = plain_export(setup)
        pairs = json.loads((setup.folder / CALIBRATION_FILE).read_text(encoding="utf-8"))
        names = [entry.name for entry in needed("onnx").load(plain).graph.input]
        batches = _batches(_tokenizer(setup), pairs, names)

        class Reader(quantization.CalibrationDataReader):  # type: ignore[name-defined, misc]
            def get_next(self) -> Feeds | None:
                return next(batches, None)

        unfinished = target.with_suffix(".part")
        quantization.quantize_static(
            plain,
            unfinished,
            Reader(),
            quant_format=quantization.QuantFormat.QDQ,
            op_types_to_quantize=["MatMul", "Gemm"],
            per_channel=True,
            extra_options={"MatMulConstBOnly": True},
        )
        unfinished.replace(target)

    return {"build": build}


def _batches(tokenizer: Any, pairs: Sequence[Pair], names: Sequence[str]) -> Iterator[Feeds]:
    for start in range(0, len(pairs), SORTED_BATCH):
        yield _feeds(tokenizer, pairs[start : start + SORTED_BATCH], names, padding=True)


def open_openvino(setup: Setup, file: str) -> Operations:
    """OpenVINO tuned for latency, in small batches of pairs of similar length."""
    checkpoint, library = checkpoint_of(setup), needed("openvino")
    core = library.Core()
    settings = {
        "PERFORMANCE_HINT": "LATENCY",
        "INFERENCE_NUM_THREADS": setup.threads,
        "NUM_STREAMS": 1,
    }
    compiled = core.compile_model(core.read_model(setup.folder / file), "CPU", settings)
    names = [entry.any_name for entry in compiled.inputs]
    tokenizer, label = _tokenizer(setup), match_label(checkpoint)

    def score(pairs: Sequence[Pair]) -> list[float]:
        order = sorted(range(len(pairs)), key=lambda row: len(pairs[row][0]) + len(pairs[row][1]))
        given = [0.0] * len(pairs)
        for start in range(0, len(order), SORTED_BATCH):
            rows = order[start : start + SORTED_BATCH]
            feeds = _feeds(tokenizer, [pairs[row] for row in rows], names, padding=True)
            logits = compiled(feeds)[compiled.output(0)]
            for row, value in zip(rows, probabilities(logits, label), strict=True):
                given[row] = value
        return given

    return {"score": score}


OPENERS: Mapping[str, Callable[[Setup], Operations]] = {
    "cross-encoder": open_cross_encoder,
    "ort-default": lambda setup: open_ort(setup, "dynamic.onnx"),
    "ort-float": lambda setup: open_ort(setup, "plain.onnx"),
    "openvino": lambda setup: open_openvino(setup, "static.onnx"),
    "openvino-float": lambda setup: open_openvino(setup, "plain.onnx"),
    "build-ort-default": build_ort_default,
    "build-ort-float": build_ort_float,
    "build-openvino": build_openvino,
    "build-openvino-float": build_ort_float,
}
