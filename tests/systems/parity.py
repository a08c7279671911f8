"""How far an installed float32 bundle is from what `transformers` says of the same texts."""

import random
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
import transformers

from m2m_desktop.core.batches import TokenRow
from m2m_desktop.services.bundle_files import read_bundle
from m2m_desktop.services.bundle_session import open_runner, open_tokenizer
from tests.systems.kinds import System
from tests.toy.checkpoints import CHARACTERS

_AUTO = {
    "sequence_classification": "AutoModelForSequenceClassification",
    "token_classification": "AutoModelForTokenClassification",
    "encoder": "AutoModel",
}
_SENTENCES = (
    "the patient was given zorblax for fever and then had severe rash nausea vomiting with "
    "headache 12 mg daily but no chest pain after surgery of knee"
)
WORDS = _SENTENCES.split()
Text = tuple[str, ...]


def texts_for(system: System, count: int, seed: int = 1) -> list[Text]:
    """Texts of mixed lengths, pairs for a reranker; a few much longer than the rest."""
    dice = random.Random(seed)
    found: list[Text] = []
    for place in range(count):
        length = dice.randint(1, 10) if place % 50 else 60
        if system.job == "code":
            characters = "".join(dice.choices(CHARACTERS, k=length))
            found.append((characters, "PT: " + "".join(dice.choices(CHARACTERS, k=2 * length))))
        else:
            found.append((" ".join(dice.choices(WORDS, k=length)),))
    return found


@dataclass(frozen=True, slots=True)
class Comparison:
    """The largest absolute difference of a logit or of a vector's number; how far these spread."""

    difference: float
    spread: float


def compare(system: System, checkpoint: Path, bundle: Path, count: int) -> Comparison:
    """Compare the answers to so many texts.

    Raises AssertionError where the two do not even read the same tokens.
    """
    opened = read_bundle(bundle)
    info = opened.info
    tokenizer = open_tokenizer(
        opened.tokenizer,
        max_length=info.max_length,
        vocab_size=opened.manifest.vocab_size,
        path=info.path,
    )
    runner = open_runner(opened.model, max_length=info.max_length, pad_id=opened.manifest.pad_id)
    texts = texts_for(system, count)
    encodings = [tokenizer.encode(*text) for text in texts]
    rows = [TokenRow(np.array(e.ids, np.int32), np.array(e.type_ids, np.int32)) for e in encodings]
    worst, seen = 0.0, []
    theirs = _theirs(system, checkpoint, texts, rows, info.max_length)
    for row, given, wanted in zip(rows, runner.run(rows), theirs, strict=True):
        if wanted.ndim == 2:  # the answers of padding tokens are nobody's
            given = given[: len(row.ids)]
        worst = max(worst, float(np.abs(given - wanted).max()))
        seen.append(np.atleast_2d(wanted))
    return Comparison(worst, float(np.concatenate(seen).std(axis=0).mean()))


def _theirs(
    system: System, checkpoint: Path, texts: list[Text], rows: list[TokenRow], longest: int
) -> Any:
    tokenizer = transformers.AutoTokenizer.from_pretrained(str(checkpoint))
    head = system.head if system.head in _AUTO else "token_classification"
    model = getattr(transformers, _AUTO[head]).from_pretrained(checkpoint, dtype=torch.float32)
    model.eval()
    for text, row in zip(texts, rows, strict=True):
        fed = tokenizer(*text, truncation=True, max_length=longest, return_tensors="pt")
        assert fed["input_ids"][0].tolist() == row.ids.tolist(), text
        with torch.inference_mode():
            found = model(**fed)
        if hasattr(found, "logits"):
            yield found.logits[0].numpy()
        else:
            yield _pooled(system, found.last_hidden_state[0].numpy())


def _pooled(system: System, states: Any) -> Any:
    if system.pooling == "cls":
        return states[0]
    mean = states.mean(axis=0)
    return mean / np.linalg.norm(mean)
