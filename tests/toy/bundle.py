"""A tiny model bundle with random weights, written by the code that writes the real one.

Two layers of 16, some 200 tokens, 10 kB: it opens and scores in milliseconds and means nothing.
"""

import io
import json
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path
from typing import Any

import numpy as np

from m2m_desktop.core.templates import Template
from m2m_desktop.services.bundle_files import (
    LABELS,
    MANIFEST,
    MODEL_FILE,
    TOKENIZER_FILE,
    sealed,
)
from m2m_desktop.services.bundle_writer import BundleDescription, open_files, write_manifest
from m2m_desktop.services.conversion.architectures import FAMILIES
from m2m_desktop.services.conversion.build import build_graph
from m2m_desktop.services.conversion.convert import HEAD_OF_KIND
from m2m_desktop.services.conversion.graph_writer import FloatArithmetic, Tensors
from m2m_desktop.training.vocabulary import build_vocabulary, tokenizer_json
from tests.toy.checkpoints import random_tensors

TOY_ID = "toy-reranker"
MAX_LENGTH = 64
SEED = 9  # its probabilities spread from 0.1 to 0.99
WORDINGS = (
    "全身发痒", "拉肚子", "反胃并吐了", "头痛", "心慌", "皮肤红疹", "转氨酶升高", "白细胞减少", "ALT升高",
    "呼吸困难", "眼睛充血", "手脚麻木",
)  # fmt: skip
TERMS = (
    "瘙痒症",
    "腹泻",
    "恶心",
    "呕吐",
    "头痛",
    "心悸",
    "皮疹",
    "丙氨酸氨基转移酶升高",
    "感觉减退",
)
PAIRS = [
    (mention, f"PT: {term}；LLT别名: {term} | {mention}")
    for row, mention in enumerate(WORDINGS)
    for term in (TERMS[row % len(TERMS)], TERMS[(row + 4) % len(TERMS)])
]

LABELS_OF_KIND = {"reranker": LABELS, "encoder": (), "ner": ("O", "B-ADR", "I-ADR")}

Fields = dict[str, Any]


def toy_vocabulary() -> list[str]:
    """Some 200 tokens, every Chinese character of the pairs among them."""
    return build_vocabulary([*WORDINGS, *TERMS, "别名", "；|"], min_count=1)


def toy_config(**changes: Any) -> Fields:
    """The content of ``config.json``."""
    return {
        "model_type": "bert",
        "hidden_act": "gelu",
        "vocab_size": len(toy_vocabulary()),
        "hidden_size": 16,
        "num_hidden_layers": 2,
        "num_attention_heads": 2,
        "intermediate_size": 32,
        "max_position_embeddings": MAX_LENGTH,
        "type_vocab_size": 2,
        "layer_norm_eps": 1e-12,
        "num_labels": 2,
        **changes,
    }


def toy_tensors(
    config: Fields, seed: int = SEED, head: str = "sequence_classification"
) -> dict[str, np.ndarray]:
    """Random weights under the names that the graph writers use."""
    return random_tensors(FAMILIES["bert"], config, head, config["num_labels"], seed=seed, spread=8)


def toy_model(
    config: Fields | None = None,
    seed: int = SEED,
    kind: str = "reranker",
    tensors: Tensors | None = None,
) -> bytes:
    """The float32 graph of a toy model."""
    config, head = config or toy_config(), HEAD_OF_KIND[kind]
    tensors = tensors or toy_tensors(config, seed, head)
    graph = build_graph("bert", head, config, tensors, arithmetic=FloatArithmetic(), pooling="mean")
    file = io.BytesIO()
    graph.write(file)
    return file.getvalue()


def write_toy_bundle(
    folder: Path, *, model_id: str = TOY_ID, seed: int = SEED, kind: str = "reranker"
) -> Path:
    """Write a whole bundle and give its folder."""
    labels = LABELS_OF_KIND[kind]
    config = toy_config(num_labels=len(labels) or 2)
    folder.mkdir(parents=True, exist_ok=True)
    (folder / MODEL_FILE).write_bytes(toy_model(config, seed, kind))
    (folder / TOKENIZER_FILE).write_text(
        tokenizer_json(toy_vocabulary(), MAX_LENGTH), encoding="utf-8"
    )
    description = BundleDescription(
        kind=kind,
        architecture="bert",
        labels=labels,
        config=config,
        max_length=MAX_LENGTH,
        vocab_size=config["vocab_size"],
        precision="fp32",
        template=Template("pt_llt", max_aliases=2, alias_order="matched_first"),
        card={
            "id": model_id,
            "name": "Toy",
            "origin": "random numbers",
            "licence": "Apache-2.0",
            "trained_on": "nothing",
            "scores": {"hit@1": 0.0},
        },
    )
    golden = PAIRS if kind == "reranker" else [(text,) for _, text in PAIRS]
    write_manifest(folder, description, open_files(folder, description), golden)
    return folder


def change_manifest(folder: Path, change: Callable[[Fields], object]) -> None:
    """Change a manifest as its makers might have: the seal is made anew."""
    path = folder / MANIFEST
    fields = json.loads(path.read_bytes())
    change(fields)
    if "seal" in fields:
        fields["seal"] = "0" * 64
    text = json.dumps(fields, ensure_ascii=False, indent=1)
    path.write_bytes(sealed(text.encode("utf-8")) if "seal" in fields else text.encode("utf-8"))


def replace_file(folder: Path, name: str, content: bytes) -> None:
    """Put another file into a bundle, with its right hash: no hash can tell."""
    (folder / name).write_bytes(content)
    change_manifest(
        folder, lambda fields: fields["files"].update({name: sha256(content).hexdigest()})
    )


def change_tokenizer(folder: Path, change: Callable[[Fields], object]) -> None:
    """Change a bundle's tokenizer, with its right hash."""
    fields = json.loads((folder / TOKENIZER_FILE).read_text(encoding="utf-8"))
    change(fields)
    replace_file(folder, TOKENIZER_FILE, json.dumps(fields, ensure_ascii=False).encode("utf-8"))


BUNDLE_FILES = (MANIFEST, MODEL_FILE, TOKENIZER_FILE)
