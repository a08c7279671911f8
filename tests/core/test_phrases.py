"""What stands around a reaction is taken off, and several reactions come apart."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from m2m_desktop.core.phrases import MAX_PARTS, has_more_than, split_reactions, strip_context
from m2m_desktop.core.text import normalise

PIECES = st.sampled_from(
    [
        *(
            "服药后",
            "用药3天后",
            "患者",
            "出现",
            "轻度",
            "皮疹",
            "头痛",
            "恶心",
            "吐了",
            "痒",
            "等症状",
        ),
        *(
            "伴",
            "和",
            "并",
            "及",
            "、",
            "，",
            "。",
            "；",
            "(一般)",
            "了",
            "加重",
            "多多天",
            "2次",
            "ALT",
        ),
    ]
)
PHRASES = st.lists(PIECES, max_size=12).map("".join) | st.text(max_size=30)


@pytest.mark.parametrize(
    ("phrase", "reaction"),
    [
        ("服药后出现轻度皮疹（一般）", "皮疹"),
        ("患者自述用药3天后突发头痛", "头痛"),
        ("静滴头孢曲松过程中出现寒战", "寒战"),
        ("皮疹2天", "皮疹"),
        ("恶心等症状", "恶心"),
        ("腹痛加重", "腹痛"),
        ("吐了", "吐了"),
        ("服药后", "服药后"),
        ("", ""),
    ],
)
def test_time_manner_and_report_wording_come_off(phrase: str, reaction: str) -> None:
    assert strip_context(normalise(phrase)) == reaction


@pytest.mark.parametrize(
    ("phrase", "parts"),
    [
        ("服药后反胃并吐了", ["反胃", "吐了"]),
        ("头痛伴恶心", ["头痛", "恶心"]),
        ("皮疹、瘙痒，伴有发热", ["皮疹", "瘙痒", "发热"]),
        ("恶心和呕吐以及腹泻", ["恶心", "呕吐", "腹泻"]),
        ("皮疹伴发热", ["皮疹", "发热"]),
        ("皮疹伴发头痛", ["皮疹", "头痛"]),
        ("伴发绀、伴发荨麻疹", ["发绀", "荨麻疹"]),
        ("恶心、恶心", ["恶心"]),
        ("皮疹", ["皮疹"]),
        ("，。", []),
    ],
)
def test_a_phrase_is_cut_into_its_reactions(phrase: str, parts: list[str]) -> None:
    assert split_reactions(normalise(phrase)) == parts


@pytest.mark.parametrize(
    ("phrase", "more"),
    [("皮疹、瘙痒", False), ("皮疹、瘙痒。", False), ("皮疹、痒", True), ("皮疹(全身)、)", False)],
)
def test_what_was_too_short_for_a_part_is_not_forgotten(phrase: str, more: bool) -> None:
    normal = normalise(phrase)

    assert has_more_than(normal, split_reactions(normal)) is more


def test_a_seventh_reaction_is_not_forgotten() -> None:
    normal = normalise("皮疹、瘙痒、发热、头痛、恶心、呕吐、腹泻")
    parts = split_reactions(normal)

    assert len(parts) == MAX_PARTS
    assert has_more_than(normal, parts)


@given(PHRASES)
def test_parts_are_pieces_of_the_phrase(phrase: str) -> None:
    normal = normalise(phrase)
    parts = split_reactions(normal)

    assert len(parts) <= MAX_PARTS
    assert len(set(parts)) == len(parts)
    assert all(len(part) >= 2 and part in normal for part in parts)
    assert strip_context(normal) in normal


@pytest.mark.parametrize("run", ["多多天", "等症状", "1天", "了", "等反应", "服用1", "几几几次"])
def test_long_runs_of_report_wording_take_no_time(run: str) -> None:
    phrase = "头痛" + run * (1000 // len(run)) + "X"
    began = time.process_time()

    split_reactions(phrase)

    assert time.process_time() - began < 1


@pytest.mark.parametrize(
    "name",
    ["经期延长", "体重减轻", "意识消失", "无力", "无尿", "便秘", "有痰", "有机磷中毒", "停药反跳"],
)
def test_names_that_look_like_context_stay_whole(name: str) -> None:
    assert split_reactions(normalise(name)) == [name]


@pytest.mark.parametrize(
    ("phrase", "parts"),
    [
        ("用药第2天出现头痛，停药后缓解", ["头痛"]),
        ("静滴约10分钟时突发胸闷、气促，立即停药，给予对症处理后好转", ["胸闷", "气促"]),
        ("皮疹，无发热、咳嗽", ["皮疹"]),
        ("化疗后脱发", ["脱发"]),
        ("夜间盗汗", ["盗汗"]),
        ("吃完药以后头疼得厉害", ["头疼"]),
    ],
)
def test_course_outcome_and_denial_are_left_out(phrase: str, parts: list[str]) -> None:
    assert split_reactions(normalise(phrase)) == parts
