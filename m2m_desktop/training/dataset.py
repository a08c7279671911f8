"""Groups of pairs to learn from: a mention, the PTs it means, and PTs easily taken for them."""

import random
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from m2m_desktop.core.bm25 import FloatArray, best, build_postings
from m2m_desktop.core.templates import Template, order_aliases, render
from m2m_desktop.core.text import characters, match_key
from m2m_desktop.training.sources import TrainingDictionary
from m2m_desktop.training.wordings import JOINERS, Wordings

HARD_POOL = 40
STRANGER_TRIES = 200  # a tiny dictionary may hold too few: then a group is smaller


@dataclass(frozen=True, slots=True)
class Group:
    """One mention with candidate texts; ``labels`` are 1 for a PT it means, else 0."""

    mention: str
    candidates: tuple[str, ...]
    labels: tuple[int, ...]


class GroupSampler:
    """Draws groups from one training dictionary for ever.

    A mention taken from a dictionary's own names is mostly removed from the candidate text it
    belongs to, so that the model must recognise a wording instead of finding it printed there.
    """

    def __init__(
        self,
        dictionary: TrainingDictionary,
        wordings: Wordings,
        template: Template,
        rng: random.Random,
        *,
        negatives: int = 5,
    ) -> None:
        self._concepts = dictionary.concepts
        self._wordings = wordings
        self._template = template
        self._rng = rng
        self._negatives = negatives
        self._names = [name for concept in self._concepts for name in concept.names]
        self._owner = np.repeat(
            np.arange(len(self._concepts)), [len(concept.names) for concept in self._concepts]
        )
        self._keys = [
            {match_key(name) for name in (*concept.names, *concept.wordings)}
            for concept in self._concepts
        ]
        self._postings = build_postings([characters(name) for name in self._names], k1=6.0, b=1.0)

    def draw(self) -> Group:
        """Draw one group."""
        rng = self._rng
        first = rng.randrange(len(self._concepts))
        mention, hidden = self._mention_of(first)
        golds = {first: hidden}
        if rng.random() < 0.12:
            second = rng.randrange(len(self._concepts))
            if second != first:
                other, golds[second] = self._mention_of(second)
                mention = mention + rng.choice(JOINERS) + other
        scores = self._postings.scores(dict.fromkeys(characters(mention)))
        negatives = self._hard_negatives(scores, golds)
        if rng.random() < 0.04:
            golds = {}
        chosen = [*golds, *negatives]
        texts = tuple(
            self._candidate_text(concept, golds.get(concept, ""), scores) for concept in chosen
        )
        return Group(mention, texts, tuple(int(concept in golds) for concept in chosen))

    def _mention_of(self, concept: int) -> tuple[str, str]:
        """Choose a mention and the dictionary name to hide from its own candidate text."""
        rng = self._rng
        record = self._concepts[concept]
        if record.wordings and rng.random() < 0.75:
            return self._wordings.vary(rng.choice(record.wordings), strength=0.5), ""
        if len(record.names) > 1 and rng.random() < 0.8:
            name = rng.choice(record.names[1:])
            hide = rng.random() < 0.85
            return self._wordings.vary(name, strength=0.6 if hide else 1.0), name if hide else ""
        return self._wordings.vary(record.names[0]), ""

    def _hard_negatives(self, scores: FloatArray, golds: dict[int, str]) -> list[int]:
        rng = self._rng
        known = set().union(*(self._keys[gold] for gold in golds))
        pool: list[int] = []
        for row in best(scores, 3 * HARD_POOL):
            concept = int(self._owner[row])
            if concept not in golds and concept not in pool and not self._keys[concept] & known:
                pool.append(concept)
        pool = pool[:HARD_POOL]
        # half from the very top, the rest from anywhere in the pool, now and then a stranger
        top = rng.sample(pool[:8], k=min(len(pool[:8]), (self._negatives + 1) // 2))
        rest = [concept for concept in pool if concept not in top]
        chosen = top + rng.sample(rest, k=min(len(rest), self._negatives - len(top)))
        for _ in range(STRANGER_TRIES):
            if len(chosen) >= self._negatives:
                break
            stranger = rng.randrange(len(self._concepts))
            if (
                stranger not in golds
                and stranger not in chosen
                and not self._keys[stranger] & known
            ):
                chosen.append(stranger)
        return chosen

    def _candidate_text(self, concept: int, hidden: str, scores: FloatArray) -> str:
        names = self._concepts[concept].names
        rows: Iterable[int] = np.flatnonzero(self._owner == concept) if len(names) > 1 else ()
        shown = [(scores[row], self._names[row]) for row in rows if self._names[row] != hidden]
        matched = max(shown, key=lambda pair: pair[0])[1] if shown else ""
        aliases = order_aliases(
            self._template, names[0], [name for name in names if name != hidden], matched
        )
        return render(self._template, names[0], aliases)


def draw_for_ever(
    samplers: Sequence[GroupSampler], weights: Sequence[float], rng: random.Random
) -> Iterator[Group]:
    """Mix several dictionaries by weight, without end."""
    while True:
        yield rng.choices(samplers, weights)[0].draw()
