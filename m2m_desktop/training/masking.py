"""Which tokens masked-language modelling hides."""

import torch
from tokenizers import Tokenizer
from torch import Tensor

from m2m_desktop.training.problems import TrainingProblem

MASKS = ("[MASK]", "<mask>")
_SPECIAL = ("[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", "<pad>", "<unk>", "<s>", "</s>", "<mask>")


def hide_tokens(
    ids: Tensor, mask: Tensor, tokenizer: Tokenizer, *, share: float = 0.15, most: int = 0
) -> tuple[Tensor, Tensor]:
    """Hide tokens as BERT does: 80 % a mask, 10 % another token, 10 % left as they are.

    Gives the changed ids and the places to predict, at least one a text that has a token at all
    and, with ``most``, never more than so many a text. Special tokens are never chosen. Draws from
    torch's generator.
    """
    mask_id = mask_token(tokenizer)
    special = [one for one in map(tokenizer.token_to_id, _SPECIAL) if one is not None]
    usable = mask.bool() & ~torch.isin(ids, torch.tensor(special, device=ids.device))
    draw = torch.rand(ids.shape, device=ids.device).masked_fill(~usable, 2.0)
    # the lowest draws of each text, as many as its share asks for
    rank = draw.argsort(1).argsort(1)
    wanted = (usable.sum(1, keepdim=True) * share).round().clamp(min=1)
    if most:
        wanted = wanted.clamp(max=most)
    where = usable & (rank < wanted)
    fate = torch.rand(ids.shape, device=ids.device)
    changed = torch.where(where & (fate < 0.8), torch.full_like(ids, mask_id), ids)
    strangers = torch.randint(0, tokenizer.get_vocab_size(), ids.shape, device=ids.device)
    return torch.where(where & (fate >= 0.9), strangers, changed), where


def mask_token(tokenizer: Tokenizer) -> int:
    """Give the id of the mask. Raises TrainingProblem where the tokenizer has none."""
    for name in MASKS:
        found = tokenizer.token_to_id(name)
        if found is not None:
            return int(found)
    raise TrainingProblem("The tokenizer has no mask token.", "Start from another checkpoint.")
