"""Pairs, their files and their parts: what is held out is really new."""

import json
import random

import pytest

from m2m_desktop.core.records import TermLevel
from m2m_desktop.core.templates import Template
from m2m_desktop.core.text import match_key
from m2m_desktop.services.terminology_store import TerminologyStore
from m2m_desktop.training.pairs import Pair, by_mention, read_pairs, write_pairs
from m2m_desktop.training.prepared import (
    Mention,
    PairMaker,
    merged,
    read_project,
    read_release_mentions,
    synonym_lines,
)
from m2m_desktop.training.problems import TrainingProblem
from m2m_desktop.training.splits import (
    DEV,
    TEST,
    TRAIN,
    UNSEEN_CONCEPT,
    UNSEEN_MENTION,
    Shares,
    Split,
    split_mentions,
)
from tests.toy.release import write_toy_release
from tests.training.reviewed_project import write_reviewed

FULL = Template()


@pytest.fixture(scope="module")
def terminology(tmp_path_factory):
    folder = tmp_path_factory.mktemp("toy")
    write_toy_release(folder / "release")
    return TerminologyStore(folder / "compiled").open(folder / "release")


# -- parts -----------------------------------------------------------------------------------------


def many(count, seed=1):
    rng = random.Random(seed)
    return [
        (
            f"短语{rng.randrange(count)}",
            [f"C{rng.randrange(200)}" for _ in range(rng.choice((1, 1, 2)))],
        )
        for _ in range(count)
    ]


def test_no_concept_and_no_wording_stands_on_both_sides():
    mentions = many(3000)
    parts = split_mentions(mentions, Shares(0.1, 0.1))
    trained = [one for one, split in zip(mentions, parts, strict=True) if split.part == TRAIN]
    concepts = {code for _, gold in trained for code in gold}
    wordings = {match_key(text) for text, _ in trained}
    for (text, gold), split in zip(mentions, parts, strict=True):
        if split.why == UNSEEN_CONCEPT:
            assert not set(gold) <= concepts
        elif split.why == UNSEEN_MENTION:
            assert match_key(text) not in wordings
    shares = [sum(split.part == part for split in parts) / 3000 for part in (TRAIN, DEV, TEST)]
    assert shares[0] == pytest.approx(0.6, abs=0.08)
    assert min(shares[1:]) > 0.12


def test_new_data_does_not_move_what_was_there():
    mentions = many(500)
    before = split_mentions(mentions, Shares())
    assert split_mentions([*many(100, seed=2), *mentions], Shares())[100:] == before
    assert split_mentions(mentions, Shares(), seed=7) != before


def test_equal_wordings_go_together():
    told = [("恶心、呕吐", ["C1"]), ("恶心呕吐", ["C1"]), ("恶心  呕吐", ["C1"])]
    assert len(set(split_mentions(told, Shares()))) == 1


def test_shares_that_leave_nothing_are_refused():
    with pytest.raises(ValueError, match="Shares"):
        split_mentions([], Shares(0.4, 0.1))


# -- files -----------------------------------------------------------------------------------------


def test_pairs_come_back_as_they_were_written(tmp_path):
    pairs = [
        Pair("m1", "头痛", "PT: 头痛", 1, "1", "头痛", ("1",), UNSEEN_MENTION),
        Pair("m1", "头痛", "PT: 头晕", 0, "2", "头晕", ("1",), UNSEEN_MENTION),
        Pair("m2", "晕", "PT: 头晕", 1, "2", "头晕", ("2",)),
    ]
    assert write_pairs(tmp_path / "a.jsonl", pairs) == 3
    assert read_pairs(tmp_path / "a.jsonl", FULL) == pairs
    assert [len(group) for group in by_mention(pairs)] == [2, 1]


@pytest.mark.parametrize("names", [["甲", "乙"], "甲 | 乙"])
def test_a_pair_of_the_published_form_is_rendered(tmp_path, names):
    record = {
        "mention_id": "x", "text_a": "头痛", "candidate_pt_name": "头痛",
        "candidate_llt_names": names, "candidate_hlt_name": "头痛类",
        "candidate_hlgt_name": "", "candidate_soc_name": "神经", "gold_pt_codes": ["9"],
    }  # fmt: skip
    path = tmp_path / "a.jsonl"
    path.write_text(
        "\n".join(json.dumps({**record, "label": label}) for label in (0, 1)), encoding="utf-8"
    )
    first = read_pairs(path, FULL)[0]
    assert first.text == "PT: 头痛；LLT别名: 甲 | 乙；HLT: 头痛类；SOC: 神经"
    assert read_pairs(path, Template("pt_only"))[0].text == "PT: 头痛"
    assert first.gold == ("9",)


@pytest.mark.parametrize("line", ["{", "[]", '{"raw_term": "a"}', '{"raw_term": "a", "label": 2}'])
def test_a_line_that_is_no_pair_is_named(tmp_path, line):
    path = tmp_path / "a.jsonl"
    good = '{"raw_term": "a", "text_b": "b", "label": 1}'
    path.write_text(f"{good}\n{line}\n", encoding="utf-8")
    with pytest.raises(TrainingProblem, match="line 2"):
        read_pairs(path, FULL)


def test_pairs_of_one_label_alone_are_refused(tmp_path):
    path = tmp_path / "a.jsonl"
    path.write_text('{"raw_term": "a", "text_b": "b", "label": 1}', encoding="utf-8")
    with pytest.raises(TrainingProblem, match="label 1"):
        read_pairs(path, FULL)
    assert len(read_pairs(path, FULL, has_labels=False)) == 1


# -- sources ---------------------------------------------------------------------------------------


def test_what_was_decided_becomes_mentions_and_drafts_do_not(tmp_path, terminology):
    path = write_reviewed(tmp_path / "a.m2m", terminology, 5)
    found = read_project(path)
    assert len(found) == 5
    assert all("排查" in one.text and len(one.gold) == 1 for one in found)


def test_a_pair_has_the_terms_of_the_mention_and_what_the_search_takes_for_it(terminology):
    maker = PairMaker(terminology, Template("pt_llt"), negatives=3)
    code = str(terminology.codes(TermLevel.PT)[0])
    name = terminology.names(TermLevel.PT)[0]
    mention = Mention(f"{name}反应", (code,))
    assert maker.known(mention)
    assert not maker.known(Mention("x", ("nothing",)))
    pairs = maker.pairs(7, mention, Split(TEST, UNSEEN_MENTION))
    assert [pair.label for pair in pairs] == [1, 0, 0, 0]
    assert pairs[0].pt_code == code
    assert pairs[0].text.startswith(f"PT: {name}")
    assert {pair.part for pair in pairs} == {UNSEEN_MENTION}
    assert len({pair.pt_code for pair in pairs}) == 4


def test_a_mention_without_a_term_has_wrong_candidates_only(terminology):
    maker = PairMaker(terminology, FULL, negatives=3)
    pairs = maker.pairs(1, Mention(terminology.names(TermLevel.PT)[0], ()), Split(TRAIN))
    assert pairs
    assert not any(pair.label for pair in pairs)


def test_a_release_gives_its_current_terms_that_are_worded_otherwise(terminology):
    found = read_release_mentions(terminology)
    terms = {match_key(name) for name in terminology.names(TermLevel.PT).to_list()}
    assert found
    assert len({match_key(one.text) for one in found}) == len(found)
    lines = set(synonym_lines([Mention("新说法", ("9",))], terminology))
    assert ("9", "新说法") in lines
    for one in found:
        assert (one.gold[0], one.text) in lines
    assert any(match_key(one.text) not in terms for one in found)


def test_of_equal_wordings_the_first_counts():
    assert merged([Mention("头 痛", ("1",)), Mention("头痛", ("2",))]) == [Mention("头 痛", ("1",))]
