"""The graph we write is the network that was trained; the bundle around it is one the app opens."""

import json
import random

import numpy as np
import onnx
import pytest
import torch
from onnx import TensorProto, numpy_helper

from m2m_desktop.core.reranking import softmax_probability
from m2m_desktop.services.locations import default_locations
from m2m_desktop.services.model_store import ModelStore
from m2m_desktop.training import export, recipe
from m2m_desktop.training.bundle import onnx_logits, open_encoder, write_bundle
from m2m_desktop.training.network import BertShape, CrossEncoder
from m2m_desktop.training.train import TrainingPlan, train

INT8 = TensorProto.INT8
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


@pytest.fixture(scope="module")
def pairs(groups):
    """200 pairs of all lengths, among them empty ones and ones that must be cut."""
    found = [(group.mention, text) for group in groups for text in group.candidates][:190]
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
    graph = export.export_onnx(model).SerializeToString()
    expected = export.torch_logits(model, tokenizer, pairs)
    given = onnx_logits(graph, tokenizer, pairs)
    assert len(pairs) == 200
    assert len({len(tokenizer.encode(*pair).ids) for pair in pairs}) > 20
    assert np.ptp(expected) > 1
    assert np.abs(given - expected).max() < 1e-4
    # the same in the app's padded batches
    mention = pairs[0][0]
    texts = [text for _, text in pairs]
    batched = open_encoder(graph, tokenizer).logits(mention, texts)
    alone = export.torch_logits(model, tokenizer, [(mention, text) for text in texts])
    assert np.abs(batched - alone).max() < 1e-4


def test_the_graph_holds_what_inference_needs_and_nothing_else(ingredients):
    model = wild_model(len(ingredients.vocabulary), 2)
    graph = export.export_onnx(model).graph
    assert [entry.name for entry in graph.input] == [
        "input_ids",
        "token_type_ids",
        "attention_mask",
    ]
    assert [entry.name for entry in graph.output] == ["logits"]
    used = {name for node in graph.node for name in node.input}
    assert {weight.name for weight in graph.initializer} <= used
    assert all(node.domain == "" for node in graph.node)


def test_int8_stays_close_and_is_a_quarter_of_the_size(ingredients, trained, groups):
    tokenizer = ingredients.tokenizer()
    graph = export.export_onnx(trained)
    float32, int8 = graph.SerializeToString(), export.quantise(graph)
    some = [(group.mention, text) for group in groups[:60] for text in group.candidates]
    figures = export.parity(trained, float32, int8, tokenizer, some)
    assert figures["pairs"] == len(some)
    assert figures["float32_max_logit_difference"] < 1e-4
    assert 0 < figures["int8_mean_probability_change"] < 0.01
    assert figures["int8_max_probability_change"] < 0.05
    assert figures["int8_share_crossing_0.3"] < 0.05
    assert len(int8) < 0.35 * len(float32)
    quantised = onnx.load_from_string(int8)
    kinds = {node.op_type for node in quantised.graph.node}
    assert "MatMulInteger" in kinds or "DynamicQuantizeMatMul" in kinds


def test_int8_weights_keep_to_7_bits_so_that_every_processor_answers_alike(trained):
    """Older ones add products of 8 bits up in 16 bits, which can overflow."""
    graph = onnx.load_from_string(export.quantise(export.export_onnx(trained))).graph
    tables = [
        numpy_helper.to_array(weight) for weight in graph.initializer if weight.data_type == INT8
    ]
    large = [table for table in tables if table.ndim == 2]
    assert len(large) > 10
    for table in large:
        assert np.abs(table.astype(int)).max() <= 64


def test_parity_sees_a_graph_of_another_model(ingredients, trained, groups):
    other = export.export_onnx(wild_model(len(ingredients.vocabulary), 2)).SerializeToString()
    some = [(group.mention, text) for group in groups[:5] for text in group.candidates]
    figures = export.parity(trained, other, other, ingredients.tokenizer(), some)
    assert figures["float32_max_logit_difference"] > 0.1


def write(folder, ingredients, model, golden, quantised=True):
    graph = export.export_onnx(model)
    return write_bundle(
        folder,
        model=export.quantise(graph) if quantised else graph.SerializeToString(),
        tokenizer_json=ingredients.tokenizer_json(),
        golden=golden,
        template=recipe.TEMPLATE,
        config=model.shape.config(),
        card=CARD,
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
    with pytest.raises(ValueError, match="golden"):
        write(tmp_path / "few", ingredients, model, pairs[:19])
    torch.nn.init.zeros_(model.classifier.weight)
    torch.nn.init.zeros_(model.classifier.bias)
    with pytest.raises(ValueError, match="golden"):
        write(tmp_path / "flat", ingredients, model, pairs[:30])
    assert list(tmp_path.glob("*/*")) == []
