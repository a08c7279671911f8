"""``ship``: turn the checkpoint of a recipe into the bundle that lies in the program's resources."""

import argparse
import json
import random
from collections.abc import Mapping
from itertools import islice
from pathlib import Path
from tempfile import TemporaryDirectory

import torch
from tokenizers import Tokenizer

from m2m_desktop.core.templates import Template
from m2m_desktop.services.bundle_files import BUNDLE_FILES, MANIFEST, sealed
from m2m_desktop.services.bundle_writer import set_calibration
from m2m_desktop.services.conversion.convert import ConversionWish, convert_checkpoint
from m2m_desktop.services.conversion.samples import Samples, text_samples
from m2m_desktop.services.locations import resources
from m2m_desktop.services.model_store import ModelStore
from m2m_desktop.services.terminology_store import TerminologyStore
from m2m_desktop.training import export, recipe, ship_encoder, ship_ner
from m2m_desktop.training.bundle import open_encoder, write_bundle
from m2m_desktop.training.calibrate import fitted
from m2m_desktop.training.network import BertShape, CrossEncoder
from m2m_desktop.training.problems import TrainingProblem
from m2m_desktop.training.runlog import read_log
from m2m_desktop.training.ship_commands import development_of
from m2m_desktop.training.ship_other_encoders import LANGUAGES
from m2m_desktop.training.ship_vectors import write_vectors

RERANKER_ID = "m2m-small-zh-1"
MEASURED = 16
"""Pairs the quantiser is calibrated with, drawn before those that are compared."""

ORIGIN = "trained by this project, from scratch"
LICENCE = "Apache-2.0"

OTHER_ATTRIBUTION = (
    "Ontology of Adverse Events (He, Xie et al.), CC BY 4.0, changes made. This product uses the "
    "Human Phenotype Ontology (release 2024-04-26), http://www.human-phenotype-ontology.org. "
    "CTCAE v6.0, National Cancer Institute. Symptom Ontology, CC0. Disease Ontology, CC0. "
    "AskAPatient, Limsopatham & Collier, CC BY 4.0. MedProcNER, CC BY 4.0."
)

CARDS: Mapping[str, Mapping[str, str]] = {
    "encoder": {
        "id": ship_encoder.MODEL_ID,
        "name": "中文编码小模型 (small Chinese encoder)",
        "trained_on": ship_encoder.TRAINED_ON,
        "attribution": recipe.ATTRIBUTION,
    },
    "ner": {
        "id": ship_ner.MODEL_ID,
        "name": "中文症状识别小模型 (small Chinese tagger of symptoms)",
        "trained_on": ship_ner.TRAINED_ON,
        "attribution": f"{recipe.ATTRIBUTION} {ship_ner.ATTRIBUTION}",
    },
    **{
        f"encoder-{name}": {
            "id": language.model_id,
            "name": language.model_id,
            "trained_on": language.trained_on,
            "attribution": OTHER_ATTRIBUTION,
        }
        for name, language in LANGUAGES.items()
    },
}


def add_shipping(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add ``ship``."""
    one = commands.add_parser("ship", help="turn a recipe's checkpoint into the shipped bundle")
    one.add_argument("recipe", choices=("reranker", *CARDS))
    one.add_argument("--checkpoint", type=Path, required=True)
    one.add_argument("--data", type=Path, help="folder of the open sources (reranker)")
    one.add_argument("--release", type=Path, help="release to score on (reranker)")
    one.add_argument("--encoder", help="bundle to fit the probabilities to, too (reranker)")
    one.add_argument("--out", type=Path, required=True, help="bundle folder")
    one.add_argument("--vectors", type=Path, help="folder for the demo dictionary's (encoder)")
    one.set_defaults(run=ship)


def ship(options: argparse.Namespace) -> int:
    """Write the bundle and have the program check it."""
    if options.recipe == "reranker":
        if options.encoder and not (options.data and options.release):
            raise TrainingProblem(
                "An encoder's cosines are fitted on development mentions.",
                "Name --data and --release, too.",
            )
        export_reranker(options)
        if options.encoder:
            calibration, scores = fitted(
                options.out, options.encoder, options.data, options.release
            )
            set_calibration(options.out, calibration, scores)
    else:
        convert_with_card(options.checkpoint, options.out, options.recipe)
        if options.vectors:
            write_vectors(options.out, options.vectors)
    info = ModelStore(Path("-"), Path("-")).verify(str(options.out))
    print(f"the app accepts it: {info.model_id}, SHA-256 {info.hash}")
    return 0


def convert_with_card(checkpoint: Path, out: Path, kind: str) -> None:
    """Convert to int8 by the program's converter, and put our card into the manifest."""
    if out.exists():
        raise TrainingProblem(f"{out} exists already.", "Name a new --out folder.")
    ended = [line["figures"] for line in read_log(checkpoint / "run") if line["event"] == "end"]
    out.parent.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory(dir=out.parent) as work:
        terminology = TerminologyStore(Path(work) / "compiled").open(resources() / "demo")

        def samples(_: str, __: Template) -> Samples:
            return text_samples(terminology)

        bundle = Path(work) / "bundle"
        bundle.mkdir()
        wish = ConversionWish(kind=kind.partition("-")[0], precision="int8", name=CARDS[kind]["id"])
        convert_checkpoint(checkpoint, bundle, wish, samples, work_dir=Path(work))
        manifest = json.loads((bundle / MANIFEST).read_text(encoding="utf-8"))
        scores = {name: round(value, 4) for name, value in (ended[-1] if ended else {}).items()}
        manifest.update(CARDS[kind], origin=ORIGIN, licence=LICENCE, scores=scores)
        content = json.dumps(manifest, ensure_ascii=False, indent=1).encode("utf-8")
        (bundle / MANIFEST).write_bytes(sealed(content))
        out.mkdir()
        for name in BUNDLE_FILES:
            (bundle / name).replace(out / name)


def export_reranker(options: argparse.Namespace) -> None:
    """Write the bundle of what ``train ship-reranker`` wrote, with its scores and calibration."""
    ingredients = recipe.gather(resources(), options.data)
    config = json.loads((options.checkpoint / "config.json").read_text(encoding="utf-8"))
    model = CrossEncoder(BertShape.of(config))
    model.load_state_dict(torch.load(options.checkpoint / "model.pt", weights_only=True))
    tokenizer_json = (options.checkpoint / "tokenizer.json").read_text(encoding="utf-8")
    tokenizer = Tokenizer.from_str(tokenizer_json)
    stream = ingredients.groups(random.Random(recipe.SEED + 1))
    measured = [
        (group.mention, group.candidates[place % len(group.candidates)])
        for place, group in enumerate(islice(stream, MEASURED))
    ]
    pairs = [(group.mention, text) for group in islice(stream, 100) for text in group.candidates]
    float32 = export.float32_model(model)
    int8 = export.int8_model(model, tokenizer, measured)
    figures = export.parity(model, float32, int8, tokenizer, pairs)
    development = development_of(options, ingredients)
    # the card speaks of the model that ships, not of the one it was made from
    score = open_encoder(int8, tokenizer, recipe.MAX_LENGTH).logits
    calibration = development.calibrate(score) if development else None
    scores = development.reranked(score, calibration) if development else {}
    print(json.dumps({"parity": figures, "scores": scores}, indent=1), calibration)
    write_bundle(
        options.out,
        model=int8,
        tokenizer_json=tokenizer_json,
        golden=pairs[:40],
        template=recipe.TEMPLATE,
        config=config,
        calibration=calibration,
        card={
            "id": RERANKER_ID,
            "name": "中文小模型 (small Chinese model)",
            "origin": ORIGIN,
            "licence": LICENCE,
            "attribution": recipe.ATTRIBUTION,
            "trained_on": recipe.TRAINED_ON,
            "scores": scores,
        },
        parity=figures,
    )
