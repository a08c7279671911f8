"""The compiled postings say what rank-bm25 says, to the bit."""

import math
import tracemalloc

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from hypothesis.extra import numpy as stn
from rank_bm25 import BM25Okapi

from m2m_desktop.core import bm25
from m2m_desktop.core.bm25 import Bm25, best, build_postings, compile_postings

TOKEN = st.sampled_from([*"皮疹瘙痒头痛恶心吐", "alt", "↑"])
CORPUS = st.lists(st.lists(TOKEN, max_size=8), min_size=1, max_size=12)
QUERY = st.lists(TOKEN | st.sampled_from(["从未见过", "\ud800"]), max_size=8)
SETTINGS = st.sampled_from([(1.5, 0.75), (6.0, 1.0), (0.9, 0.0), (2.0, 0.4)])


@pytest.mark.parametrize("kind", [BM25Okapi, Bm25])
@given(corpus=CORPUS, query=QUERY, settings=SETTINGS)
def test_scores_equal_rank_bm25_exactly(kind, corpus, query, settings) -> None:
    k1, b = settings
    assume(any(corpus))
    assume(b < 1 or all(corpus))  # rank-bm25 divides 0 by 0 for an empty document at b = 1
    oracle = kind(corpus, k1=k1, b=b)

    scores = compile_postings(oracle).scores(query)

    assert scores.tolist() == oracle.get_scores(query).tolist()


@given(CORPUS, QUERY)
def test_the_idf_is_the_always_positive_one(corpus, query) -> None:
    assume(any(corpus))
    model = Bm25(corpus)

    for token in {token for document in corpus for token in document}:
        df = sum(token in document for document in corpus)
        assert model.idf[token] == math.log(1 + (len(corpus) - df + 0.5) / (df + 0.5))
    assert (compile_postings(model).scores(query) >= 0).all()


def test_a_token_in_every_document_still_counts() -> None:
    postings = build_postings([["皮", "疹"], ["药", "疹"], ["疹"]], k1=1.5, b=0.75)

    assert (postings.scores(["疹"]) > 0).all()
    assert postings.scores(["疹", "疹"]).tolist() == (2 * postings.scores(["疹"])).tolist()


@pytest.mark.parametrize("at_once", [1, 3, 1 << 14])
@given(corpus=CORPUS, settings=SETTINGS)
def test_an_index_built_from_a_stream_is_the_one_built_from_the_model(
    at_once, corpus, settings
) -> None:
    k1, b = settings
    assume(any(corpus))
    assume(b < 1 or all(corpus))
    model = compile_postings(Bm25(corpus, k1=k1, b=b))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(bm25, "_WEIGHED_AT_ONCE", at_once)
        built = build_postings(iter(corpus), k1=k1, b=b)

    assert built.tokens.to_list() == model.tokens.to_list()
    assert built.document_count == model.document_count
    for name in ("starts", "documents", "weights"):
        one, other = getattr(built, name), getattr(model, name)
        assert one.dtype == other.dtype
        assert one.tolist() == other.tolist()


@given(corpus=CORPUS, query=QUERY)
def test_tokens_of_one_hash_are_told_apart(corpus, query) -> None:
    assume(any(corpus))
    expected = compile_postings(Bm25(corpus)).scores(query).tolist()
    postings = compile_postings(Bm25(corpus))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(bm25, "hash", lambda token: len(token) % 2, raising=False)
        patch.setattr(bm25, "_KEPT_SPANS", 2)

        assert [postings.scores(query).tolist() for _ in range(2)] == [expected, expected]


def test_building_needs_little_beside_the_index() -> None:
    """Nothing is kept of a document but its numbers; lists of tokens would be three times that."""
    chance = np.random.default_rng(5)
    drawn = chance.integers(0, 3000, (20_000, 7)).tolist()
    documents = ([f"token{number}" for number in row] for row in drawn)
    tracemalloc.start()
    try:
        postings = build_postings(documents, k1=6.0, b=1.0)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()

    assert peak < 4.5 * (postings.documents.nbytes + postings.weights.nbytes)


@pytest.mark.parametrize("documents", [[], [[]], [[], []]])
def test_an_index_without_tokens_finds_nothing(documents) -> None:
    postings = build_postings(documents, k1=1.5, b=0.75)

    assert postings.scores(["疹"]).tolist() == [0.0] * len(documents)
    assert best(postings.scores(["疹"]), 5).tolist() == []


def test_an_empty_document_scores_nothing_at_full_length_normalisation() -> None:
    assert build_postings([[], ["疹"]], k1=6.0, b=1.0).scores(["疹"])[0] == 0


SCORES = stn.arrays(np.float64, st.integers(0, 40), elements=st.sampled_from([0.0, 0.5, 1, 2, 2.5]))


@given(SCORES, st.integers(0, 45))
def test_the_best_are_chosen_as_by_a_full_sort(scores, k: int) -> None:
    order = sorted(range(len(scores)), key=lambda index: (-scores[index], index))

    assert best(scores, k).tolist() == [index for index in order if scores[index] > 0][:k]
