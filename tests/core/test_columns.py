"""The columns say what lists and dictionaries would say."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from m2m_desktop.core.columns import CodeColumn, Groups, TextColumn

TEXT = st.text(st.characters(exclude_characters="\n", exclude_categories=["Cs"]), max_size=12)
TEXTS = st.lists(TEXT, max_size=30)
CODES = st.lists(st.text("0123456789", min_size=1, max_size=8), max_size=30)


@given(TEXTS)
def test_a_text_column_gives_back_what_it_was_made_of(texts: list[str]) -> None:
    column = TextColumn.of(texts)

    assert len(column) == len(texts)
    assert list(column) == column.to_list() == texts
    assert [column[row] for row in range(len(texts))] == texts
    assert column.sizes().tolist() == [len(text.encode()) for text in texts]


@given(TEXTS, TEXT)
def test_find_gives_every_equal_text_and_no_other(texts: list[str], wanted: str) -> None:
    column = TextColumn.of(texts)

    for text in {*texts, wanted}:
        assert column.find(text) == [row for row, each in enumerate(texts) if each == text]


def test_neighbours_with_the_same_text_are_both_found() -> None:
    assert TextColumn.of(["a", "a", "", "", "a"]).find("a") == [0, 1, 4]
    assert TextColumn.of(["a", "a", "", "", "a"]).find("") == [2, 3]


@pytest.mark.parametrize("text", ["\n", "a\nb", "\ud800"])
def test_what_no_column_can_hold_is_never_found(text: str) -> None:
    assert TextColumn.of(["a", "b"]).find(text) == []


def test_a_line_feed_in_a_text_is_refused() -> None:
    with pytest.raises(ValueError, match="line feed"):
        TextColumn.of(["a\nb"])


@given(TEXTS.filter(bool), st.data())
def test_take_picks_rows_like_a_list(texts: list[str], data: st.DataObject) -> None:
    rows = data.draw(st.lists(st.integers(0, len(texts) - 1), max_size=40))

    taken = TextColumn.of(texts).take(np.array(rows, dtype=np.int64))
    assert taken.to_list() == [texts[row] for row in rows]


def test_taking_more_rows_than_are_copied_at_once() -> None:
    texts = [f"名{number}" for number in range(5)]
    rows = np.arange(20_000) % 5

    assert TextColumn.of(texts).take(rows).to_list() == [texts[row] for row in rows]


@given(TEXTS, st.data())
def test_overlaying_replaces_only_what_is_given(texts: list[str], data: st.DataObject) -> None:
    others = data.draw(st.lists(TEXT, min_size=1, max_size=5))
    rows = data.draw(
        st.lists(st.integers(-1, len(others) - 1), min_size=len(texts), max_size=len(texts))
    )

    overlaid = TextColumn.of(texts).overlaid(TextColumn.of(others), np.array(rows, dtype=np.int32))
    assert overlaid.to_list() == [
        others[row] if row >= 0 else text for text, row in zip(texts, rows, strict=True)
    ]


@given(st.lists(st.tuples(TEXT, TEXT), max_size=20))
def test_differing_rows_are_those_that_differ(pairs: list[tuple[str, str]]) -> None:
    left = TextColumn.of([a for a, _ in pairs])
    right = TextColumn.of([b for _, b in pairs])

    assert left.differing_rows(right).tolist() == [i for i, (a, b) in enumerate(pairs) if a != b]
    assert left.differing_rows(left).tolist() == []


def test_columns_of_different_length_cannot_be_compared() -> None:
    with pytest.raises(ValueError, match="length"):
        TextColumn.of(["a"]).differing_rows(TextColumn.of([]))


@given(CODES, st.text("0123456789x", max_size=9))
def test_a_code_is_found_at_its_first_row(codes: list[str], other: str) -> None:
    column = CodeColumn.of(np.array([code.encode() for code in codes], dtype="S8"))

    for code in {*codes, other}:
        assert column.index(code) == (codes.index(code) if code in codes else -1)
    assert [column[row] for row in range(len(column))] == codes


@given(CODES, CODES)
def test_many_codes_are_found_as_one_by_one(codes: list[str], wanted: list[str]) -> None:
    column = CodeColumn.of(np.array([code.encode() for code in codes], dtype="S8"))

    found = column.index_many(np.array([code.encode() for code in wanted], dtype="S8"))
    assert found.tolist() == [column.index(code) for code in wanted]


@pytest.mark.parametrize("code", ["", "1\x00", "\ud800", "123456789", "编码"])
def test_odd_codes_are_simply_not_there(code: str) -> None:
    assert CodeColumn.of(np.array([b"1", b"2"], dtype="S8")).index(code) == -1


@given(st.lists(st.tuples(st.integers(0, 5), st.integers(0, 99)), max_size=30))
def test_groups_keep_file_order_within_a_parent(pairs: list[tuple[int, int]]) -> None:
    parents = np.array([parent for parent, _ in pairs], dtype=np.int32)
    members = np.array([member for _, member in pairs], dtype=np.int32)

    groups = Groups.of(parents, members, 6)
    for parent in range(6):
        assert groups[parent].tolist() == [m for p, m in pairs if p == parent]
