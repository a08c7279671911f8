"""Answers as sets and as short lists: by hand, and against the published definitions."""

import math
from statistics import mean

import pytest
from hypothesis import given
from hypothesis import strategies as st

from m2m_desktop.core.evaluation.mentions import (
    EXACT_FIRST,
    EXAMPLE_FIRST,
    AnsweredMention,
    best_threshold,
    depth_tally,
    in_order,
    set_tally,
)

CODES = st.frozensets(st.sampled_from("ABCDE"))
SETS = st.lists(st.tuples(CODES, CODES), max_size=8)


def answered(gold, *scored, mention_id="m"):
    codes, scores = in_order(scored)
    return AnsweredMention(mention_id, "", frozenset(gold), codes, scores)


TWO = answered("AB", ("A", 0.9), ("C", 0.6), ("B", 0.4))
ONE = answered("D", ("E", 0.35), ("D", 0.35))


def test_candidates_come_best_first_and_equal_ones_as_they_stood():
    assert in_order([("A", 0.2), ("B", 0.5), ("C", math.nan), ("D", 0.5), ("B", 0.1)])[0] == (
        "B", "D", "A", "C",
    )  # fmt: skip


def test_all_that_reach_the_threshold_are_selected():
    assert TWO.selected(0.4) == {"A", "B", "C"}
    assert TWO.selected(0.41) == {"A", "C"}
    assert answered("A", ("A", math.nan)).selected(0.0) == frozenset()


def test_what_the_file_chose_needs_no_threshold():
    chosen = AnsweredMention("m", "", frozenset("A"), ("B", "A"), (0.9, 0.1), frozenset("A"))

    assert chosen.selected(None) == {"A"}
    assert chosen.selected(0.5) == {"B"}


def test_the_figures_of_two_mentions_by_hand():
    values = set_tally([TWO.selected(0.5), ONE.selected(0.3)], [TWO.gold, ONE.gold]).values()

    assert values == pytest.approx(
        {
            "exact_set_match": 0,
            "example_precision": (1 / 2 + 1 / 2) / 2,
            "example_recall": (1 / 2 + 1) / 2,
            "example_f1": (1 / 2 + 2 / 3) / 2,
            "micro_precision": 2 / 4,
            "micro_recall": 2 / 3,
            "micro_f1": 4 / 7,
            "cardinality_accuracy": 1 / 2,
        }
    )


def test_the_first_k_may_hold_all_gold_terms_or_any():
    values = depth_tally([TWO, ONE], (1, 2, 3)).values()

    assert values["top1_accuracy"] == 0.5
    assert [values[f"recall_at_{k}_all_gold"] for k in (1, 2, 3)] == [0, 0.5, 1]
    assert [values[f"recall_at_{k}_any_hit"] for k in (1, 2, 3)] == [0.5, 1, 1]


def test_a_mention_without_a_term_can_only_be_matched_exactly():
    """So the published reference has it: nothing right means an example F1 of 0."""
    values = set_tally([frozenset()], [frozenset()]).values()

    assert (values["exact_set_match"], values["cardinality_accuracy"]) == (1, 1)
    assert (values["example_f1"], values["micro_f1"]) == (0, 0)
    empty = depth_tally([answered("", ("A", 0.9))], (1,)).values()
    assert (empty["recall_at_1_all_gold"], empty["recall_at_1_any_hit"]) == (1, 0)


@given(SETS)
def test_set_figures_are_those_of_the_definitions(pairs):
    selected, gold = [ours for ours, _ in pairs], [theirs for _, theirs in pairs]
    values = set_tally(selected, gold).values()

    whole = [ours == theirs for ours, theirs in pairs]
    assert values["exact_set_match"] == pytest.approx(mean(whole) if whole else 0)
    micro = [values[f"micro_{name}"] for name in ("precision", "recall", "f1")]
    assert micro == pytest.approx(list(_example(_decisions(selected), _decisions(gold))), abs=1e-12)
    single = [_example(*pair) for pair in pairs] or [(0.0, 0.0, 0.0)]
    example = [values[f"example_{name}"] for name in ("precision", "recall", "f1")]
    assert example == pytest.approx(
        [mean(column) for column in zip(*single, strict=True)], abs=1e-12
    )


@given(st.lists(st.tuples(CODES, st.permutations("ABCDE")), max_size=6), st.integers(1, 9))
def test_depth_figures_are_those_of_the_definitions(cases, k):
    mentions = [AnsweredMention("", "", gold, tuple(order), (0.5,) * 5) for gold, order in cases]
    values = depth_tally(mentions, (k,)).values()

    some = [bool(one.gold & set(one.codes[:k])) for one in mentions]
    assert values[f"recall_at_{k}_any_hit"] == pytest.approx(mean(some) if some else 0)
    whole = [one.gold <= set(one.codes[:k]) for one in mentions]
    assert values[f"recall_at_{k}_all_gold"] == pytest.approx(mean(whole) if whole else 0)


def test_the_best_threshold_follows_the_rule():
    figures = {
        0.1: {"exact_set_match": 0.5, "example_f1": 0.6},
        0.2: {"exact_set_match": 0.5, "example_f1": 0.7},
        0.3: {"exact_set_match": 0.5, "example_f1": 0.7},
        0.4: {"exact_set_match": 0.4, "example_f1": 0.8},
    }

    assert best_threshold(figures, EXACT_FIRST) == 0.2
    assert best_threshold(figures, EXAMPLE_FIRST) == 0.4


def _decisions(sets):
    """Each term with the mention it belongs to: micro figures count these."""
    return {(number, code) for number, one in enumerate(sets) for code in one}


def _example(ours, theirs):
    right = len(ours & theirs)
    precision = right / len(ours) if ours else 0
    recall = right / len(theirs) if theirs else 0
    return precision, recall, 2 * precision * recall / (precision + recall) if right else 0
