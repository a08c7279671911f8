"""Readers of the open sources, over tiny invented files."""

import random

import pytest

from m2m_desktop.training.sources import (
    Concept,
    read_demo,
    read_mentions,
    read_open_terms,
    read_tagged_text,
    read_words,
)
from m2m_desktop.training.wordings import Wordings

DEMO = """# a comment
[group] 左布 | Zor | Z
[high term] 左布症 | Zors
左布炎 | Zoritis
  + 左布肿 | Zor swelling
  - 左布坏 | Zor bad
  @ OTHER/奎姆
奎姆痛 | Quimble pain
"""
OAE = "oae_id\ten\tzh\ten_synonyms\nO1\tred eye\t红眼\tEye-redness\nO2\tglow\t发光\t\nO3\tnothing\t\t\n"
HPO = "hpo_id\ten\tzh\texact_synonyms\nH1\tEye redness\t眼发红\tRed eye|Pink eye\n"
CTCAE = 'term_en\tterm_zh\nPink eye\t眼睛"粉红\n'


@pytest.fixture
def data(tmp_path):
    (tmp_path / "terms").mkdir()
    for name, content in {
        "oae_zh_en.tsv": OAE,
        "hpo_2024-04-26_zh_en.tsv": HPO,
        "ctcae6_zh_en.tsv": CTCAE,
    }.items():
        (tmp_path / "terms" / name).write_text(content, encoding="utf-8")
    return tmp_path


def test_the_demo_source_gives_every_pt_with_its_llts(tmp_path):
    (tmp_path / "a.txt").write_text(DEMO, encoding="utf-8")
    dictionary = read_demo(tmp_path)
    assert dictionary.concepts == (Concept(("左布炎", "左布肿", "左布坏")), Concept(("奎姆痛",)))
    assert dictionary.name == "demo"


def test_concepts_of_different_sources_meet_by_their_english_names(data):
    oae, hpo, ctcae = read_open_terms(data, [])
    assert [one.name for one in (oae, hpo, ctcae)] == ["oae", "hpo", "ctcae"]
    # "Eye-redness", "Eye redness" and "red eye" are one; so is what HPO also calls pink eye
    assert oae.concepts == (Concept(("红眼",), ("眼发红",)), Concept(("发光",)))
    assert hpo.concepts == (Concept(("眼发红",), ('眼睛"粉红', "红眼")),)
    assert ctcae.concepts == (Concept(('眼睛"粉红',), ("眼发红",)),)


def test_a_wording_of_the_development_set_is_never_a_training_wording(data):
    oae, hpo, ctcae = read_open_terms(data, ["眼 发红"])
    assert oae.concepts[0] == Concept(("红眼",))
    # nor a name that another source's name of the concept would be paired with
    assert hpo.concepts == ()
    assert ctcae.concepts == (Concept(('眼睛"粉红',)),)


def test_mentions_words_and_tagged_sentences(tmp_path):
    path = tmp_path / "file"
    path.write_text('mention_zh\tgold\n头痛\tO1\n"恶心\tO2\n', encoding="utf-8")
    assert read_mentions(path) == ["头痛", '"恶心']
    path.write_text("精神\t60\n\n医院\t58\n", encoding="utf-8")
    assert read_words(path) == ["精神", "医院"]
    path.write_text("头 B\n痛 I\n\n\n恶 O\n心 O", encoding="utf-8")
    assert read_tagged_text(path) == ["头痛", "恶心"]


# -- wordings --------------------------------------------------------------------------------------


def test_without_strength_a_name_stays_as_it_is():
    wordings = Wordings({"头痛": ["脑袋疼"]}, random.Random(1))
    assert {wordings.vary("头痛", strength=0) for _ in range(200)} == {"头痛"}


def test_a_known_wording_is_replaced_by_one_of_its_group():
    wordings = Wordings({"头痛": ["脑袋疼", "头疼"]}, random.Random(1))
    found = {wordings._reword("剧烈头痛伴恶心") for _ in range(50)}
    assert found == {"剧烈脑袋疼伴恶心", "剧烈头疼伴恶心"}
    assert wordings._reword("没有") == "没有"


def test_the_longest_wording_is_taken_and_no_latin_word_is_cut():
    wordings = Wordings({"痛": ["疼"], "头痛": ["脑袋疼"], "cr": ["肌酐"]}, random.Random(1))
    assert wordings._reword("头痛") == "脑袋疼"
    assert wordings._reword("crp升高") == "crp升高"
    assert wordings._reword("cr升高") == "肌酐升高"


def test_a_slip_loses_swaps_or_doubles_one_character():
    wordings = Wordings({}, random.Random(2))
    for _ in range(200):
        slipped = wordings._slip("甲乙丙丁")
        assert len(slipped) in (3, 4, 5)
        assert set(slipped) <= set("甲乙丙丁")
        assert slipped != "甲乙丙丁"
    assert wordings._slip("甲乙") == "甲乙"


def test_the_same_seed_gives_the_same_wordings():
    def some(seed):
        wordings = Wordings({"头痛": ["脑袋疼"]}, random.Random(seed))
        return [wordings.vary("突发头痛两天") for _ in range(100)]

    assert some(1) == some(1) != some(2)
    assert len(set(some(1))) > 20
