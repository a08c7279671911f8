"""Candidates by meaning in the engine: which encoder, when it is ready, and what the run says."""

import json
import shutil
from dataclasses import replace
from datetime import UTC, datetime

import numpy as np
import pytest

from m2m_desktop.cli import embedding
from m2m_desktop.core.calibration import Calibration, WithEncoder
from m2m_desktop.core.dense import DEFAULT_FUSION, FusedRetriever
from m2m_desktop.core.errors import Cancelled, ModelError, TerminologyUnknown
from m2m_desktop.core.progress import silent
from m2m_desktop.core.records import Band, Mention, Source, TermLevel
from m2m_desktop.core.retrieval import LexicalRetriever
from m2m_desktop.core.terminology import ReleaseInfo
from m2m_desktop.services.bundle_files import MANIFEST, MODEL_FILE
from m2m_desktop.services.bundle_writer import set_calibration
from m2m_desktop.services.cascade_records import Evidence, write_evidence
from m2m_desktop.services.dense_retrieval import DenseRetrieval, VectorState
from m2m_desktop.services.engine import CodingOptions, Engine
from m2m_desktop.services.engine_methods import Methods
from m2m_desktop.services.engine_requests import Params
from m2m_desktop.services.locations import Locations
from m2m_desktop.services.model_store import ModelStore, NoModel
from m2m_desktop.services.settings import Settings, save_settings
from m2m_desktop.services.vector_store import VectorStore
from tests.toy.bundle import TOY_ID, change_manifest, write_toy_bundle
from tests.toy.release import write_toy_release

NOW = datetime(2026, 11, 21, 8, 30, tzinfo=UTC)
ENCODER = "toy-encoder-zh-1"
PT, PT_CODE = "左布上部炎", "90000101"
PHRASES = ["左布急性炎", "患者奎姆上部", "凡特和奥肯炎", PT, "xyz"]


@pytest.fixture(scope="module")
def shipped(tmp_path_factory):
    """Resources with a toy demo dictionary, a toy reranker and a toy encoder."""
    folder = tmp_path_factory.mktemp("resources")
    for language in ("Chinese", "English"):
        release = write_toy_release(folder / "demo" / language.lower(), language)
        (release / "DEMO_DICTIONARY.txt").write_text("invented", encoding="utf-8")
    (folder / "thesaurus").mkdir()
    (folder / "thesaurus" / "words.txt").write_text("急性|突发\n", encoding="utf-8")
    write_toy_bundle(folder / "models" / TOY_ID)
    write_toy_bundle(folder / "models" / ENCODER, model_id=ENCODER, kind="encoder")
    return folder


@pytest.fixture(scope="module")
def engine(shipped, tmp_path_factory):
    """An engine that no test changes."""
    home = tmp_path_factory.mktemp("shared")
    folders = (home / "data", home / "cache", home / "config", home / "logs")
    return Engine(Locations(*folders, shipped), now=lambda: NOW)


@pytest.fixture
def make(shipped, tmp_path):
    """Engines over one home of this test's own."""

    def made(resources=shipped, *, quick_work=1e12, **settings):
        home = tmp_path / "home"
        folders = (home / "data", home / "cache", home / "config", home / "logs")
        locations = Locations(*folders, resources)
        if settings:
            save_settings(Settings(**settings), locations)
        return Engine(locations, now=lambda: NOW, quick_work=quick_work)

    return made


@pytest.fixture
def bare(shipped, tmp_path):
    """Resources that can be harmed."""
    return shutil.copytree(shipped, tmp_path / "resources")


def code(engine, *texts, **options):
    mentions = [Mention(str(number), text) for number, text in enumerate(texts)]
    return list(engine.code(mentions, CodingOptions(**options)))


def codes(result):
    return [candidate.pt.code for candidate in result.candidates]


def sources(result):
    return {candidate.evidence.source for candidate in result.candidates}


# -- what an encoder changes -----------------------------------------------------------------------


def test_the_encoder_that_ships_proposes_what_wording_does_not_find(engine):
    mentions = [Mention(text, text) for text in PHRASES]
    with_encoder, without = (
        list(engine.retrieve(mentions, CodingOptions(top_k=10, encoder=one)))
        for one in ("", "none")
    )
    for one, other in zip(with_encoder, without, strict=True):
        assert len(one.candidates) == 10
        assert set(codes(other)[:4]) <= set(codes(one))
        assert Source.DENSE not in sources(other)
    assert any(Source.DENSE in sources(one) for one in with_encoder)


def test_a_dense_candidate_shows_the_name_that_is_nearest(engine):
    (result,) = code(engine, "xyz")
    terminology = engine.terminology()
    for candidate in result.candidates:
        assert candidate.evidence.source is Source.DENSE
        llt = terminology.llt(candidate.evidence.llt_code)
        assert llt.pt_code == candidate.pt.code
        assert llt.is_current
        assert -1 <= candidate.retrieval_score <= 1


def test_an_exact_name_is_found_and_decided_as_before(engine):
    one, other = (code(engine, PT, encoder=encoder)[0] for encoder in ("", "none"))
    assert one.selected == other.selected == (PT_CODE,)
    assert (one.band, one.source) == (other.band, other.source) == (Band.CERTAIN, Source.EXACT)
    assert codes(one)[0] == PT_CODE


def test_answers_are_the_same_each_time(make):
    first, again = (code(make(), *PHRASES) for _ in range(2))
    assert first == again


@pytest.mark.parametrize("mode", ["reference", "lexical"])
def test_other_modes_never_ask_an_encoder(engine, mode):
    for one, other in zip(
        code(engine, *PHRASES, mode=mode, encoder=ENCODER),
        code(engine, *PHRASES, mode=mode, encoder="none"),
        strict=True,
    ):
        assert one == other
        assert (one.run.encoder_id, one.run.encoder_hash, one.run.fusion) == ("", "", "")


def test_the_run_names_the_encoder_and_how_it_took_part(engine):
    (result,) = code(engine, PHRASES[0])
    assert result.run.encoder_id == ENCODER
    assert len(result.run.encoder_hash) == 64
    assert result.run.fusion == DEFAULT_FUSION.stamp
    assert result.warnings == ()
    off = code(engine, PHRASES[0], encoder="none")[0].run
    assert (off.encoder_id, off.encoder_hash, off.fusion) == ("", "", "")


def test_the_first_stage_alone_uses_it_too(engine):
    (result,) = engine.retrieve([Mention("1", "xyz")], CodingOptions())
    assert sources(result) == {Source.DENSE}
    assert result.run.fusion


def test_a_calibrated_model_judges_dense_candidates_by_the_share_of_their_wording(make, bare):
    calibration = {"bias": -1.0, "margin": 0.0, "share": 6.0}
    change_manifest(bare / "models" / TOY_ID, lambda fields: fields.update(calibration=calibration))
    engine = make(bare)
    (nothing,) = code(engine, "xyz")
    expected = 1 / (1 + np.exp(1.0))  # a share of 0
    assert [c.probability for c in nothing.candidates] == pytest.approx([expected] * 61)
    (result,) = code(engine, "奎姆上部", top_k=6)
    terminology = engine.terminology()
    lexical = engine.pipeline(CodingOptions(encoder="none")).retriever
    assert isinstance(lexical, LexicalRetriever)
    rows = [terminology.index(TermLevel.PT, pt) for pt in codes(result)]
    shares = lexical.shares("奎姆上部", rows)
    dense = [c.evidence.source is Source.DENSE for c in result.candidates]
    assert any(dense)
    assert [c.probability for c in result.candidates] == pytest.approx(
        [1 / (1 + np.exp(1.0 - 6.0 * shares[row])) for row in rows]
    )


PLAIN = {"bias": -1.0, "margin": 0.7, "share": 6.0}


def with_encoder(engine, **figures):
    """What a manifest says of the encoder that ships; all weights 0 but those that are given."""
    (found,) = [one for one in engine.models() if one.model_id == ENCODER]
    names = ("bias", "margin", "share", "near", "behind", "first")
    return {"encoder_hash": found.hash, **dict.fromkeys(names, 0.0), **figures}


def calibrate(model, **calibration):
    change_manifest(model, lambda fields: fields.update(calibration=calibration))


def test_beside_the_encoder_it_was_fitted_with_a_calibration_weighs_cosines(make, bare, engine):
    near = with_encoder(engine, bias=-3.0, near=4.0, behind=-50.0, first=2.0)
    calibrate(bare / "models" / TOY_ID, **PLAIN, with_encoder=near)
    made = make(bare)
    (result,) = code(made, "奎姆上部", top_k=8)
    proposals = made.pipeline(CodingOptions()).retriever.retrieve("奎姆上部", k=8).proposals
    by_pt = {made.terminology().codes(TermLevel.PT)[one.pt_row]: one for one in proposals}
    for candidate in result.candidates:
        one = by_pt[candidate.pt.code]
        odds = -3.0 + 4.0 * one.similarity - 50.0 * one.behind + 2.0 * (one.behind == 0)
        assert candidate.probability == pytest.approx(1 / (1 + np.exp(-odds)))
    assert by_pt[result.candidates[0].pt.code].behind == 0
    assert len({c.probability for c in result.candidates}) > 2


@pytest.mark.parametrize("encoder", ["none", "other"])
def test_without_that_encoder_the_calibration_is_the_plain_one(make, bare, engine, encoder):
    write_toy_bundle(bare / "models" / "other", model_id="other", kind="encoder", seed=5)
    calibrate(bare / "models" / TOY_ID, **PLAIN)
    plain = code(make(bare), *PHRASES, encoder=encoder)
    calibrate(bare / "models" / TOY_ID, **PLAIN, with_encoder=with_encoder(engine, bias=-9.0))
    for one, other in zip(code(make(bare), *PHRASES, encoder=encoder), plain, strict=True):
        assert [c.probability for c in one.candidates] == [c.probability for c in other.candidates]
        assert one.selected == other.selected


def test_what_is_kept_are_opinions_whatever_the_calibration(make, bare, engine, tmp_path):
    own = write_toy_bundle(tmp_path / "own", model_id="own", seed=4)
    near = with_encoder(engine, margin=1.0, near=3.0)
    calibrate(own, bias=0.0, margin=1.0, share=0.0, with_encoder=near)
    made = make(bare)
    made.install_model(own)
    options = {"model": "own", "mode": "full", "top_k": 61}
    (alone,) = code(made, "奎姆上部", encoder="none", **options)
    (beside,) = code(made, "奎姆上部", **options)
    again = code(make(bare), "奎姆上部", **options)[0]
    assert beside.pairs_kept == alone.pairs_scored  # the same texts were asked
    assert (again.pairs_scored, again.pairs_kept) == (0, beside.pairs_scored + beside.pairs_kept)
    assert [c.probability for c in again.candidates] == [c.probability for c in beside.candidates]
    before = {c.pt.code: c.probability for c in alone.candidates}
    likelier = [c.probability > before[c.pt.code] for c in beside.candidates if c.pt.code in before]
    assert likelier
    assert all(likelier)


def test_a_manifest_says_both_and_older_programs_find_what_they_know(bare, engine, tmp_path):
    near = with_encoder(engine, bias=-3.0, near=4.0, behind=-50.0, first=2.0, share=1.5, margin=0.1)
    model = bare / "models" / TOY_ID
    calibration = Calibration(*PLAIN.values(), with_encoder=WithEncoder(**near))
    set_calibration(model, calibration, {"hit@1 with it": 0.5})
    told = json.loads((model / MANIFEST).read_bytes())
    assert {name: told["calibration"][name] for name in PLAIN} == PLAIN
    info = ModelStore(tmp_path, tmp_path).verify(str(model))
    assert info.calibration == calibration
    assert info.scores["hit@1 with it"] == 0.5
    set_calibration(model, Calibration(*PLAIN.values()))
    assert json.loads((model / MANIFEST).read_bytes())["calibration"] == PLAIN


@pytest.mark.parametrize(
    "harm",
    [{"encoder_hash": "x"}, {"near": float("nan")}, {"first": None}, {"behind": "far"}],
    ids=lambda harm: next(iter(harm)),
)
def test_a_calibration_that_makes_no_sense_is_refused(bare, engine, tmp_path, harm):
    near = {**with_encoder(engine), **harm}
    near = {name: value for name, value in near.items() if value is not None}
    calibrate(bare / "models" / TOY_ID, **PLAIN, with_encoder=near)
    with pytest.raises(ModelError):
        ModelStore(tmp_path, tmp_path).verify(str(bare / "models" / TOY_ID))


def test_a_cascade_takes_dense_candidates_like_any_other(make, bare, tmp_path):
    change_manifest(
        bare / "models" / TOY_ID,
        lambda fields: fields.update(calibration={"bias": -1.0, "margin": 0.7, "share": 1.0}),
    )
    from m2m_desktop.core.cascade import CELLS, StopCounts

    cells = np.zeros(CELLS, np.int64)
    cells[:, :, 0] = 1000
    write_evidence(bare / "cascade/plain.json", Evidence(StopCounts(cells, 1000)), bytes(16))
    engine = make(bare)
    engine = Engine(engine._locations, now=lambda: NOW, min_cost_ratio=0.5)
    engine.install_model(write_toy_bundle(tmp_path / "big", model_id="big", seed=2))
    (result,) = code(engine, "患者奎姆上部", model="big")
    assert result.run.small_model_id == TOY_ID
    assert result.run.fusion
    assert Source.DENSE in sources(result)
    scored = [c for c in result.candidates if not c.is_estimated]
    assert len(scored) == result.pairs_scored < len(result.candidates)
    kept = code(engine, "患者奎姆上部", model="big")[0]
    assert (kept.pairs_scored, kept.pairs_kept) == (0, len(scored))
    assert replace(kept, pairs_scored=len(scored), pairs_kept=0) == result
    near = with_encoder(engine, bias=-9.0)
    calibrate(bare / "models" / TOY_ID, bias=-1.0, margin=0.7, share=1.0, with_encoder=near)
    (calibrated,) = code(Engine(engine._locations, min_cost_ratio=0.5), "患者奎姆上部", model="big")
    estimates = [c.probability for c in calibrated.candidates if c.is_estimated]
    assert estimates == pytest.approx([1 / (1 + np.exp(9.0))] * len(estimates))
    probabilities = {c.pt.code: c.probability for c in result.candidates if not c.is_estimated}
    for candidate in calibrated.candidates:  # the big model is to be believed as it is
        if candidate.pt.code in probabilities and not candidate.is_estimated:
            assert candidate.probability == probabilities[candidate.pt.code]


def test_without_a_reranker_candidates_are_by_wording_and_meaning(make, bare):
    shutil.rmtree(bare / "models" / TOY_ID)
    one, other = (code(make(bare), "xyz", encoder=encoder)[0] for encoder in ("", "none"))
    assert any("meaning" in warning for warning in one.warnings)
    assert not any("meaning" in warning for warning in other.warnings)
    assert one.selected == ()


# -- which encoder ---------------------------------------------------------------------------------


def test_settings_choose_an_encoder_and_options_come_first(make):
    assert code(make(encoder="none"), "xyz")[0].run.encoder_id == ""
    engine = make(encoder="none")
    assert code(engine, "xyz", encoder=ENCODER)[0].run.encoder_id == ENCODER
    assert code(make(encoder=ENCODER), "xyz")[0].run.encoder_id == ENCODER


def test_an_encoder_that_ships_is_for_the_language_in_its_name(shipped, tmp_path):
    models = ModelStore(tmp_path / "models", shipped / "models")
    dense = DenseRetrieval(models, VectorStore(tmp_path, tmp_path))
    chosen = {
        languages: dense.choose("", ReleaseInfo("i", "n", "1", *languages))
        for languages in (
            ("Chinese",), ("English",), ("Spanish", "meddra"), ("English", "meddra", "", "Chinese"),
        )
    }  # fmt: skip
    assert list(chosen.values()) == [ENCODER, "", "", ENCODER]
    assert dense.choose("mine", ReleaseInfo("i", "n", "1", "English")) == "mine"
    assert dense.choose("none", ReleaseInfo("i", "n", "1", "Chinese")) == ""


def test_an_encoder_of_one_language_reads_the_names_of_that_language(make, bare):
    chinese = make(bare).embed_terminology().names
    write_toy_bundle(
        bare / "models" / "toy-encoder-en-1", model_id="toy-encoder-en-1", kind="encoder"
    )
    write_toy_bundle(bare / "models" / "toy-any", model_id="toy-any", kind="encoder")
    engine = make(bare)
    english = engine.embed_terminology(encoder="toy-encoder-en-1").names
    assert engine.embed_terminology(encoder="toy-any").names == chinese + english


def test_other_languages_work_the_same_with_an_encoder_of_ones_own(make, tmp_path):
    engine = make()
    engine.install_model(write_toy_bundle(tmp_path / "e", model_id="mine", kind="encoder"))
    release = write_toy_release(tmp_path / "spanish", "Spanish")
    ((info, _),) = engine.import_terminology(release)
    assert code(engine, "vañtrel", terminology=info.terminology_id)[0].run.encoder_id == ""
    (result,) = code(engine, "vañtrel", terminology=info.terminology_id, encoder="mine")
    assert result.run.fusion
    assert Source.DENSE in sources(result)
    assert len(result.candidates) == 61


@pytest.mark.parametrize(
    ("name", "part"), [("nobody", "nobody"), (TOY_ID, "no encoder")], ids=["unknown", "reranker"]
)
def test_an_encoder_that_cannot_be_used_is_said_and_coding_goes_on(engine, name, part):
    (result,) = code(engine, PHRASES[0], encoder=name)
    assert result == replace(code(engine, PHRASES[0], encoder="none")[0], warnings=result.warnings)
    assert part in result.warnings[0]


def test_a_damaged_encoder_is_said_and_coding_goes_on(make, bare):
    (bare / "models" / ENCODER / MODEL_FILE).write_bytes(b"x")
    (result,) = code(make(bare), PHRASES[0])
    assert result.candidates
    assert MODEL_FILE in result.warnings[0]
    assert result.run.fusion == ""
    with pytest.raises(ModelError):
        make(bare).embed_terminology()


def test_without_any_encoder_there_is_nothing_to_say_or_to_compute(make, bare):
    shutil.rmtree(bare / "models" / ENCODER)
    (result,) = code(make(bare), PHRASES[0])
    assert result.warnings == ()
    with pytest.raises(NoModel):
        make(bare).embed_terminology()


# -- vectors that are yet to be computed -----------------------------------------------------------


def test_until_the_vectors_are_there_coding_goes_on_by_wording_and_says_so_once(make):
    engine = make(quick_work=0)
    results = [*code(engine, *PHRASES), *code(engine, *PHRASES)]
    assert [len(result.warnings) for result in results] == [1] + [0] * (2 * len(PHRASES) - 1)
    assert "m2m terminology embed" in results[0].warnings[0]
    for result in results:
        assert (result.run.encoder_id, result.run.fusion) == (ENCODER, "")
        assert Source.DENSE not in sources(result)


def test_once_computed_the_same_engine_uses_them(make):
    engine = make(quick_work=0)
    code(engine, PHRASES[0])
    made = engine.embed_terminology()
    assert made.encoder_id == ENCODER
    assert made.terminology_id == engine.terminology().info.terminology_id
    assert (made.columns, made.bytes) == (16, made.names * 16 * 3)
    (result,) = code(engine, PHRASES[0])
    assert result.run.fusion
    assert result.warnings == ()
    assert code(make(quick_work=0), PHRASES[0])[0] == result


def test_a_window_learns_whether_the_vectors_are_there_without_computing_any(make):
    assert make(quick_work=1e12).vector_state() is VectorState.QUICK
    engine = make(quick_work=0)
    assert engine.vector_state() is VectorState.MISSING
    assert not engine.spare.is_wanted
    engine.embed_terminology()
    assert engine.vector_state() is VectorState.READY
    assert make(quick_work=0).vector_state("", ENCODER) is VectorState.READY, "they are kept"
    with pytest.raises(NoModel):
        engine.vector_state("", "none")
    with pytest.raises(ModelError):
        engine.vector_state("", "no such encoder")


def test_what_a_window_chooses_counts_while_the_engine_runs(make, tmp_path):
    engine = make()
    assert code(engine, PT)[0].run.encoder_id == ENCODER
    locations = engine._locations
    save_settings(Settings(encoder="none"), locations)
    assert code(engine, PT)[0].run.encoder_id == ""
    save_settings(Settings(), locations)
    assert code(engine, PT)[0].run.encoder_id == ENCODER
    assert engine.shipped_encoder(engine.terminology().info) == ENCODER


def test_the_status_names_encoders_by_terminology_and_no_encoder_as_the_model(make):
    methods = Methods(make()._locations)
    told = methods.status(Params({}), silent)
    assert told["encoders"] == {told["default_terminology"]: ENCODER}
    assert told["default_model"] == TOY_ID
    asked = Params({"terminology": told["default_terminology"], "encoder": ENCODER})
    assert methods.vector_state(asked, silent)["state"] in {"quick", "ready"}


def test_in_spare_time_they_are_computed_and_then_used(make):
    engine = make(quick_work=0)
    assert not engine.spare.is_wanted
    code(engine, PHRASES[0])
    steps = 0
    while engine.spare.is_wanted:
        engine.spare.step()
        steps += 1
        if steps == 5:  # coding goes on meanwhile
            assert code(engine, PHRASES[0])[0].run.fusion == ""
    assert steps > 5
    (result,) = code(engine, PHRASES[0])
    assert result.run.fusion
    made = make(quick_work=0)
    assert code(made, PHRASES[0])[0] == result
    assert not made.spare.is_wanted


@pytest.mark.parametrize("change", ["remove", "install", "embed"])
def test_spare_work_ends_with_what_it_is_for(make, tmp_path, change):
    engine = make(quick_work=0)
    ((info, _),) = engine.import_terminology(
        write_toy_release(tmp_path / "release", version="98.0")
    )
    code(engine, "xyz", terminology=info.terminology_id)
    for _ in range(4):
        engine.spare.step()
    if change == "remove":
        engine.remove_terminology(info.terminology_id)
        assert not list((tmp_path / "home").glob(f"data/indexes/{info.terminology_id}*/dense-*"))
    elif change == "install":
        engine.install_model(write_toy_bundle(tmp_path / "e", model_id="mine", kind="encoder"))
    else:
        engine.embed_terminology(info.terminology_id)
    assert not engine.spare.is_wanted


def test_where_they_cannot_be_kept_they_serve_until_the_program_ends(make, tmp_path):
    engine = make(quick_work=0)
    code(engine, PHRASES[0])
    folder = tmp_path / "home/data/indexes" / engine.terminology().info.terminology_id
    shutil.rmtree(folder)
    folder.write_bytes(b"a file in the way")
    while engine.spare.is_wanted:
        engine.spare.step()
    assert code(engine, PHRASES[0])[0].run.fusion
    assert not engine.spare.is_wanted


def test_computing_can_be_cancelled_and_is_not_done_twice(make):
    def cancel(done, total, note=""):
        if total > 100:
            raise Cancelled

    with pytest.raises(Cancelled):
        make(quick_work=0).embed_terminology(progress=cancel)
    assert code(make(quick_work=0), PHRASES[0])[0].run.fusion == ""
    make(quick_work=0).embed_terminology()
    told = []
    make(quick_work=0).embed_terminology(progress=lambda *one: told.append(one))
    assert not [one for one in told if one[1] > 100]


def test_vectors_go_with_their_terminology(make, tmp_path):
    engine = make()
    ((info, _),) = engine.import_terminology(
        write_toy_release(tmp_path / "release", version="98.0")
    )
    assert code(engine, "xyz", terminology=info.terminology_id)[0].run.fusion
    folders = list((tmp_path / "home").glob(f"data/indexes/{info.terminology_id}/dense-*"))
    assert len(folders) == 1
    engine.remove_terminology(info.terminology_id)
    assert not folders[0].exists()
    with pytest.raises(TerminologyUnknown):
        code(engine, "xyz", terminology=info.terminology_id)


def test_vectors_go_with_their_encoder(make, tmp_path):
    engine = make()
    engine.install_model(write_toy_bundle(tmp_path / "e", model_id="mine", kind="encoder", seed=3))
    assert code(engine, "xyz", encoder="mine")[0].run.encoder_id == "mine"
    code(engine, "xyz")
    assert len(list((tmp_path / "home").glob("data/indexes/*/dense-*"))) == 2
    engine.remove_model("mine")
    assert len(list((tmp_path / "home").glob("data/indexes/*/dense-*"))) == 1
    assert code(engine, "xyz")[0].run.encoder_id == ENCODER


def test_vectors_that_ship_are_used_as_they_are(make, bare, tmp_path):
    make(bare).embed_terminology()
    shutil.move(tmp_path / "home/data/indexes", bare / "vectors")
    engine = make(bare, quick_work=0)
    assert isinstance(engine.pipeline(CodingOptions()).retriever, FusedRetriever)
    assert not list((tmp_path / "home").glob("data/indexes/*/dense-*"))


def test_the_doctor_lists_the_optional_parts(engine):
    assert engine.doctor()["plugins"]["biencoder"] == ""


# -- the command -----------------------------------------------------------------------------------


def test_the_command_computes_ahead(shipped, tmp_path, monkeypatch, capsys):
    import argparse

    locations = Locations(*(tmp_path / name for name in "dcsl"), shipped)
    monkeypatch.setattr(embedding, "open_engine", lambda: Engine(locations, quick_work=0))
    parser = argparse.ArgumentParser()
    commands = parser.add_subparsers()

    def group(name, sentence, function):
        one = commands.add_parser(name, help=sentence)
        one.set_defaults(function=function)
        return one

    embedding.add_embed(group)
    options = parser.parse_args(["embed", "demo"])
    options.function(options)
    assert ENCODER in capsys.readouterr().out
    options = parser.parse_args(["embed", "demo", "--json"])
    options.function(options)
    told = json.loads(capsys.readouterr().out)
    assert told["encoder_id"] == ENCODER
    assert code(Engine(locations, quick_work=0), "xyz")[0].run.fusion
