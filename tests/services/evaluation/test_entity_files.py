"""Entities from brat, CoNLL and JSON lines."""

import json

import pytest

from m2m_desktop.core.errors import InputUnreadable
from m2m_desktop.services.evaluation.entity_files import (
    read_collapse_map,
    read_documents,
    read_marked,
)
from m2m_desktop.services.evaluation.errors import EvaluationFileUnfit, EvaluationLineBad

TEXT = "患者头痛，\r\n否认发热。😀呕吐"


@pytest.fixture
def brat(tmp_path):
    """Write a folder of one document with these annotations."""

    def write(name, *lines, text=TEXT):
        folder = tmp_path / name
        folder.mkdir()
        if text is not None:
            (folder / "d1.txt").write_bytes(text.encode())
        (folder / "d1.ann").write_text("".join(f"{one}\n" for one in lines), encoding="utf-8")
        return folder

    return write


@pytest.fixture
def file(tmp_path):
    def write(name, text):
        path = tmp_path / name
        path.write_text(text, encoding="utf-8", newline="")
        return path

    return write


def places(entities):
    return [(*one.spans, one.kind) for one in entities]


def test_brat_places_are_characters_of_the_file_as_it_is(brat):
    marked = read_marked(
        brat(
            "gold",
            "T1\tSign_symptom 13 15\t呕吐",
            "T2\tSign_symptom 2 4;9 11\t头痛 发热",
            "E1\tSign_symptom:T1 ",
            "R1\tMODIFY Arg1:T1 Arg2:T2",
            "#1\tAnnotatorNotes T1\t0.875",
            "#2\tAnnotatorNotes T2\t看不清",
        )
    )
    entities = marked.documents["d1"].entities

    assert places(entities) == [
        ((2, 4), (9, 11), "Sign_symptom"),
        ((13, 15), "Sign_symptom"),
    ]
    assert [one.confidence for one in entities] == [None, 0.875]
    assert not marked.warnings


def test_other_words_at_a_place_are_warned_of(brat):
    [warning] = read_marked(brat("gold", "T1\tA 0 2\t头痛")).warnings

    assert warning.fields == {"count": 1, "place": "d1.ann:1"}


@pytest.mark.parametrize(
    "line",
    [
        "T2\tA 3\tx",
        "T2\tA 5 5\t",
        "T2\tA 5 3\tx",
        "T2\tA 10 99\tx",
        "T2\tA 4 6;5 7\tx",
        "T2",
        "T1\tA 0 1\tx",
    ],
)
def test_a_bad_brat_line_is_named(brat, line):
    with pytest.raises(EvaluationLineBad, match=r"d1\.ann:2"):
        read_marked(brat("gold", "T1\tA 2 4\t头痛", line))


def test_a_folder_without_annotations_is_told(tmp_path):
    with pytest.raises(EvaluationFileUnfit):
        read_marked(tmp_path)


def test_one_token_a_line_with_tabs_or_spaces(file):
    tabs = file("a.tsv", "-DOCSTART-\tO\n\nmild\tO\nheadache\tB-Disease\n\n\nnausea\tS-Disease\n")
    spaces = file("b.txt", "头 B_症状\r\n痛 I_症状\r\n  O\r\n吐 B_症状\r\n")

    first, second = read_marked(tabs).documents.values()
    assert first.tokens == ("mild", "headache")
    assert places(first.entities) == [((1, 2), "Disease")]
    assert places(second.entities) == [((0, 1), "Disease")]
    [only] = read_marked(spaces).documents.values()
    assert only.tokens == ("头", "痛", " ", "吐")
    assert places(only.entities) == [((0, 2), "症状"), ((3, 4), "症状")]


def test_gold_and_predicted_tags_may_stand_in_one_file(file):
    both = file("both.conll", "头 N B-A B-A 0.9\n痛 N I-A O 0.6\n吐 V O B-B 0.4\n")
    [document], warnings = read_documents([both])

    assert places(document.gold) == [((0, 2), "A")]
    assert places(document.found) == [((0, 1), "A"), ((2, 3), "B")]
    assert [one.confidence for one in document.found] == [0.9, 0.4]
    assert warnings == ()


def test_json_lines_are_read_as_narratives_are_answered(brat, file):
    answer = {
        "id": "d1",
        "mentions": [
            {
                "start": 2,
                "end": 4,
                "text": "头痛",
                "kind": "症状",
                "confidence": 0.5,
                "status": "present",
            }
        ],
    }
    gold = brat("gold", "T1\t症状 2 4\t头痛")
    [document], warnings = read_documents([gold, file("found.jsonl", json.dumps(answer))])

    assert [one.key for one in document.gold] == [one.key for one in document.found]
    assert warnings == ()


def test_documents_of_one_side_only_are_told(file):
    gold = file("g.jsonl", '{"id": "a", "mentions": []}\n{"id": "b", "mentions": []}\n')
    found = file("f.jsonl", '{"id": "b", "mentions": []}\n{"id": "c", "mentions": []}\n')
    documents, warnings = read_documents([gold, found])

    assert [one.name for one in documents] == ["a", "b"]
    assert [one.fields["count"] for one in warnings] == [1, 1]


@pytest.mark.parametrize(
    ("name", "text", "line"),
    [
        ("a.txt", "头 B-A\n痛\n", 2),
        ("a.txt", "头 B-A\n痛 X-A\n", 2),
        ("a.tsv", "头\tB-A\n\n痛 I-A\n", 3),
        ("a.txt", "头\n", 1),
        ("a.jsonl", '{"id": "a"}\n', 1),
        ("a.jsonl", '{"id": "a", "mentions": [{"start": 2, "end": 2, "kind": "A"}]}\n', 1),
        ("a.jsonl", '{"id": "a", "mentions": [{"start": true, "end": 2, "kind": "A"}]}\n', 1),
        ("a.jsonl", '{"id": "a", "mentions": [7]}\n', 1),
        ("a.jsonl", '{"mentions": [{"start": 0, "end": 2, "kind": "A", "confidence": 7}]}\n', 1),
        ("a.jsonl", '{"id": "a", "mentions": []}\n' * 2, 2),
    ],
)
def test_a_bad_line_is_named_with_its_file(file, name, text, line):
    with pytest.raises(EvaluationLineBad) as caught:
        read_marked(file(name, text))

    assert str(caught.value.fields["place"]) == f"{name}:{line}"


def test_sentences_must_have_the_same_tokens(file):
    gold, found = file("g.txt", "头 O\n痛 O\n\n呕 O\n"), file("f.txt", "头 O\n痛 O\n\n吐 O\n")

    with pytest.raises(EvaluationLineBad, match=r"f\.txt:4"):
        read_documents([gold, found])


def test_places_must_be_counted_alike(brat, file):
    with pytest.raises(EvaluationFileUnfit):
        read_documents([brat("gold", "T1\tA 2 4\t头痛"), file("f.txt", "头 O\n")])


def test_one_file_needs_two_columns_of_tags_and_three_files_are_too_many(file):
    path = file("g.txt", "头 O\n")

    for paths in ([path], [path] * 3):
        with pytest.raises(EvaluationFileUnfit):
            read_documents(paths)


@pytest.mark.parametrize("name", ["a.txt", "a.jsonl", "a.ann"])
def test_an_empty_or_missing_file_is_told(file, tmp_path, name):
    with pytest.raises(InputUnreadable):
        read_marked(tmp_path / name)
    if name != "a.ann":  # a document without entities is one
        with pytest.raises(EvaluationFileUnfit):
            read_marked(file(name, "\n"))


def test_a_map_of_types_is_read(file):
    collapse = read_collapse_map(
        file("m.tsv", "# note\nSign_symptom\tDisease\nAge\t\n\nA = B\n*\t\n")
    )

    assert collapse.names == {"Sign_symptom": "Disease", "Age": "", "A": "B"}
    assert collapse.of("Dosage") == ""
    assert read_collapse_map(file("n.tsv", "A=B\n")).of("Dosage") == "Dosage"


@pytest.mark.parametrize("text", ["A\tB\nA\tC\n", "A\tB\nwithout\n", "A\tB\n\tB\n"])
def test_a_bad_line_of_the_map_is_named(file, text):
    with pytest.raises(EvaluationLineBad, match=r"m\.tsv:2"):
        read_collapse_map(file("m.tsv", text))
