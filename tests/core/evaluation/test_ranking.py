"""Ranked lists: by hand, and against the definitions."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from m2m_desktop.core.evaluation.ranking import hit_rates, ranking_tally

NAMES = ("accuracy", "recall", "precision", "ndcg", "mrr", "map")
CASES = st.lists(
    st.tuples(
        st.lists(st.sampled_from("ABCDEFG"), unique=True),
        st.frozensets(st.sampled_from("ABCDEFG"), min_size=1),
    ),
    max_size=6,
)


def test_one_list_by_hand():
    values = ranking_tally([list("XAYB")], [frozenset("AB")], (1, 2, 4, 10)).values()

    assert values["mrr"] == 0.5
    assert [values[f"accuracy_at_{k}"] for k in (1, 2, 4, 10)] == [0, 1, 1, 1]
    assert [values[f"mrr_at_{k}"] for k in (1, 2)] == [0, 0.5]
    assert [values[f"recall_at_{k}"] for k in (1, 2, 4, 10)] == [0, 0.5, 1, 1]
    assert values["precision_at_10"] == 0.2
    assert values["map_at_10"] == pytest.approx((1 / 2 + 2 / 4) / 2)
    gain, ideal = 1 / math.log2(3) + 1 / math.log2(5), 1 + 1 / math.log2(3)
    assert values["ndcg_at_10"] == pytest.approx(gain / ideal)


def test_the_right_order_scores_one_even_where_k_has_no_room_for_all():
    values = ranking_tally([list("ABC")], [frozenset("ABC")], (1, 2)).values()

    assert {values[f"{name}_at_2"] for name in ("accuracy", "ndcg", "mrr", "map")} == {1}
    assert values["recall_at_2"] == pytest.approx(2 / 3)


def test_nothing_found_scores_nothing():
    assert set(ranking_tally([[], list("X")], [frozenset("A")] * 2, (1, 5)).values().values()) == {
        0
    }
    assert set(ranking_tally([], [], (1,)).values().values()) == {0}


def test_a_hit_is_any_gold_term_among_the_first_k():
    orders = [["皮疹", "瘙痒", "荨麻疹"], ["恶心", "呕吐"], []]
    gold = [{"瘙痒"}, {"恶心", "呕吐"}, {"腹泻"}]

    assert hit_rates(orders, gold, (1, 2, 100)) == pytest.approx({1: 1 / 3, 2: 2 / 3, 100: 2 / 3})
    assert hit_rates([[7, 3]], [{3}], (1, 2)) == {1: 0, 2: 1}
    assert hit_rates([], [], (1,)) == {1: 0}
    with pytest.raises(ValueError, match="zip"):
        hit_rates(orders, gold[:1], (1,))


@given(CASES, st.integers(1, 9))
def test_figures_are_those_of_the_definitions(cases, k):
    values = ranking_tally(
        [order for order, _ in cases], [gold for _, gold in cases], (k,)
    ).values()
    single = [_naive(order, gold, k) for order, gold in cases]

    for place, name in enumerate(NAMES):
        expected = sum(one[place] for one in single) / len(single) if single else 0
        assert values[f"{name}_at_{k}"] == pytest.approx(expected, abs=1e-12), name


@given(CASES)
def test_going_deeper_never_lowers_what_is_found(cases):
    depths = (1, 2, 3, 5, 8)
    values = ranking_tally(
        [order for order, _ in cases], [gold for _, gold in cases], depths
    ).values()

    for name in ("accuracy", "recall", "mrr"):
        found = [values[f"{name}_at_{k}"] for k in depths]
        assert found == sorted(found)


def _naive(order, gold, k):
    found = [code in gold for code in order[:k]]
    first = next((1 / (place + 1) for place, hit in enumerate(found) if hit), 0)
    gain = sum(1 / math.log2(place + 2) for place, hit in enumerate(found) if hit)
    ideal = sum(1 / math.log2(place + 2) for place in range(min(len(gold), k)))
    precise = sum(sum(found[: place + 1]) / (place + 1) for place, hit in enumerate(found) if hit)
    return (
        any(found),
        sum(found) / len(gold),
        sum(found) / k,
        gain / ideal,
        first,
        precise / min(len(gold), k),
    )
