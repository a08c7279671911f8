"""Wordings that mean the same meet in one form, whatever stands in the cell."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from m2m_desktop.core.retrieval import key_hash
from m2m_desktop.core.text import characters, encodable, match_key, normalise, tidy, words
from m2m_desktop.core.traditional import TO_SIMPLIFIED
from m2m_desktop.services.segmenter import open_segmenter

AWKWARD = st.sampled_from(
    [
        *("\ud800", "\udfff", "\u202e", "\u2066", "\u2069", "\u0085", "\u200b", "\u200d", "\ufe0f"),
        *("\U0001f635", "\U0001f468", "\U000e0101", "\x00", "\n", "\u3000", "İ", "ß", "ŉ", "ΐ"),
        *("Ⅳ", "型", "二", "度", "ⅰ", "i", "v", " ", "μ", "①", "㎎", "ﷺ", "鬆", "（", "、"),
    ]
)
ANY_TEXT = st.text() | st.text(AWKWARD) | st.lists(st.text() | AWKWARD).map("".join)


@given(ANY_TEXT)
@example("i\u200bi型")
@example("皮 疹\u0085 ⅱ 度")
@example("\ud800型\udc00")
def test_normalising_twice_changes_nothing(text: str) -> None:
    once = normalise(text)

    assert normalise(once) == once
    assert once == once.strip()
    assert match_key(once) == match_key(text)


@given(ANY_TEXT)
@example("i\u200b\u3000 i")
@example("\ufeff ﷺ\u00ad")
def test_tidying_twice_changes_nothing_and_is_the_beginning_of_normalising(text: str) -> None:
    once = tidy(text)

    assert tidy(once) == once
    assert once == once.strip()
    assert normalise(once) == normalise(text)


@pytest.mark.parametrize(
    ("reported", "read"),
    [
        (" ＡＬＴ　升高\u200b\n了 ", "ALT 升高 了"),
        ("Ⅱ度房室传导阻滞（間歇）。", "II度房室传导阻滞(間歇)。"),
        ("Rash，疹子、TCP↓", "Rash,疹子、TCP↓"),
        ("\u202e\u2066", ""),
    ],
)
def test_tidying_leaves_wording_case_and_traditional_characters(reported: str, read: str) -> None:
    assert tidy(reported) == read


@given(ANY_TEXT)
def test_every_text_has_a_key_tokens_and_a_hash(text: str) -> None:
    key = match_key(text)

    assert " " not in key
    assert bool(key) == bool(normalise(text))
    assert 0 <= key_hash(key) < 2**64
    assert all(token.strip() for token in characters(text))


@given(ANY_TEXT)
def test_an_encodable_text_can_be_encoded_and_sound_text_is_left_alone(text: str) -> None:
    cleaned = encodable(text)

    assert len(cleaned) == len(text)
    cleaned.encode("utf-8")
    if not any("\ud800" <= character <= "\udfff" for character in text):
        assert cleaned == text


@pytest.mark.parametrize(
    ("written", "normal"),
    [
        ("  ＡＬＴ　升高 ", "alt升高"),
        ("ALT 升高", "alt升高"),
        ("Stevens-Johnson  综合征", "stevens-johnson综合征"),
        ("Upper  abdominal\tPain", "upper abdominal pain"),
        ("β-受体", "beta-受体"),
        ("γ－谷氨酰转移酶", "gamma-谷氨酰转移酶"),
        ("皮疹（全身）；瘙痒。", "皮疹(全身);瘙痒."),
        ("Ⅱ度房室传导阻滞", "2度房室传导阻滞"),
        ("ⅱ度房室传导阻滞", "2度房室传导阻滞"),
        ("II 度房室传导阻滞", "2度房室传导阻滞"),
        ("二度房室传导阻滞", "2度房室传导阻滞"),
        ("Ⅳ型超敏反应", "4型超敏反应"),
        ("第二度", "第二度"),
        ("十二级", "十二级"),
        ("vitamin型", "vitamin型"),
        ("HIV期", "hiv期"),
        ("白细胞\u200b减少", "白细胞减少"),
        ("\u2067白细胞减少\u2069", "白细胞减少"),
        ("皮\U000e0101疹", "皮疹"),
        ("", ""),
        ("\u200b\ufeff", ""),
    ],
)
def test_spellings_meet_in_one_form(written: str, normal: str) -> None:
    assert normalise(written) == normal


@pytest.mark.parametrize(
    ("traditional", "simplified"),
    [
        ("蕁麻疹", "荨麻疹"),
        ("耳鳴", "耳鸣"),
        ("噁心嘔吐", "恶心呕吐"),
        ("血小板減少", "血小板减少"),
        ("臉色蒼白", "脸色苍白"),
        ("肢端發紺", "肢端发绀"),
        ("裡急後重", "里急后重"),
        ("食慾不振", "食欲不振"),
        ("骨質疏鬆", "骨质疏松"),
        ("視力模糊", "视力模糊"),
    ],
)
def test_traditional_characters_meet_the_simplified(traditional: str, simplified: str) -> None:
    assert normalise(traditional) == simplified
    assert match_key(traditional) == match_key(simplified)


def test_a_simplified_character_is_never_mapped_on() -> None:
    assert not [form for form in TO_SIMPLIFIED.values() if ord(form) in TO_SIMPLIFIED]
    assert all(chr(before) != after for before, after in TO_SIMPLIFIED.items())


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("γ-谷氨酰转移酶升高", "γ 谷氨酰转移酶 升高"),
        ("皮疹（未特指）", "皮疹,未特指"),
        ("Crohn's disease", "CROHN’S DISEASE"),
    ],
)
def test_space_and_punctuation_do_not_count_in_a_key(one: str, other: str) -> None:
    assert match_key(one) == match_key(other)


@pytest.mark.parametrize(("one", "other"), [("ALT↑", "ALT↓"), ("D+", "D"), ("5%", "5"), ("。", "")])
def test_signs_that_carry_meaning_count_in_a_key(one: str, other: str) -> None:
    assert match_key(one) != match_key(other)


def test_tokens_are_characters_latin_words_and_numbers() -> None:
    assert characters("ALT升高 3 倍，38.5℃") == ["alt", "升", "高", "3", "倍", "38", "5", "c"]
    assert characters("，。！") == []


def test_words_leave_out_punctuation_and_survive_half_characters() -> None:
    segment = open_segmenter(["皮疹", "瘙痒"])

    assert words("皮疹，瘙痒。", segment) == ["皮疹", "瘙痒"]
    assert "皮疹" in words("\ud800皮疹\udfff", segment)
    assert words("\u200b", segment) == []
