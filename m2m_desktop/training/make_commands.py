"""``export``, ``quantise``, ``card`` and ``unpack``: from a checkpoint to a model, and back."""

import argparse
import json
import shutil
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from m2m_desktop.core.encoding import TextEncoder
from m2m_desktop.core.reranking import CrossEncoder
from m2m_desktop.core.templates import TEMPLATE_NAMES, Template
from m2m_desktop.services.bundle_files import ModelInfo
from m2m_desktop.services.conversion.convert import ConversionWish, convert_checkpoint
from m2m_desktop.services.conversion.samples import Samples, pair_samples, text_samples
from m2m_desktop.services.locations import default_locations, resources
from m2m_desktop.services.model_store import ModelStore
from m2m_desktop.training import card, encoder, predictions, reranker
from m2m_desktop.training.checkpoints import ENCODER, NER, RERANKER, Checkpoint, open_start
from m2m_desktop.training.pairs import read_pairs
from m2m_desktop.training.prepared import open_terminology
from m2m_desktop.training.problems import TrainingProblem
from m2m_desktop.training.unpack import unpack

PARITY = "parity.json"


def add_making(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the four commands."""
    for name, words, precision in (
        ("export", "turn a checkpoint into a bundle, in float32", "fp32"),
        ("quantise", "turn a checkpoint into a bundle, in int8", "int8"),
    ):
        one = commands.add_parser(name, help=words)
        one.add_argument("checkpoint", type=Path)
        one.add_argument("--out", type=Path, required=True, help="bundle folder; must not exist")
        one.add_argument("--kind", choices=(RERANKER, ENCODER, NER), default="")
        one.add_argument("--template", choices=TEMPLATE_NAMES, default="", help="of a reranker")
        one.add_argument("--name", default="", help="what the model is to be called")
        one.add_argument("--terminology", default="demo", help="its names are the texts compared")
        one.set_defaults(run=export, precision=precision)
    one = commands.add_parser("card", help="write the model card of a checkpoint")
    one.add_argument("checkpoint", type=Path)
    one.add_argument("--name", required=True)
    one.add_argument("--licence", required=True, help="of the model, as an SPDX name")
    one.add_argument("--data-licence", nargs="*", default=[], help="attribution lines of the data")
    one.add_argument("--limits", required=True, help="what the model must not be used for")
    one.set_defaults(run=make_card)
    one = commands.add_parser("score", help="how a reranker bundle does on pairs")
    one.add_argument("bundle", help="bundle folder, or the id of an installed model")
    one.add_argument("--pairs", type=Path, required=True)
    one.add_argument("--out", type=Path, help="predictions, for `m2m evaluate pairs`")
    one.set_defaults(run=score)
    one = commands.add_parser("unpack", help="turn a BERT bundle back into a checkpoint")
    one.add_argument("bundle", type=Path)
    one.add_argument("--out", type=Path, required=True)
    one.set_defaults(run=unpack_bundle)


def export(options: argparse.Namespace) -> int:
    """Convert with the program's own converter; say how far the model is from torch's answers."""
    if options.out.exists():
        raise TrainingProblem(f"{options.out} exists already.", "Name a new --out folder.")
    terminology = open_terminology(options.terminology)

    def samples(kind: str, template: Template) -> Samples:
        if kind == RERANKER:
            return pair_samples(terminology, template)
        return text_samples(terminology)

    wish = ConversionWish(
        kind=options.kind,
        precision=options.precision,
        template=options.template,
        name=options.name or options.checkpoint.resolve().name,
    )
    options.out.parent.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory(dir=options.out.parent) as work:
        bundle = Path(work) / "bundle"
        bundle.mkdir()
        info = convert_checkpoint(options.checkpoint, bundle, wish, samples, work_dir=Path(work))
        figures = {**info.parity, **_beside_torch(options, bundle, info, samples)}
        (bundle / PARITY).write_text(json.dumps(figures, indent=1), encoding="utf-8")
        shutil.move(bundle, options.out)
    for name, value in figures.items():
        print(f"{name}: {value:.6g}")
    print(f"written: {options.out} ({info.model_id}, {info.bytes / 1e6:.1f} MB)")
    return 0


def _beside_torch(
    options: argparse.Namespace, bundle: Path, info: ModelInfo, samples: Any
) -> dict[str, float]:
    """Give the largest difference of a number that the bundle and torch answer with."""
    checkpoint = open_start(
        options.checkpoint,
        info.kind,
        max_length=info.max_length,
        device=torch.device("cpu"),
    )
    checkpoint.network.eval()
    texts = samples(info.kind, info.template).compared
    _, model = ModelStore(bundle.parent, Path("-")).open_any(str(bundle))
    with torch.inference_mode():
        differences = [
            np.abs(_ours(model, one) - _torch(checkpoint, info.kind, one)).max() for one in texts
        ]
    return {"torch_max_difference": float(max(differences)), "torch_texts": float(len(texts))}


def _ours(model: Any, texts: tuple[str, ...]) -> NDArray[np.float64]:
    """Give the logits of a pair, the vector of a text, or what each token is with what share."""
    if isinstance(model, CrossEncoder):
        return np.asarray(model.logits(texts[0], [texts[1]]), dtype=np.float64)
    if isinstance(model, TextEncoder):
        return np.asarray(model.encode(list(texts)), dtype=np.float64)
    return np.asarray(model.tag(list(texts))[0].probabilities, dtype=np.float64)


def _torch(checkpoint: Checkpoint, kind: str, texts: tuple[str, ...]) -> NDArray[np.float64]:
    reader, network = checkpoint.reader, checkpoint.network
    if kind == RERANKER:
        found = reranker.pair_logits(network, reader, [(texts[0], texts[1])])
    elif kind == ENCODER:
        model = encoder.SentenceEncoder(network, checkpoint.pooling)
        found = encoder.embed(model, reader, list(texts))
    else:
        encodings = reader.encode(texts)
        places = [row for row, (start, end) in enumerate(encodings[0].offsets) if start < end]
        found = network(**reader.inputs(encodings)).logits[0, places].softmax(-1)
    values: NDArray[np.float64] = found.double().numpy()
    return values


def make_card(options: argparse.Namespace) -> int:
    """Write ``README.md`` from the record of the run."""
    path = card.write_card(
        options.checkpoint,
        name=options.name,
        licence=options.licence,
        data_licences=options.data_licence,
        limits=options.limits,
    )
    print(f"written: {path}")
    return 0


def score(options: argparse.Namespace) -> int:
    """Ask a bundle about pairs, in the program's own runtime; by what is new in each part."""
    # a folder needs no place where models are installed
    installed = Path("-") if Path(options.bundle).is_dir() else default_locations().models
    opened = ModelStore(installed, resources() / "models").open(options.bundle)
    pairs = read_pairs(options.pairs, opened.info.template)
    scored = predictions.predict(opened.reranker, pairs)
    for part in ("", *sorted({pair.part for pair in pairs} - {""})):
        figures = predictions.figures([one for one in scored if part in ("", one.pair.part)])
        words = "  ".join(f"{name} {value:.4f}" for name, value in figures.items())
        print(f"{part or 'all'}: {words}")
    if options.out:
        predictions.write_predictions(options.out, scored)
    return 0


def unpack_bundle(options: argparse.Namespace) -> int:
    """Write a checkpoint that training can start from."""
    unpack(options.bundle, options.out)
    print(f"written: {options.out}")
    return 0
