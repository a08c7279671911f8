"""Names as vectors: which names there are, and a search that finds what a full one finds."""

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from m2m_desktop.core.name_vectors import (
    DIGIT,
    ROUNDED,
    Names,
    NameVectors,
    names_to_encode,
    pack_vectors,
    unit_vectors,
)
from m2m_desktop.core.records import TermLevel
from m2m_desktop.services.reference_csv import load_reference_csv
from m2m_desktop.services.terminology_store import TerminologyStore
from tests.toy.release import NOT_CURRENT_LLT, write_toy_release

CSV = """pt_code,pt_name,llt_name,hlt_name,hlgt_name,soc_name
A,Ⅱ度传导阻滞,Ⅱ度传导阻滞,某,某,某
A,Ⅱ度传导阻滞,二度传导阻滞,某,某,某
B,恶心,反胃,某,某,某
"""


def multiply(codes, digits):
    """Products in Python's way: what any other way must equal."""
    return codes.astype(np.int32) @ digits.astype(np.int32)


def made(vectors, pts) -> NameVectors:
    """Vectors brought to length 1, as names of these PT rows."""
    array = unit_vectors(np.asarray(vectors))
    rows = np.array(pts, np.int32)
    names = Names(np.arange(len(rows), dtype=np.int32), rows, tuple(map(str, rows)))
    return pack_vectors(names, array.astype(np.float16))


def full_search(index: NameVectors, question, k: int):
    """Multiply everything, in float64; the nearest name of every PT, all PTs sorted."""
    (unit,) = unit_vectors(question[None])
    values = (index.vectors.astype(np.float64) @ unit).round(ROUNDED)
    best = {}
    for place, (pt, value) in enumerate(zip(index.pt.tolist(), values.tolist(), strict=True)):
        if pt not in best or value > best[pt][0]:
            best[pt] = (value, place)
    ranked = sorted(best.items(), key=lambda one: (-one[1][0], one[0]))[:k]
    return [(pt, int(index.llt[place]), value) for pt, (value, place) in ranked]


def clustered(seed: int, count: int = 3000, columns: int = 32):
    """Vectors around a few centres, some of them equal, and questions near them."""
    chance = np.random.default_rng(seed)
    centres = chance.standard_normal((40, columns))
    centres[:, 3] *= 9  # a column that stands out, as trained encoders have them
    vectors = centres[chance.integers(0, 40, count)] + 0.2 * chance.standard_normal(
        (count, columns)
    )
    vectors[count // 2] = vectors[count // 3]
    pts = np.sort(chance.integers(0, count // 3, count))
    questions = vectors[chance.integers(0, count, 5)] + 0.05 * chance.standard_normal((5, columns))
    return made(vectors, pts), unit_vectors(questions).astype(np.float32)


@pytest.mark.parametrize("k", [1, 10, 100, 5000])
def test_the_search_finds_what_a_full_one_finds(k):
    index, questions = clustered(1)
    found = index.search(questions, k, multiply)
    for question, one in zip(questions, found, strict=True):
        expected = full_search(index, question, k)
        assert [(near.pt_row, near.llt_row) for near in one] == [row[:2] for row in expected]
        assert [near.similarity for near in one] == pytest.approx([row[2] for row in expected])


def test_only_some_of_the_names_are_looked_at_twice():
    index, questions = clustered(1)
    rough, doubts = index._rough(questions.astype(np.float64), multiply)
    looked_at = [
        len(index._possible(row, doubt, 10)) for row, doubt in zip(rough, doubts, strict=True)
    ]
    assert max(looked_at) < len(index.pt) / 3


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 2**32 - 1), st.integers(1, 30), st.integers(2, 9))
def test_no_product_of_bytes_is_off_by_more_than_is_said(seed, count, columns):
    chance = np.random.default_rng(seed)
    spread = 10.0 ** chance.integers(-3, 3, columns)
    index = made(chance.standard_normal((count, columns)) * spread, range(count))
    questions = chance.standard_normal((3, columns)).astype(np.float32)
    rough, doubts = index._rough(questions.astype(np.float64), multiply)
    exact = questions.astype(np.float64) @ index.vectors.astype(np.float64).T
    assert (np.abs(rough - exact) <= doubts[:, None]).all()


def test_digits_leave_room_for_processors_that_add_up_in_16_bits():
    index, questions = clustered(2)
    seen = []

    def watched(codes, digits):
        seen.append(digits)
        return multiply(codes, digits)

    index.search(questions, 10, watched)
    assert np.abs(seen[0].astype(int)).max() == DIGIT
    assert 2 * 255 * DIGIT < 2**15


def test_equally_near_pts_come_in_the_order_of_their_rows_and_the_first_name_speaks():
    index = made([[1, 0], [0.6, 0.8], [0.6, 0.8], [0.6, 0.8], [0, 1]], [2, 5, 5, 7, 9])
    (found,) = index.search(np.array([[0.6, 0.8]], np.float32), 3, multiply)
    assert [(near.pt_row, near.llt_row) for near in found] == [(5, 1), (7, 3), (9, 4)]


def test_a_question_of_nothing_and_a_dictionary_of_nothing_are_no_trouble():
    index = made([[1, 0], [0, 1]], [0, 1])
    (found,) = index.search(np.zeros((1, 2), np.float32), 5, multiply)
    (longer,) = index.search(np.array([[0, 7]], np.float32), 5, multiply)
    assert [(near.pt_row, near.similarity) for near in longer] == [(1, 1.0), (0, 0.0)]
    assert [near.pt_row for near in found] == [0, 1]
    assert index.search(np.empty((0, 2), np.float32), 5, multiply) == []
    empty = pack_vectors(
        Names(np.empty(0, np.int32), np.empty(0, np.int32), ()), np.empty((0, 2), np.float16)
    )
    assert empty.search(np.ones((2, 2), np.float32), 5, multiply) == [[], []]


def test_names_are_those_of_pts_and_current_llts_in_the_order_of_pts(tmp_path):
    terminology = TerminologyStore(tmp_path / "compiled").open(write_toy_release(tmp_path / "toy"))
    names = names_to_encode(terminology)
    assert names.pt.tolist() == sorted(names.pt.tolist())
    old = terminology.index(TermLevel.LLT, NOT_CURRENT_LLT)
    assert old not in names.llt
    assert set(names.pt.tolist()) == set(range(terminology.count(TermLevel.PT)))
    assert set(names.texts) >= set(terminology.names(TermLevel.PT).to_list())


def test_names_are_normalised_come_once_for_a_pt_and_a_pt_may_have_no_llt_of_its_name():
    terminology = load_reference_csv(Path("own.csv"), CSV.encode()).terminology
    names = names_to_encode(terminology)
    told = list(zip(names.pt.tolist(), names.llt.tolist(), names.texts, strict=True))
    assert told == [(0, 0, "2度传导阻滞"), (1, 2, "反胃"), (1, -1, "恶心")]


def test_names_of_both_languages_or_of_one(tmp_path):
    for language in ("Chinese", "English"):
        write_toy_release(tmp_path / "both" / language.lower(), language)
    terminology = TerminologyStore(tmp_path / "compiled").open(tmp_path / "both")
    first, second, both = (
        names_to_encode(terminology, first=wanted[0], second=wanted[1]).texts
        for wanted in ((True, False), (False, True), (True, True))
    )
    assert first
    assert second
    assert sorted(both) == sorted([*first, *second])
    assert not any(text.isascii() for text in first)
    assert all(text.isascii() for text in second)
