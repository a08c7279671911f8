"""Checkpoint folders as `transformers` saves them, with random weights, and its answers for them."""

import itertools
import math
import string
from pathlib import Path
from typing import Any

import torch
import transformers

from tests.systems.kinds import System
from tests.toy.checkpoints import (
    macbert_words,
    toy_words,
    write_sentence_transformers,
    write_tokenizer,
)

_STEMS = {
    "bert": "Bert",
    "roberta": "Roberta",
    "distilbert": "DistilBert",
    "modernbert": "ModernBert",
}
_HEADS = {
    "sequence_classification": "ForSequenceClassification",
    "token_classification": "ForTokenClassification",
    "encoder": "Model",
    "masked": "ForMaskedLM",
}


def make_checkpoint(system: System, folder: Path, *, seed: int = 0) -> int:
    """Write a checkpoint of this kind; gives the number of its parameters."""
    folder.mkdir(parents=True)
    known = write_tokenizer(folder, system.architecture, words=_words(system))
    config_class = getattr(transformers, f"{_STEMS[system.architecture]}Config")
    labels = dict(enumerate(system.labels))
    named = {"id2label": labels, "label2id": {name: place for place, name in labels.items()}}
    # a head that training adds later is to be heard after two steps as well
    loud = {"initializer_range": 0.2} if system.head == "masked" else {}
    config = config_class(
        **{**system.config, "vocab_size": system.words or known, **(named if labels else {})},
        **loud,
    )
    torch.manual_seed(seed)
    model = getattr(transformers, _STEMS[system.architecture] + _HEADS[system.head])(config)
    lively(model).save_pretrained(folder)
    if system.pooling == "mean":  # first-token pooling is what a checkpoint without them means
        write_sentence_transformers(folder, config.hidden_size, system.pooling, normalise=True)
    return sum(parameter.numel() for parameter in model.parameters())


def lively(model: Any) -> Any:
    """Scale the usual first weights up, so that all layers are heard in the answers."""
    with torch.no_grad():
        for name, parameter in model.named_parameters():
            if "norm" in name.lower():
                parameter.copy_(name.endswith("weight") + 0.1 * torch.randn_like(parameter))
            elif parameter.ndim == 1:
                parameter.normal_(std=0.1)
            elif "embedding" not in name:
                parameter.normal_(std=1 / math.sqrt(parameter.shape[1]))
    return model.eval()


def _words(system: System) -> list[str] | None:
    """Words for the real size of a WordPiece vocabulary; None where the toy's own will do."""
    if system.architecture not in ("bert", "distilbert") or not system.words:
        return None
    if system.job == "code":
        return macbert_words()
    letters = string.ascii_lowercase
    parts = ["".join(some) for size in (2, 3) for some in itertools.product(letters, repeat=size)]
    words = [*toy_words(), *parts, *(f"##{part}" for part in parts)]
    return list(dict.fromkeys(words))[: system.words]
