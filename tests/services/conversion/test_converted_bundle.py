"""An installed int8 model that was harmed in any way is never opened."""

import json
import random
import shutil
from pathlib import Path

import numpy as np
import pytest

from m2m_desktop.core.errors import ModelDamaged, ModelError, ModelMismatch
from m2m_desktop.services.bundle_files import MANIFEST, MODEL_FILE, TOKENIZER_FILE
from m2m_desktop.services.conversion.convert import HEAD_OF_KIND, ConversionWish
from m2m_desktop.services.conversion.samples import pair_samples, text_samples
from m2m_desktop.services.golden_answers import GOLDEN_TOLERANCE
from m2m_desktop.services.model_store import ModelStore
from m2m_desktop.services.terminology_store import TerminologyStore
from tests.toy.bundle import BUNDLE_FILES, change_manifest, change_tokenizer, replace_file
from tests.toy.checkpoints import (
    read_safetensors,
    toy_words,
    write_checkpoint,
    write_safetensors,
)
from tests.toy.release import write_toy_release

LABELS = {"reranker": ("not_match", "match"), "encoder": (), "ner": ("O", "B-ADR", "I-ADR")}
SPREAD_SEED = 6  # with it the golden probabilities lie between 0.1 and 0.9


@pytest.fixture(scope="module")
def models(tmp_path_factory):
    """One installed model of each kind, and a second reranker with another vocabulary."""
    folder = tmp_path_factory.mktemp("models")
    release = write_toy_release(folder / "release")
    terminology = TerminologyStore(folder / "compiled").open(release)
    store = ModelStore(folder / "models", folder / "shipped")

    def choose(kind, template):
        is_pair = kind == "reranker"
        return pair_samples(terminology, template) if is_pair else text_samples(terminology)

    for kind, labels in LABELS.items():
        path = write_checkpoint(
            folder / kind, head=HEAD_OF_KIND[kind], labels=labels, spread=8, seed=SPREAD_SEED
        )
        store.install(path, ConversionWish(), choose)
    words = toy_words()
    words[20:] = words[:19:-1]
    other = write_checkpoint(folder / "other", vocabulary=words, spread=8, seed=10)
    store.install(other, ConversionWish(), choose)
    return store


@pytest.fixture
def copies(models, tmp_path):
    """The models once more, to do harm to: gives a store, and the folder of each by its name."""
    root = shutil.copytree(models._root, tmp_path / "models")
    return ModelStore(root, tmp_path / "shipped"), {
        path.name.removesuffix("-int8"): path for path in root.iterdir()
    }


def refused(store, folder, error=ModelError):
    with pytest.raises(error) as caught:
        store.open_any(str(folder))
    return caught.value.sentence()


@pytest.mark.parametrize("kind", [*LABELS, "other"])
def test_unharmed_it_opens(copies, kind):
    store, folders = copies
    info, _ = store.open_any(folders[kind].name)
    assert info.precision == "int8"
    if info.kind == "reranker":
        store.open(folders[kind].name)


@pytest.mark.requirement("R-014")
def test_400_flipped_bits_are_all_refused(copies):
    store, folders = copies
    folder, rng = folders["reranker"], random.Random(6)
    contents = {name: (folder / name).read_bytes() for name in BUNDLE_FILES}
    for number in range(400):
        name = BUNDLE_FILES[number % 3]
        bit = rng.randrange(8 * len(contents[name]))
        flipped = bytearray(contents[name])
        flipped[bit // 8] ^= 1 << (bit % 8)
        (folder / name).write_bytes(flipped)
        with pytest.raises(ModelError):
            store.open(str(folder))
        (folder / name).write_bytes(contents[name])
    store.open(str(folder))


def test_100_cuts_are_all_refused(copies):
    store, folders = copies
    folder, rng = folders["reranker"], random.Random(7)
    contents = {name: (folder / name).read_bytes() for name in BUNDLE_FILES}
    for number in range(100):
        name = BUNDLE_FILES[number % 3]
        (folder / name).write_bytes(contents[name][: rng.randrange(len(contents[name]))])
        with pytest.raises(ModelDamaged):
            store.open(str(folder))
        (folder / name).write_bytes(contents[name])
    store.open(str(folder))


# -- whole, its seal right, but not what was converted ---------------------------------------------


@pytest.mark.parametrize("kind", ["reranker", "ner"])
def test_labels_in_another_order_are_refused(copies, kind):
    store, folders = copies
    change_manifest(folders[kind], lambda fields: fields["labels"].reverse())
    assert "recorded answers" in refused(store, folders[kind], ModelMismatch)


def test_any_two_labels_of_a_recogniser_exchanged_are_refused(copies):
    store, folders = copies
    for one, other in ((0, 1), (1, 2), (0, 2)):

        def exchange(fields, one=one, other=other):
            labels = fields["labels"]
            labels[one], labels[other] = labels[other], labels[one]

        change_manifest(folders["ner"], exchange)
        refused(store, folders["ner"], ModelMismatch)
        change_manifest(folders["ner"], exchange)
    store.open_any("ner-int8")


@pytest.mark.parametrize("kind", LABELS)
def test_a_tokenizer_of_the_same_size_with_a_few_ids_exchanged_is_refused(copies, kind):
    """Whichever two of those in golden texts."""
    store, folders = copies
    folder, rng = folders[kind], random.Random(8)
    golden = json.loads((folder / MANIFEST).read_bytes())["golden"]
    texts = "".join(entry.get("mention", "") + entry.get("text", "") for entry in golden)
    vocab = json.loads((folder / TOKENIZER_FILE).read_bytes())["model"]["vocab"]
    used = sorted({character for character in texts if character in vocab})
    assert len(used) > 10
    whole = {name: (folder / name).read_bytes() for name in BUNDLE_FILES}
    for _ in range(5):
        chosen = rng.sample(used, 8)

        def exchange(fields, chosen=chosen):
            vocab = fields["model"]["vocab"]
            for one, other in zip(chosen[::2], chosen[1::2], strict=True):
                vocab[one], vocab[other] = vocab[other], vocab[one]

        change_tokenizer(folder, exchange)
        refused(store, folder, ModelMismatch)
        for name, content in whole.items():
            (folder / name).write_bytes(content)
    store.open_any(folder.name)


@pytest.fixture(scope="module")
def unlikely(models, tmp_path_factory):
    """A reranker's folder: a match is next to impossible, whatever the pair."""
    folder = tmp_path_factory.mktemp("unlikely")
    terminology = TerminologyStore(folder / "compiled").open(write_toy_release(folder / "release"))
    path = write_checkpoint(folder / "m", spread=6)
    tensors = read_safetensors(path / "model.safetensors")
    tensors["classifier.bias"] = np.array([9, -9], np.float32)
    write_safetensors(path / "model.safetensors", tensors)
    store = ModelStore(folder / "models", folder / "shipped")
    info = store.install(
        path, ConversionWish(), lambda kind, template: pair_samples(terminology, template)
    )
    golden = json.loads((Path(info.path) / MANIFEST).read_bytes())["golden"]
    assert max(entry["prob_1"] for entry in golden) < GOLDEN_TOLERANCE / 2
    return Path(info.path)


def test_logits_tell_what_probabilities_next_to_0_do_not(unlikely, tmp_path):
    store = ModelStore(tmp_path / "models", tmp_path / "shipped")
    folder, rng = shutil.copytree(unlikely, tmp_path / "m"), random.Random(8)
    golden = json.loads((folder / MANIFEST).read_bytes())["golden"]
    vocab = json.loads((folder / TOKENIZER_FILE).read_bytes())["model"]["vocab"]
    used = sorted(set("".join(entry["mention"] for entry in golden)) & set(vocab))
    whole = {name: (folder / name).read_bytes() for name in BUNDLE_FILES}
    for _ in range(5):
        chosen = rng.sample(used, 8)

        def exchange(fields, chosen=chosen):
            vocab = fields["model"]["vocab"]
            for one, other in zip(chosen[::2], chosen[1::2], strict=True):
                vocab[one], vocab[other] = vocab[other], vocab[one]

        change_tokenizer(folder, exchange)
        assert "recorded answers" in refused(store, folder, ModelMismatch)
        for name, content in whole.items():
            (folder / name).write_bytes(content)
    store.open(str(folder))


def test_a_bundle_without_recorded_logits_stays_readable(unlikely, tmp_path):
    store = ModelStore(tmp_path / "models", tmp_path / "shipped")
    folder = shutil.copytree(unlikely, tmp_path / "m")

    def forget(fields):
        for entry in fields["golden"]:
            del entry["logit_0"], entry["logit_1"]

    change_manifest(folder, forget)
    store.open(str(folder))


def test_logits_are_of_the_labels_by_name_and_make_the_probability(copies):
    _, folders = copies
    for entry in json.loads((folders["reranker"] / MANIFEST).read_bytes())["golden"]:
        odds = np.exp(entry["logit_0"] - entry["logit_1"])
        assert entry["prob_1"] == pytest.approx(1 / (1 + odds), abs=1e-5)


@pytest.mark.parametrize(
    ("value", "error"),
    [(0.15, ModelMismatch), (float("nan"), ModelDamaged), ("much", ModelDamaged)],
)
def test_one_wrong_logit_is_enough(copies, value, error):
    store, folders = copies

    def change(fields):
        entry = fields["golden"][7]
        entry["logit_0"] = value if error is ModelDamaged else entry["logit_0"] + value

    change_manifest(folders["reranker"], change)
    refused(store, folders["reranker"], error)


def test_half_of_the_logits_are_no_manifest(copies):
    store, folders = copies
    change_manifest(folders["reranker"], lambda fields: fields["golden"][0].pop("logit_0"))
    refused(store, folders["reranker"], ModelDamaged)


@pytest.mark.parametrize("kind", LABELS)
def test_one_wrong_golden_answer_is_enough(copies, kind):
    store, folders = copies
    folder = folders[kind]
    whole = (folder / MANIFEST).read_bytes()
    for place in range(0, 20, 3):

        def change(fields, place=place):
            entry = fields["golden"][place]
            if kind == "reranker":
                entry["prob_1"] += 0.03 if entry["prob_1"] < 0.5 else -0.03
            else:
                figure = entry["figures"][-1]
                entry["figures"][-1] = figure - 0.03 if figure > 0 else figure + 0.03

        change_manifest(folder, change)
        assert "off by 0.03" in refused(store, folder, ModelMismatch)
        (folder / MANIFEST).write_bytes(whole)


@pytest.mark.parametrize("kind", ["encoder", "ner"])
def test_golden_answers_of_another_number_are_refused(copies, kind):
    store, folders = copies
    change_manifest(folders[kind], lambda fields: fields["golden"][3]["figures"].pop())
    refused(store, folders[kind], ModelMismatch)


@pytest.mark.parametrize("name", BUNDLE_FILES)
def test_a_file_of_another_model_is_refused(copies, name):
    store, folders = copies
    shutil.copy(folders["other"] / name, folders["reranker"] / name)
    refused(store, folders["reranker"], ModelDamaged)


@pytest.mark.parametrize("name", [MODEL_FILE, TOKENIZER_FILE])
def test_a_file_of_another_model_is_refused_even_with_its_right_hash(copies, name):
    store, folders = copies
    content = (folders["other"] / name).read_bytes()
    assert content != (folders["reranker"] / name).read_bytes()
    replace_file(folders["reranker"], name, content)
    refused(store, folders["reranker"], ModelMismatch)


@pytest.mark.parametrize("kind", ["encoder", "ner"])
@pytest.mark.parametrize("claimed", ["reranker", "encoder", "ner"])
def test_a_graph_of_another_kind_is_refused(copies, kind, claimed):
    store, folders = copies
    if kind != claimed:
        graph = (folders[kind] / MODEL_FILE).read_bytes()
        replace_file(folders[claimed], MODEL_FILE, graph)
        refused(store, folders[claimed], ModelMismatch)
