"""Every move of review from every status, and what a person is warned of."""

from dataclasses import replace
from datetime import datetime, timedelta, timezone

import pytest

from m2m_desktop.core import review
from m2m_desktop.core.pieces import PieceKind
from m2m_desktop.core.records import Band, Source
from m2m_desktop.core.review import (
    Action,
    Change,
    CodedTerm,
    IllegalMove,
    PhraseRow,
    ReviewState,
    ReviewStatus,
    Target,
    WarningKind,
)

WHEN = datetime(2026, 3, 4, 16, 5, 6, 789, tzinfo=timezone(timedelta(hours=8)))
ITCH = CodedTerm("10000001", "虚构痒", "20000001", "虚构痒感", hlt_code="30000001")
RASH = CodedTerm("10000002", "虚构疹", "20000002", "虚构皮疹", hlt_code="30000001")
PAIN = CodedTerm("10000003", "虚构痛", "20000003", "虚构旧痛", hlt_code="30000002")
OTHER_LLT = replace(ITCH, llt_code="20000009", llt_name="虚构瘙痒")

STATES = {
    "untouched": ReviewState(),
    "draft": ReviewState(terms=(RASH,), source=Source.MANUAL),
    "accepted": ReviewState(ReviewStatus.ACCEPTED, (ITCH,), Source.MODEL, False, "", "王", "t"),
    "changed": ReviewState(ReviewStatus.CHANGED, (RASH,), Source.MANUAL, False, "", "王", "t"),
    "no term": ReviewState(ReviewStatus.NO_TERM, (), Source.MANUAL, False, "", "王", "t"),
}


def row(state=STATES["untouched"], proposed=(ITCH,), **more):
    told = {"band": Band.CERTAIN, "source": Source.MODEL, "kind": PieceKind.REACTION, **more}
    return PhraseRow(
        7, "虚构", item_count=2, report_count=2, proposed=proposed, state=state, **told
    )


MOVES = {
    Action.ACCEPT: lambda state: review.accepted(row(state), "李", WHEN),
    Action.CHOOSE: lambda state: review.chosen(row(state), [PAIN], Source.MANUAL, "李", WHEN),
    Action.NO_TERM: lambda state: review.no_term(row(state), "李", WHEN),
    Action.DRAFT: lambda state: review.drafted(row(state), [PAIN]),
    Action.REOPEN: review.reopened,
    Action.FLAG: review.flagged,
    Action.UNFLAG: review.unflagged,
    Action.COMMENT: lambda state: review.commented(state, " 待查 "),
}
ALLOWED_WHEN_OPEN = {Action.ACCEPT, Action.CHOOSE, Action.NO_TERM, Action.DRAFT}


def is_allowed(action, state):
    return {
        Action.REOPEN: state.is_locked,
        Action.FLAG: not state.is_flagged,
        Action.UNFLAG: state.is_flagged,
        Action.COMMENT: True,
    }.get(action, not state.is_locked)


@pytest.mark.requirement("R-025")
@pytest.mark.parametrize("is_flagged", [False, True], ids=["plain", "flagged"])
@pytest.mark.parametrize("action", MOVES, ids=lambda action: action.value)
@pytest.mark.parametrize("name", STATES)
def test_every_move_is_allowed_or_refused_by_the_status(name, action, is_flagged) -> None:
    state = replace(STATES[name], is_flagged=is_flagged, comment="看过")
    if not is_allowed(action, state):
        with pytest.raises(IllegalMove):
            MOVES[action](state)
        return
    after = MOVES[action](state)
    # what a move is not about stays, and the project takes the change
    if action not in (Action.FLAG, Action.UNFLAG):
        assert after.is_flagged is is_flagged
    if action is not Action.COMMENT:
        assert after.comment == "看过"
    if action not in ALLOWED_WHEN_OPEN | {Action.REOPEN}:
        assert (after.status, after.terms, after.reviewer) == (
            state.status,
            state.terms,
            state.reviewer,
        )
    review.check_change(state, Change(Target.PHRASE, 7, action, after))


@pytest.mark.requirement("R-024")
def test_accepting_takes_the_proposal_and_says_who_and_when() -> None:
    after = review.accepted(row(), "李", WHEN)
    assert after == ReviewState(
        ReviewStatus.ACCEPTED,
        (ITCH,),
        Source.MODEL,
        reviewer="李",
        decided_at="2026-03-04T08:05:06+00:00",
    )


def test_accepting_takes_the_draft_where_there_is_one() -> None:
    after = review.accepted(row(STATES["draft"]), "李", WHEN)
    assert (after.status, after.terms, after.source) == (
        ReviewStatus.CHANGED,
        (RASH,),
        Source.MANUAL,
    )


def test_a_draft_that_equals_the_proposal_is_accepted_as_proposed() -> None:
    draft = ReviewState(terms=(RASH, OTHER_LLT), source=Source.MANUAL)
    after = review.accepted(row(draft, proposed=(ITCH, RASH)), "李", WHEN)
    assert (after.status, after.source) == (ReviewStatus.ACCEPTED, Source.MODEL)


@pytest.mark.parametrize("state", [ReviewState(), ReviewState(source=Source.MANUAL)])
def test_nothing_cannot_be_accepted(state) -> None:
    with pytest.raises(IllegalMove):
        review.accepted(row(state, proposed=() if not state.is_draft else (ITCH,)), "李", WHEN)
    with pytest.raises(IllegalMove):
        review.chosen(row(), [], Source.MANUAL, "李", WHEN)


@pytest.mark.parametrize(
    ("terms", "status", "source"),
    [
        ([ITCH], ReviewStatus.ACCEPTED, Source.MODEL),
        ([OTHER_LLT], ReviewStatus.ACCEPTED, Source.MODEL),
        ([RASH], ReviewStatus.CHANGED, Source.LEXICAL),
        ([ITCH, RASH], ReviewStatus.CHANGED, Source.LEXICAL),
    ],
)
def test_choosing_what_was_proposed_is_accepting(terms, status, source) -> None:
    after = review.chosen(row(), terms, Source.LEXICAL, "李", WHEN)
    assert (after.status, after.source, after.terms) == (status, source, tuple(terms))


def test_choosing_where_nothing_was_proposed_is_a_change() -> None:
    after = review.chosen(row(proposed=()), [RASH], Source.MANUAL, "李", WHEN)
    assert after.status is ReviewStatus.CHANGED


def test_a_pt_is_chosen_once_however_often_it_is_given() -> None:
    after = review.chosen(row(), [RASH, ITCH, OTHER_LLT, RASH], Source.MANUAL, "李", WHEN)
    assert after.terms == (RASH, ITCH)


def test_toggling_begins_with_the_proposal_and_may_end_with_an_empty_draft() -> None:
    with_both = review.toggled(row(), RASH)
    assert with_both.terms == (ITCH, RASH)
    with_one = review.toggled(row(with_both), OTHER_LLT)
    assert with_one.terms == (RASH,)
    empty = review.toggled(row(with_one), RASH)
    assert empty.is_draft
    assert review.current_terms(row(empty)) == ()
    assert review.toggled(row(empty), ITCH).terms == (ITCH,)


def test_reopening_keeps_the_terms_as_a_draft() -> None:
    state = review.reopened(STATES["changed"])
    assert state.is_draft
    assert (state.terms, state.reviewer, state.decided_at) == ((RASH,), "", "")
    back_to_proposal = review.reopened(STATES["no term"])
    assert back_to_proposal == ReviewState()


@pytest.mark.requirement("R-025")
@pytest.mark.parametrize(
    ("before", "change", "fits"),
    [
        (None, review.excepted(3, STATES["changed"]), True),
        (None, review.excepted(3, ReviewState()), True),
        (ReviewState(), review.excepted(3, STATES["changed"]), False),
        (ReviewState(), review.unexcepted(3), True),
        (STATES["changed"], review.unexcepted(3), True),
        (None, review.unexcepted(3), False),
        (None, Change(Target.ITEM, 3, Action.FLAG, ReviewState(is_flagged=True)), False),
        (None, Change(Target.PHRASE, 3, Action.EXCEPT, STATES["changed"]), False),
        (ReviewState(), Change(Target.PHRASE, 3, Action.UNEXCEPT, ReviewState()), False),
        (ReviewState(), Change(Target.PHRASE, 3, Action.UNDO, ReviewState()), False),
        (ReviewState(), Change(Target.PHRASE, 3, Action.PURGE, ReviewState()), False),
        # made from a state that is no longer the present one
        (STATES["accepted"], Change(Target.PHRASE, 3, Action.COMMENT, ReviewState()), False),
        (STATES["accepted"], Change(Target.PHRASE, 3, Action.FLAG, ReviewState()), False),
        (ReviewState(), Change(Target.PHRASE, 3, Action.ACCEPT, STATES["no term"]), False),
        (
            ReviewState(comment="新"),
            Change(Target.PHRASE, 3, Action.ACCEPT, STATES["accepted"]),
            False,
        ),
    ],
)
def test_a_change_must_fit_what_holds(before, change, fits) -> None:
    if fits:
        review.check_change(before, change)
    else:
        with pytest.raises(IllegalMove):
            review.check_change(before, change)


def kinds(found):
    return [warning.kind for warning in found]


def test_a_phrase_coded_differently_before_is_warned_of() -> None:
    assert review.warnings_of(row()) == ()
    assert review.warnings_of(row(), [OTHER_LLT]) == ()
    (warning,) = review.warnings_of(row(), [RASH])
    assert warning.kind is WarningKind.CODED_DIFFERENTLY
    assert "虚构疹" in warning.text.text()
    (warning,) = review.warnings_of(row(), [])
    assert "no suitable term" in warning.text.text()
    assert review.warnings_of(row(proposed=()), [RASH]) == ()
    assert kinds(review.warnings_of(row(STATES["no term"]), [RASH])) == [
        WarningKind.CODED_DIFFERENTLY
    ]


def test_terms_that_are_not_current_or_of_one_family_are_warned_of() -> None:
    old = replace(PAIN, is_current=False)
    found = review.warnings_of(row(proposed=(ITCH, old, RASH)))
    assert kinds(found) == [WarningKind.NOT_CURRENT, WarningKind.SAME_FAMILY]
    assert "虚构旧痛" in found[0].text.text()
    assert found[1].terms == (ITCH, RASH)
    no_hlt = [replace(term, hlt_code="") for term in (ITCH, RASH)]
    assert review.warnings_of(row(proposed=tuple(no_hlt))) == ()


@pytest.mark.parametrize(
    ("told", "is_doubtful"),
    [
        ({"band": Band.CERTAIN}, False),
        ({"band": Band.DOUBTFUL}, True),
        ({"band": Band.NOT_FOUND}, True),
        ({"band": None}, False),
        ({"band": Band.DOUBTFUL, "kind": PieceKind.NEGATED}, False),
        ({"band": Band.DOUBTFUL, "state": STATES["accepted"]}, False),
        ({"band": Band.DOUBTFUL, "state": STATES["draft"]}, True),
        ({"band": Band.CERTAIN, "state": ReviewState(is_flagged=True)}, True),
        ({"state": replace(STATES["accepted"], is_flagged=True)}, True),
    ],
)
def test_the_queue_holds_what_is_open_and_uncertain_and_what_is_flagged(told, is_doubtful) -> None:
    assert review.is_doubtful(row(**told)) is is_doubtful
