"""Wordings that share no character meet in one concept."""

from hypothesis import given
from hypothesis import strategies as st

from m2m_desktop.core.text import characters, match_key
from m2m_desktop.core.thesaurus import Thesaurus, is_whole

LINES = [
    "# a comment | with a bar",
    "",
    "腹泻|拉肚子|拉稀",
    "减少|降低|↓",
    "血小板|PLT",
    "血小板减少|血小板计数降低",
    "肌酐|Cr",
    "C反应蛋白|CRP",
    "打嗝|呃逆",
    "打嗝|嗳气",
    "独自一个",
    "同名|同 名",
]


def thesaurus() -> Thesaurus:
    return Thesaurus.parse(LINES)


def test_a_line_is_a_group_and_what_is_no_group_is_left_out() -> None:
    assert thesaurus().groups[0] == ("腹泻", "拉肚子", "拉稀")
    assert len(thesaurus().groups) == 8


def test_patients_and_formal_wording_give_the_same_concepts() -> None:
    assert thesaurus().concepts("拉肚子") == thesaurus().concepts("腹 泻") == ["#0"]


def test_a_concept_lists_what_it_is_made_of() -> None:
    assert thesaurus().concepts("血小板减少") == ["#3", "#2", "#1"]
    assert set(thesaurus().concepts("PLT↓")) == {"#2", "#1"}


def test_a_wording_in_two_groups_gives_both() -> None:
    assert thesaurus().concepts("打嗝") == ["#6", "#7"]


def test_the_longest_wording_wins_and_no_latin_word_is_cut() -> None:
    assert thesaurus().concepts("CRP升高") == ["#5", "升", "高"]
    assert thesaurus().concepts("Cr升高") == ["#4", "升", "高"]
    assert thesaurus().concepts("CrX") == ["crx"]
    assert not is_whole("crp", 0, 2)
    assert is_whole("cr升高", 0, 2)


def test_without_groups_the_concepts_are_the_characters() -> None:
    assert Thesaurus().concepts("ALT升高") == characters("ALT升高")


PIECES = st.sampled_from(
    ["拉肚子", "血小板", "减少", "plt", "cr", "crp", "打嗝", "X", "，", "\ud800"]
)


@given(st.lists(PIECES).map("".join) | st.text())
def test_every_concept_is_known_or_a_character_of_the_text(text: str) -> None:
    known = thesaurus()
    plain = {token for token in known.concepts(text) if not token.startswith("#")}

    assert plain <= set(characters(match_key(text))) | set(match_key(text)) | {
        "cr",
        "crp",
        "plt",
        "x",
    }
    assert all(
        int(token[1:]) < len(known.groups)
        for token in known.concepts(text)
        if token.startswith("#") and len(token) > 1
    )
