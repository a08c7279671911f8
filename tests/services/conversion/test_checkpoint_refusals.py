"""Checkpoints that cannot be converted are refused with the reason, and before any work."""

import shutil

import numpy as np
import pytest

from m2m_desktop.core.errors import ModelDamaged, ModelError, ModelMismatch, ModelNotFound
from m2m_desktop.services.bundle_files import ModelUnsupported
from m2m_desktop.services.conversion.checkpoint import is_checkpoint, open_checkpoint
from m2m_desktop.services.conversion.checkpoint_files import CheckpointUnsupported
from tests.toy.checkpoints import (
    change_json,
    read_safetensors,
    write_checkpoint,
    write_json,
    write_safetensors,
)

WEIGHTS = "model.safetensors"
INDEX = "model.safetensors.index.json"


@pytest.fixture(scope="module")
def originals(tmp_path_factory):
    """One checkpoint an architecture."""
    folder = tmp_path_factory.mktemp("toys")
    return {
        name: write_checkpoint(folder / name, architecture=name)
        for name in ("bert", "roberta", "distilbert", "modernbert")
    }


@pytest.fixture
def folder(originals, tmp_path):
    """A whole checkpoint to do harm to."""
    return shutil.copytree(originals["bert"], tmp_path / "toy")


@pytest.fixture
def refused(tmp_path):
    """Refuses with this very error and a sentence with these words."""

    def check(path, error, *words, head=""):
        with (
            pytest.raises(ModelError) as caught,
            open_checkpoint(path, work_dir=tmp_path / "work", head=head),
        ):
            pass
        assert type(caught.value) is error
        sentence = caught.value.sentence()
        for word in (str(path), *words):
            assert word in sentence

    return check


# -- weights in other forms ------------------------------------------------------------------------


@pytest.mark.parametrize(
    "name", ["pytorch_model.bin", "model.ckpt", "model.pt", "weights.pth", "tf_model.h5"]
)
def test_pickled_weights_are_refused_unopened_with_the_reason(folder, refused, name):
    (folder / WEIGHTS).unlink()
    (folder / name).write_bytes(b"cos\nsystem\n(S'echo harm'\ntR.")
    assert is_checkpoint(folder)
    refused(folder, CheckpointUnsupported, name, "any program", WEIGHTS)


def test_pickled_weights_beside_the_right_ones_do_not_matter(folder, tmp_path):
    (folder / "pytorch_model.bin").write_bytes(b"pickle")
    with open_checkpoint(folder, work_dir=tmp_path / "work") as checkpoint:
        assert checkpoint.head == "sequence_classification"


@pytest.mark.parametrize("name", ["flax_model.msgpack", "model.onnx", "model-Q4.gguf"])
def test_weights_for_other_programs_are_refused_by_name(folder, refused, name):
    (folder / WEIGHTS).unlink()
    (folder / name).write_bytes(b"")
    refused(folder, CheckpointUnsupported, name, WEIGHTS)


def test_an_adapter_alone_is_refused(folder, refused):
    (folder / WEIGHTS).rename(folder / "adapter_model.safetensors")
    refused(folder, CheckpointUnsupported, "only an adapter")


def test_missing_weights_are_named(folder, refused):
    (folder / WEIGHTS).unlink()
    refused(folder, ModelDamaged, f"{WEIGHTS} is missing")


def test_a_refusal_is_of_the_family_that_the_app_knows():
    assert issubclass(CheckpointUnsupported, ModelUnsupported)
    assert CheckpointUnsupported.code == "M2M-302"


# -- configs ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "kind", ["electra", "deberta-v2", "ernie", "albert", "gpt2", "t5", "", None, 7]
)
def test_other_architectures_are_refused_with_those_there_are(folder, refused, kind):
    change_json(folder / "config.json", model_type=kind)
    refused(folder, CheckpointUnsupported, "BERT, RoBERTa, DistilBERT, ModernBERT")


@pytest.mark.parametrize(
    ("architecture", "name", "value"),
    [
        ("bert", "hidden_act", "quick_gelu"),
        ("bert", "hidden_act", ["gelu"]),
        ("bert", "position_embedding_type", "relative_key"),
        ("bert", "is_decoder", True),
        ("bert", "add_cross_attention", True),
        ("bert", "num_attention_heads", 5),
        ("bert", "num_attention_heads", 0),
        ("bert", "num_hidden_layers", 65),
        ("bert", "num_hidden_layers", 0),
        ("bert", "hidden_size", 10**9),
        ("bert", "hidden_size", "32"),
        ("bert", "hidden_size", 32.0),
        ("bert", "hidden_size", True),
        ("bert", "intermediate_size", -1),
        ("bert", "vocab_size", 10**8),
        ("bert", "max_position_embeddings", 4),
        ("bert", "type_vocab_size", 0),
        ("bert", "pad_token_id", -1),
        ("bert", "layer_norm_eps", 0),
        ("bert", "layer_norm_eps", "1e-12"),
        ("bert", "quantization_config", {"bits": 4}),
        ("roberta", "max_position_embeddings", 9),
        ("roberta", "position_embedding_type", "relative_key_query"),
        ("distilbert", "activation", "tanh"),
        ("distilbert", "n_heads", 7),
        ("distilbert", "dim", "16"),
        ("modernbert", "hidden_activation", "swiglu"),
        ("modernbert", "classifier_activation", "tanh"),
        ("modernbert", "classifier_pooling", "max"),
        ("modernbert", "norm_bias", 1),
        ("modernbert", "local_attention", 0),
        ("modernbert", "global_attn_every_n_layers", 0),
        ("modernbert", "layer_types", ["full_attention"]),
        ("modernbert", "layer_types", ["full_attention", "no_attention"]),
        ("modernbert", "rope_scaling", {"type": "linear", "factor": 2.0}),
        ("modernbert", "global_rope_theta", -1),
        ("modernbert", "local_rope_theta", None),
        ("modernbert", "num_attention_heads", 32),
    ],
)
def test_what_cannot_be_computed_is_refused_by_name(
    originals, tmp_path, refused, architecture, name, value
):
    folder = shutil.copytree(originals[architecture], tmp_path / "toy")
    change_json(folder / "config.json", **{name: value})
    refused(folder, CheckpointUnsupported, f"config.json says {name} =")


@pytest.mark.parametrize(
    ("parameters", "word"),
    [
        ({"full_attention": {"rope_type": "yarn"}}, "rope_type = yarn"),
        ({"sliding_attention": {"rope_theta": 0}}, "sliding_attention.rope_theta = 0"),
        ({"full_attention": {"partial_rotary_factor": 0.5}}, "partial_rotary_factor"),
        ({"other_attention": {}}, "other_attention"),
        ({"full_attention": None}, "full_attention"),
        ({"full_attention": {"rope_theta": None}}, "rope_theta = None"),
        (["full_attention"], "rope_parameters"),
    ],
)
def test_rotations_other_than_the_plain_one_are_refused(
    originals, tmp_path, refused, parameters, word
):
    folder = shutil.copytree(originals["modernbert"], tmp_path / "toy")
    change_json(folder / "config.json", rope_parameters=parameters)
    refused(folder, CheckpointUnsupported, word)


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b"\xff\xfe{}", b"[" * 100_000, b'"x"'])
def test_a_config_that_is_none_is_damage(folder, refused, content):
    (folder / "config.json").write_bytes(content)
    refused(folder, ModelDamaged, "config.json")


def test_a_config_as_large_as_no_config_is_refused(folder, refused):
    (folder / "config.json").write_bytes(b" " * ((4 << 20) + 1))
    refused(folder, ModelDamaged, "config.json is too large")


def test_what_is_not_there_is_named(tmp_path, refused):
    refused(tmp_path / "nowhere", ModelNotFound, "There is no model in")
    (tmp_path / "empty").mkdir()
    refused(tmp_path / "empty", ModelNotFound, "There is no model in", "config.json")


def test_a_folder_of_two_checkpoints_is_refused(folder, tmp_path, refused):
    for name in ("a", "b"):
        shutil.copytree(folder, tmp_path / "both" / name)
    assert is_checkpoint(tmp_path / "both")
    refused(tmp_path / "both", CheckpointUnsupported, "several models; choose the folder of one")


# -- heads and labels ------------------------------------------------------------------------------


@pytest.mark.parametrize("architecture", ["bert", "roberta", "distilbert", "modernbert"])
def test_a_head_that_was_not_trained_is_refused(originals, tmp_path, refused, architecture):
    refused(
        originals[architecture], CheckpointUnsupported, "not trained", head="token_classification"
    )
    encoder = write_checkpoint(tmp_path / "m", architecture=architecture, head="encoder")
    for head in ("sequence_classification", "token_classification"):
        refused(encoder, CheckpointUnsupported, "not trained", head=head)


def test_a_class_that_promises_what_the_tensors_lack_is_refused(tmp_path, refused):
    named = {"architectures": ["BertForSequenceClassification"]}
    folder = write_checkpoint(tmp_path / "m", head="encoder", config=named)
    refused(folder, CheckpointUnsupported, "not trained")


@pytest.mark.parametrize("name", ["RobertaForSequenceClassification", "Mystery"])
def test_a_class_of_another_family_is_refused(folder, refused, name):
    change_json(folder / "config.json", architectures=[name])
    refused(folder, CheckpointUnsupported, f"{name}, which does not belong to this architecture")


@pytest.mark.parametrize("named", [["BertForQuestionAnswering"], [], None, "x"])
def test_answers_that_nobody_explained_are_refused(folder, refused, named):
    change_json(folder / "config.json", architectures=named)
    refused(folder, CheckpointUnsupported, "does not say what its answers are for")


@pytest.mark.parametrize(
    "named",
    [{"0": "a"}, {"0": "a", "2": "b"}, {"0": "a", "1": "b", "2": "c"}, {"-1": "a", "0": "b"}],
)
def test_labels_that_do_not_fit_the_weights_are_refused(folder, refused, named):
    change_json(folder / "config.json", id2label=named)
    refused(folder, ModelMismatch, "labels", "the weights are for 2")


def test_a_number_of_labels_that_does_not_fit_is_refused(folder, refused):
    change_json(folder / "config.json", id2label=..., num_labels=3)
    refused(folder, ModelMismatch, "names 3 labels, the weights are for 2")


@pytest.mark.parametrize("named", [["a", "b"], {"zero": "a", "one": "b"}, 7])
def test_labels_without_numbers_are_damage(folder, refused, named):
    change_json(folder / "config.json", id2label=named)
    refused(folder, ModelDamaged, "labels")


# -- tensors ---------------------------------------------------------------------------------------

INSIDE = {
    "bert": "bert.encoder.layer.1.attention.self.key.weight",
    "roberta": "roberta.encoder.layer.0.output.LayerNorm.bias",
    "distilbert": "distilbert.transformer.layer.1.ffn.lin2.weight",
    "modernbert": "model.layers.1.attn_norm.weight",
}


def change_tensors(folder, change):
    tensors = read_safetensors(folder / WEIGHTS)
    change(tensors)
    write_safetensors(folder / WEIGHTS, tensors)


@pytest.mark.parametrize("architecture", INSIDE)
def test_a_missing_tensor_is_named(originals, tmp_path, refused, architecture):
    folder = shutil.copytree(originals[architecture], tmp_path / "toy")
    name = INSIDE[architecture]
    change_tensors(folder, lambda tensors: tensors.pop(name))
    refused(folder, ModelDamaged, f"lack the tensor {name.partition('.')[2]}")


@pytest.mark.parametrize("architecture", INSIDE)
def test_a_tensor_of_another_size_is_named(originals, tmp_path, refused, architecture):
    folder = shutil.copytree(originals[architecture], tmp_path / "toy")
    name = INSIDE[architecture]
    change_tensors(folder, lambda tensors: tensors.update({name: tensors[name][1:].copy()}))
    refused(folder, ModelMismatch, name.partition(".")[2], "config.json asks for")


def test_a_bias_of_the_head_that_is_missing_is_named(folder, refused):
    change_tensors(folder, lambda tensors: tensors.pop("classifier.bias"))
    refused(folder, ModelDamaged, "classifier.bias")


def test_weights_in_whole_numbers_are_refused(folder, refused):
    name = "bert.encoder.layer.0.output.dense.weight"

    def quantise(tensors):
        tensors[name] = tensors[name].astype(np.int8)

    change_tensors(folder, quantise)
    refused(folder, CheckpointUnsupported, "encoder.layer.0.output.dense.weight", "I8")


def test_a_classifier_in_whole_numbers_is_no_classifier(folder, refused):
    def quantise(tensors):
        tensors["classifier.weight"] = tensors["classifier.weight"].astype(np.int8)

    change_tensors(folder, quantise)
    refused(folder, CheckpointUnsupported)


def test_two_tensors_of_one_name_are_refused(folder, refused):
    name = "embeddings.LayerNorm.weight"
    change_tensors(folder, lambda tensors: tensors.update({name: tensors[f"bert.{name}"]}))
    refused(folder, ModelMismatch, f"both called {name}")


@pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf])
def test_numbers_that_are_none_are_found_and_named(folder, tmp_path, bad):
    name = "bert.encoder.layer.0.output.dense.bias"
    change_tensors(folder, lambda tensors: tensors[name].__setitem__(3, bad))
    with open_checkpoint(folder, work_dir=tmp_path / "work") as checkpoint:
        for other in ("pooler.dense.weight", "classifier.bias"):
            checkpoint.check_finite(other, checkpoint.tensors[other])
        array = checkpoint.tensors[name.removeprefix("bert.")]
        with pytest.raises(
            ModelDamaged, match=r"the tensor a\.b holds numbers that are not finite"
        ):
            checkpoint.check_finite("a.b", array)


def test_an_index_that_misleads_is_refused(folder, refused):
    (folder / WEIGHTS).rename(folder / "model-00001-of-00002.safetensors")
    first, second = "model-00001-of-00002.safetensors", "model-00002-of-00002.safetensors"
    for content, words in (
        ({}, "where the tensors are"),
        ([], INDEX),
        (
            {"weight_map": {"classifier.weight": "../other.safetensors"}},
            "names a file outside its folder",
        ),
        ({"weight_map": {"classifier.weight": ["x"]}}, "names a file outside its folder"),
        ({"weight_map": {"classifier.weight": second}}, f"{second} is missing"),
        ({"weight_map": {"no.such": first}}, f"{first} lacks the tensor no.such"),
    ):
        write_json(folder / INDEX, content)
        refused(folder, ModelDamaged, words)


# -- sentence-transformers -------------------------------------------------------------------------


@pytest.fixture
def encoder(tmp_path):
    return write_checkpoint(tmp_path / "m", head="encoder", sentence_transformers="mean")


def test_a_pooling_that_is_not_converted_is_refused(encoder, refused):
    config = encoder / "1_Pooling" / "config.json"
    change_json(config, pooling_mode_max_tokens=True)
    refused(encoder, CheckpointUnsupported, "mean + max_tokens")
    change_json(config, pooling_mode_mean_tokens=False)
    refused(encoder, CheckpointUnsupported, "max_tokens")
    write_json(config, {"pooling_mode": "lasttoken"})
    refused(encoder, CheckpointUnsupported, "lasttoken")


def test_a_step_that_is_not_converted_is_refused(encoder, refused):
    steps = [{"path": "", "type": "x.Transformer"}, {"path": "2_Dense", "type": "x.Dense"}]
    write_json(encoder / "modules.json", steps)
    refused(encoder, CheckpointUnsupported, "Dense")
    write_json(encoder / "modules.json", [{"path": "", "type": "x.WordEmbeddings"}])
    refused(encoder, CheckpointUnsupported, "begin with a network")


def test_words_before_every_text_are_refused(encoder, refused):
    prompts = {"prompts": {"query": "query: "}, "default_prompt_name": "query"}
    write_json(encoder / "config_sentence_transformers.json", prompts)
    refused(encoder, CheckpointUnsupported, "query: ")
    write_json(encoder / "config_sentence_transformers.json", {"default_prompt_name": "query"})
    with open_checkpoint(encoder, work_dir=encoder) as checkpoint:
        assert checkpoint.pooling == "mean"


@pytest.mark.parametrize("content", [{}, [1], [{"path": ""}], "x"])
def test_modules_that_are_none_are_refused(encoder, tmp_path, content):
    write_json(encoder / "modules.json", content)
    with pytest.raises(ModelError), open_checkpoint(encoder, work_dir=tmp_path / "work"):
        pass


@pytest.mark.parametrize("path", ["../outside", "/etc", "1_Pooling/..", "3_Missing"])
def test_a_module_folder_elsewhere_is_refused(encoder, tmp_path, refused, path):
    (tmp_path / "outside").mkdir()
    steps = [{"path": "", "type": "x.Transformer"}, {"path": path, "type": "x.Pooling"}]
    write_json(encoder / "modules.json", steps)
    refused(encoder, ModelDamaged, "a folder that is not there")
