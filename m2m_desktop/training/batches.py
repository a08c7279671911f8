"""Texts and pairs as tensors, in batches of similar length so that little is padding."""

from collections.abc import Callable, Sequence

import numpy as np
import torch
from numpy.typing import NDArray
from tokenizers import Encoding, Tokenizer
from torch import Tensor

from m2m_desktop.training.network import CrossEncoder


def stack(encodings: Sequence[Encoding], *, pad_id: int = 0) -> tuple[Tensor, Tensor, Tensor]:
    """Give (ids, token types, mask), each (batch, longest); ids are padded with ``pad_id``."""
    longest = max(len(encoding.ids) for encoding in encodings)

    def column(values: Sequence[Sequence[int]], filler: int = 0) -> Tensor:
        return torch.tensor([[*row, *[filler] * (longest - len(row))] for row in values])

    return (
        column([encoding.ids for encoding in encodings], pad_id),
        column([encoding.type_ids for encoding in encodings]),
        column([encoding.attention_mask for encoding in encodings]),
    )


def encode(
    tokenizer: Tokenizer, texts: Sequence[str | tuple[str, str]]
) -> tuple[Tensor, Tensor, Tensor]:
    """Tokenise texts or pairs to one padded batch; see `stack`."""
    return stack(tokenizer.encode_batch(list(texts)))


def score_pairs(
    model: CrossEncoder,
    tokenizer: Tokenizer,
    pairs: Sequence[tuple[str, str]],
    *,
    batch_size: int = 36,
) -> Tensor:
    """Give the logits (pairs, 2) in the order of ``pairs``.

    Works through batches of similar length; gradients flow as through one big batch.
    """
    encodings = tokenizer.encode_batch(list(pairs))
    by_length = sorted(range(len(pairs)), key=lambda row: len(encodings[row].ids))
    logits = [
        model(*stack([encodings[row] for row in by_length[start : start + batch_size]]))
        for start in range(0, len(by_length), batch_size)
    ]
    back = torch.empty(len(pairs), dtype=torch.long)
    back[torch.tensor(by_length)] = torch.arange(len(pairs))
    return torch.cat(logits)[back]


def torch_score(
    model: CrossEncoder, tokenizer: Tokenizer
) -> Callable[[str, Sequence[str]], NDArray[np.float64]]:
    """Give a function that scores one mention's candidate texts: logits (candidates, 2)."""

    def score(mention: str, texts: Sequence[str]) -> NDArray[np.float64]:
        if not texts:
            return np.empty((0, 2))
        with torch.inference_mode():
            logits = score_pairs(model, tokenizer, [(mention, text) for text in texts])
        figures: NDArray[np.float64] = logits.double().numpy()
        return figures

    return score
