"""Vectors on disk: computed once, in slices that survive a cancel, checked, forgotten."""

import logging

import numpy as np
import pytest

from m2m_desktop.core.errors import Cancelled, OutputUnwritable
from m2m_desktop.core.name_vectors import Names
from m2m_desktop.core.steps import finished
from m2m_desktop.services import vector_store
from m2m_desktop.services.vector_store import VectorName, VectorStore

NAME = VectorName("demo-1", "ab" * 32)
COUNT = 25


@pytest.fixture(autouse=True)
def small_slices(monkeypatch):
    monkeypatch.setattr(vector_store, "SLICE", 10)


@pytest.fixture
def store(tmp_path):
    return VectorStore(tmp_path / "indexes", tmp_path / "shipped")


@pytest.fixture
def names():
    rows = np.arange(COUNT, dtype=np.int32)
    return Names(rows, rows // 2, tuple(f"name {row}" for row in rows))


class Encoder:
    """Vectors that follow from the texts, not of length 1; remembers what it was asked."""

    def __init__(self):
        self.asked = []

    def __call__(self, texts, check):
        check()
        self.asked += texts
        return np.array([[len(text), int(text[5:]), 1.0] for text in texts], np.float32)


def test_vectors_are_computed_once_and_then_mapped(store, names):
    encoder = Encoder()
    made = store.compute(NAME, names, encoder)
    assert encoder.asked == list(names.texts)
    lengths = np.linalg.norm(made.vectors.astype(float), axis=1)
    assert lengths == pytest.approx(np.ones(COUNT), abs=1e-3)
    opened = store.open(NAME)
    for one in (made, opened):
        assert (one.vectors == made.vectors).all()
        assert (one.codes == opened.codes).all()
        assert one.pt.tolist() == names.pt.tolist()
        assert one.error == opened.error
    assert opened.vectors.dtype == np.float16
    assert [path.name.rpartition("-")[2] for path in (store.root / "demo-1").iterdir()] == ["whole"]


def test_progress_counts_names_to_the_end(store, names):
    told = []
    store.compute(NAME, names, Encoder(), lambda done, total, note="": told.append((done, total)))
    assert told == [(0, 25), (10, 25), (20, 25), (25, 25)]


def test_a_cancel_keeps_what_is_done(store, names):
    first, second = Encoder(), Encoder()

    def cancel(done, total, note=""):
        if done >= 20:
            raise Cancelled

    with pytest.raises(Cancelled):
        store.compute(NAME, names, first, cancel)
    assert store.open(NAME) is None
    made = store.compute(NAME, names, second)
    assert (len(first.asked), second.asked) == (20, list(names.texts[20:]))
    whole = VectorStore(store.root.parent / "other", store.shipped).compute(NAME, names, Encoder())
    assert (made.vectors == whole.vectors).all()


@pytest.mark.parametrize("size", [1, 3, 10, 40])
def test_a_few_names_a_step_give_the_same_vectors_and_may_stop_anywhere(store, names, size):
    begun = store.steps(NAME, names, Encoder(), size=size)
    told = [next(begun) for _ in range(3)]
    begun.close()
    assert told == [(0, 25), (min(size, 10), 25), (min(2 * size, 20), 25)]
    encoder = Encoder()
    made = finished(store.steps(NAME, names, encoder, size=size))
    kept = told[-1][0] // 10 * 10  # whole slices
    assert encoder.asked == list(names.texts[kept:])
    other = VectorStore(store.root.parent / "other", store.shipped)
    whole = other.compute(NAME, names, Encoder())
    assert (made.vectors == whole.vectors).all()
    assert (made.codes == whole.codes).all()


def test_a_slice_that_was_changed_is_computed_again(store, names):
    with pytest.raises(Cancelled):
        store.compute(NAME, names, Encoder(), _cancel_at_20)
    (part,) = store.root.glob("demo-1/*-parts/00000010/000.npy")
    part.write_bytes(part.read_bytes()[:-1] + b"x")
    encoder = Encoder()
    store.compute(NAME, names, encoder)
    assert encoder.asked == list(names.texts[10:])


def test_vectors_that_were_changed_are_not_used(store, names, caplog):
    store.compute(NAME, names, Encoder())
    for file in store.root.glob("demo-1/*-whole/000.npy"):
        file.write_bytes(file.read_bytes()[:-1] + b"x")
    with caplog.at_level(logging.INFO):
        assert store.open(NAME) is None
    assert "name" not in caplog.text


@pytest.mark.parametrize(
    "other",
    [
        VectorName("demo-2", NAME.encoder_hash),
        VectorName(NAME.terminology_id, "cd" * 32),
        VectorName(NAME.terminology_id, NAME.encoder_hash, second=False),
    ],
)
def test_other_vectors_lie_elsewhere(store, names, other):
    store.compute(NAME, names, Encoder())
    assert store.open(other) is None
    store.compute(other, names, Encoder())
    assert store.open(NAME) is not None


def test_vectors_that_ship_are_found_first_and_never_written(store, names):
    VectorStore(store.shipped, store.shipped / "none").compute(NAME, names, Encoder())
    assert store.open(NAME) is not None
    assert not store.root.exists()


def test_a_model_is_forgotten_with_all_it_made_and_nothing_else(store, names):
    other = VectorName("demo-2", "cd" * 32)
    for name in (NAME, VectorName("demo-2", NAME.encoder_hash), other):
        store.compute(name, names, Encoder())
    store.forget_model(NAME.encoder_hash)
    assert store.open(NAME) is None
    assert store.open(other) is not None
    assert len(list(store.root.glob("*/dense-*"))) == 1


def test_what_an_older_form_left_goes(store, names):
    old = store.root / "demo-1" / f"dense-0-{NAME.encoder_hash[:16]}-00000000-whole"
    old.mkdir(parents=True)
    store.compute(NAME, names, Encoder())
    assert not old.exists()


def test_where_nothing_can_be_written_the_vectors_serve_all_the_same(store, names):
    store.root.parent.mkdir(parents=True, exist_ok=True)
    store.root.write_bytes(b"a file in the way")
    made = store.compute(NAME, names, Encoder())
    assert len(made.vectors) == COUNT
    assert store.open(NAME) is None


def test_a_folder_that_cannot_be_deleted_is_an_error_that_says_so(store, names, monkeypatch):
    store.compute(NAME, names, Encoder())

    def refuse(path):
        raise PermissionError(13, "in use")

    monkeypatch.setattr(vector_store.shutil, "rmtree", refuse)
    with pytest.raises(OutputUnwritable, match="in use"):
        store.forget_model(NAME.encoder_hash)


def test_a_dictionary_without_names_has_no_vectors(store):
    none = np.empty(0, np.int32)
    made = store.compute(NAME, Names(none, none, ()), Encoder())
    assert made.vectors.shape[0] == 0


def _cancel_at_20(done, total, note=""):
    if done >= 20:
        raise Cancelled
