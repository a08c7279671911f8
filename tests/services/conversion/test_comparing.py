"""The full comparison is made when it is asked for, while the original is still there, and kept."""

import json
import shutil
from pathlib import Path

import numpy as np
import pytest

from m2m_desktop.core.errors import Cancelled
from m2m_desktop.core.templates import Template
from m2m_desktop.services.bundle_files import MANIFEST, sealed
from m2m_desktop.services.comparison_record import COMPARISON, read_record
from m2m_desktop.services.conversion.checkpoint_files import CheckpointUnsupported
from m2m_desktop.services.conversion.measuring import LONG, SHORT, SHORT_TOKENS, choose_rows
from m2m_desktop.services.conversion.parity import compare_quickly, is_another_model
from m2m_desktop.services.conversion.samples import pair_samples
from m2m_desktop.services.conversion.wishes import ConversionWish
from m2m_desktop.services.model_store import ModelStore
from m2m_desktop.services.terminology_store import TerminologyStore
from tests.toy.checkpoints import read_safetensors, write_checkpoint, write_safetensors
from tests.toy.release import write_toy_release

WEIGHTS = "model.safetensors"


@pytest.fixture(scope="module")
def choose(tmp_path_factory):
    folder = tmp_path_factory.mktemp("terminology")
    terminology = TerminologyStore(folder / "compiled").open(write_toy_release(folder / "release"))
    return lambda kind, template: pair_samples(terminology, template)


@pytest.fixture
def checkpoint(tmp_path):
    return write_checkpoint(tmp_path / "m")


@pytest.fixture
def store(tmp_path):
    return ModelStore(tmp_path / "models", tmp_path / "shipped")


@pytest.fixture
def installed(store, checkpoint, choose):
    """A model as it is after its installation: its info, and its folder."""
    info = store.install(checkpoint, None, choose)
    return info, Path(info.path)


def test_verifying_completes_the_comparison_and_changes_nothing_else(store, choose, installed):
    quick, folder = installed
    bundle = {path.name: path.read_bytes() for path in folder.iterdir()}
    assert (quick.parity_is_quick, quick.parity["pairs"]) == (True, 6)
    full = store.verify(quick.model_id, choose)
    assert (full.parity_is_quick, full.parity["pairs"], full.parity["mentions"]) == (False, 72, 12)
    after = {path.name: path.read_bytes() for path in folder.iterdir()}
    assert after.pop(COMPARISON) != bundle.pop(COMPARISON)
    assert after == bundle
    assert full.hash == quick.hash
    for again in (*store.list(), store.verify(quick.model_id), store.open("").info):
        assert (again.parity, again.parity_is_quick) == (full.parity, False)


def test_it_is_made_once(store, choose, installed):
    store.verify("m-int8", choose)

    def refuse(kind, template):
        raise AssertionError("it was compared again")

    store.verify("m-int8", refuse)


def test_a_zip_is_unpacked_once_more(store, choose, checkpoint, tmp_path):
    archive = shutil.make_archive(str(tmp_path / "z"), "zip", checkpoint)
    store.install(Path(archive), None, choose)
    assert not store.verify("z-int8", choose).parity_is_quick
    assert [path.name for path in store._root.iterdir()] == ["z-int8"]


def test_without_the_original_the_model_is_whole_all_the_same(
    store, choose, checkpoint, installed, caplog
):
    quick, _ = installed
    shutil.rmtree(checkpoint)
    with caplog.at_level("INFO"):
        info = store.verify(quick.model_id, choose)
    assert (info.parity, info.parity_is_quick) == (quick.parity, True)
    assert "not compared with its original: ModelNotFound" in caplog.text
    assert str(checkpoint) not in caplog.text


@pytest.mark.parametrize("tensor", ["classifier.bias", "bert.encoder.layer.1.output.dense.bias"])
def test_another_checkpoint_in_its_place_is_not_taken_for_it(
    store, choose, checkpoint, installed, tensor
):
    tensors = read_safetensors(checkpoint / WEIGHTS)
    tensors[tensor] = tensors[tensor] + np.float32(1e-6)
    write_safetensors(checkpoint / WEIGHTS, tensors)
    assert store.verify("m-int8", choose).parity_is_quick


def test_a_bundle_that_lies_elsewhere_is_not_compared(store, choose, installed, tmp_path):
    """Its record could name any place, one in the network among them."""
    folder = shutil.copytree(installed[1], tmp_path / "elsewhere")
    assert store.verify(str(folder), choose).parity_is_quick
    assert (folder / COMPARISON).read_bytes() == (installed[1] / COMPARISON).read_bytes()


def test_a_cancel_in_its_midst_leaves_the_quick_one(store, choose, installed):
    def stop(done, total, note=""):
        if done > 50:
            raise Cancelled

    with pytest.raises(Cancelled):
        store.verify("m-int8", choose, stop)
    [listed] = store.list()
    assert listed.parity_is_quick
    assert [path.name for path in store._root.iterdir()] == ["m-int8"]


def test_progress_goes_up_to_the_end(store, choose, installed):
    told = []
    store.verify("m-int8", choose, lambda done, total, note="": told.append((done, total)))
    counted = [done for done, total in told if total]
    assert counted == sorted(counted)
    assert (counted[0], counted[-1]) == (20, 100)


def test_a_record_with_a_flipped_bit_counts_as_not_there(store, choose, installed):
    store.verify("m-int8", choose)
    info, folder = installed
    whole = (folder / COMPARISON).read_bytes()
    for place in range(0, len(whole), 7):
        changed = bytearray(whole)
        changed[place] ^= 1
        (folder / COMPARISON).write_bytes(changed)
        assert read_record(info) is None
    [listed] = store.list()
    assert (listed.parity, listed.parity_is_quick) == (info.parity, True)
    (folder / COMPARISON).write_bytes(whole)
    assert read_record(info) is not None


def test_a_record_that_is_none_harms_nothing(store, choose, installed):
    info, folder = installed
    for content in (b"", b"{}", b"[1]", b"\xff" * 30, b'{"seal": "' + b"0" * 64):
        (folder / COMPARISON).write_bytes(content)
        assert store.verify("m-int8", choose).parity == info.parity


def test_the_record_of_another_model_counts_as_not_there(store, choose, installed, tmp_path):
    other = write_checkpoint(tmp_path / "o", seed=5)
    store.install(other, None, choose)
    store.verify("o-int8", choose)
    info, folder = installed
    shutil.copy(store._root / "o-int8" / COMPARISON, folder / COMPARISON)
    assert store.verify("m-int8", choose).parity == info.parity


def test_figures_that_are_none_are_not_shown(store, choose, installed):
    store.verify("m-int8", choose)
    info, folder = installed
    fields = json.loads((folder / COMPARISON).read_bytes())
    fields["parity"]["max_change"], fields["seal"] = float("nan"), "0" * 64
    (folder / COMPARISON).write_bytes(sealed(json.dumps(fields).encode()))
    assert read_record(info) is None


def test_a_manifest_says_that_its_comparison_is_a_quick_one(store, choose, checkpoint, installed):
    _, folder = installed
    assert json.loads((folder / MANIFEST).read_bytes())["comparison"] == "quick"
    exact = store.install(checkpoint, ConversionWish(precision="fp32"), choose)
    assert not exact.parity_is_quick
    assert not (Path(exact.path) / COMPARISON).exists()


# -- the quick one ---------------------------------------------------------------------------------


def test_rows_are_of_two_lengths_and_none_is_padded(store, choose, installed, checkpoint):
    from tokenizers import Tokenizer

    tokenizer = Tokenizer.from_str((installed[1] / "tokenizer.json").read_text("utf-8"))
    tokenizer.enable_truncation(64, strategy="longest_first")
    long, short = choose_rows(tokenizer, choose("reranker", Template()).calibration)
    assert (len(long), len(short)) == (LONG, SHORT)
    assert {len(row.ids) for row in short} == {SHORT_TOKENS}
    assert len({len(row.ids) for row in long}) == 1
    assert len(long[0].ids) > SHORT_TOKENS
    for row in (*long, *short):
        assert row.ids[0] == tokenizer.token_to_id("[CLS]")
        assert list(row.ids).count(tokenizer.token_to_id("[SEP]")) == 2
    assert tokenizer.truncation["max_length"] == 64


def logits(*probabilities):
    values = np.array(probabilities)
    return [np.array([0, one]) for one in np.log(values / (1 - values))]


def test_answers_by_chance_are_told_from_rounding():
    trained = logits(0.99, 0.01, 0.02, 0.9, 0.01, 0.6)
    near = logits(0.97, 0.01, 0.05, 0.85, 0.01, 0.7)
    chance = logits(0.5, 0.55, 0.45, 0.5, 0.52, 0.48)
    for other, expected in ((trained, False), (near, False), (chance, True)):
        figures = compare_quickly("reranker", trained, other, match=1)
        assert is_another_model("reranker", figures) is expected
    broken = [np.array([np.nan, 1])] * 6
    assert is_another_model("reranker", compare_quickly("reranker", trained, broken, match=1))


def test_a_conversion_that_breaks_the_model_is_refused(store, choose, checkpoint, monkeypatch):
    """Not by the checkpoint's fault: as if the quantiser took the wrong scale for its weights."""
    from m2m_desktop.services.conversion import convert

    class Broken(convert.Int8Arithmetic):
        def linear(self, writer, hidden, layers, *, sensitive):
            outputs = super().linear(writer, hidden, layers, sensitive=sensitive)
            return [writer.op("Mul", one, writer.scalar(-3)) for one in outputs]

    path = write_checkpoint(checkpoint.with_name("wide"), spread=8, seed=6)
    store.install(path, None, choose)
    monkeypatch.setattr(convert, "Int8Arithmetic", Broken)
    with pytest.raises(CheckpointUnsupported, match="fp32"):
        store.install(path, ConversionWish(name="broken"), choose)
    assert [info.model_id for info in store.list()] == ["wide-int8"]
