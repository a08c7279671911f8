"""Write a trained model as a bundle the app can load.

Needs numpy, ONNX Runtime and tokenizers, but no torch.
"""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from m2m_desktop.core.calibration import Calibration
from m2m_desktop.core.reranking import CrossEncoder
from m2m_desktop.core.templates import Template
from m2m_desktop.services.bundle_files import LABELS, MODEL_FILE, TOKENIZER_FILE
from m2m_desktop.services.bundle_session import open_runner
from m2m_desktop.services.bundle_writer import BundleDescription, open_files, write_manifest

Pair = tuple[str, str]


def open_encoder(model: bytes, tokenizer: Any, max_length: int) -> CrossEncoder:
    """Open a graph as the app does, on one core."""
    return CrossEncoder(open_runner(model, max_length=max_length), tokenizer)


def onnx_logits(encoder: CrossEncoder, pairs: Sequence[Pair]) -> NDArray[np.float64]:
    """Score pairs one by one."""
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
    precision: str = "int8",
    parity: Mapping[str, float] | None = None,
    calibration: Calibration | None = None,
) -> Path:
    """Write a bundle folder: ``model.onnx``, ``tokenizer.json``, ``manifest.json``.

    ``card`` gives id, name, origin, licence, attribution, what it was trained on, how it scores.
    ModelMismatch, and no manifest, where the golden pairs are too few or would not tell swapped
    labels.
    """
    folder.mkdir(parents=True, exist_ok=True)
    (folder / MODEL_FILE).write_bytes(model)
    (folder / TOKENIZER_FILE).write_bytes(tokenizer_json.encode("utf-8"))
    description = BundleDescription(
        kind="reranker",
        architecture="bert",
        labels=LABELS,
        config=config,
        max_length=int(config["max_position_embeddings"]),
        vocab_size=int(config["vocab_size"]),
        card=card,
        precision=precision,
        template=template,
        calibration=calibration,
        parity=parity or {},
    )
    return write_manifest(folder, description, open_files(folder, description), golden)
