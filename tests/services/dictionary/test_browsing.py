"""The tree: what lies below a place, and the way to a term, against the rows of the toy release."""

import pytest

from m2m_desktop.core.errors import BadRequest
from m2m_desktop.core.records import TermLevel
from m2m_desktop.services.dictionary.browsing import TermRow, children, open_route, roots
from m2m_desktop.services.meddra import load_release
from m2m_desktop.services.release_files import ReleaseSources
from tests.toy.release import MULTI_AXIAL_PT, NOT_CURRENT_LLT, render_all, toy_files, toy_tables

TABLES = toy_tables()
PT, LLT = TermLevel.PT, TermLevel.LLT
SHARED_HLT = "90000031"


def opened(files):
    return load_release(ReleaseSources("toy", "toy", files)).terminology


@pytest.fixture(scope="module")
def terminology():
    return opened(toy_files())


@pytest.fixture(scope="module")
def crossed():
    """A release in which one HLT stands below two HLGTs, in two SOCs.

    Four PTs have their primary path through it in one, and six a secondary path in the other.
    """
    tables = toy_tables()
    hlt, hlgt, soc = tables["hlt.asc"][0], tables["hlgt.asc"][7], tables["soc.asc"][3]
    for number in (0, 1, 2, 4, 5, 6):
        pt = tables["pt.asc"][number]
        names = [pt[1], hlt[1], hlgt[1], soc[1], soc[2]]
        tables["mdhier.asc"].append([pt[0], hlt[0], hlgt[0], soc[0], *names, "", pt[3], "N"])
        if number:
            tables["hlt_pt.asc"].append([hlt[0], pt[0]])
    tables["hlgt_hlt.asc"].append([hlgt[0], hlt[0]])
    return opened(render_all(tables))


def places(terminology, route=(), *, shows_old):
    """Every place below a route, by walking down: route and row."""
    below = children(terminology, route, shows_old=shows_old) if route else roots(terminology)
    for row in below:
        place = (*route, row.code)
        yield place, row
        if row.level is not LLT:
            yield from places(terminology, place, shows_old=shows_old)


def test_the_socs_come_in_the_international_order(terminology):
    assert [row.code for row in roots(terminology)] == [row[1] for row in TABLES["intl_ord.asc"]]
    assert all(row.level is TermLevel.SOC and row.is_primary for row in roots(terminology))


@pytest.mark.parametrize("shows_old", [False, True])
def test_walking_down_meets_every_place_of_every_term_and_counts_what_is_shown(
    terminology, shows_old
):
    met = dict(places(terminology, shows_old=shows_old))
    llts = {
        (soc, hlgt, hlt, pt, row[0])
        for pt, hlt, hlgt, soc in (path[:4] for path in TABLES["mdhier.asc"])
        for row in TABLES["llt.asc"]
        if row[2] == pt and (shows_old or row[9] == "Y")
    }
    assert {place for place in met if len(place) == 5} == llts
    for place, row in met.items():
        assert row.child_count == sum(other[:-1] == place for other in met)
        assert row.level == len(place) - 1


def test_a_place_is_primary_where_it_is_on_the_primary_path_of_its_pt(terminology):
    flags = {(r[3], r[2], r[1], r[0]): r[11] == "Y" for r in TABLES["mdhier.asc"]}
    for place, row in places(terminology, shows_old=True):
        expected = flags[place[:4]] if row.level >= PT else True
        assert row.is_primary is expected, place
    assert list(flags.values()).count(False) == 1  # which the toy release has for this


def test_an_llt_that_is_not_current_is_shown_where_it_is_wanted(terminology):
    route = open_route(terminology, LLT, NOT_CURRENT_LLT).route[:4]
    assert NOT_CURRENT_LLT not in {row.code for row in children(terminology, route)}
    shown = {row.code: row for row in children(terminology, route, shows_old=True)}
    assert not shown[NOT_CURRENT_LLT].is_current


@pytest.mark.parametrize("level", list(TermLevel))
@pytest.mark.parametrize("shows_old", [False, True])
def test_the_steps_of_a_route_are_what_lies_below_each_place_on_it(terminology, level, shows_old):
    for code in (row[0] for row in TABLES[f"{level.name.lower()}.asc"]):
        opened_at = open_route(terminology, level, code, shows_old=shows_old)
        assert opened_at.route[-1] == code
        assert len(opened_at.route) == level + 1
        assert opened_at.steps[0].terms == roots(terminology)
        routes = [step.route for step in opened_at.steps]
        assert routes == [opened_at.route[:n] for n in range(min(level + 1, 4) + 1)]
        for step, after in zip(opened_at.steps[1:], [*opened_at.route[1:], None], strict=False):
            told = children(terminology, step.route, shows_old=shows_old)
            if after is not None:
                assert after in {row.code for row in step.terms}
            assert [r for r in step.terms if r.is_current or shows_old] == list(told)


def test_a_pt_is_opened_on_its_primary_path_or_where_it_was_asked_for(terminology):
    paths = [row for row in TABLES["mdhier.asc"] if row[0] == MULTI_AXIAL_PT]
    for pt, hlt, hlgt, soc, *rest in paths:
        place = (soc, hlgt, hlt, pt)
        if rest[-1] == "Y":
            assert open_route(terminology, PT, pt).route == place
            assert open_route(terminology, LLT, pt).route == (*place, pt)
        assert open_route(terminology, PT, pt, soc=soc).route == place
        assert open_route(terminology, PT, pt, hlt=hlt).route == place
        last = open_route(terminology, PT, pt, soc=soc).steps[-1]
        assert {row.is_primary for row in last.terms} == {rest[-1] == "Y"}
    assert len(paths) == 2


def test_an_llt_that_is_not_current_is_shown_on_the_way_to_it_alone(terminology):
    last = open_route(terminology, LLT, NOT_CURRENT_LLT).steps[-1]
    old = [row for row in last.terms if not row.is_current]
    assert [row.code for row in old] == [NOT_CURRENT_LLT]
    assert open_route(terminology, PT, last.route[-1]).steps[-1].terms == tuple(
        row for row in last.terms if row.is_current
    )


def test_a_group_is_opened_where_most_of_its_pts_are_primary(crossed):
    usual = ("90000001", "90000011", SHARED_HLT)
    other = ("90000004", "90000018", SHARED_HLT)
    assert open_route(crossed, TermLevel.HLT, SHARED_HLT).route == usual
    assert open_route(crossed, TermLevel.HLT, SHARED_HLT, soc="90000004").route == other
    assert open_route(crossed, TermLevel.HLGT, "90000018").route == other[:2]


def test_below_a_group_in_another_soc_every_pt_is_at_a_secondary_place(crossed):
    other = ("90000004", "90000018", SHARED_HLT)
    below = children(crossed, other)
    assert below
    assert not any(row.is_primary for row in below)
    usual = children(crossed, ("90000001", "90000011", SHARED_HLT))
    assert [row.code for row in usual if row.is_primary] == [
        row[0] for row in TABLES["mdhier.asc"] if row[1] == SHARED_HLT
    ]


@pytest.mark.parametrize(
    "route",
    [
        [],
        ["nonsense"],
        ["90000031"],
        ["90000001", "90000012"],
        ["90000001", "90000011", "90000031", "90000101", "90000101"],
    ],
)
def test_a_route_that_leads_nowhere_is_refused(terminology, route):
    with pytest.raises(BadRequest):
        children(terminology, route)


@pytest.mark.parametrize(
    ("level", "code", "soc"),
    [
        (PT, "90000999", ""),
        (PT, "90000101", "90000002"),
        (PT, "90000101", "nonsense"),
        (LLT, "", ""),
    ],
)
def test_a_place_that_is_not_there_is_refused(terminology, level, code, soc):
    with pytest.raises(BadRequest):
        open_route(terminology, level, code, soc=soc)


def test_a_row_says_what_a_list_shows(terminology):
    row = open_route(terminology, PT, "90000101", shows_old=True).steps[-2].terms[0]
    count = sum(llt[2] == "90000101" for llt in TABLES["llt.asc"])
    assert row == TermRow(PT, "90000101", TABLES["pt.asc"][0][1], "", True, count, True)
