"""The recipe of the Chinese tagger that ships: symptoms and what stands around them.

It begins with the weights of the encoder that ships, so it needs no pre-training of its own.
"""

from collections.abc import Mapping
from pathlib import Path

from torch import nn

from m2m_desktop.training import ner
from m2m_desktop.training.card import data_mark, write_record
from m2m_desktop.training.checkpoint_writing import save_checkpoint
from m2m_desktop.training.checkpoints import NER, find_device, lengthen, open_start
from m2m_desktop.training.loop import run
from m2m_desktop.training.plan import Plan
from m2m_desktop.training.tagged import Tagged, read_tagged

MODEL_ID = "m2m-ner-zh-1"
MAX_LENGTH = 128
EPOCHS = 12
BATCH = 32
LEARNING_RATE = 1.2e-3
SEED = 20261121

KINDS: Mapping[str, str] = {
    "symptom": "symptom",
    "症状": "symptom",
    "disease": "disease",
    "疾病和诊断": "disease",
    "body": "body",
    "解剖部位": "body",
    "drug": "drug",
    "药物": "drug",
    "test": "test",
    "实验室检验": "test",
    "影像检查": "test",
    "treatment": "treatment",
    "手术": "treatment",
}
"""The types of both corpora under common names; crowds, times and the like are left out."""

SOURCES = ("zh_cMedQANER", "zh_cEHRNER")

TRAINED_ON = "ChineseBLUE (cMedQANER, cEHRNER), after the encoder of this project."
ATTRIBUTION = "ChineseBLUE, Apache-2.0."


def paths_of(data: Path, part: str) -> list[Path]:
    """Give the files of the part "train" or "dev"."""
    return [data / "ner" / f"{name}_{part}.txt" for name in SOURCES]


def train(
    data: Path,
    start: Path,
    out: Path,
    *,
    epochs: int = EPOCHS,
    steps: int = 0,
    device: str = "cpu",
) -> dict[str, float]:
    """Train, judge on the dev parts, and write the checkpoint folder.

    ``steps`` 0 means ``epochs``. Nothing is chosen by the dev parts: the last average counts.
    """
    files, judged_files = paths_of(data, "train"), paths_of(data, "dev")
    texts, held_out = (_read(paths) for paths in (files, judged_files))
    names = ner.tag_names(texts, "bio")
    checkpoint = lengthen(
        open_start(
            start, NER, max_length=MAX_LENGTH, device=find_device(device), labels=names, seed=SEED
        ),
        MAX_LENGTH,
        waves=True,
    )
    reader = checkpoint.reader
    windows = [
        one for text in texts for one in ner.windows_of(reader, text, names, stride=MAX_LENGTH // 4)
    ]
    judged = [one for text in held_out for one in ner.windows_of(reader, text, names)]
    task = ner.TagTask(checkpoint.network, reader, windows, batch=BATCH, seed=SEED)
    total = steps or epochs * task.steps_per_epoch
    plan = Plan(
        steps=total,
        learning_rate=LEARNING_RATE,
        schedule="cosine",
        average=0.99,
        seed=SEED,
        figure="f1",
        evaluate_every=task.steps_per_epoch,
        precision="bfloat16",
        report_every=25,
        save_every=100,
    )

    def evaluate(model: nn.Module) -> Mapping[str, float]:
        return ner.judge(model, reader, judged, names)

    figures = run(
        checkpoint.network,
        task,
        plan,
        out / "run",
        title=MODEL_ID,
        evaluate=evaluate,
        data_mark=data_mark([*files, start / "model.safetensors"], BATCH, *names),
    )
    save_checkpoint(out, checkpoint)
    write_record(
        out,
        task="ner",
        start=start.name,
        data=files,
        options={"steps": total, "batch": BATCH, "learning_rate": LEARNING_RATE, "seed": SEED},
        figures=figures,
    )
    return figures


def _read(paths: list[Path]) -> list[Tagged]:
    return [one for path in paths for one in read_tagged(path, KINDS)]
