"""Predictions and gold standards read from files, and what is wrong with a line."""

import json
import math

import pytest

from m2m_desktop.core.errors import InputUnreadable
from m2m_desktop.services.evaluation.errors import EvaluationFileUnfit, EvaluationLineBad
from m2m_desktop.services.evaluation.predictions import read_gold, read_predictions


@pytest.fixture
def write(tmp_path):
    def write(name, content, encoding="utf-8"):
        path = tmp_path / name
        lines = [one if isinstance(one, str) else json.dumps(one) for one in content]
        path.write_text("\n".join(lines) + "\n", encoding=encoding)
        return path

    return write


def pair(mention, code, gold, **more):
    label = int(code in gold)
    return {
        "mention_id": mention,
        "raw_term": f"短语{mention}",
        "candidate_pt_code": code,
        "gold_pt_codes": list(gold),
        "label": label,
        **more,
    }


def test_prediction_lines_are_grouped_by_mention_wherever_they_stand(write):
    path = write(
        "p.jsonl",
        [
            pair("m1", "A", "A", prob_1=0.2),
            pair("m2", "A", "BC", prob_1=0.4),
            pair("m1", "B", "A", prob_1=0.7, pred_label=1),
        ],
    )
    given = read_predictions([path])

    first, second = given.mentions
    assert (first.codes, first.scores, first.gold) == (("B", "A"), (0.7, 0.2), {"A"})
    assert (second.text, second.gold) == ("短语m2", {"B", "C"})
    assert given.has_probabilities
    assert given.decided is None  # only one line says it


def test_pairs_are_completed_by_predictions_of_another_file(write):
    pairs = write("pairs.jsonl", [pair("m", "A", "A"), {**pair("m", "B", "A"), "label": 1}])
    bare = {"mention_id": "m", "label": None}
    scored = write(
        "pred.jsonl",
        [
            {**bare, "candidate_pt_code": "B", "prob_1": 0.9, "pred_label": 1},
            {**bare, "candidate_pt_code": "A", "logit_0": 1.0, "logit_1": 1.0, "pred_label": 0},
        ],
    )
    given = read_predictions([pairs, scored])

    [mention] = given.mentions
    assert (mention.codes, mention.scores) == (("B", "A"), (0.9, 0.5))
    assert given.pairs.labels.tolist() == [True, True]
    assert given.decided == (True, False)


def test_pairs_without_scores_keep_their_order_and_have_no_probabilities(write):
    given = read_predictions([write("p.jsonl", [pair("m", code, "A") for code in "CAB"])])

    assert given.mentions[0].codes == ("C", "A", "B")
    assert not given.has_probabilities
    assert not given.has_scores


def test_labels_say_the_gold_codes_where_nothing_else_does(write):
    table = write("p.tsv", ["mention\tcandidate\tscore\tlabel", "头痛\t1\t7.5\t0", "头痛\t2\t3\t1"])
    given = read_predictions([table])

    assert given.mentions[0].gold == {"2"}
    assert not given.has_probabilities  # a score is no probability
    assert given.has_scores


def test_a_label_that_contradicts_the_gold_codes_counts_and_is_told(write):
    given = read_predictions([write("p.jsonl", [{**pair("m", "A", "A", prob_1=0.5), "label": 0}])])

    assert given.pairs.labels.tolist() == [False]
    assert [one.fields["count"] for one in given.warnings] == [1]


def test_answers_join_a_gold_table_by_their_text(write):
    gold = write(
        "gold.csv", ["mention,pt_codes", "头痛,1|2", '"恶心,呕吐",3', "腹痛,NIL"], "gb18030"
    )
    answers = write(
        "a.jsonl",
        [
            {
                "mention_id": "1",
                "mention": "恶心,呕吐",
                "selected": ["9"],
                "candidates": [
                    {"candidate_pt_code": "9", "prob_1": None},
                    {"candidate_pt_code": "3", "prob_1": 0.4},
                ],
            },
            {"mention_id": "2", "mention": "多余", "selected": [], "candidates": []},
        ],
    )
    given = read_predictions([gold, answers])

    headache, vomiting, belly = given.mentions
    assert (headache.gold, headache.codes) == ({"1", "2"}, ())
    assert (vomiting.codes, vomiting.chosen) == (("9", "3"), {"9"})
    assert math.isnan(vomiting.scores[0])
    assert belly.gold == set()
    assert [one.fields["count"] for one in given.warnings] == [2, 1]


def test_a_row_may_list_its_predictions(write):
    table = write(
        "p.tsv",
        [
            "mention_id\tgold\tpredicted_codes\tscores",
            "a\tX\tY|X\t0.4|0.8",
            "b\tX+Z\tX\t",
            "c\tX\t\t",
        ],
    )
    a, b, c = read_predictions([table]).mentions

    assert (a.codes, a.scores, a.chosen) == (("Y", "X"), (0.4, 0.8), None)
    assert (b.gold, b.chosen) == ({"X", "Z"}, {"X"})
    assert (c.codes, c.chosen) == ((), frozenset())


def test_gold_may_come_from_published_tables(write):
    table = write(
        "g.tsv",
        [
            "filename\tlabel\ttext\tcode\r",
            "d1\tPROC\tExploración\t449+12\r",
            "d1\tPROC\tdolor\tNO_CODE\r",
        ],
    )

    assert read_gold([table]) == [("Exploración", {"449", "12"}), ("dolor", frozenset())]


@pytest.mark.parametrize(
    ("name", "lines", "line"),
    [
        ("p.jsonl", [pair("m", "A", "A"), "{"], 2),
        ("p.jsonl", ["", "[1]"], 2),
        ("p.jsonl", [pair("m", "A", "A", prob_1="viel")], 1),
        ("p.jsonl", [pair("m", "A", "A", prob_1=1.5)], 1),
        ("p.jsonl", [pair("m", "A", "A", prob_1=True)], 1),
        ("p.jsonl", [pair("m", "A", "A", score=float("nan"))], 1),
        ("p.jsonl", [pair("m", "A", "A", pred_label=2)], 1),
        ("p.jsonl", [pair("m", "A", "A"), pair("m", "A", "A")], 2),
        ("p.jsonl", [pair("m", "A", "A"), pair("m", "B", "B")], 2),
        ("p.jsonl", [{**pair("m", "A", "A"), "gold_pt_codes": [1.5]}], 1),
        ("p.jsonl", [{"candidate_pt_code": "A"}], 1),
        ("p.jsonl", [{"mention_id": ["m"], "candidate_pt_code": "A"}], 1),
        ("p.jsonl", [{"mention_id": "m"}], 1),
        ("p.jsonl", [{"mention_id": "m", "candidate_pt_code": "A", "prob_1": 0.5}], 1),
        ("p.jsonl", [{"mention_id": "m", "candidates": ["A"]}], 1),
        ("p.jsonl", [{"mention_id": "m", "candidates": [{"prob_1": 0.5}]}], 1),
        ("p.jsonl", [{"mention_id": "m", "gold": "A", "candidates": []}] * 2, 2),
        ("p.tsv", ["mention\tpredicted_codes\tgold", "头痛\tA\tB\tC"], 2),
        ("p.tsv", ["id\tpredicted_codes\tscores\tgold", "", "m\tA|B\t0.5\tB"], 3),
    ],
)
def test_a_bad_line_is_named_with_its_file(write, name, lines, line):
    with pytest.raises(EvaluationLineBad) as caught:
        read_predictions([write(name, lines)])

    assert str(caught.value.fields["place"]) == f"{name}:{line}"


def test_a_line_that_is_not_utf_8_is_named(tmp_path):
    path = tmp_path / "p.jsonl"
    path.write_bytes(b'{"mention_id": "m", "gold": "A", "candidates": []}\n{"\xff')

    with pytest.raises(EvaluationLineBad, match=r"p\.jsonl:2"):
        read_predictions([path])


def test_one_id_for_two_mentions_is_refused_without_showing_them(write):
    gold = write("g.tsv", ["mention_id\tmention\tcodes", "1\t头痛\tA"])
    answers = write("a.jsonl", [{"mention_id": "1", "mention": "发热", "candidates": []}])

    with pytest.raises(EvaluationLineBad) as caught:
        read_predictions([gold, answers])
    assert str(caught.value.fields["place"]) == "a.jsonl:1"
    assert "头痛" not in str(caught.value)
    assert "发热" not in str(caught.value)


def test_a_gold_standard_alone_is_not_enough(write):
    with pytest.raises(EvaluationFileUnfit):
        read_predictions([write("g.tsv", ["mention\tcodes", "头痛\tA"])])


def test_a_missing_file_is_told(tmp_path):
    with pytest.raises(InputUnreadable):
        read_predictions([tmp_path / "p.jsonl"])
