"""The step of review that brings a decision to another release."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from m2m_desktop.core.records import Source
from m2m_desktop.core.review import (
    Action,
    Change,
    CodedTerm,
    IllegalMove,
    ReviewState,
    ReviewStatus,
    Target,
    check_change,
    check_move,
    upgraded,
)

WHEN = datetime(2026, 9, 1, 9, 30, tzinfo=UTC)
OLD, RENAMED, OTHER = CodedTerm("1", "旧名"), CodedTerm("1", "新名"), CodedTerm("2", "另一个")
DECIDED = ReviewState(
    ReviewStatus.ACCEPTED, (OLD,), Source.MODEL, True, "备注", "甲", "2026-03-04T08:00:00+00:00"
)
DRAFT = ReviewState(terms=(OLD,), source=Source.MANUAL, comment="备注")


def change(after):
    return Change(Target.PHRASE, 1, Action.UPGRADE, after)


def test_equal_codes_stay_the_decision_of_who_made_it() -> None:
    after = upgraded(DECIDED, [RENAMED], "乙", WHEN)
    assert after == replace(DECIDED, terms=(RENAMED,))
    check_change(DECIDED, change(after))


def test_other_codes_are_a_decision_of_who_brings_them() -> None:
    after = upgraded(DECIDED, [OTHER], "乙", WHEN)
    assert (after.status, after.reviewer) == (ReviewStatus.CHANGED, "乙")
    assert after.decided_at == "2026-09-01T09:30:00+00:00"
    assert (after.is_flagged, after.comment, after.source) == (True, "备注", Source.MODEL)
    check_change(DECIDED, change(after))


def test_a_draft_stays_a_draft() -> None:
    after = upgraded(DRAFT, [OTHER], "乙", WHEN)
    assert after == replace(DRAFT, terms=(OTHER,))
    check_change(DRAFT, change(after))


def test_where_no_term_was_suitable_one_may_be_now() -> None:
    nothing = ReviewState(ReviewStatus.NO_TERM, source=Source.MANUAL, reviewer="甲")
    after = upgraded(nothing, [OTHER], "乙", WHEN)
    assert (after.status, after.terms) == (ReviewStatus.CHANGED, (OTHER,))
    check_change(nothing, change(after))


def test_what_nobody_decided_is_not_brought_along() -> None:
    with pytest.raises(IllegalMove):
        upgraded(ReviewState(), [OTHER], "乙", WHEN)
    with pytest.raises(IllegalMove):
        check_move(ReviewState(), Action.UPGRADE)
    with pytest.raises(IllegalMove):
        upgraded(DECIDED, [], "乙", WHEN)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (DECIDED, replace(DECIDED, terms=())),
        (DECIDED, replace(DECIDED, comment="另一个")),
        (DECIDED, replace(DECIDED, is_flagged=False)),
        (DECIDED, replace(DECIDED, status=ReviewStatus.NO_TERM)),
        (DECIDED, replace(DECIDED, status=ReviewStatus.UNREVIEWED)),
        (DRAFT, replace(DRAFT, status=ReviewStatus.ACCEPTED)),
        (ReviewState(), DECIDED),
        (None, DECIDED),
    ],
)
def test_nothing_else_changes_by_it(before, after) -> None:
    with pytest.raises(IllegalMove):
        check_change(before, change(after))
