"""Hugging Face checkpoint folders: what a run starts from, and what it leaves behind.

The tokenizer is read by the program's own converter, so a model is trained on the very tokens it
will see when it is installed.
"""

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import torch
import transformers
from tokenizers import Tokenizer
from torch import Tensor, nn

from m2m_desktop.services.conversion.checkpoint import open_checkpoint
from m2m_desktop.training.batches import stack
from m2m_desktop.training.problems import TrainingProblem

ENCODER, RERANKER, NER, MASKED = "encoder", "reranker", "ner", "masked"
_CLASSES = {
    ENCODER: "AutoModel",
    RERANKER: "AutoModelForSequenceClassification",
    NER: "AutoModelForTokenClassification",
    MASKED: "AutoModelForMaskedLM",
}
SHAPES: Mapping[str, tuple[int, int, int]] = {
    "tiny": (2, 32, 2),
    "mini": (4, 192, 6),
    "small": (4, 256, 8),
    "medium": (6, 384, 6),
    "base": (12, 768, 12),
}
"""Layers, hidden size and heads of the networks that can be made from scratch (all BERT)."""

_WITH_TYPES = ("bert", "roberta")


@dataclass(frozen=True)
class Reader:
    """Turns texts and pairs into the inputs of one network, on its device."""

    tokenizer: Tokenizer
    max_length: int
    pad_id: int
    has_types: bool
    device: torch.device

    def encode(self, texts: Sequence[str | tuple[str, str]]) -> list[Any]:
        """Tokenise, cut at ``max_length`` (the longer text of a pair first)."""
        return list(self.tokenizer.encode_batch(list(texts)))

    def inputs(self, encodings: Sequence[Any]) -> dict[str, Tensor]:
        """Give one padded batch."""
        ids, types, mask = stack(encodings, pad_id=self.pad_id)
        named = {"input_ids": ids, "attention_mask": mask}
        if self.has_types:
            named["token_type_ids"] = types
        return {name: value.to(self.device) for name, value in named.items()}


@dataclass(frozen=True)
class Checkpoint:
    """A network that can be trained, with its reader and what its files said of pooling."""

    network: nn.Module
    reader: Reader
    tokenizer_json: str
    pooling: str

    @property
    def config(self) -> Any:
        """The network's configuration."""
        return self.network.config


def find_device(name: str) -> torch.device:
    """Give the device called ``name``; "" is a GPU where there is one. Raises TrainingProblem."""
    if name.startswith("cuda") and not torch.cuda.is_available():
        raise TrainingProblem("There is no GPU that can be used.", "Leave --device out.")
    return torch.device(name or ("cuda" if torch.cuda.is_available() else "cpu"))


def open_start(
    folder: Path,
    task: str,
    *,
    max_length: int,
    device: torch.device,
    labels: Sequence[str] = (),
    seed: int = 42,
) -> Checkpoint:
    """Open a checkpoint folder as the start of a run; a head it lacks is made anew.

    ``max_length`` is lowered to what the checkpoint allows. Raises ModelError as the converter
    does: what could not be installed in the end is refused at the beginning.
    """
    if not folder.is_dir():
        raise TrainingProblem(f"{folder} is no folder.", "Name the folder of a checkpoint.")
    with (
        TemporaryDirectory() as work,
        # whatever its head, an encoder is in every checkpoint
        open_checkpoint(folder, work_dir=Path(work), head="encoder") as found,
    ):
        tokenizer_json, pooling = found.tokenizer_json, found.pooling
        length, pad_id = min(max_length, found.max_length), found.pad_id
    options: dict[str, Any] = _named_labels(labels)
    torch.manual_seed(seed)
    kind = getattr(transformers, _CLASSES[task])
    network = kind.from_pretrained(
        _network_folder(folder),
        local_files_only=True,
        ignore_mismatched_sizes=True,
        dtype=torch.float32,
        **options,
    )
    reader = _reader(network, tokenizer_json, length, pad_id, device)
    return Checkpoint(network.to(device), reader, tokenizer_json, pooling)


def make_start(
    shape: str,
    tokenizer_json: str,
    task: str,
    *,
    max_length: int,
    device: torch.device,
    labels: Sequence[str] = (),
    seed: int = 42,
) -> Checkpoint:
    """Make a BERT of one of the `SHAPES` with random weights.

    Queries and keys start alike, so that a token attends to its own kind: without pre-training
    this is what teaches a small network to compare texts at all.
    """
    layers, hidden, heads = SHAPES[shape]
    tokenizer = Tokenizer.from_str(tokenizer_json)
    pad_id = int(tokenizer.token_to_id("[PAD]") or 0)
    config = transformers.BertConfig(
        vocab_size=tokenizer.get_vocab_size(),
        hidden_size=hidden,
        num_hidden_layers=layers,
        num_attention_heads=heads,
        intermediate_size=4 * hidden,
        max_position_embeddings=max_length,
        attention_probs_dropout_prob=0.0,
        pad_token_id=pad_id,
        **_named_labels(labels),
    )
    torch.manual_seed(seed)
    network = getattr(transformers, _CLASSES[task]).from_config(config)
    for module in network.modules():
        if hasattr(module, "query") and hasattr(module, "key"):
            for part in (module.query, module.key):
                part.weight.data += 0.6 * torch.eye(hidden)
    reader = _reader(network, tokenizer_json, max_length, pad_id, device)
    return Checkpoint(network.to(device), reader, tokenizer_json, "")


def lengthen(checkpoint: Checkpoint, length: int, *, waves: bool = False) -> Checkpoint:
    """Let a BERT read up to ``length`` tokens: its positions are repeated, and learnt on from.

    Gives the checkpoint as it is where it reads as many already. With ``waves`` all positions
    begin anew as sines and cosines, by which a place resembles its neighbours: what learnt
    short names from the mean of their tokens hardly knows which tokens stand side by side.
    """
    network: Any = checkpoint.network
    if network.config.max_position_embeddings >= length and not waves:
        return checkpoint
    if network.config.model_type != "bert":
        raise TrainingProblem("Only a BERT can be lengthened.", "Use a smaller --max-length.")
    embeddings = network.base_model.embeddings
    old = embeddings.position_embeddings.weight
    table = nn.Embedding(length, old.shape[1]).to(old.device)
    with torch.no_grad():
        if waves:
            words = embeddings.word_embeddings.weight
            table.weight.copy_(_waves(length, old.shape[1]) * 0.7 * words[5:].norm(dim=1).mean())
        else:
            table.weight.copy_(old.repeat(-(-length // len(old)), 1)[:length])
    embeddings.position_embeddings = table
    numbers = torch.arange(length, device=old.device)[None]
    embeddings.register_buffer("position_ids", numbers, persistent=False)
    embeddings.register_buffer("token_type_ids", torch.zeros_like(numbers), persistent=False)
    network.config.max_position_embeddings = length
    reader = checkpoint.reader
    return replace(
        checkpoint,
        reader=_reader(network, checkpoint.tokenizer_json, length, reader.pad_id, reader.device),
    )


def _waves(length: int, size: int) -> Tensor:
    """Give rows of length 1: sines and cosines of the place, with periods from 6 to 6,000."""
    rates = torch.exp(torch.arange(0, size, 2) * (-math.log(1000.0) / size))
    angles = torch.arange(length)[:, None] * rates
    rows = torch.stack([angles.sin(), angles.cos()], dim=2).reshape(length, -1)[:, :size]
    unit: Tensor = rows / rows.norm(dim=1, keepdim=True)
    return unit


def _reader(
    network: Any, tokenizer_json: str, length: int, pad_id: int, device: torch.device
) -> Reader:
    tokenizer = Tokenizer.from_str(tokenizer_json)
    tokenizer.enable_truncation(length, strategy="longest_first")
    tokenizer.no_padding()
    return Reader(tokenizer, length, pad_id, network.config.model_type in _WITH_TYPES, device)


def _named_labels(labels: Sequence[str]) -> dict[str, Any]:
    if not labels:
        return {}
    return {
        "id2label": dict(enumerate(labels)),
        "label2id": {name: place for place, name in enumerate(labels)},
    }


def _network_folder(folder: Path) -> Path:
    modules = folder / "modules.json"
    if not modules.exists():
        return folder
    first = json.loads(modules.read_text(encoding="utf-8"))[0]
    return folder / str(first.get("path") or "")


def silence_transformers() -> None:
    """Keep the library's bars and remarks off the screen: a run reports for itself."""
    transformers.logging.set_verbosity_error()
    transformers.logging.disable_progress_bar()
