"""Bundles: what is whole opens and scores, everything else is refused and leaves nothing behind."""

import json
import random
import shutil
import sys
import zipfile
from hashlib import sha256

import numpy as np
import onnx
import pytest
from onnx import TensorProto, helper, numpy_helper

from m2m_desktop.core.errors import (
    BadRequest,
    Cancelled,
    ModelDamaged,
    ModelError,
    ModelMismatch,
    ModelNotFound,
    ModelUnknown,
    OutputUnwritable,
)
from m2m_desktop.services import model_store
from m2m_desktop.services.bundle_files import (
    MANIFEST,
    MODEL_FILE,
    TOKENIZER_FILE,
    ModelUnsupported,
    read_bundle,
    sealed,
)
from m2m_desktop.services.locations import resources
from m2m_desktop.services.model_steps import CHECKING, COPIED_STEPS
from m2m_desktop.services.model_store import ModelStore, NoModel, SourceDamaged, SourceMismatch
from tests.toy.archives import release_zip, write_zip
from tests.toy.bundle import (
    BUNDLE_FILES,
    PAIRS,
    TOY_ID,
    change_manifest,
    change_tokenizer,
    replace_file,
    toy_config,
    toy_model,
    toy_tensors,
    write_toy_bundle,
)


@pytest.fixture(scope="module")
def original(tmp_path_factory):
    return write_toy_bundle(tmp_path_factory.mktemp("toy") / "bundle")


@pytest.fixture
def bundle(original, tmp_path):
    """A whole bundle to do harm to."""
    return shutil.copytree(original, tmp_path / "bundle")


@pytest.fixture
def store(tmp_path):
    return ModelStore(tmp_path / "data" / "models", tmp_path / "shipped")


@pytest.fixture
def ships(original, tmp_path):
    """The store has a shipped bundle."""
    return shutil.copytree(original, tmp_path / "shipped" / "folder-name")


def installed(store):
    return sorted(path.name for path in store._root.iterdir()) if store._root.exists() else []


def refused(store, path, error, *words):
    """Both ways in refuse with this error and a sentence with these words; nothing stays.

    What is to be installed is refused with a hint of its own.
    """
    of_source = {ModelDamaged: SourceDamaged, ModelMismatch: SourceMismatch}
    for act, kind in (
        (store.install, of_source.get(error, error)),
        (lambda path: store.open(str(path)), error),
    ):
        with pytest.raises(ModelError) as caught:
            act(path)
        assert type(caught.value) is kind
        assert str(path) in caught.value.sentence()
        for word in words:
            assert word in caught.value.sentence()
    assert installed(store) == []


def zipped(bundle, path, folder=""):
    members = {f"{folder}{name}": (bundle / name).read_bytes() for name in BUNDLE_FILES}
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return path


# -- what is whole ---------------------------------------------------------------------------------


def test_a_whole_bundle_opens_and_gives_its_recorded_probabilities(store, bundle):
    opened = store.open(str(bundle))
    golden = json.loads((bundle / MANIFEST).read_bytes())["golden"]
    assert len(golden) >= 20
    for entry in golden:
        given = opened.reranker.score(entry["mention"], [entry["candidate"]])
        assert given[0] == pytest.approx(entry["prob_1"], abs=1e-5)
    together = opened.reranker.score(PAIRS[0][0], [text for _, text in PAIRS])
    one_by_one = [opened.reranker.score(PAIRS[0][0], [text])[0] for _, text in PAIRS]
    assert together == pytest.approx(one_by_one, abs=1e-6)
    assert np.ptp(together) > 0.05


def test_a_bundle_tells_what_it_is(store, bundle):
    info = store.verify(str(bundle))
    assert (info.model_id, info.kind, info.max_length) == (TOY_ID, "reranker", 64)
    assert (info.template.name, info.template.alias_order) == ("pt_llt", "matched_first")
    assert info.hash == sha256((bundle / MANIFEST).read_bytes()).hexdigest()
    assert not info.is_shipped
    assert info.problem is None


def test_the_shipped_bundle_is_the_default_and_is_found_by_its_id_or_the_beginning(store, ships):
    for name in ("", TOY_ID, "toy"):
        assert store.open(name).info.path == str(ships)
    assert [info.is_shipped for info in store.list()] == [True]
    assert store.open("").info.is_shipped


def test_a_graph_without_token_types_is_not_asked_for_them(store, bundle):
    """DistilBERT-like: the inputs are what the session asks for."""
    model = onnx.load_from_string((bundle / MODEL_FILE).read_bytes())
    types = next(entry for entry in model.graph.input if entry.name == "token_type_ids")
    model.graph.input.remove(types)
    zeros = helper.make_node("Sub", ["input_ids", "input_ids"], ["token_type_ids"])
    model.graph.node.insert(0, zeros)
    replace_file(bundle, MODEL_FILE, model.SerializeToString())
    with pytest.raises(ModelMismatch):  # another model than the one that was recorded
        store.open(str(bundle))
    graph = read_bundle(bundle).model
    from m2m_desktop.services.bundle_session import open_session

    assert [entry.name for entry in open_session(graph).get_inputs()] == [
        "input_ids",
        "attention_mask",
    ]


def test_every_bundle_that_ships_is_whole():
    shipped = ModelStore(resources() / "none", resources() / "models")
    for info in shipped.list():
        assert info.problem is None
        shipped.verify(info.model_id)


# -- bits, cuts, swaps -----------------------------------------------------------------------------


@pytest.mark.requirement("R-014")
def test_400_flipped_bits_are_all_refused(bundle):
    rng = random.Random(4)
    contents = {name: (bundle / name).read_bytes() for name in BUNDLE_FILES}
    for number in range(400):
        name = BUNDLE_FILES[number % 3]
        bit = rng.randrange(8 * len(contents[name]))
        flipped = bytearray(contents[name])
        flipped[bit // 8] ^= 1 << (bit % 8)
        (bundle / name).write_bytes(flipped)
        with pytest.raises(ModelError):
            read_bundle(bundle)
        (bundle / name).write_bytes(contents[name])
    read_bundle(bundle)


def test_every_bit_of_a_manifest_counts(bundle):
    """All of its first 800 and last 800 bits, whatever they stand for."""
    content = (bundle / MANIFEST).read_bytes()
    for bit in [*range(800), *range(8 * len(content) - 800, 8 * len(content))]:
        flipped = bytearray(content)
        flipped[bit // 8] ^= 1 << (bit % 8)
        (bundle / MANIFEST).write_bytes(flipped)
        with pytest.raises(ModelError):
            read_bundle(bundle)


@pytest.mark.requirement("R-014")
def test_100_cuts_are_all_refused(bundle):
    rng = random.Random(5)
    contents = {name: (bundle / name).read_bytes() for name in BUNDLE_FILES}
    for number in range(100):
        name = BUNDLE_FILES[number % 3]
        (bundle / name).write_bytes(contents[name][: rng.randrange(len(contents[name]))])
        with pytest.raises(ModelDamaged):
            read_bundle(bundle)
        (bundle / name).write_bytes(contents[name])


@pytest.mark.parametrize("name", [MODEL_FILE, TOKENIZER_FILE, MANIFEST])
def test_a_changed_file_is_named(store, bundle, name):
    content = (bundle / name).read_bytes()
    (bundle / name).write_bytes(content.replace(b"a", b"b", 1))
    refused(store, bundle, ModelDamaged, name)


@pytest.mark.parametrize("name", BUNDLE_FILES)
def test_a_missing_file_is_named(store, bundle, name):
    (bundle / name).unlink()
    refused(store, bundle, ModelDamaged, f"{name} is missing")


def test_a_folder_in_place_of_a_file_counts_as_missing(store, bundle):
    (bundle / MODEL_FILE).unlink()
    (bundle / MODEL_FILE).mkdir()
    refused(store, bundle, ModelDamaged, f"{MODEL_FILE} is missing")


@pytest.mark.requirement("R-014")
def test_swapped_labels_are_found_by_the_golden_answers(store, bundle):
    change_manifest(bundle, lambda fields: fields["labels"].reverse())
    refused(store, bundle, ModelMismatch, "recorded answers")


@pytest.mark.requirement("R-014")
def test_a_foreign_tokenizer_of_the_same_size_is_found_by_the_golden_answers(store, bundle):
    def turn_round(fields):
        vocab = fields["model"]["vocab"]
        chinese = [token for token in vocab if ord(token[0]) > 255]
        ids = [vocab[token] for token in chinese]
        vocab.update(zip(chinese, reversed(ids), strict=True))

    change_tokenizer(bundle, turn_round)
    refused(store, bundle, ModelMismatch, "recorded answers")


def test_another_model_with_the_right_hash_is_found_by_the_golden_answers(store, bundle):
    replace_file(bundle, MODEL_FILE, toy_model(seed=2))
    refused(store, bundle, ModelMismatch, "recorded answers")


@pytest.mark.parametrize("value", [0.123, 1.0])
def test_one_wrong_golden_value_is_enough(store, bundle, value):
    change_manifest(bundle, lambda fields: fields["golden"][7].update(prob_1=value))
    refused(store, bundle, ModelMismatch, "recorded answers")


@pytest.mark.parametrize("value", [float("nan"), float("inf"), 1.2, "much", None])
def test_a_golden_value_that_is_no_probability_makes_no_manifest(store, bundle, value):
    change_manifest(bundle, lambda fields: fields["golden"][7].update(prob_1=value))
    refused(store, bundle, ModelDamaged, MANIFEST)


def test_a_model_that_answers_nan_is_refused(store, bundle):
    """Every comparison with NaN is false: it must not pass as small enough."""
    config = toy_config()
    tensors = toy_tensors(config)
    tensors["classifier.bias"][:] = np.nan
    replace_file(bundle, MODEL_FILE, toy_model(config, tensors=tensors))
    refused(store, bundle, ModelMismatch, "nan")


# -- manifests -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "content",
    [b"", b"no JSON", b"[]", b"null", b"{}", b"\xff\xfe\x00", b'{"format": 1}', b"[" * 100_000],
)
def test_what_is_no_manifest_is_refused(store, bundle, content):
    (bundle / MANIFEST).write_bytes(content)
    refused(store, bundle, ModelDamaged, MANIFEST)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("id", "../evil"),
        ("id", ""),
        ("id", "a/b"),
        ("id", "a."),
        ("id", "x" * 65),
        ("labels", ["match", "match"]),
        ("labels", ["not_match"]),
        ("labels", 7),
        ("template", {"name": "unheard of"}),
        ("template", {"nonsense": 1}),
        ("template", None),
        ("max_length", "long"),
        ("max_length", 0),
        ("vocab_size", -1),
        ("files", {MODEL_FILE: "0"}),
        ("golden", [1, 2]),
        ("scores", {"hit": "high"}),
    ],
)
def test_a_manifest_that_makes_no_sense_is_refused(store, bundle, name, value):
    change_manifest(bundle, lambda fields: fields.update({name: value}))
    refused(store, bundle, ModelDamaged, f"{MANIFEST} is not a usable manifest")


def test_a_manifest_without_a_seal_is_refused(store, bundle):
    change_manifest(bundle, lambda fields: fields.pop("seal"))
    refused(store, bundle, ModelDamaged, MANIFEST)


def test_too_few_golden_inputs_are_refused(store, bundle):
    change_manifest(bundle, lambda fields: fields.update(golden=fields["golden"][:19]))
    refused(store, bundle, ModelDamaged, "too few")


def test_a_bundle_of_a_later_format_is_whole_but_of_no_use_here(store, bundle):
    change_manifest(bundle, lambda fields: fields.update(format=2))
    refused(store, bundle, ModelUnsupported, "format 2", "This version of the app")


def test_a_bundle_of_another_kind_is_of_no_use_here(store, bundle):
    change_manifest(bundle, lambda fields: fields.update(kind="bi-encoder"))
    refused(store, bundle, ModelUnsupported, "kind bi-encoder")


def test_a_seal_covers_every_byte_but_itself():
    content = b'{"a": 1, "seal": "' + b"0" * 64 + b'"}'
    once = sealed(content)
    assert once != content
    assert sealed(once) == once
    assert sealed(once.replace(b"1", b"2", 1))[:18] != once[:18]
    with pytest.raises(ValueError, match="one seal"):
        sealed(content + content)


# -- graphs ----------------------------------------------------------------------------------------


def graph_bytes(nodes, inputs=("input_ids",), weights=(), kind=TensorProto.INT64):
    graph = helper.make_graph(
        nodes,
        "g",
        [helper.make_tensor_value_info(name, kind, ["b", "l"]) for name in inputs],
        [helper.make_tensor_value_info("logits", TensorProto.FLOAT, None)],
        list(weights),
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)])
    model.ir_version = 8
    return model.SerializeToString()


CAST = helper.make_node("Cast", ["input_ids"], ["logits"], to=TensorProto.FLOAT)


@pytest.mark.parametrize("content", [b"", b"not a graph", b"\0" * 4096])
def test_what_is_no_graph_is_refused(store, bundle, content, capfd):
    replace_file(bundle, MODEL_FILE, content)
    refused(store, bundle, ModelDamaged, "cannot load the graph")
    assert capfd.readouterr() == ("", "")


def test_a_graph_with_unknown_inputs_is_refused_with_their_names(store, bundle):
    replace_file(bundle, MODEL_FILE, graph_bytes([CAST], ("input_ids", "pixel_values")))
    refused(store, bundle, ModelUnsupported, "input_ids, pixel_values")


def test_a_graph_without_input_ids_is_refused(store, bundle):
    cast = helper.make_node("Cast", ["attention_mask"], ["logits"], to=TensorProto.FLOAT)
    replace_file(bundle, MODEL_FILE, graph_bytes([cast], ("attention_mask",)))
    refused(store, bundle, ModelUnsupported, "attention_mask")


def test_a_graph_that_gives_no_figure_per_label_is_refused(store, bundle):
    replace_file(bundle, MODEL_FILE, graph_bytes([CAST]))
    refused(store, bundle, ModelMismatch)


def test_a_graph_with_three_labels_is_refused(store, bundle):
    replace_file(bundle, MODEL_FILE, toy_model(toy_config(num_labels=3)))
    refused(store, bundle, ModelMismatch, "one figure per label")


def test_a_graph_that_wants_floats_is_refused(store, bundle):
    node = helper.make_node("Identity", ["input_ids"], ["logits"])
    replace_file(bundle, MODEL_FILE, graph_bytes([node], kind=TensorProto.FLOAT))
    refused(store, bundle, ModelMismatch, "cannot score a text")


def test_a_smaller_vocabulary_in_the_graph_than_in_the_tokenizer_is_refused(store, bundle):
    replace_file(bundle, MODEL_FILE, toy_model(toy_config(vocab_size=50)))
    refused(store, bundle, ModelMismatch, "cannot score a text")


def test_a_graph_that_cannot_take_the_length_it_promises_is_refused(store, bundle):
    """Golden inputs are short: without a long one this would fail at the first long phrase."""
    change_manifest(bundle, lambda fields: fields.update(max_length=65))
    refused(store, bundle, ModelMismatch, "cannot score a text")


def test_weights_outside_the_graph_are_never_read(store, bundle):
    (bundle / "weights.bin").write_bytes(np.ones((1, 2), np.float32).tobytes())
    weight = numpy_helper.from_array(np.ones((1, 2), np.float32), "w")
    weight.ClearField("raw_data")
    weight.data_location = TensorProto.EXTERNAL
    weight.external_data.add(key="location", value="weights.bin")
    node = helper.make_node("Identity", ["w"], ["logits"])
    replace_file(bundle, MODEL_FILE, graph_bytes([node], weights=[weight]))
    refused(store, bundle, ModelDamaged, "cannot load the graph")


# -- tokenizers ------------------------------------------------------------------------------------


def add_id_gap(fields):
    fields["model"]["vocab"]["头"] = 4_294_967_295


def add_double_id(fields):
    fields["model"]["vocab"]["头"] = fields["model"]["vocab"]["痛"]


def add_a_token(fields):
    fields["model"]["vocab"]["鑫"] = len(fields["model"]["vocab"])


@pytest.mark.parametrize("change", [add_id_gap, add_double_id, add_a_token])
def test_a_vocabulary_that_does_not_fit_the_graph_is_refused(store, bundle, change):
    change_tokenizer(bundle, change)
    refused(store, bundle, ModelMismatch, TOKENIZER_FILE, "another model")


def test_a_tokenizer_that_lost_a_token_is_found_by_the_golden_answers(store, bundle):
    """Fewer words than the graph has are no mistake as such: published models are filled up."""

    def lose_a_token(fields):
        del fields["model"]["vocab"]["头"]

    change_tokenizer(bundle, lose_a_token)
    refused(store, bundle, ModelMismatch, "recorded answers")


def split_on(regex):
    return {"type": "Split", "pattern": {"Regex": regex}, "behavior": "Isolated", "invert": False}


def grows(times):
    step = {"type": "Replace", "pattern": {"String": "a"}, "content": "a" * 1000}
    return {"type": "Sequence", "normalizers": [step] * times}


@pytest.mark.parametrize(
    "changes",
    [
        {"normalizer": {"type": "Precompiled", "precompiled_charsmap": "AAAA"}},  # panics
        {"pre_tokenizer": split_on("([")},
        {"normalizer": grows(5)},  # takes all memory
        {"model": {"type": "BPE", "dropout": 0.5, "unk_token": None, "vocab": {}, "merges": []}},
        {"model": None},
        {"model": {"type": "unheard of"}},
    ],
    ids=["charsmap", "regex", "growth", "dropout", "no model", "unknown model"],
)
def test_a_dangerous_or_broken_tokenizer_is_refused(store, bundle, changes, capfd):
    change_tokenizer(bundle, lambda fields: fields.update(changes))
    refused(store, bundle, ModelDamaged, f"{TOKENIZER_FILE} is not a usable tokenizer")


def lose_special_tokens(fields):
    fields["post_processor"]["special_tokens"] = {}


def lose_unknown(fields):
    fields["model"]["unk_token"] = "[NOPE]"


def index_badly(fields):
    fields["normalizer"] = {
        "type": "Precompiled",
        "precompiled_charsmap": "CAAAAP////8AAAAAYWJj",
    }


@pytest.mark.parametrize("change", [lose_special_tokens, lose_unknown, index_badly])
def test_a_tokenizer_that_fails_or_panics_at_its_first_text_is_refused(
    store, bundle, change, capfd
):
    def with_rare_character(fields):
        fields["golden"][0]["mention"] = "鑫"

    change_manifest(bundle, with_rare_character)
    change_tokenizer(bundle, change)
    refused(store, bundle, ModelMismatch, "cannot score a text")


@pytest.mark.parametrize("content", [b"", b"no JSON", b"\xff\xfe", b"[]", b"{}"])
def test_what_is_no_tokenizer_is_refused(store, bundle, content):
    replace_file(bundle, TOKENIZER_FILE, content)
    refused(store, bundle, ModelDamaged, f"{TOKENIZER_FILE} is not a usable tokenizer")


def test_padding_and_truncation_of_the_file_do_not_matter(store, bundle):
    """The app has its own: a fixed padding of 2,000,000,000 tokens would end the process."""

    def pad(fields):
        fields["padding"] = {
            "strategy": {"Fixed": 2_000_000_000},
            "direction": "Right",
            "pad_to_multiple_of": None,
            "pad_id": 0,
            "pad_type_id": 0,
            "pad_token": "[PAD]",
        }
        fields["truncation"] = None

    change_tokenizer(bundle, pad)
    opened = store.open(str(bundle))
    assert opened.reranker.score("头痛" * 1000, ["PT: 头痛" * 1000]).shape == (1,)


# -- installing ------------------------------------------------------------------------------------


def test_install_copies_the_three_files_and_nothing_else(store, bundle):
    (bundle / "notes.txt").write_text("extra")
    (bundle / "sub").mkdir()
    info = store.install(bundle)
    assert installed(store) == [TOY_ID]
    target = store._root / TOY_ID
    assert info.path == str(target)
    assert sorted(path.name for path in target.iterdir()) == sorted(BUNDLE_FILES)
    for name in BUNDLE_FILES:
        assert (target / name).read_bytes() == (bundle / name).read_bytes()
    assert store.open(TOY_ID).info.hash == info.hash


@pytest.mark.parametrize("folder", ["", "top/", "a/b/", "../../outside/", "/absolute/", "C:\\x\\"])
def test_a_zip_is_installed_whatever_folder_it_names(store, bundle, tmp_path, folder):
    path = zipped(bundle, tmp_path / "model.zip", folder)
    before = {entry for entry in tmp_path.rglob("*") if store._root not in entry.parents}
    store.install(path)
    assert installed(store) == [TOY_ID]
    after = {entry for entry in tmp_path.rglob("*") if store._root not in entry.parents}
    assert after - before <= {store._root, store._root.parent}
    assert not (tmp_path.parent / "outside").exists()


def test_a_folder_around_the_bundle_folder_will_do(store, bundle, tmp_path):
    outer = tmp_path / "outer"
    shutil.copytree(bundle, outer / "inner")
    assert store.install(outer).model_id == TOY_ID


def test_installing_again_replaces(store, bundle, tmp_path):
    first = store.install(bundle)
    second = store.install(write_toy_bundle(tmp_path / "second", seed=3))
    assert first.hash != second.hash
    assert installed(store) == [TOY_ID]
    assert store.open(TOY_ID).info.hash == second.hash


def test_a_failed_replacement_leaves_the_old_bundle(store, bundle, tmp_path, monkeypatch):
    first = store.install(bundle)
    second = write_toy_bundle(tmp_path / "second", seed=3)
    real = model_store.Path.rename

    def rename(self, target):
        if self.name.startswith(".installing-"):
            raise OSError(28, "No space left on device")
        return real(self, target)

    monkeypatch.setattr(model_store.Path, "rename", rename)
    with pytest.raises(OutputUnwritable, match="No space left"):
        store.install(second)
    assert installed(store) == [TOY_ID]
    assert store.open(TOY_ID).info.hash == first.hash


def test_a_full_disk_leaves_nothing(store, bundle, monkeypatch):
    def write_bytes(self, data):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(model_store.Path, "write_bytes", write_bytes)
    with pytest.raises(OutputUnwritable):
        store.install(bundle)
    assert installed(store) == []


def test_an_id_that_ships_is_not_installed_again(store, ships, bundle):
    with pytest.raises(BadRequest, match=f"{TOY_ID} already ships"):
        store.install(bundle)
    change_manifest(bundle, lambda fields: fields.update(id=TOY_ID.upper()))
    with pytest.raises(BadRequest, match="already ships"):
        store.install(bundle)
    assert installed(store) == []


def test_where_an_update_brought_the_same_id_the_shipped_bundle_is_meant(store, bundle, original):
    store.install(bundle)
    shutil.copytree(original, store._shipped / "m")
    assert [info.is_shipped for info in store.list()] == [True, False]
    assert store.open(TOY_ID).info.is_shipped
    store.remove(TOY_ID)
    assert [info.is_shipped for info in store.list()] == [True]


@pytest.mark.parametrize("is_aes", [False, True])
def test_an_encrypted_zip_is_refused_with_what_to_do(store, bundle, tmp_path, is_aes):
    files = {name: (bundle / name).read_bytes() for name in BUNDLE_FILES}
    path = write_zip(
        tmp_path / "secret.zip", release_zip(files, folder="", password="x", is_aes=is_aes)
    )
    refused(store, path, ModelDamaged, "password", "extract it")


def test_a_zip_that_holds_two_bundles_is_refused(store, bundle, tmp_path):
    path = zipped(bundle, tmp_path / "two.zip", "one/")
    with zipfile.ZipFile(path, "a") as archive:
        archive.writestr(f"two/{MANIFEST}", b"{}")
    refused(store, path, ModelDamaged, f"several files called {MANIFEST}")


def test_a_zip_bomb_is_refused_unopened(store, tmp_path):
    path = tmp_path / "bomb.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(MANIFEST, b" " * (4 << 20) + b" ")
    refused(store, path, ModelDamaged, f"{MANIFEST} is too large")


def test_a_model_that_unpacks_to_200_times_its_size_is_refused(store, bundle, tmp_path):
    zeros = bytes(30 << 20)
    replace_file(bundle, MODEL_FILE, zeros)
    refused(store, zipped(bundle, tmp_path / "b.zip"), ModelDamaged, f"{MODEL_FILE} is too large")


def test_400_damaged_zips_raise_nothing_but_model_errors(store, bundle, tmp_path):
    rng = random.Random(6)
    path = zipped(bundle, tmp_path / "model.zip", "top/")
    content, refusals = path.read_bytes(), 0
    for _ in range(400):
        damaged = bytearray(content)
        for _ in range(rng.randint(1, 3)):
            damaged[rng.randrange(len(damaged))] = rng.randrange(256)
        path.write_bytes(damaged[: rng.randrange(len(damaged))] if rng.random() < 0.2 else damaged)
        try:
            read_bundle(path)  # a change of a time stamp or the like does no harm
        except ModelError:
            refusals += 1
    assert refusals > 300


@pytest.mark.parametrize("content", [b"", b"no zip", b"PK\x03\x04 cut short"])
def test_what_is_no_zip_is_refused(store, tmp_path, content):
    path = tmp_path / "model.zip"
    path.write_bytes(content)
    refused(store, path, ModelDamaged, "neither a bundle folder nor a zip")


def test_what_is_not_there_cannot_be_installed(store, tmp_path):
    (tmp_path / "pictures").mkdir()
    (tmp_path / "pictures" / "picture.png").write_bytes(b"")
    archive = tmp_path / "pictures.zip"
    with zipfile.ZipFile(archive, "w") as file:
        file.writestr("picture.png", b"")
    for path in (tmp_path / "nowhere", tmp_path / "pictures", archive):
        for act in (store.install, store.inspect):
            with pytest.raises(ModelNotFound) as caught:
                act(path)
            assert caught.value.code == "M2M-304"
            sentence = caught.value.sentence()
            assert sentence.startswith(f"There is no model in {path}. Choose the folder or zip")
            assert "damaged" not in sentence


def test_a_manifest_alone_that_is_missing_is_damage(store, bundle):
    """The rest of a bundle says that this was meant to be one."""
    (bundle / MANIFEST).unlink()
    with pytest.raises(SourceDamaged, match=f"{MANIFEST} is missing"):
        store.install(bundle)


def test_what_cannot_be_installed_is_to_be_copied_again(store, bundle):
    (bundle / MODEL_FILE).write_bytes(b"")
    with pytest.raises(ModelDamaged, match="Install the model again"):
        store.verify(str(bundle))
    for act in (store.install, store.inspect):
        with pytest.raises(ModelDamaged) as caught:
            act(bundle)
        assert "Install the model again" not in caught.value.sentence()
        assert caught.value.sentence().endswith(
            "Copy the folder or zip again from where it came. Nothing was installed."
        )


# -- progress and cancel ---------------------------------------------------------------------------


def test_an_installation_reports_its_steps_and_can_be_cancelled_at_each(store, bundle):
    told = []
    store.install(bundle, progress=lambda *said: told.append(said))
    store.remove(TOY_ID)
    assert list(dict.fromkeys(note for _, _, note in told)) == list(COPIED_STEPS)
    done = [done for done, _, _ in told]
    assert (done, done[0], done[-1]) == (sorted(done), 0, 100)
    assert [note for _, _, note in told].count(CHECKING) > len(PAIRS)
    for moment in range(len(told) - 1):
        left = iter(range(moment))

        def progress(done, total, note="", left=left):
            if next(left, None) is None:
                raise Cancelled

        with pytest.raises(Cancelled):
            store.install(bundle, progress=progress)
        assert installed(store) == []


def test_a_verification_can_be_cancelled_before_each_golden_input(store, bundle):
    calls = []
    store.verify(str(bundle), progress=lambda *told: calls.append(1))
    assert len(calls) > len(PAIRS)
    for moment in (0, 1, 7, len(calls) - 1):
        left = iter(range(moment))

        def progress(done, total, note="", left=left):
            if next(left, None) is None:
                raise Cancelled

        with pytest.raises(Cancelled):
            store.verify(str(bundle), progress=progress)


def test_a_verified_bundle_tells_its_size(store, bundle, tmp_path):
    size = sum((bundle / name).stat().st_size for name in BUNDLE_FILES)
    assert store.verify(str(bundle)).bytes == size
    assert store.verify(str(zipped(bundle, tmp_path / "m.zip"))).bytes == size
    assert store.install(bundle).bytes == size
    assert [info.bytes for info in store.list()] == [size]


# -- finding and removing --------------------------------------------------------------------------


def test_without_any_model_the_sentence_says_so(store):
    with pytest.raises(ModelUnknown) as caught:
        store.open("")
    assert type(caught.value) is NoModel
    assert caught.value.code == "M2M-303"
    assert caught.value.sentence().startswith("There is no model on this computer.")
    assert "lexical search works" in caught.value.sentence()


@pytest.mark.parametrize("name", ["unheard-of", "a\0b", "x" * 5000, ".."[:1] + "/nowhere"])
def test_an_unknown_name_is_answered_with_those_there_are(store, ships, name):
    with pytest.raises(ModelUnknown, match=f"Available: {TOY_ID}"):
        store.open(name)


def test_the_beginning_of_two_ids_is_not_enough(store, tmp_path):
    for model_id in ("toy-one", "toy-two"):
        store.install(write_toy_bundle(tmp_path / model_id, model_id=model_id))
    with pytest.raises(ModelUnknown, match="toy-one, toy-two"):
        store.open("toy")
    assert store.open("toy-t").info.model_id == "toy-two"


def test_a_damaged_bundle_is_listed_with_its_problem_and_passed_over(store, ships, tmp_path):
    (ships / MANIFEST).write_bytes(b"{}")
    store.install(write_toy_bundle(tmp_path / "b", model_id="other"))
    first, second = store.list()
    assert first.model_id == "folder-name"
    assert MANIFEST in first.problem.text()
    assert (second.model_id, second.problem) == ("other", None)
    assert store.open("").info.model_id == "other"


def test_where_the_only_bundle_is_damaged_that_is_what_is_said(store, ships):
    (ships / MANIFEST).write_bytes(b"{}")
    with pytest.raises(ModelDamaged, match="folder-name"):
        store.open("")


def test_a_removed_bundle_is_gone(store, bundle):
    store.install(bundle)
    store.remove(TOY_ID)
    assert installed(store) == []
    with pytest.raises(ModelUnknown):
        store.open(TOY_ID)


def test_a_damaged_installed_bundle_can_be_removed(store, bundle):
    store.install(bundle)
    (store._root / TOY_ID / MANIFEST).write_bytes(b"{}")
    store.remove(TOY_ID)
    assert installed(store) == []


def test_a_shipped_bundle_cannot_be_removed_and_the_sentence_says_why(store, ships):
    with pytest.raises(BadRequest, match=f"{TOY_ID} ships with the app and cannot be removed"):
        store.remove(TOY_ID)
    assert (ships / MODEL_FILE).exists()


@pytest.mark.parametrize("name", ["", "toy", "..", "../shipped", "."])
def test_only_a_whole_id_removes(store, bundle, name):
    store.install(bundle)
    with pytest.raises(ModelUnknown):
        store.remove(name)
    assert installed(store) == [TOY_ID]


def test_what_a_crash_left_behind_is_no_bundle(store, bundle):
    store._root.mkdir(parents=True)
    shutil.copytree(bundle, store._root / ".installing-1234")
    assert store.list() == []


@pytest.mark.skipif(sys.platform == "win32", reason="needs symbolic links")
def test_a_link_out_of_the_bundle_is_followed_but_hashed(store, bundle, tmp_path):
    (tmp_path / "elsewhere").write_bytes((bundle / MODEL_FILE).read_bytes())
    (bundle / MODEL_FILE).unlink()
    (bundle / MODEL_FILE).symlink_to(tmp_path / "elsewhere")
    assert store.open(str(bundle)).info.model_id == TOY_ID
    (tmp_path / "elsewhere").write_bytes(b"other")
    refused(store, bundle, ModelDamaged, MODEL_FILE)
