"""Our figures are those of the libraries that published figures are computed with.

Random inputs, most of them odd: ties, nothing found, nothing right, lists shorter than k, tags that
no model should give.
"""

import random

import numpy as np
import pytest

from m2m_desktop.core.evaluation.entities import (
    TaggedDocument,
    entity_tally,
    kinds_of,
    macro_f1,
    without_doubles,
)
from m2m_desktop.core.evaluation.linking import linking_tally
from m2m_desktop.core.evaluation.mentions import AnsweredMention, set_tally
from m2m_desktop.core.evaluation.pairs import ScoredPairs, pair_tally, roc_auc
from m2m_desktop.core.evaluation.ranking import ranking_tally
from m2m_desktop.core.evaluation.reliability import reliability
from m2m_desktop.core.evaluation.tags import entities_of, parse_tag

SEEDS = range(8)
CODES = [f"C{number:02}" for number in range(30)]
DEPTHS = (1, 3, 5, 10, 100)


def equal(value):
    return pytest.approx(value, rel=0, abs=1e-9)


def random_lists(seed, *, sorted_codes=False):
    """Orders with falling scores, and gold sets; some lists are empty, some hold no gold code."""
    dice = random.Random(seed)
    orders = [dice.sample(CODES, dice.choice((0, 1, 4, 12, 30))) for _ in range(40)]
    gold = [frozenset(dice.sample(CODES, dice.choice((1, 1, 2, 5)))) for _ in orders]
    return orders, gold


# -- scikit-learn ------------------------------------------------------------------------------


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("decimals", [1, 6])
def test_pairs_as_scikit_learn_has_them(seed, decimals):
    from sklearn import metrics

    dice = np.random.default_rng(seed)
    labels = dice.random(500) < 0.2
    scores = np.round(np.clip(dice.normal(0.3 + 0.3 * labels, 0.25), 0, 1), decimals)
    pairs = ScoredPairs(dice.integers(0, 60, 500), labels, scores)
    decided = pairs.decided(0.5)
    values = pair_tally(pairs, decided).values()
    three = metrics.precision_recall_fscore_support(labels, decided, average="binary")[:3]

    assert values["accuracy"] == equal(metrics.accuracy_score(labels, decided))
    assert [values[name] for name in ("precision", "recall", "f1")] == equal(list(three))
    assert roc_auc(labels, scores) == equal(metrics.roc_auc_score(labels, scores))
    times = dice.integers(0, 4, 500)
    assert roc_auc(labels, scores, times.astype(float)) == equal(
        metrics.roc_auc_score(labels, scores, sample_weight=times)
    )


@pytest.mark.parametrize("seed", SEEDS)
def test_sets_as_scikit_learn_has_them(seed):
    from sklearn import metrics

    dice = np.random.default_rng(seed)
    chosen, wanted = (dice.random((80, 6)) < share for share in (0.3, 0.2))
    sets = [[frozenset(map(str, np.flatnonzero(row))) for row in side] for side in (chosen, wanted)]
    values = set_tally(*sets).values()

    assert values["exact_set_match"] == equal(metrics.accuracy_score(wanted, chosen))
    for average, prefix in (("samples", "example"), ("micro", "micro")):
        three = metrics.precision_recall_fscore_support(
            wanted, chosen, average=average, zero_division=0
        )[:3]
        names = [f"{prefix}_{name}" for name in ("precision", "recall", "f1")]
        assert [values[name] for name in names] == equal(list(three))


@pytest.mark.parametrize("seed", SEEDS)
def test_orders_as_scikit_learn_has_them(seed):
    from sklearn import metrics

    dice = np.random.default_rng(seed)
    scores = dice.random((50, len(CODES)))
    gold = dice.random((50, len(CODES))) < 0.1
    gold[:, 0] |= ~gold.any(axis=1)
    orders = [[CODES[place] for place in np.argsort(-row)] for row in scores]
    wanted = [frozenset(CODES[place] for place in np.flatnonzero(row)) for row in gold]
    values = ranking_tally(orders, wanted, (1, 5, 100)).values()
    for k in (1, 5, 100):
        assert values[f"ndcg_at_{k}"] == equal(metrics.ndcg_score(gold, scores, k=k))
    single = [metrics.average_precision_score(*pair) for pair in zip(gold, scores, strict=True)]
    assert values["map_at_100"] == equal(np.mean(single))


@pytest.mark.parametrize("seed", SEEDS)
def test_top_k_as_scikit_learn_has_it(seed):
    from sklearn import metrics

    dice = np.random.default_rng(seed)
    scores = dice.random((50, len(CODES)))
    wanted = dice.integers(0, len(CODES), 50)
    mentions = [
        AnsweredMention(
            "", "", frozenset({CODES[code]}), tuple(CODES[p] for p in np.argsort(-row)), ()
        )
        for row, code in zip(scores, wanted, strict=True)
    ]
    values = linking_tally(mentions, (1, 5, 25)).values()
    for k in (1, 5, 25):
        expected = metrics.top_k_accuracy_score(wanted, scores, k=k, labels=range(len(CODES)))
        assert values[f"top_{k}"] == equal(expected)


@pytest.mark.parametrize("seed", SEEDS)
def test_reliability_as_scikit_learn_has_it(seed):
    from sklearn.calibration import calibration_curve

    dice = np.random.default_rng(seed)
    said = dice.random(300)
    right = dice.random(300) < said**2
    filled = [one for one in reliability(zip(said, right, strict=True)).bins if one.count]
    observed, mean = calibration_curve(right, said, n_bins=10)

    assert [one.observed.value for one in filled] == equal(observed.tolist())
    assert [one.mean_confidence for one in filled] == equal(mean.tolist())


# -- seqeval -------------------------------------------------------------------------------------


def random_tags(dice, places):
    kinds = ("Disease", "Chemical", "Sign-symptom")
    tags = ["O"] * 3 + [f"{place}-{kind}" for place in places for kind in kinds]
    return [dice.choices(tags, k=dice.randint(1, 12)) for _ in range(60)]


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("places", ["BI", "BIES"])
def test_entities_as_seqeval_has_them(seed, places):
    from seqeval.metrics import classification_report

    dice = random.Random(seed)
    gold = random_tags(dice, places)
    found = [
        [tag if dice.random() < 0.8 else other for tag, other in zip(*pair, strict=True)]
        for pair in zip(gold, [dice.sample(one, len(one)) for one in gold], strict=True)
    ]
    documents = [
        TaggedDocument(
            "", *(without_doubles(entities_of([parse_tag(tag) for tag in side])) for side in pair)
        )
        for pair in zip(gold, found, strict=True)
    ]
    values = entity_tally(documents).values()
    kinds = kinds_of(documents)
    expected = classification_report(gold, found, output_dict=True, zero_division=0)

    def three(prefix):
        return [values[f"{prefix}{name}"] for name in ("precision", "recall", "f1")]

    def theirs(name):
        return [float(expected[name][key]) for key in ("precision", "recall", "f1-score")]

    assert three("strict_") == equal(theirs("micro avg"))
    assert macro_f1(values, kinds) == equal(theirs("macro avg")[2])
    assert {kind: three(f"strict/{kind}/") for kind in kinds} == {
        kind: equal(theirs(kind)) for kind in kinds
    }


# -- sentence-transformers -----------------------------------------------------------------


@pytest.mark.parametrize("seed", SEEDS)
def test_retrieval_as_sentence_transformers_has_it(seed):
    from sentence_transformers.sentence_transformer.evaluation import InformationRetrievalEvaluator

    orders, gold = random_lists(seed)
    names = [str(number) for number in range(len(orders))]
    evaluator = InformationRetrievalEvaluator(
        dict.fromkeys(names, "q"),
        dict.fromkeys(CODES, "d"),
        {name: set(codes) for name, codes in zip(names, gold, strict=True)},
        **{
            f"{name}_at_k": list(DEPTHS)
            for name in ("accuracy", "precision_recall", "mrr", "ndcg", "map")
        },
    )
    found = evaluator.compute_metrics(
        [
            [{"corpus_id": code, "score": -float(rank)} for rank, code in enumerate(codes)]
            for codes in orders
        ]
    )
    values = ranking_tally(orders, gold, DEPTHS).values()

    for name in ("accuracy", "precision", "recall", "ndcg", "mrr", "map"):
        expected = {k: float(value) for k, value in found[f"{name}@k"].items()}
        assert {k: values[f"{name}_at_{k}"] for k in DEPTHS} == equal(expected), name
