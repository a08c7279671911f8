"""A BERT cross-encoder in plain torch, its parameters named as in Hugging Face checkpoints.

Naming matters: a checkpoint written here is read by the same exporter as a published
``BertForSequenceClassification``.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional


@dataclass(frozen=True)
class BertShape:
    """The size of a BERT encoder; field names as in ``config.json``."""

    vocab_size: int
    hidden_size: int = 256
    num_hidden_layers: int = 4
    num_attention_heads: int = 8
    intermediate_size: int = 1024
    max_position_embeddings: int = 64
    type_vocab_size: int = 2
    layer_norm_eps: float = 1e-12
    num_labels: int = 2

    @classmethod
    def of(cls, config: Mapping[str, Any]) -> "BertShape":
        """Read the size from the content of a ``config.json``."""
        return cls(**{field.name: config[field.name] for field in fields(cls)})

    def config(self) -> dict[str, object]:
        """Give the content of ``config.json``."""
        shape = asdict(self)
        labels = {"0": "not_match", "1": "match"}
        return {
            "architectures": ["BertForSequenceClassification"],
            "model_type": "bert",
            "hidden_act": "gelu",
            "id2label": labels,
            "label2id": {name: int(index) for index, name in labels.items()},
            **shape,
        }


class Embeddings(nn.Module):
    """Word + position + token type, normalised."""

    def __init__(self, shape: BertShape, dropout: float) -> None:
        super().__init__()
        self.word_embeddings = nn.Embedding(shape.vocab_size, shape.hidden_size, padding_idx=0)
        self.position_embeddings = nn.Embedding(shape.max_position_embeddings, shape.hidden_size)
        self.token_type_embeddings = nn.Embedding(shape.type_vocab_size, shape.hidden_size)
        self.LayerNorm = nn.LayerNorm(shape.hidden_size, eps=shape.layer_norm_eps)
        self.dropout = nn.Dropout(dropout)

    def forward(self, ids: Tensor, types: Tensor) -> Tensor:
        """Embed (batch, length) ids to (batch, length, hidden)."""
        positions = torch.arange(ids.shape[1], device=ids.device)
        total = self.word_embeddings(ids) + self.token_type_embeddings(types)
        embedded: Tensor = self.dropout(self.LayerNorm(total + self.position_embeddings(positions)))
        return embedded


class SelfAttention(nn.Module):
    """Scaled dot-product attention over all heads."""

    def __init__(self, shape: BertShape) -> None:
        super().__init__()
        self.heads = shape.num_attention_heads
        self.query = nn.Linear(shape.hidden_size, shape.hidden_size)
        self.key = nn.Linear(shape.hidden_size, shape.hidden_size)
        self.value = nn.Linear(shape.hidden_size, shape.hidden_size)

    def forward(self, hidden: Tensor, mask: Tensor) -> Tensor:
        """Attend within each row; ``mask`` (batch, 1, 1, length) is True where a token stands."""
        batch, length, size = hidden.shape

        def split(projected: Tensor) -> Tensor:
            return projected.view(batch, length, self.heads, size // self.heads).transpose(1, 2)

        mixed = functional.scaled_dot_product_attention(
            split(self.query(hidden)), split(self.key(hidden)), split(self.value(hidden)), mask
        )
        return mixed.transpose(1, 2).reshape(batch, length, size)


class Residual(nn.Module):
    """A projection added to its input and normalised (``output`` in BERT)."""

    def __init__(self, size_in: int, shape: BertShape, dropout: float) -> None:
        super().__init__()
        self.dense = nn.Linear(size_in, shape.hidden_size)
        self.LayerNorm = nn.LayerNorm(shape.hidden_size, eps=shape.layer_norm_eps)
        self.dropout = nn.Dropout(dropout)

    def forward(self, hidden: Tensor, residual: Tensor) -> Tensor:
        """Project, drop out, add, normalise."""
        normalised: Tensor = self.LayerNorm(self.dropout(self.dense(hidden)) + residual)
        return normalised


class Layer(nn.Module):
    """One transformer block."""

    def __init__(self, shape: BertShape, dropout: float) -> None:
        super().__init__()
        self.attention = nn.ModuleDict(
            {"self": SelfAttention(shape), "output": Residual(shape.hidden_size, shape, dropout)}
        )
        self.intermediate = nn.ModuleDict(
            {"dense": nn.Linear(shape.hidden_size, shape.intermediate_size)}
        )
        self.output = Residual(shape.intermediate_size, shape, dropout)

    def forward(self, hidden: Tensor, mask: Tensor) -> Tensor:
        """Attend, then feed forward."""
        attended = self.attention["output"](self.attention["self"](hidden, mask), hidden)
        inner = functional.gelu(self.intermediate["dense"](attended))
        result: Tensor = self.output(inner, attended)
        return result


class BertModel(nn.Module):
    """Embeddings, blocks, and the tanh pooler over [CLS]."""

    def __init__(self, shape: BertShape, dropout: float) -> None:
        super().__init__()
        self.embeddings = Embeddings(shape, dropout)
        layers = [Layer(shape, dropout) for _ in range(shape.num_hidden_layers)]
        self.encoder = nn.ModuleDict({"layer": nn.ModuleList(layers)})
        self.pooler = nn.ModuleDict({"dense": nn.Linear(shape.hidden_size, shape.hidden_size)})

    def forward(self, ids: Tensor, types: Tensor, mask: Tensor) -> Tensor:
        """Give the hidden states (batch, length, hidden)."""
        hidden: Tensor = self.embeddings(ids, types)
        attend = mask[:, None, None, :].bool()
        for layer in self.encoder["layer"]:
            hidden = layer(hidden, attend)
        return hidden


class CrossEncoder(nn.Module):
    """Scores a pair of texts: two logits, ``not_match`` and ``match``."""

    def __init__(self, shape: BertShape, dropout: float = 0.1) -> None:
        super().__init__()
        self.shape = shape
        self.bert = BertModel(shape, dropout)
        self.dropout = nn.Dropout(dropout)
        self.classifier = nn.Linear(shape.hidden_size, shape.num_labels)
        self.apply(_initialise)

    def forward(self, ids: Tensor, types: Tensor, mask: Tensor) -> Tensor:
        """Give logits (batch, 2)."""
        hidden = self.bert(ids, types, mask)
        pooled = torch.tanh(self.bert.pooler["dense"](hidden[:, 0]))
        logits: Tensor = self.classifier(self.dropout(pooled))
        return logits

    def masked_logits(self, ids: Tensor, types: Tensor, mask: Tensor, where: Tensor) -> Tensor:
        """Give vocabulary logits at the masked places, the embedding matrix being reused."""
        hidden = self.bert(ids, types, mask)[where]
        return functional.linear(hidden, self.bert.embeddings.word_embeddings.weight)


def _initialise(module: nn.Module) -> None:
    if isinstance(module, nn.Linear | nn.Embedding):
        nn.init.normal_(module.weight, std=0.02)
    if isinstance(module, nn.Linear):
        nn.init.zeros_(module.bias)
    if isinstance(module, SelfAttention):
        # Start with equal queries and keys, so that a token attends to its own kind. Without a
        # pre-trained encoder this is what teaches a small model to compare two texts at all.
        size = module.query.weight.shape[0]
        for projection in (module.query, module.key):
            projection.weight.data += 0.6 * torch.eye(size)
