"""A tiny model bundle with random weights, written by the code that writes the real one.

Two layers of 16, some 200 tokens, 10 kB: it opens and scores in milliseconds and means nothing.
"""

import json
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path
from typing import Any

import numpy as np

from m2m_desktop.core.templates import Template
from m2m_desktop.services.bundle_files import MANIFEST, MODEL_FILE, TOKENIZER_FILE, sealed
from m2m_desktop.training.bundle import write_bundle
from m2m_desktop.training.onnx_graph import build_cross_encoder
from m2m_desktop.training.vocabulary import build_vocabulary, tokenizer_json

TOY_ID = "toy-reranker"
MAX_LENGTH = 64
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

Fields = dict[str, Any]


def toy_vocabulary() -> list[str]:
    """Some 200 tokens, every Chinese character of the pairs among them."""
    return build_vocabulary([*WORDINGS, *TERMS, "别名", "；|"], min_count=1)


def toy_config(**changes: Any) -> Fields:
    """The content of ``config.json``."""
    return {
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


def toy_tensors(config: Fields, seed: int = 1) -> dict[str, np.ndarray]:
    """Random weights under the names of a published checkpoint."""
    rng = np.random.default_rng(seed)
    size, inner = config["hidden_size"], config["intermediate_size"]

    def dense(name: str, rows: int, columns: int, scale: float = 1.0) -> None:
        weights = rng.normal(0, scale / np.sqrt(columns), (rows, columns))
        tensors[f"{name}.weight"] = weights.astype(np.float32)
        tensors[f"{name}.bias"] = rng.normal(0, 0.1, rows).astype(np.float32)

    def norm(name: str) -> None:
        tensors[f"{name}.weight"] = rng.normal(1, 0.1, size).astype(np.float32)
        tensors[f"{name}.bias"] = rng.normal(0, 0.1, size).astype(np.float32)

    tensors: dict[str, np.ndarray] = {}
    for table, rows in (
        ("word", config["vocab_size"]),
        ("position", config["max_position_embeddings"]),
        ("token_type", config["type_vocab_size"]),
    ):
        values = rng.normal(0, 1, (rows, size)).astype(np.float32)
        tensors[f"bert.embeddings.{table}_embeddings.weight"] = values
    norm("bert.embeddings.LayerNorm")
    for number in range(config["num_hidden_layers"]):
        layer = f"bert.encoder.layer.{number}"
        for part in ("self.query", "self.key", "self.value", "output.dense"):
            dense(f"{layer}.attention.{part}", size, size)
        norm(f"{layer}.attention.output.LayerNorm")
        dense(f"{layer}.intermediate.dense", inner, size)
        dense(f"{layer}.output.dense", size, inner)
        norm(f"{layer}.output.LayerNorm")
    dense("bert.pooler.dense", size, size)
    dense("classifier", config["num_labels"], size, 4.0)
    return tensors


def toy_model(config: Fields | None = None, seed: int = 1) -> bytes:
    """The graph of a toy model."""
    config = config or toy_config()
    return build_cross_encoder(toy_tensors(config, seed), config).SerializeToString()


def write_toy_bundle(folder: Path, *, model_id: str = TOY_ID, seed: int = 1) -> Path:
    """Write a whole bundle and give its folder."""
    config = toy_config()
    write_bundle(
        folder,
        model=toy_model(config, seed),
        tokenizer_json=tokenizer_json(toy_vocabulary(), MAX_LENGTH),
        golden=PAIRS,
        template=Template("pt_llt", max_aliases=2, alias_order="matched_first"),
        config=config,
        card={
            "id": model_id,
            "name": "Toy",
            "origin": "random numbers",
            "licence": "Apache-2.0",
            "trained_on": "nothing",
            "scores": {"hit@1": 0.0},
        },
    )
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
