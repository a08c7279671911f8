"""Figures of whole evaluations under their stable keys; small cases worked out by hand."""

import json
import math

import pytest

from m2m_desktop.services.evaluation.coding_evaluation import (
    CodingWish,
    evaluate_mentions,
    evaluate_pairs,
)
from m2m_desktop.services.evaluation.errors import EvaluationFileUnfit
from m2m_desktop.services.evaluation.ner_evaluation import NerWish, evaluate_ner
from m2m_desktop.services.evaluation.outcome import Resampling
from m2m_desktop.services.evaluation.ranking_evaluation import (
    RankingWish,
    evaluate_linking,
    evaluate_retrieval,
)

# m1 is right from 0.5 on, m2 has a gold term that no candidate is, m3 is right up to 0.3 only
PAIRS = [
    ("m1", "A", ["A"], 0.8), ("m1", "B", ["A"], 0.45), ("m1", "C", ["A"], 0.1),
    ("m2", "B", ["B", "X"], 0.6), ("m2", "A", ["B", "X"], 0.6),
    ("m3", "C", ["C", "D"], 0.9), ("m3", "D", ["C", "D"], 0.3),
]  # fmt: skip


@pytest.fixture
def predictions(tmp_path):
    path = tmp_path / "predictions.jsonl"
    names = ("mention_id", "candidate_pt_code", "gold_pt_codes", "prob_1")
    rows = [dict(zip(names, row, strict=True)) for row in PAIRS]
    for row in rows:
        row["label"] = int(row["candidate_pt_code"] in row["gold_pt_codes"])
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    return path


def test_pairs_are_matches_from_one_half_on(predictions):
    figures = evaluate_pairs([predictions]).to_json()["figures"]

    assert figures == pytest.approx(
        {
            "pairs": 7, "mentions": 3, "tp": 3, "fp": 1, "tn": 2, "fn": 1,
            "accuracy": 5 / 7, "precision": 3 / 4, "recall": 3 / 4, "f1": 3 / 4,
            "roc_auc": (3 + 2.5 + 3 + 1) / 12,
        }
    )  # fmt: skip


def test_what_the_file_calls_a_match_goes_before_the_usual_threshold(predictions):
    lines = [json.loads(line) for line in predictions.read_text().splitlines()]
    predictions.write_text("".join(json.dumps({**row, "pred_label": 1}) + "\n" for row in lines))

    found = evaluate_pairs([predictions])
    assert found.settings["decision"] == "pred_label"
    assert found.figures["fp"] == 3
    asked = evaluate_pairs([predictions], CodingWish(0.7))
    assert asked.settings["decision"] == "prob_1 >= 0.7"
    assert asked.figures["fp"] == 0


def test_mentions_have_the_figures_of_the_published_reference(predictions):
    figures = evaluate_mentions([predictions]).to_json()["figures"]

    assert figures == {
        "mentions": 3,
        "exact_set_match": pytest.approx(1 / 3),
        "example_precision": pytest.approx((1 / 2 + 1 / 2 + 1) / 3),
        "example_recall": pytest.approx((1 + 1 / 2 + 1) / 3),
        "example_f1": pytest.approx((2 / 3 + 1 / 2 + 1) / 3),
        "micro_precision": pytest.approx(4 / 6),
        "micro_recall": pytest.approx(4 / 5),
        "micro_f1": pytest.approx(8 / 11),
        "cardinality_accuracy": pytest.approx(2 / 3),
        "top1_accuracy": 1,
        "recall_at_k_all_gold": pytest.approx({"1": 1 / 3, "3": 2 / 3, "5": 2 / 3}),
        "recall_at_k_any_hit": {"1": 1, "3": 1, "5": 1},
        "pair_metrics": pytest.approx(
            {
                "pairs": 7, "tp": 4, "fp": 2, "tn": 1, "fn": 0,
                "accuracy": 5 / 7, "precision": 4 / 6, "recall": 1, "f1": 8 / 10,
            }
        ),
    }  # fmt: skip


def test_the_scan_chooses_by_the_rule(predictions):
    wish = CodingWish(scans=True)
    scan = evaluate_mentions([predictions], wish).to_json()["details"]["scan"]

    assert list(scan["thresholds"]) == ["0.1", "0.2", "0.3", "0.4", "0.5"]
    matches = [one["exact_set_match"] for one in scan["thresholds"].values()]
    assert matches == pytest.approx([1 / 3, 1 / 3, 1 / 3, 0, 1 / 3])
    # of the four equal ones the best example F1, the lower of which is 0.2 of 0.2 and 0.3
    assert scan["selected_threshold"] == 0.2
    assert scan["selection_rule"] == "exact_set_match_then_example_f1_then_lower_threshold"


def test_intervals_are_given_where_they_are_asked_for(predictions):
    plain = evaluate_mentions([predictions])
    asked = evaluate_mentions([predictions], CodingWish(resampling=Resampling(50)))

    assert plain.intervals == {}
    low, high = asked.to_json()["intervals"]["micro_f1"]
    assert low < asked.figures["micro_f1"] < high
    assert evaluate_pairs([predictions], CodingWish(resampling=Resampling(50))).intervals["roc_auc"]


def test_sets_that_the_program_chose_are_measured_as_they_are(tmp_path):
    path = tmp_path / "answers.jsonl"
    answer = {
        "mention_id": "1",
        "mention": "头痛",
        "gold_pt_codes": ["B"],
        "selected": ["B"],
        "candidates": [
            {"candidate_pt_code": "A", "prob_1": 0.9},
            {"candidate_pt_code": "B", "prob_1": None},
        ],
    }
    path.write_text(json.dumps(answer), encoding="utf-8")

    found = evaluate_mentions([path])
    assert (found.settings["decision"], found.figures["exact_set_match"]) == ("selected", 1)
    assert evaluate_mentions([path], CodingWish(0.3)).figures["exact_set_match"] == 0
    with pytest.raises(EvaluationFileUnfit):
        evaluate_pairs([path])


def test_a_threshold_needs_probabilities(tmp_path):
    path = tmp_path / "lists.tsv"
    path.write_text("mention\tgold\tpredicted_codes\n头痛\tA\tA|B\n", encoding="utf-8")

    assert evaluate_mentions([path]).figures["micro_precision"] == 0.5
    for wish in (CodingWish(0.5), CodingWish(scans=True)):
        with pytest.raises(EvaluationFileUnfit):
            evaluate_mentions([path], wish)


def test_retrieval_leaves_out_mentions_without_a_gold_code(tmp_path):
    path = tmp_path / "lists.tsv"
    path.write_text(
        "mention\tgold\tpredicted_codes\n头痛\tA\tB|A\n没事\t\tB\n发热\tC|D\tC\n", encoding="utf-8"
    )
    found = evaluate_retrieval([path], RankingWish((1, 10)))

    assert found.figures["mentions"] == 2
    assert found.figures["mrr"] == pytest.approx((1 / 2 + 1) / 2)
    assert found.figures["map_at_10"] == pytest.approx((1 / 2 + 1 / 2) / 2)
    assert found.figures["recall_at_10_all_gold"] == 0.5
    ideal = 1 + 1 / math.log2(3)
    assert found.figures["ndcg_at_10"] == pytest.approx((1 / math.log2(3) + 1 / ideal) / 2)
    assert [one.fields["count"] for one in found.warnings] == [1]


def test_retrieval_needs_a_gold_code(tmp_path):
    path = tmp_path / "lists.tsv"
    path.write_text("mention\tgold\tpredicted_codes\n没事\t\tB\n", encoding="utf-8")

    with pytest.raises(EvaluationFileUnfit):
        evaluate_retrieval([path])


def test_linking_is_split_by_what_training_had(tmp_path):
    gold, found, train = (tmp_path / name for name in ("gold.tsv", "found.tsv", "train.tsv"))
    gold.write_text("text\tcode\na\t1\nb\t1\nc\t2\nc\t2\n", encoding="utf-8")
    found.write_text("text\tpredicted_codes\na\t1\nb\t9|1\nc\t9\n", encoding="utf-8")
    train.write_text("text\tcode\nA\t1\n", encoding="utf-8")
    wish = RankingWish((1, 2), (train,), Resampling(20))
    result = evaluate_linking([gold, found], wish)

    assert result.figures == {
        "mentions": 4,
        "gold": {"mentions": 4, "top_1": 0.25, "top_2": 0.5},
        "seen": {"mentions": 1, "top_1": 1, "top_2": 1},
        "unseen_mention": {"mentions": 1, "top_1": 0, "top_2": 1},
        "unseen_code": {"mentions": 2, "top_1": 0, "top_2": 0},
    }
    assert "unseen_code/top_2" in result.intervals
    assert set(evaluate_linking([gold, found]).figures) == {"mentions", "gold"}


@pytest.fixture
def tagged(tmp_path):
    gold, found = tmp_path / "gold.txt", tmp_path / "found.txt"
    gold.write_text("头 B_症状\n痛 I_症状\n服 O\n药 B_药物\n\n吐 B_症状\n", encoding="utf-8")
    found.write_text("头 B-S 0.9\n痛 O 0.9\n服 O 0.9\n药 B-S 0.3\n\n吐 B-S 0.8\n", encoding="utf-8")
    return [gold, found]


def test_a_wrong_map_of_types_shows(tagged, tmp_path):
    found = evaluate_ner(tagged)

    assert found.figures["strict"]["f1"] == 0
    assert found.figures["place"] == pytest.approx(
        {"precision": 2 / 3, "recall": 2 / 3, "f1": 2 / 3}
    )
    assert [one.fields["kinds"] for one in found.warnings] == ["症状, 药物", "S"]
    details = found.to_json()["details"]
    assert details["confusion"][-1] == {"gold": "药物", "found": "S", "count": 1}
    assert details["findings"]["type"] == 2


def test_types_count_as_the_map_says(tagged, tmp_path):
    collapse = tmp_path / "map.tsv"
    collapse.write_text("S\tsymptom\n症状\tsymptom\n药物\t\n", encoding="utf-8")
    found = evaluate_ner(tagged, NerWish(collapse, Resampling(20))).to_json()

    assert found["figures"]["strict"] == pytest.approx(
        {"precision": 1 / 3, "recall": 1 / 2, "f1": 0.4}
    )
    assert found["figures"]["relaxed"]["recall"] == 1
    assert found["figures"]["types"]["symptom"]["strict"]["f1"] == pytest.approx(0.4)
    assert found["figures"]["macro_f1"]["strict"] == pytest.approx(0.4)
    assert found["details"]["findings_by_type"]["symptom"]["boundary"] == 1
    assert found["details"]["types"] == [
        {"type": "S", "counts_as": "symptom", "gold": 0, "found": 3},
        {"type": "症状", "counts_as": "symptom", "gold": 2, "found": 0},
        {"type": "药物", "counts_as": "", "gold": 1, "found": 0},
    ]
    reliability = found["details"]["reliability"]
    assert [one["count"] for one in reliability["bins"]] == [0, 0, 0, 1, 0, 0, 0, 0, 1, 1]
    assert reliability["expected_error"] == pytest.approx((0.3 + 0.2 + 0.9) / 3)
    assert found["warnings"] == []
    assert set(found["intervals"]) >= {"strict_f1", "strict/symptom/f1"}


def test_json_names_files_with_their_hashes_and_is_the_same_each_time(predictions):
    wish = CodingWish(scans=True, resampling=Resampling(30, seed=5))
    one, other = (json.dumps(evaluate_mentions([predictions], wish).to_json()) for _ in range(2))

    assert one == other
    [file] = json.loads(one)["files"]
    assert file["name"] == "predictions.jsonl"
    assert len(file["sha256"]) == 64
