"""Records of review go to JSON and come back the same; other things are refused."""

import json
from dataclasses import fields

import pytest
from hypothesis import given
from hypothesis import strategies as st

from m2m_desktop.core.pieces import PieceKind
from m2m_desktop.core.records import Band, Run, Source
from m2m_desktop.core.review import (
    Action,
    Change,
    CodedTerm,
    PhraseRow,
    ReviewState,
    ReviewStatus,
    Target,
)
from m2m_desktop.services.project import wire
from m2m_desktop.services.project.project import Project
from m2m_desktop.services.wire import run_to_json
from tests.services.project.toy_project import RUN, START, answer, candidate, create, decide

TEXT = st.text(max_size=5)
TERMS = st.builds(
    CodedTerm,
    **{
        field.name: TEXT
        for field in fields(CodedTerm)
        if field.name not in ("probability", "is_current")
    },
    probability=st.none() | st.floats(0, 1),
    is_current=st.booleans(),
)
STATES = st.builds(
    ReviewState,
    status=st.sampled_from(ReviewStatus),
    terms=st.lists(TERMS, max_size=3).map(tuple),
    source=st.sampled_from(Source),
    is_flagged=st.booleans(),
    comment=TEXT,
    reviewer=TEXT,
    decided_at=TEXT,
)
CHANGES = st.builds(
    Change,
    target=st.sampled_from(Target),
    target_id=st.integers(0, 2**40),
    action=st.sampled_from(Action),
    after=STATES,
    clears=st.booleans(),
)
ROWS = st.builds(
    PhraseRow,
    phrase_id=st.integers(1, 99),
    text=TEXT,
    kind=st.sampled_from(PieceKind),
    item_count=st.integers(0, 9),
    report_count=st.integers(0, 9),
    band=st.none() | st.sampled_from(Band),
    source=st.sampled_from(Source),
    proposed=st.lists(TERMS, max_size=3).map(tuple),
    probability=st.none() | st.floats(0, 1),
    state=STATES,
    exception_count=st.integers(0, 9),
)


@given(TERMS, STATES, CHANGES, ROWS)
def test_records_come_back_as_they_went(term, state, change, row) -> None:
    for record, to_json, from_json in (
        (term, wire.term_to_json, wire.term_from_json),
        (state, wire.state_to_json, wire.state_from_json),
        (change, wire.change_to_json, wire.change_from_json),
        (row, wire.row_to_json, wire.row_from_json),
    ):
        assert from_json(json.loads(json.dumps(to_json(record)))) == record


def test_the_empty_state_is_an_empty_object() -> None:
    assert wire.state_to_json(ReviewState()) == {}


@pytest.mark.parametrize(
    "told",
    [
        None,
        [],
        {"status": "approved"},
        {"status": 1},
        {"terms": {}},
        {"terms": ["x"]},
        {"terms": [{"pt_code": 10000001}]},
        {"terms": [{"pt_code": "1", "probability": "0.5"}]},
        {"terms": [{"pt_code": "1", "probability": True}]},
        {"terms": [{"pt_code": "1", "is_current": 1}]},
        {"source": "oracle"},
        {"is_flagged": 1},
        {"comment": None},
    ],
)
def test_what_is_no_state_is_refused(told) -> None:
    with pytest.raises(ValueError, match=r"."):
        wire.state_from_json(told)


def test_a_run_comes_back_and_later_fields_are_passed_over() -> None:
    run = wire.run_from_json({**RUN, "of_a_later_version": 1})
    assert isinstance(run, Run)
    assert {**run_to_json(run)}.items() >= RUN.items()
    assert wire.run_from_json(json.loads(json.dumps(run_to_json(run)))) == run
    with pytest.raises(ValueError, match="run"):
        wire.run_from_json({"model_id": "m"})


def test_a_candidate_becomes_a_term_with_its_primary_path() -> None:
    term = wire.term_of_candidate(candidate(7, 2), is_current=False)
    assert (term.pt_code, term.llt_code, term.hlt_name) == ("10007002", "20007002", "虚构高位7")
    assert (term.soc_name, term.probability, term.is_current) == ("虚构系统", 0.45, False)
    bare = {"candidate_pt_code": "1", "candidate_pt_name": "a", "prob_1": None, "paths": []}
    assert wire.term_of_candidate(bare) == CodedTerm("1", "a")


def test_the_proposal_is_the_selected_set_in_its_order() -> None:
    terms = wire.proposed_terms(answer(3, selected=(5, 1)))
    assert [term.pt_code for term in terms] == ["10003005", "10003001"]


def test_figures_and_places_are_plain_json(tmp_path) -> None:
    with Project.open(create(tmp_path / "p.m2mp")) as project:
        project.store_answers(RUN, [(1, answer(1))])
        decide(project, 1)
        told = {
            "info": wire.info_to_json(project.info),
            "items": [wire.item_to_json(item) for item in project.items(1)],
            "found": wire.verification_to_json(project.verify()),
        }
    back = json.loads(json.dumps(told))
    assert back["info"]["counts"] == {"rows": 12, "kept": 10}
    assert back["info"]["run"]["model_id"] == "m"
    assert back["items"][0]["state"] is None
    assert back["found"]["is_sound"] is True
    assert START.isoformat().startswith(back["info"]["created_at"][:19])
