"""Candidates by meaning and by wording in one list: what survives, in which order."""

from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from m2m_desktop.core.dense import DEFAULT_FUSION, METHODS, FusedRetriever, FusionSettings, fuse
from m2m_desktop.core.records import Source
from m2m_desktop.core.retrieval import FirstStage, LexicalRetriever, Proposal, build_name_index
from m2m_desktop.core.text import characters
from m2m_desktop.services.reference_csv import load_reference_csv

NAMES = ("嗜睡 犯困", "失眠 睡不着", "头痛 头疼", "腹泻 拉肚子", "恶心 反胃", "腹胀 肚子胀")


def lexical(*rows, exact=()):
    """A first stage that proposes these PT rows, the ``exact`` ones first."""
    named = [Proposal(row, row, 30.0, Source.EXACT, "话", 1.0) for row in exact]
    others = [
        Proposal(row, row, 20.0 / place, Source.BM25, "话", 1 / place)
        for place, row in enumerate(rows, 1)
    ]
    return FirstStage("话", (*named, *others), tuple(exact))


def near(*rows, share=0.0):
    """What an encoder proposes."""
    return [
        Proposal(
            row,
            row,
            0.9 - place / 1000,
            Source.DENSE,
            "话",
            share,
            0.9 - place / 1000,
            place / 1000,
        )
        for place, row in enumerate(rows)
    ]


def order(stage):
    return [one.pt_row for one in stage.proposals]


@pytest.mark.parametrize("method", METHODS)
@settings(max_examples=60, deadline=None)
@given(
    exact=st.lists(st.integers(0, 20), max_size=3, unique=True),
    words=st.lists(st.integers(0, 60), max_size=40, unique=True),
    meant=st.lists(st.integers(0, 60), max_size=40, unique=True),
    k=st.integers(1, 40),
    own=st.sampled_from([0.0, 0.3, 0.5]),
)
def test_names_stay_first_both_bests_survive_and_the_list_is_full(
    method, exact, words, meant, k, own
):
    words = [row for row in words if row not in exact]
    first = lexical(*words[: max(0, k - len(exact))], exact=exact)
    joined = order(fuse(first, near(*meant), k, FusionSettings(method, own_share=own)))
    assert joined[: len(exact)] == exact
    assert len(joined) == len(set(joined))
    together = {*order(first), *meant}
    assert len(joined) == max(len(exact), min(k, len(together)))
    sure = min(int(own * k), max(0, k - len(exact)) // 2)
    others = [row for row in meant if row not in exact]
    assert {*words[:sure][: max(0, k - len(exact))], *others[:sure]} <= set(joined)
    again = order(fuse(first, near(*meant), k, FusionSettings(method, own_share=own)))
    assert again == joined


def test_without_an_encoder_nothing_changes():
    first = lexical(1, 2, 3, exact=(4,))
    assert fuse(first, [], 10) is first


def test_what_both_propose_stays_as_wording_proposed_it_with_its_cosine():
    joined = fuse(lexical(1, 2), near(2, 3), 10)
    by_row = {one.pt_row: one for one in joined.proposals}
    assert by_row[2] == replace(lexical(1, 2).proposals[1], similarity=0.9)
    assert by_row[3].source is Source.DENSE
    assert by_row[3] == near(2, 3)[1]
    assert by_row[1].similarity == pytest.approx(0.899)  # as the last one near
    assert by_row[1].behind == by_row[3].behind == pytest.approx(0.001)


def test_a_sum_weighs_the_share_of_wording_and_the_cosine():
    first, meant = lexical(1, 2), near(3, 2, share=0.7)
    assert order(fuse(first, meant, 3, FusionSettings("sum", 0))) == [1, 3, 2]
    assert order(fuse(first, near(3, 2), 3, FusionSettings("sum", 0))) == [1, 2, 3]
    assert order(fuse(first, near(3, 2), 3, FusionSettings("sum", 5000))) == [3, 1, 2]


def test_reciprocal_ranks_count_places_alone():
    found = fuse(lexical(1, 2, 3), near(3, 4), 4, FusionSettings("rrf", 1, 60))
    assert order(found) == [3, 1, 2, 4]


@pytest.mark.parametrize(
    "wrong",
    [{"method": "max"}, {"own_share": 0.6}, {"own_share": -0.1}, {"weight": -1}, {"constant": -1}],
)
def test_settings_that_make_no_sense_are_refused(wrong):
    with pytest.raises(ValueError, match=r"method|bounds"):
        FusionSettings(**wrong)


def test_the_stamp_tells_every_setting_that_matters():
    assert DEFAULT_FUSION.stamp == "sum weight=4 own=0.5 depth=200"
    stamps = {
        FusionSettings(method, weight, constant, own, depth).stamp
        for method in METHODS for weight in (1, 2) for constant in (10, 60)
        for own in (0.1, 0.4) for depth in (100, 200)
    }  # fmt: skip
    assert len(stamps) == 16 + 8  # the sum has no constant


class Meaning:
    """Knows what a few phrases mean, and what it was asked."""

    def __init__(self, **meant):
        self.meant = meant
        self.asked = []

    def search(self, text, k):
        return self.search_all([text], k)[0]

    def search_all(self, texts, k):
        self.asked.append((tuple(texts), k))
        return [
            [Proposal(row, row, 0.8 - n / 100, Source.DENSE, text) for n, row in enumerate(rows)][
                :k
            ]
            for text, rows in ((text, self.meant.get(text, ())) for text in texts)
        ]


@pytest.fixture(scope="module")
def words():
    lines = ["pt_code,pt_name,llt_name,hlt_name,hlgt_name,soc_name"]
    for number, line in enumerate(NAMES):
        pt, *others = line.split()
        lines += [f"P{number},{pt},{llt},某,某,某" for llt in (pt, *others)]
    terminology = load_reference_csv(Path("own.csv"), "\n".join(lines).encode()).terminology
    tokenisers = (characters, characters, characters)
    return LexicalRetriever(terminology, build_name_index(terminology, tokenisers), tokenisers)


def test_the_encoder_is_asked_about_the_phrase_without_context_and_about_its_parts(words):
    meaning = Meaning()
    FusedRetriever(words, meaning).retrieve("服药后睡不够并肚子鼓", k=4)
    ((texts, depth),) = meaning.asked
    assert texts == words.retrieve("服药后睡不够并肚子鼓", k=4).texts
    assert {"睡不够", "肚子鼓"} <= set(texts)
    assert not any(text.startswith("服药后") for text in texts)
    assert depth == DEFAULT_FUSION.depth


def test_what_only_the_encoder_proposes_has_the_share_that_its_wording_has_after_all(words):
    meaning = Meaning(肚子鼓=[0, 3])
    found = {
        one.pt_row: one for one in FusedRetriever(words, meaning).retrieve("肚子鼓", k=2).proposals
    }
    drowsy = found[0]  # shares no character
    assert (drowsy.source, drowsy.share, drowsy.text) == (Source.DENSE, 0.0, "肚子鼓")
    deep = FusedRetriever(words, meaning).ask("肚子鼓", k=1)[1]
    diarrhoea = next(one for one in deep if one.pt_row == 3)
    expected = {p.pt_row: p.share for p in words.search("肚子鼓", 10)}
    assert diarrhoea.share == expected[3] > 0


def test_shares_are_those_of_the_search(words):
    for text in ("肚子胀得慌", "头疼", "xyz"):
        found = {p.pt_row: p.share for p in words.search(text, 10)}
        shares = words.shares(text, range(len(NAMES)))
        assert shares == {row: found.get(row, 0.0) for row in range(len(NAMES))}


def test_the_parts_of_a_phrase_take_turns_each_pt_once_with_the_text_it_is_nearest_to(words):
    meaning = Meaning(睡不够=[1, 0], 肚子鼓=[5, 1])
    _, dense = FusedRetriever(words, meaning).ask("睡不够并肚子鼓", k=4)
    nearer = Meaning(睡不够=[0, 1], 肚子鼓=[1, 5])
    _, other = FusedRetriever(words, nearer).ask("睡不够并肚子鼓", k=4)
    assert [(one.pt_row, one.text) for one in other] == [
        (0, "睡不够"),
        (1, "肚子鼓"),
        (5, "肚子鼓"),
    ]
    assert [(one.pt_row, one.text) for one in dense] == [
        (1, "睡不够"),
        (5, "肚子鼓"),
        (0, "睡不够"),
    ]


def test_each_part_has_a_nearest_pt_and_the_others_are_behind_it(words):
    meaning = Meaning(睡不够=[1, 0], 肚子鼓=[5, 1, 3])
    _, dense = FusedRetriever(words, meaning).ask("睡不够并肚子鼓", k=4)
    behind = {one.pt_row: one.behind for one in dense}
    assert behind == {1: 0.0, 5: 0.0, 0: pytest.approx(0.01), 3: pytest.approx(0.02)}
    assert all(one.similarity == one.score for one in dense)


def test_without_an_encoder_no_candidate_has_a_cosine(words):
    found = FusedRetriever(words, Meaning()).retrieve("肚子鼓", k=4)
    assert found.proposals
    assert {one.similarity for one in found.proposals} == {None}


@pytest.mark.parametrize("phrase", ["头疼", "头疼伴反胃"])
def test_where_every_part_is_a_name_the_encoder_is_not_asked(words, phrase):
    meaning = Meaning(头疼=[0, 1, 3, 4, 5])
    found = FusedRetriever(words, meaning).retrieve(phrase, k=3)
    assert found == words.retrieve(phrase, k=3)
    assert found.is_whole_exact
    assert meaning.asked == []


def test_a_name_beside_other_words_leads_whatever_the_encoder_thinks(words):
    meaning = Meaning(头疼=[0, 1, 3, 4, 5], 肚子鼓=[1])
    found = FusedRetriever(words, meaning).retrieve("头疼伴肚子鼓", k=3)
    assert (found.proposals[0].pt_row, found.proposals[0].source) == (2, Source.EXACT)
    assert not found.is_whole_exact
    assert len(found.proposals) == 3


def test_a_phrase_of_nothing_asks_nobody(words):
    meaning = Meaning()
    assert FusedRetriever(words, meaning).retrieve("", k=3).proposals == ()
    assert meaning.asked == []
