"""The recipes of the models that ship, as commands: train them anew from their sources."""

import argparse
import hashlib
import json
import random
from collections.abc import Mapping
from pathlib import Path
from tempfile import TemporaryDirectory

import torch
from torch import nn

from m2m_desktop.services.locations import resources
from m2m_desktop.services.terminology_store import TerminologyStore
from m2m_desktop.services.thesaurus_files import names_by_term
from m2m_desktop.training import recipe, ship_encoder, ship_ner, ship_other_encoders
from m2m_desktop.training.batches import torch_score
from m2m_desktop.training.encoder_score import NamesToFind, first_ranks
from m2m_desktop.training.evaluate import DevelopmentSet, prepare, read_gold
from m2m_desktop.training.network import CrossEncoder
from m2m_desktop.training.pretrain import pretrain
from m2m_desktop.training.train import TrainingPlan, train

MODEL_ID = "m2m-small-zh-1"
MEASURED = 16
"""Pairs the quantiser is calibrated with, drawn before those that are compared."""


def add_training(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add ``train ship-reranker`` and ``train ship-encoder``."""
    one = commands.add_parser("ship-reranker", help="the reranker that ships, from its sources")
    _add_sources(one)
    one.add_argument("--steps", type=int, default=5200)
    one.add_argument("--warm-up-steps", type=int, default=300)
    one.set_defaults(run=train_reranker)
    one = commands.add_parser("ship-encoder", help="the Chinese encoder that ships")
    _add_sources(one)
    one.add_argument("--steps", type=int, default=ship_encoder.STEPS)
    one.add_argument("--warm-up-steps", type=int, default=ship_encoder.WARM_UP_STEPS)
    one.add_argument("--shape", default=ship_encoder.SHAPE)
    one.add_argument("--batch", type=int, default=ship_encoder.BATCH)
    one.add_argument("--hard-share", type=float, default=0.0, help="mined part of a batch, 0 to 1")
    one.add_argument("--device", default="cpu")
    one.set_defaults(run=train_encoder)

    one = commands.add_parser("ship-ner", help="the Chinese tagger of symptoms that ships")
    one.add_argument("--data", type=Path, required=True, help="folder of the open sources")
    one.add_argument("--start", type=Path, required=True, help="what `ship-encoder` wrote")
    one.add_argument("--out", type=Path, required=True, help="folder for the checkpoint")
    one.add_argument("--epochs", type=int, default=ship_ner.EPOCHS)
    one.add_argument("--steps", type=int, default=0, help="instead of epochs")
    one.add_argument("--device", default="cpu")
    one.add_argument("--threads", type=int, default=1)
    one.set_defaults(run=train_ner)

    for name, language in ship_other_encoders.LANGUAGES.items():
        one = commands.add_parser(f"ship-encoder-{name}", help=language.model_id)
        one.add_argument("--data", type=Path, required=True, help="folder of the open sources")
        one.add_argument("--out", type=Path, required=True, help="folder for the checkpoint")
        one.add_argument("--steps", type=int, default=language.steps)
        one.add_argument("--shape", default=ship_other_encoders.SHAPE)
        one.add_argument("--device", default="cpu")
        one.add_argument("--threads", type=int, default=1)
        one.set_defaults(run=train_other_encoder, language=name)


def _add_sources(one: argparse.ArgumentParser) -> None:
    one.add_argument("--data", type=Path, help="folder of the open sources")
    one.add_argument("--release", type=Path, help="release to score on (oae_release.py's folder)")
    one.add_argument("--out", type=Path, required=True, help="folder for the checkpoint")
    one.add_argument("--threads", type=int, default=1)


def train_encoder(options: argparse.Namespace) -> int:
    """``train ship-encoder``: the same command goes on with a run that was stopped."""
    torch.set_num_threads(options.threads)
    ingredients = recipe.gather(resources(), options.data)
    parts = ship_encoder.prepare(
        ingredients,
        shape=options.shape,
        batch=options.batch,
        warm_up_steps=options.warm_up_steps,
        hard_share=options.hard_share,
        device=options.device,
    )
    wanted = _names_to_find(options)

    def evaluate(model: nn.Module) -> Mapping[str, float]:
        return first_ranks(model, parts.checkpoint.reader, wanted) if wanted else {}

    ship_encoder.train(
        parts,
        options.out,
        ship_encoder.plan_of(options.steps, options.warm_up_steps),
        data_mark=_mark(ingredients, options),
        evaluate=evaluate if wanted else None,
    )
    print(f"written: {options.out}")
    return 0


def train_ner(options: argparse.Namespace) -> int:
    """``train ship-ner``: the same command goes on with a run that was stopped."""
    torch.set_num_threads(options.threads)
    ship_ner.train(
        options.data,
        options.start,
        options.out,
        epochs=options.epochs,
        steps=options.steps,
        device=options.device,
    )
    print(f"written: {options.out}")
    return 0


def train_other_encoder(options: argparse.Namespace) -> int:
    """``train ship-encoder-en`` and ``-es``."""
    torch.set_num_threads(options.threads)
    ship_other_encoders.train(
        options.language,
        options.data,
        options.out,
        steps=options.steps,
        shape=options.shape,
        device=options.device,
    )
    print(f"written: {options.out}")
    return 0


def _mark(ingredients: recipe.Ingredients, options: argparse.Namespace) -> str:
    told = [
        ingredients.vocabulary,
        ingredients.thesaurus.groups,
        [(d.name, [(c.names, c.wordings) for c in d.concepts]) for d in ingredients.dictionaries],
        [options.batch, options.hard_share],
    ]
    return hashlib.sha256(json.dumps(told, default=list).encode()).hexdigest()


def _names_to_find(options: argparse.Namespace) -> NamesToFind | None:
    if options.data is None or options.release is None:
        return None
    with TemporaryDirectory() as folder:
        terminology = TerminologyStore(Path(folder)).open(options.release / "chinese")
        gold = read_gold(
            options.data / "mentions" / "zh_dev.tsv", options.release / "oae_to_pt.tsv", terminology
        )
        return NamesToFind.of(terminology, gold)


def train_reranker(options: argparse.Namespace) -> int:
    """``train ship-reranker``."""
    torch.manual_seed(recipe.SEED)
    torch.set_num_threads(options.threads)
    ingredients = recipe.gather(resources(), options.data)
    tokenizer = ingredients.tokenizer()
    model = CrossEncoder(ingredients.shape)
    development = development_of(options, ingredients)
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


def development_of(
    options: argparse.Namespace, ingredients: recipe.Ingredients
) -> DevelopmentSet | None:
    """Give the development mentions over the release, where both are named."""
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
