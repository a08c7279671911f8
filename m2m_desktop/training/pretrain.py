"""Warm the encoder up by masked-language modelling, so that characters mean something."""

import random
from collections.abc import Sequence

import torch
from tokenizers import Tokenizer
from torch import Tensor
from torch.nn import functional

from m2m_desktop.training.batches import encode
from m2m_desktop.training.network import CrossEncoder

MASKED_SHARE = 0.2


def mask_tokens(
    ids: Tensor, mask: Tensor, mask_id: int, vocab_size: int, generator: torch.Generator
) -> tuple[Tensor, Tensor]:
    """Hide tokens as BERT does: 80 % [MASK], 10 % another token, 10 % left as they are.

    Returns the changed ids and the boolean places to predict; special tokens (ids below 5) are
    never chosen.
    """
    draw = torch.rand(ids.shape, generator=generator)
    where = (draw < MASKED_SHARE) & mask.bool() & (ids >= 5)
    fate = torch.rand(ids.shape, generator=generator)
    changed = torch.where(where & (fate < 0.8), torch.full_like(ids, mask_id), ids)
    strangers = torch.randint(5, vocab_size, ids.shape, generator=generator)
    return torch.where(where & (fate >= 0.9), strangers, changed), where


def pretrain(
    model: CrossEncoder,
    tokenizer: Tokenizer,
    texts: Sequence[str],
    *,
    steps: int,
    batch_size: int,
    learning_rate: float,
    seed: int,
) -> list[float]:
    """Train ``model`` in place on ``texts``; gives the loss of every step."""
    rng, generator = random.Random(seed), torch.Generator().manual_seed(seed)
    optimiser = torch.optim.AdamW(model.parameters(), lr=learning_rate, weight_decay=0.01)
    # the schedule divides by zero where its rise is exactly one step long
    rise = 0.1 if steps != 10 else 0.2
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimiser, learning_rate, steps, pct_start=rise)
    losses: list[float] = []
    mask_id = tokenizer.token_to_id("[MASK]")
    if mask_id is None:
        raise ValueError("the tokenizer has no [MASK]")
    model.train()
    for step in range(steps):
        batch = [text for text in rng.sample(texts, k=min(batch_size, len(texts))) if text]
        ids, types, mask = encode(tokenizer, batch)
        changed, where = mask_tokens(ids, mask, mask_id, model.shape.vocab_size, generator)
        if not where.any():
            continue
        with torch.autocast("cpu", torch.bfloat16):
            logits = model.masked_logits(changed, types, mask, where)
        loss = functional.cross_entropy(logits.float(), ids[where])
        loss.backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimiser.step()
        schedule.step()
        optimiser.zero_grad()
        losses.append(float(loss.detach()))
        if step % 200 == 0:
            print(f"pretrain step {step}: loss {sum(losses[-100:]) / len(losses[-100:]):.3f}")
    return losses
