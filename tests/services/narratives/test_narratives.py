"""Narratives through the engine's methods: JSON in, JSON out, over the demo dictionary."""

import json

import pytest

from m2m_desktop.core.errors import BadRequest, CodingToolError, ModelDamaged, ModelMismatch
from m2m_desktop.core.progress import silent
from m2m_desktop.services.bundle_files import MODEL_FILE
from m2m_desktop.services.engine_methods import Methods
from m2m_desktop.services.engine_requests import Params
from m2m_desktop.services.locations import Locations, resources
from m2m_desktop.services.narratives.methods import NARRATIVE_METHODS
from m2m_desktop.services.narratives.reader import NarrativeReader, reaction_kinds_of
from m2m_desktop.services.settings import Settings, save_settings
from tests.core.narratives.golden import GOLDEN, count, read_narratives
from tests.toy.bundle import TOY_ID, change_manifest, write_toy_bundle

TEXT = "既往高血压。服药后出现皮疹、恶心，\r\n无发热，疑似过敏性休克😀。"


@pytest.fixture(scope="module")
def methods(shared_home):
    home = shared_home
    folders = (home / "data", home / "cache", home / "config", home / "logs")
    return Methods(Locations(*folders, resources()))


@pytest.fixture
def own(own_home):
    """Methods in a home of their own, where models can be installed."""
    folders = (own_home / "data", own_home / "cache", own_home / "config", own_home / "logs")
    made = Methods(Locations(*folders, resources()))
    yield made
    made.engine.memory.clear()


def ask(methods, method, **params):
    told = NARRATIVE_METHODS[method](methods, Params(json.loads(json.dumps(params))), silent)
    return json.loads(json.dumps(told if isinstance(told, dict) else list(told)))


def read(methods, text=TEXT, **params):
    return ask(methods, "narrative_read", text=text, terminology="demo", **params)


def test_the_mentions_of_a_narrative_stand_in_their_places_with_their_status(methods):
    answer = read(methods, model="none")

    assert [
        (one["text"], one["status"], one["reason"]) for one in answer["mentions"]
    ] == [
        ("高血压", "historical", "既往"),
        ("皮疹", "present", ""),
        ("恶心", "present", ""),
        ("发热", "negated", "无"),
        ("过敏性休克", "uncertain", "疑似"),
    ]  # fmt: skip
    assert all(TEXT[one["start"] : one["end"]] == one["text"] for one in answer["mentions"])
    assert (answer["model_id"], answer["warnings"]) == ("", [])


def test_names_and_the_model_that_ships_find_together_unless_told_otherwise(methods):
    answer = read(methods)
    assert (answer["model_id"], answer["warnings"]) == ("m2m-ner-zh-1", [])
    assert answer["kinds"] == ["reaction", "disease", "symptom"]
    named = [one["text"] for one in read(methods, model="none")["mentions"]]
    assert [one["text"] for one in answer["mentions"] if one["kind"] == "reaction"] == named


def test_mentions_are_coded_with_their_places(methods):
    spans = [{"start": 11, "end": 13}, {"start": 14, "end": 16}]
    answers = ask(
        methods, "narrative_code", text=TEXT, mentions=spans, terminology="demo", mode="lexical"
    )

    assert [(one["mention"], one["start"], one["end"]) for one in answers] == [
        ("皮疹", 11, 13), ("恶心", 14, 16),
    ]  # fmt: skip
    assert [one["candidates"][0]["candidate_pt_name"] for one in answers] == ["皮疹", "恶心"]


@pytest.mark.parametrize(
    "mentions", [None, [3], [{}], [{"start": 3, "end": 3}], [{"start": -1, "end": 2}],
                 [{"start": 0, "end": 999}], [{"start": True, "end": 2}]]
)  # fmt: skip
def test_places_outside_of_the_text_are_refused(methods, mentions):
    with pytest.raises(BadRequest):
        ask(methods, "narrative_code", text=TEXT, mentions=mentions)


def test_a_narrative_without_mentions_and_an_empty_one_are_read(methods):
    assert read(methods, "患者一般情况好。", model="none")["mentions"] == []
    assert read(methods, "", model="none")["mentions"] == []


def test_a_phrase_that_was_remembered_is_found_from_then_on(own):
    text = "患者诉浑身不得劲儿似的"
    before = [one["text"] for one in read(own, text, model="none")["mentions"]]
    own.engine.memory.stop("浑身不得劲儿似的", reviewer="x", decided_at="2026-11-21T00:00:00+00:00")

    assert "浑身不得劲儿似的" not in before
    assert [one["text"] for one in read(own, text, model="none")["mentions"]] == [
        "浑身不得劲儿似的"
    ]


@pytest.mark.parametrize(("part", "least"), [("dev", 0.97), ("held_out", 0.90)])
def test_looking_up_finds_what_was_marked(methods, part, least):
    narratives = read_narratives(GOLDEN / f"narratives_{part}.txt")
    reader = NarrativeReader(methods.engine, methods.locations)
    opened = reader.open("none", "demo")
    figures = count(narratives, reader.read_all([one.text for one in narratives], opened))

    assert figures.f1 >= least
    assert figures.status_accuracy >= 0.95


# -- with a model ------------------------------------------------------------------------------------


@pytest.fixture
def installed(own):
    """A recogniser with random weights, installed: what it finds means nothing."""
    return write_toy_bundle(own.locations.models / "toy-ner", model_id="toy-ner", kind="ner")


LONG = "患者服药后全身发痒，拉肚子。\r\n反胃并吐了！ＡＬＴ升高😀，头痛；" * 12


def test_a_model_that_is_installed_finds_the_mentions_of_a_text_longer_than_itself(own, installed):
    answer = read(own, LONG, model="toy-ner")

    assert answer["model_id"] == "toy-ner"
    assert answer["kinds"] == ["ADR"]
    assert answer["warnings"] == []
    mentions = answer["mentions"]
    assert mentions
    assert max(one["end"] for one in mentions) > len(LONG) - 40  # far behind 64 tokens
    assert all(LONG[one["start"] : one["end"]] == one["text"] for one in mentions)
    assert all(0 < one["confidence"] <= 1 for one in mentions)


def test_none_means_names_also_where_a_model_is_installed(own, installed):
    assert read(own, model="none")["kinds"] == ["reaction"]


def test_a_manifest_may_say_which_types_are_reactions(own, installed):
    change_manifest(installed, lambda fields: fields.update(kinds={"ADR": "reaction", "X": "drug"}))
    assert reaction_kinds_of(installed) == ("ADR",)
    change_manifest(installed, lambda fields: fields.update(kinds=["ADR", "Y"]))
    assert reaction_kinds_of(installed) == ("ADR", "Y")


def test_a_damaged_model_gives_way_to_the_next_and_that_is_said(own, installed):
    save_settings(Settings(tagger="toy-ner"), own.locations)
    (installed / MODEL_FILE).write_bytes(b"damaged")
    answer = read(own)

    assert answer["model_id"] == "m2m-ner-zh-1"
    assert len(answer["warnings"]) == 1
    with pytest.raises(ModelDamaged):
        read(own, model="toy-ner")


def test_a_reranker_finds_no_mentions(own):
    write_toy_bundle(own.locations.models / TOY_ID)

    with pytest.raises(ModelMismatch):
        read(own, model=TOY_ID)


def test_errors_hold_nothing_of_the_text(methods):
    for params in ({"mentions": [{"start": 0, "end": 999}]}, {"mentions": "皮疹"}):
        with pytest.raises(CodingToolError) as caught:
            ask(methods, "narrative_code", text=TEXT, **params)
        assert "皮疹" not in str(caught.value) + json.dumps(caught.value.fields, default=str)
