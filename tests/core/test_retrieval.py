"""Write the phrase, name the PT it should reach."""

import math
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as stn

from m2m_desktop.core.bm25 import Bm25
from m2m_desktop.core.candidate_texts import CandidateTexts
from m2m_desktop.core.columns import TextColumn
from m2m_desktop.core.errors import Cancelled
from m2m_desktop.core.records import Source, TermLevel
from m2m_desktop.core.retrieval import (
    CHANNELS,
    FirstStage,
    LexicalRetriever,
    Proposal,
    ReferenceRetriever,
    build_name_index,
    build_reference_postings,
    interleave,
    key_hash,
    pool_to_terms,
)
from m2m_desktop.core.templates import REFERENCE_TEMPLATE
from m2m_desktop.core.terminology import Terminology
from m2m_desktop.core.text import characters, match_key, words
from m2m_desktop.core.thesaurus import Thesaurus
from m2m_desktop.services.meddra import load_release
from m2m_desktop.services.reference_csv import load_reference_csv
from m2m_desktop.services.release_files import ReleaseSources
from m2m_desktop.services.segmenter import open_segmenter
from tests.toy.release import HOMOGRAPHS, NOT_CURRENT_LLT, japanese_files, toy_files

NAMES = """
恶心 反胃 想吐
呕吐 吐了
头痛 头疼 脑袋疼
皮疹 出疹 起疹
瘙痒 发痒
荨麻疹 风团
嗳气 打嗝
呃逆 打嗝
腹痛 肚子疼 胃痛
胃痛 心口疼
腹泻 拉稀
转氨酶升高 ALT和AST升高
贫血 妊娠合并贫血
肺部感染 气管及肺部感染
并指畸形 并指
房室传导阻滞 Ⅱ度房室传导阻滞
β受体反应 β-受体反应
发热 发烧
"""
THESAURUS = Thesaurus.parse(["腹泻|拉肚子|拉稀", "皮疹|红疙瘩"])


def dictionary(rows: str = NAMES, *, unnamed: tuple[str, ...] = ()) -> Terminology:
    """One PT a line: its name, then its other LLTs. ``unnamed`` PTs have no LLT of their name."""
    lines = ["pt_code,pt_name,llt_name,hlt_name,hlgt_name,soc_name"]
    for number, line in enumerate(filter(str.strip, rows.splitlines())):
        pt, *others = line.split()
        for llt in others if pt in unnamed else [pt, *others]:
            lines.append(f"P{number},{pt},{llt},某 HLT,某 HLGT,某 SOC")
    return load_reference_csv(Path("own.csv"), "\n".join(lines).encode()).terminology


def tokenisers_of(terminology: Terminology):
    segment = open_segmenter([*terminology.names(TermLevel.LLT), *THESAURUS.by_member])
    return characters, lambda text: words(text, segment), THESAURUS.concepts


def retriever_over(terminology: Terminology) -> LexicalRetriever:
    tokenisers = tokenisers_of(terminology)
    return LexicalRetriever(terminology, build_name_index(terminology, tokenisers), tokenisers)


@pytest.fixture(scope="module")
def terminology() -> Terminology:
    return dictionary()


@pytest.fixture(scope="module")
def retriever(terminology) -> LexicalRetriever:
    return retriever_over(terminology)


@pytest.fixture(scope="module")
def toy() -> Terminology:
    return load_release(ReleaseSources("toy", "toy", toy_files())).terminology


def names_of(terminology: Terminology, proposals) -> list[str]:
    return [terminology.names(TermLevel.PT)[proposal.pt_row] for proposal in proposals]


def exact_names(terminology: Terminology, first: FirstStage) -> list[str]:
    names = terminology.names(TermLevel.PT)
    assert [names[row] for row in first.exact] == names_of(
        terminology, [p for p in first.proposals if p.source is Source.EXACT]
    )
    return [names[row] for row in first.exact]


# -- the exact layer ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("phrase", "pt"),
    [
        ("恶心", "恶心"),
        ("反胃", "恶心"),
        (" 反　胃。", "恶心"),
        ("蕁麻疹", "荨麻疹"),
        ("服药后出现反胃（一般）", "恶心"),
        ("alt和ast升高", "转氨酶升高"),
        ("ＡＬＴ和ＡＳＴ升高", "转氨酶升高"),
        ("二度房室传导阻滞", "房室传导阻滞"),
        ("II度房室传导阻滞", "房室传导阻滞"),
        ("beta受体反应", "β受体反应"),
        ("妊娠合并贫血", "贫血"),
        ("气管及肺部感染", "肺部感染"),
        ("患者出现ALT和AST升高", "转氨酶升高"),
        ("并指", "并指畸形"),
    ],
)
def test_a_name_reaches_its_pt_and_is_not_cut(terminology, retriever, phrase: str, pt: str) -> None:
    first = retriever.retrieve(phrase, k=10)

    assert exact_names(terminology, first) == [pt]
    assert names_of(terminology, first.proposals)[0] == pt
    assert (first.is_whole_exact, first.part_count, first.is_ambiguous) == (True, 1, False)


def test_a_homograph_gives_both_pts_and_says_so(terminology, retriever) -> None:
    first = retriever.retrieve("打嗝", k=10)

    assert exact_names(terminology, first) == ["嗳气", "呃逆"]
    assert first.is_ambiguous


def test_a_homograph_of_a_release_gives_both_pts(toy) -> None:
    llts = [toy.llt(code) for code in HOMOGRAPHS]
    first = retriever_over(toy).retrieve(llts[0].name, k=10)

    assert [toy.codes(TermLevel.PT)[row] for row in first.exact] == [llt.pt_code for llt in llts]


def test_a_pts_own_name_comes_before_an_llt_of_the_same_name(terminology, retriever) -> None:
    first = retriever.retrieve("胃痛", k=10)

    assert exact_names(terminology, first) == ["胃痛", "腹痛"]


def test_a_retired_llt_is_found_but_never_exact(toy) -> None:
    retired = toy.llt(NOT_CURRENT_LLT)
    first = retriever_over(toy).retrieve(retired.name, k=10)

    assert first.exact == ()
    assert not first.is_whole_exact
    assert toy.codes(TermLevel.PT)[first.proposals[0].pt_row] == retired.pt_code
    assert first.proposals[0].source is Source.BM25


def test_a_pt_without_an_llt_of_its_name_is_found_by_its_name() -> None:
    own = dictionary("恶心 反胃\n过敏性皮炎 皮肤过敏\n孤零零", unnamed=("过敏性皮炎", "孤零零"))
    retriever = retriever_over(own)

    assert exact_names(own, retriever.retrieve("过敏性皮炎", k=5)) == ["过敏性皮炎"]
    assert retriever.retrieve("过敏性皮炎", k=5).proposals[0].llt_row == -1
    assert names_of(own, retriever.search("过敏皮炎", 1)) == ["过敏性皮炎"]
    assert exact_names(own, retriever.retrieve("皮肤过敏", k=5)) == ["过敏性皮炎"]


def test_the_evidence_is_the_llt_that_bears_the_name(terminology, retriever) -> None:
    (proposal,) = retriever.exact("反胃")

    assert terminology.names(TermLevel.LLT)[proposal.llt_row] == "反胃"
    assert proposal.score > 0


def test_names_whose_hashes_collide_are_told_apart(terminology, retriever) -> None:
    index = build_name_index(terminology, tokenisers_of(terminology))
    same = np.full_like(index.key_hashes, key_hash("反胃"))
    collided = LexicalRetriever(
        terminology, replace(index, key_hashes=same), tokenisers_of(terminology)
    )

    assert names_of(terminology, collided.exact("反胃")) == ["恶心"]


@pytest.mark.parametrize("phrase", ["", " ", "，。！", "\u200b", "\ud800", "（）"])
def test_a_phrase_without_a_letter_reaches_nothing(retriever, phrase: str) -> None:
    first = retriever.retrieve(phrase, k=10)

    assert (first.proposals, first.exact, first.is_whole_exact) == ((), (), False)


# -- several reactions in one phrase -----------------------------------------------------------


@pytest.mark.parametrize(
    ("phrase", "pts"),
    [
        ("服药后反胃并吐了", ["恶心", "呕吐"]),
        ("头痛伴恶心", ["头痛", "恶心"]),
        ("恶心、恶心", ["恶心"]),
        ("用药3天后出现皮疹，瘙痒，伴发热", ["皮疹", "瘙痒", "发热"]),
        ("头疼以及肚子疼", ["头痛", "腹痛"]),
    ],
)
def test_each_reaction_reaches_its_pt(terminology, retriever, phrase: str, pts) -> None:
    first = retriever.retrieve(phrase, k=10)

    assert exact_names(terminology, first) == pts
    assert first.is_whole_exact
    assert first.part_count == len(pts)
    assert not first.is_ambiguous


@pytest.mark.parametrize(
    "phrase",
    ["头痛伴看东西模糊", "头痛、痒", "恶心、呕吐、头痛、皮疹、瘙痒、腹泻、发热"],
    ids=["unknown part", "short part", "seventh part"],
)
def test_a_phrase_that_says_more_than_its_exact_parts_is_not_whole(retriever, phrase: str) -> None:
    first = retriever.retrieve(phrase, k=10)

    assert first.exact
    assert not first.is_whole_exact


def test_a_homograph_among_the_parts_is_ambiguous(terminology, retriever) -> None:
    first = retriever.retrieve("打嗝，嗳气", k=10)

    assert exact_names(terminology, first) == ["嗳气", "呃逆"]
    assert first.part_count == 2
    assert first.is_ambiguous


def test_every_part_has_a_say_in_the_suggestions(terminology, retriever) -> None:
    first = retriever.retrieve("脑袋有点疼，身上起红疙瘩", k=4)

    assert {"头痛", "皮疹"} <= set(names_of(terminology, first.proposals))


def test_wordings_without_a_common_character_meet(terminology, retriever) -> None:
    assert names_of(terminology, retriever.search("总是拉肚子", 1)) == ["腹泻"]


# -- laws --------------------------------------------------------------------------------------

PIECES = st.sampled_from(
    [
        "恶心",
        "打嗝",
        "胃痛",
        "伴",
        "，",
        "和",
        "服药后",
        "疼",
        "疹",
        "ALT",
        "拉肚子",
        "\ud800",
        "。",
        "痒",
    ]
)
PHRASES = st.lists(PIECES, max_size=8).map("".join) | st.text(max_size=20)


@given(PHRASES, st.integers(1, 25))
def test_at_most_k_distinct_pts_and_a_shorter_list_is_a_beginning(
    retriever, phrase: str, k: int
) -> None:
    found = retriever.retrieve(phrase, k=k).proposals
    rows = [proposal.pt_row for proposal in found]

    assert len(rows) == len(set(rows)) <= k
    assert rows == [p.pt_row for p in retriever.retrieve(phrase, k=k + 1).proposals][:k]
    exact_first = sorted(found, key=lambda proposal: proposal.source is not Source.EXACT)
    assert list(found) == exact_first


@given(PHRASES)
def test_a_search_is_sorted_by_score_then_row(retriever, phrase: str) -> None:
    found = [(-p.score, p.pt_row) for p in retriever.search(phrase, 100)]

    assert found == sorted(found)


@given(PHRASES)
def test_scores_are_the_weighted_sum_of_rank_bm25(terminology, retriever, phrase: str) -> None:
    names = sorted(
        zip(terminology.llt_pt.tolist(), terminology.names(TermLevel.LLT), strict=True),
        key=lambda pair: pair[0],
    )
    expected = np.zeros(len(names))
    for settings, tokenise in zip(CHANNELS, tokenisers_of(terminology), strict=True):
        oracle = Bm25([tokenise(name) for _, name in names], k1=settings.k1, b=settings.b)
        expected += settings.weight * oracle.get_scores(list(dict.fromkeys(tokenise(phrase))))

    assert retriever.scores(phrase) == pytest.approx(expected, abs=1e-9)


@st.composite
def scored_documents(draw):
    sizes = draw(st.lists(st.integers(0, 4), max_size=12))
    pts = np.repeat(np.arange(len(sizes), dtype=np.int32), sizes)
    values = st.sampled_from([0.0, 0.1, 0.4, 1.0, 1.5, 3.0])
    return draw(stn.arrays(np.float64, len(pts), elements=values)), pts


@given(scored_documents(), st.integers(1, 14))
def test_pooling_gives_what_a_dictionary_would(documents, k: int) -> None:
    scores, pts = documents
    naive: dict[int, tuple[float, int]] = {}
    for document, (pt, score) in enumerate(zip(pts.tolist(), scores.tolist(), strict=True)):
        if score > naive.get(pt, (0.0, -1))[0]:
            naive[pt] = (score, document)
    expected = sorted(naive.items(), key=lambda item: (-item[1][0], item[0]))[:k]

    rows, values, best_documents = pool_to_terms(scores, pts, k)

    assert list(zip(rows.tolist(), values.tolist(), best_documents.tolist(), strict=True)) == [
        (pt, score, document) for pt, (score, document) in expected
    ]


PROPOSALS = st.builds(
    Proposal,
    st.integers(0, 9),
    st.just(0),
    st.just(1.0),
    st.sampled_from([Source.EXACT, Source.BM25, Source.BM25]),
)


@given(st.lists(st.lists(PROPOSALS, max_size=8), max_size=4), st.integers(1, 12))
def test_lists_are_interleaved_fairly(lists, k: int) -> None:
    result = interleave(lists, k)
    rows = [proposal.pt_row for proposal in result]
    exact = list(dict.fromkeys(p.pt_row for ps in lists for p in ps if p.source is Source.EXACT))
    in_turn = [ps[place] for place in range(8) for ps in lists if place < len(ps)]

    assert rows == list(dict.fromkeys([*exact, *(p.pt_row for p in in_turn)]))[:k]
    assert all(proposal in in_turn for proposal in result)
    if len(lists) == 1 and len(exact) == 0:
        assert rows == list(dict.fromkeys(p.pt_row for p in lists[0]))[:k]


def test_building_an_index_reports_and_can_be_stopped(terminology) -> None:
    steps: list[tuple[int, int]] = []
    build_name_index(
        terminology,
        tokenisers_of(terminology),
        lambda done, total, note="": steps.append((done, total)),
    )

    assert steps == sorted(steps)
    assert steps[-1][0] == steps[-1][1]

    def stop(done: int, total: int, note: str = "") -> None:
        raise Cancelled

    with pytest.raises(Cancelled):
        build_name_index(terminology, tokenisers_of(terminology), stop)
    with pytest.raises(Cancelled):
        build_reference_postings(terminology, stop)


# -- the reference mode ------------------------------------------------------------------------


def published(texts: list[str], phrase: str) -> list[tuple[int, float]]:
    """The published first stage, written down as slowly and plainly as it is described."""
    documents = [[c for c in text if not c.isspace()] for text in texts]
    average = sum(map(len, documents)) / len(documents)
    scores = []
    for document in documents:
        score = 0.0
        for token in [c for c in phrase if not c.isspace()]:
            df = sum(token in other for other in documents)
            idf = math.log(1 + (len(documents) - df + 0.5) / (df + 0.5))
            count = document.count(token)
            norm = 1.5 * (1 - 0.75 + 0.75 * len(document) / average)
            score += idf * count * 2.5 / (count + norm)
        scores.append(score)
    return sorted(enumerate(scores), key=lambda pair: (-pair[1], pair[0]))


@pytest.mark.parametrize(
    "phrase", ["反胃", "头 痛头痛", "PT: ALT", "从未", "", "恶心；", "\ud800恶"]
)
@pytest.mark.parametrize("k", [1, 5, 100])
def test_the_reference_mode_is_the_published_first_stage(terminology, phrase: str, k: int) -> None:
    count = terminology.count(TermLevel.PT)
    texts = CandidateTexts(terminology, REFERENCE_TEMPLATE)
    expected = published([texts.text(row) for row in range(count)], phrase)[:k]

    found = ReferenceRetriever(build_reference_postings(terminology)).retrieve(phrase, k=k)

    assert [p.pt_row for p in found.proposals] == [row for row, _ in expected]
    assert [p.score for p in found.proposals] == pytest.approx([s for _, s in expected], abs=1e-9)
    assert found.exact == ()
    assert not found.is_whole_exact


@given(st.text(max_size=20))
def test_hashes_differ_where_keys_do(text: str) -> None:
    assert key_hash(match_key(text)) != key_hash(match_key(text) + "x")


# -- two languages -----------------------------------------------------------------------------


@pytest.fixture(scope="module")
def bilingual() -> Terminology:
    """Japanese and English names; the second names of all LLTs but the first are empty."""
    release = load_release(ReleaseSources("toy", "toy", japanese_files())).terminology
    second = release.names2(TermLevel.LLT)
    assert second is not None
    names2 = TextColumn.of([second[0], *[""] * (len(second) - 1)])
    arrays = {**release.arrays, "llt.names2": names2.buffer, "llt.name2_starts": names2.starts}
    return Terminology(release.info, arrays)


def test_a_name_in_either_language_reaches_the_pt(bilingual) -> None:
    retriever = retriever_over(bilingual)
    first, last = bilingual.llt_at(0), bilingual.llt_at(len(bilingual.names(TermLevel.LLT)) - 1)

    for name in (first.name, first.name2, f" {first.name2.upper()}.", last.name):
        (row,) = retriever.retrieve(name, k=5).exact
        assert bilingual.codes(TermLevel.PT)[row] in {first.pt_code, last.pt_code}
    assert retriever.exact(first.name)[0].llt_row == retriever.exact(first.name2)[0].llt_row == 0


def test_an_empty_second_name_is_the_name_of_nothing(bilingual) -> None:
    assert retriever_over(bilingual).retrieve("\u200b", k=5).exact == ()
