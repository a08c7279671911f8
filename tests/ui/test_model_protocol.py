import json

import pytest

from m2m_desktop.services import wire
from m2m_desktop.services.locations import default_locations, resources
from m2m_desktop.services.model_store import ModelStore
from m2m_desktop.ui.model.card import card_html, installed_html, parity_html, speed_sentence
from m2m_desktop.ui.model.protocol import (
    Question,
    TemplateChoice,
    card_from_json,
    cards_from_json,
    found_from_json,
    installed_from_json,
    parity_from_json,
    speed_from_json,
)

PARITY = {
    "pairs": 10, "max_change": 0.00001, "mean_change": 0, "rank_agreement": 1,
    "selected_changes": 0, "top1_changes": None, "mentions": 5,
}  # fmt: skip


def test_the_model_that_ships_is_read_as_the_engine_sends_it():
    store = ModelStore(default_locations().data / "models", resources() / "models")
    sent = [wire.model_to_json(info) for info in store.list()]
    cards = cards_from_json({"models": json.loads(json.dumps(sent))})
    card = next(card for card in cards if card.is_reranker)
    assert card.is_shipped
    assert card.can_code
    assert card.template.name == "pt_llt"
    assert len(card.hash) == 64
    assert dict(card.scores)["hit@1"] > 0.5
    assert card.model_id in card_html(card)


def test_a_model_of_which_nothing_is_known_but_its_id_still_has_a_card():
    card = card_from_json({"model_id": "x", "name": None, "template": None, "scores": None})
    assert card.name == "x"
    assert card.can_code
    assert card.template == TemplateChoice()
    assert "x" in card_html(card)
    assert not card_from_json({"model_id": "x", "problem": "cut"}).can_code
    assert not card_from_json({"model_id": "x", "kind": "ner"}).can_code


def test_shipped_models_come_first_and_keep_their_order():
    sent = [{"model_id": name, "is_shipped": name in "bd"} for name in "abcd"]
    assert [card.model_id for card in cards_from_json({"models": sent})] == ["b", "d", "a", "c"]


def test_models_of_one_name_are_told_apart_by_their_precision():
    sent = [
        {"model_id": f"m-{precision}", "name": name, "precision": precision}
        for name, precision in (("m", "int8"), ("m", "fp32"), ("n", "int8"), ("m", ""))
    ]
    names = [card.name for card in cards_from_json({"models": sent})]
    assert names == ["m (int8)", "m (fp32)", "n", "m"]


def test_the_speed_of_a_model_of_single_texts_is_not_that_of_a_phrase_with_candidates():
    told = {"milliseconds_per_phrase": 25, "pairs_per_second": 4000, "pairs": 100}
    speed = speed_from_json(told)
    encoder, reranker = (card_from_json({"model_id": "m", "kind": k}) for k in ("encoder", ""))
    assert speed_sentence(encoder, speed) == "m: 25 ms for 100 texts."
    assert speed_sentence(reranker, speed) == "m: 25 ms for a phrase with 100 candidates."
    assert "Texts per second" in card_html(encoder, speed=speed)
    assert "candidates" not in card_html(encoder, speed=speed)


def test_a_comparison_of_no_pairs_is_none():
    assert parity_from_json(None) is None
    assert parity_from_json({}) is None
    assert parity_from_json({"pairs": 0, "max_change": 0.1}) is None
    assert parity_from_json({"pairs": 610, "float32_max_logit_difference": 1e-6}) is None


def test_tiny_changes_are_never_written_as_none_at_all():
    installed = installed_from_json({"model": {"model_id": "x"}, "report": PARITY})
    page = installed_html(installed.card, installed.report)
    assert "&lt; 0.0001" in page
    assert "0.0000" in page, "the mean is exactly 0"
    assert "first PT" not in page, "nobody counted those"


@pytest.mark.parametrize(
    ("figures", "words"),
    [
        (
            {"texts": 200, "min_cosine": 0.98, "mean_cosine": 0.999, "top1_changes": 0.02},
            ("nearest other text", "2.0 % (4 of 200)", "0.9800", "0.9990"),
        ),
        (
            {"tokens": 500, "max_change": 0.1, "mean_change": 0.01, "label_changes": 0.004},
            ("Tokens whose label changes", "0.4 % (2 of 500)", "0.1000"),
        ),
    ],
)
def test_encoders_and_recognisers_have_figures_of_their_own(figures, words):
    parity = parity_from_json(figures)
    assert parity is not None
    page = parity_html(parity)
    for part in words:
        assert part in page
    assert "first PT" not in page


def test_the_report_of_a_bundle_is_the_one_in_its_card():
    installed = installed_from_json({"model": {"model_id": "x", "parity": PARITY}, "report": None})
    assert installed.report is not None
    assert installed.report.pairs == 10
    none = installed_from_json({"model": {"model_id": "x"}, "report": None})
    assert none.report is None
    assert "nothing to compare" in installed_html(none.card, none.report)


@pytest.mark.parametrize("is_quick", [True, False])
def test_a_quick_comparison_is_called_one_and_says_how_it_is_completed(is_quick):
    told = {"model_id": "x", "parity": PARITY, "parity_is_quick": is_quick}
    installed = installed_from_json({"model": told, "report": PARITY})
    for page in (card_html(installed.card), installed_html(installed.card, installed.report)):
        assert ("A quick check, made at the installation." in page) is is_quick
        assert "0.0000" in page


def test_what_was_found_is_read_and_unheard_of_questions_are_left_out():
    found = found_from_json(
        "/p",
        {"kind_of_source": "checkpoint", "questions": ["kind", "colour"], "suggested_id": "m"},
    )
    assert found.questions == {Question.KIND}
    assert found.name == "m"
    assert not found.is_known
    assert not found.is_bundle


def test_a_speed_without_its_extras_is_read():
    speed = speed_from_json({"milliseconds_per_phrase": 9.5, "pairs_per_second": 10})
    assert speed.cores == 0
    assert "Threads" not in card_html(card_from_json({"model_id": "x"}), speed=speed)


def test_names_of_models_never_become_markup():
    sent = {"model_id": "x", "licence": "<img src=x>", "problem": "<b>", "labels": ["<i>"]}
    page = card_html(card_from_json(sent))
    for markup in ("<img", "<b>", "<i>"):
        assert markup not in page
