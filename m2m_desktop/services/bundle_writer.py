"""Completes a bundle: opens the graph and tokenizer that lie in a folder and writes their manifest.

What the manifest records as golden answers is what the written files gave, opened as the app opens
them.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from m2m_desktop.core.batches import Check, never_cancelled
from m2m_desktop.core.calibration import Calibration
from m2m_desktop.core.errors import ModelMismatch
from m2m_desktop.core.messages import N_, message
from m2m_desktop.core.templates import Template
from m2m_desktop.services.bundle_files import (
    BUNDLE_FORMAT,
    LOGITS,
    MANIFEST,
    MIN_GOLDEN,
    MODEL_FILE,
    QUICK,
    TOKENIZER_FILE,
    GoldenInput,
    mapped_hash,
    sealed,
)
from m2m_desktop.services.bundle_session import open_runner, open_tokenizer, wrap
from m2m_desktop.services.golden_answers import GOLDEN_TOLERANCE, OpenedModel, answer_golden

DIGITS = 6
FILES = (MODEL_FILE, TOKENIZER_FILE)

_TASKS = {
    "reranker": "sequence_classification",
    "ner": "token_classification",
    "encoder": "feature_extraction",
}


@dataclass(frozen=True)
class BundleDescription:
    """What a manifest says beside hashes and golden answers.

    ``card`` gives id, name, origin, licence, and whatever else is to be shown: attribution,
    trained_on, scores. ``config`` is the checkpoint's. Only rerankers have a template and perhaps
    a calibration. ``parity_is_quick``: `ModelInfo` says what of.
    """

    kind: str
    architecture: str
    labels: tuple[str, ...]
    config: Mapping[str, Any]
    max_length: int
    vocab_size: int
    card: Mapping[str, Any]
    pad_id: int = 0
    precision: str = "int8"
    template: Template = field(default_factory=Template)
    calibration: Calibration | None = None
    parity: Mapping[str, float] = field(default_factory=dict)
    parity_is_quick: bool = False


def open_files(folder: Path, description: BundleDescription, *, workers: int = 1) -> OpenedModel:
    """Open a bundle's graph and tokenizer before there is a manifest.

    Raises what the runtime raises, ModelDamaged, ModelMismatch.
    """
    runner = open_runner(
        (folder / MODEL_FILE).read_bytes(),
        max_length=description.max_length,
        pad_id=description.pad_id,
        workers=workers,
    )
    tokenizer = open_tokenizer(
        (folder / TOKENIZER_FILE).read_bytes(),
        max_length=description.max_length,
        vocab_size=description.vocab_size,
        path=str(folder),
    )
    return wrap(description.kind, description.labels, runner, tokenizer)


def write_manifest(
    folder: Path,
    description: BundleDescription,
    model: OpenedModel,
    golden: Sequence[tuple[str, ...]],
    check: Check = never_cancelled,
) -> Path:
    """Write ``manifest.json``; ``golden`` are the texts, or pairs, to record answers for.

    ``check`` is called before each of them is answered. Raises what `record_answers` raises.
    """
    answers = answer_golden([model], description.labels, golden, check)
    return record_answers(folder, description, answers)


def record_answers(
    folder: Path,
    description: BundleDescription,
    answers: Sequence[GoldenInput],
    hashes: tuple[str, ...] = (),
) -> Path:
    """Write ``manifest.json`` with the answers that the model in the folder gave to golden inputs.

    ``hashes`` are those of graph and tokenizer, where they are known. ModelMismatch where these are no numbers, or would not tell this model from another.
    """
    if not all(np.isfinite([*one.figures, *one.logits]).all() for one in answers):
        raise no_numbers(folder)
    if len(answers) < MIN_GOLDEN or not _is_telling(description.kind, answers):
        detail = message(N_("its answers are the same for every text"))
        raise ModelMismatch(path=str(folder), detail=detail)
    content: dict[str, Any] = {
        "format": BUNDLE_FORMAT,
        **description.card,
        "kind": description.kind,
        "architecture": description.architecture,
        "task": _TASKS[description.kind],
        "labels": list(description.labels),
        "precision": description.precision,
        "max_length": description.max_length,
        "vocab_size": description.vocab_size,
        "pad_id": description.pad_id,
        "config": dict(description.config),
        "parity": dict(description.parity),
        **({"comparison": QUICK} if description.parity_is_quick else {}),
        "files": dict(
            zip(FILES, hashes or [mapped_hash(folder / name) for name in FILES], strict=True)
        ),
        "golden": [_entry(one) for one in answers],
        "seal": "0" * 64,
    }
    if description.kind == "reranker":
        content["template"] = asdict(description.template)
        if description.calibration:
            content["calibration"] = calibration_fields(description.calibration)
    text = json.dumps(content, ensure_ascii=False, indent=1) + "\n"
    (folder / MANIFEST).write_bytes(sealed(text.encode("utf-8")))
    return folder / MANIFEST


def set_calibration(
    folder: Path, calibration: Calibration, scores: Mapping[str, float] | None = None
) -> None:
    """Put another calibration, and further ``scores``, into the manifest of a bundle folder."""
    content = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
    content["calibration"] = calibration_fields(calibration)
    content["scores"] = {**content.get("scores", {}), **(scores or {})}
    text = json.dumps(content, ensure_ascii=False, indent=1) + "\n"
    work = folder / f".{MANIFEST}.part"
    work.write_bytes(sealed(text.encode("utf-8")))
    work.replace(folder / MANIFEST)


def calibration_fields(calibration: Calibration) -> dict[str, Any]:
    """Give a calibration as manifests hold it; what older programs do not know lies deeper."""
    return {name: value for name, value in asdict(calibration).items() if value is not None}


def no_numbers(path: Path) -> ModelMismatch:
    """Say that a model computes infinities, or nothing that is a number."""
    return ModelMismatch(path=str(path), detail=message(N_("its answers are not finite numbers")))


def _is_telling(kind: str, golden: Sequence[GoldenInput]) -> bool:
    """Tell whether swapped labels, or another model, would show."""
    answers = [one.figures for one in golden]
    if kind == "reranker":  # with the labels swapped a probability p becomes 1 - p
        return max(abs(1 - 2 * p) for (p,) in answers) > 2 * GOLDEN_TOLERANCE
    shortest = min(map(len, answers))
    spreads = np.ptp([figures[:shortest] for figures in answers], axis=0)
    return bool(spreads.max(initial=0) > 2 * GOLDEN_TOLERANCE)


def _entry(golden: GoldenInput) -> dict[str, Any]:
    figures, logits = (
        [round(figure, DIGITS) for figure in figures] for figures in (golden.figures, golden.logits)
    )
    if not logits:
        return {"text": golden.texts[0], "figures": figures}
    mention, candidate = golden.texts
    named = dict(zip(LOGITS, logits, strict=True))
    return {"mention": mention, "candidate": candidate, **named, "prob_1": figures[0]}
