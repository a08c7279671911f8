"""A bundle turned back into a checkpoint: what is installed is where training can go on.

An int8 bundle gives the weights as they were rounded; its answers stay what they were but for that.
"""

import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from m2m_desktop.services.bundle_files import folder_reader, read_bundle
from m2m_desktop.training.problems import TrainingProblem

ARCHITECTURES: Mapping[str, str] = {
    "reranker": "BertForSequenceClassification",
    "ner": "BertForTokenClassification",
    "encoder": "BertModel",
}
_TERM = re.compile(r"(?P<name>.+\.weight) (?P<term>\d+) int8")
_TABLE = re.compile(r"(?P<name>.+\.weight) int8")

Array = NDArray[np.float32]


def unpack(bundle: Path, folder: Path) -> None:
    """Write the checkpoint folder of a BERT bundle made by this program's converter.

    Raises ModelError for what is no bundle, TrainingProblem for another architecture.
    """
    from safetensors.numpy import save_file

    found = read_bundle(bundle)
    if found.info.architecture != "bert":
        raise TrainingProblem(
            f"A {found.info.architecture} bundle cannot be turned back.",
            "Start from the checkpoint it was made from.",
        )
    manifest = json.loads(folder_reader(bundle)("manifest.json"))
    kind = found.info.kind
    tensors = read_weights(found.model)
    if kind != "encoder":  # as the library names what stands under a head
        tensors = {_headed(name): value for name, value in tensors.items()}
    folder.mkdir(parents=True, exist_ok=True)
    save_file(tensors, folder / "model.safetensors", metadata={"format": "pt"})
    labels = dict(enumerate(found.info.labels))
    config = {
        **manifest["config"],
        "architectures": [ARCHITECTURES[kind]],
        "pad_token_id": manifest.get("pad_id", 0),
    }
    if labels:
        config["id2label"] = {str(number): name for number, name in labels.items()}
        config["label2id"] = {name: number for number, name in labels.items()}
    (folder / "config.json").write_text(json.dumps(config, ensure_ascii=False, indent=1), "utf-8")
    (folder / "tokenizer.json").write_bytes(found.tokenizer)
    settings = {
        "tokenizer_class": "PreTrainedTokenizerFast",
        "model_max_length": found.info.max_length,
    }
    (folder / "tokenizer_config.json").write_text(json.dumps(settings), "utf-8")


def read_weights(model: bytes) -> dict[str, Array]:
    """Give the weights of a graph by their names in the checkpoint, without the base's prefix."""
    import onnx
    from onnx import numpy_helper

    graph = onnx.load_from_string(model).graph
    stored: dict[str, Any] = {one.name: numpy_helper.to_array(one) for one in graph.initializer}
    found: dict[str, Array] = {}
    for name, value in stored.items():
        if term := _TERM.fullmatch(name):
            weight, number = term["name"], term["term"]
            part = (value.astype(np.float32) * stored[f"{weight} {number} scale"]).T
            found[weight] = found.get(weight, np.zeros_like(part)) + part
        elif table := _TABLE.fullmatch(name):
            scale = stored[f"{table['name']} scale"]
            found[table["name"]] = value.astype(np.float32) * scale
        elif name.endswith((".weight", ".bias")):
            found[name] = np.array(value, dtype=np.float32)
    for weight in [name for name in found if f"{name} rest" in stored]:
        rest = stored[f"{weight} rest"]
        found[weight.removesuffix("weight") + "bias"] = np.array(
            rest[1] if rest.ndim == 2 else rest, dtype=np.float32
        )
        factors = stored.get(f"{_first_of(weight)} factors")
        if factors is not None:
            found[weight] = found[weight] * factors
    return {name: np.ascontiguousarray(value) for name, value in found.items()}


def _first_of(weight: str) -> str:
    """The layer whose input a layer shares: queries, keys and values have one."""
    return re.sub(r"\.self\.(key|value)\.", ".self.query.", weight)


def _headed(name: str) -> str:
    return name if name.startswith("classifier.") else f"bert.{name}"
