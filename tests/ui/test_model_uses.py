import pytest

from m2m_desktop.core.dense import FusionSettings
from m2m_desktop.core.records import Run
from m2m_desktop.services import language
from m2m_desktop.services.model_kinds import ENCODER, NER, RERANKER
from m2m_desktop.ui.model.protocol import ModelCard
from m2m_desktop.ui.model.run_words import how_found, how_found_in_full
from m2m_desktop.ui.model.uses import (
    NONE,
    InUse,
    encoder_in_use,
    setting_for,
    still_in_use,
    tagger_in_use,
)

CARDS = (
    ModelCard("small", "Small", kind=RERANKER, is_shipped=True),
    ModelCard("zh", "Chinese", kind=ENCODER, is_shipped=True),
    ModelCard("own", "Own", kind=ENCODER),
    ModelCard("cut", "Cut", kind=ENCODER, problem="cut short"),
    ModelCard("reader", "Reader", kind=NER),
)
DEFAULTS = {"chinese": "zh", "english": ""}


@pytest.fixture(autouse=True)
def english():
    spoken = language.current_language()
    language.use_language("en")
    yield
    language.use_language(spoken)


@pytest.mark.parametrize(
    ("setting", "terminology", "used"),
    [
        ("", "chinese", "zh"),
        ("", "english", NONE),
        ("", "unheard of", NONE),
        ("own", "english", "own"),
        (NONE, "chinese", NONE),
        ("cut", "chinese", "zh"),
        ("gone", "english", NONE),
        ("small", "chinese", "zh"),
    ],
)
def test_the_encoder_is_the_chosen_one_or_what_ships_for_the_language(setting, terminology, used):
    assert encoder_in_use(setting, terminology, DEFAULTS, CARDS) == used


@pytest.mark.parametrize(
    ("setting", "used"), [("", "reader"), (NONE, NONE), ("gone", "reader"), ("own", "reader")]
)
def test_the_tagger_is_the_chosen_one_or_the_first(setting, used):
    assert tagger_in_use(setting, CARDS) == used
    assert tagger_in_use("", CARDS[:4]) == NONE


def test_what_is_used_anyway_is_not_written_into_the_settings():
    assert setting_for(ENCODER, "zh", "zh") == {"encoder": ""}
    assert setting_for(ENCODER, "own", "zh") == {"encoder": "own"}
    assert setting_for(ENCODER, NONE, "zh") == {"encoder": NONE}
    assert setting_for(NER, NONE, NONE) == {"tagger": ""}


def test_what_is_gone_gives_way_to_the_default_and_the_rest_stays():
    status = {"default_model": "small", "encoders": DEFAULTS}
    in_use = InUse("gone", "gone", "gone", "chinese")
    assert still_in_use(in_use, status, CARDS) == InUse("small", "zh", "reader", "chinese")
    kept = InUse("small", NONE, "reader", "chinese")
    assert still_in_use(kept, status, CARDS) == kept


def run(encoder: str, fusion: str) -> Run:
    return Run(
        "t", "t", "1", "zh", (), True, "m", "0", "full", "file", "default", 0.3, 100, "0", "now",
        encoder_id=encoder, fusion=fusion,
    )  # fmt: skip


def test_how_candidates_were_found_is_said_in_words():
    assert how_found(run("", "")) == ""
    assert how_found(run("zh", "")) == "Candidates by wording only."
    fused = run("zh", FusionSettings().stamp)
    assert how_found(fused) == "Candidates by wording and meaning."


def test_how_both_lists_were_joined_is_said_in_words():
    told = how_found_in_full(run("zh", FusionSettings(weight=4, own_share=0.5).stamp))
    assert "plus 4 times its nearness" in told
    assert "best 50 %" in told
    ranks = how_found_in_full(run("zh", FusionSettings("rrf", 1, 60, 0.25).stamp))
    assert "counts 1 times" in ranks
    assert "best 25 %" in ranks
    assert how_found_in_full(run("zh", "")) == ""
    later = how_found_in_full(run("zh", "learned depth=3"))
    assert later == "Candidates by wording, and by meaning with zh.\nlearned depth=3"
