import pytest

from m2m_desktop.services.engine_methods import Methods
from m2m_desktop.services.engine_requests import Params
from m2m_desktop.services.locations import default_locations


@pytest.fixture
def methods(demo_home):
    return Methods(default_locations())


def coded(methods, **more):
    params = {"mentions": [{"mention_id": "1", "text": "全身发痒起疹"}], "mode": "lexical", **more}
    (told,) = methods.code(Params(params), lambda _done, _total, _note="": None)
    return [one["candidate_pt_code"] for one in told["candidates"]], told["selected"]


def test_an_answer_has_as_many_candidates_as_are_wanted_the_first_ones(methods):
    every, _selected = coded(methods)
    assert len(every) > 20
    assert coded(methods, candidates=20)[0] == every[:20]


def test_a_shortened_answer_still_tells_how_many_candidates_there_were(methods):
    every, _selected = coded(methods)
    params = {"mentions": [{"mention_id": "1", "text": "全身发痒起疹"}], "mode": "lexical"}
    (told,) = methods.code(Params({**params, "candidates": 20}), lambda _d, _t, _n="": None)
    assert len(told["candidates"]) == 20
    assert told["candidate_count"] == len(every) > 20


def test_what_is_selected_is_there_however_few_are_wanted(methods):
    found, selected = coded(methods, mode="default", threshold=0.05, candidates=1)
    assert len(selected) > 1
    assert set(selected) <= set(found)
