"""The compiled postings say what rank-bm25 says, to the bit."""

import math

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from hypothesis.extra import numpy as stn
from rank_bm25 import BM25Okapi

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
