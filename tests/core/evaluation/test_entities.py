"""Entities found against gold ones: figures, categories of errors, confusion of types."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from m2m_desktop.core.evaluation.entities import (
    CollapseMap,
    Entity,
    TaggedDocument,
    entity_tally,
    kinds_of,
    macro_f1,
    without_doubles,
)
from m2m_desktop.core.evaluation.entity_errors import (
    Finding,
    align,
    confidence_reliability,
    count_findings,
    type_confusion,
)


def entity(start, end, kind="症状", confidence=None):
    return Entity(((start, end),), kind, confidence)


def document(gold, found):
    return TaggedDocument("d", without_doubles(gold), without_doubles(found))


MIXED = document(
    [entity(0, 2), entity(4, 8), entity(10, 12), entity(14, 16), entity(20, 22)],
    [
        entity(0, 2, confidence=0.95),  # right
        entity(4, 6, confidence=0.55),  # boundary
        entity(10, 12, "药物", 0.75),  # type
        entity(13, 16, "药物", 0.15),  # both
        entity(30, 32, confidence=0.35),  # spurious; 20-22 is missing
    ],
)
PLACES = st.tuples(st.integers(0, 12), st.integers(1, 4), st.sampled_from(["症状", "药物"]))
SIDE = st.lists(PLACES.map(lambda one: entity(one[0], one[0] + one[1], one[2])), max_size=7)


def test_strict_relaxed_and_place_by_hand():
    values = entity_tally([MIXED]).values()

    assert values["strict_f1"] == pytest.approx(2 * 1 / 10)
    assert values["relaxed_f1"] == pytest.approx(2 * 2 / 10)
    assert values["place_f1"] == pytest.approx(2 * 2 / 10)
    assert values["strict/症状/precision"] == pytest.approx(1 / 3)
    assert values["strict/症状/recall"] == pytest.approx(1 / 5)
    assert values["strict/药物/f1"] == 0
    assert macro_f1(values, kinds_of([MIXED])) == pytest.approx((2 * 1 / 8) / 2)


def test_each_kind_of_error_is_named():
    assert set(count_findings(align(MIXED)).values()) == {1}
    assert {one.finding: one.kind for one in align(MIXED)}[Finding.SPURIOUS] == "症状"


def test_types_taken_for_one_another_are_counted():
    assert type_confusion(align(MIXED)) == {
        ("", "症状"): 1,
        ("症状", ""): 1,
        ("症状", "症状"): 2,
        ("症状", "药物"): 2,
    }


def test_one_long_entity_is_not_right_twice():
    twice = document([entity(0, 2), entity(3, 5)], [entity(0, 5)])

    assert entity_tally([twice]).values()["relaxed_f1"] == pytest.approx(2 / 3)


def test_the_same_place_goes_before_a_longer_entity_around_it():
    gold, found = [entity(2, 4), entity(6, 8)], [entity(0, 10), entity(2, 4)]

    assert entity_tally([document(gold, found)]).values()["relaxed_f1"] == 1


def test_pieces_of_a_discontinuous_entity_overlap_where_they_are():
    pieces = Entity(((0, 2), (8, 10)), "症状")

    assert pieces.overlap(entity(3, 7)) == 0
    assert pieces.overlap(entity(1, 9)) == 2
    assert entity_tally([document([pieces], [entity(0, 10)])]).values()["strict_f1"] == 0
    assert entity_tally([document([pieces], [entity(0, 10)])]).values()["relaxed_f1"] == 1


def test_an_entity_counts_once_with_its_best_confidence():
    [one] = without_doubles([entity(0, 2, confidence=0.2), entity(0, 2, confidence=0.7)])

    assert one.confidence == 0.7


def test_confidence_is_set_against_what_is_right():
    found = confidence_reliability(align(MIXED))

    assert [one.count for one in found.bins] == [0, 1, 0, 1, 0, 1, 0, 1, 0, 1]
    assert found.bins[9].observed.value == 1
    assert found.expected_error == pytest.approx((0.15 + 0.35 + 0.55 + 0.75 + 0.05) / 5)
    assert found.largest_error == pytest.approx(0.75)
    assert confidence_reliability(align(document([entity(0, 1)], [entity(0, 1)]))) is None


def test_types_are_collapsed_left_out_or_kept():
    collapse = CollapseMap({"Sign_symptom": "Disease", "Age": ""})
    before = document(
        [entity(0, 2, "Sign_symptom"), entity(0, 2, "Disease"), entity(5, 6, "Age")],
        [entity(0, 2, "Disease"), entity(8, 9, "Dosage")],
    )
    [after] = collapse.apply([before])

    assert [one.kind for one in after.gold] == ["Disease"]
    assert [one.kind for one in after.found] == ["Disease", "Dosage"]
    [strict] = CollapseMap(collapse.names, rest="").apply([before])
    assert [one.kind for one in strict.found] == []


@given(SIDE, SIDE)
def test_every_entity_is_aligned_exactly_once(gold, found):
    doc = document(gold, found)
    aligned = align(doc)

    assert sorted(one.gold.key for one in aligned if one.gold) == [one.key for one in doc.gold]
    assert sorted(one.found.key for one in aligned if one.found) == [one.key for one in doc.found]
    right = count_findings(aligned)[Finding.RIGHT]
    assert right == len({one.key for one in doc.gold} & {one.key for one in doc.found})


@given(st.lists(st.tuples(SIDE, SIDE), max_size=4))
def test_relaxed_is_never_below_strict_and_types_add_up(sides):
    documents = [document(*pair) for pair in sides]
    tally = entity_tally(documents)
    values = tally.values()

    assert values["relaxed_f1"] >= values["strict_f1"]
    assert (
        values["place_f1"] >= values["strict_f1"] - 0.34
    )  # a place marked twice counts once there
    totals = dict(zip(tally.names, tally.hits.sum(axis=0), strict=True))
    for how in ("strict", "relaxed"):
        parts = sum(totals[f"{how}/{kind}/precision"] for kind in kinds_of(documents))
        assert parts == totals[f"{how}_precision"]


@given(SIDE)
def test_what_is_found_as_it_was_marked_is_all_right(side):
    values = entity_tally([document(side, side)]).values()

    assert set(values.values()) <= ({1.0} if side else {0.0})
