"""Every task from a checkpoint of each architecture: a few steps, and a model that is the same."""

import json

import pytest
import torch

from m2m_desktop.core.templates import Template
from m2m_desktop.services.conversion.checkpoint import open_checkpoint
from m2m_desktop.services.locations import resources
from m2m_desktop.services.model_store import ModelStore
from m2m_desktop.training.__main__ import main
from m2m_desktop.training.card import read_record
from m2m_desktop.training.checkpoints import RERANKER, make_start, open_start
from m2m_desktop.training.pairs import Pair, read_pairs, write_pairs
from m2m_desktop.training.reranker import pair_logits
from m2m_desktop.training.runlog import read_log
from m2m_desktop.training.unpack import read_weights
from m2m_desktop.training.vocabulary import build_vocabulary, tokenizer_json
from tests.toy.checkpoints import write_checkpoint

ARCHITECTURES = ("bert", "roberta", "distilbert", "modernbert")
WORDS = ("头痛", "恶心", "呕吐", "皮疹", "发热", "腹泻", "眩晕", "瘙痒")
PARITY = 1e-4


@pytest.fixture(scope="module")
def data(tmp_path_factory):
    """Pairs, names and marked texts of eight reactions."""
    folder = tmp_path_factory.mktemp("data")
    pairs = [
        Pair(f"m{number}", f"患者{word}", f"PT: {other}", int(word == other), other, other, (word,))
        for number, word in enumerate(WORDS)
        for other in WORDS[:4] + WORDS[number : number + 1] * (number > 3)
    ]
    write_pairs(folder / "pairs.jsonl", pairs)
    (folder / "names.tsv").write_text(
        "".join(f"{word}\t{text}\n" for word in WORDS for text in (word, f"{word}不适")), "utf-8"
    )
    tags = ["".join(f"{c} O\n" for c in "患者") + f"{w[0]} B-x\n{w[1]} I-x\n" for w in WORDS]
    (folder / "tags.txt").write_text("\n".join(tags), encoding="utf-8")
    (folder / "texts.txt").write_text("\n".join(f"患者{w}明显" for w in WORDS), encoding="utf-8")
    return folder


TASKS = {
    "reranker": ("train", "reranker", "--train", "pairs.jsonl", "--dev", "pairs.jsonl"),
    "encoder": ("train", "encoder", "--names", "names.tsv", "--dev", "names.tsv"),
    "ner": ("train", "ner", "--train", "tags.txt", "--dev", "tags.txt"),
    "pretrain": ("pretrain", "--texts", "texts.txt"),
}


def train(task, data, start, out, *more):
    words = [str(data / word) if "." in word else word for word in TASKS[task]]
    common = ["--steps", "3", "--batch", "4", "--max-length", "24", "--threads", "1"]
    status = main([*words, *start, "--out", str(out), *common, *more])
    assert status == 0
    return out


@pytest.mark.parametrize("architecture", ARCHITECTURES)
@pytest.mark.parametrize("task", ["reranker", "encoder", "ner"])
def test_a_checkpoint_of_each_kind_is_trained_and_exported_exactly(
    architecture, task, data, tmp_path, capsys
):
    # a head that is made anew needs more than three steps to tell texts apart
    head = "sequence_classification" if task == "reranker" else "encoder"
    start = write_checkpoint(tmp_path / "start", architecture=architecture, head=head)
    out = train(task, data, ["--start", str(start)], tmp_path / "out")
    more = ["--template", "pt_only"] if task == "reranker" else []
    assert main(["export", str(out), "--out", str(tmp_path / "bundle"), *more]) == 0
    figures = json.loads((tmp_path / "bundle" / "parity.json").read_text(encoding="utf-8"))
    assert figures["torch_max_difference"] <= PARITY
    info = ModelStore(tmp_path, tmp_path).verify(str(tmp_path / "bundle"))
    assert (info.kind, info.architecture) == (task, architecture)
    assert [line["event"] for line in read_log(out / "run")][-1] == "end"
    assert read_record(out)["start"] == "start"
    assert "written" in capsys.readouterr().out


@pytest.mark.parametrize("architecture", ARCHITECTURES)
def test_pre_training_goes_on_with_each_architecture(architecture, data, tmp_path):
    start = write_checkpoint(tmp_path / "start", architecture=architecture, head="encoder")
    out = train("pretrain", data, ["--start", str(start)], tmp_path / "out")
    figures = read_record(out)["figures"]
    assert set(figures) == {"perplexity", "perplexity before"}
    again = train("ner", data, ["--start", str(out)], tmp_path / "ner")
    assert (again / "model.safetensors").exists()


def test_training_moves_the_weights_and_repeats_itself(data, tmp_path):
    start = write_checkpoint(tmp_path / "start")
    first, second = (
        train("reranker", data, ["--start", str(start)], tmp_path / name) for name in "ab"
    )
    other = train("reranker", data, ["--start", str(start)], tmp_path / "c", "--seed", "1")
    contents = [(folder / "model.safetensors").read_bytes() for folder in (first, second, other)]
    assert contents[0] == contents[1]
    assert contents[0] != contents[2]


@pytest.mark.parametrize("loss", ["pairwise", "listwise"])
def test_a_new_network_learns_pairs_by_heart(loss, data, tmp_path):
    options = ["--learning-rate", "1e-3", "--loss", loss, "--steps", "60", "--patience", "0"]
    options += ["--batch", "36"]
    out = train("reranker", data, ["--from-scratch", "mini"], tmp_path / "out", *options)
    figures = read_record(out)["figures"]
    assert figures["f1"] == 1.0
    assert figures["top1"] == 1.0


def test_a_small_network_learns_what_a_big_one_says(data, tmp_path):
    teacher = train(
        "reranker", data, ["--from-scratch", "mini"], tmp_path / "big",
        "--learning-rate", "1e-3", "--steps", "60", "--patience", "0",
    )  # fmt: skip
    command = ["distil", "--teacher", str(teacher), "--pairs", str(data / "pairs.jsonl")]
    common = ["--batch", "12", "--max-length", "24", "--threads", "1", "--learning-rate", "5e-3"]
    out = tmp_path / "small"
    done = main([*command, "--from-scratch", "tiny", "--out", str(out), "--steps", "120", *common])
    assert done == 0
    assert read_record(out)["figures"]["agreement"] == 1.0


def test_sentence_transformers_files_say_how_vectors_are_made(data, tmp_path):
    out = train("encoder", data, ["--from-scratch", "tiny"], tmp_path / "out", "--pooling", "cls")
    with open_checkpoint(out, work_dir=tmp_path) as found:
        assert (found.head, found.pooling, found.normalises) == ("encoder", "cls", True)
        assert found.max_length == 24
    again = train("encoder", data, ["--start", str(out)], tmp_path / "again")
    with open_checkpoint(again, work_dir=tmp_path) as found:
        assert found.pooling == "cls", "as the start"


# -- the shipped bundle as a start -----------------------------------------------------------------


def test_an_unpacked_bundle_answers_as_the_bundle(tmp_path):
    shipped = resources() / "models" / "m2m-small-zh-1"
    assert main(["unpack", str(shipped), "--out", str(tmp_path / "start")]) == 0
    start = open_start(tmp_path / "start", RERANKER, max_length=64, device=torch.device("cpu"))
    golden = json.loads((shipped / "manifest.json").read_text(encoding="utf-8"))["golden"]
    pairs = [(one["mention"], one["candidate"]) for one in golden]
    with torch.inference_mode():
        ours = pair_logits(start.network.eval(), start.reader, pairs).softmax(1)[:, 1]
    told = torch.tensor([one["prob_1"] for one in golden])
    # what is left is the rounding of the layers' inputs
    assert float((ours - told).abs().max()) < 0.05
    assert float((ours - told).abs().mean()) < 0.01


@pytest.mark.parametrize("precision", ["export", "quantise"])
def test_weights_come_back_out_of_a_graph(precision, tmp_path):
    out = write_checkpoint(tmp_path / "start")
    assert main([precision, str(out), "--template", "full", "--out", str(tmp_path / "b")]) == 0
    assert main(["unpack", str(tmp_path / "b"), "--out", str(tmp_path / "again")]) == 0
    first, again = (
        open_start(folder, RERANKER, max_length=24, device=torch.device("cpu")).network.state_dict()
        for folder in (out, tmp_path / "again")
    )
    tolerance = 1e-7 if precision == "export" else 0.02
    assert first.keys() == again.keys()
    for name, value in first.items():
        # biases of int8 layers also take back what the rounding of the weights adds on average
        if precision == "export" or not name.endswith("bias"):
            assert torch.allclose(value, again[name], atol=tolerance), name
    assert read_weights((tmp_path / "b" / "model.onnx").read_bytes())


# -- what is refused -------------------------------------------------------------------------------


def refused(capsys, *command):
    status = main(list(command))
    return status, capsys.readouterr().err


def test_bad_data_ends_with_a_sentence_and_not_with_a_traceback(data, tmp_path, capsys):
    bad = tmp_path / "bad.jsonl"
    bad.write_text("{\n", encoding="utf-8")
    common = ("--from-scratch", "tiny", "--out", str(tmp_path / "out"))
    command = ("train", "reranker", "--train", str(bad), "--dev", str(bad), *common)
    status, said = refused(capsys, *command)
    assert status == 1
    assert "line 1" in said
    assert "Traceback" not in said


@pytest.mark.parametrize(
    ("more", "words"),
    [
        (("--start", "nowhere"), "no folder"),
        (("--from-scratch", "tiny", "--max-length", "4"), "too small"),
        (("--from-scratch", "tiny", "--device", "cuda"), "no GPU"),
        (("--from-scratch", "tiny", "--epochs", "0"), "no step"),
    ],
)
def test_options_that_make_no_sense_are_refused(more, words, data, tmp_path, capsys, monkeypatch):
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    command = [str(data / word) if "." in word else word for word in TASKS["reranker"]]
    status, said = refused(capsys, *command, "--out", str(tmp_path / "out"), *more)
    assert status == 1
    assert words in said


def test_an_empty_checkpoint_folder_is_refused_by_its_code(data, tmp_path, capsys):
    (tmp_path / "empty").mkdir()
    command = [str(data / word) if "." in word else word for word in TASKS["reranker"]]
    status, said = refused(
        capsys, *command, "--out", str(tmp_path / "o"), "--start", str(tmp_path / "empty")
    )
    assert status == 1
    assert said.startswith("M2M-3")


def test_a_card_needs_a_run(tmp_path, capsys):
    command = ("card", str(tmp_path), "--name", "n", "--licence", "x", "--limits", "l")
    status, said = refused(capsys, *command)
    assert status == 1
    assert "training.json" in said


def test_a_new_network_begins_the_same_with_the_same_seed():
    tokens = tokenizer_json(build_vocabulary(WORDS, min_count=1), 24)
    one, same, other = (
        make_start("tiny", tokens, RERANKER, max_length=24, device=torch.device("cpu"), seed=seed)
        for seed in (1, 1, 2)
    )
    values = [list(start.network.state_dict().values()) for start in (one, same, other)]
    assert all(torch.equal(a, b) for a, b in zip(values[0], values[1], strict=True))
    assert not all(torch.equal(a, b) for a, b in zip(values[0], values[2], strict=True))


def test_pair_files_are_split_anew(data, tmp_path, capsys):
    pairs = read_pairs(data / "pairs.jsonl", Template())
    out = tmp_path / "parts"
    command = ["prepare", "pairs", "--pairs", str(data / "pairs.jsonl"), "--out", str(out)]
    assert main([*command, "--held-out-concepts", "0.2", "--held-out-mentions", "0.2"]) == 0
    found = [
        line
        for name in ("train", "dev", "test")
        for line in (out / f"{name}.jsonl").read_text("utf-8").splitlines()
    ]
    assert len(found) == len(pairs)
    with pytest.raises(SystemExit):
        main(["prepare", "dance"])
    status, said = refused(capsys, "prepare", "pairs", "--out", str(out))
    assert status == 1
    assert "nothing to prepare" in said
