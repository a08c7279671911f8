"""The graph we write is the network that was trained; the bundle around it is one the app opens."""

import json
import random

import numpy as np
import onnx
import pytest
import torch
from onnx import numpy_helper

from m2m_desktop.core.errors import ModelMismatch
from m2m_desktop.core.reranking import softmax_probability
from m2m_desktop.services.bundle_files import MANIFEST
from m2m_desktop.services.locations import default_locations
from m2m_desktop.services.model_store import ModelStore
from m2m_desktop.training import export, recipe
from m2m_desktop.training.bundle import onnx_logits, open_encoder, write_bundle
from m2m_desktop.training.network import BertShape, CrossEncoder
from m2m_desktop.training.train import TrainingPlan, train

CARD = {"id": "trained", "name": "T", "origin": "a test", "licence": "Apache-2.0"}


def wild_model(vocab_size, layers):
    """Weights large enough that any wrong place shows."""
    torch.manual_seed(layers)
    model = CrossEncoder(
        BertShape(
            vocab_size,
            hidden_size=32,
            num_hidden_layers=layers,
            num_attention_heads=4,
            intermediate_size=64,
        )
    )
    for name, parameter in model.named_parameters():
        if "LayerNorm" in name:
            torch.nn.init.normal_(parameter, 1.0 if name.endswith("weight") else 0.0, 0.3)
        else:
            torch.nn.init.normal_(parameter, 0, 0.25)
    return model.eval()


def flat(groups):
    return [(group.mention, text) for group in groups for text in group.candidates]


@pytest.fixture(scope="module")
def pairs(groups):
    """200 pairs of all lengths, among them empty ones and ones that must be cut."""
    found = flat(groups)[:190]
    long = [("头痛" * n, "PT: 恶心；" * n) for n in (1, 5, 20, 100)]
    return [
        *found,
        *long,
        ("", ""),
        ("头", ""),
        ("", "PT"),
        ("鑫", "𠮷"),
        ("a" * 99, "b"),
        ("?", "!"),
    ]


@pytest.fixture(scope="module")
def trained(ingredients):
    """A small model that has learnt a little."""
    torch.manual_seed(1)
    shape = BertShape(
        len(ingredients.vocabulary),
        hidden_size=48,
        num_hidden_layers=2,
        num_attention_heads=4,
        intermediate_size=96,
    )
    groups = ingredients.groups(random.Random(1))
    plan = TrainingPlan(40, groups_per_step=8, learning_rate=2e-3)
    return train(CrossEncoder(shape), ingredients.tokenizer(), groups, plan)


@pytest.mark.parametrize("layers", [1, 2, 3])
def test_the_graph_equals_the_network_on_200_pairs(ingredients, pairs, layers):
    """The last block works for [CLS] alone; with one layer that is the only block."""
    tokenizer = ingredients.tokenizer()
    model = wild_model(len(ingredients.vocabulary), layers)
    encoder = open_encoder(export.float32_model(model), tokenizer, recipe.MAX_LENGTH)
    expected = export.torch_logits(model, tokenizer, pairs)
    given = onnx_logits(encoder, pairs)
    assert len(pairs) == 200
    assert len({len(tokenizer.encode(*pair).ids) for pair in pairs}) > 20
    assert np.ptp(expected) > 1
    assert np.abs(given - expected).max() < 1e-4
    # the same in the app's padded batches
    mention = pairs[0][0]
    texts = [text for _, text in pairs]
    batched = encoder.logits(mention, texts)
    alone = export.torch_logits(model, tokenizer, [(mention, text) for text in texts])
    assert np.abs(batched - alone).max() < 1e-4


def test_both_graphs_are_valid_and_give_logits(ingredients, trained, pairs):
    tokenizer = ingredients.tokenizer()
    for content in (
        export.float32_model(trained),
        export.int8_model(trained, tokenizer, pairs[:4]),
    ):
        graph = onnx.load_from_string(content).graph
        assert {entry.name for entry in graph.input} == {
            "input_ids",
            "token_type_ids",
            "attention_mask",
        }
        assert [entry.name for entry in graph.output] == ["logits"]
        used = {name for node in graph.node for name in node.input}
        assert {weight.name for weight in graph.initializer} <= used


def test_int8_stays_close_and_is_a_third_of_the_size(ingredients, trained, groups):
    tokenizer = ingredients.tokenizer()
    float32 = export.float32_model(trained)
    int8 = export.int8_model(trained, tokenizer, flat(groups[:4]))
    figures = export.parity(trained, float32, int8, tokenizer, flat(groups[4:64]))
    assert figures["pairs"] == len(flat(groups[4:64]))
    assert figures["mentions"] == 60
    assert figures["float32_max_logit_difference"] < 1e-4
    assert 0 < figures["mean_change"] < 0.01
    assert figures["max_change"] < 0.05
    assert figures["selected_changes"] <= 0.1
    assert len(int8) < 0.4 * len(float32)  # queries and keys take two bytes a weight


def test_int8_weights_keep_to_7_bits_so_that_every_processor_answers_alike(
    ingredients, trained, pairs
):
    """Older ones add products of 8 bits up in 16 bits, which can overflow."""
    content = export.int8_model(trained, ingredients.tokenizer(), pairs[:4])
    graph = onnx.load_from_string(content).graph
    multiplied = {node.input[1] for node in graph.node if node.op_type == "MatMulIntegerToFloat"}
    tables = [
        numpy_helper.to_array(weight) for weight in graph.initializer if weight.name in multiplied
    ]
    # six layers in each of two blocks, and second terms for queries and keys, which begin near the
    # identity, as far as they need them; the head stays in float32
    assert 2 * 6 < len(tables) <= 2 * 6 + 2 * 2
    for table in tables:
        assert table.dtype == np.int8
        assert np.abs(table.astype(int)).max() <= 64


def test_parity_sees_a_graph_of_another_model(ingredients, trained, groups):
    tokenizer = ingredients.tokenizer()
    other = export.float32_model(wild_model(len(ingredients.vocabulary), 2))
    figures = export.parity(trained, other, other, tokenizer, flat(groups[:5]))
    assert figures["float32_max_logit_difference"] > 0.1
    own = export.float32_model(trained)
    assert export.parity(trained, own, other, tokenizer, flat(groups[:5]))["max_change"] > 0.1


def write(folder, ingredients, model, golden, quantised=True):
    tokenizer = ingredients.tokenizer()
    return write_bundle(
        folder,
        model=export.int8_model(model, tokenizer, golden[:8])
        if quantised
        else export.float32_model(model),
        tokenizer_json=ingredients.tokenizer_json(),
        golden=golden,
        template=recipe.TEMPLATE,
        config=model.shape.config(),
        card=CARD,
        precision="int8" if quantised else "fp32",
        parity={"max_change": 0.01},
    )


@pytest.mark.parametrize("quantised", [True, False])
def test_a_written_bundle_opens_in_the_app_and_scores_alike(
    ingredients, trained, groups, pairs, tmp_path, quantised
):
    folder = tmp_path / "bundle"
    write(folder, ingredients, trained, pairs[:30], quantised)
    places = default_locations()
    store = ModelStore(places.models, tmp_path / "none")
    assert store.install(folder).model_id == "trained"
    opened = store.open("trained")
    assert opened.info.template == recipe.TEMPLATE
    assert opened.info.max_length == recipe.MAX_LENGTH
    assert opened.info.precision == ("int8" if quantised else "fp32")
    assert opened.info.parity == {"max_change": 0.01}
    mention, texts = groups[0].mention, groups[0].candidates
    logits = export.torch_logits(trained, ingredients.tokenizer(), [(mention, t) for t in texts])
    expected = softmax_probability(logits, 1)
    tolerance = 0.05 if quantised else 1e-5
    assert opened.reranker.score(mention, texts) == pytest.approx(expected, abs=tolerance)


def test_the_manifest_says_where_a_model_comes_from(ingredients, trained, pairs, tmp_path):
    path = write(tmp_path / "b", ingredients, trained, pairs[:24])
    manifest = json.loads(path.read_text(encoding="utf-8"))
    assert manifest["labels"] == ["not_match", "match"]
    assert manifest["config"]["id2label"] == {"0": "not_match", "1": "match"}
    assert manifest["vocab_size"] == len(ingredients.vocabulary)
    assert len(manifest["golden"]) == 24
    assert {"origin", "licence", "template", "files", "seal"} <= manifest.keys()


def test_a_bundle_that_its_golden_pairs_cannot_tell_is_not_written(ingredients, pairs, tmp_path):
    model = wild_model(len(ingredients.vocabulary), 1)
    with pytest.raises(ModelMismatch):
        write(tmp_path / "few", ingredients, model, pairs[:19])
    torch.nn.init.zeros_(model.classifier.weight)
    torch.nn.init.zeros_(model.classifier.bias)
    with pytest.raises(ModelMismatch):
        write(tmp_path / "flat", ingredients, model, pairs[:30])
    assert list(tmp_path.glob(f"*/{MANIFEST}")) == []
