"""What a model marks in texts, in the forms that an evaluation reads."""

import json

import pytest

from m2m_desktop.core.narratives.records import FoundSpan
from m2m_desktop.services.bundle_files import ModelUnsupported
from m2m_desktop.services.evaluation.entity_files import read_documents, read_marked
from m2m_desktop.services.model_store import ModelStore
from m2m_desktop.services.narratives.entity_marking import mark_entities, token_lines
from tests.toy.bundle import write_toy_bundle

CHINESE = "服药后出现皮疹恶心"
ENGLISH = ("he", "had", "severe", "rash", ",", "fever")


@pytest.fixture
def store(tmp_path):
    write_toy_bundle(tmp_path / "models" / "toy-ner", model_id="toy-ner", kind="ner")
    write_toy_bundle(tmp_path / "models" / "toy", model_id="toy")
    return ModelStore(tmp_path / "models", tmp_path / "none")


def test_entities_become_tags_of_the_tokens_they_touch():
    spans = [FoundSpan(7, 18, "Sign", 0.75), FoundSpan(21, 24, "Sign", 0.5)]
    assert list(token_lines(ENGLISH, spans)) == [
        "he\tO\t1", "had\tO\t1", "severe\tB-Sign\t0.750000", "rash\tI-Sign\t0.750000", ",\tO\t1",
        "fever\tB-Sign\t0.500000", "",
    ]  # fmt: skip


def test_neighbours_of_one_type_stay_two():
    spans = [FoundSpan(5, 7, "Sign", 1.0), FoundSpan(7, 9, "Sign", 1.0)]
    tags = [line.split("\t")[1] for line in token_lines(CHINESE, spans) if line]
    assert tags == [*["O"] * 5, "B-Sign", "I-Sign", "B-Sign", "I-Sign"]


def test_a_tag_file_is_marked_token_by_token_and_the_gold_tags_are_not_looked_at(store, tmp_path):
    gold, found = tmp_path / "gold.tsv", tmp_path / "found.tsv"
    sentences = [CHINESE, "无发热头痛呕吐"]
    lines = [[f"{token}\tB-symptom" for token in one] for one in sentences]
    gold.write_text("\n\n".join("\n".join(one) for one in lines), encoding="utf-8")
    marked = list(mark_entities(store, "toy-ner", gold))
    found.write_text("\n".join(marked), encoding="utf-8")

    documents, warnings = read_documents([gold, found])
    assert [len(one.gold) for one in documents] == [9, 7]
    assert sum(len(one.found) for one in documents) > 0
    assert warnings == ()
    bare = tmp_path / "bare.tsv"
    bare.write_text(gold.read_text("utf-8").replace("B-symptom", "O"), encoding="utf-8")
    assert list(mark_entities(store, "toy-ner", bare)) == marked


def test_a_brat_folder_is_marked_document_by_document(store, tmp_path):
    folder = tmp_path / "texts"
    folder.mkdir()
    for name, text in {"b": CHINESE, "a": "无发热，\r\n头痛。" * 40}.items():
        (folder / f"{name}.txt").write_bytes(text.encode("utf-8"))
        (folder / f"{name}.ann").write_text("", encoding="utf-8")
    lines = list(mark_entities(store, "toy-ner", folder))
    found = tmp_path / "found.jsonl"
    found.write_text("\n".join(lines), encoding="utf-8")

    assert [json.loads(line)["id"] for line in lines] == ["a", "b"]
    assert list(read_marked(found).documents) == ["a", "b"]
    assert sum(len(one.entities) for one in read_marked(found).documents.values()) > 0
    assert list(mark_entities(store, "toy-ner", folder / "b.ann")) == lines[1:]


def test_another_kind_of_model_is_refused(store, tmp_path):
    (tmp_path / "a.txt").write_text(CHINESE, encoding="utf-8")
    with pytest.raises(ModelUnsupported):
        list(mark_entities(store, "toy", tmp_path / "a.txt"))
