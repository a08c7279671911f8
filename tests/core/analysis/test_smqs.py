"""Counts by SMQ against the members that the terminology itself lists."""

from hypothesis import given, settings
from hypothesis import strategies as st

from m2m_desktop.core.analysis.records import CodedEvent
from m2m_desktop.core.analysis.smqs import count_smqs
from m2m_desktop.core.records import TermLevel
from m2m_desktop.services.meddra import load_release
from m2m_desktop.services.release_files import ReleaseSources
from tests.core.analysis.toy_smqs import (
    ABOVE_SMQ,
    CASE_SMQ,
    LLT_ONLY,
    ODD_SMQ,
    PARENT_SMQ,
    SUM_SMQ,
    A,
    B,
    C,
)
from tests.toy.release import PT_COUNT, toy_files


def event(terminology, code, case="", count=1, llt=None):
    llt_row = terminology.index(TermLevel.LLT, llt or code)
    return CodedEvent(terminology.index(TermLevel.PT, code), (llt_row,), "", count, case)


def counted(terminology, events):
    return {smq.code: smq for smq in count_smqs(terminology, events, events)}


def test_narrow_and_broad_are_counted_and_parents_hold_what_their_children_hold(terminology):
    found = counted(terminology, [event(terminology, A, count=2), event(terminology, B)])

    for code in (CASE_SMQ, PARENT_SMQ):
        assert (found[code].narrow_count, found[code].broad_count) == (2, 3)
        assert (found[code].narrow_terms, found[code].broad_terms) == (1, 2)
    assert [(one.term.code, one.is_narrow, one.categories) for one in found[CASE_SMQ].terms] == [
        (A, True, "A"),
        (B, False, "B"),
    ]
    assert "29990006" not in found  # not active


def test_an_algorithm_is_judged_for_each_case_by_itself(terminology):
    one_case = [event(terminology, B, "r1"), event(terminology, C, "r1")]
    two_cases = [event(terminology, B, "r1"), event(terminology, C, "r2")]

    assert counted(terminology, one_case)[CASE_SMQ].cases_met == 1
    assert counted(terminology, one_case)[CASE_SMQ].algorithm_met is True
    assert counted(terminology, two_cases)[CASE_SMQ].cases_met == 0
    assert counted(terminology, two_cases)[CASE_SMQ].algorithm_met is False
    assert counted(terminology, [event(terminology, A, "r9")])[CASE_SMQ].cases_met == 1


def test_an_algorithm_speaks_of_the_smqs_own_rows(terminology):
    of_the_child = counted(terminology, [event(terminology, A)])[ABOVE_SMQ]
    own = counted(terminology, [event(terminology, "90000115")])[ABOVE_SMQ]

    assert of_the_child.narrow_count == 1
    assert of_the_child.algorithm_met is False  # the child's A is not its A
    assert own.algorithm_met is True


def test_weights_of_one_category_count_once_in_a_case(terminology):
    below = [event(terminology, A, "r1"), event(terminology, B, "r1")]  # 4, not 4 + 4
    enough = [*below, event(terminology, C, "r1")]  # 4 + 4

    assert counted(terminology, below)[SUM_SMQ].cases_met == 0
    assert counted(terminology, enough)[SUM_SMQ].cases_met == 1


def test_an_algorithm_that_is_not_understood_is_left_open_and_shown(terminology):
    found = counted(terminology, [event(terminology, A)])[ODD_SMQ]

    assert found.algorithm_met is None
    assert found.algorithm == "two of A, B or C"


def test_a_listed_llt_counts_only_what_was_coded_with_it(terminology):
    llt = terminology.llt(LLT_ONLY)

    with_it = counted(terminology, [event(terminology, llt.pt_code, llt=LLT_ONLY)])
    without = counted(terminology, [event(terminology, llt.pt_code)])

    assert with_it[CASE_SMQ].broad_count == 1
    assert [one.term.level for one in with_it[CASE_SMQ].terms] == [TermLevel.LLT]
    assert CASE_SMQ not in without


def test_a_release_without_smqs_and_one_with_a_circle_end_quietly():
    circle = load_release(ReleaseSources("toy", "toy", toy_files(is_cyclic=True))).terminology
    files = {name: data for name, data in toy_files().items() if not name.startswith("smq")}
    without = load_release(ReleaseSources("toy", "toy", files)).terminology

    assert counted(circle, [CodedEvent(0)])["29990003"].broad_count == 1
    assert counted(without, [CodedEvent(0)]) == {}


@settings(max_examples=40)
@given(st.lists(st.tuples(st.integers(0, PT_COUNT - 1), st.integers(1, 3)), max_size=12))
def test_counts_are_those_of_the_members_that_the_terminology_lists(terminology, given_pts):
    events = [CodedEvent(row, (), "", count) for row, count in given_pts]

    found = counted(terminology, events)

    for smq in terminology.smqs():
        members = [
            one for one in terminology.smq_members(smq.code) if one.term.level is TermLevel.PT
        ]
        broad = {one.term.code for one in members}
        narrow = {one.term.code for one in members if one.is_narrow}
        codes = [(terminology.codes(TermLevel.PT)[row], count) for row, count in given_pts]
        expected = (
            sum(count for code, count in codes if code in narrow),
            sum(count for code, count in codes if code in broad),
        )
        if not smq.is_active or expected == (0, 0):
            assert smq.code not in found
        else:
            assert (found[smq.code].narrow_count, found[smq.code].broad_count) == expected
