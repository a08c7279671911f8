"""``pretrain``: going on with masked-language modelling."""

import argparse
from collections.abc import Mapping

from torch import nn

from m2m_desktop.training import masked
from m2m_desktop.training.card import data_mark
from m2m_desktop.training.checkpoints import MASKED
from m2m_desktop.training.options import open_network, plan_of
from m2m_desktop.training.run_parts import finish, train_network


def pretrain(options: argparse.Namespace) -> int:
    """Go on with masked-language modelling; perplexity before and after, on every 20th text."""
    found = masked.read_texts(options.texts)
    held_out = found[::20][:2000]
    texts = [text for place, text in enumerate(found) if place % 20] or found
    checkpoint = open_network(options, MASKED, texts=found)
    how = masked.MaskingOptions(
        options.masked, options.most, options.dup_factor, options.batch, options.seed
    )
    network, reader = checkpoint.network, checkpoint.reader
    before = masked.perplexity(network, reader, held_out, how)
    print(f"perplexity before: {before:.3f}", flush=True)
    task = masked.MaskedTask(network, reader, texts, how)
    plan = plan_of(options, steps_per_epoch=task.steps_per_epoch, figure="")

    def evaluate(model: nn.Module) -> Mapping[str, float]:
        return {"perplexity": masked.perplexity(model, reader, held_out, how)}

    figures = train_network(
        checkpoint.network, task, plan, options, evaluate, data_mark([options.texts], how)
    )
    return finish(
        checkpoint, options, "pretrain", [options.texts], {"perplexity before": before, **figures}
    )
