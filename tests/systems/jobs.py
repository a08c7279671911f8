"""What is done with each kind of system: installed, run and evaluated by the program's commands."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.systems import data, kinds
from tests.systems.commands import Commands

CHECKPOINT, MODEL = "checkpoint", "installed"


@dataclass(frozen=True, slots=True)
class Done:
    """What came of a system: figures by name, and the checkpoint that was installed in the end."""

    figures: Mapping[str, float]
    checkpoint: Path
    model_id: str


def install(commands: Commands, checkpoint: Path, kind: str, *more: str) -> dict[str, Any]:
    """Install a checkpoint; gives what is known of the model."""
    printed = commands.run(
        "m2m", "model", "install", checkpoint, "--kind", kind, *more, "--json", "--lang", "en"
    )
    found: dict[str, Any] = json.loads(printed)
    return found


def code(commands: Commands, folder: Path) -> Done:
    """S0: phrases are coded, and pairs scored."""
    model = install(commands, folder / CHECKPOINT, "reranker", "--template", "full")["model_id"]
    gold, answers = data.write_gold(folder / "gold.tsv", data.PHRASES), folder / "answers.jsonl"
    pairs, scored = data.write_pairs(folder / "pairs.jsonl"), folder / "predictions.jsonl"
    commands.run(
        "m2m", "code", "--in", gold.with_suffix(".txt"), "--model", model,
        "--terminology", "demo", "--mode", "full", "--top-k", 10, "--jsonl", out=answers,
    )  # fmt: skip
    figures = {
        "exact_set_match": _evaluated(commands, "mentions", gold, answers)["exact_set_match"]
    }
    bundle = folder / "home" / "data" / "models" / model
    commands.run("training", "score", bundle, "--pairs", pairs, "--out", scored)
    figures["roc_auc"] = _evaluated(commands, "pairs", scored)["roc_auc"]
    return Done(figures, folder / CHECKPOINT, model)


def retrieve(commands: Commands, folder: Path) -> Done:
    """S1: names of an English release are embedded, and found by meaning."""
    model = install(commands, folder / CHECKPOINT, "encoder")["model_id"]
    release, wanted = data.write_english_release(folder / "release")
    gold, answers = data.write_gold(folder / "gold.tsv", wanted), folder / "answers.jsonl"
    _embedded_and_retrieved(commands, release, model, gold, answers)
    figures = _evaluated(commands, "retrieval", gold, answers)
    return Done({"ndcg_at_10": figures["ndcg_at_10"]}, folder / CHECKPOINT, model)


def link(commands: Commands, folder: Path) -> Done:
    """S3: names of a SNOMED CT edition are embedded, and mentions linked to them."""
    model = install(commands, folder / CHECKPOINT, "encoder")["model_id"]
    edition, wanted, known = data.write_snomed(folder / "edition")
    gold, answers = data.write_gold(folder / "gold.tsv", wanted), folder / "answers.jsonl"
    train = data.write_gold(folder / "train.tsv", known)
    _embedded_and_retrieved(commands, edition, model, gold, answers)
    figures = _evaluated(commands, "linking", gold, answers, "--train", train)
    parts = ("gold", "unseen_mention", "unseen_code")
    return Done(
        {f"top_25 {part}": figures[part]["top_25"] for part in parts}, folder / CHECKPOINT, model
    )


def tag(commands: Commands, folder: Path) -> Done:
    """S2: entities of texts are marked, and compared after collapsing their types."""
    return _tagged(commands, folder, folder / CHECKPOINT, data.write_brat(folder / "texts"))


def pretrain(commands: Commands, folder: Path) -> Done:
    """S4: pre-training goes on, entities are learnt, and the result is installed and marks texts."""
    texts = data.write_brat(folder / "texts")
    # random weights bear no real step: a small one shows that the way is whole
    steps = (
        "--steps", 2, "--batch", 2, "--max-length", 48, "--learning-rate", "1e-6",
        "--threads", commands.threads,
    )  # fmt: skip
    further, tagger = folder / "further", folder / "tagger"
    printed = commands.run(
        "training", "pretrain", "--start", folder / CHECKPOINT, "--texts", texts, "--out", further,
        *steps,
    )  # fmt: skip
    assert "perplexity" in printed, printed
    commands.run(
        "training", "train", "ner", "--start", further, "--train", texts, "--dev", texts,
        "--out", tagger, *steps,
    )  # fmt: skip
    return _tagged(commands, folder, tagger, texts)


def _tagged(commands: Commands, folder: Path, checkpoint: Path, texts: Path) -> Done:
    model = install(commands, checkpoint, "ner")["model_id"]
    found, collapse = folder / "found.jsonl", folder / "collapse.tsv"
    collapse.write_text(data.COLLAPSE, encoding="utf-8")
    commands.run("m2m", "narrative", "tag", texts, "--finder", model, out=found)
    figures = _evaluated(commands, "ner", texts, found, "--collapse", collapse)
    commands.run("m2m", "narrative", "read", texts / "one.txt", "--finder", model)
    return Done({"strict f1": figures["strict"]["f1"]}, checkpoint, model)


def _embedded_and_retrieved(
    commands: Commands, source: Path, model: str, gold: Path, answers: Path
) -> None:
    printed = commands.run("m2m", "terminology", "import", source, "--json", "--lang", "en")
    terminology = json.loads(printed)[0]["info"]["terminology_id"]
    commands.run("m2m", "terminology", "embed", terminology, "--encoder", model)
    commands.run(
        "m2m", "retrieve", "--in", gold.with_suffix(".txt"), "--terminology", terminology,
        "--encoder", model, "--top-k", 25, "--jsonl", out=answers,
    )  # fmt: skip


def _evaluated(commands: Commands, kind: str, *arguments: object) -> dict[str, Any]:
    """Evaluate files, and write a report beside them; gives the figures."""
    report = commands.folder / f"{kind}.html"
    printed = commands.run("m2m", "evaluate", kind, *arguments, "--json", "-", "--report", report)
    assert report.stat().st_size > 1000
    found: dict[str, Any] = json.loads(printed)["figures"]
    return found


JOBS: Mapping[str, Callable[[Commands, Path], Done]] = {
    kinds.CODE: code,
    kinds.RETRIEVE: retrieve,
    kinds.LINK: link,
    kinds.TAG: tag,
    kinds.PRETRAIN: pretrain,
}
