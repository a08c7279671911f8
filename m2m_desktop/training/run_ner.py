"""``train ner``: learning to mark entities."""

import argparse
from collections.abc import Mapping, Sequence

from torch import nn

from m2m_desktop.training import ner
from m2m_desktop.training.card import data_mark
from m2m_desktop.training.checkpoints import NER, Checkpoint
from m2m_desktop.training.options import open_network, plan_of
from m2m_desktop.training.problems import TrainingProblem
from m2m_desktop.training.run_parts import finish, train_network
from m2m_desktop.training.tagged import Tagged, named_kinds, read_tagged


def train_ner(options: argparse.Namespace) -> int:
    """Learn tags, stopping by entity F1 on texts that are held out."""
    kinds = named_kinds(options.kinds)
    texts, held_out = (
        [one for path in paths for one in read_tagged(path, kinds)]
        for paths in (options.train, options.dev)
    )
    names = ner.tag_names(texts, options.scheme)
    if len(names) == 1:
        raise TrainingProblem("The texts have no entity to learn.", "Check --kinds and the files.")
    checkpoint = open_network(options, NER, texts=[one.text for one in texts], labels=names)
    reader = checkpoint.reader
    windows = _windows(checkpoint, texts, names, stride=reader.max_length // 4)
    judged = _windows(checkpoint, held_out, names)
    task = ner.TagTask(checkpoint.network, reader, windows, batch=options.batch, seed=options.seed)
    plan = plan_of(options, steps_per_epoch=task.steps_per_epoch, figure="f1")

    def evaluate(model: nn.Module) -> Mapping[str, float]:
        return ner.judge(model, reader, judged, names)

    paths = [*options.train, *options.dev]
    figures = train_network(
        checkpoint.network, task, plan, options, evaluate, data_mark(paths, options.batch, *names)
    )
    return finish(checkpoint, options, "ner", paths, figures)


def _windows(
    checkpoint: Checkpoint, texts: Sequence[Tagged], names: Sequence[str], *, stride: int = 0
) -> list[ner.Window]:
    return [
        window
        for one in texts
        for window in ner.windows_of(checkpoint.reader, one, names, stride=stride)
    ]
