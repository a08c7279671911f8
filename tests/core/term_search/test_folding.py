"""Folding many names at once gives what `match_key` gives for each, and knows where it came from."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from m2m_desktop.core.term_search.folding import fold_texts
from m2m_desktop.core.text import match_key

TRICKY = "aiIvⅡ二三度型级期 （）-·1%↑ée\u0301\u0308한\u1100\u1161ｶﾞ血减減𠮷ßﬁΑα\u200b\u00b4İ½"
TEXTS = st.text(TRICKY, max_size=12) | st.text(
    st.characters(blacklist_characters="\n", blacklist_categories=()), max_size=8
)


def keys_of(texts):
    folded = fold_texts(texts)
    return [
        folded.units[start:stop].tobytes().decode("utf-16-le", "surrogatepass")
        for start, stop in zip(folded.starts.tolist(), folded.stops.tolist(), strict=True)
    ]


def origins_of(text):
    folded = fold_texts(["前", text, "后"])
    return folded.origins[int(folded.starts[1]) : int(folded.stops[1])].tolist()


@given(st.lists(TEXTS, max_size=6))
@example(
    ["e\u0301", "Ⅱ度", "二 度", "第二度", "\u1100\u1161", "ｶﾞ", "--", "", "(ii)\u200b度", "𠮷x"]
)
def test_many_texts_fold_as_each_of_them_does(texts):
    assert keys_of(texts) == [match_key(text) for text in texts]


@given(TEXTS)
@example("二度烧伤 (Ⅱ度)")
def test_origins_ascend_within_the_name(text):
    origins = origins_of(text)

    assert origins == sorted(origins)
    assert all(0 <= one < max(1, len(text)) for one in origins)


@pytest.mark.parametrize(
    ("text", "origins"),
    [
        ("Back pain", [0, 1, 2, 3, 5, 6, 7, 8]),
        ("ＡＬＴ（升高）", [0, 1, 2, 4, 5]),
        ("α-GT", [0, 0, 0, 0, 0, 2, 3]),
        ("Ⅱ度烧伤", [0, 1, 2, 3]),
        ("烧伤 二度", [0, 1, 3, 4]),
        ("e\u0301a", [0, 2]),
        ("𠮷疹", [0, 0, 1]),
    ],
)
def test_each_unit_knows_its_character(text, origins):
    assert origins_of(text) == origins


def test_a_name_of_unusual_length_is_folded_too():
    assert keys_of(["a" * 70_000 + "é"])[0] == "a" * 70_000 + "é"
