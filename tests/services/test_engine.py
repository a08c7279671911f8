"""The engine over a toy dictionary and a toy model: what it answers, and what it says of itself."""

import json
import re
import shutil
import subprocess
import sys
import textwrap
from dataclasses import asdict
from datetime import UTC, datetime
from hashlib import sha256
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

from m2m_desktop import __version__
from m2m_desktop.core.cascade import CELLS, FIRST_PAIRS, StopCounts
from m2m_desktop.core.errors import (
    BadRequest,
    Cancelled,
    ModelDamaged,
    ModelUnknown,
    TerminologyUnknown,
)
from m2m_desktop.core.records import Band, Mention, Source, TermLevel
from m2m_desktop.core.templates import REFERENCE_TEMPLATE
from m2m_desktop.core.term_search.records import Match
from m2m_desktop.services import cascade_records
from m2m_desktop.services.bundle_files import MANIFEST, MODEL_FILE
from m2m_desktop.services.cascade_records import Evidence, write_evidence
from m2m_desktop.services.engine import DEMO, MODES, CodingOptions, Engine
from m2m_desktop.services.language import use_language
from m2m_desktop.services.locations import Locations
from m2m_desktop.services.settings import Settings, save_settings
from tests.toy.bundle import TOY_ID, change_manifest, write_toy_bundle
from tests.toy.release import MULTI_AXIAL_PT, NOT_CURRENT_LLT, write_toy_release

ROOT = Path(__file__).parents[2]
NOW = datetime(2026, 11, 21, 8, 30, tzinfo=UTC)
PT, PT_CODE = "左布上部炎", "90000101"
PHRASES = ["左布急性炎", "患者奎姆上部", "凡特和奥肯炎"]
CSV = (
    "pt_code,pt_name,llt_name,hlt_name,hlgt_name,soc_name\n"
    "X1,头痛,头疼,头部病,神经病,神经系统\nX2,腹泻,拉肚子,肠病,胃肠病,胃肠系统\n"
)


@pytest.fixture(scope="module")
def shipped(tmp_path_factory):
    """A resources folder with a toy demo dictionary, a thesaurus and a toy model."""
    folder = tmp_path_factory.mktemp("resources")
    for language in ("Chinese", "English"):
        release = write_toy_release(folder / "demo" / language.lower(), language)
        (release / "DEMO_DICTIONARY.txt").write_text("invented", encoding="utf-8")
    (folder / "thesaurus").mkdir()
    (folder / "thesaurus" / "words.txt").write_text("急性|突发\n", encoding="utf-8")
    write_toy_bundle(folder / "models" / TOY_ID)
    return folder


def places(home, resources):
    return Locations(home / "data", home / "cache", home / "config", home / "logs", resources)


@pytest.fixture(scope="module")
def engine(shipped, tmp_path_factory):
    """An engine that no test changes."""
    return Engine(places(tmp_path_factory.mktemp("home"), shipped), now=lambda: NOW)


@pytest.fixture
def make_engine(shipped, tmp_path):
    """Engines over a home of this test's own, with or without the toy model."""

    def make(*, resources=shipped, **settings):
        locations = places(tmp_path / "mine", resources)
        if settings:
            save_settings(Settings(**settings), locations)
        return Engine(locations, now=lambda: NOW)

    return make


@pytest.fixture
def bare(shipped, tmp_path):
    """Resources that can be harmed."""
    return shutil.copytree(shipped, tmp_path / "resources")


@pytest.fixture
def release(tmp_path):
    return write_toy_release(tmp_path / "release", version="98.0")


def code(engine, *texts, **options):
    mentions = [Mention(str(number), text) for number, text in enumerate(texts)]
    return list(engine.code(mentions, CodingOptions(**options)))


def probabilities(result):
    return [candidate.probability for candidate in result.candidates]


# -- modes -----------------------------------------------------------------------------------------


def test_the_default_mode_ranks_by_the_models_probability(engine):
    for result in code(engine, *PHRASES):
        given = probabilities(result)
        assert given == sorted(given, reverse=True)
        assert all(0 <= value <= 1 for value in given)
        assert [candidate.rank for candidate in result.candidates] == [*range(1, len(given) + 1)]
        over = {c.pt.code for c in result.candidates if c.probability >= 0.3}
        assert set(result.selected) >= over
        assert result.source in (Source.MODEL, Source.NONE)
        assert result.warnings == ()


def test_an_exact_name_is_decided_by_the_name_and_still_shows_probabilities(engine):
    (result,) = code(engine, f" {PT}。")
    assert result.selected == (PT_CODE,)
    assert (result.source, result.band) == (Source.EXACT, Band.CERTAIN)
    assert None not in probabilities(result)
    assert result.candidates[0].evidence.source is Source.EXACT


def test_an_exact_name_can_be_answered_without_asking_the_model(engine):
    (result,) = code(engine, f" {PT}。", scores_exact=False)
    assert result.selected == (PT_CODE,)
    assert (result.source, result.band) == (Source.EXACT, Band.CERTAIN)
    assert set(probabilities(result)) == {None}
    assert result.candidates[0].evidence.source is Source.EXACT


def test_the_lexical_mode_selects_nothing_but_exact_names_and_gives_no_probability(engine):
    results = code(engine, PT, *PHRASES, mode="lexical")
    assert results[0].selected == (PT_CODE,)
    for result in results:
        assert set(probabilities(result)) == {None}
        assert result.warnings == ()
    for result in results[1:]:
        assert (result.selected, result.source, result.band) == (
            (),
            Source.LEXICAL,
            Band.DOUBTFUL,
        )


@pytest.mark.requirement("R-033")
def test_the_reference_mode_asks_the_model_even_for_an_exact_name(engine):
    (result,) = code(engine, PT, mode="reference", top_k=100)
    assert None not in probabilities(result)
    assert len(result.candidates) == engine.terminology().count(TermLevel.PT) < 100
    assert result.source in (Source.MODEL, Source.NONE)


def test_the_order_of_the_mentions_is_kept_and_their_text_untouched(engine):
    texts = ["ＡＬＴ　升高！", PT, "", "  ", "?", PT]
    results = code(engine, *texts)
    assert [result.mention.text for result in results] == texts
    assert [result.mention.mention_id for result in results] == [*"012345"]
    for empty in results[2:4]:
        assert (empty.candidates, empty.selected, empty.band) == ((), (), Band.NOT_FOUND)
        assert empty.source is Source.NONE


def test_retrieve_gives_candidates_and_decides_nothing(engine):
    mentions = [Mention("1", PT), Mention("2", PHRASES[0])]
    for result in engine.retrieve(mentions, CodingOptions(top_k=7)):
        assert len(result.candidates) == 7
        assert result.selected == ()
        assert set(probabilities(result)) == {None}
        assert (result.run.model_id, result.warnings) == ("", ())


def test_paths_of_a_multi_axial_term_come_with_the_answer(engine):
    name = engine.terminology().preferred_term(MULTI_AXIAL_PT).name
    (result,) = code(engine, name)
    assert result.selected == (MULTI_AXIAL_PT,)
    assert [path.is_primary for path in result.candidates[0].pt.paths] in (
        [True, False],
        [False, True],
    )


@pytest.mark.requirement("R-020")
def test_the_same_question_gets_the_same_answer_in_another_engine(engine, shipped, tmp_path):
    other = Engine(places(tmp_path / "other", shipped), now=lambda: NOW)
    assert code(engine, PT, *PHRASES) == code(other, PT, *PHRASES)


def test_progress_counts_mentions_and_a_cancel_stops(engine):
    seen = []
    mentions = [Mention(str(number), PT) for number in range(3)]
    list(engine.code(mentions, CodingOptions(), lambda *step: seen.append(step)))
    assert list(dict.fromkeys(seen)) == [(0, 3), (1, 3), (2, 3), (3, 3)]
    assert len(seen) > 4  # between the batches of the model too

    def cancel(done, total, note=""):
        if done == 2:
            raise Cancelled

    results = engine.code(mentions, CodingOptions(), cancel)
    assert [next(results), next(results)]
    with pytest.raises(Cancelled):
        next(results)


# -- options and the stamp -------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"mode": "clever"}, "no mode clever"),
        ({"threshold": -0.01}, "between 0 and 1"),
        ({"threshold": 1.01}, "between 0 and 1"),
        ({"threshold": float("nan")}, "between 0 and 1"),
        ({"top_k": 0}, "at least one"),
        ({"top_k": -5}, "at least one"),
    ],
)
def test_options_that_make_no_sense_are_refused(engine, options, words):
    with pytest.raises(BadRequest, match=words):
        code(engine, PT, **options)
    with pytest.raises(BadRequest, match=words):
        engine.warm(CodingOptions(**options))


@pytest.mark.parametrize("mode", MODES)
def test_top_k_is_the_most_that_is_proposed(engine, mode):
    for top_k in (1, 5):
        assert len(code(engine, PHRASES[0], mode=mode, top_k=top_k)[0].candidates) == top_k


def test_raising_the_threshold_never_adds_a_term(engine):
    sets = [
        set(code(engine, PHRASES[0], threshold=threshold)[0].selected)
        for threshold in (0.0, 0.2, 0.5, 0.8, 1.0)
    ]
    assert sets[0]
    assert all(later <= earlier for earlier, later in pairwise(sets))


def test_the_run_says_everything_needed_to_get_the_same_answer_again(engine, shipped):
    (result,) = code(engine, PHRASES[0], threshold=0.4, top_k=9)
    run, info = result.run, engine.terminology().info
    manifest = (shipped / "models" / TOY_ID / MANIFEST).read_bytes()
    assert (run.terminology_id, run.terminology_version) == (info.terminology_id, "99.0")
    assert run.terminology_hashes == info.hashes
    assert {len(digest) for _, digest in run.terminology_hashes} == {64}
    assert run.is_demo_terminology
    assert (run.model_id, run.model_hash) == (TOY_ID, sha256(manifest).hexdigest())
    assert (run.template, run.alias_order) == ("pt_llt", "matched_first")
    assert (run.mode, run.threshold, run.top_k) == ("default", 0.4, 9)
    assert run.app_version == __version__
    assert datetime.fromisoformat(run.coded_at) == NOW
    stamp = asdict(run)
    unused = ("small_model_id", "cascade_error", "cascade_phrases")
    unused += ("encoder_id", "encoder_hash", "fusion")
    assert [stamp.pop(name) for name in unused] == ["", None, 0, "", "", ""]
    assert all(value not in ("", None, ()) for value in stamp.values())


def test_the_run_names_no_model_where_none_was_used(engine):
    run = code(engine, PHRASES[0], mode="lexical")[0].run
    assert (run.model_id, run.model_hash, run.template, run.alias_order) == ("", "", "", "")


def test_the_reference_mode_without_a_model_still_names_its_template(make_engine, bare):
    shutil.rmtree(bare / "models")
    run = code(make_engine(resources=bare), PT, mode="reference")[0].run
    assert (run.model_id, run.template) == ("", REFERENCE_TEMPLATE.name)


# -- a costly model: cascade and kept scores -------------------------------------------------------

PHRASE = "患者奎姆上部"


@pytest.fixture
def costly(bare, tmp_path, monkeypatch):
    """Engines with a calibrated small model that ships and an installed one, called big.

    Any model counts as costly, and a table that ships lets the big one stop at the first depth.
    The key by which phrases are audited is known: with it, `PHRASE` is not.
    """
    monkeypatch.setattr(cascade_records, "new_key", lambda: bytes(cascade_records.KEY_BYTES))
    calibration = {"bias": -1.0, "margin": 0.7, "share": 1.0}
    change_manifest(bare / "models" / TOY_ID, lambda fields: fields.update(calibration=calibration))
    cells = np.zeros(CELLS, np.int64)
    cells[:, :, 0] = 1000
    write_evidence(bare / "cascade/plain.json", Evidence(StopCounts(cells, 1000)), bytes(16))
    path = write_toy_bundle(tmp_path / "costly", model_id="big", seed=2)

    def make(*, min_cost_ratio=0.5, **folders):
        home = folders.get("home", tmp_path / "costly home")
        made = Engine(places(home, bare), now=lambda: NOW, min_cost_ratio=min_cost_ratio)
        if not (home / "data" / "models" / "big").exists():
            made.install_model(path)
        return made

    return make


def pairs(results):
    return [(result.pairs_scored, result.pairs_kept) for result in results]


def marks(result):
    return [candidate.is_estimated for candidate in result.candidates]


def test_a_small_model_spares_a_costly_one_and_the_run_says_so(costly):
    engine = costly()
    (result,) = code(engine, PHRASE, model="big")
    assert (result.run.model_id, result.run.small_model_id) == ("big", TOY_ID)
    assert (result.run.cascade_error, result.run.cascade_phrases) == (None, 0)
    count = len(result.candidates)
    assert pairs([result]) == [(FIRST_PAIRS, 0)]
    assert marks(result) == [False] * FIRST_PAIRS + [True] * (count - FIRST_PAIRS)


@pytest.mark.parametrize("options", [{"mode": "full"}, {"mode": "reference"}])
def test_other_modes_score_every_candidate(costly, options):
    (result,) = code(costly(), PHRASE, model="big", **options)
    assert result.run.small_model_id == ""
    assert not any(marks(result))
    assert result.pairs_scored == len(result.candidates) > FIRST_PAIRS


def test_a_model_that_costs_little_more_or_is_the_small_one_scores_everything(costly):
    for engine, model in ((costly(min_cost_ratio=8), "big"), (costly(), TOY_ID)):
        (result,) = code(engine, PHRASE, model=model)
        assert result.run.small_model_id == ""
        assert not any(marks(result))


def test_without_a_usable_small_model_everything_is_scored(costly, bare):
    (bare / "models" / TOY_ID / MODEL_FILE).write_bytes(b"x")
    (result,) = code(costly(), PHRASE, model="big")
    assert (result.run.model_id, result.run.small_model_id) == ("big", "")
    assert result.pairs_scored == len(result.candidates)


def test_the_scored_probabilities_are_those_of_scoring_everything(costly):
    engine = costly()
    (cascaded,) = code(engine, PHRASE, model="big", keeps_scores=False)
    (full,) = code(engine, PHRASE, model="big", mode="full", keeps_scores=False)
    figures = {c.pt.code: c.probability for c in full.candidates}
    for candidate in cascaded.candidates[:FIRST_PAIRS]:
        assert candidate.probability == pytest.approx(figures[candidate.pt.code], abs=1e-6)


@pytest.mark.requirement("R-020")
def test_kept_scores_give_the_same_answer_bit_by_bit_and_ask_the_model_nothing(costly):
    before = code(costly(), PHRASE, *PHRASES, model="big", mode="full")
    after = code(costly(), PHRASE, *PHRASES, model="big", mode="full")  # another engine
    assert [result.candidates for result in after] == [result.candidates for result in before]
    assert all(scored > 0 for scored, _ in pairs(before)[:1])
    assert all(scored == 0 for scored, _ in pairs(after))
    assert [kept for _, kept in pairs(after)] == [len(result.candidates) for result in before]


def test_scores_are_not_kept_where_that_is_not_wanted_or_not_worth_it(costly, tmp_path):
    engine = costly()
    code(engine, PHRASE, model="big", keeps_scores=False)
    code(engine, PHRASE, model=TOY_ID)
    assert engine.doctor()["kept_scores"] == {"phrases": 0, "bytes": 0}
    code(engine, PHRASE, model="big")
    assert engine.doctor()["kept_scores"]["phrases"] == 1
    assert pairs(code(engine, PHRASE, model="big", keeps_scores=False)) == [(FIRST_PAIRS, 0)]
    engine.forget_scores()
    assert engine.doctor()["kept_scores"] == {"phrases": 0, "bytes": 0}
    assert pairs(code(engine, PHRASE, model="big")) == [(FIRST_PAIRS, 0)]


def test_another_terminology_knows_nothing_of_kept_scores(costly, release):
    engine = costly()
    ((info, _),) = engine.import_terminology(release)
    for name in (DEMO, info.terminology_id):
        assert code(engine, PHRASE, model="big", terminology=name)[0].pairs_kept == 0
    assert engine.doctor()["kept_scores"]["phrases"] == 2
    engine.remove_terminology(info.terminology_id)
    assert engine.doctor()["kept_scores"]["phrases"] == 1


def test_first_answers_come_first_and_only_where_a_small_model_is_in_use(costly):
    engine = costly()
    mentions = [Mention(str(number), text) for number, text in enumerate((PHRASE, PT))]
    given = list(engine.code(mentions, CodingOptions(model="big"), first_answers=True))
    assert [(r.mention.mention_id, r.is_final) for r in given] == [
        ("0", False), ("1", False), ("0", True), ("1", True)
    ]  # fmt: skip
    assert all(marks(given[0]))
    full = CodingOptions(model="big", mode="full")
    assert all(result.is_final for result in engine.code(mentions, full, first_answers=True))


def test_audits_are_kept_and_stamped_and_hold_no_phrase(costly, tmp_path):
    phrases = [f"患者{number}奎姆上部" for number in range(150)]
    results = code(costly(), *phrases, model="big")
    audited = [result for result in results if not any(marks(result))]
    assert 0 < len(audited) < 20
    run = code(costly(), "患者说奎姆上部", model="big")[0].run
    assert run.cascade_phrases in (len(audited), len(audited) + 1)
    assert 0 < run.cascade_error <= 1
    again = code(costly(), *phrases, model="big")  # all kept: nothing is counted again
    assert [marks(result) for result in again] == [marks(result) for result in results]
    assert code(costly(), PT, model="big")[0].run.cascade_phrases == run.cascade_phrases
    files = [path for path in (tmp_path / "costly home").rglob("*") if path.is_file()]
    assert {"cascade", "scores"} <= {path.parent.name for path in files}
    for path in files:
        content = path.read_bytes()
        assert not any(text.encode() in content for text in phrases), path


def test_a_cancel_during_a_long_phrase_acts_between_batches(costly):
    calls = []

    def cancel(done, total, note=""):
        calls.append(done)
        if len(calls) == 6:
            raise Cancelled

    with pytest.raises(Cancelled):
        list(costly().code([Mention("1", PHRASE)], CodingOptions(model="big"), cancel))
    assert calls == [0] * 6


# -- models ----------------------------------------------------------------------------------------


def test_without_a_model_the_answer_is_lexical_and_says_so(make_engine, bare):
    shutil.rmtree(bare / "models")
    engine = make_engine(resources=bare)
    (result,) = code(engine, PHRASES[0])
    assert (result.source, result.selected, result.run.model_id) == (Source.LEXICAL, (), "")
    assert "There is no model on this computer" in result.warnings[0]
    assert "No model is in use" in result.warnings[1]
    assert code(engine, PHRASES[0], mode="lexical")[0].warnings == ()


def test_after_a_refused_model_the_answer_is_lexical_and_says_what_is_damaged(make_engine, bare):
    path = bare / "models" / TOY_ID / MODEL_FILE
    whole = path.read_bytes()
    flipped = bytearray(whole)
    flipped[len(whole) // 2] ^= 1
    path.write_bytes(flipped)
    engine = make_engine(resources=bare)
    exact, other = code(engine, PT, PHRASES[0])
    assert (exact.selected, exact.source) == ((PT_CODE,), Source.EXACT)
    assert other.source is Source.LEXICAL
    assert f"{MODEL_FILE} was changed" in other.warnings[0]
    assert "lexical search works" in other.warnings[0]
    path.write_bytes(whole)
    assert code(engine, PHRASES[0])[0].run.model_id == TOY_ID  # repaired: tried again


def test_an_unknown_model_is_said_and_not_replaced_by_another(engine):
    (result,) = code(engine, PHRASES[0], model="unheard-of")
    assert result.source is Source.LEXICAL
    assert "no model called unheard-of" in result.warnings[0]
    assert TOY_ID in result.warnings[0]


def test_warnings_speak_the_language_of_the_user(engine):
    use_language("zh_CN")
    (result,) = code(engine, PHRASES[0], model="unheard-of")
    assert all(re.search("[一-鿿]", warning) for warning in result.warnings)


def test_a_model_can_be_named_by_path_or_in_the_settings(make_engine, tmp_path):
    path = write_toy_bundle(tmp_path / "b", model_id="second", seed=2)
    engine = make_engine(model="second")
    assert code(engine, PHRASES[0], model=str(path))[0].run.model_id == "second"
    assert code(engine, PHRASES[0])[0].source is Source.LEXICAL  # not installed yet
    engine.install_model(path)
    assert code(engine, PHRASES[0])[0].run.model_id == "second"
    assert [model.model_id for model in engine.models()] == [TOY_ID, "second"]
    engine.remove_model("second")
    assert code(engine, PHRASES[0])[0].source is Source.LEXICAL
    assert code(engine, PHRASES[0], model=TOY_ID)[0].run.model_id == TOY_ID


def test_a_replaced_model_is_used_at_once(make_engine, tmp_path):
    engine = make_engine()
    hashes = []
    for seed in (2, 3):
        path = write_toy_bundle(tmp_path / str(seed), model_id="mine", seed=seed)
        engine.install_model(path)
        hashes.append(code(engine, PHRASES[0], model="mine")[0].run.model_hash)
    assert hashes[0] != hashes[1]


def test_verify_and_remove_pass_the_errors_on(make_engine, bare):
    (bare / "models" / TOY_ID / MODEL_FILE).write_bytes(b"x")
    engine = make_engine(resources=bare)
    with pytest.raises(ModelDamaged):
        engine.verify_model(TOY_ID)
    with pytest.raises(ModelUnknown):
        engine.remove_model("unheard-of")
    with pytest.raises(BadRequest, match="ships with the app"):
        engine.remove_model(TOY_ID)


# -- terminologies ---------------------------------------------------------------------------------


def test_the_demo_dictionary_comes_first_and_is_the_default(make_engine, release):
    engine = make_engine()
    assert [info.is_demo for info in engine.terminologies()] == [True]
    ((info, _),) = engine.import_terminology(release)
    assert [(one.is_demo, one.version) for one in engine.terminologies()] == [
        (True, "99.0"),
        (False, "98.0"),
    ]
    assert engine.terminology().info.is_demo
    assert engine.terminology(DEMO) is engine.terminology()
    assert engine.terminology(info.terminology_id).info.version == "98.0"


def test_the_demo_dictionary_imported_by_hand_is_not_listed_twice(make_engine, shipped):
    engine = make_engine()
    engine.import_terminology(shipped / "demo")
    assert len(engine.terminologies()) == 1


def test_a_terminology_can_be_the_path_of_a_release(make_engine, release):
    engine = make_engine()
    (result,) = code(engine, PT, terminology=str(release))
    assert (result.run.terminology_version, result.run.is_demo_terminology) == ("98.0", False)
    assert result.selected == (PT_CODE,)


def test_a_terminology_can_be_a_csv_and_a_changed_one_is_read_again(make_engine, tmp_path):
    engine, path = make_engine(), tmp_path / "mine.csv"
    path.write_text(CSV, encoding="utf-8")
    assert code(engine, "拉肚子", terminology=str(path))[0].selected == ("X2",)
    path.write_text(CSV.replace("拉肚子", "水样便"), encoding="utf-8")
    assert code(engine, "水样便", terminology=str(path))[0].selected == ("X2",)
    assert code(engine, "拉肚子", terminology=str(path))[0].selected != ("X2",)


def test_a_terminology_can_be_named_by_the_beginning_of_its_id(make_engine, release):
    engine = make_engine()
    ((info, _),) = engine.import_terminology(release)
    opened = engine.terminology(info.terminology_id[:-4])
    assert opened.info.terminology_id == info.terminology_id


def test_an_unknown_terminology_is_an_error_with_those_there_are(engine, tmp_path):
    with pytest.raises(TerminologyUnknown, match="no terminology called unheard-of"):
        code(engine, PT, terminology="unheard-of")
    with pytest.raises(TerminologyUnknown):
        engine.search(PT, terminology=str(tmp_path / "nowhere"))


def test_where_the_chosen_terminology_is_gone_the_demo_is_used_and_it_is_logged(
    make_engine, caplog
):
    engine = make_engine(terminology="gone")
    assert code(engine, PT)[0].run.is_demo_terminology
    assert "using the demo dictionary" in caplog.text


def test_the_settings_choose_the_terminology(make_engine, release):
    ((info, _),) = make_engine().import_terminology(release)
    engine = make_engine(terminology=info.terminology_id)
    assert code(engine, PT)[0].run.terminology_id == info.terminology_id
    assert code(engine, PT, terminology=DEMO)[0].run.is_demo_terminology


def test_check_keeps_nothing(make_engine, release, tmp_path):
    engine = make_engine()
    ((info, report),) = engine.check_terminology(release)
    assert info.version == "98.0"
    assert report.counts
    assert not [path for path in (tmp_path / "mine").rglob("*") if path.is_file()]
    assert len(engine.terminologies()) == 1


def test_removing_a_terminology_removes_its_data_and_its_indexes(make_engine, release, tmp_path):
    engine = make_engine()
    ((info, _),) = engine.import_terminology(release)
    key = info.terminology_id
    code(engine, PHRASES[0], terminology=key)
    code(engine, PHRASES[0], terminology=key, mode="reference", model="none")
    assert engine.search(PT, terminology=key, kind=Match.FUZZY)
    kept = [path for path in (tmp_path / "mine").rglob("*") if key in str(path) and path.is_dir()]
    assert {path.parent.name for path in kept} >= {"terminologies", "indexes"}
    engine.remove_terminology(key[:-3])
    assert not [path for path in (tmp_path / "mine").rglob("*") if key in str(path)]
    assert [info.is_demo for info in engine.terminologies()] == [True]
    with pytest.raises(TerminologyUnknown):
        code(engine, PT, terminology=key)
    with pytest.raises(TerminologyUnknown):
        engine.search(PT, terminology=key)


def test_removing_something_unknown_removes_nothing(make_engine, release, tmp_path):
    engine = make_engine()
    engine.import_terminology(release)
    code(engine, PHRASES[0])
    before = sorted((tmp_path / "mine" / "data").rglob("*"))
    for name in ("", "..", "../indexes", "unheard-of", str(release)):
        with pytest.raises(TerminologyUnknown):
            engine.remove_terminology(name)
    assert sorted((tmp_path / "mine" / "data").rglob("*")) == before


def test_the_demo_dictionary_cannot_be_removed(make_engine):
    engine = make_engine()
    for name in (DEMO, engine.terminology().info.terminology_id):
        with pytest.raises(BadRequest, match="demo dictionary ships with the app"):
            engine.remove_terminology(name)


def test_one_language_of_the_demo_dictionary_imported_by_hand_can_be_removed(make_engine, shipped):
    engine = make_engine()
    ((info, _),) = engine.import_terminology(shipped / "demo" / "chinese")
    engine.remove_terminology(info.terminology_id)
    assert engine.terminology().info.terminology_id != info.terminology_id


def test_a_damaged_terminology_can_be_removed_by_its_whole_id(make_engine, release, tmp_path):
    engine = make_engine()
    ((info, _),) = engine.import_terminology(release)
    folder = tmp_path / "mine" / "data" / "terminologies" / info.terminology_id
    (folder / "manifest.json").write_text("{}", encoding="utf-8")
    engine.remove_terminology(info.terminology_id)
    assert not folder.exists()


# -- searching -------------------------------------------------------------------------------------


def test_search_finds_names_codes_and_what_is_like_them(engine):
    def found(text, kind, **options):
        return [hit.term.code for hit in engine.search(text, kind=kind, **options)]

    assert found(PT, Match.EXACT, level=TermLevel.PT) == [PT_CODE]
    assert found(PT[:3], Match.BEGINS, level=TermLevel.PT)[0] == PT_CODE
    assert PT_CODE in found(PT[1:4], Match.CONTAINS, level=TermLevel.PT)
    assert found(PT_CODE, Match.CODE, level=TermLevel.PT) == [PT_CODE]
    assert found(PT[1:4], Match.BEGINS, level=TermLevel.PT) == []
    assert PT_CODE in found(f"{PT[:2]}的{PT[2:]}", Match.FUZZY)
    assert PT_CODE in found("zorblax", Match.BEGINS, level=TermLevel.PT)  # its English name
    (hit,) = engine.search(NOT_CURRENT_LLT, kind=Match.CODE)
    assert not hit.is_current
    assert hit.pt_code


@pytest.mark.parametrize("kind", Match)
def test_search_keeps_the_limit_and_finds_nothing_for_nothing(engine, kind):
    assert len(engine.search("炎", kind=kind, limit=3)) <= 3
    assert engine.search("", kind=kind) == []
    assert engine.search("  ", kind=kind) == []


# -- support ---------------------------------------------------------------------------------------


def test_the_doctor_tells_versions_folders_and_hashes(engine, shipped):
    report = engine.doctor()
    assert report["app_version"] == __version__
    assert report["telemetry_disabled"] is True
    assert set(report["packages"]) >= {"onnxruntime", "tokenizers", "jieba", "numpy"}
    assert "-" not in report["packages"].values()
    assert report["folders"]["resources"] == str(shipped)
    manifest = (shipped / "models" / TOY_ID / MANIFEST).read_bytes()
    assert report["models"] == [{"id": TOY_ID, "hash": sha256(manifest).hexdigest(), "problem": ""}]
    assert report["terminologies"][0]["hashes"]


def test_the_doctor_knows_no_phrase_and_no_term(engine):
    canary = "金丝雀左布"
    code(engine, canary, PT)
    engine.search(canary)
    text = json.dumps(engine.doctor(), ensure_ascii=False)
    for word in (canary, "左布", "奎姆", "Zorblax", "急性"):
        assert word not in text


def test_the_doctor_sees_what_a_list_cannot(make_engine, bare):
    (bare / "models" / TOY_ID / MODEL_FILE).write_bytes(b"x")
    engine = make_engine(resources=bare)
    assert engine.models()[0].problem is None
    (model,) = engine.doctor()["models"]
    assert f"{MODEL_FILE} was changed" in model["problem"]


def test_the_doctor_comes_even_where_the_demo_dictionary_is_broken(make_engine, bare, release):
    engine = make_engine(resources=bare)
    ((info, _),) = engine.import_terminology(release)
    for path in (bare / "demo").rglob("llt.asc"):
        path.unlink()
    report = make_engine(resources=bare).doctor()
    ids = [one["id"] for one in report["terminologies"]]
    assert ids == [info.terminology_id, DEMO]
    assert "llt.asc" in report["terminologies"][1]["problem"]


def test_nothing_of_a_phrase_is_logged(make_engine, caplog):
    caplog.set_level("INFO")
    code(make_engine(), "金丝雀" + PHRASES[0], model="unheard-of")
    assert "coding without a model: M2M-303" in caplog.text
    assert "金丝雀" not in caplog.text


def test_the_telemetry_of_the_runtime_is_off_before_it_is_imported(shipped, tmp_path):
    """Even where no entry point ran: a bare use of the services from another program."""
    script = """
        import os, sys
        seen = []

        class Watch:
            def find_spec(self, name, path=None, target=None):
                if name == "onnxruntime":
                    seen.append(os.environ.get("ORT_DISABLE_TELEMETRY"))

        os.environ.pop("ORT_DISABLE_TELEMETRY", None)
        sys.meta_path.insert(0, Watch())
        from pathlib import Path
        from m2m_desktop.core.records import Mention
        from m2m_desktop.services.engine import CodingOptions, Engine
        from m2m_desktop.services.locations import Locations
        assert "onnxruntime" not in sys.modules and "jieba" not in sys.modules
        home, resources = map(Path, sys.argv[1:])
        engine = Engine(Locations(home, home, home, home, resources))
        (result,) = engine.code([Mention("1", "x")], CodingOptions())
        print(seen, result.run.model_id, "onnxruntime" in sys.modules)
    """
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", textwrap.dedent(script), tmp_path / "h", shipped],
        capture_output=True,
        check=True,
        cwd=tmp_path,
        env={"PYTHONPATH": str(ROOT), "HOME": str(tmp_path), "PYTHONUTF8": "1"},
    )
    assert done.stdout.decode().strip() == f"['1'] {TOY_ID} True"
    assert done.stderr == b""
