"""``train reranker`` and ``distil``: learning pairs, or what a bigger model says of them."""

import argparse
from collections.abc import Mapping, Sequence

import torch
from torch import nn

from m2m_desktop.training import reranker
from m2m_desktop.training.card import data_mark
from m2m_desktop.training.checkpoints import RERANKER, Checkpoint, open_start
from m2m_desktop.training.options import open_network, plan_of, template_of
from m2m_desktop.training.pairs import Pair, read_pairs
from m2m_desktop.training.run_parts import finish, train_network


def train_reranker(options: argparse.Namespace) -> int:
    """Learn pairs, stopping by F1 on those that are held out."""
    template = template_of(options)
    pairs, held_out = (read_pairs(path, template) for path in (options.train, options.dev))
    checkpoint = open_network(
        options,
        RERANKER,
        texts=[text for pair in pairs for text in (pair.mention, pair.text)],
        labels=reranker.LABELS,
    )
    task = reranker.PairTask(checkpoint.network, checkpoint.reader, pairs, _how(options))
    plan = plan_of(options, steps_per_epoch=task.steps_per_epoch, figure="f1")

    def evaluate(model: nn.Module) -> Mapping[str, float]:
        return reranker.judge(model, checkpoint.reader, held_out)

    mark = data_mark([options.train, options.dev], options.batch, options.loss, template.key)
    figures = train_network(checkpoint.network, task, plan, options, evaluate, mark)
    return finish(checkpoint, options, "reranker", [options.train, options.dev], figures)


def distil(options: argparse.Namespace) -> int:
    """Learn what a teacher says of pairs."""
    template = template_of(options)
    pairs = read_pairs(options.pairs, template, has_labels=False)
    checkpoint = open_network(
        options,
        RERANKER,
        texts=[text for pair in pairs for text in (pair.mention, pair.text)],
        labels=reranker.LABELS,
    )
    taught = _taught(options, checkpoint, pairs)
    task = reranker.PairTask(
        checkpoint.network, checkpoint.reader, pairs, _how(options), taught=taught
    )
    plan = plan_of(options, steps_per_epoch=task.steps_per_epoch, figure="")

    def evaluate(model: nn.Module) -> Mapping[str, float]:
        shown = [(pair.mention, pair.text) for pair in pairs[:512]]
        own = reranker.pair_logits(model, checkpoint.reader, shown).cpu().argmax(1)
        return {"agreement": float((own == taught[:512].argmax(1)).float().mean())}

    mark = data_mark([options.pairs, options.teacher], options.batch, options.temperature)
    figures = train_network(checkpoint.network, task, plan, options, evaluate, mark)
    return finish(checkpoint, options, "reranker", [options.pairs], figures)


def _how(options: argparse.Namespace) -> reranker.RerankerOptions:
    return reranker.RerankerOptions(
        batch=options.batch,
        loss=getattr(options, "loss", "pairwise"),
        temperature=getattr(options, "temperature", 2.0),
        seed=options.seed,
    )


def _taught(
    options: argparse.Namespace, checkpoint: Checkpoint, pairs: Sequence[Pair]
) -> torch.Tensor:
    teacher = open_start(
        options.teacher,
        RERANKER,
        max_length=options.max_length,
        device=checkpoint.reader.device,
    )
    teacher.network.eval()
    found = []
    with torch.inference_mode():
        for start in range(0, len(pairs), 512):
            part = [(pair.mention, pair.text) for pair in pairs[start : start + 512]]
            found.append(reranker.pair_logits(teacher.network, teacher.reader, part).cpu())
            print(f"teacher: {min(start + 512, len(pairs))}/{len(pairs)} pairs", flush=True)
    return torch.cat(found).clone()
