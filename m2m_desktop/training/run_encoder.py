"""``train encoder``: learning synonyms."""

import argparse
from collections.abc import Mapping

from torch import nn

from m2m_desktop.core.text import normalise
from m2m_desktop.training import encoder
from m2m_desktop.training.card import data_mark
from m2m_desktop.training.checkpoints import ENCODER
from m2m_desktop.training.encoder_score import NamesToFind, first_ranks
from m2m_desktop.training.options import open_network, plan_of
from m2m_desktop.training.problems import TrainingProblem
from m2m_desktop.training.run_parts import finish, train_network
from m2m_desktop.training.synonyms import Synonyms, read_synonym_lines, read_synonyms


def train_encoder(options: argparse.Namespace) -> int:
    """Learn synonyms."""
    names = [[normalise(name) for name in group] for group in read_synonyms(options.names)]
    synonyms = Synonyms(names)
    checkpoint = open_network(options, ENCODER, texts=[one for group in names for one in group])
    pooling = options.pooling or checkpoint.pooling or "mean"
    model = encoder.SentenceEncoder(checkpoint.network, pooling)
    task = encoder.ContrastiveTask(
        model,
        checkpoint.reader,
        synonyms,
        batch=options.batch,
        loss=options.loss,
        hard_share=options.hard_share,
        mine_every=options.mine_every,
    )
    wanted = _mentions_to_find(options)
    plan = plan_of(
        options,
        steps_per_epoch=options.steps,
        figure="hit@10" if wanted else "",
        evaluate_every=min(500, options.steps),
    )

    def evaluate(model: nn.Module) -> Mapping[str, float]:
        return first_ranks(model, checkpoint.reader, wanted) if wanted else {}

    mark = data_mark(options.names, options.batch, options.loss, options.hard_share, pooling)
    judge = evaluate if wanted else None
    figures = train_network(model, task, plan, options, judge, mark)
    return finish(checkpoint, options, "encoder", options.names, figures, pooling=pooling)


def _mentions_to_find(options: argparse.Namespace) -> NamesToFind | None:
    if options.dev is None:
        return None
    numbers: dict[str, int] = {}
    names: list[tuple[str, int]] = []
    for path in options.names:
        for concept, name in read_synonym_lines(path):
            names.append((name, numbers.setdefault(concept, len(numbers))))
    gold: dict[str, set[int]] = {}
    for concept, mention in read_synonym_lines(options.dev):
        if concept in numbers:
            gold.setdefault(mention, set()).add(numbers[concept])
    if not gold:
        raise TrainingProblem(
            "No concept of --dev is in --names.", "They must use the same ids of concepts."
        )
    return NamesToFind(
        tuple(name for name, _ in names),
        tuple(owner for _, owner in names),
        tuple(gold),
        tuple(frozenset(one) for one in gold.values()),
    )
