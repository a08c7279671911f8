"""A reranker's probabilities are fitted to an encoder by a command, and judged by unseen mentions."""

import argparse
import json
from dataclasses import replace

import numpy as np
import pytest

from m2m_desktop.core.calibration import Calibration
from m2m_desktop.core.errors import ModelError
from m2m_desktop.core.records import TermLevel
from m2m_desktop.services.bundle_files import MANIFEST
from m2m_desktop.services.engine import CodingOptions, Engine
from m2m_desktop.services.locations import Locations, resources
from m2m_desktop.services.model_store import ModelStore
from m2m_desktop.services.terminology_store import TerminologyStore
from m2m_desktop.training.calibrate import (
    FOLDS,
    add_calibrating,
    beside,
    coded_by,
    cross_validated,
    fit_plain,
    without_answer,
)
from m2m_desktop.training.fitting import fit_logistic
from m2m_desktop.training.kept_answers import KeptOpinions
from tests.toy.bundle import change_manifest, write_toy_bundle
from tests.toy.release import write_toy_release

PLAIN = {"bias": -1.0, "margin": 0.5, "share": 4.0}


def changed(name):
    """A wording that is no name."""
    return f"{name[:-1]}那样{name[-1]}"


@pytest.fixture(scope="module")
def material(tmp_path_factory):
    """A release, mentions of its terms, a reranker with a calibration, and an encoder."""
    folder = tmp_path_factory.mktemp("material")
    write_toy_release(folder / "release" / "chinese", "Chinese")
    terminology = TerminologyStore(folder / "compiled").open(str(folder / "release" / "chinese"))
    codes, names = terminology.codes(TermLevel.PT), terminology.names(TermLevel.PT)
    terms = [(codes[row], names[row]) for row in range(30)]
    mentions = [f"{changed(name)}\tO{code}\tsynonym" for code, name in terms]
    (folder / "data" / "mentions").mkdir(parents=True)
    (folder / "data" / "mentions" / "zh_dev.tsv").write_text(
        "\n".join(["mention_zh\tids\tkind", *mentions]), encoding="utf-8"
    )
    codes = [f"O{code}\t{code}" for code, _ in terms]
    (folder / "release" / "oae_to_pt.tsv").write_text(
        "\n".join(["oae_id\tpt_code", *codes]), encoding="utf-8"
    )
    write_toy_bundle(folder / "encoder", model_id="near-zh-1", kind="encoder")
    return folder


@pytest.fixture
def bundle(tmp_path):
    made = write_toy_bundle(tmp_path / "bundle")
    change_manifest(made, lambda fields: fields.update(calibration=PLAIN))
    return made


def run(material, bundle, *more):
    parser = argparse.ArgumentParser()
    add_calibrating(parser.add_subparsers())
    command = ["calibrate", str(bundle), "--encoder", str(material / "encoder")]
    command += ["--data", str(material / "data"), "--release", str(material / "release"), *more]
    options = parser.parse_args(command)
    return options.run(options)


@pytest.fixture(scope="module")
def way(material, tmp_path_factory):
    """A way of coding the mentions, and their right PT rows."""
    home = tmp_path_factory.mktemp("home")
    places = (home / name for name in ("data", "cache", "config", "logs"))
    engine = Engine(Locations(*places, resources()))
    model = write_toy_bundle(home / "model")
    options = CodingOptions(
        str(material / "release" / "chinese"), str(model), mode="full",
        encoder=str(material / "encoder"),
    )  # fmt: skip
    pipeline = replace(engine.pipeline(options), kept=KeptOpinions())
    names = pipeline.terminology.names(TermLevel.PT)
    return pipeline, {changed(names[row]): frozenset({row}) for row in range(25)}


def test_the_command_fits_and_writes_what_the_program_reads(material, bundle, tmp_path, capsys):
    assert run(material, bundle) == 0

    table = capsys.readouterr().out
    assert [line[:36].strip() for line in table.splitlines()[1:4]] == [
        "by wording", "by wording and meaning", "the same, with cosines",
    ]  # fmt: skip
    store = ModelStore(tmp_path, tmp_path)
    info = store.verify(str(bundle))
    encoder = store.verify(str(material / "encoder"))
    assert replace(info.calibration, with_encoder=None) == Calibration(*PLAIN.values())
    assert info.calibration.with_encoder.encoder_hash == encoder.hash
    assert info.scores["hit@1 with near-zh-1"] >= 0
    assert "with_encoder" in table


def test_a_dry_run_writes_nothing(material, bundle):
    before = (bundle / MANIFEST).read_bytes()
    run(material, bundle, "--dry-run")
    assert (bundle / MANIFEST).read_bytes() == before


def test_a_model_that_is_believed_as_it_is_has_nothing_to_fit(material, bundle):
    change_manifest(bundle, lambda fields: fields.pop("calibration"))
    before = json.loads((bundle / MANIFEST).read_bytes())
    with pytest.raises(ModelError):
        run(material, bundle)
    assert json.loads((bundle / MANIFEST).read_bytes()) == before


def test_no_mention_is_judged_by_a_fit_that_has_seen_it(way):
    pipeline, gold = way
    seen = []

    def fit(coded):
        seen.append({one.mention for one in coded})
        return fit_plain(coded)

    cross_validated(pipeline, gold, fit)
    left_out = [set(gold) - one for one in seen]
    assert len(left_out) == FOLDS
    assert sorted(mention for one in left_out for mention in one) == sorted(gold)


def test_a_fit_to_the_truth_is_better_than_one_to_its_opposite(way):
    pipeline, gold = way

    def right(coded):
        return beside(Calibration(0.0, 1.0, 0.0), pipeline, coded)

    def wrong(coded):
        others = [replace(one, gold=frozenset({(min(one.gold) + 7) % 60})) for one in coded]
        return right(others)

    good, bad = (cross_validated(pipeline, gold, one) for one in (right, wrong))
    assert good.loss < bad.loss
    assert good.hit > bad.hit


def test_where_the_answer_is_taken_away_another_candidate_is_the_nearest(way):
    pipeline, gold = way
    for one in coded_by(pipeline, gold):
        other = without_answer(one)
        assert not one.gold & {own.pt_row for own in other.proposals}
        assert len(other.proposals) == len(other.opinions) == len(one.proposals) - 1
        assert not other.labels.any()
        for text in {own.text for own in other.proposals}:
            mine = [own for own in other.proposals if own.text == text]
            assert min(own.behind for own in mine) == 0
            assert max(own.share for own in mine) in (0.0, 1.0)


def test_opinions_are_asked_once(way):
    pipeline, gold = way

    class Counting:
        asked = 0

        def score(self, phrase, candidates, *check):
            self.asked += len(candidates)
            return pipeline.reranker.score(phrase, candidates, *check)

    counting = Counting()
    watched = replace(pipeline, reranker=counting, kept=KeptOpinions())
    first = coded_by(watched, gold)
    asked = counting.asked
    again = coded_by(watched, gold)
    assert counting.asked == asked > 0
    assert all((a.opinions == b.opinions).all() for a, b in zip(first, again, strict=True))


def test_a_logistic_regression_finds_the_weights_that_made_its_labels():
    rng = np.random.default_rng(3)
    columns = [np.ones(40_000), *rng.normal(size=(2, 40_000))]
    odds = -1.0 * columns[0] + 2.0 * columns[1] - 0.5 * columns[2]
    labels = (rng.random(40_000) < 1 / (1 + np.exp(-odds))).astype(float)
    assert fit_logistic(columns, labels) == pytest.approx((-1.0, 2.0, -0.5), abs=0.06)
