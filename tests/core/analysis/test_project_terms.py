"""Mentions of a project as events: by mention, by report, each PT once; nothing is lost."""

from collections import Counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from m2m_desktop.core.analysis.analysis import analyse
from m2m_desktop.core.analysis.project_terms import code_project
from m2m_desktop.core.analysis.records import Reason, Unit
from m2m_desktop.core.coded_items import CellPlace, CodedItem
from m2m_desktop.core.pieces import PieceKind
from m2m_desktop.core.records import Band, Source, TermLevel
from m2m_desktop.core.review import CodedTerm, ReviewStatus
from tests.toy.release import NOT_CURRENT_LLT, toy_tables

TABLES = toy_tables()
PTS = [row[0] for row in TABLES["pt.asc"]]
OTHER_LLT = next(row for row in TABLES["llt.asc"] if row[2] == PTS[7] and row[0] != PTS[7])


def term(code, llt=""):
    return CodedTerm(code, f"名{code}", llt_code=llt)


def mention(row, *codes, status=ReviewStatus.ACCEPTED, report="", severity="", kind=None, text=""):
    return CodedItem(
        CellPlace("导出", row, 3), 0, 2, text or f"虚构{row}", kind or PieceKind.REACTION, severity,
        report, status, False, tuple(one if isinstance(one, CodedTerm) else term(one) for one in codes),
        Band.CERTAIN, Source.MODEL, "", "", "",
    )  # fmt: skip


def codes_of(coded, finder):
    codes = finder.terminology.codes(TermLevel.PT)
    return [(codes[event.pt_row], event.severity) for event in coded.events]


def test_each_mention_counts_for_each_of_its_terms(finder):
    coded = code_project([mention(3, PTS[0], PTS[1]), mention(4, PTS[0])], finder)

    assert [code for code, _ in codes_of(coded, finder)] == [PTS[0], PTS[1], PTS[0]]
    assert coded.given == 3
    assert not coded.remarks


def test_equal_terms_of_a_report_count_once_under_the_worst_severity(finder):
    items = [
        mention(3, PTS[0], report="r1", severity="一般"),
        mention(4, PTS[0], report="r1", severity="严重"),
        mention(5, PTS[0], report="r2"),
    ]

    by_report = code_project(items, finder, unit=Unit.REPORTS)
    by_row = code_project(items, finder)
    once = code_project(items, finder, unit=Unit.TERMS)

    assert codes_of(by_report, finder) == [(PTS[0], "严重"), (PTS[0], "")]
    assert len(by_row.events) == 3
    assert codes_of(once, finder) == [(PTS[0], "严重")]
    assert any("most severe" in note.text() for note in by_report.notes)
    assert len(by_report.occurrences) == len(by_row.occurrences) == 3


def test_without_report_numbers_rows_are_counted_and_it_is_said(finder):
    items = [mention(3, PTS[0]), mention(4, PTS[0])]

    coded = code_project(items, finder, unit=Unit.REPORTS)

    assert coded.unit is Unit.ROWS
    assert len(coded.events) == 2
    assert "No report number" in coded.notes[0].text()


def test_a_few_rows_without_a_report_number_are_reports_by_themselves(finder):
    items = [mention(3, PTS[0], report="r1"), mention(4, PTS[0]), mention(5, PTS[0])]

    coded = code_project(items, finder, unit=Unit.REPORTS)

    assert coded.unit is Unit.REPORTS
    assert len(coded.events) == 3
    assert "report number: 2" in coded.notes[0].text()


def test_proposals_count_unless_only_decisions_are_asked_for(finder):
    items = [mention(3, PTS[0]), mention(4, PTS[1], status=ReviewStatus.UNREVIEWED)]

    every = code_project(items, finder)
    decided = code_project(items, finder, decided_only=True)

    assert len(every.events) == 2
    assert "nobody has decided about: 1." in every.notes[-1].text()
    assert codes_of(decided, finder) == [(PTS[0], "")]
    assert [one.reason for one in decided.remarks] == [Reason.NOT_DECIDED]
    assert decided.given == 2


def test_mentions_without_a_term_are_told_once_for_equal_phrases(finder):
    items = [
        mention(3, status=ReviewStatus.NO_TERM, text="甲"),
        mention(9, status=ReviewStatus.NO_TERM, text="甲"),
        mention(5, status=ReviewStatus.UNREVIEWED, text="乙"),
        mention(6, kind=PieceKind.DRUG, text="丙"),
    ]

    coded = code_project(items, finder)

    assert [(one.row, one.text, one.reason, one.count) for one in coded.remarks] == [
        (3, "甲", Reason.NO_TERM, 2),
        (5, "乙", Reason.NOT_CODED, 1),
    ]
    assert coded.given == 3


def test_terms_that_the_release_knows_otherwise_are_told(finder):
    items = [
        mention(3, "99999999"),  # no such PT
        mention(4, OTHER_LLT[0]),  # a PT then, an LLT now
        mention(5, term(PTS[0], NOT_CURRENT_LLT)),
        mention(6, term(PTS[1], OTHER_LLT[0])),  # the LLT belongs to another PT now
    ]

    coded = code_project(items, finder)

    assert [(one.row, one.reason, one.is_used) for one in coded.remarks] == [
        (3, Reason.UNKNOWN_CODE, False),
        (4, Reason.DEMOTED, True),
        (5, Reason.NOT_CURRENT, True),
    ]
    assert [code for code, _ in codes_of(coded, finder)] == [PTS[7], PTS[0], PTS[1]]
    assert coded.given == len(coded.events) + 1


statuses = st.sampled_from(list(ReviewStatus))
mentions = st.lists(
    st.builds(
        mention,
        st.integers(3, 9),
        st.sampled_from([*PTS[:5], "99999999", OTHER_LLT[0]]),
        st.sampled_from([*PTS[3:8], "99999998"]),
        status=statuses,
        report=st.sampled_from(["", "r1", "r2"]),
        severity=st.sampled_from(["", "一般", "严重"]),
        text=st.sampled_from(["甲", "乙"]),
    ),
    max_size=12,
)


@settings(max_examples=100)
@given(mentions, st.sampled_from(list(Unit)), st.booleans())
def test_what_was_given_is_counted_or_told(finder, items, unit, decided_only):
    coded = code_project(items, finder, unit=unit, decided_only=decided_only)
    found = analyse(finder.terminology, coded)

    assert found.given == found.used + found.refused
    for counted in found.levels.values():
        assert sum(row.total for row in counted) == found.used
    if unit is Unit.ROWS:  # by hand: a mention counts for each of its distinct PTs, or once
        by_hand = Counter()
        for item in items:
            left_out = item.status is ReviewStatus.NO_TERM or (
                decided_only and item.status is ReviewStatus.UNREVIEWED
            )
            pts = {PTS[7] if one.pt_code == OTHER_LLT[0] else one.pt_code for one in item.terms}
            known = pts & set(PTS)
            by_hand["given"] += 1 if left_out else len(pts)
            by_hand["used"] += 0 if left_out else len(known)
        assert (found.given, found.used) == (by_hand["given"], by_hand["used"])
    assert {event.severity for event in coded.events} <= {"", "一般", "严重"}


@pytest.mark.parametrize("unit", list(Unit))
def test_an_empty_project_gives_zeros(finder, unit):
    found = analyse(finder.terminology, code_project([], finder, unit=unit))

    assert (found.given, found.used, found.refused, found.smqs) == (0, 0, 0, ())
    assert all(rows == () for rows in found.levels.values())
