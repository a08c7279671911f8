"""What a checkpoint says, in all the layouts that checkpoints come in."""

import shutil
import sys
import zipfile
from pathlib import Path

import numpy as np
import pytest

from m2m_desktop.services.bundle_files import MANIFEST
from m2m_desktop.services.conversion.architectures import FAMILIES
from m2m_desktop.services.conversion.checkpoint import is_checkpoint, open_checkpoint
from tests.toy.checkpoints import (
    change_json,
    read_safetensors,
    write_checkpoint,
    write_json,
    write_safetensors,
)

WEIGHTS = "model.safetensors"


@pytest.fixture(scope="module")
def original(tmp_path_factory):
    return write_checkpoint(tmp_path_factory.mktemp("toy") / "toy-model")


@pytest.fixture
def folder(original, tmp_path):
    """A whole checkpoint to change."""
    return shutil.copytree(original, tmp_path / "toy-model")


@pytest.fixture
def opened(tmp_path):
    """Open a checkpoint, with a place for what a zip holds."""

    def open_it(path, **options):
        return open_checkpoint(path, work_dir=tmp_path / "work", **options)

    return open_it


# -- what it says ----------------------------------------------------------------------------------


@pytest.mark.parametrize("head", ["sequence_classification", "token_classification", "encoder"])
@pytest.mark.parametrize("architecture", FAMILIES)
def test_every_architecture_opens_with_every_head(tmp_path, opened, architecture, head):
    folder = write_checkpoint(tmp_path / "toy-7", architecture=architecture, head=head)
    with opened(folder) as checkpoint:
        family = FAMILIES[architecture].architecture
        assert (checkpoint.architecture, checkpoint.head) == (family, head)
        assert checkpoint.labels == (() if head == "encoder" else ("not_match", "match"))
        assert checkpoint.pooling == ("cls" if head == "encoder" else "")
        assert checkpoint.name == "toy-7"
        assert (checkpoint.layers, checkpoint.hidden) == (2, 32)
        assert checkpoint.path == folder
        assert checkpoint.licence == "apache-2.0"
        # RoBERTa counts positions from behind its padding
        assert checkpoint.max_length == (62 if family == "roberta" else 64)
        assert checkpoint.pad_id == (1 if family == "roberta" else 0)
        assert checkpoint.bytes_read == (folder / WEIGHTS).stat().st_size


def test_a_tensor_is_a_read_only_view_of_the_file_and_not_a_copy(folder, opened):
    wanted = read_safetensors(folder / WEIGHTS)["bert.embeddings.word_embeddings.weight"]
    with opened(folder) as checkpoint:
        given = checkpoint.tensors["embeddings.word_embeddings.weight"]
        assert given.dtype == np.float32
        assert np.array_equal(given, wanted)
        assert not given.flags.owndata
        assert not given.flags.writeable
        assert np.shares_memory(given, checkpoint.tensors["embeddings.word_embeddings.weight"])
        del given


@pytest.mark.parametrize(
    ("dtype", "tolerance"), [("F32", 0), ("F64", 0), ("F16", 1e-3), ("BF16", 8e-3)]
)
def test_every_kind_of_number_becomes_float32(tmp_path, opened, original, dtype, tolerance):
    folder = write_checkpoint(tmp_path / "m", dtype=dtype)
    wanted = read_safetensors(original / WEIGHTS)
    with opened(folder) as checkpoint:
        assert len(checkpoint.tensors) == len(wanted)
        for name, array in wanted.items():
            given = checkpoint.tensors[name.removeprefix("bert.")]
            assert given.dtype == np.float32
            np.testing.assert_allclose(given, array, rtol=tolerance, atol=1e-6 if tolerance else 0)


def test_tensors_that_do_not_begin_at_a_whole_word_can_be_computed_with(folder, opened):
    content = (folder / WEIGHTS).read_bytes()
    length = int.from_bytes(content[:8], "little")
    header = content[8 : 8 + length].rstrip() + b" "
    header += b" " * (1 - (len(header) + 8) % 2)  # an odd start
    assert (8 + len(header)) % 2
    (folder / WEIGHTS).write_bytes(
        len(header).to_bytes(8, "little") + header + content[8 + length :]
    )
    wanted = read_safetensors(folder / WEIGHTS)
    with opened(folder) as checkpoint:
        for name, array in checkpoint.tensors.items():
            assert array.flags.aligned
            source = name if name.startswith("classifier") else f"bert.{name}"
            assert np.array_equal(array, wanted[source])


def renamed(folder, change):
    tensors = read_safetensors(folder / WEIGHTS)
    write_safetensors(folder / WEIGHTS, {change(name): array for name, array in tensors.items()})


@pytest.mark.parametrize(
    "change",
    [
        lambda name: name.removeprefix("bert."),
        lambda name: f"module.{name}",
        lambda name: f"module.module.{name}",
        lambda name: name.replace("LayerNorm.weight", "LayerNorm.gamma").replace(
            "LayerNorm.bias", "LayerNorm.beta"
        ),
    ],
    ids=["no prefix", "parallel", "parallel twice", "old norms"],
)
def test_the_ways_to_name_a_tensor_are_one(original, folder, opened, change):
    with opened(original) as checkpoint:
        wanted = {name: array.copy() for name, array in checkpoint.tensors.items()}
    renamed(folder, change)
    with opened(folder) as checkpoint:
        assert set(checkpoint.tensors) == set(wanted)
        for name, array in wanted.items():
            assert np.array_equal(checkpoint.tensors[name], array)


def test_whole_numbers_beside_the_weights_are_left_out(folder, opened):
    tensors = read_safetensors(folder / WEIGHTS)
    tensors["bert.embeddings.position_ids"] = np.arange(64, dtype=np.int64)[None]
    write_safetensors(folder / WEIGHTS, tensors)
    with opened(folder) as checkpoint:
        assert "embeddings.position_ids" not in checkpoint.tensors
        assert len(checkpoint.tensors) == len(list(checkpoint.tensors)) == len(tensors) - 1
        with pytest.raises(KeyError):
            checkpoint.tensors["embeddings.position_ids"]


def in_parts(folder):
    """Split the weights into three files, as large checkpoints are."""
    tensors = read_safetensors(folder / WEIGHTS)
    (folder / WEIGHTS).unlink()
    where = {}
    for part in range(3):
        name = f"model-{part + 1:05}-of-00003.safetensors"
        chosen = dict(list(tensors.items())[part::3])
        write_safetensors(folder / name, chosen)
        where |= dict.fromkeys(chosen, name)
    write_json(folder / "model.safetensors.index.json", {"metadata": {}, "weight_map": where})
    return folder


def test_weights_in_several_parts_are_one_mapping(original, folder, opened):
    with opened(original) as whole, opened(in_parts(folder)) as parts:
        assert set(parts.tensors) == set(whole.tensors)
        for name, array in whole.tensors.items():
            assert np.array_equal(parts.tensors[name], array)
        assert parts.bytes_read == sum(path.stat().st_size for path in folder.glob("*.safetensors"))


def test_labels_come_in_the_order_of_their_numbers(folder, opened):
    change_json(folder / "config.json", id2label={"1": "not_match", "0": "match"})
    with opened(folder) as checkpoint:
        assert checkpoint.labels == ("match", "not_match")


def test_labels_that_nobody_named_have_the_usual_names(folder, opened):
    change_json(folder / "config.json", id2label=..., label2id=...)
    with opened(folder) as checkpoint:
        assert checkpoint.labels == ("LABEL_0", "LABEL_1")


@pytest.mark.parametrize("head", ["sequence_classification", "token_classification"])
def test_many_labels_are_read_as_they_are_numbered(tmp_path, opened, head):
    labels = [f"B-{row}" for row in range(12)]
    folder = write_checkpoint(tmp_path / "m", head=head, labels=labels, architecture="roberta")
    with opened(folder) as checkpoint:
        assert checkpoint.labels == tuple(labels)


def test_what_a_config_leaves_out_is_what_its_library_takes(folder, opened):
    change_json(folder / "config.json", layer_norm_eps=..., hidden_act=None, type_vocab_size=...)
    with opened(folder) as checkpoint:
        assert checkpoint.config["layer_norm_eps"] == 1e-12
        assert checkpoint.config["hidden_act"] == "gelu"
        assert checkpoint.config["type_vocab_size"] == 2


@pytest.mark.parametrize(
    ("said", "length"), [(40, 40), (4, 64), (512, 64), (10**30, 64), ("9", 64)]
)
def test_the_shortest_sensible_length_holds(folder, opened, said, length):
    change_json(folder / "tokenizer_config.json", model_max_length=said)
    with opened(folder) as checkpoint:
        assert checkpoint.max_length == length


# -- heads -----------------------------------------------------------------------------------------


def test_an_encoder_is_in_every_checkpoint(folder, opened):
    with opened(folder, head="encoder") as checkpoint:
        assert checkpoint.head == "encoder"
        assert checkpoint.labels == ()
        assert checkpoint.pooling == "cls"


@pytest.mark.parametrize("name", ["BertForMaskedLM", "BertForPreTraining", "BertModel"])
def test_a_pre_trained_checkpoint_is_an_encoder(tmp_path, opened, name):
    folder = write_checkpoint(tmp_path / "m", head="encoder", config={"architectures": [name]})
    with opened(folder) as checkpoint:
        assert checkpoint.head == "encoder"


def test_a_checkpoint_without_a_class_is_what_its_tensors_are(tmp_path, folder, opened):
    encoder = write_checkpoint(tmp_path / "m", head="encoder", config={"architectures": None})
    with opened(encoder) as checkpoint:
        assert checkpoint.head == "encoder"
    change_json(folder / "config.json", architectures=...)
    with opened(folder, head="sequence_classification") as checkpoint:
        assert checkpoint.labels == ("not_match", "match")


def test_an_unknown_head_is_a_mistake_of_the_caller(folder, opened):
    with pytest.raises(ValueError, match="reranker"), opened(folder, head="reranker"):
        pass


# -- sentence-transformers -------------------------------------------------------------------------


@pytest.mark.parametrize("normalise", [True, False])
@pytest.mark.parametrize("mode", ["cls", "mean"])
@pytest.mark.parametrize("architecture", ["bert", "modernbert"])
def test_pooling_is_what_its_files_say(tmp_path, opened, architecture, mode, normalise):
    folder = write_checkpoint(
        tmp_path / "m",
        architecture=architecture,
        head="encoder",
        sentence_transformers=mode,
        normalise=normalise,
    )
    with opened(folder) as checkpoint:
        assert (checkpoint.pooling, checkpoint.normalises) == (mode, normalise)
        assert checkpoint.max_length == 32


@pytest.mark.parametrize("named", ["mean", ["mean"]])
def test_newer_pooling_files_name_the_mode(tmp_path, opened, named):
    folder = write_checkpoint(tmp_path / "m", head="encoder", sentence_transformers="cls")
    write_json(folder / "1_Pooling" / "config.json", {"pooling_mode": named})
    with opened(folder) as checkpoint:
        assert checkpoint.pooling == "mean"


@pytest.mark.parametrize("as_zip", [False, True])
def test_the_network_may_lie_in_a_folder_of_its_own(tmp_path, opened, as_zip):
    flat = write_checkpoint(tmp_path / "flat", head="encoder", sentence_transformers="mean")
    deep = tmp_path / "deep"
    (deep / "0_Transformer").mkdir(parents=True)
    for path in flat.iterdir():
        if path.name in ("modules.json", "1_Pooling", "README.md"):
            shutil.move(path, deep / path.name)
        else:
            shutil.move(path, deep / "0_Transformer" / path.name)
    modules = [
        {"idx": 0, "path": "0_Transformer", "type": "sentence_transformers.models.Transformer"},
        {"idx": 1, "path": "1_Pooling", "type": "a.new.place.Pooling"},
    ]
    write_json(deep / "modules.json", modules)
    path = zipped(deep, tmp_path / "deep.zip", "deep/") if as_zip else deep
    with opened(path) as checkpoint:
        assert checkpoint.name == "deep"
        assert (checkpoint.pooling, checkpoint.max_length) == ("mean", 32)
        assert checkpoint.licence == "apache-2.0"


def test_pooling_files_make_an_encoder_of_a_classifier_class(tmp_path, opened):
    folder = write_checkpoint(tmp_path / "m", sentence_transformers="mean")
    with opened(folder) as checkpoint:
        assert (checkpoint.head, checkpoint.pooling) == ("encoder", "mean")


def test_modules_without_a_pooling_leave_the_head_alone(tmp_path, opened):
    folder = write_checkpoint(tmp_path / "m")
    write_json(folder / "modules.json", [{"path": "", "type": "x.Transformer"}])
    with opened(folder) as checkpoint:
        assert (checkpoint.head, checkpoint.pooling) == ("sequence_classification", "")


# -- names and licences ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("folder_name", "config_name", "name"),
    [
        ("mention2meddra-macbert-base", "hfl/chinese-macbert-base", "mention2meddra-macbert-base"),
        ("checkpoint-500", "someone/their-model", "their-model"),
        ("output", "C:\\models\\their model\\", "their-model"),
        ("药物模型", "someone/their-model", "药物模型"),
        ("我院 重排序模型（v2）", "", "我院-重排序模型-v2"),
        ("cafe\u0301", "", "caf\u00e9"),
        ("（）", "", "bert-sequence-classification"),
        ("." + "x" * 90, "", "x" * 64),
    ],
)
def test_the_name_is_made_of_letters_of_any_script(
    original, tmp_path, opened, folder_name, config_name, name
):
    folder = shutil.copytree(original, tmp_path / folder_name)
    change_json(folder / "config.json", _name_or_path=config_name)
    with opened(folder) as checkpoint:
        assert checkpoint.name == name


@pytest.mark.parametrize(
    ("text", "licence"),
    [
        ("---\nlicense: mit\n---\n", "mit"),
        ("---\ntags:\n- x\nlicense:\n- cc-by-4.0\n- mit\n---\n", "cc-by-4.0"),
        ('---\nlicense: "apache-2.0"\n---\n', "apache-2.0"),
        ("# No front matter\nlicense: mit\n", ""),
        ("---\nlicense: mit\n", ""),
        ("", ""),
    ],
)
def test_the_licence_is_that_of_the_front_matter(folder, opened, text, licence):
    (folder / "README.md").write_text(text, encoding="utf-8")
    with opened(folder) as checkpoint:
        assert checkpoint.licence == licence


def test_a_model_card_that_is_no_text_does_not_matter(folder, opened):
    (folder / "README.md").write_bytes(b"\xff\xfe\x00")
    with opened(folder) as checkpoint:
        assert checkpoint.licence == ""


# -- where it lies ---------------------------------------------------------------------------------


def zipped(folder, path, inside=""):
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for file in sorted(folder.rglob("*")):
            if file.is_file():
                archive.write(file, inside + file.relative_to(folder).as_posix())
    return path


def test_a_folder_around_the_folder_will_do(folder, opened, tmp_path):
    outer = tmp_path / "outer"
    shutil.move(folder, outer / "inner-model")
    assert is_checkpoint(outer)
    with opened(outer) as checkpoint:
        assert checkpoint.name == "inner-model"


@pytest.mark.skipif(sys.platform == "win32", reason="needs symbolic links")
@pytest.mark.parametrize(
    "chosen", ["", "models--hfl--toy", "models--hfl--toy/snapshots/" + "a" * 40]
)
def test_a_hub_cache_opens_through_its_links(original, opened, tmp_path, chosen):
    cache = tmp_path / "hub" / "models--hfl--toy"
    snapshot = cache / "snapshots" / ("a" * 40)
    snapshot.mkdir(parents=True)
    (cache / "blobs").mkdir()
    for number, file in enumerate(sorted(original.iterdir())):
        shutil.copy(file, cache / "blobs" / str(number))
        (snapshot / file.name).symlink_to(Path("..", "..", "blobs", str(number)))
    path = tmp_path / "hub" / chosen
    assert is_checkpoint(path)
    with opened(path) as checkpoint:
        assert checkpoint.name == "toy"
        assert checkpoint.labels == ("not_match", "match")


def test_of_several_revisions_in_a_hub_cache_the_one_in_use_is_meant(folder, opened, tmp_path):
    cache = tmp_path / "models--x--toy"
    shutil.copytree(folder, cache / "snapshots" / ("a" * 40))
    shutil.move(folder, cache / "snapshots" / ("b" * 40))
    change_json(cache / "snapshots" / ("b" * 40) / "config.json", id2label={"0": "no", "1": "yes"})
    assert not is_checkpoint(cache)
    (cache / "refs").mkdir()
    (cache / "refs" / "main").write_text("b" * 40, encoding="utf-8")
    with opened(cache) as checkpoint:
        assert checkpoint.labels == ("no", "yes")


def test_what_looks_like_a_checkpoint_is_told_from_a_bundle(folder, tmp_path):
    assert is_checkpoint(folder)
    assert is_checkpoint(zipped(folder, tmp_path / "a.zip"))
    (folder / MANIFEST).write_text("{}", encoding="utf-8")
    assert not is_checkpoint(folder)
    assert not is_checkpoint(zipped(folder, tmp_path / "b.zip", "x/"))
    assert not is_checkpoint(tmp_path / "work")
    assert not is_checkpoint(folder / WEIGHTS)
    (tmp_path / "empty").mkdir()
    assert not is_checkpoint(tmp_path / "empty")
