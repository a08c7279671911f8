"""The dictionary over the graph: the tree along is-a, the way to a concept, and its card."""

from pathlib import Path

import pytest

from m2m_desktop.core.errors import BadRequest
from m2m_desktop.core.records import TermLevel
from m2m_desktop.core.terminology import Terminology
from m2m_desktop.services.dictionary.browsing import TermRow, children, open_route, roots
from m2m_desktop.services.dictionary.cards import term_card
from m2m_desktop.services.snomed.files import find_rf2
from m2m_desktop.services.snomed.load import load_rf2
from tests.toy.rf2 import (
    TOYS,
    Toy,
    concept_id,
    description_id,
    edition_tables,
    write_edition,
    write_tables,
)

PT, LLT, SOC, HLT = TermLevel.PT, TermLevel.LLT, TermLevel.SOC, TermLevel.HLT
ONE, TWO, THREE, FOUR, FIVE, SIX, SEVEN = map(concept_id, range(1, 8))


def load(folder: Path) -> Terminology:
    sources = find_rf2(folder)
    assert sources is not None
    return load_rf2(sources, sources.hashes()).terminology


@pytest.fixture(scope="module")
def terminology(tmp_path_factory: pytest.TempPathFactory) -> Terminology:
    return load(write_edition(tmp_path_factory.mktemp("edition")))


def seen(rows: tuple[TermRow, ...]) -> list[tuple[str, int, bool]]:
    return [(row.code, row.child_count, row.is_primary) for row in rows]


def test_the_tree_begins_at_the_hierarchies(terminology: Terminology) -> None:
    found = roots(terminology)
    assert [row.level for row in found] == [SOC, SOC]
    assert seen(found) == [(ONE, 2, True), (SEVEN, 1, True)]


def test_below_a_concept_is_what_is_a_kind_of_it(terminology: Terminology) -> None:
    below = children(terminology, [ONE])
    assert {row.level for row in below} == {PT}
    assert seen(below) == [(FOUR, 2, True), (TWO, 1, True)]  # by name: Oskern …, Trastorno …
    assert seen(children(terminology, [ONE, FOUR])) == [(SIX, 0, True), (FIVE, 0, True)]
    assert children(terminology, [ONE, FOUR, SIX]) == ()


def test_a_concept_stands_below_each_of_its_parents(terminology: Terminology) -> None:
    near = children(terminology, [ONE, FOUR])
    far = children(terminology, [ONE, TWO, THREE])
    assert (FIVE, 0, True) in seen(near)
    assert seen(far) == [(FIVE, 0, False)]


@pytest.mark.parametrize(
    "route", [[], [TWO], [ONE, FIVE], [ONE, "999"], [concept_id(0)], [description_id(553)]]
)
def test_a_route_that_leads_nowhere_is_refused(terminology: Terminology, route: list[str]) -> None:
    with pytest.raises(BadRequest):
        children(terminology, route)


def test_a_concept_is_opened_where_its_primary_parents_lead(terminology: Terminology) -> None:
    opened = open_route(terminology, PT, FIVE)
    assert opened.route == (ONE, FOUR, FIVE)
    assert [step.route for step in opened.steps] == [
        (), (ONE,), (ONE, FOUR), (ONE, FOUR, FIVE),
    ]  # fmt: skip
    for step in opened.steps:
        wanted = children(terminology, step.route) if step.route else roots(terminology)
        assert step.terms == wanted


def test_a_way_over_another_concept_can_be_asked_for(terminology: Terminology) -> None:
    assert open_route(terminology, PT, FIVE, hlt=THREE).route == (ONE, TWO, THREE, FIVE)
    assert open_route(terminology, PT, FIVE, soc=ONE, hlt=THREE).route == (ONE, TWO, THREE, FIVE)
    assert open_route(terminology, PT, FIVE, hlt=FIVE).route == (ONE, FOUR, FIVE)
    for soc, hlt in ((SEVEN, ""), ("", SIX), (ONE, SEVEN)):
        with pytest.raises(BadRequest):
            open_route(terminology, PT, FIVE, soc=soc, hlt=hlt)


def test_what_the_tree_shows_can_be_opened_again_from_there(terminology: Terminology) -> None:
    """The window names a place by the first and the third step of its route."""
    waiting = [(row.code,) for row in roots(terminology)]
    count = 0
    while waiting:
        route = waiting.pop()
        soc, _second, third = (*route, "", "")[:3]
        opened = open_route(terminology, PT, route[-1], soc=soc, hlt=third)
        assert opened.route == route
        waiting += [(*route, row.code) for row in children(terminology, route)]
        count += 1
    assert count == 9  # eight concepts, one of them at two places


def test_a_description_and_a_stand_in_open_at_their_concept(terminology: Terminology) -> None:
    assert open_route(terminology, LLT, description_id(553)).route == (ONE, FOUR, FIVE)
    assert open_route(terminology, LLT, concept_id(9)).route == (ONE, FOUR, FIVE)
    assert open_route(terminology, HLT, THREE).route == (ONE, TWO, THREE)
    assert open_route(terminology, SOC, ONE).route == (ONE,)
    with pytest.raises(BadRequest):
        open_route(terminology, PT, concept_id(10))


def test_a_card_names_what_a_concept_is_a_kind_of(terminology: Terminology) -> None:
    card = term_card(terminology, PT, FIVE)
    assert [row.code for row in card.parents] == [FOUR, THREE]
    assert card.names == (("Spanish", "Fiebre de vántrel"), ("English", "Vantrel fever"))
    assert [row.name for row in card.children if row.is_current] == [
        "Fiebre de vántrel", "Fiebre de vántrel (disorder)", "Pirexia vantrélica",
        "Vantrel fever", "Vantrel fever (disorder)",
    ]  # fmt: skip
    assert card.child_total == 7
    assert [(path.hlt.code, path.is_primary) for path in card.paths] == [
        (FIVE, True), (THREE, False),
    ]  # fmt: skip
    above = term_card(terminology, SOC, ONE)
    assert [row.code for row in above.children] == [FOUR, TWO]
    assert above.parents == ()


def test_a_deep_graph_with_many_ways_is_opened_at_once(tmp_path: Path) -> None:
    """Two concepts at each of thirty steps, each below both of the step before: 2^30 ways."""
    toys = [TOYS[0], Toy(1, "finding", ("Zorblax 1",), ()), Toy(2, "finding", ("Zorblax 2",), ())]
    for number in range(3, 61):
        step = (number - 1) // 2
        toys.append(Toy(number, "finding", (f"Zorblax {number}",), (), (step * 2 - 1, step * 2)))
    deep = load(write_tables(tmp_path, edition_tables(toys, spanish=False)))
    lowest = concept_id(60)
    assert len(open_route(deep, PT, lowest).route) == 30
    opened = open_route(deep, PT, lowest, soc=concept_id(2), hlt=concept_id(6))
    assert opened.route[0] == concept_id(2)
    assert opened.route[2] == concept_id(6)
    assert len(deep.paths(lowest)) <= 2
