"""The field's measures, worked out by hand."""

import pytest

from m2m_desktop.core.metrics import exact_set_match, hit_rate, micro_scores

ORDERS = [["皮疹", "瘙痒", "荨麻疹"], ["恶心", "呕吐"], []]
GOLD = [{"瘙痒"}, {"恶心", "呕吐"}, {"腹泻"}]


@pytest.mark.parametrize(("k", "rate"), [(0, 0), (1, 1 / 3), (2, 2 / 3), (100, 2 / 3)])
def test_a_hit_is_any_gold_term_among_the_first_k(k: int, rate: float) -> None:
    assert hit_rate(ORDERS, GOLD, k) == pytest.approx(rate)


def test_a_set_matches_only_whole() -> None:
    assert exact_set_match([["瘙痒"], ["恶心"], []], GOLD) == pytest.approx(1 / 3)
    assert exact_set_match([["呕吐", "恶心"], []], [["恶心", "呕吐"], []]) == 1


def test_micro_scores_count_decisions_not_mentions() -> None:
    precision, recall, f1 = micro_scores([["瘙痒", "皮疹"], ["恶心"], []], GOLD)

    assert (precision, recall) == (pytest.approx(2 / 3), pytest.approx(2 / 4))
    assert f1 == pytest.approx(2 * precision * recall / (precision + recall))


def test_nothing_to_measure_gives_nothing() -> None:
    assert hit_rate([], [], 1) == 0
    assert exact_set_match([], []) == 0
    assert micro_scores([], []) == micro_scores([[]], [[]]) == (0, 0, 0)


def test_lists_of_different_length_are_a_mistake() -> None:
    with pytest.raises(ValueError, match="zip"):
        hit_rate(ORDERS, GOLD[:1], 1)
