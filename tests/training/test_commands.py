"""The documented commands, end to end, with nothing but what is in the repository."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
import torch

from m2m_desktop.core.evaluation.ranking import hit_rates
from m2m_desktop.services.model_store import ModelStore
from m2m_desktop.services.terminology_store import TerminologyStore
from m2m_desktop.training import recipe
from m2m_desktop.training.__main__ import main
from m2m_desktop.training.batches import torch_score
from m2m_desktop.training.evaluate import prepare, read_gold
from m2m_desktop.training.network import CrossEncoder
from tests.toy.release import write_toy_release

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def checkpoint(tmp_path_factory):
    """Three steps, as a user would type them."""
    folder = tmp_path_factory.mktemp("checkpoint")
    train = [sys.executable, "-m", "m2m_desktop.training", "train"]
    command = [*train, "ship-reranker", "--out", str(folder)]
    done = subprocess.run(
        [*command, "--steps", "3", "--warm-up-steps", "2"],
        capture_output=True,
        check=False,
        cwd=ROOT,
        env={**os.environ, "M2M_HOME": str(folder / "home")},
    )
    assert done.returncode == 0, done.stderr.decode()
    return folder


def test_training_leaves_a_checkpoint_under_the_names_of_published_ones(checkpoint, ingredients):
    assert {path.name for path in checkpoint.iterdir()} >= {
        "model.pt",
        "config.json",
        "tokenizer.json",
    }
    config = json.loads((checkpoint / "config.json").read_text(encoding="utf-8"))
    assert config["architectures"] == ["BertForSequenceClassification"]
    assert config["vocab_size"] == len(ingredients.vocabulary)
    weights = torch.load(checkpoint / "model.pt", weights_only=True)
    assert {
        "bert.embeddings.word_embeddings.weight",
        "bert.encoder.layer.3.attention.self.query.weight",
        "bert.pooler.dense.bias",
        "classifier.weight",
    } <= weights.keys()


def test_export_turns_it_into_a_bundle_the_app_opens(checkpoint, tmp_path, capsys):
    folder = tmp_path / "bundle"
    command = ["ship", "reranker", "--checkpoint", str(checkpoint), "--out", str(folder)]
    assert main(command) == 0
    printed = capsys.readouterr().out
    assert "the app accepts it: m2m-small-zh-1" in printed
    info = ModelStore(tmp_path / "none", tmp_path / "none").verify(str(folder))
    assert info.template == recipe.TEMPLATE
    assert "Human Phenotype Ontology" in info.trained_on
    size = sum(path.stat().st_size for path in folder.iterdir())
    assert size < 15_000_000


def test_an_unknown_command_ends_with_the_usage(capsys):
    with pytest.raises(SystemExit) as ended:
        main(["dance"])
    assert ended.value.code == 2
    said = capsys.readouterr().err
    for command in ("prepare", "train", "pretrain", "distil", "export", "quantise", "card"):
        assert command in said


def test_a_model_is_scored_on_mentions_over_a_release(ingredients, tmp_path):
    write_toy_release(tmp_path / "release")
    terminology = TerminologyStore(tmp_path / "compiled").open(tmp_path / "release")
    (tmp_path / "mentions.tsv").write_text(
        "mention_zh\tids\n左布上部炎\tO1\n奎姆上部的炎\tO2|O9\n", encoding="utf-8"
    )
    (tmp_path / "codes.tsv").write_text(
        "oae_id\tpt\nO1\t90000101\nO2\t90000102\nO9\t1\n", encoding="utf-8"
    )
    gold = read_gold(tmp_path / "mentions.tsv", tmp_path / "codes.tsv", terminology)
    assert gold == {"左布上部炎": frozenset({0}), "奎姆上部的炎": frozenset({1})}
    development = prepare(gold, terminology, ingredients.thesaurus, recipe.TEMPLATE, k=20)
    assert development.first_stage()["hit@1"] == 1.0
    torch.manual_seed(1)
    model = CrossEncoder(ingredients.shape).eval()
    score = torch_score(model, ingredients.tokenizer())
    scored = development.reranked(score)
    orders = []
    for mention, rows, texts in zip(
        development.mentions, development.candidates, development.texts, strict=True
    ):
        logits = score(mention, texts)
        by_margin = sorted(range(len(rows)), key=lambda place: logits[place, 0] - logits[place, 1])
        orders.append([rows[place] for place in by_margin])
    assert scored["hit@5"] == hit_rates(orders, development.gold, (5,))[5]
    assert scored["hit@100"] == 1.0
