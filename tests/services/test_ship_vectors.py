"""What the command for shipped vectors writes is what the program looks for first."""

import argparse

import pytest

from m2m_desktop.services.dense_retrieval import DenseRetrieval
from m2m_desktop.services.locations import resources
from m2m_desktop.services.model_store import ModelStore
from m2m_desktop.services.terminology_store import TerminologyStore
from m2m_desktop.services.vector_store import VectorStore
from m2m_desktop.training.ship_vectors import add_vectors
from tests.toy.bundle import write_toy_bundle


@pytest.fixture
def ship(tmp_path):
    def run(bundle):
        parser = argparse.ArgumentParser()
        add_vectors(parser.add_subparsers())
        options = parser.parse_args(["vectors", str(bundle), "--out", str(tmp_path / "vectors")])
        return options.run(options)

    return run


def test_what_was_shipped_is_found_before_anything_is_computed(ship, tmp_path, capsys):
    models = ModelStore(tmp_path / "models", tmp_path / "none")
    terminology = TerminologyStore(tmp_path / "compiled").open(resources() / "demo")
    bundles = [
        write_toy_bundle(tmp_path / "models" / name, model_id=name, kind="encoder", seed=seed)
        for seed, name in enumerate(("old-zh-1", "new-zh-1"))
    ]

    def found(bundle):
        store = VectorStore(tmp_path / "home", tmp_path / "vectors")
        dense = DenseRetrieval(models, store, quick_work=0)
        return dense.open(bundle.name, terminology).retriever is not None

    assert ship(bundles[0]) == 0
    assert " names, 16 numbers each" in capsys.readouterr().out
    assert [found(one) for one in bundles] == [True, False]
    assert ship(bundles[1]) == 0
    assert [found(one) for one in bundles] == [False, True]  # those of the other one went
    assert not (tmp_path / "home").exists()
