"""Write a bundle the app can load: graph, tokenizer, and a manifest with its golden answers.

Needs numpy, ONNX Runtime and tokenizers, but no torch.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from hashlib import sha256
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from tokenizers import Tokenizer

from m2m_desktop.core.calibration import Calibration
from m2m_desktop.core.reranking import CrossEncoder, softmax_probability
from m2m_desktop.core.templates import Template
from m2m_desktop.services.bundle_files import (
    BUNDLE_FORMAT,
    KIND,
    LABELS,
    MANIFEST,
    MIN_GOLDEN,
    MODEL_FILE,
    TOKENIZER_FILE,
    sealed,
)
from m2m_desktop.services.bundle_session import GOLDEN_TOLERANCE, open_session

Pair = tuple[str, str]


def open_encoder(model: bytes, tokenizer: Any) -> CrossEncoder:
    """Open a graph as the app does, on one core."""
    session = open_session(model, threads=1)
    names = [entry.name for entry in session.get_inputs()]
    return CrossEncoder(session, tokenizer, input_names=names)


def onnx_logits(model: bytes, tokenizer: Any, pairs: Sequence[Pair]) -> NDArray[np.float64]:
    """Score pairs as the app does, one a batch."""
    encoder = open_encoder(model, tokenizer)
    rows = [encoder.logits(mention, [candidate])[0] for mention, candidate in pairs]
    return np.stack(rows)


def write_bundle(
    folder: Path,
    *,
    model: bytes,
    tokenizer_json: str,
    golden: Sequence[Pair],
    template: Template,
    config: Mapping[str, Any],
    card: Mapping[str, Any],
    calibration: Calibration | None = None,
) -> Path:
    """Write a bundle folder: ``model.onnx``, ``tokenizer.json``, ``manifest.json``.

    ``card`` gives id, name, origin, licence, attribution, what it was trained on, how it scores.
    ValueError where the golden pairs are too few, or would not tell swapped labels.
    """
    tokenizer = Tokenizer.from_str(tokenizer_json)
    probabilities = softmax_probability(
        onnx_logits(model, tokenizer, golden), LABELS.index("match")
    )
    # with the labels swapped a probability p becomes 1 - p
    is_telling = np.abs(1 - 2 * probabilities).max() > 2 * GOLDEN_TOLERANCE
    if len(golden) < MIN_GOLDEN or not is_telling:
        raise ValueError("the golden pairs cannot tell this model from another")
    files = {MODEL_FILE: model, TOKENIZER_FILE: tokenizer_json.encode("utf-8")}
    manifest = {
        "format": BUNDLE_FORMAT,
        **card,
        "kind": KIND,
        "architecture": "bert",
        "task": "sequence_classification",
        "labels": list(LABELS),
        "template": {
            "name": template.name,
            "max_aliases": template.max_aliases,
            "alias_order": template.alias_order,
        },
        "max_length": config["max_position_embeddings"],
        "vocab_size": config["vocab_size"],
        "config": dict(config),
        **({"calibration": asdict(calibration)} if calibration else {}),
        "files": {name: sha256(content).hexdigest() for name, content in files.items()},
        "golden": [
            {"mention": mention, "candidate": candidate, "prob_1": round(float(value), 6)}
            for (mention, candidate), value in zip(golden, probabilities, strict=True)
        ],
        "seal": "0" * 64,
    }
    folder.mkdir(parents=True, exist_ok=True)
    for name, content in files.items():
        (folder / name).write_bytes(content)
    text = json.dumps(manifest, ensure_ascii=False, indent=1) + "\n"
    (folder / MANIFEST).write_bytes(sealed(text.encode("utf-8")))
    return folder / MANIFEST
