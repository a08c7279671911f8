"""Counts by level against a count by hand over the terms' own paths."""

from collections import Counter

from hypothesis import given, settings
from hypothesis import strategies as st

from m2m_desktop.core.analysis.counting import NO_PATH, count_levels
from m2m_desktop.core.analysis.records import COUNTED_LEVELS, CodedEvent
from m2m_desktop.core.records import TermLevel
from m2m_desktop.services.meddra import load_release
from m2m_desktop.services.release_files import ReleaseSources
from tests.toy.release import MULTI_AXIAL_PT, PT_COUNT, toy_files, toy_tables

SEVERITIES = ("严重", "一般", "")
TERMINOLOGY = load_release(ReleaseSources("toy", "toy", toy_files())).terminology

events_of_pts = st.lists(
    st.builds(
        CodedEvent,
        pt_row=st.integers(0, PT_COUNT - 1),
        severity=st.sampled_from(SEVERITIES),
        count=st.integers(1, 5),
        case=st.sampled_from(["r1", "r2", "r3"]),
    ),
    max_size=20,
)


def by_hand(events, *, all_paths):
    """Counts by (level, code, severity), through the terminology's own lists of paths."""
    counts = Counter()
    for event in events:
        pt = TERMINOLOGY.preferred_term_at(event.pt_row)
        paths = [path for path in pt.paths if all_paths or path.is_primary]
        found = {(TermLevel.PT, pt.code)}
        for path in paths:
            found |= {(term.level, term.code) for term in (path.soc, path.hlgt, path.hlt)}
        for level, code in found:
            counts[level, code, event.severity] += event.count
    return counts


@settings(max_examples=60)
@given(events_of_pts, st.booleans())
def test_counts_are_those_of_a_count_by_hand(events, all_paths):
    found = count_levels(TERMINOLOGY, events, SEVERITIES, all_paths=all_paths)

    counted = Counter(
        {
            (level, row.term.code, severity): count
            for level in COUNTED_LEVELS
            for row in found[level]
            for severity, count in row.counts.items()
        }
    )
    assert +counted == by_hand(events, all_paths=all_paths)


def test_a_pt_under_two_socs_counts_once_by_primary_path_and_twice_by_all():
    row = TERMINOLOGY.index(TermLevel.PT, MULTI_AXIAL_PT)
    events = [CodedEvent(row, count=2)]

    by_primary = count_levels(TERMINOLOGY, events, ("",))[TermLevel.SOC]
    by_all = count_levels(TERMINOLOGY, events, ("",), all_paths=True)[TermLevel.SOC]

    assert [(one.term.code, one.total) for one in by_primary] == [("90000002", 2)]
    assert {(one.term.code, one.total) for one in by_all} == {("90000002", 2), ("90000003", 2)}


def test_the_most_frequent_come_first_then_the_international_order():
    events = [CodedEvent(row) for row in (0, 1, 2, 2)]

    socs = count_levels(TERMINOLOGY, events, ("",))[TermLevel.SOC]

    order = [soc.code for soc in TERMINOLOGY.socs()]  # the file order backwards
    assert [one.term.code for one in socs] == ["90000003", "90000002", "90000001"]
    assert [order[one.place] for one in socs] == [one.term.code for one in socs]


def test_a_pt_without_a_path_is_not_lost():
    arrays = dict(TERMINOLOGY.arrays)
    starts = arrays["pt.path_starts"].copy()
    starts[1:] -= starts[1]  # the first PT has no path any more
    arrays |= {"pt.path_starts": starts}
    for name in ("path.hlt", "path.hlgt", "path.soc", "path.primary"):
        arrays[name] = arrays[name][1:]
    terminology = type(TERMINOLOGY)(TERMINOLOGY.info, arrays)

    found = count_levels(terminology, [CodedEvent(0), CodedEvent(1)], ("",))

    assert sum(row.total for row in found[TermLevel.SOC]) == 2
    assert found[TermLevel.SOC][-1].term.name == NO_PATH
    assert found[TermLevel.PT][0].term.code == toy_tables()["pt.asc"][0][0]


def test_distinct_pts_and_reports_are_counted_in_each_row():
    events = [CodedEvent(0, case="r1"), CodedEvent(4, case="r1"), CodedEvent(0, case="r2")]

    counted = count_levels(TERMINOLOGY, events[:2], ("",), occurrences=events)
    (soc,) = counted[TermLevel.SOC]

    assert (soc.total, soc.terms, soc.cases) == (2, 2, 2)
