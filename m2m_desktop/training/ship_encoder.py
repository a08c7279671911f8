"""The recipe of the Chinese encoder that ships: data, size and schedule in one place."""

import random
from dataclasses import dataclass
from pathlib import Path

from m2m_desktop.core.text import normalise
from m2m_desktop.training import recipe
from m2m_desktop.training.checkpoint_writing import save_checkpoint
from m2m_desktop.training.checkpoints import ENCODER, Checkpoint, find_device, make_start
from m2m_desktop.training.encoder import ContrastiveTask, SentenceEncoder, Warmup
from m2m_desktop.training.loop import Evaluate, run
from m2m_desktop.training.plan import Plan
from m2m_desktop.training.synonyms import Synonyms
from m2m_desktop.training.wordings import Wordings

MODEL_ID = "m2m-encoder-zh-1"
SHAPE = "small"
POOLING = "mean"
WARM_UP_STEPS = 400
STEPS = 1600
BATCH = 256
LEARNING_RATE = 6e-4

TRAINED_ON = (
    "The demo dictionary and thesaurus of this project; Ontology of Adverse Events, Human "
    "Phenotype Ontology (release 2024-04-26) and CTCAE v6.0 in Chinese; THUOCL medical words and "
    "ChineseBLUE sentences for the warm-up only."
)


@dataclass(frozen=True)
class ShipEncoder:
    """The parts of the recipe, put together."""

    checkpoint: Checkpoint
    model: SentenceEncoder
    task: ContrastiveTask


def synonyms_of(ingredients: recipe.Ingredients) -> Synonyms:
    """Join the names of all dictionaries and the groups of the thesaurus to one set of concepts.

    Concepts of several names are drawn more often, those of our own dictionary most.
    """
    concepts: list[tuple[str, ...]] = []
    weights: list[float] = []
    for dictionary in ingredients.dictionaries:
        own = 1.5 if dictionary.name == "demo" else 1.0
        for concept in dictionary.concepts:
            names = tuple(dict.fromkeys((*concept.names, *concept.wordings)))
            concepts.append(names)
            weights.append(own * (2.0 if len(names) > 1 else 0.7))
    for group in ingredients.thesaurus.groups:
        concepts.append(tuple(group))
        weights.append(1.5)
    replacements = ingredients.replacements()

    def wordings(rng: random.Random) -> Wordings:
        return Wordings(replacements, rng)

    return Synonyms(concepts, weights, wordings=wordings, prepared=normalise)


def prepare(
    ingredients: recipe.Ingredients,
    *,
    shape: str = SHAPE,
    batch: int = BATCH,
    warm_up_steps: int = WARM_UP_STEPS,
    hard_share: float = 0.0,
    device: str = "cpu",
) -> ShipEncoder:
    """Make the network and what it learns from."""
    synonyms = synonyms_of(ingredients)
    checkpoint = make_start(
        shape,
        ingredients.tokenizer_json(),
        ENCODER,
        max_length=recipe.MAX_LENGTH,
        device=find_device(device),
        seed=recipe.SEED,
    )
    model = SentenceEncoder(checkpoint.network, POOLING)
    names = [name for concept in synonyms.concepts for name in concept]
    task = ContrastiveTask(
        model,
        checkpoint.reader,
        synonyms,
        batch=batch,
        hard_share=hard_share,
        warmup=Warmup(warm_up_steps, [*ingredients.warm_up_texts, *names]),
    )
    return ShipEncoder(checkpoint, model, task)


def train(
    parts: ShipEncoder, out: Path, plan: Plan, *, data_mark: str, evaluate: Evaluate | None = None
) -> dict[str, float]:
    """Train, and write the checkpoint folder."""
    figures = run(
        parts.model,
        parts.task,
        plan,
        out / "run",
        title=MODEL_ID,
        evaluate=evaluate,
        data_mark=data_mark,
    )
    save_checkpoint(out, parts.checkpoint, pooling=POOLING)
    return figures


def plan_of(steps: int, warm_up_steps: int = WARM_UP_STEPS) -> Plan:
    """Give the schedule for so many contrastive steps."""
    total = steps + warm_up_steps
    return Plan(
        steps=total,
        learning_rate=LEARNING_RATE,
        warmup_share=min(0.5, 200 / total),
        schedule="cosine",
        second_moment=0.98,
        average=0.998,
        seed=recipe.SEED,
        precision="bfloat16",
        evaluate_every=500,
        figure="hit@10",
        report_every=25,
        save_every=100,
    )
