"""What a typed text is understood as; whatever is typed, something is searched for."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from m2m_desktop.core.term_search.query import parse_query, plain_query
from m2m_desktop.core.text import match_key


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("皮疹 AND 瘙痒", "皮疹 AND 瘙痒"),
        ("皮疹 OR 瘙痒", "皮疹 OR 瘙痒"),
        ("皮疹 NOT 药物性", "皮疹 AND NOT 药物性"),
        ("皮疹 AND NOT 药物性", "皮疹 AND NOT 药物性"),
        ("NOT NOT 皮疹", "皮疹"),
        ("a OR b c", "a OR b AND c"),
        ("(a OR b) c", "(a OR b) AND c"),
        ("(a OR b)c", "(a OR b) AND c"),
        ("（皮疹 OR 瘙痒） NOT 药物", "(皮疹 OR 瘙痒) AND NOT 药物"),
        ("NOT (a OR b)", "NOT (a OR b)"),
        ("a NOT (b c)", "a AND NOT (b AND c)"),
        ('"liver failure" acute', "liverfailure AND acute"),
        ("“liver failure” acute", "liverfailure AND acute"),
        ('"AND" a', "and AND a"),
        ("血*减少", "血*减少"),
        ("血＊减少 急性", "血*减少 AND 急性"),
        ("*减少*", "减少"),
        ("皮疹 AND", "皮疹"),
        ("皮疹 OR NOT", "皮疹"),
        ("a OR 皮疹（未特指）", "a OR 皮疹未特指"),
        ("a OR - b", "a OR b"),
    ],
)
def test_operators_literals_and_wildcards_are_understood(text, shown):
    query = parse_query(text)

    assert (query.shown, query.problem, query.is_plain) == (shown, None, False)


@pytest.mark.parametrize(
    "text",
    ["皮疹", "liver failure", "皮疹（未特指）", "(a) b", "and or", "R AND", "ＡＬＴ 升高", "-"],
)
def test_a_text_without_operators_is_plain(text):
    query = parse_query(text)

    assert query.is_plain == (text != "R AND")
    assert query.key == match_key(text)
    assert query.problem is None


def test_the_words_of_a_plain_text_are_those_between_spaces():
    assert [str(word) for word in parse_query("liver  - Failure　ＡＬＴ").words] == [
        "liver", "failure", "alt",
    ]  # fmt: skip


def test_what_must_not_be_there_is_not_looked_for():
    assert [str(word) for word in parse_query("a NOT (b OR NOT c) d*e").words] == ["a", "d*e"]


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ('"皮疹', "quotation mark"),
        ("(皮疹 AND 瘙痒", "a bracket is not closed"),
        ("皮疹 AND 瘙痒)", "was not opened"),
        ("OR 皮疹", "lacks a word"),
        ("皮疹 AND OR 瘙痒", "lacks a word"),
        ("() OR 皮疹", "lacks a word"),
        ("a OR " + "(" * 30 + "b" + ")" * 30, "too many brackets"),
    ],
)
def test_a_query_that_cannot_be_understood_is_told_and_taken_as_it_is(text, reason):
    query = parse_query(text)

    assert query.problem is not None
    assert reason in query.problem.text()
    assert query.is_plain
    assert (query.key, query.expression) == (plain_query(text).key, plain_query(text).expression)


@given(st.text("ab皮*\"“()（） ", max_size=40) | st.lists(st.sampled_from(
    ["AND", "OR", "NOT", "(", ")", '"', "*", "皮疹", " ", "a"])).map(" ".join))  # fmt: skip
def test_no_text_makes_the_parser_fail(text):
    query = parse_query(text)

    assert query.key == match_key(text)
    assert all(word.pieces for word in query.words if query.key)
