"""Pasted lists: which cells are read as what, and that no row is lost."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from m2m_desktop.core.analysis.analysis import analyse
from m2m_desktop.core.analysis.coding import code_list
from m2m_desktop.core.analysis.given import given_list
from m2m_desktop.core.analysis.records import Reason
from m2m_desktop.core.records import TermLevel
from tests.toy.release import HOMOGRAPHS, NOT_CURRENT_LLT, toy_tables

TABLES = toy_tables()
(CODE, NAME), (CODE2, NAME2), (CODE3, NAME3) = (row[:2] for row in TABLES["pt.asc"][:3])
SOC = TABLES["soc.asc"][0][1]


def rows(text):
    return [(number, line.split("\t")) for number, line in enumerate(text.split("\n"), 1)]


def told(text, finder):
    return [
        (term.row, term.code, term.name, term.severity, term.count)
        for term in given_list(rows(text), finder).terms
    ]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (NAME, [(1, "", NAME, "", 1)]),
        (CODE, [(1, CODE, "", "", 1)]),
        (f"{NAME}\n\n{NAME2}", [(1, "", NAME, "", 1), (3, "", NAME2, "", 1)]),
        (f"{NAME}（严重）", [(1, "", NAME, "严重", 1)]),
        (f"{CODE}\t{NAME}\t严重\t3", [(1, CODE, NAME, "严重", 3)]),
        (f"一般\t{NAME}\t2\n严重\t{NAME2}\t1",
         [(1, "", NAME, "一般", 2), (2, "", NAME2, "严重", 1)]),
        (f"{CODE},{NAME},严重,3", [(1, CODE, NAME, "严重", 3)]),
        (f"{NAME}，严重", [(1, "", NAME, "严重", 1)]),
        (f'"{NAME}","严重"', [(1, "", NAME, "严重", 1)]),
        (f"PT编码\t严重程度\t例数\n{CODE}\t严重\t2", [(2, CODE, "", "严重", 2)]),
        (f"pt_code,pt_name\n{CODE},{NAME}", [(2, CODE, NAME, "", 1)]),
        (f"{SOC}\t{NAME}\t{CODE}", [(1, CODE, NAME, "", 1)]),
        (f"{NAME}\n{CODE2}", [(1, "", NAME, "", 1), (2, "", CODE2, "", 1)]),
    ],
)  # fmt: skip
def test_columns_are_recognised_by_header_or_content(text, expected, finder):
    found = told(text, finder)

    if expected[-1][2] == CODE2:  # a column of both: which cell it was read from does not matter
        assert [row[1] or row[2] for row in found] == [NAME, CODE2]
    else:
        assert found == expected


def test_the_column_with_the_most_names_of_terms_is_the_one_that_is_read(finder):
    read = given_list(rows(f"{NAME3}\t{NAME}\n某药\t{NAME2}"), finder)

    assert [term.name for term in read.terms] == [NAME, NAME2]
    assert read.unread == (1,)


def test_several_terms_in_one_line_are_all_counted(finder):
    assert [term.name for term in given_list(rows(f"{NAME}；{NAME2}"), finder).terms] == [
        NAME,
        NAME2,
    ]
    assert told(f"{NAME}、{NAME2}，严重", finder) == [
        (1, "", NAME, "严重", 1),
        (1, "", NAME2, "严重", 1),
    ]
    found = given_list(rows(f"{NAME}；{NAME2}；没有这个"), finder).terms
    assert [term.name for term in found] == [NAME, NAME2, "没有这个"]


def test_a_line_that_may_hold_an_unknown_reaction_is_not_cut_in_silence(finder):
    (term,) = given_list(rows(f"{NAME}、没有这个"), finder).terms

    assert term.name == f"{NAME}、没有这个"


def test_columns_that_are_not_read_are_named(finder):
    assert given_list(rows(f"{CODE}\t{NAME}\t某药"), finder).unread == (3,)


@pytest.mark.parametrize("count", ["0", "-1", "半", "1.5", "99999999999"])
def test_a_count_that_is_none_is_refused_and_not_taken_for_one(count, finder):
    (term,) = given_list(rows(f"名称\t例数\n{NAME}\t{count}"), finder).terms

    assert term.count is None
    (remark,) = code_list([term], finder).remarks
    assert remark.reason is Reason.BAD_COUNT


def test_reasons_and_suggestions_go_back_with_the_row(finder):
    terms = given_list(
        rows(f"{CODE}\t{NAME2}\n99999999\t\n\t没有这个\n{NOT_CURRENT_LLT}\t"), finder
    ).terms

    coded = code_list(terms, finder, lambda text: "也许" if text == "没有这个" else "")

    assert [(one.row, one.reason, one.suggestion, one.is_used) for one in coded.remarks] == [
        (1, Reason.MISMATCH, "", False),
        (2, Reason.UNKNOWN_CODE, "", False),
        (3, Reason.UNKNOWN_NAME, "也许", False),
        (4, Reason.NOT_CURRENT, NAME, True),
    ]
    assert NAME in coded.remarks[0].sentence.text()
    assert NAME2 in coded.remarks[0].sentence.text()
    assert (coded.given, sum(event.count for event in coded.events)) == (4, 1)


def test_a_code_decides_where_the_name_is_unknown(finder):
    coded = code_list(given_list(rows(f"{CODE}\t旧名字"), finder).terms, finder)

    assert not coded.remarks
    assert coded.events[0].pt_row == finder.find(CODE).pt_row


cells = st.one_of(
    st.sampled_from(
        [
            CODE, NAME, CODE2, NAME2, f"{CODE}.0", NOT_CURRENT_LLT, *HOMOGRAPHS, SOC, "29990001",
            "99999999", "没有", "严重", "一般", "3", "0", "", " ", f"{NAME}（一般）", f"{NAME}；{NAME3}",
            f"{NAME}，严重，2", "名称", "编码", '"', f'{NAME},"', "，；", "a,b,c", TABLES["llt.asc"][63][1],
        ]
    ),
    st.text(max_size=12),
)  # fmt: skip
lists = st.lists(st.lists(cells, min_size=1, max_size=4), max_size=8)


@settings(max_examples=150)
@given(lists, st.booleans())
def test_what_was_given_is_what_was_used_and_what_was_refused(finder, table, all_paths):
    numbered = list(enumerate(table, 1))
    read = given_list(numbered, finder)

    coded = code_list(read.terms, finder)
    found = analyse(finder.terminology, coded, all_paths=all_paths)

    filled = {number for number, row in numbered if any(map(str.strip, row))}
    seen = {term.row for term in read.terms}
    headers = filled - seen
    assert seen <= filled
    assert len(headers) <= 1
    assert not headers or headers == {min(filled)}  # nothing but a header is no term
    assert found.given == found.used + found.refused == sum(term.count or 1 for term in read.terms)
    totals = {level: sum(row.total for row in counted) for level, counted in found.levels.items()}
    assert totals[TermLevel.PT] == found.used
    if not all_paths:
        assert set(totals.values()) == {found.used}
    for counted in found.levels.values():
        assert all(sum(row.counts.values()) == row.total for row in counted)
