"""Concepts with their names, drawn as pairs of synonyms."""

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import accumulate
from pathlib import Path

from m2m_desktop.core.text import match_key
from m2m_desktop.training.problems import TrainingProblem
from m2m_desktop.training.wordings import Wordings


@dataclass(frozen=True)
class Draw:
    """Partners row by row, and the keys of all names of each row's concept."""

    anchors: tuple[str, ...]
    positives: tuple[str, ...]
    keys: tuple[frozenset[str], ...]


class Synonyms:
    """Draws pairs of names of the same concept.

    ``weights`` say how often a concept is drawn. ``wordings`` may vary a name the way people
    write it; a concept of one name needs that, or it has nothing to be pulled towards.
    ``prepared`` is what is done to every text before it is tokenised.
    """

    def __init__(
        self,
        concepts: Sequence[Sequence[str]],
        weights: Sequence[float] = (),
        *,
        wordings: Callable[[random.Random], Wordings] | None = None,
        prepared: Callable[[str], str] = str,
    ) -> None:
        if not concepts:
            raise TrainingProblem("There is no concept to learn from.", "Check the input files.")
        self.concepts = [tuple(dict.fromkeys(names)) for names in concepts]
        self._keys = [frozenset(map(match_key, names)) for names in self.concepts]
        self._cumulated = list(accumulate(weights or [1.0] * len(concepts)))
        self._wordings, self._prepared = wordings, prepared

    def sample(self, count: int, rng: random.Random) -> list[int]:
        """Choose different concepts by weight; fewer where there are not so many."""
        chosen: dict[int, None] = {}
        wanted = min(count, len(self.concepts))
        for _ in range(50 * wanted):
            if len(chosen) == wanted:
                break
            chosen[rng.choices(range(len(self.concepts)), cum_weights=self._cumulated)[0]] = None
        return list(chosen)

    def draw(self, rows: Sequence[int], rng: random.Random) -> Draw:
        """Draw one pair of each of these concepts."""
        vary = self._wordings(rng) if self._wordings else None
        anchors, positives = [], []
        for row in rows:
            names = self.concepts[row]
            one, other = rng.sample(names, 2) if len(names) > 1 else (names[0], names[0])
            if vary is not None:
                one = vary.vary(one)
                other = other if rng.random() < 0.8 else vary.vary(other, strength=0.5)
            anchors.append(self._prepared(one))
            positives.append(self._prepared(other))
        return Draw(tuple(anchors), tuple(positives), tuple(self._keys[row] for row in rows))

    def first_names(self) -> list[str]:
        """Give the first name of each concept."""
        return [self._prepared(names[0]) for names in self.concepts]


def read_synonyms(paths: Sequence[Path]) -> list[list[str]]:
    """Read files of ``concept<TAB>name`` lines, the same concept in any of them being one.

    Raises TrainingProblem, with the line.
    """
    found: dict[str, list[str]] = {}
    for path in paths:
        for concept, name in read_synonym_lines(path):
            found.setdefault(concept, []).append(name)
    return list(found.values())


def read_synonym_lines(path: Path) -> list[tuple[str, str]]:
    """Read one such file as (concept, name) pairs. Raises TrainingProblem, with the line."""
    try:
        lines = path.read_text(encoding="utf-8-sig").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise TrainingProblem(f"{path} cannot be read.", "It must be UTF-8 text.") from error
    found = []
    for number, line in enumerate(lines, 1):
        concept, _, name = (part.strip() for part in line.partition("\t"))
        if concept and name:
            found.append((concept, name))
        elif line.strip():
            raise TrainingProblem(
                f"{path}, line {number}: not a concept, a tab and a name.",
                "Write one name a line, after the id of its concept and a tab.",
            )
    return found
