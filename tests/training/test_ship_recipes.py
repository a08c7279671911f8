"""The recipes of the encoder and the tagger that ship, in small and without the open sources."""

import json
import random

import pytest
import torch

from m2m_desktop.services.locations import resources
from m2m_desktop.services.model_store import ModelStore
from m2m_desktop.training import recipe, ship_encoder, ship_ner, ship_other_encoders
from m2m_desktop.training.__main__ import main
from m2m_desktop.training.checkpoints import NER, open_start


@pytest.fixture(scope="module")
def trained(tmp_path_factory):
    """An encoder of a few steps."""
    out = tmp_path_factory.mktemp("encoder") / "out"
    command = ["train", "ship-encoder", "--out", str(out), "--shape", "mini", "--batch", "8"]
    assert main([*command, "--steps", "6", "--warm-up-steps", "2"]) == 0
    return out


def test_the_encoder_becomes_a_bundle_with_our_card(trained, tmp_path, capsys):
    bundle, vectors = tmp_path / "bundle", tmp_path / "vectors"
    command = ["ship", "encoder", "--checkpoint", str(trained), "--out", str(bundle)]
    assert main([*command, "--vectors", str(vectors)]) == 0
    assert len(list(vectors.glob("demo-*/dense-*-whole/manifest.json"))) == 1
    assert "the app accepts it: m2m-encoder-zh-1" in capsys.readouterr().out
    info = ModelStore(tmp_path, tmp_path).verify(str(bundle))
    assert (info.kind, info.licence, info.precision) == ("encoder", "Apache-2.0", "int8")
    assert "Human Phenotype Ontology" in info.trained_on
    assert sorted(path.name for path in bundle.iterdir()) == [
        "manifest.json", "model.onnx", "tokenizer.json",
    ]  # fmt: skip
    assert sum(path.stat().st_size for path in bundle.iterdir()) < 15_000_000


def test_cosines_cannot_be_fitted_without_development_mentions(trained, tmp_path, capsys):
    command = ["ship", "reranker", "--checkpoint", str(trained), "--out", str(tmp_path / "out")]
    assert main([*command, "--encoder", str(tmp_path)]) == 1
    assert "--release" in capsys.readouterr().err
    assert not (tmp_path / "out").exists()


def test_a_shipped_bundle_is_not_overwritten(trained, tmp_path, capsys):
    command = ["ship", "encoder", "--checkpoint", str(trained), "--out", str(tmp_path)]
    assert main(command) == 1
    assert "exists already" in capsys.readouterr().err


def test_all_of_the_thesaurus_and_the_dictionary_is_learnt(ingredients):
    synonyms = ship_encoder.synonyms_of(ingredients)
    concepts = {frozenset(names) for names in synonyms.concepts}
    files = sorted((resources() / "thesaurus").glob("*.txt"))
    assert len(files) >= 4
    assert all(frozenset(group) in concepts for group in ingredients.thesaurus.groups)
    assert all(frozenset(one.names) in concepts for one in ingredients.dictionaries[0].concepts)
    drawn = synonyms.draw(synonyms.sample(64, random.Random(1)), random.Random(1))
    assert len(drawn.anchors) == len(drawn.positives) == 64


def test_development_mentions_are_not_learnt(tmp_path):
    data = write_data(tmp_path)
    synonyms = ship_encoder.synonyms_of(recipe.gather(resources(), data))
    own = [names for names in synonyms.concepts if "测试甲" in names]
    assert own == [("测试甲", "测试丙"), ("测试丙", "测试甲")]
    assert not any("测试乙" in names for names in synonyms.concepts)


def write_data(folder):
    """The open sources, as small as they can be; 测试乙 is a development mention."""
    for name in ("terms", "mentions", "ner", "linking"):
        (folder / name).mkdir()
    terms = folder / "terms"
    (terms / "oae_zh_en.tsv").write_text(
        "oae_id\ten\tzh\ten_synonyms\nO1\tfoo\t测试甲\t\nO2\tbar\t测试丁\tbaz|qux\n",
        encoding="utf-8",
    )
    (terms / "hpo_2024-04-26_zh_en.tsv").write_text(
        "hpo_id\ten\tzh\tparents\texact_synonyms\tlayperson_synonyms\n"
        "H1\tfoo\t测试乙\t\t\t\nH2\tfoo\t测试丙\t\tfu\t\n",
        encoding="utf-8",
    )
    (terms / "ctcae6_zh_en.tsv").write_text("term_en\tterm_zh\nquux\t测试戊\n", encoding="utf-8")
    (terms / "thuocl_medical.txt").write_text("测试\t9\n头痛\t8\n", encoding="utf-8")
    (terms / "symp.obo").write_text(
        '[Term]\nname: ache\nsynonym: "pain" EXACT []\n\n[Term]\nname: obsolete x\n', "utf-8"
    )
    (terms / "doid_es_en_synonyms.tsv").write_text(
        "synonym_es\tdoid\tsynonym_en\ndolor uno\tD1\tone pain\ndolor dos\tD1\tpain one\n", "utf-8"
    )
    (folder / "mentions" / "zh_dev.tsv").write_text("mention_zh\toae_ids\n测试乙\tO1\n", "utf-8")
    (folder / "mentions" / "en_askapatient_train.tsv").write_text(
        "mention_en\tsnomed\tname\nmy head hurts\t1\theadache\n", encoding="utf-8"
    )
    (folder / "linking" / "es_medprocner_train.tsv").write_text(
        "text\tcode\nbiopsia\t7\nuna biopsia\t7\nnada\tNO_CODE\n", encoding="utf-8"
    )
    texts = {"zh_cMedQANER": ("B_symptom", "I_symptom"), "zh_cEHRNER": ("B_症状", "I_症状")}
    for name, (first, then) in texts.items():
        lines = f"患 O\n者 O\n头 {first}\n痛 {then}\n。 O\n\n"
        for part in ("train", "dev"):
            (folder / "ner" / f"{name}_{part}.txt").write_text(lines * 4, encoding="utf-8")
    return folder


def test_the_tagger_goes_on_from_the_encoder_with_longer_texts(trained, tmp_path, capsys):
    data = write_data(tmp_path)
    out = tmp_path / "tagger"
    command = ["train", "ship-ner", "--data", str(data), "--start", str(trained)]
    assert main([*command, "--out", str(out), "--steps", "12"]) == 0
    start = open_start(out, NER, max_length=512, device=torch.device("cpu"))
    assert start.reader.max_length == ship_ner.MAX_LENGTH
    assert set(start.config.label2id) == {"O", "B-symptom", "I-symptom"}
    assert main(["ship", "ner", "--checkpoint", str(out), "--out", str(tmp_path / "b")]) == 0
    assert "m2m-ner-zh-1" in capsys.readouterr().out
    info = ModelStore(tmp_path, tmp_path).verify(str(tmp_path / "b"))
    assert info.labels == ("O", "B-symptom", "I-symptom")
    manifest = json.loads((tmp_path / "b" / "manifest.json").read_text(encoding="utf-8"))
    assert "ChineseBLUE" in manifest["attribution"]


@pytest.mark.parametrize("language", ["en", "es"])
def test_the_small_encoders_of_other_languages_are_made_the_same_way(language, tmp_path):
    data = write_data(tmp_path)
    out = tmp_path / "out"
    command = ["train", f"ship-encoder-{language}", "--data", str(data), "--out", str(out)]
    assert main([*command, "--steps", "2", "--shape", "tiny"]) == 0
    settings = json.loads((out / "modules.json").read_text(encoding="utf-8"))
    assert [one["type"].rpartition(".")[2] for one in settings] == [
        "Transformer", "Pooling", "Normalize",
    ]  # fmt: skip


def test_names_of_one_concept_are_joined_across_the_sources(tmp_path):
    data = write_data(tmp_path)
    english = ship_other_encoders.english_groups(data)
    for group in (("bar", "baz", "qux"), ("foo", "fu"), ("ache", "pain"), ("one pain", "pain one"),
                  ("headache", "my head hurts"), ("quux",)):  # fmt: skip
        assert group in english
    assert not any("obsolete" in name for group in english for name in group)
    assert ship_other_encoders.spanish_groups(data) == [
        ("dolor uno", "dolor dos"), ("biopsia", "una biopsia"),
    ]  # fmt: skip
