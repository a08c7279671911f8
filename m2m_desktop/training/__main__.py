"""``python -m m2m_desktop.training``: make the shipped reranker from its sources."""

import argparse
import json
import random
import sys
from itertools import islice
from pathlib import Path
from tempfile import TemporaryDirectory

import torch
from tokenizers import Tokenizer

from m2m_desktop.services.locations import resources
from m2m_desktop.services.model_store import ModelStore
from m2m_desktop.services.quiet import silence_libraries
from m2m_desktop.services.terminology_store import TerminologyStore
from m2m_desktop.services.thesaurus_files import names_by_term
from m2m_desktop.training import export, recipe
from m2m_desktop.training.batches import torch_score
from m2m_desktop.training.bundle import open_encoder, write_bundle
from m2m_desktop.training.evaluate import DevelopmentSet, prepare, read_gold
from m2m_desktop.training.network import BertShape, CrossEncoder
from m2m_desktop.training.pretrain import pretrain
from m2m_desktop.training.train import TrainingPlan, train

MODEL_ID = "m2m-small-zh-1"
MEASURED = 16
"""Pairs the quantiser is calibrated with, drawn before those that are compared."""


def main(arguments: list[str] | None = None) -> int:
    """Run one training command; gives the exit status."""
    silence_libraries()
    parser = argparse.ArgumentParser(prog="python -m m2m_desktop.training", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    one = commands.add_parser("reranker", help="train the cross-encoder and write its checkpoint")
    one.add_argument("--data", type=Path, help="folder of the open sources")
    one.add_argument("--release", type=Path, help="release to score on (oae_release.py's folder)")
    one.add_argument("--out", type=Path, required=True, help="folder for the checkpoint")
    one.add_argument("--steps", type=int, default=5200)
    one.add_argument("--warm-up-steps", type=int, default=300)
    one.add_argument("--threads", type=int, default=1)
    one = commands.add_parser("export", help="turn a checkpoint into a quantised bundle")
    one.add_argument("--checkpoint", type=Path, required=True)
    one.add_argument("--data", type=Path, help="folder of the open sources")
    one.add_argument("--release", type=Path, help="release to score on")
    one.add_argument("--out", type=Path, required=True, help="bundle folder")
    options = parser.parse_args(arguments)
    return int(_train(options) if options.command == "reranker" else _export(options))


def _train(options: argparse.Namespace) -> int:
    torch.manual_seed(recipe.SEED)
    torch.set_num_threads(options.threads)
    ingredients = recipe.gather(resources(), options.data)
    tokenizer = ingredients.tokenizer()
    model = CrossEncoder(ingredients.shape)
    development = _development(options, ingredients)
    options.out.mkdir(parents=True, exist_ok=True)
    (options.out / "tokenizer.json").write_text(ingredients.tokenizer_json(), encoding="utf-8")
    (options.out / "config.json").write_text(
        json.dumps(ingredients.shape.config(), indent=1), "utf-8"
    )
    if development:
        print(f"first stage: {development.first_stage()}", flush=True)
    if options.warm_up_steps:
        pretrain(
            model,
            tokenizer,
            ingredients.warm_up_texts,
            steps=options.warm_up_steps,
            batch_size=96,
            learning_rate=6e-4,
            seed=recipe.SEED,
        )

    def evaluate(averaged: CrossEncoder, step: int) -> None:
        torch.save(averaged.state_dict(), options.out / "model.pt")
        if development:
            print(
                f"step {step}: {development.reranked(torch_score(averaged, tokenizer))}", flush=True
            )

    groups = ingredients.groups(random.Random(recipe.SEED))
    train(model, tokenizer, groups, TrainingPlan(options.steps), evaluate=evaluate)
    return 0


def _export(options: argparse.Namespace) -> int:
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
    development = _development(options, ingredients)
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
            "id": MODEL_ID,
            "name": "中文小模型 (small Chinese model)",
            "origin": "trained by this project, from scratch",
            "licence": "Apache-2.0",
            "attribution": recipe.ATTRIBUTION,
            "trained_on": recipe.TRAINED_ON,
            "scores": scores,
        },
        parity=figures,
    )
    info = ModelStore(Path("-"), Path("-")).verify(str(options.out))
    print(f"the app accepts it: {info.model_id}, SHA-256 {info.hash}")
    return 0


def _development(
    options: argparse.Namespace, ingredients: recipe.Ingredients
) -> DevelopmentSet | None:
    if options.data is None or options.release is None:
        return None
    with TemporaryDirectory() as folder:
        store = TerminologyStore(Path(folder))
        terminology = store.open(options.release / "chinese")
        # the app searches any terminology with what the demo dictionary knows of wording
        thesaurus = ingredients.thesaurus.extended(names_by_term(store.open(resources() / "demo")))
        gold = read_gold(
            options.data / "mentions" / "zh_dev.tsv", options.release / "oae_to_pt.tsv", terminology
        )
        return prepare(gold, terminology, thesaurus, recipe.TEMPLATE)


if __name__ == "__main__":
    sys.exit(main())
